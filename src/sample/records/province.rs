//! A province with its records: register, records school by school, returns that agree with them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use rayon::prelude::*;

use super::bound::BoundRecipe;
use super::counted::{CountedForm, Counts};
use super::school::{RecordMaker, SchoolRecords};
use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::records::RecordBook;
use crate::sample::history::{Filling, History, merge_returns};
use crate::sample::places::SamplePlace;
use crate::sample::{RegisterLine, Rng, SampleReturn};
use crate::tabulate::{AgeDays, RecordRows, Tabulation};

/// Places that are made together: enough for the plan of counting to pay, few enough to be held.
const PLACES: usize = 256;

/// Records of a school with the school's place.
#[derive(Debug)]
pub struct PlacedRecords {
    place: usize,
    /// The records.
    pub records: SchoolRecords,
}

/// A province and its records, some places at a time.
pub struct RecordProvince<'a> {
    history: &'a History<'a>,
    book: &'a RecordBook,
    maker: &'a RecordMaker<'a>,
    /// Forms whose cells are not counted.
    drawn: HashMap<&'a str, Filling<'a>>,
    counted: Vec<CountedForm>,
    /// Places by the code of their unit, of those that others file with.
    filers: BTreeMap<&'a str, usize>,
    /// Counts of places that file for others, by place and form.
    pending: BTreeMap<(usize, usize), Counts>,
    /// Places without records, whose returns come last.
    others: Vec<usize>,
}

/// Makes the records of the schools of a history's first opening.
///
/// # Errors
/// A recipe that is not right.
pub fn record_maker<'a>(history: &History<'_>, book: &'a RecordBook) -> Result<RecordMaker<'a>> {
    let (schemas, period) = (history.schemas, history.next());
    let recipe = BoundRecipe::load(&schemas.files, book, &history.recipe.nursery_groups)?;
    let days = AgeDays { year: period.year.0, day: schemas.governing(period)?.as_at(period).unwrap_or_default() };
    Ok(RecordMaker { book, recipe, seed: Rng::named(history.seed, "records").next_u64(), days })
}

impl<'a> RecordProvince<'a> {
    /// The province of a history's first opening.
    ///
    /// # Errors
    /// A recipe or definitions that are not right.
    pub fn new(history: &'a History<'a>, maker: &'a RecordMaker<'a>) -> Result<Self> {
        let (schemas, period, book) = (history.schemas, history.next(), maker.book);
        let regulation = schemas.governing(period)?;
        let forms = schemas.forms_of(&regulation.id).filter(|form| form.term == period.term && !form.layout.counts.is_empty());
        let counted = forms.map(|form| CountedForm::new(form, book, &history.recipe)).collect::<Result<Vec<_>>>()?;
        let mut drawn = history.fillings()?;
        drawn.retain(|short, _| !counted.iter().any(|form| *form.form().short == **short));
        let with: BTreeSet<&str> = history.places.iter().map(|place| place.line.files_with.as_str()).collect();
        let filers = history.places.iter().enumerate().map(|(index, place)| (place.line.code.as_str(), index));
        let filers = filers.filter(|(code, _)| with.contains(code)).collect();
        Ok(Self { history, book, maker, drawn, counted, filers, pending: BTreeMap::new(), others: Vec::new() })
    }

    /// Lines of the register.
    pub fn register(&self) -> impl Iterator<Item = &'a RegisterLine> + use<'a> {
        self.history.places.iter().map(|place| &place.line)
    }

    /// The school's line in the register.
    #[must_use]
    pub fn line(&self, of: &PlacedRecords) -> &'a RegisterLine {
        &self.place(of.place).line
    }

    /// Forms whose cells are counted.
    #[must_use]
    pub fn counted(&self) -> &[CountedForm] {
        &self.counted
    }

    /// Stretches of places that are made together.
    pub fn batches(&self) -> impl Iterator<Item = Range<usize>> + use<> {
        let places = self.history.places.len();
        (0..places).step_by(PLACES).map(move |first| first..(first + PLACES).min(places))
    }

    /// The records of some places.
    #[must_use]
    pub fn records(&self, places: Range<usize>) -> Vec<PlacedRecords> {
        let of = |place: usize| Some(PlacedRecords { place, records: self.maker.school(&self.history.places[place])? });
        places.into_par_iter().filter_map(of).collect()
    }

    /// A pupil of another school than this, by id: the first of the first school that has any.
    #[must_use]
    pub fn other_pupil(&self, of: &SchoolRecords) -> Option<String> {
        let others = self.history.places.iter().filter(|place| *place.line.code != *of.code);
        let found = others.filter_map(|place| self.maker.school(place)).find(|own| own.rows[self.maker.recipe.pupil].len > 0)?;
        Some(found.person_id(self.maker.recipe.pupil, 0))
    }

    /// Returns of some places, whose records these are; those of places that others file with, and of places without records, come last.
    ///
    /// # Errors
    /// Conditions that cannot be decided.
    pub fn returns(&mut self, places: Range<usize>, records: &[PlacedRecords]) -> Result<Vec<SampleReturn>> {
        let counts = self.count(records).map_err(|problem| Error::config("records", problem))?;
        for (own, counts) in records.iter().zip(&counts) {
            for (form, counts) in counts.iter().enumerate() {
                self.put_off(own.place, form, counts);
            }
        }
        let now: BTreeMap<usize, &Vec<Counts>> = records.iter().map(|own| own.place).zip(&counts).collect();
        let of = |(place, counts): (&usize, &&Vec<Counts>)| {
            if self.is_last(*place) { Vec::new() } else { self.of_place(*place, &|form| Some(counts[form].clone())) }
        };
        let returns = now.par_iter().flat_map_iter(of).collect();
        let last: Vec<usize> = places.filter(|place| !now.contains_key(place) || self.is_last(*place)).collect();
        self.others.extend(last);
        Ok(returns)
    }

    /// Whether the return of a place waits for other places, or goes into another unit's.
    fn is_last(&self, place: usize) -> bool {
        let line = &self.place(place).line;
        !line.files_with.is_empty() || self.filers.contains_key(line.code.as_str())
    }

    /// Keeps counts of a school whose return comes last, for itself or for whom it files with.
    fn put_off(&mut self, place: usize, form: usize, counts: &Counts) {
        let filer = self.filers.get(self.place(place).line.files_with.as_str()).copied();
        let own = Some(place).filter(|place| self.files(*place, form) && self.is_last(*place));
        let Some(at) = own.or_else(|| filer.filter(|filer| self.files(*filer, form))) else { return };
        let sums = self.pending.entry((at, form)).or_insert_with(|| vec![0; counts.len()]);
        sums.iter_mut().zip(counts).for_each(|(sum, count)| *sum += count);
    }

    /// Returns of everybody else, once all records are through.
    #[must_use]
    pub fn other_returns(&self) -> Vec<SampleReturn> {
        let of = |place: &usize| self.of_place(*place, &|form| self.pending.get(&(*place, form)).cloned());
        merge_returns(self.others.par_iter().flat_map_iter(of).collect())
    }

    fn place(&self, place: usize) -> &'a SamplePlace {
        &self.history.places[place]
    }

    /// Whether a place files a counted form.
    fn files(&self, place: usize, form: usize) -> bool {
        let short = &self.counted[form].form().short;
        self.place(place).forms.iter().any(|own| self.history.shorts[*own] == *short)
    }

    /// Counts of each school by form.
    fn count(&self, records: &[PlacedRecords]) -> std::result::Result<Vec<Vec<Counts>>, Message> {
        if records.is_empty() {
            return Ok(Vec::new());
        }
        let mut all: Vec<RecordRows> = self.book.entities.indexes().map(|entity| RecordRows::new(entity, self.book)).collect();
        let (mut school, mut class) = (0, 0);
        for own in records {
            all.iter_mut().zip(own.records.rows.iter()).for_each(|(all, rows)| all.append(rows, school, class));
            school += 1;
            class += u32::try_from(own.records.rows[self.book.class].len).unwrap_or_default();
        }
        let (schools, classes) = (all[self.book.school.get()].clone(), all[self.book.class.get()].clone());
        let definitions: Vec<_> = self.counted.iter().map(|form| form.definition.clone()).collect();
        let tabulation = Tabulation::new(self.book, &definitions, schools, classes, self.maker.days)?;
        let owners = [self.book.school, self.book.class];
        all.par_iter().filter(|rows| !owners.contains(&rows.entity)).for_each(|rows| tabulation.count(rows));
        let by_form = |cells: Vec<crate::tabulate::CountedCell>| {
            let mut counts: Vec<HashMap<_, u32>> = vec![HashMap::new(); definitions.len()];
            for cell in cells {
                counts[cell.form].insert(cell.slot, cell.count);
            }
            let in_order = |(own, counts): (&crate::tabulate::FormDefinition, HashMap<_, u32>)| -> Counts {
                own.cells.iter().map(|cell| counts.get(&cell.slot).copied().unwrap_or_default()).collect()
            };
            definitions.iter().zip(counts).map(in_order).collect()
        };
        Ok(tabulation.finish().into_iter().map(by_form).collect())
    }

    /// Returns of one place; `counts` are those of a counted form.
    fn of_place(&self, index: usize, counts: &dyn Fn(usize) -> Option<Counts>) -> Vec<SampleReturn> {
        let place = self.place(index);
        let filer: Arc<str> = if place.line.files_with.is_empty() { &*place.line.code } else { &*place.line.files_with }.into();
        let mut returns = self.history.file(index, place, &self.drawn, self.history.next()).0;
        for (number, form) in self.counted.iter().enumerate().filter(|(number, _)| self.files(index, *number)) {
            let values = form.fill(counts(number).as_ref(), &place.profile, self.history.seed_of(&form.form().short, index));
            returns.push(SampleReturn { unit: Arc::clone(&filer), form: Arc::clone(form.form()), values });
        }
        returns
    }
}
