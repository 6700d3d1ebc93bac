//! Statements of a schema that load but cannot be meant.

use std::collections::BTreeSet;

use super::{Form, LayoutBook, LayoutStatus, RegisterSchema, Schemas, Sheet};
use crate::base::message::{Message, message};
use crate::base::text::{fold, nfc};

/// Every problem of the loaded schemas, in plain words; empty when all is well.
///
/// Duplicate codes, dangling references and sums that name missing rows are
/// refused at load; here stands what is well-formed but wrong.
#[must_use]
pub fn lint(schemas: &Schemas) -> Vec<Message> {
    let mut problems = schemas.problems.clone();
    for path in schemas.files.paths() {
        if let Ok(text) = schemas.files.text(path)
            && nfc(text) != text
        {
            problems.push(message!("forms.text_not_composed_nfc", path));
        }
    }
    for rule in &schemas.cell_rules {
        problems.extend(rule.problems.iter().map(|problem| message!("forms.in_rule", id = rule.id, problem)));
    }
    for mapping in &schemas.mappings {
        problems.extend(mapping.problems.iter().map(|problem| in_file(&mapping.path, problem)));
    }
    for (index, form) in schemas.forms.iter().enumerate() {
        if schemas.regulation(&form.circular).is_none() {
            problems.push(message!("forms.no_schemas_regulation_toml", form = form.id, circular = form.circular));
        }
        // A form without a level is for all of them.
        if !form.level.is_empty() && !schemas.register.levels.iter().any(|level| *level.code == *form.level) {
            problems.push(message!("forms.level_not_register_toml", form = form.id, level = form.level));
        }
        if schemas.forms[..index].iter().any(|other| other.circular == form.circular && other.symbol == form.symbol) {
            problems.push(message!("forms.symbol_used_another_form", form = form.id, symbol = form.symbol));
        }
        for (_, sheet) in form.layout.data_sheets() {
            lint_sheet(form, sheet, &mut problems);
            lint_basis(form, sheet, &schemas.layouts, &mut problems);
            lint_learners(form, sheet, &schemas.register, &mut problems);
        }
    }
    problems
}

/// Rows of a reconstructed form say what they rest on and bear codes of ours; no other form has such codes.
fn lint_basis(form: &Form, sheet: &Sheet, layouts: &LayoutBook, problems: &mut Vec<Message>) {
    let is_rebuilt = form.layout_status == LayoutStatus::Reconstructed;
    for row in sheet.coded.iter().map(|&row| &sheet.rows[row]) {
        let code = row.code.as_deref().unwrap_or_default();
        let problem = match (is_rebuilt, layouts.is_local(code)) {
            (true, false) => message!("forms.not_local_code_form", code),
            (false, true) => message!("forms.local_code_form_not", code),
            (true, true) if row.basis.is_empty() || row.confidence.is_none() => message!("forms.code_no_basis_confidence", code),
            _ => continue,
        };
        problems.push(in_sheet(form, sheet, &problem));
    }
}

/// A rebuilt form speaks of the learners of its own level; what is official stands as it is printed.
fn lint_learners(form: &Form, sheet: &Sheet, register: &RegisterSchema, problems: &mut Vec<Message>) {
    let own = register.levels.iter().find(|level| *level.code == *form.level);
    let Some(own) = own.filter(|_| form.layout_status == LayoutStatus::Reconstructed) else { return };
    let others: BTreeSet<&String> =
        register.levels.iter().flat_map(|level| &level.learners).filter(|word| !own.learners.contains(word)).collect();
    for row in &sheet.rows {
        let label = format!(" {} ", fold(&row.label).replace(|c: char| !c.is_alphanumeric(), " "));
        for word in others.iter().filter(|word| label.contains(&format!(" {} ", fold(word)))) {
            let problem = message!("forms.row_speaks_other_learners", row = row.at + 1, word, own = own.learners.join(", "));
            problems.push(in_sheet(form, sheet, &problem));
        }
    }
}

/// A problem of a sheet of a form.
fn in_sheet(form: &Form, sheet: &Sheet, problem: &Message) -> Message {
    message!("forms.in_form_sheet", form = form.id, sheet = sheet.id, problem)
}

/// A problem of a file of the schemas.
pub(super) fn in_file(path: &str, problem: &Message) -> Message {
    Message::join(&[path.into(), problem.clone()], ": ")
}

fn lint_sheet(form: &Form, sheet: &Sheet, problems: &mut Vec<Message>) {
    let mut say = |problem: Message| problems.push(in_sheet(form, sheet, &problem));
    if sheet.coded.is_empty() || sheet.columns.is_empty() {
        say(message!("forms.no_coded_row_no"));
    }
    for row in &sheet.rows {
        if row.at <= sheet.header_rows.last {
            say(message!("forms.row_stands_inside_header", at = row.at + 1));
        }
        if row.code.is_some() && row.unit.is_empty() {
            say(message!("forms.row_code_but_no", at = row.at + 1));
        }
    }
    for (name, sums, is_row) in [
        (message!("forms.column_sum"), &sheet.sums.columns, false),
        (message!("forms.row_sum"), &sheet.sums.rows, true),
        (message!("forms.subset_sum"), &sheet.sums.subsets, true),
    ] {
        for (index, sum) in sums.iter().enumerate() {
            let shown = |member: usize| {
                if is_row {
                    sheet.coded_row(member).code.as_deref().unwrap_or_default().to_owned()
                } else {
                    sheet.columns[member].number.to_string()
                }
            };
            if sum.parts.contains(&sum.total) {
                say(message!("forms.sum_names_itself_among", name, total = shown(sum.total)));
            }
            let mut parts = sum.parts.clone();
            parts.sort_unstable();
            parts.dedup();
            if parts.len() != sum.parts.len() || parts.is_empty() {
                say(message!("forms.sum_part_twice_none", name, total = shown(sum.total)));
            }
            if sums[..index].iter().any(|other| other.total == sum.total && other.parts == sum.parts) {
                say(message!("forms.sum_stands_twice", name, total = shown(sum.total)));
            }
        }
    }
}
