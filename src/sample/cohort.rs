//! The people of one return, followed from term to term: who is in which grade, who goes up, who stays.
//!
//! Everything is kept over the atoms of the opening form's sheets, so that girls and minorities
//! are followed too; a closing form with fewer columns gets sums of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::forms::{Flow, FlowItem, RowPlace};

use super::atoms::Atom;
use super::plan::Plan;
use super::recipe::Rates;
use super::rng::Rng;
use super::values::{Drawn, Given};

/// Numbers over the atoms of a sheet.
type Vector = Vec<i64>;

/// The people and stocks of one return at some moment.
#[derive(Debug, Clone)]
pub struct Cohort {
    /// Atoms of the opening form's sheets that are followed, by sheet index.
    atoms: Vec<(usize, Vec<Atom>)>,
    /// By grade: who is in it.
    people: Vec<Vector>,
    /// By grade: who is new in the level, once a year has passed.
    entered: Vec<Vector>,
    /// By grade: who goes up after this year, who stays; before the closing, who stayed after the last.
    promoted: Vec<Vector>,
    repeated: Vec<Vector>,
    /// By stock: how many there are.
    stocks: Vec<Vector>,
}

/// Rows of the opening form that a flow gives from its second year on.
pub fn opening_rows(flow: &Flow) -> BTreeSet<RowPlace> {
    let of_opening = |(item, rows): (&FlowItem, &Vec<RowPlace>)| if item.is_of_opening() { rows.clone() } else { Vec::new() };
    let people = flow.grades.iter().flat_map(|grade| grade.rows.iter().flat_map(of_opening));
    let stocks = flow.stocks.iter().filter(|stock| !stock.yearly).flat_map(|stock| stock.opening.iter().copied());
    people.chain(stocks).collect()
}

/// Rows of the opening form that hold classes, given every year.
pub fn class_rows(flow: &Flow) -> BTreeSet<RowPlace> {
    flow.grades.iter().flat_map(|grade| grade.rows(FlowItem::Classes).iter().copied()).collect()
}

/// Rows of the closing form that a flow gives.
pub fn closing_rows(flow: &Flow) -> BTreeSet<RowPlace> {
    let of_closing = |(item, rows): (&FlowItem, &'_ Vec<RowPlace>)| if item.is_of_opening() { Vec::new() } else { rows.clone() };
    let people = flow.grades.iter().flat_map(|grade| grade.rows.iter().flat_map(of_closing));
    let stocks = flow.stocks.iter().flat_map(|stock| stock.closing.iter().chain(&stock.left).chain(&stock.joined));
    people.chain(stocks.copied()).collect()
}

/// Adds numbers to a row of what is given.
fn add(given: &mut Given, row: RowPlace, numbers: &[i64]) {
    let known = given.entry(row).or_insert_with(|| vec![0; numbers.len()]);
    for (sum, number) in known.iter_mut().zip(numbers) {
        *sum += number;
    }
}

impl Cohort {
    /// Reads the people of a first opening.
    pub fn read(flow: &Flow, plan: &Plan, drawn: &Drawn) -> Self {
        let atoms = plan.sheets.iter().map(|sheet| (sheet.index, sheet.atoms.clone())).collect();
        let first = |rows: &[RowPlace]| rows.first().map_or_else(Vector::new, |row| drawn.row(*row).to_vec());
        let mut people: Vec<Vector> = flow.grades.iter().map(|grade| first(grade.rows(FlowItem::Opening))).collect();
        for rest in (0..people.len()).filter(|&grade| flow.grades[grade].rest) {
            let others = (0..people.len()).filter(|&other| other != rest).map(|other| people[other].clone()).collect::<Vec<_>>();
            for other in others {
                people[rest].iter_mut().zip(other).for_each(|(left, number)| *left -= number);
            }
        }
        let none: Vec<Vector> = people.iter().map(|grade| vec![0; grade.len()]).collect();
        let stocks = flow.stocks.iter().map(|stock| first(&stock.opening)).collect();
        Self { atoms, people, entered: none.clone(), promoted: none.clone(), repeated: none, stocks }
    }

    /// Reads what is made anew each year.
    pub fn read_yearly(&mut self, flow: &Flow, drawn: &Drawn) {
        for (stock, number) in flow.stocks.iter().zip(&mut self.stocks).filter(|(stock, _)| stock.yearly) {
            *number = stock.opening.first().map_or_else(Vector::new, |row| drawn.row(*row).to_vec());
        }
    }

    /// The people and stocks of another unit's return of the same form join these; it has the same atoms.
    pub fn take_over(&mut self, other: &Self) {
        let pairs = [
            (&mut self.people, &other.people),
            (&mut self.entered, &other.entered),
            (&mut self.promoted, &other.promoted),
            (&mut self.repeated, &other.repeated),
            (&mut self.stocks, &other.stocks),
        ];
        for (own, others) in pairs {
            for (own, other) in own.iter_mut().zip(others) {
                own.iter_mut().zip(other).for_each(|(own, other)| *own += other);
            }
        }
    }

    /// Everybody.
    pub fn total(&self) -> i64 {
        self.people.iter().flatten().sum()
    }

    /// The opening after this year: who goes up, who stays, who comes new.
    pub fn next_year(&self, flow: &Flow, rates: &Rates, seed: u64) -> Self {
        let mut next = self.clone();
        for (index, grade) in flow.grades.iter().enumerate() {
            let mut rng = Rng::stream(seed, index as u64);
            for atom in 0..self.people[index].len() {
                let below = flow.grades.iter().zip(&self.promoted).filter(|(before, _)| before.next == Some(index));
                let arriving = below.map(|(_, promoted)| promoted[atom]).sum::<i64>() + self.repeated[index][atom];
                let before = self.people[index][atom];
                let wanted = before + rng.share(before, rates.intake, 1000) - rng.share(before, rates.intake, 1000);
                let entered = if grade.entry { (wanted - arriving).max(0) } else { 0 };
                next.people[index][atom] = arriving + entered;
                next.entered[index][atom] = entered;
            }
        }
        next
    }

    /// The classes of an opening form: enough for the people in them, of a size that is the unit's own.
    pub fn classes(&self, flow: &Flow, plan: &Plan, rates: &Rates, seed: u64) -> Given {
        let spread = CohortSpread::new(self, plan);
        let size = (rates.class_size * Rng::stream(seed, u64::MAX).between(85, 115) / 100).max(1);
        let mut shared: BTreeMap<&[RowPlace], Vector> = BTreeMap::new();
        for (grade, people) in flow.grades.iter().zip(&self.people) {
            let rows = grade.rows(FlowItem::Classes);
            let (Some(first), Some(from)) = (rows.first(), grade.rows(FlowItem::Opening).first()) else { continue };
            let people = spread.over(from.sheet, first.sheet, people);
            let sum = shared.entry(rows).or_insert_with(|| vec![0; people.len()]);
            sum.iter_mut().zip(people).for_each(|(sum, number)| *sum += number);
        }
        let mut given = Given::new();
        for (rows, people) in shared {
            let classes: Vector = people.iter().map(|number| (number + size - 1) / size).collect();
            for row in rows {
                add(&mut given, *row, &classes);
            }
        }
        given
    }

    /// Figures that an opening form is given, besides classes.
    pub fn given(&self, flow: &Flow) -> Given {
        let mut given: Given = Given::new();
        for (index, grade) in flow.grades.iter().enumerate() {
            let items = [(FlowItem::Opening, &self.people), (FlowItem::Entered, &self.entered), (FlowItem::Repeating, &self.repeated)];
            for (item, numbers) in items {
                grade.rows(item).iter().for_each(|row| add(&mut given, *row, &numbers[index]));
            }
        }
        for (stock, numbers) in flow.stocks.iter().zip(&self.stocks).filter(|(stock, _)| !stock.yearly) {
            stock.opening.iter().for_each(|row| add(&mut given, *row, numbers));
        }
        given
    }
}

/// Changes that a year made to a cohort, known at its closing.
#[derive(Debug)]
pub struct ClosingYear {
    /// The people as they were at the opening.
    pub cohort: Cohort,
    /// By grade.
    grades: Vec<GradeYear>,
    /// By stock: who left, who joined.
    left: Vec<Vector>,
    joined: Vec<Vector>,
}

/// Changes that a year made to the people of a grade.
#[derive(Debug, Default)]
struct GradeYear {
    moved_in: Vector,
    moved_out: Vector,
    dropped: Vector,
    remaining: Vector,
    repeated: Vector,
    pending: Vector,
    /// Of the pending, those who pass.
    passed: Vector,
    examined: Vector,
    failed: Vector,
}

impl GradeYear {
    fn new(people: &[i64], rates: &Rates, rng: &mut Rng) -> Self {
        let mut year = Self::default();
        for &start in people {
            let moved_in = rng.share(start, rates.moved_in, 1000);
            let moved_out = rng.share(start, rates.moved_out, 1000);
            let dropped = rng.share(start - moved_out, rates.dropped, 1000);
            let remaining = start + moved_in - moved_out - dropped;
            let repeated = rng.share(remaining, rates.repeated, 1000);
            let pending = rng.share(remaining - repeated, rates.pending, 1000);
            let examined = remaining - rng.share(remaining, rates.unexamined, 1000);
            year.moved_in.push(moved_in);
            year.moved_out.push(moved_out);
            year.dropped.push(dropped);
            year.remaining.push(remaining);
            year.repeated.push(repeated);
            year.pending.push(pending);
            year.passed.push(rng.share(pending, rates.passing, 1000));
            year.examined.push(examined);
            year.failed.push(rng.share(examined, rates.failing, 1000));
        }
        year
    }

    /// Who goes up, and who stays, before or after the re-tests.
    fn results(&self, atom: usize, after: bool) -> (i64, i64) {
        let promoted = self.remaining[atom] - self.repeated[atom] - self.pending[atom];
        let (pending, passed) = (self.pending[atom], self.passed[atom]);
        if after { (promoted + passed, self.repeated[atom] + pending - passed) } else { (promoted, self.repeated[atom]) }
    }

    /// The numbers of an item of the closing form.
    fn item(&self, item: FlowItem, start: &[i64], after: bool) -> Vector {
        let each = |number: &dyn Fn(usize) -> i64| (0..start.len()).map(number).collect();
        match item {
            FlowItem::MovedIn => self.moved_in.clone(),
            FlowItem::MovedOut => self.moved_out.clone(),
            FlowItem::Dropped => self.dropped.clone(),
            FlowItem::Remaining => self.remaining.clone(),
            FlowItem::Promoted | FlowItem::Completed => each(&|atom| self.results(atom, after).0),
            FlowItem::Repeated => each(&|atom| self.results(atom, after).1),
            FlowItem::Pending => each(&|atom| if after { 0 } else { self.pending[atom] }),
            FlowItem::Examined => self.examined.clone(),
            FlowItem::Graduated => each(&|atom| self.results(atom, after).0.min(self.examined[atom] - self.failed[atom])),
            FlowItem::Start | FlowItem::Opening | FlowItem::Entered | FlowItem::Repeating | FlowItem::Classes => start.to_vec(),
        }
    }
}

impl ClosingYear {
    /// Lets a year pass.
    pub fn new(cohort: Cohort, flow: &Flow, rates: &Rates, seed: u64) -> Self {
        let grade = |(index, people): (usize, &Vector)| GradeYear::new(people, rates, &mut Rng::stream(seed, index as u64));
        let grades = cohort.people.iter().enumerate().map(grade).collect();
        let moved = |rows: fn(&crate::forms::Stock) -> &Vec<RowPlace>, rate: i64, random: u64| {
            flow.stocks.iter().zip(&cohort.stocks).enumerate().map(move |(index, (stock, numbers))| {
                let mut rng = Rng::stream(seed.wrapping_add(random), index as u64);
                let rate = if rows(stock).is_empty() { 0 } else { rate };
                numbers.iter().map(|&number| rng.share(number, rate, 1000)).collect::<Vector>()
            })
        };
        let left = moved(|stock| &stock.left, rates.retired, 1).collect();
        let joined = moved(|stock| &stock.joined, rates.recruited, 2).collect();
        Self { cohort, grades, left, joined }
    }

    /// Figures that the closing form is given, before or after the re-tests.
    pub fn given(&self, flow: &Flow, spread: &CohortSpread, after: bool) -> Given {
        let mut given = Given::new();
        for ((grade, year), start) in flow.grades.iter().zip(&self.grades).zip(&self.cohort.people) {
            let Some(from) = grade.rows(FlowItem::Opening).first() else { continue };
            for (item, rows) in &grade.rows {
                if item.is_of_opening() {
                    continue;
                }
                let numbers = year.item(*item, start, after);
                for row in rows {
                    add(&mut given, *row, &spread.over(from.sheet, row.sheet, &numbers));
                }
            }
        }
        let stocks = flow.stocks.iter().zip(&self.cohort.stocks).zip(self.left.iter().zip(&self.joined));
        for ((stock, before), (left, joined)) in stocks {
            let Some(from) = stock.opening.first() else { continue };
            let now: Vector = before.iter().zip(left).zip(joined).map(|((before, left), joined)| before - left + joined).collect();
            for (rows, numbers) in [(&stock.closing, &now), (&stock.left, left), (&stock.joined, joined)] {
                for row in rows {
                    add(&mut given, *row, &spread.over(from.sheet, row.sheet, numbers));
                }
            }
        }
        given
    }

    /// The people once the year and its re-tests are over.
    pub fn cohort_after(self) -> Cohort {
        let mut cohort = self.cohort;
        for (index, year) in self.grades.iter().enumerate() {
            let results = (0..year.remaining.len()).map(|atom| year.results(atom, true));
            (cohort.promoted[index], cohort.repeated[index]) = results.unzip();
        }
        for ((stock, left), joined) in cohort.stocks.iter_mut().zip(&self.left).zip(&self.joined) {
            stock.iter_mut().zip(left).zip(joined).for_each(|((now, left), joined)| *now += joined - left);
        }
        cohort
    }
}

/// How the atoms of the opening form's sheets are found among those of the closing form's.
#[derive(Debug)]
pub struct CohortSpread {
    /// Sheet of the opening form, sheet of the closing form, its atom for each atom, how many it has.
    maps: Vec<(usize, usize, Vec<Option<usize>>, usize)>,
}

impl CohortSpread {
    /// Between a cohort's sheets and those of a closing form.
    pub fn new(cohort: &Cohort, plan: &Plan) -> Self {
        let mut maps = Vec::new();
        for (from, atoms) in &cohort.atoms {
            for sheet in &plan.sheets {
                let same = atoms.len() == sheet.atoms.len()
                    && atoms.iter().zip(&sheet.atoms).all(|(a, b)| a.columns == b.columns && a.dims == b.dims);
                let find = |(index, atom): (usize, &Atom)| {
                    if same { Some(index) } else { sheet.atoms.iter().position(|other| is_within(atom, other)) }
                };
                maps.push((*from, sheet.index, atoms.iter().enumerate().map(find).collect(), sheet.atoms.len()));
            }
        }
        Self { maps }
    }

    fn over(&self, from: usize, to: usize, numbers: &[i64]) -> Vector {
        let Some((.., map, width)) = self.maps.iter().find(|(a, b, ..)| (*a, *b) == (from, to)) else { return Vector::new() };
        let mut spread = vec![0; *width];
        for (number, atom) in numbers.iter().zip(map) {
            if let Some(atom) = atom {
                spread[*atom] += number;
            }
        }
        spread
    }
}

/// True when people of an atom are among those of another, which may tell fewer things apart.
fn is_within(atom: &Atom, other: &Atom) -> bool {
    other.dims.iter().all(|known| atom.value(&known.dim).is_none_or(|own| own == known.value.as_deref().unwrap_or_default()))
}
