//! The status as a workbook, and the lists of who is to be reminded of what.

use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;
use crate::ledger::{Contacts, LedgerEntry, StatusRow, Tally};
use crate::present::{
    Align, LEFT, ListCell, ListChoices, ListColumn, ListRow, Listing, Notes, Presenter, WorkbookPlan, listing, notes_sheet, write_xlsx,
};
use crate::rulebook::FindingRecord;

use super::history::about_text;
use super::status::TermStatus;

/// A column: the id of its heading, its width, its alignment.
type Spec = (&'static str, f64, Align);

/// Sums of a group, in the order of [`numbers`].
const NUMBERS: [&str; 13] = [
    "expected",
    "received",
    "missing",
    "on_time",
    "late",
    "overdue",
    "returned",
    "approved",
    "locked",
    "reopened",
    "open",
    "explained",
    "accepted",
];

/// The status as a workbook: sums, returns, history.
///
/// # Errors
/// When it cannot be written.
pub fn status_xlsx(term: &TermStatus, lang: Lang) -> Result<Vec<u8>> {
    let sheets = vec![summary(term, lang), returns(term, lang), history(term, lang)];
    write(term, term.head_lines(lang).swap_remove(0), sheets, lang)
}

/// Who has not sent anything, and who has to correct or explain what; with contacts.
///
/// # Errors
/// When it cannot be written.
pub fn reminders_xlsx(term: &TermStatus, contacts: &Contacts, lang: Lang) -> Result<Vec<u8>> {
    let sheets = vec![not_in(term, contacts, lang), to_correct(term, contacts, lang)];
    write(term, message!("ledger.reminders_missing", term = term.term_name()).said(lang), sheets, lang)
}

fn write(term: &TermStatus, title: String, sheets: Vec<Listing>, lang: Lang) -> Result<Vec<u8>> {
    let (term_name, more) = (term.term_name(), [message!("present.note_status", day = Message::day(term.status.day))]);
    let notes = Notes { lang, title: &title, state: &term.state, term: &term_name, run: "", more: &more };
    let sheets = sheets.iter().map(listing).chain([notes_sheet(&notes)]).collect();
    let plan = WorkbookPlan {
        title,
        created: term.status.day,
        author: term.tree.top_name().to_owned(),
        state: term.state.lines(lang),
        sheets,
        names: Vec::new(),
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, "xlsx", e))
}

fn sheet(name: &Message, lines: Vec<String>, specs: &[Spec], lang: Lang) -> Listing {
    let column = |&(id, width, align): &Spec| ListColumn { heading: Message::of_family("ledger.column", id).said(lang), width, align };
    Listing {
        name: name.said(lang),
        lines,
        columns: specs.iter().map(column).collect(),
        rows: Vec::new(),
        more: 0,
        fixed_columns: 0,
        choices: Vec::new(),
        cut: message!("ledger.cut", left = LEFT).said(lang),
    }
}

fn count(number: usize) -> ListCell {
    ListCell::Number(i64::try_from(number).unwrap_or(i64::MAX), NumberKind::Counts)
}

fn day(day: Option<chrono::NaiveDate>) -> ListCell {
    day.map_or(ListCell::Blank, ListCell::Day)
}

const fn numbers(tally: &Tally) -> [usize; 13] {
    [
        tally.expected,
        tally.received,
        tally.missing,
        tally.on_time,
        tally.late,
        tally.overdue,
        tally.returned,
        tally.approved,
        tally.locked,
        tally.reopened,
        tally.open,
        tally.explained,
        tally.accepted,
    ]
}

fn summary(term: &TermStatus, lang: Lang) -> Listing {
    let mut specs: Vec<Spec> = vec![("group", 34.0, Align::Left)];
    specs.extend(NUMBERS.iter().map(|id| (*id, 9.0, Align::Right)));
    let mut table = sheet(&message!("ledger.sheet_summary"), term.head_lines(lang), &specs, lang);
    let line = |name: String, tally: &Tally, strong| {
        let cells = std::iter::once(name.into()).chain(numbers(tally).map(count));
        ListRow { cells: cells.collect(), strong }
    };
    table.rows.push(line(message!("ledger.whole").said(lang), &term.status.whole, true));
    table.rows.extend(term.groups.iter().map(|own| line(term.group_name(&own.key, lang), &own.tally, false)));
    table
}

/// Unit, name and the unit above.
fn unit_cells(term: &TermStatus, row: &StatusRow) -> Vec<ListCell> {
    let unit = &term.tree.units[row.unit];
    let above = term.tree.parent[row.unit].map(|above| term.tree.units[above].name.to_string()).unwrap_or_default();
    let form = term.forms[row.form].symbol.to_string();
    vec![unit.code.to_string().into(), unit.name.to_string().into(), above.into(), form.into()]
}

const UNIT: [Spec; 4] =
    [("unit", 11.0, Align::Left), ("name", 28.0, Align::Left), ("parent", 18.0, Align::Left), ("form", 12.0, Align::Centre)];

/// When it is due and what says so.
fn due_cells(row: &StatusRow, lang: Lang) -> [ListCell; 2] {
    match &row.due {
        Some(due) => [day(Some(due.on)), due.document.clone().into()],
        None => [message!("ledger.none").said(lang).into(), ListCell::Blank],
    }
}

/// Words of the last action, and whether something else has come in since the approval.
fn note(row: &StatusRow, lang: Lang) -> ListCell {
    let other = row.item.is_other_than_approved().then(|| message!("ledger.other_version").said(lang));
    let parts = other.into_iter().chain([row.item.reason.clone(), row.item.document.clone()]);
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ").into()
}

fn returns(term: &TermStatus, lang: Lang) -> Listing {
    let own: [Spec; 15] = [
        ("state", 13.0, Align::Left),
        ("version", 7.0, Align::Right),
        ("received_on", 11.0, Align::Centre),
        ("due", 11.0, Align::Centre),
        ("due_document", 20.0, Align::Left),
        ("timing", 14.0, Align::Left),
        ("errors", 8.0, Align::Right),
        ("queries", 8.0, Align::Right),
        ("proposed", 9.0, Align::Right),
        ("explained", 8.0, Align::Right),
        ("accepted", 8.0, Align::Right),
        ("sections", 16.0, Align::Left),
        ("note", 26.0, Align::Left),
        ("decision", 14.0, Align::Left),
        ("decision_reason", 26.0, Align::Left),
    ];
    let title = term.head_lines(lang).swap_remove(0);
    let mut table = sheet(&message!("ledger.sheet_returns"), vec![title], &[UNIT.as_slice(), &own].concat(), lang);
    table.choices = vec![decisions(term, own.len() - 2, lang)];
    for row in &term.status.rows {
        let mut cells = unit_cells(term, row);
        let item = &row.item;
        cells.push(term.state_name(row, lang).into());
        cells.push(count(item.version as usize));
        cells.push(day(item.first_on));
        cells.extend(due_cells(row, lang));
        cells.push(Message::of_family("ledger.timing", row.timing.id()).said(lang).into());
        cells.extend([row.errors, row.queries, row.proposed, row.explained, row.accepted].map(count));
        cells.push(item.sections.join("; ").into());
        cells.push(note(row, lang));
        // Filled in by somebody, and read by `ledger decide`.
        cells.extend([ListCell::Blank, ListCell::Blank]);
        table.rows.push(ListRow { cells, strong: false });
    }
    table
}

/// Names of what can be decided about a return, for the column at this place behind those of the unit.
fn decisions(term: &TermStatus, place: usize, lang: Lang) -> ListChoices {
    let actions = term.catalogue.actions.iter().filter(|action| action.is_done_by_people());
    let texts = actions.map(|action| lang.pick(&action.vi, &action.en).to_owned()).collect();
    ListChoices { column: u16::try_from(UNIT.len() + place).unwrap_or(u16::MAX), texts }
}

fn history(term: &TermStatus, lang: Lang) -> Listing {
    let specs: [Spec; 10] = [
        ("seq", 7.0, Align::Right),
        ("on", 11.0, Align::Centre),
        ("action", 18.0, Align::Left),
        ("unit", 11.0, Align::Left),
        ("form", 18.0, Align::Left),
        ("version", 7.0, Align::Right),
        ("by", 18.0, Align::Left),
        ("note", 34.0, Align::Left),
        ("document", 20.0, Align::Left),
        ("finding", 24.0, Align::Left),
    ];
    let title = term.head_lines(lang).swap_remove(0);
    let mut table = sheet(&message!("ledger.sheet_history"), vec![title], &specs, lang);
    let line = |entry: &LedgerEntry| {
        let draft = &entry.draft;
        let cells = vec![
            count(usize::try_from(entry.seq).unwrap_or(usize::MAX)),
            day(Some(entry.on)),
            term.catalogue.action_name(&draft.action, lang).into(),
            draft.unit.as_str().into(),
            draft.form.as_str().into(),
            if draft.version > 0 { count(draft.version as usize) } else { ListCell::Blank },
            draft.by.as_str().into(),
            draft.reason.as_str().into(),
            draft.document.as_str().into(),
            about_text(entry).into(),
        ];
        ListRow { cells, strong: false }
    };
    table.rows = term.entries.iter().map(line).collect();
    table
}

const CONTACT: [Spec; 3] = [("role", 20.0, Align::Left), ("phone", 14.0, Align::Left), ("email", 24.0, Align::Left)];

fn contact_cells(term: &TermStatus, row: &StatusRow, contacts: &Contacts) -> [ListCell; 3] {
    contacts.of(&term.tree.units[row.unit].code).map(ListCell::from)
}

fn reminder(term: &TermStatus, name: &Message, title: &Message, own: &[Spec], lang: Lang) -> Listing {
    let lines = vec![
        title.said(lang),
        message!("ledger.day", day = Presenter::day(term.status.day)).said(lang),
        message!("ledger.private").said(lang),
    ];
    sheet(name, lines, &[UNIT.as_slice(), own, &CONTACT].concat(), lang)
}

fn not_in(term: &TermStatus, contacts: &Contacts, lang: Lang) -> Listing {
    let own: [Spec; 3] = [("due", 11.0, Align::Centre), ("due_document", 20.0, Align::Left), ("days", 9.0, Align::Right)];
    let mut table =
        reminder(term, &message!("ledger.sheet_missing"), &message!("ledger.reminders_missing", term = term.term_name()), &own, lang);
    for row in term.status.rows.iter().filter(|row| row.expected && !row.received) {
        let mut cells = unit_cells(term, row);
        cells.extend(due_cells(row, lang));
        let over = row.due.as_ref().map(|due| (term.status.day - due.on).num_days()).filter(|days| *days > 0);
        cells.push(over.map_or(ListCell::Blank, |days| ListCell::Number(days, NumberKind::Counts)));
        cells.extend(contact_cells(term, row, contacts));
        table.rows.push(ListRow { cells, strong: false });
    }
    table
}

fn to_correct(term: &TermStatus, contacts: &Contacts, lang: Lang) -> Listing {
    let own: [Spec; 4] =
        [("state", 13.0, Align::Left), ("errors", 8.0, Align::Right), ("queries", 8.0, Align::Right), ("note", 40.0, Align::Left)];
    let mut table =
        reminder(term, &message!("ledger.sheet_correct"), &message!("ledger.reminders_correct", term = term.term_name()), &own, lang);
    let is_back = |row: &&StatusRow| ["returned", "refused", "reopened"].contains(&row.item.state.as_str());
    for row in term.status.rows.iter().filter(|row| row.received && (is_back(row) || row.errors + row.queries > 0)) {
        let mut cells = unit_cells(term, row);
        cells.push(term.state_name(row, lang).into());
        cells.extend([row.errors, row.queries].map(count));
        cells.push(what_to_do(term, row).into());
        cells.extend(contact_cells(term, row, contacts));
        table.rows.push(ListRow { cells, strong: false });
    }
    table
}

/// The reason given, and the first open findings in words.
fn what_to_do(term: &TermStatus, row: &StatusRow) -> String {
    const SHOWN: usize = 5;
    let (unit, form) = (&term.tree.units[row.unit].code, &term.forms[row.form].id);
    let of_return = term.open.iter().filter(|f| f.unit.as_deref() == Some(&**unit) && f.form.as_deref() == Some(&**form));
    let mut said: Vec<String> = Some(row.item.reason.clone()).filter(|reason| !reason.is_empty()).into_iter().collect();
    let line = |finding: &FindingRecord| match finding.place() {
        place if place.is_empty() => finding.said_to_schools().to_owned(),
        place => format!("{place}: {}", finding.said_to_schools()),
    };
    said.extend(of_return.clone().take(SHOWN).map(line));
    let left = of_return.count().saturating_sub(SHOWN);
    if left > 0 {
        said.push(format!("… (+{left})"));
    }
    said.join("\n")
}
