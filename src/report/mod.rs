//! Reports: figures as placed cells first, workbooks second.
//!
//! [`official`] turns a total into a [`WorkbookPlan`]: plain data, every cell
//! in its place. [`write_xlsx`] writes a plan; [`read_back`] reads the file again and
//! compares it with the total it came from.

mod figure_table;
mod figure_texts;
mod fit;
mod html;
mod indicator_chart;
mod indicator_page;
mod listing;
mod official;
mod page;
mod plan;
mod printed;
mod quality;
mod readback;
mod reference;
mod summary;
mod template;
mod texts;
mod tree_page;
mod xlsx;
mod yearly;

pub use figure_table::{TableLook, figure_cell, figure_listing, figure_sheet, value_cell};
pub use figure_texts::{BookTexts, FigureTexts, IndicatorPageTexts, TableTexts};
pub use html::{listing_html, listings_html};
pub use indicator_page::{IndicatorPage, YearPoint, indicator_page};
pub use listing::{ListCell, ListColumn, ListRow, Listing, MOST_ROWS, listing};
pub use official::{OfficialReport, official};
pub use plan::{
    Align, Allowed, CellStyle, ChartPlan, ChartSeries, Content, Highlight, HighlightKind, Line, NumberLook, PageSetup, PlacedCell,
    SheetPlan, Validation, WorkbookPlan,
};
pub use printed::{PrintedSum, printed_sums};
pub use quality::{Quality, QualityTexts, quality_page};
pub use readback::read_back;
pub use summary::{EvaluatedTable, IndicatorLines, SummaryBook, summary_book};
pub use template::{PastFigures, TemplateUnit, template};
pub use texts::{Choice, ReportTexts};
pub use tree_page::{TextRows, TreeLine, TreePage, TreeSection, tree_page};
pub use xlsx::write_xlsx;
pub use yearly::{YearlyLine, YearlyTexts, yearly};
