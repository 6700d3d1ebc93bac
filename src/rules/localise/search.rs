//! The smallest sets of cells whose change satisfies everything: an exact search, one cell
//! more at a time, over the cells of the constraints that are violated or would be.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::system::{LinearTerm, System};
use crate::forms::SlotIndex;
use crate::rules::expression::Ratio;

/// Cells changed at most; beyond, a return is wrong in ways no search can tell.
const MOST_CELLS: usize = 3;
/// Sets looked at per group of contradictions before the search is given up.
const MOST_SETS: usize = 4_000;

/// A cell that might be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ValueChange {
    /// The slot.
    pub slot: SlotIndex,
    /// Status of the cell.
    pub current: i64,
    /// Value it would have to have; none where several values would do.
    pub value: Option<i64>,
}

/// A smallest set of changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Solution {
    /// The cells.
    pub changes: Vec<ValueChange>,
}

/// All smallest sets of cells for a group of violated constraints; none when more cells than a few are needed.
pub fn search(system: &System, group: &[usize]) -> Vec<Solution> {
    let mut degrees: BTreeMap<SlotIndex, usize> = BTreeMap::new();
    for LinearTerm { slot, .. } in group.iter().flat_map(|index| &system.constraints[*index].terms) {
        *degrees.entry(*slot).or_default() += 1;
    }
    let most = degrees.into_values().max().unwrap_or(0);
    for size in 1..=MOST_CELLS {
        let mut search = Search { system, group, size, most, seen: HashSet::new(), left: MOST_SETS, found: Vec::new() };
        search.extend(&mut Vec::new());
        if search.left == 0 {
            return Vec::new();
        }
        if !search.found.is_empty() {
            return search.found;
        }
    }
    Vec::new()
}

struct Search<'a> {
    system: &'a System,
    group: &'a [usize],
    size: usize,
    /// Constraints of the group that one cell is in, at most.
    most: usize,
    /// Sets that were looked at, their cells in order.
    seen: HashSet<[SlotIndex; MOST_CELLS]>,
    left: usize,
    found: Vec<Solution>,
}

impl Search<'_> {
    fn extend(&mut self, chosen: &mut Vec<SlotIndex>) {
        let rest = self.size - chosen.len();
        let Some(pending) = self.pending(chosen, rest).filter(|_| self.left > 0) else { return };
        if rest == 0 {
            if pending.is_empty() {
                self.left -= 1;
                let mut slots = chosen.clone();
                slots.sort_unstable();
                self.found.extend(solve(self.system, self.group, &slots));
            }
            return;
        }
        for slot in self.candidates(&pending, chosen, rest) {
            chosen.push(slot);
            let mut key = [SlotIndex::new(usize::MAX); MOST_CELLS];
            key[..chosen.len()].copy_from_slice(chosen);
            key.sort_unstable();
            if self.seen.insert(key) {
                self.extend(chosen);
            }
            chosen.pop();
        }
    }

    /// Constraints that need one more cell than are chosen: those violated that have none, and sums that hold now and
    /// have just one, which nothing balances yet. Nothing where the cells left cannot serve them all.
    fn pending(&self, chosen: &[SlotIndex], rest: usize) -> Option<Vec<usize>> {
        let unserved = self.group.iter().filter(|&&index| chosen.iter().all(|&slot| !self.system.is_in(slot, index)));
        let mut pending: Vec<usize> = unserved.copied().collect();
        // A cell serves only the constraints it is in: with too few cells left there is no need to look.
        if pending.len() > rest * self.most {
            return None;
        }
        for &slot in chosen {
            let unbalanced = self.system.of_slot[slot].iter().filter(|&&index| {
                self.system.constraints[index].exact
                    && self.system.residuals[index] == 0
                    && chosen.iter().all(|&other| other == slot || !self.system.is_in(other, index))
            });
            pending.extend(unbalanced);
        }
        if rest == 0 && !pending.is_empty() { None } else { Some(pending) }
    }

    /// Cells to try next: of one constraint that needs a cell, or else of any that the chosen cells are in.
    fn candidates(&self, pending: &[usize], chosen: &[SlotIndex], rest: usize) -> Vec<SlotIndex> {
        let smallest = pending.iter().copied().min_by_key(|&index| (self.system.constraints[index].terms.len(), index));
        let of_constraint = |index: usize| self.system.constraints[index].terms.iter().map(|term| term.slot);
        let mut cells: Vec<SlotIndex> = match smallest {
            Some(index) => of_constraint(index).collect(),
            None => chosen.iter().flat_map(|&slot| &self.system.of_slot[slot]).flat_map(|&index| of_constraint(index)).collect(),
        };
        // The last cell has to serve everything that is left.
        let fits = |slot: SlotIndex| rest > 1 || pending.iter().all(|&index| self.system.is_in(slot, index));
        cells.retain(|slot| !chosen.contains(slot) && fits(*slot));
        cells.sort_unstable();
        cells.dedup();
        cells
    }
}

/// The values that some cells must have, if there are any.
fn solve(system: &System, group: &[usize], slots: &[SlotIndex]) -> Option<Solution> {
    let touched: BTreeSet<usize> = slots.iter().flat_map(|slot| &system.of_slot[*slot]).copied().collect();
    let mut rows: Vec<Vec<Ratio>> = Vec::new();
    for index in touched.iter().filter(|index| system.constraints[**index].exact) {
        let terms = &system.constraints[*index].terms;
        let mut row = vec![0_i128; slots.len() + 1];
        for LinearTerm { slot, coefficient } in terms {
            match slots.iter().position(|own| own == slot) {
                Some(column) => row[column] += i128::from(*coefficient),
                None => row[slots.len()] -= i128::from(system.numbers[*slot]) * i128::from(*coefficient),
            }
        }
        rows.push(row.into_iter().map(|n| Ratio::new(n, 1)).collect::<Option<_>>()?);
    }
    let values = eliminate(rows, slots.len())?;
    let changes: Vec<ValueChange> =
        slots.iter().zip(&values).map(|(slot, value)| ValueChange { slot: *slot, current: system.numbers[*slot], value: *value }).collect();
    if changes.iter().any(|change| change.value.is_some_and(|value| value < 0 || value == change.current)) {
        return None;
    }
    let all_known = changes.iter().all(|change| change.value.is_some());
    if all_known {
        let value = |slot: SlotIndex| changes.iter().find(|change| change.slot == slot).and_then(|change| change.value);
        return system.is_satisfied(group, slots, value).then_some(Solution { changes });
    }
    // Bounds alone: one cell that may take some value between the others.
    (slots.len() == 1 && has_room(system, &touched, slots[0])).then_some(Solution { changes })
}

/// True when a cell has a value that its bounds allow.
fn has_room(system: &System, touched: &BTreeSet<usize>, slot: SlotIndex) -> bool {
    let (mut least, mut most) = (0_i128, i128::from(i64::MAX));
    for index in touched {
        let constraint = &system.constraints[*index];
        let own = constraint.terms.iter().find(|term| term.slot == slot).map_or(0, |term| i128::from(term.coefficient));
        let others = constraint.terms.iter().filter(|term| term.slot != slot);
        let rest: i128 = others.map(|term| i128::from(system.numbers[term.slot]) * i128::from(term.coefficient)).sum();
        // own × x + rest ≤ 0
        if own > 0 {
            most = most.min(-rest);
        } else {
            least = least.max(rest);
        }
    }
    least <= most
}

/// Gauss: the value of every unknown that follows; nothing when the equations contradict each other.
fn eliminate(mut rows: Vec<Vec<Ratio>>, unknowns: usize) -> Option<Vec<Option<i64>>> {
    let zero = Ratio::new(0, 1)?;
    let mut pivots: Vec<(usize, usize)> = Vec::new();
    for column in 0..unknowns {
        let used = pivots.len();
        let Some(pivot) = (used..rows.len()).find(|&row| rows[row][column] != zero) else { continue };
        rows.swap(used, pivot);
        let leading = rows[used][column];
        for cell in &mut rows[used] {
            *cell = cell.over(leading)?;
        }
        let leading_row = rows[used].clone();
        for (_, row) in rows.iter_mut().enumerate().filter(|(row, _)| *row != used) {
            let factor = row[column].negated()?;
            for (cell, leading) in row.iter_mut().zip(&leading_row) {
                *cell = cell.plus(leading.times(factor)?)?;
            }
        }
        pivots.push((used, column));
    }
    if rows[pivots.len()..].iter().any(|row| row[unknowns] != zero) {
        return None;
    }
    let mut values = vec![None; unknowns];
    for (row, column) in pivots {
        let is_alone = (0..unknowns).all(|other| other == column || rows[row][other] == zero);
        if is_alone {
            // A fraction of a child satisfies nothing.
            values[column] = Some(rows[row][unknowns].to_whole()?);
        }
    }
    Some(values)
}
