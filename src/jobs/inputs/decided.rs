//! Returns that a decision of the ledger keeps out: other figures than the locked ones, and figures that were refused.
//!
//! A decision is about the figures that count, and several files may make them: a correction takes over what it does not hold,
//! a return may stand in parts in several lists. So the files of a unit's form are judged together.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ledger::{BarredBy, Board, Decided, Item, content_of};
use crate::returns::Submission;
use crate::workspace::{Together, collect};

/// A decision that keeps a return out, who made it and when.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// The decision.
    pub decision: BarredBy,
    /// Who made it and when.
    pub decided: Decided,
}

/// Decisions of the ledger, asked about all returns of a run.
pub(super) struct Decisions<'a> {
    /// The ledger as it stands.
    pub board: &'a Board,
    /// How one return is made of several files.
    pub together: Together,
}

impl Decisions<'_> {
    /// The decision that keeps each return out, in their order; none where it goes on.
    pub fn bars(&self, returns: &[Submission]) -> Vec<Option<Bar>> {
        let mut of_item: BTreeMap<(Arc<str>, Arc<str>), Vec<usize>> = BTreeMap::new();
        for (at, own) in returns.iter().enumerate() {
            of_item.entry((Arc::clone(&own.unit), Arc::clone(&own.form.id))).or_default().push(at);
        }
        let mut bars = vec![None; returns.len()];
        for ((unit, form), members) in of_item {
            let item = self.board.item(&unit, &form);
            // Hashing all figures is left to those that a decision is about.
            if item.locked.is_none() && item.refused.is_empty() {
                continue;
            }
            let versions: Vec<&Submission> = members.iter().map(|at| &returns[*at]).collect();
            let own = Versions { item: &item, together: self.together, files: versions };
            members.into_iter().zip(own.bars()).for_each(|(at, bar)| bars[at] = bar);
        }
        bars
    }
}

/// Files of one unit's form, of which a decision speaks.
struct Versions<'a> {
    item: &'a Item,
    together: Together,
    files: Vec<&'a Submission>,
}

/// Something that comes of some of the files.
enum Outcome {
    /// Nothing: there are none, or they contradict each other.
    Nothing,
    /// Figures that no decision keeps out.
    Free,
    /// Figures that one does.
    Barred(Bar),
}

impl Versions<'_> {
    /// The decision that keeps each of them out. What the figures that count replace needs none: it is in no total anyway.
    fn bars(&self) -> Vec<Option<Bar>> {
        let alone: Vec<Option<Bar>> = self.files.iter().map(|own| bar(self.item, own)).collect();
        if alone.len() == 1 {
            return alone;
        }
        if matches!(self.outcome(|_| true), Outcome::Free) {
            return vec![None; alone.len()];
        }
        match self.outcome(|at| alone[at].is_none()) {
            // Parts of what was decided about, none of which says all of it.
            Outcome::Barred(bar) => alone.into_iter().map(|own| own.or_else(|| Some(bar.clone()))).collect(),
            Outcome::Nothing if alone.iter().all(Option::is_some) => match self.intruder() {
                Some(intruder) => alone.into_iter().enumerate().map(|(at, own)| own.filter(|_| at == intruder)).collect(),
                None => alone,
            },
            Outcome::Nothing | Outcome::Free => alone,
        }
    }

    /// The only file without which the others make figures that may count.
    fn intruder(&self) -> Option<usize> {
        (0..self.files.len()).find(|own| matches!(self.outcome(|at| at != *own), Outcome::Free))
    }

    /// Figures that the files make that are taken.
    fn outcome(&self, is_taken: impl Fn(usize) -> bool) -> Outcome {
        let taken = self.files.iter().enumerate().filter(|(at, _)| is_taken(*at)).map(|(_, own)| (*own).clone());
        match collect(taken.collect(), self.together).submissions.first() {
            None => Outcome::Nothing,
            Some(own) => bar(self.item, own).map_or(Outcome::Free, Outcome::Barred),
        }
    }
}

/// The decision that keeps figures out.
fn bar(item: &Item, submission: &Submission) -> Option<Bar> {
    let (decision, decided) = item.bars(&content_of(submission))?;
    Some(Bar { decision, decided: decided.clone() })
}
