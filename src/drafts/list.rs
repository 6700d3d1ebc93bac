//! A table of one row per unit: which of its headings are which cells of a form.
//!
//! A heading that names a cell, or says in the same words what exactly one cell says, is sure;
//! of the others the nearest cells are told and a person decides.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use super::vocabulary::{Vocabulary, is_one_of};
use crate::base::text::fold;
use crate::forms::{Form, SlotIndex, SlotVec};
use crate::lists::list_heading;
use crate::ooxml::{RawSheet, RawValue};
use crate::tables::{Table, TableValue};

/// Rows searched for the headings.
const HEADING_ROWS: u32 = 60;
/// Headings that a table has at least: the unit and two more.
const FEWEST: usize = 3;
/// Cells named for a heading that is not sure.
const NEAREST: usize = 3;
/// Words in common that make a cell near, of all the words of both.
const NEAR: f64 = 0.4;

/// A list with what its headings mean.
#[derive(Debug)]
pub struct ListDraft {
    /// The form whose figures it holds.
    pub form: Arc<Form>,
    /// Sheet of a workbook.
    pub sheet: Option<Arc<str>>,
    /// Heading of the column with the units' codes.
    pub unit: Option<String>,
    /// Headings of figures.
    pub columns: Vec<DraftListColumn>,
    /// Headings that say something of the unit, or stand over no figures.
    pub others: Vec<String>,
}

/// A heading over figures.
#[derive(Debug)]
pub struct DraftListColumn {
    /// As written.
    pub heading: String,
    /// Where it stands, from 0.
    pub at: usize,
    /// Its meaning.
    pub meaning: Meaning,
}

/// Meaning of a heading over figures: slots of the form.
#[derive(Debug, PartialEq, Eq)]
pub enum Meaning {
    /// It is the cell's address as tkgd writes it.
    Address(SlotIndex),
    /// It says what this cell says, and no other cell does.
    Sure(SlotIndex),
    /// Nearest cells, nearest first; none comes near where it is empty.
    Unsure(Vec<SlotIndex>),
    /// A heading that stands over an earlier column too, which is the one that would be read.
    Repeated,
}

impl Meaning {
    /// Whether one cell is meant, as far as can be told.
    #[must_use]
    pub fn is_sure(&self) -> bool {
        matches!(self, Self::Address(_) | Self::Sure(_))
    }
}

/// The zero-based row of the headings of a one-row-per-unit table; `None` for anything else.
#[must_use]
pub fn list_heading_row(raw: &RawSheet, words: &Vocabulary) -> Option<u32> {
    raw.cells.iter().filter(|cell| cell.row <= HEADING_ROWS).find_map(|cell| {
        let RawValue::Text(text) = &cell.value else { return None };
        let texts = || raw.row(cell.row).iter().filter(|other| matches!(&other.value, RawValue::Text(text) if !text.trim().is_empty()));
        let has_unit = raw.get(cell.row + 1, cell.column).is_some();
        (is_one_of(&fold(text), &words.lists.unit) && texts().count() >= FEWEST && has_unit).then_some(cell.row)
    })
}

/// The mapping of a list to the form that most of its headings fit; `None` without a form to fit.
#[must_use]
pub fn draft_list(table: &Table, forms: &[Arc<Form>], words: &Vocabulary) -> Option<ListDraft> {
    let drafter = Drafter { table, vocabulary: words, filling: Filling::new(words) };
    let cells: Vec<CellWords> = forms.iter().map(|form| CellWords::of(form, &drafter.filling)).collect();
    let stem = table.file.rsplit('/').next().map(fold).unwrap_or_default();
    let draft = |at: usize, look: bool| drafter.draft(&forms[at], &cells[at], look);
    let rank = |at: &usize| {
        let sure = draft(*at, false).columns.iter().filter(|column| column.meaning.is_sure()).count();
        (sure > 0 && stem.starts_with(&fold(&forms[*at].short)), sure)
    };
    // Of equals the first: forms come with those in force before those that were.
    let best = (0..forms.len()).rev().max_by_key(rank)?;
    Some(draft(best, true))
}

/// Needs of drafting besides a form.
struct Drafter<'a> {
    table: &'a Table,
    vocabulary: &'a Vocabulary,
    filling: Filling,
}

impl Drafter<'_> {
    /// The mapping to one form; without looking for what is near, which takes longest, when `look` is false.
    fn draft(&self, form: &Arc<Form>, cells: &CellWords, look: bool) -> ListDraft {
        let (table, lists) = (self.table, &self.vocabulary.lists);
        let mut draft =
            ListDraft { form: Arc::clone(form), sheet: table.sheet.clone(), unit: None, columns: Vec::new(), others: Vec::new() };
        let (mut taken, mut seen) = (HashSet::new(), HashSet::new());
        for (at, heading) in table.headings.iter().enumerate().filter(|(_, heading)| !heading.is_empty()) {
            let folded = fold(heading);
            if draft.unit.is_none() && is_one_of(&folded, &lists.unit) {
                draft.unit = Some(heading.clone());
                continue;
            }
            if is_one_of(&folded, &lists.others) || !has_figures(table, at) {
                draft.others.push(heading.clone());
                continue;
            }
            let meaning = match cells.meaning(&folded, &self.filling, look) {
                _ if !seen.insert(folded) => Meaning::Repeated,
                Meaning::Address(slot) | Meaning::Sure(slot) if !taken.insert(slot) => Meaning::Unsure(vec![slot]),
                other => other,
            };
            draft.columns.push(DraftListColumn { heading: heading.clone(), at, meaning });
        }
        draft
    }
}

/// True unless a column has values and none of them is a number or the mark of one.
fn has_figures(table: &Table, at: usize) -> bool {
    let values = || table.rows.iter().filter_map(|row| row.values.get(at)).filter(|value| **value != TableValue::Empty);
    let is_figure = |value: &TableValue| match value {
        TableValue::Text(text) => matches!(text.trim(), "-" | "#" | "?") || text.chars().all(|c| c.is_ascii_digit() || ".,- ".contains(c)),
        other => !matches!(other, TableValue::Date(_)),
    };
    values().next().is_none() || values().any(is_figure)
}

/// Words of every cell of a form.
struct CellWords {
    addresses: HashMap<String, SlotIndex>,
    /// Words of label and column, and the same with the group's words: by words, and by slot.
    equal: HashMap<Words, Vec<SlotIndex>>,
    words: SlotVec<[Words; 2]>,
}

impl CellWords {
    fn of(form: &Form, filling: &Filling) -> Self {
        let mut cells = Self { addresses: HashMap::new(), equal: HashMap::new(), words: SlotVec::default() };
        for slot in form.layout.each_slot() {
            let (sheet, coded, column) = form.layout.address(slot);
            let sheet = &form.layout.sheets[sheet];
            let (row, column) = (sheet.coded_row(coded), &sheet.columns[column]);
            let own = filling.without(&fold(&format!("{} {}", row.label, column.path.join(" "))));
            let with_group: Words = own.union(&filling.without(&fold(&row.group))).cloned().collect();
            cells.addresses.insert(fold(&list_heading(&form.layout, slot)), slot);
            cells.equal.entry(own.clone()).or_default().push(slot);
            if with_group != own {
                cells.equal.entry(with_group.clone()).or_default().push(slot);
            }
            cells.words.push([own, with_group]);
        }
        cells
    }

    fn meaning(&self, folded: &str, filling: &Filling, look: bool) -> Meaning {
        let mut tokens = folded.split(|c: char| c.is_whitespace() || "[](){}:;".contains(c));
        if let Some(&slot) = tokens.find_map(|token| self.addresses.get(token)) {
            return Meaning::Address(slot);
        }
        let wanted = filling.without(folded);
        match self.equal.get(&wanted).filter(|_| !wanted.is_empty()).map(Vec::as_slice) {
            Some([slot]) => Meaning::Sure(*slot),
            Some(several) => Meaning::Unsure(several.iter().copied().take(NEAREST).collect()),
            None if look => Meaning::Unsure(self.nearest(&wanted)),
            None => Meaning::Unsure(Vec::new()),
        }
    }

    fn nearest(&self, wanted: &Words) -> Vec<SlotIndex> {
        let score = |cell: &[Words; 2]| cell.iter().map(|own| alike(own, wanted)).fold(0.0, f64::max);
        let mut scored: Vec<(f64, SlotIndex)> =
            self.words.iter().map(score).zip(self.words.indexes()).filter(|(score, _)| *score >= NEAR).collect();
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        scored.into_iter().take(NEAREST).map(|(_, slot)| slot).collect()
    }
}

/// Words of a text that tell cells apart, each once.
type Words = BTreeSet<String>;

/// Words for totals and words that fill: they tell nothing apart.
struct Filling(Vec<String>);

impl Filling {
    fn new(words: &Vocabulary) -> Self {
        let all = words.totals.headings.iter().chain(&words.lists.filling);
        Self(all.map(|word| padded(&fold(word))).collect())
    }

    /// The other words of a folded text, without signs.
    fn without(&self, folded: &str) -> Words {
        let mut left = padded(folded);
        for word in &self.0 {
            if left.contains(word.as_str()) {
                left = left.replace(word.as_str(), " ");
            }
        }
        left.split_whitespace().map(str::to_owned).collect()
    }
}

/// Words with two blanks between them, so that neighbours can be taken out one by one.
fn padded(folded: &str) -> String {
    let words: Vec<&str> = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    format!(" {} ", words.join("  "))
}

/// Words in common, of all words (Jaccard).
fn alike(one: &Words, other: &Words) -> f64 {
    let common = one.intersection(other).count();
    let all = one.len() + other.len() - common;
    #[expect(clippy::cast_precision_loss, reason = "words of a heading")]
    if all == 0 { 0.0 } else { common as f64 / all as f64 }
}
