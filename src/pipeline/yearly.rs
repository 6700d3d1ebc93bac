//! This term against the same term a year ago, unit by unit, with the explanations given.

use std::collections::HashMap;
use std::sync::Arc;

use super::inputs::Loaded;
use super::run::Look;
use crate::aggregate::Aggregation;
use crate::cells::{Returns, Submission};
use crate::disk::OutputFolder;
use crate::error::{Error, Result};
use crate::finding::Finding;
use crate::indicators::Explained;
use crate::report::{WorkbookPlan, YearlyLine, YearlyTexts, listing, write_xlsx, yearly};
use crate::schema::{Form, KeyFigure, RuleBook, Stage};
use crate::units::Tree;

/// Writes the workbook; none where the archive does not hold the term a year ago.
///
/// # Errors
/// When it cannot be written.
pub fn write_yearly(
    look: &Look<'_>,
    texts: &YearlyTexts,
    explained: &[Explained],
    last_year: Option<&Returns>,
    folder: &OutputFolder,
) -> Result<()> {
    let Some(last_year) = last_year.filter(|returns| !returns.is_empty()) else { return Ok(()) };
    let Look { pipeline, schemas, loaded, aggregations, .. } = *look;
    let term = loaded.regulation.full_term_text(pipeline.period);
    let submissions = loaded.submissions.iter().map(|s| ((&*s.unit, &*s.form.id), s)).collect();
    let table = Table { loaded, explained, submissions };
    let of_form = |aggregation: &Aggregation| schemas.measures.key_figures(&aggregation.form.layout);
    let figures: Vec<(&Aggregation, Vec<KeyFigure>)> = aggregations.iter().map(|aggregation| (aggregation, of_form(aggregation))).collect();
    let befores: Vec<Vec<Vec<Option<i64>>>> = figures
        .iter()
        .map(|(aggregation, figures)| figures.iter().map(|figure| before(&loaded.tree, last_year, &aggregation.form, figure)).collect())
        .collect();
    let mut lines = Vec::new();
    for &unit in &loaded.tree.order {
        for ((aggregation, figures), befores) in figures.iter().zip(&befores) {
            lines.extend(figures.iter().zip(befores).filter_map(|(figure, before)| table.line(unit, aggregation, figure, before[unit])));
        }
    }
    let created = loaded.tree.day;
    let plan = WorkbookPlan { title: term.clone(), created, sheets: vec![listing(&yearly(texts, &term, &lines))], names: Vec::new() };
    let table = write_xlsx(&plan).map_err(|e| Error::library("write", &texts.file, e))?;
    folder.write(&texts.file, &table)
}

/// What was explained of cells by answers to rules that look at other terms or other units.
pub fn explained(findings: &[Finding], forms: &[Arc<Form>], rules: &RuleBook) -> Vec<Explained> {
    let of = |finding: &Finding| {
        let closing = finding.closed.as_ref().filter(|_| rules.get(&finding.rule).is_some_and(|rule| rule.stage == Stage::Past))?;
        let subject = &finding.subject;
        let form = forms.iter().find(|form| subject.form.as_ref() == Some(&form.id))?;
        let sheet = form.layout.sheet(subject.sheet.as_deref()?)?;
        let slot = sheet.slot(sheet.find_code(subject.code.as_deref()?)?, sheet.find_column(subject.column?)?);
        let text = format!("{} ({})", closing.text, closing.by);
        Some(Explained { unit: subject.unit.clone()?, form: Arc::clone(&form.id), slot, text })
    };
    findings.iter().filter_map(of).collect()
}

struct Table<'a> {
    loaded: &'a Loaded,
    explained: &'a [Explained],
    submissions: HashMap<(&'a str, &'a str), &'a Submission>,
}

/// A figure a year ago, by unit: its own return's and those of everything below it today; at the top, everybody's.
fn before(tree: &Tree, last_year: &Returns, form: &Arc<Form>, figure: &KeyFigure) -> Vec<Option<i64>> {
    let mut sums: Vec<Option<i64>> = vec![None; tree.units.len()];
    for (code, values) in last_year.of_form(&form.id) {
        let number: i64 = figure.slots.iter().map(|slot| values.numbers().at(*slot)).sum();
        let mut add = |unit: usize| sums[unit] = Some(sums[unit].unwrap_or(0).saturating_add(number));
        match tree.find(code) {
            None => tree.roots().for_each(add),
            Some(unit) => {
                let mut above = Some(unit);
                while let Some(unit) = above {
                    add(unit);
                    above = tree.parent[unit];
                }
            }
        }
    }
    sums
}

impl Table<'_> {
    /// The line of a unit, where it or a unit below it files the form.
    fn line(&self, unit: usize, aggregation: &Aggregation, figure: &KeyFigure, before: Option<i64>) -> Option<YearlyLine> {
        let tree = &self.loaded.tree;
        let form = &aggregation.form;
        let own = &tree.units[unit];
        let total = aggregation.of_unit(unit);
        let now = match total {
            Some(total) => (total.coverage.received > 0).then(|| figure.slots.iter().map(|slot| total.number(*slot)).sum()),
            None => {
                self.submissions.get(&(&*own.code, &*form.id)).map(|s| figure.slots.iter().map(|slot| s.values.numbers().at(*slot)).sum())
            }
        };
        if now.is_none() && before.is_none() {
            return None;
        }
        Some(YearlyLine {
            unit: format!("{} ({})", own.name, own.code),
            form: form.symbol.to_string(),
            figure: figure.name.clone(),
            before,
            now,
            reason: if total.is_none() { Explained::of(self.explained, &own.code, &form.id, &figure.slots) } else { String::new() },
            strong: total.is_some(),
        })
    }
}
