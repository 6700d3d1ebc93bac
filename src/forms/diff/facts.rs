//! Knowledge of the matching about each row, folded once, and which sheets correspond.

use std::collections::BTreeSet;

use super::super::form::{Layout, Sheet};
use super::{IndexPair, Member};
use crate::base::text::fold;

/// A sheet corresponds to another when they are alike by more than this.
const SHEETS_ALIKE: f64 = 0.3;

/// A text of so many different words that stands whole in a longer one is alike by this much.
const WORDS_ENOUGH: usize = 3;
const SAID_WITH_MORE: f64 = 0.65;

/// Coded rows of a layout, as the matching sees them.
#[derive(Debug)]
pub struct RowFacts {
    /// Sheet and coded index.
    pub at: Member,
    /// Row code.
    pub code: String,
    /// Label without bullets, folded.
    pub label: String,
    /// Numbers in the label: grades, ages, bands.
    pub numbers: Vec<String>,
    /// Label of the row it stands under.
    pub parent: String,
    /// The row it stands under, as an index into the facts.
    pub parent_at: Option<usize>,
    /// Heading it stands under.
    pub group: String,
    /// Unit of measure.
    pub unit: String,
    /// Place in the form, from 0 to 1.
    pub position: f64,
    /// Rows it is the total or whole of.
    pub parts: Vec<usize>,
    /// Rows it is a part of.
    pub totals: Vec<usize>,
}

impl RowFacts {
    /// The facts of every coded row, sheet after sheet.
    pub fn of(layout: &Layout) -> Vec<Self> {
        let mut facts: Vec<Self> = Vec::new();
        for (index, sheet) in layout.data_sheets() {
            let first = facts.len();
            add_sheet(index, sheet, first, &mut facts);
            for sum in sheet.sums.rows.iter().chain(&sheet.sums.subsets) {
                for &part in &sum.parts {
                    facts[first + sum.total].parts.push(first + part);
                    facts[first + part].totals.push(first + sum.total);
                }
            }
        }
        let last = facts.len().max(2) - 1;
        for (place, row) in facts.iter_mut().enumerate() {
            row.position = place as f64 / last as f64;
        }
        facts
    }
}

fn add_sheet(index: usize, sheet: &Sheet, first: usize, facts: &mut Vec<RowFacts>) {
    // Rows above, outermost first: indent, label, place among the facts of those with a code.
    let mut above: Vec<(u8, String, Option<usize>)> = Vec::new();
    let mut coded = 0;
    for row in &sheet.rows {
        let label = plain(&row.label);
        while above.last().is_some_and(|(indent, ..)| *indent >= row.indent) {
            above.pop();
        }
        if let Some(code) = &row.code {
            facts.push(RowFacts {
                at: Member { sheet: index, at: coded },
                code: code.to_string(),
                numbers: numbers_in(&label),
                label: label.clone(),
                parent: above.last().map(|(_, label, _)| label.clone()).unwrap_or_default(),
                parent_at: above.iter().rev().find_map(|(.., at)| *at),
                group: plain(&row.group),
                unit: fold(&row.unit),
                position: 0.0,
                parts: Vec::new(),
                totals: Vec::new(),
            });
            coded += 1;
        }
        let at = row.code.is_some().then(|| first + coded - 1);
        above.push((row.indent, label, at));
    }
}

/// A label without bullets and end marks, folded.
pub fn plain(label: &str) -> String {
    let bare = |c: char| c.is_whitespace() || matches!(c, '-' | '+' | '*' | '•' | '–' | ':' | '.' | ',' | ';');
    // Blanks around a dash are typed at will: "20 -29".
    fold(label).trim_matches(bare).replace(" -", "-").replace("- ", "-")
}

/// The numbers a text holds, in order.
fn numbers_in(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// How alike two folded texts are, from 0 to 1; texts about other numbers are not alike.
pub fn likeness(a: &str, b: &str) -> f64 {
    if a == b {
        return 1.0;
    }
    let words = |text: &str| -> BTreeSet<String> { text.split(|c: char| !c.is_alphanumeric()).map(str::to_owned).collect() };
    let (short, long) = (words(a), words(b));
    let (short, long) = if short.len() <= long.len() { (short, long) } else { (long, short) };
    // Said again with more words.
    let within = if short.len() >= WORDS_ENOUGH && short.is_subset(&long) { SAID_WITH_MORE } else { 0.0 };
    strsim::sorensen_dice(a, b).max(within)
}

/// Which sheet of the new layout each sheet of the old one is.
pub fn match_sheets(old: &Layout, new: &Layout) -> Vec<IndexPair> {
    let mut scored: Vec<(f64, usize, usize)> = Vec::new();
    for (i, a) in old.sheets.iter().enumerate() {
        for (j, b) in new.sheets.iter().enumerate().filter(|(_, b)| b.number_kind() == a.number_kind()) {
            let score = if a.number_kind().is_none() { 1.0 } else { sheets_alike(a, b) };
            scored.push((score, i, j));
        }
    }
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
    let mut pairs: Vec<IndexPair> = Vec::new();
    for (score, i, j) in scored {
        if score > SHEETS_ALIKE && pairs.iter().all(|pair| pair.old != i && pair.new != j) {
            pairs.push(IndexPair { old: i, new: j });
        }
    }
    pairs.sort_unstable();
    pairs
}

/// How alike two sheets are: by their labels, their column headings, their names.
fn sheets_alike(a: &Sheet, b: &Sheet) -> f64 {
    let labels = |sheet: &Sheet| sheet.coded.iter().map(|&row| plain(&sheet.rows[row].label)).collect();
    let headings = |sheet: &Sheet| sheet.columns.iter().map(|c| c.path.iter().map(|p| plain(p)).collect::<Vec<_>>().join(">")).collect();
    let name = f64::from(u8::from(fold(&a.name) == fold(&b.name)));
    0.6 * shared(&labels(a), &labels(b)) + 0.3 * shared(&headings(a), &headings(b)) + 0.1 * name
}

/// The share of the smaller set that both have.
fn shared(a: &BTreeSet<String>, b: &BTreeSet<String>) -> f64 {
    a.intersection(b).count() as f64 / a.len().min(b.len()).max(1) as f64
}
