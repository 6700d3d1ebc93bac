//! Who decided something, why, on what ground, when: options of every command that writes into the ledger.

use chrono::NaiveDate;

use crate::cli::options::day;

/// Who, why, on what ground, when.
#[derive(Debug, clap::Args)]
pub struct Said {
    /// Role of whoever does it; no name.
    #[arg(long, default_value = "")]
    pub by: String,
    /// Reason, or explanation.
    #[arg(long, default_value = "")]
    pub reason: String,
    /// Document cited.
    #[arg(long, default_value = "")]
    pub document: String,
    /// The day it happened, as in 20/10/2025; otherwise today. The time of writing is always the machine's.
    #[arg(long, value_parser = day)]
    pub on: Option<NaiveDate>,
}
