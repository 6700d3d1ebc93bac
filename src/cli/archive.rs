//! `tkgd archive`: what has been published, whether it is untouched, and whether it can be made again.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;
use serde::Serialize;

use super::progress::Bars;
use super::{Context, Exit, print};
use crate::archive::{ArchiveReader, Fault, Selection, Verified, VerifyScope, Writer, clean, files_to_verify, restore, verify};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::jobs::{JobStage, Progress as _, Rebuilt, json_of, rebuild};
use crate::workspace::option_day;

#[derive(Debug, clap::Args)]
pub struct ArchiveArgs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Args)]
struct Folder {
    /// The archive.
    #[arg(long, default_value = "archive")]
    archive: PathBuf,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List releases, and which are in force.
    List {
        #[command(flatten)]
        folder: Folder,
        /// Only what was released to the end of this day.
        #[arg(long)]
        as_of: Option<String>,
    },
    /// Hash every file again; name those lost, changed or not known.
    Verify {
        #[command(flatten)]
        folder: Folder,
        /// Only the archive: it is a copy without its ledger.
        #[arg(long)]
        archive_only: bool,
    },
    /// Make a release again from what it keeps, and compare byte for byte.
    Rebuild {
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
    },
    /// Put `current` right: the latest release of every term.
    Repair {
        #[command(flatten)]
        folder: Folder,
    },
    /// Remove drafts of terms that are released; never a release.
    Clean {
        #[command(flatten)]
        folder: Folder,
        /// Drafts of terms that are not released, too.
        #[arg(long)]
        all_drafts: bool,
    },
}

/// Releases of an archive.
#[derive(Serialize)]
struct Releases<'a> {
    releases: Vec<Listed<'a>>,
}

/// A release of a list.
#[derive(Serialize)]
struct Listed<'a> {
    folder: &'a Path,
    in_force: bool,
    kind: &'a str,
    recorded_at: &'a str,
    release: String,
    release_no: u32,
    term: String,
}

/// Files that were put right or removed.
#[derive(Serialize)]
struct Paths {
    paths: Vec<String>,
}

pub fn run(args: &ArchiveArgs, context: &Context) -> Result<Exit> {
    match &args.command {
        Command::List { folder, as_of } => list(&folder.archive, as_of.as_deref(), context),
        Command::Verify { folder, archive_only } => {
            let scope = if *archive_only { VerifyScope::ArchiveOnly } else { VerifyScope::WithLedgers };
            verified(&folder.archive, scope, context)
        }
        Command::Rebuild { release, folder, out, from_cells } => rebuilt(release, &folder.archive, out.as_deref(), *from_cells, context),
        Command::Repair { folder } => {
            there(&folder.archive)?;
            let writer = Writer::open(&folder.archive)?;
            let restored = restore(&writer)?;
            tell_paths(&restored, context, &message!("screen.restored"));
            Ok(Exit::Fine)
        }
        Command::Clean { folder, all_drafts } => {
            there(&folder.archive)?;
            let writer = Writer::open(&folder.archive)?;
            let removed = clean(&writer, *all_drafts)?;
            tell_paths(&removed, context, &message!("screen.removed"));
            Ok(Exit::Fine)
        }
    }
}

/// A folder that is no archive is a mistake, not an empty archive.
fn there(archive: &Path) -> Result<()> {
    if archive.is_dir() {
        return Ok(());
    }
    let hint = message!("screen.name_archive_archive");
    Err(Error::Unknown { kind: message!("kinds.archive"), name: archive.display().to_string(), hint: Some(hint) })
}

fn tell_paths(paths: &[PathBuf], context: &Context, done: &Message) {
    let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    if context.json {
        print(&json_of(&Paths { paths: shown }));
    } else {
        let lines: String = shown.iter().flat_map(|path| ["  ", path, "\n"]).collect();
        print(&format!("{} {} {}\n{lines}", shown.len(), message!("screen.files").said(context.lang), done.said(context.lang)));
    }
}

fn list(archive: &Path, as_of: Option<&str>, context: &Context) -> Result<Exit> {
    there(archive)?;
    let session = context.session()?;
    let texts = &session.texts.releases;
    let view = as_of.map(|day| option_day("--as-of", day)).transpose()?.map_or(Selection::Published, Selection::as_of);
    let shelf = ArchiveReader::open(archive, view.clone())?;
    let is_known = |recorded_at: &str| if let Selection::AsOf(moment) = &view { recorded_at <= moment.as_str() } else { true };
    let (mut lines, mut data) = (String::new(), Vec::new());
    for release in shelf.releases().iter().filter(|release| is_known(&release.recorded_at)) {
        let in_force = shelf.state(&release.key).and_then(|state| state.release().map(|own| own.number)) == Some(release.number);
        let kind = texts.kind(&release.kind).map_or(release.kind.as_str(), |kind| kind.name(context.lang));
        let mark = if in_force { message!("screen.force").said(context.lang) } else { String::new() };
        let name = format!("{}@{}", release.key, release.number);
        let _ = writeln!(lines, "{}", format!("{name:<36} {kind:<12} {} {mark}", release.recorded_at).trim_end());
        data.push(Listed {
            folder: &release.folder,
            in_force,
            kind: &release.kind,
            recorded_at: &release.recorded_at,
            release: name,
            release_no: release.number,
            term: release.key.to_string(),
        });
    }
    if context.json {
        print(&json_of(&Releases { releases: data }));
    } else if data.is_empty() {
        print(&message!("screen.nothing_published_yet_publish").said(context.lang));
    } else {
        print(&lines);
    }
    Ok(Exit::Fine)
}

fn verified(archive: &Path, scope: VerifyScope, context: &Context) -> Result<Exit> {
    there(archive)?;
    let bars = Bars::new(context.lang);
    bars.start(JobStage::Verify, files_to_verify(archive)?);
    let found = verify(archive, scope, &|| bars.step())?;
    bars.finish();
    if context.json {
        print(&json_of(&found));
    } else {
        print(&verified_text(&found, context.lang));
    }
    Ok(if found.problems.is_empty() { Exit::Fine } else { Exit::Findings })
}

fn verified_text(found: &Verified, lang: Lang) -> String {
    let Verified { releases, files, bytes, problems } = found;
    let mut out = message!("screen.releases_files_bytes_checked", releases, files, bytes, problems = problems.len()).said(lang);
    for problem in problems {
        let fault = match problem.fault {
            Fault::Missing => message!("screen.missing"),
            Fault::Changed => message!("screen.changed"),
            Fault::Unknown => message!("screen.belongs_no_release"),
            Fault::Unreadable => message!("screen.cannot_read"),
            Fault::NumberMissing => message!("screen.release_missing"),
            Fault::OtherRelease => message!("screen.names_release_not"),
            Fault::NotInForce => message!("screen.not_latest_release_run"),
            Fault::InProgress => message!("screen.last_release_interrupted_run"),
            Fault::Renamed => message!("screen.folder_release_renamed"),
            Fault::OtherRun => message!("screen.not_run_release_names"),
            Fault::LedgerMissing => message!("screen.ledger_missing"),
            Fault::LedgerShortened => message!("screen.ledger_shortened_changed"),
        };
        let _ = writeln!(out, "  {}: {}", problem.path, fault.said(lang));
        for (name, text) in
            [(message!("screen.expected").said(lang), &problem.expected), (message!("screen.found").said(lang), &problem.found)]
        {
            if !text.is_empty() {
                let _ = writeln!(out, "    {name}: {text}");
            }
        }
    }
    out
}

fn rebuilt(name: &str, archive: &Path, out: Option<&Path>, from_cells: bool, context: &Context) -> Result<Exit> {
    there(archive)?;
    let shelf = ArchiveReader::open(archive, Selection::Published)?;
    let state = shelf.named(name)?;
    let place = match out {
        Some(out) => {
            context.output_rules_beside(archive).check_folder(out)?;
            Place::kept(out)?
        }
        None => Place::passing()?,
    };
    let done = rebuild(&context.session()?, &shelf, &state, &place.folder, from_cells)?;
    if context.json {
        print(&json_of(&done));
    } else {
        print(&rebuilt_text(&done, context.lang));
    }
    Ok(if done.is_same() { Exit::Fine } else { Exit::Findings })
}

fn rebuilt_text(done: &Rebuilt, lang: Lang) -> String {
    let wrong = done.different.len() + done.missing.len() + done.more.len();
    let mut out = message!("screen.files_same_byte_byte", same = done.same, wrong).said(lang);
    let lists = [
        (&done.different, message!("screen.differs").said(lang)),
        (&done.missing, message!("screen.did_not_come_out").said(lang)),
        (&done.more, message!("screen.not_release").said(lang)),
    ];
    for (path, said) in lists.into_iter().flat_map(|(paths, said)| paths.iter().map(move |path| (path, said.clone()))) {
        let _ = writeln!(out, "  {path}: {said}");
    }
    if done.from_cells {
        out.push_str(&message!("screen.made_archived_cells_value").said(lang));
    }
    if let Some(version) = &done.made_by {
        let said = message!("screen.release_made_another_version").said(lang);
        let _ = writeln!(out, "  {said}: {version}");
    }
    out
}

/// A folder to work in.
struct Place {
    folder: PathBuf,
    passing: bool,
}

impl Place {
    fn kept(folder: &Path) -> Result<Self> {
        if folder.exists() && std::fs::read_dir(folder).map_err(|e| Error::io(Action::Read, folder, e))?.next().is_some() {
            let reason = message!("screen.folder_must_new_empty");
            return Err(Error::config(folder.display(), reason));
        }
        std::fs::create_dir_all(folder).map_err(|e| Error::io(Action::Write, folder, e))?;
        Ok(Self { folder: folder.to_owned(), passing: false })
    }

    /// A new folder that goes again; one that is there already is somebody else's.
    fn passing() -> Result<Self> {
        let name = |n: u32| std::env::temp_dir().join(format!("tkgd-rebuild-{}-{n}", std::process::id()));
        for folder in (0..).map(name) {
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(Self { folder, passing: true }),
                Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(e) => return Err(Error::io(Action::Write, &folder, e)),
            }
        }
        Err(Error::io(Action::Write, name(0), std::io::Error::from(std::io::ErrorKind::AlreadyExists)))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.passing {
            let _ = crate::base::disk::remove(&self.folder);
        }
    }
}
