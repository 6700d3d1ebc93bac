//! Explanations of queries and acceptances of errors, one by one or from a table.

use std::collections::HashMap;
use std::path::Path;

use chrono::NaiveDate;

use super::{form_id, needed};
use crate::error::{Error, Result, Words};
use crate::finding::{ClosingKind, Severity};
use crate::ingest::{Isolation, read_table};
use crate::ledger::{About, Board, Catalogue, Draft, KnownFinding, Need, Stamp};
use crate::pipeline::Pipeline;
use crate::pipeline::inputs::frame;
use crate::privacy::masked;
use crate::schema::Schemas;

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
    pub place: String,
}

/// Findings of the term's last run; `None` when there was none.
///
/// # Errors
/// When the file is there and is not what a run writes.
pub fn known_findings(pipeline: &Pipeline) -> Result<Option<Vec<KnownFinding>>> {
    let path = pipeline.output().join("phat-hien.json");
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(Error::io("read", &path, e)),
    };
    let found = serde_json::from_slice(&bytes);
    let hint = || Words::both("chạy lại `tkgd run`", "run `tkgd run` again");
    found.map(Some).map_err(|e| Error::config(path.display(), e).with_hint(hint()))
}

/// Writes answers down, all of them or none; how many findings are newly answered.
///
/// # Errors
/// When an answer names no finding of the last run, one of the wrong severity, or lacks text or role.
pub fn answer(
    pipeline: &Pipeline,
    schemas: &Schemas,
    isolation: &Isolation,
    answers: &[LedgerAnswer],
    on: Option<NaiveDate>,
) -> Result<usize> {
    let _lock = pipeline.lock_alone()?;
    let catalogue: Catalogue = schemas.files.toml("ledger.toml")?;
    let frame = frame(pipeline, schemas, isolation)?;
    let findings = known_findings(pipeline)?.ok_or_else(|| {
        let reason = Words::both("chưa có kết quả chạy của kỳ này", "there is no run of the term");
        let hint = Words::both("chạy `tkgd run` trước", "run `tkgd run` first");
        Error::config(pipeline.output().display(), reason).with_hint(hint)
    })?;
    let (mut drafts, mut problems) = (Vec::new(), Vec::new());
    for wish in answers {
        needed(catalogue.action(wish.kind.action())?, [(Need::By, &wish.by), (Need::Reason, &wish.text)])?;
        let form = form_id(&frame, &wish.form)?;
        match matching(wish, &form, &findings) {
            Ok(found) => drafts.extend(found.into_iter().map(|finding| draft(wish, &form, finding))),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Error::config("phat-hien.json", Words::join(&problems, "\n  ")));
    }
    let stamp = Stamp::now(on);
    pipeline.ledger().append(|entries| {
        let board = Board::new(entries, &catalogue);
        // The same answer twice is one.
        let is_new = |draft: &Draft| {
            let known = draft.finding.as_ref().and_then(|about| board.closings().get(&about.key));
            known.is_none_or(|known| known.text != masked(draft.reason.trim()) || known.kind.action() != draft.action)
        };
        Ok(drafts.into_iter().filter(is_new).map(|draft| (draft, stamp.clone())).collect())
    })
}

/// The findings that an answer names.
fn matching<'a>(wish: &LedgerAnswer, form: &str, findings: &'a [KnownFinding]) -> std::result::Result<Vec<&'a KnownFinding>, Words> {
    let is = |wanted: &str, found: Option<&str>| wanted.is_empty() || found == Some(wanted);
    let of_return = |f: &&KnownFinding| f.unit.as_deref() == Some(&wish.unit) && f.form.as_deref() == Some(form) && f.rule == wish.rule;
    let here = |f: &&KnownFinding| {
        is(&wish.sheet, f.sheet.as_deref())
            && is(&wish.code, f.code.as_deref())
            && wish.column.is_none_or(|column| f.column == Some(column))
    };
    let found: Vec<&KnownFinding> = findings.iter().filter(of_return).filter(here).collect();
    let (place, unit, rule) = (&wish.place, &wish.unit, &wish.rule);
    if found.is_empty() {
        return Err(Words::both(
            format!("{place}: lần chạy gần nhất không có phát hiện [{rule}] ở đó của đơn vị {unit}, biểu {form}"),
            format!("{place}: the last run has no finding [{rule}] there, of unit {unit}, form {form}"),
        ));
    }
    let accepts = wish.kind == ClosingKind::Accepted;
    if found.iter().any(|finding| (finding.severity == Severity::Error.id()) != accepts) {
        return Err(if accepts {
            Words::both(
                format!("{place}: [{rule}] không phải là lỗi; dùng `tkgd ledger explain`"),
                format!("{place}: [{rule}] is no error; use `tkgd ledger explain`"),
            )
        } else {
            Words::both(
                format!("{place}: [{rule}] là lỗi, phải sửa; nếu số đúng như vậy, dùng `tkgd ledger accept`"),
                format!("{place}: [{rule}] is an error and to be fixed; if the figure is right, use `tkgd ledger accept`"),
            )
        });
    }
    Ok(found)
}

fn draft(wish: &LedgerAnswer, form: &str, finding: &KnownFinding) -> Draft {
    Draft {
        action: wish.kind.action().to_owned(),
        unit: wish.unit.clone(),
        form: form.to_owned(),
        by: wish.by.clone(),
        reason: wish.text.clone(),
        document: wish.document.clone(),
        finding: Some(About {
            rule: finding.rule.clone(),
            sheet: finding.sheet.clone().unwrap_or_default(),
            code: finding.code.clone().unwrap_or_default(),
            column: finding.column,
            key: finding.key.clone(),
        }),
        ..Draft::default()
    }
}

/// Reads explanations from a table: unit, form, rule, sheet, code, column, text, by, document.
///
/// # Errors
/// When the table lacks a column that is needed, or a column number is none.
pub fn answers_from(file: &Path, by: &str, isolation: &Isolation) -> Result<Vec<LedgerAnswer>> {
    let table = read_table(file, None, None, isolation)?;
    let unit = table.find(&["unit", "Mã đơn vị", "Đơn vị"]);
    let form = table.find(&["form", "Biểu"]);
    let rule = table.find(&["rule", "Quy tắc"]);
    let text = table.find(&["text", "Giải trình"]);
    if [unit, form, rule, text].contains(&None) {
        let reason =
            Words::both("cần các cột \"Mã đơn vị\", \"Biểu\", \"Quy tắc\", \"Giải trình\"", "it needs the columns unit, form, rule, text");
        return Err(Error::config(&table.file, reason));
    }
    let sheet = table.find(&["sheet", "Trang"]);
    let code = table.find(&["code", "Mã số"]);
    let column = table.find(&["column", "Cột"]);
    let role = table.find(&["by", "Chức danh"]);
    let document = table.find(&["document", "Văn bản"]);
    let (mut answers, mut lines) = (Vec::new(), HashMap::new());
    for row in &table.rows {
        let place = format!("{}:{}", table.file, row.line);
        let number = row.text(column);
        let column = match number.as_str() {
            "" => None,
            text => Some(text.parse().map_err(|_| {
                Error::config(&place, Words::both(format!("`{text}` không phải số cột"), format!("`{text}` is no column number")))
            })?),
        };
        let own = row.text(role);
        let about = [unit, form, rule, sheet, code].map(|at| row.text(at));
        if let Some(first) = lines.insert((about, number), row.line) {
            let line = row.line;
            let reason = Words::both(
                format!("dòng {first} và {line} giải trình cùng một phát hiện"),
                format!("lines {first} and {line} answer the same finding"),
            );
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
        });
    }
    Ok(answers)
}
