//! A register made out of a list of schools: one line of the list, one unit.

use std::collections::BTreeMap;

use super::list_offices::{ListedUnits, TopUnit};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::{NamedCodes, RegisterColumn, RegisterSchema};
use crate::register::Register;
use crate::tables::{Table, TableRow, TableValue};

/// Key of the column of kinds.
const KIND: &str = "kind";

/// How a list becomes a register.
#[derive(Debug, Clone, Default)]
pub struct ListWish {
    /// Column of the register by key, and the heading of the list that it comes from; others are found by their names.
    pub columns: Vec<ColumnText>,
    /// Values of the register's columns that the list does not have, by key: kind, levels, forms.
    pub constants: Vec<ColumnText>,
    /// The unit that all others report to.
    pub top: TopUnit,
}

/// A column of the register, and what is said of it.
#[derive(Debug, Clone)]
pub struct ColumnText {
    /// Its key.
    pub key: String,
    /// A heading of the list, or what stands in every line.
    pub text: String,
}

/// A column of the register that a list has.
#[derive(Debug)]
pub struct TakenColumn {
    /// Its name.
    pub column: Message,
    /// The heading it was taken from.
    pub heading: String,
}

/// A register made out of a list.
#[derive(Debug)]
pub struct MadeRegister {
    /// Its lines: the texts of every column of the register, in order.
    pub rows: Vec<Vec<String>>,
    /// Columns of the register with the headings they were taken from.
    pub taken: Vec<TakenColumn>,
    /// Headings of the list that are no column of the register.
    pub left: Vec<String>,
    /// Units that no line of the list is of: others report to them.
    pub above: Vec<String>,
    /// Lines of units whose office above is not told, while several could be it.
    pub without_office: Vec<u32>,
    /// Whom the unit at the top reports to by the list; it is none of the register.
    pub beyond: Option<String>,
    /// Lines whose kind was taken from the beginning of their names.
    pub kinds_by_name: Vec<u32>,
    /// Lines without a code.
    pub without_code: Vec<u32>,
    /// Lines that say what another line says already.
    pub repeated: Vec<u32>,
}

/// Makes a register.
///
/// # Errors
/// When a column that must be there is not, two lines of one code differ, or the register would not be read: each with the
/// lines of the list.
pub fn register_of_list(table: &Table, schema: &RegisterSchema, wish: &ListWish) -> Result<MadeRegister> {
    let columns = columns(table, schema, wish)?;
    let Some(code) = schema.columns.iter().position(|own| own.key == "code") else {
        return Err(Error::config("register.toml", message!("workspace.no_column_code")));
    };
    let mut read = ReadLines::default();
    let (mut first, mut problems) = (BTreeMap::<String, usize>::new(), Vec::new());
    let names = ListNames { schema, kinds: schema.kind_names(), ownership: schema.ownership_names(), wish };
    for row in &table.rows {
        let texts: Vec<String> = columns.iter().zip(&schema.columns).map(|(at, column)| names.text(row, *at, column)).collect();
        if texts[code].is_empty() {
            read.without_code.push(row.line);
            continue;
        }
        match first.get(&texts[code]) {
            Some(&before) if read.rows[before] == texts => read.repeated.push(row.line),
            Some(&before) => problems.push(differ(&texts[code], read.lines[before], row.line)),
            None => {
                first.insert(texts[code].clone(), read.rows.len());
                read.rows.push(texts);
                read.lines.push(row.line);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::config(&table.file, Message::join(&problems, "\n  ")));
    }
    let mut listed = ListedUnits { file: &table.file, schema, rows: read.rows, lines: read.lines };
    let kinds_by_name = names.kinds_by_name(&mut listed);
    let offices = listed.offices(&wish.top)?;
    let above = offices.above.iter().map(|row| row[code].clone()).collect();
    // Those above are on no line of the list.
    let lines: Vec<u32> = std::iter::repeat_n(0, offices.above.len()).chain(listed.lines).collect();
    let made = MadeRegister {
        rows: offices.above.into_iter().chain(listed.rows).collect(),
        taken: taken(table, schema, &columns),
        left: left(table, &columns),
        above,
        without_office: offices.unknown,
        beyond: offices.beyond,
        kinds_by_name,
        without_code: read.without_code,
        repeated: read.repeated,
    };
    check(table, schema, lines.into_iter().zip(&made.rows))?;
    Ok(made)
}

/// Whether the headings of a table are those of a list of units: every column that must be there is.
#[must_use]
pub fn is_list_of_units(table: &Table, schema: &RegisterSchema, wish: &ListWish) -> bool {
    columns(table, schema, wish).is_ok()
}

/// Lines of a list as they are read.
#[derive(Default)]
struct ReadLines {
    rows: Vec<Vec<String>>,
    lines: Vec<u32>,
    without_code: Vec<u32>,
    repeated: Vec<u32>,
}

/// Columns of the register with the headings they were taken from.
fn taken(table: &Table, schema: &RegisterSchema, columns: &[Option<usize>]) -> Vec<TakenColumn> {
    let pairs = columns.iter().zip(&schema.columns);
    pairs.filter_map(|(at, own)| Some(TakenColumn { column: own.words(), heading: table.headings[(*at)?].clone() })).collect()
}

/// Names that lists offer in columns of few values, and what lines get that tell nothing.
struct ListNames<'a> {
    schema: &'a RegisterSchema,
    kinds: NamedCodes,
    ownership: NamedCodes,
    wish: &'a ListWish,
}

impl ListNames<'_> {
    /// A text of a line: kinds and ownership by the names that the register's own lists offer; what a line does not tell as it
    /// was told for all of them.
    fn text(&self, row: &TableRow, at: Option<usize>, column: &RegisterColumn) -> String {
        let own = row.text(at);
        let text = if own.is_empty() && column.key != KIND { self.constant(&column.key) } else { own };
        let found = match column.key.as_str() {
            KIND => self.kinds.find(&text),
            "ownership" => self.ownership.find(&text),
            _ => None,
        };
        found.map_or(text, |entry| entry.name_vi.clone())
    }

    fn constant(&self, key: &str) -> String {
        self.wish.constants.iter().find(|given| given.key == key).map(|given| given.text.clone()).unwrap_or_default()
    }

    /// Gives kinds to lines that tell none: that of the office whose names begin so, the one told for all otherwise; the lines
    /// of offices.
    fn kinds_by_name(&self, listed: &mut ListedUnits<'_>) -> Vec<u32> {
        let at = |key: &str| self.schema.columns.iter().position(|own| own.key == key);
        let (Some(kind), Some(name)) = (at(KIND), at("name")) else { return Vec::new() };
        let usual = self.constant(KIND);
        let usual = self.kinds.find(&usual).map_or(usual.clone(), |entry| entry.name_vi.clone());
        let mut lines = Vec::new();
        for (row, line) in listed.rows.iter_mut().zip(&listed.lines).filter(|(row, _)| row[kind].is_empty()) {
            let begins = self.schema.kinds.iter().find(|own| own.has_name(&row[name]));
            lines.extend(begins.map(|_| *line));
            row[kind] = begins.map_or_else(|| usual.clone(), |own| own.name_vi.clone());
        }
        lines
    }
}

/// The column of the list for each column of the register.
fn columns(table: &Table, schema: &RegisterSchema, wish: &ListWish) -> Result<Vec<Option<usize>>> {
    let known = || schema.columns.iter().map(|own| own.key.as_str());
    for key in wish.columns.iter().chain(&wish.constants).map(|own| &own.key) {
        if !known().any(|own| own == key) {
            let hint = closest(key, known()).map_or_else(|| known().collect::<Vec<_>>().join(", ").into(), Message::did_you_mean);
            return Err(Error::Unknown { kind: message!("kinds.column_of_the_register"), name: key.clone(), hint: Some(hint) });
        }
    }
    let of = |own: &RegisterColumn| match wish.columns.iter().find(|given| given.key == own.key) {
        Some(ColumnText { text: heading, .. }) => table.find(&[heading]).map(Some).ok_or_else(|| {
            let error = Error::config(&table.file, table.no_column(heading));
            error.with_hint(table.headings.join(", "))
        }),
        None => {
            let names = [&own.key, &own.name_vi, &own.name_en].into_iter().chain(&own.also);
            Ok(table.find(&names.map(String::as_str).collect::<Vec<_>>()))
        }
    };
    let found: Vec<Option<usize>> = schema.columns.iter().map(of).collect::<Result<_>>()?;
    let lacks = |(at, own): &(&Option<usize>, &RegisterColumn)| {
        own.required && at.is_none() && !wish.constants.iter().any(|given| given.key == own.key)
    };
    if let Some((_, own)) = found.iter().zip(&schema.columns).find(lacks) {
        let reason = message!("workspace.no_column_known_to_be", column = own.words());
        let hint = message!("workspace.say_column_heading_headings", key = own.key, headings = table.headings.join(", "));
        return Err(Error::config(&table.file, reason).with_hint(hint));
    }
    Ok(found)
}

/// Headings of the list that are no column of the register.
fn left(table: &Table, columns: &[Option<usize>]) -> Vec<String> {
    let is_left = |(at, heading): &(usize, &String)| !heading.is_empty() && !columns.contains(&Some(*at));
    table.headings.iter().enumerate().filter(is_left).map(|(_, heading)| heading.clone()).collect()
}

fn differ(code: &str, before: u32, line: u32) -> Message {
    message!("workspace.line_code_stands_line", line, code, before)
}

/// Reads the new register as any other; lines are those of the list.
fn check<'a>(table: &Table, schema: &RegisterSchema, rows: impl Iterator<Item = (u32, &'a Vec<String>)>) -> Result<()> {
    let row = |(line, texts): (u32, &Vec<String>)| TableRow::new(line, texts.iter().map(|text| TableValue::of_text(text)).collect());
    let headings = schema.columns.iter().map(|own| own.key.clone()).collect();
    let made = Table { headings, rows: rows.map(row).collect(), ..table.clone() };
    Register::read(&made, schema).map(drop)
}
