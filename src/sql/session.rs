//! An archive that questions are put to: only the tables and views that a question names are looked at.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use datafusion::catalog::TableProvider;
use datafusion::datasource::ViewTable;
use sqlparser::ast::Statement;

use super::answer::{Answer, at_once, on_large_stack};
use super::catalogue::TableCatalogue;
use super::derived_tables::derived_table;
use super::guard::{Guard, read_only};
use super::parse::{Headings, parse, tables_of, with_exponents};
use super::problem::failed;
use super::sources::Sources;
use super::{TERM, YEAR};
use crate::archive::{ArchiveReader, TermState};
use crate::base::error::{Error, Result};
use crate::base::limits::Stop;
use crate::base::message::message;
use crate::base::term::SchoolYear;
use crate::forms::Schemas;
use crate::sql_engine::Engine;

/// Which states of terms are looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Drafts in place of what is released.
    pub drafts: bool,
    /// Only these, by name; all terms where there are none.
    pub states: Vec<String>,
    /// A reporting stream of its own; the terms' otherwise, or the only one that there is.
    pub stream: Option<String>,
}

/// An archive that questions are put to.
#[derive(Debug)]
pub struct SqlSession<'a> {
    schemas: &'a Schemas,
    /// Tables, views and questions that can be asked.
    pub catalogue: &'a TableCatalogue,
    archive_reader: &'a ArchiveReader,
    states: Vec<TermState>,
    guard: OnceLock<Guard<'a>>,
    engine: OnceLock<Engine>,
    memory: Option<usize>,
    stop: Stop,
}

/// The one stream of an archive that holds nothing else.
fn only_stream(states: &[TermState]) -> Option<String> {
    let first = states.first()?.key.stream.clone();
    first.filter(|stream| states.iter().all(|state| state.key.stream.as_ref() == Some(stream)))
}

impl<'a> SqlSession<'a> {
    /// Looks at an archive.
    ///
    /// # Errors
    /// When a state that was asked for is not there, or two are of one term.
    pub fn open(schemas: &'a Schemas, catalogue: &'a TableCatalogue, archive_reader: &'a ArchiveReader, asked: &Asked) -> Result<Self> {
        let mut states = if asked.states.is_empty() {
            // A later state of results holds the same learners once more, another stream another register.
            let mut all = archive_reader.states()?;
            all.retain(|state| state.key.state.is_none());
            let stream = asked.stream.clone().or_else(|| only_stream(&all));
            all.retain(|state| state.key.stream == stream);
            all
        } else {
            asked.states.iter().map(|name| archive_reader.named(name)).collect::<Result<Vec<_>>>()?
        };
        if asked.drafts {
            states = states.into_iter().map(|state| archive_reader.draft(&state.key).unwrap_or(state)).collect();
        }
        states.sort_by(|a, b| a.key.cmp(&b.key));
        let mut periods = BTreeSet::new();
        if let Some(twice) = states.iter().find(|state| !periods.insert(state.key.period)) {
            let reason = message!("sql.two_states_figures_counted", period = twice.key.period);
            return Err(Error::config("--state", reason));
        }
        Ok(Self {
            schemas,
            catalogue,
            archive_reader,
            states,
            guard: OnceLock::new(),
            engine: OnceLock::new(),
            memory: None,
            stop: Stop::default(),
        })
    }

    /// Ends answers when they are stopped.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Limits the bytes of memory that answers hold while they are worked out.
    #[must_use]
    pub fn within(self, memory: u64) -> Self {
        Self { memory: usize::try_from(memory).ok(), ..self }
    }

    /// The states of terms that are looked at.
    #[must_use]
    pub fn states(&self) -> &[TermState] {
        &self.states
    }

    /// Their school years.
    #[must_use]
    pub fn years(&self) -> Vec<SchoolYear> {
        self.states.iter().map(|state| state.key.period.year).collect()
    }

    /// Puts a question in SQL; nothing is read before the answer is.
    ///
    /// # Errors
    /// When it is no SQL, is too large, or names or does what is not there or not allowed.
    pub fn ask(&self, sql: &str) -> Result<Answer> {
        if !["select", "with", "explain", "("].iter().any(|word| starts_with(sql, word)) {
            return Err(read_only());
        }
        on_large_stack(|| {
            let statement = self.guard.get_or_init(|| Guard::new(self.catalogue)).check(sql)?;
            self.answer(statement)
        })
    }

    /// The answer to a question that was let through.
    fn answer(&self, mut statement: Statement) -> Result<Answer> {
        let engine = self.engine()?;
        self.register(engine, &statement)?;
        let headings = Headings::of(&mut statement);
        with_exponents(&mut statement);
        let plan = at_once(engine.plan(statement))?.map_err(|e| failed(&e))?;
        let types = engine.types(&plan).map_err(|e| failed(&e))?;
        Ok(Answer::new(engine.state().clone(), plan, &types, &headings).within(self.memory).until(self.stop.clone()))
    }

    fn engine(&self) -> Result<&Engine> {
        if let Some(engine) = self.engine.get() {
            return Ok(engine);
        }
        let engine = Engine::new(self.folder(), self.memory).map_err(|e| failed(&e))?;
        Ok(self.engine.get_or_init(|| engine))
    }

    /// Makes known whatever a question names.
    fn register(&self, engine: &Engine, statement: &Statement) -> Result<()> {
        for name in tables_of(statement) {
            if engine.knows(&name) {
                continue;
            }
            if let Some(view) = self.catalogue.view(&name) {
                let Some(statement) = parse(&view.sql).ok().and_then(|mut statements| statements.pop()) else { continue };
                self.register(engine, &statement)?;
                let plan = at_once(engine.plan(statement))?.map_err(|e| failed(&e))?;
                engine.register(&name, Arc::new(ViewTable::new(plan, None))).map_err(|e| failed(&e))?;
            } else if let Some(table) = self.table(engine, &name)? {
                engine.register(&name, table).map_err(|e| failed(&e))?;
            }
        }
        Ok(())
    }

    fn table(&self, engine: &Engine, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let catalogue = self.catalogue;
        if let Some(table) = catalogue.stored.table(name) {
            return Sources::new(self.folder(), &self.states, &catalogue.groupings)?.table(table, engine.folder()).map(Some);
        }
        catalogue.made.table(name).map(|table| derived_table(table, &self.states, self.schemas)).transpose()
    }

    fn folder(&self) -> &Path {
        self.archive_reader.folder()
    }

    /// The columns of a view or table, with their types.
    ///
    /// # Errors
    /// When a file of the archive cannot be read.
    pub fn columns(&self, name: &str) -> Result<Vec<(String, String)>> {
        let quoted = name.replace('"', "\"\"");
        let mut columns = self.ask(&format!("SELECT * FROM \"{quoted}\""))?.columns();
        // Where a row stands in time comes first, wherever it is kept.
        columns.sort_by_key(|(column, _)| [YEAR, TERM].iter().position(|first| first == column).unwrap_or(2));
        Ok(columns)
    }
}

/// True where a text begins with a word, comments aside.
fn starts_with(sql: &str, word: &str) -> bool {
    let mut rest = sql.trim_start();
    while let Some(comment) = rest.strip_prefix("--") {
        rest = comment.split_once('\n').map_or("", |(_, rest)| rest).trim_start();
    }
    rest.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}
