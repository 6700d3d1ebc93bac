//! Exports as written in `schemas/records/exports.toml`: columns, what stands around them, names that people get.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::sample::records::recipe::LimitTexts;

/// `records/exports.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportFile {
    /// Parts of names.
    pub names: PeopleNames,
    /// The nested document.
    pub dictionary: DictionaryRecipe,
    /// Tables.
    pub exports: Vec<ExportRecipe>,
}

/// Parts of names and addresses.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeopleNames {
    /// Family names.
    pub family: Vec<String>,
    /// Middle names of women.
    pub middle_female: Vec<String>,
    /// Middle names of men.
    pub middle_male: Vec<String>,
    /// Given names of women.
    pub given_female: Vec<String>,
    /// Given names of men.
    pub given_male: Vec<String>,
    /// Jobs of parents.
    pub jobs: Vec<String>,
    /// Hamlets and streets.
    pub streets: Vec<String>,
    /// The province.
    pub province: String,
}

/// The nested document of the exchange dictionary.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DictionaryRecipe {
    /// Its name on the command line.
    pub layout: String,
    /// Field of the school's name.
    pub school_name: String,
    /// Field of the year in which the school year begins.
    pub year: String,
    /// Field of the kind of exchange.
    pub kind: String,
    /// Records that it does not hold.
    pub without: Vec<LeftOut>,
    /// Flags that are lists there.
    pub lists: Vec<ListedFlag>,
    /// Fields of what is said of people, by kind of record.
    pub people: BTreeMap<String, BTreeMap<String, Said>>,
}

/// Records that the nested document does not hold: those whose flag is yes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeftOut {
    /// Kind of record.
    pub of: String,
    /// The flag.
    pub field: String,
}

/// A flag that is a list in the nested document: something stands in it where the flag is yes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedFlag {
    /// Kind of record.
    pub of: String,
    /// The flag.
    pub field: String,
    /// Field of an item.
    pub key: String,
    /// Code that stands there.
    pub code: String,
}

/// Formats of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportForm {
    /// A workbook.
    Xlsx,
    /// A text.
    Csv,
}

/// Extents of one file of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExportedBy {
    /// A class.
    Class,
    /// A school.
    School,
    /// All schools.
    Province,
}

/// A table in which records are sent.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportRecipe {
    /// The layout that reads it.
    pub layout: String,
    /// Kind of record of a row.
    pub of: String,
    /// Format.
    pub form: ExportForm,
    /// Extent of one file.
    pub by: ExportedBy,
    /// Records that are written.
    #[serde(default, rename = "where")]
    pub only: LimitTexts,
    /// Lines above the headings.
    #[serde(default)]
    pub above: Vec<String>,
    /// Lines after everything.
    #[serde(default)]
    pub below: Vec<String>,
    /// A row that begins each class.
    #[serde(default)]
    pub section: Option<String>,
    /// Stands where nothing is known.
    #[serde(default)]
    pub nothing: Option<String>,
    /// Of so many dates one is the number of a spreadsheet.
    #[serde(default)]
    pub serial_every: Option<usize>,
    /// Of so many dates one is only the year.
    #[serde(default)]
    pub year_every: Option<usize>,
    /// Size that a sheet declares, where that is not its own.
    #[serde(default)]
    pub declares: Option<String>,
    /// Whole numbers are written with a decimal.
    #[serde(default)]
    pub decimals: bool,
    /// Lists of codes on sheets of their own.
    #[serde(default)]
    pub catalogues: Vec<String>,
    /// Columns from the left.
    pub columns: Vec<ExportColumn>,
}

/// How codes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// By the name that the list has.
    #[default]
    Name,
    /// By the code of the Ministry's program.
    Engine,
}

/// A column of an export.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportColumn {
    /// Its heading; lines of it are apart by ` / `.
    pub heading: String,
    /// The field below it.
    #[serde(default)]
    pub field: Option<String>,
    /// How its codes are written.
    #[serde(default)]
    pub writes: Writes,
    /// Texts by code; `*` for any, the empty code for none.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
    /// Something said of the person or school instead.
    #[serde(default)]
    pub says: Option<Said>,
    /// A text that is the same for all.
    #[serde(default)]
    pub text: String,
}

/// Something that is said of a person or a school.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Said {
    /// Number of the row.
    Number,
    /// The id in the software that sends.
    Id,
    /// Full name.
    Name,
    /// Name of the father.
    Father,
    /// Name of the mother.
    Mother,
    /// Year in which the father was born.
    FatherBorn,
    /// Year in which the mother was born.
    MotherBorn,
    /// Job.
    Job,
    /// Telephone.
    Phone,
    /// Mail.
    Email,
    /// Number of identity.
    Identity,
    /// Address.
    Address,
    /// The province.
    Province,
    /// Name of the commune.
    Commune,
    /// Code of the commune.
    CommuneCode,
    /// Name of the school.
    School,
    /// Day from which something is so.
    Since,
}
