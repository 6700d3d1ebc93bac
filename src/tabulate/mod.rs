//! Tabulating: records become the cells of forms, as data defines each cell.
//!
//! [`definitions`] binds what forms say to what records hold; [`region`] and [`conditions`] make of every condition the rows that it
//! accepts; [`plan`] finds the terms that cells share; [`packing`] puts a row's columns into a few bytes; [`kernel`] counts terms;
//! [`tabulation`] leads records through it, once; [`counted`] gives cells, by school and added up to the units above;
//! [`columnar`] reads records out of Parquet without putting rows together; [`portable`] and [`script`] write the same plan for other engines.
//!
//! ```text
//! rows = { "40" = '{grade_taught} = "01"' }  ┐
//! column 2 selects sex = female              ├─> condition ─> disjoint boxes ─> school part × term ─> bit of a mask ─> count
//! where = 'primary', counted if studying     ┘
//! ```

pub mod columnar;
pub mod columns;
pub mod conditions;
pub mod counted;
pub mod definitions;
mod encode;
pub mod kernel;
pub mod packing;
pub mod plan;
pub mod portable;
pub mod region;
pub mod row_condition;
pub mod rows;
pub mod script;
mod sums;
pub mod tabulation;

pub use counted::{CellPlace, CountedCell, SchoolCounts, UnitCounts};
pub use definitions::{CellDefinition, FormDefinition, Profile};
pub use portable::{PortablePlan, PortableQuery, cell_name, column_type};
pub use row_condition::RowCondition;
pub use rows::{AgeDays, NONE, NOWHERE, RecordRows};
pub use script::{Dialect, PlanScript};
pub use tabulation::Tabulation;
