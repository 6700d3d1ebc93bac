//! Keeps the largest changes for people, and writes all of them to Parquet as they come.

use super::tables::{CELL_DECIMALS, CELL_TEXTS, TOTAL_TEXTS};
use crate::archive::{Columns, ColumnsFile};
use crate::base::disk::OutputFolder;
use crate::base::error::Result;
use crate::base::number::NumberKind;
use crate::present::MOST_ROWS;
use crate::query::compare::{Biggest, CellChange, CellKind, Sink, TotalChange, Weighed};
use crate::query::explain::{FigurePlace, UnitValue};

/// Changes of money kept of all; the others are of counts.
const AMOUNTS: usize = 10_000;

impl Weighed for CellChange {
    fn weight(&self) -> u128 {
        self.amount().unsigned_abs()
    }
}

impl Weighed for TotalChange {
    fn weight(&self) -> u128 {
        // A total that changes by a missing return is no news: changes of whole totals stand first.
        let amount = (self.after.number - self.before.number).unsigned_abs();
        if self.is_whole() { amount.saturating_add(u128::from(u64::MAX)) } else { amount }
    }
}

/// The largest changes of counts, and of amounts: they do not weigh against each other.
struct Kinds<T> {
    counts: Biggest<T>,
    amounts: Biggest<T>,
}

impl<T: Weighed> Kinds<T> {
    const fn new() -> Self {
        Self { counts: Biggest::new(MOST_ROWS - AMOUNTS), amounts: Biggest::new(AMOUNTS) }
    }

    fn push(&mut self, kind: NumberKind, change: T) {
        match kind {
            NumberKind::Counts => self.counts.push(change),
            NumberKind::Amounts => self.amounts.push(change),
        }
    }

    /// Counts, then amounts, the largest first; and how many there were.
    fn into_sorted(self) -> (Vec<T>, SeenForms) {
        let seen = SeenForms { counts: self.counts.seen(), amounts: self.amounts.seen() };
        let mut all = self.counts.into_sorted();
        all.extend(self.amounts.into_sorted());
        (all, seen)
    }
}

/// The sink of a comparison.
pub struct Collector {
    cells: Kinds<CellChange>,
    top: Kinds<TotalChange>,
    totals: Kinds<TotalChange>,
    files: Option<(ColumnsFile, ColumnsFile)>,
    states: [String; 2],
}

/// How many changes there were, kept or not.
#[derive(Debug, Clone, Copy, Default)]
pub struct SeenForms {
    /// Of counts.
    pub counts: u64,
    /// Of amounts.
    pub amounts: u64,
}

impl SeenForms {
    /// Of either.
    #[must_use]
    pub const fn all(self) -> u64 {
        self.counts + self.amounts
    }
}

/// Differences kept of a pair.
pub struct KeptDifferences {
    /// The largest changes of cells.
    pub cells: Vec<CellChange>,
    /// The largest changes of totals.
    pub totals: Vec<TotalChange>,
    /// How many changes of cells there were.
    pub cells_seen: SeenForms,
    /// How many changes of totals there were.
    pub totals_seen: SeenForms,
}

impl Collector {
    /// A sink that writes into a folder, or nowhere.
    pub fn new(folder: Option<&OutputFolder>) -> Result<Self> {
        let metadata = [("tkgd.version".to_owned(), env!("CARGO_PKG_VERSION").to_owned())];
        let files = folder.map(|folder| {
            let cells = Columns::texts(&CELL_TEXTS).and_smalls(&["column_no"]).and_decimals(&CELL_DECIMALS);
            let totals = Columns::texts(&TOTAL_TEXTS).and_smalls(&["column_no"]).and_flags(&["top"]).and_decimals(&CELL_DECIMALS);
            let cells = cells.into_file(&folder.path("cells.parquet")?, 0, &metadata)?;
            Ok::<_, crate::base::error::Error>((cells, totals.into_file(&folder.path("totals.parquet")?, 0, &metadata)?))
        });
        Ok(Self { cells: Kinds::new(), top: Kinds::new(), totals: Kinds::new(), files: files.transpose()?, states: Default::default() })
    }

    /// The next pair of states, as the tables name them.
    pub fn begin(&mut self, older: &str, newer: &str) {
        self.states = [older.to_owned(), newer.to_owned()];
    }

    /// Differences kept of a pair.
    pub fn take(&mut self) -> KeptDifferences {
        let (cells, cells_seen) = std::mem::replace(&mut self.cells, Kinds::new()).into_sorted();
        let (mut totals, top_seen) = std::mem::replace(&mut self.top, Kinds::new()).into_sorted();
        let (others, others_seen) = std::mem::replace(&mut self.totals, Kinds::new()).into_sorted();
        totals.extend(others);
        let totals_seen = SeenForms { counts: top_seen.counts + others_seen.counts, amounts: top_seen.amounts + others_seen.amounts };
        KeptDifferences { cells, totals, cells_seen, totals_seen }
    }

    /// Ends the tables.
    pub fn finish(self) -> Result<()> {
        let Some((cells, totals)) = self.files else { return Ok(()) };
        cells.finish()?;
        totals.finish()
    }
}

impl Sink for Collector {
    fn cell(&mut self, change: CellChange) -> Result<()> {
        if let Some((cells, _)) = &mut self.files {
            add_cell(cells.rows()?, &self.states, &change);
        }
        if change.kind == CellKind::Changed {
            self.cells.push(change.figure.name.kind, change);
        }
        Ok(())
    }

    fn total(&mut self, change: TotalChange) -> Result<()> {
        if let Some((_, totals)) = &mut self.files {
            let key = &change.figure.key;
            let statuses = [change.before.status(), change.after.status()];
            let texts = [&*self.states[0], &self.states[1], &key.form, &key.sheet, &key.code, &change.unit, statuses[0], statuses[1]];
            let decimals = [change.before.value(), change.after.value(), change.amount()];
            totals.rows()?.push_sums(&texts, &[i64::from(key.column), i64::from(change.is_top)], change.figure.name.kind, &decimals);
        }
        if change.is_top { &mut self.top } else { &mut self.totals }.push(change.figure.name.kind, change);
        Ok(())
    }
}

fn add_cell(rows: &mut Columns, states: &[String; 2], change: &CellChange) {
    let key = &change.figure.key;
    let status = |own: &Option<UnitValue>| own.as_ref().map_or("", |own| own.status.id());
    let place = |own: &Option<UnitValue>| {
        let join = |part: fn(&FigurePlace) -> &str| {
            let places = own.iter().flat_map(|own| &own.places).map(part).filter(|text| !text.is_empty());
            let mut texts: Vec<&str> = places.collect();
            texts.dedup();
            texts.join(" + ")
        };
        [join(|place| &place.file), join(|place| &place.sheet), join(|place| &place.cell)]
    };
    let (before, after) = (place(&change.before), place(&change.after));
    let older: Vec<String> = change.figure.older.iter().map(ToString::to_string).collect();
    let older = older.join(" + ");
    let texts = [
        &*states[0],
        &states[1],
        &key.form,
        &key.sheet,
        &key.code,
        &change.unit,
        change.kind.id(),
        status(&change.before),
        status(&change.after),
        &before[0],
        &before[1],
        &before[2],
        &after[0],
        &after[1],
        &after[2],
        &older,
    ];
    let value = |own: &Option<UnitValue>| own.as_ref().filter(|own| own.status.is_number()).map(|own| i128::from(own.number));
    let decimals = [value(&change.before), value(&change.after), change.is_counted().then(|| change.amount())];
    rows.push_sums(&texts, &[i64::from(key.column)], change.figure.name.kind, &decimals);
}
