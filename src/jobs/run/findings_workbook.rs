//! Findings of a run as a workbook to work with: what to act on by cause, all findings, whom to call and what to say.
//!
//! It stands in the output folder only: it names files as they are called and, where the workspace has contacts, telephones.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::causes::{CausePlace, CauseRecord, FindingNames};
use super::run_context::RunContext;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;
use crate::findings::{Finding, Severity};
use crate::jobs::answered::answered;
use crate::jobs::ledger::{CONTACTS, contacts};
use crate::ledger::{ACCEPT_EXPLANATION, Contacts, REJECT_EXPLANATION, finding_key};
use crate::present::{
    Align, LEFT, ListCell, ListChoices, ListColumn, ListRow, Listing, MOST_ROWS, Presenter, WorkbookPlan, listing, path_to_file, write_xlsx,
};
use crate::rulebook::RuleBook;

/// Name of the workbook in the output folder of a run.
pub const FINDINGS_WORKBOOK: &str = "phat-hien.xlsx";

/// Things to say to a unit on the telephone; the rest is in the workbook.
const SAID: usize = 3;
/// Links of a sheet at most: spreadsheet programs refuse a sheet with more than 65,530.
const MOST_LINKS: usize = 30_000;

/// Columns of causes: what fits a page.
const CAUSES: [ColumnSpec; 11] = [
    ColumnSpec::new("weight", 12.0, Align::Left),
    ColumnSpec::new("above", 17.0, Align::Left),
    ColumnSpec::new("unit", 11.0, Align::Left),
    ColumnSpec::new("name", 24.0, Align::Left),
    ColumnSpec::new("form", 11.0, Align::Left),
    ColumnSpec::new("sheet", 12.0, Align::Left),
    ColumnSpec::new("cell", 7.0, Align::Centre),
    ColumnSpec::new("item", 28.0, Align::Left),
    ColumnSpec::new("message", 42.0, Align::Left),
    ColumnSpec::new("consequences", 20.0, Align::Left),
    ColumnSpec::new("hint", 30.0, Align::Left),
];

/// Further columns of all findings.
const MORE: [ColumnSpec; 3] =
    [ColumnSpec::new("answer", 24.0, Align::Left), ColumnSpec::new("file", 30.0, Align::Left), ColumnSpec::new("rule", 20.0, Align::Left)];

/// Columns of the list of calls.
const CALLS: [ColumnSpec; 9] = [
    ColumnSpec::new("above", 17.0, Align::Left),
    ColumnSpec::new("unit", 11.0, Align::Left),
    ColumnSpec::new("name", 26.0, Align::Left),
    ColumnSpec::new("role", 16.0, Align::Left),
    ColumnSpec::new("phone", 14.0, Align::Left),
    ColumnSpec::new("email", 24.0, Align::Left),
    ColumnSpec::new("errors", 7.0, Align::Right),
    ColumnSpec::new("queries", 9.0, Align::Right),
    ColumnSpec::new("say", 80.0, Align::Left),
];

/// Columns of causes that say unit and cell.
const PLACE_COLUMNS: std::ops::Range<usize> = 1..8;

/// Columns of explanations that units have proposed, behind those of the place.
const PROPOSALS: [ColumnSpec; 6] = [
    ColumnSpec::new("message", 36.0, Align::Left),
    ColumnSpec::new("proposal", 36.0, Align::Left),
    ColumnSpec::new("state", 14.0, Align::Left),
    ColumnSpec::new("decision", 18.0, Align::Left),
    ColumnSpec::new("decision_reason", 26.0, Align::Left),
    ColumnSpec::new("key", 12.0, Align::Left),
];

/// A column: the id of its heading and how it is shown.
struct ColumnSpec {
    id: &'static str,
    width: f64,
    align: Align,
}

impl ColumnSpec {
    const fn new(id: &'static str, width: f64, align: Align) -> Self {
        Self { id, width, align }
    }

    fn column(&self, lang: Lang) -> ListColumn {
        ListColumn { heading: Message::of_family("run.heading", self.id).said(lang), width: self.width, align: self.align }
    }
}

/// Findings of a run and the causes that they have.
pub struct FindingsWorkbook<'a> {
    /// The run.
    pub run_context: &'a RunContext<'a>,
    /// All findings.
    pub findings: &'a [Finding],
    /// Open findings by their causes.
    pub causes: &'a [CauseRecord],
}

impl FindingsWorkbook<'_> {
    const fn lang(&self) -> Lang {
        self.run_context.session.lang
    }

    /// The bytes of the workbook.
    ///
    /// # Errors
    /// When the workbook cannot be made.
    pub fn bytes(&self) -> Result<Vec<u8>> {
        let proposals = self.proposals();
        let sheets = [Some(self.by_cause()), proposals, Some(self.all()), Some(self.calls()), Some(self.notes())];
        let sheets: Vec<Listing> = sheets.into_iter().flatten().collect();
        let RunContext { loaded, pipeline, .. } = self.run_context;
        let term = loaded.regulation.full_term_in(pipeline.period, self.lang());
        let title = message!("run.findings_title", term).said(self.lang());
        let created = loaded.tree.day;
        let plan = WorkbookPlan {
            title,
            created,
            author: loaded.tree.top_name().to_owned(),
            state: self.run_context.state.lines(self.run_context.session.lang),
            sheets: sheets.iter().map(listing).collect(),
            names: Vec::new(),
        };
        write_xlsx(&plan).map_err(|e| Error::library(Action::Write, "xlsx", e))
    }

    fn sheet<'c>(&self, name: &Message, line: &Message, columns: impl IntoIterator<Item = &'c ColumnSpec>) -> Listing {
        let lang = self.lang();
        Listing {
            name: name.said(lang),
            lines: vec![line.said(lang)],
            columns: columns.into_iter().map(|column| column.column(lang)).collect(),
            fixed_columns: 1,
            cut: message!("ledger.cut", left = LEFT).said(lang),
            ..Listing::default()
        }
    }

    fn by_cause(&self) -> Listing {
        let line = message!("run.findings_causes_line", causes = self.causes.len(), findings = self.findings.len());
        let mut sheet = self.sheet(&message!("run.findings_causes"), &line, &CAUSES);
        let rows = self.causes.iter().enumerate().take(MOST_ROWS);
        sheet.rows = rows
            .map(|(at, cause)| {
                let then = cause.consequences().said(self.lang());
                let weight = cause.weight().said(self.lang());
                let texts = RowTexts { weight, message: &cause.message, then, hint: &cause.hint };
                let cell = if at < MOST_LINKS { self.link(&cause.place) } else { ListCell::from(&*cause.place.cell) };
                ListRow { cells: self.cells(&cause.place, cell, texts), strong: false }
            })
            .collect();
        sheet.more = self.causes.len().saturating_sub(MOST_ROWS);
        sheet
    }

    fn all(&self) -> Listing {
        let (session, loaded) = (self.run_context.session, self.run_context.loaded);
        let names = FindingNames { tree: &loaded.tree, schemas: &session.schemas, lang: self.lang() };
        let rules = &session.schemas.rules;
        let line = message!("run.findings_all_line", findings = self.findings.len());
        let mut sheet = self.sheet(&message!("run.findings_all"), &line, CAUSES.iter().chain(&MORE));
        let rows = self.findings.iter().take(MOST_ROWS).map(|finding| {
            let (message, hint) = (rules.message(finding, self.lang()), rules.hint(finding, self.lang()));
            let answer = answered(finding).map_or("", |own| own.text);
            let weight = finding.weight().said(self.lang());
            let place = names.place(finding);
            let texts = RowTexts { weight, message: &message, then: String::new(), hint };
            let mut cells = self.cells(&place, ListCell::from(&*place.cell), texts);
            cells.extend([answer.into(), ListCell::from(&*place.file), ListCell::from(&*finding.rule)]);
            ListRow { cells, strong: false }
        });
        sheet.rows = rows.collect();
        sheet.more = self.findings.len().saturating_sub(MOST_ROWS);
        sheet
    }

    /// Explanations that units have proposed, with columns for the decision about each; none where there is nothing to decide or
    /// to look up.
    fn proposals(&self) -> Option<Listing> {
        let (session, loaded) = (self.run_context.session, self.run_context.loaded);
        let names = FindingNames { tree: &loaded.tree, schemas: &session.schemas, lang: self.lang() };
        let rules = &session.schemas.rules;
        let open = self.findings.iter().filter(|finding| finding.closed.is_none());
        let proposed: Vec<&Finding> = open.filter(|finding| finding.proposal.is_some()).collect();
        if proposed.is_empty() {
            return None;
        }
        let waiting = proposed.iter().filter(|finding| finding.has_waiting_proposal()).count();
        let line = message!("run.findings_proposals_line", waiting);
        let mut sheet = self.sheet(&message!("run.findings_proposals"), &line, CAUSES[PLACE_COLUMNS].iter().chain(&PROPOSALS));
        sheet.rows = proposed.into_iter().map(|finding| self.proposal_row(&names.place(finding), finding, rules)).collect();
        let texts = session.texts.catalogue.names_of(&[ACCEPT_EXPLANATION, REJECT_EXPLANATION], self.lang());
        let column = u16::try_from(sheet.columns.len() - 3).unwrap_or(u16::MAX);
        sheet.choices = vec![ListChoices { column, texts }];
        Some(sheet)
    }

    fn proposal_row(&self, place: &CausePlace, finding: &Finding, rules: &RuleBook) -> ListRow {
        let lang = self.lang();
        let texts = RowTexts { weight: String::new(), message: "", then: String::new(), hint: "" };
        // Unit and cell only.
        let mut cells = self.cells(place, self.link(place), texts)[PLACE_COLUMNS].to_vec();
        cells.push(rules.message(finding, lang).into());
        if let Some(answer) = answered(finding) {
            cells.extend([ListCell::from(answer.text), answer.kind.said(lang).into()]);
        }
        cells.extend([ListCell::Blank, ListCell::Blank, finding_key(finding, rules).into()]);
        ListRow { cells, strong: false }
    }

    /// Cells of the columns of causes.
    fn cells(&self, place: &CausePlace, cell: ListCell, texts: RowTexts<'_>) -> Vec<ListCell> {
        let sheet = if place.file_sheet.is_empty() { &place.sheet } else { &place.file_sheet };
        let RowTexts { weight, message, then, hint } = texts;
        vec![
            weight.into(),
            ListCell::from(&*place.above),
            ListCell::from(&*place.unit),
            // Of a file that is nobody's its name must do.
            ListCell::from(if place.unit.is_empty() { &*place.file } else { &*place.unit_name }),
            ListCell::from(&*place.form),
            ListCell::from(&**sheet),
            cell,
            place.item().said(self.lang()).into(),
            ListCell::from(message),
            then.into(),
            ListCell::from(hint),
        ]
    }

    /// A link that opens the sender's file at the cell; a member of a zip file has none.
    fn link(&self, place: &CausePlace) -> ListCell {
        let path = path_to_file(self.run_context.to_files().as_deref(), &place.file).filter(|_| !place.cell.is_empty());
        let Some(path) = path else { return ListCell::from(&*place.cell) };
        let sheet = place.file_sheet.replace('\'', "''");
        ListCell::FileLink(format!("{}#'{sheet}'!{}", escaped(&path), place.cell), place.cell.clone())
    }

    /// Units with something to correct or explain, those below one unit together.
    fn calls(&self) -> Listing {
        // A table of contacts that is wrong keeps nobody from the findings.
        let (contacts, problem) = match contacts(self.run_context.session, self.run_context.pipeline, None) {
            Ok(contacts) => (contacts, None),
            Err(problem) => (Contacts::default(), Some(message!("run.no_contacts", problem = problem.message()))),
        };
        let mut by_unit: BTreeMap<[&str; 2], Vec<&CauseRecord>> = BTreeMap::new();
        for cause in self.causes.iter().filter(|cause| cause.is_for_the_unit()) {
            by_unit.entry([&cause.place.above, &cause.place.unit]).or_default().push(cause);
        }
        let mut sheet = self.sheet(&message!("run.findings_calls"), &message!("run.findings_calls_line", units = by_unit.len()), &CALLS);
        let count = |causes: &[&CauseRecord], severity: Severity| {
            let number = causes.iter().filter(|cause| cause.severity == severity).count();
            ListCell::Number(i64::try_from(number).unwrap_or(i64::MAX), NumberKind::Counts)
        };
        sheet.lines.extend(problem.map(|problem| problem.said(self.lang())));
        for ([above, unit], causes) in by_unit {
            let mut cells: Vec<ListCell> = [above, unit, &causes[0].place.unit_name].map(ListCell::from).to_vec();
            cells.extend(contacts.of(unit).map(ListCell::from));
            cells.extend([count(&causes, Severity::Error), count(&causes, Severity::Query), self.said(&causes).into()]);
            sheet.rows.push(ListRow { cells, strong: false });
        }
        sheet
    }

    /// The first few things to say to a unit, a line each.
    fn said(&self, causes: &[&CauseRecord]) -> String {
        let presenter = Presenter::new(self.lang());
        let say = |cause: &&CauseRecord| {
            let place = cause.place.cell_in_words();
            presenter.say(&message!("run.findings_say", place, message = cause.message))
        };
        let mut lines: Vec<String> = causes.iter().take(SAID).map(say).collect();
        if causes.len() > SAID {
            lines.push(presenter.say(&message!("run.findings_say_more", more = causes.len() - SAID)));
        }
        lines.join("\n")
    }

    /// Notes on what the workbook is.
    fn notes(&self) -> Listing {
        let RunContext { loaded, pipeline, run, .. } = self.run_context;
        let term = loaded.regulation.full_term_in(pipeline.period, self.lang());
        let columns = [ColumnSpec::new("note", 110.0, Align::Left)];
        let mut sheet = self.sheet(&message!("run.findings_notes"), &message!("run.findings_title", term), &columns);
        let state = self.run_context.state.lines(self.lang()).join(" · ");
        let notes = [
            message!("present.note_state", state),
            message!("run.findings_note_draft", run),
            message!("run.findings_note_cause"),
            message!("run.findings_note_blocked"),
            message!("run.findings_note_links"),
            message!("run.findings_note_contacts", file = CONTACTS),
        ];
        let row = |note: &Message| ListRow { cells: vec![note.said(self.lang()).into()], strong: false };
        sheet.rows = notes.iter().map(row).collect();
        sheet
    }
}

/// A path as part of a link: signs that mean something there stand as their numbers.
fn escaped(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for letter in path.chars() {
        if matches!(letter, '%' | '#' | '?' | ' ' | '"' | '<' | '>' | '[' | ']' | '^' | '`' | '{' | '}') {
            let _ = write!(out, "%{:02X}", u32::from(letter));
        } else {
            out.push(letter);
        }
    }
    out
}

/// Texts of a row beside the place.
struct RowTexts<'a> {
    weight: String,
    message: &'a str,
    then: String,
    hint: &'a str,
}
