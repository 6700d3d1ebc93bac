//! The files in which a run tells its findings.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::RunContext;
use super::causes::CauseRecord;
use super::findings_workbook::{FINDINGS_WORKBOOK, FindingsWorkbook};
use crate::archive::REPORTS;
use crate::base::disk;
use crate::base::disk::{OutputFolder, Scope};
use crate::base::error::Result;
use crate::findings::Finding;
use crate::jobs::show::{write_findings_csv, write_findings_json, write_findings_text, write_inputs_csv};
use crate::ledger::{RUN_FINDINGS, write_run_findings};
use crate::report::{Quality, QualityTexts, quality_page};
use crate::rules::Spread;

/// Findings to be told, in the words of the day or as they may be kept.
pub struct Telling<'a> {
    /// The run.
    pub run_context: &'a RunContext<'a>,
    /// Its findings.
    pub findings: &'a [Finding],
    /// Those that nobody has answered, by their causes.
    pub causes: &'a [CauseRecord],
    /// Values compared between units.
    pub distributions: &'a [Spread],
    /// Words of the quality report.
    pub texts: &'a QualityTexts,
}

/// Writes a file.
type Fill<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

impl Telling<'_> {
    /// Names of the files.
    pub fn files(&self) -> Vec<String> {
        self.fills(&str::to_owned, None).into_iter().map(|(name, _)| name).collect()
    }

    /// Writes them in the words of the day.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write(&self, folder: &OutputFolder) -> Result<()> {
        self.write_as(&str::to_owned, self.run_context.to_files().as_deref(), &|name| folder.path(name))?;
        write_run_findings(&folder.path(RUN_FINDINGS)?, self.findings, &self.run_context.session.schemas.rules)?;
        let workbook = FindingsWorkbook { run_context: self.run_context, findings: self.findings, causes: self.causes };
        folder.write(FINDINGS_WORKBOOK, &workbook.bytes()?)
    }

    /// Findings are told all the same, beside the reports of the last run that was not stopped.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_beside(&self) -> Result<()> {
        let pipeline = self.run_context.pipeline;
        let folder = OutputFolder::open(&pipeline.output(), Scope::Added, &pipeline.output_rules())?;
        self.write(&folder)?;
        folder.publish().map(drop)
    }

    /// Writes them into the folder of a release, as they may be kept; nowhere else are they kept. The senders' files are not kept there,
    /// so nothing links to them.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn keep(&self, release: &Path) -> Result<()> {
        self.write_as(&|file| self.run_context.loaded.names.file(file), None, &|name| Ok(release.join(REPORTS).join(name)))
    }

    /// `name` gives an input file's name, `to_files` the path to the files for links, `place` where a file stands.
    fn write_as(&self, name: &dyn Fn(&str) -> String, to_files: Option<&str>, place: &dyn Fn(&str) -> Result<PathBuf>) -> Result<()> {
        self.fills(name, to_files).into_iter().try_for_each(|(file, fill)| disk::write_with(&place(&file)?, fill))
    }

    /// Each is written as it is worked out: findings of a large province are too many to be held as text.
    fn fills<'s>(&'s self, name: &'s dyn Fn(&str) -> String, to_files: Option<&'s str>) -> Vec<(String, Fill<'s>)> {
        let RunContext { session, loaded, state, .. } = *self.run_context;
        let (findings, files, rules, lang) = (self.findings, &loaded.files, &session.schemas.rules, session.lang);
        vec![
            ("phat-hien.txt".to_owned(), Box::new(move |out| write_findings_text(out, findings, rules, lang))),
            ("phat-hien.json".to_owned(), Box::new(move |out| write_findings_json(out, findings, rules, lang))),
            ("phat-hien.csv".to_owned(), Box::new(move |out| write_findings_csv(out, findings, rules, lang))),
            ("tep-dau-vao.csv".to_owned(), Box::new(move |out| write_inputs_csv(out, files, name, rules, lang))),
            (state.named_file(&self.texts.file), Box::new(move |out| out.write_all(self.quality(to_files).as_bytes()))),
        ]
    }

    /// The quality report.
    fn quality(&self, to_files: Option<&str>) -> String {
        let RunContext { session, pipeline, loaded, aggregations, state, run } = *self.run_context;
        quality_page(&Quality {
            lang: session.lang,
            state,
            texts: self.texts,
            term: &loaded.regulation.full_term_in(pipeline.period, session.lang),
            circular: &loaded.regulation.name,
            run,
            unverified: &self.run_context.unverified(),
            tree: &loaded.tree,
            aggregations,
            findings: self.findings,
            rules: &session.schemas.rules,
            distributions: self.distributions,
            to_files,
        })
    }
}
