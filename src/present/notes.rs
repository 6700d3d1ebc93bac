//! The sheet of a workbook that says what it is: title, state, term, run, how it is read.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::fit::fit;
use super::paper_state::PaperState;
use super::plan::{CellStyle, Content, PlacedCell, SheetPlan};
use crate::base::location::CellRef;
use crate::base::message::{Lang, Message, message};

/// Width of the notes, in characters.
const WIDTH: f64 = 110.0;

/// Contents of the sheet.
#[derive(Debug, Clone, Copy)]
pub struct Notes<'a> {
    /// Language of the workbook.
    pub lang: Lang,
    /// Its title.
    pub title: &'a str,
    /// Its state.
    pub state: &'a PaperState,
    /// The term in words.
    pub term: &'a str,
    /// Identity of the run; empty where no run made it.
    pub run: &'a str,
    /// More about what it holds and how it is read.
    pub more: &'a [Message],
}

/// The sheet; it stands behind the others.
#[must_use]
pub fn notes_sheet(notes: &Notes<'_>) -> SheetPlan {
    let Notes { lang, title, state, term, run, more } = *notes;
    let told = state.lines(lang).join(" · ");
    let mut lines = vec![title.to_owned()];
    lines.extend((!told.is_empty()).then(|| message!("present.note_state", state = told).said(lang)));
    lines.push(message!("present.note_term", term).said(lang));
    lines.extend((!run.is_empty()).then(|| message!("present.note_run", run).said(lang)));
    lines.extend(more.iter().map(|line| line.said(lang)));
    lines.push(message!("present.note_tables").said(lang));
    let cell = |(row, line): (u32, String)| PlacedCell {
        at: CellRef::new(row, 0),
        content: Content::Text(line.into()),
        style: CellStyle { bold: row == 0, wrap: true, ..CellStyle::default() },
    };
    let mut plan = SheetPlan {
        name: Arc::from(message!("present.notes").said(lang)),
        cells: (0..).zip(lines).map(cell).collect(),
        widths: BTreeMap::from([(0, WIDTH)]),
        ..SheetPlan::default()
    };
    fit(&mut plan);
    plan
}
