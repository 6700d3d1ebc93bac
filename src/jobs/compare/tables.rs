//! The Parquet tables of a comparison: their columns, and the table of units.

use std::collections::{BTreeMap, BTreeSet};

use super::{ComparisonSubject, Comparisons};
use crate::archive::Columns;
use crate::base::disk::OutputFolder;
use crate::base::error::Result;
use crate::query::compare::UnitChange;
use crate::register::Unit;

/// Text columns of `cells.parquet`; the column number and three decimals follow.
pub const CELL_TEXTS: [&str; 16] = [
    "older",
    "newer",
    "form",
    "sheet",
    "code",
    "unit",
    "kind",
    "status_before",
    "status_after",
    "file_before",
    "file_sheet_before",
    "cell_before",
    "file_after",
    "file_sheet_after",
    "cell_after",
    "older_cells",
];
/// Decimal columns of both tables.
pub const CELL_DECIMALS: [&str; 3] = ["value_before", "value_after", "difference"];
/// Text columns of `totals.parquet`.
pub const TOTAL_TEXTS: [&str; 8] = ["older", "newer", "form", "sheet", "code", "unit", "status_before", "status_after"];
/// Text columns of `units.parquet`; how many cells changed follows.
const UNIT_TEXTS: [&str; 9] = ["older", "newer", "unit", "name_before", "name_after", "above_before", "above_after", "fate", "merged_into"];

/// Writes every unit of every pair of states, with what became of it.
pub fn write_units(compared: &Comparisons, folder: &OutputFolder) -> Result<()> {
    let mut table = Columns::texts(&UNIT_TEXTS).and_numbers(&["changed"]);
    for comparison in &compared.all {
        let ComparisonSubject::States(pair) = &comparison.subject else { continue };
        let (older, newer) = (pair.older.to_string(), pair.newer.to_string());
        let mut fates: BTreeMap<&str, Vec<&UnitChange>> = BTreeMap::new();
        for change in &pair.units {
            fates.entry(&change.unit).or_default().push(change);
        }
        let mut changed: BTreeMap<&str, u64> = BTreeMap::new();
        for (key, counts) in &pair.by_unit {
            *changed.entry(&key.unit).or_default() += counts.changed;
        }
        let codes: BTreeSet<_> = pair.trees.iter().flat_map(|tree| &tree.units).map(|unit| &unit.code).collect();
        for code in codes {
            let units = pair.trees.each_ref().map(|tree| tree.find(code).map(|at| &tree.units[at]));
            let name = |unit: Option<&Unit>| unit.map_or_else(String::new, |unit| unit.name.to_string());
            let above = |unit: Option<&Unit>| unit.and_then(|unit| unit.reports_to.as_deref()).unwrap_or_default().to_owned();
            let own = fates.get(&**code).map_or(&[][..], Vec::as_slice);
            let named: Vec<&str> = own.iter().map(|change| change.fate.id()).collect();
            let into = own.iter().find_map(|change| change.merged_into.as_deref()).unwrap_or_default();
            let changed = changed.get(&**code).copied().unwrap_or(0);
            let texts = [
                &*older,
                &*newer,
                &**code,
                &*name(units[0]),
                &*name(units[1]),
                &*above(units[0]),
                &*above(units[1]),
                &*named.join(" "),
                into,
            ];
            table.push(&texts, &[i64::try_from(changed).unwrap_or(i64::MAX)]);
        }
    }
    let metadata = [("tkgd.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
    table.write(&folder.path("units.parquet")?, 0, &metadata)
}
