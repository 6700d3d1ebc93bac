//! A register made out of a list of schools: one line of the list, one unit.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::{NamedCodes, RegisterColumn, RegisterSchema};
use crate::register::Register;
use crate::tables::{Table, TableRow, TableValue};

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

/// The unit that all others report to.
#[derive(Debug, Clone, Default)]
pub struct TopUnit {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
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
    let mut made = MadeRegister {
        rows: Vec::new(),
        taken: columns
            .iter()
            .zip(&schema.columns)
            .filter_map(|(at, own)| Some(TakenColumn { column: own.words(), heading: table.headings[(*at)?].clone() }))
            .collect(),
        left: left(table, &columns),
        above: Vec::new(),
        without_code: Vec::new(),
        repeated: Vec::new(),
    };
    let Some(code) = schema.columns.iter().position(|own| own.key == "code") else {
        return Err(Error::config("register.toml", message!("workspace.no_column_code")));
    };
    let (mut lines, mut own): (Vec<u32>, Vec<Vec<String>>) = (Vec::new(), Vec::new());
    let mut first: BTreeMap<String, usize> = BTreeMap::new();
    let mut problems = Vec::new();
    let names = ListNames { kinds: schema.kind_names(), ownership: schema.ownership_names() };
    for row in &table.rows {
        let texts: Vec<String> =
            columns.iter().zip(&schema.columns).map(|(at, column)| names.in_words(&column.key, text(row, *at, column, wish))).collect();
        if texts[code].is_empty() {
            made.without_code.push(row.line);
            continue;
        }
        match first.get(&texts[code]) {
            Some(&before) if own[before] == texts => made.repeated.push(row.line),
            Some(&before) => problems.push(differ(&texts[code], lines[before], row.line)),
            None => {
                first.insert(texts[code].clone(), own.len());
                own.push(texts);
                lines.push(row.line);
            }
        }
    }
    if !problems.is_empty() {
        return Err(Error::config(&table.file, Message::join(&problems, "\n  ")));
    }
    let above = units_above(&mut own, schema, &wish.top);
    made.above = above.iter().map(|row| row[code].clone()).collect();
    // Those above are on no line of the list.
    let lines = std::iter::repeat_n(0, above.len()).chain(lines);
    made.rows = above.into_iter().chain(own).collect();
    check(table, schema, lines.zip(&made.rows))?;
    Ok(made)
}

/// Names that lists offer in columns of few values.
struct ListNames {
    kinds: NamedCodes,
    ownership: NamedCodes,
}

impl ListNames {
    /// Kinds and ownership by the names that the register's own lists offer.
    fn in_words(&self, key: &str, text: String) -> String {
        let found = match key {
            "kind" => self.kinds.find(&text),
            "ownership" => self.ownership.find(&text),
            _ => None,
        };
        found.map_or(text, |entry| entry.name_vi.clone())
    }
}

/// Lines of the units that others report to and no line is of, the top first; who reports to nobody reports to the top.
fn units_above(own: &mut [Vec<String>], schema: &RegisterSchema, top: &TopUnit) -> Vec<Vec<String>> {
    let TopUnit { code: top, name } = top;
    let at = |key: &str| schema.columns.iter().position(|own| own.key == key);
    let code = at("code").unwrap_or_default();
    let line = |texts: [(&str, &str); 4]| {
        let text = |key: &str| texts.iter().find(|(own, _)| *own == key).map_or("", |(_, text)| text).to_owned();
        schema.columns.iter().map(|column| text(&column.key)).collect::<Vec<_>>()
    };
    // The last of the kinds that others report to is the highest one.
    let kinds: Vec<&str> = schema.kinds.iter().filter(|kind| kind.aggregate).map(|kind| kind.name_vi.as_str()).collect();
    let (lowest, highest) = (kinds.first().copied().unwrap_or_default(), kinds.last().copied().unwrap_or_default());
    let known: BTreeSet<String> = own.iter().map(|row| row[code].clone()).collect();
    let mut above = Vec::new();
    if !known.contains(top) {
        above.push(line([("code", top), ("name", name), ("kind", highest), ("reports_to", "")]));
    }
    let Some(reports_to) = at("reports_to") else { return above };
    let between: BTreeSet<String> = own.iter().map(|row| row[reports_to].clone()).filter(|text| !text.is_empty()).collect();
    let between = between.iter().filter(|unit| *unit != top && !known.contains(*unit));
    above.extend(between.map(|unit| line([("code", unit), ("name", unit), ("kind", lowest), ("reports_to", top)])));
    own.iter_mut().filter(|row| row[reports_to].is_empty() && row[code] != *top).for_each(|row| row[reports_to].clone_from(top));
    above
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

fn text(row: &TableRow, at: Option<usize>, column: &RegisterColumn, wish: &ListWish) -> String {
    let own = row.text(at);
    let constant = || wish.constants.iter().find(|given| given.key == column.key).map(|given| given.text.clone());
    if own.is_empty() { constant().unwrap_or_default() } else { own }
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
