//! SQL over the archive: its tables, ready views over them, and named questions, all of them data.
//!
//! ```text
//! schemas/archive.toml         tables that are files      schemas/query/views.toml   views: SQL over tables
//! schemas/query/tables.toml    tables made on the way     schemas/queries/*.toml     named questions
//! ```
//! Only the tables that a question names are looked at, and of them only what it needs.

mod answer;
mod before;
mod catalogue;
mod entry;
mod guard;
mod listing;
mod derived_tables;
mod names;
mod old_views;
mod parse;
mod precedence;
mod problem;
mod question;
mod repeats;
mod session;
mod sources;
mod spool;
mod template;
mod view;
mod write;

pub use answer::Answer;
pub use catalogue::TableCatalogue;
pub use entry::{QueryEntry, Rows};
pub use listing::{
    CatalogueRecord, ColumnRecord, ParameterRecord, QuestionRecord, TableRecord, catalogue_record, catalogue_text, questions_text,
};
pub use question::{Parameter, ParameterType, Question};
pub use session::{Asked, SqlSession};
pub use view::SqlView;
pub use write::{
    WorkbookHead, WrittenAnswer, handed_on_whole, write_csv, write_json, write_parquet, write_text, write_xlsx_file, written_whole,
};

/// Column of the first year of the school year.
const YEAR: &str = "school_year";

/// Column of the term.
const TERM: &str = "term";
