//! How learners and staff go on from an opening to the closing and into the next school year: rows bound to their places.
//!
//! `<circular>/flows.toml` says which rows of the forms hold whom. Sample histories are made of it; a flow whose
//! closing form has another layout than the one it was written for is left out.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::form::{Form, Layout};
use crate::base::layout_status::LayoutStatus;
use crate::base::message::{Message, message};

/// `<circular>/flows.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FlowFile {
    flows: Vec<FlowEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlowEntry {
    opening: String,
    closing: String,
    #[serde(default)]
    layout_status: Option<LayoutStatus>,
    #[serde(default)]
    opening_layout_status: Option<LayoutStatus>,
    grades: Vec<GradeEntry>,
    #[serde(default)]
    stocks: Vec<StockEntry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct GradeEntry {
    name: String,
    #[serde(default)]
    next: Option<String>,
    #[serde(default)]
    entry: bool,
    #[serde(default)]
    rest: bool,
    rows: BTreeMap<FlowItem, Vec<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct StockEntry {
    opening: Vec<String>,
    closing: Vec<String>,
    #[serde(default)]
    left: Vec<String>,
    #[serde(default)]
    joined: Vec<String>,
    #[serde(default)]
    yearly: bool,
}

/// Whom a row holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlowItem {
    /// Opening form: everybody in the grade.
    Opening,
    /// Opening form: who is new in the level.
    Entered,
    /// Opening form: who is in the grade for another year.
    Repeating,
    /// Opening form: the classes they are in; grades with the same rows share them.
    Classes,
    /// Closing form: who was there at the opening.
    Start,
    /// Who came during the year.
    MovedIn,
    /// Who went to another school.
    MovedOut,
    /// Who left school.
    Dropped,
    /// Who is there at the end.
    Remaining,
    /// Who goes up.
    Promoted,
    /// Who stays for another year.
    Repeated,
    /// Who has to be tested again before that is known.
    Pending,
    /// Who completed the grade's programme.
    Completed,
    /// Who sat, or was put up for, the final examination of the level.
    Examined,
    /// Who completed the level.
    Graduated,
}

/// A row of a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowPlace {
    /// Index of its sheet in the layout.
    pub sheet: usize,
    /// Index among the sheet's coded rows.
    pub row: usize,
}

/// How the people of one opening form go on.
#[derive(Debug, Clone)]
pub struct Flow {
    /// Short id of the opening form.
    pub opening: Arc<str>,
    /// Its layout.
    pub opening_layout: Arc<str>,
    /// Short id of the closing form.
    pub closing: Arc<str>,
    /// Its layout.
    pub closing_layout: Arc<str>,
    /// Grades, youngest first.
    pub grades: Vec<Grade>,
    /// Figures that stay from term to term.
    pub stocks: Vec<Stock>,
}

/// A grade, or an age group.
#[derive(Debug, Clone)]
pub struct Grade {
    /// Vietnamese name.
    pub name: String,
    /// The grade that follows.
    pub next: Option<usize>,
    /// Newcomers join here.
    pub entry: bool,
    /// It has those of its first row whom no other grade has.
    pub rest: bool,
    /// The rows that hold its people.
    pub rows: BTreeMap<FlowItem, Vec<RowPlace>>,
}

/// Something that is there from term to term: schools, classes, staff.
#[derive(Debug, Clone)]
pub struct Stock {
    /// Rows of the opening form; the first is where it is read.
    pub opening: Vec<RowPlace>,
    /// Rows of the closing form.
    pub closing: Vec<RowPlace>,
    /// Rows of the closing form for those who left during the year.
    pub left: Vec<RowPlace>,
    /// Rows of the closing form for those who joined.
    pub joined: Vec<RowPlace>,
    /// It is made anew each year.
    pub yearly: bool,
}

impl Grade {
    /// The rows of an item.
    #[must_use]
    pub fn rows(&self, item: FlowItem) -> &[RowPlace] {
        self.rows.get(&item).map_or(&[], Vec::as_slice)
    }
}

impl FlowItem {
    /// True for rows of the opening form.
    #[must_use]
    pub const fn is_of_opening(self) -> bool {
        matches!(self, Self::Opening | Self::Entered | Self::Repeating | Self::Classes)
    }
}

/// Binds the flows of a circular's file to its forms; gives what cannot be bound, too.
pub fn bind(circular: &str, file: FlowFile, forms: &[Arc<Form>]) -> (Vec<Flow>, Vec<Message>) {
    let (mut flows, mut problems) = (Vec::new(), Vec::new());
    for entry in file.flows {
        let form = |short: &str| {
            let found = forms.iter().find(|form| &*form.circular == circular && *form.short == *short);
            found.ok_or_else(|| message!("forms.no_form", id = format!("{circular}/{short}")))
        };
        let bound = form(&entry.opening).and_then(|opening| Ok((opening, form(&entry.closing)?)));
        let is_other = |wanted: Option<LayoutStatus>, form: &Form| wanted.is_some_and(|status| status != form.layout_status);
        let bound = bound.and_then(|(opening, closing)| {
            let is_void = is_other(entry.layout_status, closing) || is_other(entry.opening_layout_status, opening);
            if is_void { Ok(None) } else { bind_flow(&entry, opening, closing).map(Some) }
        });
        match bound {
            Ok(flow) => flows.extend(flow),
            Err(problem) => problems.push(message!("forms.in_flow", opening = entry.opening, problem)),
        }
    }
    (flows, problems)
}

fn bind_flow(entry: &FlowEntry, opening: &Form, closing: &Form) -> Result<Flow, Message> {
    let next = |grade: &GradeEntry| match &grade.next {
        None => Ok(None),
        Some(name) => {
            let found = entry.grades.iter().position(|other| other.name == *name);
            found.map(Some).ok_or_else(|| message!("forms.no_grade", name))
        }
    };
    let grades = entry.grades.iter().map(|grade| {
        let bind = |(item, rows): (&FlowItem, &Vec<String>)| {
            let layout = if item.is_of_opening() { &opening.layout } else { &closing.layout };
            Ok((*item, places(layout, rows)?))
        };
        let rows = grade.rows.iter().map(bind).collect::<Result<_, Message>>()?;
        Ok(Grade { name: grade.name.clone(), next: next(grade)?, entry: grade.entry, rest: grade.rest, rows })
    });
    let stocks = entry.stocks.iter().map(|stock| {
        Ok(Stock {
            opening: places(&opening.layout, &stock.opening)?,
            closing: places(&closing.layout, &stock.closing)?,
            left: places(&closing.layout, &stock.left)?,
            joined: places(&closing.layout, &stock.joined)?,
            yearly: stock.yearly,
        })
    });
    Ok(Flow {
        opening: Arc::clone(&opening.short),
        opening_layout: Arc::clone(&opening.layout.id),
        closing: Arc::clone(&closing.short),
        closing_layout: Arc::clone(&closing.layout.id),
        grades: grades.collect::<Result<_, Message>>()?,
        stocks: stocks.collect::<Result<_, Message>>()?,
    })
}

fn places(layout: &Layout, rows: &[String]) -> Result<Vec<RowPlace>, Message> {
    let place = |row: &String| {
        let found = row.split_once('/').and_then(|(sheet, code)| {
            let sheet = layout.sheets.iter().position(|known| *known.id == *sheet)?;
            Some(RowPlace { sheet, row: layout.sheets[sheet].find_code(code)? })
        });
        found.ok_or_else(|| message!("forms.no_row_write_sheet", form = layout.id, row))
    };
    rows.iter().map(place).collect()
}
