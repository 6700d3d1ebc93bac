//! Claims of headings, names of files and cells about the term: as much as stands there.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use regex::Regex;
use serde::Deserialize;

use super::phrases::{Phrases, plain};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::TextField;

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
    /// Words before the day that figures are as at.
    pub as_at: Phrases,
    /// Words of a line that speaks of something else.
    pub aside: Phrases,
    /// Words for figures that are no reporting term's.
    pub neither: Phrases,
    /// Words for them in the names of files and sheets.
    pub past: Phrases,
    /// Words for them in the headings of a list's columns.
    pub planned: Phrases,
    /// Words about births, whose days and years are no term's.
    pub born: Phrases,
}

/// Days around the day that figures are as at, on which schools write that they counted.
const DAYS_AROUND: i64 = 75;

/// A year that a plain text states, where none of those that it states is of the term. Numbers of documents are no years.
pub(crate) fn other_year(text: &str, wanted: Period, words: &TermWords) -> Option<i32> {
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

/// Claim of a heading about the term: as much as stands there.
#[derive(Debug, Default)]
pub(crate) struct PeriodSaid {
    year: Option<SchoolYear>,
    term: Option<Term>,
    day: Option<NaiveDate>,
    /// Figures of no reporting term.
    is_neither: bool,
}

impl PeriodSaid {
    /// `field` is what the form has a place for where the plain text stands.
    pub(crate) fn of(text: &str, field: Option<TextField>, words: &TermWords) -> Self {
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
    pub(crate) fn contradicts(&self, wanted: Period, as_at: NaiveDate) -> bool {
        let other_year = self.year.is_some_and(|year| year != wanted.year);
        let other_term = self.term.is_some_and(|term| term != wanted.term);
        self.is_neither || other_year || other_term || self.day.is_some_and(|day| !is_of(day, wanted, as_at))
    }

    /// The claim, with named words.
    pub(crate) fn shown(&self) -> String {
        let term = self.term.map(|term| format!("{{term-{}}}", term.id()));
        let term = if self.is_neither { Some("{term-none}".to_owned()) } else { term };
        let parts = [term, self.year.map(|year| year.to_string()), self.day.map(|day| day.format("%d/%m/%Y").to_string())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// A term, with named words.
pub(crate) fn shown_period(period: Period) -> String {
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

/// Claim of a list column's heading about the term. `own` is what the form prints for the cell, in plain text: the terms
/// that it names are what the cell counts.
pub(crate) fn period_in_heading(text: &str, own: &str, words: &TermWords) -> PeriodSaid {
    if words.aside.are_in(text) || words.born.are_in(text) {
        return PeriodSaid::default();
    }
    let is_new = |phrases: &Phrases| phrases.are_in(text) && !phrases.are_in(own);
    let is_own_term = words.opening.are_in(own) || words.closing.are_in(own);
    // Two numbers without the words of a year may be ages.
    let year = if words.year.are_in(text) { years_in(text) } else { whole_years_in(text) };
    PeriodSaid {
        year,
        term: term_in(text, words).filter(|_| !is_own_term),
        day: day_in(text),
        is_neither: is_new(&words.neither) || is_new(&words.past) || is_new(&words.planned),
    }
}

/// A year in the heading of a list's column, where none that it states is of the term and the form does not print it.
pub(crate) fn other_year_in_heading(text: &str, own: &str, wanted: Period, words: &TermWords) -> Option<i32> {
    let year = other_year(text, wanted, words).filter(|_| !words.born.are_in(text))?;
    (!own.contains(&year.to_string())).then_some(year)
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
pub(crate) fn years_in(text: &str) -> Option<SchoolYear> {
    static SHORT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(1[5-9]|[2-5]\d)\s*[-/_~]\s*(1[5-9]|[2-6]\d)(?:\D|$)").ok());
    static COMPACT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|[^a-z])(?:nh|nam\s?hoc)[\s_.-]*(1[5-9]|[2-5]\d)(1[5-9]|[2-6]\d)(?:\D|$)").ok());
    whole_years_in(text).or_else(|| year_by(SHORT.as_ref(), text)).or_else(|| year_by(COMPACT.as_ref(), text))
}

/// Finds years where the first one is written with four digits.
fn whole_years_in(text: &str) -> Option<SchoolYear> {
    static LONG: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)(20\d\d)\s*(?:[-/_~.,]|den|toi|sang|va)?\s*(20\d\d|\d\d)(?:\D|$)").ok());
    year_by(LONG.as_ref(), text)
}

fn year_by(pattern: Option<&Regex>, text: &str) -> Option<SchoolYear> {
    let found = pattern?.captures(text)?;
    school_year(&found[1], &found[2])
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

/// Claim of a file's name about the term.
pub(crate) fn period_in_name(file: &str, words: &TermWords) -> Option<PeriodSaid> {
    let name = file.rsplit('/').next().unwrap_or(file);
    period_in_text(name.rsplit_once('.').map_or(name, |(stem, _)| stem), words)
}

/// Claim of a short name, of a file or a sheet, about the term.
pub(crate) fn period_in_text(name: &str, words: &TermWords) -> Option<PeriodSaid> {
    let name = plain(name);
    let term = term_in(&name, words);
    let is_neither = words.neither.are_in(&name) || words.past.are_in(&name);
    // A day in a name may be that of sending.
    let said = PeriodSaid { year: years_in(&name), term, day: None, is_neither };
    (said.year.is_some() || said.term.is_some() || is_neither).then_some(said)
}

/// Claim of a list's cell about the term.
pub(crate) fn period_in_cell(text: &str, words: &TermWords) -> PeriodSaid {
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
            planned: list(&["kế hoạch"]),
            born: list(&["sinh từ", "sinh năm"]),
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
