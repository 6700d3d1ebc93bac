//! Tabulating: records become the cells of forms, as data defines each cell.
//!
//! [`definitions`] binds what forms say to what records hold; [`region`] and [`conditions`] make of every condition the rows that it
//! accepts; [`plan`] finds the terms that cells share; [`kernel`] counts them; [`tabulation`] leads records through it, once.
//!
//! ```text
//! rows = { "40" = '{grade_taught} = "01"' }  ┐
//! column 2 selects sex = female              ├─> condition ─> disjoint boxes ─> school part × term ─> bit of a mask ─> count
//! where = 'primary', counted if studying     ┘
//! ```

pub mod columns;
pub mod conditions;
pub mod definitions;
pub mod kernel;
pub mod plan;
pub mod portable;
pub mod region;
pub mod row_condition;
pub mod rows;
pub mod tabulation;

pub use definitions::{CellDefinition, FormDefinition, Profile};
pub use portable::{PortablePlan, PortableQuery, cell_name, column_type};
pub use row_condition::RowCondition;
pub use rows::{AgeDays, NONE, NOWHERE, RecordRows};
pub use tabulation::{CountedCell, Tabulation};
