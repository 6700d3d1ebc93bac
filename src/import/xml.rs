//! Small helpers over the XML reader.

use quick_xml::events::BytesStart;

/// A reader that takes parts as the spreadsheet library does.
pub fn reader(part: &str) -> quick_xml::Reader<&[u8]> {
    let mut xml = quick_xml::Reader::from_reader(part.as_bytes());
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    xml
}

/// The value of an attribute, told by its name without prefix.
pub fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.attributes().with_checks(false).flatten().find(|a| a.key.local_name().as_ref() == name)?;
    Some(quick_xml::escape::unescape(&found.value).map_or_else(|_| found.value.to_string(), std::borrow::Cow::into_owned))
}

/// A whole number in an attribute.
pub fn number(start: &BytesStart<'_>, name: &str) -> Option<u32> {
    attribute(start, name)?.trim().parse().ok()
}

/// A yes/no element: on unless it says otherwise.
pub fn is_on(start: &BytesStart<'_>) -> bool {
    !matches!(attribute(start, "val").as_deref(), Some("0" | "false" | "none"))
}
