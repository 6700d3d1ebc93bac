//! This term against the same term a year ago, unit by unit, with the explanations given.

use std::sync::Arc;

use super::RunContext;
use crate::base::disk::OutputFolder;
use crate::base::error::{Action, Error, Result};
use crate::findings::Finding;
use crate::forms::Form;
use crate::indicators::{ExplainedFigures, MeasureData, year_on_year};
use crate::present::{Notes, WorkbookPlan, listing, notes_sheet, write_xlsx};
use crate::report::{YearlyLine, YearlyTexts, yearly};
use crate::rulebook::{RuleBook, Stage};

/// Writes the workbook; none where the archive does not hold the term a year ago.
///
/// # Errors
/// When it cannot be written.
pub fn write_yearly(run_context: &RunContext<'_>, texts: &YearlyTexts, data: &MeasureData<'_>, folder: &OutputFolder) -> Result<()> {
    let has_last_year = data.terms.get(1).is_some_and(|year_ago| !year_ago.returns.is_empty());
    if !has_last_year {
        return Ok(());
    }
    let term = run_context.loaded.regulation.full_term_in(run_context.pipeline.period, run_context.session.lang);
    let shown = |line: crate::indicators::YearLine| {
        let unit = &data.tree.units[line.unit];
        YearlyLine { unit: format!("{} ({})", unit.name, unit.code), strong: unit.aggregate, form: line.form.symbol.to_string(), line }
    };
    let lines: Vec<YearlyLine> = year_on_year(data, run_context.session.lang).into_iter().map(shown).collect();
    let created = data.tree.day;
    let lang = run_context.session.lang;
    let notes = notes_sheet(&Notes { lang, title: &term, state: run_context.state, term: &term, run: run_context.run, more: &[] });
    let plan = WorkbookPlan {
        title: term.clone(),
        created,
        author: data.tree.top_name().to_owned(),
        state: run_context.state.lines(lang),
        sheets: vec![listing(&yearly(texts, &term, &lines)), notes],
        names: Vec::new(),
    };
    let table = write_xlsx(&plan).map_err(|e| Error::library(Action::Write, &texts.file, e))?;
    folder.write(&run_context.state.named_file(&texts.file), &table)
}

/// Explanations of cells by answers to rules that look at other terms or other units.
pub fn explained(findings: &[Finding], forms: &[Arc<Form>], rules: &RuleBook) -> Vec<ExplainedFigures> {
    let of = |finding: &Finding| {
        let closing = finding.closed.as_ref().filter(|_| rules.get(&finding.rule).is_some_and(|rule| rule.stage == Stage::Past))?;
        let subject = &finding.subject;
        let form = forms.iter().find(|form| subject.form.as_ref() == Some(&form.id))?;
        let sheet = form.layout.sheet(subject.sheet.as_deref()?)?;
        let slot = sheet.slot(sheet.find_code(subject.code.as_deref()?)?, sheet.find_column(subject.column?)?);
        let text = format!("{} ({})", closing.text, closing.by);
        Some(ExplainedFigures { unit: subject.unit.clone()?, form: Arc::clone(&form.id), slot, text })
    };
    findings.iter().filter_map(of).collect()
}
