//! Records in memory written as Parquet, as one program or another writes it.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::types::{Int32Type, UInt16Type};
use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, DictionaryArray, Float64Array, Int32Array, Int64Array, LargeStringArray, RecordBatch, StringArray,
    StringViewArray, TimestampMicrosecondArray,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use tkgd::records::{FieldKind, FieldRef, RecordBook};
use tkgd::tabulate::rows::day_of;
use tkgd::tabulate::{NOWHERE, RecordRows};

/// Ways to write the same values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// As the plan for other engines has it: texts, whole numbers of 32 bits, days.
    Canonical,
    /// Codes in dictionaries, flags as truths, days as times.
    Dictionaries,
    /// Codes as numbers that have lost their zeros, flags in 64 bits, days as texts.
    Numbers,
    /// Long texts, flags as floats.
    Long,
    /// Views of texts.
    Views,
}

pub const STYLES: [Style; 5] = [Style::Canonical, Style::Dictionaries, Style::Numbers, Style::Long, Style::Views];

/// Writes rows in an order, with so many in a row group.
pub fn write_records(path: &Path, book: &RecordBook, rows: &RecordRows, order: &[usize], style: Style, group: usize) {
    let fields = book.entities[rows.entity].fields.iter_enumerated().filter(|(_, field)| field.derivation.is_none());
    let columns = fields.map(|(field, own)| {
        let at = FieldRef { entity: rows.entity, field };
        let values: Vec<Option<i64>> = order.iter().map(|row| rows.at(field, *row)).collect();
        let array = match own.kind {
            FieldKind::Key | FieldKind::Id => texts(&order.iter().map(|row| key(book, rows, at, *row)).collect::<Vec<_>>(), style),
            FieldKind::Code => {
                let list = own.list.as_ref().unwrap();
                let code = |value: &Option<i64>| value.map(|place| list.values[usize::try_from(place).unwrap()].code.to_string());
                let codes: Vec<Option<String>> = values.iter().map(code).collect();
                if style == Style::Numbers { numbers(&codes) } else { texts(&codes, style) }
            }
            FieldKind::Flag | FieldKind::Whole => flags(&values, style),
            FieldKind::Date => days(&values, style),
        };
        (own.id.to_string(), array, true)
    });
    let batch = RecordBatch::try_from_iter_with_nullable(columns).unwrap();
    let properties = WriterProperties::builder().set_max_row_group_row_count(Some(group)).build();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

/// Writes which units schools belong to.
pub fn write_units(path: &Path, units: &[[String; 4]]) {
    let column = |(number, name): (usize, &str)| {
        let array: ArrayRef = Arc::new(StringArray::from_iter_values(units.iter().map(|own| &own[number])));
        (name.to_owned(), array)
    };
    let batch = RecordBatch::try_from_iter(["school", "commune", "district", "province"].into_iter().enumerate().map(column)).unwrap();
    let mut writer = ArrowWriter::try_new(File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn key(book: &RecordBook, rows: &RecordRows, at: FieldRef, row: usize) -> Option<String> {
    match &*book.field(at).id {
        "school" => Some(format!("S{}", rows.school[row])),
        "class" => (rows.class[row] != NOWHERE).then(|| format!("C{}", rows.class[row])),
        _ => None,
    }
}

fn texts(texts: &[Option<String>], style: Style) -> ArrayRef {
    let each = || texts.iter().map(Option::as_deref);
    match style {
        Style::Dictionaries => Arc::new(each().collect::<DictionaryArray<UInt16Type>>()),
        Style::Long => Arc::new(each().collect::<LargeStringArray>()),
        Style::Views => Arc::new(each().collect::<StringViewArray>()),
        Style::Numbers => Arc::new(each().collect::<DictionaryArray<Int32Type>>()),
        Style::Canonical => Arc::new(each().collect::<StringArray>()),
    }
}

fn numbers(codes: &[Option<String>]) -> ArrayRef {
    Arc::new(codes.iter().map(|code| code.as_ref().map(|code| code.parse::<i32>().unwrap())).collect::<Int32Array>())
}

fn flags(values: &[Option<i64>], style: Style) -> ArrayRef {
    let is_flag = values.iter().flatten().all(|value| (0..2).contains(value));
    match style {
        Style::Dictionaries if is_flag => Arc::new(values.iter().map(|value| value.map(|value| value == 1)).collect::<BooleanArray>()),
        Style::Numbers => Arc::new(values.iter().copied().collect::<Int64Array>()),
        Style::Long => Arc::new(values.iter().map(|value| value.map(|value| value as f64)).collect::<Float64Array>()),
        _ => Arc::new(values.iter().map(|value| value.map(|value| i32::try_from(value).unwrap())).collect::<Int32Array>()),
    }
}

fn days(values: &[Option<i64>], style: Style) -> ArrayRef {
    let day = |value: &Option<i64>| value.map(|day| i32::try_from(day).unwrap());
    match style {
        Style::Dictionaries => {
            Arc::new(values.iter().map(|value| value.map(|day| day * 86_400_000_000)).collect::<TimestampMicrosecondArray>())
        }
        Style::Numbers => {
            let written = |value: &Option<i64>| day(value).map(|own| day_of(own).unwrap().format("%-d/%-m/%Y").to_string());
            Arc::new(values.iter().map(written).collect::<StringArray>())
        }
        _ => Arc::new(values.iter().map(day).collect::<Date32Array>()),
    }
}
