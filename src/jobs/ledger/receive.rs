//! Returns that a run has read, written into the ledger: once for every new content.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::jobs::inputs::Loaded;
use crate::ledger::{Board, Catalogue, EXPECTED, EntryDraft, LedgerEntry, RECEIVE, Stamp, WITHDRAW, content_of, foresee, headings};
use crate::returns::ReturnKey;
use crate::tables::parse_date;
use crate::workbooks::{Isolation, read_table};
use crate::workspace::Pipeline;

/// Days from the one that figures are as at to that of a receipt: from a little before it to a year behind.
const DAYS_OF_RECEIPT: std::ops::RangeInclusive<i64> = -60..=366;

/// Days on which returns came in, by unit and form.
pub type Receipts = HashMap<ReturnKey, NaiveDate>;

/// Returns that came in, with the hashes of their figures: hashing all figures of a province is worth doing once.
#[derive(Debug, Clone, Copy)]
pub struct CameIn<'a> {
    /// Everything that was read.
    pub loaded: &'a Loaded,
    /// The hash of each of its returns, in their order.
    pub contents: &'a [String],
}

/// The hash of each return's figures.
#[must_use]
pub fn contents_of(loaded: &Loaded) -> Vec<String> {
    loaded.submissions.par_iter().map(content_of).collect()
}

/// Writes down what came in since the last run, and what is no longer there; how many entries.
///
/// # Errors
/// When the ledger cannot be written.
pub fn record_received(pipeline: &Pipeline, came: CameIn<'_>, catalogue: &Catalogue, receipts: &Receipts) -> Result<usize> {
    let now = Stamp::now(pipeline.file.inputs.received_on);
    pipeline.ledger().append(|entries| Ok(came.drafts(&Board::new(entries, catalogue), catalogue, receipts, &now)))
}

impl CameIn<'_> {
    /// The ledger's entries as they will be with what came in; nothing is written yet. Decisions are told by these: a return
    /// that was sent back and has been corrected is no longer sent back.
    #[must_use]
    pub fn foreseen(self, mut entries: Vec<LedgerEntry>, catalogue: &Catalogue) -> Vec<LedgerEntry> {
        let drafts = self.drafts(&Board::new(&entries, catalogue), catalogue, &Receipts::new(), &Stamp::now(None));
        for (draft, stamp) in drafts {
            foresee(&mut entries, draft, &stamp);
        }
        entries
    }

    /// Entries about what came in and what is gone.
    ///
    /// The day is that of the receipts, or the one told, or today: when a file was last saved says
    /// nothing about when it came. A receipt that says another day than was written corrects it.
    fn drafts(self, board: &Board, catalogue: &Catalogue, receipts: &Receipts, now: &Stamp) -> Vec<(EntryDraft, Stamp)> {
        let mut drafts = Vec::new();
        for (submission, content) in self.loaded.submissions.iter().zip(self.contents) {
            let item = board.item(&submission.unit, &submission.form.id);
            let key = ReturnKey { unit: Arc::clone(&submission.unit), form: Arc::clone(&submission.form.id) };
            let told = receipts.get(&key);
            let is_new = item.version == 0 || item.content != *content;
            let is_other_day = told.is_some() && told != item.last_on.as_ref();
            // A file that was gone and is there again.
            let is_back = item.state == EXPECTED;
            if !is_new && !is_other_day && !is_back {
                continue;
            }
            let draft = EntryDraft {
                action: RECEIVE.to_owned(),
                unit: submission.unit.to_string(),
                form: submission.form.id.to_string(),
                version: item.version + u32::from(is_new),
                content: content.clone(),
                sha256: submission.source.sha256.to_string(),
                ..EntryDraft::default()
            };
            let on = told.copied().unwrap_or(now.on);
            drafts.push((draft, Stamp { on, ..now.clone() }));
        }
        drafts.extend(gone(board, self.loaded, catalogue).into_iter().map(|draft| (draft, now.clone())));
        drafts
    }
}

/// Returns that were there and are no more: nothing of them came in this time, and no decision keeps them as they are.
fn gone(board: &Board, loaded: &Loaded, catalogue: &Catalogue) -> Vec<EntryDraft> {
    let here: HashSet<(&str, &str)> = loaded.submissions.iter().map(|own| (&*own.unit, &*own.form.id)).collect();
    let Ok(action) = catalogue.action(WITHDRAW) else { return Vec::new() };
    let is_contested = |unit: &str, form: &str| loaded.contested.contains(&ReturnKey { unit: unit.into(), form: form.into() });
    let gone = board.known().filter(|(unit, form, item)| {
        !here.contains(&(*unit, *form)) && !is_contested(unit, form) && catalogue.after(action, &item.state).is_some()
    });
    gone.map(|(unit, form, item)| EntryDraft {
        action: WITHDRAW.to_owned(),
        unit: unit.to_owned(),
        form: form.to_owned(),
        version: item.version,
        ..EntryDraft::default()
    })
    .collect()
}

/// Reads the table of receipts, if the pipeline names one.
///
/// # Errors
/// One error naming every line that cannot be: an unknown unit or form, a day that is none or is far from the term, a
/// receipt twice.
pub fn receipts(pipeline: &Pipeline, loaded: &Loaded, isolation: &Isolation) -> Result<Receipts> {
    let Some(path) = &pipeline.file.inputs.receipts else { return Ok(Receipts::new()) };
    let table = read_table(&pipeline.path(path), None, None, isolation)?;
    let unit = table.find(&headings::UNIT);
    let form = table.find(&headings::FORM);
    let day = table.find(&headings::RECEIVED_ON);
    if unit.is_none() || form.is_none() || day.is_none() {
        let reason = message!("ledger.needs_columns_unit_form_received");
        return Err(Error::config(&table.file, reason));
    }
    let (mut receipts, mut lines, mut problems) = (Receipts::new(), HashMap::new(), Vec::new());
    for row in &table.rows {
        let (code, name, text) = (row.text(unit), row.text(form), row.text(day));
        let mut wrong = |what: Message| problems.push(Message::on_line(row.line, what));
        if loaded.tree.find(&code).is_none() {
            wrong(message!("ledger.register_does_not_code"));
            continue;
        }
        let found = loaded.forms.iter().find(|form| form.is_called(&name));
        let Some((form, on)) = found.zip(parse_date(&text).ok()) else {
            wrong(message!("ledger.form_day_not_right", name, text));
            continue;
        };
        if !DAYS_OF_RECEIPT.contains(&(on - loaded.tree.day).num_days()) {
            wrong(message!("ledger.day_is_far", on = Message::day(on), day = Message::day(loaded.tree.day)));
            continue;
        }
        let key = ReturnKey { unit: Arc::from(code), form: Arc::clone(&form.id) };
        match lines.get(&key) {
            Some(first) => wrong(message!("ledger.line_says_already_when", name, first)),
            None => {
                lines.insert(key.clone(), row.line);
                receipts.insert(key, on);
            }
        }
    }
    if problems.is_empty() { Ok(receipts) } else { Err(Error::config(&table.file, Message::join(&problems, "\n  "))) }
}
