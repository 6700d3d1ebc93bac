//! A submission: one unit's values for one form, and where each stood.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Values;
use crate::base::location::{CellRef, MAX_ROW};
use crate::findings::{ComparedCell, Location, Subject};
use crate::forms::{Form, SlotIndex};

/// An input file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Source {
    /// Path as the user named it, with `/` between folders.
    pub file: Arc<str>,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: Arc<str>,
    /// When it was last modified, in seconds since 1970; 0 where unknown.
    pub modified: u64,
}

/// Where the cells of one sheet of a form stand in an input file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// The file does not have the sheet.
    Absent,
    /// A sheet shaped like the form.
    Grid {
        /// Sheet name in the file.
        sheet: Arc<str>,
        /// Zero-based row of each coded row; above [`MAX_ROW`] where absent.
        rows: Vec<u32>,
        /// Zero-based column of each value column; `u16::MAX` where absent.
        columns: Vec<u16>,
    },
    /// One line of a list.
    Line {
        /// Sheet name in the file, if it is a workbook.
        sheet: Option<Arc<str>>,
        /// Zero-based row.
        row: u32,
        /// Zero-based column of each slot of the sheet; `u16::MAX` where absent.
        columns: Arc<Vec<u16>>,
    },
    /// Told cell by cell, as an archive does.
    Each {
        /// Sheet name in the file, if it is a workbook.
        sheet: Option<Arc<str>>,
        /// The cell of each slot of the sheet, where the file had it.
        cells: Vec<Option<CellRef>>,
    },
    /// Counted from records: no cell of a file holds it.
    Counted {
        /// Files of the records.
        files: Vec<Arc<str>>,
        /// Of each slot of the sheet the file whose records it counts, its place counted from 1; 0 where it is not counted,
        /// [`COUNTED_AND_UNKNOWN`] where these records cannot tell it.
        of: Arc<Vec<u8>>,
    },
}

/// Which files a return corrects, and what it takes over from them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lineage {
    /// Beginnings of the SHA-256 of the files it answers, the last one first.
    pub answers: Vec<String>,
    /// Sheets of the form, by index, that it does not hold itself, and the file they are from.
    pub taken: BTreeMap<usize, Arc<str>>,
    /// Answers typed into its sheet of errors, and those of the files it corrects.
    pub typed: Vec<TypedAnswer>,
    /// Other lists that hold cells of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

/// A list that holds some cells of a return, while others stand in other lists.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The list.
    pub source: Source,
    /// Placement of each sheet of the form in it.
    pub placements: Vec<Placement>,
}

/// An answer to a finding, typed into the workbook that brings it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TypedAnswer {
    /// Identity of the finding with its values.
    pub key: String,
    /// Text that was typed.
    pub text: String,
    /// The workbook.
    pub file: Arc<str>,
    /// Sheet where it stands.
    pub sheet: Arc<str>,
    /// Its cell.
    pub cell: CellRef,
}

/// One unit's values for one form.
#[derive(Debug, Clone)]
pub struct Submission {
    /// Unit code; empty while a file is checked alone.
    pub unit: Arc<str>,
    /// The form.
    pub form: Arc<Form>,
    /// Values over the form's slots.
    pub values: Values,
    /// The file they came from.
    pub source: Source,
    /// Placement of each sheet of the form.
    pub placements: Vec<Placement>,
    /// Version that it corrects.
    pub lineage: Lineage,
}

/// Place of a slot that is counted from records, though not from those at hand.
pub const COUNTED_AND_UNKNOWN: u8 = u8::MAX;

impl Placement {
    /// The name of the sheet in the file, where it has one.
    #[must_use]
    pub const fn sheet_mut(&mut self) -> Option<&mut Arc<str>> {
        match self {
            Self::Absent | Self::Counted { .. } => None,
            Self::Grid { sheet, .. } => Some(sheet),
            Self::Line { sheet, .. } | Self::Each { sheet, .. } => sheet.as_mut(),
        }
    }
}

impl Submission {
    /// Sheet name and cell where a slot stood, if the file had it.
    #[must_use]
    pub fn cell(&self, slot: SlotIndex) -> (Option<Arc<str>>, Option<CellRef>) {
        let (sheet, cell) = self.stands_at(slot);
        (sheet.cloned(), cell)
    }

    /// Place of a slot without a copy of the name: for those who ask for every cell of many returns, on several threads.
    #[must_use]
    pub fn stands_at(&self, slot: SlotIndex) -> (Option<&Arc<str>>, Option<CellRef>) {
        let own = self.placed_by(&self.placements, slot);
        if own.1.is_some() { own } else { self.part_of(slot).map_or(own, |part| self.placed_by(&part.placements, slot)) }
    }

    /// Every file that it was read from as a whole: its own, then the other lists that hold cells of it.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        std::iter::once(&self.source).chain(self.lineage.parts.iter().map(|part| &part.source))
    }

    /// The file in which a slot stood; that of the return itself where none had it.
    #[must_use]
    pub fn file_of(&self, slot: SlotIndex) -> &Arc<str> {
        if let Some(file) = self.counted_from(slot) {
            return file;
        }
        if let Some(part) = self.part_of(slot) {
            return &part.source.file;
        }
        self.lineage.taken.get(&self.form.layout.address(slot).0).unwrap_or(&self.source.file)
    }

    /// The file whose records a slot counts, where it counts any.
    #[must_use]
    pub fn counted_from(&self, slot: SlotIndex) -> Option<&Arc<str>> {
        let sheet = self.form.layout.address(slot).0;
        let Placement::Counted { files, of } = &self.placements[sheet] else { return None };
        let place = of.get(self.form.layout.sheets[sheet].offset(slot)).copied()?;
        files.get(usize::from(place).checked_sub(1)?)
    }

    /// Whether a slot is one of those that records tell, known or not.
    #[must_use]
    pub fn is_of_records(&self, slot: SlotIndex) -> bool {
        let sheet = self.form.layout.address(slot).0;
        let Placement::Counted { of, .. } = &self.placements[sheet] else { return false };
        of.get(self.form.layout.sheets[sheet].offset(slot)).is_some_and(|place| *place > 0)
    }

    /// Whether any of it is counted from records.
    #[must_use]
    pub fn is_counted(&self) -> bool {
        self.placements.iter().any(|placement| matches!(placement, Placement::Counted { .. }))
    }

    /// The other list in which a slot stood, where the return's own file does not have it.
    fn part_of(&self, slot: SlotIndex) -> Option<&Part> {
        if self.lineage.parts.is_empty() || self.placed_by(&self.placements, slot).1.is_some() || self.counted_from(slot).is_some() {
            return None;
        }
        self.lineage.parts.iter().find(|part| self.placed_by(&part.placements, slot).1.is_some())
    }

    fn placed_by<'a>(&self, placements: &'a [Placement], slot: SlotIndex) -> (Option<&'a Arc<str>>, Option<CellRef>) {
        let (sheet, coded, column) = self.form.layout.address(slot);
        match &placements[sheet] {
            Placement::Absent | Placement::Counted { .. } => (None, None),
            Placement::Grid { sheet, rows, columns } => {
                let at = CellRef::new(rows[coded], columns[column]);
                (Some(sheet), (at.row <= MAX_ROW && at.column != u16::MAX).then_some(at))
            }
            Placement::Line { sheet: name, row, columns } => {
                let at = columns[self.form.layout.sheets[sheet].offset(slot)];
                (name.as_ref(), (at != u16::MAX).then_some(CellRef::new(*row, at)))
            }
            Placement::Each { sheet: name, cells } => (name.as_ref(), cells[self.form.layout.sheets[sheet].offset(slot)]),
        }
    }

    /// The unit, where the file is known to be of one.
    #[must_use]
    pub fn known_unit(&self) -> Option<Arc<str>> {
        (!self.unit.is_empty()).then(|| Arc::clone(&self.unit))
    }

    /// Subject of a finding about a slot.
    #[must_use]
    pub fn subject(&self, slot: SlotIndex) -> Subject {
        let (sheet, coded, column) = self.form.layout.address(slot);
        let sheet = &self.form.layout.sheets[sheet];
        Subject {
            unit: self.known_unit(),
            form: Some(Arc::clone(&self.form.id)),
            sheet: Some(Arc::clone(&sheet.id)),
            code: sheet.coded_row(coded).code.clone(),
            column: Some(sheet.columns[column].number),
        }
    }

    /// The cell of a slot, as a finding that compares it names it.
    #[must_use]
    pub fn compared_cell(&self, slot: SlotIndex) -> ComparedCell {
        let subject = self.subject(slot);
        ComparedCell { code: subject.code.unwrap_or_default(), column: subject.column.unwrap_or_default(), cell: self.cell(slot).1 }
    }

    /// Where a finding about a slot is.
    #[must_use]
    pub fn place(&self, slot: SlotIndex) -> Location {
        let (sheet, cell) = self.cell(slot);
        Location { file: Some(Arc::clone(self.file_of(slot))), sheet, cell }
    }
}
