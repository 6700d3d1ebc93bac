//! What a workbook says of itself, compared with what it was taken for.
//!
//! Unit, term and form stand in the name of the file, in the identity that a template carries and in the heading of
//! every sheet. What is silent (dots, the words of the blank) agrees with everything; what contradicts is asked.

use std::sync::{Arc, LazyLock};

use chrono::{Datelike, NaiveDate};
use regex::Regex;
use serde::Deserialize;

use super::ReadContext;
use super::identify::{code_in_name, field_text, template_id};
use super::raw::{RawValue, RawWorkbook};
use super::recognise::Recognised;
use super::return_id::return_id;
use crate::finding::{Finding, Place};
use crate::location::CellRef;
use crate::privacy::described;
use crate::schema::{Form, TextField};
use crate::term::{Period, SchoolYear, Term};
use crate::text::{fold, tone_key};
use crate::units::{NameWords, Named};

/// The words by which claims are known, as `claims.toml` states them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClaimWords {
    /// How headings name terms.
    pub terms: TermWords,
    /// How names of units are written.
    pub names: NameWords,
}

/// How headings name terms.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TermWords {
    /// The opening term.
    pub opening: Vec<String>,
    /// The closing term.
    pub closing: Vec<String>,
    /// What stands before the day that figures are as at.
    pub as_at: Vec<String>,
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
pub const HOLDING: [&str; 3] = ["claim-other-unit", "claim-other-period", "claim-other-form"];

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
    claims.periods();
    claims.forms();
    claims.found
}

impl Claims<'_> {
    fn say(&mut self, rule: &'static str, place: Place, found: &str, expected: &str, source: &str) {
        let is_let_in = self.context.units.is_some_and(|units| units.lets_in(self.taken.file));
        let rule = if is_let_in && HOLDING.contains(&rule) { "claim-decided" } else { rule };
        // None is told twice, as where every sheet repeats the heading, or one heading says it in two ways.
        let source = format!("{{{source}}}");
        if self.found.iter().all(|known| known.rule != rule || known.found != found && known.detail != source) {
            self.found.push(Finding::new(rule).at(place).saw(found, expected).noting(source));
        }
    }

    fn units(&mut self) {
        let (tree, Some(own)) = (self.context.tree, self.taken.unit) else { return };
        let show = |unit: usize| format!("{} ({})", tree.units[unit].code, tree.units[unit].name);
        let mut others: Vec<(String, &str, Place)> = Vec::new();
        let by_name =
            self.context.units.and_then(|rule| rule.code_of_file(self.taken.file)).or_else(|| code_in_name(self.taken.file, tree));
        if let Some(unit) = by_name.and_then(|code| tree.find(&code)).filter(|unit| *unit != own) {
            others.push((show(unit), "claim-file-name", Place::default()));
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
        if let Some(field) = field_text(self.workbook, self.recognised, TextField::ReportingUnit) {
            match self.context.names.look(&field.text, own, tree) {
                Named::Nothing | Named::Own | Named::Above => {}
                Named::Others(units) => {
                    let shown: Vec<String> = units.into_iter().map(show).collect();
                    others.push((shown.join(" / "), "claim-heading", field.place()));
                }
                Named::Nobody => self.say("claim-unknown-unit", field.place(), &described(&field.text), &show(own), "claim-heading"),
            }
        }
        let rule = if self.taken.unit_is_decided { "claim-decided" } else { "claim-other-unit" };
        for (found, source, place) in others {
            self.say(rule, place, &found, &show(own), source);
        }
    }

    fn periods(&mut self) {
        let (wanted, circular) = (self.context.period, self.context.tree.day);
        let show = |period: Period| format!("{{term-{}}}, {}", period.term.id(), period.year);
        let expected = show(wanted);
        if let Some(id) = template_id(self.workbook).filter(|id| id.period != wanted) {
            self.say("claim-other-period", Place::default(), &show(id.period), &expected, "claim-template");
        }
        if let Some(year) = year_in_name(self.taken.file).filter(|year| *year != wanted.year) {
            self.say("claim-other-period", Place::default(), &year.to_string(), &expected, "claim-file-name");
        }
        for heading in self.headings() {
            let said = PeriodSaid::of(&heading, &self.context.claim_words.terms);
            if said.contradicts(wanted, circular) {
                self.say("claim-other-period", heading.place(), &said.shown(), &expected, "claim-heading");
            }
        }
    }

    fn forms(&mut self) {
        let own = self.taken.form;
        if let Some(id) = template_id(self.workbook).filter(|id| id.form != *own.id) {
            // What the workbook carries may be anything: only forms that there are are named.
            let is_known = self.context.recogniser.forms().any(|known| *known.id == *id.form);
            let found = if is_known { id.form } else { described(&id.form) };
            self.say("claim-other-form", Place::default(), &found, &own.id, "claim-template");
        }
        let name = name_parts(self.taken.file.rsplit('/').next().unwrap_or_default());
        let in_name = |form: &Arc<Form>| [&form.short, &form.symbol].iter().any(|symbol| holds(&name, &name_parts(symbol)));
        let named: Vec<&Arc<Form>> = self.context.recogniser.forms().filter(|form| in_name(form)).collect();
        // A workbook may hold several forms, and forms of two circulars may have one symbol.
        if let Some(other) = named.first().filter(|_| named.iter().all(|form| form.short != own.short)) {
            let (found, expected) = (other.symbol.to_string(), own.symbol.to_string());
            self.say("claim-other-form", Place::default(), &found, &expected, "claim-file-name");
        }
    }

    /// Texts above the tables, which is where headings stand, and the fields that the form has for them.
    fn headings(&self) -> Vec<Heading> {
        let mut headings = Vec::new();
        for (raw, fit) in self.recognised.sheets.iter().flatten() {
            let sheet = &self.workbook.sheets[*raw];
            let above = sheet.cells.iter().take_while(|cell| cell.row < fit.heading.row);
            let texts = above.filter_map(|cell| match &cell.value {
                RawValue::Text(text) if text.chars().count() <= LONGEST_HEADING => Some((cell.at(), text.to_string())),
                _ => None,
            });
            headings.extend(texts.map(|(at, text)| Heading { sheet: Arc::from(sheet.name.as_str()), at, folded: fold(&text) }));
        }
        headings
    }
}

/// Letters of a heading; a longer text is a note, which may cite any year.
const LONGEST_HEADING: usize = 120;

/// A text above a table.
struct Heading {
    sheet: Arc<str>,
    at: CellRef,
    folded: String,
}

impl Heading {
    fn place(&self) -> Place {
        Place { file: None, sheet: Some(Arc::clone(&self.sheet)), cell: Some(self.at) }
    }
}

/// What a heading says of the term: as much as stands there.
#[derive(Default)]
struct PeriodSaid {
    year: Option<SchoolYear>,
    term: Option<Term>,
    day: Option<NaiveDate>,
}

impl PeriodSaid {
    fn of(heading: &Heading, words: &TermWords) -> Self {
        static YEARS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"năm học[^0-9]{0,4}(\d{4})\s*[-/]\s*(\d{4}|\d{2})\b").ok());
        static DAY: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r"(\d{1,2})\s*(?:tháng|[/.-])\s*(\d{1,2})\s*(?:năm|[/.-])\s*(\d{4})\b").ok());
        let text = &heading.folded;
        let has = |phrases: &[String]| phrases.iter().any(|phrase| text.contains(&fold(phrase)));
        let mut said = Self::default();
        if let Some(found) = YEARS.as_ref().and_then(|years| years.captures(text)) {
            said.year = school_year(&found[1], &found[2]);
        }
        if said.year.is_some() || text.starts_with("kỳ ") {
            said.term = match (has(&words.opening), has(&words.closing)) {
                (true, false) => Some(Term::Opening),
                (false, true) => Some(Term::Closing),
                _ => None,
            };
        }
        if has(&words.as_at)
            && let Some(found) = DAY.as_ref().and_then(|day| day.captures(text))
        {
            let number = |at: usize| found[at].parse::<u32>().ok();
            let year = number(3).and_then(|year| i32::try_from(year).ok());
            said.day = year.zip(number(2)).zip(number(1)).and_then(|((year, month), day)| NaiveDate::from_ymd_opt(year, month, day));
        }
        said
    }

    fn contradicts(&self, wanted: Period, as_at: NaiveDate) -> bool {
        let other_year = self.year.is_some_and(|year| year != wanted.year);
        let other_term = self.term.is_some_and(|term| term != wanted.term);
        other_year || other_term || self.day.is_some_and(|day| !is_of(day, wanted, as_at))
    }

    fn shown(&self) -> String {
        let term = self.term.map(|term| format!("{{term-{}}}", term.id()));
        let parts = [term, self.year.map(|year| year.to_string()), self.day.map(|day| day.format("%d/%m/%Y").to_string())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// Whether a day may be the one that a term's figures are as at. Schools write the day of counting too, so some days
/// around are the term's; between the school years, in July and August, a day is of either.
fn is_of(day: NaiveDate, wanted: Period, as_at: NaiveDate) -> bool {
    if day == as_at {
        return true;
    }
    let (year, month) = (day.year(), day.month());
    let (opening, closing) =
        (Period { year: SchoolYear(year), term: Term::Opening }, Period { year: SchoolYear(year - 1), term: Term::Closing });
    match month {
        9..=12 => wanted == opening,
        7 | 8 => wanted == opening || wanted == closing,
        _ => wanted == closing,
    }
}

/// A school year written as two years, the second perhaps with two digits.
fn school_year(first: &str, second: &str) -> Option<SchoolYear> {
    let (year, next): (i32, i32) = (first.parse().ok()?, second.parse().ok()?);
    let follows = if second.len() == 2 { next == (year + 1) % 100 } else { next == year + 1 };
    (follows && (1945..=2999).contains(&year)).then_some(SchoolYear(year))
}

/// The school year in the name of a file.
fn year_in_name(file: &str) -> Option<SchoolYear> {
    static YEARS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"(?:^|\D)(20\d\d)\s*[-–_. ]\s*(20\d\d|\d\d)(?:\D|$)").ok());
    let name = file.rsplit('/').next().unwrap_or(file);
    let found = YEARS.as_ref()?.captures(name)?;
    school_year(&found[1], &found[2])
}

/// The words of a name or a symbol, however they are separated.
fn name_parts(text: &str) -> Vec<String> {
    tone_key(text).split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// Whether the words of a form's symbol stand together in a name; `02.ĐN-TH` and `02-TH-ĐN` are one.
fn holds(name: &[String], symbol: &[String]) -> bool {
    let sorted = |words: &[String]| {
        let mut words = words.to_vec();
        words.sort_unstable();
        words
    };
    let wanted = sorted(symbol);
    symbol.len() > 1 && name.windows(symbol.len()).any(|words| sorted(words) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> PeriodSaid {
        let words =
            TermWords { opening: vec!["đầu năm".into()], closing: vec!["cuối năm".into()], as_at: vec!["có đến".into()] };
        PeriodSaid::of(&Heading { sheet: Arc::from("I"), at: CellRef::new(0, 0), folded: fold(text) }, &words)
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
        ] {
            assert!(!said(silent).contradicts(wanted, day), "{silent}");
        }
        for other in [
            "Kỳ đầu năm học 2024-2025",
            "Kỳ cuối năm học 2025-2026",
            "Kỳ cuối năm học",
            "Năm học: 2024 - 2025",
            "(có đến 30 tháng 9 năm 2024)",
            "(có đến 31/5/2026)",
        ] {
            assert!(said(other).contradicts(wanted, day), "{other}");
        }
    }

    #[test]
    fn names_of_files_state_years_and_forms() {
        assert_eq!(year_in_name("a/09_02-TH-DN 2024-2025.xlsx"), Some(SchoolYear(2024)));
        assert_eq!(year_in_name("a/2024-2025/09_02-TH-DN.xlsx"), None);
        assert_eq!(year_in_name("09_nam hoc 2024_25.xlsx"), Some(SchoolYear(2024)));
        assert_eq!(year_in_name("09_2025-09-30.xlsx"), None);
        assert!(holds(&name_parts("09001022_02_TH_ĐN (1).xlsx"), &name_parts("02-TH-DN")));
        assert!(!holds(&name_parts("09001022_02-TH-CN.xlsx"), &name_parts("02-TH-DN")));
    }
}
