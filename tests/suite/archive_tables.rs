//! The archive's files are what `schemas/archive.toml` says they are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use arrow_array::Array as _;
use arrow_schema::DataType;
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use tkgd::forms::{ArchiveTable, ArchiveTables, Schemas};

use crate::support::{StoredTable, scratch, tkgd};

/// Calls the program in a folder; findings are no reason to stop.
pub fn call(folder: &Path, arguments: &[&str]) {
    let output = tkgd().args(arguments).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(matches!(output.status.code(), Some(0 | 1)), "{arguments:?}: {said}");
}

/// A synthetic province in both terms of two school years, with errors in it, run; its archive and its pipelines, years one
/// after the other.
pub fn drafts(name: &str) -> (PathBuf, Vec<String>) {
    let folder = scratch(name);
    call(
        &folder,
        &["sample", ".", "--communes", "3", "--schools", "14", "--years", "2", "--dirt", "wrong-total", "--dirt", "missing-return"],
    );
    let mut pipelines: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".toml"))
        .collect();
    pipelines.sort_by_key(|name| (!name.contains("2024"), !name.starts_with("dau"), name.clone()));
    assert!(pipelines.len() > 3);
    for pipeline in &pipelines {
        call(&folder, &["run", pipeline]);
    }
    (folder.join("luu-tru"), pipelines)
}

/// The same with a release of its first term, for what only releases hold.
fn archive(name: &str) -> PathBuf {
    let (archive, pipelines) = drafts(name);
    call(archive.parent().unwrap(), &["release", &pipelines[0], "--kind", "provisional"]);
    archive
}

/// Every Parquet file below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            found.push(path);
        }
    }
}

fn stored(kind: &DataType) -> String {
    match kind {
        DataType::Utf8 => "string".to_owned(),
        DataType::Decimal128(precision, scale) => format!("decimal({precision},{scale})"),
        DataType::List(inner) => format!("list({})", stored(inner.data_type())),
        DataType::Dictionary(_, kind) => stored(kind),
        DataType::Date32 => "date".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

#[test]
fn every_file_of_runs_and_releases_is_as_described() {
    let tables = Schemas::load(None).unwrap().archive_tables;
    let mut paths = Vec::new();
    files(&archive("archive-tables"), &mut paths);
    let mut seen = BTreeSet::new();
    for path in &paths {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let table = tables.table(&name).unwrap_or_else(|| panic!("{name} is not described"));
        check(table, path);
        seen.insert(name);
    }
    let described: BTreeSet<String> = tables.tables.iter().map(|table| table.name.clone()).collect();
    assert_eq!(described, seen, "what is described is written, and what is written is described");
}

fn check(table: &ArchiveTable, path: &Path) {
    let content = StoredTable::open(path);
    let mut fixed = table.columns.iter().map(|column| column.name.as_str()).peekable();
    for (field, values) in content.0.schema().fields().iter().zip(content.0.columns()) {
        let (name, place) = (field.name().as_str(), format!("{} {}", path.display(), field.name()));
        // Columns that vary stand between those that do not, or after them.
        if fixed.peek() == Some(&name) {
            fixed.next();
        } else {
            assert!(table.varies(), "{place} is not described, or stands elsewhere");
        }
        let described = table.column(name).unwrap();
        assert_eq!(stored(field.data_type()), described.stored, "{place}");
        assert!(described.null.is_some() || values.null_count() == 0, "{place} has nulls");
        if !described.values.is_empty() {
            for value in content.texts(name).iter().flatten() {
                assert!(described.values.contains(value), "{place}: {value}");
            }
        }
        assert!(!described.description.vi().contains('{') && !described.description.en().contains('{'), "{place}");
    }
    assert_eq!(fixed.next(), None, "{}", path.display());
    if !table.key.is_empty() {
        let keys: Vec<_> = table.key.iter().map(|column| content.texts(column)).collect();
        let mut seen = BTreeSet::new();
        let key_of = |row: usize| keys.iter().map(|texts| texts[row].clone()).collect::<Vec<_>>();
        assert!((0..content.0.num_rows()).all(|row| seen.insert(key_of(row))), "{}: {:?} stands twice", path.display(), table.key);
    }
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let pairs = reader.metadata().file_metadata().key_value_metadata().unwrap();
    let declared = pairs.iter().find(|pair| pair.key == "tkgd.sorted_by").unwrap().value.clone().unwrap();
    assert_eq!(declared, table.sorted_by.join(","), "{}", path.display());
}

#[test]
fn groupings_of_the_register_have_their_names() {
    let tables: ArchiveTables = Schemas::load(None).unwrap().archive_tables;
    let units = tables.table("units").unwrap();
    assert_eq!(units.column("commune").unwrap().description.vi(), "Cách nhóm của danh sách đơn vị: Xã/phường");
    // What columns are split by stands in rows: as columns it would differ from term to term.
    assert!(tables.table("columns").unwrap().column("sex").is_none());
    assert!(tables.table("cells").unwrap().column("sex").is_none());
    assert_eq!(tables.table("unit_indicators").unwrap().columns, tables.table("indicators").unwrap().columns);
}
