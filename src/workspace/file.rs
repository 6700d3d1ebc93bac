//! Pipeline files as people write them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Deserialize;

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::number::NumberLocale;
use crate::base::term::Term;
use crate::ledger::LocalDeadline;
use crate::lists::ListFile;
use crate::tables::{DeclaredSigns, Signs, TableWords};
use crate::tabulate::Profile;
use crate::workbooks::UnitFrom;
use crate::workspace::{Duplicates, WhereBoth};

/// A pipeline as people write it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PipelineFile {
    /// Title of the pipeline, for people.
    pub title: String,
    /// School year, `2025-2026`.
    pub school_year: String,
    /// Term: `opening` or `closing`.
    pub term: Term,
    /// A later state of the term's results, such as `after-retests`; the one reports are due in otherwise.
    #[serde(default)]
    pub result_state: Option<String>,
    /// The circular, where it is a reporting stream of its own; the one in force otherwise.
    #[serde(default)]
    pub regulation: Option<String>,
    /// The register of units.
    pub register: PathBuf,
    /// The folder all paths start from, seen from the pipeline file; its own folder otherwise.
    #[serde(default)]
    pub workspace: PathBuf,
    /// Its inputs.
    pub inputs: Inputs,
    /// Its outputs.
    #[serde(default)]
    pub outputs: Outputs,
    /// Its releases.
    #[serde(default)]
    pub release: ReleaseRules,
    /// Local deadlines, as `han-nop.toml` has them.
    #[serde(default)]
    pub deadlines: Vec<LocalDeadline>,
}

/// Rules on the releases of a pipeline.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRules {
    /// Points of the checklist that keep figures from being official; [`BLOCKING`] otherwise.
    #[serde(default)]
    pub blocking: Option<Vec<String>>,
}

/// Points of the checklist of a release, those first that block unless a pipeline says otherwise.
pub const CHECK_POINTS: [&str; 10] =
    ["errors", "nothing_received", "returned", "refused", "held", "queries", "proposed", "missing", "unapproved", "unverified"];

impl ReleaseRules {
    /// Refuses points that there are not.
    pub(super) fn check(&self) -> Result<()> {
        let Some(unknown) = self.blocking.iter().flatten().find(|own| !CHECK_POINTS.contains(&own.as_str())) else { return Ok(()) };
        let hint = closest(unknown, CHECK_POINTS).map_or_else(|| Message::from(CHECK_POINTS.join(", ")), Message::did_you_mean);
        Err(Error::Unknown { kind: message!("kinds.point_of_checklist"), name: unknown.clone(), hint: Some(hint) })
    }
}

/// Points of the checklist that keep figures from being official unless a pipeline says otherwise.
pub const BLOCKING: [&str; 5] = ["errors", "nothing_received", "returned", "refused", "held"];

/// Points that block whatever a pipeline says, and that no reason passes over.
pub const ALWAYS_BLOCKING: [&str; 2] = ["errors", "nothing_received"];

/// Inputs that a pipeline reads.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inputs {
    /// Workbook files and folders of them.
    #[serde(default)]
    pub workbooks: Vec<PathBuf>,
    /// One-row-per-school lists.
    #[serde(default)]
    pub lists: Vec<ListFile>,
    /// Files of records, and folders of them.
    #[serde(default)]
    pub records: Vec<RecordInput>,
    /// Side that counts where records and a form tell a cell.
    #[serde(default)]
    pub where_both: WhereBoth,
    /// Whose definitions of cells records are counted by.
    #[serde(default)]
    pub definitions: Profile,
    /// Where a file's unit is looked for, in this order.
    #[serde(default = "default_order")]
    pub unit_from: Vec<UnitFrom>,
    /// Pattern of file names, with `{unit}`, `{form}` and `{any}`.
    #[serde(default = "default_pattern")]
    pub file_name: String,
    /// Table of file names and unit codes.
    #[serde(default)]
    pub mapping: Option<PathBuf>,
    /// Separators of numbers written as text.
    #[serde(default)]
    pub numbers: NumberLocale,
    /// Signs for not known, besides the usual ones.
    #[serde(default)]
    pub missing: Vec<String>,
    /// Signs for known and not told (`<10`).
    #[serde(default)]
    pub suppressed: Vec<String>,
    /// Signs for none.
    #[serde(default)]
    pub nil: Vec<String>,
    /// Which of two different files for one unit and form wins.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// Another source of the same figures (a folder, workbook, list, pipeline or archive): every cell is compared.
    #[serde(default)]
    pub other_source: Option<PathBuf>,
    /// Table of the days returns came in: unit, form, day.
    #[serde(default)]
    pub receipts: Option<PathBuf>,
    /// Local deadlines, each with the document that sets it; `han-nop.toml` otherwise.
    #[serde(default)]
    pub deadlines: Option<PathBuf>,
    /// Population by place and age, the denominator of enrolment rates.
    #[serde(default)]
    pub population: Option<PathBuf>,
    /// The day new returns came in; told to a command, never in a file.
    #[serde(skip)]
    pub received_on: Option<NaiveDate>,
    /// The unit all workbooks are of, whatever they say; told to a command, never in a file.
    #[serde(skip)]
    pub unit: Option<String>,
    /// Every return is taken as it is, also totals and what nobody expects: another source is compared, not added up.
    #[serde(skip)]
    pub as_they_are: bool,
}

/// A file of records, or a folder of such files.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordInput {
    /// The file or folder.
    pub path: PathBuf,
    /// Name of its layout; the one that knows most of its headings otherwise.
    #[serde(default)]
    pub layout: Option<String>,
    /// Code or name of the school that its records are of, where neither its rows nor its name tell it.
    #[serde(default)]
    pub unit: Option<String>,
}

impl Inputs {
    /// The signs declared here.
    #[must_use]
    pub fn declared_signs(&self) -> DeclaredSigns {
        DeclaredSigns { missing: self.missing.clone(), suppressed: self.suppressed.clone(), nil: self.nil.clone() }
    }

    /// The usual signs and those declared here.
    #[must_use]
    pub fn signs(&self, words: &TableWords) -> Signs {
        Signs::new([&words.signs, &self.declared_signs()])
    }
}

impl Default for Inputs {
    fn default() -> Self {
        Self {
            workbooks: Vec::new(),
            lists: Vec::new(),
            records: Vec::new(),
            where_both: WhereBoth::default(),
            definitions: Profile::default(),
            unit_from: default_order(),
            file_name: default_pattern(),
            mapping: None,
            numbers: NumberLocale::default(),
            missing: Vec::new(),
            suppressed: Vec::new(),
            nil: Vec::new(),
            duplicates: Duplicates::default(),
            other_source: None,
            receipts: None,
            deadlines: None,
            population: None,
            received_on: None,
            unit: None,
            as_they_are: false,
        }
    }
}

fn default_order() -> Vec<UnitFrom> {
    vec![UnitFrom::Mapping, UnitFrom::FileName, UnitFrom::Template, UnitFrom::Header]
}

fn default_pattern() -> String {
    "{unit}_{any}".to_owned()
}

/// Outputs of a pipeline.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Outputs {
    /// Folder of reports and findings; `out` otherwise.
    #[serde(default)]
    pub folder: Option<PathBuf>,
    /// Folder of the archive; `archive` otherwise.
    #[serde(default)]
    pub archive: Option<PathBuf>,
    /// Folder of the ledger; `ledger` otherwise.
    #[serde(default)]
    pub ledger: Option<PathBuf>,
    /// Which units get official workbooks: kinds of unit or unit codes; all aggregating kinds otherwise.
    #[serde(default)]
    pub reports: Vec<String>,
    /// Which groupings get official workbooks: keys such as `former_district`.
    #[serde(default)]
    pub groups: Vec<String>,
    /// One-row-per-school tables: `csv`, `xlsx`.
    #[serde(default)]
    pub lists: Vec<ListFormat>,
    /// Which basis an indicator takes that has several: `national-standard-schools = "public"`.
    #[serde(default)]
    pub bases: BTreeMap<String, String>,
    /// Print the signature block.
    #[serde(default)]
    pub signature: bool,
    /// Place before the date in the signature block.
    #[serde(default)]
    pub place: String,
    /// Write no reports and no archive while a finding is an error.
    #[serde(default)]
    pub stop_on_errors: bool,
}

/// Format of a one-row-per-school table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListFormat {
    /// Text with commas, UTF-8.
    Csv,
    /// Workbook.
    Xlsx,
}
