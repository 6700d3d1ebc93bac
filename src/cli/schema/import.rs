//! `tkgd schema import`: an official workbook becomes a form; the form it replaces is named and mapped.

use std::path::PathBuf;

use super::tools;
use crate::base::error::Result;
use crate::base::message::message;
use crate::cli::{Context, Exit, print};
use crate::jobs::{ImportRequest, import_form};

#[derive(Debug, clap::Args)]
pub struct ImportArgs {
    /// Workbook (.xlsx; .xls and .ods do not tell the layout), or a table of a unit per line (.csv, .parquet too).
    file: PathBuf,
    /// Id of the form without accents, also the name of the file; otherwise from the symbol.
    #[arg(long)]
    id: Option<String>,
    /// Symbol of the form as printed, as in 03-THCS-ĐN; otherwise looked for in the workbook, then in the file's name.
    #[arg(long)]
    symbol: Option<String>,
    /// Form whose figures a table of a unit per line holds; otherwise the one that most headings fit.
    #[arg(long)]
    form: Option<String>,
    /// Folder of the circular, as in bieu-mau/tt25-2024: the draft goes into its forms/.
    #[arg(long)]
    circular: Option<PathBuf>,
    /// File for the draft, never written over; "-" prints it in place of the report.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The workbook is a real official form: layout_status = "verified" in place of "assumed".
    #[arg(long)]
    verified: bool,
}

pub fn run(args: &ImportArgs, context: &Context) -> Result<Exit> {
    let request = ImportRequest {
        file: args.file.clone(),
        id: args.id.clone(),
        symbol: args.symbol.clone(),
        form: args.form.clone(),
        circular: args.circular.clone(),
        out: args.out.clone(),
        verified: args.verified,
    };
    let imported = import_form(&|| context.session(), tools(context), &request, context.lang)?;
    print(&imported.said);
    let Some(replaced) = imported.against_replaced(context.lang)? else { return Ok(Exit::Fine) };
    print(&replaced.said);
    if let Some(proposal) = replaced.proposal {
        proposal.write()?;
        print(&message!("screen.proposed_mapping_to_confirm", shown = proposal.path.display()).said(context.lang));
    }
    Ok(Exit::Fine)
}
