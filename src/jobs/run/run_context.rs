//! A run as whatever shows it sees it.

use super::summary::forms_of;
use crate::jobs::inputs::Loaded;
use crate::jobs::session::Session;
use crate::present::PaperState;
use crate::totals::Aggregation;
use crate::workspace::Pipeline;

/// Context of a run, from which everything that shows it is made.
#[derive(Debug, Clone, Copy)]
pub struct RunContext<'a> {
    /// The pipeline.
    pub pipeline: &'a Pipeline,
    /// Schemas and words.
    pub session: &'a Session,
    /// Inputs that were read.
    pub loaded: &'a Loaded,
    /// Totals and coverage.
    pub aggregations: &'a [Aggregation],
    /// State of the papers that are written.
    pub state: &'a PaperState,
    /// Identity of the run.
    pub run: &'a str,
}

impl RunContext<'_> {
    /// Path from the output folder to the workspace, from which files are named; none where the folder is elsewhere.
    #[must_use]
    pub fn to_files(&self) -> Option<String> {
        let output = self.pipeline.output();
        output.strip_prefix(&self.pipeline.workspace).ok().map(|path| "../".repeat(path.components().count()))
    }

    /// Symbols of forms whose layout is not verified, with their status in words.
    #[must_use]
    pub fn unverified(&self) -> Vec<String> {
        let lang = self.session.lang;
        let marks = self.loaded.forms.iter().map(|form| (form, self.session.schemas.layouts.mark(form.layout_status, lang)));
        marks.filter(|(_, mark)| !mark.is_empty()).map(|(form, mark)| format!("{}{mark}", form.symbol)).collect()
    }

    /// Coverage of every form that is expected, in words.
    #[must_use]
    pub fn coverage_lines(&self, pattern: &str) -> Vec<String> {
        let forms = forms_of(&self.loaded.tree, self.aggregations);
        let expected = forms.iter().filter(|form| form.expected + form.received > 0);
        expected
            .map(|form| {
                let numbers = [
                    ("{received}", form.received),
                    ("{expected}", form.expected),
                    ("{facilities_received}", form.facilities_received),
                    ("{facilities_expected}", form.facilities_expected),
                ];
                let said = numbers.iter().fold(pattern.to_owned(), |text, (field, number)| text.replace(field, &number.to_string()));
                format!("{}: {said}", form.symbol)
            })
            .collect()
    }
}
