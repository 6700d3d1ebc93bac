//! Findings of a run by their causes, with names beside codes: for a screen, a workbook, a page.

use serde::Serialize;

use crate::base::message::{Lang, Message, message};
use crate::findings::{Cause, Finding, Severity, Verdict, causes, weight};
use crate::forms::Schemas;
use crate::register::Tree;
use crate::rulebook::RuleBook;

/// A cause of findings, where it is and what follows from it. Texts are in the language of the session.
#[derive(Debug, Clone, Serialize)]
pub struct CauseRecord {
    /// Weight of the heaviest finding.
    pub severity: Severity,
    /// Fails, or only keeps checks from running.
    pub verdict: Verdict,
    /// Rule of the finding to act on.
    pub rule: String,
    /// Message of that finding; of checks that could not run, the reason.
    pub message: String,
    /// Hint on what to do.
    pub hint: String,
    /// Names of the unit, the form and the cell.
    #[serde(rename = "location")]
    pub place: CausePlace,
    /// Other findings of that rule in the file.
    pub alike: usize,
    /// Findings of other rules that follow from it.
    pub broken: usize,
    /// Checks that it keeps from running.
    pub blocked: usize,
    /// The unit has proposed an explanation, about which somebody has to decide.
    pub waits: bool,
}

/// Names of a cell that a finding is at, as far as they are known.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CausePlace {
    /// Unit code.
    pub unit: String,
    /// Name of the unit.
    pub unit_name: String,
    /// Name of the unit above it.
    pub above: String,
    /// Symbol of the form.
    pub form: String,
    /// Name of the sheet in the form.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Label of the row.
    pub label: String,
    /// Number of the column.
    pub column: Option<u16>,
    /// Heading of the column.
    pub heading: String,
    /// Input file.
    pub file: String,
    /// Name of the sheet in the file.
    pub file_sheet: String,
    /// Cell in the file.
    pub cell: String,
}

/// Register, forms and rules by which findings get their names.
#[derive(Clone, Copy)]
pub struct FindingNames<'a> {
    /// Units of the term.
    pub tree: &'a Tree,
    /// Forms and rules.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
}

impl FindingNames<'_> {
    const fn rules(&self) -> &RuleBook {
        &self.schemas.rules
    }

    /// Names of the place of a finding.
    #[must_use]
    pub fn place(&self, finding: &Finding) -> CausePlace {
        let (subject, place) = (&finding.subject, &finding.place);
        let text = |text: &Option<std::sync::Arc<str>>| text.as_deref().unwrap_or_default().to_owned();
        let mut names = CausePlace {
            unit: text(&subject.unit),
            form: text(&subject.form),
            sheet: text(&subject.sheet),
            code: text(&subject.code),
            column: subject.column,
            file: text(&place.file),
            file_sheet: text(&place.sheet),
            cell: place.cell.map(|cell| cell.to_string()).unwrap_or_default(),
            ..CausePlace::default()
        };
        if let Some(unit) = self.tree.find(&names.unit) {
            names.unit_name = self.tree.units[unit].name.to_string();
            names.above = self.tree.parent[unit].map(|above| self.tree.units[above].name.to_string()).unwrap_or_default();
        }
        let Some(form) = self.schemas.forms.iter().find(|form| *form.id == *names.form) else { return names };
        names.form = form.symbol.to_string();
        let Some(sheet) = form.layout.sheets.iter().find(|sheet| *sheet.id == *names.sheet) else { return names };
        names.sheet = sheet.name.to_string();
        if let Some(coded) = sheet.find_code(&names.code) {
            names.label = sheet.coded_row(coded).label.trim().to_owned();
        }
        if let Some(column) = names.column.and_then(|number| sheet.find_column(number)) {
            let mut path = sheet.columns[column].path.clone();
            path.dedup();
            names.heading = path.join(" – ");
        }
        names
    }

    /// A cause with its names.
    fn record(&self, cause: &Cause<'_>) -> CauseRecord {
        let first = cause.first;
        // Many rules, also of several forms, may lack one thing: it is told, and not one of the rules or its place.
        let is_lack = cause.verdict() == Verdict::NotEvaluated && cause.blocked_count() > 1;
        let (rules, lang) = (self.rules(), self.lang);
        let message = if is_lack { rules.found_and_expected(first, lang).0 } else { rules.message(first, lang) };
        let fails = |finding: &&&Finding| finding.verdict == Verdict::Fail;
        let alike = cause.others.iter().filter(fails).filter(|finding| finding.rule == first.rule).count();
        CauseRecord {
            severity: cause.severity(),
            verdict: cause.verdict(),
            rule: first.rule.to_string(),
            message,
            hint: rules.hint(first, lang).to_owned(),
            place: if is_lack && first.place.file.is_none() { CausePlace::default() } else { self.place(first) },
            alike,
            broken: cause.others.iter().filter(fails).count() - alike,
            blocked: cause.blocked_count(),
            waits: first.has_waiting_proposal(),
        }
    }
}

/// Causes of findings that nobody has answered yet, the heaviest first.
#[must_use]
pub fn cause_records(findings: &[Finding], names: FindingNames<'_>) -> Vec<CauseRecord> {
    let open: Vec<&Finding> = findings.iter().filter(|finding| finding.closed.is_none()).collect();
    causes(&open).iter().map(|cause| names.record(cause)).collect()
}

impl CauseRecord {
    /// True for what a unit has to correct or explain, and has not explained yet.
    #[must_use]
    pub fn is_for_the_unit(&self) -> bool {
        self.verdict == Verdict::Fail && self.severity != Severity::Warning && !self.waits && !self.place.unit_name.is_empty()
    }

    /// How much it weighs, or that checks could not run.
    #[must_use]
    pub fn weight(&self) -> Message {
        weight(self.verdict, self.severity)
    }

    /// Consequences, such as "8 figures do not add up"; empty where there are none.
    #[must_use]
    pub fn consequences(&self) -> Message {
        let mut parts = Vec::new();
        if self.waits {
            parts.push(message!("run.cause_waits"));
        }
        if self.alike > 0 {
            parts.push(message!("run.cause_alike", count = self.alike));
        }
        if self.broken > 0 {
            parts.push(message!("run.cause_broken", count = self.broken));
        }
        let blocked = if self.verdict == Verdict::Fail || self.blocked > 1 { self.blocked } else { 0 };
        if blocked > 0 {
            parts.push(message!("run.cause_blocked", count = blocked));
        }
        Message::join(&parts, ", ")
    }
}

impl CausePlace {
    /// The unit by name and code, with the one above it; empty where a finding is about none.
    #[must_use]
    pub fn who(&self) -> Message {
        match (self.unit_name.is_empty(), self.above.is_empty()) {
            (true, _) => Message::from(&self.unit),
            (false, true) => message!("present.unit", name = self.unit_name, code = self.unit),
            (false, false) => message!("run.cause_unit", name = self.unit_name, code = self.unit, above = self.above),
        }
    }

    /// Unit and cell; where neither is known, the file. Empty where a finding is about the term as a whole.
    #[must_use]
    pub fn in_words(&self) -> Message {
        let parts = [self.who(), self.cell_in_words()];
        let known: Vec<Message> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        if known.is_empty() { Message::from(&self.file) } else { Message::join(&known, ": ") }
    }

    /// Form, sheet, cell, row and column by name as well as by address.
    #[must_use]
    pub fn cell_in_words(&self) -> Message {
        let mut parts = Vec::new();
        let mut add = |is_known: bool, part: Message| parts.extend(is_known.then_some(part));
        add(!self.form.is_empty(), Message::from(&self.form));
        let sheet = if self.file_sheet.is_empty() { &self.sheet } else { &self.file_sheet };
        add(!sheet.is_empty(), message!("run.cause_sheet", sheet));
        add(!self.cell.is_empty(), message!("run.cause_cell", cell = self.cell));
        let item = self.item();
        add(!item.is_empty(), item);
        Message::join(&parts, ", ")
    }

    /// Row and column by code and name.
    #[must_use]
    pub fn item(&self) -> Message {
        let mut parts = Vec::new();
        let mut add = |is_known: bool, part: Message| parts.extend(is_known.then_some(part));
        let (code, label, heading) = (&self.code, &self.label, &self.heading);
        add(!code.is_empty() && label.is_empty(), message!("run.cause_code", code));
        add(!code.is_empty() && !label.is_empty(), message!("run.cause_row", code, label));
        if let Some(column) = self.column {
            add(heading.is_empty(), message!("run.cause_column_no", column));
            add(!heading.is_empty(), message!("run.cause_column", column, heading));
        }
        Message::join(&parts, ", ")
    }
}
