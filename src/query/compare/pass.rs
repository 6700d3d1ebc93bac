//! The pass over two value tables at once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::units::unit_changes;
use super::{CellChange, CellKind, Compared, ComparedTotal, FigureName, FormCounts, ReturnsByState, Sink, TotalChange, UnitCounts};
use crate::archive::{
    ArchivedCell, ArchivedForm, FigureKey, FigureReader, TermState, read_cell_names, read_forms, read_returns, read_tree,
};
use crate::base::error::Result;
use crate::base::number::NumberKind;
use crate::forms::Schemas;
use crate::query::explain::{FigurePlace, UnitValue, combine};
use crate::query::{FormPair, pairs};
use crate::register::{Tree, Unit, UnitIndex, UnitVec};
use crate::returns::ReturnKey;

/// A state being read: its tree, and its tables as they are opened.
struct Reading<'a> {
    state: &'a TermState,
    tree: Tree,
    readers: BTreeMap<&'static str, FigureReader>,
}

impl<'a> Reading<'a> {
    fn open(state: &'a TermState, schemas: &Schemas) -> Result<Self> {
        let forms = read_forms(state)?;
        let circular = forms.first().and_then(|form| form.id.split('/').next()).and_then(|id| schemas.regulation(id));
        let day = circular.and_then(|regulation| regulation.as_at(state.key.period)).unwrap_or_default();
        Ok(Self { state, tree: read_tree(state, &schemas.register, day, None)?, readers: BTreeMap::new() })
    }

    fn figure(&mut self, key: &FigureKey, kind: NumberKind) -> Result<Vec<ArchivedCell>> {
        let table = crate::archive::value_table(kind);
        if !self.readers.contains_key(table) {
            self.readers.insert(table, FigureReader::open(self.state, kind)?);
        }
        self.readers.get_mut(table).map_or_else(|| Ok(Vec::new()), |reader| reader.figure(key))
    }

    /// Combines several cells of each unit, in the order of units.
    fn combine(&mut self, parts: &[FigureKey], kind: NumberKind) -> Result<Vec<(Arc<str>, UnitValue)>> {
        if let [part] = parts {
            return Ok(self.figure(part, kind)?.into_iter().map(one).collect());
        }
        let mut found: BTreeMap<Arc<str>, Vec<ArchivedCell>> = BTreeMap::new();
        for part in parts {
            for cell in self.figure(part, kind)? {
                found.entry(Arc::clone(&cell.unit)).or_default().push(cell);
            }
        }
        Ok(found.into_iter().map(|(unit, cells)| (unit, combine(cells))).collect())
    }

    /// By unit, whether it owes a return on a form and has sent none.
    fn missing(&self, form: &ArchivedForm) -> Result<UnitVec<bool>> {
        let sent: BTreeSet<String> = read_returns(self.state, Some(&form.id))?.into_iter().map(|sent| sent.unit).collect();
        let owes = |unit: &Unit| unit.owes(form.short(), &form.symbol);
        Ok(self.tree.units.iter().map(|unit| owes(unit) && !sent.contains(&*unit.code)).collect())
    }

    /// Totals of every unit by index, out of what returns say; units of tree and returns both go by code.
    fn totals(&self, said: &[(Arc<str>, UnitValue)], missing: &UnitVec<bool>) -> UnitVec<ComparedTotal> {
        let mut totals: UnitVec<ComparedTotal> =
            missing.iter().map(|&is_lacking| ComparedTotal { is_lacking, ..ComparedTotal::default() }).collect();
        let mut at = UnitIndex::new(0);
        for (unit, own) in said {
            while self.tree.units.get(at).is_some_and(|known| known.code < *unit) {
                at = at.next();
            }
            if self.tree.units.get(at).is_some_and(|known| known.code == *unit) {
                let (has_number, is_lacking) = (own.status.is_number(), own.status.is_broken());
                totals[at].add(ComparedTotal { number: i128::from(own.number), has_number, is_lacking });
            }
        }
        for &unit in self.tree.order.iter().rev() {
            if let Some(parent) = self.tree.parent[unit] {
                let own = totals[unit];
                totals[parent].add(own);
            }
        }
        totals
    }
}

fn one(cell: ArchivedCell) -> (Arc<str>, UnitValue) {
    let place = FigurePlace { file: cell.file, sheet: cell.sheet, cell: cell.cell };
    (cell.unit, UnitValue { status: cell.status, number: cell.number, places: vec![place] })
}

/// A unit that others report to: its code, its places in both trees, whether it stands at the top.
type Above = (Arc<str>, [Option<UnitIndex>; 2], bool);

/// Units that others report to, in either state, with their places in both trees.
fn above_others(trees: [&Tree; 2]) -> Vec<Above> {
    let is_above = |tree: &Tree, unit: UnitIndex| tree.units[unit].aggregate || !tree.children(unit).is_empty();
    let codes: BTreeSet<&Arc<str>> = trees
        .iter()
        .flat_map(|tree| tree.units.indexes().filter(|&unit| is_above(tree, unit)).map(|unit| &tree.units[unit].code))
        .collect();
    let places = |code: &Arc<str>| trees.map(|tree| tree.find(code));
    let is_top =
        |places: &[Option<UnitIndex>; 2]| trees.iter().zip(places).any(|(tree, at)| at.is_some_and(|at| tree.parent[at].is_none()));
    codes.into_iter().map(|code| (Arc::clone(code), places(code), is_top(&places(code)))).collect()
}

/// Compares two states; `step` is told when a form is done.
///
/// # Errors
/// When a table cannot be read, or the sink cannot keep a change.
pub fn compare_states(
    older: &TermState,
    newer: &TermState,
    schemas: &Schemas,
    sink: &mut dyn Sink,
    step: &dyn Fn() -> Result<()>,
) -> Result<Compared> {
    let (olders, newers) = (read_forms(older)?, read_forms(newer)?);
    let (found, gaps) = pairs(schemas, &olders, &newers);
    let (mut before, mut after) = (Reading::open(older, schemas)?, Reading::open(newer, schemas)?);
    let above = above_others([&before.tree, &after.tree]);
    let mut by_unit: BTreeMap<ReturnKey, UnitCounts> = BTreeMap::new();
    let mut forms = Vec::new();
    for pair in &found {
        let mut counts = counts(pair, older, newer, &mut by_unit)?;
        let missing = [before.missing(&pair.older)?, after.missing(&pair.newer)?];
        for (key, name) in figures(pair, newer)? {
            let Some(parts) = pair.parts(&key) else {
                counts.figures_without_forerunner += 1;
                continue;
            };
            counts.figures += 1;
            let figure = Arc::new(FigureName { symbol: Arc::from(&*pair.newer.symbol), older: parts, key, name });
            let said =
                [before.combine(&figure.older, figure.name.kind)?, after.combine(std::slice::from_ref(&figure.key), figure.name.kind)?];
            merge(&figure, &said, &mut counts, &mut by_unit, sink)?;
            let totals = [before.totals(&said[0], &missing[0]), after.totals(&said[1], &missing[1])];
            add_totals(&figure, &above, &totals, &mut counts, sink)?;
        }
        forms.push(counts);
        sink.form();
        step()?;
    }
    let used: BTreeSet<&str> = found.iter().map(|pair| pair.older.id.as_str()).collect();
    let gone = olders.iter().filter(|form| !used.contains(form.id.as_str())).cloned().collect();
    by_unit.retain(|_, counts| counts.changed > 0 || counts.in_older != counts.in_newer);
    Ok(Compared {
        units: unit_changes(&before.tree, &after.tree),
        trees: [before.tree, after.tree],
        older: older.clone(),
        newer: newer.clone(),
        forms,
        gaps,
        gone,
        by_unit,
    })
}

/// Cells of the newer form in the order of its table.
fn figures(pair: &FormPair, newer: &TermState) -> Result<Vec<(FigureKey, crate::archive::ArchivedCellName)>> {
    let names = read_cell_names(newer, &pair.newer.id)?;
    let key = |(sheet, code, column): (String, String, u16)| FigureKey::new(&pair.newer.id, &sheet, &code, column);
    Ok(names.into_iter().map(|(place, name)| (key(place), name)).collect())
}

fn counts(pair: &FormPair, older: &TermState, newer: &TermState, by_unit: &mut BTreeMap<ReturnKey, UnitCounts>) -> Result<FormCounts> {
    let form = &pair.newer.id;
    for sent in read_returns(older, Some(&pair.older.id))? {
        by_unit.entry(ReturnKey { unit: sent.unit.into(), form: Arc::from(form.as_str()) }).or_default().in_older = true;
    }
    for sent in read_returns(newer, Some(form))? {
        by_unit.entry(ReturnKey { unit: sent.unit.into(), form: Arc::from(form.as_str()) }).or_default().in_newer = true;
    }
    let of_form = || by_unit.iter().filter(|(key, _)| *key.form == **form).map(|(_, counts)| counts);
    let both = of_form().filter(|own| own.in_older && own.in_newer).count();
    let only_older = of_form().filter(|own| own.in_older && !own.in_newer).count();
    let only_newer = of_form().filter(|own| !own.in_older && own.in_newer).count();
    Ok(FormCounts {
        older: pair.older.id.clone(),
        newer: form.clone(),
        symbol: pair.newer.symbol.clone(),
        is_mapped: pair.is_mapped(),
        dropped: pair.dropped().len(),
        returns: ReturnsByState { both, only_older, only_newer },
        ..FormCounts::default()
    })
}

/// Merges the figures of both states, unit by unit.
fn merge(
    figure: &Arc<FigureName>,
    [before, after]: &[Vec<(Arc<str>, UnitValue)>; 2],
    counts: &mut FormCounts,
    by_unit: &mut BTreeMap<ReturnKey, UnitCounts>,
    sink: &mut dyn Sink,
) -> Result<()> {
    let (mut left, mut right) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let unit = match (left.peek(), right.peek()) {
            (None, None) => return Ok(()),
            (Some((unit, _)), None) | (None, Some((unit, _))) => unit,
            (Some((a, _)), Some((b, _))) => a.min(b),
        };
        let was = left.next_if(|(known, _)| known == unit).map(|(_, own)| own);
        let is = right.next_if(|(known, _)| known == unit).map(|(_, own)| own);
        let kind = match (was, is) {
            (Some(was), Some(is)) => {
                counts.cells += 1;
                if was.same_value(is) {
                    continue;
                }
                counts.changed += 1;
                counts.numbers += u64::from(was.number != is.number);
                by_unit.entry(ReturnKey { unit: Arc::clone(unit), form: Arc::from(counts.newer.as_str()) }).or_default().changed += 1;
                CellKind::Changed
            }
            (Some(was), None) if was.status.is_number() => CellKind::OnlyBefore,
            (None, Some(is)) if is.status.is_number() => CellKind::OnlyAfter,
            _ => continue,
        };
        let unit = Arc::clone(unit);
        sink.cell(CellChange { figure: Arc::clone(figure), unit, kind, before: was.cloned(), after: is.cloned() })?;
    }
}

/// Totals of units that others report to, where they differ.
fn add_totals(
    figure: &Arc<FigureName>,
    above: &[Above],
    totals: &[UnitVec<ComparedTotal>; 2],
    counts: &mut FormCounts,
    sink: &mut dyn Sink,
) -> Result<()> {
    for (unit, places, is_top) in above {
        let of = |side: usize| places[side].map_or_else(ComparedTotal::default, |at| totals[side][at]);
        let (before, after) = (of(0), of(1));
        if before.value() != after.value() {
            counts.totals += 1;
            counts.top_totals += u64::from(*is_top);
            sink.total(TotalChange { figure: Arc::clone(figure), unit: Arc::clone(unit), is_top: *is_top, before, after })?;
        }
    }
    Ok(())
}

/// Compares the totals of two units of one state, figure by figure; how many figures were compared.
///
/// # Errors
/// When a unit is not there, a table cannot be read, or the sink cannot keep a change.
pub fn compare_units(
    state: &TermState,
    units: [&str; 2],
    schemas: &Schemas,
    sink: &mut dyn Sink,
    step: &dyn Fn() -> Result<()>,
) -> Result<(Tree, usize)> {
    let mut reading = Reading::open(state, schemas)?;
    let find = |code: &str| super::units::find(&reading.tree, code);
    let places = [find(units[0])?, find(units[1])?];
    let mut compared = 0;
    for form in read_forms(state)? {
        let missing = reading.missing(&form)?;
        for ((sheet, code, column), name) in read_cell_names(state, &form.id)? {
            let key = FigureKey::new(&form.id, &sheet, &code, column);
            let said = reading.combine(std::slice::from_ref(&key), name.kind)?;
            let totals = reading.totals(&said, &missing);
            let [before, after] = places.map(|place| totals[place]);
            compared += 1;
            if before.value() != after.value() {
                let figure = Arc::new(FigureName { older: vec![key.clone()], key, symbol: Arc::from(&*form.symbol), name });
                sink.total(TotalChange { figure, unit: Arc::from(""), is_top: true, before, after })?;
            }
        }
        sink.form();
        step()?;
    }
    Ok((reading.tree, compared))
}
