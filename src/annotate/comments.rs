//! Comments of a sheet, and the drawing that shows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::package::{Package, append_to_root};
use super::sheet::{drawing_id, with_drawing};
use super::xml::{Edits, Kind, Tags, escaped};
use crate::ingest::RawProblem;
use crate::location::CellRef;

/// Texts of the comments of a sheet.
pub type Comments = BTreeMap<CellRef, String>;

/// Characters of a comment written at most: a box that nobody can read helps nobody.
const LONGEST: usize = 2_000;
/// Characters on a line of the box, about.
const LINE: usize = 48;
/// Height of a line of the box, in points.
const LINE_HEIGHT: usize = 13;
/// Tallest box, in points.
const TALLEST: usize = 400;

const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const COMMENTS_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml";
const DRAWING_TYPE: &str = "application/vnd.openxmlformats-officedocument.vmlDrawing";
/// Namespaces of a drawing; repeated on every shape, because a drawing found in a file may name them otherwise.
const SPACES: &str = r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel""#;
/// The first number a shape of a sheet's drawing may have.
const FIRST_SHAPE: u32 = 1_025;

/// Adds comments to a sheet, beside those it has.
///
/// # Errors
/// When a part is not well-formed or not there.
pub fn add_comments(package: &mut Package<'_>, sheet: &str, comments: &Comments, author: &str) -> Result<(), RawProblem> {
    if comments.is_empty() {
        return Ok(());
    }
    let relations = package.relations(sheet)?;
    let known = relations.iter().find(|relation| relation.kind == "comments");
    let known = match known {
        Some(relation) => package.part(&relation.target)?.map(|text| (relation.target.clone(), text)),
        None => None,
    };
    let new = match known {
        Some((name, text)) => {
            let (text, new) = appended(&text, comments, author)?;
            package.set(&name, text);
            new
        }
        None => {
            let name = package.free_name("xl/comments{n}.xml");
            package.declare(&name, COMMENTS_TYPE)?;
            package.relate(sheet, "comments", &name)?;
            package.set(&name, new_part(comments, author));
            comments.keys().copied().collect()
        }
    };
    let text = package.needed(sheet)?;
    let drawing = drawing_id(&text)?.and_then(|id| relations.iter().find(|relation| relation.id == id));
    let drawing = match drawing {
        Some(relation) => package.part(&relation.target)?.map(|text| (relation.target.clone(), text)),
        None => None,
    };
    if let Some((name, text)) = drawing {
        package.set(&name, with_shapes(&text, &new, comments)?);
    } else {
        let name = package.free_name("xl/drawings/vmlDrawing{n}.vml");
        package.declare(&name, DRAWING_TYPE)?;
        let id = package.relate(sheet, "vmlDrawing", &name)?;
        package.set(&name, with_shapes(&format!("<xml {SPACES}></xml>"), &new, comments)?);
        package.set(sheet, with_drawing(&text, &id)?);
    }
    Ok(())
}

fn cut(text: &str) -> String {
    let mut out: String = text.chars().take(LONGEST).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

fn comment(at: CellRef, text: &str, author: u32, p: &str) -> String {
    format!(r#"<{p}comment ref="{at}" authorId="{author}"><{p}text>{}</{p}text></{p}comment>"#, run(text, p))
}

fn run(text: &str, p: &str) -> String {
    let font = format!(r#"<{p}rPr><{p}sz val="9"/><{p}rFont val="Tahoma"/></{p}rPr>"#);
    format!(r#"<{p}r>{font}<{p}t xml:space="preserve">{}</{p}t></{p}r>"#, escaped(&cut(text)))
}

fn new_part(comments: &Comments, author: &str) -> String {
    let list: String = comments.iter().map(|(at, text)| comment(*at, text, 0, "")).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><comments xmlns="{MAIN}"><authors><author>{}</author></authors><commentList>{list}</commentList></comments>"#,
        escaped(author)
    )
}

/// The comments of a sheet with more; also the cells that had none.
fn appended(part: &str, comments: &Comments, author: &str) -> Result<(String, Vec<CellRef>), RawProblem> {
    let (mut edits, mut tags) = (Edits::new(part), Tags::new(part));
    let (mut left, mut authors) = (comments.clone(), 0);
    let mut here: Option<String> = None;
    while let Some(tag) = tags.next()? {
        let p = tag.prefix();
        match (tag.name(), tag.kind) {
            ("author", Kind::Start | Kind::Empty) => authors += 1,
            ("authors", Kind::End) => edits.insert(tag.span.start, format!("<{p}author>{}</{p}author>", escaped(author))),
            ("comment", Kind::Start) => {
                let at = tag.attribute("ref").and_then(|at| at.parse::<CellRef>().ok());
                here = at.and_then(|at| left.remove(&at));
            }
            ("text", Kind::End) => {
                if let Some(text) = here.take() {
                    edits.insert(tag.span.start, run(&format!("\n{author}: {text}"), p));
                }
            }
            ("commentList", Kind::End) => {
                let list: String = left.iter().map(|(at, text)| comment(*at, text, authors, p)).collect();
                edits.insert(tag.span.start, list);
            }
            _ => {}
        }
    }
    Ok((edits.finish(), left.into_keys().collect()))
}

/// A drawing with a box for each of some cells.
fn with_shapes(drawing: &str, cells: &[CellRef], comments: &Comments) -> Result<String, RawProblem> {
    let mut out = String::new();
    if !drawing.contains("\"_x0000_t202\"") {
        let _ = write!(
            out,
            r#"<v:shapetype {SPACES} id="_x0000_t202" coordsize="21600,21600" o:spt="202" path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/><v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype>"#
        );
    }
    let numbers = drawing.split("_x0000_s").skip(1).filter_map(|rest| {
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        digits.parse::<u32>().ok()
    });
    let first = numbers.max().map_or(FIRST_SHAPE, |last| last.saturating_add(1)).max(FIRST_SHAPE);
    for (number, at) in (first..).zip(cells) {
        out.push_str(&shape(number, *at, comments.get(at).map_or("", String::as_str)));
    }
    // Drawings of office programs need not be well-formed, so the end is looked for as text.
    match drawing.rfind("</xml>") {
        Some(end) => Ok(format!("{}{out}{}", &drawing[..end], &drawing[end..])),
        None => append_to_root(drawing, out.trim_start_matches('<')),
    }
}

fn shape(number: u32, at: CellRef, text: &str) -> String {
    let lines: usize = cut(text).split('\n').map(|line| 1 + line.chars().count() / LINE).sum();
    let height = ((lines + 1) * LINE_HEIGHT).min(TALLEST);
    let rows = height / 20 + 1;
    let (row, column) = (at.row, at.column);
    let (left, right) = (u32::from(column) + 1, u32::from(column) + 5);
    let top = row.saturating_sub(1);
    let bottom = top as usize + rows;
    format!(
        r##"<v:shape {SPACES} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"##
    )
}
