//! Parts that the faces of jobs share: how figures and units are said, pages and their styles, sheets as plain plans, lists for Excel and for the browser.

pub mod breaks;
pub mod fit;
pub mod html;
pub mod listing;
mod notes;
pub mod page;
mod paper_state;
pub mod plan;
mod presenter;
mod tables;
mod tree_page;
mod xlsx;

pub use html::{ListingHead, listings_html, path_to_file};
pub use listing::{LEFT, ListCell, ListChoices, ListColumn, ListRow, Listing, MOST_ROWS, listing};
pub use notes::{Notes, notes_sheet};
pub use paper_state::{PaperState, ReleasedAs, StateWords};
pub use plan::{
    Align, Allowed, CellStyle, ChartPlan, ChartSeries, Content, Highlight, HighlightKind, Line, NumberLook, PageSetup, PlacedCell,
    SheetPlan, Validation, WorkbookPlan,
};
pub use presenter::{PresentedCell, Presenter};
pub use tree_page::{TextRows, TreeLine, TreePage, TreeSection, tree_page};
pub use xlsx::{FONT, write_xlsx};
