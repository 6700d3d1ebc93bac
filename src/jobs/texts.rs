//! The words that jobs say, all of them read where the schemas are loaded.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use crate::base::error::Result;
use crate::base::message::Lang;
use crate::drafts::Vocabulary;
use crate::forms::{ReportBook, SchemaFiles};
#[cfg(feature = "sql")]
use crate::jobs::ask::words::AskWords;
use crate::jobs::feedback::texts::ReturnTexts;
use crate::jobs::release::kinds::ReleaseTexts;
use crate::ledger::Catalogue;
use crate::report::{FigureTexts, QualityTexts, ReportTexts};
use crate::rulebook::ColumnWords;
use crate::tables::TableWords;
use crate::workbooks::ClaimWords;

/// Folder of the layouts that every run writes.
const SUMMARIES: &str = "summaries/";
/// Folder of the reports that come with the program.
const REPORTS: &str = "reports/";

/// Words that names may hold beside those of register, forms and pipeline.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PrivacyFile {
    words: Vec<String>,
}

/// Words around what is counted, each file of the schemas once.
#[derive(Debug, Clone)]
pub struct Texts {
    /// Official workbooks.
    pub report: ReportTexts,
    /// The quality report.
    pub quality: QualityTexts,
    /// Tables of figures.
    pub figures: FigureTexts,
    /// Layouts that every run writes, in the order of their files.
    pub summaries: Vec<ReportBook>,
    /// Reports that come with the program, by name.
    pub reports: BTreeMap<String, ReportBook>,
    /// States and actions of the ledger.
    pub catalogue: Catalogue,
    /// Claims of files about themselves.
    pub claims: ClaimWords,
    /// Signs and words of tables.
    pub tables: TableWords,
    /// Words of names of files that say nothing of a person.
    pub plain_names: Vec<String>,
    /// Releases.
    pub releases: ReleaseTexts,
    /// Papers that go back to schools.
    pub feedback: ReturnTexts,
    /// Workbooks and lists that become drafts of forms and mappings.
    pub import: Vocabulary,
    /// Columns of tables that have rules of their own.
    pub columns: ColumnWords,
    /// Questions in people's words.
    #[cfg(feature = "sql")]
    pub ask: AskWords,
}

impl Texts {
    /// In Vietnamese.
    fn read(files: &SchemaFiles) -> Result<Self> {
        let lang = Lang::Vi;
        Ok(Self {
            report: files.toml("report.toml")?,
            quality: files.toml_in("quality.toml", lang)?,
            figures: files.toml_in("figures.toml", lang)?,
            summaries: books(files, SUMMARIES, lang)?.into_values().collect(),
            reports: books(files, REPORTS, lang)?,
            catalogue: files.toml("ledger.toml")?,
            claims: files.toml("claims.toml")?,
            tables: files.toml("tables.toml")?,
            plain_names: files.toml::<PrivacyFile>("privacy.toml")?.words,
            releases: files.toml("release.toml")?,
            feedback: files.toml("return.toml")?,
            import: files.toml("import.toml")?,
            columns: files.toml("table_rules.toml")?,
            #[cfg(feature = "sql")]
            ask: files.toml("ask.toml")?,
        })
    }

    /// Takes the words that a run reads or writes from a release.
    fn as_released(&self, files: &SchemaFiles) -> Result<Self> {
        let own = Self {
            report: files.toml("report.toml")?,
            catalogue: files.toml("ledger.toml")?,
            claims: files.toml("claims.toml")?,
            tables: files.toml("tables.toml")?,
            plain_names: files.toml::<PrivacyFile>("privacy.toml")?.words,
            ..self.clone()
        };
        own.in_language(files, Lang::Vi)
    }

    /// Takes the pairs among the words of a run in a language.
    fn in_language(&self, files: &SchemaFiles, lang: Lang) -> Result<Self> {
        Ok(Self {
            quality: files.toml_in("quality.toml", lang)?,
            figures: files.toml_in("figures.toml", lang)?,
            summaries: books(files, SUMMARIES, lang)?.into_values().collect(),
            ..self.clone()
        })
    }
}

/// Words of the program in both languages; both are read and checked whichever is spoken.
#[derive(Debug)]
pub(super) struct BothTexts {
    vi: Arc<Texts>,
    en: Arc<Texts>,
}

impl BothTexts {
    pub(super) fn read(files: &SchemaFiles) -> Result<Self> {
        let vi = Texts::read(files)?;
        let en = Texts { reports: books(files, REPORTS, Lang::En)?, ..vi.in_language(files, Lang::En)? };
        Ok(Self { vi: Arc::new(vi), en: Arc::new(en) })
    }

    /// Takes the words that a run reads or writes from a release.
    pub(super) fn as_released(&self, files: &SchemaFiles) -> Result<Self> {
        let vi = self.vi.as_released(files)?;
        let en = Texts { reports: self.en.reports.clone(), ..vi.in_language(files, Lang::En)? };
        Ok(Self { vi: Arc::new(vi), en: Arc::new(en) })
    }

    /// Those of a language.
    pub(super) const fn said(&self, lang: Lang) -> &Arc<Texts> {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// Layouts of a folder, by their names.
fn books(files: &SchemaFiles, folder: &str, lang: Lang) -> Result<BTreeMap<String, ReportBook>> {
    let names = files.paths().filter_map(|path| path.strip_prefix(folder)?.strip_suffix(".toml"));
    names.map(|name| Ok((name.to_owned(), files.toml_in(&format!("{folder}{name}.toml"), lang)?))).collect()
}
