//! Cell styles of an xlsx package, as far as a form's look needs them.

use super::xml::is_on;
use crate::forms::Border;
use crate::ooxml::part_events::{PartEvent, PartEvents, Tag};

/// Styles kept; the rest look plain.
const MAX_STYLES: usize = 100_000;

/// Facts of a cell style.
#[derive(Debug, Clone, Copy, Default)]
pub struct Style {
    /// Font size in points.
    pub size: Option<f64>,
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// Centred.
    pub centred: bool,
    /// Indent of the text.
    pub indent: u8,
    /// The heaviest line around it.
    pub border: Option<Border>,
}

/// Which list of the part the reader is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Other,
    Fonts,
    Borders,
    Cells,
}

/// The cell styles in the order of their indexes.
#[must_use]
pub fn read_styles(part: &str) -> Vec<Style> {
    let mut at = Part::Other;
    let (mut fonts, mut borders, mut styles) = (Vec::new(), Vec::new(), Vec::new());
    // Faults of a part were told when the cells were read; here it only loses looks.
    for event in PartEvents::new(part) {
        let PartEvent::Start(start) = event else { continue };
        match start.name() {
            "fonts" => at = Part::Fonts,
            "borders" => at = Part::Borders,
            "cellXfs" => at = Part::Cells,
            "cellStyleXfs" | "dxfs" | "fills" | "numFmts" => at = Part::Other,
            name => match at {
                Part::Fonts => read_font(name, &start, &mut fonts),
                Part::Borders => read_border(name, &start, &mut borders),
                Part::Cells => read_cell(name, &start, &fonts, &borders, &mut styles),
                Part::Other => {}
            },
        }
    }
    styles
}

fn read_font(name: &str, start: &Tag<'_>, fonts: &mut Vec<Style>) {
    if name == "font" && fonts.len() < MAX_STYLES {
        fonts.push(Style::default());
    }
    let Some(font) = fonts.last_mut() else { return };
    match name {
        "sz" => font.size = start.attribute("val").and_then(|size| size.parse().ok()),
        "b" => font.bold = is_on(start),
        "i" => font.italic = is_on(start),
        _ => {}
    }
}

fn read_border(name: &str, start: &Tag<'_>, borders: &mut Vec<Option<Border>>) {
    if name == "border" && borders.len() < MAX_STYLES {
        borders.push(None);
    }
    let Some(border) = borders.last_mut() else { return };
    if !matches!(name, "left" | "right" | "top" | "bottom") {
        return;
    }
    match start.attribute("style").as_deref() {
        None | Some("none") => {}
        Some("medium" | "thick" | "double" | "mediumDashed") => *border = Some(Border::Medium),
        Some(_) => *border = border.or(Some(Border::Thin)),
    }
}

fn read_cell(name: &str, start: &Tag<'_>, fonts: &[Style], borders: &[Option<Border>], styles: &mut Vec<Style>) {
    if name == "xf" && styles.len() < MAX_STYLES {
        let font = start.number("fontId").and_then(|id| fonts.get(id as usize)).copied().unwrap_or_default();
        let border = start.number("borderId").and_then(|id| borders.get(id as usize)).copied().flatten();
        styles.push(Style { border, ..font });
    } else if name == "alignment"
        && let Some(style) = styles.last_mut()
    {
        style.centred = start.attribute("horizontal").as_deref().is_some_and(|to| to.starts_with("center"));
        style.indent = start.number("indent").and_then(|indent| u8::try_from(indent).ok()).unwrap_or(0);
    }
}
