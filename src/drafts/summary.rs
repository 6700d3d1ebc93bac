//! Summary of an import, for the person who goes on with the draft.

use std::fmt::Write as _;

use super::draft::{Confidence, Draft, DraftSheet, DraftTable, SumKind};
use crate::base::location::column_name;
use crate::base::message::Message;
use crate::base::message::{Lang, message};
use crate::forms::Basis;

impl Confidence {
    /// In words.
    #[must_use]
    pub fn words(self) -> Message {
        match self {
            Self::High => message!("drafts.sure"),
            Self::Medium => message!("drafts.probable"),
            Self::Low => message!("drafts.check"),
        }
    }
}

/// The report of an import.
#[must_use]
pub fn summary(draft: &Draft, lang: Lang) -> String {
    let mut out = format!("{} ({}) – {} – {} – {}\n", draft.symbol, draft.id, draft.title, draft.level, draft.term.id());
    for note in &draft.notes {
        let _ = writeln!(out, "  ! {}", note.said(lang));
    }
    for sheet in &draft.sheets {
        sheet_summary(&mut out, sheet, lang);
    }
    out
}

fn sheet_summary(out: &mut String, sheet: &DraftSheet, lang: Lang) {
    let Some(table) = &sheet.table else {
        let _ = writeln!(out, "\n# {} ({}): {}", sheet.name, sheet.id, message!("drafts.form_error_log").said(lang));
        return;
    };
    let coded = table.rows.iter().filter(|row| row.code.is_some()).count();
    let _ = writeln!(
        out,
        "\n# {} ({}): {}",
        sheet.name,
        sheet.id,
        message!("drafts.coded_rows_columns", coded, columns = table.columns.len()).said(lang)
    );
    let (first, last) = (table.header_rows.first + 1, table.header_rows.last + 1);
    let code = column_name(table.roles.code);
    let _ = writeln!(out, "  {}", message!("drafts.header_rows_codes_column", first, last, code).said(lang));
    for note in &sheet.notes {
        let _ = writeln!(out, "  ! {}", note.said(lang));
    }
    sums_summary(out, table, lang);
}

/// How many sums of which confidence, and each one that has to be checked.
fn sums_summary(out: &mut String, table: &DraftTable, lang: Lang) {
    let count = |wanted: Confidence| table.sums.iter().filter(|sum| sum.basis == Basis::Inferred && sum.confidence == wanted).count();
    let printed = table.sums.iter().filter(|sum| sum.basis == Basis::Printed).count();
    let (high, medium, low) = (count(Confidence::High), count(Confidence::Medium), count(Confidence::Low));
    let _ = writeln!(out, "  {}", message!("drafts.sums_printed_inferred_sure", printed, high, medium, low).said(lang));
    for sum in table.sums.iter().filter(|sum| sum.confidence == Confidence::Low) {
        let name = |index: usize| match sum.kind {
            SumKind::Columns | SumKind::Bounds => format!("[{}]", table.columns[index].number),
            SumKind::Rows | SumKind::Subset => table.rows[index].code.clone().unwrap_or_default(),
        };
        let parts: Vec<String> = sum.parts.iter().flatten().map(|&part| name(part)).collect();
        let (sign, between) = if matches!(sum.kind, SumKind::Rows | SumKind::Columns) { ("=", " + ") } else { ("≥", ", ") };
        let (why, evidence) = (&sum.why, sum.evidence.words());
        let _ = writeln!(out, "    ? {} {sign} {} ({}; {})", name(sum.total), parts.join(between), why.said(lang), evidence.said(lang));
    }
}
