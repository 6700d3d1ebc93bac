//! Everything official as data: circulars, forms, rules and the register's columns.
//!
//! [`Schemas::load`] reads all of it, or says everything that is wrong with it.

mod archive_tables;
mod cell_rules;
mod diff;
mod expression;
mod flows;
mod form;
mod form_file;
mod indicator;
mod layouts;
mod lint;
mod look;
mod mapping;
mod measures;
mod pick;
mod register_file;
mod regulation;
mod report_book;
mod resolve;
mod rules;
mod source;
mod sums;
mod table_rules;

use std::sync::Arc;

use crate::error::{Error, Result, Words, closest};
use crate::term::Period;

pub use archive_tables::{ArchiveColumn, ArchiveFile, ArchiveTable, ArchiveTables, ArchiveType};
pub use cell_rules::{CellCheck, CellRule, Leaf, Outlier};
pub use diff::{Certainty, Change, FormDiff, Member, Pair, diff, diff_text, mapping_toml, propose};
pub use expression::{ColumnPick, Expression, Function, Moment, Operator, Reference, Unary};
pub use flows::{Flow, FlowItem, Grade, RowPlace, Stock};
pub use form::{Column, Confidence, Form, Layout, LayoutStatus, Roles, Row, Sheet, SheetKind};
pub use indicator::{BUILT_IN, Base, Indicator, IndicatorBound, Measured};
pub use layouts::LayoutBook;
pub use lint::lint;
pub use look::{Border, HeaderCell, HeaderContent, Paper, RowLook, SheetLook, TextCell, TextField};
pub use mapping::{Bridge, Mapping, MappingFile, MappingLine, MappingStatus, SheetMapping, SlotMap, bridge};
pub use measures::{KeyFigure, Measure, MeasureBook, MeasurePart};
pub use pick::{Back, Pick};
pub use register_file::{CodeName, CountRule, CountingBasis, Level, RegisterColumn, RegisterSchema, UnitKind};
pub use regulation::{FactBasis, MonthDay, Regulation, ResultState, Signature, Signer, TermRule};
pub use report_book::{Against, Bands, Order, ReportBook, ReportChart, ReportColumn, ReportSheet};
pub use rules::{FINDING_TEXTS, Rule, RuleBook, Stage, verbatim};
pub use source::{SchemaFiles, parse_toml, toml_quoted};
pub use sums::{Basis, Bounds, Sum, Sums};
pub use table_rules::{
    Bound, ColumnType, ColumnWords, Complete, Depends, Field, Hierarchy, KeyPart, Parts, TableColumn, TableField, TableRule, TableRuleFile,
    TableRuleKind, TableRules, TableSchema, TotalOf,
};

use form_file::FormFile;
use rules::CircularRules;

/// What the archive's tables are.
const ARCHIVE_FILE: &str = "archive.toml";

/// All schemas, loaded and resolved.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The files they came from.
    pub files: SchemaFiles,
    /// Circulars in the order of their ids.
    pub regulations: Vec<Regulation>,
    /// Forms in the order of their ids.
    pub forms: Vec<Arc<Form>>,
    /// Mappings between form versions, in the order of their files.
    pub mappings: Vec<Mapping>,
    /// The rule catalogue.
    pub rules: RuleBook,
    /// How people go on from term to term, bound to the forms' rows.
    pub flows: Vec<Flow>,
    /// What is counted, and where it stands in the forms.
    pub measures: MeasureBook,
    /// Indicators, in the order of their files.
    pub indicators: Vec<Indicator>,
    /// What is wrong with files whose content can be left out; `lint` tells it.
    pub problems: Vec<String>,
    /// Rules over cells, bound to the layouts they are about.
    pub cell_rules: Vec<CellRule>,
    /// The register's columns and code lists.
    pub register: RegisterSchema,
    /// Words for how far layouts can be trusted.
    pub layouts: LayoutBook,
    /// What the archive's tables are.
    pub archive_tables: ArchiveTables,
}

impl Schemas {
    /// Loads the built-in schemas, overridden by those of a folder.
    ///
    /// # Errors
    /// The first file that cannot be loaded, with every problem in it.
    pub fn load(folder: Option<&std::path::Path>) -> Result<Self> {
        Self::of(SchemaFiles::open(folder)?)
    }

    /// Loads the schemas that these files make.
    ///
    /// # Errors
    /// As for [`Schemas::load`].
    pub fn of(files: SchemaFiles) -> Result<Self> {
        let mut regulations = Vec::new();
        let (mut written, mut mapped) = (Vec::new(), Vec::new());
        for path in files.paths() {
            if path.ends_with("/regulation.toml") {
                regulations.push(files.toml::<Regulation>(path)?);
            } else if path.contains("/forms/") && path.ends_with(".toml") {
                written.push((path.to_owned(), files.toml::<FormFile>(path)?));
            } else if path.contains("/mappings/") && path.ends_with(".toml") {
                mapped.push((path.to_owned(), files.toml::<MappingFile>(path)?));
            }
        }
        let (mut rules, twice) = RuleBook::new(files.toml("rules.toml")?);
        if let Some(id) = twice.first() {
            return Err(Error::config(files.shown("rules.toml"), format!("rule `{id}` is defined twice")));
        }
        let register = files.toml("register.toml")?;
        let archive_tables = ArchiveTables::new(&files.toml(ARCHIVE_FILE)?, &register)
            .map_err(|problems| Error::config(files.shown(ARCHIVE_FILE), problems.join("; ")))?;
        let layouts = files.toml("layouts.toml")?;
        let forms = resolve_forms(&files, written)?;
        let mappings = resolve_mappings(&files, &forms, mapped)?;
        let cell_rules = circular_rules(&files, &forms, &layouts, &mut rules)?;
        let (measures, mut problems) = circular_measures(&files, &forms)?;
        let (flows, unbound) = circular_flows(&files, &forms)?;
        problems.extend(unbound);
        let indicators = indicators(&files)?;
        problems.extend(indicator::problems(&indicators, &measures));
        Ok(Self {
            files,
            regulations,
            forms,
            mappings,
            rules,
            flows,
            measures,
            indicators,
            problems,
            cell_rules,
            register,
            layouts,
            archive_tables,
        })
    }

    /// How figures of an old layout may be looked at in a new one.
    #[must_use]
    pub fn bridge(&self, old: &Layout, new: &Layout) -> Bridge {
        mapping::bridge(&self.mappings, old, new)
    }

    /// The circular that governs a period.
    ///
    /// # Errors
    /// When none is in force on the day the figures are as at.
    pub fn governing(&self, period: Period) -> Result<&Regulation> {
        self.regulations.iter().find(|regulation| !regulation.separate && regulation.governs(period)).ok_or_else(|| Error::Unknown {
            kind: "circular in force for",
            name: period.to_string(),
            hint: Some(Words::both(
                "xem `in_force_from` và `in_force_to` trong schemas/*/regulation.toml",
                "check `in_force_from` and `in_force_to` in schemas/*/regulation.toml",
            )),
        })
    }

    /// The circular that a pipeline names, or the one that governs its period.
    ///
    /// # Errors
    /// When there is none of that name, or none in force.
    pub fn regime(&self, named: Option<&str>, period: Period) -> Result<&Regulation> {
        let Some(id) = named else { return self.governing(period) };
        let near = || closest(id, self.regulations.iter().map(|regulation| regulation.id.as_str())).map(Words::did_you_mean);
        self.regulation(id).ok_or_else(|| Error::Unknown { kind: "circular", name: id.to_owned(), hint: near() })
    }

    /// The circular with this id.
    #[must_use]
    pub fn regulation(&self, id: &str) -> Option<&Regulation> {
        self.regulations.iter().find(|regulation| regulation.id == id)
    }

    /// Forms of a circular.
    pub fn forms_of<'a>(&'a self, circular: &'a str) -> impl Iterator<Item = &'a Arc<Form>> {
        self.forms.iter().filter(move |form| &*form.circular == circular)
    }

    /// Forms that a file may be of where this circular's are awaited: all but those of streams of their own, unless it is one.
    #[must_use]
    pub fn recognisable(&self, circular: &str) -> Vec<Arc<Form>> {
        let is_apart = |form: &Form| self.regulation(&form.circular).is_some_and(|own| own.separate);
        self.forms.iter().filter(|form| *form.circular == *circular || !is_apart(form)).cloned().collect()
    }

    /// A form by full id, or by short id within a circular.
    ///
    /// # Errors
    /// When there is none, with the nearest id as a hint.
    pub fn form(&self, id: &str) -> Result<&Arc<Form>> {
        let exact = self.forms.iter().find(|form| &*form.id == id);
        exact.or_else(|| self.forms.iter().find(|form| id.contains('/') && form.is_called(id))).ok_or_else(|| Error::Unknown {
            kind: "form",
            name: id.to_owned(),
            hint: closest(id, self.forms.iter().map(|f| &*f.id)).map(Words::did_you_mean),
        })
    }
}

/// Reads every circular's rules into the catalogue and binds them to its forms.
fn circular_rules(files: &SchemaFiles, forms: &[Arc<Form>], layouts: &LayoutBook, book: &mut RuleBook) -> Result<Vec<CellRule>> {
    let mut bound = Vec::new();
    let paths = files.paths().filter(|path| path.ends_with("/rules.toml") || (path.contains("/rules/") && path.ends_with(".toml")));
    for path in paths {
        let circular = path.split('/').next().unwrap_or_default();
        let rules = files.toml::<CircularRules>(path)?.rules;
        bound.extend(cell_rules::bind(circular, &rules, forms, layouts));
        if let Some(id) = book.add(rules).first() {
            return Err(Error::config(files.shown(path), format!("rule `{id}` is defined twice")));
        }
    }
    Ok(bound)
}

/// `<circular>/measures.toml`, or a part of it such as `measures_closing.toml`.
fn is_measures(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(_, name)| name.starts_with("measures") && name.ends_with(".toml"))
}

/// Reads every circular's measures and binds them to its forms.
fn circular_measures(files: &SchemaFiles, forms: &[Arc<Form>]) -> Result<(MeasureBook, Vec<String>)> {
    let (mut measures, mut problems) = (MeasureBook::default(), Vec::new());
    for path in files.paths().filter(|path| is_measures(path)) {
        let circular = path.split('/').next().unwrap_or_default();
        let unbound = measures.add(circular, files.toml(path)?, forms);
        problems.extend(unbound.into_iter().map(|problem| format!("{path}: {problem}")));
    }
    problems.extend(measures.finish());
    Ok((measures, problems))
}

/// Reads every file of indicators.
fn indicators(files: &SchemaFiles) -> Result<Vec<Indicator>> {
    let mut all = Vec::new();
    for path in files.paths().filter(|path| path.starts_with("indicators/") && path.ends_with(".toml")) {
        all.extend(files.toml::<indicator::IndicatorFile>(path)?.indicators);
    }
    Ok(all)
}

/// Reads every circular's flows and binds them to its forms.
fn circular_flows(files: &SchemaFiles, forms: &[Arc<Form>]) -> Result<(Vec<Flow>, Vec<String>)> {
    let (mut flows, mut problems) = (Vec::new(), Vec::new());
    for path in files.paths().filter(|path| path.ends_with("/flows.toml")) {
        let circular = path.split('/').next().unwrap_or_default();
        let (bound, unbound) = flows::bind(circular, files.toml(path)?, forms);
        flows.extend(bound);
        problems.extend(unbound.into_iter().map(|problem| format!("{path}: {problem}")));
    }
    Ok((flows, problems))
}

/// Checks the mappings against the forms they name.
fn resolve_mappings(files: &SchemaFiles, forms: &[Arc<Form>], written: Vec<(String, MappingFile)>) -> Result<Vec<Mapping>> {
    let mut mappings = Vec::new();
    for (path, file) in written {
        let layout = |id: &str| {
            forms.iter().find(|form| *form.id == *id).map(|form| Arc::clone(&form.layout)).ok_or_else(|| {
                let error = Error::config(files.shown(&path), format!("there is no form `{id}`"));
                match closest(id, forms.iter().map(|form| &*form.id)) {
                    Some(near) => error.with_hint(Words::did_you_mean(near)),
                    None => error,
                }
            })
        };
        let (old, new) = (layout(&file.from)?, layout(&file.to)?);
        mappings.push(match Mapping::new(file.clone(), &path, &old, &new) {
            Ok(mapping) => mapping,
            // Nobody relies on what nobody has confirmed; `lint` tells it.
            Err(problems) if file.status == MappingStatus::Proposed => Mapping::unusable(file, &path, &old, &new, problems),
            Err(problems) => return Err(Error::config(files.shown(&path), problems.join("; "))),
        });
    }
    Ok(mappings)
}

/// Resolves the forms that have sheets, then those that borrow a layout.
fn resolve_forms(files: &SchemaFiles, written: Vec<(String, FormFile)>) -> Result<Vec<Arc<Form>>> {
    let (borrowing, owning): (Vec<_>, Vec<_>) = written.into_iter().partition(|(_, file)| file.borrows.is_some());
    let mut forms: Vec<Arc<Form>> = Vec::new();
    for (path, file) in owning {
        let circular = path.split('/').next().unwrap_or_default();
        forms.push(Arc::new(own_form(circular, &files.shown(&path), file)?));
    }
    for (path, mut file) in borrowing {
        let circular = path.split('/').next().unwrap_or_default();
        let lender = file.borrows.clone().unwrap_or_default();
        let found = forms.iter().find(|form| *form.id == *lender).map(|form| (Arc::clone(&form.layout), form.layout_status));
        let (layout, lent) = found.ok_or_else(|| {
            let error = Error::config(files.shown(&path), format!("it borrows the layout of `{lender}`, which is not there"));
            match closest(&lender, forms.iter().map(|f| &*f.id)) {
                Some(near) => error.with_hint(Words::did_you_mean(near)),
                None => error,
            }
        })?;
        let id = format!("{circular}/{}", file.id);
        file.layout_status = borrowed_status(file.layout_status, lent);
        forms.push(Arc::new(finish(circular, &id, file, layout)));
    }
    forms.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(forms)
}

/// A form out of the text of a form file that stands nowhere among the schemas yet.
///
/// # Errors
/// Everything that is wrong with it; a form that borrows its layout has none of its own.
pub fn read_form(circular: &str, shown: &str, text: &str) -> Result<Form> {
    own_form(circular, shown, parse_toml(shown, text)?)
}

fn own_form(circular: &str, shown: &str, mut file: FormFile) -> Result<Form> {
    let id = format!("{circular}/{}", file.id);
    let sheets = std::mem::take(&mut file.sheets);
    let layout = resolve::resolve(&id, sheets).map_err(|problems| Error::config(shown, problems.join("; ")))?;
    Ok(finish(circular, &id, file, Arc::new(layout)))
}

/// What a borrowed layout is worth: rebuilt when its lender is, and no longer once the lender was seen.
const fn borrowed_status(own: LayoutStatus, lent: LayoutStatus) -> LayoutStatus {
    match (own, lent) {
        (_, LayoutStatus::Reconstructed) => LayoutStatus::Reconstructed,
        (LayoutStatus::Reconstructed, _) => LayoutStatus::Assumed,
        (own, _) => own,
    }
}

fn finish(circular: &str, id: &str, file: FormFile, layout: Arc<Layout>) -> Form {
    Form {
        id: id.into(),
        circular: circular.into(),
        short: file.id.into(),
        symbol: file.symbol.into(),
        version: file.version.into(),
        title: file.title.into(),
        level: file.level.into(),
        term: file.term,
        layout_status: file.layout_status,
        layout_basis: file.layout_basis.into(),
        layout,
    }
}
