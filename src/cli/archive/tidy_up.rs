//! `tkgd archive repair` and `clean`: `current` put right, drafts removed.

use super::{Context, Exit, Folder, print};
use crate::base::error::Result;
use crate::jobs::{TidiedArchive, clean_archive, json_of, repair_archive};

#[derive(Debug, clap::Args)]
pub struct RepairArgs {
    #[command(flatten)]
    folder: Folder,
}

#[derive(Debug, clap::Args)]
pub struct CleanArgs {
    #[command(flatten)]
    folder: Folder,
    /// Drafts of terms that are not released, too.
    #[arg(long)]
    all_drafts: bool,
}

pub fn repair(args: &RepairArgs, context: &Context) -> Result<Exit> {
    Ok(told(&repair_archive(&args.folder.path()?)?, context))
}

pub fn clean(args: &CleanArgs, context: &Context) -> Result<Exit> {
    Ok(told(&clean_archive(&args.folder.path()?, args.all_drafts)?, context))
}

fn told(tidied: &TidiedArchive, context: &Context) -> Exit {
    print(&if context.json { json_of(tidied) } else { tidied.text(context.lang) });
    Exit::Fine
}
