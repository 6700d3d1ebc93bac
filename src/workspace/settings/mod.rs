//! Settings of a workspace in a workbook: what may be set, how it is written and read, and the pipeline that comes of it.
//!
//! The workbook is turned into the text of an ordinary pipeline file, one for each term, which goes the way of all others:
//! a run's identity, releases and rebuilds know nothing of it.

mod pipeline_text;
mod read;
mod schema;
mod tables;
mod values;
mod workbook;

pub use read::{SettingPlace, Settings};
pub use schema::{Setting, SettingsSchema, TermName};
pub use workbook::settings_xlsx;
