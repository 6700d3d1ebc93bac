//! All differences as Parquet: `differences.parquet`, and `parts.parquet` with what makes each of them.

use super::lines::{ReconcileLines, cell_name};
use crate::archive::Columns;
use crate::base::disk::OutputFolder;
use crate::base::error::Result;
use crate::query::reconcile::{ComparisonKind, Difference, FormResult, UncoveredCell, Which};

/// Text columns of `differences.parquet`; four whole numbers and three decimals follow.
const TEXTS: [&str; 15] = [
    "form",
    "sheet",
    "code",
    "unit",
    "scope",
    "kind",
    "status_a",
    "status_b",
    "file_a",
    "file_sheet_a",
    "cell_a",
    "file_b",
    "file_sheet_b",
    "cell_b",
    "name",
];

/// Writes both tables.
pub fn write_tables(lines: &ReconcileLines<'_>, folder: &OutputFolder) -> Result<()> {
    let mut differences = Columns::texts(&TEXTS)
        .and_smalls(&["column_no"])
        .and_flags(&["lowest", "follows", "due_to_missing"])
        .and_decimals(&["value_a", "value_b", "difference"]);
    let mut parts = Columns::texts(&["form", "sheet", "code", "unit", "scope", "cause", "part_unit"])
        .and_smalls(&["column_no"])
        .and_decimals(&["amount"]);
    for result in &lines.result.forms {
        for difference in &result.differences {
            add_difference(lines, result, difference, &mut differences);
            add_parts(lines, result, difference, &mut parts);
        }
        add_others(lines, result, &mut differences);
    }
    let period = lines.result.period;
    let mut metadata = vec![
        ("tkgd.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned()),
        ("tkgd.school_year".to_owned(), period.year.0.to_string()),
        ("tkgd.term".to_owned(), period.term.id().to_owned()),
        ("tkgd.trusted".to_owned(), lines.result.trust.id().to_owned()),
    ];
    metadata.extend(Which::BOTH.map(|which| (format!("tkgd.{}", which.id()), lines.result.name(which).name.clone())));
    differences.write(&folder.path("differences.parquet")?, 0, &metadata)?;
    parts.write(&folder.path("parts.parquet")?, 0, &metadata)
}

fn add_difference(lines: &ReconcileLines<'_>, result: &FormResult, difference: &Difference, table: &mut Columns) {
    let Some(form) = result.form() else { return };
    let name = cell_name(form, difference.slot);
    let ([file_a, sheet_a, cell_a], [file_b, sheet_b, cell_b]) =
        (lines.place(Which::A, result, difference), lines.place(Which::B, result, difference));
    let texts = [
        &*form.id,
        &*name.sheet,
        &*name.code,
        lines.code(difference.unit),
        difference.scope.id(),
        difference.kind.id(),
        difference.a.status.id(),
        difference.b.status.id(),
        &file_a,
        &sheet_a,
        &cell_a,
        &file_b,
        &sheet_b,
        &cell_b,
        lines.unit(difference.unit),
    ];
    let amount = (difference.kind != ComparisonKind::NotComparable).then(|| difference.amount());
    let numbers =
        [i64::from(name.column), i64::from(difference.lowest), i64::from(difference.follows), i64::from(difference.due_to_missing)];
    table.push_with(&texts, &numbers, name.kind, &[difference.a.value(), difference.b.value(), amount]);
}

fn add_parts(lines: &ReconcileLines<'_>, result: &FormResult, difference: &Difference, table: &mut Columns) {
    let Some(form) = result.form() else { return };
    let name = cell_name(form, difference.slot);
    for part in &difference.parts {
        let unit = part.cause.unit().map_or("", |unit| lines.code(unit));
        let texts = [&*form.id, &*name.sheet, &*name.code, lines.code(difference.unit), difference.scope.id(), part.cause.id(), unit];
        table.push_with(&texts, &[i64::from(name.column)], name.kind, &[part.is_known.then_some(part.amount)]);
    }
}

/// Returns, forms and cells that one source lacks, and contradictions inside a source.
fn add_others(lines: &ReconcileLines<'_>, result: &FormResult, table: &mut Columns) {
    let Some(form) = result.form() else { return };
    let none = [None, None, None];
    for missing in &result.missing {
        let kind = if missing.missing_in == Which::A { "unit_missing_in_a" } else { "unit_missing_in_b" };
        let mut texts = [""; TEXTS.len()];
        (texts[0], texts[3], texts[5], texts[14]) = (&form.id, lines.code(missing.unit), kind, lines.unit(missing.unit));
        table.push_with(&texts, &[0, 1, 0, 0], crate::base::number::NumberKind::Counts, &none);
    }
    for &UncoveredCell { source: which, slot } in &result.uncovered {
        let name = cell_name(form, slot);
        let mut texts = [""; TEXTS.len()];
        let kind = if which == Which::A { "cell_missing_in_a" } else { "cell_missing_in_b" };
        (texts[0], texts[1], texts[2], texts[5]) = (&form.id, &name.sheet, &name.code, kind);
        table.push_with(&texts, &[i64::from(name.column), 1, 0, 0], name.kind, &none);
    }
    for inside in &result.inside {
        let Some(form) = &result.forms[usize::from(inside.source == Which::B)] else { continue };
        let name = cell_name(form, inside.slot);
        let kind = if inside.source == Which::A { "inside_a" } else { "inside_b" };
        let mut texts = [""; TEXTS.len()];
        (texts[0], texts[1], texts[2]) = (&form.id, &name.sheet, &name.code);
        (texts[3], texts[5], texts[14]) = (lines.code(inside.unit), kind, lines.unit(inside.unit));
        (texts[6], texts[7]) = (inside.stated.status.id(), inside.summed.status.id());
        let (stated, summed) = (inside.stated.value(), inside.summed.value());
        let off = inside.stated.number.saturating_sub(inside.summed.number);
        table.push_with(&texts, &[i64::from(name.column), 0, 0, 0], name.kind, &[stated, summed, Some(off)]);
    }
}
