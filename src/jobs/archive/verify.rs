//! Whether an archive is as it was published, told problem by problem.

use std::fmt::Write as _;
use std::path::Path;

use super::check_there;
use crate::archive::{Fault, Verified, VerifyScope, files_to_verify, verify};
use crate::base::error::Result;
use crate::base::message::{Lang, message};
use crate::jobs::stage::{JobStage, Progress};

/// Hashes every file of an archive again. No schemas are needed: an archive is looked at also where those at hand are not sound.
///
/// # Errors
/// When the folder is no archive, or cannot be walked.
pub fn verify_archive(archive: &Path, scope: VerifyScope, progress: &dyn Progress) -> Result<Verified> {
    check_there(archive)?;
    progress.start(JobStage::Verify, files_to_verify(archive)?);
    let found = verify(archive, scope, &|| progress.step())?;
    progress.finish();
    Ok(found)
}

/// The result for a screen.
#[must_use]
pub fn verified_archive_text(found: &Verified, lang: Lang) -> String {
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
