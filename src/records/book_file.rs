//! `schemas/records/*.toml` as people write them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::FieldKind;

/// `entities.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityFile {
    pub entities: Vec<EntityEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntityEntry {
    pub id: String,
    pub dictionary: String,
    pub vi: String,
    pub en: String,
    /// A named condition of its own that every counted record meets.
    #[serde(default)]
    pub counts_if: Option<String>,
    #[serde(default)]
    pub none_if_unsaid: bool,
    pub fields: Vec<FieldEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    pub id: String,
    #[serde(default)]
    pub dictionary: String,
    pub kind: FieldKind,
    #[serde(default)]
    pub list: Option<String>,
    #[serde(default)]
    pub required: bool,
    #[serde(default)]
    pub optional: bool,
    #[serde(default)]
    pub listed: Option<super::Listed>,
    pub vi: String,
    pub en: String,
}

/// `lists.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListsFile {
    pub lists: BTreeMap<String, ListEntry>,
    #[serde(default)]
    pub flags: super::FlagWords,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListEntry {
    pub dictionary: String,
    pub vi: String,
    pub en: String,
    pub values: Vec<ValueEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueEntry {
    pub code: String,
    pub vi: String,
    #[serde(default)]
    pub aliases: Vec<String>,
    #[serde(default)]
    pub engine: Vec<String>,
}

/// `conditions.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionFile {
    /// Conditions by entity and name.
    pub conditions: BTreeMap<String, BTreeMap<String, String>>,
    pub derived: Vec<DerivedEntry>,
    /// Conditions by dimension, by whom they are about, by value.
    pub columns: BTreeMap<String, ColumnEntry>,
    /// Values of a school's fields by what the register says.
    #[serde(default)]
    pub register: BTreeMap<String, RegisterEntry>,
    #[serde(default)]
    pub oddities: Vec<OddityEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterEntry {
    pub from: super::RegisterColumn,
    pub values: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OddityEntry {
    pub of: String,
    pub rule: String,
    pub when: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnEntry {
    /// Of the school itself.
    #[serde(default)]
    pub school: BTreeMap<String, String>,
    /// Of every other record.
    pub joined: BTreeMap<String, String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DerivedEntry {
    pub entity: String,
    pub id: String,
    #[serde(default)]
    pub first_of: Vec<String>,
    #[serde(default)]
    pub years: Option<String>,
    #[serde(default)]
    pub months: Option<String>,
    #[serde(default)]
    pub counts: Option<String>,
    #[serde(default, rename = "where")]
    pub only: Option<String>,
    pub vi: String,
    pub en: String,
}
