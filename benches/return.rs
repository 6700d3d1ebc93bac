//! A school's workbook read, checked and given back annotated, against only reading it.
//!
//! Run with `CARGO_PROFILE_DEV_OPT_LEVEL=2 cargo bench --profile dev --bench return`. Skipped where the real workbooks are not beside the
//! clone. See `docs/benchmarks.md`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a benchmark prints, and may fail loudly")]

mod support;

use std::sync::Arc;

use support::{Side, compare, headings, official_form};
use tkgd::base::message::Lang;
use tkgd::base::number::NumberLocale;
use tkgd::findings::{Finding, Verdict};
use tkgd::forms::Schemas;
use tkgd::ledger::finding_key;
use tkgd::ooxml::DefinedName;
use tkgd::ooxml::annotate::{Annotation, Colour, ErrorLine, ErrorSheet, Mark, annotate};
use tkgd::returns::{Lineage, Source, Submission};
use tkgd::rules::{localise, sums};
use tkgd::workbooks::{Isolation, RETURN_NAME, Recogniser, ReturnId, fill, key_text, read_bytes, sha256};

/// Our time to that of reading.
const LIMIT: f64 = 2.0;
/// Times a round does it: once is too short for a clock.
const TIMES: usize = 20;

fn main() {
    let schemas = Schemas::load(None).unwrap();
    let recogniser = Recogniser::new(&schemas.forms).preferring("tt24-2018");
    headings();
    for file in ["01-MN-DN.xlsx", "02-TH-DN.xlsx"] {
        let Ok(bytes) = std::fs::read(official_form(file)) else {
            println!("| {file} is not there | | | | | | | | | |");
            continue;
        };
        let returned = || {
            let (submission, findings) = checked(&bytes, &recogniser);
            annotate(&bytes, &annotation(&schemas, &submission, &findings)).unwrap()
        };
        let (_, findings) = checked(&bytes, &recogniser);
        assert!(findings.iter().any(|finding| finding.place.cell.is_some()) && returned() != bytes);
        let ours = Side::new("tkgd return", || (0..TIMES).map(|_| returned().len()).sum::<usize>());
        let other = Side::new("tkgd, reading", || (0..TIMES).map(|_| read(&bytes, &recogniser).0.values.filled()).sum::<usize>());
        let (submission, findings) = checked(&bytes, &recogniser);
        let marks = annotation(&schemas, &submission, &findings);
        let alone = Side::new("annotating", || (0..TIMES).map(|_| annotate(&bytes, &marks).unwrap().len()).sum::<usize>());
        let reading = Side::new("tkgd, reading", || (0..TIMES).map(|_| read(&bytes, &recogniser).0.values.filled()).sum::<usize>());
        compare(&format!("annotate {file}, already checked"), &format!("{TIMES} times"), None, alone, reading);
        compare(&format!("return {file}"), &format!("{TIMES} times, {} findings", findings.len()), Some(LIMIT), ours, other);
    }
    support::print_peak_memory();
}

fn read(bytes: &[u8], recogniser: &Recogniser) -> (Submission, Vec<Finding>) {
    let workbook = read_bytes(bytes, &Isolation::InProcess).unwrap();
    let (recognised, _) = recogniser.recognise(&workbook).unwrap();
    let filled = fill(&workbook, &recognised, NumberLocale::Vi);
    let form = Arc::clone(recogniser.forms_with(&recognised.layout).next().unwrap());
    let source = Source { file: "a.xlsx".into(), sha256: sha256(bytes).into(), modified: 0 };
    let (values, placements) = (filled.values, filled.placements);
    (Submission { unit: "1".into(), form, values, source, placements, lineage: Lineage::default() }, filled.findings)
}

fn checked(bytes: &[u8], recogniser: &Recogniser) -> (Submission, Vec<Finding>) {
    let (submission, mut findings) = read(bytes, recogniser);
    findings.extend(sums(&submission));
    findings.extend(localise(&submission));
    findings.retain(|finding| finding.verdict == Verdict::Fail);
    (submission, findings)
}

fn annotation(schemas: &Schemas, submission: &Submission, findings: &[Finding]) -> Annotation {
    let say = |finding: &Finding| format!("{} {}", schemas.rules.message(finding, Lang::Vi), schemas.rules.hint(finding, Lang::Vi));
    let said: Vec<(&Finding, String)> = findings.iter().map(|finding| (finding, say(finding))).collect();
    let marks = said.iter().filter_map(|(finding, said)| {
        let (sheet, cell) = (finding.place.sheet.as_ref()?.to_string(), finding.place.cell?);
        Some(Mark { sheet, cell, colour: Some(Colour::Red), comment: said.clone() })
    });
    let line = |(finding, said): &(&Finding, String)| ErrorLine {
        sheet: finding.place.sheet.as_deref().unwrap_or_default().to_owned(),
        cell: finding.place.cell,
        error: said.clone(),
        detail: finding.rule.to_string(),
        answer: String::new(),
        key: key_text(&finding_key(finding, &schemas.rules)),
    };
    let errors = ErrorSheet {
        name: "Errors".to_owned(),
        headings: Vec::new(),
        answer_headings: ["Giải trình", "Mã"].map(str::to_owned),
        lines: said.iter().map(line).collect(),
    };
    let id = ReturnId::new(&submission.unit, &submission.form.id, &submission.source.sha256, &[]);
    Annotation {
        marks: marks.collect(),
        errors: Some(errors),
        name: DefinedName { name: RETURN_NAME.to_owned(), value: id.to_string() },
        author: "tkgd".to_owned(),
    }
}
