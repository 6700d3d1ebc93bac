//! Blank official workbooks for the units of a pipeline: loose files, or one zip per parent unit.

mod start_of_year;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use self::start_of_year::start_of_year;
use crate::archive::{Past, TermKey, past_returns};
use crate::base::disk::{FileNames, NamedThing, OutputFolder, Published, Scope, stem};
use crate::base::error::{Action, Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Form, Regulation, Schemas};
use crate::indicators::FormGap;
use crate::jobs::inputs::circular;
use crate::jobs::reports::{receiver, unit_names};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::ooxml::zips::stored_zip;
use crate::present::{PaperState, write_xlsx};
use crate::register::{Register, Tree, UnitIndex};
use crate::report::{OfficialReport, PastFigures, ReportTexts, TemplateUnit, template};
use crate::returns::Values;
use crate::totals::Total;
use crate::workbooks::read_table;
use crate::workspace::Pipeline;

/// Which templates to make.
#[derive(Debug, Clone, Default)]
pub struct TemplateRequest {
    /// Unit codes or kinds of unit; all units that file anything otherwise.
    pub units: Vec<String>,
    /// One zip per unit reported to, instead of loose files.
    pub zipped: bool,
}

/// Names as they were written.
#[derive(Debug, Default)]
pub struct Templates {
    /// The files, and those of before that somebody had changed.
    pub published: Published,
    /// Templates that show what their unit reported in an earlier term.
    pub with_past: usize,
    /// Forms that could not show it though the archive holds that term, and why.
    pub gaps: Vec<FormGap>,
}

/// Writes the templates into a folder; returns what was written.
///
/// # Errors
/// When the register is not right, a wish names no unit, or a file cannot be written.
pub fn write_templates(session: &Session, pipeline: &Pipeline, request: &TemplateRequest, folder: &Path) -> Result<Templates> {
    let schemas = &session.schemas;
    let rules = pipeline.output_rules();
    rules.check_folder(folder)?;
    let _lock = pipeline.lock_shared()?;
    let regulation = &circular(pipeline, schemas)?;
    let day = regulation.as_at(pipeline.period).unwrap_or_default();
    let table = read_table(&pipeline.path(&pipeline.file.register), None, None, &session.isolation)?;
    let mut tree = Tree::as_at(&Register::read(&table, &schemas.register)?, day)?;
    tree.name_forms(schemas.forms_of(&regulation.id));
    let texts = &session.texts.report;
    let jobs = jobs(&tree, schemas, regulation, pipeline, request)?;
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == pipeline.period.term).cloned().collect();
    let (before, past) = earlier(pipeline, schemas, &forms, &tree)?;
    let setting = Setting { tree: &tree, regulation, texts, pipeline, before, past: &past };
    session.begin(JobStage::Reports, jobs.len())?;
    let (names, codes) = (unit_names(&tree), code_names(&tree));
    let made: Vec<(UnitIndex, String, Vec<u8>)> = jobs
        .par_iter()
        .map(|&(unit, form)| {
            let bytes = setting.template(unit, form)?;
            session.step()?;
            Ok((unit, file_name(&codes, &tree.units[unit].code, form), bytes))
        })
        .collect::<Result<_>>()?;
    session.end();
    let folder = OutputFolder::open(folder, Scope::Added, &rules)?;
    let files = if request.zipped { zips(&tree, &names, made)? } else { made.into_iter().map(|(_, name, bytes)| (name, bytes)).collect() };
    files.iter().try_for_each(|(name, bytes)| folder.write(name, bytes))?;
    let mut written = Templates { published: folder.publish()?, ..Templates::default() };
    written.with_past = jobs.iter().filter(|(unit, form)| setting.figures(*unit, form).is_some()).count();
    written.gaps = past.gaps;
    Ok(written)
}

/// Figures of an earlier term that templates show, and the term: at the closing those of the year's opening where the archive
/// holds it, of a year ago otherwise.
fn earlier(pipeline: &Pipeline, schemas: &Schemas, forms: &[Arc<Form>], tree: &Tree) -> Result<(Period, Past)> {
    if pipeline.period.term == Term::Closing {
        let units: Vec<Arc<str>> = tree.units.iter().map(|unit| Arc::clone(&unit.code)).collect();
        let started = start_of_year(pipeline, schemas, forms, &units)?;
        if started.returns.is_some() {
            return Ok((Period { term: Term::Opening, ..pipeline.period }, started));
        }
    }
    let before = Period { year: SchoolYear(pipeline.period.year.0 - 1), ..pipeline.period };
    let state = pipeline.archive_reader()?.state(&TermKey { period: before, ..pipeline.key()? });
    Ok((before, past_returns(state.as_ref(), schemas, forms)?))
}

/// Names of units in names of templates: their codes, by which the name of a file tells the unit when it comes back.
fn code_names(tree: &Tree) -> FileNames {
    FileNames::new(tree.units.iter().map(|unit| NamedThing { id: &unit.code, name: &unit.code, code: &unit.code }))
}

/// Name of a template.
fn file_name(codes: &FileNames, unit: &str, form: &Form) -> String {
    format!("{}_{}.xlsx", codes.of(unit), stem(&form.short))
}

/// Unit and form of every template asked for.
fn jobs<'a>(
    tree: &Tree,
    schemas: &'a Schemas,
    regulation: &'a Regulation,
    pipeline: &Pipeline,
    request: &TemplateRequest,
) -> Result<Vec<(UnitIndex, &'a Form)>> {
    let forms: Vec<&Form> = schemas.forms_of(&regulation.id).filter(|f| f.term == pipeline.period.term).map(AsRef::as_ref).collect();
    let mut jobs = Vec::new();
    let wishes: Vec<String> = request.units.iter().map(|wish| tree.code_meant(wish)).collect::<Result<_>>()?;
    for (index, unit) in tree.units.iter_enumerated() {
        let wished = wishes.is_empty() || wishes.iter().any(|wish| **wish == *unit.code || **wish == *unit.kind);
        let expected = forms.iter().filter(|form| wished && unit.owes(&form.short, &form.symbol));
        jobs.extend(expected.map(|form| (index, *form)));
    }
    if jobs.is_empty() {
        let name = request.units.join(", ");
        let units = tree.units.iter().map(|unit| &*unit.code);
        return Err(Error::Unknown {
            kind: message!("kinds.unit_that_files_a_form"),
            hint: closest(&name, units).map(Message::did_you_mean),
            name,
        });
    }
    Ok(jobs)
}

/// Setting that all templates of a term share.
struct Setting<'a> {
    tree: &'a Tree,
    regulation: &'a Regulation,
    texts: &'a ReportTexts,
    pipeline: &'a Pipeline,
    before: Period,
    past: &'a Past,
}

impl Setting<'_> {
    /// Figures of the earlier term that a unit has on a form.
    fn figures(&self, unit: UnitIndex, form: &Form) -> Option<&Values> {
        self.past.returns.as_ref()?.get(&self.tree.units[unit].code, &form.id)
    }

    fn template(&self, unit: UnitIndex, form: &Form) -> Result<Vec<u8>> {
        let own = &self.tree.units[unit];
        let nothing = Total::new(form.layout.slots);
        let report = OfficialReport {
            form,
            regulation: self.regulation,
            texts: self.texts,
            period: self.pipeline.period,
            unit: &own.name,
            receiver: receiver(self.tree, self.regulation, unit),
            place: "",
            total: &nothing,
            author: self.tree.top_name(),
            state: &PaperState::default(),
            run: "",
            signature: false,
        };
        let past = self.figures(unit, form).map(|values| PastFigures { period: self.before, values });
        let plan = template(&report, TemplateUnit { code: &own.code, kind: &own.kind, past });
        write_xlsx(&plan).map_err(|e| Error::library(Action::Write, format!("{}_{}.xlsx", own.code, form.short), e))
    }
}

/// One zip per unit that the units report to; those at the top get one of their own.
fn zips(tree: &Tree, names: &FileNames, made: Vec<(UnitIndex, String, Vec<u8>)>) -> Result<Vec<(String, Vec<u8>)>> {
    let mut by_parent: BTreeMap<UnitIndex, Vec<(String, Vec<u8>)>> = BTreeMap::new();
    for (unit, name, bytes) in made {
        by_parent.entry(tree.parent[unit].unwrap_or(unit)).or_default().push((name, bytes));
    }
    let mut files = Vec::new();
    for (parent, members) in by_parent {
        let name = format!("{}.zip", names.of(&tree.units[parent].code));
        let bytes = stored_zip(&members).map_err(|e| Error::library(Action::Write, &name, e))?;
        files.push((name, bytes));
    }
    Ok(files)
}
