//! What a schema can say that loads but cannot be meant.

use std::collections::BTreeSet;

use super::{Form, LayoutBook, LayoutStatus, RegisterSchema, Schemas, Sheet};
use crate::text::{fold, nfc};

/// Every problem of the loaded schemas, in plain words; empty when all is well.
///
/// Duplicate codes, dangling references and sums that name missing rows are
/// refused at load; here stands what is well-formed but wrong.
#[must_use]
pub fn lint(schemas: &Schemas) -> Vec<String> {
    let mut problems = schemas.problems.clone();
    for path in schemas.files.paths() {
        if let Ok(text) = schemas.files.text(path)
            && nfc(text) != text
        {
            problems.push(format!("{path}: text is not composed (NFC)"));
        }
    }
    for rule in &schemas.cell_rules {
        problems.extend(rule.problems.iter().map(|problem| format!("rule `{}`: {problem}", rule.id)));
    }
    for mapping in &schemas.mappings {
        problems.extend(mapping.problems.iter().map(|problem| format!("{}: {problem}", mapping.path)));
    }
    for (index, form) in schemas.forms.iter().enumerate() {
        if schemas.regulation(&form.circular).is_none() {
            problems.push(format!("{}: there is no schemas/{}/regulation.toml", form.id, form.circular));
        }
        // A form without a level is for all of them.
        if !form.level.is_empty() && !schemas.register.levels.iter().any(|level| *level.code == *form.level) {
            problems.push(format!("{}: level `{}` is not in register.toml", form.id, form.level));
        }
        if schemas.forms[..index].iter().any(|other| other.circular == form.circular && other.symbol == form.symbol) {
            problems.push(format!("{}: symbol `{}` is used by another form of the circular", form.id, form.symbol));
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
fn lint_basis(form: &Form, sheet: &Sheet, layouts: &LayoutBook, problems: &mut Vec<String>) {
    let is_rebuilt = form.layout_status == LayoutStatus::Reconstructed;
    for row in sheet.coded.iter().map(|&row| &sheet.rows[row]) {
        let code = row.code.as_deref().unwrap_or_default();
        let problem = match (is_rebuilt, layouts.is_local(code)) {
            (true, false) => "is not a local code, and the form is reconstructed",
            (false, true) => "is a local code, and the form is not reconstructed",
            (true, true) if row.basis.is_empty() || row.confidence.is_none() => "has no `basis` or no `confidence`",
            _ => continue,
        };
        problems.push(format!("{}, sheet `{}`: code {code} {problem}", form.id, sheet.id));
    }
}

/// A rebuilt form speaks of the learners of its own level; what is official stands as it is printed.
fn lint_learners(form: &Form, sheet: &Sheet, register: &RegisterSchema, problems: &mut Vec<String>) {
    let own = register.levels.iter().find(|level| *level.code == *form.level);
    let Some(own) = own.filter(|_| form.layout_status == LayoutStatus::Reconstructed) else { return };
    let others: BTreeSet<&String> =
        register.levels.iter().flat_map(|level| &level.learners).filter(|word| !own.learners.contains(word)).collect();
    for row in &sheet.rows {
        let label = format!(" {} ", fold(&row.label).replace(|c: char| !c.is_alphanumeric(), " "));
        for word in others.iter().filter(|word| label.contains(&format!(" {} ", fold(word)))) {
            problems.push(format!(
                "{}, sheet `{}`: row {} speaks of `{word}`, not of {}",
                form.id,
                sheet.id,
                row.at + 1,
                own.learners.join(", ")
            ));
        }
    }
}

fn lint_sheet(form: &Form, sheet: &Sheet, problems: &mut Vec<String>) {
    let mut say = |problem: String| problems.push(format!("{}, sheet `{}`: {problem}", form.id, sheet.id));
    if sheet.coded.is_empty() || sheet.columns.is_empty() {
        say("it has no coded row or no value column".to_owned());
    }
    for row in &sheet.rows {
        if row.at <= sheet.header_rows.last {
            say(format!("row {} stands inside the header", row.at + 1));
        }
        if row.code.is_some() && row.unit.is_empty() {
            say(format!("row {} has a code but no unit of measure", row.at + 1));
        }
    }
    for (name, sums, is_row) in
        [("column", &sheet.sums.columns, false), ("row", &sheet.sums.rows, true), ("subset", &sheet.sums.subsets, true)]
    {
        for (index, sum) in sums.iter().enumerate() {
            let shown = |member: usize| {
                if is_row {
                    sheet.coded_row(member).code.as_deref().unwrap_or_default().to_owned()
                } else {
                    sheet.columns[member].number.to_string()
                }
            };
            if sum.parts.contains(&sum.total) {
                say(format!("{name} sum of {} names itself among its parts", shown(sum.total)));
            }
            let mut parts = sum.parts.clone();
            parts.sort_unstable();
            parts.dedup();
            if parts.len() != sum.parts.len() || parts.is_empty() {
                say(format!("{name} sum of {} has a part twice, or none", shown(sum.total)));
            }
            if sums[..index].iter().any(|other| other.total == sum.total && other.parts == sum.parts) {
                say(format!("{name} sum of {} stands twice", shown(sum.total)));
            }
        }
    }
}
