//! Notes of one page: what a unit is to do, and what the unit above has to see to.

use super::texts::{ReturnTexts, filled};
use super::{Case, severity_counts};
use crate::base::error::{Action, Error, Result};
use crate::base::message::Lang;
use crate::base::number::NumberKind;
use crate::forms::Regulation;
use crate::present::{
    Align, ListCell, ListColumn, ListRow, Listing, ListingHead, PaperState, WorkbookPlan, listing, listings_html, write_xlsx,
};
use crate::rulebook::RuleBook;
use crate::workspace::Pipeline;

/// Findings on a note: what fits one page.
const NOTE_ROWS: usize = 14;
/// Units on a summary.
const SUMMARY_ROWS: usize = 22;

/// Setting that all notes of a term share.
pub struct Notes<'a> {
    /// Words.
    pub texts: &'a ReturnTexts,
    /// The rules.
    pub rules: &'a RuleBook,
    /// The term.
    pub pipeline: &'a Pipeline,
    /// The circular.
    pub regulation: &'a Regulation,
    /// State of the figures that the notes are about.
    pub state: &'a PaperState,
}

impl Notes<'_> {
    /// The note of a unit.
    pub fn note(&self, case: &Case<'_>) -> Listing {
        let texts = self.texts;
        let (errors, queries, warnings) = severity_counts(&case.findings);
        let count = |n: usize| n.to_string();
        let term = self.term(&texts.term, &[("form_count", &count(case.copies.len()))]);
        let counts = [("errors", &*count(errors)), ("queries", &*count(queries)), ("warnings", &*count(warnings))];
        let figures = filled(&texts.figures, &[("state", &self.state.heading(Lang::Vi))]);
        let mut lines = vec![filled(&texts.note_title, &[("name", &case.name)]), term, figures, filled(&texts.counts, &counts)];
        lines.extend(texts.guide.iter().cloned());
        let failed = |(file, reason): &(String, String)| filled(&texts.not_annotated, &[("file", file), ("reason", texts.reason(reason))]);
        lines.extend(case.failed.iter().map(failed));
        let rows = case.findings.iter().take(NOTE_ROWS).map(|finding| {
            let place = &finding.place;
            let cells = vec![
                place.file.as_deref().map(file_name).unwrap_or_default().into(),
                place.sheet.as_deref().unwrap_or_default().into(),
                place.cell.map(|cell| cell.to_string()).unwrap_or_default().into(),
                texts.severity(finding).into(),
                self.rules.message(finding, Lang::Vi).into(),
                self.rules.hint(finding, Lang::Vi).into(),
                (&*finding.rule).into(),
            ];
            ListRow { cells, strong: false }
        });
        let widths = [20.0, 12.0, 7.0, 12.0, 46.0, 36.0, 16.0];
        let columns = texts.columns.iter().zip(widths).map(|(heading, width)| column(heading, width, Align::Left));
        Listing {
            name: texts.note_sheet.clone(),
            lines,
            columns: columns.collect(),
            rows: rows.collect(),
            more: case.findings.len().saturating_sub(NOTE_ROWS),
            cut: texts.cut.clone(),
            fixed_columns: 0,
            ..Listing::default()
        }
    }

    /// The note of the unit above some.
    pub fn summary(&self, name: &str, cases: &[&Case<'_>]) -> Listing {
        let texts = self.texts;
        let term = self.term(&texts.summary_term, &[("units", &cases.len().to_string())]);
        let number = |n: usize| ListCell::Number(i64::try_from(n).unwrap_or(i64::MAX), NumberKind::Counts);
        let rows = cases.iter().take(SUMMARY_ROWS).map(|case| {
            let (errors, queries, warnings) = severity_counts(&case.findings);
            let first = case.findings.first().map(|finding| self.rules.message(finding, Lang::Vi)).unwrap_or_default();
            let cells = vec![
                case.unit.as_str().into(),
                case.name.as_str().into(),
                number(case.copies.len()),
                number(errors),
                number(queries),
                number(warnings),
                first.into(),
            ];
            ListRow { cells, strong: false }
        });
        let looks = [
            (12.0, Align::Left),
            (34.0, Align::Left),
            (9.0, Align::Right),
            (8.0, Align::Right),
            (11.0, Align::Right),
            (10.0, Align::Right),
            (64.0, Align::Left),
        ];
        let columns = texts.summary_columns.iter().zip(looks).map(|(heading, (width, align))| column(heading, width, align));
        Listing {
            name: texts.summary_sheet.clone(),
            lines: vec![filled(&texts.summary_title, &[("name", name)]), term],
            columns: columns.collect(),
            rows: rows.collect(),
            more: cases.len().saturating_sub(SUMMARY_ROWS),
            cut: texts.summary_cut.clone(),
            fixed_columns: 0,
            ..Listing::default()
        }
    }

    fn term(&self, text: &str, fields: &[(&str, &str)]) -> String {
        let period = self.pipeline.period;
        let name = self.regulation.terms.iter().find(|rule| rule.term == period.term).map_or(period.term.id(), |rule| &rule.name);
        let year = period.year.to_string();
        let fields: Vec<(&str, &str)> = [("year", year.as_str()), ("term", name)].into_iter().chain(fields.iter().copied()).collect();
        filled(text, &fields)
    }

    /// A note as the contents of its two files, by their extensions.
    ///
    /// # Errors
    /// When the workbook cannot be written.
    pub fn files(&self, plan: &Listing) -> Result<[(&'static str, Vec<u8>); 2]> {
        let created = self.regulation.as_at(self.pipeline.period).unwrap_or_default();
        let title = plan.lines.first().cloned().unwrap_or_default();
        let book = WorkbookPlan { title, created, sheets: vec![listing(plan)], ..WorkbookPlan::default() };
        let xlsx = write_xlsx(&book).map_err(|e| Error::library(Action::Write, &plan.name, e))?;
        // A note is no paper of figures and has no state of its own; the line about the term stands at its end again.
        let foot = plan.lines.get(1).cloned().into_iter().collect();
        let head = ListingHead { lang: Lang::Vi, state: &PaperState::default(), title: "", note: None, foot };
        Ok([("xlsx", xlsx), ("html", listings_html(std::slice::from_ref(plan), head).into_bytes())])
    }
}

fn column(heading: &str, width: f64, align: Align) -> ListColumn {
    ListColumn { heading: heading.to_owned(), width, align }
}

/// The last part of a path.
pub fn file_name(file: &str) -> &str {
    file.rsplit('/').next().unwrap_or(file)
}
