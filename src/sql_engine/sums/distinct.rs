//! A total of values, each of them once.

use std::collections::BTreeSet;
use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef};
use datafusion::common::cast::as_list_array;
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;

use super::{DIGITS, Outcome, STATE, each, plus};

/// Bytes of a value with its place.
const ENTRY: usize = 32;

#[derive(Debug)]
pub(super) struct DistinctTotal {
    outcome: Outcome,
    values: BTreeSet<i128>,
}

impl DistinctTotal {
    pub(super) const fn new(outcome: Outcome) -> Self {
        Self { outcome, values: BTreeSet::new() }
    }

    fn add(&mut self, values: &ArrayRef) -> Result<()> {
        each(values, &mut |_, value| {
            self.values.insert(value);
            Ok(())
        })
    }
}

impl Accumulator for DistinctTotal {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(&values[0])
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let sum = self.values.iter().try_fold(0, |sum, value| plus(sum, *value))?;
        self.outcome.value(sum, i64::try_from(self.values.len()).unwrap_or(i64::MAX))
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.values.len() * ENTRY
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let values: Vec<ScalarValue> = self.values.iter().map(|value| ScalarValue::Decimal128(Some(*value), DIGITS, 0)).collect();
        Ok(vec![ScalarValue::List(ScalarValue::new_list_nullable(&values, &STATE))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        let lists = as_list_array(&states[0])?;
        (0..lists.len()).filter(|&at| lists.is_valid(at)).try_for_each(|at| self.add(&Arc::clone(&lists.value(at))))
    }
}
