//! Official workbooks of a run: which ones, made in parallel, each read back.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::disk::{FileNames, NamedThing, OutputFolder, stem};
use crate::base::error::{Action, Error, Result};
use crate::findings::Observed;
use crate::findings::{Finding, Location, Subject};
use crate::forms::{Form, Regulation};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::present::{PaperState, write_xlsx};
use crate::register::{Group, Tree, UnitIndex};
use crate::report::{OfficialReport, ReportTexts, official, printed_sums, read_back};
use crate::totals::{Aggregation, Target, TargetTotal, Total};
use crate::workbooks::Recogniser;
use crate::workspace::Pipeline;

/// One workbook to be made.
#[derive(Debug, Clone)]
pub struct ReportJob<'a> {
    /// File name below the reports folder.
    pub file: String,
    /// Unit code, or group.
    pub subject: Arc<str>,
    /// The report that is written.
    pub report: OfficialReport<'a>,
}

/// Setting that all reports of a run share.
#[derive(Debug, Clone, Copy)]
pub struct ReportSetting<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// The circular.
    pub regulation: &'a Regulation,
    /// Words around the tables.
    pub texts: &'a ReportTexts,
    /// Units as at the term.
    pub tree: &'a Tree,
    /// State of the papers.
    pub state: &'a PaperState,
    /// Identity of the run.
    pub run: &'a str,
}

/// The workbooks the pipeline asks for: every form with anything expected or received.
#[must_use]
pub fn jobs<'a>(setting: ReportSetting<'a>, aggregations: &'a [Aggregation]) -> Vec<ReportJob<'a>> {
    let names = target_names(setting.tree);
    let mut jobs = Vec::new();
    for aggregation in aggregations {
        let form = stem(&aggregation.form.short);
        for TargetTotal { target, total } in &aggregation.totals {
            if total.coverage.expected + total.coverage.received > 0
                && let Some(wanted) = wanted(setting, target, &names)
            {
                let file = format!("{}.xlsx", setting.state.named(&format!("{}_{form}", wanted.name)));
                let report = report(setting, &aggregation.form, &wanted, total);
                jobs.push(ReportJob { file, subject: wanted.subject, report });
            }
        }
    }
    jobs
}

/// A unit or group that the pipeline wants a workbook of.
struct Wanted<'a> {
    /// Its part of the file's name.
    name: String,
    /// Its code, or grouping and value.
    subject: Arc<str>,
    /// Its printed name.
    unit: &'a str,
    /// Printed name of whom it reports to.
    receiver: &'a str,
}

fn wanted<'a>(setting: ReportSetting<'a>, target: &'a Target, names: &FileNames) -> Option<Wanted<'a>> {
    let (tree, outputs) = (setting.tree, &setting.pipeline.file.outputs);
    match target {
        Target::Unit(index) => {
            let unit = &tree.units[*index];
            let named = outputs.reports.iter().any(|wish| **wish == *unit.kind || unit.is_called(wish));
            let wanted = named || (outputs.reports.is_empty() && unit.aggregate);
            wanted.then(|| Wanted {
                name: names.of(&unit.code),
                subject: Arc::clone(&unit.code),
                unit: &unit.name,
                receiver: receiver(tree, setting.regulation, *index),
            })
        }
        Target::Group(key, value) => {
            let wanted = outputs.groups.iter().any(|wish| **wish == **key);
            wanted.then(|| {
                let id = group_id(key, value);
                let receiver = tree.root_of_group(key, value).map_or("", |root| &*tree.units[root].name);
                Wanted { name: names.of(&id), subject: Arc::from(id), unit: value, receiver }
            })
        }
    }
}

/// Name of whom a unit reports to: the unit above it, or whom the circular names for the unit at the top.
pub fn receiver<'a>(tree: &'a Tree, regulation: &'a Regulation, unit: UnitIndex) -> &'a str {
    tree.parent[unit].map_or(&regulation.receiving_unit, |above| &tree.units[above].name)
}

fn report<'a>(setting: ReportSetting<'a>, form: &'a Form, wanted: &Wanted<'a>, total: &'a Total) -> OfficialReport<'a> {
    OfficialReport {
        form,
        regulation: setting.regulation,
        texts: setting.texts,
        period: setting.pipeline.period,
        unit: wanted.unit,
        receiver: wanted.receiver,
        place: &setting.pipeline.file.outputs.place,
        total,
        author: setting.tree.top_name(),
        state: setting.state,
        run: setting.run,
        signature: setting.pipeline.file.outputs.signature,
    }
}

/// Id of a group among units and groups.
fn group_id(key: &str, value: &str) -> String {
    format!("{key}:{value}")
}

/// Names of units and groups in names of files.
fn target_names(tree: &Tree) -> FileNames {
    let groups: Vec<(String, Group)> = tree.groups().into_iter().map(|group| (group_id(&group.key, &group.value), group)).collect();
    let named = groups.iter().map(|(id, Group { key, value, .. })| NamedThing { id, name: value, code: key });
    FileNames::new(named.chain(named_units(tree)))
}

/// Names of a tree's units in names of files.
pub fn unit_names(tree: &Tree) -> FileNames {
    FileNames::new(named_units(tree))
}

fn named_units(tree: &Tree) -> impl Iterator<Item = NamedThing<'_>> {
    tree.units.iter().map(|unit| NamedThing { id: &unit.code, name: &unit.name, code: &unit.code })
}

/// The bytes of a report, read back and compared.
///
/// # Errors
/// [`Error::ReadBack`] when the file does not say what the total says.
pub fn report_bytes(job: &ReportJob<'_>, recogniser: &Recogniser) -> Result<Vec<u8>> {
    let plan = official(&job.report);
    let path = PathBuf::from(&job.file);
    let bytes = write_xlsx(&plan).map_err(|e| Error::library(Action::Write, &path, e))?;
    read_back(&bytes, job.report.form, job.report.total, recogniser).map_err(|reason| Error::ReadBack { path, reason })?;
    Ok(bytes)
}

/// Makes all workbooks in parallel and writes them into the staged folder.
///
/// # Errors
/// The first workbook that cannot be written or does not read back.
pub fn write_reports(jobs: &[ReportJob<'_>], recogniser: &Recogniser, folder: &OutputFolder, session: &Session) -> Result<()> {
    session.begin(JobStage::Outputs, jobs.len())?;
    jobs.par_iter().try_for_each(|job| {
        let bytes = report_bytes(job, recogniser)?;
        folder.write(&format!("bao-cao/{}", job.file), &bytes)?;
        session.step()
    })
}

/// A finding for every printed sum that the aggregated numbers contradict.
#[must_use]
pub fn broken_sums(jobs: &[ReportJob<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for job in jobs {
        let (form, total) = (job.report.form, job.report.total);
        for (_, sheet) in form.layout.data_sheets() {
            let Some(kind) = sheet.number_kind() else { continue };
            for coded in 0..sheet.coded.len() {
                for sum in printed_sums(sheet, coded, total).into_iter().filter(|sum| !sum.holds) {
                    let slot = sheet.slot(coded, sum.column);
                    if !total.status(slot).is_number() {
                        continue;
                    }
                    let subject = Subject {
                        unit: Some(Arc::clone(&job.subject)),
                        form: Some(Arc::clone(&form.id)),
                        sheet: Some(Arc::clone(&sheet.id)),
                        code: sheet.coded_row(coded).code.clone(),
                        column: Some(sheet.columns[sum.column].number),
                    };
                    let place = Location {
                        file: Some(Arc::from(format!("bao-cao/{}", job.file))),
                        sheet: Some(Arc::clone(&sheet.name)),
                        cell: Some(sheet.printed_at(coded, sum.column)),
                    };
                    let finding = Finding::new("printed-sum-broken").subject(subject).location(place);
                    findings.push(finding.observed(Observed::figure(total.number(slot), kind), Observed::figure(sum.parts, kind)));
                }
            }
        }
    }
    findings
}
