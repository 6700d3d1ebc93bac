//! The ledger itself: everything that was done, and whether the record is whole.

use serde::Serialize;

use crate::base::error::Result;
use crate::base::message::{Lang, Message, message};
use crate::jobs::inputs::frame;
use crate::jobs::session::Session;
use crate::ledger::LedgerEntry;
use crate::present::Presenter;
use crate::workspace::Pipeline;

/// How many entries were written.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct WrittenEntries {
    /// Their number.
    pub written: usize,
}

impl WrittenEntries {
    /// In words.
    #[must_use]
    pub fn text(self, lang: Lang) -> String {
        message!("screen.entries_written", entries = self.written).said(lang)
    }
}

/// Entries of a unit and form, or of all.
///
/// A unit is told by code or name; one that the register no longer has by its code in the ledger.
///
/// # Errors
/// When the ledger cannot be read or is not whole, or no unit is meant.
pub fn history(session: &Session, pipeline: &Pipeline, unit: Option<&str>, form: Option<&str>) -> Result<Vec<LedgerEntry>> {
    let entries = pipeline.ledger().entries()?;
    let code = |unit: &str| {
        if entries.iter().any(|entry| entry.draft.unit == *unit) {
            return Ok(unit.to_owned());
        }
        let tree = frame(session, pipeline)?.tree;
        tree.named(unit).map(|index| tree.units[index].code.to_string())
    };
    let unit = unit.map(code).transpose()?;
    let is_of = |entry: &LedgerEntry| {
        let short = entry.draft.form.rsplit('/').next().unwrap_or_default();
        unit.as_ref().is_none_or(|unit| *unit == entry.draft.unit) && form.is_none_or(|form| form == entry.draft.form || form == short)
    };
    Ok(entries.into_iter().filter(is_of).collect())
}

/// Lists the actions, a line each.
///
/// # Errors
/// When the ledger cannot be read or is not whole.
pub fn history_text(session: &Session, pipeline: &Pipeline, unit: Option<&str>, form: Option<&str>) -> Result<String> {
    let (catalogue, lang) = (&session.texts.catalogue, session.lang);
    let mut out = String::new();
    for entry in history(session, pipeline, unit, form)? {
        let draft = &entry.draft;
        let parts = [
            entry.seq.to_string(),
            Presenter::day(entry.on),
            draft.unit.clone(),
            draft.form.clone(),
            catalogue.action_name(&draft.action, lang).to_owned(),
            if draft.version > 0 { format!("v{}", draft.version) } else { String::new() },
            about_text(&entry),
            draft.section.clone(),
            draft.by.clone(),
            draft.reason.clone(),
            draft.document.clone(),
        ];
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        out.push_str(&parts.join(" · "));
        out.push('\n');
    }
    Ok(out)
}

/// The finding that an entry is about, in short.
pub fn about_text(entry: &LedgerEntry) -> String {
    let Some(about) = &entry.draft.finding else { return String::new() };
    let column = about.column.map(|column| format!("[{column}]")).unwrap_or_default();
    let cell = [about.sheet.as_str(), about.code.as_str()].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/");
    format!("{} {cell}{column}", about.rule).trim_end().to_owned()
}

/// Whether a ledger is as it was written.
#[derive(Debug, Serialize)]
pub struct VerifiedLedger {
    /// Its file.
    pub file: String,
    /// Entries up to its end, or to the first that is not as it was written.
    pub entries: usize,
    /// Hash of the last of them.
    pub head: String,
    /// Bytes of a line that was never finished.
    pub torn_bytes: usize,
    /// Everything is as it was written.
    pub ok: bool,
    /// Number of the first entry that is not, and what is wrong with it.
    #[serde(flatten)]
    pub broken: Option<BrokenEntry>,
    #[serde(skip)]
    has_head: bool,
}

/// An entry of the ledger that is not as it was written.
#[derive(Debug, Serialize)]
pub struct BrokenEntry {
    /// Its number.
    pub entry: u64,
    /// Kind of damage.
    pub fault: &'static str,
}

/// Goes through the ledger from its first line to its last.
///
/// # Errors
/// When it cannot be read at all.
pub fn verified_ledger(pipeline: &Pipeline) -> Result<VerifiedLedger> {
    let ledger = pipeline.ledger();
    let chain = ledger.read()?;
    Ok(VerifiedLedger {
        file: ledger.path().display().to_string(),
        entries: chain.entries.len(),
        head: chain.head,
        torn_bytes: chain.torn.len(),
        ok: chain.broken.is_none(),
        broken: chain.broken.map(|broken| BrokenEntry { entry: broken.entry, fault: broken.fault.id() }),
        has_head: ledger.has_head(),
    })
}

/// A check of the ledger in words.
#[must_use]
pub fn verified_ledger_text(verified: &VerifiedLedger, session: &Session) -> String {
    let lang = session.lang;
    let VerifiedLedger { file: path, entries, head, torn_bytes, .. } = verified;
    let mut text = match &verified.broken {
        None => message!("ledger.entries_whole", path, entries).said(lang),
        Some(BrokenEntry { entry, fault }) => {
            let fault = Message::of_family("ledger.fault", fault);
            message!("ledger.entry", path, entry, fault).said(lang)
        }
    };
    if verified.ok && *entries > 0 {
        text.push_str(&message!("ledger.hash_of_last_entry", hash = head).said(lang));
        if !verified.has_head {
            text.push_str(&message!("ledger.head_file_missing_cut").said(lang));
        }
    }
    if *torn_bytes > 0 {
        text.push_str(&message!("ledger.interrupted_writing", size = torn_bytes).said(lang));
    }
    text
}
