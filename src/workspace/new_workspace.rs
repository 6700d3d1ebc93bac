//! The files of a new workspace: a commented register, as text and as workbook, and its settings, as a workbook or as pipeline files.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::base::error::{Action, Error, Result};
use crate::base::location::{CellRef, RowSpan};
use crate::base::message::{Lang, Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{RegisterSchema, Schemas};
use crate::present::{Allowed, CellStyle, Content, PageSetup, PlacedCell, SheetPlan, Validation, WorkbookPlan, write_xlsx};
use crate::workspace::pipeline::NOTE;
use crate::workspace::settings::{SettingsSchema, TermName, settings_xlsx};

/// Name of the register a new workspace starts with.
const REGISTER: &str = "danh-sach-don-vi";

/// In which file a new workspace has its register: one, so that nobody fills in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterFile {
    /// A workbook with drop-downs.
    Workbook,
    /// A text.
    Csv,
}

impl RegisterFile {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Workbook => format!("{REGISTER}.xlsx"),
            Self::Csv => format!("{REGISTER}.csv"),
        }
    }
}

/// In which files a new workspace has its settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SettingsFile {
    /// One workbook.
    Workbook,
    /// A pipeline file for each term.
    Toml,
}

/// A new workspace.
#[derive(Debug, Clone, Copy)]
pub struct NewWorkspace<'a> {
    /// School year, `2025-2026`.
    pub year: &'a str,
    /// Where the register stands.
    pub register: RegisterFile,
    /// The circular, where it is a stream of its own.
    pub regulation: Option<&'a str>,
    /// Lines of the register; one to replace otherwise.
    pub units: Option<&'a [Vec<String>]>,
    /// Name of the province; empty where it is to be filled in.
    pub province: &'a str,
    /// Where settings stand.
    pub settings: SettingsFile,
    /// Language of comments and explanations; names of columns and lists are official ones.
    pub lang: Lang,
}

/// Relative names and contents of a new workspace's files.
///
/// # Errors
/// When the school year is not one, or no circular governs it.
pub fn workspace_files(schemas: &Schemas, new: NewWorkspace<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let kind = new.register;
    let year: SchoolYear = new.year.parse().map_err(|reason: Message| Error::config("--year", reason))?;
    let (mut short, mut told, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for term in [Term::Opening, Term::Closing] {
        let period = Period { year, term };
        let regulation = schemas.regulation_for(new.regulation, period)?;
        // A stream of its own may have one term only.
        if regulation.term(term).is_none() {
            continue;
        }
        for form in schemas.forms_of(&regulation.id).filter(|form| form.term == term) {
            short.push(form.short.to_string());
            told.push((format!("{}{}", form.short, schemas.layouts.mark(form.layout_status, new.lang)), form.title.to_string()));
        }
        if new.settings == SettingsFile::Toml {
            let (name, folder) = match term {
                Term::Opening => ("dau-nam-hoc.toml", "bieu"),
                Term::Closing => ("cuoi-nam-hoc.toml", "bieu-cuoi-nam"),
            };
            files.push((name.to_owned(), pipeline_toml(period, &regulation.name, new).said(new.lang).into_bytes()));
            files.push((format!("{folder}/{NOTE}"), return_note(term, new.lang)));
        }
    }
    if new.settings == SettingsFile::Workbook {
        files.extend(settings_files(year, new)?);
    }
    let example = [example_unit(&schemas.register, new.province)];
    let units = new.units.unwrap_or(&example);
    let register = match kind {
        RegisterFile::Csv => register_csv(&schemas.register, &told, units, new.lang)?,
        RegisterFile::Workbook => {
            // A line that is true is no trap: with the province the department is known.
            let units = if new.units.is_some() || !new.province.is_empty() { units } else { &[] };
            let forms = RegisterForms { short: &short, titled: &told };
            register_xlsx(&schemas.register, year, forms, units, new.lang)?
        }
    };
    files.insert(0, (kind.name(), register));
    Ok(files)
}

/// The workbook of settings, and the folders that it names for returns.
fn settings_files(year: SchoolYear, new: NewWorkspace<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let schema = SettingsSchema::built_in()?;
    let values = [("province", new.province.to_owned()), ("register", new.register.name())];
    let values = values.into_iter().map(|(id, text)| (id.to_owned(), text)).collect();
    let mut files = vec![(schema.workbook.clone(), settings_xlsx(&schema, year, &values, new.lang)?)];
    files.extend(return_folders(&schema, year, new.lang));
    Ok(files)
}

/// A note for each folder of returns of a school year, which keeps the folder from being empty.
fn return_folders(schema: &SettingsSchema, year: SchoolYear, lang: Lang) -> Vec<(String, Vec<u8>)> {
    let terms = schema.terms.iter().filter(|term| term.result_state.is_none());
    let folder = |term: &TermName| Some((format!("{}/{NOTE}", schema.return_folder(term, year)?), return_note(term.term, lang)));
    terms.filter_map(folder).collect()
}

/// The note in a folder of returns: what to copy there.
#[must_use]
pub fn return_note(term: Term, lang: Lang) -> Vec<u8> {
    let note = match term {
        Term::Opening => message!("workspace.copy_opening_here"),
        Term::Closing => message!("workspace.copy_closing_here"),
    };
    note.said(lang).into_bytes()
}

/// Name and kind of the unit that a new register begins with, as official lists have them.
const EXAMPLE_NAME: &str = "Sở Giáo dục và Đào tạo";
const EXAMPLE_KIND: &str = "Sở";

/// A line of the register to replace, or that of the province's department.
fn example_unit(schema: &RegisterSchema, province: &str) -> Vec<String> {
    let name = department_name(province);
    let example = [("code", "S01"), ("name", &*name), ("kind", EXAMPLE_KIND)];
    schema.columns.iter().map(|c| example.iter().find(|(key, _)| *key == c.key).map_or("", |(_, v)| v).to_owned()).collect()
}

/// Name of a province's department of education.
#[must_use]
pub fn department_name(province: &str) -> String {
    format!("{EXAMPLE_NAME} {province}").trim_end().to_owned()
}

/// The register as CSV: what each column is for, then the headings, then the units.
fn register_csv(schema: &RegisterSchema, forms: &[(String, String)], units: &[Vec<String>], lang: Lang) -> Result<Vec<u8>> {
    let mut out = message!("workspace.register_comment").said(lang);
    for column in &schema.columns {
        let _ = writeln!(out, "# {} ({}): {}", column.name_vi, column.key, lang.pick(&column.help_vi, &column.help_en));
    }
    for (title, names) in code_lists(schema) {
        let _ = writeln!(out, "# {}: {}", title.said(lang), names.join("; "));
    }
    let forms: Vec<&str> = forms.iter().map(|(name, _)| name.as_str()).collect();
    let _ = writeln!(out, "# {}: {}", message!("workspace.forms_of_year").said(lang), forms.join("; "));
    let mut writer = csv::Writer::from_writer(out.into_bytes());
    let failed = |e: csv::Error| Error::library(Action::Write, format!("{REGISTER}.csv"), e);
    writer.write_record(schema.columns.iter().map(|c| &c.name_vi)).map_err(failed)?;
    units.iter().try_for_each(|unit| writer.write_record(unit)).map_err(failed)?;
    writer.into_inner().map_err(|e| Error::library(Action::Write, format!("{REGISTER}.csv"), e))
}

/// Titles and entries of the register's code lists.
fn code_lists(schema: &RegisterSchema) -> [(Message, Vec<String>); 3] {
    let pair = |code: &str, name: &str| format!("{code} = {name}");
    [
        (message!("workspace.kinds_of_units"), schema.kinds.iter().map(|k| k.name_vi.clone()).collect()),
        (message!("workspace.levels"), schema.levels.iter().map(|l| pair(&l.code, &l.name_vi)).collect()),
        (message!("workspace.ownership"), schema.ownership.iter().map(|o| o.name_vi.clone()).collect()),
    ]
}

/// Rows of the register that have drop-downs.
const ROWS: RowSpan = RowSpan { first: 1, last: 20_000 };

/// Choices in the columns of the register: the names of its lists. Of levels and forms a unit may have several: where one
/// is not enough, others are typed beside it, so that nothing is refused there.
fn drop_downs(schema: &RegisterSchema, forms: &[String], lang: Lang) -> Vec<Validation> {
    let lists: [(&str, Vec<String>, bool); 4] = [
        ("kind", schema.kinds.iter().map(|kind| kind.name_vi.clone()).collect(), true),
        ("ownership", schema.ownership.iter().map(|own| own.name_vi.clone()).collect(), true),
        ("levels", schema.levels.iter().map(|level| level.code.clone()).collect(), false),
        ("forms", forms.to_vec(), false),
    ];
    let mut all = Vec::new();
    for (key, values, is_strict) in lists {
        let place = schema.columns.iter().position(|column| column.key == key);
        let Some(column) = place.and_then(|place| u16::try_from(place).ok()) else { continue };
        let allowed = if is_strict { Allowed::OneText(values) } else { Allowed::TextsBeside(values) };
        let (title, message) = (message!("workspace.register").said(lang), message!("workspace.choose_from_list").said(lang));
        all.push(Validation { rows: ROWS, column, allowed, title, message });
    }
    all
}

/// Forms that a register can name.
#[derive(Debug, Clone, Copy)]
struct RegisterForms<'a> {
    /// As a register names them.
    short: &'a [String],
    /// Forms with a mark where they are not official, and their titles.
    titled: &'a [(String, String)],
}

/// The register as a workbook: the table with drop-downs, and a second sheet that explains it and lists the forms.
fn register_xlsx(
    schema: &RegisterSchema,
    year: SchoolYear,
    forms: RegisterForms<'_>,
    units: &[Vec<String>],
    lang: Lang,
) -> Result<Vec<u8>> {
    let bold = CellStyle { bold: true, wrap: true, ..CellStyle::default() };
    let plain = CellStyle { wrap: true, ..CellStyle::default() };
    let cell = |row: u32, column: u16, text: &str, style| PlacedCell {
        at: CellRef::new(row, column),
        content: Content::Text(Arc::from(text)),
        style,
    };
    let table = SheetPlan {
        name: message!("workspace.sheet_list").said(lang).into(),
        cells: table_cells(schema, units, bold, plain),
        widths: (0..).zip(&schema.columns).map(|(column, c)| (column, if c.key == "name" { 36.0 } else { 11.0 })).collect(),
        freeze: Some(CellRef::new(1, 2)),
        validations: drop_downs(schema, forms.short, lang),
        page: PageSetup { landscape: true, repeat_rows: Some(RowSpan { first: 0, last: 0 }), ..PageSetup::default() },
        ..SheetPlan::default()
    };
    let mut help = Vec::new();
    for (row, column) in (0..).zip(&schema.columns) {
        help.push(cell(row, 0, &column.name_vi, bold));
        help.push(cell(row, 1, lang.pick(&column.help_vi, &column.help_en), plain));
    }
    let mut row = u32::try_from(schema.columns.len()).unwrap_or(0) + 1;
    for (title, names) in code_lists(schema) {
        help.push(cell(row, 0, &title.said(lang), bold));
        for name in names {
            help.push(cell(row, 1, &name, plain));
            row += 1;
        }
        row += 1;
    }
    help.push(cell(row, 0, &message!("workspace.forms_of_year").said(lang), bold));
    for (symbol, title) in forms.titled {
        help.push(cell(row, 1, &format!("{symbol}: {title}"), plain));
        row += 1;
    }
    let guide = SheetPlan {
        name: message!("workspace.sheet_guide").said(lang).into(),
        cells: help,
        widths: [(0, 22.0), (1, 90.0)].into(),
        ..SheetPlan::default()
    };
    let created = Period { year, term: Term::Opening }.day(9, 30).unwrap_or_default();
    let plan = WorkbookPlan {
        title: message!("workspace.register_title").said(lang),
        created,
        sheets: vec![table, guide],
        ..WorkbookPlan::default()
    };
    write_xlsx(&plan).map_err(|e| Error::library(Action::Write, format!("{REGISTER}.xlsx"), e))
}

/// Headings, and the units below them.
fn table_cells(schema: &RegisterSchema, units: &[Vec<String>], bold: CellStyle, plain: CellStyle) -> Vec<PlacedCell> {
    let cell = |row: u32, column: u16, text: &str, style| PlacedCell {
        at: CellRef::new(row, column),
        content: Content::Text(Arc::from(text)),
        style,
    };
    let mut cells: Vec<PlacedCell> = (0..).zip(&schema.columns).map(|(column, c)| cell(0, column, &c.name_vi, bold)).collect();
    for (row, unit) in (1..).zip(units) {
        cells.extend((0..).zip(unit).filter(|(_, text)| !text.is_empty()).map(|(column, text)| cell(row, column, text, plain)));
    }
    cells
}

/// The pipeline file of a term, with comments that say what each line is for.
fn pipeline_toml(period: Period, circular: &str, new: NewWorkspace<'_>) -> Message {
    let regulation = new.regulation.map_or_else(|| Message::from(""), |id| message!("workspace.pipeline_of_stream", id));
    let (file, folder, note) = match period.term {
        Term::Opening => ("dau-nam-hoc", "bieu", Message::from("")),
        Term::Closing => ("cuoi-nam-hoc", "bieu-cuoi-nam", message!("workspace.pipeline_of_closing")),
    };
    let (term_name, year, term, register) = (term_name(period.term), period.year, period.term.id(), new.register.name());
    message!("workspace.pipeline_file", term_name, circular, file, year, term, regulation, note, register, folder)
}

fn term_name(term: Term) -> Message {
    match term {
        Term::Opening => message!("workspace.opening_of_year"),
        Term::Closing => message!("workspace.closing_of_year"),
    }
}
