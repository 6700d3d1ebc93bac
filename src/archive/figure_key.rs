//! Which figure of a term is meant.

use std::fmt;
use std::sync::Arc;

/// Which figure: a cell of a form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FigureKey {
    /// Full form id.
    pub form: Arc<str>,
    /// Sheet id.
    pub sheet: Arc<str>,
    /// Row code.
    pub code: Arc<str>,
    /// Column number.
    pub column: u16,
}

impl FigureKey {
    /// A cell of a form.
    #[must_use]
    pub fn new(form: &str, sheet: &str, code: &str, column: u16) -> Self {
        Self { form: form.into(), sheet: sheet.into(), code: code.into(), column }
    }
}

impl fmt::Display for FigureKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.form, self.sheet, self.code, self.column)
    }
}
