//! Footers of files: their row groups, and the smallest and largest value of each column.

use std::fs::File;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use datafusion::arrow::datatypes::{DataType, Field, Schema};
use datafusion::common::ScalarValue;
use datafusion::error::{DataFusionError, Result};
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::file::metadata::{PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, ParquetStatisticsPolicy};
use datafusion::parquet::file::statistics::Statistics;

/// A column of the table in a file.
#[derive(Debug, Clone)]
struct Place {
    /// Where it stands among the file's columns.
    root: usize,
    /// Where its values stand; none for lists.
    leaf: Option<usize>,
    /// Its type in the file.
    stored: DataType,
}

/// The footer of a file, with the place of each of the table's own columns.
#[derive(Debug)]
pub(super) struct Footer {
    metadata: ArrowReaderMetadata,
    by_number: OnceLock<ArrowReaderMetadata>,
    places: Vec<Option<Place>>,
}

/// Values of a column in a row group.
#[derive(Debug, Clone)]
pub(super) struct ValueRange {
    /// No value is smaller.
    pub low: ScalarValue,
    /// No value is larger.
    pub high: ScalarValue,
    /// The bounds are values of the column.
    pub are_values: bool,
}

impl ValueRange {
    /// Of one value.
    pub fn of(value: &ScalarValue) -> Self {
        Self { low: value.clone(), high: value.clone(), are_values: true }
    }
}

/// Said of a file that cannot be read; its path follows, and on the next line the reason.
pub const UNREADABLE: &str = "unreadable file: ";

/// A problem of a file, with its name.
pub(super) fn unreadable(path: &Path, reason: impl std::fmt::Display) -> DataFusionError {
    DataFusionError::Execution(format!("{UNREADABLE}{}\n{reason}", path.display()))
}

impl Footer {
    /// Reads the footer of a file of a table.
    ///
    /// # Errors
    /// When the file cannot be read, or has texts where the table has numbers.
    pub fn read(path: &Path, columns: &Schema) -> Result<Self> {
        let footer = Self::of_file(path, columns).map_err(|problem| unreadable(path, problem))?;
        for (field, place) in columns.fields().iter().zip(&footer.places) {
            if place.as_ref().is_some_and(|place| place.stored.is_numeric() != field.data_type().is_numeric()) {
                return Err(unreadable(path, format!("the column {} has values of another type", field.name())));
            }
        }
        Ok(footer)
    }

    fn of_file(path: &Path, columns: &Schema) -> Result<Self> {
        let file = File::open(path)?;
        let mut reader = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Skip);
        let options = ArrowReaderOptions::new()
            .with_encoding_stats_policy(ParquetStatisticsPolicy::SkipAll)
            .with_size_stats_policy(ParquetStatisticsPolicy::SkipAll);
        reader = reader.with_metadata_options(Some(options.metadata_options().clone()));
        let footer = Arc::new(reader.parse_and_finish(&file)?);
        let stored = ArrowReaderMetadata::try_new(Arc::clone(&footer), ArrowReaderOptions::new())?;
        let metadata = with_texts(footer, &stored, &DataType::Utf8View)?;
        let places = columns.fields().iter().map(|field| place(&metadata, field.name())).collect();
        Ok(Self { metadata, by_number: OnceLock::new(), places })
    }

    /// How the file is read, each text by itself.
    pub const fn metadata(&self) -> &ArrowReaderMetadata {
        &self.metadata
    }

    /// How the file is read with the texts of a row group listed once, and rows that have their numbers.
    pub fn by_number(&self) -> Result<&ArrowReaderMetadata> {
        if let Some(known) = self.by_number.get() {
            return Ok(known);
        }
        let listed = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        let made = with_texts(Arc::clone(self.metadata.metadata()), &self.metadata, &listed)?;
        Ok(self.by_number.get_or_init(|| made))
    }

    /// Number of row groups.
    pub fn groups(&self) -> usize {
        self.metadata.metadata().num_row_groups()
    }

    /// Rows of a row group.
    pub fn rows(&self, group: usize) -> usize {
        usize::try_from(self.metadata.metadata().row_group(group).num_rows()).unwrap_or(0)
    }

    /// Where a column stands in the file; none where the file does not have it.
    pub fn root(&self, column: usize) -> Option<usize> {
        self.places.get(column)?.as_ref().map(|place| place.root)
    }

    fn statistics(&self, group: usize, column: usize) -> Option<(&Place, &Statistics)> {
        let place = self.places.get(column)?.as_ref()?;
        Some((place, self.metadata.metadata().row_group(group).column(place.leaf?).statistics()?))
    }

    /// How many values of a column are null.
    pub fn nulls(&self, group: usize, column: usize) -> Option<u64> {
        if self.places.get(column)?.is_none() {
            return u64::try_from(self.rows(group)).ok();
        }
        self.statistics(group, column)?.1.null_count_opt()
    }

    /// The smallest and the largest value of a column, as the table has it.
    pub fn bounds(&self, group: usize, column: usize, kind: &DataType) -> Option<ValueRange> {
        let (place, known) = self.statistics(group, column)?;
        let [low, high] = [false, true].map(|is_high| bound(known, is_high, &place.stored, kind));
        Some(ValueRange { low: low?, high: high?, are_values: known.min_is_exact() && known.max_is_exact() })
    }

    /// The one value that a column of a row group has.
    pub fn constant(&self, group: usize, column: usize, kind: &DataType) -> Option<ScalarValue> {
        let nulls = self.nulls(group, column)?;
        if usize::try_from(nulls).ok()? == self.rows(group) {
            return ScalarValue::try_from(kind).ok();
        }
        let bounds = self.bounds(group, column, kind)?;
        (nulls == 0 && bounds.are_values && bounds.low == bounds.high).then_some(bounds.low)
    }
}

/// How a file is read with all of its texts in one type.
fn with_texts(footer: Arc<ParquetMetaData>, stored: &ArrowReaderMetadata, texts: &DataType) -> Result<ArrowReaderMetadata> {
    let as_read = |field: &Arc<Field>| match field.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Field::new(field.name(), texts.clone(), field.is_nullable()),
        _ => field.as_ref().clone(),
    };
    let fields: Vec<Field> = stored.schema().fields().iter().map(as_read).collect();
    let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
    Ok(ArrowReaderMetadata::try_new(footer, options)?)
}

fn place(metadata: &ArrowReaderMetadata, name: &str) -> Option<Place> {
    let (root, field) = metadata.schema().column_with_name(name)?;
    let leaf = metadata.parquet_schema().columns().iter().position(|leaf| *leaf.path().parts() == [name.to_owned()]);
    Some(Place { root, leaf, stored: field.data_type().clone() })
}

/// The smallest or largest value of a column; none where it is not told, or could be read in another way.
fn bound(known: &Statistics, is_high: bool, stored: &DataType, kind: &DataType) -> Option<ScalarValue> {
    let whole = match known {
        Statistics::Int32(known) => i64::from(*if is_high { known.max_opt() } else { known.min_opt() }?),
        Statistics::Int64(known) => *if is_high { known.max_opt() } else { known.min_opt() }?,
        Statistics::ByteArray(known) => {
            let text = if is_high { known.max_opt() } else { known.min_opt() }?;
            let is_text = *kind == DataType::Utf8View;
            return is_text
                .then(|| std::str::from_utf8(text.data()).ok())
                .flatten()
                .map(|text| ScalarValue::Utf8View(Some(text.to_owned())));
        }
        _ => return None,
    };
    match (kind, stored) {
        (DataType::Int64, stored) if stored.is_signed_integer() => Some(ScalarValue::Int64(Some(whole))),
        (DataType::Date32, DataType::Date32) => Some(ScalarValue::Date32(i32::try_from(whole).ok())),
        (DataType::Decimal128(digits, scale), DataType::Decimal128(_, same)) if scale == same => {
            Some(ScalarValue::Decimal128(Some(i128::from(whole)), *digits, *scale))
        }
        _ => None,
    }
}
