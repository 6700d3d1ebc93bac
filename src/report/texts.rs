//! The words of a report that are not the form's: headings of pages, notes, coverage.

use serde::Deserialize;

/// `report.toml`: words around the official tables, Vietnamese as the forms are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportTexts {
    /// Page header, left: `{symbol}`, `{unit}`.
    pub page_header_left: String,
    /// Page header, right: `{term}`.
    pub page_header_right: String,
    /// Page footer, left: `{run}`.
    pub page_footer_left: String,
    /// Page footer, centre: `{received}`, `{expected}`, `{facilities_received}`, `{facilities_expected}`, `{control}`.
    pub page_footer_centre: String,
    /// Added to the control total where the form holds money: `{amounts}`.
    pub control_amounts: String,
    /// Said of a layout that was never compared with a real workbook: `{circular}`, `{layout}`.
    pub layout_assumed: String,
    /// Said of a layout built by analogy.
    pub layout_reconstructed: String,
    /// Templates: heading of the message about what was typed.
    pub template_title: String,
    /// Templates: what a cell of counts takes.
    pub template_counts: String,
    /// Templates: what a cell of amounts takes.
    pub template_amounts: String,
    /// Error log, for a printed sum that does not hold: `{found}`, `{expected}`.
    pub sum_broken: String,
    /// Error log, for a total that lacks parts.
    pub incomplete: String,
    /// Heading of those lines in the error log.
    pub sum_broken_title: String,
    /// Heading of those lines in the error log.
    pub incomplete_title: String,
}
