//! One value of a record out of the cell that tells it.

use chrono::{Datelike as _, NaiveDate};

use crate::base::text::fold;
use crate::records::{CodeList, Field, FieldKind, LayoutColumn, Meaning, Reads, RecordBook};
use crate::tables::{TableValue, parse_date};
use crate::tabulate::rows::{day_of, number_of, year_only};

/// Serial numbers of days between 1920 and 2119, as spreadsheets count them.
const SERIALS: std::ops::RangeInclusive<i32> = 7_306..=80_353;
/// 30/12/1899, from which spreadsheets count, as a number of a day.
const SERIAL_ZERO: i32 = -25_569;
/// Years in which somebody may be born.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2200;
/// Grades whose number begins the name of a class.
const GRADES: std::ops::RangeInclusive<u32> = 1..=12;

/// Why a cell gives no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoValue {
    /// Its list does not have it, or it is neither yes nor no, nor a whole number.
    Unknown,
    /// It is no day, or one on which nobody can be born who is counted.
    Impossible,
}

/// Reads cells of a column.
#[derive(Debug, Clone, Copy)]
pub(super) struct ValueReader<'a> {
    /// Words of flags.
    pub book: &'a RecordBook,
    /// The day of the term: no date is later.
    pub day: NaiveDate,
}

impl ValueReader<'_> {
    /// The value of a cell; nothing where it says nothing.
    pub fn value(&self, field: &Field, column: &LayoutColumn, cell: &TableValue) -> Result<Option<i32>, NoValue> {
        if let (FieldKind::Date, TableValue::Date(day)) = (field.kind, cell) {
            return self.possible(*day).map(Some);
        }
        let text = cell.text();
        let text = match column.writing.meaning(&text) {
            Meaning::Nothing | Meaning::Text("") => return Ok(None),
            Meaning::Text(text) => text,
        };
        match (field.kind, &field.list) {
            (FieldKind::Code, Some(list)) => {
                let place = column.writing.place(list, text);
                let place = if column.reads == Reads::GradeOfName { grade_of_name(text, list).or(place) } else { place };
                place.and_then(|place| i32::try_from(place).ok()).map(Some).ok_or(NoValue::Unknown)
            }
            (FieldKind::Flag, _) => self.book.flags.meaning(text).map(|yes| Some(i32::from(yes))).ok_or(NoValue::Unknown),
            (FieldKind::Whole, _) => text.parse().map(Some).map_err(|_| NoValue::Unknown),
            (FieldKind::Date, _) => self.date(text).map(Some),
            (FieldKind::Code | FieldKind::Key | FieldKind::Id, _) => Ok(None),
        }
    }

    /// A day, or a year where no more is told.
    fn date(&self, text: &str) -> Result<i32, NoValue> {
        // A time may stand behind the day.
        let day = text.split(['T', ' ']).next().unwrap_or(text);
        if let Ok(day) = parse_date(day) {
            return self.possible(day);
        }
        let number = day.strip_suffix(".0").unwrap_or(day).parse::<i32>().ok();
        if let Some(serial) = number.filter(|number| SERIALS.contains(number)) {
            return day_of(serial + SERIAL_ZERO).ok_or(NoValue::Impossible).and_then(|day| self.possible(day));
        }
        let last_year = self.day.year();
        let year = number.or_else(|| year_in(day)).filter(|year| YEARS.contains(year) && *year <= last_year);
        year.map(year_only).ok_or(NoValue::Impossible)
    }

    fn possible(&self, day: NaiveDate) -> Result<i32, NoValue> {
        let is_possible = YEARS.contains(&day.year()) && day <= self.day;
        if is_possible { Ok(number_of(day)) } else { Err(NoValue::Impossible) }
    }
}

/// The year of a date whose day, or month, is not told: `09/2015`, `2015-09`, `00/00/2015`.
fn year_in(text: &str) -> Option<i32> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let is_number = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    let long = |part: &str| part.len() == 4;
    let (year, others) = match parts.as_slice() {
        [year, others @ ..] if long(year) => (*year, others),
        [others @ .., year] if long(year) => (*year, others),
        _ => return None,
    };
    let is_partial = others.len() == 1 && others[0].parse::<u32>().is_ok_and(|month| month <= 12)
        || others.len() == 2 && others.iter().any(|part| part.trim_matches('0').is_empty());
    (is_partial && parts.iter().all(is_number)).then(|| year.parse().ok()).flatten()
}

/// The grade that the name of a class begins with: a number from 1 to 12, or the name of a grade of preschool.
pub(super) fn grade_of_name(text: &str, list: &CodeList) -> Option<usize> {
    let digits: String = text.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    // Ages stand in names of preschool classes, behind what kind of class it is.
    let folded = fold(text);
    let by_word = list.values.iter().position(|value| {
        let names = fold(&value.name);
        names.chars().all(|c| !c.is_ascii_digit()) && folded.contains(&names)
    });
    let by_number = digits.parse::<u32>().ok().filter(|grade| GRADES.contains(grade));
    by_word.or_else(|| by_number.and_then(|grade| list.place(&format!("{grade:02}"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::SchemaFiles;

    #[test]
    fn days_are_read_as_people_and_spreadsheets_write_them() {
        let book = RecordBook::load(&SchemaFiles::open(None).unwrap()).unwrap();
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d).unwrap();
        let reader = ValueReader { book: &book, day: day(2025, 9, 30) };
        for (text, wanted) in [
            ("05/09/2015", Ok(number_of(day(2015, 9, 5)))),
            ("2015-09-05T00:00:00", Ok(number_of(day(2015, 9, 5)))),
            ("42252", Ok(number_of(day(2015, 9, 5)))),
            ("2015", Ok(year_only(2015))),
            ("09/2015", Ok(year_only(2015))),
            ("2015-09", Ok(year_only(2015))),
            ("00/00/2015", Ok(year_only(2015))),
            ("01/10/2025", Err(NoValue::Impossible)),
            ("31/02/2015", Err(NoValue::Impossible)),
            ("36", Err(NoValue::Impossible)),
            ("năm 2015", Err(NoValue::Impossible)),
        ] {
            assert_eq!(reader.date(text), wanted, "{text}");
        }
    }

    #[test]
    fn classes_begin_with_their_grade() {
        let book = RecordBook::load(&SchemaFiles::open(None).unwrap()).unwrap();
        let class = &book.entities[book.class];
        let list = class.fields[class.field("grade").unwrap()].list.clone().unwrap();
        let grade = |text| grade_of_name(text, &list).map(|place| list.values[place].code.to_string());
        let found = ["1A", "Lớp 3B", "12A1", "Khối 12", "Lớp mẫu giáo 5 tuổi", "Chồi"].map(grade);
        let wanted = [Some("01"), Some("03"), Some("12"), Some("12"), Some("17"), None].map(|code| code.map(str::to_owned));
        assert_eq!(found, wanted);
    }
}
