//! Many files: found in a stable order, read in parallel, one crash costing one file.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{FileReading, ReadContext, read_file, shown_path, zip_finding};
use crate::base::disk::WORK_FOLDER;
use crate::base::error::{Action, Error, Result, system_message};
use crate::base::input::{self, InputKind, Seen};
use crate::base::message::message;
use crate::findings::Observed;
use crate::findings::{Finding, Location};
use crate::ooxml::zips;
use crate::ooxml::zips::ZipContent;
use crate::returns::Source;

/// Extensions taken for workbooks; what a file really is, its bytes tell.
const EXTENSIONS: [&str; 16] =
    ["xlsx", "xls", "ods", "xlsm", "xlsb", "xltx", "xltm", "xlt", "ots", "fods", "et", "ett", "xml", "html", "htm", "mht"];
/// Other kinds of files by their extensions, and the phrase that says what to do with one.
const OTHER_KINDS: [(&str, &[&str]); 6] = [
    ("file-table", &["csv", "tsv", "txt", "tab", "parquet"]),
    ("file-document", &["pdf", "doc", "docx", "rtf", "odt", "wps", "ppt", "pptx"]),
    ("file-picture", &["jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "heic", "webp"]),
    ("file-packed", &["rar", "7z", "gz", "tar", "tgz", "zipx", "bz2", "xz"]),
    ("file-sheet", &["numbers", "gsheet", "xlk", "wk1", "dbf", "mdb", "accdb", "sav", "dta"]),
    (SETTINGS, &["toml", "md", "json", "ini", "lnk", "url", "log"]),
];
/// A second name of a file that is read.
const AGAIN: &str = "file-again";
/// Files that the system and office programs leave behind.
const SYSTEM_FILES: [&str; 5] = ["thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r", "readme.txt"];

/// Folders in folders; deeper ones are told and not read.
const DEEPEST: usize = 64;

/// Workbook files, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Found {
    /// Files, sorted; those in zip files by the path of the zip file and their name in it.
    pub files: Vec<PathBuf>,
    /// Files that are not read, sorted.
    pub unread: Vec<Unread>,
    /// Folders and names that are no files, and files that are not read.
    pub findings: Vec<Finding>,
}

/// A file that is not read, and the phrase that says why.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// The file.
    pub path: PathBuf,
    /// Id of the phrase.
    pub why: &'static str,
}

/// Why a file is not told of: it belongs to the system, or to an office program that has a workbook open.
const SYSTEM: &str = "file-system";
const SETTINGS: &str = "file-settings";

/// Workbook files named by paths: files as they are, folders with all below them; each once, by whatever names it is come to.
///
/// Everything else in the folders is accounted for too; only files that the pipeline uses otherwise (`own`: its register,
/// its lists) are none of its returns. Zip files are looked into.
///
/// # Errors
/// When a path does not exist or a folder that it names cannot be read.
pub fn find_files(paths: &[PathBuf], own: &[PathBuf]) -> Result<Found> {
    let mut walk = Walk::default();
    for path in own {
        walk.own.is_new(path);
    }
    for path in paths {
        if path.is_dir() {
            input::entries(path).map_err(|e| Error::io(Action::Read, path, e))?;
            walk.lies_in(path);
            walk.folder(path, 0);
        } else if path.is_file() {
            walk.named(path.clone());
        } else if let Some(kind) = input::special_kind(path) {
            walk.found.findings.push(not_a_file(path, kind));
        } else {
            return Err(Error::Unknown {
                kind: message!("kinds.file_or_folder"),
                name: path.display().to_string(),
                hint: Some(message!("workbooks.paths_pipeline_start_pipeline")),
            });
        }
    }
    walk.links();
    walk.found.files.sort();
    walk.found.unread.sort();
    Ok(walk.found)
}

/// Names that lead elsewhere wait until all others are known: they may lead to what is named already.
#[derive(Default)]
struct Walk {
    found: Found,
    seen: Seen,
    /// Files that the pipeline uses otherwise.
    own: Seen,
    /// Folders that those named lie in: a link to one of them leads back out, to outputs and registers.
    above: Seen,
    links: VecDeque<(PathBuf, usize)>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, depth: usize) {
        if !self.seen.is_new(folder) {
            return;
        }
        if depth > DEEPEST {
            self.found.findings.push(unreadable_folder(folder).detail(Observed::phrase("too-many-folders")));
            return;
        }
        match input::entries(folder) {
            Ok((own, links)) => {
                self.links.extend(links.into_iter().map(|link| (link, depth + 1)));
                for path in own {
                    self.entry(path, depth + 1);
                }
            }
            Err(problem) => self.found.findings.push(unreadable_folder(folder).saying(system_message(&problem))),
        }
    }

    fn entry(&mut self, path: PathBuf, depth: usize) {
        if path.is_dir() {
            // Notes of the program on a folder it wrote into are nobody's return.
            if !path.ends_with(WORK_FOLDER) {
                self.folder(&path, depth);
            }
        } else if let Some(kind) = input::special_kind(&path) {
            // A pipe under another name is nobody's return.
            if is_workbook(&path) {
                self.found.findings.push(not_a_file(&path, kind));
            }
        } else if self.own.knows(&path) {
            // Not a return, and used otherwise.
        } else if self.seen.is_new(&path) {
            self.by_name(path);
        } else if !self.found.files.contains(&path) && self.found.unread.iter().all(|own| own.path != path) {
            // A file met again by another name is read once.
            self.found.unread.push(Unread { path, why: AGAIN });
        }
    }

    /// A file that the pipeline names is read whatever its name.
    fn named(&mut self, path: PathBuf) {
        if !self.seen.is_new(&path) {
            return;
        }
        if zips::is_zip(&path) { self.zip(path) } else { self.found.files.push(path) }
    }

    fn by_name(&mut self, path: PathBuf) {
        if is_system(&path) {
            self.found.unread.push(Unread { path, why: SYSTEM });
        } else if zips::is_zip(&path) {
            self.zip(path);
        } else if is_workbook(&path) {
            self.found.files.push(path);
        } else {
            let why = other_kind(&path_extension(&path));
            self.unread(path, why);
        }
    }

    fn zip(&mut self, path: PathBuf) {
        match zips::look_into(&path) {
            Ok(ZipContent::Workbook) => self.found.files.push(path),
            Ok(ZipContent::Files(names)) if names.is_empty() => self.unread(path, "file-packed"),
            Ok(ZipContent::Files(names)) => {
                for name in names {
                    let inside = path.join(name);
                    if is_system(&inside) || inside.components().any(|part| part.as_os_str() == "__MACOSX") {
                        self.found.unread.push(Unread { path: inside, why: SYSTEM });
                    } else if is_workbook(&inside) {
                        self.found.files.push(inside);
                    } else {
                        let why = if zips::is_zip(&inside) { "file-zip-in-zip" } else { other_kind(&path_extension(&inside)) };
                        self.unread(inside, why);
                    }
                }
            }
            Err(problem) => {
                self.found.findings.push(zip_finding(problem).location(at_file(&path)));
                self.found.unread.push(Unread { path, why: "file-packed" });
            }
        }
    }

    fn unread(&mut self, path: PathBuf, why: &'static str) {
        // Settings and notes hold no figures.
        if why != SETTINGS {
            self.found.findings.push(Finding::new("file-not-read").location(at_file(&path)).detail(Observed::phrase(why)));
        }
        self.found.unread.push(Unread { path, why });
    }

    fn links(&mut self) {
        while let Some((path, depth)) = self.links.pop_front() {
            if !self.above.knows(&path) {
                self.entry(path, depth);
            }
        }
    }

    fn lies_in(&mut self, folder: &Path) {
        let Ok(folder) = std::fs::canonicalize(folder) else { return };
        for above in folder.ancestors().skip(1) {
            self.above.is_new(above);
        }
    }
}

fn is_workbook(path: &Path) -> bool {
    EXTENSIONS.contains(&path_extension(path).as_str())
}

fn path_extension(path: &Path) -> String {
    path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default()
}

/// Files that nobody sent: hidden ones, locks of office programs (`~$…`, `.~lock…`), what systems leave in folders.
fn is_system(path: &Path) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    name.starts_with("~$") || name.starts_with('.') || SYSTEM_FILES.contains(&name.as_str())
}

fn other_kind(extension: &str) -> &'static str {
    OTHER_KINDS.iter().find(|(_, known)| known.contains(&extension)).map_or("file-other", |(phrase, _)| phrase)
}

fn at_file(path: &Path) -> Location {
    Location { file: Some(Arc::from(shown_path(path))), ..Location::default() }
}

fn unreadable_folder(folder: &Path) -> Finding {
    Finding::new("unreadable-folder").location(at_file(folder))
}

/// A finding about a name that leads to a pipe, a device or the like.
pub fn not_a_file(path: &Path, kind: InputKind) -> Finding {
    Finding::new("not-a-file").location(at_file(path)).detail(Observed::phrase(kind.id()))
}

/// Reads files in parallel; results come in the order of the files.
///
/// `step` is called once per file, from any thread.
///
/// # Errors
/// Errors of a step: that nobody waits for it any more.
pub fn read_files(files: &[PathBuf], context: &ReadContext<'_>, step: &(dyn Fn() -> Result<()> + Sync)) -> Result<Vec<FileReading>> {
    files
        .par_iter()
        .map(|path| {
            let reading = catch_unwind(AssertUnwindSafe(|| read_file(path, context)));
            step()?;
            Ok(reading.unwrap_or_else(|_| {
                let source = Source { file: Arc::from(shown_path(path)), sha256: Arc::from(""), modified: 0 };
                let finding = Finding::new("unreadable-file").saying(message!("workbooks.tkgd_failed_file_please"));
                FileReading::failed(source, finding)
            }))
        })
        .collect()
}
