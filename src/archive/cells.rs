//! The tables `cells` (counts) and `amounts` (money): one row per cell of every return.
//!
//! Sorted by form, sheet, code, column, unit, so that one figure of all units
//! lies together. A cell without a number is null and says why in `status`.

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{Decimal128Builder, Int64Builder, StringDictionaryBuilder};
use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Int16Array};
use arrow_schema::DataType;

use super::parquet_file::{ParquetFile, ROW_GROUP_ROWS};
use crate::cells::Submission;
use crate::error::Result;
use crate::number::{AMOUNT_SCALE, NumberKind};
use crate::schema::{Form, Sheet};

/// Digits of an amount in the archive: as many as an `i64` holds.
const AMOUNT_PRECISION: u8 = 18;

/// Writes both tables; returns their names.
pub fn write_values(
    staging: &Path,
    forms: &[Arc<Form>],
    submissions: &[&Submission],
    metadata: &[(String, String)],
) -> Result<Vec<&'static str>> {
    let tables = [("cells", NumberKind::Counts), ("amounts", NumberKind::Amounts)];
    for (table, kind) in tables {
        let path = staging.join(format!("{table}.parquet"));
        let mut file = ParquetFile::create(&path, &schema(kind), 5, metadata)?;
        let mut rows = Rows::new(kind);
        for form in forms {
            let of_form: Vec<&Submission> = submissions.iter().copied().filter(|s| s.form.id == form.id).collect();
            write_form(form, &of_form, &mut rows, &mut file)?;
        }
        rows.flush(&mut file)?;
        file.finish()?;
    }
    Ok(tables.map(|(table, _)| table).to_vec())
}

fn text() -> DataType {
    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
}

/// Columns of a value table: name, type, may be null.
fn schema(kind: NumberKind) -> [(&'static str, DataType, bool); 12] {
    let value = match kind {
        NumberKind::Counts => DataType::Int64,
        NumberKind::Amounts => DataType::Decimal128(AMOUNT_PRECISION, scale()),
    };
    [
        ("form", text(), false),
        ("sheet", text(), false),
        ("code", text(), false),
        ("column", DataType::Int16, false),
        ("unit", text(), false),
        ("value", value, true),
        ("status", text(), false),
        ("circular", text(), false),
        ("form_version", text(), false),
        ("file", text(), false),
        ("file_sheet", text(), true),
        ("cell", text(), true),
    ]
}

fn scale() -> i8 {
    i8::try_from(AMOUNT_SCALE).unwrap_or(6)
}

fn write_form(form: &Form, submissions: &[&Submission], rows: &mut Rows, file: &mut ParquetFile) -> Result<()> {
    let mut sheets: Vec<&Sheet> =
        form.layout.data_sheets().map(|(_, sheet)| sheet).filter(|s| s.number_kind() == Some(rows.kind)).collect();
    sheets.sort_by(|a, b| a.id.cmp(&b.id));
    for sheet in sheets {
        let mut coded: Vec<usize> = (0..sheet.coded.len()).collect();
        coded.sort_by(|&a, &b| sheet.coded_row(a).code.cmp(&sheet.coded_row(b).code));
        let mut columns: Vec<usize> = (0..sheet.columns.len()).collect();
        columns.sort_by_key(|&column| sheet.columns[column].number);
        for &row in &coded {
            for &column in &columns {
                for submission in submissions {
                    rows.push(form, sheet, (row, column), submission);
                    if rows.len == ROW_GROUP_ROWS {
                        rows.flush(file)?;
                    }
                }
            }
        }
    }
    Ok(())
}

/// Rows collected for the next batch.
struct Rows {
    kind: NumberKind,
    len: usize,
    texts: [StringDictionaryBuilder<Int32Type>; 8],
    sheets: StringDictionaryBuilder<Int32Type>,
    cells: StringDictionaryBuilder<Int32Type>,
    columns: Vec<i16>,
    counts: Int64Builder,
    amounts: Decimal128Builder,
}

impl Rows {
    fn new(kind: NumberKind) -> Self {
        Self {
            kind,
            len: 0,
            texts: std::array::from_fn(|_| StringDictionaryBuilder::new()),
            sheets: StringDictionaryBuilder::new(),
            cells: StringDictionaryBuilder::new(),
            columns: Vec::new(),
            counts: Int64Builder::new(),
            amounts: Decimal128Builder::new().with_data_type(DataType::Decimal128(AMOUNT_PRECISION, scale())),
        }
    }

    fn push(&mut self, form: &Form, sheet: &Sheet, (coded, column): (usize, usize), submission: &Submission) {
        let slot = sheet.slot(coded, column);
        let (status, number) = submission.values.get(slot);
        let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
        let texts: [&str; 8] =
            [&form.id, &sheet.id, code, &submission.unit, status.id(), &form.circular, &form.version, &submission.source.file];
        for (builder, text) in self.texts.iter_mut().zip(texts) {
            builder.append_value(text);
        }
        let (sheet_name, cell) = submission.cell(slot);
        self.sheets.append_option(sheet_name.as_deref());
        self.cells.append_option(cell.map(|cell| cell.to_string()));
        self.columns.push(i16::try_from(sheet.columns[column].number).unwrap_or(i16::MAX));
        let value = status.is_number().then_some(number);
        match self.kind {
            NumberKind::Counts => self.counts.append_option(value),
            NumberKind::Amounts => self.amounts.append_option(value.map(i128::from)),
        }
        self.len += 1;
    }

    fn flush(&mut self, file: &mut ParquetFile) -> Result<()> {
        if self.len == 0 {
            return Ok(());
        }
        let mut texts = self.texts.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef);
        let mut next = || texts.next().unwrap_or_else(|| Arc::new(Int16Array::from(Vec::<i16>::new())));
        let (form, sheet, code, unit) = (next(), next(), next(), next());
        let (status, circular, version, source) = (next(), next(), next(), next());
        let column: ArrayRef = Arc::new(Int16Array::from(std::mem::take(&mut self.columns)));
        let value: ArrayRef = match self.kind {
            NumberKind::Counts => Arc::new(self.counts.finish()),
            NumberKind::Amounts => Arc::new(self.amounts.finish()),
        };
        let file_sheet: ArrayRef = Arc::new(self.sheets.finish());
        let cell: ArrayRef = Arc::new(self.cells.finish());
        self.len = 0;
        file.write(vec![form, sheet, code, column, unit, value, status, circular, version, source, file_sheet, cell])
    }
}
