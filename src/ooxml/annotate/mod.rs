//! A copy of a sender's workbook with cells marked and commented, everything else as it was.
//!
//! The package is patched, never rebuilt: only the parts that hold marks change,
//! and those only where the marks stand.

mod comments;
mod errors;
mod package;
mod sheet;
mod styles;
mod workbook;
mod xml;

use std::collections::BTreeMap;

use crate::base::location::CellRef;
use crate::ooxml::{DefinedName, RawProblem};

use comments::{Comments, add_comments};
pub use errors::{ErrorLine, MOST_LINES};
use package::PatchedPackage;
use sheet::{Colours, mark_cells};
use styles::MarkedStyles;
use workbook::Workbook;

/// Fill of a marked cell; the first weighs most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Colour {
    /// Must be fixed.
    Red,
    /// Fix or explain.
    Yellow,
}

impl Colour {
    const ALL: [Self; 2] = [Self::Red, Self::Yellow];

    /// As the file format writes it.
    const fn rgb(self) -> &'static str {
        match self {
            Self::Red => "FFFFC7CE",
            Self::Yellow => "FFFFEB9C",
        }
    }
}

/// A mark on a cell.
#[derive(Debug, Clone)]
pub struct Mark {
    /// Sheet name in the file.
    pub sheet: String,
    /// The cell.
    pub cell: CellRef,
    /// Its new fill; none where only a comment is due.
    pub colour: Option<Colour>,
    /// Text of the comment.
    pub comment: String,
}

/// The form's own sheet of errors.
#[derive(Debug, Clone)]
pub struct ErrorSheet {
    /// Its name.
    pub name: String,
    /// Its headings, for a workbook that lacks the sheet.
    pub headings: Vec<String>,
    /// Headings of the columns for answers and for what they answer.
    pub answer_headings: [String; 2],
    /// Its lines, in their order.
    pub lines: Vec<ErrorLine>,
}

/// All that is put into a copy.
#[derive(Debug, Clone)]
pub struct Annotation {
    /// Marks; several on one cell become one.
    pub marks: Vec<Mark>,
    /// The sheet of errors, where the form has one.
    pub errors: Option<ErrorSheet>,
    /// A defined name and the text it stands for.
    pub name: DefinedName,
    /// Who comments.
    pub author: String,
}

/// Annotates a workbook. Marks and comments of an earlier annotation go, so that a copy that comes back
/// and is annotated again says only what is still to be done.
///
/// # Errors
/// [`RawProblem`] when the file is not an xlsx workbook that can be patched; it is beyond
/// nobody's limits but those that reading has.
pub fn annotate(bytes: &[u8], annotation: &Annotation) -> Result<Vec<u8>, RawProblem> {
    let mut package = PatchedPackage::open(bytes)?;
    let workbook = Workbook::find(&mut package)?;
    let styles_part = match &workbook.styles {
        Some(name) => package.part(name)?,
        None => None,
    };
    let mut styles = MarkedStyles::new(styles_part.as_deref())?;
    let is_copy = workbook.names.contains(&annotation.name.name);
    let mut sheets = by_sheet(&workbook, &annotation.marks);
    if is_copy {
        for sheet in &workbook.sheets {
            sheets.entry(&sheet.part).or_default();
        }
    }
    for (sheet, (colours, comments)) in sheets {
        let text = package.needed(sheet)?;
        if is_copy || !colours.is_empty() {
            package.set(sheet, mark_cells(&text, &colours, &mut styles, is_copy)?);
        }
        add_comments(&mut package, sheet, &comments, &annotation.author)?;
    }
    if let (Some(name), Some(part)) = (&workbook.styles, &styles_part)
        && let Some(patched) = styles.patch(part)?
    {
        package.set(name, patched);
    }
    if let Some(errors) = &annotation.errors {
        let part = match workbook.sheet(&errors.name) {
            Some(part) => part.to_owned(),
            None => workbook.add_sheet(&mut package, &errors.name)?,
        };
        let text = package.needed(&part)?;
        package.set(&part, errors::fill(&text, errors)?);
        workbook.show_sheet(&mut package, &errors.name)?;
    }
    workbook.set_name(&mut package, &annotation.name.name, &annotation.name.value)?;
    package.finish()
}

/// Marks by the part of their sheet, together where they are on one cell.
fn by_sheet<'a>(workbook: &'a Workbook, marks: &[Mark]) -> BTreeMap<&'a str, (Colours, Comments)> {
    let mut sheets: BTreeMap<&str, (Colours, Comments)> = BTreeMap::new();
    for mark in marks {
        let Some(part) = workbook.sheet(&mark.sheet) else { continue };
        let (colours, comments) = sheets.entry(part).or_default();
        if let Some(colour) = mark.colour {
            let known = colours.entry(mark.cell).or_insert(colour);
            *known = (*known).min(colour);
        }
        let comment = comments.entry(mark.cell).or_default();
        if !comment.is_empty() {
            comment.push('\n');
        }
        comment.push_str(&mark.comment);
    }
    sheets
}
