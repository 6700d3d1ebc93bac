//! The ledger itself: everything that was done, and whether the record is whole.

use serde_json::{Value, json};

use crate::base::error::Result;
use crate::base::message::{Message, message};
use crate::jobs::session::Session;
use crate::ledger::LedgerEntry;
use crate::present::Presenter;
use crate::workspace::Pipeline;

/// Entries of a unit and form, or of all.
///
/// # Errors
/// When the ledger cannot be read or is not whole.
pub fn history(pipeline: &Pipeline, unit: Option<&str>, form: Option<&str>) -> Result<Vec<LedgerEntry>> {
    let is_of = |entry: &LedgerEntry| {
        let short = entry.draft.form.rsplit('/').next().unwrap_or_default();
        unit.is_none_or(|unit| unit == entry.draft.unit) && form.is_none_or(|form| form == entry.draft.form || form == short)
    };
    Ok(pipeline.ledger().entries()?.into_iter().filter(is_of).collect())
}

/// What was done, a line each.
///
/// # Errors
/// When the ledger cannot be read or is not whole.
pub fn history_text(session: &Session, pipeline: &Pipeline, unit: Option<&str>, form: Option<&str>) -> Result<String> {
    let (catalogue, lang) = (&session.texts.catalogue, session.lang);
    let mut out = String::new();
    for entry in history(pipeline, unit, form)? {
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

/// Whether the ledger is as it was written: yes or no, in words, and for programs.
///
/// # Errors
/// When it cannot be read at all.
pub fn verified(session: &Session, pipeline: &Pipeline) -> Result<(bool, String, Value)> {
    let lang = session.lang;
    let ledger = pipeline.ledger();
    let chain = ledger.read()?;
    let (path, entries) = (ledger.path().display().to_string(), chain.entries.len());
    let mut value = json!({
        "file": path,
        "entries": entries,
        "head": chain.head,
        "torn_bytes": chain.torn.len(),
        "ok": chain.broken.is_none(),
    });
    let mut text = match chain.broken {
        None => message!("ledger.entries_whole", path, entries).said(lang),
        Some(broken) => {
            (value["entry"], value["fault"]) = (json!(broken.entry), json!(broken.fault.id()));
            let (entry, fault) = (broken.entry, Message::of_family("ledger.fault", broken.fault.id()));
            message!("ledger.entry", path, entry, fault).said(lang)
        }
    };
    if chain.broken.is_none() && entries > 0 {
        text.push_str(&message!("ledger.hash_of_last_entry", hash = chain.head).said(lang));
        if !ledger.has_head() {
            text.push_str(&message!("ledger.head_file_missing_cut").said(lang));
        }
    }
    if !chain.torn.is_empty() {
        let size = chain.torn.len();
        text.push_str(&message!("ledger.interrupted_writing", size).said(lang));
    }
    Ok((chain.broken.is_none(), text, value))
}
