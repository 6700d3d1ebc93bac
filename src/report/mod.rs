//! Reports: figures as placed cells first, workbooks second.
//!
//! [`official`] turns a total into a [`WorkbookPlan`](crate::present::WorkbookPlan): plain data, every cell
//! in its place. [`write_xlsx`](crate::present::write_xlsx) writes a plan; [`read_back`] reads the file again and
//! compares it with the total it came from.

mod axis;
mod figure_chart;
mod figure_table;
mod figure_texts;
mod indicator_chart;
mod indicator_page;
mod official;
mod printed;
mod quality;
mod readback;
mod reference;
mod summary;
mod template;
mod texts;
mod yearly;

pub use figure_chart::ChartNumbers;
pub use figure_table::{TableLook, figure_cell, figure_listing, figure_sheet, value_cell};
pub use figure_texts::{BookTexts, ChartTexts, FigureTexts, IndicatorPageTexts, TableTexts};
pub use indicator_page::{IndicatorPage, YearPoint, indicator_page};
pub use official::{OfficialReport, official};
pub use printed::{PrintedSum, printed_sums};
pub use quality::{Quality, QualityTexts, quality_page};
pub use readback::read_back;
pub use summary::{EvaluatedTable, IndicatorLines, SummaryBook, summary_book};
pub use template::{PastFigures, TemplateUnit, template};
pub use texts::{Choice, ReportTexts};
pub use yearly::{YearlyLine, YearlyTexts, yearly};
