//! Sums of rows that headings, bullets and numbering suggest.

use super::draft::{Confidence, SumKind};
use super::outline::{OutlineMark, OutlineNode, RowRelation};
use super::vocabulary::{Vocabulary, holds_one};
use crate::base::message::{Message, message};
use crate::base::text::fold;

/// A suggested sum over rows, as indexes into the table's rows.
#[derive(Debug)]
pub struct Claim {
    /// Partition or subset.
    pub kind: SumKind,
    /// The total or whole.
    pub total: usize,
    /// The parts.
    pub parts: Vec<usize>,
    /// Index of the heading, if one says so.
    pub heading: Option<usize>,
    /// How sure before looking at numbers.
    pub confidence: Confidence,
    /// Ground it rests on.
    pub why: Message,
}

/// All sums that the rows suggest, in row order.
#[must_use]
pub fn row_claims(nodes: &[OutlineNode], words: &Vocabulary) -> Vec<Claim> {
    let mut finder = Finder { nodes, words, claims: Vec::new() };
    finder.bulleted();
    for index in 0..nodes.len() {
        finder.numbered(index);
    }
    finder.parts_by_words();
    let mut claims = finder.claims;
    claims.sort_by_key(|claim| (claim.total, claim.parts.first().copied()));
    claims
}

/// Rows being gathered under a heading or a row.
struct Open {
    owner: Option<usize>,
    relation: Option<RowRelation>,
    heading: Option<usize>,
    members: Vec<usize>,
}

struct Finder<'a> {
    nodes: &'a [OutlineNode],
    words: &'a Vocabulary,
    claims: Vec<Claim>,
}

impl Finder<'_> {
    /// Bulleted rows under headings, and under numbered rows without a heading.
    fn bulleted(&mut self) {
        let (mut outer, mut inner): (Option<Open>, Option<Open>) = (None, None);
        let (mut owner, mut dash) = (None, None);
        for (index, node) in self.nodes.iter().enumerate() {
            if node.mark != OutlineMark::None {
                self.close(inner.take());
                self.close(outer.take());
                owner = if node.coded { Some(index) } else { self.heading_owner(index) };
                let relation = if node.coded { self.implied(index) } else { node.relation };
                let heading = (!node.coded).then_some(index);
                outer = Some(Open { owner, relation, heading, members: Vec::new() });
                dash = None;
            } else if !node.coded && node.bullet == 0 {
                self.close(inner.take());
                let is_inner = self.nodes.get(index + 1).is_some_and(|next| next.bullet > 1) && dash.is_some();
                let open =
                    Open { owner: if is_inner { dash } else { owner }, relation: node.relation, heading: Some(index), members: Vec::new() };
                if is_inner {
                    inner = Some(open);
                } else {
                    self.close(outer.replace(open));
                }
            } else if node.coded && node.bullet < 2 {
                self.close(inner.take());
                if let Some(open) = &mut outer {
                    open.members.push(index);
                    inner = Some(Open { owner: Some(index), relation: open.relation, heading: open.heading, members: Vec::new() });
                }
                dash = Some(index);
            } else if let Some(open) = inner.as_mut().filter(|_| node.coded) {
                open.members.push(index);
            }
        }
        self.close(inner);
        self.close(outer);
    }

    fn close(&mut self, open: Option<Open>) {
        let Some(Open { owner: Some(owner), relation: Some(relation), heading, members }) = open else { return };
        let parts: Vec<usize> = members.into_iter().filter(|&part| part != owner).collect();
        let (confidence, why) = match heading {
            Some(_) => (Confidence::High, message!("drafts.by_section_heading")),
            None => (Confidence::Low, message!("drafts.bullets_right_below_without")),
        };
        self.claim(relation, owner, parts, heading, confidence, why);
    }

    fn claim(
        &mut self,
        relation: RowRelation,
        total: usize,
        parts: Vec<usize>,
        heading: Option<usize>,
        confidence: Confidence,
        why: Message,
    ) {
        if !parts.is_empty() {
            let kind = if relation == RowRelation::Partition { SumKind::Rows } else { SumKind::Subset };
            self.claims.push(Claim { kind, total, parts, heading, confidence, why });
        }
    }

    /// Relation of bullets right below a coded row: that of the numbered heading above it.
    fn implied(&self, index: usize) -> Option<RowRelation> {
        let above = self.nodes[index].parent.filter(|&above| !self.nodes[above].coded);
        above.and_then(|above| self.nodes[above].relation).or(Some(RowRelation::Subset))
    }

    /// The row that a numbered heading without a code splits up: the row it stands under, or
    /// the total of its section.
    fn heading_owner(&self, heading: usize) -> Option<usize> {
        match self.nodes[heading].parent {
            Some(parent) if self.nodes[parent].coded => Some(parent),
            _ => self.section_total(heading),
        }
    }

    /// The first coded row of the same depth and section above, when it calls itself a total.
    fn section_total(&self, index: usize) -> Option<usize> {
        let node = &self.nodes[index];
        let OutlineMark::Path(path) = &node.mark else { return None };
        let is_sibling = |other: &OutlineNode| {
            other.parent == node.parent
                && matches!(&other.mark, OutlineMark::Path(own) if own.len() == path.len() && own[..own.len() - 1] == path[..path.len() - 1])
        };
        let first = (0..index).find(|&at| is_sibling(&self.nodes[at]))?;
        (self.nodes[first].coded && holds_one(&self.nodes[first].key, &self.words.totals.rows)).then_some(first)
    }

    /// Same unit of measure, or one of a compound such as groups/classes.
    fn comparable(&self, whole: usize, part: usize) -> bool {
        let (whole, part) = (&self.nodes[whole].unit, &self.nodes[part].unit);
        whole == part || whole.split('/').any(|unit| unit.trim() == part)
    }

    /// Numbered rows below a numbered row, or below a heading that says what they are.
    fn numbered(&mut self, index: usize) {
        let node = &self.nodes[index];
        let owner = if node.coded { Some(index) } else { self.heading_owner(index).filter(|_| node.relation.is_some()) };
        let Some(owner) = owner else { return };
        let mut parts: Vec<usize> = if node.is_main() { self.children(index) } else { self.below_total(index) };
        parts.retain(|&part| self.comparable(owner, part));
        if !node.coded {
            parts.retain(|&part| !self.repeats(index, owner, part));
        }
        let within = self.within_neighbours(&parts);
        parts.retain(|part| within.iter().all(|(_, inner)| inner != part));
        for (whole, part) in within {
            self.claim(RowRelation::Subset, whole, vec![part], None, Confidence::Medium, message!("drafts.words"));
        }
        if parts.len() < 2 {
            return;
        }
        let overlaps = parts.iter().any(|&part| holds_one(&self.nodes[part].key, &self.words.groups.overlap));
        let relation = node.relation.filter(|_| !node.coded).unwrap_or(if overlaps { RowRelation::Subset } else { RowRelation::Partition });
        let heading = (!node.coded).then_some(index);
        let confidence = if heading.is_some() { Confidence::High } else { Confidence::Medium };
        self.claim(relation, owner, parts, heading, confidence, message!("drafts.numbering"));
    }

    fn children(&self, index: usize) -> Vec<usize> {
        (index + 1..self.nodes.len()).filter(|&at| self.nodes[at].coded && self.nodes[at].parent == Some(index)).collect()
    }

    /// The numbered rows after an unnumbered total that opens a sheet.
    fn below_total(&self, index: usize) -> Vec<usize> {
        let node = &self.nodes[index];
        let opens = node.mark == OutlineMark::None
            && node.bullet == 0
            && self.nodes[..index].iter().all(|above| !above.coded && !matches!(above.mark, OutlineMark::Path(_)));
        if !opens || !holds_one(&node.key, &self.words.totals.rows) {
            return Vec::new();
        }
        let after = (index + 1..self.nodes.len()).take_while(|&at| self.nodes[at].mark != OutlineMark::Roman);
        let main: Vec<usize> = after.filter(|&at| self.nodes[at].coded && matches!(self.nodes[at].mark, OutlineMark::Path(_))).collect();
        let top = main.iter().map(|&at| self.nodes[at].depth()).min().unwrap_or(0);
        main.into_iter().filter(|&at| self.nodes[at].depth() == top).collect()
    }

    /// A row under a heading that says the same as a row right below the heading's total has
    /// the same figures: the total was split up there already, and is split further here.
    fn repeats(&mut self, heading: usize, total: usize, part: usize) -> bool {
        let same = |at: &usize| {
            let (above, node) = (&self.nodes[*at], &self.nodes[part]);
            above.coded && above.parent == Some(total) && above.key == node.key && above.unit == node.unit
        };
        let Some(first) = (0..heading).find(same) else { return false };
        let why = message!("drafts.label_row_above");
        self.claim(RowRelation::Partition, first, vec![part], None, Confidence::Medium, why);
        true
    }

    /// Parts that lie within another of the parts.
    fn within_neighbours(&self, parts: &[usize]) -> Vec<(usize, usize)> {
        let mut within = Vec::new();
        for rule in &self.words.part_of {
            let (starts, whole) = (format!("{} ", fold(&rule.starts)), fold(&rule.whole));
            let Some(&whole) = parts.iter().find(|&&at| self.nodes[at].key == whole) else { continue };
            within.extend(parts.iter().filter(|&&at| self.nodes[at].key.starts_with(&starts)).map(|&part| (whole, part)));
        }
        within
    }

    /// Numbered rows that stand under no coded row: parts of the row whose words they hold, or
    /// of their section's total.
    fn parts_by_words(&mut self) {
        let mut found: std::collections::BTreeMap<(usize, bool), Vec<usize>> = std::collections::BTreeMap::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let OutlineMark::Path(_) = node.mark else { continue };
            let parent = node.parent.map(|parent| &self.nodes[parent]);
            if !node.coded || parent.is_some_and(|parent| parent.coded || parent.relation.is_some()) {
                continue;
            }
            let by_words = self.whole_by_words(index);
            let heading = node.parent.filter(|&parent| matches!(self.nodes[parent].mark, OutlineMark::Path(_)));
            let total = self.section_total(heading.unwrap_or(index)).filter(|&total| self.may_hold(total, index));
            if let Some(whole) = by_words.or(total).filter(|&whole| whole != index && self.comparable(whole, index)) {
                found.entry((whole, by_words.is_some())).or_default().push(index);
            }
        }
        for ((whole, by_words), parts) in found {
            let (confidence, why) =
                if by_words { (Confidence::Medium, message!("drafts.words")) } else { (Confidence::Low, message!("drafts.section_total")) };
            self.claim(RowRelation::Subset, whole, parts, None, confidence, why);
        }
    }

    /// Whether a section's total may hold a row of the section: they count the same thing, as far as words
    /// tell, and the row says nothing of having left.
    fn may_hold(&self, total: usize, part: usize) -> bool {
        let totals: Vec<String> = self.words.totals.rows.iter().map(|word| fold(word)).collect();
        let mut thing = self.nodes[total].key.as_str();
        while let Some(rest) = totals.iter().filter_map(|word| thing.strip_prefix(word.as_str())).min_by_key(|rest| rest.len()) {
            thing = rest.trim_start();
        }
        let key = &self.nodes[part].key;
        let same = thing.split(' ').next().is_none_or(|first| first.is_empty() || key.split(' ').any(|word| word == first));
        same && !holds_one(key, &self.words.groups.outside)
    }

    /// The earlier row under another heading whose words all stand in this row's label, in order.
    fn whole_by_words(&self, index: usize) -> Option<usize> {
        let node = &self.nodes[index];
        let holds = |at: &usize| {
            let above = &self.nodes[*at];
            let mut own = node.key.split(' ');
            above.coded
                && above.parent != node.parent
                && matches!(above.mark, OutlineMark::Path(_))
                && above.key != node.key
                && above.key.split(' ').count() > 1
                && self.comparable(*at, index)
                && above.key.split(' ').all(|word| own.any(|other| other == word))
        };
        // The first of the longest: later rows often repeat it.
        (0..index).filter(holds).rev().max_by_key(|&at| self.nodes[at].key.len())
    }
}
