//! The workbook of settings written: a line with its explanation each, drop-downs where there are choices, tables of deadlines and lists.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::schema::{Setting, SettingKind, SettingsSchema};
use super::tables::{DEADLINE_COLUMNS, LIST_COLUMNS, heading};
use super::values::{choices, default_text};
use crate::base::error::{Action, Error, Result};
use crate::base::location::{CellRef, RowSpan};
use crate::base::message::{Lang, Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::present::fit::fit;
use crate::present::{Allowed, CellStyle, Content, Line, PageSetup, PlacedCell, SheetPlan, Validation, WorkbookPlan, write_xlsx};

/// Rows of a table that have drop-downs.
const TABLE_ROWS: RowSpan = RowSpan { first: 1, last: 500 };
/// Rows of a table that are drawn, so that it is seen where to write.
const DRAWN_ROWS: u32 = 15;
/// Columns of the main sheet: name, value, explanation.
const VALUE: u16 = 1;

/// Writes the workbook of a school year; values by the id of their setting, the default of the schema for all others.
///
/// # Errors
/// When it cannot be written.
pub fn settings_xlsx(schema: &SettingsSchema, year: SchoolYear, values: &BTreeMap<String, String>, lang: Lang) -> Result<Vec<u8>> {
    let writer = SettingsWriter { schema, year, values, lang };
    let created = Period { year, term: Term::Opening }.day(9, 30).unwrap_or_default();
    let mut sheets = vec![writer.main(), writer.deadlines(), writer.lists()];
    sheets.iter_mut().for_each(fit);
    let plan = WorkbookPlan { title: message!("settings.workbook_title").said(lang), created, sheets, ..WorkbookPlan::default() };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, &schema.workbook, e))
}

struct SettingsWriter<'a> {
    schema: &'a SettingsSchema,
    year: SchoolYear,
    values: &'a BTreeMap<String, String>,
    lang: Lang,
}

/// Looks of the cells, all of them framed.
struct Looks {
    plain: CellStyle,
    bold: CellStyle,
    help: CellStyle,
    group: CellStyle,
    /// A note outside of a table.
    note: CellStyle,
}

fn looks() -> Looks {
    let plain = CellStyle { wrap: true, line: Line::Thin, ..CellStyle::default() };
    let (bold, help) = (CellStyle { bold: true, ..plain }, CellStyle { italic: true, ..plain });
    Looks { plain, bold, help, group: CellStyle { shaded: true, ..bold }, note: CellStyle { line: Line::None, ..help } }
}

fn cell(row: u32, column: u16, text: &str, style: CellStyle) -> PlacedCell {
    let content = if text.is_empty() { Content::Blank } else { Content::Text(Arc::from(text)) };
    PlacedCell { at: CellRef::new(row, column), content, style }
}

impl SettingsWriter<'_> {
    /// One line for each setting.
    fn main(&self) -> SheetPlan {
        let looks = looks();
        let headings = [message!("settings.heading_name"), message!("settings.heading_value"), message!("settings.heading_help")];
        let mut cells: Vec<PlacedCell> =
            (0..).zip(&headings).map(|(column, own)| cell(0, column, &own.said(self.lang), looks.bold)).collect();
        let (mut validations, mut row) = (Vec::new(), 1);
        for group in &self.schema.groups {
            cells.push(cell(row, 0, self.lang.pick(&group.name_vi, &group.name_en), looks.group));
            cells.extend([1, 2].map(|column| cell(row, column, "", looks.group)));
            row += 1;
            for setting in &group.settings {
                cells.push(cell(row, 0, self.lang.pick(&setting.name_vi, &setting.name_en), looks.plain));
                cells.push(cell(row, VALUE, &self.value(setting), looks.bold));
                cells.push(cell(row, 2, self.lang.pick(&setting.help_vi, &setting.help_en), looks.help));
                validations.extend(self.choice(setting, row));
                row += 1;
            }
        }
        let more = message!("settings.more_help").said(self.lang);
        cells.push(cell(row + 1, 2, &more, looks.note));
        SheetPlan {
            name: message!("settings.sheet_settings").said(self.lang).into(),
            cells,
            widths: [(0, 44.0), (1, 34.0), (2, 74.0)].into(),
            freeze: Some(CellRef::new(1, 0)),
            validations,
            page: page(),
            ..SheetPlan::default()
        }
    }

    fn value(&self, setting: &Setting) -> String {
        self.values.get(&setting.id).cloned().unwrap_or_else(|| default_text(setting, self.year, self.lang))
    }

    fn choice(&self, setting: &Setting, row: u32) -> Option<Validation> {
        let values = choices(setting, self.lang);
        let rows = RowSpan { first: row, last: row };
        let (title, message) = (self.lang.pick(&setting.name_vi, &setting.name_en), message!("settings.choose_from_list").said(self.lang));
        let is_choice = matches!(setting.kind, SettingKind::Choice | SettingKind::YesNo);
        is_choice.then(|| Validation { rows, column: VALUE, allowed: Allowed::OneText(values), title: title_of(title), message })
    }

    /// Deadlines, each with the document that sets it.
    fn deadlines(&self) -> SheetPlan {
        let register = &self.schema.register;
        let kinds = register.kinds.iter().map(|kind| kind.name_vi.clone()).collect();
        let levels = register.levels.iter().map(|level| level.code.clone()).collect();
        let lists = [("kinds", kinds), ("levels", levels)];
        self.table(message!("settings.sheet_deadlines"), &DEADLINE_COLUMNS, message!("settings.deadlines_help"), lists.into())
    }

    /// Lists of one row per unit.
    fn lists(&self) -> SheetPlan {
        self.table(message!("settings.sheet_lists"), &LIST_COLUMNS, message!("settings.lists_help"), Vec::new())
    }

    /// A blank table; terms are offered, and what else there is to choose from.
    fn table(&self, name: Message, columns: &[&str], help: Message, lists: Vec<(&str, Vec<String>)>) -> SheetPlan {
        let looks = looks();
        let terms = self.schema.terms.iter().map(|term| term.name(self.lang).to_owned()).collect();
        let place = |key: &str| columns.iter().position(|column| *column == key).and_then(|at| u16::try_from(at).ok());
        let (title, message) = (title_of(&name.said(self.lang)), message!("settings.choose_from_list").said(self.lang));
        let of = |key: &str, allowed: Allowed| {
            let (title, message) = (title.clone(), message.clone());
            place(key).map(|column| Validation { rows: TABLE_ROWS, column, allowed, title, message })
        };
        let beside = lists.into_iter().filter_map(|(key, values)| of(key, Allowed::TextsBeside(values)));
        let validations = of("term", Allowed::OneText(terms)).into_iter().chain(beside).collect();
        let last = u16::try_from(columns.len()).unwrap_or_default();
        let mut cells: Vec<PlacedCell> =
            (0..).zip(columns).map(|(column, own)| cell(0, column, &heading(own).said(self.lang), looks.bold)).collect();
        cells.extend((1..=DRAWN_ROWS).flat_map(|row| (0..last).map(move |column| cell(row, column, "", looks.plain))));
        cells.push(cell(0, last + 1, &help.said(self.lang), looks.note));
        let widths = (0..last).map(|column| (column, 20.0)).chain([(last, 3.0), (last + 1, 70.0)]).collect();
        let freeze = Some(CellRef::new(1, 0));
        SheetPlan { name: name.said(self.lang).into(), cells, widths, freeze, validations, page: page(), ..SheetPlan::default() }
    }
}

fn page() -> PageSetup {
    PageSetup { landscape: true, repeat_rows: Some(RowSpan { first: 0, last: 0 }), ..PageSetup::default() }
}

/// Letters that an office program shows as the title of a message.
const TITLE_LETTERS: usize = 32;

fn title_of(text: &str) -> String {
    text.chars().take(TITLE_LETTERS).collect()
}
