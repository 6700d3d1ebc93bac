//! Files of records: opened, known by their headings, read into rows that forms are counted from.
//!
//! Whatever holds the records (sheets with lines above their headings, texts, Parquet, nested JSON), a layout of `schemas/records/`
//! says which column tells which field. Only fields pass: names, numbers of identity and addresses are read by no layout. Ids of
//! persons become hashes under a key that is drawn anew for every reading, and are gone when it ends.
//!
//! ```text
//! file ─ opened ─> sheets with a layout ─ reader ─> rows, batch by batch ─> tabulation
//!                                          ├ schools, classes: keys become numbers
//!                                          ├ known: which fields are told for which school
//!                                          └ oddities: what could not be used, with lines
//! ```

mod classes;
mod heading;
mod ids;
mod json;
mod known;
mod oddities;
mod opened;
mod pass;
mod reader;
mod returns;
mod schools;
mod table_rows;
mod values;

pub use oddities::OddityRules;
pub use opened::{OpenedFile, OpenedTable, open};
pub use pass::BrokenFile;
pub use reader::{RecordReader, RecordsRead};
pub use returns::RecordReturns;
pub use schools::SchoolNames;
