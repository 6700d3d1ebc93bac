//! Values of a column of Parquet as what they are: numbers, microseconds, days, bytes.
//!
//! Written here because the library's conversion knows every pair of types, which is more than the rest of this reader together.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Date32Type, Float16Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, TimestampMicrosecondType,
    TimestampMillisecondType, TimestampNanosecondType, TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array as _, ArrayRef};
use arrow_schema::{DataType, TimeUnit};

/// Values of a column, none where it is null; nothing at all where its type is another one.
pub(super) type Values<T> = Option<Vec<Option<T>>>;

/// The type of the values, also of those that a dictionary holds.
pub(super) fn kind_of(column: &ArrayRef) -> &DataType {
    match column.data_type() {
        DataType::Dictionary(_, kind) => kind.as_ref(),
        kind => kind,
    }
}

/// The values of a column of one type, as numbers.
macro_rules! of {
    ($column:expr, $kind:ty, $number:expr) => {
        Some($column.as_primitive::<$kind>().iter().map(|own| own.map($number)).collect())
    };
}

/// Numbers of any width.
pub(super) fn numbers(column: &ArrayRef) -> Values<f64> {
    through_dictionary(column, &|column| match column.data_type() {
        DataType::Int8 => of!(column, Int8Type, f64::from),
        DataType::Int16 => of!(column, Int16Type, f64::from),
        DataType::Int32 => of!(column, Int32Type, f64::from),
        DataType::Int64 => of!(column, Int64Type, |own| own as f64),
        DataType::UInt8 => of!(column, UInt8Type, f64::from),
        DataType::UInt16 => of!(column, UInt16Type, f64::from),
        DataType::UInt32 => of!(column, UInt32Type, f64::from),
        DataType::UInt64 => of!(column, UInt64Type, |own| own as f64),
        DataType::Float16 => of!(column, Float16Type, f64::from),
        DataType::Float32 => of!(column, Float32Type, f64::from),
        DataType::Float64 => of!(column, Float64Type, |own| own),
        _ => None,
    })
}

/// Times as microseconds since 1970.
pub(super) fn microseconds(column: &ArrayRef) -> Values<i64> {
    through_dictionary(column, &|column| {
        let DataType::Timestamp(unit, _) = column.data_type() else { return None };
        let all =
            |own: &mut dyn Iterator<Item = Option<i64>>, micros: &dyn Fn(i64) -> Option<i64>| own.map(|own| own.and_then(micros)).collect();
        Some(match unit {
            TimeUnit::Second => all(&mut column.as_primitive::<TimestampSecondType>().iter(), &|own| own.checked_mul(1_000_000)),
            TimeUnit::Millisecond => all(&mut column.as_primitive::<TimestampMillisecondType>().iter(), &|own| own.checked_mul(1_000)),
            TimeUnit::Microsecond => all(&mut column.as_primitive::<TimestampMicrosecondType>().iter(), &Some),
            TimeUnit::Nanosecond => all(&mut column.as_primitive::<TimestampNanosecondType>().iter(), &|own| Some(own.div_euclid(1_000))),
        })
    })
}

/// Days since 1970.
pub(super) fn days(column: &ArrayRef) -> Values<i32> {
    through_dictionary(column, &|column| {
        let is_day = *column.data_type() == DataType::Date32;
        is_day.then(|| column.as_primitive::<Date32Type>().iter().collect())
    })
}

/// Bytes, which some writers call their texts.
pub(super) fn bytes(column: &ArrayRef) -> Values<Vec<u8>> {
    let own = |own: Option<&[u8]>| own.map(<[u8]>::to_vec);
    through_dictionary(column, &|column| {
        Some(match column.data_type() {
            DataType::Binary => column.as_binary::<i32>().iter().map(own).collect(),
            DataType::LargeBinary => column.as_binary::<i64>().iter().map(own).collect(),
            DataType::BinaryView => column.as_binary_view().iter().map(own).collect(),
            DataType::FixedSizeBinary(_) => column.as_fixed_size_binary().iter().map(own).collect(),
            _ => return None,
        })
    })
}

/// Values of a column, of a dictionary those that its keys stand for.
fn through_dictionary<T: Clone>(column: &ArrayRef, own: &dyn Fn(&ArrayRef) -> Values<T>) -> Values<T> {
    let Some(dictionary) = column.as_any_dictionary_opt() else { return own(column) };
    let values = own(dictionary.values())?;
    let keys = if values.is_empty() { vec![0; column.len()] } else { dictionary.normalized_keys() };
    let value = |(row, key): (usize, &usize)| if column.is_null(row) { None } else { values.get(*key).cloned().flatten() };
    Some(keys.iter().enumerate().map(value).collect())
}
