//! Returns counted from records beside those that were typed: one return for a unit and form, and what both say otherwise.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use crate::findings::{Finding, Observed};
use crate::forms::SlotIndex;
use crate::returns::{Part, Placement, Status, Submission};
use crate::workbooks::subject_of;

/// Rule for a unit whose records and form do not say the same.
pub const RECORDS_DIFFER: &str = "records-differ";

/// Which of both counts where a cell is counted from records and typed as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhereBoth {
    /// Records.
    #[default]
    Records,
    /// Forms: a sheet in which any counted cell is typed.
    Forms,
}

impl WhereBoth {
    /// The phrase that says which counts.
    const fn phrase(self) -> &'static str {
        match self {
            Self::Records => "records-count",
            Self::Forms => "forms-count",
        }
    }
}

/// A cell that both tell.
struct TwiceTold {
    slot: SlotIndex,
    is_same: bool,
}

/// Makes one return of what was counted and what was typed of a unit.
pub fn join_counted(counted: Submission, typed: Submission, where_both: WhereBoth, findings: &mut Vec<Finding>) -> Submission {
    let mut whole = counted;
    let sheets: Vec<usize> = whole.form.layout.data_sheets().map(|(sheet, _)| sheet).collect();
    let mut both: Vec<TwiceTold> = Vec::new();
    for sheet in sheets {
        let slots: Vec<SlotIndex> = whole.form.layout.sheets[sheet].each_slot().collect();
        let of_records: HashSet<SlotIndex> = slots.iter().copied().filter(|slot| whole.is_of_records(*slot)).collect();
        let counted: HashSet<SlotIndex> = slots.iter().copied().filter(|slot| whole.counted_from(*slot).is_some()).collect();
        let is_typed = of_records.iter().any(|slot| typed.values.number(*slot).is_some());
        if is_typed {
            both.extend(counted.iter().filter_map(|slot| compared(&whole, &typed, *slot)));
        }
        let forms_count = is_typed && where_both == WhereBoth::Forms;
        for slot in slots.into_iter().filter(|slot| forms_count || !counted.contains(slot)) {
            let (status, number) = typed.values.get(slot);
            // In a sheet of which nothing that records tell is typed, a blank is no answer: it was left to the records.
            let is_left_to_records = !is_typed && status.is_blank() && of_records.contains(&slot);
            if status != Status::Absent && !is_left_to_records {
                whole.values.set(slot, status, number);
            }
        }
        if forms_count {
            whole.placements[sheet] = Placement::Absent;
        }
    }
    findings.extend(differing(&both, &typed, where_both));
    whole.lineage.answers = typed.lineage.answers;
    whole.lineage.typed = typed.lineage.typed;
    whole.lineage.taken = typed.lineage.taken;
    whole.lineage.parts.push(Part { source: typed.source, placements: typed.placements });
    whole.lineage.parts.extend(typed.lineage.parts);
    whole
}

/// Sheets that a typed form does not have and records tell.
pub fn completed_sheets(counted: &Submission, typed: &Submission) -> Vec<Arc<str>> {
    let sheets = counted.form.layout.data_sheets();
    let is_completed = |sheet: usize| typed.placements[sheet] == Placement::Absent && counted.placements[sheet] != Placement::Absent;
    sheets.filter(|(sheet, _)| is_completed(*sheet)).map(|(_, own)| Arc::clone(&own.id)).collect()
}

/// A cell as both tell it; nothing where the form does not say it. A blank cell beside figures is none.
fn compared(counted: &Submission, typed: &Submission, slot: SlotIndex) -> Option<TwiceTold> {
    let (status, number) = typed.values.get(slot);
    let is_told = status.is_number() || status.is_blank();
    is_told.then(|| TwiceTold { slot, is_same: counted.values.get(slot) == (Status::Computed, number) })
}

/// A finding where both differ, at the first typed cell that does.
fn differing(both: &[TwiceTold], typed: &Submission, where_both: WhereBoth) -> Option<Finding> {
    let odd: Vec<SlotIndex> = both.iter().filter(|own| !own.is_same).map(|own| own.slot).collect();
    let first = *odd.first()?;
    let (subject, _) = subject_of(typed);
    let finding = Finding::new(RECORDS_DIFFER).subject(subject).location(typed.place(first));
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let finding = finding.observed(count(odd.len()), count(both.len())).detail(Observed::phrase(where_both.phrase()));
    Some(finding.compared(odd.into_iter().map(|slot| typed.compared_cell(slot)).collect()))
}
