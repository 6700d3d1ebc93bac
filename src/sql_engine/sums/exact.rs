//! A total of all rows, or of those of a window.

use datafusion::arrow::array::ArrayRef;
use datafusion::common::cast::{as_decimal128_array, as_int64_array};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::Accumulator;

use super::{DIGITS, Outcome, each, plus};

#[derive(Debug)]
pub(super) struct ExactTotal {
    outcome: Outcome,
    sum: i128,
    count: i64,
}

impl ExactTotal {
    pub(super) const fn new(outcome: Outcome) -> Self {
        Self { outcome, sum: 0, count: 0 }
    }

    /// Adds values, or takes them away again.
    fn add(&mut self, values: &ArrayRef, sign: i8) -> Result<()> {
        each(values, &mut |_, value| {
            self.sum = plus(self.sum, value * i128::from(sign))?;
            self.count += i64::from(sign);
            Ok(())
        })
    }
}

impl Accumulator for ExactTotal {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(&values[0], 1)
    }

    fn retract_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.add(&values[0], -1)
    }

    fn supports_retract_batch(&self) -> bool {
        true
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        self.outcome.value(self.sum, self.count)
    }

    fn size(&self) -> usize {
        size_of_val(self)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Decimal128(Some(self.sum), DIGITS, 0), ScalarValue::Int64(Some(self.count))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for sum in as_decimal128_array(&states[0])?.iter().flatten() {
            self.sum = plus(self.sum, sum)?;
        }
        self.count += as_int64_array(&states[1])?.iter().flatten().sum::<i64>();
        Ok(())
    }
}
