//! Measures by places: what is counted, added up for every unit, place and group, over one or many terms.
//!
//! One mechanism behind indicators, the summary workbook and ad-hoc reports. A [`Formula`] is a sum of
//! figures over another sum; it is bound to the cells of the forms once ([`MeasurePlan`]), all figures are
//! added up in one pass per term ([`MeasureData::sums`]), and its [`Value`] at a place keeps numerator,
//! denominator, coverage and whether anything is missing; a ratio is one of the units that have both sides
//! ([`Matched`]). Nothing is rounded here.

mod adding;
mod beside;
mod bounds;
mod measure_plan;
mod measure_data;
mod grid;
mod grid_cells;
mod grid_columns;
mod matched;
mod measured;
mod places;
mod population;
mod population_checks;
mod rows;
mod sums;
mod value;
mod yearly;

#[cfg(test)]
mod tests;

pub use bounds::implausible;
pub use grid::grid;
pub use grid_cells::{Grid, GridCell, GridColumn, GridKind, GridRow, LeftOut};
pub use grid_columns::picks;
pub use matched::{Matched, Units};
pub use measure_data::{ExplainedFigures, FormGap, MeasureData, MissingReturn, TermFacts, TermReturn, needed_terms};
pub use measure_plan::{Formula, FormulaKinds, FormulaSpec, MeasurePlan, Operand, PlannedFigure, Summand};
pub use measured::{Evaluation, IndicatorLine, LINE_TEXTS, Split, SplitPart, evaluate};
pub use places::{NumberedPlace, Place, PlaceIndex, PlaceKind, PlaceVec, Places};
pub use population::{POPULATION_COLUMNS, Population};
pub use sums::{MeasureSum, MeasureSums};
pub use value::{State, Value};
pub use yearly::{YearLine, year_on_year};
