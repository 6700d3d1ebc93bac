//! Names in questions, as the engine knows them.

use sqlparser::ast::Ident;

/// A name as the engine knows it: without quotes, capitals of the alphabet mean nothing.
pub(super) fn known_as(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_ascii_lowercase() }
}
