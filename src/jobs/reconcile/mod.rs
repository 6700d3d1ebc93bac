//! Two sources against each other: loaded, compared, shown, and listed for correction.

mod lines;
mod lists;
mod record;
mod request;
mod show;
mod sources;
mod tables;
mod workbook;

use std::path::Path;

use crate::base::disk::{OutputFolder, OutputRules, Published, Scope};
use crate::base::error::Result;
use crate::base::message::Lang;
use crate::base::term::Period;
use crate::findings::Finding;
use crate::forms::{Regulation, Schemas};
use crate::jobs::session::Session;
use crate::present::PaperState;
use crate::query::reconcile::{ComparedSource, ComparisonKind, FormResult, Options, Which, reconcile};
use crate::register::Tree;

pub use request::{ReconcileRequest, SourceRequest};
pub(crate) use sources::other_source;

/// The workbook of a comparison.
const WORKBOOK: &str = "doi-chieu.xlsx";

/// Facts about a source besides its returns.
#[derive(Debug, Clone)]
pub struct SourceName {
    /// As the user named it.
    pub name: String,
    /// Kind of source: a member of the messages `reconcile.source`.
    pub kind: &'static str,
    /// Files and lines that could not be used, and why.
    pub unread: Vec<Finding>,
}

/// Two sources compared.
#[derive(Debug)]
pub struct Reconciled {
    /// The term.
    pub period: Period,
    /// Its circular.
    pub regulation: Regulation,
    /// Units as at the term.
    pub tree: Tree,
    /// Names of the sources.
    pub names: [SourceName; 2],
    /// The sources.
    pub sources: [ComparedSource; 2],
    /// One result per form.
    pub forms: Vec<FormResult>,
    /// The source taken to be right.
    pub trust: Which,
    /// A blank against a 0 was taken for a difference.
    pub strict_blank: bool,
    /// State of papers about it.
    pub state: PaperState,
}

impl Reconciled {
    /// Nothing differs, nothing is missing, nothing was left unread.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.forms.iter().all(FormResult::is_equal) && self.names.iter().all(|name| name.unread.is_empty())
    }

    /// Name of a source.
    #[must_use]
    pub fn name(&self, which: Which) -> &SourceName {
        &self.names[usize::from(which == Which::B)]
    }

    /// A source.
    #[must_use]
    pub fn source(&self, which: Which) -> &ComparedSource {
        &self.sources[usize::from(which == Which::B)]
    }
}

/// Counts of one form's differences.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Cells that differ, at the lowest units.
    pub differing: usize,
    /// Of those, totals that follow from their parts.
    pub totals: usize,
    /// Cells that could not be compared, at the lowest units.
    pub not_comparable: usize,
    /// Returns missing in the first and in the second source.
    pub missing: [usize; 2],
    /// Contradictions inside the first and inside the second source.
    pub inside: [usize; 2],
}

impl Counts {
    /// Counts a form.
    #[must_use]
    pub fn of(result: &FormResult) -> Self {
        let lowest = || result.differences.iter().filter(|d| d.lowest);
        let missing = |which| result.missing.iter().filter(|m| m.missing_in == which).count();
        let inside = |which| result.inside.iter().filter(|i| i.source == which).count();
        Self {
            differing: lowest().filter(|d| d.kind != ComparisonKind::NotComparable).count(),
            totals: lowest().filter(|d| d.kind != ComparisonKind::NotComparable && d.follows).count(),
            not_comparable: lowest().filter(|d| d.kind == ComparisonKind::NotComparable).count(),
            missing: Which::BOTH.map(missing),
            inside: Which::BOTH.map(inside),
        }
    }
}

/// Loads both sources and compares them.
///
/// # Errors
/// When a source cannot be read at all, or the term is not known.
pub fn reconcile_sources(session: &Session, request: &ReconcileRequest) -> Result<Reconciled> {
    let loader = sources::Loader::new(session, request)?;
    let (a, name_a) = loader.load(&request.a)?;
    let (b, name_b) = loader.load(&request.b)?;
    let forms = reconcile(&loader.tree, &a, &b, Options { mappings: &session.schemas.mappings, ..request.options })?;
    Ok(Reconciled {
        period: loader.base.period,
        regulation: loader.regulation,
        tree: loader.tree,
        names: [name_a, name_b],
        sources: [a, b],
        forms,
        trust: request.trust,
        strict_blank: request.options.strict_blank,
        state: session.texts.releases.draft_state(),
    })
}

/// Writes the workbooks and tables of a comparison into a folder, in place of those of the comparison before.
///
/// # Errors
/// When the rules refuse the folder, or a file cannot be written.
pub fn write_reconciled(result: &Reconciled, schemas: &Schemas, folder: &Path, rules: &OutputRules, lang: Lang) -> Result<Published> {
    let staged = OutputFolder::open(folder, Scope::Whole, rules)?;
    let lines = lines::ReconcileLines::new(result, schemas, lang);
    staged.write(WORKBOOK, &workbook::workbook(&lines)?)?;
    for (name, bytes) in lists::school_lists(&lines)? {
        staged.write(&format!("can-sua/{name}"), &bytes)?;
    }
    staged.write("doi-chieu.json", reconciled_json(result, schemas, lang).as_bytes())?;
    tables::write_tables(&lines, &staged)?;
    staged.publish()
}

/// The comparison for a screen: what is worst first, `cells` of each form at most.
#[must_use]
pub fn reconciled_text(result: &Reconciled, schemas: &Schemas, lang: Lang, cells: usize) -> String {
    show::text(&lines::ReconcileLines::new(result, schemas, lang), cells)
}

/// The comparison for programs.
#[must_use]
pub fn reconciled_json(result: &Reconciled, schemas: &Schemas, lang: Lang) -> String {
    record::json(&lines::ReconcileLines::new(result, schemas, lang))
}
