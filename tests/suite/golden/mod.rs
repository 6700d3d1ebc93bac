//! Everything that the program writes and says for the sample province, as it was recorded: screens, text, JSON, pages, CSV,
//! workbooks as lists of cells, Parquet as rows, in both languages.
//!
//! Where something differs, the first difference is named in one line. `TKGD_GOLDEN=write` records everything anew; a commit that
//! does so says what was meant to change. Only the day, the time, the folder and what is worked out of them are masked.

mod dump;
mod record;
mod steps;

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tkgd::base::disk::WORK_FOLDER;

use self::record::{Records, Told};
pub use self::record::{first_difference, masked};
use self::steps::{Step, steps};
use super::support::{copy_tree_but, root, scratch, tkgd};

/// Languages of the program.
const LANGUAGES: [&str; 2] = ["vi", "en"];

#[test]
fn everything_written_is_as_recorded() {
    let told = std::thread::scope(|scope| {
        let all = LANGUAGES.map(|language| scope.spawn(move || told(language)));
        all.map(|part| part.join().unwrap())
    });
    let mut now = Records::default();
    for part in told {
        now.add(part);
    }
    let folder = root().join("tests/golden");
    let path = |job: &str| folder.join(format!("{job}.zst"));
    if is_recording() {
        now.jobs.iter().for_each(|(job, text)| std::fs::write(path(job), record::packed(text)).unwrap());
        return;
    }
    let all = super::support::files_in(&folder);
    assert_eq!(all.len(), now.jobs.len(), "a record for each command: {all:?}");
    let mut differences = Vec::new();
    for (job, text) in &now.jobs {
        let before = record::unpacked(&std::fs::read(path(job)).unwrap());
        if let Some(difference) = first_difference(&before, text) {
            // The whole of it, to be looked at with any program that compares texts.
            let both = scratch(&format!("golden-differs-{job}"));
            std::fs::write(both.join("before.txt"), &before).unwrap();
            std::fs::write(both.join("now.txt"), text).unwrap();
            differences.push(format!("{difference} (all of it: {})", both.display()));
        }
    }
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

/// True where records are made anew.
pub fn is_recording() -> bool {
    std::env::var_os("TKGD_GOLDEN").is_some_and(|word| word == "write")
}

/// Everything that the program does in one language.
fn told(language: &'static str) -> Told {
    let folder = scratch(&format!("golden-{language}"));
    for part in ["samples", "pipelines"] {
        // Without the notes of runs of somebody who tried the sample first.
        copy_tree_but(&root().join(part), &folder.join(part), WORK_FOLDER);
    }
    let mut told = Told::new(&folder, language);
    let mut known = state(&folder, &BTreeMap::new());
    // Inputs that a release keeps are as they came.
    for file in known.keys() {
        told.file(&folder, file);
    }
    for step in steps() {
        let words = match &step {
            Step::Call(words) => words,
            Step::Edit { file, from, to } => {
                edit(&folder.join(file), from, to);
                known = state(&folder, &known);
                continue;
            }
        };
        told.step(words);
        let output = tkgd().args(words).args(["--lang", language]).current_dir(&folder).output().unwrap();
        told.said(&output);
        let after = state(&folder, &known);
        for (file, stamp) in &after {
            if known.get(file).is_none_or(|known| known.content != stamp.content) {
                told.file(&folder, file);
            }
        }
        for file in known.keys().filter(|file| !after.contains_key(*file)) {
            told.gone(file);
        }
        known = after;
    }
    told
}

/// What a file holds, as a number, and when it was written.
#[derive(Clone, Copy)]
struct Stamp {
    written: SystemTime,
    bytes: u64,
    content: u64,
}

/// Every file of a folder; what was not written since is not read again.
fn state(folder: &Path, known: &BTreeMap<PathBuf, Stamp>) -> BTreeMap<PathBuf, Stamp> {
    let stamp = |file: &Path| {
        let path = folder.join(file);
        let metadata = path.metadata().unwrap();
        let (written, bytes) = (metadata.modified().unwrap(), metadata.len());
        if let Some(same) = known.get(file).filter(|known| known.written == written && known.bytes == bytes) {
            return *same;
        }
        let mut hasher = DefaultHasher::new();
        std::fs::read(path).unwrap().hash(&mut hasher);
        Stamp { written, bytes, content: hasher.finish() }
    };
    let files = super::support::files_in(folder).into_iter().map(|file| folder.join(file).strip_prefix(folder).unwrap().to_owned());
    files.map(|file| (file.clone(), stamp(&file))).collect()
}

/// Another figure in a file of the sample, as somebody corrects it.
fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is in {}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}
