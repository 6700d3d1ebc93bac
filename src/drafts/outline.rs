//! Outline of rows by numbering, bullets and wording: depth, headings, groups.

use super::draft::DraftRow;
use super::vocabulary::{GroupWords, starts_with_one};
use crate::base::text::fold;

/// How the rows under a heading relate to the row above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowRelation {
    /// They add up to it.
    Partition,
    /// Each lies within it.
    Subset,
}

/// The ordinal of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutlineMark {
    /// A Roman number: a section.
    Roman,
    /// Numbers: `1.2.3`.
    Path(Vec<u32>),
    /// Something else.
    Other,
    /// None.
    None,
}

/// Node of a row in the outline.
#[derive(Debug)]
pub struct OutlineNode {
    /// Its ordinal.
    pub mark: OutlineMark,
    /// Level of its bullet: 0 for none.
    pub bullet: usize,
    /// It carries a code.
    pub coded: bool,
    /// Label without bullet, folded.
    pub key: String,
    /// Unit of measure, folded.
    pub unit: String,
    /// Relation told by its words, wherever they stand in the label.
    pub relation: Option<RowRelation>,
    /// The words open the label.
    pub opens_with_relation: bool,
    /// The nearest row whose ordinal contains this one's.
    pub parent: Option<usize>,
}

impl OutlineNode {
    /// A row of the main outline: numbered, or the only kind a sheet without ordinals has.
    #[must_use]
    pub fn is_main(&self) -> bool {
        matches!(self.mark, OutlineMark::Roman | OutlineMark::Path(_))
    }

    /// Length of the ordinal; sections are 0.
    #[must_use]
    pub fn depth(&self) -> usize {
        if let OutlineMark::Path(path) = &self.mark { path.len() } else { 0 }
    }
}

/// The outline of a table's rows; also fills in their depth and group.
#[must_use]
pub fn outline(rows: &mut [DraftRow], words: &GroupWords) -> Vec<OutlineNode> {
    let has_ordinals = rows.iter().any(|row| !row.tt.trim().is_empty());
    let mut nodes: Vec<OutlineNode> = rows.iter().map(|row| node(row, words, has_ordinals)).collect();
    link_parents(&mut nodes);
    let mut last = 0_usize;
    for (row, node) in rows.iter_mut().zip(&nodes) {
        let depth = match (&node.mark, node.bullet) {
            (OutlineMark::Roman, _) => 0,
            (OutlineMark::Path(path), _) => path.len(),
            (OutlineMark::Other, _) => 1,
            (OutlineMark::None, 0 | 1) => last + 1,
            (OutlineMark::None, level) => last + level,
        };
        if node.is_main() {
            last = depth;
        }
        // A style's own indent says more than the words of an unnumbered row.
        let depth = if node.mark == OutlineMark::None && node.bullet == 0 { depth + usize::from(row.cell_indent) } else { depth };
        row.indent = u8::try_from(depth).unwrap_or(u8::MAX);
    }
    name_groups(rows, &nodes);
    nodes
}

fn node(row: &DraftRow, words: &GroupWords, has_ordinals: bool) -> OutlineNode {
    let label = row.label.trim();
    let level = words.bullets.iter().position(|level| level.iter().any(|bullet| label.starts_with(bullet.as_str())));
    let bullet = level.map_or(0, |level| level + 1);
    let all: Vec<&str> = words.bullets.iter().flatten().map(String::as_str).collect();
    let bare = all.iter().find_map(|bullet| label.strip_prefix(bullet)).unwrap_or(label);
    let key = fold(bare);
    let relation = relation(&key, words);
    let mark = match mark(&row.tt) {
        // Without ordinals every plain row with a code is a main row.
        OutlineMark::None if !has_ordinals && bullet == 0 && row.code.is_some() => {
            OutlineMark::Path(vec![0; 1 + usize::from(row.cell_indent)])
        }
        mark => mark,
    };
    OutlineNode {
        mark,
        bullet,
        coded: row.code.is_some(),
        opens_with_relation: starts_with_one(&key, &words.partition) || starts_with_one(&key, &words.subset),
        key,
        unit: fold(&row.unit),
        relation,
        parent: None,
    }
}

/// The relation whose words come first in a label.
fn relation(key: &str, words: &GroupWords) -> Option<RowRelation> {
    let first = |words: &[String]| words.iter().filter_map(|word| key.find(&fold(word))).min();
    match (first(&words.partition), first(&words.subset)) {
        (None, None) => None,
        (Some(partition), Some(subset)) if subset < partition => Some(RowRelation::Subset),
        (None, Some(_)) => Some(RowRelation::Subset),
        (Some(_), _) => Some(RowRelation::Partition),
    }
}

/// Kind of ordinal of a text.
#[must_use]
pub fn mark(text: &str) -> OutlineMark {
    let text = text.trim().trim_end_matches(['.', ')']);
    if text.is_empty() {
        return OutlineMark::None;
    }
    let path: Option<Vec<u32>> = text.split('.').map(|part| part.trim().parse().ok()).collect();
    match path {
        Some(path) => OutlineMark::Path(path),
        None if text.chars().all(|c| "IVXLC".contains(c)) => OutlineMark::Roman,
        None => OutlineMark::Other,
    }
}

fn link_parents(nodes: &mut [OutlineNode]) {
    for index in 0..nodes.len() {
        let OutlineMark::Path(path) = &nodes[index].mark else { continue };
        let contains = |other: &OutlineNode| match &other.mark {
            OutlineMark::Roman => true,
            OutlineMark::Path(above) => above.len() < path.len() && path.starts_with(above),
            _ => false,
        };
        nodes[index].parent = (0..index).rev().find(|&above| contains(&nodes[above]));
    }
}

/// Gives every row the heading it stands under.
fn name_groups(rows: &mut [DraftRow], nodes: &[OutlineNode]) {
    let (mut outer, mut inner) = (String::new(), String::new());
    for index in 0..rows.len() {
        let node = &nodes[index];
        let label = rows[index].label.trim().to_owned();
        let bare = label.trim_end_matches(':').trim_end().to_owned();
        if node.mark != OutlineMark::None {
            inner.clear();
            let heads = matches!(node.mark, OutlineMark::Path(_)) && !node.coded;
            outer = if heads { label } else { String::new() };
            let above = node.parent.filter(|&p| !nodes[p].coded && nodes[p].opens_with_relation && node.coded);
            rows[index].group = above.map_or_else(|| outer.clone(), |p| rows[p].label.trim().trim_end_matches(':').trim_end().to_owned());
        } else if !node.coded && node.bullet == 0 {
            let is_inner = nodes.get(index + 1).is_some_and(|next| next.bullet > 1);
            let group = if is_inner { &mut inner } else { &mut outer };
            group.clone_from(&bare);
            rows[index].group = bare;
        } else {
            if node.bullet < 2 {
                inner.clear();
            }
            rows[index].group = if inner.is_empty() { outer.clone() } else { inner.clone() };
        }
    }
}
