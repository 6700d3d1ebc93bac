//! Comments of a sheet, and the drawing that shows them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::ops::Range;

use super::package::{PatchedPackage, append_to_root};
use super::sheet::{drawing_id, with_drawing};
use super::xml::{Edits, TagKind, Tags, escaped};
use crate::base::location::CellRef;
use crate::ooxml::RawProblem;

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
/// Namespaces of a drawing; repeated on every shape of a drawing that another program wrote, because it may name them otherwise.
const SPACES: &str = r#"xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office" xmlns:x="urn:schemas-microsoft-com:office:excel""#;
/// The first number a shape of a sheet's drawing may have.
const FIRST_SHAPE: u32 = 1_025;

/// Adds comments to a sheet, beside those it has, in place of those of an earlier annotation.
///
/// # Errors
/// When a part is not well-formed or not there.
pub fn add_comments(package: &mut PatchedPackage<'_>, sheet: &str, comments: &Comments, author: &str) -> Result<(), RawProblem> {
    let relations = package.relations(sheet)?;
    let known = relations.iter().find(|relation| relation.kind == "comments");
    let known = match known {
        Some(relation) => package.part(&relation.target)?.map(|text| (relation.target.clone(), text)),
        None => None,
    };
    if comments.is_empty() && known.is_none() {
        return Ok(());
    }
    let merged = match known {
        Some((name, text)) => {
            let merged = merge(&text, comments, author)?;
            if merged.text != text {
                package.set(&name, merged.text.clone());
            }
            merged
        }
        None => {
            let name = package.free_name("xl/comments{n}.xml");
            package.declare(&name, COMMENTS_TYPE)?;
            package.relate(sheet, "comments", &name)?;
            package.set(&name, new_part(comments, author));
            Merged { new: comments.keys().copied().collect(), ..Merged::default() }
        }
    };
    if merged.new.is_empty() && merged.gone.is_empty() {
        return Ok(());
    }
    let text = package.needed(sheet)?;
    let drawing = drawing_id(&text)?.and_then(|id| relations.iter().find(|relation| relation.id == id));
    let drawing = match drawing {
        Some(relation) => package.part(&relation.target)?.map(|text| (relation.target.clone(), text)),
        None => None,
    };
    if let Some((name, text)) = drawing {
        package.set(&name, with_shapes(&without_shapes(&text, &merged.gone), &merged.new, comments)?);
    } else if !merged.new.is_empty() {
        let name = package.free_name("xl/drawings/vmlDrawing{n}.vml");
        package.declare(&name, DRAWING_TYPE)?;
        let id = package.relate(sheet, "vmlDrawing", &name)?;
        package.set(&name, with_shapes(&format!("<xml {SPACES}></xml>"), &merged.new, comments)?);
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

fn comment(at: CellRef, text: &str, author: u32, name: &str, p: &str) -> String {
    let text = run(&format!("{}{text}", sign(name)), p);
    format!(r#"<{p}comment ref="{at}" authorId="{author}"><{p}text>{text}</{p}text></{p}comment>"#)
}

/// Beginning of our comments: it stays when an office program saves the workbook, where authors need not.
fn sign(author: &str) -> String {
    format!("{author}: ")
}

fn run(text: &str, p: &str) -> String {
    let font = format!(r#"<{p}rPr><{p}sz val="9"/><{p}rFont val="Tahoma"/></{p}rPr>"#);
    format!(r#"<{p}r>{font}<{p}t xml:space="preserve">{}</{p}t></{p}r>"#, escaped(&cut(text)))
}

fn new_part(comments: &Comments, author: &str) -> String {
    let list: String = comments.iter().map(|(at, text)| comment(*at, text, 0, author, "")).collect();
    format!(
        r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?><comments xmlns="{MAIN}"><authors><author>{}</author></authors><commentList>{list}</commentList></comments>"#,
        escaped(author)
    )
}

/// Comments of a sheet with ours among them.
#[derive(Debug, Default)]
struct Merged {
    text: String,
    /// Cells that had no comment.
    new: Vec<CellRef>,
    /// Cells whose comment was ours alone and is no longer due.
    gone: Vec<CellRef>,
}

/// A comment that stands in the part.
struct Standing {
    at: Option<CellRef>,
    /// Where it begins.
    start: usize,
    /// Runs: their span and that of their text.
    runs: Vec<(Range<usize>, Range<usize>)>,
}

/// The comments of a sheet with more, in place of those of an earlier annotation.
fn merge(part: &str, comments: &Comments, author: &str) -> Result<Merged, RawProblem> {
    let (mut edits, mut tags) = (Edits::new(part), Tags::new(part));
    let (mut left, mut authors, mut known, mut merged) = (comments.clone(), 0, None, Merged::default());
    let (mut here, mut run_from, mut text_from) = (Standing { at: None, start: 0, runs: Vec::new() }, None, 0);
    while let Some(tag) = tags.next()? {
        let p = tag.prefix();
        match (tag.name(), tag.kind) {
            ("author", TagKind::Empty) => authors += 1,
            ("author" | "t", TagKind::Start) => text_from = tag.span.end,
            ("author", TagKind::End) => {
                if part[text_from..tag.span.start] == escaped(author) {
                    known = Some(authors);
                }
                authors += 1;
            }
            ("authors", TagKind::End) if known.is_none() && !comments.is_empty() => {
                edits.insert(tag.span.start, format!("<{p}author>{}</{p}author>", escaped(author)));
            }
            ("comment", TagKind::Start) => {
                here = Standing { at: tag.cell("ref"), start: tag.span.start, runs: Vec::new() };
            }
            ("r", TagKind::Start) => run_from = Some(tag.span.start),
            ("r", TagKind::End) => {
                if let (Some(from), Some(last)) = (run_from.take(), here.runs.last_mut()) {
                    last.0 = from..tag.span.end;
                }
            }
            ("t", TagKind::End) => here.runs.push((text_from..tag.span.start, text_from..tag.span.start)),
            ("text", TagKind::End) => {
                let ours = ours(part, &here, author);
                // All of it is ours: it is written anew behind the others, or goes, with the whole element.
                if ours == Some(0) {
                    continue;
                }
                if let Some(from) = ours {
                    cut_off(&here, from, &mut edits);
                }
                if let Some(text) = here.at.and_then(|at| left.remove(&at)) {
                    edits.insert(tag.span.start, run(&format!("\n{}{text}", sign(author)), p));
                }
            }
            ("comment", TagKind::End) if ours(part, &here, author) == Some(0) => {
                edits.replace(here.start..tag.span.end, "");
                merged.gone.extend(here.at);
            }
            ("commentList", TagKind::End) => {
                let list: String = left.iter().map(|(at, text)| comment(*at, text, known.unwrap_or(authors), author, p)).collect();
                edits.insert(tag.span.start, list);
            }
            _ => {}
        }
    }
    merged.text = edits.finish();
    merged.new = left.into_keys().collect();
    Ok(merged)
}

/// Where in the text of a comment ours begins: at 0 where all of it is ours.
fn ours(part: &str, comment: &Standing, author: &str) -> Option<usize> {
    let text: String = comment.runs.iter().map(|(_, text)| &part[text.clone()]).collect();
    let sign = escaped(&sign(author));
    if text.trim_start().starts_with(&sign) { Some(0) } else { text.find(&format!("\n{sign}")) }
}

/// Takes the end of a comment away, from a place in its text on.
fn cut_off(comment: &Standing, from: usize, edits: &mut Edits<'_>) {
    let mut before = 0;
    for (run, text) in &comment.runs {
        if before >= from {
            edits.replace(run.clone(), "");
        } else if before + text.len() > from {
            edits.replace(text.start + (from - before)..text.end, "");
        }
        before += text.len();
    }
}

/// A drawing without the boxes of some cells.
fn without_shapes(drawing: &str, cells: &[CellRef]) -> String {
    let (mut out, mut rest) = (String::with_capacity(drawing.len()), drawing);
    let number = |shape: &str, element: &str| {
        let open = format!("<x:{element}>");
        let from = shape.find(&open)? + open.len();
        shape[from..].split('<').next()?.trim().parse::<u32>().ok()
    };
    while let Some(start) = rest.find("<v:shape ") {
        let end = rest[start..].find("</v:shape>").map_or(rest.len(), |at| start + at + "</v:shape>".len());
        let shape = &rest[start..end];
        let at = number(shape, "Row").zip(number(shape, "Column"));
        let is_gone = at.is_some_and(|(row, column)| cells.iter().any(|cell| cell.row == row && u32::from(cell.column) == column));
        out.push_str(&rest[..if is_gone { start } else { end }]);
        rest = &rest[end..];
    }
    out + rest
}

/// A drawing with a box for each of some cells.
fn with_shapes(drawing: &str, cells: &[CellRef], comments: &Comments) -> Result<String, RawProblem> {
    let mut out = String::new();
    let spaces = if drawing.contains(SPACES) { "" } else { SPACES };
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
        out.push_str(&shape(number, *at, comments.get(at).map_or("", String::as_str), spaces));
    }
    // Drawings of office programs need not be well-formed, so the end is looked for as text.
    match drawing.rfind("</xml>") {
        Some(end) => Ok(format!("{}{out}{}", &drawing[..end], &drawing[end..])),
        None => append_to_root(drawing, out.trim_start_matches('<')),
    }
}

fn shape(number: u32, at: CellRef, text: &str, spaces: &str) -> String {
    let lines: usize = cut(text).split('\n').map(|line| 1 + line.chars().count() / LINE).sum();
    let height = ((lines + 1) * LINE_HEIGHT).min(TALLEST);
    let rows = height / 20 + 1;
    let (row, column) = (at.row, at.column);
    let (left, right) = (u32::from(column) + 1, u32::from(column) + 5);
    let top = row.saturating_sub(1);
    let bottom = top as usize + rows;
    format!(
        r##"<v:shape {spaces} id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;margin-left:60pt;margin-top:2pt;width:240pt;height:{height}pt;z-index:1;visibility:hidden" fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/><v:shadow on="t" color="black" obscured="t"/><v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto"><div style="text-align:left"></div></v:textbox><x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/><x:Anchor>{left}, 15, {top}, 2, {right}, 15, {bottom}, 4</x:Anchor><x:AutoFill>False</x:AutoFill><x:Row>{row}</x:Row><x:Column>{column}</x:Column></x:ClientData></v:shape>"##
    )
}
