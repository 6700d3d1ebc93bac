//! Counts an archive table again with another engine, from the file on the disk.
//!
//! The archive is written by our own code; polars reads it back (streaming
//! engine, by name) and its sums must be those of the aggregation. So a fault
//! in either shows before anybody uses the figures.

use std::path::Path;

use polars::prelude::{DataType, Engine, LazyFrame, PlRefPath, ScanArgsParquet, col, len};

use crate::error::{Error, Result};
use crate::input::{on_this_machine, surviving};

/// What a table holds of one form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableTotal {
    /// Form id.
    pub form: String,
    /// Rows.
    pub rows: u64,
    /// Sum of all values: counts, or đồng for amounts.
    pub sum: i128,
}

/// Rows and sums per form of a value table, in the order of the forms.
///
/// # Errors
/// When the file cannot be read.
pub fn recount(path: &Path) -> Result<Vec<TableTotal>> {
    on_this_machine(path)?;
    surviving("read back", path, || counted(path))
}

fn counted(path: &Path) -> Result<Vec<TableTotal>> {
    let failed = |e: polars::error::PolarsError| Error::library("read back", path, e);
    let text = path.to_string_lossy();
    let frame = LazyFrame::scan_parquet(PlRefPath::new(&*text), ScanArgsParquet { glob: false, ..ScanArgsParquet::default() })
        .map_err(failed)?
        .group_by([col("form")])
        .agg([len().alias("rows"), col("value").sum().alias("sum")])
        .select([col("form"), col("rows").cast(DataType::UInt64), col("sum").cast(DataType::String)])
        .sort(["form"], polars::prelude::SortMultipleOptions::default())
        .collect_with_engine(Engine::Streaming)
        .map_err(failed)?
        .unwrap_single();
    let mut totals = Vec::new();
    let (forms, rows, sums) = (frame.column("form"), frame.column("rows"), frame.column("sum"));
    let (forms, rows, sums) = (forms.map_err(failed)?, rows.map_err(failed)?, sums.map_err(failed)?);
    for index in 0..frame.height() {
        let sum = sums.str().map_err(failed)?.get(index).unwrap_or("0");
        totals.push(TableTotal {
            form: forms.str().map_err(failed)?.get(index).unwrap_or_default().to_owned(),
            rows: rows.u64().map_err(failed)?.get(index).unwrap_or_default(),
            sum: fixed(sum).ok_or_else(|| Error::library("read back", path, format!("`{sum}` is not a sum")))?,
        });
    }
    Ok(totals)
}

/// A decimal text without its point (`12.5` at six places is 12500000); a whole number as it is.
fn fixed(text: &str) -> Option<i128> {
    match text.split_once('.') {
        None => text.parse().ok(),
        Some((whole, fraction)) => format!("{whole}{fraction}").parse().ok(),
    }
}
