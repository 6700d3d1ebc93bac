//! Dates as people and spreadsheets write them.

use chrono::{Datelike as _, NaiveDate};

use crate::base::message::{Message, message};

/// Years that a date of a school can be in; the last one stands for "without an end".
const YEARS: std::ops::RangeInclusive<i32> = 1800..=9999;
/// The last two-digit year that is one of this century.
const LAST_SHORT: i32 = 49;

/// Reads a date as people write it: day/month/year (also with `-` or `.`) or ISO.
///
/// A year of two digits is 20yy up to 49; from 50 on nobody can know the century, and the date is refused, as is a year of
/// one or three digits.
///
/// # Errors
/// A sentence naming the text.
pub fn parse_date(text: &str) -> Result<NaiveDate, Message> {
    let text = crate::base::text::visible(text);
    read(&text).ok_or_else(|| message!("base.not_a_date", text))
}

fn read(text: &str) -> Option<NaiveDate> {
    let separator = text.chars().find(|c| !c.is_ascii_digit()).filter(|c| "/-.".contains(*c))?;
    let mut parts = text.split(separator);
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (year, day) = if first.len() == 4 && separator == '-' { (first, last) } else { (last, first) };
    let number = |part: &str, most: usize| {
        let is_number = (1..=most).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { part.parse::<u32>().ok() } else { None }
    };
    let date = NaiveDate::from_ymd_opt(full_year(year)?, number(month, 2)?, number(day, 2)?)?;
    YEARS.contains(&date.year()).then_some(date)
}

fn full_year(text: &str) -> Option<i32> {
    let year: i32 = if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok()? } else { return None };
    match text.len() {
        4 => Some(year),
        2 if year <= LAST_SHORT => Some(2000 + year),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_of_two_digits_follow_one_rule() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        for (text, date) in [
            ("30/09/2025", day(2025, 9, 30)),
            ("2025-09-30", day(2025, 9, 30)),
            ("1/9/2025", day(2025, 9, 1)),
            ("30/06/26", day(2026, 6, 30)),
            ("01/08/05", day(2005, 8, 1)),
            ("30.06.2026", day(2026, 6, 30)),
            ("\u{202d}30/06/2026\u{202c}", day(2026, 6, 30)),
            ("31/12/9999", day(9999, 12, 31)),
        ] {
            assert_eq!(parse_date(text).ok(), date, "{text}");
        }
        for text in ["01/09/75", "30/06/026", "30/06/0026", "06/30/2026", "31/02/2026", "26-06-30-1", "", "2026", "30/06/+26", "a/b/c"] {
            assert!(parse_date(text).is_err(), "{text}");
        }
    }
}
