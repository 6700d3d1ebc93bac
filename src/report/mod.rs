//! Reports: figures as placed cells first, workbooks second.
//!
//! [`official`] turns a total into a [`WorkbookPlan`]: plain data, every cell
//! in its place. [`write_xlsx`] writes a plan; [`read_back`] reads the file again and
//! compares it with the total it came from.

mod fit;
mod html;
mod listing;
mod official;
mod plan;
mod printed;
mod quality;
mod readback;
mod reference;
mod template;
mod texts;
mod xlsx;
mod yearly;

pub use html::listing_html;
pub use listing::{ListCell, ListColumn, ListRow, Listing, MOST_ROWS, listing};
pub use official::{OfficialReport, official};
pub use plan::{Align, Allowed, CellStyle, Content, Line, NumberLook, PageSetup, PlacedCell, SheetPlan, Validation, WorkbookPlan};
pub use printed::{PrintedSum, printed_sums};
pub use quality::{Quality, QualityTexts, quality_page};
pub use readback::read_back;
pub use template::{TemplateUnit, template};
pub use texts::{Choice, ReportTexts};
pub use xlsx::write_xlsx;
pub use yearly::{YearlyLine, YearlyTexts, yearly};
