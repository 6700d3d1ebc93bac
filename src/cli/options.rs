//! Texts of options that several commands have.

use std::path::PathBuf;

use chrono::NaiveDate;

use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::base::number::NumberLocale;
use crate::base::term::{Period, SchoolYear, Term};
use crate::tables::parse_date;

/// Reason of a refusal that is said in words of the command line.
pub const NO_DAY: &str = "DAY";

/// Pipeline of a command: a file, a name, or the one that is due in the workspace.
#[derive(Debug, Clone, clap::Args)]
pub struct PipelineArgs {
    /// Pipeline file (.toml), workspace or name of a term; otherwise the workspace from here upwards, in the term that is due.
    pub pipeline: Option<PathBuf>,
    /// Term: dau-nam-hoc or cuoi-nam-hoc; otherwise the one that is due.
    #[arg(long)]
    pub term: Option<String>,
}

/// The school year of `--year`.
pub fn school_year(text: &str) -> Result<SchoolYear> {
    text.parse().map_err(|reason: Message| Error::config("--year", reason))
}

/// A day as people write it, `20/10/2025`, or ISO, for options that take one; what is none is told by `no_day`.
pub fn day(text: &str) -> std::result::Result<NaiveDate, String> {
    parse_date(text).map_err(|_| NO_DAY.to_owned())
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
