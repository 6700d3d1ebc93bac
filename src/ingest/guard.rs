//! What is checked of a file before the spreadsheet library may parse it.
//!
//! Workbooks come from anywhere. A small zip can inflate to gigabytes, and a
//! forged count makes the library reserve more memory than there is, which ends
//! the program. So the zip directory is read first; then every XML part is
//! inflated once, which verifies its checksum (the library stops at the last
//! cell, before the checksum) and shows the few things it believes blindly. The
//! library gets the parts as they were inflated here.

use std::borrow::Cow;
use std::collections::HashSet;
use std::io::Cursor;
use std::time::Duration;

use memchr::memmem;
use quick_xml::events::{BytesStart, Event};

use super::package::Package;
use super::raw::RawProblem;

/// Largest file read at all.
pub const MAX_FILE: u64 = 64 << 20;
/// Largest inflated part of a package.
pub const MAX_ENTRY: u64 = 64 << 20;
/// Largest inflated package.
pub const MAX_TOTAL: u64 = 200 << 20;
/// Largest ratio of inflated to stored size, for parts above [`RATIO_FROM`].
pub const MAX_RATIO: u64 = 200;
/// Parts below this size may have any ratio: styles of empty rows compress well.
pub const RATIO_FROM: u64 = 8 << 20;
/// Parts of a package.
pub const MAX_ENTRIES: usize = 2_000;
/// Memory that the cell styles may take once the library has expanded them.
pub const MAX_STYLES: usize = 256 << 20;
/// How long the reader may work on one file.
pub const MAX_TIME: Duration = Duration::from_mins(1);

/// Room for parts is reserved up to so many times the size of the file; beyond, it grows.
const USUAL_RATIO: usize = 20;
/// Room for the headings of a package, enough for most.
const HEADINGS: usize = 8 << 10;
/// Bytes of the shortest shared text worth the name, `<si><t/>`.
const SHARED_TEXT: u64 = 8;
/// Bytes of the shortest cell style, `<xf>` (its end is not asked for).
const CELL_STYLE_TAG: usize = 4;
/// Bytes one cell style takes in the library, without its texts.
const CELL_STYLE: usize = 512;

/// A zip archive in memory.
pub type Archive<'a> = zip::ZipArchive<Cursor<&'a [u8]>>;
type Xml<'a> = quick_xml::Reader<&'a [u8]>;

/// The format of a file, told by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML.
    Xlsx,
    /// The binary format of 1997.
    Xls,
    /// OpenDocument.
    Ods,
}

/// A file that may be parsed.
#[derive(Debug)]
pub struct Inspected<'a> {
    /// Its format.
    pub format: Format,
    /// What to parse: the file itself, or the package with its parts inflated.
    pub bytes: Cow<'a, [u8]>,
}

/// A file whose directory is within the limits; its parts are not looked at yet.
pub enum Opened<'a> {
    /// An OLE container.
    Old,
    /// A zip package.
    Package(OpenedPackage<'a>),
}

/// A zip package whose directory is within the limits.
pub struct OpenedPackage<'a> {
    /// Its format.
    pub format: Format,
    /// Its parts: the declared sizes are within the limits, and they bind.
    pub archive: Archive<'a>,
    /// Their names as they are looked up.
    names: Vec<String>,
    /// Size of all parts, as declared.
    total: u64,
}

/// Tells the format and refuses what is unsafe to parse.
///
/// # Errors
/// [`RawProblem`] naming the limit, or what the file is instead of a workbook.
pub fn inspect(bytes: &[u8]) -> Result<Inspected<'_>, RawProblem> {
    match open(bytes)? {
        Opened::Old => Ok(Inspected { format: Format::Xls, bytes: Cow::Borrowed(bytes) }),
        Opened::Package(OpenedPackage { format, mut archive, names, total }) => {
            // The declared size may be forged.
            let room = usize::try_from(total).unwrap_or(0).min(bytes.len().saturating_mul(USUAL_RATIO));
            let package = inflate(&mut archive, &names, Package::with_capacity(room + HEADINGS))?;
            Ok(Inspected { format, bytes: Cow::Owned(package) })
        }
    }
}

/// Said of a file that is not read at all.
pub fn too_large(bytes: u64) -> String {
    format!("the file has {bytes} bytes, and at most {MAX_FILE} are read")
}

/// Tells the format and checks the directory, without inflating anything.
///
/// # Errors
/// As for [`inspect`], but for what only the content of parts shows.
pub fn open(bytes: &[u8]) -> Result<Opened<'_>, RawProblem> {
    if bytes.len() as u64 > MAX_FILE {
        return Err(RawProblem::Hostile(too_large(bytes.len() as u64)));
    }
    if bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return open_container(bytes);
    }
    if !bytes.starts_with(b"PK") {
        return Err(RawProblem::Unreadable("it is not a workbook (neither zip nor xls)".to_owned()));
    }
    open_zip(bytes).map(Opened::Package)
}

/// An OLE container is an old workbook, or a password around a new one.
fn open_container(bytes: &[u8]) -> Result<Opened<'_>, RawProblem> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if memmem::find(bytes, &name).is_some() {
        return Err(RawProblem::Encrypted);
    }
    Ok(Opened::Old)
}

fn open_zip(bytes: &[u8]) -> Result<OpenedPackage<'_>, RawProblem> {
    // Counted before the zip library builds its own list, which costs memory per entry.
    let entries = memmem::find_iter(bytes, b"PK\x01\x02").take(MAX_ENTRIES + 1).count();
    if entries > MAX_ENTRIES {
        return Err(RawProblem::Hostile(format!("the package has more than {MAX_ENTRIES} parts")));
    }
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).map_err(|e| unreadable(&e))?;
    let (names, total) = check_directory(bytes, &mut archive)?;
    if names.iter().any(|name| name == "xl/workbook.bin") {
        return Err(RawProblem::Unreadable("the xlsb format is not supported; save it as .xlsx".to_owned()));
    }
    let format = if names.iter().any(|name| name == "content.xml") { Format::Ods } else { Format::Xlsx };
    Ok(OpenedPackage { format, archive, names, total })
}

/// Inflates and checks every part, into a package without compression.
fn inflate(archive: &mut Archive<'_>, names: &[String], mut package: Package) -> Result<Vec<u8>, RawProblem> {
    for (index, name) in names.iter().enumerate() {
        // Other parts (pictures, printer settings) are not parsed: one that is damaged is left out.
        let is_parsed = name.ends_with(".xml") || name.ends_with(".rels");
        let mut entry = match archive.by_index(index) {
            Ok(entry) => entry,
            Err(problem) if is_parsed => return Err(unreadable_part(name, &problem)),
            Err(_) => continue,
        };
        let own_name = entry.name().map_err(|e| unreadable(&e))?.into_owned();
        let checksum = entry.crc32();
        match package.add(&own_name, checksum, &mut entry) {
            Ok(part) if is_parsed => check_part(name, part)?,
            Err(problem) if is_parsed => return Err(unreadable_part(name, &problem)),
            _ => {}
        }
    }
    Ok(package.finish())
}

fn unreadable(problem: &dyn std::fmt::Display) -> RawProblem {
    RawProblem::Unreadable(problem.to_string())
}

fn unreadable_part(name: &str, problem: &dyn std::fmt::Display) -> RawProblem {
    RawProblem::Unreadable(format!("part `{name}`: {problem}"))
}

/// Checks sizes, ratios and repeated names of the zip directory.
///
/// Gives the names as the spreadsheet library looks them up, in lower case with
/// forward slashes, and the size of all parts. The declared sizes bind: the zip
/// library stops beyond them.
fn check_directory(bytes: &[u8], archive: &mut Archive<'_>) -> Result<(Vec<String>, u64), RawProblem> {
    let hostile = |what: String| Err(RawProblem::Hostile(what));
    if declared_entries(bytes).is_some_and(|declared| declared != archive.len() as u64) {
        return Err(RawProblem::Unreadable("two parts of the package have the same name".to_owned()));
    }
    let (mut names, mut seen) = (Vec::new(), HashSet::new());
    let mut total: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| unreadable(&e))?;
        let name = entry.name().map_err(|e| unreadable(&e))?.replace('\\', "/").to_lowercase();
        let (size, stored) = (entry.size(), entry.compressed_size());
        if entry.encrypted() {
            return Err(RawProblem::Encrypted);
        }
        total = total.saturating_add(size);
        if size > MAX_ENTRY || total > MAX_TOTAL {
            return hostile(format!("part `{name}` inflates to {size} bytes, {total} in all"));
        }
        if size > RATIO_FROM && size / stored.max(1) > MAX_RATIO {
            return hostile(format!("part `{name}` inflates {} times", size / stored.max(1)));
        }
        if !seen.insert(name.clone()) {
            return Err(RawProblem::Unreadable(format!("two parts of the package are named `{name}`")));
        }
        names.push(name);
    }
    Ok((names, total))
}

/// The number of entries that the zip's last record declares.
fn declared_entries(bytes: &[u8]) -> Option<u64> {
    let tail = &bytes[bytes.len().saturating_sub(66_000)..];
    let at = memmem::rfind(tail, b"PK\x05\x06")?;
    let count = u16::from_le_bytes(tail.get(at + 10..at + 12)?.try_into().ok()?);
    if count != u16::MAX {
        return Some(u64::from(count));
    }
    // This value sends the reader to the record of large archives, which stands before.
    let large = memmem::rfind(&tail[..at], b"PK\x06\x06")?;
    Some(u64::from_le_bytes(tail.get(large + 32..large + 40)?.try_into().ok()?))
}

/// Checks one XML part, inflated.
fn check_part(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    // What people and programs attach is never parsed, and may be anything.
    if !name.starts_with("customxml/") && !name.starts_with("docprops/") {
        check_document_type(name, part)?;
    }
    // By the end of the name: a package may keep its parts in any folder.
    if name.ends_with("sharedstrings.xml") {
        check_shared_texts(name, part)
    } else if name.ends_with("styles.xml") {
        check_styles(name, part)
    } else if name == "content.xml" {
        check_nesting(name, part)
    } else {
        Ok(())
    }
}

/// A document type stands before the root element or nowhere. What it declares is
/// never expanded, so that entity bombs do no harm, but no office program writes one.
fn check_document_type(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    loop {
        match xml.read_event() {
            Ok(Event::DocType(_)) => {
                return Err(RawProblem::Hostile(format!("part `{name}` declares a document type")));
            }
            // What is wrong with a part is said by the library, if it needs the part at all.
            Ok(Event::Start(_) | Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

/// An XML reader set up as the spreadsheet library sets up its own, so that both see the same.
fn xml_reader(part: &[u8]) -> Xml<'_> {
    let mut xml = quick_xml::Reader::from_reader(part);
    let config = xml.config_mut();
    config.check_end_names = false;
    config.expand_empty_elements = true;
    xml
}

fn next_event<'a>(name: &str, xml: &mut Xml<'a>) -> Result<Event<'a>, RawProblem> {
    xml.read_event().map_err(|e| unreadable_part(name, &e))
}

/// The library reserves room for as many shared texts as the first `sst` element says.
fn check_shared_texts(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    loop {
        match next_event(name, &mut xml)? {
            Event::Start(start) if start.local_name().as_ref() == "sst" => {
                return check_count(name, &start, part.len() as u64);
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Every number that a tag gives as `uniqueCount`, however it is spaced and quoted.
///
/// The text of the tag is searched rather than its attributes: what two parsers
/// take for an attribute differs in odd cases, and only the library's view counts.
fn check_count(name: &str, start: &BytesStart<'_>, size: u64) -> Result<(), RawProblem> {
    for after in start.split("uniqueCount").skip(1) {
        let digits: &str = after.trim_start_matches(|c: char| c.is_ascii_whitespace() || "='\"+".contains(c));
        let digits = digits.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let forged = digits.parse::<u64>().map_or(!digits.is_empty(), |count| count > size / SHARED_TEXT + 1_000);
        if forged {
            return Err(RawProblem::Hostile(format!("part `{name}` declares {digits} shared texts in {size} bytes")));
        }
    }
    Ok(())
}

/// The library copies the font name and the number format into every cell style:
/// many styles with one long name would take gigabytes.
fn check_styles(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    // At worst it is all styles, or all one name.
    if (part.len() / CELL_STYLE_TAG).saturating_mul(2 * part.len() + CELL_STYLE) <= MAX_STYLES {
        return Ok(());
    }
    let mut xml = xml_reader(part);
    let (mut styles, mut longest) = (0_usize, 0);
    loop {
        match next_event(name, &mut xml)? {
            // The root element has long namespaces and no styles.
            Event::Start(start) if start.local_name().as_ref() == "styleSheet" => {}
            Event::Start(start) => {
                styles += usize::from(start.local_name().as_ref() == "xf");
                longest = longest.max(start.len());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    let memory = styles.saturating_mul(2 * longest + CELL_STYLE);
    if memory > MAX_STYLES {
        return Err(RawProblem::Hostile(format!("part `{name}` has {styles} styles of up to {longest} bytes")));
    }
    Ok(())
}

/// The library waits forever for the end tag of a table that is never closed.
fn check_nesting(name: &str, part: &[u8]) -> Result<(), RawProblem> {
    let mut xml = xml_reader(part);
    xml.config_mut().check_end_names = true;
    let mut depth = 0_u64;
    loop {
        match next_event(name, &mut xml)? {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            Event::Eof if depth == 0 => return Ok(()),
            Event::Eof => return Err(unreadable_part(name, &"it ends in the middle of an element")),
            _ => {}
        }
    }
}
