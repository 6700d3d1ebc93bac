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
    /// Said of a layout that was never compared with a real workbook: `{circular}`.
    pub layout_assumed: String,
    /// Said of a layout built by analogy.
    pub layout_reconstructed: String,
    /// Templates: heading of the message about what was typed.
    pub template_title: String,
    /// Templates: what a cell of counts takes.
    pub template_counts: String,
    /// Templates: what a cell of amounts takes.
    pub template_amounts: String,
    /// Templates: what a cell with a drop-down takes.
    pub template_choice: String,
    /// Templates: name of the sheet of earlier figures.
    pub reference_sheet: String,
    /// Templates: what stands above them: `{term}`.
    pub reference_title: String,
    /// Templates: headings of sheet, code and label there; no heading of a form.
    pub reference_headings: [String; 3],
    /// Templates: cells with a drop-down.
    pub template_choices: Vec<Choice>,
    /// On the sheet, where its figures lack something: `{gaps}`.
    pub gaps: String,
    /// Returns that are missing: as in the page footer.
    pub gaps_returns: String,
    /// Cells that are unknown or broken in some return.
    pub gaps_cells: String,
    /// Error log, for a printed sum that does not hold: `{found}`, `{expected}`.
    pub sum_broken: String,
    /// Error log, for a total that lacks parts.
    pub incomplete: String,
    /// Heading of those lines in the error log.
    pub sum_broken_title: String,
    /// Heading of those lines in the error log.
    pub incomplete_title: String,
}

/// Cells of a template that offer a few numbers.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// Rows with one of these units of measure.
    pub units_of_measure: Vec<String>,
    /// Units of one of these kinds (codes of the register).
    pub kinds: Vec<String>,
    /// The numbers offered.
    pub values: Vec<u32>,
}
