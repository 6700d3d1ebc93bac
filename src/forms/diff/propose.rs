//! From a diff to the mapping file a person confirms.

use std::fmt::Write as _;

use super::super::form::Layout;
use super::super::mapping::{ColumnMapping, MappingFile, MappingStatus, RowMapping, SheetMapping};
use super::super::source::toml_quoted;
use super::text::{column_line, row_line};
use super::{Certainty, FormChange, FormDiff, IndexPair, Member, RowPair};
use crate::base::message::{Lang, message};

/// The mapping a diff proposes.
#[must_use]
pub fn propose(diff: &FormDiff) -> MappingFile {
    let mut sheets: Vec<SheetMapping> = Vec::new();
    for pair in &diff.sheets {
        if let (Some(i), Some(j)) = (pair.old, pair.new)
            && diff.new.sheets[j].number_kind().is_some()
        {
            sheets.push(sheet_mapping(diff, IndexPair { old: i, new: j }));
        }
    }
    sheets.extend(diff.crossings.iter().map(|crossing| crossing_mapping(diff, crossing)));
    MappingFile {
        from: diff.old.id.to_string(),
        to: diff.new.id.to_string(),
        status: MappingStatus::Proposed,
        confirmed_by: String::new(),
        confirmed_on: None,
        dropped_sheets: names(&diff.old, diff.sheets.iter().filter(|pair| pair.new.is_none()).filter_map(|pair| pair.old)),
        added_sheets: names(&diff.new, diff.sheets.iter().filter(|pair| pair.old.is_none()).filter_map(|pair| pair.new)),
        sheets,
    }
}

/// Ids of those sheets that hold figures.
fn names(layout: &Layout, sheets: impl Iterator<Item = usize>) -> Vec<String> {
    let data = sheets.map(|at| &layout.sheets[at]).filter(|sheet| sheet.number_kind().is_some());
    data.map(|sheet| sheet.id.to_string()).collect()
}

fn code(layout: &Layout, at: Member) -> String {
    layout.sheets[at.sheet].coded_row(at.at).code.as_deref().unwrap_or_default().to_owned()
}

/// Rows of a pair of sheets: those that stay in it, were dropped from the old one or added to the new one.
fn sheet_mapping(diff: &FormDiff, sheets: IndexPair) -> SheetMapping {
    let (from, to) = (&diff.old.sheets[sheets.old], &diff.new.sheets[sheets.new]);
    let mut mapping = SheetMapping { from: from.id.to_string(), to: to.id.to_string(), ..SheetMapping::default() };
    let belongs =
        |pair: &&RowPair<Member>| pair.old.is_none_or(|at| at.sheet == sheets.old) && pair.new.is_none_or(|at| at.sheet == sheets.new);
    for pair in diff.rows.iter().filter(belongs) {
        push_row(diff, pair, &mut mapping);
    }
    for pair in diff.columns.iter().filter(belongs) {
        let number = |layout: &Layout, at: Member| layout.sheets[at.sheet].columns[at.at].number;
        let (from, to) = (pair.old.map(|at| number(&diff.old, at)), pair.new.map(|at| number(&diff.new, at)));
        match (from, to) {
            (Some(from), Some(to)) if from == to && pair.changes.is_empty() => mapping.same_columns.push(to),
            _ => mapping.columns.push(ColumnMapping {
                from: from.into_iter().collect(),
                to,
                changes: pair.changes.clone(),
                comparable: true,
            }),
        }
    }
    mapping
}

/// Rows that moved to a sheet that does not correspond to theirs, and the columns both have.
fn crossing_mapping(diff: &FormDiff, crossing: &super::ColumnMatch) -> SheetMapping {
    let IndexPair { old, new } = crossing.sheets;
    let (a, b) = (&diff.old.sheets[old], &diff.new.sheets[new]);
    let column = |pair: &IndexPair| ColumnMapping {
        from: vec![a.columns[pair.old].number],
        to: Some(b.columns[pair.new].number),
        changes: Vec::new(),
        comparable: true,
    };
    let mut mapping = SheetMapping {
        from: a.id.to_string(),
        to: b.id.to_string(),
        columns: crossing.pairs.iter().map(column).collect(),
        ..SheetMapping::default()
    };
    let moved = |pair: &&RowPair<Member>| pair.old.is_some_and(|at| at.sheet == old) && pair.new.is_some_and(|at| at.sheet == new);
    for pair in diff.rows.iter().filter(moved) {
        push_row(diff, pair, &mut mapping);
    }
    mapping
}

fn push_row(diff: &FormDiff, pair: &RowPair<Member>, mapping: &mut SheetMapping) {
    let (from, to) = (pair.old.map(|at| code(&diff.old, at)), pair.new.map(|at| code(&diff.new, at)));
    match (from, to) {
        (Some(from), Some(to)) if from == to && pair.changes.is_empty() => mapping.same_rows.push(to),
        (from, to) => mapping.rows.push(RowMapping {
            from: from.into_iter().collect(),
            to,
            changes: pair.changes.clone(),
            // Another unit of measure counts something else.
            comparable: !pair.changes.contains(&FormChange::Remeasured),
        }),
    }
}

/// The proposed mapping as a file, every changed line with its words beside it.
#[must_use]
pub fn mapping_toml(diff: &FormDiff, lang: Lang) -> String {
    let file = propose(diff);
    let mut out = String::new();
    let list = |names: &[String]| format!("[{}]", names.iter().map(|name| toml_quoted(name)).collect::<Vec<_>>().join(", "));
    let head = message!("forms.proposed_mapping_check_every").said(lang);
    let _ = writeln!(out, "# {head}\nfrom = {}\nto = {}\nstatus = \"proposed\"", toml_quoted(&file.from), toml_quoted(&file.to));
    let _ = writeln!(out, "dropped_sheets = {}\nadded_sheets = {}", list(&file.dropped_sheets), list(&file.added_sheets));
    for sheet in &file.sheets {
        let _ = writeln!(out, "\n[[sheets]]\nfrom = {}\nto = {}", toml_quoted(&sheet.from), toml_quoted(&sheet.to));
        let numbers: Vec<String> = sheet.same_columns.iter().map(u16::to_string).collect();
        let _ = writeln!(out, "same_columns = [{}]\nsame_rows = {}", numbers.join(", "), list(&sheet.same_rows));
        write_columns(&mut out, diff, sheet, lang);
        write_rows(&mut out, diff, sheet, lang);
    }
    out
}

fn tail(changes: &[FormChange], comparable: bool) -> String {
    let names: Vec<String> = changes.iter().map(|change| format!("\"{}\"", change.id())).collect();
    let compared = if comparable { "" } else { ", comparable = false" };
    format!("changes = [{}]{compared}", names.join(", "))
}

fn write_rows(out: &mut String, diff: &FormDiff, sheet: &SheetMapping, lang: Lang) {
    if sheet.rows.is_empty() {
        return;
    }
    out.push_str("rows = [\n");
    for row in &sheet.rows {
        let is_it = |pair: &&RowPair<Member>| {
            let at = |layout: &Layout, member: Option<Member>| member.map(|m| (layout.sheets[m.sheet].id.to_string(), code(layout, m)));
            let old = row.from.first().map(|from| (sheet.from.clone(), from.clone()));
            at(&diff.old, pair.old) == old && at(&diff.new, pair.new) == row.to.clone().map(|to| (sheet.to.clone(), to))
        };
        let pair = diff.rows.iter().find(is_it);
        if let Some(pair) = pair {
            let mark = if pair.certainty == Certainty::Unsure { "# ??? " } else { "# " };
            let _ = writeln!(out, "  {mark}{}", row_line(diff, pair, lang));
        }
        let from: Vec<String> = row.from.iter().map(|name| toml_quoted(name)).collect();
        let to = row.to.as_ref().map_or_else(String::new, |to| format!("to = {}, ", toml_quoted(to)));
        let from = if from.is_empty() { String::new() } else { format!("from = [{}], ", from.join(", ")) };
        let _ = writeln!(out, "  {{ {from}{to}{} }},", tail(&row.changes, row.comparable));
    }
    out.push_str("]\n");
}

fn write_columns(out: &mut String, diff: &FormDiff, sheet: &SheetMapping, lang: Lang) {
    if sheet.columns.is_empty() {
        return;
    }
    out.push_str("columns = [\n");
    for column in &sheet.columns {
        let number = |layout: &Layout, member: Option<Member>| {
            member.map(|m| (layout.sheets[m.sheet].id.to_string(), layout.sheets[m.sheet].columns[m.at].number))
        };
        let is_it = |pair: &&RowPair<Member>| {
            number(&diff.old, pair.old) == column.from.first().map(|n| (sheet.from.clone(), *n))
                && number(&diff.new, pair.new) == column.to.map(|n| (sheet.to.clone(), n))
        };
        if let Some(pair) = diff.columns.iter().find(is_it) {
            let _ = writeln!(out, "  # {}", column_line(diff, pair, lang));
        }
        let from: Vec<String> = column.from.iter().map(u16::to_string).collect();
        let to = column.to.map_or_else(String::new, |to| format!("to = {to}, "));
        let from = if from.is_empty() { String::new() } else { format!("from = [{}], ", from.join(", ")) };
        let _ = writeln!(out, "  {{ {from}{to}{} }},", tail(&column.changes, column.comparable));
    }
    out.push_str("]\n");
}
