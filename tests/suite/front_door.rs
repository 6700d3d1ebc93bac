//! The library as another front door would use it: a session is opened, runs are watched and stopped, results are read as data, a
//! figure is explained. Nothing of it touches the terminal.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use tkgd::base::error::Error;
use tkgd::base::limits::Stop;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::jobs::{ExplainRequest, JobStage, Progress, SampleRequest, Session, explain_figure, run, sample_files};
use tkgd::sample::SampleOptions;
use tkgd::workbooks::Isolation;
use tkgd::workspace::{ArchiveRequest, Pipeline};

use super::support::{files_in, scratch};

/// Notes what it is told, and stops the job where it is asked to.
#[derive(Default)]
struct Watcher {
    /// Stages that began, with their steps.
    stages: Mutex<Vec<(JobStage, usize)>>,
    /// Steps that were done.
    steps: AtomicUsize,
    /// Where the job is stopped: the stage, and how many of its steps are done then.
    stop_at: Option<(JobStage, usize)>,
    stop: Stop,
}

impl Watcher {
    fn stopping_at(stage: JobStage, steps: usize) -> Arc<Self> {
        Arc::new(Self { stop_at: Some((stage, steps)), ..Self::default() })
    }

    fn stop_here(&self, steps: usize) {
        let stage = self.stages.lock().unwrap().last().map(|(stage, _)| *stage);
        if self.stop_at.is_some_and(|(at, after)| Some(at) == stage && after == steps) {
            assert!(self.stop.end());
        }
    }
}

impl Progress for Watcher {
    fn start(&self, stage: JobStage, steps: usize) {
        self.stages.lock().unwrap().push((stage, steps));
        self.steps.store(0, Ordering::SeqCst);
        self.stop_here(0);
    }

    fn step(&self) {
        let done = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        self.stop_here(done);
    }

    fn finish(&self) {}
}

/// A small province, its pipeline and every file of it.
fn province(name: &str, session: &Session) -> (PathBuf, Pipeline) {
    let folder = scratch(name);
    let period = Period { year: SchoolYear(2025), term: Term::Opening };
    let options = SampleOptions { communes: 2, schools: 6, ..SampleOptions::new(3, period) };
    for (file, bytes) in sample_files(session, &SampleRequest { options, dirt: Vec::new() }).unwrap() {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    let pipeline = Pipeline::open(&folder.join("dau-nam-hoc.toml")).unwrap();
    (folder, pipeline)
}

/// Every file that somebody looks at; locks and what is written aside are nobody's.
fn visible(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let is_seen = |path: &PathBuf| !path.components().any(|part| part.as_os_str().to_string_lossy().starts_with('.'));
    let files = files_in(folder).into_iter().filter(|path| is_seen(&path.strip_prefix(folder).unwrap().to_owned()));
    let is_lock = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "lock" || ending == "holder");
    files.filter(|path| !is_lock(path)).map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

#[test]
fn a_run_is_watched_read_and_explained() {
    let watcher = Arc::new(Watcher::default());
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let (folder, pipeline) = province("front-door", &session);
    let watched = session.clone().watched_by(Arc::clone(&watcher) as _);
    let result = run(&watched, &pipeline).unwrap();
    let stages: Vec<JobStage> = watcher.stages.lock().unwrap().iter().map(|(stage, _)| *stage).collect();
    let expected = [
        JobStage::Read,
        JobStage::Check,
        JobStage::Total,
        JobStage::Indicators,
        JobStage::Conclude,
        JobStage::Outputs,
        JobStage::Summaries,
        JobStage::Archive,
        JobStage::Recount,
        JobStage::Publish,
    ];
    assert_eq!(stages, expected);
    let form = result.summary.forms.iter().find(|form| &*form.form == "tt25-2024/02-TH-DN").unwrap();
    assert!(form.received > 0 && form.received == form.expected, "{form:?}");
    // The same session explains a figure of what the run wrote.
    let archive = ArchiveRequest { pipeline: Some(folder.join("dau-nam-hoc.toml")), ..ArchiveRequest::default() };
    let request = ExplainRequest { archive, address: "02-TH-DN/III/37/1".to_owned(), unit: "09".to_owned(), ..ExplainRequest::default() };
    let explained = explain_figure(&session, &request).unwrap();
    let known: i128 = explained.top.children.iter().map(|node| node.total).sum();
    assert!(explained.top.total > 0 && explained.top.total == known, "{:?}", explained.top.total);
}

#[test]
fn a_run_that_is_stopped_anywhere_leaves_everything_as_it_was() {
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let (folder, pipeline) = province("front-door-stopped", &session);
    let stopped_at = |stage, steps| {
        let watcher = Watcher::stopping_at(stage, steps);
        let stop = watcher.stop.clone();
        run(&session.clone().watched_by(watcher).until(stop), &pipeline)
    };
    let places = [
        (JobStage::Read, 0),
        (JobStage::Read, 2),
        (JobStage::Check, 3),
        (JobStage::Total, 0),
        (JobStage::Indicators, 0),
        (JobStage::Conclude, 0),
        (JobStage::Outputs, 1),
        (JobStage::Summaries, 0),
        (JobStage::Archive, 0),
        (JobStage::Recount, 0),
        (JobStage::Publish, 0),
    ];
    // Before anything was published, and over what was.
    for has_run in [false, true] {
        if has_run {
            run(&session, &pipeline).unwrap();
        }
        let before = visible(&folder);
        for (stage, steps) in places {
            let problem = stopped_at(stage, steps).unwrap_err();
            assert!(matches!(problem, Error::Limit { .. }), "{stage:?}: {problem}");
            let after = visible(&folder);
            let changed: Vec<&PathBuf> = after.keys().chain(before.keys()).filter(|path| after.get(*path) != before.get(*path)).collect();
            assert!(changed.is_empty(), "{stage:?}: {changed:?}");
        }
    }
    // What is being put in place goes on to its end.
    let stop = Stop::default();
    stop.publish().unwrap();
    assert!(!stop.end());
}
