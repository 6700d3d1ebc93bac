//! Why the tool cannot go on: always with the path, the reason, and a hint when there is one.
//!
//! An error is not a finding: a finding says that data is wrong, an error that
//! the work cannot be done at all (exit code 2).

use std::path::{Path, PathBuf};
use std::{fmt, io};

use crate::base::message::{Message, message};

/// The result of everything that can fail as a whole.
pub type Result<T> = std::result::Result<T, Error>;

/// Words of the system: for what happens every day a sentence of our own.
#[must_use]
pub fn system_message(problem: &io::Error) -> Message {
    use io::ErrorKind as Kind;
    match problem.kind() {
        Kind::NotFound => message!("base.system_not_found", problem),
        Kind::PermissionDenied => message!("base.system_denied", problem),
        Kind::AlreadyExists => message!("base.system_exists", problem),
        Kind::StorageFull | Kind::QuotaExceeded => message!("base.system_full", problem),
        Kind::ReadOnlyFilesystem => message!("base.system_read_only", problem),
        Kind::NotADirectory => message!("base.system_no_folder", problem),
        Kind::IsADirectory => message!("base.system_is_folder", problem),
        Kind::DirectoryNotEmpty => message!("base.system_not_empty", problem),
        Kind::InvalidFilename => message!("base.system_bad_name", problem),
        Kind::ResourceBusy | Kind::ExecutableFileBusy => message!("base.system_busy", problem),
        Kind::OutOfMemory => message!("base.system_no_memory", problem),
        Kind::InvalidData | Kind::InvalidInput => message!("base.system_invalid", problem),
        Kind::UnexpectedEof => message!("base.system_cut_short", problem),
        _ => message!("base.system_other", problem),
    }
}

/// Actions on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Read it.
    Read,
    /// Write it.
    Write,
    /// Put it in the place of another, or under another name.
    Rename,
    /// Read what was just written.
    ReadBack,
    /// Take it away.
    Remove,
    /// Keep others from writing.
    Lock,
    /// Answer a question from it.
    Query,
}

impl Action {
    fn message(self) -> Message {
        match self {
            Self::Read => message!("base.to_read"),
            Self::Write => message!("base.to_write"),
            Self::Rename => message!("base.to_rename"),
            Self::ReadBack => message!("base.to_read_back"),
            Self::Remove => message!("base.to_remove"),
            Self::Lock => message!("base.to_lock"),
            Self::Query => message!("base.to_query"),
        }
    }
}

/// Why the tool cannot go on.
#[derive(Debug)]
pub enum Error {
    /// A file or folder could not be read or written.
    Io {
        /// The action.
        action: Action,
        /// The file or folder.
        path: PathBuf,
        /// Problem told by the system.
        source: io::Error,
    },
    /// A file people write (schema, pipeline, register, mapping) is not right.
    Config {
        /// The file, as the user knows it.
        file: String,
        /// Reason, with the line where known.
        reason: Message,
        /// Action that helps.
        hint: Option<Message>,
    },
    /// A request names something that does not exist.
    Unknown {
        /// Kind of thing that was asked for: a form, a unit, a command …
        kind: Message,
        /// The name asked for.
        name: String,
        /// Action that helps.
        hint: Option<Message>,
    },
    /// Output that does not read back as it was meant; our bug or a broken disk.
    ReadBack {
        /// The file.
        path: PathBuf,
        /// The first differences.
        reason: Message,
    },
    /// A library could not do its part of the work on a file.
    Library {
        /// The action.
        action: Action,
        /// The file.
        path: PathBuf,
        /// Words of the library, or a sentence of ours.
        reason: Message,
    },
    /// Somebody else is writing where this command wants to write.
    Busy {
        /// The folder that is being written.
        path: PathBuf,
        /// The command, and whose it is; empty where nobody knows.
        holder: String,
    },
    /// A total does not fit the numbers the archive can hold.
    Overflow {
        /// Which total.
        what: Message,
    },
    /// Several things are wrong, and none of them for another.
    Several(Vec<Self>),
    /// A limit of size, time or memory was passed.
    Limit {
        /// Which, and how much there is.
        reason: Message,
        /// Action that helps.
        hint: Option<Message>,
    },
}

impl Error {
    /// An input/output error with its path.
    pub fn io(action: Action, path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_owned(), source }
    }

    /// A library's refusal, with the file it was about.
    pub fn library(action: Action, path: impl AsRef<Path>, reason: impl Into<Message>) -> Self {
        Self::Library { action, path: path.as_ref().to_owned(), reason: reason.into() }
    }

    /// A mistake in a file people write.
    pub fn config(file: impl ToString, reason: impl Into<Message>) -> Self {
        Self::Config { file: file.to_string(), reason: reason.into(), hint: None }
    }

    /// One error out of several: itself where it is the only one.
    #[must_use]
    pub fn several(mut errors: Vec<Self>) -> Self {
        if errors.len() == 1 { errors.remove(0) } else { Self::Several(errors) }
    }

    /// A limit that was passed.
    pub fn limit(reason: impl Into<Message>) -> Self {
        Self::Limit { reason: reason.into(), hint: None }
    }

    /// Adds a hint.
    #[must_use]
    pub fn with_hint(mut self, text: impl Into<Message>) -> Self {
        match &mut self {
            Self::Config { hint, .. } | Self::Unknown { hint, .. } | Self::Limit { hint, .. } => *hint = Some(text.into()),
            _ => {}
        }
        self
    }

    /// Message of the error; the words of libraries stand behind a sentence of ours.
    #[must_use]
    pub fn message(&self) -> Message {
        match self {
            Self::Io { action, path, source } => {
                message!("base.cannot", action = action.message(), path = path.display(), reason = system_message(source))
            }
            Self::Config { file, reason, .. } => message!("base.not_right", file, reason),
            Self::Unknown { kind, name, .. } => message!("base.there_is_no", kind, name),
            Self::ReadBack { path, reason } => message!("base.not_as_written", path = path.display(), reason),
            Self::Library { action, path, reason } if reason.is_plain() => {
                let (action_name, path) = (action.message(), path.display());
                match action {
                    Action::Read | Action::ReadBack => message!("base.cannot_read_damaged", action = action_name, path, reason),
                    _ => message!("base.cannot_step", action = action_name, path, reason),
                }
            }
            Self::Library { action, path, reason } => message!("base.cannot", action = action.message(), path = path.display(), reason),
            Self::Busy { path, holder } if holder.is_empty() => message!("base.in_use", path = path.display()),
            Self::Busy { path, holder } => message!("base.in_use_by", path = path.display(), holder),
            Self::Several(errors) => Message::join(&errors.iter().map(Self::message).collect::<Vec<_>>(), "\n  "),
            Self::Limit { reason, .. } => reason.clone(),
            Self::Overflow { what } => message!("base.overflow", what),
        }
    }

    /// Hint on what the user can do about it, when we know.
    #[must_use]
    pub fn hint(&self) -> Option<Message> {
        match self {
            Self::Config { hint, .. } | Self::Unknown { hint, .. } | Self::Limit { hint, .. } => hint.clone(),
            Self::Busy { .. } => Some(message!("base.wait_until_command_ended")),
            Self::Io { action: Action::Write | Action::Rename, .. } => Some(message!("base.close_file_if_open")),
            _ => None,
        }
    }
}

/// In English, for logs and other programs; people are shown [`Error::message`] in their language.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message().en())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}

/// The name among `known` that `wanted` was probably meant to be.
#[must_use]
pub fn closest<'a>(wanted: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::jaro_winkler(wanted, name), name))
        .filter(|(score, _)| *score > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0).then_with(|| b.1.cmp(a.1)))
        .map(|(_, name)| name)
}
