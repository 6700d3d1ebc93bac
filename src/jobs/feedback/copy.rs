//! A sender's workbook with its findings in it.

use std::sync::Arc;

use super::texts::ReturnTexts;
use crate::findings::{Finding, Severity};
use crate::forms::{Form, HeaderContent, SheetKind};
use crate::ledger::finding_key;
use crate::ooxml::annotate::{Annotation, Colour, ErrorLine, ErrorSheet, Mark, annotate};
use crate::ooxml::{DefinedName, Format, Opened, RawProblem, open};
use crate::returns::Lineage;
use crate::rulebook::RuleBook;
use crate::workbooks::{RETURN_NAME, ReturnId, key_text};

/// A file that goes back.
pub struct Sent<'a> {
    /// Its unit.
    pub unit: &'a str,
    /// The form it is.
    pub form: &'a Arc<Form>,
    /// Its hash.
    pub sha256: &'a str,
    /// Its own answers, and those typed into it.
    pub lineage: Option<&'a Lineage>,
    /// Findings about it.
    pub findings: &'a [&'a Finding],
}

/// The annotated copy of a workbook, or the id of the reason why there is none.
///
/// # Errors
/// The reason.
pub fn annotated(bytes: &[u8], sent: &Sent<'_>, texts: &ReturnTexts, rules: &RuleBook) -> Result<Vec<u8>, String> {
    match open(bytes) {
        Ok(Opened::Old) => return Err("other_format".to_owned()),
        Ok(Opened::Package(package)) if package.format != Format::Xlsx => return Err("other_format".to_owned()),
        _ => {}
    }
    let id = ReturnId::new(sent.unit, &sent.form.id, sent.sha256, sent.lineage.map_or(&[], |lineage| &lineage.answers));
    let said: Vec<Said<'_>> = sent.findings.iter().map(|finding| Said::of(finding, texts, rules)).collect();
    let annotation = Annotation {
        marks: said.iter().filter_map(mark).collect(),
        errors: error_sheet(sent, &said, texts, rules),
        name: DefinedName { name: RETURN_NAME.to_owned(), value: id.to_string() },
        author: texts.author.clone(),
    };
    annotate(bytes, &annotation).map_err(|problem| match problem {
        RawProblem::Unreadable(reason) | RawProblem::Hostile(reason) => reason.vi(),
        RawProblem::Encrypted => "encrypted".to_owned(),
    })
}

/// A finding in words: of its comment, and of its line in the sheet of errors.
struct Said<'a> {
    finding: &'a Finding,
    comment: String,
    error: String,
    detail: String,
}

impl<'a> Said<'a> {
    fn of(finding: &'a Finding, texts: &ReturnTexts, rules: &RuleBook) -> Self {
        let patterns = [&texts.comment, &texts.error_line, &texts.detail_line].map(String::as_str);
        let [comment, error, detail] = texts.say(patterns, finding, rules);
        Self { finding, comment, error, detail }
    }
}

fn mark(said: &Said<'_>) -> Option<Mark> {
    let finding = said.finding;
    let (sheet, cell) = (finding.place.sheet.as_ref()?, finding.place.cell?);
    let colour = match finding.severity {
        Severity::Error => Some(Colour::Red),
        Severity::Query => Some(Colour::Yellow),
        Severity::Warning => None,
    };
    Some(Mark { sheet: sheet.to_string(), cell, colour, comment: said.comment.clone() })
}

/// The form's sheet of errors, worst first, then in the order of sheets and cells.
fn error_sheet(sent: &Sent<'_>, said: &[Said<'_>], texts: &ReturnTexts, rules: &RuleBook) -> Option<ErrorSheet> {
    let sheet = sent.form.layout.sheets.iter().find(|sheet| sheet.kind == SheetKind::Errors)?;
    let headings = sheet.header.iter().filter_map(|cell| match &cell.content {
        HeaderContent::Text(text) => Some(text.to_string()),
        HeaderContent::Number(_) => None,
    });
    let mut lines: Vec<&Said<'_>> = said.iter().collect();
    lines.sort_by(|a, b| {
        let (a, b) = (a.finding, b.finding);
        (a.severity, &a.place.sheet, a.place.cell, &a.rule).cmp(&(b.severity, &b.place.sheet, b.place.cell, &b.rule))
    });
    let typed = |key: &str| sent.lineage.and_then(|lineage| lineage.typed.iter().find(|answer| answer.key == key));
    let line = |said: &&Said<'_>| {
        let finding = said.finding;
        let key = finding_key(finding, rules);
        ErrorLine {
            sheet: finding.place.sheet.as_deref().unwrap_or_default().to_owned(),
            cell: finding.place.sheet.as_ref().and(finding.place.cell),
            error: said.error.clone(),
            detail: said.detail.clone(),
            // An answer that was typed and did not close the finding is not lost.
            answer: typed(&key).map(|answer| answer.text.clone()).unwrap_or_default(),
            key: key_text(&key),
        }
    };
    Some(ErrorSheet {
        name: sheet.name.to_string(),
        headings: headings.collect(),
        answer_headings: texts.answer_headings.clone(),
        lines: lines.iter().map(line).collect(),
    })
}
