//! Elements of a package that say something by being there.

use crate::ooxml::part_events::Tag;

/// A yes/no element: on unless it says otherwise.
pub fn is_on(start: &Tag<'_>) -> bool {
    !matches!(start.attribute("val").as_deref(), Some("0" | "false" | "none"))
}
