//! Figures that people look at first: sums of some cells of a form, bound to its slots.

use std::sync::Arc;

use serde::Deserialize;

use super::cell_rules::slot;
use super::expression::{ColumnPick, Expression, Moment, Reference};
use super::form::{Form, LayoutStatus};

/// `<circular>/key_figures.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFigureFile {
    figures: Vec<KeyFigureEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFigureEntry {
    form: String,
    #[serde(default)]
    layout_status: Option<LayoutStatus>,
    name: String,
    cells: Vec<String>,
}

/// A figure bound to a layout.
#[derive(Debug, Clone)]
pub struct KeyFigure {
    /// Id of the layout it is read from.
    pub layout: Arc<str>,
    /// What it counts, in Vietnamese.
    pub name: String,
    /// The slots that add up to it.
    pub slots: Vec<usize>,
}

/// Binds the figures of a circular's file to the layouts of its forms; gives what cannot be bound, too.
pub fn bind(circular: &str, file: KeyFigureFile, forms: &[Arc<Form>]) -> (Vec<KeyFigure>, Vec<String>) {
    let (mut figures, mut problems) = (Vec::new(), Vec::new());
    for entry in file.figures {
        let form = forms.iter().find(|form| &*form.circular == circular && *form.short == *entry.form);
        let Some(form) = form else {
            problems.push(format!("figure `{}`: there is no form `{circular}/{}`", entry.name, entry.form));
            continue;
        };
        if entry.layout_status.is_some_and(|status| status != form.layout_status) {
            continue;
        }
        match entry.cells.iter().map(|cell| bind_cell(form, cell)).collect() {
            Ok(slots) => figures.push(KeyFigure { layout: Arc::clone(&form.layout.id), name: entry.name, slots }),
            Err(problem) => problems.push(format!("figure `{}`: {problem}", entry.name)),
        }
    }
    (figures, problems)
}

fn bind_cell(form: &Form, cell: &str) -> Result<usize, String> {
    match Expression::parse(&format!("{{{cell}}}"))? {
        Expression::Reference(Reference::Cell { form: None, sheet, code, column: column @ ColumnPick::Number(_), moment: Moment::Now }) => {
            slot(&form.layout, &sheet, &code, &column)
        }
        _ => Err(format!("`{cell}` is no cell; write sheet/code/column")),
    }
}
