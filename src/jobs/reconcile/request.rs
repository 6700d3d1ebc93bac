//! Request for a comparison of sources.

use std::path::{Path, PathBuf};

use crate::base::disk::OutputRules;
use crate::base::error::Result;
use crate::base::message::message;
use crate::base::number::NumberLocale;
use crate::base::term::{SchoolYear, Term};
use crate::query::reconcile::{Options, Which};
use crate::workspace::Pipeline;

/// Two sources to be compared, and what they are about.
#[derive(Debug, Clone)]
pub struct ReconcileRequest {
    /// The first source.
    pub a: SourceRequest,
    /// The second source.
    pub b: SourceRequest,
    /// The pipeline that tells term, register, number format and whose a file is;
    /// otherwise that of a source which is a pipeline.
    pub pipeline: Option<PathBuf>,
    /// The register, instead of the pipeline's.
    pub register: Option<PathBuf>,
    /// The school year, instead of the pipeline's.
    pub year: Option<SchoolYear>,
    /// The term, instead of the pipeline's.
    pub term: Option<Term>,
    /// How numbers are written as text, instead of what the pipeline says.
    pub numbers: Option<NumberLocale>,
    /// Only this form (short id or symbol); also the form of lists whose headings do not tell.
    pub form: Option<String>,
    /// The unit of single workbooks that do not tell.
    pub unit: Option<String>,
    /// The source taken to be right.
    pub trust: Which,
    /// How strictly cells are compared.
    pub options: Options<'static>,
}

impl ReconcileRequest {
    /// Nothing is written near what is compared; `open` opens pipelines.
    ///
    /// # Errors
    /// When the pipeline that tells about the term cannot be read.
    pub fn output_rules(&self, plain: OutputRules, open: impl Fn(&Path) -> Result<Pipeline>) -> Result<OutputRules> {
        let mut rules = match &self.pipeline {
            Some(pipeline) => open(pipeline)?.output_rules(),
            None => plain,
        };
        let source = message!("screen.source_compared");
        for path in [&self.a.path, &self.b.path].into_iter().chain(&self.a.mapping).chain(&self.b.mapping).chain(&self.register) {
            rules = rules.guarding(source.clone(), path);
            // A pipeline as a source stands for everything that it reads.
            if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
                && let Ok(pipeline) = open(path)
            {
                rules = rules.and(pipeline.output_rules());
            }
        }
        Ok(rules)
    }

    /// A request that reads one source as a pipeline says.
    pub(super) fn of_one(source: SourceRequest) -> Self {
        Self {
            a: source.clone(),
            b: source,
            pipeline: None,
            register: None,
            year: None,
            term: None,
            numbers: None,
            form: None,
            unit: None,
            trust: Which::A,
            options: Options::default(),
        }
    }
}

/// One source to be read.
#[derive(Debug, Clone, Default)]
pub struct SourceRequest {
    /// A workbook, a folder of workbooks, a list, a pipeline or an archive.
    pub path: PathBuf,
    /// Mapping of a list's columns.
    pub mapping: Option<PathBuf>,
    /// Codes or kinds of units whose return is the total of everything below.
    pub totals: Vec<String>,
}
