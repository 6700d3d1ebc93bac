//! Progress bars on standard error, only when somebody is looking at a terminal.

use std::sync::Mutex;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::base::message::Lang;
use crate::jobs::{JobStage, Progress};

/// A bar per stage.
pub struct Bars {
    lang: Lang,
    current: Mutex<Option<ProgressBar>>,
}

impl Bars {
    /// Bars in a language.
    pub fn new(lang: Lang) -> Self {
        Self { lang, current: Mutex::new(None) }
    }

    fn with_bar(&self, act: impl FnOnce(&ProgressBar)) {
        if let Ok(current) = self.current.lock()
            && let Some(bar) = current.as_ref()
        {
            act(bar);
        }
    }
}

impl Progress for Bars {
    fn start(&self, stage: JobStage, steps: usize) {
        self.finish();
        // The target hides itself when standard error is not a terminal.
        let bar = ProgressBar::with_draw_target(Some(steps as u64), ProgressDrawTarget::stderr());
        if let Ok(style) = ProgressStyle::with_template("{prefix:>17} {bar:30} {pos}/{len} {eta}") {
            bar.set_style(style);
        }
        bar.set_prefix(stage.name(self.lang));
        if let Ok(mut current) = self.current.lock() {
            *current = Some(bar);
        }
    }

    fn step(&self) {
        self.with_bar(|bar| bar.inc(1));
    }

    fn finish(&self) {
        self.with_bar(ProgressBar::finish_and_clear);
    }
}
