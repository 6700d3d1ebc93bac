//! The quality report of a run: one HTML page that needs nothing else.
//!
//! Who has sent what, what is wrong by rule and place, who has most to do, which values stand
//! out, and every finding with a link to its file. No script, no outside file: it opens offline,
//! prints on paper, and reads aloud in order. Everything shown is escaped.

mod charts;
mod sections;

use serde::Deserialize;

use super::yearly::YearlyTexts;
use crate::base::message::{Lang, message};
use crate::findings::{Finding, Severity, Verdict};
use crate::register::Tree;
use crate::rulebook::RuleBook;
use crate::rules::Spread;
use crate::totals::Aggregation;

use crate::present::PaperState;
use crate::present::page::{Page, PageHead, SkipLink};

/// `quality.toml`: the words of the page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QualityTexts {
    /// Name of the file.
    pub file: String,
    title: String,
    subtitle: String,
    skip: String,
    tiles: [String; 6],
    progress: String,
    progress_note: String,
    progress_headings: [String; 6],
    by_rule: String,
    by_rule_headings: [String; 5],
    worst: String,
    worst_headings: [String; 4],
    distributions: String,
    distributions_note: String,
    // Releases of before say nothing of these.
    #[serde(default)]
    spread: String,
    #[serde(default)]
    not_from_zero: String,
    #[serde(default)]
    far: String,
    findings: String,
    findings_note: String,
    findings_headings: [String; 5],
    #[serde(default)]
    no_unit: String,
    layouts: String,
    nothing: String,
    error: String,
    query: String,
    warning: String,
    not_evaluated: String,
    answered: String,
    proposed: String,
    rejected: String,
    /// Words of the year-on-year table.
    pub yearly: YearlyTexts,
}

/// Data of the page.
#[derive(Debug, Clone, Copy)]
pub struct Quality<'a> {
    /// Its language.
    pub lang: Lang,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Its words.
    pub texts: &'a QualityTexts,
    /// The term in words.
    pub term: &'a str,
    /// The circular's name.
    pub circular: &'a str,
    /// Identity of the run.
    pub run: &'a str,
    /// Symbols of forms whose layout is not verified, with their status in words.
    pub unverified: &'a [String],
    /// Units as at the term.
    pub tree: &'a Tree,
    /// Coverage comes from here.
    pub aggregations: &'a [Aggregation],
    /// Findings, graded and sorted.
    pub findings: &'a [Finding],
    /// Words of the findings.
    pub rules: &'a RuleBook,
    /// Values compared between units.
    pub distributions: &'a [Spread],
    /// Path before the names of input files to reach them from the page; none where they are not kept beside it.
    pub to_files: Option<&'a str>,
}

/// The page.
#[must_use]
pub fn quality_page(quality: &Quality<'_>) -> String {
    let texts = quality.texts;
    let layouts = || texts.layouts.replace("{forms}", &quality.unverified.join(", "));
    let subtitle = texts.subtitle.replace("{circular}", quality.circular).replace("{run}", quality.run);
    let mut page = Page::new(PageHead {
        lang: quality.lang,
        state: quality.state,
        title: &texts.title.replace("{term}", quality.term),
        lines: quality.tree.roots().map(|root| quality.tree.units[root].name.to_string()).chain([subtitle]).collect(),
        note: (!quality.unverified.is_empty()).then(layouts),
        skip: SkipLink { section: "findings", text: &texts.skip },
        landscape: false,
        foot: vec![message!("present.note_run", run = quality.run).said(quality.lang)],
    });
    sections::tiles(&mut page, quality);
    sections::worst(&mut page, quality);
    sections::progress(&mut page, quality);
    sections::by_rule(&mut page, quality);
    sections::distributions(&mut page, quality);
    sections::findings(&mut page, quality);
    page.finish()
}

/// Grades of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Grade {
    Error,
    Query,
    Warning,
    NotEvaluated,
}

impl Grade {
    const ALL: [Self; 4] = [Self::Error, Self::Query, Self::Warning, Self::NotEvaluated];

    const fn of(finding: &Finding) -> Self {
        match (finding.verdict, finding.severity) {
            (Verdict::NotEvaluated, _) => Self::NotEvaluated,
            (Verdict::Fail, Severity::Error) => Self::Error,
            (Verdict::Fail, Severity::Query) => Self::Query,
            (Verdict::Fail, Severity::Warning) => Self::Warning,
        }
    }

    /// Class in the page's style.
    const fn class(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Query => "query",
            Self::Warning => "warning",
            Self::NotEvaluated => "undecided",
        }
    }

    fn word(self, texts: &QualityTexts) -> &str {
        match self {
            Self::Error => &texts.error,
            Self::Query => &texts.query,
            Self::Warning => &texts.warning,
            Self::NotEvaluated => &texts.not_evaluated,
        }
    }
}
