//! The archive's tables described: what a row is, every column with its type, unit of measure and what null means.

use serde::Deserialize;

use super::RegisterSchema;
use crate::base::message::{Message, message};

/// Every table of the archive.
#[derive(Debug, Clone, Default)]
pub struct ArchiveTables {
    /// In the order of the file.
    pub tables: Vec<ArchiveTable>,
}

/// A table of the archive.
#[derive(Debug, Clone)]
pub struct ArchiveTable {
    /// Name, also of its files.
    pub name: String,
    /// Title of its contents.
    pub title: Message,
    /// Meaning of one row.
    pub row: Message,
    /// Columns that no two rows of a term share; none where nothing keeps rows apart.
    pub key: Vec<String>,
    /// Columns that a file is sorted by.
    pub sorted_by: Vec<String>,
    /// Columns that name a row of another table of the same term.
    pub foreign: Vec<ForeignKey>,
    /// Columns that every file has; those that vary stand in [`ArchiveTable::column`].
    pub columns: Vec<ArchiveColumn>,
    /// Description of columns that depend on the register or the forms.
    others: Option<Others>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveColumn {
    /// Name.
    pub name: String,
    /// Kind of its values.
    pub kind: ArchiveType,
    /// Parquet type: `string`, `int16`, `int64`, `decimal(18,6)` …
    pub stored: String,
    /// Unit of measure, where it has one.
    pub unit: Option<Message>,
    /// Description in words.
    pub description: Message,
    /// Meaning of null; a column without it is never null.
    pub null: Option<Message>,
    /// All values there are, where they are few.
    pub values: Vec<String>,
}

/// Columns that name a row of another table by its columns of the same names.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForeignKey {
    /// The columns.
    pub columns: Vec<String>,
    /// The other table.
    pub table: String,
}

/// Types of a column's values, under the names of Frictionless.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveType {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// An exact decimal.
    Number,
    /// A day.
    Date,
    /// Yes or no.
    Boolean,
    /// A list of texts.
    Array,
}

impl ArchiveType {
    /// The name in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Date => "date",
            Self::Boolean => "boolean",
            Self::Array => "array",
        }
    }
}

/// Columns of which there are as many as the register has groupings, or the forms dimensions.
#[derive(Debug, Clone)]
struct Others {
    /// With `{name}` in its words.
    like: ArchiveColumn,
    /// Names of columns in words.
    names: Vec<(String, Message)>,
}

impl ArchiveTables {
    /// A table by name.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&ArchiveTable> {
        self.tables.iter().find(|table| table.name == name)
    }

    /// The tables as the file describes them.
    ///
    /// # Errors
    /// Everything in it that is not right.
    pub fn new(file: &ArchiveFile, register: &RegisterSchema) -> Result<Self, Vec<Message>> {
        let mut problems = Vec::new();
        let mut tables: Vec<ArchiveTable> = Vec::new();
        for entry in &file.tables {
            match entry.resolve(&file.shared, register, &tables) {
                Ok(table) if tables.iter().any(|other| other.name == table.name) => {
                    problems.push(message!("forms.table_stands_twice", name = table.name));
                }
                Ok(table) => tables.push(table),
                Err(wrong) => problems.extend(wrong.into_iter().map(|problem| message!("forms.in_table", name = entry.name, problem))),
            }
        }
        let lacks = |foreign: &ForeignKey| {
            let other = tables.iter().find(|table| table.name == foreign.table);
            !other.is_some_and(|table| foreign.columns.iter().all(|name| table.columns.iter().any(|column| column.name == *name)))
        };
        for table in &tables {
            let wrong = table.foreign.iter().filter(|foreign| lacks(foreign));
            problems.extend(wrong.map(|foreign| message!("forms.table_no_such_columns", name = table.name, table = foreign.table)));
        }
        if problems.is_empty() { Ok(Self { tables }) } else { Err(problems) }
    }
}

impl ArchiveTable {
    /// A column by name, also one that depends on the register or the forms.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<ArchiveColumn> {
        let fixed = self.columns.iter().find(|column| column.name == name).cloned();
        fixed.or_else(|| self.others.as_ref().map(|others| others.named(name)))
    }

    /// True where files have columns besides [`ArchiveTable::columns`].
    #[must_use]
    pub const fn varies(&self) -> bool {
        self.others.is_some()
    }
}

impl Others {
    fn named(&self, name: &str) -> ArchiveColumn {
        let plain = Message::both(name, name);
        let words = self.names.iter().find(|(key, _)| key == name).map_or(&plain, |(_, words)| words);
        let description = Message::both(
            self.like.description.vi().replace("{name}", &words.vi()),
            self.like.description.en().replace("{name}", &words.en()),
        );
        ArchiveColumn { name: name.to_owned(), description, ..self.like.clone() }
    }
}

/// `archive.toml` as written.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchiveFile {
    #[serde(default)]
    shared: Vec<ColumnEntry>,
    tables: Vec<TableEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct TableEntry {
    name: String,
    title_vi: String,
    title_en: String,
    row_vi: String,
    row_en: String,
    /// The table whose key, order and columns it has.
    like: Option<String>,
    #[serde(default)]
    key: Vec<String>,
    #[serde(default)]
    sorted_by: Vec<String>,
    #[serde(default)]
    columns: Vec<ColumnEntry>,
    #[serde(default)]
    foreign: Vec<ForeignKey>,
    others: Option<OthersEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnEntry {
    name: String,
    /// With nothing else it is one of the shared columns.
    #[serde(rename = "type")]
    kind: Option<ArchiveType>,
    stored: Option<String>,
    unit_vi: Option<String>,
    unit_en: Option<String>,
    #[serde(default)]
    vi: String,
    #[serde(default)]
    en: String,
    null_vi: Option<String>,
    null_en: Option<String>,
    #[serde(default)]
    values: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct OthersEntry {
    of: OtherColumns,
    #[serde(rename = "type")]
    kind: ArchiveType,
    vi: String,
    en: String,
    null_vi: String,
    null_en: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OtherColumns {
    Grouping,
    /// In the schemas of releases of before only: today each dimension of a column is a row of `column_parts`.
    Dimension,
}

impl TableEntry {
    fn resolve(&self, shared: &[ColumnEntry], register: &RegisterSchema, before: &[ArchiveTable]) -> Result<ArchiveTable, Vec<Message>> {
        let (title, row) = (Message::both(&self.title_vi, &self.title_en), Message::both(&self.row_vi, &self.row_en));
        if let Some(like) = &self.like {
            let found = before.iter().find(|table| table.name == *like).cloned();
            let table = found.ok_or_else(|| vec![message!("forms.no_table_before", like)])?;
            return Ok(ArchiveTable { name: self.name.clone(), title, row, ..table });
        }
        let (columns, mut problems): (Vec<_>, Vec<_>) =
            (self.columns.iter().map(|column| column.resolve(shared))).fold((Vec::new(), Vec::new()), |(mut good, mut bad), column| {
                match column {
                    Ok(column) => good.push(column),
                    Err(problem) => bad.push(problem),
                }
                (good, bad)
            });
        for name in self.key.iter().chain(&self.sorted_by).chain(self.foreign.iter().flat_map(|foreign| &foreign.columns)) {
            if !self.columns.iter().any(|column| column.name == *name) {
                problems.push(message!("forms.no_column", name));
            }
        }
        for (at, column) in self.columns.iter().enumerate() {
            if self.columns[..at].iter().any(|other| other.name == column.name) {
                problems.push(message!("forms.column_stands_twice", name = column.name));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let (key, sorted_by) = (self.key.clone(), self.sorted_by.clone());
        let others = self.others.as_ref().map(|others| others.resolve(register));
        let foreign = self.foreign.clone();
        Ok(ArchiveTable { name: self.name.clone(), title, row, key, sorted_by, foreign, columns, others })
    }
}

impl ColumnEntry {
    fn resolve(&self, shared: &[Self]) -> Result<ArchiveColumn, Message> {
        let Some(kind) = self.kind else {
            let found = shared.iter().find(|column| column.name == self.name && column.kind.is_some());
            return found.ok_or_else(|| message!("forms.column_no_shared_one", name = self.name))?.resolve(shared);
        };
        if self.vi.is_empty() || self.en.is_empty() {
            return Err(message!("forms.column_described_one_language", name = self.name));
        }
        let both = |vi: &Option<String>, en: &Option<String>, what: &str| match (vi, en) {
            (Some(vi), Some(en)) => Ok(Some(Message::both(vi, en))),
            (None, None) => Ok(None),
            _ => Err(message!("forms.column_stands_one_language", name = self.name, what)),
        };
        let usual = match kind {
            ArchiveType::String => "string",
            ArchiveType::Integer => "int64",
            ArchiveType::Number => "",
            ArchiveType::Date => "date",
            ArchiveType::Boolean => "boolean",
            ArchiveType::Array => "list(string)",
        };
        let stored = self.stored.clone().unwrap_or_else(|| usual.to_owned());
        if stored.is_empty() {
            return Err(message!("forms.column_number_says_how", name = self.name));
        }
        Ok(ArchiveColumn {
            name: self.name.clone(),
            kind,
            stored,
            unit: both(&self.unit_vi, &self.unit_en, "unit_vi, unit_en")?,
            description: Message::both(&self.vi, &self.en),
            null: both(&self.null_vi, &self.null_en, "null_vi, null_en")?,
            values: self.values.clone(),
        })
    }
}

impl OthersEntry {
    fn resolve(&self, register: &RegisterSchema) -> Others {
        let named = |column: &super::RegisterColumn| (column.key.clone(), Message::both(&column.name_vi, &column.name_en));
        let names = match self.of {
            OtherColumns::Grouping => register.columns.iter().map(named).collect(),
            OtherColumns::Dimension => Vec::new(),
        };
        let like = ArchiveColumn {
            name: String::new(),
            kind: self.kind,
            stored: "string".to_owned(),
            unit: None,
            description: Message::both(&self.vi, &self.en),
            null: Some(Message::both(&self.null_vi, &self.null_en)),
            values: Vec::new(),
        };
        Others { like, names }
    }
}
