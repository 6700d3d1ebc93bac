//! Sixth stage of a run: everything is written aside, read back and counted again; nobody sees it yet.

use std::path::Path;

use rayon::prelude::*;

use super::conclude::Conclusion;
use super::run_context::RunContext;
use super::yearly::write_yearly;
use crate::archive::{ArchiveInput, ArchivedState, Destination, recount, write_archive};
use crate::base::disk::{OutputFolder, Scope};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::base::number::NumberKind;
use crate::base::term::Term;
use crate::findings::Finding;
use crate::forms::Regulation;
use crate::jobs::indicators::BookGrids;
use crate::jobs::inputs::Loaded;
use crate::jobs::lists::{ListSetting, write_lists};
use crate::jobs::reports::write_reports;
use crate::jobs::stage::JobStage;
use crate::workbooks::Recogniser;

/// Reports, lists and tables of a run, beside the place where they are to stand.
pub struct WrittenOutputs<'a> {
    /// Their folder.
    pub folder: OutputFolder,
    /// Tables of figures as the archive keeps them: in one language for everybody.
    grids: Vec<BookGrids<'a>>,
}

/// Writes what people are handed.
///
/// # Errors
/// When something cannot be written or does not read back, or the run was stopped.
pub fn write_outputs<'a>(concluded: &Conclusion<'a>) -> Result<WrittenOutputs<'a>> {
    let RunContext { session, pipeline, loaded, state, run, .. } = concluded.run_context;
    let folder = OutputFolder::open(&pipeline.output(), Scope::Whole, &pipeline.output_rules())?;
    // The longest list is one thread's work for as long as the reports are all threads': they are made side by side.
    let term = loaded.regulation.full_term_text(pipeline.period);
    let setting = ListSetting { tree: &loaded.tree, term: &term, state, run, formats: &pipeline.file.outputs.lists };
    let lists = || write_lists(setting, &loaded.forms, &loaded.submissions, &folder);
    let reports = || write_reports(&concluded.jobs, &Recogniser::new(&loaded.forms), &folder, session);
    let (lists, reports) = rayon::join(lists, reports);
    reports.and(lists)?;
    concluded.telling(&concluded.findings).write(&folder)?;
    session.begin(JobStage::Summaries, 1)?;
    let data = concluded.figures.data;
    let grids = |lang: Lang| {
        let books = &session.texts_in(lang).summaries;
        books.par_iter().map(|book| BookGrids::new(data, book, &book.file, lang)).collect::<Result<Vec<_>>>()
    };
    let archived = grids(Lang::Vi)?;
    let spoken = if session.lang == Lang::Vi { None } else { Some(grids(session.lang)?) };
    concluded.figures.write(&concluded.run_context, spoken.as_ref().unwrap_or(&archived), &pipeline.archive_reader()?, &folder)?;
    write_yearly(&concluded.run_context, &session.texts.quality.yearly, data, &folder)?;
    folder.write("tom-tat.json", serde_json::to_string_pretty(&concluded.summary).unwrap_or_default().as_bytes())?;
    folder.write_run_files(run)?;
    Ok(WrittenOutputs { folder, grids: archived })
}

/// Writes the archive's tables into a folder that nobody sees yet, and counts them again with another engine.
///
/// # Errors
/// When a table cannot be written or does not hold what was returned, or the run was stopped.
pub fn write_tables(concluded: &Conclusion<'_>, outputs: &WrittenOutputs<'_>, findings: &[Finding], folder: &Path) -> Result<()> {
    let RunContext { session, pipeline, loaded, aggregations, run, .. } = concluded.run_context;
    let (schemas, destination) = (&session.schemas, Destination::Release(folder));
    session.begin(JobStage::Archive, 1)?;
    let input = ArchiveInput {
        period: pipeline.period,
        circular: &loaded.regulation.id,
        result_state: archived_state(&loaded.regulation, pipeline.period.term),
        forms: &loaded.forms,
        tree: &loaded.tree,
        submissions: &loaded.submissions,
        inputs: &loaded.files,
        findings,
        aggregations,
        rules: &schemas.rules,
        mappings: &schemas.mappings,
        names: &loaded.names,
        run,
    };
    write_archive(destination, &input)?;
    concluded.figures.archive(destination, &input, &outputs.grids)?;
    session.begin(JobStage::Recount, 1)?;
    for (table, kind) in [("cells", NumberKind::Counts), ("amounts", NumberKind::Amounts)] {
        let path = destination.path(&input.key(), table);
        for counted in recount(&path)? {
            let expected = submitted_total(loaded, &counted.form, kind);
            if counted.sum != expected {
                let reason = message!("run.form_returns_add_up", form = counted.form, expected, sum = counted.sum);
                return Err(Error::ReadBack { path, reason });
            }
        }
    }
    Ok(())
}

/// Writes everything of a release into its folder but what only a release has; findings as they may be kept.
///
/// # Errors
/// As for outputs and tables.
pub fn write_release<'a>(concluded: &Conclusion<'a>, folder: &Path) -> Result<WrittenOutputs<'a>> {
    let kept = concluded.kept_findings();
    concluded.telling(&kept).keep(folder)?;
    let outputs = write_outputs(concluded)?;
    write_tables(concluded, &outputs, &kept, folder)?;
    Ok(outputs)
}

/// The state of the term's results, as the archive keeps it.
pub fn archived_state(regulation: &Regulation, term: Term) -> Option<ArchivedState<'_>> {
    let state = regulation.result_state(term)?;
    Some(ArchivedState { id: &state.id, later: regulation.is_later_state(term) })
}

/// The sum of all numbers of one kind that the returns of a form hold.
fn submitted_total(loaded: &Loaded, form: &str, kind: NumberKind) -> i128 {
    let returns = loaded.submissions.iter().filter(|s| *s.form.id == *form);
    returns
        .flat_map(|submission| {
            let sheets = submission.form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(kind));
            sheets.map(|(_, sheet)| submission.values.numbers().range(sheet.span()).map(i128::from).sum::<i128>())
        })
        .sum()
}
