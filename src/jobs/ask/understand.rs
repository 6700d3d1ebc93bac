//! A question in people's words, understood: what is counted, of whom, where, when, by which parts, beyond which threshold.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::known::{Known, KnownPlace};
use super::things::{AskedPart, Thing, called, thing_named};
use super::words::{AskWords, DimensionWords, Remaining, SingleYear, ToldNumber};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::base::term::{SchoolYear, Term};

/// A question that was understood.
#[derive(Debug)]
pub struct Understood<'a> {
    /// Object of the question.
    pub thing: &'a Thing,
    /// Values that columns select.
    pub dimensions: Vec<&'a DimensionWords>,
    /// Levels of education; all where empty.
    pub levels: Vec<String>,
    /// Place; everything otherwise.
    pub place: Option<&'a KnownPlace>,
    /// Parts of the table.
    pub division: Division,
    /// Name of the parts, where they are places.
    pub parts: String,
    /// School years, the last one last.
    pub years: Vec<SchoolYear>,
    /// The other school year that a single year may mean; none where there is no doubt.
    pub doubt: Option<SchoolYear>,
    /// The threshold.
    pub threshold: Option<Threshold>,
    /// Cells that are added up.
    pub cells: Vec<AskedCell>,
}

/// Parts by which an answer is divided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Division {
    /// One figure.
    Whole,
    /// By level of education.
    Level,
    /// By unit that returns are of.
    School,
    /// By units of a kind, as `commune`.
    Kind(String),
    /// By values of a grouping of the register.
    Grouping(String),
}

/// A threshold of an answer's rows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Threshold {
    /// Against a year ago.
    pub change: bool,
    /// Above the number, or below it.
    pub more: bool,
    /// The number.
    pub told: ToldNumber,
}

/// A cell of a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AskedCell {
    /// Id of the form.
    pub form: Arc<str>,
    /// Id of the sheet.
    pub sheet: Arc<str>,
    /// Row code.
    pub code: Arc<str>,
    /// Number of the column.
    pub column: u16,
}

impl Understood<'_> {
    /// Levels to be said: those that were asked for, or all that are counted where they are several.
    pub fn levels_said(&self) -> Vec<&str> {
        if !self.levels.is_empty() {
            return self.levels.iter().map(String::as_str).collect();
        }
        let is_counted = |part: &&AskedPart| self.cells.iter().any(|cell| cell.form == part.form.id);
        let mut levels: Vec<&str> = Vec::new();
        for part in self.thing.parts.iter().filter(is_counted) {
            if !levels.contains(&&*part.part.level) {
                levels.push(&part.part.level);
            }
        }
        if levels.len() > 1 { levels } else { Vec::new() }
    }

    /// Whether another question asks for the same figures.
    pub fn is_same(&self, other: &Understood<'_>) -> bool {
        let place = |own: &Self| own.place.map(|place| (place.kind.clone(), place.code.clone()));
        let other_place = other.place.map(|place| (place.kind.clone(), place.code.clone()));
        self.cells == other.cells
            && place(self) == other_place
            && self.division == other.division
            && self.years == other.years
            && self.threshold == other.threshold
    }
}

/// Understands a question out of what the archive holds. A place is looked for by its whole name first; without the word for its
/// kind only where the question is not understood otherwise.
///
/// # Errors
/// When something in it is not known, with what may be meant; or no form has such cells.
pub fn understand<'a>(text: &str, term: Term, words: &'a AskWords, known: &'a Known) -> Result<Understood<'a>> {
    let mut rest = Remaining::new(text);
    let place = known.take_place(&mut rest)?;
    let problem = match understand_rest(rest, place, term, words, known) {
        Ok(understood) => return Ok(understood),
        Err(problem) => problem,
    };
    let mut rest = Remaining::new(text);
    match known.take_bare_place(&mut rest)? {
        Some(bare) => understand_rest(rest, Some(bare), term, words, known).map_err(|_| problem),
        None => Err(problem),
    }
}

/// Understands what is left of a question without its place.
fn understand_rest<'a>(
    mut rest: Remaining,
    place: Option<&'a KnownPlace>,
    term: Term,
    words: &'a AskWords,
    known: &'a Known,
) -> Result<Understood<'a>> {
    let threshold = take_threshold(&mut rest, words)?;
    let lists_schools = threshold.is_some()
        && (words.listed.iter().any(|lead| rest.take(lead))
            || words.listed_around.iter().any(|[first, later]| rest.take_around(first, later)));
    let AskedYears { years, doubt } = AskedYears::take(&mut rest, term, words, known)?;
    let division = known.take_division(&mut rest, words).unwrap_or(if lists_schools { Division::School } else { Division::Whole });
    let mut whole = rest.clone();
    take_ignored(&mut whole, words);
    let described = Described::new(rest, words);
    // A name may have words in it that otherwise tell columns.
    let (thing, Described { dimensions, levels, .. }) = match called(&known.things, &whole.words().join(" ")) {
        Some(thing) => (thing, Described { dimensions: Vec::new(), levels: Vec::new(), ..described }),
        None => (thing_named(&known.things, &described.rest.words())?, described),
    };
    let select: BTreeMap<String, String> = dimensions.iter().map(|own| (own.key.clone(), own.value.clone())).collect();
    let mut cells = cells(thing, &select, &levels);
    let before = threshold.filter(|own| own.change).and(years.last()).map(|last| SchoolYear(last.0 - 1));
    cells.retain(|cell| years.iter().chain(&before).any(|year| known.has_form(*year, &cell.form)));
    if cells.is_empty() {
        let reason = message!("query.ask_no_cells", name = thing.name(crate::base::message::Lang::Vi));
        return Err(Error::config("ask", reason).with_hint(message!("query.ask_without_parts")));
    }
    // A change is seen at parts; without any, at schools.
    let division = if threshold.is_some() && division == Division::Whole { Division::School } else { division };
    let parts = known.name_of(&division);
    Ok(Understood { thing, dimensions, levels, place, division, parts, years, doubt, threshold, cells })
}

/// Columns and levels of a question, and the words that are left once columns and levels are taken away.
struct Described<'a> {
    rest: Remaining,
    dimensions: Vec<&'a DimensionWords>,
    levels: Vec<String>,
}

impl<'a> Described<'a> {
    fn new(mut rest: Remaining, words: &'a AskWords) -> Self {
        let mut dimensions: Vec<&DimensionWords> = Vec::new();
        for own in longest_first(words.dimensions.iter().flat_map(|own| own.words.iter().map(move |word| (word, own)))) {
            let is_free = dimensions.iter().all(|known| known.key != own.1.key);
            if is_free && rest.take(own.0) {
                dimensions.push(own.1);
            }
        }
        let mut levels = Vec::new();
        for own in longest_first(words.level_words.iter().flat_map(|own| own.words.iter().map(move |word| (word, own)))) {
            let is_told = words.levels.iter().any(|lead| rest.take(&format!("{lead} {}", own.0))) || rest.take(own.0);
            if is_told && !levels.contains(&own.1.level) {
                levels.push(own.1.level.clone());
            }
        }
        take_ignored(&mut rest, words);
        Self { rest, dimensions, levels }
    }
}

/// Takes words away that say nothing about what is counted.
fn take_ignored(rest: &mut Remaining, words: &AskWords) {
    for (word, ()) in longest_first(words.ignored.iter().map(|word| (word, ()))) {
        while rest.take(word) {}
    }
}

/// Phrases with what they mean, the longest first, so that none is taken for a part of another.
fn longest_first<'a, T>(phrases: impl Iterator<Item = (&'a String, T)>) -> Vec<(&'a String, T)> {
    let mut all: Vec<(&String, T)> = phrases.collect();
    all.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.chars().count()));
    all
}

fn take_threshold(rest: &mut Remaining, words: &AskWords) -> Result<Option<Threshold>> {
    for own in &words.thresholds {
        for (lead, ()) in longest_first(own.words.iter().map(|word| (word, ()))) {
            if let Some(told) = rest.take_number(lead) {
                if told.is_percent && !own.change {
                    return Err(Error::config("ask", message!("query.ask_percent_of_change")));
                }
                return Ok(Some(Threshold { change: own.change, more: own.more, told }));
            }
        }
    }
    Ok(None)
}

/// School years that are asked for.
struct AskedYears {
    years: Vec<SchoolYear>,
    doubt: Option<SchoolYear>,
}

impl AskedYears {
    /// One, all, or the last that there is. A single year stands for the school year that begins in it; a calendar year for the one
    /// whose term lies in it.
    fn take(rest: &mut Remaining, term: Term, words: &AskWords, known: &Known) -> Result<Self> {
        let of = |years| Ok(Self { years, doubt: None });
        if rest.take_any(&words.all_years) {
            return of(known.years.clone());
        }
        if let Some(year) = rest.take_year(&words.year).map(SchoolYear) {
            return if known.years.contains(&year) { of(vec![year]) } else { Err(no_year(&year.to_string(), known)) };
        }
        let Some(SingleYear { lead, year }) = rest.take_single_year(&words.year) else {
            return of(known.years.last().copied().into_iter().collect());
        };
        let (begins, ends) = (SchoolYear(year), SchoolYear(year - 1));
        let is_end = term == Term::Closing && words.calendar_year.iter().any(|own| own == lead);
        let (meant, other) = if is_end { (ends, begins) } else { (begins, ends) };
        if !known.years.contains(&meant) {
            return Err(no_year(&year.to_string(), known));
        }
        Ok(Self { years: vec![meant], doubt: Some(other).filter(|other| known.years.contains(other)) })
    }
}

/// That the archive has no such school year, with those that it has.
fn no_year(name: &str, known: &Known) -> Error {
    let years: Vec<String> = known.years.iter().map(ToString::to_string).collect();
    let hint = Some(message!("query.ask_years", years = years.join(", ")));
    Error::Unknown { kind: message!("kinds.school_year"), name: name.to_owned(), hint }
}

/// Cells of a thing in the columns that are asked for, at the levels that are.
fn cells(thing: &Thing, select: &BTreeMap<String, String>, levels: &[String]) -> Vec<AskedCell> {
    let mut cells = Vec::new();
    for AskedPart { form, part } in &thing.parts {
        if !levels.is_empty() && !levels.iter().any(|level| **level == *part.level) {
            continue;
        }
        for slot in part.slots(&form.layout, select).unwrap_or_default() {
            let (sheet, coded, column) = form.layout.address(slot);
            let sheet = &form.layout.sheets[sheet];
            cells.push(AskedCell {
                form: Arc::clone(&form.id),
                sheet: Arc::clone(&sheet.id),
                code: sheet.coded_row(coded).code.clone().unwrap_or_default(),
                column: sheet.columns[column].number,
            });
        }
    }
    cells.sort();
    cells.dedup();
    cells
}
