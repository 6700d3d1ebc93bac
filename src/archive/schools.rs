//! The wide table `schools`: one row per school, for people who open the archive in a spreadsheet or a data frame.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use super::columns::{ColumnEntry, ColumnKind, Columns};
use super::{ArchiveInput, Destination, write_small};
use crate::base::error::Result;
use crate::forms::{ArchiveTable, Form, Measure, MeasureBook, SlotIndex};
use crate::indicators::State;
use crate::register::Unit;
use crate::returns::{Submission, is_still_to_come};

/// The table.
pub const SCHOOLS: &str = "schools";
/// Ending of a figure's name in the column that says how whole it is.
const STATUS: &str = "_status";

/// A figure of a school, and how whole it is.
struct Figure {
    value: Option<i64>,
    status: &'static str,
}

/// A measure's slots in a form, which add up to it.
struct Part<'a> {
    form: &'a Form,
    slots: Vec<SlotIndex>,
    /// Slots that say how many results are still to come.
    pending: Vec<SlotIndex>,
    /// All results are still to come.
    is_open: bool,
}

/// A measure in the forms of a term.
struct Parts<'a> {
    name: &'a str,
    all: Vec<Part<'a>>,
}

/// Writes the table; none where the schemas do not describe it, as those of releases of before.
///
/// # Errors
/// When the file cannot be written.
pub fn write_schools(
    target: Destination<'_>,
    input: &ArchiveInput<'_>,
    table: Option<&ArchiveTable>,
    book: &MeasureBook,
) -> Result<Option<PathBuf>> {
    let Some(table) = table else { return Ok(None) };
    // A figure is a column that has another one beside it that says how whole it is.
    let has = |name: &str| table.columns.iter().any(|column| column.name == name);
    let figures = table.columns.iter().filter(|column| has(&format!("{}{STATUS}", column.name)));
    let parts: Vec<Parts<'_>> = figures.map(|column| parts(&column.name, book.get(&column.name), input)).collect();
    let groupings: Vec<&str> = input.tree.own_groupings().collect();
    let statuses: Vec<String> = parts.iter().map(|part| format!("{}{STATUS}", part.name)).collect();
    let mut kinds = vec![("unit", ColumnKind::Text), ("name", ColumnKind::Text), ("kind", ColumnKind::Text), ("levels", ColumnKind::List)];
    kinds.extend([("ownership", ColumnKind::Text), ("reports_to", ColumnKind::Text), ("reports_to_name", ColumnKind::Text)]);
    for (part, status) in parts.iter().zip(&statuses) {
        kinds.extend([(part.name, ColumnKind::Count), (status.as_str(), ColumnKind::Text)]);
    }
    kinds.extend(groupings.iter().map(|key| (*key, ColumnKind::Text)));
    let mut out = Columns::new(&kinds);
    let mut returns: HashMap<&str, BTreeMap<&str, &Submission>> = HashMap::new();
    for submission in input.submissions {
        returns.entry(&submission.unit).or_default().insert(&submission.form.id, submission);
    }
    let none = BTreeMap::new();
    for unit in input.tree.units.iter().filter(|unit| unit.facility) {
        let levels: Vec<&str> = unit.levels.iter().map(|level| &**level).collect();
        let above = unit.reports_to.as_deref().unwrap_or_default();
        let above_name = input.tree.find(above).map_or("", |at| &input.tree.units[at].name);
        let own = returns.get(&*unit.code).unwrap_or(&none);
        let filer = unit.files_with.as_deref().and_then(|code| input.tree.find(code)).map(|at| &input.tree.units[at]);
        let of_level = || input.forms.iter().filter(|form| unit.levels.contains(&form.level));
        let is_covered = filer.is_some_and(|filer| of_level().any(|form| filer.owes(&form.short, &form.symbol)));
        let figures: Vec<Figure> = parts.iter().map(|part| part.of(unit, is_covered, own)).collect();
        let [code, name, kind, ownership] = [&unit.code, &unit.name, &unit.kind, &unit.ownership].map(|text| ColumnEntry::Text(text));
        let mut row =
            vec![code, name, kind, ColumnEntry::List(&levels), ownership, ColumnEntry::Text(above), ColumnEntry::Text(above_name)];
        row.extend(
            figures
                .iter()
                .flat_map(|figure| [figure.value.map_or(ColumnEntry::Null, ColumnEntry::Number), ColumnEntry::Text(figure.status)]),
        );
        row.extend(groupings.iter().map(|key| ColumnEntry::Text(unit.group(key))));
        out.push_row(&row);
    }
    write_small(target, input, SCHOOLS, out).map(Some)
}

/// Where a measure stands in the forms of a term.
fn parts<'a>(name: &'a str, measure: Option<&Measure>, input: &ArchiveInput<'a>) -> Parts<'a> {
    let mut all = Vec::new();
    for form in input.forms {
        let own = measure.into_iter().flat_map(|measure| &measure.parts).filter(|part| part.layout == form.layout.id);
        let mut here = Part { form, slots: Vec::new(), pending: Vec::new(), is_open: false };
        for part in own {
            here.slots.extend(part.slots(&form.layout, &BTreeMap::new()).into_iter().flatten());
            here.pending.extend(part.pending_slots(&form.layout, &BTreeMap::new()));
            here.is_open |= input.result_state.is_some_and(|state| part.is_open_in(state.id));
        }
        if !here.slots.is_empty() {
            all.push(here);
        }
    }
    Parts { name, all }
}

impl Parts<'_> {
    /// The figure of a school: added up over its levels, each of which has a form of its own.
    ///
    /// One that owes no return is `covered` where the unit that files for it owes one on a form of its level.
    fn of(&self, unit: &Unit, is_covered: bool, returns: &BTreeMap<&str, &Submission>) -> Figure {
        let concerns = |part: &&Part<'_>| unit.expects(&part.form.short) || returns.contains_key(&*part.form.id);
        let own: Vec<&Part<'_>> = self.all.iter().filter(concerns).collect();
        if own.is_empty() {
            return Figure { value: None, status: if is_covered { "covered" } else { "none" } };
        }
        let (mut value, mut is_whole, mut is_open) = (None, true, false);
        for part in own {
            let Some(submission) = returns.get(&*part.form.id) else {
                is_whole = false;
                continue;
            };
            for &slot in &part.slots {
                let (status, number) = submission.values.get(slot);
                is_whole &= !status.is_broken();
                // Blank is 0 in a return that came in; what nobody can know is nothing.
                let known = (!status.is_broken()).then(|| if status.is_number() { number } else { 0 });
                value = known.map_or(value, |number| Some(value.unwrap_or(0_i64).saturating_add(number)));
            }
            let is_left = |&slot: &SlotIndex| {
                let (status, number) = submission.values.get(slot);
                is_still_to_come(status, number)
            };
            is_open |= part.is_open || part.pending.iter().any(is_left);
        }
        let state = if !is_whole {
            State::Incomplete
        } else if is_open {
            State::Open
        } else {
            State::Complete
        };
        Figure { value, status: state.id() }
    }
}
