//! Sums and averages that are exact for whole numbers and decimals, whatever the order of rows, and never wrap.
//!
//! Numbers that are not exact anyway are the engine's own.

mod distinct;
mod exact;
mod grouped;

use std::sync::Arc;

use datafusion::arrow::array::ArrayRef;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::cast::{as_decimal128_array, as_int64_array};
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::functions_aggregate::average::avg_udaf;
use datafusion::functions_aggregate::sum::sum_udaf;
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, GroupsAccumulator, ReversedUDAF, Signature, Volatility};

use self::distinct::DistinctTotal;
use self::exact::ExactTotal;
use self::grouped::GroupedTotal;
use super::arithmetic::TOO_LARGE;

/// Digits of a decimal.
const DIGITS: u8 = 38;
/// Of what a total is while it is worked out.
const STATE: DataType = DataType::Decimal128(DIGITS, 0);

/// Functions in place of the engine's own.
pub(super) fn functions() -> Vec<Arc<AggregateUDF>> {
    [Kind::Sum, Kind::Average].map(|kind| Arc::new(AggregateUDF::from(Total::new(kind)))).into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    Sum,
    Average,
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Total {
    kind: Kind,
    signature: Signature,
    aliases: Vec<String>,
}

impl Total {
    fn new(kind: Kind) -> Self {
        let aliases = if kind == Kind::Average { vec!["mean".to_owned()] } else { Vec::new() };
        Self { kind, signature: Signature::user_defined(Volatility::Immutable), aliases }
    }

    /// The engine's own.
    fn inner(&self) -> Arc<AggregateUDF> {
        match self.kind {
            Kind::Sum => sum_udaf(),
            Kind::Average => avg_udaf(),
        }
    }

    /// Result of a total; none where the engine's own function is to work.
    fn outcome(&self, args: &AccumulatorArgs<'_>) -> Option<Outcome> {
        let argument = args.expr_fields.first().map(|field| field.data_type());
        Outcome::of(self.kind, argument?)
    }
}

/// Results of an exact total.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Whole,
    Decimal(i8),
    /// Of values with so many digits behind the point.
    Average(i8),
}

impl Outcome {
    fn of(kind: Kind, argument: &DataType) -> Option<Self> {
        match (kind, argument) {
            (Kind::Sum, DataType::Int64) => Some(Self::Whole),
            (Kind::Sum, DataType::Decimal128(_, scale)) => Some(Self::Decimal(*scale)),
            (Kind::Average, DataType::Int64) => Some(Self::Average(0)),
            (Kind::Average, DataType::Decimal128(_, scale)) => Some(Self::Average(*scale)),
            _ => None,
        }
    }

    /// The value of a sum over so many values.
    fn value(self, sum: i128, count: i64) -> Result<ScalarValue> {
        let is_known = count > 0;
        Ok(match self {
            Self::Whole => ScalarValue::Int64(is_known.then(|| whole(sum)).transpose()?),
            Self::Decimal(scale) => ScalarValue::Decimal128(is_known.then(|| decimal(sum)).transpose()?, DIGITS, scale),
            Self::Average(scale) => ScalarValue::Float64(is_known.then(|| average(sum, count, scale))),
        })
    }
}

fn whole(sum: i128) -> Result<i64> {
    i64::try_from(sum).or_else(|_| exec_err!("{TOO_LARGE}"))
}

fn decimal(sum: i128) -> Result<i128> {
    if sum.unsigned_abs() < 10_u128.pow(u32::from(DIGITS)) { Ok(sum) } else { exec_err!("{TOO_LARGE}") }
}

fn average(sum: i128, count: i64, scale: i8) -> f64 {
    sum as f64 / 10_f64.powi(i32::from(scale)) / count as f64
}

/// A sum with one more value.
fn plus(sum: i128, value: i128) -> Result<i128> {
    sum.checked_add(value).map_or_else(|| exec_err!("{TOO_LARGE}"), Ok)
}

/// Whole numbers or the digits of decimals, one by one.
fn each(values: &ArrayRef, take: &mut dyn FnMut(usize, i128) -> Result<()>) -> Result<()> {
    if *values.data_type() == DataType::Int64 {
        let whole = as_int64_array(values)?;
        return whole.iter().enumerate().try_for_each(|(at, value)| value.map_or(Ok(()), |value| take(at, i128::from(value))));
    }
    let decimals = as_decimal128_array(values)?;
    decimals.iter().enumerate().try_for_each(|(at, value)| value.map_or(Ok(()), |value| take(at, value)))
}

impl AggregateUDFImpl for Total {
    fn name(&self) -> &str {
        match self.kind {
            Kind::Sum => "sum",
            Kind::Average => "avg",
        }
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, arguments: &[DataType]) -> Result<Vec<DataType>> {
        let [argument] = arguments else { return plan_err!("{} takes one argument", self.name()) };
        Ok(vec![match argument {
            DataType::UInt64 => DataType::Decimal128(20, 0),
            DataType::Decimal32(digits, scale) | DataType::Decimal64(digits, scale) | DataType::Decimal128(digits, scale) => {
                DataType::Decimal128(*digits, *scale)
            }
            kind if kind.is_integer() || kind.is_null() => DataType::Int64,
            kind if kind.is_floating() => DataType::Float64,
            other => return plan_err!("{} of {other}: only numbers are added up", self.name()),
        }])
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok(match (self.kind, arguments.first()) {
            (Kind::Sum, Some(DataType::Int64)) => DataType::Int64,
            (Kind::Sum, Some(DataType::Decimal128(_, scale))) => DataType::Decimal128(DIGITS, *scale),
            _ => DataType::Float64,
        })
    }

    fn accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match self.outcome(&args) {
            Some(outcome) if args.is_distinct => Ok(Box::new(DistinctTotal::new(outcome))),
            Some(outcome) => Ok(Box::new(ExactTotal::new(outcome))),
            None => self.inner().accumulator(args),
        }
    }

    fn create_sliding_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn Accumulator>> {
        match self.outcome(&args) {
            Some(_) => self.accumulator(args),
            None => self.inner().create_sliding_accumulator(args),
        }
    }

    fn state_fields(&self, args: StateFieldsArgs<'_>) -> Result<Vec<FieldRef>> {
        let argument = args.input_fields.first().map(|field| field.data_type());
        if argument.and_then(|argument| Outcome::of(self.kind, argument)).is_none() {
            return self.inner().state_fields(args);
        }
        let name = |part: &str| format_state_name(args.name, part);
        if args.is_distinct {
            let values = Field::new_list(name("values"), Field::new_list_field(STATE, true), false);
            return Ok(vec![Arc::new(values)]);
        }
        Ok(vec![Arc::new(Field::new(name("sum"), STATE, true)), Arc::new(Field::new(name("count"), DataType::Int64, true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs<'_>) -> bool {
        match self.outcome(&args) {
            Some(_) => !args.is_distinct,
            None => self.inner().groups_accumulator_supported(args),
        }
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs<'_>) -> Result<Box<dyn GroupsAccumulator>> {
        match self.outcome(&args) {
            Some(outcome) => Ok(Box::new(GroupedTotal::new(outcome))),
            None => self.inner().create_groups_accumulator(args),
        }
    }

    fn reverse_expr(&self) -> ReversedUDAF {
        ReversedUDAF::Identical
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn totals_are_exact_or_fail() {
        assert_eq!(Outcome::Whole.value(5, 1).unwrap(), ScalarValue::Int64(Some(5)));
        assert_eq!(Outcome::Whole.value(0, 0).unwrap(), ScalarValue::Int64(None));
        assert!(Outcome::Whole.value(i128::from(i64::MAX) + 1, 2).is_err());
        assert_eq!(Outcome::Average(2).value(3, 2).unwrap(), ScalarValue::Float64(Some(0.015)));
        assert!(Outcome::Decimal(6).value(10_i128.pow(38), 1).is_err());
        assert!(plus(i128::MAX, 1).is_err());
    }
}
