//! Codes as people and spreadsheets change them: zeros at the front that were lost, symbols of forms written in another way.

use std::sync::Arc;

use super::{Tree, UnitIndex};
use crate::forms::Form;

impl Tree {
    /// Calls the forms that are expected by their short ids, however the register writes their symbols; others stay as written.
    pub fn name_forms<'a>(&mut self, forms: impl IntoIterator<Item = &'a Arc<Form>>) {
        let forms: Vec<&Arc<Form>> = forms.into_iter().collect();
        for name in self.units.iter_mut().flat_map(|unit| &mut unit.forms) {
            if forms.iter().any(|form| form.short == *name || form.symbol == *name) {
                continue;
            }
            if let Some(form) = forms.iter().find(|form| form.is_called(name)) {
                *name = Arc::clone(&form.short);
            }
        }
    }

    /// The one unit whose code is this one with zeros before it; `None` where there is none, or several.
    #[must_use]
    pub fn with_zeros(&self, code: &str) -> Option<UnitIndex> {
        // A number with a decimal point is how some programs write a whole one.
        let code = code.trim().trim_end_matches(".0");
        let is_number = !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return None;
        }
        let bare = code.trim_start_matches('0');
        let mut same = self.units.indexes().filter(|&unit| self.units[unit].code.trim_start_matches('0') == bare);
        let first = same.next()?;
        same.next().is_none().then_some(first)
    }
}
