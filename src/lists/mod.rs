//! Lists of one row per school, or of one row per figure: their columns are mapped to cells, their rows become returns.

mod blanks;
mod cells;
mod claims;
mod columns;
mod context;
mod findings;
pub mod gaps;
mod heads;
mod long;
mod mapping;
pub mod parts;
mod reader;
mod rows;
mod totals;

pub use cells::list_heading;
pub use claims::ListClaims;
pub use context::ListContext;
pub use mapping::{ListFile, ListMapping, LongFormat, ReceivedIf};
pub use reader::{ListReader, OTHER_SHEETS};
