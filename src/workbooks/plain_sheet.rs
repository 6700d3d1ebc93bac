//! Sheets as nearly every program writes them, read straight from their bytes.
//!
//! Reading cells is what a run spends most of its time on, and a general XML reader does far more for each of them than a
//! plain sheet asks for. What is not plain (prefixes, comments, dates, odd numbers, anything unknown) is left to the
//! spreadsheet library as a whole sheet, so that nothing is read in a way of our own; tests hold both to the same cells.

use std::borrow::Cow;
use std::collections::HashMap;

use memchr::{memchr, memmem};

use crate::ooxml::error_cells::is_error_text;
use crate::ooxml::package::stored_parts;
use crate::ooxml::part_events::unescaped;
use crate::ooxml::raw_cells::{RawProblem, RawValue, number_value, text_value};
use crate::ooxml::workbook_parts::{
    CellFormat, PACKAGE_RELATIONS, RELATIONS, STYLES, SheetPath, WORKBOOK, cell_formats, has_usual_workbook, sheet_paths,
};

/// Built-in number formats that show dates or times.
const DATE_FORMATS: [std::ops::RangeInclusive<u32>; 4] = [14..=22, 27..=36, 45..=47, 50..=58];
/// Letters of formats that may show dates or times, or say when.
const DATE_LETTERS: &str = "dmyhsaDMYHSA[";
/// The format of a cell without one, which has such a letter.
const GENERAL: &str = "General";
/// The texts that cells share.
const SHARED_TEXTS: &str = "xl/sharedStrings.xml";
/// Digits of a number of a row, a style or a text.
const MOST_DIGITS: usize = 9;
/// Letters of a column, with room for more than any program has.
const MOST_LETTERS: usize = 4;
/// Digits of a whole number that is exact without looking at how to round.
const EXACT_DIGITS: usize = 15;

/// The parts of a package that sheets refer to.
#[derive(Debug)]
pub struct PlainBook<'a> {
    texts: Vec<Cow<'a, str>>,
    /// Whether each cell style shows numbers as numbers, for certain.
    are_numbers: Vec<bool>,
    sheets: HashMap<String, &'a [u8]>,
}

impl<'a> PlainBook<'a> {
    /// The book of a package; nothing where any of its parts is not plain, or not where nearly all programs put it.
    #[must_use]
    pub fn of(package: &'a [u8]) -> Option<Self> {
        let parts = stored_parts(package)?;
        let part = |name: &str| parts.get(&name.to_lowercase()).copied();
        let text = |name: &str| std::str::from_utf8(part(name)?).ok();
        if !has_usual_workbook(text(PACKAGE_RELATIONS)?) {
            return None;
        }
        let paths = sheet_paths(text(WORKBOOK)?, text(RELATIONS)?).into_iter();
        let sheets = paths.map(|SheetPath { name, path }| Some((name, part(&path)?))).collect::<Option<_>>()?;
        let texts = part(SHARED_TEXTS).map_or_else(|| Some(Vec::new()), shared_texts)?;
        let are_numbers = match part(STYLES) {
            Some(styles) => cell_formats(std::str::from_utf8(styles).ok()?).iter().map(shows_numbers).collect(),
            None => Vec::new(),
        };
        Some(Self { texts, are_numbers, sheets })
    }

    /// Gives every cell of a sheet in the order of the file, zero-based row and column; nothing where the sheet is not
    /// plain, whatever was given until then.
    ///
    /// # Errors
    /// Errors of `push`.
    pub fn cells(
        &self,
        name: &str,
        push: impl FnMut((u32, u32), Option<RawValue>, bool) -> Result<(), RawProblem>,
    ) -> Result<Option<()>, RawProblem> {
        let Some(part) = self.sheets.get(name) else { return Ok(None) };
        let Some((start, holds_any)) = start_of_cells(part) else { return Ok(None) };
        if !holds_any {
            return Ok(Some(()));
        }
        let mut sheet = PlainSheet { book: self, scan: Scan { bytes: part, at: start }, row: 0, column: 0, push };
        let mut refusal = None;
        let done = sheet.rows(&mut refusal);
        refusal.map_or(Ok(done), Err)
    }
}

/// Behind the start tag of the element of the cells, and whether it holds any, if nothing before it is odd.
fn start_of_cells(part: &[u8]) -> Option<(usize, bool)> {
    let mut scan = Scan { bytes: part, at: start_of(part)? };
    let mut open: Vec<&[u8]> = Vec::new();
    loop {
        match scan.tag()? {
            Tag::Start(b"sheetData") => {
                let is_empty = scan.is_empty()?;
                return Some((scan.at, !is_empty));
            }
            Tag::Start(b"dimension") => {
                let ([range], is_empty) = scan.values([b"ref"])?;
                range.filter(|range| is_empty && is_range_of_cells(range))?;
            }
            Tag::Start(name) => {
                if !scan.is_empty()? {
                    open.push(name);
                }
            }
            Tag::End(name) => {
                open.pop().filter(|open| *open == name)?;
            }
        }
    }
}

/// One tag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tag<'a> {
    /// A start tag whose attributes are still to be read.
    Start(&'a [u8]),
    /// An end tag.
    End(&'a [u8]),
}

/// A place in plain XML; every step gives nothing where it finds something else.
#[derive(Debug, Clone, Copy)]
struct Scan<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Scan<'a> {
    /// The next tag, behind whatever text stands before it.
    #[inline]
    fn tag(&mut self) -> Option<Tag<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let between = memchr(b'<', rest)?;
        if memchr(b'&', &rest[..between]).is_some() {
            return None;
        }
        let start = self.at + between + 1;
        let is_end = self.bytes.get(start) == Some(&b'/');
        let from = start + usize::from(is_end);
        let rest = self.bytes.get(from..)?;
        let length = rest.iter().position(|byte| matches!(byte, b' ' | b'>' | b'/' | b'\t' | b'\n' | b'\r'))?;
        let name = &rest[..length];
        self.at = from + length;
        // Comments, instructions, declarations and names with a prefix.
        if !name.first()?.is_ascii_alphabetic() || !name.iter().all(u8::is_ascii_alphanumeric) {
            return None;
        }
        if is_end {
            // Blanks may stand behind the name.
            self.at += self.bytes[self.at..].iter().position(|byte| !byte.is_ascii_whitespace())? + 1;
            return (self.bytes[self.at - 1] == b'>').then_some(Tag::End(name));
        }
        Some(Tag::Start(name))
    }

    /// The attributes of a start tag; whether the element is empty and has no end tag.
    #[inline]
    fn attributes(&mut self, mut each: impl FnMut(&'a [u8], &'a [u8])) -> Option<bool> {
        // One blank at least stands before every attribute.
        let mut may_begin = false;
        loop {
            match *self.bytes.get(self.at)? {
                b' ' | b'\t' | b'\n' | b'\r' => {
                    self.at += 1;
                    may_begin = true;
                }
                b'>' => {
                    self.at += 1;
                    return Some(false);
                }
                b'/' => {
                    self.at += 2;
                    return (self.bytes.get(self.at - 1)? == &b'>').then_some(true);
                }
                _ if may_begin => {
                    let rest = &self.bytes[self.at..];
                    let equals = rest.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b":_-.".contains(byte))?;
                    let quote = *rest.get(equals + 1).filter(|_| rest[equals] == b'=' && equals > 0)?;
                    if quote != b'"' && quote != b'\'' {
                        return None;
                    }
                    let value = &rest[equals + 2..];
                    let length = memchr(quote, value)?;
                    if memchr(b'<', &value[..length]).is_some() {
                        return None;
                    }
                    each(&rest[..equals], &value[..length]);
                    self.at += equals + 2 + length + 1;
                    may_begin = false;
                }
                _ => return None,
            }
        }
    }

    /// The attributes of these names, and whether the element is empty. One that stands twice means two things.
    #[inline]
    fn values<const N: usize>(&mut self, names: [&[u8]; N]) -> Option<([Option<&'a [u8]>; N], bool)> {
        let (mut found, mut is_twice) = ([None; N], false);
        let is_empty = self.attributes(|key, value| {
            if let Some(at) = names.iter().position(|name| *name == key) {
                is_twice |= found[at].replace(value).is_some();
            }
        })?;
        (!is_twice).then_some((found, is_empty))
    }

    /// Goes behind a start tag; whether the element is empty.
    #[inline]
    fn is_empty(&mut self) -> Option<bool> {
        self.attributes(|_, _| {})
    }

    /// The text up to the end tag of an element that holds nothing else.
    #[inline]
    fn text(&mut self, name: &[u8]) -> Option<&'a [u8]> {
        let rest = self.bytes.get(self.at..)?;
        let length = memchr(b'<', rest)?;
        self.at += length;
        (self.tag()? == Tag::End(name)).then_some(&rest[..length])
    }

    /// Goes behind the end of an element whose attributes are read, whatever it holds.
    fn skip(&mut self, name: &[u8]) -> Option<()> {
        let mut open = 0_u32;
        loop {
            match self.tag()? {
                Tag::End(end) if end == name && open == 0 => return Some(()),
                // A tag of that name within would end too early.
                Tag::Start(start) if start == name => return None,
                Tag::Start(_) => open += u32::from(!self.is_empty()?),
                Tag::End(_) => open = open.checked_sub(1)?,
            }
        }
    }
}

/// The cells of one sheet.
struct PlainSheet<'b, 'a, P> {
    book: &'b PlainBook<'a>,
    scan: Scan<'a>,
    row: u32,
    column: u32,
    push: P,
}

impl<P> PlainSheet<'_, '_, P>
where
    P: FnMut((u32, u32), Option<RawValue>, bool) -> Result<(), RawProblem>,
{
    fn rows(&mut self, refusal: &mut Option<RawProblem>) -> Option<()> {
        let mut in_row = false;
        loop {
            match self.scan.tag()? {
                Tag::Start(b"c") if in_row => {
                    let (at, value, formula) = self.cell()?;
                    if let Err(problem) = (self.push)(at, value, formula) {
                        *refusal = Some(problem);
                        return None;
                    }
                }
                Tag::Start(b"row") if !in_row => {
                    let ([number], is_empty) = self.scan.values([b"r"])?;
                    if let Some(number) = number {
                        self.row = digits(number)?.checked_sub(1)?;
                    }
                    if is_empty {
                        self.end_row();
                    }
                    in_row = !is_empty;
                }
                Tag::End(b"row") if in_row => {
                    self.end_row();
                    in_row = false;
                }
                Tag::End(b"sheetData") if !in_row => return Some(()),
                _ => return None,
            }
        }
    }

    fn end_row(&mut self) {
        (self.row, self.column) = (self.row.saturating_add(1), 0);
    }

    #[inline]
    fn cell(&mut self) -> Option<((u32, u32), Option<RawValue>, bool)> {
        let ([at, style, kind], is_empty) = self.scan.values([b"r", b"s", b"t"])?;
        let at = match at {
            Some(at) => position(at)?,
            None => (self.row, self.column),
        };
        self.column = at.1.saturating_add(1);
        if is_empty {
            return Some((at, None, false));
        }
        let (mut value, mut formula) = (None, false);
        loop {
            match self.scan.tag()? {
                // A second value says something else, and which one counts is the library's to say.
                Tag::Start(b"v") if value.is_none() => {
                    let is_empty = self.scan.is_empty()?;
                    let text = if is_empty { &b""[..] } else { self.scan.text(b"v")? };
                    // A text that a formula gives may be empty; every other value is then none.
                    let is_none = text.is_empty() && matches!(kind, None | Some(b"n" | b"s" | b"b" | b"e"));
                    value = if is_none { None } else { Some(self.value(text, style, kind)?) };
                }
                Tag::Start(b"f") if !formula => {
                    let ([how, shared, range], is_empty) = self.scan.values([b"t", b"si", b"ref"])?;
                    let is_odd = range.is_some_and(|range| !is_range_of_cells(range));
                    if is_odd || how == Some(b"shared") && shared.and_then(digits).is_none() {
                        return None;
                    }
                    if !is_empty {
                        plain_text(self.scan.text(b"f")?)?;
                    }
                    formula = true;
                }
                Tag::Start(b"is") if value.is_none() && kind == Some(b"inlineStr") => {
                    let is_empty = self.scan.is_empty()?;
                    let text = if is_empty { Cow::Borrowed("") } else { rich_text(&mut self.scan, b"is")? };
                    value = Some(text_value(&text).ok()?);
                }
                Tag::End(b"c") => break,
                _ => return None,
            }
        }
        Some((at, value.or_else(|| formula.then_some(RawValue::Uncalculated)), formula))
    }

    /// Value of a cell, where it has any.
    #[inline]
    fn value(&self, text: &[u8], style: Option<&[u8]>, kind: Option<&[u8]>) -> Option<RawValue> {
        match kind {
            None | Some(b"n") => {
                let style = style.map(digits);
                let shows_number = |style: u32| self.book.are_numbers.get(style as usize).is_none_or(|shows| *shows);
                let is_number = style.is_none_or(|style| style.is_some_and(shows_number));
                Some(number_value(number(text).filter(|_| is_number)?))
            }
            Some(b"s") => text_value(self.book.texts.get(digits(text)? as usize)?).ok(),
            Some(b"str") => text_value(plain_text(text)?.as_ref()).ok(),
            Some(b"b") if text == b"0" || text == b"1" => Some(RawValue::Bool(text == b"1")),
            Some(b"e") => Some(RawValue::Error(std::str::from_utf8(text).ok().filter(|text| is_error_text(text))?.into())),
            Some(_) => None,
        }
    }
}

/// Whether a look of cells shows numbers as numbers, for certain.
fn shows_numbers(format: &CellFormat) -> bool {
    match (&format.code, &format.id) {
        (Some(code), _) => code == GENERAL || !code.contains(|letter| DATE_LETTERS.contains(letter)),
        (None, Some(id)) => digits(id.as_bytes()).is_some_and(|id| DATE_FORMATS.iter().all(|dates| !dates.contains(&id))),
        (None, None) => true,
    }
}

/// A whole number in plain digits.
#[inline]
fn digits(text: &[u8]) -> Option<u32> {
    if text.is_empty() || text.len() > MOST_DIGITS {
        return None;
    }
    text.iter().try_fold(0, |number: u32, byte| byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0')))
}

/// A number as programs write it.
#[inline]
fn number(text: &[u8]) -> Option<f64> {
    if text.len() <= EXACT_DIGITS && text.iter().all(u8::is_ascii_digit) {
        let whole = text.iter().fold(0_u64, |number, byte| number * 10 + u64::from(byte - b'0'));
        return Some(whole as f64);
    }
    let is_plain = text.first() != Some(&b'+') && text.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte));
    std::str::from_utf8(text).ok().filter(|_| is_plain)?.parse().ok()
}

/// Zero-based row and column of `AB12`.
#[inline]
fn position(text: &[u8]) -> Option<(u32, u32)> {
    let letters = text.iter().position(u8::is_ascii_digit)?;
    let step = |column: u32, byte: &u8| byte.is_ascii_uppercase().then(|| column * 26 + u32::from(byte - b'A') + 1);
    if letters > MOST_LETTERS {
        return None;
    }
    let column = text[..letters].iter().try_fold(0, step)?;
    Some((digits(&text[letters..])?.checked_sub(1)?, column.checked_sub(1)?))
}

/// Whether a text is `A1` or `A1:B2`.
fn is_range_of_cells(text: &[u8]) -> bool {
    let mut ends = text.split(|byte| *byte == b':');
    ends.clone().count() <= 2 && ends.all(|end| position(end).is_some())
}

/// A text without anything that a reader would have to put together.
fn plain_text(text: &[u8]) -> Option<Cow<'_, str>> {
    let text = std::str::from_utf8(text).ok()?;
    // Line ends are made one kind, and `_x000D_` stands for a character.
    if memchr(b'\r', text.as_bytes()).is_some() || text.contains("_x") {
        return None;
    }
    if memchr(b'&', text.as_bytes()).is_none() {
        return Some(Cow::Borrowed(text));
    }
    let text = unescaped(text)?;
    // A letter written as a number may be one of those.
    (!text.contains('\r') && !text.contains("_x")).then_some(text)
}

/// The texts of an item up to its end tag, without what only says how it sounds.
fn rich_text<'a>(scan: &mut Scan<'a>, end: &[u8]) -> Option<Cow<'a, str>> {
    let mut found: Option<Cow<'a, str>> = None;
    let mut open = 0_u32;
    loop {
        match scan.tag()? {
            Tag::End(name) if name == end && open == 0 => return Some(found.unwrap_or_default()),
            Tag::Start(b"rPh") => {
                if !scan.is_empty()? {
                    scan.skip(b"rPh")?;
                }
            }
            Tag::Start(b"t") => {
                let ([space], is_empty) = scan.values([b"xml:space"])?;
                let text = if is_empty { Cow::Borrowed("") } else { plain_text(scan.text(b"t")?)? };
                let text = if space == Some(b"preserve") { text } else { trimmed(text) };
                found = Some(match found {
                    Some(before) => Cow::Owned(before.into_owned() + &text),
                    None => text,
                });
            }
            Tag::Start(_) => open += u32::from(!scan.is_empty()?),
            Tag::End(_) => open = open.checked_sub(1)?,
        }
    }
}

fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    const BLANKS: [char; 3] = [' ', '\t', '\n'];
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.trim_matches(BLANKS)),
        Cow::Owned(text) => Cow::Owned(text.trim_matches(BLANKS).to_owned()),
    }
}

/// The texts that cells share.
fn shared_texts(part: &[u8]) -> Option<Vec<Cow<'_, str>>> {
    let mut scan = Scan { bytes: part, at: start_of(part)? };
    let mut texts = Vec::new();
    loop {
        match scan.tag()? {
            Tag::Start(b"si") => {
                let is_empty = scan.is_empty()?;
                texts.push(if is_empty { Cow::Borrowed("") } else { rich_text(&mut scan, b"si")? });
            }
            Tag::Start(b"sst") => {
                if scan.is_empty()? {
                    return Some(texts);
                }
            }
            Tag::End(b"sst") => return Some(texts),
            _ => return None,
        }
    }
}

/// Behind the declaration of a part in UTF-8.
fn start_of(part: &[u8]) -> Option<usize> {
    let part_start = if part.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    if !part[part_start..].starts_with(b"<?xml") {
        return Some(part_start);
    }
    let end = memmem::find(part, b"?>")?;
    let head = part[..end].to_ascii_lowercase();
    let is_utf8 = memmem::find(&head, b"encoding=").is_none_or(|at| head[at + 9..].get(1..6) == Some(b"utf-8"));
    is_utf8.then_some(end + 2)
}
