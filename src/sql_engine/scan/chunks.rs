//! The bytes of a row group's columns, each column read at once when it is first asked for.
//!
//! Read page by page a file is asked for its place, copied and asked again some twenty thousand times for a question over ten years; a
//! column of a row group is some ten kilobytes.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use bytes::{Buf as _, Bytes};
use datafusion::parquet::errors::Result;
use datafusion::parquet::file::metadata::RowGroupMetaData;
use datafusion::parquet::file::reader::{ChunkReader, Length};

/// A row group of a file.
#[derive(Debug)]
pub(super) struct Chunks {
    file: Mutex<File>,
    len: u64,
    columns: Vec<Chunk>,
}

/// The bytes of a column.
#[derive(Debug)]
struct Chunk {
    range: Range<u64>,
    bytes: OnceLock<Bytes>,
}

impl Chunks {
    /// Opens a row group of a file.
    pub fn open(path: &Path, group: &RowGroupMetaData) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let len = file.metadata()?.len();
        let range = |(start, length): (u64, u64)| start..start.saturating_add(length).min(len);
        let columns = group.columns().iter().map(|column| Chunk { range: range(column.byte_range()), bytes: OnceLock::new() });
        Ok(Self { file: Mutex::new(file), len, columns: columns.collect() })
    }

    /// The bytes from a place to the end of the column that it is in.
    fn from(&self, start: u64) -> std::io::Result<Bytes> {
        let Some(column) = self.columns.iter().find(|column| column.range.contains(&start)) else {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        };
        let bytes = match column.bytes.get() {
            Some(known) => known,
            None => {
                let read = self.read(&column.range)?;
                column.bytes.get_or_init(|| read)
            }
        };
        Ok(bytes.slice(usize::try_from(start - column.range.start).unwrap_or(usize::MAX).min(bytes.len())..))
    }

    fn read(&self, range: &Range<u64>) -> std::io::Result<Bytes> {
        let mut bytes = vec![0; usize::try_from(range.end - range.start).map_err(std::io::Error::other)?];
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(&mut bytes)?;
        Ok(bytes.into())
    }
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Chunks {
    type T = bytes::buf::Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let bytes = self.from(start)?;
        if bytes.len() < length {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        Ok(bytes.slice(..length))
    }
}
