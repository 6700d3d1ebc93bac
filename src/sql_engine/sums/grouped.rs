//! Totals of many groups at once.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, BooleanArray, Decimal128Array, Float64Array, Int64Array};
use datafusion::common::cast::{as_decimal128_array, as_int64_array};
use datafusion::common::{Result, internal_err};
use datafusion::logical_expr::{EmitTo, GroupsAccumulator};

use super::{DIGITS, Outcome, average, decimal, each, plus, whole};

#[derive(Debug)]
pub(super) struct GroupedTotal {
    outcome: Outcome,
    sums: Vec<i128>,
    counts: Vec<i64>,
}

impl GroupedTotal {
    pub(super) const fn new(outcome: Outcome) -> Self {
        Self { outcome, sums: Vec::new(), counts: Vec::new() }
    }

    fn grow(&mut self, groups: usize) {
        self.sums.resize(groups, 0);
        self.counts.resize(groups, 0);
    }

    /// Adds whole numbers: so many that a sum grows too large would take more rows than there can be.
    fn add_whole(&mut self, values: &Int64Array, groups: &[usize]) {
        let Some(nulls) = values.nulls() else { return self.add_known(values.values(), groups) };
        for (from, to) in nulls.valid_slices() {
            self.add_known(&values.values()[from..to], &groups[from..to]);
        }
    }

    /// Rows of a group often follow each other: its total is looked up once for all of them.
    fn add_known(&mut self, values: &[i64], groups: &[usize]) {
        let runs = Runs { values, groups };
        for (values, groups) in runs {
            // A run of a batch is far too short to grow too large.
            self.sums[groups[0]] += values.iter().map(|value| i128::from(*value)).sum::<i128>();
            self.counts[groups[0]] += i64::try_from(values.len()).unwrap_or(i64::MAX);
        }
    }
}

/// Values whose rows follow each other and are of one group.
struct Runs<'a> {
    values: &'a [i64],
    groups: &'a [usize],
}

impl<'a> Iterator for Runs<'a> {
    type Item = (&'a [i64], &'a [usize]);

    fn next(&mut self) -> Option<Self::Item> {
        let first = self.groups.first()?;
        let end = self.groups.iter().position(|group| group != first).unwrap_or(self.groups.len());
        let own = (&self.values[..end], &self.groups[..end]);
        (self.values, self.groups) = (&self.values[end..], &self.groups[end..]);
        Some(own)
    }
}

fn passes(filter: Option<&BooleanArray>, at: usize) -> bool {
    filter.is_none_or(|filter| filter.is_valid(at) && filter.value(at))
}

impl GroupsAccumulator for GroupedTotal {
    fn update_batch(&mut self, values: &[ArrayRef], groups: &[usize], filter: Option<&BooleanArray>, total: usize) -> Result<()> {
        self.grow(total);
        if filter.is_none()
            && let Ok(whole) = as_int64_array(&values[0])
        {
            self.add_whole(whole, groups);
            return Ok(());
        }
        each(&values[0], &mut |at, value| {
            if passes(filter, at) {
                let group = groups[at];
                self.sums[group] = plus(self.sums[group], value)?;
                self.counts[group] += 1;
            }
            Ok(())
        })
    }

    fn evaluate(&mut self, emit: EmitTo) -> Result<ArrayRef> {
        let (sums, counts) = (emit.take_needed(&mut self.sums), emit.take_needed(&mut self.counts));
        let known = sums.iter().zip(&counts).map(|(sum, count)| (*count > 0).then_some((*sum, *count)));
        Ok(match self.outcome {
            Outcome::Whole => Arc::new(known.map(|known| known.map(|(sum, _)| whole(sum)).transpose()).collect::<Result<Int64Array>>()?),
            Outcome::Decimal(scale) => {
                let sums = known.map(|known| known.map(|(sum, _)| decimal(sum)).transpose()).collect::<Result<Decimal128Array>>()?;
                Arc::new(sums.with_precision_and_scale(DIGITS, scale)?)
            }
            Outcome::Average(scale) => {
                Arc::new(known.map(|known| known.map(|(sum, count)| average(sum, count, scale))).collect::<Float64Array>())
            }
        })
    }

    fn state(&mut self, emit: EmitTo) -> Result<Vec<ArrayRef>> {
        let sums = Decimal128Array::from(emit.take_needed(&mut self.sums)).with_precision_and_scale(DIGITS, 0)?;
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from(emit.take_needed(&mut self.counts)))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        let (sums, counts) = (as_decimal128_array(&states[0])?, as_int64_array(&states[1])?);
        if sums.len() != groups.len() || counts.len() != groups.len() {
            return internal_err!("states of {} groups for {}", sums.len(), groups.len());
        }
        for ((sum, count), &group) in sums.iter().zip(counts).zip(groups) {
            self.sums[group] = plus(self.sums[group], sum.unwrap_or(0))?;
            self.counts[group] += count.unwrap_or(0);
        }
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let mut sums = vec![0; values[0].len()];
        let mut counts = vec![0; values[0].len()];
        each(&values[0], &mut |at, value| {
            if passes(filter, at) {
                sums[at] = value;
                counts[at] = 1;
            }
            Ok(())
        })?;
        let sums = Decimal128Array::from(sums).with_precision_and_scale(DIGITS, 0)?;
        Ok(vec![Arc::new(sums), Arc::new(Int64Array::from(counts))])
    }

    fn size(&self) -> usize {
        self.sums.capacity() * size_of::<i128>() + self.counts.capacity() * size_of::<i64>()
    }
}
