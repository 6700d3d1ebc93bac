//! Lines of a list that may be totals, judged once all lines are known: a total may stand below the lines that it adds up,
//! above them, or above some of them.

use crate::findings::{Finding, Location};
use crate::forms::SlotIndex;
use crate::returns::{Status, Values};

/// Lines that a total without a word for it adds up at least: one that repeats another is a repetition.
pub const LEAST_ROWS: usize = 2;
/// Sum of figures from which on agreeing with the sum of any lines at hand is no accident.
pub const LEAST_SUM: i128 = 100;
/// Figures of lines and of sums that are kept to be judged at the end.
const MOST_KEPT: usize = 2_000_000;
/// Such lines up to which sums over any number of blocks between them are tried.
const MOST_TRIED: usize = 400;
/// Of so many parts of a sum one may be wrong, and a line still is nearly that sum.
const NEAR_PARTS: i128 = 10;

/// A figure of a line that may be a total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListFigure {
    /// Its slot.
    pub slot: SlotIndex,
    /// Status of the cell.
    pub status: Status,
    /// Its number.
    pub number: i64,
}

impl ListFigure {
    /// Whether it says what others add up to.
    fn agrees(&self, sum: i128) -> bool {
        agrees(self.status, self.number, sum)
    }
}

/// A line that may be a total.
#[derive(Debug, Clone)]
pub struct MaybeTotal {
    /// Where it stands.
    pub place: Location,
    /// Its one-based line.
    pub line: u32,
    /// Its figures, in the order of the slots.
    pub figures: Vec<ListFigure>,
    /// A word says that it is one.
    pub is_worded: bool,
    /// The word says that it is one of everything.
    pub is_grand: bool,
    /// Words that name no unit stand before the figures.
    pub is_label: bool,
    /// Finding about it where it is none.
    pub otherwise: Box<Finding>,
}

impl MaybeTotal {
    fn says_something(&self) -> bool {
        self.figures.iter().any(|figure| figure.number != 0)
    }
}

/// A figure of a total that its lines do not add up to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Differing {
    /// Its slot.
    pub slot: SlotIndex,
    /// Value of the total.
    pub found: i64,
    /// Sum of the lines.
    pub expected: i128,
}

/// Verdicts on a line that may be a total.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TotalVerdict {
    /// It is one.
    Total,
    /// It is one, and its lines add up to something else.
    Differs(Vec<Differing>),
    /// It is none: figures of nobody.
    Nobody,
    /// It says something of the total right above: of which, a share, last year.
    Beside,
}

/// Sums over the lines of units up to a place in the list.
#[derive(Debug, Clone, Default)]
struct Mark {
    sums: Vec<i128>,
    rows: usize,
}

/// A line that is kept, with the mark at which it stands.
#[derive(Debug, Clone)]
struct Kept {
    own: MaybeTotal,
    mark: usize,
}

/// Lines of units between two marks.
#[derive(Debug, Clone, Copy)]
struct Range {
    from: usize,
    to: usize,
}

/// The sums of a list's columns and its lines that may be totals.
#[derive(Debug, Default)]
pub struct ListTotals {
    slots: Vec<SlotIndex>,
    all: Mark,
    marks: Vec<Mark>,
    kept: Vec<Kept>,
}

impl ListTotals {
    /// Of these slots.
    pub fn new(slots: Vec<SlotIndex>) -> Self {
        let all = Mark { sums: vec![0; slots.len()], rows: 0 };
        Self { marks: vec![all.clone()], all, slots, kept: Vec::new() }
    }

    /// Adds a line of a unit.
    pub fn add(&mut self, values: &Values) {
        self.all.rows += 1;
        for (sum, &slot) in self.all.sums.iter_mut().zip(&self.slots) {
            *sum += i128::from(values.get(slot).1);
        }
    }

    /// Adds the one figure of a line.
    pub fn add_number(&mut self, number: i64) {
        self.all.rows += 1;
        self.all.sums.iter_mut().for_each(|sum| *sum += i128::from(number));
    }

    /// The figures of a line in these slots.
    pub fn figures(&self, values: &Values) -> Vec<ListFigure> {
        let figure = |&slot: &SlotIndex| {
            let (status, number) = values.get(slot);
            ListFigure { slot, status, number }
        };
        self.slots.iter().map(figure).collect()
    }

    /// Keeps a line to be judged; gives it back where there are too many of them.
    pub fn keep(&mut self, own: MaybeTotal) -> Option<MaybeTotal> {
        self.part();
        if self.is_full() {
            return Some(own);
        }
        self.kept.push(Kept { own, mark: self.marks.len() - 1 });
        None
    }

    /// A line that is known to be a total: what it adds up ends or begins here.
    pub fn part(&mut self) {
        let is_new = self.marks.last().is_none_or(|last| last.rows < self.all.rows);
        if is_new && !self.is_full() {
            self.marks.push(self.all.clone());
        }
    }

    fn is_full(&self) -> bool {
        (self.marks.len() + self.kept.len()) * (self.slots.len() + 1) > MOST_KEPT
    }

    /// Lines without a word that are sums of others, and those that are not.
    pub fn wordless(&self) -> (usize, usize) {
        let sums = self.ended();
        let wordless = self.kept.iter().filter(|kept| !kept.own.is_worded && kept.own.says_something());
        let (yes, no): (Vec<&Kept>, Vec<&Kept>) = wordless.partition(|kept| sums.is_sum(kept, false));
        (yes.len(), no.len())
    }

    /// Verdict on every line. `has_sums` says that lines without a word are totals in this list.
    pub fn judged(self, has_sums: bool) -> Vec<(MaybeTotal, TotalVerdict)> {
        let sums = self.ended();
        let of = |(at, kept): (usize, &Kept)| if self.is_of_all(at) { sums.verdict_of_all(kept) } else { sums.verdict(kept, has_sums) };
        let mut verdicts: Vec<TotalVerdict> = self.kept.iter().enumerate().map(of).collect();
        let mut total = None;
        for (kept, verdict) in self.kept.iter().zip(&mut verdicts) {
            if kept.own.is_worded && *verdict == TotalVerdict::Total && sums.marks[kept.mark].rows > 0 {
                total = Some(kept.mark);
            } else if kept.own.is_label && *verdict == TotalVerdict::Nobody && total == Some(kept.mark) {
                *verdict = TotalVerdict::Beside;
            }
        }
        self.kept.into_iter().map(|kept| kept.own).zip(verdicts).collect()
    }

    /// Whether a line can only be the total of everything: it alone says so, or it ends the list and repeats the figures of
    /// the total right above.
    fn is_of_all(&self, at: usize) -> bool {
        let own = &self.kept[at];
        let is_alone = || self.kept.iter().filter(|kept| kept.own.is_grand).count() == 1;
        let ends = || self.kept[at + 1..].iter().all(|kept| !kept.own.is_worded);
        let above = self.kept[..at].iter().rev().find(|kept| kept.own.is_worded);
        let repeats = || above.is_some_and(|above| above.mark == own.mark && above.own.figures == own.own.figures);
        own.own.is_grand && (is_alone() || ends() && repeats())
    }

    fn ended(&self) -> Ended {
        let mut marks = self.marks.clone();
        if marks.last().is_none_or(|last| last.rows < self.all.rows) {
            marks.push(self.all.clone());
        }
        Ended { marks }
    }
}

/// The marks of a list of which all lines are known.
struct Ended {
    marks: Vec<Mark>,
}

impl Ended {
    fn verdict(&self, kept: &Kept, has_sums: bool) -> TotalVerdict {
        let own = &kept.own;
        if self.marks.last().is_none_or(|last| last.rows == 0) {
            return if own.is_worded { TotalVerdict::Total } else { TotalVerdict::Nobody };
        }
        if (own.is_worded || has_sums) && self.is_sum(kept, true) {
            return TotalVerdict::Total;
        }
        let closest = self.closest(kept);
        if own.is_worded || self.is_near(own, &closest, has_sums) { TotalVerdict::Differs(closest) } else { TotalVerdict::Nobody }
    }

    /// Verdict on a total of everything.
    fn verdict_of_all(&self, kept: &Kept) -> TotalVerdict {
        let last = self.marks.len().saturating_sub(1);
        let differing = self.differing(kept, Range { from: 0, to: last });
        if differing.is_empty() || self.marks[last].rows == 0 { TotalVerdict::Total } else { TotalVerdict::Differs(differing) }
    }

    /// Whether the figures are the sum of lines; of a single one only where `may_be_one` says that this is no repetition.
    fn is_sum(&self, kept: &Kept, may_be_one: bool) -> bool {
        let figures = &kept.own.figures;
        let is_large = figures.iter().map(|figure| i128::from(figure.number)).sum::<i128>() >= LEAST_SUM;
        let fits = |range: &Range| {
            let rows = self.marks[range.to].rows - self.marks[range.from].rows;
            let enough = rows >= LEAST_ROWS || may_be_one && rows == 1;
            enough && figures.iter().enumerate().all(|(at, figure)| figure.agrees(self.sum(*range, at)))
        };
        self.near_ranges(kept.mark).iter().any(fits) || (is_large || kept.own.is_worded) && self.far_ranges(kept.mark).iter().any(fits)
    }

    fn sum(&self, range: Range, at: usize) -> i128 {
        self.marks[range.to].sums[at] - self.marks[range.from].sums[at]
    }

    /// The block above a mark and that below it, everything above and below, and everything.
    fn near_ranges(&self, mark: usize) -> Vec<Range> {
        let last = self.marks.len() - 1;
        let all = [(mark.saturating_sub(1), mark), (mark, (mark + 1).min(last)), (0, mark), (mark, last), (0, last)];
        all.into_iter().filter(|(from, to)| from < to).map(|(from, to)| Range { from, to }).collect()
    }

    /// Any number of blocks that end or begin at a mark.
    fn far_ranges(&self, mark: usize) -> Vec<Range> {
        if self.marks.len() > MOST_TRIED {
            return Vec::new();
        }
        let above = (0..mark).map(|from| Range { from, to: mark });
        above.chain((mark + 1..self.marks.len()).map(|to| Range { from: mark, to })).collect()
    }

    /// The figures that differ from the sum that the line is closest to.
    fn closest(&self, kept: &Kept) -> Vec<Differing> {
        let ranges = self.near_ranges(kept.mark).into_iter().chain(self.far_ranges(kept.mark));
        let all = ranges.map(|range| self.differing(kept, range)).filter(|differing| !differing.is_empty());
        all.min_by_key(|differing| (differing.len(), distance(differing))).unwrap_or_default()
    }

    /// The figures that differ from the sum of some lines.
    fn differing(&self, kept: &Kept, range: Range) -> Vec<Differing> {
        let sums = kept.own.figures.iter().enumerate().map(|(at, figure)| (figure, self.sum(range, at)));
        let wrong = sums.filter(|(figure, sum)| !figure.agrees(*sum));
        wrong.map(|(figure, expected)| Differing { slot: figure.slot, found: figure.number, expected }).collect()
    }

    /// Whether a line without a word is a total with a mistake in it: nearly the sum, in a list that has such totals or
    /// with half of its figures exactly the sum.
    fn is_near(&self, own: &MaybeTotal, closest: &[Differing], has_sums: bool) -> bool {
        let told = own.figures.iter().filter(|figure| figure.number != 0).count();
        let whole: i128 = own.figures.iter().map(|figure| i128::from(figure.number)).sum();
        let half = closest.len() * 2 <= told && self.marks.last().is_some_and(|last| last.rows > LEAST_ROWS);
        !closest.is_empty() && (has_sums || half) && whole >= LEAST_SUM && distance(closest) * NEAR_PARTS <= whole
    }
}

fn distance(differing: &[Differing]) -> i128 {
    differing.iter().map(|own| (i128::from(own.found) - own.expected).abs()).sum()
}

/// Whether a figure says what others add up to; a blank one says nothing.
pub fn agrees(status: Status, number: i64, sum: i128) -> bool {
    if status.is_number() { i128::from(number) == sum } else { sum == 0 || status.is_blank() || status.is_broken() }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Slots of a form with two.
    const FIRST: SlotIndex = SlotIndex::new(0);
    const SECOND: SlotIndex = SlotIndex::new(1);

    fn line(numbers: &[i64], is_worded: bool, line: u32) -> MaybeTotal {
        let figure = |(slot, number): (SlotIndex, &i64)| ListFigure { slot, status: Status::Reported, number: *number };
        MaybeTotal {
            place: Location::default(),
            line,
            figures: crate::base::index::indexes(0..numbers.len()).zip(numbers).map(figure).collect(),
            is_worded,
            is_grand: false,
            is_label: false,
            otherwise: Box::new(Finding::new("list-row-without-unit")),
        }
    }

    /// Lines of a list: those of units, wordless ones and worded ones.
    fn judged(lines: &[(char, [i64; 2])]) -> Vec<TotalVerdict> {
        let mut totals = ListTotals::new(vec![FIRST, SECOND]);
        for (at, (kind, numbers)) in (2..).zip(lines) {
            let mut values = Values::new(2);
            values.slots().zip(numbers).for_each(|(slot, number)| values.set(slot, Status::Reported, *number));
            match kind {
                'u' => totals.add(&values),
                kind => assert!(totals.keep(line(numbers, *kind == 't', at)).is_none()),
            }
        }
        let has_sums = totals.wordless().0 > 0;
        totals.judged(has_sums).into_iter().map(|(_, verdict)| verdict).collect()
    }

    fn wrong(slot: SlotIndex, found: i64, expected: i128) -> TotalVerdict {
        TotalVerdict::Differs(vec![Differing { slot, found, expected }])
    }

    #[test]
    fn totals_stand_above_below_and_in_between() {
        use TotalVerdict::{Nobody, Total};
        for (lines, expected) in [
            (vec![('u', [60, 1]), ('u', [50, 2]), ('n', [110, 3])], vec![Total]),
            (vec![('n', [110, 3]), ('u', [60, 1]), ('u', [50, 2])], vec![Total]),
            // Heads of groups, one of them of a single line.
            (vec![('n', [110, 3]), ('u', [60, 1]), ('u', [50, 2]), ('n', [7, 8]), ('u', [7, 8])], vec![Total, Total]),
            // Communes, districts, all.
            (
                vec![
                    ('t', [9, 9]),
                    ('t', [5, 5]),
                    ('t', [2, 2]),
                    ('u', [1, 1]),
                    ('u', [1, 1]),
                    ('t', [3, 3]),
                    ('u', [3, 3]),
                    ('t', [4, 4]),
                    ('u', [4, 4]),
                ],
                vec![Total; 5],
            ),
            (vec![('u', [60, 1]), ('u', [50, 2]), ('t', [111, 3])], vec![wrong(FIRST, 111, 110)]),
            (
                vec![('n', [110, 3]), ('u', [60, 1]), ('u', [50, 2]), ('n', [120, 9]), ('u', [70, 4]), ('u', [51, 5])],
                vec![Total, wrong(FIRST, 120, 121)],
            ),
            (vec![('u', [60, 1]), ('u', [50, 2]), ('u', [5, 2]), ('n', [115, 6])], vec![wrong(SECOND, 6, 5)]),
            // Repetitions, lines whose codes were lost, and a list without lines.
            (vec![('u', [60, 1]), ('n', [60, 1]), ('u', [50, 2])], vec![Nobody]),
            (vec![('u', [60, 1]), ('u', [50, 2]), ('n', [55, 2])], vec![Nobody]),
            (vec![('n', [55, 2])], vec![Nobody]),
            (vec![('t', [55, 2])], vec![Total]),
            (vec![('u', [0, 0]), ('u', [0, 0]), ('n', [0, 0])], vec![Nobody]),
        ] {
            assert_eq!(judged(&lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn lines_beyond_the_limit_are_given_back() {
        let mut totals = ListTotals::new(vec![FIRST; MOST_KEPT / 10]);
        let given = (0..20).filter_map(|_| totals.keep(line(&[1, 1], true, 2))).count();
        assert_eq!(given, 11);
    }
}
