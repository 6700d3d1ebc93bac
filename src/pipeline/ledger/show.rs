//! The status of a term on a screen and for programs.

use serde_json::{Value, json};

use super::status::TermStatus;
use crate::finding::Lang;
use crate::ledger::{Row, Tally, Timing};
use crate::pipeline::reconcile::texts::phrase;

/// The status for a screen: sums, groups, and the returns that somebody has to do something about, `most` at most.
#[must_use]
pub fn status_text(term: &TermStatus, lang: Lang, most: usize) -> String {
    let mut lines = term.head_lines(lang);
    lines.push(String::new());
    for (key, tally) in &term.groups {
        lines.push(format!("  {}", group_line(term, &term.group_name(key, lang), tally, lang)));
    }
    let waiting: Vec<&Row> = term.status.rows.iter().filter(|row| is_waiting(row)).collect();
    if !waiting.is_empty() {
        lines.push(String::new());
    }
    lines.extend(waiting.iter().take(most).map(|row| format!("  {}", row_line(term, row, lang))));
    if waiting.len() > most {
        lines.push(format!("  {}", term.say("cut", lang, &[("left", &(waiting.len() - most).to_string())])));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// Somebody has to do something.
fn is_waiting(row: &Row) -> bool {
    let is_back = ["returned", "refused", "reopened", "unlock_requested"].contains(&row.item.state.as_str());
    let is_due = row.timing == Timing::Overdue || (row.expected && !row.received);
    is_back || is_due || row.errors + row.queries > 0 || row.item.is_other_than_approved()
}

fn group_line(term: &TermStatus, name: &str, tally: &Tally, lang: Lang) -> String {
    let text = |number: usize| number.to_string();
    let numbers = [
        ("received", text(tally.received)),
        ("expected", text(tally.expected)),
        ("late", text(tally.late)),
        ("overdue", text(tally.overdue)),
        ("returned", text(tally.returned)),
        ("approved", text(tally.approved)),
        ("locked", text(tally.locked)),
        ("reopened", text(tally.reopened)),
        ("open", text(tally.open)),
    ];
    let mut fields: Vec<(&str, &str)> = vec![("name", name)];
    fields.extend(numbers.iter().map(|(key, value)| (*key, value.as_str())));
    term.say("group_line", lang, &fields)
}

fn row_line(term: &TermStatus, row: &Row, lang: Lang) -> String {
    let (unit, form) = (&term.tree.units[row.unit], &term.forms[row.form]);
    let mut more = Vec::new();
    if row.errors + row.queries > 0 {
        more.push(format!("{} {}", term.heading("open", lang).to_lowercase(), row.errors + row.queries));
    }
    if row.item.is_other_than_approved() {
        more.push(term.say("other_version", lang, &[]));
    }
    if !row.item.reason.is_empty() {
        more.push(row.item.reason.clone());
    }
    // Each part stands behind what is before it.
    let more = std::iter::once(String::new()).chain(more).collect::<Vec<_>>().join("; ");
    let (state, timing) = (term.state_name(row, lang), phrase(&term.texts.timing, row.timing.id(), lang));
    let fields =
        [("unit", &*unit.code), ("name", &*unit.name), ("form", &*form.symbol), ("state", &*state), ("timing", timing), ("more", &more)];
    term.say("row_line", lang, &fields)
}

/// The status for programs.
#[must_use]
pub fn status_json(term: &TermStatus) -> Value {
    let groups: Vec<Value> =
        term.groups.iter().map(|(key, tally)| json!({ "group": key, "name": term.group_name(key, Lang::Vi), "counts": tally })).collect();
    json!({
        "school_year": term.period.year.to_string(),
        "term": term.period.term.id(),
        "day": term.status.day.to_string(),
        "has_run": term.has_run,
        "counts": term.status.whole,
        "findings_of_no_return": term.status.unplaced,
        "groups": groups,
        "returns": term.status.rows.iter().map(|row| row_json(term, row)).collect::<Vec<_>>(),
    })
}

fn row_json(term: &TermStatus, row: &Row) -> Value {
    let (unit, form, item) = (&term.tree.units[row.unit], &term.forms[row.form], &row.item);
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    json!({
        "unit": unit.code,
        "name": unit.name,
        "form": form.id,
        "is_expected": row.expected,
        "is_received": row.received,
        "is_held": row.held,
        "state": item.state,
        "version": item.version,
        "approved_version": item.approved,
        "sections": item.sections,
        "times_reopened": item.reopened,
        "received_on": day(item.first_on),
        "last_received_on": day(item.last_on),
        "due": day(row.due.as_ref().map(|due| due.on)),
        "due_document": row.due.as_ref().map(|due| &due.document),
        "timing": row.timing,
        "errors_open": row.errors,
        "queries_open": row.queries,
        "explained": row.explained,
        "accepted": row.accepted,
        "reason": item.reason,
        "document": item.document,
        "by": item.by,
        "on": day(item.on),
    })
}
