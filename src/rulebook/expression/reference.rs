//! References in braces: a cell of a form, a field of a table, a fact of the register.

use serde::Deserialize;

use crate::base::message::{Message, message};

/// A reference as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Reference {
    /// A cell: `{sheet/code/column}`, `{form:sheet/code/column@last_year}`.
    Cell {
        /// Short id of another form of the same unit; the rule's own otherwise.
        form: Option<String>,
        /// Sheet id.
        sheet: String,
        /// Row code.
        code: String,
        /// Which column.
        column: ColumnPick,
        /// Which term.
        moment: Moment,
    },
    /// A fact of the register about the unit: `{unit.ownership}`.
    Unit(String),
    /// A field of a table's row: `{code}`, perhaps of another table: `{schools.code}`.
    Field(String),
}

/// How a column is chosen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ColumnPick {
    /// By its printed number.
    Number(u16),
    /// By what it selects, exactly: `ownership=private,sex=female`.
    Dims(Vec<(String, String)>),
}

/// Which term or source a figure is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// The term being checked.
    Now,
    /// The term of a year ago.
    LastYear,
    /// The other term of the school year.
    OtherTerm,
    /// The term before: the closing of last year for an opening, the opening of the year for a closing.
    TermBefore,
    /// The term in another source: an export of the official system, say.
    OtherSource,
}

impl Reference {
    /// Reads what stands between the braces.
    pub(super) fn parse(text: &str) -> Result<Self, Message> {
        let bad = || message!("forms.no_reference_write_sheet", text);
        if let Some(fact) = text.strip_prefix("unit.") {
            return Ok(Self::Unit(fact.to_owned()));
        }
        let (place, moment) = match text.split_once('@') {
            None => (text, Moment::Now),
            Some((place, "last_year")) => (place, Moment::LastYear),
            Some((place, "other_term")) => (place, Moment::OtherTerm),
            Some((place, "term_before")) => (place, Moment::TermBefore),
            Some((place, "other_source")) => (place, Moment::OtherSource),
            Some(_) => return Err(message!("forms.after_stands_last_year", text)),
        };
        let parts: Vec<&str> = place.split('/').map(str::trim).collect();
        match parts[..] {
            [field] if moment == Moment::Now && !field.is_empty() => Ok(Self::Field(field.to_owned())),
            [sheet, code, column] if !sheet.is_empty() && !code.is_empty() => {
                let (form, sheet) = match sheet.split_once(':') {
                    Some((form, sheet)) => (Some(form.to_owned()), sheet),
                    None => (None, sheet),
                };
                let column = ColumnPick::parse(column).ok_or_else(bad)?;
                Ok(Self::Cell { form, sheet: sheet.to_owned(), code: code.to_owned(), column, moment })
            }
            _ => Err(bad()),
        }
    }

    /// With every `$variable` put in.
    pub(super) fn filled(&self, variable: &impl Fn(&str) -> Option<String>) -> Result<Self, Message> {
        let fill = |text: &str| match text.strip_prefix('$') {
            None => Ok(text.to_owned()),
            Some(name) => variable(name).ok_or_else(|| message!("forms.not_variable", name)),
        };
        Ok(match self {
            Self::Cell { form, sheet, code, column, moment } => {
                let column = match column {
                    ColumnPick::Number(number) => ColumnPick::Number(*number),
                    ColumnPick::Dims(dims) => match dims.as_slice() {
                        // `$c` alone: a column number, or dimensions, out of `for`.
                        [(name, value)] if value.is_empty() => {
                            let text = fill(name)?;
                            ColumnPick::parse(&text).ok_or_else(|| message!("forms.is_no_column", text))?
                        }
                        dims => {
                            let filled = dims.iter().map(|(key, value)| Ok((key.clone(), fill(value)?)));
                            ColumnPick::Dims(filled.collect::<Result<_, Message>>()?)
                        }
                    },
                };
                Self::Cell {
                    form: form.as_deref().map(&fill).transpose()?,
                    sheet: fill(sheet)?,
                    code: fill(code)?,
                    column,
                    moment: *moment,
                }
            }
            Self::Unit(fact) => Self::Unit(fact.clone()),
            Self::Field(field) => Self::Field(fill(field)?),
        })
    }
}

impl ColumnPick {
    fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Some(Self::Number(number));
        }
        if text.starts_with('$') {
            return Some(Self::Dims(vec![(text.to_owned(), String::new())]));
        }
        let dims = text.split(',').map(|part| {
            let (key, value) = part.split_once('=')?;
            Some((key.trim().to_owned(), value.trim().to_owned()))
        });
        dims.collect::<Option<Vec<_>>>().map(Self::Dims)
    }
}
