//! `tkgd schema`: what forms there are, what is in one, whether the schemas are sound, and
//! new forms out of workbooks, and what changed between versions.

mod diff;
mod import;

use clap::Subcommand;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{DraftTools, definitions_text, form_text, forms_text, schema_problems, schema_problems_text};

#[derive(Debug, clap::Args)]
pub struct SchemaArgs {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Look through the forms: codes twice, sums that lead elsewhere, texts not composed.
    #[command(alias = "soat")]
    Lint,
    /// List the forms, or show one.
    #[command(alias = "xem")]
    Show {
        /// Id of a form, as in tt24-2018/01-MN-DN.
        form: Option<String>,
        /// How each of its cells is counted from records.
        #[arg(long, requires = "form")]
        definitions: bool,
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
            let problems = schema_problems(&schemas);
            print(&schema_problems_text(&schemas, &problems, context.lang));
            Ok(if problems.is_empty() { Exit::Fine } else { Exit::Findings })
        }
        What::Show { form: None, .. } => {
            print(&forms_text(&context.schemas()?));
            Ok(Exit::Fine)
        }
        What::Show { form: Some(id), definitions: true } => {
            print(&definitions_text(&context.schemas()?, id, context.lang)?);
            Ok(Exit::Fine)
        }
        What::Show { form: Some(id), definitions: false } => {
            print(&form_text(context.schemas()?.form(id)?, context.lang));
            Ok(Exit::Fine)
        }
        // Without loading the schemas: a form is brought in also where those at hand are not sound.
        What::Import(args) => import::run(args, context),
        What::Diff(args) => diff::run(args, context),
        What::Confirm(args) => diff::confirm(args, context),
    }
}

fn tools(context: &Context) -> DraftTools<'_> {
    DraftTools { schemas: context.schemas_folder.as_deref(), isolation: &context.isolation }
}
