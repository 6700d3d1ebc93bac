//! A part read tag by tag, for whoever looks for a few things in it.

use std::borrow::Cow;

use quick_xml::events::{BytesEnd, BytesStart, Event};

use super::workbook_parts::{attribute, reader};

/// Tags and texts of a part in their order; they end with the part, or where it is damaged.
pub struct PartEvents<'a> {
    xml: quick_xml::Reader<&'a [u8]>,
}

/// A tag or a text. Every start has its end, also of elements that are written as one tag.
pub enum PartEvent<'a> {
    /// A start tag.
    Start(Tag<'a>),
    /// A text; where something is escaped in it, there are several.
    Text(Cow<'a, str>),
    /// An end tag.
    End(EndTag<'a>),
}

/// A start tag.
pub struct Tag<'a>(BytesStart<'a>);

/// An end tag.
pub struct EndTag<'a>(BytesEnd<'a>);

impl<'a> PartEvents<'a> {
    /// Begins at the start of a part.
    #[must_use]
    pub fn new(part: &'a str) -> Self {
        Self { xml: reader(part) }
    }
}

impl<'a> Iterator for PartEvents<'a> {
    type Item = PartEvent<'a>;

    fn next(&mut self) -> Option<PartEvent<'a>> {
        loop {
            match self.xml.read_event() {
                Ok(Event::Start(start)) => return Some(PartEvent::Start(Tag(start))),
                Ok(Event::Text(text)) => return Some(PartEvent::Text(text.into_inner())),
                Ok(Event::End(end)) => return Some(PartEvent::End(EndTag(end))),
                Ok(Event::Eof) | Err(_) => return None,
                Ok(_) => {}
            }
        }
    }
}

impl Tag<'_> {
    /// Its name without a prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// An attribute by its name without a prefix.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<String> {
        attribute(&self.0, name)
    }

    /// A whole number in an attribute.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u32> {
        self.attribute(name)?.trim().parse().ok()
    }
}

impl EndTag<'_> {
    /// Its name without a prefix.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }
}

/// A text with what is escaped in it put as it is meant; nothing where that cannot be told.
#[must_use]
pub fn unescaped(text: &str) -> Option<Cow<'_, str>> {
    quick_xml::escape::unescape(text).ok()
}
