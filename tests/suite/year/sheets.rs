//! Workbooks as a school works in them: cells typed over, rows and sheets deleted, a blank form or a returned copy filled in.

use std::collections::{BTreeMap, HashMap};

use regex::{Captures, Regex};
use tkgd::ooxml::{RawValue, RawWorkbook};

use crate::returned::{parts, zipped};
use crate::support::read;

/// What is typed into a cell.
pub enum Typed<'a> {
    /// A number.
    Number(f64),
    /// Words, or a number as words.
    Text(&'a str),
    /// A formula that points at nothing.
    Error(&'a str),
    /// A formula of a program that does not calculate.
    Uncalculated(&'a str),
}

impl Typed<'_> {
    /// The cell, which keeps its style.
    fn cell(&self, address: &str, style: &str) -> String {
        match self {
            Self::Number(number) => format!("<c r=\"{address}\"{style}><v>{number}</v></c>"),
            Self::Text(text) => format!("<c r=\"{address}\"{style} t=\"inlineStr\"><is><t>{text}</t></is></c>"),
            Self::Error(error) => format!("<c r=\"{address}\"{style} t=\"e\"><v>{error}</v></c>"),
            Self::Uncalculated(formula) => format!("<c r=\"{address}\"{style}><f>{formula}</f></c>"),
        }
    }
}

/// A workbook that is worked in.
pub struct Book {
    parts: BTreeMap<String, Vec<u8>>,
    /// Names of its sheets in order.
    sheets: Vec<String>,
}

impl Book {
    /// A workbook out of its bytes.
    pub fn open(bytes: &[u8]) -> Self {
        let sheets = read(bytes).unwrap().sheets.into_iter().map(|sheet| sheet.name).collect();
        Self { parts: parts(bytes), sheets }
    }

    /// Its bytes.
    pub fn save(&self) -> Vec<u8> {
        zipped(&self.parts)
    }

    fn part(sheet: usize) -> String {
        format!("xl/worksheets/sheet{}.xml", sheet + 1)
    }

    /// Changes the text of a part.
    fn change(&mut self, part: &str, act: impl FnOnce(&str) -> String) {
        let old = String::from_utf8(self.parts[part].clone()).unwrap();
        let new = act(&old);
        self.parts.insert(part.to_owned(), new.into_bytes());
    }

    fn change_sheet(&mut self, sheet: &str, act: impl FnOnce(&str) -> String) {
        let index = self.sheets.iter().position(|own| own == sheet).unwrap_or_else(|| panic!("no sheet {sheet}"));
        self.change(&Self::part(index), act);
    }

    /// Types into a cell.
    pub fn put(mut self, sheet: &str, address: &str, typed: &Typed<'_>) -> Self {
        let pattern = Regex::new(&format!(r#"<c r="{address}"( s="\d+")?[^>]*?(/>|>.*?</c>)"#)).unwrap();
        self.change_sheet(sheet, |old| {
            let new = pattern.replace(old, |found: &Captures<'_>| typed.cell(address, found.get(1).map_or("", |style| style.as_str())));
            assert_ne!(new, old, "{sheet}!{address} says so already");
            new.into_owned()
        });
        self
    }

    /// Puts a text in the place of another wherever it stands as a whole.
    pub fn retype(mut self, old: &str, new: &str) -> Self {
        let [old, new] = [old, new].map(|text| format!(">{text}</t>"));
        self.change("xl/sharedStrings.xml", |texts| {
            assert!(texts.contains(&old), "{old}");
            texts.replace(&old, &new)
        });
        self
    }

    /// Empties a row; those below stay where they are.
    pub fn drop_row(mut self, sheet: &str, row: u32) -> Self {
        let pattern = Regex::new(&format!(r#"<row r="{row}"[^>]*?(/>|>.*?</row>)"#)).unwrap();
        self.change_sheet(sheet, |old| pattern.replace(old, "").into_owned());
        self
    }

    /// Deletes a sheet.
    pub fn drop_sheet(mut self, sheet: &str) -> Self {
        self.change("xl/workbook.xml", |book| {
            let book = Regex::new(&format!(r#"<sheet name="{sheet}"[^>]*/>"#)).unwrap().replace(book, "").into_owned();
            // Names of sheets that are gone would be.
            Regex::new("<definedName name=\"_xlnm[^>]*>[^<]*</definedName>").unwrap().replace_all(&book, "").into_owned()
        });
        self
    }

    /// Gives a sheet another name.
    pub fn rename_sheet(mut self, sheet: &str, name: &str) -> Self {
        self.change("xl/workbook.xml", |book| {
            let own = format!("<sheet name=\"{sheet}\"");
            assert!(book.contains(&own), "{sheet}");
            let book = book.replace(&own, &format!("<sheet name=\"{name}\""));
            Regex::new("<definedName name=\"_xlnm[^>]*>[^<]*</definedName>").unwrap().replace_all(&book, "").into_owned()
        });
        self
    }

    /// Types every number of another workbook into the same cell; formulas stay, with the result that they come to.
    pub fn fill(mut self, right: &RawWorkbook) -> Self {
        let cell = Regex::new(r#"<c r="([A-Z]+\d+)"([^>]*?)(/>|>(.*?)</c>)"#).unwrap();
        let style = Regex::new(r#" s="\d+""#).unwrap();
        let formula = Regex::new(r"<f[^>]*?(/>|>.*?</f>)").unwrap();
        for sheet in &right.sheets {
            let number = |own: &tkgd::ooxml::RawCell| match own.value {
                RawValue::Number(number) => Some((own.at().to_string(), number)),
                _ => None,
            };
            let numbers: HashMap<String, f64> = sheet.cells.iter().filter_map(number).collect();
            if !self.sheets.contains(&sheet.name) {
                continue;
            }
            self.change_sheet(&sheet.name, |old| {
                let new = cell.replace_all(old, |found: &Captures<'_>| {
                    let Some(number) = numbers.get(&found[1]) else { return found[0].to_owned() };
                    let style = style.find(&found[2]).map_or("", |own| own.as_str());
                    let formula = formula.find(&found[3]).map_or("", |own| own.as_str());
                    format!("<c r=\"{}\"{style}>{formula}<v>{number}</v></c>", &found[1])
                });
                new.into_owned()
            });
        }
        self
    }
}

/// The number in a cell.
pub fn number(book: &RawWorkbook, sheet: &str, address: &str) -> f64 {
    let sheet = book.sheets.iter().find(|own| own.name == sheet).unwrap();
    match crate::support::at(sheet, address) {
        Some(RawValue::Number(number)) => *number,
        other => panic!("{}!{address}: {other:?}", sheet.name),
    }
}
