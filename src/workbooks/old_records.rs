//! The records of an old workbook: the container they stand in, and where each sheet begins.
//!
//! Oddities end the look with nothing: whether the file can be read at all, the spreadsheet library says.

/// Beginning of a part of the stream, and its end.
pub const PART: u16 = 0x0809;
pub const PART_END: u16 = 0x000A;
/// Where a sheet begins in the stream.
pub const SHEET: u16 = 0x0085;
/// Bytes before the data of a record: its kind and its length.
const RECORD: usize = 4;

/// Bytes of the container's heading, and of an entry of its directory.
const HEADING: usize = 512;
const ENTRY: usize = 128;
/// Streams shorter than this stand in the small sectors.
const SMALL_STREAM: usize = 4096;
const SMALL_SECTOR: usize = 64;
/// Sectors from here on are marks: the end, a free one.
const MARKS: u32 = 0xFFFF_FFFA;
/// Sectors of the table of sectors that the heading itself names.
const TABLE_IN_HEADING: usize = 109;

/// Records from the beginning of a sheet to its end; charts within have records of their own.
pub fn each_of_sheet<'a>(stream: &'a [u8], start: usize, mut take: impl FnMut(u16, &'a [u8])) {
    let mut depth = 0_usize;
    for (kind, data) in OldRecords::from(stream, start) {
        match kind {
            PART => depth += 1,
            PART_END if depth <= 1 => return,
            PART_END => depth -= 1,
            _ if depth == 1 => take(kind, data),
            _ => {}
        }
    }
}

/// The records of a stream, one after the other.
pub struct OldRecords<'a> {
    stream: &'a [u8],
    at: usize,
}

impl<'a> OldRecords<'a> {
    pub const fn from(stream: &'a [u8], at: usize) -> Self {
        Self { stream, at }
    }
}

impl<'a> Iterator for OldRecords<'a> {
    type Item = (u16, &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let (kind, length) = (u16_at(self.stream, self.at)?, u16_at(self.stream, self.at.checked_add(2)?)?);
        let first = self.at.checked_add(RECORD)?;
        let end = first.checked_add(usize::from(length))?;
        let data = self.stream.get(first..end)?;
        self.at = end;
        Some((kind, data))
    }
}

/// Sectors of one size, each with the number of the next.
struct Sectors<'a> {
    bytes: &'a [u8],
    /// Where the first one begins.
    first: usize,
    size: usize,
    next: Vec<u32>,
}

impl Sectors<'_> {
    fn get(&self, sector: u32) -> Option<&[u8]> {
        let start = (sector as usize).checked_mul(self.size)?.checked_add(self.first)?;
        // The last one may be cut short.
        let end = start.checked_add(self.size)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    /// A row of sectors; one that comes back to itself is none.
    fn chain(&self, start: u32) -> Option<Vec<u8>> {
        let (mut stream, mut at, mut left) = (Vec::new(), start, self.bytes.len() / self.size + 1);
        while at < MARKS {
            left = left.checked_sub(1)?;
            stream.extend_from_slice(self.get(at)?);
            at = *self.next.get(at as usize)?;
        }
        Some(stream)
    }
}

/// The stream of records in the container.
pub fn workbook_stream(bytes: &[u8]) -> Option<Vec<u8>> {
    let size = match u16_at(bytes, 30)? {
        9 => 512,
        12 => 4096,
        _ => return None,
    };
    let mut sectors = Sectors { bytes, first: size, size, next: Vec::new() };
    let tables = tables(bytes, &sectors)?;
    sectors.next = tables.into_iter().filter_map(|table| sectors.get(table)).flat_map(numbers).collect();
    let directory = sectors.chain(u32_at(bytes, 48)?)?;
    let entries = || directory.chunks_exact(ENTRY);
    let is_named = |entry: &&[u8], name: &str| {
        let letters = name.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        entry.get(..letters.len()).is_some_and(|own| own.eq_ignore_ascii_case(&letters))
    };
    let entry = ["Workbook", "Book"].iter().find_map(|name| entries().find(|entry| is_named(entry, name)))?;
    let (start, length) = (u32_at(entry, 116)?, u32_at(entry, 120)? as usize);
    let mut stream = if length < SMALL_STREAM {
        let small = sectors.chain(u32_at(entries().next()?, 116)?)?;
        let next = numbers(&sectors.chain(u32_at(bytes, 60)?)?).collect();
        Sectors { bytes: &small, first: 0, size: SMALL_SECTOR, next }.chain(start)?
    } else {
        sectors.chain(start)?
    };
    stream.truncate(length);
    Some(stream)
}

/// Sectors that hold the table of which sector follows which.
fn tables(bytes: &[u8], sectors: &Sectors<'_>) -> Option<Vec<u32>> {
    let heading = bytes.get(HEADING - 4 * TABLE_IN_HEADING..HEADING)?;
    let mut tables: Vec<u32> = numbers(heading).collect();
    let (mut more, mut left) = (u32_at(bytes, 68)?, bytes.len() / sectors.size);
    while more < MARKS {
        left = left.checked_sub(1)?;
        tables.extend(numbers(sectors.get(more)?));
        more = tables.pop()?;
    }
    tables.retain(|table| *table < MARKS);
    Some(tables)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> + '_ {
    bytes.chunks_exact(4).map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]))
}

pub fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

pub fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Old workbooks put together by tests.
#[cfg(test)]
pub mod made {
    /// A container with one stream in its large sectors: table, directory, stream.
    pub fn container(stream: &[u8]) -> Vec<u8> {
        let sectors = stream.len().div_ceil(512);
        let mut bytes = vec![0; 512];
        bytes[30] = 9;
        bytes[48..52].copy_from_slice(&1_u32.to_le_bytes());
        bytes[68..72].copy_from_slice(&u32::MAX.to_le_bytes());
        bytes[76..512].fill(0xFF);
        bytes[76..80].copy_from_slice(&0_u32.to_le_bytes());
        let mut next = vec![u32::MAX - 2, u32::MAX - 1];
        next.extend((0..sectors).map(|at| if at + 1 < sectors { u32::try_from(at).unwrap() + 3 } else { u32::MAX - 1 }));
        next.resize(128, u32::MAX);
        bytes.extend(next.iter().flat_map(|number| number.to_le_bytes()));
        let mut directory = vec![0; 512];
        let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
        directory[128..128 + name.len()].copy_from_slice(&name);
        directory[128 + 116..128 + 120].copy_from_slice(&2_u32.to_le_bytes());
        directory[128 + 120..128 + 124].copy_from_slice(&u32::try_from(stream.len()).unwrap().to_le_bytes());
        bytes.extend(directory);
        bytes.extend(stream);
        bytes.resize(bytes.len().div_ceil(512) * 512, 0);
        bytes
    }

    /// A record of a kind.
    pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        [&kind.to_le_bytes()[..], &u16::try_from(data.len()).unwrap().to_le_bytes(), data].concat()
    }
}
