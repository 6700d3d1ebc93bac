//! Findings of rules about data: collected, all of them, each with its place.

mod answers;
mod causes;
mod observed;

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::base::location::CellRef;
use crate::base::message::{Message, message};

pub use answers::{Closing, ClosingKind, Proposal, ProposalDecision};
pub use causes::{Cause, LIKELY_ERROR, causes};
pub use observed::Observed;

/// The version of the JSON that findings and every other answer are written as: of what stands in `docs/json`.
pub const JSON_VERSION: u32 = 1;

/// How much a finding weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Must be fixed (lỗi).
    Error,
    /// Fix or explain (cần giải trình).
    Query,
    /// Look at it (cảnh báo).
    Warning,
}

impl Severity {
    /// Its name for people.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Error => message!("findings.error"),
            Self::Query => message!("findings.query"),
            Self::Warning => message!("findings.warning"),
        }
    }

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Query => "query",
            Self::Warning => "warning",
        }
    }
}

/// Verdict of a rule. A rule that passes leaves no finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The rule was evaluated and does not hold.
    Fail,
    /// The rule could not be evaluated; never a pass (chưa kiểm tra được).
    NotEvaluated,
}

impl Verdict {
    /// Its name for people.
    #[must_use]
    pub fn message(self) -> Message {
        match self {
            Self::Fail => message!("findings.fails"),
            Self::NotEvaluated => message!("findings.not_evaluated"),
        }
    }

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fail => "fail",
            Self::NotEvaluated => "not_evaluated",
        }
    }
}

/// How much a failure weighs, for people; of a rule that could not run, that it could not.
#[must_use]
pub fn weight(verdict: Verdict, severity: Severity) -> Message {
    match verdict {
        Verdict::Fail => severity.message(),
        Verdict::NotEvaluated => verdict.message(),
    }
}

/// Subject of a finding, as far as it is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Subject {
    /// Reporting unit code.
    pub unit: Option<Arc<str>>,
    /// Form id with its circular.
    pub form: Option<Arc<str>>,
    /// Sheet id in the form.
    pub sheet: Option<Arc<str>>,
    /// Row code in the sheet.
    pub code: Option<Arc<str>>,
    /// Column number in the sheet.
    pub column: Option<u16>,
}

/// Where in an input file a finding is.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Location {
    /// Input file, as named by the user.
    pub file: Option<Arc<str>>,
    /// Sheet name as it stands in the file.
    pub sheet: Option<Arc<str>>,
    /// Cell in that sheet.
    pub cell: Option<CellRef>,
}

/// A cell that a finding compares with others, misses or would correct, in the sheet that it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ComparedCell {
    /// Row code in the sheet.
    pub code: Arc<str>,
    /// Column number in the sheet.
    pub column: u16,
    /// Cell in the sheet of the file; none where the file does not have it.
    pub cell: Option<CellRef>,
}

/// A value that a message names. Releases keep both as a pair.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "(String, Observed)", into = "(String, Observed)")]
pub struct NamedValue {
    /// Its name.
    pub name: String,
    /// The value.
    pub value: Observed,
}

impl NamedValue {
    /// A value under a name.
    #[must_use]
    pub fn new(name: impl Into<String>, value: impl Into<Observed>) -> Self {
        Self { name: name.into(), value: value.into() }
    }
}

impl From<(String, Observed)> for NamedValue {
    fn from(pair: (String, Observed)) -> Self {
        Self { name: pair.0, value: pair.1 }
    }
}

impl From<NamedValue> for (String, Observed) {
    fn from(own: NamedValue) -> Self {
        (own.name, own.value)
    }
}

/// One thing a rule says about data.
///
/// Words are not stored: the rule catalogue turns `rule`, `found`, `expected`
/// and `detail` into Vietnamese or English when the finding is shown.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "StoredFinding")]
pub struct Finding {
    /// Failed, or could not be evaluated.
    pub verdict: Verdict,
    /// How much it weighs.
    pub severity: Severity,
    /// Rule id in the catalogue.
    pub rule: Cow<'static, str>,
    /// The pipeline it is about.
    pub subject: Subject,
    /// Where it is.
    pub place: Location,
    /// Value that was found there.
    pub found: Observed,
    /// Value that was expected.
    pub expected: Observed,
    /// Details that the message names: other cells, other files.
    pub detail: Observed,
    /// Values the rule gives names, for its message.
    pub values: Vec<NamedValue>,
    /// Sentence of its own in place of it.
    pub said: Option<Message>,
    /// Cells of its sheet that it compares, misses or would correct; none where it is about its own cell alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<ComparedCell>,
    /// The answer that closes it.
    pub closed: Option<Closing>,
    /// The explanation that its unit proposed, waiting or decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Proposal>,
}

impl Finding {
    /// How much it weighs, for people, or that its rule could not run.
    #[must_use]
    pub fn weight(&self) -> Message {
        weight(self.verdict, self.severity)
    }

    /// A failure of `rule`. Its severity is the catalogue's and is set when
    /// findings are collected; until then it counts as an error.
    #[must_use]
    pub fn new(rule: impl Into<Cow<'static, str>>) -> Self {
        Self {
            severity: Severity::Error,
            rule: rule.into(),
            verdict: Verdict::Fail,
            subject: Subject::default(),
            place: Location::default(),
            found: Observed::Nothing,
            expected: Observed::Nothing,
            detail: Observed::Nothing,
            values: Vec::new(),
            said: None,
            cells: Vec::new(),
            closed: None,
            proposal: None,
        }
    }

    /// True while it waits for somebody to decide about the explanation that its unit proposed.
    #[must_use]
    pub fn has_waiting_proposal(&self) -> bool {
        self.closed.is_none() && self.proposal.as_ref().is_some_and(Proposal::is_waiting)
    }

    /// Marks it as not evaluated.
    #[must_use]
    pub fn not_evaluated(mut self) -> Self {
        self.verdict = Verdict::NotEvaluated;
        self
    }

    /// With what it is about.
    #[must_use]
    pub fn subject(mut self, subject: Subject) -> Self {
        self.subject = subject;
        self
    }

    /// With the unit it is about.
    #[must_use]
    pub fn unit(mut self, unit: &Arc<str>) -> Self {
        self.subject.unit = Some(Arc::clone(unit));
        self
    }

    /// With its place.
    #[must_use]
    pub fn location(mut self, place: Location) -> Self {
        self.place = place;
        self
    }

    /// With what was found and what was expected.
    #[must_use]
    pub fn observed(mut self, found: impl Into<Observed>, expected: impl Into<Observed>) -> Self {
        self.found = found.into();
        self.expected = expected.into();
        self
    }

    /// With the cells that it compares, misses or would correct.
    #[must_use]
    pub fn compared(mut self, cells: Vec<ComparedCell>) -> Self {
        self.cells = cells;
        self
    }

    /// Everything of it that was observed.
    pub fn observed_mut(&mut self) -> impl Iterator<Item = &mut Observed> {
        let Self { found, expected, detail, values, .. } = self;
        [found, expected, detail].into_iter().chain(values.iter_mut().map(|own| &mut own.value))
    }

    /// With a sentence instead of what else the message names.
    #[must_use]
    pub fn saying(mut self, words: Message) -> Self {
        self.said = Some(words);
        self
    }

    /// With what else the message names.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Observed>) -> Self {
        self.detail = detail.into();
        self
    }
}

/// A finding as releases keep it. Those made before names were told apart have them in a list, and in its texts.
#[derive(Deserialize)]
struct StoredFinding {
    verdict: Verdict,
    severity: Severity,
    rule: Cow<'static, str>,
    subject: Subject,
    place: Location,
    found: Observed,
    expected: Observed,
    detail: Observed,
    values: Vec<NamedValue>,
    #[serde(default)]
    quotes: Vec<Arc<str>>,
    said: Option<Message>,
    #[serde(default)]
    cells: Vec<ComparedCell>,
    closed: Option<Closing>,
    #[serde(default)]
    proposal: Option<Proposal>,
}

impl From<StoredFinding> for Finding {
    fn from(stored: StoredFinding) -> Self {
        let StoredFinding {
            verdict,
            severity,
            rule,
            subject,
            place,
            found,
            expected,
            detail,
            values,
            quotes,
            said,
            cells,
            closed,
            proposal,
        } = stored;
        let [found, expected, detail] = [found, expected, detail].map(|own| own.with_names(&quotes));
        Self { verdict, severity, rule, subject, place, found, expected, detail, values, said, cells, closed, proposal }
    }
}
