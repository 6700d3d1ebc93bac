//! Patching XML as text: tags with their places, and changes at byte ranges.
//!
//! A part is never written anew. What is not changed stays byte for byte, so
//! that nothing an office program keeps in a workbook is lost on the way.

use std::ops::Range;

use quick_xml::events::Event;

use crate::ingest::RawProblem;

/// Whether a tag opens, stands alone or closes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
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
    /// What it does.
    pub kind: Kind,
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
        let inner = self.text.trim_start_matches(['<', '/']);
        inner.split(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').next().unwrap_or_default()
    }

    /// Its name without prefix.
    pub fn name(&self) -> &'a str {
        self.full_name().rsplit(':').next().unwrap_or_default()
    }

    /// The prefix with its colon; empty when there is none.
    pub fn prefix(&self) -> &'a str {
        let name = self.full_name();
        name.rfind(':').map_or("", |at| &name[..=at])
    }

    /// True where an element begins.
    pub fn opens(&self) -> bool {
        self.kind != Kind::End
    }

    /// The value of an attribute, told by its name without prefix.
    pub fn attribute(&self, name: &str) -> Option<String> {
        let value = &self.text[value_range(self.text, name)?];
        Some(quick_xml::escape::unescape(value).map_or_else(|_| value.to_owned(), std::borrow::Cow::into_owned))
    }

    /// A whole number in an attribute.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }
}

/// Tags of a part, one after the other.
pub struct Tags<'a> {
    text: &'a str,
    xml: quick_xml::Reader<&'a [u8]>,
    depth: usize,
}

impl<'a> Tags<'a> {
    /// The tags of a text.
    pub fn new(text: &'a str) -> Self {
        Self { text, xml: quick_xml::Reader::from_reader(text.as_bytes()), depth: 0 }
    }

    /// The next tag; none at the end.
    ///
    /// # Errors
    /// When the text is not well-formed.
    pub fn next(&mut self) -> Result<Option<Tag<'a>>, RawProblem> {
        loop {
            let from = self.position();
            let event = self.xml.read_event().map_err(|e| RawProblem::Unreadable(e.to_string()))?;
            let kind = match event {
                Event::Start(_) => Kind::Start,
                Event::Empty(_) => Kind::Empty,
                Event::End(_) => Kind::End,
                Event::Eof if self.depth > 0 => return Err(RawProblem::Unreadable("a part ends in the middle of an element".to_owned())),
                Event::Eof => return Ok(None),
                _ => continue,
            };
            let span = from..self.position();
            let text = self.text.get(span.clone()).filter(|text| text.starts_with('<') && text.ends_with('>'));
            let Some(text) = text else { return Err(RawProblem::Unreadable("a tag is not where it was read".to_owned())) };
            if kind == Kind::End {
                self.depth = self.depth.saturating_sub(1);
            }
            let tag = Tag { kind, depth: self.depth, span, text };
            if kind == Kind::Start {
                self.depth += 1;
            }
            return Ok(Some(tag));
        }
    }

    fn position(&self) -> usize {
        usize::try_from(self.xml.buffer_position()).unwrap_or(usize::MAX)
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
        self.edits.push((at..at, text.into()));
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
            [(Kind::Start, 0, "x:", "a", Some("<".to_owned())), (Kind::Empty, 1, "", "d", None), (Kind::End, 0, "x:", "a", None),]
        );
        assert!(Tags::new("<a>").next().and_then(|_| Tags::new("<a></b>").next()).is_ok());
    }

    #[test]
    fn nothing_leaves_an_element() {
        assert_eq!(escaped("<a & \"b\">\u{1}"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
