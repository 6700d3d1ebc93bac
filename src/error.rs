//! Why the tool cannot go on: always with the path, the reason, and a hint when there is one.
//!
//! An error is not a finding: a finding says that data is wrong, an error that
//! the work cannot be done at all (exit code 2).

use std::io;
use std::path::{Path, PathBuf};

use crate::message::{Message, message};

/// The result of everything that can fail as a whole.
pub type Result<T> = std::result::Result<T, Error>;

/// What the system says, in both languages: for what happens every day a sentence of our own.
#[must_use]
pub fn system_words(problem: &io::Error) -> Message {
    use io::ErrorKind as Kind;
    let own = match problem.kind() {
        Kind::NotFound => "không có tệp hay thư mục này",
        Kind::PermissionDenied => "không có quyền với tệp hay thư mục này",
        Kind::AlreadyExists => "đã có tệp hay thư mục mang tên này",
        Kind::StorageFull | Kind::QuotaExceeded => "đĩa đầy hoặc hết hạn mức",
        Kind::ReadOnlyFilesystem => "đĩa chỉ cho đọc",
        Kind::NotADirectory => "một phần của đường dẫn không phải là thư mục",
        Kind::IsADirectory => "đây là thư mục, không phải tệp",
        Kind::DirectoryNotEmpty => "thư mục không trống",
        Kind::InvalidFilename => "tên tệp quá dài hoặc không hợp lệ",
        Kind::ResourceBusy | Kind::ExecutableFileBusy => "tệp đang được chương trình khác dùng",
        Kind::OutOfMemory => "máy hết bộ nhớ",
        Kind::InvalidData | Kind::InvalidInput => {
            return Message::both(format!("nội dung không đúng dạng ({problem})"), problem.to_string());
        }
        Kind::UnexpectedEof => return Message::both(format!("tệp bị cắt ngang ({problem})"), problem.to_string()),
        _ => return Message::both(format!("hệ thống báo lỗi ({problem})"), problem.to_string()),
    };
    Message::both(own, problem.to_string())
}

/// Why the tool cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} `{}`: {source}", path.display())]
    Io {
        /// What was being done: `read`, `write`, `rename` …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file people write (schema, pipeline, register, mapping) is not right.
    #[error("`{file}` is not right: {}", reason.en())]
    Config {
        /// The file, as the user knows it.
        file: String,
        /// What is wrong, with the line where known.
        reason: Message,
        /// What to do about it.
        hint: Option<Message>,
    },
    /// A request names something that does not exist.
    #[error("there is no {kind} `{name}`")]
    Unknown {
        /// What was asked for: `form`, `unit`, `command` …
        kind: &'static str,
        /// The name asked for.
        name: String,
        /// What to do about it.
        hint: Option<Message>,
    },
    /// What was written does not read back as what was meant; our bug or a broken disk.
    #[error("`{}` does not read back as written: {reason}", path.display())]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// The first differences.
        reason: String,
    },
    /// A library could not do its part of the work on a file.
    #[error("cannot {action} `{}`: {}", path.display(), reason.en())]
    Library {
        /// What was being done.
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the library said, or a sentence of ours.
        reason: Message,
    },
    /// Somebody else is writing where this command wants to write.
    #[error("`{}` is in use{}", path.display(), held_by(holder))]
    Busy {
        /// The folder that is being written.
        path: PathBuf,
        /// The command, and whose it is; empty where nobody knows.
        holder: String,
    },
    /// A total does not fit the numbers the archive can hold.
    #[error("the total of {what} is too large to be held exactly")]
    Overflow {
        /// Which total.
        what: String,
    },
    /// Several things are wrong, and none of them for another.
    #[error("{}", listed(.0, ToString::to_string))]
    Several(Vec<Self>),
    /// A limit of size, time or memory was passed.
    #[error("{}", reason.en())]
    Limit {
        /// Which, and how much there is.
        reason: Message,
        /// What to do about it.
        hint: Option<Message>,
    },
}

impl Error {
    /// An input/output error with its path.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_owned(), source }
    }

    /// A library's refusal, with the file it was about.
    pub fn library(action: &'static str, path: impl AsRef<Path>, reason: impl Into<Message>) -> Self {
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

    /// The same error with a hint.
    #[must_use]
    pub fn with_hint(mut self, text: impl Into<Message>) -> Self {
        match &mut self {
            Self::Config { hint, .. } | Self::Unknown { hint, .. } | Self::Limit { hint, .. } => *hint = Some(text.into()),
            _ => {}
        }
        self
    }

    /// The error in Vietnamese; what libraries say stands in brackets, as they say it.
    #[must_use]
    pub fn message_vi(&self) -> String {
        match self {
            Self::Io { action, path, source } => {
                format!("không {} được `{}`: {}", action_vi(action), path.display(), system_words(source).vi())
            }
            Self::Config { file, reason, .. } => format!("`{file}` chưa đúng: {}", reason.vi()),
            Self::Unknown { kind, name, .. } => format!("không có {} `{name}`", kind_vi(kind)),
            Self::ReadBack { path, reason } => format!("`{}` đọc lại khác với lúc ghi: {reason}", path.display()),
            // What a library says is no sentence for people: it stands behind one of ours.
            Self::Library { action, path, reason } if reason.is_plain() => {
                let kind = if action.starts_with("read") {
                    "tệp có thể bị hỏng hoặc không đúng dạng"
                } else {
                    "bước này không làm được"
                };
                format!("không {} được `{}`: {kind} ({})", action_vi(action), path.display(), reason.en())
            }
            Self::Library { action, path, reason } => format!("không {} được `{}`: {}", action_vi(action), path.display(), reason.vi()),
            Self::Busy { path, holder } => format!("`{}` đang được dùng{}", path.display(), held_by(holder)),
            Self::Several(errors) => listed(errors, Self::message_vi),
            Self::Limit { reason, .. } => reason.vi().clone(),
            Self::Overflow { what } => format!("tổng của {what} quá lớn, không giữ được chính xác"),
        }
    }

    /// What the user can do about it, when we know.
    #[must_use]
    pub fn hint(&self) -> Option<Message> {
        match self {
            Self::Config { hint, .. } | Self::Unknown { hint, .. } | Self::Limit { hint, .. } => hint.clone(),
            Self::Busy { .. } => Some(message!("base.wait_until_command_ended")),
            Self::Io { action: "write" | "rename", .. } => Some(message!("base.close_file_if_open")),
            _ => None,
        }
    }
}

/// Errors below each other.
fn listed(errors: &[Error], words: impl Fn(&Error) -> String) -> String {
    errors.iter().map(words).collect::<Vec<_>>().join("\n  ")
}

fn held_by(holder: &str) -> String {
    if holder.is_empty() { String::new() } else { format!(": {holder}") }
}

fn action_vi(action: &'static str) -> &'static str {
    match action {
        "read" => "đọc",
        "write" => "ghi",
        "rename" => "thay",
        "read back" => "đọc lại",
        "remove" => "xóa",
        "lock" => "giữ quyền ghi (chương trình khác đang ghi?)",
        other => other,
    }
}

fn kind_vi(kind: &'static str) -> &'static str {
    match kind {
        "form" => "biểu",
        "rule" => "quy tắc",
        "unit with figures" => "đơn vị có số liệu",
        "unit that files a form" => "đơn vị phải nộp biểu",
        "file or folder" => "tệp hay thư mục",
        "circular in force for" => "thông tư có hiệu lực cho",
        "reference date of" => "ngày chốt số liệu của",
        "table" => "bảng",
        "function" => "hàm",
        "schema file" => "tệp biểu mẫu",
        "action" => "thao tác",
        "finding" => "phát hiện",
        "grouping" => "cách nhóm",
        "column" => "cột",
        "named query" => "câu hỏi có sẵn",
        "parameter" => "tham số",
        "term in the archive" => "kỳ nào trong kho lưu trữ",
        "unit" => "đơn vị",
        "cell" => "ô",
        "state of a term in the archive" => "kỳ trong kho lưu trữ",
        "kind of release" => "loại bản chốt",
        "release" => "bản chốt",
        "archive" => "kho lưu trữ",
        "dirt" => "loại lỗi cố ý",
        other => other,
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
