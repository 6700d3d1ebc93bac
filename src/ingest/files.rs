//! Many files: found in a stable order, read in parallel, one crash costing one file.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{FileReading, ReadContext, read_file, shown_path};
use crate::cells::Source;
use crate::disk::WORK_FOLDER;
use crate::error::{Error, Result, Words};
use crate::finding::{Finding, Place};
use crate::input::{self, Kind, Seen};

/// Extensions taken for workbooks; what a file really is, its bytes tell.
const EXTENSIONS: [&str; 5] = ["xlsx", "xls", "ods", "xlsm", "xlsb"];

/// Folders in folders; deeper ones are told and not read.
const DEEPEST: usize = 64;

/// Workbook files, and what could not be looked at.
#[derive(Debug, Default)]
pub struct Found {
    /// Files, sorted.
    pub files: Vec<PathBuf>,
    /// Folders and names that are no files.
    pub findings: Vec<Finding>,
}

/// Workbook files named by paths: files as they are, folders with all below them; each once, by whatever names it is come to.
///
/// Lock files of the office programs (`~$…`, `.~lock…`) are left out.
///
/// # Errors
/// When a path does not exist or a folder that it names cannot be read.
pub fn find_files(paths: &[PathBuf]) -> Result<Found> {
    let mut walk = Walk::default();
    for path in paths {
        if path.is_dir() {
            input::entries(path).map_err(|e| Error::io("read", path, e))?;
            walk.lies_in(path);
            walk.folder(path, 0);
        } else if path.is_file() {
            walk.file(path.clone());
        } else if let Some(kind) = input::special_kind(path) {
            walk.found.findings.push(not_a_file(path, kind));
        } else {
            return Err(Error::Unknown {
                kind: "file or folder",
                name: path.display().to_string(),
                hint: Some(Words::both(
                    "đường dẫn trong quy trình tính từ thư mục của tệp quy trình (hoặc `workspace`)",
                    "paths in a pipeline start at the pipeline file's folder (or `workspace`)",
                )),
            });
        }
    }
    walk.links();
    walk.found.files.sort();
    Ok(walk.found)
}

/// Names that lead elsewhere wait until all others are known: they may lead to what is named already.
#[derive(Default)]
struct Walk {
    found: Found,
    seen: Seen,
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
            self.found.findings.push(unreadable_folder(folder, "{too-many-folders}"));
            return;
        }
        match input::entries(folder) {
            Ok((own, links)) => {
                self.links.extend(links.into_iter().map(|link| (link, depth + 1)));
                for path in own {
                    self.entry(path, depth + 1);
                }
            }
            Err(problem) => self.found.findings.push(unreadable_folder(folder, &problem.to_string())),
        }
    }

    fn entry(&mut self, path: PathBuf, depth: usize) {
        if path.is_dir() {
            // What the program notes of a folder it wrote into is nobody's return.
            if !path.ends_with(WORK_FOLDER) {
                self.folder(&path, depth);
            }
        } else if is_workbook(&path) {
            match input::special_kind(&path) {
                Some(kind) => self.found.findings.push(not_a_file(&path, kind)),
                None => self.file(path),
            }
        }
    }

    fn file(&mut self, path: PathBuf) {
        if self.seen.is_new(&path) {
            self.found.files.push(path);
        }
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
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    !name.starts_with("~$") && !name.starts_with('.') && EXTENSIONS.contains(&extension.as_str())
}

fn at_file(path: &Path) -> Place {
    Place { file: Some(Arc::from(shown_path(path))), ..Place::default() }
}

fn unreadable_folder(folder: &Path, why: &str) -> Finding {
    Finding::new("unreadable-folder").at(at_file(folder)).noting(why)
}

/// A finding about a name that leads to a pipe, a device or the like.
pub fn not_a_file(path: &Path, kind: Kind) -> Finding {
    Finding::new("not-a-file").at(at_file(path)).noting(format!("{{{}}}", kind.id()))
}

/// Reads files in parallel; results come in the order of the files.
///
/// `progress` is called once per file, from any thread.
#[must_use]
pub fn read_files(files: &[PathBuf], context: &ReadContext<'_>, progress: &(dyn Fn() + Sync)) -> Vec<FileReading> {
    files
        .par_iter()
        .map(|path| {
            let reading = catch_unwind(AssertUnwindSafe(|| read_file(path, context)));
            progress();
            reading.unwrap_or_else(|_| {
                let source = Source { file: Arc::from(shown_path(path)), sha256: Arc::from(""), modified: 0 };
                let finding = Finding::new("unreadable-file").noting("tkgd failed on this file; please report it");
                FileReading::failed(source, finding)
            })
        })
        .collect()
}
