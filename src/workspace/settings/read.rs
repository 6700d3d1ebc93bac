//! The workbook of settings read: every line known, every value one that is allowed, all problems told at once.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::schema::{Setting, SettingKind, SettingsSchema};
use super::tables::{SheetReader, TermLine, heading};
use super::values::{SettingValue, default_text, shown};
use crate::base::error::{Error, Result, closest};
use crate::base::input;
use crate::base::location::CellRef;
use crate::base::message::{Lang, Message, message};
use crate::base::term::SchoolYear;
use crate::base::text::fold;
use crate::ooxml::{Format, MAX_FILE, RawProblem, RawSheet, RawWorkbook, inspect};
use crate::tables::{Table, TableRow, shown_path};
use crate::workbooks::{Isolation, read_bytes, table_of_sheet};

/// Settings of a workspace.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The workbook.
    pub path: PathBuf,
    /// School year.
    pub year: SchoolYear,
    /// Lines that are not blank, by the id of their setting.
    pub written: BTreeMap<String, WrittenSetting>,
    /// Deadlines.
    pub deadlines: Vec<TermLine>,
    /// Lists of figures.
    pub lists: Vec<TermLine>,
}

/// A line as it was read.
#[derive(Debug, Clone)]
pub struct WrittenSetting {
    /// The text as it stands there.
    pub text: String,
    /// Its value.
    pub value: SettingValue,
    /// Its sheet.
    pub sheet: String,
    /// Its cell.
    pub cell: CellRef,
}

impl Settings {
    /// Reads a workbook of settings.
    ///
    /// # Errors
    /// When it cannot be read as a workbook, or any line of it is not right: each with its cell, what was found, and what
    /// is allowed.
    pub fn read(path: &Path, schema: &SettingsSchema) -> Result<Self> {
        let wrong = |reason: Message| Error::config(path.display(), reason);
        let workbook = workbook(path)?;
        let file = shown_path(path);
        let name = message!("settings.sheet_settings");
        let main = sheet_of(&workbook, &name).ok_or_else(|| wrong(message!("settings.no_sheet", name = name.clone())))?;
        let main = table_of_sheet(&file, main, None).ok_or_else(|| wrong(message!("settings.no_headings", name)))?;
        let side = |name: Message| sheet_of(&workbook, &name).and_then(|sheet| table_of_sheet(&file, sheet, None));
        let (deadlines, lists) = (side(message!("settings.sheet_deadlines")), side(message!("settings.sheet_lists")));
        // A cell without a value may be anything: nothing else is read beside it.
        let tables = [Some(&main), deadlines.as_ref(), lists.as_ref()];
        let blank: Vec<Message> = tables.into_iter().flatten().flat_map(|table| table.without_values(|_| true)).collect();
        if !blank.is_empty() {
            return Err(wrong(Message::lines(blank)).with_hint(message!("tables.open_and_save")));
        }
        let mut problems = Vec::new();
        let written = read_lines(&main, schema, &mut problems);
        problems.extend(missing(&written, schema));
        let year = schema.settings().find(|setting| setting.kind == SettingKind::Year).and_then(|setting| written.get(&setting.id));
        let year: Option<SchoolYear> = year.and_then(|own| own.text.parse().ok());
        let mut reader = SheetReader { schema, year, problems: &mut problems };
        let deadlines = deadlines.map(|table| reader.deadlines(&table)).unwrap_or_default();
        let lists = lists.map(|table| reader.lists(&table)).unwrap_or_default();
        match year {
            Some(year) if problems.is_empty() => Ok(Self { path: path.to_owned(), year, written, deadlines, lists }),
            _ => Err(wrong(Message::lines(problems)).with_hint(message!("settings.mend_and_run_again"))),
        }
    }
}

impl Settings {
    /// Texts of the lines for another school year, by the id of the setting: all of them, with the year in them moved on; blank
    /// ones stay blank, and those that are of the old year only begin anew.
    #[must_use]
    pub fn texts_in(&self, year: SchoolYear, schema: &SettingsSchema, lang: Lang) -> BTreeMap<String, String> {
        let (old, new) = (self.year.to_string(), year.to_string());
        let text = |setting: &Setting| {
            let text = self.written.get(&setting.id).map(|own| own.text.as_str()).unwrap_or_default();
            match setting.kind {
                SettingKind::Year => new.clone(),
                _ if text.contains(&old) => text.replace(&old, &new),
                _ if setting.of_year && !text.is_empty() => default_text(setting, year, lang),
                _ => text.to_owned(),
            }
        };
        schema.settings().map(|setting| (setting.id.clone(), text(setting))).collect()
    }
}

/// Where a value stands.
#[derive(Debug)]
pub struct SettingPlace {
    /// Sheet.
    pub sheet: Message,
    /// Cell.
    pub cell: CellRef,
    /// Setting or column.
    pub name: Message,
}

impl Settings {
    /// The line that adds a text to the list of a key.
    #[must_use]
    pub fn written_cell(&self, schema: &SettingsSchema, key: &str, text: &str) -> Option<SettingPlace> {
        let lines = schema.settings().filter(|setting| setting.key == key);
        let mut written = lines.filter_map(|setting| Some((setting, self.written.get(&setting.id)?)));
        let holds = |value: &SettingValue| matches!(value, SettingValue::Texts(texts) if texts.iter().any(|own| own == text));
        let (setting, own) = written.find(|(_, own)| holds(&own.value))?;
        Some(SettingPlace { sheet: own.sheet.as_str().into(), cell: own.cell, name: setting.words() })
    }

    /// The cell of the deadline of a day that names a text in a column.
    #[must_use]
    pub fn deadline_cell(&self, due: &str, column: &str, text: &str) -> Option<SettingPlace> {
        let line = self.deadlines.iter().find(|line| line.says("due", due) && line.says(column, text))?;
        Some(SettingPlace { sheet: message!("settings.sheet_deadlines"), cell: *line.cells.get(column)?, name: heading(column) })
    }
}

/// The workbook's cells. Only the format that the program writes is opened: readers of others can abort.
fn workbook(path: &Path) -> Result<RawWorkbook> {
    let bytes = input::read_bytes(path, MAX_FILE)?;
    let refused = |problem: RawProblem| Error::config(path.display(), problem.words());
    if inspect(&bytes).map_err(refused)?.format != Format::Xlsx {
        return Err(Error::config(path.display(), message!("settings.other_format")));
    }
    read_bytes(&bytes, &Isolation::InProcess).map_err(refused)
}

fn sheet_of<'a>(workbook: &'a RawWorkbook, name: &Message) -> Option<&'a RawSheet> {
    let names = [fold(&name.vi()), fold(&name.en())];
    workbook.sheets.iter().find(|sheet| names.contains(&fold(&sheet.name)))
}

/// Every line of the main sheet.
fn read_lines(table: &Table, schema: &SettingsSchema, problems: &mut Vec<Message>) -> BTreeMap<String, WrittenSetting> {
    let columns = [message!("settings.heading_name"), message!("settings.heading_value")];
    let [name, value] = columns.clone().map(|heading| table.find(&[&heading.vi(), &heading.en()]));
    for (heading, _) in columns.iter().zip([name, value]).filter(|(_, found)| found.is_none()) {
        problems.push(table.no_column(&heading.vi()));
    }
    let mut written: BTreeMap<String, WrittenSetting> = BTreeMap::new();
    for row in table.rows.iter().filter(|_| name.is_some() && value.is_some()) {
        let (own, text) = (row.text(name), row.text(value));
        let place = place(table, row, value);
        if own.is_empty() && text.is_empty() || text.is_empty() && schema.is_heading(&own) {
            continue;
        }
        let at = |reason: Message| {
            let (sheet, cell) = (place.sheet.clone(), place.cell);
            message!("settings.at", sheet, cell, name = shown(&own), reason)
        };
        let Some(setting) = schema.setting(&own) else {
            let names = schema.settings().map(|setting| setting.name_vi.as_str());
            let reason =
                if own.is_empty() { message!("settings.no_name") } else { message!("settings.unknown").meaning(closest(&own, names)) };
            problems.push(at(reason));
            continue;
        };
        if text.is_empty() {
            continue;
        }
        if let Some(before) = written.get(&setting.id) {
            problems.push(at(message!("settings.twice", before = before.cell)));
            continue;
        }
        match SettingValue::read(setting, &text) {
            Ok(value) => {
                written.insert(setting.id.clone(), WrittenSetting { text, value, sheet: place.sheet.clone(), cell: place.cell });
            }
            Err(reason) => problems.push(at(reason)),
        }
    }
    written
}

/// Sheet and cell of a value.
struct ValuePlace {
    sheet: String,
    cell: CellRef,
}

fn place(table: &Table, row: &TableRow, column: Option<usize>) -> ValuePlace {
    let column = column.and_then(|at| u16::try_from(at).ok()).unwrap_or_default();
    ValuePlace { sheet: table.sheet.as_deref().unwrap_or_default().to_owned(), cell: CellRef::new(row.line.saturating_sub(1), column) }
}

/// Lines that must be filled in and are not; lists that something must be in and nothing is.
fn missing(written: &BTreeMap<String, WrittenSetting>, schema: &SettingsSchema) -> Vec<Message> {
    let is_lacking = |setting: &&Setting| setting.required && !written.contains_key(&setting.id);
    let mut problems: Vec<Message> =
        schema.settings().filter(is_lacking).map(|own| message!("settings.required", name = own.words())).collect();
    let lists: BTreeSet<&str> = schema.settings().filter(|own| own.at_least_one).map(|own| own.key.as_str()).collect();
    for key in lists {
        let lines: Vec<&Setting> = schema.settings().filter(|own| own.key == key).collect();
        let values: Vec<&SettingValue> = lines.iter().filter_map(|own| Some(&written.get(&own.id)?.value)).collect();
        let adds = |value: &&SettingValue| !matches!(value, SettingValue::Flag(false));
        if !values.is_empty() && !values.iter().any(adds) {
            let names: Vec<Message> = lines.iter().map(|own| own.words()).collect();
            problems.push(message!("settings.at_least_one", names = Message::join(&names, " · ")));
        }
    }
    problems
}
