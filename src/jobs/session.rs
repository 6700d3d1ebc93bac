//! What jobs are done with: schemas and words, loaded once; how the work is watched, how it is stopped.

use std::path::Path;
use std::sync::Arc;

use crate::base::error::Result;
use crate::base::limits::Stop;
use crate::base::message::Lang;
use crate::forms::Schemas;
use crate::jobs::stage::{JobStage, Progress, Silent};
use crate::jobs::texts::Texts;
use crate::workbooks::Isolation;

/// What jobs are done with. A clone shares what was loaded, and may be watched and stopped by itself.
#[derive(Clone)]
pub struct Session {
    /// Circulars, forms, rules.
    pub schemas: Arc<Schemas>,
    /// Words around what is counted.
    pub texts: Arc<Texts>,
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

    /// The same, of schemas that are loaded.
    ///
    /// # Errors
    /// When a file of words is not right.
    pub fn of(schemas: Schemas, isolation: Isolation) -> Result<Self> {
        let texts = Arc::new(Texts::read(&schemas.files)?);
        let progress = Arc::new(Silent);
        Ok(Self { schemas: Arc::new(schemas), texts, isolation, lang: Lang::Vi, progress, stop: Stop::default() })
    }

    /// The same, watched by somebody.
    #[must_use]
    pub fn watched_by(self, progress: Arc<dyn Progress + Send>) -> Self {
        Self { progress, ..self }
    }

    /// The same, in a language.
    #[must_use]
    pub fn in_language(self, lang: Lang) -> Self {
        Self { lang, ..self }
    }

    /// The same, for a job that ends when it is stopped by this.
    #[must_use]
    pub fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// The same, with the schemas that a release keeps. Words that no run writes stay those of this program.
    ///
    /// # Errors
    /// When a file is not right.
    pub(crate) fn as_released(&self, schemas: Schemas) -> Result<Self> {
        let texts = Arc::new(self.texts.as_released(&schemas.files)?);
        Ok(Self { schemas: Arc::new(schemas), texts, ..self.clone() })
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
