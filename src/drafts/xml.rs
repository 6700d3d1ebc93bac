//! Small helpers over the XML reader.

use quick_xml::events::BytesStart;

pub(super) use crate::ooxml::workbook_parts::{attribute, reader};

/// A whole number in an attribute.
pub fn number(start: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(start, name)?.trim().parse().ok()
}

/// A yes/no element: on unless it says otherwise.
pub fn is_on(start: &BytesStart<'_>) -> bool {
    !matches!(attribute(start, "val").as_deref(), Some("0" | "false" | "none"))
}
