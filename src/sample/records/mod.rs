//! Records behind a synthetic province: schools, sites, classes, pupils and staff with the fields of `schemas/records`.
//!
//! A school's records come from its line in the register and the seed alone, so that schools are made in any order, on any thread and
//! one at a time: a country of them takes no more room than one. They hold codes only; names and numbers of people are made for the
//! exports that have columns for them.

mod bound;
mod counted;
mod exports;
mod mistakes;
mod province;
mod recipe;
mod school;
mod spreads;
mod tables;

pub use bound::BoundRecipe;
pub use counted::CountedForm;
pub use exports::{ExportedFile, RecordExport, SchoolWords};
pub use mistakes::RecordMistake;
pub use province::{PlacedRecords, RecordProvince, record_maker};
pub use school::{RecordMaker, SchoolRecords, WrongText};
pub use tables::{RecordTables, TableFormat};
