//! Returns that a run has read, written into the ledger: once for every new content.

use std::collections::HashMap;

use chrono::NaiveDate;
use rayon::prelude::*;

use crate::error::{Error, Result, Words};
use crate::ingest::{Isolation, read_table};
use crate::ledger::{Board, Catalogue, Draft, RECEIVE, Stamp, content_of};
use crate::pipeline::Pipeline;
use crate::pipeline::inputs::Loaded;
use crate::tables::parse_date;

/// Days on which returns came in, by unit and form.
type Receipts = HashMap<(String, String), NaiveDate>;

/// Writes down what came in since the last run; how many entries.
///
/// The day is that of the receipts, or the one told, or today: when a file was last saved says
/// nothing about when it came. A receipt that says another day than was written corrects it.
///
/// # Errors
/// When the table of receipts is not right, or the ledger cannot be written.
pub fn record_received(pipeline: &Pipeline, loaded: &Loaded, catalogue: &Catalogue, isolation: &Isolation) -> Result<usize> {
    let receipts = receipts(pipeline, loaded, isolation)?;
    let contents: Vec<String> = loaded.submissions.par_iter().map(content_of).collect();
    let ledger = pipeline.ledger();
    let now = Stamp::now(pipeline.file.inputs.received_on);
    ledger.append(|entries| {
        let board = Board::new(entries, catalogue);
        let mut drafts = Vec::new();
        for (submission, content) in loaded.submissions.iter().zip(contents) {
            let item = board.item(&submission.unit, &submission.form.id);
            let told = receipts.get(&(submission.unit.to_string(), submission.form.id.to_string()));
            let is_new = item.version == 0 || item.content != content;
            let is_other_day = told.is_some() && told != item.last_on.as_ref();
            if !is_new && !is_other_day {
                continue;
            }
            let draft = Draft {
                action: RECEIVE.to_owned(),
                unit: submission.unit.to_string(),
                form: submission.form.id.to_string(),
                version: item.version + u32::from(is_new),
                content,
                sha256: submission.source.sha256.to_string(),
                ..Draft::default()
            };
            let on = told.copied().unwrap_or(now.on);
            drafts.push((draft, Stamp { on, ..now.clone() }));
        }
        Ok(drafts)
    })
}

fn receipts(pipeline: &Pipeline, loaded: &Loaded, isolation: &Isolation) -> Result<Receipts> {
    let Some(path) = &pipeline.file.inputs.receipts else { return Ok(Receipts::new()) };
    let table = read_table(&pipeline.path(path), None, None, isolation)?;
    let unit = table.find(&["unit", "Mã đơn vị", "Đơn vị"]);
    let form = table.find(&["form", "Biểu"]);
    let day = table.find(&["received_on", "Ngày nhận"]);
    if unit.is_none() || form.is_none() || day.is_none() {
        let reason = Words::both("cần các cột \"Mã đơn vị\", \"Biểu\", \"Ngày nhận\"", "it needs the columns unit, form, received_on");
        return Err(Error::config(&table.file, reason));
    }
    let (mut receipts, mut lines) = (Receipts::new(), HashMap::new());
    for row in &table.rows {
        let (line, name, text) = (row.line, row.text(form), row.text(day));
        let found = loaded.forms.iter().find(|form| form.is_called(&name));
        let Some((form, on)) = found.zip(parse_date(&text).ok()) else {
            let reason = Words::both(
                format!("dòng {line}: biểu `{name}`, ngày nhận `{text}` chưa đúng"),
                format!("line {line}: form `{name}`, day `{text}` are not right"),
            );
            return Err(Error::config(&table.file, reason));
        };
        let key = (row.text(unit), form.id.to_string());
        if let Some(first) = lines.insert(key.clone(), line) {
            let reason = Words::both(
                format!("dòng {first} và {line} cùng ghi ngày nhận biểu `{name}` của một đơn vị"),
                format!("lines {first} and {line} both say when form `{name}` of one unit came in"),
            );
            return Err(Error::config(&table.file, reason));
        }
        receipts.insert(key, on);
    }
    Ok(receipts)
}
