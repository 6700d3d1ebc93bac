//! `tkgd archive`: what has been published, whether it is untouched, and whether it can be made again.

mod list;
mod rebuild;
mod tidy_up;
mod verify;

use std::path::PathBuf;

use clap::Subcommand;

use super::{Context, Exit, print};
use crate::base::error::Result;

#[derive(Debug, clap::Args)]
pub struct ArchiveArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// The archive; otherwise archive, or that of the workspace.
    #[arg(long)]
    archive: Option<PathBuf>,
}

impl Folder {
    fn path(&self) -> Result<PathBuf> {
        Context::archive_folder(self.archive.as_ref())
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List releases, and which are in force.
    #[command(alias = "danh-sach")]
    List(list::ListArgs),
    /// Hash every file again; name those lost, changed or not known.
    #[command(alias = "kiem-tra")]
    Verify(verify::VerifyArgs),
    /// Make a release again from what it keeps, and compare byte for byte.
    #[command(alias = "dung-lai")]
    Rebuild(rebuild::RebuildArgs),
    /// Put `current` right: the latest release of every term.
    #[command(alias = "sua-chua")]
    Repair(tidy_up::RepairArgs),
    /// Remove drafts of terms that are released; never a release.
    #[command(alias = "don-dep")]
    Clean(tidy_up::CleanArgs),
}

pub fn run(args: &ArchiveArgs, context: &Context) -> Result<Exit> {
    match &args.command {
        Command::List(args) => list::run(args, context),
        Command::Verify(args) => verify::run(args, context),
        Command::Rebuild(args) => rebuild::run(args, context),
        Command::Repair(args) => tidy_up::repair(args, context),
        Command::Clean(args) => tidy_up::clean(args, context),
    }
}
