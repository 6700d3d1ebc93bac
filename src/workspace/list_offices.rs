//! Offices of a list: which of its lines is the unit at the top, what others report to and no line is of, and who reports to whom.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::RegisterSchema;

/// The unit that all others report to.
#[derive(Debug, Clone, Default)]
pub struct TopUnit {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Somebody told it; otherwise it is what a list gets that has no unit at the top.
    pub is_told: bool,
}

/// Lines of a list that are to become units.
pub(super) struct ListedUnits<'a> {
    /// The list.
    pub file: &'a str,
    /// Columns of the register.
    pub schema: &'a RegisterSchema,
    /// Texts of every column of the register, in order.
    pub rows: Vec<Vec<String>>,
    /// Lines of the list they stand on.
    pub lines: Vec<u32>,
}

/// Units above those of a list.
pub(super) struct Offices {
    /// Those that no line of the list is of, the top first.
    pub above: Vec<Vec<String>>,
    /// Lines that tell no office, where several could be it.
    pub unknown: Vec<u32>,
    /// Whom the top reports to; it is none of the units.
    pub beyond: Option<String>,
}

impl ListedUnits<'_> {
    /// Adds the units that others report to and no line is of; gives an office to lines that tell none, where there is one only.
    ///
    /// # Errors
    /// When the list does not tell which unit is at the top, or a name is that of several units.
    pub(super) fn offices(&mut self, wish: &TopUnit) -> Result<Offices> {
        let Some(reports_to) = self.at("reports_to") else { return Ok(Offices::none()) };
        self.name_codes()?;
        let (code, top) = (self.code(), self.top(wish)?);
        let known: BTreeSet<String> = self.rows.iter().map(|row| row[code].clone()).collect();
        let mut offices = Offices::none();
        if let Some(row) = self.rows.iter_mut().find(|row| row[code] == top) {
            let is_beyond = !row[reports_to].is_empty() && !known.contains(&row[reports_to]);
            offices.beyond = is_beyond.then(|| std::mem::take(&mut row[reports_to]));
        }
        // The last of the kinds that others report to is the highest one.
        let kinds = self.office_kinds();
        let (lowest, highest) = (kinds.first().copied().unwrap_or_default(), kinds.last().copied().unwrap_or_default());
        if !known.contains(&top) {
            offices.above.push(self.line(&[("code", &top), ("name", &wish.name), ("kind", highest)]));
        }
        let between: BTreeSet<String> = self.rows.iter().map(|row| row[reports_to].clone()).filter(|text| !text.is_empty()).collect();
        let between = between.iter().filter(|unit| **unit != top && !known.contains(*unit));
        offices.above.extend(between.map(|unit| self.line(&[("code", unit), ("name", unit), ("kind", lowest), ("reports_to", &top)])));
        self.fill(&top, &mut offices);
        Ok(offices)
    }

    /// Gives an office to lines that tell none, where one only could be it.
    fn fill(&mut self, top: &str, offices: &mut Offices) {
        let (Some(kind), Some(reports_to), files_with) = (self.at("kind"), self.at("reports_to"), self.at("files_with")) else { return };
        let code = self.code();
        let rank = |row: &Vec<String>| self.office_kinds().iter().position(|own| **own == row[kind]);
        let ranks: BTreeMap<String, usize> = offices
            .above
            .iter()
            .chain(&self.rows)
            .filter(|row| row[code] != top)
            .filter_map(|row| Some((row[code].clone(), rank(row)?)))
            .collect();
        let found: Vec<Option<String>> = self
            .rows
            .iter()
            .map(|row| {
                let own = ranks.get(&row[code]);
                let may_be = ranks.values().any(|other| own.is_none_or(|own| other > own));
                // Who files for a unit is told, and may be its office.
                let filer = files_with.map(|at| row[at].clone()).filter(|filer| ranks.contains_key(filer));
                filer.or_else(|| (!may_be).then(|| top.to_owned()))
            })
            .collect();
        for ((row, line), office) in self.rows.iter_mut().zip(&self.lines).zip(found) {
            if row[reports_to].is_empty() && row[code] != top {
                match office {
                    Some(office) => row[reports_to] = office,
                    None => offices.unknown.push(*line),
                }
            }
        }
    }

    /// Code of the unit at the top.
    fn top(&self, wish: &TopUnit) -> Result<String> {
        let (Some(kind), code) = (self.at("kind"), self.code()) else { return Ok(wish.code.clone()) };
        let offices = self.office_kinds();
        let highest = offices.last().copied().unwrap_or_default();
        let departments: Vec<usize> = (0..self.rows.len()).filter(|&row| self.rows[row][kind] == highest).collect();
        let listed = || Message::join(&departments.iter().map(|&row| self.shown(row)).collect::<Vec<_>>(), "; ");
        let at_wish = self.rows.iter().position(|row| row[code] == wish.code);
        match departments.as_slice() {
            [only] if !wish.is_told => Ok(self.rows[*only][code].clone()),
            [first, _, ..] if !wish.is_told => {
                let (count, kind, units) = (departments.len(), highest, listed());
                let hint = message!("workspace.say_the_top", code = self.rows[*first][code], name = self.named(*first));
                Err(Error::config(self.file, message!("workspace.several_at_the_top", count, kind, units)).with_hint(hint))
            }
            [_, ..] if !at_wish.is_some_and(|row| departments.contains(&row)) => {
                let (told, kind, units) = (&wish.code, highest, listed());
                Err(Error::config(self.file, message!("workspace.top_is_in_the_list", told, kind, units)))
            }
            _ => match at_wish.filter(|&row| !offices.contains(&&*self.rows[row][kind])) {
                Some(row) => {
                    let reason = message!("workspace.top_code_is_taken", code = wish.code, unit = self.shown(row));
                    Err(Error::config(self.file, reason).with_hint(message!("workspace.say_another_top")))
                }
                None => Ok(wish.code.clone()),
            },
        }
    }

    /// Writes codes where lines tell units by their names.
    fn name_codes(&mut self) -> Result<()> {
        let (code, Some(name), Some(kind)) = (self.code(), self.at("name"), self.at("kind")) else { return Ok(()) };
        let offices = self.office_kinds();
        let known: BTreeSet<&str> = self.rows.iter().map(|row| row[code].as_str()).collect();
        let (mut named, mut problems) = (Vec::new(), Vec::new());
        for key in ["reports_to", "files_with", "merged_into"] {
            let Some(at) = self.at(key) else { continue };
            // Only an office is reported to.
            let may_be = |row: &&Vec<String>| key != "reports_to" || offices.contains(&&*row[kind]);
            let mut by_name: BTreeMap<String, Vec<&str>> = BTreeMap::new();
            for row in self.rows.iter().filter(may_be) {
                by_name.entry(fold(&row[name])).or_default().push(&row[code]);
            }
            for (row, texts) in self.rows.iter().enumerate().filter(|(_, texts)| !texts[at].is_empty() && !known.contains(&*texts[at])) {
                match by_name.get(&fold(&texts[at])).map(Vec::as_slice) {
                    Some([one]) => named.push((row, at, (*one).to_owned())),
                    Some(several) => {
                        let (line, column, codes) = (self.lines[row], self.schema.columns[at].words(), several.join(", "));
                        problems.push(message!("workspace.line_names_several", line, column, text = texts[at], codes));
                    }
                    None => {}
                }
            }
        }
        if !problems.is_empty() {
            return Err(Error::config(self.file, Message::join(&problems, "\n  ")));
        }
        for (row, at, code) in named {
            self.rows[row][at] = code;
        }
        Ok(())
    }

    /// Names of the kinds that others report to, the lowest first.
    fn office_kinds(&self) -> Vec<&str> {
        self.schema.kinds.iter().filter(|kind| kind.aggregate).map(|kind| kind.name_vi.as_str()).collect()
    }

    fn at(&self, key: &str) -> Option<usize> {
        self.schema.columns.iter().position(|own| own.key == key)
    }

    fn code(&self) -> usize {
        self.at("code").unwrap_or_default()
    }

    fn named(&self, row: usize) -> &str {
        self.at("name").map_or("", |at| &self.rows[row][at])
    }

    /// A unit by name, code and line.
    fn shown(&self, row: usize) -> Message {
        message!("workspace.line_with_place", name = self.named(row), code = self.rows[row][self.code()], line = self.lines[row])
    }

    /// A line of the register that tells these columns.
    fn line(&self, texts: &[(&str, &str)]) -> Vec<String> {
        let text = |key: &str| texts.iter().find(|(own, _)| *own == key).map_or("", |(_, text)| *text).to_owned();
        self.schema.columns.iter().map(|column| text(&column.key)).collect()
    }
}

impl Offices {
    const fn none() -> Self {
        Self { above: Vec::new(), unknown: Vec::new(), beyond: None }
    }
}
