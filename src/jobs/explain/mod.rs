//! A figure explained: loaded, taken apart, told on the screen, as JSON and as a page.

mod counted;
mod page;
mod place;
mod record;
mod text;
mod words;

use crate::archive::{ArchiveReader, TermState, read_forms};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::forms::Schemas;
use crate::query::explain::{
    Address, BaseFigure, FigureDetail, FigureDifference, FigureSide, Node, difference, load_against, load_figure, load_total, node,
};

use crate::jobs::release::ReleaseTexts;
use crate::jobs::session::Session;
use crate::jobs::show::json_of;
use crate::register::UnitIndex;
use crate::workspace::states::{ArchiveRequest, older_first};
use place::FigureAsked;
use words::ExplainWords as Speech;

/// Request for an explanation.
#[derive(Debug, Clone, Default)]
pub struct ExplainRequest {
    /// Where the figure is archived.
    pub archive: ArchiveRequest,
    /// The figure: `FORM/SHEET/CODE/COLUMN`.
    pub address: String,
    /// Code of the unit, or a value of the grouping.
    pub unit: String,
    /// The grouping that what lies below stands by; otherwise by whom units report to.
    pub by: Option<String>,
    /// The state; otherwise that of the pipeline's term, or of the latest term with the form.
    pub state: Option<String>,
    /// The state that it is explained against.
    pub against: Option<String>,
}

/// A figure explained.
#[derive(Debug)]
pub struct Explanation {
    /// The figure in its state.
    pub explained: FigureDetail,
    /// The unit's total, taken apart.
    pub top: Node,
    /// Against another state.
    pub against: Option<ComparedFigure>,
    releases: ReleaseTexts,
}

/// A figure in two states, and why it is not the same.
#[derive(Debug)]
pub struct ComparedFigure {
    /// The older state; its own figure is at its own address.
    pub older: BaseFigure,
    /// The newer state.
    pub newer: FigureDetail,
    /// The unit's total in the older and in the newer state, taken apart; none where the unit was not there.
    pub tops: [Option<Node>; 2],
    /// Makeup of the difference.
    pub difference: FigureDifference,
}

/// Explains a figure.
///
/// # Errors
/// When the archive does not hold it, or the two states cannot be compared.
pub fn explain_figure(session: &Session, request: &ExplainRequest) -> Result<Explanation> {
    let schemas = &session.schemas;
    let address: Address = request.address.parse()?;
    let (archive_reader, own_term) = request.archive.open()?;
    let state = match (&request.state, own_term) {
        (Some(name), _) => archive_reader.named(name)?,
        (None, Some(key)) => archive_reader.named(&key.to_string())?,
        (None, None) => latest_with(&archive_reader, &address)?,
    };
    let mut explained = match request.against {
        None => load_total(&state, &address, schemas, &request.unit)?,
        Some(_) => load_figure(&state, &address, schemas)?,
    };
    // A value of a grouping is no name of a unit.
    let unit = if request.by.is_some() { request.unit.clone() } else { explained.figure.tree.code_meant(&request.unit)? };
    let asked = FigureAsked { unit: &unit, by: request.by.as_deref(), schemas, lang: session.lang };
    let code = asked.group(&mut explained.figure)?;
    let top = taken_apart(&explained, asked.find(&explained.figure.tree, &code)?);
    let against = request.against.as_deref().map(|name| compare_states(&archive_reader.named(name)?, &explained, &asked)).transpose()?;
    Ok(Explanation { explained, top, against, releases: session.texts.releases.clone() })
}

/// The latest term that has the form.
fn latest_with(archive_reader: &ArchiveReader, address: &Address) -> Result<TermState> {
    let mut states = archive_reader.states()?;
    // The state that reports are due in goes before a later one.
    states.sort_by(|a, b| (b.key.period, &a.key.stream, &a.key.state).cmp(&(a.key.period, &b.key.stream, &b.key.state)));
    let mut forms = Vec::new();
    for state in &states {
        let own = read_forms(state)?;
        if own.iter().any(|form| address.is_form(form)) {
            return Ok(state.clone());
        }
        forms.extend(own);
    }
    Err(address.find(&forms).err().unwrap_or_else(|| Error::config(archive_reader.folder().display(), message!("explain.nothing"))))
}

/// The total of a unit, down to every return.
fn taken_apart(explained: &FigureDetail, unit: UnitIndex) -> Node {
    node(&explained.figure, unit, &|unit| owes(explained, unit))
}

/// Whether a unit of a state owes a return on the form.
fn owes(explained: &FigureDetail, unit: UnitIndex) -> bool {
    let (unit, form) = (&explained.figure.tree.units[unit], &explained.form);
    unit.owes(form.short(), &form.symbol)
}

/// The figure against another state, always told from the older to the newer one.
fn compare_states(other: &TermState, explained: &FigureDetail, asked: &FigureAsked<'_>) -> Result<ComparedFigure> {
    let schemas = asked.schemas;
    let (older, newer) = if older_first(other, &explained.state).is_le() {
        (other.clone(), explained.clone())
    } else {
        // The figure asked for is the older one: its form may go by another circular there.
        let (form, key) = (explained.form.short(), &explained.key);
        let address = Address { form: form.to_owned(), sheet: key.sheet.to_string(), code: key.code.to_string(), column: key.column };
        let mut newer = load_figure(other, &address, schemas)?;
        asked.group(&mut newer.figure)?;
        (explained.state.clone(), newer)
    };
    let mut older = load_against(&older, &newer, schemas)?;
    let unit = asked.group(&mut older.explained.figure)?;
    if let Some(carried) = &mut older.carried {
        carried.tree = older.explained.figure.tree.clone();
    }
    let shown = older.carried.is_some().then_some(&older.explained.figure.own);
    let expects = |at: UnitIndex| owes(&older.explained, at);
    let side = FigureSide { shown, figure: older.carried.as_ref().unwrap_or(&older.explained.figure), expects: &expects };
    let difference = difference(side, &newer.figure, &unit);
    let top = |of: &FigureDetail| of.figure.tree.find(&unit).map(|at| taken_apart(of, at));
    let tops = [top(&older.explained), top(&newer)];
    Ok(ComparedFigure { older, newer, tops, difference })
}

impl ComparedFigure {
    /// A side has nothing but what is not known, or what has not come in: there is no difference to tell.
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        self.tops.iter().flatten().any(|top| !top.has_number && top.is_lacking)
    }

    /// Both are states of one term: returns came in later, or were corrected.
    #[must_use]
    pub fn is_same_term(&self) -> bool {
        self.older.explained.state.key.period == self.newer.state.key.period
    }

    /// A side lacks something, or its results are still to come: the difference is not the whole.
    #[must_use]
    pub fn is_lacking(&self) -> bool {
        self.tops.iter().flatten().any(|top| top.is_lacking || top.is_open) || !self.difference.lacking_before.is_empty()
    }
}

/// The explanation for a screen; everything, or what weighs most.
#[must_use]
pub fn explained_text(explanation: &Explanation, schemas: &Schemas, lang: Lang, all: bool) -> String {
    text::text(&Speech::new(explanation, schemas, lang), all)
}

/// The explanation for programs, as JSON.
#[must_use]
pub fn explained_json(explanation: &Explanation, schemas: &Schemas, lang: Lang) -> String {
    json_of(&record::ExplanationRecord::new(&Speech::new(explanation, schemas, lang)))
}

/// The explanation as a page of its own.
#[must_use]
pub fn explained_html(explanation: &Explanation, schemas: &Schemas, lang: Lang) -> String {
    page::page(&Speech::new(explanation, schemas, lang))
}
