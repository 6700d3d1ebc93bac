//! The arguments of `tkgd query`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::base::limits::{Limits, half_of_memory};
use crate::jobs::{QueryRequest, QuerySetting, QuestionSource};

/// Rows shown on the screen, unless told otherwise.
const SHOWN: u32 = 100;
/// Seconds a question may take, unless told otherwise.
const SECONDS: u64 = 300;
/// A week.
const MOST_SECONDS: u64 = 7 * 24 * 3600;
/// Memory a question may take where neither we nor the system tell.
const MEMORY: u64 = 4 << 30;

#[derive(Debug, Clone, clap::Args)]
pub struct QueryArgs {
    /// Question in SQL (SELECT …); not with --name, --file or --list. With --list: a view or table to show.
    pub sql: Option<String>,
    /// The archive; otherwise archive, or that of the workspace.
    #[arg(long)]
    pub archive: Option<PathBuf>,
    /// A ready question.
    #[arg(long, conflicts_with_all = ["sql", "file"])]
    name: Option<String>,
    /// Parameter of a ready question; may be repeated.
    #[arg(long = "set", value_parser = set, requires = "name")]
    sets: Vec<QuerySetting>,
    /// Read the question from a file.
    #[arg(long, conflicts_with = "sql")]
    file: Option<PathBuf>,
    /// List views, tables, columns, units of measure and ready questions.
    #[arg(long, conflicts_with_all = ["name", "file"])]
    pub list: bool,
    /// Answer as of what was released up to this day (to its end, in Vietnam), as in 2026-03-01.
    #[arg(long, conflicts_with_all = ["draft", "states"])]
    as_of: Option<String>,
    /// Use drafts of the last run in place of what is released.
    #[arg(long)]
    draft: bool,
    /// Only these states, as in 2025-2026-opening, 2025-2026-opening@2, 2024-2025-closing-after-retests; may be repeated.
    #[arg(long = "state")]
    states: Vec<String>,
    /// Ask a reporting stream of its own, as in qd4725-2022; otherwise the terms.
    #[arg(long, conflicts_with = "states")]
    stream: Option<String>,
    /// Write the answer to a file.
    #[arg(long)]
    pub out: Option<PathBuf>,
    /// Rows printed as text.
    #[arg(long, default_value_t = SHOWN)]
    pub rows: u32,
    /// Most time in seconds; beyond, it stops and writes nothing.
    #[arg(long, default_value_t = SECONDS, value_parser = clap::value_parser!(u64).range(1..=MOST_SECONDS))]
    timeout: u64,
    /// Most memory in MB; beyond, it stops and writes nothing. Otherwise half of the machine's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(16..=1 << 30))]
    memory: Option<u64>,
}

fn set(text: &str) -> Result<QuerySetting, String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "NAME=VALUE".to_owned())?;
    Ok(QuerySetting { name: name.to_owned(), value: value.to_owned() })
}

impl QueryArgs {
    /// The question and the states it is about.
    pub fn request(&self, archive: &Path) -> QueryRequest {
        let question = match (&self.name, &self.sql, &self.file) {
            (Some(name), ..) => Some(QuestionSource::Named { name: name.clone(), settings: self.sets.clone() }),
            (None, Some(sql), _) => Some(QuestionSource::Sql(sql.clone())),
            (None, None, Some(file)) => Some(QuestionSource::File(file.clone())),
            (None, None, None) => None,
        };
        QueryRequest {
            archive: archive.to_owned(),
            question,
            as_of: self.as_of.clone(),
            drafts: self.draft,
            states: self.states.clone(),
            stream: self.stream.clone(),
        }
    }

    /// How much time and memory the answer may take.
    pub fn limits(&self) -> Limits {
        let memory = self.memory.map_or_else(|| half_of_memory().unwrap_or(MEMORY), |megabytes| megabytes << 20);
        Limits { time: Duration::from_secs(self.timeout), memory }
    }
}
