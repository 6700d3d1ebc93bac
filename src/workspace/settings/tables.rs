//! Sheets of the workbook that hold a table: deadlines with the documents that set them, and lists of figures.

use std::collections::BTreeMap;

use super::schema::{SettingsSchema, TermName};
use super::values::{parts, path, shown};
use crate::base::error::closest;
use crate::base::location::CellRef;
use crate::base::message::{Lang, Message, message};
use crate::base::term::SchoolYear;
use crate::forms::{NamedCodes, NamedPart, TomlValue};
use crate::tables::{Table, TableRow, parse_date};

/// Columns of the sheet of deadlines, in their order.
pub const DEADLINE_COLUMNS: [&str; 8] = ["term", "due", "number", "dated", "kinds", "levels", "units", "forms"];
/// Columns of the sheet of lists, in their order.
pub const LIST_COLUMNS: [&str; 4] = ["term", "file", "form", "mapping"];

/// The heading of a column.
#[must_use]
pub fn heading(column: &str) -> Message {
    Message::of_family("settings.column", column)
}

/// A line of one of the sheets: the term, and the values that a pipeline file takes, by their keys.
#[derive(Debug, Clone)]
pub struct TermLine {
    /// Position of the term in the schema.
    pub term: usize,
    /// Values by key.
    pub values: BTreeMap<String, TomlValue>,
    /// Cells of the values, by the same keys.
    pub cells: BTreeMap<String, CellRef>,
}

impl TermLine {
    /// Whether a value is a text, or a list that holds it.
    #[must_use]
    pub fn says(&self, key: &str, text: &str) -> bool {
        match self.values.get(key) {
            Some(TomlValue::Array(own)) => own.iter().any(|one| one.as_str() == Some(text)),
            own => own.and_then(TomlValue::as_str) == Some(text),
        }
    }
}

/// A sheet that is read, with the problems found so far.
pub struct SheetReader<'a> {
    /// Terms and code lists that are known.
    pub schema: &'a SettingsSchema,
    /// School year of the workbook, where it tells one.
    pub year: Option<SchoolYear>,
    /// Problems found so far.
    pub problems: &'a mut Vec<Message>,
}

/// A row with the columns of its table.
struct Line<'a> {
    table: &'a Table,
    row: &'a TableRow,
}

impl Line<'_> {
    fn column(&self, column: &str) -> Option<usize> {
        let heading = heading(column);
        self.table.find(&[&heading.vi(), &heading.en()])
    }

    fn text(&self, column: &str) -> String {
        self.row.text(self.column(column))
    }

    fn cell(&self, column: &str) -> CellRef {
        let at = self.column(column).and_then(|at| u16::try_from(at).ok()).unwrap_or_default();
        CellRef::new(self.row.line.saturating_sub(1), at)
    }

    /// A problem at the place of a column.
    fn problem(&self, column: &str, reason: Message) -> Message {
        let cell = self.cell(column);
        let sheet = self.table.sheet.as_deref().unwrap_or_default().to_owned();
        message!("settings.at", sheet, cell, name = heading(column), reason)
    }
}

impl SheetReader<'_> {
    /// Deadlines of all terms.
    pub fn deadlines(&mut self, table: &Table) -> Vec<TermLine> {
        self.lines(table, &DEADLINE_COLUMNS, |reader, line| {
            let mut values = BTreeMap::new();
            let (due, document) = (reader.day(line, "due"), reader.document(line));
            let (kinds, levels) = (reader.schema.register.kind_names(), reader.schema.register.level_names());
            for (column, known) in [("kinds", Some(kinds)), ("levels", Some(levels)), ("units", None), ("forms", None)] {
                let codes = reader.codes(line, column, known.as_ref());
                if !codes.is_empty() {
                    values.insert(column.to_owned(), codes.into());
                }
            }
            values.insert("due".to_owned(), due?.into());
            values.insert("document".to_owned(), document?.into());
            Some(values)
        })
    }

    /// Lists of one row per unit.
    pub fn lists(&mut self, table: &Table) -> Vec<TermLine> {
        self.lines(table, &LIST_COLUMNS, |reader, line| {
            let [file, form, mapping] = ["file", "form", "mapping"].map(|column| line.text(column));
            if file.is_empty() {
                reader.problems.push(line.problem("file", message!("settings.nothing_there")));
                return None;
            }
            if form.is_empty() && mapping.is_empty() {
                reader.problems.push(line.problem("form", message!("settings.form_or_mapping")));
                return None;
            }
            let texts = [("file", path(&file)), ("form", form), ("mapping", path(&mapping))];
            let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
            Some(texts.map(|(key, text)| (key.to_owned(), text.into())).collect())
        })
    }

    /// Every line that holds anything, read.
    fn lines(
        &mut self,
        table: &Table,
        columns: &[&str],
        read: impl Fn(&mut Self, &Line<'_>) -> Option<BTreeMap<String, TomlValue>>,
    ) -> Vec<TermLine> {
        let mut lines = Vec::new();
        for row in &table.rows {
            let line = Line { table, row };
            // Notes beside the table and lines with a term only hold nothing yet.
            if columns.iter().skip(1).all(|column| line.text(column).is_empty()) {
                continue;
            }
            let term = self.term(&line);
            if let (Some(term), Some(values)) = (term, read(self, &line)) {
                let cells = values.keys().map(|key| (key.clone(), line.cell(key))).collect();
                lines.push(TermLine { term, values, cells });
            }
        }
        lines
    }

    fn term(&mut self, line: &Line<'_>) -> Option<usize> {
        let text = line.text("term");
        let term = self.schema.term(&text);
        let known = |lang| self.schema.terms.iter().map(|own: &TermName| own.name(lang).to_owned()).collect::<Vec<_>>().join(" · ");
        if term.is_none() {
            let (found, allowed) = (shown(&text), Message::both(known(Lang::Vi), known(Lang::En)));
            let reason =
                if text.is_empty() { message!("settings.no_term", allowed) } else { message!("settings.not_a_choice", found, allowed) };
            self.problems.push(line.problem("term", reason));
        }
        self.schema.terms.iter().position(|own| term.is_some_and(|term| term.id == own.id))
    }

    /// A day as a pipeline file writes it.
    fn day(&mut self, line: &Line<'_>, column: &str) -> Option<String> {
        let text = line.text(column);
        let day = parse_date(&text).ok();
        if day.is_none() {
            let reason =
                if text.is_empty() { message!("settings.nothing_there") } else { message!("settings.not_a_day", found = shown(&text)) };
            self.problems.push(line.problem(column, reason));
        }
        let far = day.zip(self.year).filter(|(day, year)| !year.is_near(*day));
        if let Some((day, year)) = far {
            let found = day.format("%d/%m/%Y");
            self.problems.push(line.problem(column, message!("settings.day_far_off", found, year)));
        }
        day.filter(|_| far.is_none()).map(|day| day.to_string())
    }

    /// The document that sets a deadline: its number, and its day where it is told.
    fn document(&mut self, line: &Line<'_>) -> Option<String> {
        let number = line.text("number");
        if number.is_empty() {
            self.problems.push(line.problem("number", message!("settings.no_document")));
            return None;
        }
        if line.text("dated").is_empty() {
            return Some(number);
        }
        let day = parse_date(&self.day(line, "dated")?).ok()?;
        Some(message!("settings.document_of", number, day = day.format("%d/%m/%Y")).vi())
    }

    /// Codes of a cell, each by its code or name.
    fn codes(&mut self, line: &Line<'_>, column: &str, known: Option<&NamedCodes>) -> Vec<String> {
        let text = line.text(column);
        let Some(known) = known else { return parts(&text).map(str::to_owned).collect() };
        let mut codes = Vec::new();
        for part in parts(&text).flat_map(|part| known.parts(part)) {
            match part {
                NamedPart::Code(code) => codes.push(code.to_owned()),
                NamedPart::Unknown(part) => {
                    let names: Vec<&str> = known.all().iter().map(|own| own.name_vi.as_str()).collect();
                    let (found, allowed) = (shown(part), names.join(" · "));
                    let reason = message!("settings.not_a_choice", found, allowed).meaning(closest(part, names.iter().copied()));
                    self.problems.push(line.problem(column, reason));
                }
            }
        }
        codes
    }
}
