//! Names of parts as they may be told to people: a package may name its parts anything.

use super::raw_cells::RawProblem;
use crate::base::message::{Message, message};

/// Names that programs give the parts of workbooks, without numbers.
const PARTS: [&str; 27] = [
    "sheet",
    "sharedstrings",
    "styles",
    "workbook",
    "theme",
    "content",
    "meta",
    "settings",
    "manifest",
    "app",
    "core",
    "custom",
    "comments",
    "drawing",
    "vmldrawing",
    "table",
    "calcchain",
    "externallink",
    "metadata",
    "chart",
    "connections",
    "[content_types]",
    "mimetype",
    "item",
    "itemprops",
    "persons",
    "person",
];

/// Names that programs give their folders.
const FOLDERS: [&str; 13] = [
    "xl",
    "worksheets",
    "_rels",
    "docprops",
    "customxml",
    "theme",
    "drawings",
    "meta-inf",
    "externallinks",
    "tables",
    "charts",
    "macrosheets",
    "chartsheets",
];

/// Said of a part that is damaged.
pub(super) fn unreadable_part(name: &str, problem: impl Into<Message>) -> RawProblem {
    let (name, problem) = (shown(name), problem.into());
    RawProblem::unreadable(message!("workbooks.part_file_damaged_detail", name, problem))
}

/// The name of a part, if programs name parts like that: it may hold anything.
pub(super) fn shown(name: &str) -> &str {
    let (folders, last) = name.rsplit_once('/').unwrap_or(("", name));
    let stem = last.split('.').next().unwrap_or(last).trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = name.chars().filter(char::is_ascii_digit).count();
    let are_known = folders.split('/').all(|folder| folder.is_empty() || FOLDERS.contains(&folder));
    let is_known = PARTS.contains(&stem) || stem.is_empty() && last.ends_with(".rels");
    if digits <= 4 && are_known && is_known { name } else { "…" }
}
