//! Which coded row of the new form is which of the old one.
//!
//! Every pair gets a score from what the two rows say and where they stand; the best pairs
//! are taken first. Then neighbours, parents and sums of the pairs so far speak for the
//! others, and all is scored again: a relabelled row is known by those around it.

use super::facts::{RowFacts, likeness};
use super::{Certainty, IndexPair, Member};

/// Times the scores are reckoned anew from the matches so far.
const ROUNDS: usize = 4;
/// A pair below this is no pair.
const ACCEPTED: f64 = 0.58;
/// Acceptance for two rows of the very same words.
const ACCEPTED_VERBATIM: f64 = 0.5;
/// A pair at least this far above all others of its rows is sure.
const CLEAR: f64 = 0.12;
/// Labels about different numbers (other grades, ages, bands) are alike by at most this.
const OTHER_NUMBERS: f64 = 0.3;
/// Labels less alike than this need the whole neighbourhood to speak for the pair.
const HARDLY_ALIKE: f64 = 0.35;

/// Two rows that are the same thing, as indexes into the facts.
#[derive(Debug, Clone, Copy)]
pub struct RowMatch {
    /// In the old form.
    pub old: usize,
    /// In the new form.
    pub new: usize,
    /// How sure.
    pub certainty: Certainty,
}

/// Start of the matching, and its finds.
#[derive(Debug)]
pub struct MatchedRows<'a> {
    /// Rows of the old form.
    pub old: &'a [RowFacts],
    /// Rows of the new form.
    pub new: &'a [RowFacts],
    /// The pairs, in the order of the new form.
    pub pairs: Vec<RowMatch>,
}

/// Links so far, both ways.
struct Links {
    to_new: Vec<Option<usize>>,
    to_old: Vec<Option<usize>>,
}

/// Parts of a pair that never change.
struct Candidate {
    old: usize,
    new: usize,
    words: f64,
    fixed: f64,
}

/// Matches the rows of two forms.
pub fn match_rows<'a>(old: &'a [RowFacts], new: &'a [RowFacts], sheets: &[IndexPair]) -> MatchedRows<'a> {
    let candidates = candidates(old, new, sheets);
    let mut links = Links { to_new: vec![None; old.len()], to_old: vec![None; new.len()] };
    let mut scores = Vec::new();
    for _ in 0..ROUNDS {
        scores = candidates.iter().map(|pair| score(pair, old, new, &links)).collect();
        links = best_first(&candidates, &scores, old.len(), new.len());
    }
    let pairs = links.to_old.iter().enumerate().filter_map(|(new, old)| Some(((*old)?, new)));
    let pairs = pairs.map(|(old, new)| RowMatch { old, new, certainty: certainty(&candidates, &scores, old, new) });
    MatchedRows { pairs: pairs.collect(), old, new }
}

/// Pairs that could be the same row, with the part of their score that words and places give.
fn candidates(old: &[RowFacts], new: &[RowFacts], sheets: &[IndexPair]) -> Vec<Candidate> {
    let mut out = Vec::new();
    for (i, a) in old.iter().enumerate() {
        for (j, b) in new.iter().enumerate() {
            let mut words = likeness(&a.label, &b.label);
            if a.numbers != b.numbers {
                words = words.min(OTHER_NUMBERS);
            }
            let same_sheet = sheets.contains(&IndexPair { old: a.at.sheet, new: b.at.sheet });
            if !same_sheet && words < 1.0 {
                continue;
            }
            let above = likeness(&a.parent, &b.parent);
            let yes = |condition: bool| f64::from(u8::from(condition));
            let fixed = 0.45 * words
                + 0.10 * above
                + 0.06 * yes(a.group == b.group)
                + 0.04 * yes(a.unit == b.unit)
                + 0.06 * yes(same_sheet)
                + 0.04 * yes(a.code == b.code)
                + 0.05 * (1.0 - (a.position - b.position).abs());
            out.push(Candidate { old: i, new: j, words, fixed });
        }
    }
    out
}

/// The score of a pair, given the matches so far.
fn score(pair: &Candidate, old: &[RowFacts], new: &[RowFacts], links: &Links) -> f64 {
    let (a, b) = (&old[pair.old], &new[pair.new]);
    let linked = |i: Option<usize>, j: Option<usize>| i.zip(j).is_some_and(|(i, j)| links.to_new[i] == Some(j));
    let beside = |i: usize, rows: &[RowFacts], step: isize| {
        let next = i.checked_add_signed(step).filter(|next| *next < rows.len())?;
        (rows[next].at.sheet == rows[i].at.sheet).then_some(next)
    };
    // The edge of a sheet stands beside the edge of the other.
    let side = |step| match (beside(pair.old, old, step), beside(pair.new, new, step)) {
        (None, None) => true,
        (i, j) => linked(i, j),
    };
    let (before, after) = (side(-1), side(1));
    let parent = match (a.parent_at, b.parent_at) {
        (None, None) => true,
        (i, j) => linked(i, j),
    };
    let sums = shared(&a.parts, &b.parts, links).max(shared(&a.totals, &b.totals, links));
    if pair.words < HARDLY_ALIKE && !(before && after && parent && a.unit == b.unit) {
        return 0.0;
    }
    let yes = |condition: bool| f64::from(u8::from(condition));
    pair.fixed + 0.07 * yes(before) + 0.07 * yes(after) + 0.10 * yes(parent) + 0.08 * sums
}

/// The share of some old rows that are matched to some new ones.
fn shared(old: &[usize], new: &[usize], links: &Links) -> f64 {
    let both = old.iter().filter(|&&i| links.to_new[i].is_some_and(|j| new.contains(&j))).count();
    both as f64 / old.len().max(new.len()).max(1) as f64
}

/// Takes the best pairs first, each row once.
fn best_first(candidates: &[Candidate], scores: &[f64], old: usize, new: usize) -> Links {
    let enough = |at: usize| if candidates[at].words >= 1.0 { ACCEPTED_VERBATIM } else { ACCEPTED };
    let mut order: Vec<usize> = (0..candidates.len()).filter(|&at| scores[at] >= enough(at)).collect();
    order.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]).then(a.cmp(&b)));
    let mut links = Links { to_new: vec![None; old], to_old: vec![None; new] };
    for at in order {
        let pair = &candidates[at];
        if links.to_new[pair.old].is_none() && links.to_old[pair.new].is_none() {
            links.to_new[pair.old] = Some(pair.new);
            links.to_old[pair.new] = Some(pair.old);
        }
    }
    links
}

/// How sure a pair is: by its words, and by how far the next best pair of either row is.
fn certainty(candidates: &[Candidate], scores: &[f64], old: usize, new: usize) -> Certainty {
    let own = candidates.iter().position(|pair| (pair.old, pair.new) == (old, new));
    let Some(own) = own else { return Certainty::Unsure };
    let rivals = candidates.iter().enumerate().filter(|(at, pair)| *at != own && (pair.old == old || pair.new == new));
    let next = rivals.map(|(at, _)| scores[at]).fold(0.0, f64::max);
    let is_clear = scores[own] - next >= CLEAR;
    match candidates[own].words {
        words if words >= 1.0 && (is_clear || scores[own] > 0.9) => Certainty::Sure,
        words if words >= 0.6 && is_clear => Certainty::Probable,
        words if words >= 1.0 => Certainty::Probable,
        _ => Certainty::Unsure,
    }
}

impl MatchedRows<'_> {
    /// Pairs by their places in the layouts.
    pub fn members(&self) -> impl Iterator<Item = (Member, Member, Certainty)> {
        self.pairs.iter().map(|pair| (self.old[pair.old].at, self.new[pair.new].at, pair.certainty))
    }
}
