//! Records read out of Parquet column by column are the records that were written; what means nothing is told by column and row.

use std::path::Path;
use std::sync::{Arc, Mutex};

use arrow_array::{ArrayRef, Date32Array, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;

use super::record_files::{STYLES, Style, write_records};
use super::support::scratch;
use super::tabulate::{Counts, Province, by_cell, counted, days, definitions, province};
use super::workspace::schemas;

use tkgd::records::RecordBook;
use tkgd::tabulate::columnar::{ColumnarTable, RecordKeys, Unread, UnreadKind};
use tkgd::tabulate::{FormDefinition, NONE, NOWHERE, Profile, RecordRows, Tabulation};

/// Writes a province, rows of what belongs to schools in an order of their own.
fn written(folder: &Path, book: &RecordBook, province: &Province, style: Style, group: usize, is_turned: bool) {
    let write = |rows: &RecordRows, is_turned: bool| {
        let mut order: Vec<usize> = (0..rows.len).collect();
        if is_turned {
            order.reverse();
        }
        let path = folder.join(format!("{}.parquet", book.entities[rows.entity].id));
        write_records(&path, book, rows, &order, style, group);
    };
    write(&province.schools, false);
    write(&province.classes, false);
    province.others.iter().for_each(|rows| write(rows, is_turned));
}

/// Counts of the records in a folder, and what could not be taken.
fn read(folder: &Path, book: &RecordBook, definitions: &[FormDefinition]) -> (Counts, Unread) {
    let open = |entity| ColumnarTable::open(book, entity, &folder.join(format!("{}.parquet", book.entities[entity].id))).unwrap();
    let (mut keys, mut unread) = (RecordKeys::default(), Unread::default());
    let mut owners = |entity| {
        let table = open(entity);
        let own = table.read_owners(&table.canonical(), &mut keys).unwrap();
        unread.merge(&own.unread);
        own.rows
    };
    let (schools, classes) = (owners(book.school), owners(book.class));
    let tabulation = Tabulation::new(book, definitions, schools, classes, days()).unwrap();
    for entity in book.entities.indexes().filter(|entity| ![book.school, book.class].contains(entity)) {
        let table = open(entity);
        unread.merge(&table.read(&table.canonical(), &keys, &|rows| tabulation.count(rows)).unwrap());
    }
    (by_cell(tabulation.finish()), unread)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10, ..ProptestConfig::default() })]

    /// Whoever wrote the file, however its row groups are cut and its rows turned, the counts are those of the records in memory.
    #[test]
    fn parquet_counts_as_the_records_in_memory(seed in 0u64..1_000, style in 0..STYLES.len(), group in 50usize..700, is_turned in any::<bool>()) {
        let book = RecordBook::load(&schemas().files).unwrap();
        let definitions = definitions(&book, Profile::Form);
        let province = province(&book, seed);
        let folder = scratch(&format!("columnar-{style}-{group}"));
        written(&folder, &book, &province, STYLES[style], group, is_turned);
        let (counts, unread) = read(&folder, &book, &definitions);
        let odd: Vec<_> = unread.iter().filter(|(_, kind, _)| *kind != UnreadKind::Missing).collect();
        prop_assert!(odd.is_empty(), "{:?}", odd);
        prop_assert_eq!(counts, counted(&book, &definitions, &province));
    }
}

fn table(path: &Path, columns: Vec<(&str, ArrayRef)>) {
    let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true))).unwrap();
    let mut writer = ArrowWriter::try_new(std::fs::File::create(path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
}

fn texts(values: &[&str]) -> ArrayRef {
    Arc::new(values.iter().map(|text| (!text.is_empty()).then_some(*text)).collect::<StringArray>())
}

/// What each column did not give: heading, kind, first rows, how many.
fn told(unread: &Unread) -> Vec<(String, UnreadKind, Vec<u64>, u64)> {
    unread.iter().map(|(heading, kind, own)| (heading.to_owned(), kind, own.rows.clone(), own.count)).collect()
}

#[test]
fn what_means_nothing_is_told_by_column_and_row() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let folder = scratch("columnar-unread");
    let at = |name: &str| folder.join(name);
    table(
        &at("school"),
        vec![
            ("school", texts(&["A", "B", "A", ""])),
            ("levels", texts(&["06", "Tiểu học", "06", "06"])),
            ("ownership", texts(&["01", "?", "01", "01"])),
        ],
    );
    table(
        &at("class"),
        vec![
            ("school", texts(&["A", "B", "C", "A"])),
            ("class", texts(&["1A", "1A", "1A", "1A"])),
            ("grade", texts(&["01", "2", "03", "01"])),
        ],
    );
    let long = "Nguyễn Thị Bí Mật 0912345678";
    let pupils = vec![
        ("school", texts(&["B", "A", "Z", "A", "A"])),
        ("class", texts(&["1A", "1A", "1A", "9Z", ""])),
        ("sex", texts(&["nữ", "01", "02", long, ""])),
        ("ethnicity", texts(&["Kinh", "1", "Hmông", "05", "55"])),
        ("born", Arc::new(Date32Array::from(vec![16_000, 16_001, 3_000_000, 16_002, 16_003])) as ArrayRef),
        ("inclusive", Arc::new(Int32Array::from(vec![Some(1), Some(0), Some(36), None, Some(1)]))),
        ("name", texts(&[long; 5])),
    ];
    table(&at("pupil"), pupils);
    let mut keys = RecordKeys::default();
    let open = |entity, name: &str| ColumnarTable::open(&book, entity, &at(name)).unwrap();
    let schools = open(book.school, "school");
    let schools = schools.read_owners(&schools.canonical(), &mut keys).unwrap();
    let expected = |heading: &str, kind, rows: &[u64]| (heading.to_owned(), kind, rows.to_vec(), rows.len() as u64);
    assert_eq!(
        told(&schools.unread),
        [
            expected("ownership", UnreadKind::Value, &[2]),
            expected("school", UnreadKind::Missing, &[4]),
            expected("school", UnreadKind::Twice, &[3])
        ]
    );
    assert_eq!((schools.rows.len, &schools.rows.school), (2, &vec![0, 1]));
    let classes = open(book.class, "class");
    let classes = classes.read_owners(&classes.canonical(), &mut keys).unwrap();
    assert_eq!(told(&classes.unread), [expected("class", UnreadKind::Twice, &[4]), expected("school", UnreadKind::Owner, &[3])]);
    assert_eq!((classes.rows.school, classes.rows.class), (vec![0, 1], vec![0, 1]));
    let pupil = book.entity("pupil").unwrap();
    let table = open(pupil, "pupil");
    assert_eq!(table.rows(), 5);
    let batches = Mutex::new(Vec::new());
    let unread = table.read(&table.canonical(), &keys, &|rows| batches.lock().unwrap().push(rows.clone())).unwrap();
    assert_eq!(
        told(&unread),
        [
            expected("born", UnreadKind::Value, &[3]),
            expected("class", UnreadKind::Missing, &[5]),
            expected("class", UnreadKind::Owner, &[4]),
            expected("inclusive", UnreadKind::Value, &[3]),
            expected("school", UnreadKind::Owner, &[3]),
            expected("sex", UnreadKind::Missing, &[5]),
            expected("sex", UnreadKind::Value, &[4]),
        ]
    );
    let batches = batches.into_inner().unwrap();
    let [rows] = &batches[..] else { panic!("one batch") };
    assert_eq!((&rows.school, &rows.class), (&vec![1, 0, NOWHERE, 0, 0], &vec![1, 0, NOWHERE, NOWHERE, NOWHERE]));
    let field = |id: &str| &rows.fields[book.entities[pupil].field(id).unwrap()];
    assert_eq!(field("sex"), &[1, 0, 1, NONE, NONE]);
    assert_eq!(field("born"), &[16_000, 16_001, NONE, 16_002, 16_003]);
    assert_eq!(field("ethnicity"), &[0, 0, 7, 4, 54]);
    assert!(!format!("{unread:?}{rows:?}").contains("Nguyễn"));
}

#[test]
fn a_damaged_file_is_an_error_and_a_column_that_is_not_there_too() {
    let book = RecordBook::load(&schemas().files).unwrap();
    let folder = scratch("columnar-damaged");
    let path = folder.join("school");
    table(&path, vec![("school", texts(&["A"; 500])), ("levels", texts(&["06"; 500]))]);
    let whole = std::fs::read(&path).unwrap();
    let table = ColumnarTable::open(&book, book.school, &path).unwrap();
    let mut mappings = table.canonical();
    mappings[0].heading = "mã".into();
    let problem = table.read_owners(&mappings, &mut RecordKeys::default()).unwrap_err();
    assert!(problem.message().said(tkgd::base::message::Lang::Vi).contains("không có cột `mã`"), "{problem}");
    for at in [4, whole.len() / 3, whole.len() / 2, whole.len() - 9] {
        let mut damaged = whole.clone();
        damaged[at..at + 4].fill(0xff);
        std::fs::write(&path, &damaged).unwrap();
        let read = || {
            let table = ColumnarTable::open(&book, book.school, &path)?;
            table.read_owners(&table.canonical(), &mut RecordKeys::default())
        };
        // Read or refused, but never given up.
        if let Ok(own) = read() {
            assert!(own.rows.len <= 500);
        }
    }
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(ColumnarTable::open(&book, book.school, &path).is_err());
}
