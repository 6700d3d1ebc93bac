//! The register of a synthetic province, as the file a department would keep.

use chrono::NaiveDate;

use crate::forms::{CodeName, RegisterSchema};

use super::Province;

/// One line of the register; codes where the register has lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterLine {
    /// Unit code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Kind of unit.
    pub kind: String,
    /// Levels taught.
    pub levels: Vec<String>,
    /// Ownership; empty where it has none.
    pub ownership: String,
    /// The unit it reports to; empty at the top.
    pub reports_to: String,
    /// The unit whose return covers it; empty when it files its own.
    pub files_with: String,
    /// Short ids of the forms expected.
    pub forms: Vec<String>,
    /// Code of the commune.
    pub commune: String,
    /// Name of the former district.
    pub former_district: String,
    /// Cluster.
    pub cluster: String,
    /// Area.
    pub area: String,
    /// First day the line is true; always so where there is none.
    pub valid_from: Option<NaiveDate>,
    /// Last day it is true.
    pub valid_to: Option<NaiveDate>,
    /// The unit it was merged into when the line ended; empty otherwise.
    pub merged_into: String,
}

impl RegisterLine {
    /// The text under a column of the register; empty for a column it has nothing for.
    #[must_use]
    pub fn text(&self, key: &str, schema: &RegisterSchema) -> String {
        match key {
            "code" => self.code.clone(),
            "name" => self.name.clone(),
            "kind" => schema.kind(&self.kind).map_or_else(|| self.kind.clone(), |kind| kind.name_vi.clone()),
            "levels" => self.levels.join(" "),
            "ownership" => vietnamese(&schema.ownership, &self.ownership),
            "reports_to" => self.reports_to.clone(),
            "files_with" => self.files_with.clone(),
            "forms" => self.forms.join(" "),
            "commune" => self.commune.clone(),
            "former_district" => self.former_district.clone(),
            "cluster" => self.cluster.clone(),
            "area" => self.area.clone(),
            "valid_from" => written(self.valid_from),
            "valid_to" => written(self.valid_to),
            "merged_into" => self.merged_into.clone(),
            _ => String::new(),
        }
    }
}

/// The register as CSV with Vietnamese headings.
#[must_use]
pub fn register_csv(province: &Province, schema: &RegisterSchema) -> String {
    register_lines_csv(province.register.iter(), schema)
}

/// Lines of a register as CSV with Vietnamese headings.
#[must_use]
pub fn register_lines_csv<'a>(lines: impl Iterator<Item = &'a RegisterLine>, schema: &RegisterSchema) -> String {
    let mut out = String::new();
    push_line(&mut out, schema.columns.iter().map(|column| column.name_vi.clone()));
    for line in lines {
        push_line(&mut out, schema.columns.iter().map(|column| line.text(&column.key, schema)));
    }
    out
}

fn written(day: Option<NaiveDate>) -> String {
    day.map(|day| day.format("%d/%m/%Y").to_string()).unwrap_or_default()
}

fn push_line(out: &mut String, values: impl Iterator<Item = String>) {
    for (index, value) in values.enumerate() {
        if index > 0 {
            out.push(',');
        }
        if value.contains([',', '"', '\n', '\r']) {
            out.push('"');
            out.push_str(&value.replace('"', "\"\""));
            out.push('"');
        } else {
            out.push_str(&value);
        }
    }
    out.push('\n');
}

fn vietnamese(list: &[CodeName], code: &str) -> String {
    list.iter().find(|entry| entry.code == code).map_or_else(|| code.to_owned(), |entry| entry.name_vi.clone())
}
