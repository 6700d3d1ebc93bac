//! A register looked at on its own, as a pipeline's or as a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use serde::Serialize;

use super::{RegisterLook, look_at_register};
use crate::base::error::Result;
use crate::base::message::{Lang, message};
use crate::base::term::Period;
use crate::forms::{Form, Schemas};
use crate::jobs::inputs::circular;
use crate::jobs::session::Session;
use crate::jobs::show::{findings_digest, json_of};
use crate::ledger::finding_record;
use crate::present::Presenter;
use crate::rulebook::FindingRecord;
use crate::workspace::{Pipeline, is_pipeline, option_day};

/// The register that is looked at.
#[derive(Debug)]
pub enum RegisterSource {
    /// That of a pipeline, in its term.
    Pipeline(Box<Pipeline>),
    /// A file, in a term that was told.
    File {
        /// The register.
        path: PathBuf,
        /// The term.
        period: Period,
    },
}

impl RegisterSource {
    /// A pipeline file, a workspace or a term of one is opened; `period` is asked for of anything else.
    ///
    /// # Errors
    /// When the pipeline cannot be read, or the period is none.
    pub fn of_file(path: &Path, period: impl FnOnce() -> Result<Period>) -> Result<Self> {
        if is_pipeline(path) || path.is_dir() {
            return Ok(Self::Pipeline(Box::new(Pipeline::open(path)?)));
        }
        Ok(Self::File { path: path.to_owned(), period: period()? })
    }
}

/// Looks at a register as at a day; the term's own where none is named.
///
/// # Errors
/// When the register cannot be read, no circular governs the term, or the day is none.
pub fn lint_units(session: &Session, source: &RegisterSource, on: Option<&str>) -> Result<RegisterLook> {
    let schemas = &session.schemas;
    let (register, period, regulation) = match source {
        RegisterSource::Pipeline(pipeline) => (pipeline.path(&pipeline.file.register), pipeline.period, circular(pipeline, schemas)?),
        RegisterSource::File { path, period } => (path.clone(), *period, schemas.governing(*period)?.clone()),
    };
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == period.term).cloned().collect();
    let day = match on {
        Some(text) => option_day("--on", text)?,
        None => regulation.as_at(period).unwrap_or_default(),
    };
    look_at_register(session, &register, &forms, day)
}

/// A look for programs.
#[derive(Serialize)]
struct LookRecord {
    day: NaiveDate,
    findings: Vec<FindingRecord>,
    units: usize,
}

/// The look for programs, as JSON.
#[must_use]
pub fn register_look_json(look: &RegisterLook, schemas: &Schemas, lang: Lang) -> String {
    let findings = look.findings.iter().map(|finding| finding_record(finding, &schemas.rules, lang)).collect();
    json_of(&LookRecord { day: look.day, findings, units: look.units })
}

/// The look for a screen: `most` findings of each rule, then how many units there are.
#[must_use]
pub fn register_look_text(look: &RegisterLook, schemas: &Schemas, lang: Lang, most: usize) -> String {
    let (units, found, day) = (look.units, look.findings.len(), Presenter::day(look.day));
    let digest = findings_digest(&look.findings, &schemas.rules, lang, most);
    format!("{digest}{}", message!("screen.register_has_units", units, day, found).said(lang))
}
