//! Mappings between form versions: which old cells make a new one.
//!
//! Proposed by a diff, confirmed once by a person, then used by everything that looks back:
//! last year's figures, rules across years, series, reconciliation. An unconfirmed mapping is
//! never used. It stands in `schemas/<circular of the new form>/mappings/`.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::Deserialize;

use super::diff::FormChange;
use super::form::{Layout, Sheet};
use super::{SlotIndex, SlotVec};
use crate::base::index::indexes;
use crate::base::message::{Message, message};

/// A mapping as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappingFile {
    /// Full id of the form that owns the old layout.
    pub from: String,
    /// Full id of the form that owns the new layout.
    pub to: String,
    /// Whether a person has confirmed it.
    pub status: MappingStatus,
    /// Role of the person who did; no name.
    #[serde(default)]
    pub confirmed_by: String,
    /// When.
    #[serde(default)]
    pub confirmed_on: Option<NaiveDate>,
    /// Sheets of the old form that nothing came of.
    #[serde(default)]
    pub dropped_sheets: Vec<String>,
    /// Sheets of the new form that come of nothing.
    #[serde(default)]
    pub added_sheets: Vec<String>,
    /// Fates of rows and columns, by pair of sheets.
    #[serde(default)]
    pub sheets: Vec<SheetMapping>,
}

/// Whether a mapping may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MappingStatus {
    /// Made by a diff; nobody has looked.
    Proposed,
    /// A person vouches for it.
    Confirmed,
}

/// Rows and columns that go from one sheet to another.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetMapping {
    /// Id of the old sheet.
    pub from: String,
    /// Id of the new sheet.
    pub to: String,
    /// Codes that are the same row in both.
    #[serde(default)]
    pub same_rows: Vec<String>,
    /// Column numbers that are the same column in both.
    #[serde(default)]
    pub same_columns: Vec<u16>,
    /// Rows that changed.
    #[serde(default)]
    pub rows: Vec<RowMapping>,
    /// Columns that changed.
    #[serde(default)]
    pub columns: Vec<ColumnMapping>,
}

/// Fate of a row: several old ones may add up to a new one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowMapping {
    /// Old codes; none for a row that was added.
    #[serde(default)]
    pub from: Vec<String>,
    /// New code; none for a row that was dropped.
    #[serde(default)]
    pub to: Option<String>,
    /// Changes.
    #[serde(default)]
    pub changes: Vec<FormChange>,
    /// False where old and new figures must not be compared, whatever they are called.
    #[serde(default = "yes")]
    pub comparable: bool,
}

/// Fate of a column.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnMapping {
    /// Old numbers.
    #[serde(default)]
    pub from: Vec<u16>,
    /// New number.
    #[serde(default)]
    pub to: Option<u16>,
    /// Changes.
    #[serde(default)]
    pub changes: Vec<FormChange>,
    /// False where old and new figures must not be compared.
    #[serde(default = "yes")]
    pub comparable: bool,
}

const fn yes() -> bool {
    true
}

/// For every slot of a new layout, the slots of an old one that add up to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlotMap {
    /// None where nothing old can be compared.
    parts: SlotVec<Option<Vec<SlotIndex>>>,
}

/// A mapping ready to use.
#[derive(Debug, Clone)]
pub struct Mapping {
    /// As written.
    pub file: MappingFile,
    /// Path below `schemas/`.
    pub path: Arc<str>,
    /// Id of the old layout.
    pub old_layout: Arc<str>,
    /// Id of the new one.
    pub new_layout: Arc<str>,
    /// Old cells of each new cell.
    pub slots: SlotMap,
    /// Problems that keep a proposed mapping from being confirmed.
    pub problems: Vec<Message>,
}

/// How old figures may be looked at in a new layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormMapping {
    /// Through this.
    Open(SlotMap),
    /// There is a mapping that nobody has confirmed yet: its path.
    Unconfirmed(Arc<str>),
    /// There is none.
    None,
}

impl SlotMap {
    /// Every cell is itself.
    #[must_use]
    pub fn identity(slots: usize) -> Self {
        Self { parts: indexes(0..slots).map(|slot| Some(vec![slot])).collect() }
    }

    /// The old slots of a new one; `None` where it cannot be compared.
    #[must_use]
    pub fn parts(&self, slot: SlotIndex) -> Option<&[SlotIndex]> {
        self.parts.get(slot)?.as_deref()
    }

    /// The slots of the new layout, in order.
    #[must_use]
    pub fn slots(&self) -> impl ExactSizeIterator<Item = SlotIndex> + DoubleEndedIterator + Clone + use<> {
        self.parts.indexes()
    }

    /// Number of slots of the new layout.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// True for a layout without slots.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// This mapping, then another one from its new layout on.
    #[must_use]
    pub fn then(&self, next: &Self) -> Self {
        let through = |parts: &Option<Vec<SlotIndex>>| {
            let all: Option<Vec<&[SlotIndex]>> = parts.as_ref()?.iter().map(|&slot| self.parts(slot)).collect();
            Some(all?.concat())
        };
        Self { parts: next.parts.iter().map(through).collect() }
    }
}

impl Mapping {
    /// Checks a written mapping against both layouts.
    ///
    /// # Errors
    /// Every name that does not exist, every row and column that stands twice, and, once
    /// confirmed, every one that is not accounted for.
    pub fn new(file: MappingFile, path: &str, old: &Layout, new: &Layout) -> Result<Self, Vec<Message>> {
        let mut problems = Vec::new();
        let mut slots = SlotMap { parts: SlotVec::filled(None, new.slots) };
        for entry in &file.sheets {
            let find = |layout: &Layout, id: &str| layout.data_sheets().map(|(index, _)| index).find(|&i| *layout.sheets[i].id == *id);
            match (find(old, &entry.from), find(new, &entry.to)) {
                (Some(from), Some(to)) => fill(entry, &old.sheets[from], &new.sheets[to], &mut slots, &mut problems),
                _ => problems.push(message!("forms.no_such_sheets", from = entry.from, old = old.id, to = entry.to, new = new.id)),
            }
        }
        if file.status == MappingStatus::Confirmed {
            problems.extend(unaccounted(&file, old, new));
            if file.confirmed_by.trim().is_empty() || file.confirmed_on.is_none() {
                problems.push(message!("forms.confirmed_mapping_says_confirmed"));
            }
        }
        let (old_layout, new_layout) = (Arc::clone(&old.id), Arc::clone(&new.id));
        if problems.is_empty() { Ok(Self { file, path: path.into(), old_layout, new_layout, slots, problems }) } else { Err(problems) }
    }
}

impl Mapping {
    /// A proposed mapping that does not fit the forms it names.
    #[must_use]
    pub fn unusable(file: MappingFile, path: &str, old: &Layout, new: &Layout, problems: Vec<Message>) -> Self {
        let (old_layout, new_layout) = (Arc::clone(&old.id), Arc::clone(&new.id));
        Self { file, path: path.into(), old_layout, new_layout, slots: SlotMap { parts: SlotVec::filled(None, new.slots) }, problems }
    }
}

/// Coded index or column of the new sheet, and those of the old one that make it.
type Lines = Vec<(usize, Vec<usize>)>;

fn fill(entry: &SheetMapping, old: &Sheet, new: &Sheet, slots: &mut SlotMap, problems: &mut Vec<Message>) {
    let rows = lines(entry.row_lines(), |code| old.find_code(code), |code| new.find_code(code), problems);
    let columns = lines(entry.column_lines(), |n| find_column(old, n), |n| find_column(new, n), problems);
    for (row, old_rows) in &rows {
        for (column, old_columns) in &columns {
            let parts = old_rows.iter().flat_map(|&r| old_columns.iter().map(move |&c| old.slot(r, c)));
            let slot = &mut slots.parts[new.slot(*row, *column)];
            if slot.replace(parts.collect()).is_some() {
                let code = new.coded_row(*row).code.as_deref().unwrap_or_default();
                problems.push(message!("forms.sheet_code_stands_twice", sheet = new.id, code));
                break;
            }
        }
    }
}

fn find_column(sheet: &Sheet, number: &str) -> Option<usize> {
    sheet.find_column(number.parse().ok()?)
}

fn lines(
    written: Vec<MappingLine>,
    old: impl Fn(&str) -> Option<usize>,
    new: impl Fn(&str) -> Option<usize>,
    problems: &mut Vec<Message>,
) -> Lines {
    let mut out = Lines::new();
    for MappingLine { from, to, comparable, .. } in written {
        let mut known = |name: &str, found: Option<usize>, side: Message| {
            if found.is_none() {
                problems.push(message!("forms.not_form", name, side));
            }
            found
        };
        let parts: Vec<usize> = from.iter().filter_map(|name| known(name, old(name), message!("forms.old"))).collect();
        let target = to.as_deref().and_then(|name| known(name, new(name), message!("forms.new")));
        if let Some(target) = target.filter(|_| comparable && !parts.is_empty()) {
            out.push((target, parts));
        }
    }
    out
}

/// One line of a mapping, of rows or of columns, whether it changed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MappingLine {
    /// Old codes or column numbers.
    pub from: Vec<String>,
    /// New code or column number.
    pub to: Option<String>,
    /// Changes.
    pub changes: Vec<FormChange>,
    /// Old and new figures may be compared.
    pub comparable: bool,
}

impl MappingLine {
    fn same(name: &str) -> Self {
        Self { from: vec![name.to_owned()], to: Some(name.to_owned()), changes: Vec::new(), comparable: true }
    }
}

impl SheetMapping {
    /// Every row of the pair of sheets.
    #[must_use]
    pub fn row_lines(&self) -> Vec<MappingLine> {
        let changed = self.rows.iter().cloned();
        let changed = changed.map(|RowMapping { from, to, changes, comparable }| MappingLine { from, to, changes, comparable });
        self.same_rows.iter().map(|code| MappingLine::same(code)).chain(changed).collect()
    }

    /// Every column of the pair of sheets, numbers as texts.
    #[must_use]
    pub fn column_lines(&self) -> Vec<MappingLine> {
        let changed = self.columns.iter().map(|column| MappingLine {
            from: column.from.iter().map(u16::to_string).collect(),
            to: column.to.map(|number| number.to_string()),
            changes: column.changes.clone(),
            comparable: column.comparable,
        });
        self.same_columns.iter().map(|number| MappingLine::same(&number.to_string())).chain(changed).collect()
    }
}

/// Rows of either form that a mapping says nothing about.
fn unaccounted(file: &MappingFile, old: &Layout, new: &Layout) -> Vec<Message> {
    let mut out = Vec::new();
    for (layout, is_new) in [(old, false), (new, true)] {
        let gone = if is_new { &file.added_sheets } else { &file.dropped_sheets };
        for (_, sheet) in layout.data_sheets().filter(|(_, sheet)| !gone.iter().any(|id| **id == *sheet.id)) {
            let entries = file.sheets.iter().filter(|entry| if is_new { *entry.to == *sheet.id } else { *entry.from == *sheet.id });
            let named: Vec<String> = entries
                .flat_map(SheetMapping::row_lines)
                .flat_map(|line| if is_new { line.to.into_iter().collect() } else { line.from })
                .collect();
            let codes = sheet.coded.iter().filter_map(|&row| sheet.rows[row].code.as_deref());
            let missing: Vec<&str> = codes.filter(|code| !named.iter().any(|name| name == code)).collect();
            if !missing.is_empty() {
                let side = if is_new { message!("forms.new") } else { message!("forms.old") };
                out.push(message!("forms.sheet_form_nothing_said", sheet = sheet.id, side, missing = missing.join(", ")));
            }
        }
    }
    out
}

/// The way from an old layout to a new one: the same, or through confirmed mappings, the shortest first.
#[must_use]
pub fn form_mapping(mappings: &[Mapping], old: &Layout, new: &Layout) -> FormMapping {
    if old.id == new.id {
        return FormMapping::Open(SlotMap::identity(new.slots));
    }
    let confirmed = |mapping: &&Mapping| mapping.file.status == MappingStatus::Confirmed;
    let mut seen: Vec<&str> = vec![&old.id];
    let mut front: Vec<(&str, Option<SlotMap>)> = vec![(&old.id, None)];
    while !front.is_empty() {
        let mut next = Vec::new();
        for (at, so_far) in &front {
            for mapping in mappings.iter().filter(confirmed).filter(|mapping| &*mapping.old_layout == *at) {
                if seen.contains(&&*mapping.new_layout) {
                    continue;
                }
                let slots = so_far.as_ref().map_or_else(|| mapping.slots.clone(), |map| map.then(&mapping.slots));
                if mapping.new_layout == new.id {
                    return FormMapping::Open(slots);
                }
                seen.push(&mapping.new_layout);
                next.push((&*mapping.new_layout, Some(slots)));
            }
        }
        front = next;
    }
    let waiting = mappings.iter().find(|m| m.old_layout == old.id && m.new_layout == new.id);
    waiting.map_or(FormMapping::None, |mapping| FormMapping::Unconfirmed(Arc::clone(&mapping.path)))
}
