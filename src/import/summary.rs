//! What the importer understood, for the person who goes on with the draft.

use std::fmt::Write as _;

use super::draft::{Confidence, Draft, DraftSheet, DraftTable, SumKind};
use crate::error::Words;
use crate::finding::Lang;
use crate::location::column_name;
use crate::schema::Basis;

impl Confidence {
    /// In words.
    #[must_use]
    pub fn words(self) -> Words {
        match self {
            Self::High => Words::both("chắc", "sure"),
            Self::Medium => Words::both("khá chắc", "probable"),
            Self::Low => Words::both("CẦN SOÁT", "CHECK"),
        }
    }
}

/// The report of an import.
#[must_use]
pub fn summary(draft: &Draft, lang: Lang) -> String {
    let mut out = format!("{} ({}) – {} – {} – {}\n", draft.symbol, draft.id, draft.title, draft.level, draft.term.id());
    for note in &draft.notes {
        let _ = writeln!(out, "  ! {}", lang.pick(&note.vi, &note.en));
    }
    for sheet in &draft.sheets {
        sheet_summary(&mut out, sheet, lang);
    }
    out
}

fn sheet_summary(out: &mut String, sheet: &DraftSheet, lang: Lang) {
    let Some(table) = &sheet.table else {
        let _ = writeln!(out, "\n# {} ({}): {}", sheet.name, sheet.id, lang.pick("trang ghi lỗi của biểu", "the form's error log"));
        return;
    };
    let coded = table.rows.iter().filter(|row| row.code.is_some()).count();
    let _ = writeln!(
        out,
        "\n# {} ({}): {}",
        sheet.name,
        sheet.id,
        lang.pick(
            &format!("{coded} dòng có mã × {} cột", table.columns.len()),
            &format!("{coded} coded rows × {} columns", table.columns.len())
        )
    );
    let (first, last) = (table.header_rows.first + 1, table.header_rows.last + 1);
    let code = column_name(table.roles.code);
    let _ = writeln!(
        out,
        "  {}",
        lang.pick(
            &format!("tiêu đề: dòng {first}–{last}; mã số: cột {code}"),
            &format!("header: rows {first}–{last}; codes: column {code}")
        )
    );
    for note in &sheet.notes {
        let _ = writeln!(out, "  ! {}", lang.pick(&note.vi, &note.en));
    }
    sums_summary(out, table, lang);
}

/// How many sums of which confidence, and each one that has to be checked.
fn sums_summary(out: &mut String, table: &DraftTable, lang: Lang) {
    let count = |wanted: Confidence| table.sums.iter().filter(|sum| sum.basis == Basis::Inferred && sum.confidence == wanted).count();
    let printed = table.sums.iter().filter(|sum| sum.basis == Basis::Printed).count();
    let (high, medium, low) = (count(Confidence::High), count(Confidence::Medium), count(Confidence::Low));
    let _ = writeln!(
        out,
        "  {}",
        lang.pick(
            &format!("tổng: {printed} theo công thức in; suy ra {high} chắc, {medium} khá chắc, {low} cần soát"),
            &format!("sums: {printed} printed; inferred: {high} sure, {medium} probable, {low} to check"),
        )
    );
    for sum in table.sums.iter().filter(|sum| sum.confidence == Confidence::Low) {
        let name = |index: usize| match sum.kind {
            SumKind::Columns | SumKind::Bounds => format!("[{}]", table.columns[index].number),
            SumKind::Rows | SumKind::Subset => table.rows[index].code.clone().unwrap_or_default(),
        };
        let parts: Vec<String> = sum.parts.iter().flatten().map(|&part| name(part)).collect();
        let (sign, between) = if matches!(sum.kind, SumKind::Rows | SumKind::Columns) { ("=", " + ") } else { ("≥", ", ") };
        let (why, evidence) = (&sum.why, sum.evidence.words());
        let _ = writeln!(
            out,
            "    ? {} {sign} {} ({}; {})",
            name(sum.total),
            parts.join(between),
            lang.pick(&why.vi, &why.en),
            lang.pick(&evidence.vi, &evidence.en)
        );
    }
}
