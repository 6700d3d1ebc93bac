//! Packages of workbooks: opened here and nowhere else, with limits; their parts, cells as they stand, and parts that are patched as text.

pub mod annotate;
pub mod error_cells;
pub mod guard;
mod number_cells;
mod other_kinds;
pub mod package;
mod part_checks;
pub mod part_events;
mod part_names;
mod part_texts;
pub mod raw_cells;
pub mod sheet_facts;
pub mod workbook_parts;
pub mod zips;

pub use guard::{Archive, Format, Inspected, MAX_FILE, Opened, OpenedPackage, inspect, open};
pub use part_texts::PartTexts;
pub use raw_cells::{DefinedName, RawCell, RawProblem, RawSheet, RawValue, RawWorkbook};
