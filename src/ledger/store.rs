//! The ledger's files: one writer at a time, every writing whole or set aside.
//!
//! `<term>.jsonl` holds the entries, `<term>.head` the number and hash of the last (so that a cut
//! end is noticed), `<term>.torn` what interrupted writers left. The lock is the system's own on
//! `<term>.lock`: it ends with the process that holds it, however that ends.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use super::chain::Chain;
use super::entry::{EntryDraft, LedgerEntry, Stamp};
use crate::base::disk::{self, Lock};
use crate::base::error::{Action, Error, Result};
use crate::base::message::message;
use crate::base::term::Period;

/// The ledger of one term.
#[derive(Debug, Clone)]
pub struct Ledger {
    path: PathBuf,
}

impl Ledger {
    /// The ledger of a term in a folder; nothing needs to be there yet.
    #[must_use]
    pub fn of(folder: &Path, period: Period) -> Self {
        Self::named(folder, &format!("{}-{}", period.year, period.term.id()))
    }

    /// The ledger of a term, or of a later state of its results, under a name.
    #[must_use]
    pub fn named(folder: &Path, name: &str) -> Self {
        Self { path: folder.join(format!("{name}.jsonl")) }
    }

    /// The file with the entries.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether the note of the last writing is there.
    #[must_use]
    pub fn has_head(&self) -> bool {
        self.beside("head").is_file()
    }

    /// Everything written so far, also where it is broken.
    ///
    /// # Errors
    /// When a file is there and cannot be read.
    pub fn read(&self) -> Result<Chain> {
        // The note first: a writer in between only makes the entries run ahead of it.
        let head = self.noted()?;
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(e) => return Err(Error::io(Action::Read, &self.path, e)),
        };
        Ok(Chain::read(&bytes, head.as_ref()))
    }

    /// Everything written so far, which must be whole.
    ///
    /// # Errors
    /// When an entry is not as it was written.
    pub fn entries(&self) -> Result<Vec<LedgerEntry>> {
        let chain = self.read()?;
        self.refuse_broken(&chain)?;
        Ok(chain.entries)
    }

    /// Writes what `make` makes of what is there, with nobody writing in between; how many entries.
    ///
    /// # Errors
    /// When `make` refuses, the ledger is broken, or a file cannot be written.
    pub fn append(&self, make: impl FnOnce(&[LedgerEntry]) -> Result<Vec<(EntryDraft, Stamp)>>) -> Result<usize> {
        let failed = |e| Error::io(Action::Write, &self.path, e);
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let _lock = Lock::take(&self.beside("lock"))?;
        let chain = self.read()?;
        self.refuse_broken(&chain)?;
        let drafts = make(&chain.entries)?;
        self.repair(&chain)?;
        if drafts.is_empty() {
            return Ok(0);
        }
        let (mut seq, mut head) = (chain.entries.len() as u64, chain.head);
        let (mut lines, count) = (String::new(), drafts.len());
        for (draft, stamp) in drafts {
            seq += 1;
            let (line, hash) = LedgerEntry::new(draft, &stamp, seq, &head).line();
            lines.push_str(&line);
            lines.push('\n');
            head = hash;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
        file.write_all(lines.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
        self.note(seq, &head)?;
        Ok(count)
    }

    /// Sets aside what an interrupted writer left, and ends a line that only lacks its end.
    fn repair(&self, chain: &Chain) -> Result<()> {
        let failed = |e| Error::io(Action::Write, &self.path, e);
        if !chain.torn.is_empty() {
            let aside = self.beside("torn");
            let mut file = OpenOptions::new().create(true).append(true).open(&aside).map_err(|e| Error::io(Action::Write, &aside, e))?;
            file.write_all(&chain.torn)
                .and_then(|()| file.write_all(b"\n"))
                .and_then(|()| file.sync_all())
                .map_err(|e| Error::io(Action::Write, &aside, e))?;
            let file = OpenOptions::new().write(true).open(&self.path).map_err(failed)?;
            file.set_len(chain.whole as u64).and_then(|()| file.sync_all()).map_err(failed)?;
        }
        if chain.unended {
            let mut file = OpenOptions::new().append(true).open(&self.path).map_err(failed)?;
            file.write_all(b"\n").and_then(|()| file.sync_all()).map_err(failed)?;
        }
        Ok(())
    }

    fn refuse_broken(&self, chain: &Chain) -> Result<()> {
        let Some(broken) = chain.broken else { return Ok(()) };
        let (entry, fault) = (broken.entry, broken.fault.id());
        let reason = message!("ledger.ledger_not_written_entry", entry, fault);
        let hint = message!("ledger.see_tkgd_ledger_verify");
        Err(Error::config(self.path.display(), reason).with_hint(hint))
    }

    /// The number and hash noted after the last writing.
    fn noted(&self) -> Result<Option<(u64, String)>> {
        let path = self.beside("head");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::io(Action::Read, &path, e)),
        };
        let noted = text.trim().split_once(' ').and_then(|(seq, hash)| Some((seq.parse().ok()?, hash.to_owned())));
        // A note that says nothing is worth as much as one that names another entry.
        Ok(Some(noted.unwrap_or((u64::MAX, String::new()))))
    }

    fn note(&self, seq: u64, hash: &str) -> Result<()> {
        disk::write_atomic(&self.beside("head"), format!("{seq} {hash}\n").as_bytes())
    }

    fn beside(&self, extension: &str) -> PathBuf {
        self.path.with_extension(extension)
    }
}
