//! `tkgd` (thống kê giáo dục) turns the workbooks that schools and departments
//! hold into Vietnam's periodic education statistics: it reads official forms,
//! checks them, aggregates them by place and level, writes the official
//! reports and keeps every published state as plain Parquet.
//!
//! The modules form floors: a module uses only those above it in this list
//! (kept by a test). `docs/architecture.md` says what lives where.

pub mod capped;
pub mod message;
pub mod location;
pub mod error;
pub mod term;
pub mod number;
pub mod text;
pub mod observed;
pub mod finding;
pub mod privacy;
pub mod disk;
pub mod input;
pub mod tables;
pub mod limits;
pub mod schema;
pub mod units;
pub mod cells;
pub mod ingest;
pub mod import;
pub mod annotate;
pub mod validate;
pub mod aggregate;
pub mod indicators;
pub mod report;
pub mod archive;
pub mod query;
pub mod ledger;
pub mod sample;
pub mod pipeline;
pub mod cli;
