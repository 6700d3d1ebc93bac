//! Returns out of what was counted: a cell is in them when everything it asks for was told, and is not there otherwise.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::known::{FieldOrKind, Needs};
use super::oddities::OddityRules;
use super::opened::OpenedFile;
use super::reader::{RecordReader, RecordsRead};
use crate::base::message::Message;
use crate::findings::{Finding, Location, Subject};
use crate::forms::{Form, SlotIndex};
use crate::records::EntityIndex;
use crate::register::UnitIndex;
use crate::returns::{Lineage, Part, Placement, Source, Status, Submission, Values};
use crate::tabulate::FormDefinition;

/// Returns of records, and what they cannot tell.
#[derive(Debug, Default)]
pub struct RecordReturns {
    /// A return for each school and form.
    pub submissions: Vec<Submission>,
    /// Cells that no return has, by what is not told.
    pub findings: Vec<Finding>,
}

/// A cell with what it counts and needs.
struct NeededCell {
    slot: SlotIndex,
    kind: EntityIndex,
    /// Place among the different needs.
    needs: usize,
}

/// The cells of a form.
struct NeededForm<'a> {
    form: &'a Arc<Form>,
    /// Place among the definitions.
    number: usize,
    cells: Vec<NeededCell>,
}

/// Cells that are not known for want of one thing.
#[derive(Default)]
struct Lacked {
    cells: BTreeSet<SlotIndex>,
    schools: BTreeSet<u32>,
}

impl RecordsRead {
    /// The returns of these schools. A school for which the register expects no return of a form has one where records count
    /// anything in it.
    #[must_use]
    pub fn returns(&self, reader: &RecordReader<'_>, files: &[OpenedFile]) -> RecordReturns {
        let mut needs: Vec<Needs> = Vec::new();
        let forms: Vec<NeededForm<'_>> =
            reader.definitions.iter().enumerate().map(|(number, own)| needed(number, own, reader, &mut needs)).collect();
        let mut returns = RecordReturns::default();
        let mut lacked: BTreeMap<(usize, FieldOrKind), Lacked> = BTreeMap::new();
        for filer in self.filers(reader) {
            let unit = &reader.names.tree.units[filer.unit];
            let lacking: Vec<BTreeMap<FieldOrKind, BTreeSet<u32>>> = needs.iter().map(|own| self.lacking(own, &filer, reader)).collect();
            for form in &forms {
                let counts = self.counts(&filer, form.number);
                if !unit.expects(&form.form.short) && counts.values().all(|count| *count == 0) {
                    continue;
                }
                for cell in &form.cells {
                    for (own, schools) in &lacking[cell.needs] {
                        let lacked = lacked.entry((form.number, *own)).or_default();
                        lacked.cells.insert(cell.slot);
                        lacked.schools.extend(schools);
                    }
                }
                let cells = form.cells.iter().filter(|cell| lacking[cell.needs].is_empty());
                let sources = FilerFiles { read: self, filer: &filer, files };
                returns.submissions.extend(sources.submission(&unit.code, form.form, cells, &counts));
            }
        }
        returns.findings = lacked.into_iter().map(|((form, lacking), own)| finding(&forms[form], lacking, &own, reader)).collect();
        returns
    }
}

/// A unit with the schools that its return covers.
struct Filer {
    unit: UnitIndex,
    /// Their numbers.
    schools: Vec<u32>,
    /// Numbers of the files that hold their records.
    named: BTreeSet<u32>,
}

impl RecordsRead {
    /// Units of whose schools there are records.
    fn filers(&self, reader: &RecordReader<'_>) -> Vec<Filer> {
        let tree = reader.names.tree;
        let numbers: HashMap<UnitIndex, u32> = self.units.iter().zip(0..).map(|(unit, number)| (*unit, number)).collect();
        let filer = |(unit, covered): (UnitIndex, &Vec<UnitIndex>)| {
            let schools: Vec<u32> = covered.iter().filter_map(|own| numbers.get(own).copied()).collect();
            let kinds = || reader.book.entities.indexes();
            let files = schools.iter().flat_map(|school| kinds().flat_map(|kind| self.told.files(kind, *school).iter().copied()));
            let named: BTreeSet<u32> = files.collect();
            (!named.is_empty()).then_some(Filer { unit, schools, named })
        };
        tree.covered.iter_enumerated().filter_map(filer).collect()
    }

    /// What is not told, and for which of the schools.
    fn lacking(&self, needs: &Needs, filer: &Filer, reader: &RecordReader<'_>) -> BTreeMap<FieldOrKind, BTreeSet<u32>> {
        let mut all: BTreeMap<FieldOrKind, BTreeSet<u32>> = BTreeMap::new();
        for school in &filer.schools {
            for own in needs.lacking(&self.told, *school, reader.book) {
                all.entry(own).or_default().insert(*school);
            }
        }
        all
    }

    /// Counts of the schools together.
    fn counts(&self, filer: &Filer, form: usize) -> BTreeMap<SlotIndex, i64> {
        let mut counts: BTreeMap<SlotIndex, i64> = BTreeMap::new();
        for cell in filer.schools.iter().flat_map(|school| &self.cells[*school as usize]).filter(|cell| cell.form == form) {
            *counts.entry(cell.slot).or_default() += i64::from(cell.count);
        }
        counts
    }
}

fn needed<'a>(number: usize, own: &'a FormDefinition, reader: &RecordReader<'_>, needs: &mut Vec<Needs>) -> NeededForm<'a> {
    let mut place = |own: Needs| {
        needs.iter().position(|known| *known == own).unwrap_or_else(|| {
            needs.push(own);
            needs.len() - 1
        })
    };
    let cells = own.cells.iter().map(|cell| NeededCell { slot: cell.slot, kind: cell.entity, needs: place(Needs::of(cell, reader.book)) });
    NeededForm { form: &own.form, number, cells: cells.collect() }
}

/// Files that hold the records of a return.
struct FilerFiles<'a> {
    read: &'a RecordsRead,
    filer: &'a Filer,
    files: &'a [OpenedFile],
}

impl FilerFiles<'_> {
    /// The return; nothing where no cell is known.
    fn submission<'c>(
        &self,
        unit: &Arc<str>,
        form: &Arc<Form>,
        cells: impl Iterator<Item = &'c NeededCell>,
        counts: &BTreeMap<SlotIndex, i64>,
    ) -> Option<Submission> {
        let layout = &form.layout;
        let mut values = Values::new(layout.slots);
        values.slots().for_each(|slot| values.set(slot, Status::Absent, 0));
        let names: Vec<Arc<str>> = self.filer.named.iter().map(|file| Arc::clone(&self.files[*file as usize].source.file)).collect();
        let mut of: Vec<Vec<u8>> = layout.sheets.iter().map(|sheet| vec![0; sheet.slots()]).collect();
        let mut is_filled = false;
        for cell in cells {
            values.set(cell.slot, Status::Computed, counts.get(&cell.slot).copied().unwrap_or_default());
            let (sheet, _, _) = layout.address(cell.slot);
            of[sheet][layout.sheets[sheet].offset(cell.slot)] = self.place_of_file(cell.kind);
            is_filled = true;
        }
        if !is_filled {
            return None;
        }
        let placement = |own: Vec<u8>| {
            let is_counted = own.iter().any(|place| *place > 0);
            if is_counted { Placement::Counted { files: names.clone(), of: Arc::new(own) } } else { Placement::Absent }
        };
        let placements: Vec<Placement> = of.into_iter().map(placement).collect();
        let sources: Vec<&Source> = self.filer.named.iter().map(|file| &self.files[*file as usize].source).collect();
        let (source, others) = sources.split_first()?;
        let absent = vec![Placement::Absent; layout.sheets.len()];
        let parts = others.iter().map(|own| Part { source: Source::clone(own), placements: absent.clone() }).collect();
        let lineage = Lineage { parts, ..Lineage::default() };
        Some(Submission { unit: Arc::clone(unit), form: Arc::clone(form), values, source: Source::clone(source), placements, lineage })
    }

    /// Place, counted from 1, of the file whose records of a kind are counted; of several the first. Where none has any, there are
    /// none, and the first file of the school stands for all.
    fn place_of_file(&self, kind: EntityIndex) -> u8 {
        let files = self.filer.schools.iter().flat_map(|school| self.read.told.files(kind, *school));
        let file = files.min();
        let place = file.and_then(|file| self.filer.named.iter().position(|own| own == file)).unwrap_or_default();
        u8::try_from(place + 1).unwrap_or(u8::MAX)
    }
}

fn finding(form: &NeededForm<'_>, lacking: FieldOrKind, own: &Lacked, reader: &RecordReader<'_>) -> Finding {
    let words: Message = match lacking {
        FieldOrKind::Kind(kind) => reader.book.entities[kind].words.clone(),
        FieldOrKind::Field(field) => reader.book.field(field).words.clone(),
    };
    let subject = Subject { form: Some(Arc::clone(&form.form.id)), ..Subject::default() };
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    let finding = Finding::new(OddityRules::CELLS_NOT_COUNTED).subject(subject).location(Location::default());
    finding.observed(count(own.cells.len()), words).detail(count(own.schools.len()))
}
