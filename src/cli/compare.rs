//! `tkgd compare`: two releases, terms, school years or units beside each other.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{CompareRequest, CompareTarget, compare_archived, compared_json, compared_text};
use crate::workspace::option_day;

#[derive(Debug, clap::Args)]
pub struct CompareArgs {
    /// First term, release or school year.
    a: String,
    /// Second term, release or school year.
    #[arg(required_unless_present = "units", conflicts_with = "units")]
    b: Option<String>,
    /// Compare two units of the term A, each with all below it.
    #[arg(long, num_args = 2)]
    units: Option<Vec<String>>,
    /// The archive; otherwise the pipeline's, or archive.
    #[arg(long)]
    archive: Option<PathBuf>,
    /// Pipeline that tells the archive.
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// As of what was released to the end of this day.
    #[arg(long)]
    as_of: Option<String>,
    /// Folder for so-sanh-so-lieu.xlsx, so-sanh-so-lieu.json and Parquet tables; only files written there before are replaced.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &CompareArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let as_of = args.as_of.as_deref().map(|day| option_day("--as-of", day)).transpose()?;
    let units = args.units.as_ref().and_then(|units| <[String; 2]>::try_from(units.clone()).ok());
    let request = CompareRequest {
        archive: Context::archive_request(args.archive.as_ref(), args.pipeline.as_ref(), as_of)?,
        a: args.a.clone(),
        b: args.b.clone(),
        units,
    };
    let target = |folder| CompareTarget { folder, rules: context.output_rules() };
    let compared = compare_archived(&session, &request, args.out.as_deref().map(target))?;
    if context.json {
        print(&compared_json(&compared, schemas, context.lang));
    } else {
        print(&compared_text(&compared, schemas, context.lang));
        if let Some(folder) = &args.out {
            print(&context.written_text(folder, &compared.published.kept));
        }
    }
    Ok(Exit::Fine)
}
