//! The description of a release as it is written: a data package of the standard Frictionless, version 2.

use serde::Serialize;

use super::manifest::ReleaseFacts;

/// A release.
#[derive(Serialize)]
pub struct Package<'a> {
    /// Address of the standard.
    #[serde(rename = "$schema")]
    pub profile: &'static str,
    /// Term and number.
    pub name: String,
    /// Its title.
    pub title: &'a str,
    /// Its description.
    pub description: &'a str,
    /// Its number.
    pub version: String,
    /// When it was recorded.
    pub created: &'a str,
    /// Files it was made from.
    pub sources: Vec<PackageSource<'a>>,
    /// Its files.
    pub resources: Vec<PackageResource>,
    /// All that only we need.
    pub tkgd: &'a ReleaseFacts,
}

/// A file that a release was made from.
#[derive(Serialize)]
pub struct PackageSource<'a> {
    /// Its name.
    pub title: &'a str,
    /// Where it stands in the release, or its name.
    pub path: &'a str,
    /// SHA-256 of its bytes.
    #[serde(rename = "tkgd:sha256")]
    pub sha256: &'a str,
}

/// A file of a release.
#[derive(Serialize)]
pub struct PackageResource {
    /// A name by the rules of the standard.
    pub name: String,
    /// Path in the release.
    pub path: String,
    /// Ending of the path.
    pub format: String,
    /// A table or a file.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Size and hash.
    #[serde(flatten)]
    pub content: PackageContent,
    /// All that is known of a table.
    #[serde(flatten)]
    pub table: Option<PackageTable>,
}

/// Size and hash of a file.
#[derive(Serialize)]
#[serde(untagged)]
pub enum PackageContent {
    /// Readers of the standard count the bytes of what they read as text only: a table has its own under names of ours.
    Table {
        /// Number of bytes.
        #[serde(rename = "tkgd:bytes")]
        bytes: u64,
        /// Kind of hash and its digits.
        #[serde(rename = "tkgd:hash")]
        hash: String,
    },
    /// Any other file.
    File {
        /// Number of bytes.
        bytes: u64,
        /// Kind of hash and its digits.
        hash: String,
    },
}

/// A table of a release.
#[derive(Serialize)]
pub struct PackageTable {
    /// Its title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Meaning of a row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The kind of file.
    pub mediatype: &'static str,
    /// Its columns and keys.
    pub schema: PackageSchema,
}

/// Columns and keys of a table.
#[derive(Serialize)]
pub struct PackageSchema {
    /// Its columns.
    pub fields: Vec<PackageField>,
    /// Columns that no two rows share.
    #[serde(rename = "primaryKey", skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    /// Columns that name a row of another table.
    #[serde(rename = "foreignKeys", skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<PackageKey>,
}

/// Columns that name a row of another table.
#[derive(Serialize)]
pub struct PackageKey {
    /// The columns.
    pub fields: Vec<String>,
    /// The other table.
    pub reference: PackageReference,
}

/// The table that a key names a row of.
#[derive(Serialize)]
pub struct PackageReference {
    /// Its name among the files.
    pub resource: String,
    /// Its columns.
    pub fields: Vec<String>,
}

/// A column; texts that say nothing are left out.
#[derive(Default, Serialize)]
pub struct PackageField {
    /// Its name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its type by the standard.
    #[serde(rename = "type", skip_serializing_if = "str::is_empty")]
    pub kind: &'static str,
    /// Its type where readers of the standard know it otherwise.
    #[serde(rename = "tkgd:type", skip_serializing_if = "str::is_empty")]
    pub own_kind: &'static str,
    /// Meaning of its values.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Unit of measure.
    #[serde(rename = "tkgd:unit", skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Meaning of a blank.
    #[serde(rename = "tkgd:null", skip_serializing_if = "String::is_empty")]
    pub null: String,
    /// Conditions on its values.
    #[serde(skip_serializing_if = "PackageConstraints::is_empty")]
    pub constraints: PackageConstraints,
}

/// Conditions on the values of a column.
#[derive(Default, Serialize)]
pub struct PackageConstraints {
    /// There always is one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// One of these.
    #[serde(rename = "enum", skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
}

impl PackageConstraints {
    const fn is_empty(&self) -> bool {
        !self.required && self.values.is_empty()
    }
}
