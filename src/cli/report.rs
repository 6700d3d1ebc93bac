//! `tkgd report`: official workbooks of chosen units, or a report laid out in a file; without archive.

use std::path::{Path, PathBuf};

use super::options::PipelineArgs;
use super::{Context, Exit, print};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::jobs::{AdHocRequest, ad_hoc_report, report_book, report_only};
use crate::workspace::{FoundWorkspace, SettingsSchema};

#[derive(Debug, clap::Args)]
pub struct ReportArgs {
    /// Pipeline file (.toml) or name of a term, or a file of a report, or the name of a ready report; otherwise the workspace.
    file: Option<PathBuf>,
    /// Of a pipeline: code or kind of units; may be repeated.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// Of a report: the pipeline whose figures it shows, where its file does not say.
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Term: dau-nam-hoc or cuoi-nam-hoc; otherwise the one that is due.
    #[arg(long)]
    term: Option<String>,
    /// Folder for the workbooks; of a report: the file (.xlsx, .html, .csv).
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &ReportArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let book = args.file.as_deref().map(|file| report_book(&session, file)).transpose()?.flatten();
    let chosen = |pipeline: Option<PathBuf>| context.pipeline(&PipelineArgs { pipeline, term: args.term.clone() });
    let written = match book {
        Some((book, shown)) => {
            let folder = args.file.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
            let named = args.pipeline.clone().or_else(|| book.pipeline.as_ref().map(|path| folder.join(path)));
            if named.is_none() && FoundWorkspace::nearest_folder(&SettingsSchema::built_in()?).is_none() {
                let error = Error::config(&shown, message!("screen.not_known_whose_figures"));
                return Err(error.with_hint(message!("screen.add_pipeline_dau_nam")));
            }
            let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&book.file));
            let request = AdHocRequest { book: &book, shown: &shown, out: &out };
            ad_hoc_report(&session, &chosen(named)?, request)?
        }
        None => {
            let shown = args.file.as_ref().map_or_else(|| "report".to_owned(), |file| file.display().to_string());
            let missing = |what: Message| Error::config(&shown, what);
            if args.units.is_empty() {
                return Err(missing(message!("screen.official_workbooks_pipeline_need")));
            }
            let out = args.out.as_ref().ok_or_else(|| missing(message!("screen.out_folder_needed")))?;
            report_only(&session, &chosen(args.file.clone())?, &args.units, out)?
        }
    };
    for path in &written.files {
        print(&format!("{}\n", path.display()));
    }
    print(&context.kept_text(&written.kept));
    Ok(Exit::Fine)
}
