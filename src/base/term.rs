//! School years and the two terms of periodic reporting.

use std::fmt;
use std::str::FromStr;

use chrono::{Datelike as _, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::base::message::{Message, message};

/// Vietnam is this many hours ahead of universal time.
pub const VIETNAM_HOURS: i64 = 7;

/// A school year, named by the calendar year in which it starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchoolYear(pub i32);

impl fmt::Display for SchoolYear {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.0, self.0 + 1)
    }
}

impl FromStr for SchoolYear {
    type Err = Message;

    /// Accepts `2025-2026`, with hyphen or dash and blanks, and plain `2025`.
    fn from_str(text: &str) -> Result<Self, Message> {
        let bad = || message!("base.not_a_school_year", text);
        let mut parts = text.split(['-', '–', '—']).map(str::trim);
        let first: i32 = parts.next().and_then(|p| p.parse().ok()).ok_or_else(bad)?;
        if !(1945..=2999).contains(&first) {
            return Err(bad());
        }
        match parts.next().map(str::parse::<i32>) {
            None => Ok(Self(first)),
            Some(Ok(second)) if second == first + 1 && parts.next().is_none() => Ok(Self(first)),
            Some(_) => Err(bad()),
        }
    }
}

impl SchoolYear {
    /// Whether a day may have to do with the school year: it lies in one of its two calendar years, or in the one before or after.
    #[must_use]
    pub fn is_near(self, day: NaiveDate) -> bool {
        (self.0 - 1..=self.0 + 2).contains(&day.year())
    }
}

/// A reporting term (kỳ báo cáo) of a school year; not a semester.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Term {
    /// Opening term, kỳ đầu năm học.
    Opening,
    /// Closing term, kỳ cuối năm học.
    Closing,
}

impl Term {
    /// The name used in files, folders and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Closing => "closing",
        }
    }
}

impl Term {
    /// The other term of the school year.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Opening => Self::Closing,
            Self::Closing => Self::Opening,
        }
    }
}

impl FromStr for Term {
    type Err = Message;

    fn from_str(text: &str) -> Result<Self, Message> {
        match text.trim() {
            "opening" | "dau-nam" => Ok(Self::Opening),
            "closing" | "cuoi-nam" => Ok(Self::Closing),
            other => Err(message!("base.not_a_term", other)),
        }
    }
}

/// One term of one school year: what a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    /// The school year.
    pub year: SchoolYear,
    /// The term.
    pub term: Term,
}

impl Period {
    /// The day the figures are as at, given the term's month and day.
    ///
    /// A month before August belongs to the second calendar year of the school year.
    #[must_use]
    pub fn day(self, month: u32, day: u32) -> Option<NaiveDate> {
        let year = if month >= 8 { self.year.0 } else { self.year.0 + 1 };
        NaiveDate::from_ymd_opt(year, month, day)
    }
}

impl Period {
    /// Its name for people.
    #[must_use]
    pub fn message(self) -> Message {
        match self.term {
            Term::Opening => message!("base.opening_of", year = self.year),
            Term::Closing => message!("base.closing_of", year = self.year),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.year, self.term.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn school_years_are_read_as_people_write_them() {
        for text in ["2025-2026", "2025 – 2026", "2025", " 2025 - 2026 "] {
            assert_eq!(text.parse(), Ok(SchoolYear(2025)), "{text}");
        }
        for text in ["2025-2027", "25-26", "", "2025-2026-2027"] {
            assert!(text.parse::<SchoolYear>().is_err(), "{text}");
        }
    }
}
