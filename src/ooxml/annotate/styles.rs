//! The marked twin of a cell style: the same in everything but its fill.

use std::collections::{BTreeMap, BTreeSet};

use super::Colour;
use super::xml::{Edits, TagKind, Tags, with_attribute};
use crate::ooxml::RawProblem;

/// Styles to be added to a workbook.
#[derive(Debug, Default)]
pub struct MarkedStyles {
    /// Index of each added style, by the style it is a twin of and its fill; without a colour it has none.
    added: BTreeMap<(u32, Option<Colour>), u32>,
    order: Vec<(u32, Option<Colour>)>,
    first: u32,
    usable: bool,
    /// Styles that the workbook has with a fill of ours.
    coloured: BTreeSet<u32>,
}

/// Parts of a styles part that matter.
#[derive(Default)]
struct Found {
    /// Texts of the cell styles.
    styles: Vec<std::ops::Range<usize>>,
    fills: u32,
    /// Fills of ours, by their index.
    ours: BTreeSet<u32>,
    /// Fill of each cell style.
    fill_of: Vec<u32>,
}

impl MarkedStyles {
    /// Ready to mark the cells of a workbook with this styles part; without one no cell is coloured.
    ///
    /// # Errors
    /// When the part is not well-formed.
    pub fn new(part: Option<&str>) -> Result<Self, RawProblem> {
        let Some(part) = part else { return Ok(Self::default()) };
        let found = look(part)?;
        let first = u32::try_from(found.styles.len()).unwrap_or(0);
        let coloured = (0..).zip(&found.fill_of).filter(|(_, fill)| found.ours.contains(fill)).map(|(style, _)| style).collect();
        Ok(Self { first, usable: first > 0 && found.fills > 0, coloured, ..Self::default() })
    }

    /// The twin without a fill of a style that an earlier annotation coloured; none of any other style.
    pub fn plain(&mut self, style: u32) -> Option<u32> {
        if self.coloured.contains(&style) { self.twin(style, None) } else { None }
    }

    /// The marked twin of a style; none in a workbook without styles.
    pub fn marked(&mut self, style: u32, colour: Colour) -> Option<u32> {
        self.twin(style, Some(colour))
    }

    fn twin(&mut self, style: u32, colour: Option<Colour>) -> Option<u32> {
        if !self.usable {
            return None;
        }
        let base = if style < self.first { style } else { 0 };
        let next = self.first + u32::try_from(self.order.len()).ok()?;
        let index = *self.added.entry((base, colour)).or_insert(next);
        if index == next {
            self.order.push((base, colour));
        }
        Some(index)
    }

    /// The styles part with the twins; none where nothing was marked.
    ///
    /// # Errors
    /// When the part is not well-formed.
    pub fn patch(&self, part: &str) -> Result<Option<String>, RawProblem> {
        if self.order.is_empty() {
            return Ok(None);
        }
        let found = look(part)?;
        let mut colours: Vec<Colour> = self.order.iter().filter_map(|(_, colour)| *colour).collect();
        colours.sort_unstable();
        colours.dedup();
        let (mut edits, mut tags) = (Edits::new(part), Tags::new(part));
        while let Some(tag) = tags.next()? {
            let is_list = tag.depth == 1 && (tag.name() == "fills" || tag.name() == "cellXfs");
            if !is_list {
                continue;
            }
            let is_fills = tag.name() == "fills";
            let more = if is_fills { colours.len() } else { self.order.len() };
            if tag.kind == TagKind::Start {
                let known = if is_fills { found.fills as usize } else { found.styles.len() };
                edits.replace(tag.span.clone(), with_attribute(tag.text, "count", &(known + more).to_string()));
            } else if tag.kind == TagKind::End && is_fills {
                edits.insert(tag.span.start, colours.iter().map(|colour| fill(*colour, tag.prefix())).collect::<String>());
            } else if tag.kind == TagKind::End {
                let twin = |(base, colour): &(u32, Option<Colour>)| {
                    let text = found.styles.get(*base as usize).map_or("", |range| &part[range.clone()]);
                    let place = colours.iter().position(|known| Some(*known) == *colour);
                    // The first fill of every workbook is none.
                    twin(text, place.map_or(0, |place| found.fills as usize + place))
                };
                edits.insert(tag.span.start, self.order.iter().map(twin).collect::<String>());
            }
        }
        Ok(Some(edits.finish()))
    }
}

fn fill(colour: Colour, p: &str) -> String {
    let rgb = colour.rgb();
    format!(
        r#"<{p}fill><{p}patternFill patternType="solid"><{p}fgColor rgb="{rgb}"/><{p}bgColor indexed="64"/></{p}patternFill></{p}fill>"#
    )
}

/// A style with another fill.
fn twin(text: &str, fill: usize) -> String {
    let end = text.find('>').map_or(text.len(), |at| at + 1);
    let tag = with_attribute(&text[..end], "fillId", &fill.to_string());
    format!("{}{}", with_attribute(&tag, "applyFill", "1"), &text[end..])
}

fn look(part: &str) -> Result<Found, RawProblem> {
    let (mut found, mut tags) = (Found::default(), Tags::new(part));
    let mut list = String::new();
    let mut start = 0;
    while let Some(tag) = tags.next()? {
        if list == "fills" && tag.name() == "fgColor" && tag.attribute("rgb").is_some_and(|rgb| Colour::ALL.iter().any(|c| c.rgb() == rgb))
        {
            found.ours.insert(found.fills.saturating_sub(1));
        }
        if list == "cellXfs" && tag.depth == 2 && tag.opens() {
            found.fill_of.push(tag.number("fillId").unwrap_or(0));
        }
        match (tag.depth, tag.kind) {
            (1, TagKind::Start) => tag.name().clone_into(&mut list),
            (1, _) => list.clear(),
            (2, TagKind::Start | TagKind::Empty) if list == "fills" => found.fills += 1,
            (2, TagKind::Empty) if list == "cellXfs" => found.styles.push(tag.span),
            (2, TagKind::Start) => start = tag.span.start,
            (2, TagKind::End) if list == "cellXfs" => found.styles.push(start..tag.span.end),
            _ => {}
        }
    }
    Ok(found)
}
