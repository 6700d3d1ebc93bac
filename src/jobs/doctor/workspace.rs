//! Points of a diagnosis about the workspace: its term, its lock, its ledgers, its archive.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::DiagnosisPoint as Point;
use super::DiagnosisSubject as Subject;
use super::DoctorRequest;
use crate::archive::{Fault, Generation, Verified, glance};
use crate::base::message::{Message, message};
use crate::ledger::Stamp;
use crate::workspace::{FoundWorkspace, Pipeline, SettingsSchema};

/// The program's name in notes.
const PROGRAM: &str = "tkgd";

/// Points about a workspace, and where its outputs go.
pub struct LookedWorkspace {
    /// The points.
    pub points: Vec<Point>,
    /// Folder of the outputs of the term that is due; where the program runs outside of a workspace.
    pub output: PathBuf,
}

/// Looks at the workspace that is asked for, or the nearest one.
pub fn workspace(request: &DoctorRequest) -> LookedWorkspace {
    let mut looked = LookedWorkspace { points: Vec::new(), output: PathBuf::from(".") };
    let unreadable = || Point::problem(Subject::Workspace, message!("doctor.workspace_unreadable"), message!("doctor.see_standing"));
    let Ok(schema) = SettingsSchema::built_in() else {
        looked.points.push(unreadable());
        return looked;
    };
    let Some(folder) = request.folder.clone().or_else(|| FoundWorkspace::nearest_folder(&schema)) else {
        looked.points.push(Point::fine(Subject::Workspace, message!("doctor.no_workspace")));
        return looked;
    };
    let Ok(found) = FoundWorkspace::open(&folder, &schema) else {
        looked.points.push(unreadable());
        return looked;
    };
    let pipelines: Vec<Pipeline> = found.pipelines.iter().filter_map(|own| Pipeline::open(&own.path).ok()).collect();
    looked.points.push(due_term(request, &found, found.pipelines.len() - pipelines.len()));
    let due = found.due(Stamp::now(request.on).on).ok().and_then(|due| Pipeline::open(&due.path).ok());
    if let Some(due) = due.as_ref().or_else(|| pipelines.first()) {
        looked.output = due.output();
        looked.points.push(lock(due));
    }
    looked.points.extend(ledgers(&pipelines));
    looked.points.extend(archives(&pipelines));
    looked
}

/// The term that is due, and pipelines that cannot be read.
fn due_term(request: &DoctorRequest, found: &FoundWorkspace, unreadable: usize) -> Point {
    let pipelines = found.pipelines.len();
    if unreadable > 0 {
        let said = message!("doctor.pipelines_unreadable", unreadable, pipelines);
        return Point::problem(Subject::Workspace, said, message!("doctor.see_standing"));
    }
    let Ok(due) = found.due(Stamp::now(request.on).on) else {
        return Point::problem(Subject::Workspace, message!("doctor.several_due", pipelines), message!("doctor.name_the_pipeline"));
    };
    let place = match (&request.folder, found.folder.components().count()) {
        (Some(_), _) => message!("doctor.place_named"),
        (None, 0) => message!("doctor.place_here"),
        (None, above) => message!("doctor.place_above", above),
    };
    Point::fine(Subject::Workspace, message!("doctor.workspace", place, period = due.period.message(), pipelines))
}

/// The lock of the workspace, which every command takes that writes into it.
fn lock(pipeline: &Pipeline) -> Point {
    match pipeline.lock_holder() {
        Ok(None) => Point::fine(Subject::Lock, message!("doctor.lock_free")),
        Ok(Some(note)) => {
            let (command, process) = (command_of(&note), process_of(&note));
            Point::problem(Subject::Lock, message!("doctor.lock_held", command, process), message!("doctor.wait_for_lock", process))
        }
        Err(_) => Point::not_known(Subject::Lock, message!("doctor.lock_not_known")),
    }
}

/// The command in the note of whoever holds a lock, `tkgd run P (WHO, 123)`: nothing that was typed behind it, which may be a name.
fn command_of(note: &str) -> String {
    let mut words = note.split_whitespace();
    let program = words.next().filter(|word| *word == PROGRAM).unwrap_or_default();
    let is_command = |word: &&str| !word.starts_with('-') && word.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    let command = words.next().filter(is_command).unwrap_or_default();
    format!("{program} {command}").trim().to_owned()
}

/// The number of the process in such a note; `?` where there is none.
fn process_of(note: &str) -> String {
    let number = note.trim_end_matches(')').rsplit([' ', '(']).next().unwrap_or_default();
    if number.parse::<u32>().is_ok() { number.to_owned() } else { "?".to_owned() }
}

/// The ledgers of all terms: each whole or not.
fn ledgers(pipelines: &[Pipeline]) -> Vec<Point> {
    let (mut seen, mut points) = (BTreeSet::new(), Vec::new());
    let (mut ledgers, mut entries) = (0_usize, 0_usize);
    for pipeline in pipelines {
        let ledger = pipeline.ledger();
        if !seen.insert(ledger.path().to_owned()) {
            continue;
        }
        let period = pipeline.period.message();
        let hint = message!("doctor.see_ledger_verify");
        match ledger.read() {
            Err(_) => points.push(Point::problem(Subject::Ledger, message!("doctor.ledger_unreadable", period), hint)),
            Ok(chain) => {
                ledgers += usize::from(ledger.path().is_file());
                entries += chain.entries.len();
                if let Some(broken) = chain.broken {
                    let fault = Message::of_family("ledger.fault", broken.fault.id());
                    let said = message!("doctor.ledger_broken", period, entry = broken.entry, fault);
                    points.push(Point::problem(Subject::Ledger, said, hint));
                }
            }
        }
    }
    if points.is_empty() {
        let said = if ledgers == 0 { message!("doctor.no_ledger") } else { message!("doctor.ledgers", ledgers, entries) };
        points.push(Point::fine(Subject::Ledger, said));
    }
    points
}

/// The archives of all pipelines, usually one: looked at without reading any table.
fn archives(pipelines: &[Pipeline]) -> Vec<Point> {
    let folders: BTreeSet<PathBuf> = pipelines.iter().map(Pipeline::archive).filter(|folder| folder.is_dir()).collect();
    if folders.is_empty() {
        return vec![Point::fine(Subject::Archive, message!("doctor.no_archive"))];
    }
    folders.iter().map(|folder| archive(folder)).collect()
}

fn archive(folder: &Path) -> Point {
    let verify = || message!("doctor.see_archive_verify");
    let (Ok(Verified { releases, files, problems, .. }), Ok(note)) = (glance(folder), Generation::read(folder)) else {
        return Point::problem(Subject::Archive, message!("doctor.archive_unreadable"), verify());
    };
    let generation = note.generation;
    if problems.iter().any(|problem| problem.fault == Fault::InProgress) {
        return Point::problem(
            Subject::Archive,
            message!("doctor.archive_interrupted", releases, generation),
            message!("doctor.run_archive_repair"),
        );
    }
    if problems.is_empty() {
        return Point::fine(Subject::Archive, message!("doctor.archive", releases, files, generation));
    }
    Point::problem(Subject::Archive, message!("doctor.archive_problems", releases, generation, problems = problems.len()), verify())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_a_note_only_command_and_process_are_told() {
        for (note, command, process) in [
            ("tkgd run Xã-Tân-An.toml (hoa@may-3, 4711)", "tkgd run", "4711"),
            ("tkgd so-theo-doi (hoa nguyen@may, 12)", "tkgd so-theo-doi", "12"),
            ("tkgd --lang en (hoa@may, 12)", "tkgd", "12"),
            ("tkgd ./Hoa (12)", "tkgd", "12"),
            ("hoa@may", "", "?"),
            ("", "", "?"),
        ] {
            assert_eq!((command_of(note).as_str(), process_of(note).as_str()), (command, process), "{note}");
        }
    }
}
