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
use crate::returns::{COUNTED_AND_UNKNOWN, Lineage, Part, Placement, Source, Status, Submission, Values};
use crate::tabulate::{CellDefinition, FormDefinition, RowCondition};

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
    /// Layouts of which a file holds every record that it counts, though not all records of a school.
    covered_by: BTreeSet<usize>,
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
        let used: BTreeSet<usize> = files.iter().flat_map(|file| file.tables.iter().map(|table| table.layout)).collect();
        let forms: Vec<NeededForm<'_>> =
            reader.definitions.iter().enumerate().map(|(number, own)| needed(number, own, reader, &used, &mut needs)).collect();
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
                let mut known: Vec<bool> = Vec::new();
                for cell in &form.cells {
                    let mut own = lacking[cell.needs].clone();
                    let partly = self.told_in_part(cell, &filer, reader);
                    if !partly.is_empty() {
                        own.entry(FieldOrKind::Kind(cell.kind)).or_default().extend(partly);
                    }
                    known.push(own.is_empty());
                    for (own, schools) in own {
                        let lacked = lacked.entry((form.number, own)).or_default();
                        lacked.cells.insert(cell.slot);
                        lacked.schools.extend(schools);
                    }
                }
                let sources = FilerFiles { read: self, filer: &filer, files };
                returns.submissions.extend(sources.submission(&unit.code, form, &known, &counts));
            }
        }
        returns.findings =
            lacked.into_iter().map(|((form, lacking), own)| self.finding(&forms[form], lacking, &own, reader, files)).collect();
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

    /// Everything that is not told, and for which of the schools.
    fn lacking(&self, needs: &Needs, filer: &Filer, reader: &RecordReader<'_>) -> BTreeMap<FieldOrKind, BTreeSet<u32>> {
        let mut all: BTreeMap<FieldOrKind, BTreeSet<u32>> = BTreeMap::new();
        for school in &filer.schools {
            for own in needs.lacking(&self.told, *school, reader.book) {
                all.entry(own).or_default().insert(*school);
            }
        }
        all
    }

    /// Schools of whose records of a kind files hold only some, and not all that a cell counts.
    fn told_in_part(&self, cell: &NeededCell, filer: &Filer, reader: &RecordReader<'_>) -> BTreeSet<u32> {
        let is_part = |layout: &usize| reader.book.layouts[*layout].covers.contains_key(&cell.kind) && !cell.covered_by.contains(layout);
        let layouts = |school: &u32| self.told.layouts(cell.kind, *school);
        filer.schools.iter().copied().filter(|school| !layouts(school).is_empty() && layouts(school).iter().all(is_part)).collect()
    }

    /// Counts of the schools together.
    fn counts(&self, filer: &Filer, form: usize) -> BTreeMap<SlotIndex, i64> {
        let mut counts: BTreeMap<SlotIndex, i64> = BTreeMap::new();
        for cell in filer.schools.iter().flat_map(|school| self.cells.cells_of(*school as usize)).filter(|cell| cell.form == form) {
            *counts.entry(cell.slot).or_default() += i64::from(cell.count);
        }
        counts
    }
}

fn needed<'a>(
    number: usize,
    own: &'a FormDefinition,
    reader: &RecordReader<'_>,
    used: &BTreeSet<usize>,
    needs: &mut Vec<Needs>,
) -> NeededForm<'a> {
    let mut place = |own: Needs| {
        needs.iter().position(|known| *known == own).unwrap_or_else(|| {
            needs.push(own);
            needs.len() - 1
        })
    };
    let covers = |cell: &CellDefinition, layout: usize| {
        let wider = reader.book.layouts[layout].covers.get(&cell.entity)?;
        RowCondition::implies(cell.conditions.iter(), wider, reader.book).ok().filter(|implied| *implied)
    };
    let cells = own.cells.iter().map(|cell| NeededCell {
        slot: cell.slot,
        kind: cell.entity,
        needs: place(Needs::of(cell, reader.book)),
        covered_by: used.iter().copied().filter(|layout| covers(cell, *layout).is_some()).collect(),
    });
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
    fn submission(&self, unit: &Arc<str>, of: &NeededForm<'_>, known: &[bool], counts: &BTreeMap<SlotIndex, i64>) -> Option<Submission> {
        if !known.contains(&true) {
            return None;
        }
        let form = of.form;
        let layout = &form.layout;
        let mut values = Values::new(layout.slots);
        for slot in values.slots() {
            let (sheet, coded, column) = layout.address(slot);
            let is_crossed_out = layout.sheets[sheet].coded_row(coded).not_applicable.contains(&column);
            values.set(slot, if is_crossed_out { Status::NotApplicable } else { Status::Absent }, 0);
        }
        let names: Vec<Arc<str>> = self.filer.named.iter().map(|file| Arc::clone(&self.files[*file as usize].source.file)).collect();
        let mut places: Vec<Vec<u8>> = layout.sheets.iter().map(|sheet| vec![0; sheet.slots()]).collect();
        for (cell, is_known) in of.cells.iter().zip(known) {
            let (sheet, _, _) = layout.address(cell.slot);
            let place = &mut places[sheet][layout.sheets[sheet].offset(cell.slot)];
            *place = COUNTED_AND_UNKNOWN;
            if *is_known {
                values.set(cell.slot, Status::Computed, counts.get(&cell.slot).copied().unwrap_or_default());
                *place = self.place_of_file(cell.kind);
            }
        }
        let placement = |own: Vec<u8>| {
            let is_counted = own.iter().any(|place| *place > 0);
            if is_counted { Placement::Counted { files: names.clone(), of: Arc::new(own) } } else { Placement::Absent }
        };
        let placements: Vec<Placement> = places.into_iter().map(placement).collect();
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
        // Files beyond those that a byte can tell are told by the last of these.
        u8::try_from(place + 1).unwrap_or(COUNTED_AND_UNKNOWN).min(COUNTED_AND_UNKNOWN - 1)
    }
}

impl RecordsRead {
    /// Cells that are not known for want of one thing, at the file that should tell it.
    fn finding(
        &self,
        form: &NeededForm<'_>,
        lacking: FieldOrKind,
        own: &Lacked,
        reader: &RecordReader<'_>,
        files: &[OpenedFile],
    ) -> Finding {
        let (words, kind): (Message, EntityIndex) = match lacking {
            FieldOrKind::Kind(kind) => (reader.book.entities[kind].words.clone(), kind),
            FieldOrKind::Field(field) => (reader.book.field(field).words.clone(), field.entity),
        };
        let subject = Subject { form: Some(Arc::clone(&form.form.id)), ..Subject::default() };
        let file = own.schools.iter().find_map(|school| self.told.files(kind, *school).first());
        let file = file.map(|file| Arc::clone(&files[*file as usize].source.file));
        let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
        let finding = Finding::new(OddityRules::CELLS_NOT_COUNTED).subject(subject).location(Location { file, ..Location::default() });
        finding.observed(count(own.cells.len()), words).detail(count(own.schools.len()))
    }
}
