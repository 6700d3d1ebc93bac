//! Where an answer waits until all of it is there: in memory while it is small, then in a file without a name.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};

/// Bytes that wait in memory.
const IN_MEMORY: usize = 8 << 20;
/// Names that are tried for the file.
const ATTEMPTS: u32 = 100;

/// Rows written so far.
#[derive(Default)]
pub struct Spool {
    memory: Vec<u8>,
    file: Option<File>,
}

impl Spool {
    /// Everything that was written.
    ///
    /// # Errors
    /// When the file cannot be read, or `out` takes no more.
    pub fn hand_on(mut self, out: &mut dyn Write) -> io::Result<()> {
        if let Some(file) = &mut self.file {
            file.seek(SeekFrom::Start(0))?;
            let mut chunk = vec![0; 1 << 16];
            loop {
                let length = file.read(&mut chunk)?;
                if length == 0 {
                    break;
                }
                out.write_all(&chunk[..length])?;
            }
        }
        out.write_all(&self.memory)
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.memory.extend_from_slice(bytes);
        if self.memory.len() > IN_MEMORY {
            let file = match &mut self.file {
                Some(file) => file,
                none => none.insert(nameless()?),
            };
            file.write_all(&self.memory)?;
            self.memory.clear();
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A file that is gone with whoever holds it, in whatever way that ends.
fn nameless() -> io::Result<File> {
    let folder = std::env::temp_dir();
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    // FILE_FLAG_DELETE_ON_CLOSE
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0400_0000);
    for attempt in 0..ATTEMPTS {
        let path = folder.join(format!(".tkgd-{}-{attempt}", std::process::id()));
        match options.open(&path) {
            Ok(file) => {
                #[cfg(unix)]
                std::fs::remove_file(&path)?;
                return Ok(file);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::Error::from(io::ErrorKind::AlreadyExists))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_handed_on_whole_and_in_order() {
        for size in [0, 1, IN_MEMORY, IN_MEMORY + 1, 3 * IN_MEMORY + 7] {
            let bytes: Vec<u8> = (0..=250).cycle().take(size).collect();
            let mut spool = Spool::default();
            for chunk in bytes.chunks(100_003) {
                spool.write_all(chunk).unwrap();
            }
            assert_eq!(spool.file.is_some(), size > IN_MEMORY);
            let mut out = Vec::new();
            spool.hand_on(&mut out).unwrap();
            assert!(out == bytes, "{size}");
        }
    }
}
