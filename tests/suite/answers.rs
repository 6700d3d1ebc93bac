//! Case folders of answers: `tests/cases/<command>/<outcome>` holds a small province, what is asked of it, and the answer.
//!
//! The name of a folder says what must come out; `case.toml` how it comes about and which words of the answer make it so; `said.txt`
//! is the whole answer as it was recorded (`TKGD_GOLDEN=write` records it anew).

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use tkgd::forms::{Form, Schemas};
use tkgd::returns::Status;

use super::golden::{first_difference, is_recording, masked};
use super::support::{root, tkgd};
use super::workspace::{Workspace, book, form, schemas, slot, values};

/// Commands that have such cases.
const COMMANDS: [&str; 4] = ["compare", "explain", "reconcile", "status"];
/// The form of all of them.
const FORM: &str = "02-TH-DN";
/// The province, unless a case has another.
const REGISTER: &str = "code,name,kind,reports_to,ownership,forms
S,Sở GDĐT,department,,,
X,Xã Một,commune,S,,
Y,Xã Hai,commune,S,,
T01,Trường A,school,X,public,02-TH-DN
T02,Trường B,school,X,public,02-TH-DN
T03,Trường C,school,Y,public,02-TH-DN
";

/// A case as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why the case is there.
    #[serde(rename = "why")]
    _why: String,
    /// What happened before, in order; each is run and released, the last of a case about the workspace only run.
    states: Vec<State>,
    /// Another source, a folder `khac` of workbooks.
    #[serde(default)]
    other: Option<State>,
    /// The rest of the command's line.
    ask: Vec<String>,
    #[serde(default)]
    exit: i32,
    /// What the answer says.
    says: Vec<String>,
    /// What it does not say.
    #[serde(default)]
    never: Vec<String>,
}

/// What schools have sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    /// Another register.
    #[serde(default)]
    register: Option<String>,
    /// Cells of a school, `sheet/code/column`, other than its sample's; `?` is not known.
    #[serde(default)]
    cells: BTreeMap<String, BTreeMap<String, toml::Value>>,
    /// Schools that send nothing.
    #[serde(default)]
    missing: Vec<String>,
    /// Other files of the workspace, by name.
    #[serde(default)]
    files: BTreeMap<String, String>,
}

impl State {
    /// Workbooks of all schools of a register but those that send nothing.
    fn write(&self, folder: &Path, register: &str, schemas: &Schemas, form: &Form) {
        if folder.exists() {
            std::fs::remove_dir_all(folder).unwrap();
        }
        std::fs::create_dir_all(folder).unwrap();
        let senders = register.lines().filter(|line| line.contains(FORM)).filter_map(|line| line.split(',').next());
        for unit in senders.filter(|unit| !self.missing.iter().any(|missing| missing == unit)) {
            let mut own = values(schemas, form, unit.bytes().map(u64::from).sum());
            for (cell, value) in self.cells.get(unit).into_iter().flatten() {
                let slot = slot(form, cell);
                match value.as_integer() {
                    Some(number) => own.set(slot, Status::Reported, number),
                    None => own.set(slot, Status::Unknown, 0),
                }
            }
            std::fs::write(folder.join(format!("{unit}_a.xlsx")), book(schemas, form, &own)).unwrap();
        }
    }
}

fn answer(command: &str, folder: &Path) -> Result<(), String> {
    let outcome = folder.file_name().unwrap().to_string_lossy().into_owned();
    let case: Case = toml::from_str(&std::fs::read_to_string(folder.join("case.toml")).unwrap()).map_err(|e| format!("{outcome}: {e}"))?;
    let schemas = schemas();
    let form = form(&schemas, FORM);
    let workspace = Workspace::new(&format!("answers-{command}-{outcome}"), REGISTER, "", "");
    for (at, state) in case.states.iter().enumerate() {
        let register = state.register.as_deref().unwrap_or(REGISTER);
        std::fs::write(workspace.folder.join("reg.csv"), register).unwrap();
        state.files.iter().for_each(|(name, text)| std::fs::write(workspace.folder.join(name), text).unwrap());
        state.write(&workspace.folder.join("bieu"), register, &schemas, &form);
        let is_run_only = at + 1 == case.states.len() && matches!(command, "status" | "reconcile");
        let words: &[&str] =
            if is_run_only { &["run", "p.toml", "--received-on", "2025-10-20"] } else { &["release", "p.toml", "--kind", "provisional"] };
        let output = tkgd().args(words).current_dir(&workspace.folder).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{outcome}: {}", String::from_utf8_lossy(&output.stderr));
    }
    if let Some(other) = &case.other {
        other.write(&workspace.folder.join("khac"), REGISTER, &schemas, &form);
    }
    let output = tkgd().arg(command).args(&case.ask).current_dir(&workspace.folder).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said = masked(&said, &workspace.folder.to_string_lossy());
    if output.status.code() != Some(case.exit) {
        return Err(format!("{command}/{outcome}: exit {:?}\n{said}", output.status.code()));
    }
    if let Some(words) = case.says.iter().find(|words| !said.contains(*words)) {
        return Err(format!("{command}/{outcome}: `{words}` is not said:\n{said}"));
    }
    if let Some(words) = case.never.iter().find(|words| said.contains(*words)) {
        return Err(format!("{command}/{outcome}: `{words}` is said:\n{said}"));
    }
    let recorded = folder.join("said.txt");
    if is_recording() {
        std::fs::write(recorded, said).unwrap();
        return Ok(());
    }
    let before = std::fs::read_to_string(recorded).unwrap_or_default().replace("\r\n", "\n");
    first_difference(&before, &said).map_or(Ok(()), |difference| Err(format!("{command}/{outcome}: {difference}")))
}

/// The case folders of a command.
fn folders(command: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(root().join("tests/cases").join(command)).unwrap();
    let mut all: Vec<PathBuf> = all.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    all.sort();
    assert!(all.len() > 2, "{command} has cases");
    all
}

#[test]
fn every_case_of_an_answer_comes_out_as_its_folder_says() {
    let cases = COMMANDS.iter().flat_map(|command| folders(command).into_iter().map(move |folder| (*command, folder)));
    let wrong: Vec<String> = cases.filter_map(|(command, folder)| answer(command, &folder).err()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
