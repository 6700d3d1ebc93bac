//! What the elements of a package say by their being there.

use crate::ooxml::part_events::Tag;

/// A yes/no element: on unless it says otherwise.
pub fn is_on(start: &Tag<'_>) -> bool {
    !matches!(start.attribute("val").as_deref(), Some("0" | "false" | "none"))
}
