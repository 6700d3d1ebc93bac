//! Patching XML as text: tags with their places, and changes at byte ranges.
//!
//! A part is never written anew. What is not changed stays byte for byte, so
//! that nothing an office program keeps in a workbook is lost on the way.

use std::ops::Range;

use quick_xml::events::Event;

use crate::base::location::CellRef;
use crate::base::message::message;
use crate::ooxml::RawProblem;

/// Whether a tag opens, stands alone or closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TagKind {
    /// `<a>`
    Start,
    /// `<a/>`
    Empty,
    /// `</a>`
    End,
}

/// A tag and where it stands.
#[derive(Debug, Clone)]
pub struct Tag<'a> {
    /// Kind of the tag.
    pub kind: TagKind,
    /// Elements around it; 0 for the root.
    pub depth: usize,
    /// From `<` to behind `>`.
    pub span: Range<usize>,
    /// The tag as it stands.
    pub text: &'a str,
}

impl<'a> Tag<'a> {
    /// Its name with prefix.
    pub fn full_name(&self) -> &'a str {
        let from = if self.kind == TagKind::End { 2 } else { 1 };
        let inner = &self.text[from..];
        let end = inner.bytes().position(|b| b.is_ascii_whitespace() || b == b'/' || b == b'>');
        &inner[..end.unwrap_or(inner.len())]
    }

    /// Its name without prefix.
    pub fn name(&self) -> &'a str {
        let name = self.full_name();
        name.bytes().rposition(|b| b == b':').map_or(name, |at| &name[at + 1..])
    }

    /// The prefix with its colon; empty when there is none.
    pub fn prefix(&self) -> &'a str {
        let name = self.full_name();
        name.rfind(':').map_or("", |at| &name[..=at])
    }

    /// True where an element begins.
    pub fn opens(&self) -> bool {
        self.kind != TagKind::End
    }

    /// The value of an attribute, told by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = &self.text[value_range(self.text, name)?];
        Some(quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned))
    }

    /// The value of an attribute as it stands, for values that need no escaping.
    pub fn plain(&self, name: &str) -> Option<&'a str> {
        // Most often it is the first attribute.
        let rest = &self.text[1 + self.full_name().len()..];
        if let Some(value) = rest.strip_prefix(' ').and_then(|rest| rest.strip_prefix(name)).and_then(|rest| rest.strip_prefix("=\"")) {
            return value.bytes().position(|b| b == b'"').map(|end| &value[..end]);
        }
        Some(&self.text[value_range(self.text, name)?])
    }

    /// A whole number in an attribute.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.plain(name)?.trim().parse().ok()
    }

    /// A cell in an attribute.
    pub fn cell(&self, name: &str) -> Option<CellRef> {
        self.plain(name)?.parse().ok()
    }
}

/// Tags of a part, one after the other.
pub struct Tags<'a> {
    text: &'a str,
    /// Where reading began.
    from: usize,
    xml: quick_xml::Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Tags<'a> {
    /// The tags of a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, from: 0, xml: quick_xml::Reader::from_reader(text.as_bytes()), depth: 0 }
    }

    /// The tags behind the cells of a sheet, as they stand inside its root; all of them where it has no cells.
    ///
    /// Most of a sheet is its cells, and what is looked for beside them stands behind.
    pub fn behind_cells(text: &'a str) -> Self {
        const LAST: &str = "sheetData>";
        let Some(from) = text.rfind(LAST).map(|at| at + LAST.len()) else { return Self::new(text) };
        let mut xml = quick_xml::Reader::from_reader(&text.as_bytes()[from..]);
        xml.config_mut().allow_unmatched_ends = true;
        Self { text, from, xml, depth: 1 }
    }

    /// Goes on at the next row with this number, as it counts from 1; stays where it is when there is none written so.
    ///
    /// Most rows hold nothing to be changed, and reading all their cells would take longer than the changes.
    pub fn jump_to_row(&mut self, prefix: &str, number: u32) {
        let Some(rest) = self.text.get(self.position()..) else { return };
        // Cells have letters before the number.
        let Some(at) = memchr::memmem::find(rest.as_bytes(), format!(" r=\"{number}\"").as_bytes()) else { return };
        let Some(start) = rest[..at].rfind('<').filter(|&start| rest[start + 1..].starts_with(&format!("{prefix}row "))) else { return };
        self.from = self.position() + start;
        self.xml = quick_xml::Reader::from_reader(&self.text.as_bytes()[self.from..]);
        self.xml.config_mut().allow_unmatched_ends = true;
        self.depth = 2;
    }

    /// The next tag; none at the end.
    ///
    /// # Errors
    /// When the text is not well-formed.
    pub fn next(&mut self) -> Result<Option<Tag<'a>>, RawProblem> {
        loop {
            let from = self.position();
            let event = self.xml.read_event().map_err(|e| RawProblem::library(&e))?;
            let kind = match event {
                Event::Start(_) => TagKind::Start,
                Event::Empty(_) => TagKind::Empty,
                Event::End(_) => TagKind::End,
                Event::Eof if self.depth > 0 => {
                    return Err(RawProblem::unreadable(message!("workbooks.part_ends_middle_element")));
                }
                Event::Eof => return Ok(None),
                _ => continue,
            };
            let span = from..self.position();
            let text = self.text.get(span.clone()).filter(|text| text.starts_with('<') && text.ends_with('>'));
            let Some(text) = text else {
                return Err(RawProblem::unreadable(message!("workbooks.tag_not_where_read")));
            };
            if kind == TagKind::End {
                self.depth = self.depth.saturating_sub(1);
            }
            let tag = Tag { kind, depth: self.depth, span, text };
            if kind == TagKind::Start {
                self.depth += 1;
            }
            return Ok(Some(tag));
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).map_or(usize::MAX, |at| self.from + at)
    }
}

/// Changes to a text, made all at once.
pub struct Edits<'a> {
    text: &'a str,
    edits: Vec<(Range<usize>, String)>,
}

impl<'a> Edits<'a> {
    /// No change yet.
    pub fn new(text: &'a str) -> Self {
        Self { text, edits: Vec::new() }
    }

    /// Puts something before a place; what was put there first stands first.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.edits.push((at..at, text));
        }
    }

    /// Replaces a range.
    pub fn replace(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.edits.push((range, text.into()));
    }

    /// The changed text.
    pub fn finish(mut self) -> String {
        self.edits.sort_by_key(|(range, _)| (range.start, range.end));
        let mut out = String::with_capacity(self.text.len() + self.edits.iter().map(|(_, text)| text.len()).sum::<usize>());
        let mut from = 0;
        for (range, text) in &self.edits {
            out.push_str(self.text.get(from..range.start).unwrap_or_default());
            out.push_str(text);
            from = from.max(range.end);
        }
        out.push_str(&self.text[from..]);
        out
    }
}

/// A tag with an attribute set, added where it has none.
pub fn with_attribute(tag: &str, name: &str, value: &str) -> String {
    let mut out = tag.to_owned();
    if let Some(range) = value_range(tag, name) {
        out.replace_range(range, value);
    } else {
        let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(tag.len());
        out.insert_str(end, &format!(" {name}=\"{value}\""));
    }
    out
}

/// Text safe inside elements and attributes: escaped, without what XML cannot hold.
pub fn escaped(text: &str) -> String {
    let allowed = |c: &char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(|c| allowed(&c)) {
        return quick_xml::escape::escape(text).into_owned();
    }
    quick_xml::escape::escape(text.chars().filter(allowed).collect::<String>()).into_owned()
}

/// Where the value of an attribute stands in a tag.
fn value_range(tag: &str, name: &str) -> Option<Range<usize>> {
    let bytes = tag.as_bytes();
    let mut at = tag.find(|c: char| c.is_ascii_whitespace())?;
    loop {
        at += bytes[at..].iter().position(|b| !b.is_ascii_whitespace())?;
        let equals = at + bytes[at..].iter().position(|b| *b == b'=')?;
        let key = tag[at..equals].trim_end();
        let open = equals + 1 + bytes[equals + 1..].iter().position(|b| !b.is_ascii_whitespace())?;
        let quote = bytes[open];
        if quote != b'"' && quote != b'\'' {
            return None;
        }
        let close = open + 1 + bytes[open + 1..].iter().position(|b| *b == quote)?;
        if key.rsplit(':').next() == Some(name) && !key.starts_with("xmlns") {
            return Some(open + 1..close);
        }
        at = close + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_are_set_where_they_stand() {
        assert_eq!(with_attribute("<c r=\"A1\" s = '3' t=\"s\">", "s", "9"), "<c r=\"A1\" s = '9' t=\"s\">");
        assert_eq!(with_attribute("<x:c r=\"s='1'\"/>", "s", "9"), "<x:c s=\"9\" r=\"s='1'\"/>");
        assert_eq!(with_attribute("<c/>", "s", "9"), "<c s=\"9\"/>");
    }

    #[test]
    fn tags_stand_where_they_are_said_to() {
        let text = "<?xml version=\"1.0\"?>\n<x:a b=\"&lt;\"><!-- <c/> -->é<d/></x:a>";
        let mut tags = Tags::new(text);
        let mut found = Vec::new();
        while let Some(tag) = tags.next().unwrap() {
            assert_eq!(&text[tag.span.clone()], tag.text);
            found.push((tag.kind, tag.depth, tag.prefix(), tag.name(), tag.attribute("b")));
        }
        assert_eq!(
            found,
            [(TagKind::Start, 0, "x:", "a", Some("<".to_owned())), (TagKind::Empty, 1, "", "d", None), (TagKind::End, 0, "x:", "a", None),]
        );
        assert!(Tags::new("<a>").next().and_then(|_| Tags::new("<a></b>").next()).is_ok());
    }

    #[test]
    fn nothing_leaves_an_element() {
        assert_eq!(escaped("<a & \"b\">\u{1}"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
