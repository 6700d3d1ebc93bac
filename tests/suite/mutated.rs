//! Texts and files of ours, damaged at random: each is read or refused, and nothing panics, hangs or aborts.
//!
//! Targets and seeds are those of the fuzzer (`.ci/fuzz`), which takes them further. `TKGD_MUTATIONS=5000` tries so
//! many of each; a few are tried otherwise.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tkgd::archive::{ArchiveReader, Selection, recount};

use self::targets::TARGETS;
use super::support::{Dice, root, tkgd};
use super::workspace::{Workspace, files};

#[path = "../../fuzz/src/targets.rs"]
mod targets;

/// Damaged ones of each kind, unless told otherwise.
const MUTATIONS: usize = 120;
/// Says how many are tried.
const HOW_MANY: &str = "TKGD_MUTATIONS";
/// What breaks parsers: ends of things, depth, signs, other alphabets, numbers at their limits.
const BITS: [&str; 18] = [
    "\"",
    "'",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "\0",
    "\u{feff}",
    "\r\n",
    "\u{202e}",
    "đ",
    "-",
    "9223372036854775808",
    "1e999",
    "NULL",
    "((((((((((((",
];

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let found: Vec<Vec<u8>> = files(&root().join("fuzz/corpus").join(target)).into_values().collect();
    assert!(!found.is_empty(), "{target} has no seed");
    found
}

/// A seed with one to six places changed, cut out, doubled, or filled with something odd.
fn mutated(seed: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(bytes.len() + 1);
        let length = dice.below(40).min(bytes.len() - at);
        match dice.below(5) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => drop(bytes.drain(at..at + length)),
            2 => {
                let part = bytes[at..at + length].to_vec();
                bytes.splice(at..at, part.repeat(1 + dice.below(30)));
            }
            3 => drop(bytes.splice(at..at, BITS[dice.below(BITS.len())].repeat(1 + dice.below(4)).into_bytes())),
            _ => bytes.truncate(bytes.len().max(1) - dice.below(bytes.len() / 4 + 1).min(bytes.len())),
        }
    }
    bytes
}

/// The damaged seeds of a target that it did not survive.
fn fallen(target: &str, seed: u64, read: fn(&[u8])) -> Vec<Vec<u8>> {
    let (seeds, mut dice) = (seeds(target), Dice(seed));
    let count = std::env::var(HOW_MANY).ok().and_then(|text| text.parse().ok()).unwrap_or(MUTATIONS);
    let damaged = (0..count).map(|_| mutated(&seeds[dice.below(seeds.len())], &mut dice));
    damaged.filter(|bytes| catch_unwind(AssertUnwindSafe(|| read(bytes))).is_err()).collect()
}

#[test]
fn what_is_damaged_is_read_or_refused() {
    for (at, (target, read)) in (51..).zip(TARGETS) {
        for seed in seeds(target) {
            read(&seed);
        }
        let fallen = fallen(target, at, read);
        assert!(fallen.is_empty(), "{target}: {} fell, the first over {:?}", fallen.len(), String::from_utf8_lossy(&fallen[0]));
    }
}

/// What the fuzzer found once stays found: each input is read or refused.
#[test]
fn what_was_found_is_read_or_refused() {
    for (name, bytes) in files(&root().join("fuzz/found")) {
        let (_, read) = TARGETS.iter().find(|(target, _)| name.starts_with(&format!("{target}/"))).unwrap();
        read(&bytes);
    }
}

/// The script that fuzzes names every target.
#[test]
fn every_target_is_fuzzed() {
    let script = std::fs::read_to_string(root().join(".ci/fuzz")).unwrap();
    let named = TARGETS.map(|(target, _)| target).join(" ");
    assert!(script.contains(&format!("targets=({named})")), "{named}");
}

/// Readers may panic over a damaged footer: every byte of it is changed, one after the other, and whatever comes of it is told.
#[test]
fn a_damaged_footer_is_told() {
    let workspace = Workspace::sample("mutated-archive", 3, 1, 56);
    let output = tkgd().args(["release", "--kind", "provisional"]).arg(workspace.folder.join("p.toml")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let archive = workspace.folder.join("luu-tru");
    let path = ArchiveReader::open(&archive, Selection::Published).unwrap().states().unwrap().remove(0).table("cells");
    let whole = std::fs::read(&path).unwrap();
    let length = u32::from_le_bytes(whole[whole.len() - 8..whole.len() - 4].try_into().unwrap()) as usize;
    let mut damaged = 0;
    for at in whole.len() - 8 - length..whole.len() - 8 {
        let mut bytes = whole.clone();
        bytes[at] ^= 4;
        std::fs::write(&path, &bytes).unwrap();
        damaged += usize::from(recount(&path).is_err());
    }
    assert!(damaged > 100, "{damaged}");
}
