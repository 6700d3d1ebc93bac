//! What is recorded: lines under headings, without what is another on every day and machine; and how two records differ.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;
use std::process::Output;
use std::sync::LazyLock;

use regex::Regex;
use sha2::{Digest as _, Sha256};

use super::dump;

/// How much is taken to make the record small, and how far back it looks for what is the same, as a power of two.
const LEVEL: i32 = 19;
const WINDOW: u32 = 27;
/// Bytes of a text of which only the first of its kind is kept.
const LARGE: usize = 20_000;
/// Characters of a difference that are shown, and those before it.
const SHOWN: usize = 200;
const BEFORE: usize = 40;

/// What one language said and wrote, in order.
pub struct Told {
    folder: String,
    language: &'static str,
    parts: Vec<Part>,
}

/// A step, a file of it, what it said.
struct Part {
    /// The command that belongs to it.
    job: String,
    heading: String,
    text: Option<String>,
}

/// Records of each command, made of what all languages told: a file that holds what another one did is told by that one's name; of
/// large files that are named alike (years, terms and units are numbers) the first is told whole, of others their digest.
#[derive(Default)]
pub struct Records {
    /// The record of each command.
    pub jobs: BTreeMap<String, String>,
    /// Names of what was told whole, by its digest.
    known: HashMap<String, String>,
    /// Names without their numbers, of what was told whole.
    alike: HashSet<String>,
}

/// What is another on every day.
static TIMES: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})?|[0-9]{2}/[0-9]{2}/[0-9]{4} [0-9]{2}:[0-9]{2}").unwrap()
});
/// The second in which a release was made, and how many bytes are written in consequence.
static SECONDS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"("modified"|"(?:tkgd:)?bytes"): ?[0-9]+"#).unwrap());
static CHECKED: LazyLock<Regex> = LazyLock::new(|| Regex::new("[0-9]+ (byte đã kiểm|bytes checked)").unwrap());
/// What is worked out of times and of packed bytes: entries of a ledger, manifests of releases, hashes of workbooks.
static CHAINED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)[0-9a-f]{64}|SHA-256 [0-9a-f]{12}").unwrap());

/// The days of this hour, here and in Vietnam.
static DAYS: LazyLock<Regex> = LazyLock::new(|| {
    let now = chrono::Utc::now();
    let days = [0, 1].map(|more| now + chrono::TimeDelta::days(more));
    let written = days.iter().flat_map(|day| ["%Y-%m-%d", "%d/%m/%Y", r"%d\\2f %m\\2f %Y"].map(|form| day.format(form).to_string()));
    Regex::new(&written.collect::<Vec<_>>().join("|")).unwrap()
});

impl Told {
    /// Nothing yet, of what happens in a folder.
    pub fn new(folder: &Path, language: &'static str) -> Self {
        Self { folder: folder.to_string_lossy().into_owned(), language, parts: Vec::new() }
    }

    /// A step.
    pub fn step(&mut self, words: &[&str]) {
        let job = words[0].trim_start_matches('-').to_owned();
        self.parts.push(Part { job, heading: format!("#### {}: {}", self.language, words.join(" ")), text: None });
    }

    /// What a command said.
    pub fn said(&mut self, output: &Output) {
        self.add("exit", &output.status.code().unwrap().to_string());
        for (place, text) in [("stdout", &output.stdout), ("stderr", &output.stderr)] {
            self.add(place, std::str::from_utf8(text).unwrap());
        }
    }

    /// What a file holds.
    pub fn file(&mut self, folder: &Path, file: &Path) {
        self.add(&name(file), &dump::text(&folder.join(file)));
    }

    /// A file that is no longer there.
    pub fn gone(&mut self, file: &Path) {
        self.add(&name(file), "(gone)");
    }

    fn add(&mut self, name: &str, text: &str) {
        let job = self.parts.last().map_or_else(|| "sample".to_owned(), |last| last.job.clone());
        let heading = format!("## {}", self.masked(name));
        let text = Some(self.masked(text));
        self.parts.push(Part { job, heading, text });
    }

    fn masked(&self, text: &str) -> String {
        masked(text, &self.folder)
    }
}

/// A text without what is another on every day and in every folder.
pub fn masked(text: &str, folder: &str) -> String {
    let text = text.replace(folder, "<folder>");
    let text = TIMES.replace_all(&text, "<time>");
    let text = DAYS.replace_all(&text, "<today>");
    let text = SECONDS.replace_all(&text, "$1: <number>");
    let text = CHECKED.replace_all(&text, "<number> $1");
    CHAINED.replace_all(&text, "<hash>").into_owned()
}

fn name(file: &Path) -> String {
    file.to_string_lossy().replace('\\', "/")
}

impl Records {
    /// Takes what one language told; what is told before the first step is taken as known.
    pub fn add(&mut self, told: Told) {
        for part in told.parts {
            let record = self.jobs.entry(part.job.clone()).or_default();
            record.push_str(&part.heading);
            record.push('\n');
            let Some(text) = part.text else { continue };
            let digest = hex(&Sha256::digest(&text));
            if let Some(same) = self.known.get(&digest) {
                record.push_str(&format!("(as {same})\n"));
            } else if text.len() > LARGE && !self.alike.insert(format!("{} {}", told.language, without_numbers(&part.heading))) {
                record.push_str(&format!("(digest {digest})\n"));
            } else {
                record.push_str(&text);
                record.push('\n');
                self.known.insert(digest, part.heading);
            }
        }
        self.jobs.remove("sample");
    }
}

fn without_numbers(name: &str) -> String {
    let mut plain = name.replace("opening", "#").replace("closing", "#").replace("-after-retests", "");
    plain.retain(|letter| !letter.is_ascii_digit() && letter != '@');
    plain
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Texts as they are kept.
pub fn packed(text: &str) -> Vec<u8> {
    let mut packer = zstd::Encoder::new(Vec::new(), LEVEL).unwrap();
    packer.window_log(WINDOW).unwrap();
    packer.long_distance_matching(true).unwrap();
    std::io::Write::write_all(&mut packer, text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

/// The text of a file.
pub fn unpacked(bytes: &[u8]) -> String {
    let mut unpacker = zstd::Decoder::new(bytes).unwrap();
    unpacker.window_log_max(WINDOW).unwrap();
    let mut text = String::new();
    std::io::Read::read_to_string(&mut unpacker, &mut text).unwrap();
    text
}

/// The first line that differs, with the step and the file it is in.
pub fn first_difference(before: &str, now: &str) -> Option<String> {
    if before == now {
        return None;
    }
    let (mut step, mut file) = ("", "");
    let mut lines = [before, now].map(str::lines);
    for line in 1_usize.. {
        let [was, is] = [0, 1].map(|side| lines[side].next());
        match (was, is) {
            (Some(was), Some(is)) if was == is => match is.split_once(' ') {
                Some(("####", _)) => step = is,
                Some(("##", _)) => file = is,
                _ => {}
            },
            (was, is) => {
                let [was, is] = [was, is].map(|line| line.unwrap_or("(nothing more)"));
                let same = was.chars().zip(is.chars()).take_while(|(was, is)| was == is).count();
                let part = |line: &str| line.chars().skip(same.saturating_sub(BEFORE)).take(SHOWN).collect::<String>();
                return Some(format!("{step} | {file} | line {line}: {:?} was {:?}", part(is), part(was)));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_difference_is_named_with_step_and_file() {
        let before = "#### vi: run a\n## out/b.csv\n1;2\n3;4";
        assert_eq!(first_difference(before, before), None);
        let other = "#### vi: run a\n## out/b.csv\n1;2\n3;5\n6;7";
        assert_eq!(first_difference(before, other).unwrap(), r###"#### vi: run a | ## out/b.csv | line 4: "3;5" was "3;4""###);
        assert!(first_difference(other, "#### vi: run a\n## out/b.csv\n1;2").unwrap().contains(r#""(nothing more)" was "3;5""#));
        assert_eq!(unpacked(&packed(other)), other);
    }

    #[test]
    fn what_is_the_same_is_told_once_and_large_files_of_a_kind_by_their_digest() {
        let large = |word: &str| word.repeat(LARGE + 1);
        let mut told = Told::new(Path::new("/a"), "vi");
        told.step(&["run", "a.toml"]);
        for (name, text) in
            [("out/2024/1.csv", large("x")), ("out/2025/1.csv", large("y")), ("x.csv", large("x")), ("2.txt", "c".to_owned())]
        {
            told.add(name, &text);
        }
        let mut records = Records::default();
        records.add(told);
        let lines: Vec<String> = records.jobs["run"].lines().map(|line| line.chars().take(24).collect()).collect();
        assert_eq!(lines[..2], ["#### vi: run a.toml", "## out/2024/1.csv"]);
        assert!(lines[3..].starts_with(&["## out/2025/1.csv".to_owned()]) && lines[4].starts_with("(digest "), "{lines:?}");
        assert_eq!(lines[5..], ["## x.csv", "(as ## out/2024/1.csv)", "## 2.txt", "c"]);
    }

    #[test]
    fn times_days_and_folders_are_masked_and_no_figure() {
        let recorded = Told::new(Path::new("/a/b"), "vi");
        assert_eq!(recorded.masked("/a/b/out at 2026-11-29T10:11:12.123Z: 1234"), "<folder>/out at <time>: 1234");
        assert_eq!(recorded.masked(&format!("on {}, not 2025-10-20", chrono::Utc::now().format("%d/%m/%Y"))), "on <today>, not 2025-10-20");
        assert_eq!(recorded.masked(&"0a".repeat(32)), "<hash>");
        assert_eq!(recorded.masked("838 tệp, 24070205 byte đã kiểm, 24070205"), "838 tệp, <number> byte đã kiểm, 24070205");
        assert_eq!(recorded.masked(r#""tkgd:bytes": 4091, "rows": 4091"#), r#""tkgd:bytes": <number>, "rows": 4091"#);
        assert_eq!(recorded.masked(r#""modified": 1795995273, "rows": 1795995273,"#), r#""modified": <number>, "rows": 1795995273,"#);
    }
}
