//! Errors planted in clean returns: every one is found, and the cell that was changed is named in most cases.

use std::collections::BTreeMap;
use std::sync::Arc;

use tkgd::base::message::Lang;
use tkgd::findings::{Finding, Verdict};
use tkgd::forms::{Form, SlotIndex};
use tkgd::returns::{Placement, Source, Status, Submission, Values};
use tkgd::rules::{localise, sums};
use tkgd::sample::Rng;

use super::plants::KINDS;
use super::workspace::{form, schemas, values};

/// Returns planted with each kind of error.
const TRIALS: u64 = 30;

fn returned(form: &Arc<Form>, values: Values) -> Submission {
    let source = Source { file: "a.xlsx".into(), sha256: "".into(), modified: 0 };
    let placements = vec![Placement::Absent; form.layout.sheets.len()];
    Submission { unit: "T01".into(), form: Arc::clone(form), values, source, placements, lineage: tkgd::returns::Lineage::default() }
}

fn slot_of(form: &Form, finding: &Finding) -> SlotIndex {
    let subject = &finding.subject;
    let sheet = form.layout.sheet(subject.sheet.as_deref().unwrap()).unwrap();
    sheet.slot(sheet.find_code(subject.code.as_deref().unwrap()).unwrap(), sheet.find_column(subject.column.unwrap()).unwrap())
}

#[test]
fn the_cell_that_was_changed_is_named_in_most_cases() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let clean: BTreeMap<u64, Values> = (0..TRIALS).map(|seed| (seed, values(&schemas, &form, seed + 1))).collect();
    let mut report = String::new();
    let mut wrong = Vec::new();
    for (kind, plant, least) in KINDS {
        let (mut planted, mut found, mut named) = (0, 0, 0);
        for (seed, clean) in &clean {
            let mut values = clean.clone();
            let Some(changed) = plant(&form, &mut values, &mut Rng::new(seed * 97 + 5)) else { continue };
            let submission = returned(&form, values);
            planted += 1;
            // A change that no sum or bound can see (a part of nothing) is not the localiser's to find.
            if sums(&submission).iter().all(|finding| finding.verdict != Verdict::Fail) {
                continue;
            }
            found += 1;
            named += usize::from(localise(&submission).iter().any(|finding| changed.contains(&slot_of(&form, finding))));
        }
        report += &format!("{kind}: {planted} planted, {found} contradict a sum or bound, cell named in {named}\n");
        if found == 0 || named * 100 < found * least {
            wrong.push(format!("{kind}: {named} of {found}, at least {least} % are expected"));
        }
    }
    println!("{report}");
    assert!(wrong.is_empty(), "{}\n{report}", wrong.join("\n"));
}

#[test]
fn nothing_is_suggested_of_a_clean_return_and_a_suggestion_reads_well() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let clean = values(&schemas, &form, 3);
    assert!(localise(&returned(&form, clean.clone())).is_empty());
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("41").unwrap(), 5);
    let mut values = clean;
    values.set(slot, Status::Reported, 120);
    let findings = localise(&returned(&form, values));
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(slot_of(&form, &findings[0]), slot);
    assert!(schemas.rules.message(&findings[0], Lang::Vi).starts_with("nếu sửa  120 → "), "{:?}", findings[0]);
}
