//! `tkgd` (thống kê giáo dục) turns the workbooks that schools and departments
//! hold into Vietnam's periodic education statistics: it reads official forms,
//! checks them, aggregates them by place and level, writes the official
//! reports and keeps every published state as plain Parquet.
//!
//! The modules form floors: a module uses only those above it in this list
//! (kept by a test). `docs/architecture.md` says what lives where.

pub mod base;
pub mod findings;
pub mod privacy;
pub mod tables;
pub mod rulebook;
pub mod forms;
pub mod records;
pub mod register;
pub mod returns;
pub mod ooxml;
pub mod workbooks;
pub mod tabulate;
pub mod record_files;
pub mod lists;
pub mod drafts;
pub mod rules;
pub mod totals;
pub mod indicators;
pub mod present;
pub mod report;
pub mod archive;
pub mod query;
#[cfg(feature = "sql")]
pub mod sql_engine;
#[cfg(feature = "sql")]
pub mod sql;
pub mod ledger;
pub mod sample;
pub mod workspace;
pub mod jobs;
pub mod cli;
