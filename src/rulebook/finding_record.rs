//! A finding put into words of one language: what files, tables, programs and the ledger get, all of them the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;

use crate::base::message::Lang;
use crate::findings::{Closing, Finding, Proposal, Severity, Verdict};
use crate::rulebook::catalogue::RuleBook;

/// A finding with its words, fields in the order of their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FindingRecord {
    /// Cell in the sheet of the file, as a spreadsheet writes it.
    pub cell: Option<String>,
    /// How it is answered: `explained`, `accepted`.
    pub closed: Option<String>,
    /// Role of whoever answered, and of whoever agreed.
    pub closed_by: Option<String>,
    /// The day of the answer, ISO.
    pub closed_on: Option<String>,
    /// The answer.
    pub closed_text: Option<String>,
    /// Row code.
    pub code: Option<Arc<str>>,
    /// Column number.
    pub column: Option<u16>,
    /// Details that the message names.
    pub detail: String,
    /// Input file.
    pub file: Option<Arc<str>>,
    /// Sheet name in the file.
    pub file_sheet: Option<Arc<str>>,
    /// Form id.
    pub form: Option<Arc<str>>,
    /// Value that was found.
    pub found: String,
    /// Guide to what is to be done.
    pub hint: String,
    /// Its identity with its values, to which answers are bound; empty where nobody answers it.
    pub key: String,
    /// Description in words.
    pub message: String,
    /// Vietnamese message where the other is another language: what goes to schools is made from what a run kept.
    #[serde(skip)]
    pub message_vi: Option<String>,
    /// State of the explanation that the unit proposed: `waiting`, `accepted`, `rejected`.
    pub proposal: Option<&'static str>,
    /// Reason of the decision about it.
    pub proposal_reason: Option<String>,
    /// The explanation that the unit proposed.
    pub proposal_text: Option<String>,
    /// Rule id.
    pub rule: String,
    /// How much it weighs.
    pub severity: Severity,
    /// Sheet id.
    pub sheet: Option<Arc<str>>,
    /// Value that was expected.
    pub should_be: String,
    /// Unit code.
    pub unit: Option<Arc<str>>,
    /// Values the rule gives names.
    pub values: BTreeMap<String, String>,
    /// Failed, or not evaluated.
    pub verdict: Verdict,
}

/// Columns of tables of findings, besides the number of the column: the archive's and the CSV's.
pub const FINDING_COLUMNS: [&str; 18] = [
    "severity",
    "verdict",
    "rule",
    "unit",
    "form",
    "sheet",
    "code",
    "file",
    "file_sheet",
    "cell",
    "found",
    "should_be",
    "detail",
    "message",
    "closed",
    "closed_text",
    "closed_by",
    "closed_on",
];

impl FindingRecord {
    /// A finding in a language; its key is for whoever binds answers to it.
    #[must_use]
    pub fn new(finding: &Finding, rules: &RuleBook, lang: Lang) -> Self {
        let (subject, place, closed) = (&finding.subject, &finding.place, finding.closed.as_ref());
        let (found, should_be) = rules.found_and_expected(finding, lang);
        Self {
            cell: place.cell.map(|cell| cell.to_string()),
            closed: closed.map(|closing| closing.kind.id().to_owned()),
            closed_by: closed.map(Closing::roles),
            closed_on: closed.map(|closing| closing.on.clone()),
            closed_text: closed.map(|closing| closing.text.clone()),
            code: subject.code.clone(),
            column: subject.column,
            detail: rules.detail(finding, lang),
            file: place.file.clone(),
            file_sheet: place.sheet.clone(),
            form: subject.form.clone(),
            found,
            hint: rules.hint(finding, lang).to_owned(),
            key: String::new(),
            message: rules.message(finding, lang),
            message_vi: None,
            proposal: finding.proposal.as_ref().map(Proposal::state),
            proposal_reason: finding.proposal.as_ref().and_then(|own| Some(own.decision.as_ref()?.reason.clone())),
            proposal_text: finding.proposal.as_ref().map(|own| own.text.clone()),
            rule: finding.rule.to_string(),
            severity: finding.severity,
            sheet: subject.sheet.clone(),
            should_be,
            unit: subject.unit.clone(),
            values: finding.values.iter().map(|own| (own.name.clone(), own.value.plain())).collect(),
            verdict: finding.verdict,
        }
    }

    /// Message for schools, whoever made the run.
    #[must_use]
    pub fn said_to_schools(&self) -> &str {
        self.message_vi.as_deref().unwrap_or(&self.message)
    }

    /// Texts under the names of [`FINDING_COLUMNS`]; empty where there is nothing to say.
    #[must_use]
    pub fn texts(&self) -> [&str; FINDING_COLUMNS.len()] {
        [
            self.severity.id(),
            self.verdict.id(),
            &self.rule,
            self.unit.as_deref().unwrap_or_default(),
            self.form.as_deref().unwrap_or_default(),
            self.sheet.as_deref().unwrap_or_default(),
            self.code.as_deref().unwrap_or_default(),
            self.file.as_deref().unwrap_or_default(),
            self.file_sheet.as_deref().unwrap_or_default(),
            self.cell.as_deref().unwrap_or_default(),
            &self.found,
            &self.should_be,
            &self.detail,
            &self.message,
            self.closed.as_deref().unwrap_or_default(),
            self.closed_text.as_deref().unwrap_or_default(),
            self.closed_by.as_deref().unwrap_or_default(),
            self.closed_on.as_deref().unwrap_or_default(),
        ]
    }

    /// Where it is in the file, as a spreadsheet writes it; empty where it is of no cell.
    #[must_use]
    pub fn place(&self) -> String {
        self.file_sheet.as_deref().into_iter().chain(self.cell.as_deref()).collect::<Vec<_>>().join("!")
    }

    /// It failed, at this severity.
    #[must_use]
    pub fn failed_as(&self, severity: Severity) -> bool {
        self.verdict == Verdict::Fail && self.severity == severity
    }

    /// It is something to act on: fix, or answer.
    #[must_use]
    pub fn is_to_act_on(&self) -> bool {
        self.failed_as(Severity::Error) || self.failed_as(Severity::Query)
    }
}
