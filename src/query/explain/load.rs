//! A figure out of an archive: only the row groups that hold it, and the small tables that say what it is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Address, Figure, FigurePlace, UnitValue};
use crate::archive::{
    ArchivedAnswer, ArchivedCell, ArchivedCellName, ArchivedCoverage, ArchivedForm, FigureKey, FigureReader, TermState, read_answers,
    read_cell_names, read_coverage, read_forms, read_held, read_returns, read_tree,
};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::{RowAddress, Schemas};
use crate::query::{FormPair, not_comparable, own_address};
use crate::returns::{self, is_still_to_come};

/// A figure in one state of a term, with all that is said of it.
#[derive(Debug, Clone)]
pub struct FigureDetail {
    /// The state.
    pub state: TermState,
    /// The form.
    pub form: ArchivedForm,
    /// The cell.
    pub key: FigureKey,
    /// The cell in words.
    pub name: ArchivedCellName,
    /// Values of every return.
    pub figure: Figure,
    /// SHA-256 by file.
    pub hashes: BTreeMap<String, String>,
    /// Coverage by unit code.
    pub coverage: BTreeMap<String, ArchivedCoverage>,
    /// Units of which a file came in that is held.
    pub held: BTreeSet<String>,
    /// Answers to findings of this cell, and of whole returns of the form.
    pub answers: Vec<ArchivedAnswer>,
    /// Row groups of its table.
    pub groups: usize,
    /// Those of them that were read.
    pub groups_read: usize,
}

/// The older figure that another one is explained against.
#[derive(Debug, Clone)]
pub struct BaseFigure {
    /// Details at its own address and in its own form.
    pub explained: FigureDetail,
    /// Values in terms of the newer form, where that is another one.
    pub carried: Option<Figure>,
    /// The older cells that make the newer one.
    pub parts: Vec<FigureKey>,
}

/// Loads a figure of a state.
///
/// # Errors
/// When the state has no such form or cell, or a table cannot be read.
pub fn load_figure(state: &TermState, address: &Address, schemas: &Schemas) -> Result<FigureDetail> {
    let forms = read_forms(state)?;
    let form = address.find(&forms)?;
    load(state, form, address.key(form), schemas, Units::All)
}

/// Loads a figure of a state for a unit's total alone: units that have nothing to do with the form are not read.
///
/// # Errors
/// As for [`load_figure`].
pub fn load_total(state: &TermState, address: &Address, schemas: &Schemas, unit: &str) -> Result<FigureDetail> {
    let forms = read_forms(state)?;
    let form = address.find(&forms)?;
    let explained = load(state, form, address.key(form), schemas, Units::OfForm)?;
    // Of a unit that the form does not concern everything is told all the same.
    if explained.figure.tree.find(unit).is_some() { Ok(explained) } else { load_figure(state, address, schemas) }
}

/// Which units are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Units {
    /// All of them: what became of each is asked.
    All,
    /// Those that a form is expected or received of, and those above them.
    OfForm,
}

fn load(state: &TermState, form: &ArchivedForm, key: FigureKey, schemas: &Schemas, units: Units) -> Result<FigureDetail> {
    let mut names = read_cell_names(state, &form.id)?;
    let key = FigureKey { sheet: sheet_meant(&key.sheet, &names), ..key };
    let place = (key.sheet.to_string(), key.code.to_string(), key.column);
    let Some(name) = names.remove(&place) else { return Err(no_cell(&key, names.keys())) };
    let circular = form.id.split('/').next().unwrap_or_default();
    let day = schemas.regulation(circular).and_then(|regulation| regulation.as_at(state.key.period)).unwrap_or_default();
    let is_said = |answer: &ArchivedAnswer| {
        let is_cell = answer.sheet == *key.sheet && answer.code == *key.code;
        answer.sheet.is_empty() || (is_cell && (answer.column == 0 || answer.column == i64::from(key.column)))
    };
    let coverage = read_coverage(state, &form.id)?;
    let concerned = |unit: &str| coverage.contains_key(unit);
    let tree = || read_tree(state, &schemas.register, day, if units == Units::OfForm { Some(&concerned) } else { None });
    // The tree is about as much work as all the rest.
    let rest = || {
        let mut reader = FigureReader::open(state, name.kind)?;
        let own: BTreeMap<Arc<str>, UnitValue> = reader.only(&key)?.into_iter().map(own).collect();
        let answers: Vec<ArchivedAnswer> = read_answers(state, &form.id)?.into_iter().filter(is_said).collect();
        let open = open_units(state, form, &key, &own, &mut reader, schemas)?;
        let hashes = read_returns(state, Some(&form.id))?.into_iter().map(|sent| (sent.file, sent.sha256)).collect();
        Ok::<_, Error>((own, open, answers, hashes, reader))
    };
    let (tree, rest) = rayon::join(tree, rest);
    let (own, open, answers, hashes, reader) = rest?;
    let (groups, groups_read) = (reader.row_groups(), reader.groups_read());
    let figure = Figure { tree: tree?, own, open };
    let held = read_held(state, &form.id)?;
    Ok(FigureDetail { state: state.clone(), form: form.clone(), key, name, figure, hashes, coverage, held, answers, groups, groups_read })
}

/// The id of the sheet that is meant: people call it by its id or by what is printed on it.
fn sheet_meant(called: &Arc<str>, names: &BTreeMap<(String, String, u16), ArchivedCellName>) -> Arc<str> {
    if names.keys().any(|(sheet, ..)| **sheet == **called) {
        return Arc::clone(called);
    }
    let wanted = fold(called);
    let is_meant = |(sheet, name): (&str, &ArchivedCellName)| fold(sheet) == wanted || fold(&name.sheet_name) == wanted;
    let found = names.iter().find(|((sheet, ..), name)| is_meant((sheet, name)));
    found.map_or_else(|| Arc::clone(called), |((sheet, ..), _)| Arc::from(&**sheet))
}

/// Loads what an older state says of a figure of a newer one.
///
/// # Errors
/// When the older state has nothing that the figure can be compared with.
pub fn load_against(state: &TermState, newer: &FigureDetail, schemas: &Schemas) -> Result<BaseFigure> {
    let pair = FormPair::find(schemas, &read_forms(state)?, &newer.form).map_err(|why| not_comparable(&newer.key, state, why))?;
    let none = || message!("explain.no_cell_other_version");
    let parts = pair.parts(&newer.key).ok_or_else(|| not_comparable(&newer.key, state, none()))?;
    let shown = own_address(&newer.key, &parts).ok_or_else(|| not_comparable(&newer.key, state, none()))?;
    let explained = load(state, &pair.older, shown.clone(), schemas, Units::All)?;
    if parts.len() == 1 {
        return Ok(BaseFigure { explained, carried: None, parts });
    }
    let mut reader = FigureReader::open(state, explained.name.kind)?;
    let mut found: BTreeMap<Arc<str>, Vec<ArchivedCell>> = BTreeMap::new();
    for part in &parts {
        for cell in reader.only(part)? {
            found.entry(Arc::clone(&cell.unit)).or_default().push(cell);
        }
    }
    let own = found.into_iter().map(|(unit, cells)| (unit, combine(cells))).collect();
    let carried = Figure { tree: explained.figure.tree.clone(), own, open: BTreeSet::new() };
    Ok(BaseFigure { explained, carried: Some(carried), parts })
}

/// Units whose results are still to come: all that have the figure where the exam is yet to be held, and those that say how many
/// are to be tested again.
fn open_units(
    state: &TermState,
    form: &ArchivedForm,
    key: &FigureKey,
    own: &BTreeMap<Arc<str>, UnitValue>,
    reader: &mut FigureReader,
    schemas: &Schemas,
) -> Result<BTreeSet<Arc<str>>> {
    let Some(known) = schemas.forms.iter().find(|known| *known.id == *form.id) else { return Ok(BTreeSet::new()) };
    let parts = schemas.measures.measures.iter().flat_map(|measure| &measure.parts);
    let is_in = |rows: &[RowAddress]| rows.iter().any(|row| *row.sheet == *key.sheet && *row.code == *key.code);
    let parts: Vec<_> = parts.filter(|part| part.layout == known.layout.id && is_in(&part.rows)).collect();
    let regulation = schemas.regulation(form.id.split('/').next().unwrap_or_default());
    let due = regulation.and_then(|regulation| regulation.result_state(state.key.period.term)).map(|own| own.id.as_str());
    let results = state.key.state.as_deref().or(due);
    if results.is_some_and(|results| parts.iter().any(|part| part.is_open_in(results))) {
        return Ok(own.keys().cloned().collect());
    }
    let pending: BTreeSet<&RowAddress> = parts.iter().flat_map(|part| &part.pending).collect();
    let mut open = BTreeSet::new();
    for row in pending {
        let left = reader.only(&FigureKey::new(&form.id, &row.sheet, &row.code, key.column))?;
        open.extend(left.into_iter().filter(|cell| is_still_to_come(cell.status, cell.number)).map(|cell| cell.unit));
    }
    Ok(open)
}

fn own(cell: ArchivedCell) -> (Arc<str>, UnitValue) {
    let places = vec![FigurePlace { file: cell.file, sheet: cell.sheet, cell: cell.cell }];
    (cell.unit, UnitValue { status: cell.status, number: cell.number, places })
}

/// Combines the cells of a unit into one value.
#[must_use]
pub fn combine(cells: Vec<ArchivedCell>) -> UnitValue {
    let (status, number) = returns::combine(cells.iter().map(|cell| (cell.status, cell.number)));
    UnitValue { status, number, places: cells.into_iter().flat_map(|cell| own(cell).1.places).collect() }
}

/// Error naming what the form has instead of a cell that it does not have.
fn no_cell<'a>(key: &FigureKey, known: impl Iterator<Item = &'a (String, String, u16)>) -> Error {
    let known: Vec<&(String, String, u16)> = known.collect();
    let list = |mut values: Vec<String>| {
        values.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
        values.dedup();
        values.join(", ")
    };
    let sheets = list(known.iter().map(|(sheet, ..)| sheet.clone()).collect());
    let of_sheet: Vec<_> = known.iter().filter(|(sheet, ..)| **sheet == *key.sheet).collect();
    let hint = if of_sheet.is_empty() {
        message!("explain.form_sheets", sheets)
    } else if !of_sheet.iter().any(|(_, code, _)| **code == *key.code) {
        let near = closest(&key.code, of_sheet.iter().map(|(_, code, _)| code.as_str())).map(Message::did_you_mean);
        let codes = list(of_sheet.iter().map(|(_, code, _)| code.clone()).collect());
        near.unwrap_or_else(|| message!("explain.sheet_codes", codes))
    } else {
        let columns = list(of_sheet.iter().map(|(_, _, column)| column.to_string()).collect());
        message!("explain.sheet_columns", columns)
    };
    Error::Unknown { kind: message!("kinds.cell"), name: key.to_string(), hint: Some(hint) }
}
