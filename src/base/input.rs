//! The one door by which people's files come in: only files, and none larger than what is read into memory.
//!
//! Names are looked at on the disk before they are opened: a pipe would wait forever, a device never ends, a
//! file of gigabytes takes the machine with it. Reading stops at the limit also where the file grows meanwhile.

use std::collections::HashSet;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::base::error::{Action, Error, Result, system_message};
use crate::base::message::{Message, message};

/// Largest text that people write by hand: a pipeline, a form, a mapping, a rule file.
pub const MAX_TEXT: u64 = 16 << 20;
/// Largest list, register or other table of text.
pub const MAX_TABLE: u64 = 1 << 30;

/// Kinds of thing that a name leads to and that are no file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InputKind {
    /// A folder.
    Folder,
    /// A pipe with a name.
    Pipe,
    /// A socket.
    Socket,
    /// A device, such as a disk or an endless row of zeros.
    Device,
    /// Something else of the system.
    Other,
}

impl InputKind {
    fn of(known: &Metadata) -> Option<Self> {
        if known.is_file() {
            return None;
        }
        Some(if known.is_dir() { Self::Folder } else { special(known) })
    }

    /// The name used in the rule catalogue.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Folder => "folder",
            Self::Pipe => "pipe",
            Self::Socket => "socket",
            Self::Device => "device",
            Self::Other => "special-file",
        }
    }

    fn words(self) -> Message {
        match self {
            Self::Folder => message!("base.folder_not_file"),
            Self::Pipe => message!("base.pipe_not_file"),
            Self::Socket => message!("base.socket_not_file"),
            Self::Device => message!("base.device_not_file"),
            Self::Other => message!("base.no_file"),
        }
    }
}

#[cfg(unix)]
fn special(known: &Metadata) -> InputKind {
    use std::os::unix::fs::FileTypeExt as _;
    let kind = known.file_type();
    match (kind.is_fifo(), kind.is_socket(), kind.is_block_device() || kind.is_char_device()) {
        (true, ..) => InputKind::Pipe,
        (_, true, _) => InputKind::Socket,
        (.., true) => InputKind::Device,
        _ => InputKind::Other,
    }
}

#[cfg(not(unix))]
fn special(_: &Metadata) -> InputKind {
    InputKind::Other
}

/// Why a file was not read.
#[derive(Debug)]
pub enum Refusal {
    /// Problem told by the system.
    System(io::Error),
    /// It is no file; it was not opened.
    NotAFile(InputKind),
    /// It has more bytes than are read.
    TooLarge {
        /// Bytes, as far as known.
        size: u64,
        /// Bytes that are read at most.
        limit: u64,
    },
}

impl Refusal {
    /// The refusal in both languages.
    #[must_use]
    pub fn words(&self) -> Message {
        match self {
            Self::System(problem) => system_message(problem),
            Self::NotAFile(kind) => kind.words(),
            Self::TooLarge { size, limit } => message!("base.file_bytes_most_read", size, limit),
        }
    }

    /// The refusal as an error about a file.
    #[must_use]
    pub fn about(self, path: &Path) -> Error {
        let words = match self {
            Self::System(problem) => return Error::io(Action::Read, path, problem),
            other => other.words(),
        };
        let path = path.display();
        Error::limit(message!("base.cannot_read", path, words))
    }
}

/// A file that is read up to a limit.
#[derive(Debug)]
pub struct Input {
    file: io::Take<File>,
    /// Bytes when it was opened.
    size: u64,
    limit: u64,
}

impl Input {
    /// Opens a file for reading, if it is one and not too large.
    ///
    /// # Errors
    /// Why not.
    pub fn open(path: &Path, limit: u64) -> std::result::Result<Self, Refusal> {
        let check = |known: &Metadata| match InputKind::of(known) {
            Some(kind) => Err(Refusal::NotAFile(kind)),
            None if known.len() > limit => Err(Refusal::TooLarge { size: known.len(), limit }),
            None => Ok(known.len()),
        };
        check(&std::fs::metadata(path).map_err(Refusal::System)?)?;
        let file = File::open(path).map_err(Refusal::System)?;
        // The name may lead elsewhere by now.
        let size = check(&file.metadata().map_err(Refusal::System)?)?;
        Ok(Self { file: file.take(limit.saturating_add(1)), size, limit })
    }

    /// Bytes when it was opened.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// All of it.
    ///
    /// # Errors
    /// When it cannot be read, or has grown beyond the limit.
    pub fn bytes(mut self) -> std::result::Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or(0).saturating_add(1));
        self.read_to_end(&mut bytes).map_err(Refusal::System)?;
        Ok(bytes)
    }
}

impl Read for Input {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let length = self.file.read(bytes)?;
        if length > 0 && self.file.limit() == 0 {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, message!("base.grew_beyond_bytes", limit = self.limit).en()));
        }
        Ok(length)
    }
}

/// The bytes of a file.
///
/// # Errors
/// When it is none, is too large or cannot be read.
pub fn read_bytes(path: &Path, limit: u64) -> Result<Vec<u8>> {
    Input::open(path, limit).and_then(Input::bytes).map_err(|refusal| refusal.about(path))
}

/// The text of a file that people write by hand.
///
/// # Errors
/// When it is none, is too large, cannot be read or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String> {
    let bytes = read_bytes(path, MAX_TEXT)?;
    String::from_utf8(bytes).map_err(|e| Error::io(Action::Read, path, io::Error::new(io::ErrorKind::InvalidData, e.utf8_error())))
}

/// Lets only places on this machine pass: some libraries take a name with a scheme for an address on the network.
///
/// # Errors
/// When it is an address.
pub fn on_this_machine(path: &Path) -> Result<()> {
    let text = path.to_string_lossy();
    if !text.contains("://") {
        return Ok(());
    }
    Err(Error::limit(message!("base.address_network_only_files", text)))
}

/// Files and folders that were come to already, by whatever name.
#[derive(Debug, Default)]
pub struct Seen(HashSet<Identity>);

#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

impl Seen {
    /// True the first time that a file or folder is come to; true also for what cannot be looked at, which others tell.
    pub fn is_new(&mut self, path: &Path) -> bool {
        identity(path).is_none_or(|identity| self.0.insert(identity))
    }

    /// True for what was come to before.
    #[must_use]
    pub fn knows(&self, path: &Path) -> bool {
        identity(path).is_some_and(|identity| self.0.contains(&identity))
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|known| (known.dev(), known.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Option<Identity> {
    std::fs::canonicalize(path).ok()
}

/// Kind of a thing that is no file and no folder.
#[must_use]
pub fn special_kind(path: &Path) -> Option<InputKind> {
    let known = std::fs::metadata(path).ok()?;
    InputKind::of(&known).filter(|kind| *kind != InputKind::Folder)
}

/// The names in a folder, in order: those that lead elsewhere apart, for they may lead to what stands here too.
///
/// # Errors
/// When the folder cannot be read.
pub fn entries(folder: &Path) -> io::Result<(Vec<PathBuf>, Vec<PathBuf>)> {
    let (mut own, mut links) = (Vec::new(), Vec::new());
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let is_link = entry.file_type().is_ok_and(|kind| kind.is_symlink());
        if is_link { links.push(entry.path()) } else { own.push(entry.path()) }
    }
    own.sort();
    links.sort();
    Ok((own, links))
}

/// Lets a library read a file where it may panic over a damaged one: that costs the file, and is told.
///
/// # Errors
/// Refusals of `read`; also when it panicked.
pub fn surviving<T>(action: Action, path: &Path, read: impl FnOnce() -> Result<T>) -> Result<T> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        // A sound file does it too, where it holds a kind of data that the library does not know.
        let reason = message!("base.reader_gave_up_damaged");
        Err(Error::library(action, path, reason))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_grows_is_read_up_to_the_limit() {
        let folder = std::env::temp_dir().join(format!("tkgd-input-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a");
        std::fs::write(&path, [7; 100]).unwrap();
        assert_eq!(read_bytes(&path, 100).unwrap(), [7; 100]);
        assert!(matches!(Input::open(&path, 99), Err(Refusal::TooLarge { size: 100, limit: 99 })));
        let input = Input::open(&path, 100).unwrap();
        std::fs::write(&path, [7; 200]).unwrap();
        assert!(matches!(input.bytes(), Err(Refusal::System(_))));
        assert!(matches!(Input::open(&folder, 100), Err(Refusal::NotAFile(InputKind::Folder))));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn addresses_are_no_places_on_this_machine() {
        for text in ["http://127.0.0.1/a", "s3://a/b", "file:///etc", "C://x"] {
            assert!(on_this_machine(Path::new(text)).is_err(), "{text}");
        }
        assert!(on_this_machine(Path::new("C:/kho/năm=2025")).is_ok());
    }
}
