//! Schemas out of their files: everything that is wrong with any of them is told at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::archive_tables::ArchiveTables;
use super::cell_rules::{self, CellRule};
use super::flows::{self, Flow};
use super::form::{Form, Layout};
use super::form_file::FormFile;
use super::indicator::{self, Indicator};
use super::layouts::LayoutBook;
use super::lint::in_file;
use super::mapping::{Mapping, MappingFile, MappingStatus};
use super::measures::MeasureBook;
use super::regulation::Regulation;
use super::source::{SchemaFiles, parse_toml};
use super::{Schemas, resolve};
use crate::base::error::{Error, Result, closest};
use crate::base::layout_status::LayoutStatus;
use crate::base::message::{Message, message};
use crate::rulebook::catalogue::{CircularRules, RuleBook};

/// Description of the archive's tables.
const ARCHIVE_FILE: &str = "archive.toml";

/// Problems so far.
#[derive(Default)]
struct Problems {
    errors: Vec<Error>,
    /// Ids of forms whose file cannot be read: what names them is not wrong for that.
    lost: BTreeSet<String>,
}

impl Problems {
    /// The value, or its error among the others.
    fn take<T>(&mut self, read: Result<T>) -> Option<T> {
        read.map_err(|error| self.errors.push(error)).ok()
    }

    /// Of a form's file.
    fn take_form<T>(&mut self, path: &str, read: Result<T>) -> Option<T> {
        let found = self.take(read);
        if found.is_none() {
            self.lost.insert(path.replace("/forms/", "/").trim_end_matches(".toml").to_owned());
        }
        found
    }

    /// A form that is not there, unless its file is wrong.
    fn no_form(&mut self, id: &str, error: Error, forms: &[Arc<Form>]) {
        if !self.lost.contains(id) {
            self.errors.push(match closest(id, forms.iter().map(|form| &*form.id)) {
                Some(near) => error.with_hint(Message::did_you_mean(near)),
                None => error,
            });
        }
    }
}

impl Schemas {
    /// Loads the schemas that these files make.
    ///
    /// # Errors
    /// As for [`Schemas::load`].
    pub fn of(files: SchemaFiles) -> Result<Self> {
        let mut wrong = Problems::default();
        let mut regulations = Vec::new();
        let (mut written, mut mapped) = (Vec::new(), Vec::new());
        for path in files.paths() {
            if path.ends_with("/regulation.toml") {
                regulations.extend(wrong.take(files.toml::<Regulation>(path)));
            } else if path.contains("/forms/") && path.ends_with(".toml") {
                written.extend(wrong.take_form(path, files.toml::<FormFile>(path)).map(|file| (path.to_owned(), file)));
            } else if path.contains("/mappings/") && path.ends_with(".toml") {
                mapped.extend(wrong.take(files.toml::<MappingFile>(path)).map(|file| (path.to_owned(), file)));
            }
        }
        let forms = resolve_forms(&files, written, &mut wrong);
        let mappings = resolve_mappings(&files, &forms, mapped, &mut wrong);
        let rules = wrong.take(rule_book(&files));
        let layouts = wrong.take(files.toml::<LayoutBook>("layouts.toml"));
        let register = wrong.take(files.toml("register.toml"));
        let archive_tables = register.as_ref().and_then(|register| {
            let tables = files.toml(ARCHIVE_FILE).and_then(|file| {
                ArchiveTables::new(&file, register)
                    .map_err(|problems| Error::config(files.shown(ARCHIVE_FILE), Message::join(&problems, "; ")))
            });
            wrong.take(tables)
        });
        let (measures, mut problems) = circular_measures(&files, &forms, &mut wrong);
        let (flows, unbound) = circular_flows(&files, &forms, &mut wrong);
        problems.extend(unbound);
        let indicators = indicators(&files, &mut wrong);
        problems.extend(indicator::problems(&indicators, &measures));
        let (Some(mut rules), Some(register), Some(layouts), Some(archive_tables)) = (rules, register, layouts, archive_tables) else {
            return Err(Error::several(wrong.errors));
        };
        let cell_rules = circular_rules(&files, &forms, &layouts, &mut rules, &mut wrong);
        if !wrong.errors.is_empty() {
            return Err(Error::several(wrong.errors));
        }
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
}

fn rule_book(files: &SchemaFiles) -> Result<RuleBook> {
    let (rules, twice) = RuleBook::new(files.toml("rules.toml")?);
    match twice.first() {
        Some(id) => Err(Error::config(files.shown("rules.toml"), message!("forms.rule_defined_twice", id))),
        None => Ok(rules),
    }
}

/// Reads every circular's rules into the catalogue and binds them to its forms.
fn circular_rules(
    files: &SchemaFiles,
    forms: &[Arc<Form>],
    layouts: &LayoutBook,
    book: &mut RuleBook,
    wrong: &mut Problems,
) -> Vec<CellRule> {
    let mut bound = Vec::new();
    let paths = files.paths().filter(|path| path.ends_with("/rules.toml") || (path.contains("/rules/") && path.ends_with(".toml")));
    for path in paths {
        let circular = path.split('/').next().unwrap_or_default();
        let Some(CircularRules { rules, .. }) = wrong.take(files.toml::<CircularRules>(path)) else { continue };
        bound.extend(cell_rules::bind(circular, &rules, forms, layouts));
        for id in book.add(rules) {
            wrong.errors.push(Error::config(files.shown(path), message!("forms.rule_defined_twice", id)));
        }
    }
    bound
}

/// `<circular>/measures.toml`, or a part of it such as `measures_closing.toml`.
fn is_measures(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(_, name)| name.starts_with("measures") && name.ends_with(".toml"))
}

/// Reads every circular's measures and binds them to its forms.
fn circular_measures(files: &SchemaFiles, forms: &[Arc<Form>], wrong: &mut Problems) -> (MeasureBook, Vec<Message>) {
    let (mut measures, mut problems) = (MeasureBook::default(), Vec::new());
    for path in files.paths().filter(|path| is_measures(path)) {
        let circular = path.split('/').next().unwrap_or_default();
        let Some(file) = wrong.take(files.toml(path)) else { continue };
        let unbound = measures.add(circular, file, forms);
        problems.extend(unbound.iter().map(|problem| in_file(path, problem)));
    }
    problems.extend(measures.finish());
    (measures, problems)
}

/// Reads every file of indicators.
fn indicators(files: &SchemaFiles, wrong: &mut Problems) -> Vec<Indicator> {
    let paths = files.paths().filter(|path| path.starts_with("indicators/") && path.ends_with(".toml"));
    paths.filter_map(|path| wrong.take(files.toml::<indicator::IndicatorFile>(path))).flat_map(|file| file.indicators).collect()
}

/// Reads every circular's flows and binds them to its forms.
fn circular_flows(files: &SchemaFiles, forms: &[Arc<Form>], wrong: &mut Problems) -> (Vec<Flow>, Vec<Message>) {
    let (mut flows, mut problems) = (Vec::new(), Vec::new());
    for path in files.paths().filter(|path| path.ends_with("/flows.toml")) {
        let circular = path.split('/').next().unwrap_or_default();
        let Some(file) = wrong.take(files.toml(path)) else { continue };
        let (bound, unbound) = flows::bind(circular, file, forms);
        flows.extend(bound);
        problems.extend(unbound.iter().map(|problem| in_file(path, problem)));
    }
    (flows, problems)
}

/// Checks the mappings against the forms they name.
fn resolve_mappings(files: &SchemaFiles, forms: &[Arc<Form>], written: Vec<(String, MappingFile)>, wrong: &mut Problems) -> Vec<Mapping> {
    let mut mappings = Vec::new();
    for (path, file) in written {
        let mut layout = |id: &str| {
            let found = forms.iter().find(|form| *form.id == *id).map(|form| Arc::clone(&form.layout));
            if found.is_none() {
                wrong.no_form(id, Error::config(files.shown(&path), message!("forms.no_form", id)), forms);
            }
            found
        };
        let (Some(old), Some(new)) = (layout(&file.from), layout(&file.to)) else { continue };
        match Mapping::new(file.clone(), &path, &old, &new) {
            Ok(mapping) => mappings.push(mapping),
            // Nobody relies on what nobody has confirmed; `lint` tells it.
            Err(problems) if file.status == MappingStatus::Proposed => {
                mappings.push(Mapping::unusable(file, &path, &old, &new, problems));
            }
            Err(problems) => wrong.errors.push(Error::config(files.shown(&path), Message::join(&problems, "; "))),
        }
    }
    mappings
}

/// Resolves the forms that have sheets, then those that borrow a layout.
fn resolve_forms(files: &SchemaFiles, written: Vec<(String, FormFile)>, wrong: &mut Problems) -> Vec<Arc<Form>> {
    let (borrowing, owning): (Vec<_>, Vec<_>) = written.into_iter().partition(|(_, file)| file.borrows.is_some());
    let mut forms: Vec<Arc<Form>> = Vec::new();
    for (path, file) in owning {
        let circular = path.split('/').next().unwrap_or_default();
        forms.extend(wrong.take_form(&path, own_form(circular, &files.shown(&path), file)).map(Arc::new));
    }
    for (path, mut file) in borrowing {
        let circular = path.split('/').next().unwrap_or_default();
        let lender = file.borrows.clone().unwrap_or_default();
        let found = forms.iter().find(|form| *form.id == *lender).cloned();
        let id = format!("{circular}/{}", file.id);
        let Some(lent) = found else {
            let error = Error::config(files.shown(&path), message!("forms.borrows_layout_not", lender));
            wrong.no_form(&lender, error, &forms);
            wrong.lost.insert(id);
            continue;
        };
        file.layout_status = borrowed_status(file.layout_status, lent.layout_status);
        let mut form = finish(circular, &id, file, Arc::clone(&lent.layout));
        // Gaps of the layout are gaps wherever it is lent to.
        form.absent = Arc::clone(&lent.absent);
        if form.filed_by.is_empty() {
            form.filed_by = Arc::clone(&lent.filed_by);
        }
        forms.push(Arc::new(form));
    }
    forms.sort_by(|a, b| a.id.cmp(&b.id));
    forms
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
    let mut layout = resolve::resolve(&id, sheets).map_err(|problems| Error::config(shown, Message::join(&problems, "; ")))?;
    layout.gone = std::mem::take(&mut file.gone).into();
    layout.counts = std::mem::take(&mut file.counts).into();
    Ok(finish(circular, &id, file, Arc::new(layout)))
}

/// Trust in a borrowed layout: rebuilt when its lender is, and no longer once the lender was seen.
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
        absent: file.absent.into(),
        filed_by: file.filed_by.into(),
        layout,
    }
}
