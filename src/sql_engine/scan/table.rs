//! The files of a table, row group by row group.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use datafusion::arrow::array::{ArrayRef, BooleanArray, UInt64Array};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::{Column, ScalarValue};
use datafusion::datasource::table_schema::TableSchema;
use datafusion::error::Result;
use rayon::prelude::*;

use super::conditions::{Conditions, kind};
use super::footer::{Footer, ValueRange};

/// Parts of a path by which a file is named.
const NAMED: usize = 4;

/// A file of a table.
#[derive(Debug)]
struct StoredFile {
    path: PathBuf,
    /// Values of the columns that are not in it.
    values: Vec<ScalarValue>,
    footer: OnceLock<Arc<Footer>>,
}

/// The files of a table.
#[derive(Debug)]
pub(super) struct Files {
    schema: TableSchema,
    all: Vec<StoredFile>,
}

/// A row group of one of the files.
#[derive(Debug, Clone)]
pub(super) struct FilePart {
    pub file: usize,
    pub group: usize,
    pub footer: Arc<Footer>,
}

/// Files or row groups, with what is known of them.
struct Held<'a> {
    files: &'a Files,
    of: Of<'a>,
}

enum Of<'a> {
    Files,
    Parts(&'a [FilePart]),
}

impl Files {
    /// Files with the values of the columns that are not in them.
    pub fn new(schema: TableSchema, files: Vec<(PathBuf, Vec<ScalarValue>)>) -> Self {
        let all = files.into_iter().map(|(path, values)| StoredFile { path, values, footer: OnceLock::new() }).collect();
        Self { schema, all }
    }

    /// All columns of the table.
    pub fn schema(&self) -> &SchemaRef {
        self.schema.table_schema()
    }

    /// The columns that are in the files.
    pub fn stored(&self) -> &Schema {
        self.schema.file_schema()
    }

    pub fn path(&self, file: usize) -> &Path {
        &self.all[file].path
    }

    /// Name of a file where the term is told, its last folders.
    pub fn name(&self, file: usize) -> String {
        let parts: Vec<_> = self.path(file).components().map(|part| part.as_os_str().to_string_lossy()).collect();
        parts[parts.len().saturating_sub(NAMED)..].join("/")
    }

    /// The value that a column has in all of a file, where it is not in the file.
    fn fixed_value(&self, file: usize, column: usize) -> Option<&ScalarValue> {
        self.all[file].values.get(column.checked_sub(self.stored().fields().len())?)
    }

    /// The one value that a column has in a row group.
    pub fn constant(&self, part: &FilePart, column: usize) -> Option<ScalarValue> {
        let told = || part.footer.constant(part.group, column, kind(self.schema(), column));
        self.fixed_value(part.file, column).cloned().or_else(told)
    }

    /// How many values of a column of a row group are null.
    pub fn nulls(&self, part: &FilePart, column: usize) -> Option<u64> {
        if self.fixed_value(part.file, column).is_some() { Some(0) } else { part.footer.nulls(part.group, column) }
    }

    /// The smallest and the largest value of a column of a row group.
    pub fn bounds(&self, part: &FilePart, column: usize) -> Option<ValueRange> {
        match self.fixed_value(part.file, column) {
            Some(value) => Some(ValueRange::of(value)),
            None => part.footer.bounds(part.group, column, kind(self.schema(), column)),
        }
    }

    /// Row groups that can hold rows that meet some conditions.
    pub fn parts(&self, conditions: &Conditions) -> Result<Vec<FilePart>> {
        // A question about one year opens no file of another.
        let files = self.kept(Of::Files, conditions)?;
        let footers = files.par_iter().map(|&file| Ok((file, self.footer(file)?))).collect::<Result<Vec<_>>>()?;
        let groups = footers
            .into_iter()
            .flat_map(|(file, footer)| (0..footer.groups()).map(move |group| FilePart { file, group, footer: Arc::clone(&footer) }));
        let all: Vec<FilePart> = groups.collect();
        let kept = self.kept(Of::Parts(&all), conditions)?;
        let mut kept = kept.into_iter().peekable();
        Ok(all.into_iter().enumerate().filter_map(|(at, part)| kept.next_if_eq(&at).map(|_| part)).collect())
    }

    /// True for a row group that can hold rows that meet some conditions.
    pub fn can_meet(&self, part: &FilePart, conditions: &Conditions) -> Result<bool> {
        Ok(!self.kept(Of::Parts(std::slice::from_ref(part)), conditions)?.is_empty())
    }

    fn kept(&self, of: Of<'_>, conditions: &Conditions) -> Result<Vec<usize>> {
        let held = Held { files: self, of };
        let all = 0..held.num_containers();
        let kept = match &conditions.of_groups {
            Some(known) => known.prune(&held)?,
            None => vec![true; all.len()],
        };
        Ok(all.filter(|&at| kept[at] && held.meets_lists(at, conditions)).collect())
    }

    fn footer(&self, file: usize) -> Result<Arc<Footer>> {
        let file = &self.all[file];
        if let Some(known) = file.footer.get() {
            return Ok(Arc::clone(known));
        }
        let footer = Arc::new(Footer::read(&file.path, self.stored())?);
        Ok(Arc::clone(file.footer.get_or_init(|| footer)))
    }
}

impl Held<'_> {
    fn bounds(&self, at: usize, column: usize) -> Option<ValueRange> {
        match self.of {
            Of::Files => self.files.fixed_value(at, column).map(ValueRange::of),
            Of::Parts(parts) => self.files.bounds(&parts[at], column),
        }
    }

    fn nulls(&self, at: usize, column: usize) -> Option<u64> {
        match self.of {
            Of::Files => None,
            Of::Parts(parts) => self.files.nulls(&parts[at], column),
        }
    }

    fn meets_lists(&self, at: usize, conditions: &Conditions) -> bool {
        conditions.of_rows.iter().filter(|own| own.is_list()).all(|own| {
            let bounds = own.columns.first().and_then(|&column| self.bounds(at, column));
            bounds.is_none_or(|bounds| own.can_lie_between(&bounds.low, &bounds.high))
        })
    }

    /// One end of every file's or row group's values.
    fn ends(&self, column: &Column, end: fn(ValueRange) -> ScalarValue) -> Option<ArrayRef> {
        let at = self.files.schema().index_of(&column.name).ok()?;
        let unknown = ScalarValue::try_from(kind(self.files.schema(), at)).ok()?;
        let ends: Vec<Option<ScalarValue>> = (0..self.num_containers()).map(|own| self.bounds(own, at).map(end)).collect();
        if ends.iter().all(Option::is_none) {
            return None;
        }
        ScalarValue::iter_to_array(ends.into_iter().map(|end| end.unwrap_or_else(|| unknown.clone()))).ok()
    }
}

impl PruningStatistics for Held<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, |bounds| bounds.low)
    }

    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.ends(column, |bounds| bounds.high)
    }

    fn num_containers(&self) -> usize {
        match self.of {
            Of::Files => self.files.all.len(),
            Of::Parts(parts) => parts.len(),
        }
    }

    fn null_counts(&self, column: &Column) -> Option<ArrayRef> {
        let at = self.files.schema().index_of(&column.name).ok()?;
        let counts = (0..self.num_containers()).map(|own| self.nulls(own, at));
        Some(Arc::new(counts.collect::<UInt64Array>()))
    }

    fn row_counts(&self) -> Option<ArrayRef> {
        let Of::Parts(parts) = self.of else { return None };
        let rows = parts.iter().map(|part| u64::try_from(part.footer.rows(part.group)).ok());
        Some(Arc::new(rows.collect::<UInt64Array>()))
    }

    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}
