//! Everything that the program writes and says for the sample province, as it was recorded: screens, text, JSON, pages, CSV,
//! workbooks as lists of cells, Parquet as rows, in both languages.
//!
//! Where something differs, the first difference is named in one line. `TKGD_GOLDEN=write` records everything anew; a commit that
//! does so says what was meant to change. Only the day, the time, the folder and what is worked out of them are masked.

mod dump;
mod record;
mod steps;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use self::record::{Records, Told};
pub use self::record::{first_difference, masked};
use self::steps::{Step, steps};
use super::support::{copy_tree, root, scratch, tkgd};

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
            differences.push(difference);
            // The whole of it, to be looked at with any program that compares texts.
            let differing = root().join("target/tmp/golden-differs");
            std::fs::create_dir_all(&differing).unwrap();
            std::fs::write(differing.join(format!("{job}.before.txt")), &before).unwrap();
            std::fs::write(differing.join(format!("{job}.now.txt")), text).unwrap();
        }
    }
    assert!(differences.is_empty(), "{} (all of both: target/tmp/golden-differs)", differences.join("\n"));
}

/// True where records are made anew.
pub fn is_recording() -> bool {
    std::env::var_os("TKGD_GOLDEN").is_some_and(|word| word == "write")
}

/// Everything that the program does in one language.
fn told(language: &'static str) -> Told {
    let folder = scratch(&format!("golden-{language}"));
    copy_tree(&root().join("samples"), &folder.join("samples"));
    copy_tree(&root().join("pipelines"), &folder.join("pipelines"));
    let mut told = Told::new(&folder, language);
    let mut known = state(&folder);
    // Inputs that a release keeps are as they came.
    for file in known.keys() {
        told.file(&folder, file);
    }
    for step in steps() {
        let words = match &step {
            Step::Call(words) => words,
            Step::Edit { file, from, to } => {
                edit(&folder.join(file), from, to);
                known = state(&folder);
                continue;
            }
        };
        told.step(words);
        let output = tkgd().args(words).args(["--lang", language]).current_dir(&folder).output().unwrap();
        told.said(&output);
        let after = state(&folder);
        for (file, content) in &after {
            if known.get(file) != Some(content) {
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

/// What every file of a folder holds, as a number.
fn state(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let content = |path: &Path| {
        use std::hash::{DefaultHasher, Hash as _, Hasher as _};
        let mut hasher = DefaultHasher::new();
        std::fs::read(path).unwrap().hash(&mut hasher);
        hasher.finish()
    };
    let files = super::support::files_in(folder).into_iter().map(|file| folder.join(file));
    files.map(|file| (file.strip_prefix(folder).unwrap().to_owned(), content(&file))).collect()
}

/// Another figure in a file of the sample, as somebody corrects it.
fn edit(file: &Path, from: &str, to: &str) {
    let text = std::fs::read_to_string(file).unwrap();
    assert!(text.contains(from), "{from} is in {}", file.display());
    std::fs::write(file, text.replacen(from, to, 1)).unwrap();
}
