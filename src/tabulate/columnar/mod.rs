//! Records out of Parquet, column by column: no row is ever put together.
//!
//! [`table`] opens a file and reads the columns that are wanted, row groups side by side; [`values`] makes numbers of a column, each distinct
//! text translated once; [`keys`] knows schools and classes by their codes; [`unread`] keeps what could not be taken, by column and row.
//!
//! ```text
//! let schools = ColumnarTable::open(&book, book.school, "ho-so/school.parquet")?;
//! let mut keys = RecordKeys::default();
//! let owners = schools.read_owners(&schools.canonical(), &mut keys)?;      // rows of schools, known by index from now on
//! let pupils = ColumnarTable::open(&book, pupil, "ho-so/pupil.parquet")?;
//! let unread = pupils.read(&pupils.canonical(), &keys, &|rows| tabulation.count(rows))?;
//! ```

mod batch;
pub mod keys;
pub mod mapping;
mod owners;
pub mod table;
pub mod unread;
pub mod values;

pub use keys::RecordKeys;
pub use mapping::{ColumnMapping, Translation};
pub use owners::OwnerRows;
pub use table::ColumnarTable;
pub use unread::{Unread, UnreadCount, UnreadKind};
