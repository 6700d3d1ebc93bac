//! `tkgd schema`: what forms there are, what is in one, whether the schemas are sound, and
//! new forms out of workbooks, and what changed between versions.

mod diff;
mod import;
mod import_list;

use std::fmt::Write as _;
use std::path::Path;

use clap::Subcommand;

use super::{Context, Exit, print};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::forms::{Form, Schemas, Sum, lint};
use crate::present::Presenter;

#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Look through the forms: codes twice, sums that lead elsewhere, texts not composed.
    Lint,
    /// List the forms, or show one.
    Show {
        /// Id of a form, as in tt24-2018/01-MN-DN.
        form: Option<String>,
    },
    /// Draft a form from an official workbook, blank or filled in.
    #[command(alias = "nhap")]
    Import(import::ImportArgs),
    /// Compare two versions of a form and propose a mapping of codes.
    #[command(alias = "so-sanh")]
    Diff(diff::DiffArgs),
    /// Confirm a mapping that was looked through: from now on comparisons over the years use it.
    #[command(alias = "xac-nhan")]
    Confirm(diff::ConfirmArgs),
}

pub fn run(args: &SchemaArgs, context: &Context) -> Result<Exit> {
    match &args.what {
        What::Lint => {
            let schemas = context.schemas()?;
            let problems = lint(&schemas);
            for problem in &problems {
                print(&format!("{}\n", problem.said(context.lang)));
            }
            let (circulars, forms) = (schemas.regulations.len(), schemas.forms.len());
            print(&format!("{circulars} circulars, {forms} forms, {} rules: {} problems\n", schemas.rules.iter().count(), problems.len()));
            Ok(if problems.is_empty() { Exit::Fine } else { Exit::Findings })
        }
        What::Show { form: None } => {
            print(&forms_text(&context.schemas()?));
            Ok(Exit::Fine)
        }
        What::Show { form: Some(id) } => {
            print(&form_text(context.schemas()?.form(id)?, context.lang));
            Ok(Exit::Fine)
        }
        // Without loading the schemas: a form is brought in also where those at hand are not sound.
        What::Import(args) => import::run(args, context),
        What::Diff(args) => diff::run(args, context),
        What::Confirm(args) => diff::confirm(args, context),
    }
}

fn forms_text(schemas: &Schemas) -> String {
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

fn form_text(form: &Form, lang: Lang) -> String {
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

/// What a correct return may break a sum by.
fn exception(sum: &Sum) -> String {
    sum.unless_together().map_or_else(String::new, |phrase| format!(" unless {phrase}"))
}

/// Writes a file that is not there yet: a draft never replaces what somebody worked on.
fn write_new(path: &Path, text: &str) -> Result<()> {
    crate::base::disk::write_new(path, text.as_bytes()).map_err(|problem| match problem {
        Error::Io { source, .. } if source.kind() == std::io::ErrorKind::AlreadyExists => {
            Error::config(path.display(), message!("screen.file_already_give_another"))
        }
        problem => problem,
    })
}
