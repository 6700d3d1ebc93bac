//! Aggregation: cells of units into cells of the units above them, and of groups.
//!
//! Forms are summed as submitted, cell by cell. A unit's own return is added to
//! its children's, never replaced by them. Coverage goes with every total and
//! nothing is scaled up. All sums are integers, so their order does not matter.

mod plan;
mod total;

pub use plan::{Aggregation, Target, TargetTotal, aggregate, count_units, expected_coverage};
pub use total::{Coverage, Total};
