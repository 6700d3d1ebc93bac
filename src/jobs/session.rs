//! A session for jobs: schemas and words, loaded once; how the work is watched, how it is stopped.

use std::path::Path;
use std::sync::Arc;

use crate::base::error::Result;
use crate::base::limits::Stop;
use crate::base::message::Lang;
use crate::forms::Schemas;
use crate::jobs::stage::{JobStage, Progress, Silent};
use crate::jobs::texts::{BothTexts, Texts};
use crate::workbooks::Isolation;

/// Schemas and words that jobs work with. A clone shares what was loaded, and may be watched and stopped by itself.
#[derive(Clone)]
pub struct Session {
    /// Circulars, forms, rules.
    pub schemas: Arc<Schemas>,
    /// Words around what is counted, in the language of the session.
    pub texts: Arc<Texts>,
    both: Arc<BothTexts>,
    /// Where files are read whose readers can abort.
    pub isolation: Isolation,
    /// Language of what a job says.
    pub lang: Lang,
    progress: Arc<dyn Progress + Send>,
    stop: Stop,
}

impl Session {
    /// Loads the schemas that are built in, and those of a folder over them; everything that is text is read.
    ///
    /// # Errors
    /// When a file is not right.
    pub fn open(folder: Option<&Path>, isolation: Isolation) -> Result<Self> {
        Self::of(Schemas::load(folder)?, isolation)
    }

    /// Makes a session of schemas that are loaded.
    ///
    /// # Errors
    /// When a file of words is not right.
    pub fn of(schemas: Schemas, isolation: Isolation) -> Result<Self> {
        let both = Arc::new(BothTexts::read(&schemas.files)?);
        let (lang, progress) = (Lang::Vi, Arc::new(Silent));
        let texts = Arc::clone(both.said(lang));
        Ok(Self { schemas: Arc::new(schemas), texts, both, isolation, lang, progress, stop: Stop::default() })
    }

    /// Lets somebody watch it.
    #[must_use]
    pub fn watched_by(self, progress: Arc<dyn Progress + Send>) -> Self {
        Self { progress, ..self }
    }

    /// Sets the language.
    #[must_use]
    pub fn in_language(self, lang: Lang) -> Self {
        Self { lang, texts: Arc::clone(self.both.said(lang)), ..self }
    }

    /// The words in another language than that of the session: what is archived is the same for everybody.
    #[must_use]
    pub fn texts_in(&self, lang: Lang) -> &Texts {
        self.both.said(lang)
    }

    /// Lets a job end when it is stopped by this.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Takes the schemas that a release keeps. Words that no run writes stay those of this program.
    ///
    /// # Errors
    /// When a file is not right.
    pub(super) fn as_released(&self, schemas: Schemas) -> Result<Self> {
        let both = Arc::new(self.both.as_released(&schemas.files)?);
        let texts = Arc::clone(both.said(self.lang));
        Ok(Self { schemas: Arc::new(schemas), texts, both, ..self.clone() })
    }

    /// Begins a stage of so many steps.
    ///
    /// # Errors
    /// When the job was stopped.
    pub fn begin(&self, stage: JobStage, steps: usize) -> Result<()> {
        self.stop.check()?;
        self.progress.start(stage, steps);
        Ok(())
    }

    /// One step of the stage is done.
    ///
    /// # Errors
    /// When the job was stopped.
    pub fn step(&self) -> Result<()> {
        self.progress.step();
        self.stop.check()
    }

    /// The stage is done.
    pub fn end(&self) {
        self.progress.finish();
    }

    /// Begins to publish: from now on the job is not stopped any more.
    ///
    /// # Errors
    /// When it was stopped before.
    pub fn publish(&self) -> Result<()> {
        self.stop.publish()
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("isolation", &self.isolation).field("lang", &self.lang).finish_non_exhaustive()
    }
}
