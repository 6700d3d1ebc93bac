//! Entries that somebody asks for, checked one after the other as if those before were written: all of them are, or none.

use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::findings::Proposal;
use crate::ledger::{ACCEPT_EXPLANATION, Answers, Board, Catalogue, EntryDraft, LedgerEntry, Stamp};
use crate::workspace::Pipeline;

/// Where something was asked for.
#[derive(Debug, Clone)]
pub struct Asked {
    /// An option, or the line of a table.
    pub place: Message,
    /// The table that it stands in; none for an option.
    pub table: Option<String>,
}

impl Asked {
    /// Asked for by an option of a command.
    pub fn option(name: &str) -> Self {
        Self { place: Message::from(name), table: None }
    }

    /// Asked for in a line of a table.
    pub fn line(table: &str, line: impl std::fmt::Display) -> Self {
        Self { place: message!("ledger.line", line), table: Some(table.to_owned()) }
    }
}

/// An entry that somebody asks for.
pub struct PlannedEntry {
    /// Where.
    pub asked: Asked,
    /// The entry, without the version that it is of.
    pub draft: EntryDraft,
    /// Forms that the unit owes, where the one it is about is none of them.
    pub owes_instead: Option<String>,
}

impl PlannedEntry {
    /// An entry about a form that its unit owes, or has sent.
    pub const fn new(asked: Asked, draft: EntryDraft) -> Self {
        Self { asked, draft, owes_instead: None }
    }

    /// A problem where the unit neither owes the form nor has sent anything of it: nobody would ever meet the entry.
    fn about_nothing(&self, board: &Board) -> Option<Error> {
        let EntryDraft { unit, form, .. } = &self.draft;
        let forms = self.owes_instead.as_ref().filter(|_| !board.has(unit, form))?;
        Some(Error::config("--form", message!("ledger.form_not_owed", unit, form, forms)))
    }
}

/// Problems of what was asked for: of a table all of them are told, each with its line; an option stops at once.
#[derive(Default)]
pub struct Problems {
    table: Option<String>,
    lines: Vec<Message>,
}

impl Problems {
    /// Takes a problem down.
    ///
    /// # Errors
    /// The problem itself, where no table was asked.
    pub fn add(&mut self, asked: &Asked, problem: Error) -> Result<()> {
        let Some(table) = &asked.table else { return Err(problem) };
        // The line says where it is; a file or an option that the problem names is none of the reader's.
        let words = match &problem {
            Error::Config { reason, .. } => reason.clone(),
            other => other.message(),
        };
        let words: Vec<Message> = std::iter::once(words).chain(problem.hint()).collect();
        self.lines.push(Message::join(&[asked.place.clone(), Message::join(&words, "; ")], ": "));
        self.table.get_or_insert_with(|| table.clone());
        Ok(())
    }

    /// Passes where there was none.
    ///
    /// # Errors
    /// All problems as one.
    pub fn pass(self) -> Result<()> {
        match self.table {
            Some(table) => Err(Error::config(table, Message::join(&self.lines, "\n  "))),
            None => Ok(()),
        }
    }
}

/// Writes what was planned into the ledger, or nothing of it; how many entries. What stands there already is not written again
/// when it comes out of a table, so that a workbook of decisions may be read twice.
///
/// # Errors
/// When an entry is not possible in the state in which its return then is, or the ledger cannot be written.
pub fn write_planned(pipeline: &Pipeline, catalogue: &Catalogue, planned: Vec<PlannedEntry>, stamp: &Stamp) -> Result<usize> {
    pipeline.ledger().append(|entries| {
        let mut board = Board::new(entries, catalogue);
        let (mut drafts, mut problems) = (Vec::new(), Problems::default());
        for entry in planned {
            let about_nothing = entry.about_nothing(&board);
            let PlannedEntry { asked, mut draft, .. } = entry;
            if let Some(problem) = about_nothing {
                problems.add(&asked, problem)?;
                continue;
            }
            if is_done(&board, catalogue, &draft) && (asked.table.is_some() || draft.finding.is_some()) {
                continue;
            }
            if draft.finding.is_none() {
                let possible = catalogue.action(&draft.action).and_then(|action| board.check(action, &draft, catalogue));
                if let Err(problem) = possible {
                    problems.add(&asked, problem)?;
                    continue;
                }
                draft.version = board.item(&draft.unit, &draft.form).version;
            }
            board.add(&LedgerEntry::new(draft.clone(), stamp, 0, ""), catalogue);
            drafts.push((draft, stamp.clone()));
        }
        problems.pass()?;
        Ok(drafts)
    })
}

/// True where the ledger says so already.
fn is_done(board: &Board, catalogue: &Catalogue, draft: &EntryDraft) -> bool {
    if let Some(about) = &draft.finding {
        return is_decided(board.answers(), &about.key, draft.action == ACCEPT_EXPLANATION);
    }
    let action = catalogue.actions.iter().find(|action| action.id == draft.action);
    let item = board.item(&draft.unit, &draft.form);
    draft.section.is_empty() && action.is_some_and(|action| action.to.as_deref() == Some(&item.state)) && !item.is_other_than_approved()
}

/// True where an explanation was decided in this way.
pub fn is_decided(answers: &Answers, key: &str, accepted: bool) -> bool {
    let decision = answers.proposals.get(key).and_then(|Proposal { decision, .. }| decision.as_ref());
    decision.is_some_and(|decision| decision.accepted == accepted)
}
