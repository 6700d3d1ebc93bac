//! Texts of options that several commands have.

use std::path::PathBuf;

use crate::base::error::{Error, Result};
use crate::base::message::Message;
use crate::base::number::NumberLocale;
use crate::base::term::{Period, SchoolYear, Term};

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
