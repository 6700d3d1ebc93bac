//! `tkgd explain`: where a figure comes from, and why it is another one than before.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::disk::write_file;
use crate::base::error::{Error, Result};
use crate::jobs::{ExplainRequest, explain_figure, explained_html, explained_json, explained_text};
use crate::workspace::option_day;

#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The figure: FORM/SHEET/CODE/COLUMN, as in 02-TH-DN/III/37/1.
    address: String,
    /// The term; otherwise the pipeline's, or the latest with the form.
    state: Option<String>,
    /// Code or name of a unit: school, commune or department; with --by it may be a value of the grouping, such as a former district.
    #[arg(long)]
    unit: String,
    /// Units below stand by former_district, commune, area, cluster or ownership in place of whom they report to.
    #[arg(long)]
    by: Option<String>,
    /// Explain the difference from this term or release.
    #[arg(long)]
    against: Option<String>,
    /// The archive; otherwise the pipeline's, or archive.
    #[arg(long)]
    archive: Option<PathBuf>,
    /// Pipeline that tells archive and term.
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// As of what was released to the end of this day.
    #[arg(long)]
    as_of: Option<String>,
    /// Show all units.
    #[arg(long)]
    all: bool,
    /// Write a page, too, for whoever asked.
    #[arg(long)]
    html: Option<PathBuf>,
}

pub fn run(args: &ExplainArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let as_of = args.as_of.as_deref().map(|day| option_day("--as-of", day)).transpose()?;
    let request = ExplainRequest {
        archive: Context::archive_request(args.archive.as_ref(), args.pipeline.as_ref(), as_of)?,
        address: args.address.clone(),
        unit: args.unit.clone(),
        by: args.by.clone(),
        state: args.state.clone(),
        against: args.against.clone(),
    };
    let rules = request.archive.output_rules(context.output_rules())?;
    args.html.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let explanation = explain_figure(&session, &request)?;
    let page = || explained_html(&explanation, schemas, context.lang);
    let written = args.html.as_deref().map(|path| Ok::<_, Error>((path, write_file(path, page().as_bytes(), &rules)?))).transpose()?;
    if context.json {
        print(&explained_json(&explanation, schemas, context.lang));
    } else {
        print(&explained_text(&explanation, schemas, context.lang, args.all));
        if let Some((path, published)) = written {
            print(&context.written_text(path, &published.kept));
        }
    }
    Ok(Exit::Fine)
}
