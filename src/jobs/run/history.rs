//! History of a run: other terms, out of the archive.

use std::sync::Arc;

use super::RunRequest;
use crate::archive::{ArchiveReader, TermState, past_returns};
use crate::base::error::Result;
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{CellRule, Form, Regulation, Schemas};
use crate::indicators::FormGap;
use crate::jobs::inputs::Loaded;
use crate::rulebook::Moment;
use crate::rules::ReferenceReturns;
use crate::workspace::Pipeline;

/// A year ago is shown in tables too; another term is read only for rules that look at it.
fn is_looked_at(moment: Moment, schemas: &Schemas, loaded: &Loaded) -> bool {
    let is_used = |rule: &&CellRule| loaded.forms.iter().any(|form| form.layout.id == rule.layout);
    schemas.cell_rules.iter().filter(is_used).any(|rule| rule.looks_at(moment))
}

/// Returns that rules look back at: a year ago in this term and in the other term of the year, out of the archive.
///
/// With the forms whose figures of a year ago cannot be looked at.
///
/// # Errors
/// When the archive cannot be read.
pub fn earlier(context: RunRequest<'_>, loaded: &Loaded) -> Result<(ReferenceReturns, Vec<FormGap>)> {
    let RunRequest { session, pipeline, .. } = context;
    let schemas = &session.schemas;
    let archive_reader = pipeline.archive_reader()?;
    let Period { year, term } = pipeline.period;
    // A later state of results is compared with that state a year ago.
    let year_ago = pipeline.key_of(Period { year: SchoolYear(year.0 - 1), term }, pipeline.file.result_state.as_deref())?;
    let last_year = past_returns(archive_reader.state(&year_ago).as_ref(), schemas, &loaded.forms)?;
    // The other term has forms of its own; through those of this term's circular its figures are seen.
    let other = Period { year, term: term.other() };
    let other_forms: Vec<Arc<Form>> = schemas.forms_of(&loaded.regulation.id).filter(|form| form.term == other.term).cloned().collect();
    let seen = archive_reader.state(&pipeline.key_of(other, None)?).filter(|_| is_looked_at(Moment::OtherTerm, schemas, loaded));
    let other_term = past_returns(seen.as_ref(), schemas, &other_forms)?.returns;
    let term_before = if is_looked_at(Moment::TermBefore, schemas, loaded) {
        let before = Period { year: if term == Term::Opening { SchoolYear(year.0 - 1) } else { year }, term: other.term };
        past_returns(last_state(pipeline, &archive_reader, &loaded.regulation, before)?.as_ref(), schemas, &other_forms)?.returns
    } else {
        None
    };
    Ok((ReferenceReturns { last_year: last_year.returns, other_term, term_before, other_forms, other_source: None }, last_year.gaps))
}

/// The last state of a term's results that the archive has: after re-tests, where they have been held.
fn last_state(pipeline: &Pipeline, archive_reader: &ArchiveReader, regulation: &Regulation, period: Period) -> Result<Option<TermState>> {
    let states = regulation.term(period.term).map_or(&[][..], |rule| &rule.result_states);
    for state in states.iter().skip(1).rev() {
        let later = archive_reader.state(&pipeline.key_of(period, Some(&state.id))?).filter(|state| state.table("forms").is_file());
        if later.is_some() {
            return Ok(later);
        }
    }
    Ok(archive_reader.state(&pipeline.key_of(period, None)?))
}
