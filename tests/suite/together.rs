//! Two commands at once on one workspace, and one of two killed: what is there afterwards is what some order of
//! them, one after the other, leaves; or a command said that it was kept out.
//!
//! `TKGD_TOGETHER=200` tries so many pairs and half as many kills; a few are tried otherwise.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::process::{Child, Output, Stdio};
use std::time::{Duration, Instant};

use super::support::{Dice, scratch, tkgd};
use super::workspace::{Workspace, files};

/// Pairs that are tried, unless told otherwise.
const PAIRS: usize = 7;
/// Says how many pairs are tried.
const HOW_MANY: &str = "TKGD_TOGETHER";

/// Commands of which two run at once; `{unit}` is a unit that files a form.
const COMMANDS: [&[&str]; 8] = [
    &["run", "p.toml", "--received-on", "2025-10-20"],
    &["release", "p.toml", "--kind", "provisional"],
    &["return", "p.toml", "--on", "2025-10-20", "--out", "tra-lai"],
    &["template", "p.toml", "--out", "bieu-trong"],
    &["ledger", "lock", "p.toml", "--unit", "{unit}", "--by", "Trưởng phòng", "--reason", "hết hạn"],
    &["query", "SELECT unit, name FROM units ORDER BY unit", "--archive", "luu-tru", "--out", "hoi/don-vi.csv"],
    &["archive", "verify", "--archive", "luu-tru"],
    &["status", "p.toml", "--on", "2025-11-01", "--xlsx", "hoi/tinh-hinh.xlsx"],
];

/// A workspace to start from, and what orders of commands leave of it.
struct Base {
    folder: PathBuf,
    unit: String,
    serial: HashMap<Vec<usize>, State>,
}

/// What a workspace holds, but for what says when it was written.
type State = BTreeMap<String, Vec<u8>>;

impl Base {
    fn new(name: &str) -> Self {
        let workspace = Workspace::sample(name, 3, 1, 31);
        let folder = workspace.folder;
        let book = std::fs::read_dir(folder.join("bieu")).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).min();
        let unit = book.unwrap().split('_').next().unwrap().to_owned();
        // Something goes back.
        std::fs::write(folder.join(format!("bieu/{unit}_hong.xlsx")), "no workbook").unwrap();
        let base = Self { folder, unit, serial: HashMap::new() };
        for command in [0, 1] {
            let output = base.start(&base.folder, command).wait_with_output().unwrap();
            assert!(matches!(output.status.code(), Some(0 | 1)), "{output:?}");
        }
        base
    }

    fn start(&self, folder: &Path, command: usize) -> Child {
        let words = COMMANDS[command].iter().map(|word| word.replace("{unit}", &self.unit));
        tkgd().args(words).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn copy(&self, name: &str) -> PathBuf {
        let folder = scratch(name);
        copy(&self.folder, &folder);
        folder
    }

    /// What commands leave, one after the other.
    fn in_order(&mut self, name: &str, commands: &[usize]) -> State {
        if let Some(state) = self.serial.get(commands) {
            return state.clone();
        }
        let folder = self.copy(&format!("{name}-serial"));
        for &command in commands {
            self.start(&folder, command).wait_with_output().unwrap();
        }
        let state = state(&folder);
        self.serial.insert(commands.to_vec(), state.clone());
        state
    }
}

/// Everything of a folder, the program's own notes too, with the times of its files: by these it is told which is newest.
fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
            let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
            std::fs::File::options().write(true).open(&target).unwrap().set_modified(modified).unwrap();
        }
    }
}

fn state(folder: &Path) -> State {
    let mut found = files(folder);
    // Versions, descriptions and ledgers say when they were written; how many entries a ledger has is compared.
    let said_when = ["versions.parquet", "datapackage.json", "generation.json", ".head", ".lock"];
    found.retain(|name, _| !said_when.iter().any(|ending| name.ends_with(ending)));
    for (name, bytes) in &mut found {
        if name.ends_with(".jsonl") {
            let text = String::from_utf8_lossy(bytes).into_owned();
            let actions = text.lines().map(|line| {
                let entry: serde_json::Value = serde_json::from_str(line).unwrap();
                format!("{} {} {} {}", entry["action"], entry["unit"], entry["form"], entry["version"])
            });
            let mut actions: Vec<String> = actions.collect();
            actions.sort();
            *bytes = actions.join("\n").into_bytes();
        }
    }
    found
}

/// Done, or kept out by somebody else; never anything in between.
fn is_done(output: &Output) -> bool {
    let said = String::from_utf8_lossy(&output.stderr);
    match output.status.code() {
        Some(0 | 1) => true,
        // What is locked already cannot be locked: the second of two says so in any order.
        Some(2) if said.contains("không thể \"Khóa\"") => true,
        Some(2) if said.contains("đang được dùng") => false,
        other => panic!("{other:?}: {said}"),
    }
}

fn sound(folder: &Path, case: &str) {
    for words in [&["archive", "verify", "--archive", "luu-tru"][..], &["ledger", "verify", "p.toml"]] {
        let output = tkgd().args(words).current_dir(folder).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{case}: {}", String::from_utf8_lossy(&output.stdout));
    }
}

fn differences(a: &State, b: &State) -> Vec<String> {
    let names: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
    names.into_iter().filter(|name| a.get(*name) != b.get(*name)).cloned().collect()
}

/// The state is one that some order of the commands leaves.
fn like_some_order(base: &mut Base, name: &str, folder: &Path, orders: &[Vec<usize>], case: &str) {
    let found = state(folder);
    let differing: Vec<_> = orders.iter().map(|order| differences(&found, &base.in_order(name, order))).collect();
    assert!(differing.iter().any(Vec::is_empty), "{case}: {differing:?}");
}

fn how_many() -> usize {
    std::env::var(HOW_MANY).ok().and_then(|text| text.parse().ok()).unwrap_or(PAIRS)
}

#[test]
fn two_commands_at_once_are_as_one_after_the_other() {
    let mut base = Base::new("together-pairs");
    let mut dice = Dice(41);
    let (mut done, mut kept_out) = (0, 0);
    for round in 0..how_many() {
        // The pairs that went wrong once come first: two runs, and a release beside a run.
        let pair = match round {
            0 => [0, 0],
            1 => [0, 1],
            _ => [dice.below(COMMANDS.len()), dice.below(COMMANDS.len())],
        };
        let case = format!("round {round}: {:?} and {:?}", COMMANDS[pair[0]], COMMANDS[pair[1]]);
        let folder = base.copy("together-pairs-now");
        let children = pair.map(|command| base.start(&folder, command));
        let ended: Vec<(usize, bool)> =
            pair.into_iter().zip(children).map(|(command, child)| (command, is_done(&child.wait_with_output().unwrap()))).collect();
        let ran: Vec<usize> = ended.iter().filter(|(_, done)| *done).map(|(command, _)| *command).collect();
        (done, kept_out) = (done + ran.len(), kept_out + 2 - ran.len());
        sound(&folder, &case);
        let reverse = ran.iter().rev().copied().collect();
        like_some_order(&mut base, "together-pairs", &folder, &[ran, reverse], &case);
        if pair.contains(&1) {
            let rebuild = ["archive", "rebuild", "2025-2026-opening@2", "--archive", "luu-tru"];
            let output = tkgd().args(rebuild).current_dir(&folder).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{case}: {}", String::from_utf8_lossy(&output.stdout));
        }
    }
    println!("{} pairs: {done} commands done, {kept_out} kept out", how_many());
}

#[cfg(unix)]
#[test]
fn one_of_two_killed_is_as_if_it_had_run_or_not() {
    let mut base = Base::new("together-kills");
    let mut dice = Dice(43);
    let kills = how_many().div_ceil(2);
    for round in 0..kills {
        let pair = match round {
            0 => [0, 0],
            1 => [1, 0],
            _ => [dice.below(COMMANDS.len()), dice.below(COMMANDS.len())],
        };
        let folder = base.copy("together-kills-now");
        let start = Instant::now();
        let [mut victim, other] = pair.map(|command| base.start(&folder, command));
        let moment = Duration::from_millis(dice.below(700) as u64);
        std::thread::sleep(moment.saturating_sub(start.elapsed()));
        let _ = victim.kill();
        victim.wait().unwrap();
        let case = format!("round {round}: {:?} killed after {moment:?}, beside {:?}", COMMANDS[pair[0]], COMMANDS[pair[1]]);
        let other_done = is_done(&other.wait_with_output().unwrap());
        // Whoever comes next ends what was begun; a run leaves what a run leaves.
        let next = base.start(&folder, 0).wait_with_output().unwrap();
        assert!(is_done(&next), "{case}");
        sound(&folder, &case);
        let survivor: Vec<usize> = if other_done { vec![pair[1]] } else { Vec::new() };
        let mut orders = vec![survivor.clone(), [vec![pair[0]], survivor.clone()].concat(), [survivor, vec![pair[0]]].concat()];
        for order in &mut orders {
            order.push(0);
        }
        like_some_order(&mut base, "together-kills", &folder, &orders, &case);
    }
    println!("{kills} kills");
}
