//! `tkgd archive rebuild`: a release made again from what it keeps.

use std::path::PathBuf;

use super::{Context, Exit, Folder, print};
use crate::base::error::Result;
use crate::jobs::{RebuildRequest, json_of, rebuild_release, rebuilt_text};

#[derive(Debug, clap::Args)]
pub struct RebuildArgs {
    /// The release, as in 2025-2026-opening@2.
    release: String,
    #[command(flatten)]
    folder: Folder,
    /// Keep what is made in this folder (not there yet, or empty).
    #[arg(long)]
    out: Option<PathBuf>,
    /// Only from archived cells: tables of cells, official workbooks, lists.
    #[arg(long)]
    from_cells: bool,
}

pub fn run(args: &RebuildArgs, context: &Context) -> Result<Exit> {
    let request =
        RebuildRequest { archive: args.folder.path()?, release: args.release.clone(), out: args.out.clone(), from_cells: args.from_cells };
    let done = rebuild_release(&context.session()?, &request, &context.output_rules_beside(&request.archive))?;
    print(&if context.json { json_of(&done) } else { rebuilt_text(&done, context.lang) });
    Ok(if done.is_same() { Exit::Fine } else { Exit::Findings })
}
