//! Names that columns had in archives of before, so that those are read as today's are.

/// A column that had another name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OldName {
    /// The table.
    pub table: &'static str,
    /// Today's name.
    pub column: &'static str,
    /// The name it had.
    pub was: &'static str,
}

const fn renamed(table: &'static str, column: &'static str, was: &'static str) -> OldName {
    OldName { table, column, was }
}

/// Every column that was renamed: names that SQL keeps for itself, and names that meant several things.
pub const OLD_NAMES: [OldName; 27] = [
    renamed("cells", "column_no", "column"),
    renamed("amounts", "column_no", "column"),
    renamed("columns", "column_no", "column"),
    renamed("columns", "number_kind", "kind"),
    renamed("findings", "column_no", "column"),
    renamed("findings", "should_be", "expected"),
    renamed("successions", "unit", "from"),
    renamed("successions", "merged_into", "to"),
    renamed("successions", "first_day", "on"),
    renamed("mappings", "from_code", "from"),
    renamed("mappings", "to_code", "to"),
    renamed("mappings", "line_kind", "kind"),
    renamed("forms", "form_version", "version"),
    renamed("rows", "sheet_row", "row"),
    renamed("rows", "row_basis", "basis"),
    renamed("versions", "in_release", "held"),
    renamed("indicators", "indicator_code", "code"),
    renamed("indicators", "indicator_name", "name"),
    renamed("indicators", "unit_of_measure", "unit"),
    renamed("indicators", "indicator_system", "system"),
    renamed("unit_indicators", "indicator_system", "system"),
    renamed("unit_indicators", "indicator_code", "code"),
    renamed("unit_indicators", "indicator_name", "name"),
    renamed("unit_indicators", "unit_of_measure", "unit"),
    renamed("comparisons", "book_sheet", "sheet"),
    renamed("comparisons", "column_heading", "heading"),
    renamed("measures", "column_no", "column"),
];

/// The name that a column of a table had before, where it had another one.
#[must_use]
pub fn old_name(table: &str, column: &str) -> Option<&'static str> {
    OLD_NAMES.iter().find(|old| old.table == table && old.column == column).map(|old| old.was)
}

/// Words in a key where there is nothing to tell apart, so that no key is null.
///
/// The texts are chosen to be read in a condition: `level = 'all'`, `dimension = 'all'`.
pub const KEY_WORDS: [(&str, &str); 5] = [("level", "all"), ("dimension", "all"), ("part", "all"), ("basis", "only"), ("place", "none")];

/// The word that stands for nothing in a column of a key.
#[must_use]
pub fn key_word(column: &str) -> Option<&'static str> {
    KEY_WORDS.iter().find(|(name, _)| *name == column).map(|(_, word)| *word)
}

/// A text as it stands in a column of a key.
#[must_use]
pub fn in_key<'t>(column: &str, text: &'t str) -> &'t str {
    if text.is_empty() { key_word(column).unwrap_or_default() } else { text }
}

/// The text that a column of a key stands for; empty for the word that says so.
#[must_use]
pub fn out_of_key<'t>(column: &str, text: &'t str) -> &'t str {
    if key_word(column) == Some(text) { "" } else { text }
}
