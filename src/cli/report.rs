//! `tkgd report`: official workbooks of chosen units, or a report laid out in a file; without archive.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::jobs::{AdHocRequest, ad_hoc_report, report_book, report_only};

#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Pipeline file (.toml), or a file of a report, or the name of a ready report.
    file: PathBuf,
    /// Of a pipeline: code or kind of units; may be repeated.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// Of a report: the pipeline whose figures it shows, where its file does not say.
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Folder for the workbooks; of a report: the file (.xlsx, .html, .csv).
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &ReportArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let written = match report_book(&session, &args.file)? {
        Some((book, shown)) => {
            let beside = |path: &PathBuf| args.file.parent().map_or_else(|| path.clone(), |folder| folder.join(path));
            let pipeline = args.pipeline.clone().or_else(|| book.pipeline.as_ref().map(beside)).ok_or_else(|| {
                Error::config(&shown, message!("screen.not_known_whose_figures")).with_hint(message!("screen.add_pipeline_dau_nam"))
            })?;
            let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&book.file));
            let request = AdHocRequest { book: &book, shown: &shown, out: &out };
            ad_hoc_report(&session, &context.pipeline(&pipeline)?, request)?
        }
        None => {
            let missing = |what: Message| Error::config(args.file.display(), what);
            if args.units.is_empty() {
                return Err(missing(message!("screen.official_workbooks_pipeline_need")));
            }
            let out = args.out.as_ref().ok_or_else(|| missing(message!("screen.out_folder_needed")))?;
            report_only(&session, &context.pipeline(&args.file)?, &args.units, out)?
        }
    };
    for path in &written.files {
        print(&format!("{}\n", path.display()));
    }
    print(&context.kept_text(&written.kept));
    Ok(Exit::Fine)
}
