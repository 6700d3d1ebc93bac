//! The words of what goes back to schools, as data.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::message::{Lang, fill};
use crate::base::moment::shown_day;
use crate::findings::{Finding, Proposal};
use crate::rulebook::RuleBook;

/// A text of the schemas with its fields filled in; what is none of the fields stays as it is.
pub fn filled(text: &str, fields: &[(&str, &str)]) -> String {
    fill(text, |name| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned()))
}

/// `return.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnTexts {
    /// Who comments.
    pub author: String,
    /// A comment on a cell.
    pub comment: String,
    /// The error of a line of the form's sheet of errors.
    pub error_line: String,
    /// Its detail.
    pub detail_line: String,
    /// Put before the hint where the school's explanation was rejected.
    pub rejected: String,
    /// Headings of the columns for answers and for what they answer.
    pub answer_headings: [String; 2],
    /// Name of a second and later round of one day.
    pub round_again: String,
    /// Folder of files of unknown units.
    pub unknown_folder: String,
    /// Name of such files.
    pub unknown_unit: String,
    /// Name of a unit's note.
    pub note_file: String,
    /// Name of the note of the unit above.
    pub summary_file: String,
    /// Sheet of a note.
    pub note_sheet: String,
    /// Title of a note.
    pub note_title: String,
    /// Its term.
    pub term: String,
    /// State of the figures that it is about.
    pub figures: String,
    /// Its counts.
    pub counts: String,
    /// Line below a note that is cut.
    pub cut: String,
    /// A file that could not be annotated.
    pub not_annotated: String,
    /// Guide to what is to be done.
    pub guide: Vec<String>,
    /// Headings of a note.
    pub columns: [String; 7],
    /// Sheet of a summary.
    pub summary_sheet: String,
    /// Title of a summary.
    pub summary_title: String,
    /// Its term.
    pub summary_term: String,
    /// Its headings.
    pub summary_columns: [String; 7],
    /// Line below a summary that is cut.
    pub summary_cut: String,
    /// Words for severities.
    pub severities: BTreeMap<String, String>,
    /// Reasons why a workbook is not annotated.
    pub reasons: BTreeMap<String, String>,
}

impl ReturnTexts {
    /// Texts about a finding, each filled in.
    pub fn say<const N: usize>(&self, texts: [&str; N], finding: &Finding, rules: &RuleBook) -> [String; N] {
        // The message is put together once.
        let message = rules.message(finding, Lang::Vi);
        let hint = self.hint(finding, rules);
        let fields =
            [("severity", self.severity(finding)), ("message", message.as_str()), ("hint", hint.as_str()), ("rule", &*finding.rule)];
        texts.map(|text| filled(text, &fields).trim().replace("  ", " "))
    }

    /// Hint on what to do, behind the reason for which the school's own explanation was rejected.
    fn hint(&self, finding: &Finding, rules: &RuleBook) -> String {
        let hint = rules.hint(finding, Lang::Vi);
        match finding.proposal.as_ref().and_then(Proposal::rejected) {
            Some(decision) => {
                let shown = shown_day(&decision.on);
                let fields = [("reason", &*decision.reason), ("by", &*decision.by), ("on", &*shown)];
                format!("{} {hint}", filled(&self.rejected, &fields))
            }
            None => hint.to_owned(),
        }
    }

    /// The word for a finding's severity.
    pub fn severity(&self, finding: &Finding) -> &str {
        self.severities.get(finding.severity.id()).map_or("", String::as_str)
    }

    /// A reason in words; what is none of ours stands as it is.
    pub fn reason<'a>(&'a self, id: &'a str) -> &'a str {
        self.reasons.get(id).map_or(id, String::as_str)
    }
}
