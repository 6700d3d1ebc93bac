//! Many files: found in a stable order, read in parallel, one crash costing one file.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::{FileReading, ReadContext, read_file, shown_path};
use crate::cells::Source;
use crate::error::{Error, Result, Words};
use crate::finding::Finding;

/// Extensions taken for workbooks; what a file really is, its bytes tell.
const EXTENSIONS: [&str; 5] = ["xlsx", "xls", "ods", "xlsm", "xlsb"];

/// Workbook files named by paths: files as they are, folders with all below them; sorted.
///
/// Lock files of the office programs (`~$…`, `.~lock…`) are left out.
///
/// # Errors
/// When a path does not exist or a folder cannot be read.
pub fn find_files(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            walk(path, &mut files)?;
        } else if path.is_file() {
            files.push(path.clone());
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
    files.sort();
    files.dedup();
    Ok(files)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(folder).map_err(|e| Error::io("read", folder, e))? {
        let path = entry.map_err(|e| Error::io("read", folder, e))?.path();
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() {
            walk(&path, files)?;
        } else if !name.starts_with("~$") && !name.starts_with('.') {
            let extension = path.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
            if EXTENSIONS.contains(&extension.as_str()) {
                files.push(path);
            }
        }
    }
    Ok(())
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
