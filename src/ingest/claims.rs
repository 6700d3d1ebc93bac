//! What a workbook says of itself, compared with what it was taken for.
//!
//! Unit, term and form stand in the name of the file, in the identity that a template carries and in the heading of
//! every sheet. What is silent (dots, the words of the blank) agrees with everything; what contradicts is asked.

use std::collections::HashSet;
use std::sync::{Arc, LazyLock};

use chrono::{Datelike, NaiveDate};
use regex::Regex;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::ReadContext;
use super::file_table::{Decision, DecisionWords};
use super::identify::{code_in_name, codes_in_name, field_texts, name_words, template_id};
use super::measure_claims::{MeasureWords, Scale, other_scale};
use super::raw::{RawValue, RawWorkbook};
use super::recognise::Recognised;
use super::return_id::return_id;
use crate::finding::{Finding, Place};
use crate::location::CellRef;
use crate::privacy::described;
use crate::schema::{Form, TextCell, TextField};
use crate::term::{Period, SchoolYear, Term};
use crate::text::{fold, tone_key};
use crate::units::{NameWords, Named};

/// The words by which claims are known, as `claims.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimWords {
    /// How headings name terms.
    pub terms: TermWords,
    /// Units of measure.
    pub measures: MeasureWords,
    /// What a file table may decide.
    pub decisions: DecisionWords,
    /// Columns of lists that make claims.
    pub columns: ClaimColumnWords,
    /// How names of units are written.
    pub names: NameWords,
}

/// How headings name terms.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermWords {
    /// The opening term.
    pub opening: Phrases,
    /// The closing term.
    pub closing: Phrases,
    /// Words of a line about the school year.
    pub year: Phrases,
    /// What stands before the day that figures are as at.
    pub as_at: Phrases,
    /// Words of a line that speaks of something else.
    pub aside: Phrases,
    /// What is said of figures that are no reporting term's.
    pub neither: Phrases,
    /// The same in the names of files and sheets.
    pub past: Phrases,
}

/// Phrases that are looked for in every heading: made plain once, each between blanks.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(from = "Vec<String>")]
pub struct Phrases(Vec<String>);

impl From<Vec<String>> for Phrases {
    fn from(phrases: Vec<String>) -> Self {
        Self(phrases.iter().map(|phrase| padded(&plain(phrase))).collect())
    }
}

impl Phrases {
    /// Whether a plain text holds one of them as words of its own.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let text = padded(text);
        self.0.iter().any(|phrase| text.contains(phrase))
    }

    /// What stands behind the first of them in a plain text.
    pub(super) fn after(&self, text: &str) -> Option<String> {
        let text = padded(text);
        self.0.iter().find_map(|phrase| Some(text.split_once(phrase.as_str())?.1.to_owned()))
    }
}

/// The words of a plain text, each between blanks.
fn padded(text: &str) -> String {
    format!(" {} ", text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" "))
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
}

/// What a workbook was taken for.
#[derive(Debug, Clone, Copy)]
pub struct Taken<'a> {
    /// Path of the file as shown.
    pub file: &'a str,
    /// Its form.
    pub form: &'a Form,
    /// Its unit, as an index into the tree; `None` while files are only checked.
    pub unit: Option<usize>,
    /// A person said whose it is.
    pub unit_is_decided: bool,
}

/// Rules by which a return is held until somebody decides.
pub const HOLDING: [&str; 5] = ["claim-other-unit", "claim-other-period", "claim-other-form", "claim-other-measure", "claim-refused"];

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
    claims.units();
    let headings = claims.headings();
    claims.periods(&headings);
    claims.names_of_sheets();
    claims.measures();
    claims.forms(&headings);
    if claims.decision() == Some(Decision::Held) {
        claims.say("claim-refused", Place::default(), "{decision-held}", "", "claim-file-table");
    }
    claims.found
}

impl Claims<'_> {
    /// What the file table decides about the file.
    fn decision(&self) -> Option<Decision> {
        self.context.units.and_then(|units| units.decision(self.taken.file))
    }

    fn say(&mut self, rule: &'static str, place: Place, found: &str, expected: &str, source: &str) {
        let is_let_in = self.decision() == Some(Decision::Counted);
        let rule = if is_let_in && HOLDING.contains(&rule) { "claim-decided" } else { rule };
        // None is told twice, as where every sheet repeats the heading, or one heading says it in two ways.
        let source = format!("{{{source}}}");
        if self.found.iter().all(|known| known.rule != rule || known.found != found && known.detail != source) {
            self.found.push(Finding::new(rule).at(place).saw(found, expected).noting(source));
        }
    }

    fn units(&mut self) {
        let (tree, Some(own)) = (self.context.tree, self.taken.unit) else { return };
        let show = |unit: usize| tree.label(unit);
        let mut others: Vec<(String, &str, Place)> = Vec::new();
        let by_name =
            self.context.units.and_then(|rule| rule.code_of_file(self.taken.file)).or_else(|| code_in_name(self.taken.file, tree));
        if let Some(unit) = by_name.and_then(|code| tree.find(&code)).filter(|unit| *unit != own) {
            others.push((show(unit), "claim-file-name", Place::default()));
        }
        for unit in codes_in_name(self.taken.file, tree) {
            let is_related = unit == own || tree.ancestors(own).any(|above| above == unit) || tree.files_with[unit] == own;
            if !is_related && others.iter().all(|(known, ..)| *known != show(unit)) {
                others.push((show(unit), "claim-file-name", Place::default()));
            }
        }
        if let Named::Others(units) = self.context.names.look_for_school(&name_words(self.taken.file), own, tree) {
            others.push((tree.labels(&units, " / "), "claim-file-name", Place::default()));
        }
        let carried = [template_id(self.workbook).map(|id| id.unit), return_id(self.workbook).map(|id| id.unit)];
        for code in carried.into_iter().flatten() {
            if code.is_empty() || code.as_str() == &*tree.units[own].code {
                continue;
            }
            match tree.find(&code) {
                Some(unit) => others.push((show(unit), "claim-template", Place::default())),
                None => self.say("claim-unknown-unit", Place::default(), &described(&code), &show(own), "claim-template"),
            }
        }
        // Every sheet of a form repeats its heading; once is enough.
        let mut looked = HashSet::new();
        for field in field_texts(self.workbook, self.recognised, TextField::ReportingUnit) {
            if !looked.insert(field.text.clone()) {
                continue;
            }
            match self.context.names.look(&field.text, own, tree) {
                Named::Nothing | Named::Own | Named::Above => {}
                Named::Others(units) => others.push((tree.labels(&units, " / "), "claim-heading", field.place())),
                Named::Nobody => self.say("claim-unknown-unit", field.place(), &described(&field.text), &show(own), "claim-heading"),
            }
        }
        let rule = if self.taken.unit_is_decided { "claim-decided" } else { "claim-other-unit" };
        for (found, source, place) in others {
            self.say(rule, place, &found, &show(own), source);
        }
    }

    fn periods(&mut self, headings: &[Heading]) {
        let (wanted, circular) = (self.context.period, self.context.tree.day);
        let expected = shown_period(wanted);
        if let Some(id) = template_id(self.workbook).filter(|id| id.period != wanted) {
            self.say("claim-other-period", Place::default(), &shown_period(id.period), &expected, "claim-template");
        }
        if let Some(said) =
            period_in_name(self.taken.file, &self.context.claim_words.terms).filter(|said| said.contradicts(wanted, circular))
        {
            self.say("claim-other-period", Place::default(), &said.shown(), &expected, "claim-file-name");
        }
        // The words behind the unit's code, which may look like a year.
        let words = plain(&name_words(self.taken.file));
        if let Some(year) = other_year(&words, wanted, &self.context.claim_words.terms) {
            self.say("heading-other-year", Place::default(), &year.to_string(), &expected, "claim-file-name");
        }
        for heading in headings {
            let said = PeriodSaid::of(&heading.plain, heading.field, &self.context.claim_words.terms);
            if said.contradicts(wanted, circular) {
                self.say("claim-other-period", heading.place(), &said.shown(), &expected, "claim-heading");
            } else if let Some(year) = other_year(&heading.plain, wanted, &self.context.claim_words.terms) {
                self.say("heading-other-year", heading.place(), &year.to_string(), &expected, "claim-heading");
            }
        }
    }

    /// A sheet's name states as much as a file's; the forms' own names state nothing.
    fn names_of_sheets(&mut self) {
        let (wanted, as_at, words) = (self.context.period, self.context.tree.day, &self.context.claim_words.terms);
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some((raw, _)) = placed else { continue };
            let name = self.workbook.sheets[*raw].name.as_str();
            if name == &*own.name {
                continue;
            }
            if let Some(said) = period_in_text(name, words).filter(|said| said.contradicts(wanted, as_at)) {
                let place = Place { file: None, sheet: Some(Arc::from(name)), cell: None };
                self.say("claim-other-period", place, &said.shown(), &shown_period(wanted), "claim-sheet-name");
            }
        }
    }

    fn measures(&mut self) {
        let words = &self.context.claim_words.measures;
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some((raw, fit)) = placed else { continue };
            let sheet = &self.workbook.sheets[*raw];
            let Some((at, kind)) = own.number_kind().and_then(|kind| Some((other_scale(sheet, own, fit, words)?, kind))) else { continue };
            let place = Place { file: None, sheet: Some(Arc::from(sheet.name.as_str())), cell: Some(at.0) };
            self.say("claim-other-measure", place, at.1.phrase(), Scale::of(kind).phrase(), "claim-heading");
        }
    }

    fn forms(&mut self, headings: &[Heading]) {
        let own = self.taken.form;
        if let Some(id) = template_id(self.workbook).filter(|id| id.form != *own.id) {
            // What the workbook carries may be anything: only forms that there are are named.
            let is_known = self.context.recogniser.forms().any(|known| *known.id == *id.form);
            let found = if is_known { id.form } else { described(&id.form) };
            self.say("claim-other-form", Place::default(), &found, &own.id, "claim-template");
        }
        let named = self.context.recogniser.named_in(self.taken.file.rsplit('/').next().unwrap_or_default());
        // A workbook may hold several forms, and forms of two circulars may have one symbol.
        if let Some(other) = named.first().filter(|_| named.iter().all(|form| form.short != own.short)) {
            let (found, expected) = (other.symbol.to_string(), own.symbol.to_string());
            self.say("claim-other-form", Place::default(), &found, &expected, "claim-file-name");
        }
        for heading in headings.iter().filter(|heading| heading.is_symbol()) {
            let named = self.context.recogniser.named_in(&heading.plain);
            if let Some(other) = named.first().filter(|_| named.iter().all(|form| form.short != own.short)) {
                let (found, expected) = (other.symbol.to_string(), own.symbol.to_string());
                self.say("claim-other-form", heading.place(), &found, &expected, "claim-heading");
            }
        }
    }

    /// Texts above the tables, which is where headings stand; the form's own words do not count, nor does what another
    /// sheet says already.
    fn headings(&self) -> Vec<Heading> {
        let (mut headings, mut seen) = (Vec::new(), HashSet::new());
        for (own, placed) in self.recognised.layout.sheets.iter().zip(&self.recognised.sheets) {
            let Some((raw, fit)) = placed else { continue };
            let (sheet, moved) = (&self.workbook.sheets[*raw], fit.moved(own));
            let stands = |text: &&TextCell, at: CellRef| {
                i64::from(text.at.row) + moved.0 == i64::from(at.row) && i64::from(text.at.column) + moved.1 == i64::from(at.column)
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
                    headings.push(Heading { sheet: Arc::from(sheet.name.as_str()), at: cell.at(), plain: plain(text), field });
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
/// Days around the day that figures are as at, on which schools write that they counted.
const DAYS_AROUND: i64 = 75;

/// A text above a table.
struct Heading {
    sheet: Arc<str>,
    at: CellRef,
    /// Without marks, in small letters and usual digits.
    plain: String,
    /// The form has a place for something there.
    field: Option<TextField>,
}

impl Heading {
    fn place(&self) -> Place {
        Place { file: None, sheet: Some(Arc::clone(&self.sheet)), cell: Some(self.at) }
    }

    /// It is what a form is headed with: its symbol and nothing more.
    fn is_symbol(&self) -> bool {
        self.plain.starts_with("bieu") && self.plain.chars().count() <= LONGEST_SYMBOL
    }
}

/// A year that a plain text states, where none of those that it states is of the term. Numbers of documents are no years.
pub(super) fn other_year(text: &str, wanted: Period, words: &TermWords) -> Option<i32> {
    static DOCUMENT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:tt|qd|cv|[a-z]+\d+)[-_ ]?20\d\d|\d+\s*/\s*20\d\d\s*/").ok());
    if words.aside.are_in(text) {
        return None;
    }
    let text = DOCUMENT.as_ref()?.replace_all(text, " ");
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|number| number.len() == 4 && number.starts_with("20"));
    let years: Vec<i32> = numbers.filter_map(|number| number.parse().ok()).collect();
    let is_own = |year: &i32| (wanted.year.0..=wanted.year.0 + 1).contains(year);
    if years.iter().any(is_own) { None } else { years.first().copied() }
}

/// A text without marks, in small letters, its digits as usual.
pub(super) fn plain(text: &str) -> String {
    tone_key(&text.nfkc().collect::<String>())
}

/// What a heading says of the term: as much as stands there.
#[derive(Debug, Default)]
pub(super) struct PeriodSaid {
    year: Option<SchoolYear>,
    term: Option<Term>,
    day: Option<NaiveDate>,
    /// Figures of no reporting term.
    is_neither: bool,
}

impl PeriodSaid {
    /// `field` is what the form has a place for where the plain text stands.
    pub(super) fn of(text: &str, field: Option<TextField>, words: &TermWords) -> Self {
        let mut said = Self::default();
        if words.aside.are_in(text) {
            return said;
        }
        said.is_neither = words.neither.are_in(text);
        let (is_term, is_day) = (field == Some(TextField::Term), field == Some(TextField::AsAt));
        if is_term || is_day || words.year.are_in(text) || words.opening.are_in(text) || words.closing.are_in(text) {
            said.year = years_in(text);
            said.term = term_in(text, words);
        }
        if is_term || is_day || words.as_at.are_in(text) {
            said.day = day_in(text);
        }
        said
    }

    /// Whether anything that it says is not so.
    pub(super) fn contradicts(&self, wanted: Period, as_at: NaiveDate) -> bool {
        let other_year = self.year.is_some_and(|year| year != wanted.year);
        let other_term = self.term.is_some_and(|term| term != wanted.term);
        self.is_neither || other_year || other_term || self.day.is_some_and(|day| !is_of(day, wanted, as_at))
    }

    /// What it says, with named words.
    pub(super) fn shown(&self) -> String {
        let term = self.term.map(|term| format!("{{term-{}}}", term.id()));
        let term = if self.is_neither { Some("{term-none}".to_owned()) } else { term };
        let parts = [term, self.year.map(|year| year.to_string()), self.day.map(|day| day.format("%d/%m/%Y").to_string())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// A term, with named words.
pub(super) fn shown_period(period: Period) -> String {
    PeriodSaid { year: Some(period.year), term: Some(period.term), ..PeriodSaid::default() }.shown()
}

/// Whether a day may be the one that a term's figures are as at. Schools write the day of counting too, so some days
/// around are the term's; between the school years, in July and August, a day may be of either.
fn is_of(day: NaiveDate, wanted: Period, as_at: NaiveDate) -> bool {
    let is_other_side = match day.month() {
        9..=12 => wanted != Period { year: SchoolYear(day.year()), term: Term::Opening },
        1..=6 => wanted != Period { year: SchoolYear(day.year() - 1), term: Term::Closing },
        _ => false,
    };
    day == as_at || (!is_other_side && (day - as_at).num_days().abs() <= DAYS_AROUND)
}

/// The term that a plain text names, if it names one.
fn term_in(text: &str, words: &TermWords) -> Option<Term> {
    match (words.opening.are_in(text), words.closing.are_in(text)) {
        (true, false) => Some(Term::Opening),
        (false, true) => Some(Term::Closing),
        _ => None,
    }
}

/// The school year in a plain text: two years that follow each other, however they are joined.
fn years_in(text: &str) -> Option<SchoolYear> {
    static LONG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(20\d\d)\s*(?:[-/_~.,]|den|toi|sang|va)?\s*(20\d\d|\d\d)(?:\D|$)").ok());
    static SHORT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(1[5-9]|[2-5]\d)\s*[-/_~]\s*(1[5-9]|[2-6]\d)(?:\D|$)").ok());
    static COMPACT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^a-z])(?:nh|nam\s?hoc)[\s_.-]*(1[5-9]|[2-5]\d)(1[5-9]|[2-6]\d)(?:\D|$)").ok());
    let found = |pattern: &Option<Regex>| {
        let found = pattern.as_ref()?.captures(text)?;
        school_year(&found[1], &found[2])
    };
    found(&LONG).or_else(|| found(&SHORT)).or_else(|| found(&COMPACT))
}

/// The day in a plain text, or the middle of a month that it names.
fn day_in(text: &str) -> Option<NaiveDate> {
    static DAY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(\d{1,2})\s*(?:thang|[/.-])\s*(\d{1,2})\s*(?:nam|[/.-])\s*(20\d\d|\d\d)(?:\D|$)").ok());
    static ISO: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(20\d\d)-(\d\d)-(\d\d)").ok());
    static MONTH: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"thang\s*(\d{1,2})\s*(?:nam|[/.-])\s*(20\d\d)").ok());
    let number = |text: &str| text.parse::<u32>().unwrap_or_default();
    let year = |text: &str| i32::try_from(number(text)).map(|year| if year < 100 { year + 2000 } else { year }).unwrap_or_default();
    if let Some(found) = ISO.as_ref().and_then(|pattern| pattern.captures(text)) {
        return NaiveDate::from_ymd_opt(year(&found[1]), number(&found[2]), number(&found[3]));
    }
    if let Some(found) = DAY.as_ref().and_then(|pattern| pattern.captures(text)) {
        return NaiveDate::from_ymd_opt(year(&found[3]), number(&found[2]), number(&found[1]));
    }
    let found = MONTH.as_ref()?.captures(text)?;
    NaiveDate::from_ymd_opt(year(&found[2]), number(&found[1]), 15)
}

/// A school year written as two years that follow each other, either way round, with two digits or four.
fn school_year(first: &str, second: &str) -> Option<SchoolYear> {
    let whole = |text: &str| text.parse::<i32>().ok().map(|year| if text.len() == 2 { year + 2000 } else { year });
    let (first, second) = (whole(first)?, whole(second)?);
    let year = first.min(second);
    ((first - second).abs() == 1 && (1945..=2999).contains(&year)).then_some(SchoolYear(year))
}

/// What the name of a file says of the term.
pub(super) fn period_in_name(file: &str, words: &TermWords) -> Option<PeriodSaid> {
    let name = file.rsplit('/').next().unwrap_or(file);
    period_in_text(name.rsplit_once('.').map_or(name, |(stem, _)| stem), words)
}

/// What a short name, of a file or a sheet, says of the term.
pub(super) fn period_in_text(name: &str, words: &TermWords) -> Option<PeriodSaid> {
    let name = plain(name);
    let term = term_in(&name, words);
    let is_neither = words.neither.are_in(&name) || words.past.are_in(&name);
    // A day in a name may be that of sending.
    let said = PeriodSaid { year: years_in(&name), term, day: None, is_neither };
    (said.year.is_some() || said.term.is_some() || is_neither).then_some(said)
}

/// What a cell of a list says of the term.
pub(super) fn period_in_cell(text: &str, words: &TermWords) -> PeriodSaid {
    let text = plain(text);
    let single = || text.trim().parse::<i32>().ok().filter(|year| (2000..2100).contains(year)).map(SchoolYear);
    PeriodSaid { year: years_in(&text).or_else(single), term: term_in(&text, words), ..PeriodSaid::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> TermWords {
        let list = |words: &[&str]| Phrases::from(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        TermWords {
            opening: list(&["đầu năm"]),
            closing: list(&["cuối năm", "tổng kết năm"]),
            year: list(&["năm học", "niên khóa", "nh", "kỳ"]),
            as_at: list(&["có đến", "tính đến", "đến", "số liệu ngày"]),
            aside: list(&["so sánh", "thông tư", "chậm nhất"]),
            neither: list(&["học kỳ i", "giữa năm", "kế hoạch năm học"]),
            past: list(&["năm trước"]),
        }
    }

    fn said(text: &str) -> PeriodSaid {
        PeriodSaid::of(&plain(text), None, &words())
    }

    #[test]
    fn headings_state_as_much_as_stands_there() {
        let wanted = Period { year: SchoolYear(2025), term: Term::Opening };
        let day = NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
        for silent in [
            "Kỳ đầu năm học 2025-2026",
            "KỲ ĐẦU NĂM HỌC 2025 – 2026",
            "Kỳ đầu năm học",
            "Kỳ đầu năm học ………",
            "Năm học 2025-26",
            "(có đến 30 tháng 9 năm 2025)",
            "(có đến 05/10/2025)",
            "(có đến 30 tháng 9 năm báo cáo)",
            "Thông tư 25/2024/TT-BGDĐT",
            "So sánh với năm học 2024-2025",
            "Thời hạn nộp chậm nhất 10/01/2026",
        ] {
            assert!(!said(silent).contradicts(wanted, day) && other_year(&plain(silent), wanted, &words()).is_none(), "{silent}");
        }
        assert_eq!(other_year(&plain("Số liệu năm 2023"), wanted, &words()), Some(2023));
        assert_eq!(other_year(&plain("Bố cục theo biểu tt24-2018/02-TH-DN"), wanted, &words()), None);
        for other in [
            "Kỳ đầu năm học 2024-2025",
            "Kỳ cuối năm học 2025-2026",
            "Kỳ cuối năm học",
            "Năm học: 2024 - 2025",
            "(có đến 30 tháng 9 năm 2024)",
            "(có đến 31/5/2026)",
            "Kỳ đầu năm học 2024 đến 2025",
            "Niên khóa 2024-2025",
            "Kỳ đầu NH 2024-2025",
            "năm học 24-25",
            "2024_2025 năm học",
            "Ky dau nam hoc 2024-2025",
            "Năm học ２０２４-２０２５",
            "năm học 2025-2024",
            "(có đến 30/9/24)",
            "(có đến tháng 9 năm 2024)",
            "(có đến 2024-09-30)",
            "(Số liệu ngày 30/9/2024)",
            "Báo cáo cuối năm học",
            "Tổng kết năm học 2025-2026",
            "Sơ kết học kỳ I năm học 2025-2026",
            "Kỳ giữa năm học 2025-2026",
            "Kế hoạch năm học 2025-2026",
            "(có đến 31 tháng 12 năm 2025)",
        ] {
            assert!(said(other).contradicts(wanted, day), "{other}");
        }
    }

    #[test]
    fn names_of_files_state_years_and_forms() {
        let of = |name: &str| period_in_name(name, &words()).map(|said| (said.year.map(|year| year.0), said.term));
        assert_eq!(of("a/09_02-TH-DN 2024-2025.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("a/2024-2025/09_02-TH-DN.xlsx"), None);
        assert_eq!(of("09_nam hoc 2024_25.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("09_nh24-25.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("09_02-TH-DN_NH2425.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("09_nam hoc 2425.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("09_20242025.xlsx"), Some((Some(2024), None)));
        assert_eq!(of("09_cuoi nam.xlsx"), Some((None, Some(Term::Closing))));
        assert_eq!(of("09_2025-09-30.xlsx"), None);
        assert_eq!(of("09001022_02-TH-DN.xlsx"), None);
    }
}
