//! Texts of options that several commands have.

use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::base::number::NumberLocale;
use crate::base::term::{Period, SchoolYear, Term};

/// The school year of `--year`.
pub fn school_year(text: &str) -> Result<SchoolYear> {
    text.parse().map_err(|reason: Message| Error::config("--year", reason))
}

/// The term of `--term`.
pub fn term(text: &str) -> Result<Term> {
    text.parse().map_err(|reason: Message| Error::config("--term", reason))
}

/// The period of `--year` and `--term`.
pub fn period(year: &str, named: &str) -> Result<Period> {
    Ok(Period { year: school_year(year)?, term: term(named)? })
}

/// How numbers are written, of `--numbers`.
pub fn numbers(text: &str) -> Result<NumberLocale> {
    match text {
        "vi" => Ok(NumberLocale::Vi),
        "en" => Ok(NumberLocale::En),
        other => Err(Error::config("--numbers", format!("`{other}` is neither `vi` nor `en`"))),
    }
}
