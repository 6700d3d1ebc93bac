//! Catalogue of questions: tables, views and named questions, as the schemas describe them.

use serde::Deserialize;

use super::old_views::old_views;
use super::question::Question;
use super::template::repeated;
use super::view::{SqlView, ViewColumn};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::{ArchiveFile, ArchiveTable, ArchiveTables, Schemas};

/// Tables that are made on the way.
const TABLES: &str = "query/tables.toml";
/// Views.
const VIEWS: &str = "query/views.toml";
/// Where named questions stand.
const QUESTIONS: &str = "queries/";

/// Everything that can be asked for by name.
#[derive(Debug, Clone)]
pub struct TableCatalogue {
    /// Tables that are files of the archive.
    pub stored: ArchiveTables,
    /// Tables that are made of the schemas and of what the archive holds.
    pub made: ArchiveTables,
    /// Views, each over what stands before it.
    pub views: Vec<SqlView>,
    /// Named questions, by name.
    pub questions: Vec<Question>,
    /// Groupings of the register.
    pub groupings: Vec<String>,
    /// Columns that every table has besides its own.
    shared: Vec<ViewColumn>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewFile {
    shared: Vec<ViewColumn>,
    views: Vec<ViewEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ViewEntry {
    name: String,
    /// Tables of values that there is one view of each of.
    #[serde(default)]
    values: Vec<String>,
    title_vi: String,
    title_en: String,
    row_vi: String,
    row_en: String,
    sql: String,
    #[serde(default)]
    columns: Vec<ViewColumn>,
}

/// Description of a column, as far as it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ColumnNote {
    /// Description in words.
    pub description: Message,
    /// Its unit of measure.
    pub unit: Option<Message>,
}

impl TableCatalogue {
    /// The catalogue of some schemas.
    ///
    /// # Errors
    /// When one of its files is not right.
    pub fn load(schemas: &Schemas) -> Result<Self> {
        let files = &schemas.files;
        let made: ArchiveFile = files.toml(TABLES)?;
        let made = ArchiveTables::new(&made, &schemas.register)
            .map_err(|problems| Error::config(files.shown(TABLES), Message::join(&problems, "; ")))?;
        let ViewFile { shared, views } = files.toml(VIEWS)?;
        let groupings = schemas.register.groupings.clone();
        let mut questions = Vec::new();
        for path in files.paths().filter(|path| path.starts_with(QUESTIONS)) {
            if let Some(name) = path.strip_prefix(QUESTIONS).and_then(|name| name.strip_suffix(".toml")) {
                questions.push(Question::read(name, path, files)?);
            }
        }
        let mut views: Vec<SqlView> = views.iter().flat_map(|view| view.resolve(&groupings)).collect();
        views.extend(old_views(&schemas.archive_tables, schemas));
        let catalogue = Self { stored: schemas.archive_tables.clone(), made, views, questions, groupings, shared };
        let names: Vec<&str> = catalogue.names().collect();
        match names.iter().enumerate().find(|(at, name)| names[..*at].contains(name)) {
            Some((_, twice)) => Err(Error::config(files.shown(VIEWS), format!("`{twice}` stands twice"))),
            None => Ok(catalogue),
        }
    }

    /// Names of everything that can be selected from: views first.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let tables = self.stored.tables.iter().chain(&self.made.tables).map(|table| table.name.as_str());
        self.views.iter().map(|view| view.name.as_str()).chain(tables)
    }

    /// A table that is a file, or made.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&ArchiveTable> {
        self.stored.table(name).or_else(|| self.made.table(name))
    }

    /// A view by name.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<&SqlView> {
        self.views.iter().find(|view| view.name == name)
    }

    /// A named question.
    ///
    /// # Errors
    /// When there is none of that name.
    pub fn question(&self, name: &str) -> Result<&Question> {
        self.questions.iter().find(|question| question.name == name).ok_or_else(|| {
            let known: Vec<&str> = self.questions.iter().map(|question| question.name.as_str()).collect();
            let list = || message!("sql.there_are", known = known.join(", "));
            let hint = closest(name, known.iter().copied()).map_or_else(list, Message::did_you_mean);
            Error::Unknown { kind: message!("kinds.named_query"), name: name.to_owned(), hint: Some(hint) }
        })
    }

    /// Description of a column of a view or table.
    #[must_use]
    pub fn note(&self, source: &str, column: &str) -> Option<ColumnNote> {
        let named = |columns: &[ViewColumn]| {
            let found = columns.iter().find(|known| known.name == column);
            found.map(|known| ColumnNote { description: known.words(), unit: None })
        };
        let stored =
            |table: &ArchiveTable| table.column(column).map(|column| ColumnNote { description: column.description, unit: column.unit });
        if let Some(table) = self.table(source) {
            return stored(table).or_else(|| named(&self.shared));
        }
        let view = self.view(source)?;
        named(&view.columns).or_else(|| named(&self.shared)).or_else(|| {
            // Those that the view is made of, in the order they stand in; fixed columns before those that vary.
            let used = || self.stored.tables.iter().chain(&self.made.tables).filter(|table| mentions(&view.sql, &table.name));
            let fixed = used().find(|table| table.columns.iter().any(|known| known.name == column));
            fixed.or_else(|| used().find(|table| table.varies())).and_then(stored)
        })
    }
}

/// True where a word stands in a text by itself.
fn mentions(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').any(|part| part == word)
}

impl ViewEntry {
    fn resolve(&self, groupings: &[String]) -> Vec<SqlView> {
        let of = |values: &str| {
            let mut columns: Vec<ViewColumn> = Vec::new();
            for column in &self.columns {
                let filled = |grouping: &String| ViewColumn {
                    name: column.name.replace("{grouping}", grouping),
                    vi: column.vi.replace("{grouping}", grouping),
                    en: column.en.replace("{grouping}", grouping),
                };
                let repeats = column.name.contains("{grouping}");
                columns.extend(if repeats { groupings.iter().map(filled).collect() } else { vec![column.clone()] });
            }
            SqlView {
                name: self.name.replace("{values}", values),
                title: Message::both(&self.title_vi, &self.title_en),
                row: Message::both(&self.row_vi, &self.row_en),
                sql: repeated(&self.sql.replace("{values}", values), groupings),
                columns,
            }
        };
        if self.values.is_empty() { vec![of("")] } else { self.values.iter().map(|values| of(values)).collect() }
    }
}
