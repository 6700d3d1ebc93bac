//! How long the stages of a job take: a table on standard error, never part of what the job writes.

use std::fmt::Write as _;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::base::message::{Lang, message};
use crate::jobs::{JobStage, Progress};

/// Passes progress on and notes how long each stage lasts.
pub struct Timings<P> {
    shown: P,
    begun: Instant,
    noted: Mutex<Noted>,
}

#[derive(Default)]
struct Noted {
    /// Stages in the order they first began; one that comes twice is added up.
    stages: Vec<(JobStage, Duration)>,
    running: Option<(JobStage, Instant)>,
}

impl Noted {
    fn end(&mut self) {
        let Some((stage, since)) = self.running.take() else { return };
        match self.stages.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, sum)) => *sum += since.elapsed(),
            None => self.stages.push((stage, since.elapsed())),
        }
    }
}

impl<P: Progress> Timings<P> {
    /// Starts the clock.
    pub fn new(shown: P) -> Self {
        Self { shown, begun: Instant::now(), noted: Mutex::default() }
    }

    fn note(&self, stage: Option<JobStage>) {
        if let Ok(mut noted) = self.noted.lock() {
            noted.end();
            noted.running = stage.map(|stage| (stage, Instant::now()));
        }
    }

    /// Stages with seconds and share, what lies between them, and the most memory held at a time.
    pub fn table(&self, lang: Lang) -> String {
        let total = self.begun.elapsed();
        self.note(None);
        let stages = self.noted.lock().map(|noted| noted.stages.clone()).unwrap_or_default();
        let between = total.saturating_sub(stages.iter().map(|(_, time)| *time).sum());
        let named = stages.iter().map(|(stage, time)| (stage.name(lang), *time));
        let ends = [(message!("screen.between").said(lang), between), (message!("screen.total").said(lang), total)];
        let mut text = format!("{:<20}{:>9}{:>8}\n", message!("screen.stage").said(lang), message!("screen.seconds").said(lang), "%");
        for (name, time) in named.chain(ends) {
            let share = 100.0 * time.as_secs_f64() / total.as_secs_f64().max(f64::MIN_POSITIVE);
            let (seconds, share) = (format!("{:.2}", time.as_secs_f64()), format!("{share:.1}"));
            let local = |number: String| if lang == Lang::Vi { number.replace('.', ",") } else { number };
            let _ = writeln!(text, "{name:<20}{:>9}{:>8}", local(seconds), local(share));
        }
        let memory = peak_memory().map_or_else(|| "-".to_owned(), |bytes| format!("{} MB", bytes / 1_000_000));
        let _ = writeln!(text, "{}: {memory}", message!("screen.peak_memory").said(lang));
        text
    }
}

impl<P: Progress> Progress for Timings<P> {
    fn start(&self, stage: JobStage, steps: usize) {
        self.note(Some(stage));
        self.shown.start(stage, steps);
    }

    fn step(&self) {
        self.shown.step();
    }

    fn finish(&self) {
        self.note(None);
        self.shown.finish();
    }
}

/// The most memory this program held at a time, in bytes, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|kib| kib * 1024)
}
