//! Forms shown: all of them, or everything about one; whether the schemas are sound.

use std::fmt::Write as _;

use crate::base::message::{Lang, Message, message};
use crate::forms::{Form, Schemas, Sum};
use crate::present::Presenter;

/// All forms, by circular.
#[must_use]
pub fn forms_text(schemas: &Schemas) -> String {
    let mut out = String::new();
    for regulation in &schemas.regulations {
        let last = regulation.in_force_to.map_or_else(|| "…".to_owned(), Presenter::day);
        let first = Presenter::day(regulation.in_force_from);
        let _ = writeln!(out, "{} ({}): {first} – {last}", regulation.id, regulation.name);
        for form in schemas.forms_of(&regulation.id) {
            let _ = writeln!(out, "  {}  {}  {}  [{}] {}", form.id, form.symbol, form.title, form.layout_status.id(), form.layout_basis);
        }
    }
    out
}

/// A form with its sheets, rows, columns and sums.
#[must_use]
pub fn form_text(form: &Form, lang: Lang) -> String {
    let mut out = format!("{} – {} [{}]\n{}\n", form.symbol, form.title, form.layout_status.id(), form.layout_basis);
    for absent in &*form.absent {
        let _ = writeln!(out, "{}", message!("screen.form_absent", what = lang.pick(&absent.vi, &absent.en)).said(lang));
    }
    if !form.filed_by.is_empty() {
        let _ = writeln!(out, "{}", message!("screen.form_entered_by", units = form.filed_by.join(", ")).said(lang));
    }
    for gone in &*form.layout.gone {
        let _ = writeln!(
            out,
            "{}",
            message!("screen.form_rows_gone", codes = gone.codes.join(", "), why = lang.pick(&gone.vi, &gone.en)).said(lang)
        );
    }
    for (_, sheet) in form.layout.data_sheets() {
        let _ = writeln!(out, "\n# {} ({}), {} × {}", sheet.name, sheet.id, sheet.coded.len(), sheet.columns.len());
        for column in &sheet.columns {
            let _ = writeln!(out, "  [{}] {}", column.number, column.path.join(" > "));
        }
        for row in &sheet.rows {
            let code = row.code.as_deref().unwrap_or("");
            let indent = "  ".repeat(usize::from(row.indent));
            let basis = row.confidence.map_or_else(String::new, |sure| format!("  [{}: {}]", sure.id(), row.basis));
            let _ = writeln!(out, "  {code:>5}  {indent}{} {}{basis}", row.tt, row.label.trim());
        }
        let sums = &sheet.sums;
        for sum in &sums.rows {
            let name = |member: usize| sheet.coded_row(member).code.as_deref().unwrap_or_default().to_owned();
            let parts: Vec<String> = sum.parts.iter().map(|&p| name(p)).collect();
            let _ = writeln!(out, "  {} = {} ({}){}", name(sum.total), parts.join(" + "), sum.basis.id(), exception(sum));
        }
        for sum in &sums.columns {
            let name = |member: usize| format!("[{}]", sheet.columns[member].number);
            let parts: Vec<String> = sum.parts.iter().map(|&p| name(p)).collect();
            let _ = writeln!(out, "  {} = {} ({}){}", name(sum.total), parts.join(" + "), sum.basis.id(), exception(sum));
        }
    }
    out
}

/// Where a correct return may break a sum.
fn exception(sum: &Sum) -> String {
    sum.unless_together().map_or_else(String::new, |phrase| format!(" unless {phrase}"))
}

/// Problems of the schemas, a line each, and how many there are of everything.
#[must_use]
pub fn schema_problems_text(schemas: &Schemas, problems: &[Message], lang: Lang) -> String {
    let mut out = String::new();
    for problem in problems {
        let _ = writeln!(out, "{}", problem.said(lang));
    }
    let (circulars, forms, rules) = (schemas.regulations.len(), schemas.forms.len(), schemas.rules.iter().count());
    let _ = writeln!(out, "{circulars} circulars, {forms} forms, {rules} rules: {} problems", problems.len());
    out
}
