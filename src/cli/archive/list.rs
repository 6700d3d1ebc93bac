//! `tkgd archive list`: releases, and which are in force.

use super::{Context, Exit, Folder, print};
use crate::base::error::Result;
use crate::jobs::{json_of, list_releases, listed_releases_text};

#[derive(Debug, clap::Args)]
pub struct ListArgs {
    #[command(flatten)]
    folder: Folder,
    /// Only what was released to the end of this day.
    #[arg(long)]
    as_of: Option<String>,
}

pub fn run(args: &ListArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let listed = list_releases(&args.folder.path()?, args.as_of.as_deref())?;
    print(&if context.json { json_of(&listed) } else { listed_releases_text(&listed, &session, context.lang) });
    Ok(Exit::Fine)
}
