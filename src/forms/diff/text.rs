//! A diff in words, for the person who has to confirm the mapping.

use std::fmt::Write as _;

use super::super::form::Layout;
use super::{Certainty, FormChange, FormDiff, Member, RowPair};
use crate::base::message::Message;
use crate::base::message::{Lang, message};

impl FormChange {
    /// In words.
    #[must_use]
    pub fn words(self) -> Message {
        match self {
            Self::Added => message!("forms.added"),
            Self::Dropped => message!("forms.dropped"),
            Self::Renumbered => message!("forms.renumbered"),
            Self::Relabelled => message!("forms.relabelled"),
            Self::Remeasured => message!("forms.another_unit_measure"),
            Self::Moved => message!("forms.moved"),
            Self::Resummed => message!("forms.re_summed"),
            Self::Reapplied => message!("forms.other_columns_apply"),
        }
    }
}

impl Certainty {
    /// In words; nothing where all is sure.
    #[must_use]
    pub fn words(self) -> Message {
        match self {
            Self::Sure => Message::from(""),
            Self::Probable => message!("forms.probable"),
            Self::Unsure => message!("forms.check"),
        }
    }
}

/// Everything that differs, sheet after sheet, with a count at the end.
#[must_use]
pub fn diff_text(diff: &FormDiff, lang: Lang) -> String {
    let mut out = format!("{} → {}\n", diff.old.id, diff.new.id);
    for pair in diff.sheets.iter().filter(|pair| !pair.changes.is_empty()) {
        let name = |layout: &Layout, at: Option<usize>| at.map_or_else(|| "–".to_owned(), |at| layout.sheets[at].name.to_string());
        let said = said(&pair.changes, pair.certainty, lang);
        let _ = writeln!(out, "# {} → {}: {said}", name(&diff.old, pair.old), name(&diff.new, pair.new));
    }
    let new_sheets = (0..diff.new.sheets.len()).map(|at| (Some(at), &diff.new.sheets[at].name));
    let gone = diff.sheets.iter().filter(|pair| pair.new.is_none()).filter_map(|pair| pair.old);
    for (at, name) in new_sheets.chain(gone.map(|at| (None, &diff.old.sheets[at].name))) {
        let here = |pair: &&RowPair<Member>| !pair.changes.is_empty() && sheet_of(diff, pair) == at;
        let columns = diff.columns.iter().filter(here).map(|pair| column_line(diff, pair, lang));
        let lines: Vec<String> = columns.chain(diff.rows.iter().filter(here).map(|pair| row_line(diff, pair, lang))).collect();
        if !lines.is_empty() {
            let _ = writeln!(out, "\n# {name}\n  {}", lines.join("\n  "));
        }
    }
    out.push_str(&counts(diff, lang));
    out
}

/// The sheet of the new form that a pair is told under; none for what a dropped sheet held.
fn sheet_of(diff: &FormDiff, pair: &RowPair<Member>) -> Option<usize> {
    let twin = |old: Member| diff.sheets.iter().find(|sheets| sheets.old == Some(old.sheet)).and_then(|sheets| sheets.new);
    pair.new.map(|at| at.sheet).or_else(|| twin(pair.old?))
}

pub(super) fn column_line(diff: &FormDiff, pair: &RowPair<Member>, lang: Lang) -> String {
    let name = |layout: &Layout, at: Member| {
        let column = &layout.sheets[at.sheet].columns[at.at];
        format!("[{}] {}", column.number, column.path.join(" > "))
    };
    sides(pair, |at| name(&diff.old, at), |at| name(&diff.new, at), lang)
}

pub(super) fn row_line(diff: &FormDiff, pair: &RowPair<Member>, lang: Lang) -> String {
    sides(pair, |at| row_name(&diff.old, at), |at| row_name(&diff.new, at), lang)
}

/// Code, label and unit of measure of a row.
fn row_name(layout: &Layout, at: Member) -> String {
    let row = layout.sheets[at.sheet].coded_row(at.at);
    format!("{} \"{}\" ({})", row.code.as_deref().unwrap_or_default(), row.label.trim(), row.unit)
}

/// Both sides of a pair and what changed; one side where they read the same.
fn sides(pair: &RowPair<Member>, old: impl Fn(Member) -> String, new: impl Fn(Member) -> String, lang: Lang) -> String {
    let said = said(&pair.changes, pair.certainty, lang);
    match (pair.old.map(old), pair.new.map(new)) {
        (Some(a), Some(b)) if a == b => format!("{a}: {said}"),
        (Some(a), Some(b)) => format!("{a} → {b}: {said}"),
        (None, Some(b)) => format!("+ {b}: {said}"),
        (Some(a), None) => format!("- {a}: {said}"),
        (None, None) => said,
    }
}

fn said(changes: &[FormChange], certainty: Certainty, lang: Lang) -> String {
    let words: Vec<Message> = changes.iter().map(|change| change.words()).collect();
    let mut text = Message::join(&words, ", ");
    let doubt = certainty.words();
    if !doubt.vi().is_empty() {
        text = message!("forms.plain", text, doubt);
    }
    text.said(lang)
}

/// How many of what, and how many to look at.
fn counts(diff: &FormDiff, lang: Lang) -> String {
    use FormChange::{Added, Dropped, Moved, Reapplied, Relabelled, Remeasured, Renumbered, Resummed};
    let all = [Added, Dropped, Renumbered, Relabelled, Remeasured, Moved, Resummed, Reapplied];
    let of = |pairs: &[RowPair<Member>], change: FormChange| pairs.iter().filter(|pair| pair.changes.contains(&change)).count();
    let line = |what: &str, pairs: &[RowPair<Member>]| {
        let counted = all.iter().map(|change| (change.words(), of(pairs, *change))).filter(|(_, count)| *count > 0);
        let parts: Vec<String> = counted.map(|(words, count)| format!("{count} {}", words.said(lang))).collect();
        let same = pairs.iter().filter(|pair| pair.changes.is_empty()).count();
        format!("{what}: {same} {}{}{}", message!("forms.unchanged").said(lang), if parts.is_empty() { "" } else { ", " }, parts.join(", "))
    };
    let unsure = diff.rows.iter().filter(|pair| pair.certainty == Certainty::Unsure).count();
    let doubt = message!("forms.rows_check").said(lang);
    format!(
        "\n{}\n{}\n{unsure} {doubt}\n",
        line(&message!("forms.rows").said(lang), &diff.rows),
        line(&message!("forms.columns").said(lang), &diff.columns)
    )
}
