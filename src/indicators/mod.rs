//! Measures by places: what is counted, added up for every unit, place and group, over one or many terms.
//!
//! One mechanism behind indicators, the summary workbook and ad-hoc reports. A [`Formula`] is a sum of
//! figures over another sum; it is bound to the cells of the forms once ([`Demand`]), all figures are
//! added up in one pass per term ([`Facts::sums`]), and its [`Value`] at a place keeps numerator,
//! denominator, coverage and whether anything is missing; a ratio is one of the units that have both sides
//! ([`Matched`]). Nothing is rounded here.

mod adding;
mod beside;
mod bounds;
mod demand;
mod facts;
mod grid;
mod grid_cells;
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
pub use demand::{Demand, FigureKey, Formula, FormulaKinds, Quantity, Summand, Written};
pub use facts::{Explained, Facts, FormGap, MissingReturn, TermFacts, TermReturn, needed_terms};
pub use grid::{grid, picks};
pub use grid_cells::{Grid, GridCell, GridColumn, GridKind, GridRow, LeftOut};
pub use matched::{Matched, Units};
pub use measured::{Evaluation, IndicatorLine, LINE_TEXTS, Split, SplitPart, evaluate};
pub use places::{NumberedPlace, Place, PlaceKind, Places};
pub use population::{POPULATION_COLUMNS, Population};
pub use sums::{Sum, Sums};
pub use value::{State, Value};
pub use yearly::{YearLine, year_on_year};
