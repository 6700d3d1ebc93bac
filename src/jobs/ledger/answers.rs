//! Explanations of queries and acceptances of errors, one by one or from a table.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDate;

use super::{form_id, needed};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::findings::{ClosingKind, Finding, Severity};
use crate::jobs::inputs::frame;
use crate::jobs::session::Session;
use crate::ledger::{About, Board, EntryDraft, Need, RUN_FINDINGS, Stamp, finding_record, headings, read_run_findings};
use crate::privacy::masked;
use crate::rulebook::FindingRecord;
use crate::workbooks::{Isolation, read_table};
use crate::workspace::Pipeline;

/// An answer to the findings that it names.
#[derive(Debug, Clone)]
pub struct LedgerAnswer {
    /// Explained or accepted.
    pub kind: ClosingKind,
    /// Unit code.
    pub unit: String,
    /// The form: short id, symbol or full id.
    pub form: String,
    /// Rule id.
    pub rule: String,
    /// Only on this sheet.
    pub sheet: String,
    /// Only of this row code.
    pub code: String,
    /// Only of this column.
    pub column: Option<u16>,
    /// The answer.
    pub text: String,
    /// Role of whoever answers.
    pub by: String,
    /// Document cited.
    pub document: String,
    /// Where it was asked for: an option, or the line of a table.
    pub place: Message,
    /// The table it stands in, if it does.
    pub table: Option<String>,
}

impl LedgerAnswer {
    /// Problem that keeps the answer of a line from being written down.
    fn problem(&self, problem: &Error) -> Message {
        let lacks_text = self.text.trim().is_empty();
        let words = match problem {
            // Options are what a command lacks: of a line, a column is blank.
            Error::Config { .. } if lacks_text => message!("ledger.column_text_blank"),
            Error::Config { .. } => message!("ledger.whose_answer_not_told"),
            other => other.message(),
        };
        let hint = problem.hint().filter(|_| matches!(problem, Error::Unknown { .. }));
        let with_hint: Vec<Message> = std::iter::once(words).chain(hint).collect();
        Message::join(&[self.place.clone(), Message::join(&with_hint, "; ")], ": ")
    }
}

/// Findings of the term's last run, said in the session's language; `None` when there was none.
///
/// # Errors
/// When the table is there and is not what a run writes.
pub fn known_findings(session: &Session, pipeline: &Pipeline) -> Result<Option<Vec<FindingRecord>>> {
    let (rules, lang) = (&session.schemas.rules, session.lang);
    let record = |finding: &Finding| FindingRecord {
        message_vi: (lang != Lang::Vi).then(|| rules.message(finding, Lang::Vi)),
        ..finding_record(finding, rules, lang)
    };
    Ok(read_run_findings(&pipeline.output())?.map(|findings| findings.iter().map(record).collect()))
}

/// Findings of the term's last run, which there must have been.
///
/// # Errors
/// As for [`known_findings`]; also when there was no run.
pub fn last_findings(session: &Session, pipeline: &Pipeline) -> Result<Vec<FindingRecord>> {
    known_findings(session, pipeline)?.ok_or_else(|| {
        let reason = message!("ledger.no_run_term");
        let hint = message!("ledger.run_tkgd_run_first");
        Error::config(pipeline.output().display(), reason).with_hint(hint)
    })
}

/// Writes answers down, all of them or none; how many findings are newly answered.
///
/// # Errors
/// When an answer names no finding of the last run, one of the wrong severity, or lacks text or role.
pub fn answer(session: &Session, pipeline: &Pipeline, answers: &[LedgerAnswer], on: Option<NaiveDate>) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue = &session.texts.catalogue;
    let frame = frame(session, pipeline)?;
    let findings = last_findings(session, pipeline)?;
    let (mut drafts, mut problems) = (Vec::new(), Vec::new());
    for wish in answers {
        let whole = needed(catalogue.action(wish.kind.action())?, [(Need::By, &wish.by), (Need::Reason, &wish.text)]);
        let unit = whole.and_then(|()| frame.tree.named(&wish.unit));
        let named = unit.and_then(|unit| Ok((frame.tree.units[unit].code.to_string(), form_id(&frame, &wish.form)?)));
        let (unit, form) = match named {
            Ok(named) => named,
            // An option is named as it is; of a table every line is told.
            Err(problem) if wish.table.is_none() => return Err(problem),
            Err(problem) => {
                problems.push(wish.problem(&problem));
                continue;
            }
        };
        let wish = &LedgerAnswer { unit, ..wish.clone() };
        match matching(wish, &form, &findings) {
            Ok(found) => drafts.extend(found.into_iter().map(|finding| draft(wish, &form, finding))),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        // Problems stand in the table, where there is one, and not in what the run wrote.
        let file = answers.iter().find_map(|wish| wish.table.as_deref()).unwrap_or(RUN_FINDINGS);
        return Err(Error::config(file, Message::join(&problems, "\n  ")));
    }
    let stamp = Stamp::now(on);
    pipeline.ledger().append(|entries| {
        let board = Board::new(entries, catalogue);
        // An answer given twice is one.
        let is_new = |draft: &EntryDraft| {
            let known = draft.finding.as_ref().and_then(|about| board.closings().get(&about.key));
            known.is_none_or(|known| known.text != masked(draft.reason.trim()) || known.kind.action() != draft.action)
        };
        Ok(drafts.into_iter().filter(is_new).map(|draft| (draft, stamp.clone())).collect())
    })
}

/// The findings that an answer names.
fn matching<'a>(wish: &LedgerAnswer, form: &str, findings: &'a [FindingRecord]) -> std::result::Result<Vec<&'a FindingRecord>, Message> {
    let is = |wanted: &str, found: Option<&str>| wanted.is_empty() || found == Some(wanted);
    let of_return = |f: &&FindingRecord| f.unit.as_deref() == Some(&wish.unit) && f.form.as_deref() == Some(form) && f.rule == wish.rule;
    let here = |f: &&FindingRecord| {
        is(&wish.sheet, f.sheet.as_deref())
            && is(&wish.code, f.code.as_deref())
            && wish.column.is_none_or(|column| f.column == Some(column))
    };
    let found: Vec<&FindingRecord> = findings.iter().filter(of_return).filter(here).collect();
    let (place, unit, rule) = (&wish.place, &wish.unit, &wish.rule);
    if found.is_empty() {
        return Err(message!("ledger.last_run_no_finding", place, rule, unit, form));
    }
    let accepts = wish.kind == ClosingKind::Accepted;
    if found.iter().any(|finding| (finding.severity == Severity::Error) != accepts) {
        return Err(if accepts {
            message!("ledger.no_error_use_tkgd", place, rule)
        } else {
            message!("ledger.error_fixed_if_figure", place, rule)
        });
    }
    Ok(found)
}

/// The finding that an entry is about.
pub(super) fn about(finding: &FindingRecord) -> About {
    About {
        rule: finding.rule.clone(),
        sheet: finding.sheet.as_deref().unwrap_or_default().to_owned(),
        code: finding.code.as_deref().unwrap_or_default().to_owned(),
        column: finding.column,
        key: finding.key.clone(),
    }
}

fn draft(wish: &LedgerAnswer, form: &str, finding: &FindingRecord) -> EntryDraft {
    EntryDraft {
        action: wish.kind.action().to_owned(),
        unit: wish.unit.clone(),
        form: form.to_owned(),
        by: wish.by.clone(),
        reason: wish.text.clone(),
        document: wish.document.clone(),
        finding: Some(about(finding)),
        ..EntryDraft::default()
    }
}

/// Reads explanations from a table: unit, form, rule, sheet, code, column, text, by, document.
///
/// # Errors
/// When the table lacks a column that is needed, or a column number is none.
pub fn answers_from(file: &Path, by: &str, isolation: &Isolation) -> Result<Vec<LedgerAnswer>> {
    let table = read_table(file, None, None, isolation)?;
    let unit = table.find(&headings::UNIT);
    let form = table.find(&headings::FORM);
    let rule = table.find(&headings::RULE);
    let text = table.find(&headings::TEXT);
    if [unit, form, rule, text].contains(&None) {
        let reason = message!("ledger.needs_columns_unit_form");
        return Err(Error::config(&table.file, reason));
    }
    let sheet = table.find(&headings::SHEET);
    let code = table.find(&headings::CODE);
    let column = table.find(&headings::COLUMN);
    let role = table.find(&headings::BY);
    let document = table.find(&headings::DOCUMENT);
    let (mut answers, mut lines) = (Vec::new(), HashMap::new());
    for row in &table.rows {
        let place = message!("ledger.line", line = row.line);
        let number = row.text(column);
        let column = match number.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| Error::config(&table.file, message!("ledger.no_column_number", place, text)))?),
        };
        let own = row.text(role);
        let about = [unit, form, rule, sheet, code].map(|at| row.text(at));
        if let Some(first) = lines.insert((about, number), row.line) {
            let line = row.line;
            let reason = message!("ledger.lines_answer_same_finding", first, line);
            return Err(Error::config(&table.file, reason));
        }
        answers.push(LedgerAnswer {
            kind: ClosingKind::Explained,
            unit: row.text(unit),
            form: row.text(form),
            rule: row.text(rule),
            sheet: row.text(sheet),
            code: row.text(code),
            column,
            text: row.text(text),
            by: if own.is_empty() { by.to_owned() } else { own },
            document: row.text(document),
            place,
            table: Some(table.file.to_string()),
        });
    }
    Ok(answers)
}
