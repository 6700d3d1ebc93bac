//! Claims of a workbook about itself, compared with what it was taken for.
//!
//! Unit, term and form stand in the name of the file, in the identity that a template carries and in the heading of
//! every sheet. What is silent (dots, the words of the blank) agrees with everything; what contradicts is asked.

use std::collections::HashSet;
use std::sync::Arc;

use serde::Deserialize;

use super::ReadContext;
use super::file_table::{Decision, DecisionWords};
use super::identify::{code_in_name, codes_in_name, field_texts, name_words, template_id};
use super::measure_claims::{MeasureWords, Scale, other_scale};
use super::period_said::{PeriodSaid, TermWords, other_year, period_in_name, period_in_text, shown_period, years_in};
use super::phrases::{Phrases, plain};
use super::recognise::{PlacedSheet, Recognised};
use super::return_id::return_id;
use crate::base::location::CellRef;
use crate::base::text::fold;
use crate::findings::Observed;
use crate::findings::{Finding, Location};
use crate::forms::{Form, HeaderCell, HeaderContent, TextCell, TextField};
use crate::ooxml::raw_cells::{RawValue, RawWorkbook};
use crate::privacy::described;
use crate::register::{NameWords, Named, UnitIndex};

/// The words by which claims are known, as `claims.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimWords {
    /// How headings name terms.
    pub terms: TermWords,
    /// How the titles of forms begin.
    pub titles: TitleWords,
    /// Units of measure.
    pub measures: MeasureWords,
    /// Words of decisions in a file table.
    pub decisions: DecisionWords,
    /// Columns of lists that make claims.
    pub columns: ClaimColumnWords,
    /// How names of units are written.
    pub names: NameWords,
}

/// How the titles of forms begin.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TitleWords {
    /// Words that a title holds.
    pub words: Phrases,
    /// Words that the title of a list holds.
    pub lists: Phrases,
    /// Levels of education of which a school may be of one and not of another.
    pub levels: Vec<String>,
}

/// Headings of columns of a list that say whose and of when its lines are.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimColumnWords {
    /// The unit's name.
    pub name: Vec<String>,
    /// The school year.
    pub year: Vec<String>,
    /// The term.
    pub term: Vec<String>,
    /// The form.
    pub form: Vec<String>,
    /// The level of education.
    pub level: Vec<String>,
    /// The unit of measure.
    pub measure: Vec<String>,
}

/// Unit, term and form that a workbook was taken for.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// Path of the file as shown.
    pub file: &'a str,
    /// Its form.
    pub form: &'a Form,
    /// Its unit, as an index into the tree; `None` while files are only checked.
    pub unit: Option<UnitIndex>,
    /// A person said whose it is.
    pub unit_is_decided: bool,
}

/// Rules by which a return is held until somebody decides.
pub const HOLDING: [&str; 5] = ["claim-other-unit", "claim-other-period", "claim-other-form", "claim-other-measure", "claim-refused"];

/// The rule by which different files of one return are held.
pub const DUPLICATE: &str = "duplicate-submission";

/// The rule by which a return of an office is held that says again what those below it have sent.
pub const SUM_OF_BELOW: &str = "sum-of-units-below";

/// A claim that contradicts is told with the place where it stands.
struct Claims<'a> {
    workbook: &'a RawWorkbook,
    recognised: &'a Recognised,
    taken: Taken<'a>,
    context: &'a ReadContext<'a>,
    found: Vec<Finding>,
}

/// Everything that a workbook says of itself and that is not what it was taken for.
#[must_use]
pub fn contradictions(workbook: &RawWorkbook, recognised: &Recognised, taken: Taken<'_>, context: &ReadContext<'_>) -> Vec<Finding> {
    let mut claims = Claims { workbook, recognised, taken, context, found: Vec::new() };
    let headings = claims.headings();
    claims.units(&headings);
    claims.receivers();
    claims.periods(&headings);
    claims.years_of_columns();
    claims.names_of_sheets();
    claims.measures();
    claims.forms(&headings);
    claims.titles(&headings);
    if claims.decision() == Some(Decision::Held) {
        claims.say("claim-refused", Location::default(), "{decision-held}", "", "claim-file-table");
    }
    claims.found
}

impl Claims<'_> {
    /// Decision of the file table about the file.
    fn decision(&self) -> Option<Decision> {
        self.context.units.and_then(|units| units.decision(self.taken.file))
    }

    fn say(
        &mut self,
        rule: &'static str,
        place: Location,
        found: impl Into<Observed>,
        expected: impl Into<Observed>,
        source: &'static str,
    ) {
        let is_let_in = self.decision() == Some(Decision::Counted);
        let rule = if is_let_in && HOLDING.contains(&rule) { "claim-decided" } else { rule };
        // None is told twice, as where every sheet repeats the heading, or one heading says it in two ways.
        let (found, source) = (found.into(), Observed::phrase(source));
        if self.found.iter().all(|known| known.rule != rule || known.found != found && known.detail != source) {
            self.found.push(Finding::new(rule).location(place).observed(found, expected).detail(source));
        }
    }

    fn units(&mut self, headings: &[Heading]) {
        let (tree, Some(own)) = (self.context.tree, self.taken.unit) else { return };
        let show = |unit: UnitIndex| tree.label(unit);
        let mut others: Vec<(String, &str, Location)> = Vec::new();
        let by_name =
            self.context.units.and_then(|rule| rule.code_of_file(self.taken.file)).or_else(|| code_in_name(self.taken.file, tree));
        if let Some(unit) = by_name.and_then(|code| tree.find(&code)).filter(|unit| *unit != own) {
            others.push((show(unit), "claim-file-name", Location::default()));
        }
        for unit in codes_in_name(self.taken.file, tree) {
            let is_related = unit == own || tree.ancestors(own).any(|above| above == unit) || tree.files_with[unit] == own;
            if !is_related && others.iter().all(|(known, ..)| *known != show(unit)) {
                others.push((show(unit), "claim-file-name", Location::default()));
            }
        }
        if let Named::Others(units) = self.context.names.look_for_school(&name_words(self.taken.file), own, tree) {
            others.push((tree.labels(&units, " / "), "claim-file-name", Location::default()));
        }
        let carried = [template_id(self.workbook).map(|id| id.unit), return_id(self.workbook).map(|id| id.unit)];
        for code in carried.into_iter().flatten() {
            if code.is_empty() || code.as_str() == &*tree.units[own].code {
                continue;
            }
            match tree.find(&code) {
                Some(unit) => others.push((show(unit), "claim-template", Location::default())),
                None => self.say("claim-unknown-unit", Location::default(), described(&code), show(own), "claim-template"),
            }
        }
        // Every sheet of a form repeats its heading; once is enough.
        let mut looked = HashSet::new();
        for field in field_texts(self.workbook, self.recognised, TextField::ReportingUnit) {
            if !looked.insert(field.text.clone()) {
                continue;
            }
            match self.context.names.resolve(&field.text, own, tree) {
                Named::Nothing | Named::Own | Named::Above => {}
                Named::Others(units) => others.push((tree.labels(&units, " / "), "claim-heading", field.place())),
                Named::Nobody => self.say("claim-unknown-unit", field.place(), described(&field.text), show(own), "claim-heading"),
            }
        }
        // Another school's name may stand anywhere above the tables; a name that nobody has may be anything there.
        for heading in headings.iter().filter(|heading| heading.field.is_none() && !tree.units[own].aggregate) {
            if let Named::Others(units) = self.context.names.look_for_school(&heading.text, own, tree) {
                others.push((tree.labels(&units, " / "), "claim-heading", heading.place()));
            }
        }
        let rule = if self.taken.unit_is_decided { "claim-decided" } else { "claim-other-unit" };
        for (found, source, place) in others {
            self.say(rule, place, &found, show(own), source);
        }
    }

    /// To whom a return goes: an office above its unit, or the ministry.
    fn receivers(&mut self) {
        let (tree, Some(own)) = (self.context.tree, self.taken.unit) else { return };
        let Some(field) = field_texts(self.workbook, self.recognised, TextField::ReceivingUnit).into_iter().next() else { return };
        let found = match self.context.names.look_for_office(&field.text, own, tree) {
            Named::Nothing | Named::Own | Named::Above => return,
            Named::Others(units) => tree.labels(&units, " / "),
            Named::Nobody => described(&field.text),
        };
        self.say("claim-other-receiver", field.place(), &found, tree.label(own), "claim-heading");
    }

    fn periods(&mut self, headings: &[Heading]) {
        let (wanted, circular) = (self.context.period, self.context.tree.day);
        let expected = shown_period(wanted);
        if let Some(id) = template_id(self.workbook).filter(|id| id.period != wanted) {
            self.say("claim-other-period", Location::default(), shown_period(id.period), &expected, "claim-template");
        }
        if let Some(said) =
            period_in_name(self.taken.file, &self.context.claim_words.terms).filter(|said| said.contradicts(wanted, circular))
        {
            self.say("claim-other-period", Location::default(), said.shown(), &expected, "claim-file-name");
        }
        // The words behind the unit's code, which may look like a year.
        let words = plain(&name_words(self.taken.file));
        if let Some(year) = other_year(&words, wanted, &self.context.claim_words.terms) {
            self.say("heading-other-year", Location::default(), year.to_string(), &expected, "claim-file-name");
        }
        for heading in headings {
            let said = PeriodSaid::of(&heading.plain, heading.field, &self.context.claim_words.terms);
            if said.contradicts(wanted, circular) {
                self.say("claim-other-period", heading.place(), said.shown(), &expected, "claim-heading");
            } else if let Some(year) = other_year(&heading.plain, wanted, &self.context.claim_words.terms) {
                self.say("heading-other-year", heading.place(), year.to_string(), &expected, "claim-heading");
            }
        }
    }

    /// The school year of a page may stand in the headings of its columns, where the form prints none. The terms that they
    /// name are what a column counts.
    fn years_of_columns(&mut self) {
        let (wanted, terms) = (self.context.period, &self.context.claim_words.terms);
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some(PlacedSheet { raw, fit }) = placed else { continue };
            let sheet = &self.workbook.sheets[*raw];
            let in_head = sheet.cells.iter().take_while(|cell| cell.row < fit.body).filter(|cell| cell.row >= fit.heading.row);
            // Text beside the form may be of any year.
            let of_form = in_head.filter(|cell| cell.column <= fit.code_column || fit.columns.contains(&cell.column));
            for cell in of_form {
                let RawValue::Text(text) = &cell.value else { continue };
                let may_state_year = text.chars().filter(|c| c.is_numeric()).count() >= 4;
                if !may_state_year || text.chars().count() > LONGEST_HEADING {
                    continue;
                }
                let said = plain(text);
                let is_printed = |printed: &HeaderCell| matches!(&printed.content, HeaderContent::Text(own) if fold(own) == fold(text));
                let year = years_in(&said).filter(|year| *year != wanted.year);
                let Some(year) = year.filter(|_| !terms.aside.are_in(&said) && !own.header.iter().any(is_printed)) else { continue };
                let place = Location { file: None, sheet: Some(Arc::from(sheet.name.as_str())), cell: Some(cell.at()) };
                self.say("claim-other-period", place, year.to_string(), shown_period(wanted), "claim-heading");
            }
        }
    }

    /// A sheet's name states as much as a file's; the forms' own names state nothing.
    fn names_of_sheets(&mut self) {
        let (wanted, as_at, words) = (self.context.period, self.context.tree.day, &self.context.claim_words.terms);
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some(PlacedSheet { raw, .. }) = placed else { continue };
            let name = self.workbook.sheets[*raw].name.as_str();
            if name == &*own.name {
                continue;
            }
            if let Some(said) = period_in_text(name, words).filter(|said| said.contradicts(wanted, as_at)) {
                let place = Location { file: None, sheet: Some(Arc::from(name)), cell: None };
                self.say("claim-other-period", place, said.shown(), shown_period(wanted), "claim-sheet-name");
            }
        }
    }

    fn measures(&mut self) {
        let words = &self.context.claim_words.measures;
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some(PlacedSheet { raw, fit }) = placed else { continue };
            let sheet = &self.workbook.sheets[*raw];
            let Some((at, kind)) = own.number_kind().and_then(|kind| Some((other_scale(sheet, own, fit, words)?, kind))) else { continue };
            let place = Location { file: None, sheet: Some(Arc::from(sheet.name.as_str())), cell: Some(at.0) };
            self.say("claim-other-measure", place, at.1.phrase(), Scale::of(kind).phrase(), "claim-heading");
        }
    }

    fn forms(&mut self, headings: &[Heading]) {
        let own = self.taken.form;
        if let Some(id) = template_id(self.workbook).filter(|id| id.form != *own.id) {
            // Names carried by the workbook may be anything: only forms that there are are named.
            let is_known = self.context.recogniser.forms().any(|known| *known.id == *id.form);
            let found = if is_known { id.form } else { described(&id.form) };
            self.say("claim-other-form", Location::default(), &found, &own.id, "claim-template");
        }
        let named = self.context.recogniser.named_in(self.taken.file.rsplit('/').next().unwrap_or_default());
        // A workbook may hold several forms, and forms of two circulars may have one symbol.
        if let Some(other) = named.first().filter(|_| named.iter().all(|form| form.short != own.short)) {
            let (found, expected) = (other.symbol.to_string(), own.symbol.to_string());
            self.say("claim-other-form", Location::default(), &found, &expected, "claim-file-name");
        }
        for heading in headings.iter().filter(|heading| heading.is_symbol()) {
            let named = self.context.recogniser.named_in(&heading.plain);
            if let Some(other) = named.first().filter(|_| named.iter().all(|form| form.short != own.short)) {
                let (found, expected) = (other.symbol.to_string(), own.symbol.to_string());
                self.say("claim-other-form", heading.place(), &found, &expected, "claim-heading");
            }
        }
    }

    /// A title that speaks of another level of education than the form's own.
    fn titles(&mut self, headings: &[Heading]) {
        let (own, names) = (self.taken.form, self.context.names);
        let kinds = names.kinds_in(&own.title);
        let words = &self.context.claim_words.titles.words;
        for heading in headings.iter().filter(|heading| words.are_in(&heading.plain)) {
            let said = names.kinds_in(&heading.text);
            let is_own_name = || self.taken.unit.is_some_and(|unit| names.resolve(&heading.text, unit, self.context.tree) == Named::Own);
            if said.is_empty() || kinds.is_empty() || !said.is_disjoint(&kinds) || is_own_name() {
                continue;
            }
            let other = self.context.recogniser.forms().find(|form| form.term == own.term && names.kinds_in(&form.title) == said);
            let found = other.map_or_else(|| described(&heading.text), |form| form.symbol.to_string());
            self.say("claim-other-form", heading.place(), &found, &own.symbol, "claim-heading");
        }
    }

    /// Texts above the tables, which is where headings stand; the form's own words do not count, nor does what another
    /// sheet says already.
    fn headings(&self) -> Vec<Heading> {
        let (mut headings, mut seen) = (Vec::new(), HashSet::new());
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some(PlacedSheet { raw, fit }) = placed else { continue };
            let (sheet, moved) = (&self.workbook.sheets[*raw], fit.moved(own));
            let stands = |text: &&TextCell, at: CellRef| {
                i64::from(text.at.row) + moved.down == i64::from(at.row) && i64::from(text.at.column) + moved.right == i64::from(at.column)
            };
            for cell in sheet.cells.iter().take_while(|cell| cell.row < fit.heading.row) {
                let text: &str = match &cell.value {
                    RawValue::Text(text) if text.chars().count() <= LONGEST_HEADING => text,
                    // A day typed as a day.
                    RawValue::Date(text) => text,
                    _ => continue,
                };
                let printed = own.texts.iter().find(|text| stands(text, cell.at()));
                let is_printed = printed.is_some_and(|printed| &*printed.text == text || fold(&printed.text) == fold(text));
                let field = printed.and_then(|printed| printed.field);
                if !is_printed && seen.insert((text, field)) {
                    let (sheet, text) = (Arc::from(sheet.name.as_str()), text.to_owned());
                    headings.push(Heading { sheet, at: cell.at(), plain: plain(&text), text, field });
                }
            }
        }
        headings
    }
}

/// Letters of a heading; a longer text is a note, which may cite any year.
const LONGEST_HEADING: usize = 250;

/// Letters of the line that states the symbol of a form.
const LONGEST_SYMBOL: usize = 40;
/// A text above a table.
struct Heading {
    sheet: Arc<str>,
    at: CellRef,
    /// As it is written.
    text: String,
    /// Without marks, in small letters and usual digits.
    plain: String,
    /// The form has a place for something there.
    field: Option<TextField>,
}

impl Heading {
    fn place(&self) -> Location {
        Location { file: None, sheet: Some(Arc::clone(&self.sheet)), cell: Some(self.at) }
    }

    /// It is what a form is headed with: its symbol and nothing more.
    fn is_symbol(&self) -> bool {
        self.plain.starts_with("bieu") && self.plain.chars().count() <= LONGEST_SYMBOL
    }
}
