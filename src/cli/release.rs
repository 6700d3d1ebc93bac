//! `tkgd release`: a term is published and frozen.

use std::path::PathBuf;

use super::options::PipelineArgs;
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::base::message::{Lang, message};
use crate::jobs::{ReleaseRequest, Released, json_of, kind_needed, release};

#[derive(Debug, clap::Args)]
pub struct ReleaseArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Kind: provisional, official, revised.
    #[arg(long)]
    kind: Option<String>,
    /// Reason; a revised release needs one.
    #[arg(long, default_value = "")]
    reason: String,
    /// Reason to publish in spite of what blocks: returns sent back or refused, files held. It is written into the release.
    #[arg(long, default_value = "")]
    despite: String,
    /// Scan of the signed and sealed report; may be repeated.
    #[arg(long)]
    signed: Vec<PathBuf>,
}

pub fn run(args: &ReleaseArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let path = context.choose(&args.pipeline)?;
    let pipeline = context.pipeline_at(&path)?;
    let Some(kind) = args.kind.clone() else { return Err(kind_needed(&session, &pipeline, &path.display().to_string())?) };
    let request = ReleaseRequest { kind, reason: args.reason.clone(), despite: args.despite.clone(), signed: args.signed.clone() };
    let released = release(&session, &pipeline, &request)?;
    if context.json {
        print(&json_of(&released));
    } else {
        print(&text(&released, context.lang));
        print(&checklist(&released, context.lang));
        print(&context.kept_text(&released.published.kept));
    }
    Ok(Exit::of(&released.findings))
}

fn text(released: &Released, lang: Lang) -> String {
    let Released { number, kind, folder, key, summary, .. } = released;
    let (received, expected, kind) = (summary.received(), summary.expected(), kind.message());
    let (errors, queries, folder, current) = (released.checklist.open_errors(), summary.queries, folder.display(), current(folder));
    message!("screen.published", key, number, kind, received, expected, errors, queries, folder, current).said(lang)
}

/// Points that are not as they should be, a line each.
fn checklist(released: &Released, lang: Lang) -> String {
    let lines = released.checklist.lines(lang);
    if lines.is_empty() {
        return String::new();
    }
    let lines: String = lines.iter().flat_map(|line| ["  - ", line, "\n"]).collect();
    format!("{}\n{lines}", message!("release.checklist").said(lang))
}

/// Where what is in force stands, seen from a release's folder.
fn current(folder: &std::path::Path) -> String {
    let archive = folder.ancestors().nth(3).unwrap_or(folder);
    archive.join(crate::archive::CURRENT).display().to_string()
}
