//! The small tables beside the cells: units, successions, forms, rows, columns, submissions, inputs, coverage, mappings,
//! findings.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::ArchiveInput;
use super::columns::Columns;
use crate::cells::Submission;
use crate::error::Result;
use crate::finding::Lang;
use crate::schema::{Confidence, FINDING_TEXTS, Mapping, MappingStatus, Sheet};

/// Writes every small table; returns their names.
pub fn write_dimensions(
    aside: &dyn Fn(&str) -> Result<PathBuf>,
    input: &ArchiveInput<'_>,
    submissions: &[&Submission],
    metadata: &[(String, String)],
) -> Result<Vec<&'static str>> {
    let tables = [
        ("units", units(input), 1),
        ("successions", successions(input), 1),
        ("forms", forms(input), 1),
        ("rows", rows(input), 1),
        ("columns", columns(input), 1),
        ("submissions", sources(submissions, input), 2),
        ("inputs", inputs(input), 1),
        ("coverage", coverage(input), 2),
        ("mappings", mappings(input), 2),
        ("findings", findings(input), 0),
    ];
    let mut names = Vec::new();
    for (table, data, sorted) in tables {
        data.write(&aside(table)?, sorted, metadata)?;
        names.push(table);
    }
    Ok(names)
}

fn units(input: &ArchiveInput<'_>) -> Columns {
    let fixed = ["unit", "name", "kind", "levels", "ownership", "reports_to", "files_with", "forms", "valid_from", "valid_to"];
    let groupings: Vec<String> =
        input.tree.units.first().map(|u| u.groups.iter().map(|(key, _)| key.to_string()).collect()).unwrap_or_default();
    let names: Vec<&str> = fixed.into_iter().chain(groupings.iter().map(String::as_str)).collect();
    let mut table = Columns::texts(&names);
    for unit in &input.tree.units {
        let levels: Vec<&str> = unit.levels.iter().map(|l| &**l).collect();
        let forms: Vec<&str> = unit.forms.iter().map(|f| &**f).collect();
        let day = |day: Option<chrono::NaiveDate>| day.map(|d| d.to_string()).unwrap_or_default();
        let own = [
            unit.code.to_string(),
            unit.name.to_string(),
            unit.kind.to_string(),
            levels.join(" "),
            unit.ownership.to_string(),
            unit.reports_to.as_deref().unwrap_or_default().to_owned(),
            unit.files_with.as_deref().unwrap_or_default().to_owned(),
            forms.join(" "),
            day(unit.valid_from),
            day(unit.valid_to),
        ];
        let all: Vec<&str> = own.iter().map(String::as_str).chain(unit.groups.iter().map(|(_, value)| &**value)).collect();
        table.push(&all, &[]);
    }
    table
}

/// Units that were merged into others until the term.
fn successions(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&["from", "to", "on"]);
    for succession in &input.tree.successions {
        table.push(&[&succession.from, &succession.to, &succession.on.to_string()], &[]);
    }
    table
}

fn forms(input: &ArchiveInput<'_>) -> Columns {
    let mut table =
        Columns::texts(&["form", "circular", "symbol", "version", "title", "level", "term", "layout", "layout_status", "layout_basis"]);
    for form in input.forms {
        table.push(
            &[
                &form.id,
                &form.circular,
                &form.symbol,
                &form.version,
                &form.title,
                &form.level,
                form.term.id(),
                &form.layout.id,
                form.layout_status.id(),
                &form.layout_basis,
            ],
            &[],
        );
    }
    table
}

fn rows(input: &ArchiveInput<'_>) -> Columns {
    let names = ["form", "sheet", "code", "sheet_name", "tt", "label", "unit_of_measure", "heading", "basis", "confidence"];
    let mut table = Columns::texts(&names).and_numbers(&["indent", "row"]);
    for form in input.forms {
        for (_, sheet) in form.layout.data_sheets() {
            for coded in 0..sheet.coded.len() {
                let row = sheet.coded_row(coded);
                let code = row.code.as_deref().unwrap_or_default();
                let sure = row.confidence.map_or("", Confidence::id);
                let printed = [&*sheet.name, &*row.tt, row.label.trim(), &*row.unit, &*row.group];
                let texts = [[&*form.id, &*sheet.id, code].as_slice(), &printed, &[&*row.basis, sure]].concat();
                table.push(&texts, &[i64::from(row.indent), i64::from(row.at) + 1]);
            }
        }
    }
    table
}

fn columns(input: &ArchiveInput<'_>) -> Columns {
    let sheets = || input.forms.iter().flat_map(|form| form.layout.data_sheets().map(move |(_, sheet)| (form, sheet)));
    let dims: BTreeSet<&str> =
        sheets().flat_map(|(_, sheet)| sheet.columns.iter().flat_map(|c| c.dims.iter().map(|(key, _)| &**key))).collect();
    let names: Vec<&str> = ["form", "sheet", "path", "kind"].into_iter().chain(dims.iter().copied()).collect();
    let mut table = Columns::texts(&names).and_numbers(&["column"]);
    for (form, sheet) in sheets() {
        for column in &sheet.columns {
            let path = column.path.join(" > ");
            let mut texts = vec![&*form.id, &*sheet.id, path.as_str(), kind_name(sheet)];
            texts.extend(dims.iter().map(|dim| column.dims.iter().find(|(key, _)| &**key == *dim).map_or("", |(_, value)| &**value)));
            table.push(&texts, &[i64::from(column.number)]);
        }
    }
    table
}

fn kind_name(sheet: &Sheet) -> &'static str {
    match sheet.number_kind() {
        Some(crate::number::NumberKind::Amounts) => "amounts",
        _ => "counts",
    }
}

fn sources(submissions: &[&Submission], input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&["form", "unit", "file", "sha256"]).and_numbers(&["numbers"]);
    for submission in submissions {
        let filled = i64::try_from(submission.values.filled()).unwrap_or(i64::MAX);
        let file = input.names.file(&submission.source.file);
        table.push(&[&submission.form.id, &submission.unit, &file, &submission.source.sha256], &[filled]);
    }
    table
}

/// What became of every file, by the names that may be kept.
fn inputs(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&["file", "form", "unit", "fate", "why", "replaced_by", "sha256"]);
    let mut files: Vec<_> = input.inputs.iter().map(|own| (input.names.file(&own.file), own)).collect();
    files.sort();
    for (file, own) in files {
        let by = if own.by.is_empty() { String::new() } else { input.names.file(&own.by) };
        table.push(&[&file, &own.form, &own.unit, own.fate.id(), &own.why, &by, &own.sha256], &[]);
    }
    table
}

fn coverage(input: &ArchiveInput<'_>) -> Columns {
    let numbers = ["received", "expected", "facilities_received", "facilities_expected"];
    let mut table = Columns::texts(&["form", "unit"]).and_numbers(&numbers);
    for aggregation in input.aggregations {
        for (unit, coverage) in input.tree.units.iter().zip(&aggregation.coverage) {
            let values = [coverage.received, coverage.expected, coverage.facilities_received, coverage.facilities_expected];
            if values.iter().any(|value| *value > 0) {
                table.push(&[&aggregation.form.id, &unit.code], &values.map(i64::from));
            }
        }
    }
    table
}

/// What old rows and columns became, where a person has confirmed it.
fn mappings(input: &ArchiveInput<'_>) -> Columns {
    let names =
        ["from_form", "to_form", "kind", "from_sheet", "from", "to_sheet", "to", "changes", "comparable", "confirmed_by", "confirmed_on"];
    let mut table = Columns::texts(&names);
    let is_used = |mapping: &&Mapping| {
        mapping.file.status == MappingStatus::Confirmed && input.forms.iter().any(|form| form.layout.id == mapping.layouts.1)
    };
    for mapping in input.mappings.iter().filter(is_used) {
        let file = &mapping.file;
        let day = file.confirmed_on.map(|day| day.to_string()).unwrap_or_default();
        for sheet in &file.sheets {
            let rows = sheet.row_lines().into_iter().map(|line| ("row", line));
            for (kind, line) in rows.chain(sheet.column_lines().into_iter().map(|line| ("column", line))) {
                let changes: Vec<&str> = line.changes.iter().map(|change| change.id()).collect();
                let (changes, comparable) = (changes.join(" "), if line.comparable { "yes" } else { "no" });
                let to = line.to.as_deref().unwrap_or_default();
                let olds = if line.from.is_empty() { vec![String::new()] } else { line.from.clone() };
                for from in olds {
                    let fields = [&*mapping.layouts.0, &*mapping.layouts.1, kind, &sheet.from, &from, &sheet.to, to, &changes, comparable];
                    table.push(&[&fields[..], &[&*file.confirmed_by, &*day]].concat(), &[]);
                }
            }
        }
    }
    table
}

fn findings(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&FINDING_TEXTS).and_numbers(&["column"]);
    for finding in input.findings {
        let texts = input.rules.texts(finding, Lang::Vi);
        table.push(&texts.each_ref().map(String::as_str), &[finding.subject.column.map_or(0, i64::from)]);
    }
    table
}
