//! The small tables beside the cells: units, successions, forms, rows, columns and what they are split by, submissions,
//! inputs, coverage, mappings, findings. Their columns are the same in every term, whatever forms it has.

use std::path::PathBuf;

use super::ArchiveInput;
use super::columns::{ColumnEntry, ColumnKind, Columns};
use super::old_names::in_key;
use crate::base::error::Result;
use crate::base::message::Lang;
use crate::forms::{ColumnDim, Confidence, Form, Mapping, MappingStatus, Sheet};
use crate::returns::Submission;
use crate::rulebook::{FINDING_COLUMNS, FindingRecord};

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
        ("column_parts", column_parts(input), 1),
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

/// Columns of texts.
fn texts<'n>(names: &[&'n str]) -> Vec<(&'n str, ColumnKind)> {
    names.iter().map(|name| (*name, ColumnKind::Text)).collect()
}

fn units(input: &ArchiveInput<'_>) -> Columns {
    let mut columns = texts(&["unit", "name", "kind"]);
    columns.push(("levels", ColumnKind::List));
    columns.extend(texts(&["ownership", "reports_to", "files_with"]));
    columns.extend([("forms", ColumnKind::List), ("valid_from", ColumnKind::Day), ("valid_to", ColumnKind::Day)]);
    let groupings: Vec<&str> = input.tree.own_groupings().collect();
    columns.extend(texts(&groupings));
    let mut table = Columns::new(&columns);
    for unit in &input.tree.units {
        let levels: Vec<&str> = unit.levels.iter().map(|l| &**l).collect();
        let forms: Vec<&str> = unit.forms.iter().map(|f| &**f).collect();
        let own = [
            ColumnEntry::Text(&unit.code),
            ColumnEntry::Text(&unit.name),
            ColumnEntry::Text(&unit.kind),
            ColumnEntry::List(&levels),
            ColumnEntry::Text(&unit.ownership),
            ColumnEntry::Text(unit.reports_to.as_deref().unwrap_or_default()),
            ColumnEntry::Text(unit.files_with.as_deref().unwrap_or_default()),
            ColumnEntry::List(&forms),
            ColumnEntry::Day(unit.valid_from),
            ColumnEntry::Day(unit.valid_to),
        ];
        let groups = groupings.iter().map(|key| ColumnEntry::Text(unit.value_of(key)));
        table.push_row(&own.into_iter().chain(groups).collect::<Vec<_>>());
    }
    table
}

/// Units that were merged into others until the term.
fn successions(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::new(&[("unit", ColumnKind::Text), ("merged_into", ColumnKind::Text), ("first_day", ColumnKind::Day)]);
    for succession in &input.tree.successions {
        table.push_row(&[ColumnEntry::Text(&succession.from), ColumnEntry::Text(&succession.to), ColumnEntry::Day(Some(succession.on))]);
    }
    table
}

fn forms(input: &ArchiveInput<'_>) -> Columns {
    let names = ["form", "circular", "symbol", "form_version", "title", "level", "layout", "layout_status", "layout_basis"];
    let mut table = Columns::texts(&names);
    for form in input.forms {
        let own = [&*form.id, &form.circular, &form.symbol, &form.version, &form.title, in_key("level", &form.level)];
        table.push(&[&own[..], &[&*form.layout.id, form.layout_status.id(), &form.layout_basis]].concat(), &[]);
    }
    table
}

fn rows(input: &ArchiveInput<'_>) -> Columns {
    let names = ["form", "sheet", "code", "sheet_name", "tt", "label", "unit_of_measure", "heading", "row_basis", "confidence"];
    let mut table = Columns::texts(&names).and_numbers(&["indent", "sheet_row"]);
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

/// Every sheet of numbers of the term's forms.
fn sheets<'a>(input: &'a ArchiveInput<'_>) -> impl Iterator<Item = (&'a Form, &'a Sheet)> {
    input.forms.iter().flat_map(|form| form.layout.data_sheets().map(move |(_, sheet)| (&**form, sheet)))
}

fn columns(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&["form", "sheet", "path", "number_kind"]).and_smalls(&["column_no"]);
    for (form, sheet) in sheets(input) {
        for column in &sheet.columns {
            let path = column.path.join(" > ");
            table.push(&[&form.id, &sheet.id, &path, kind_name(sheet)], &[i64::from(column.number)]);
        }
    }
    table
}

/// Splits of columns, a row for each dimension: as columns of their own they would differ from term to term.
fn column_parts(input: &ArchiveInput<'_>) -> Columns {
    let mut table = Columns::texts(&["form", "sheet", "dimension", "part"]).and_smalls(&["column_no"]);
    for (form, sheet) in sheets(input) {
        for column in &sheet.columns {
            for ColumnDim { dim: dimension, value: part } in &column.dims {
                table.push(&[&form.id, &sheet.id, dimension, part], &[i64::from(column.number)]);
            }
        }
    }
    table
}

fn kind_name(sheet: &Sheet) -> &'static str {
    match sheet.number_kind() {
        Some(crate::base::number::NumberKind::Amounts) => "amounts",
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

/// Fate of every file, by the names that may be kept.
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

/// Fates of old rows and columns, where a person has confirmed them.
fn mappings(input: &ArchiveInput<'_>) -> Columns {
    let mut columns = texts(&["from_form", "to_form", "line_kind", "from_sheet", "from_code", "to_sheet", "to_code"]);
    columns.extend([("changes", ColumnKind::List), ("comparable", ColumnKind::Flag), ("confirmed_by", ColumnKind::Text)]);
    columns.push(("confirmed_on", ColumnKind::Day));
    let mut table = Columns::new(&columns);
    let is_used = |mapping: &&Mapping| {
        mapping.file.status == MappingStatus::Confirmed && input.forms.iter().any(|form| form.layout.id == mapping.new_layout)
    };
    for mapping in input.mappings.iter().filter(is_used) {
        let file = &mapping.file;
        for sheet in &file.sheets {
            let rows = sheet.row_lines().into_iter().map(|line| ("row", line));
            for (kind, line) in rows.chain(sheet.column_lines().into_iter().map(|line| ("column", line))) {
                let changes: Vec<&str> = line.changes.iter().map(|change| change.id()).collect();
                let to = line.to.as_deref().unwrap_or_default();
                let olds = if line.from.is_empty() { vec![String::new()] } else { line.from.clone() };
                for from in olds {
                    let fields =
                        [&*mapping.old_layout, &*mapping.new_layout, kind, &*sheet.from, &*from, &*sheet.to, to].map(ColumnEntry::Text);
                    let more = [ColumnEntry::List(&changes), ColumnEntry::Flag(line.comparable), ColumnEntry::Text(&file.confirmed_by)];
                    table.push_row(&[&fields[..], &more, &[ColumnEntry::Day(file.confirmed_on)]].concat());
                }
            }
        }
    }
    table
}

fn findings(input: &ArchiveInput<'_>) -> Columns {
    // Columns of a finding have names that mean one thing in all tables.
    let named = FINDING_COLUMNS.map(|name| match name {
        "closed_on" => (name, ColumnKind::Day),
        name => (name, ColumnKind::Text),
    });
    let mut table = Columns::new(&[&named[..], &[("column_no", ColumnKind::Small)]].concat());
    for finding in input.findings {
        let record = FindingRecord::new(finding, input.rules, Lang::Vi);
        let texts = record.texts();
        let entries = texts.into_iter().zip(&named).map(|(text, (_, kind))| match kind {
            ColumnKind::Day => ColumnEntry::Day(text.parse().ok()),
            _ => ColumnEntry::Text(text),
        });
        let mut row: Vec<ColumnEntry<'_>> = entries.collect();
        row.push(ColumnEntry::Number(finding.subject.column.map_or(0, i64::from)));
        table.push_row(&row);
    }
    table
}
