//! The same answers with and without a reduction, over tables made by chance; and which questions are reduced.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use polars::prelude::{DataFrame, LazyFrame, NamedFrom as _, ParquetWriter, PlRefPath, ScanArgsParquet, Series};
use polars::sql::SQLContext;
use proptest::prelude::*;

use super::{reduce, run};

/// Questions, and whether the large table is then read for some of its rows only.
const QUESTIONS: &[(&str, bool)] = &[
    (
        "SELECT f.code, SUM(f.value) AS n FROM figures AS f JOIN units AS u ON f.year = u.year AND f.unit = u.unit WHERE u.district = 'A' GROUP BY f.code",
        true,
    ),
    // Written the other way round.
    (
        "SELECT f.code, SUM(f.value) AS n FROM units AS u JOIN figures AS f ON f.year = u.year AND f.unit = u.unit WHERE u.district = 'A' GROUP BY f.code",
        true,
    ),
    ("SELECT f.unit, f.value FROM figures AS f LEFT SEMI JOIN (SELECT * FROM units WHERE district = 'B') AS u ON f.unit = u.unit", true),
    // The condition leaves nothing of rows without a unit: the join is then an inner one.
    ("SELECT f.unit, f.value FROM figures AS f LEFT JOIN units AS u ON f.year = u.year AND f.unit = u.unit WHERE u.district = 'A'", true),
    // The figures of units of a district, whether there are any or not.
    (
        "SELECT u.unit, f.value FROM (SELECT * FROM units WHERE district = 'A') AS u LEFT JOIN figures AS f ON f.year = u.year AND f.unit = u.unit",
        true,
    ),
    // Through sums, and through tables side by side.
    (
        "SELECT s.unit, s.n FROM (SELECT unit, year, SUM(value) AS n FROM figures GROUP BY unit, year) AS s JOIN units AS u ON s.unit = u.unit AND s.year = u.year WHERE u.district = 'C'",
        true,
    ),
    (
        "SELECT a.unit, a.value FROM (SELECT unit, value FROM figures WHERE code = 'A' UNION ALL SELECT unit, year AS value FROM figures WHERE code = 'B') AS a \
         JOIN units AS u ON a.unit = u.unit WHERE u.district = 'A'",
        true,
    ),
    // Through another join, and for what both are joined on.
    (
        "SELECT f.unit, k.label, f.value FROM figures AS f JOIN codes AS k ON f.code = k.code JOIN units AS u ON f.unit = u.unit AND f.year = u.year \
         WHERE u.district = 'A' AND k.label <> 'x'",
        true,
    ),
    // The engine reads the table once for two places.
    (
        "SELECT f.unit, g.value FROM figures AS f JOIN figures AS g ON f.unit = g.unit AND f.code = g.code JOIN units AS u ON f.unit = u.unit WHERE u.district = 'B'",
        false,
    ),
    // Every row of the figures stays.
    (
        "SELECT f.unit, f.value, u.name FROM figures AS f LEFT JOIN (SELECT * FROM units WHERE district = 'A') AS u ON f.year = u.year AND f.unit = u.unit",
        false,
    ),
    (
        "SELECT f.unit, f.value, u.name FROM figures AS f FULL JOIN (SELECT * FROM units WHERE district = 'A') AS u ON f.year = u.year AND f.unit = u.unit",
        false,
    ),
    (
        "SELECT f.unit, f.value FROM figures AS f LEFT ANTI JOIN (SELECT * FROM units WHERE district = 'A') AS u ON f.year = u.year AND f.unit = u.unit",
        false,
    ),
    // Places and shares count rows that other units have.
    (
        "SELECT r.unit, r.place FROM (SELECT unit, value, RANK() OVER (ORDER BY value) AS place FROM figures) AS r JOIN units AS u ON r.unit = u.unit WHERE u.district = 'A'",
        false,
    ),
    (
        "SELECT r.unit FROM (SELECT unit, value FROM figures ORDER BY value, unit LIMIT 7) AS r JOIN units AS u ON r.unit = u.unit WHERE u.district = 'A'",
        false,
    ),
    // All units are wanted, or other keys than columns decide.
    (
        "SELECT u.district, SUM(f.value) AS n FROM figures AS f JOIN units AS u ON f.year = u.year AND f.unit = u.unit GROUP BY u.district",
        false,
    ),
    ("SELECT f.unit, f.value FROM figures AS f JOIN units AS u ON UPPER(f.unit) = UPPER(u.unit) WHERE u.district = 'A'", false),
];

/// A unit of a year: its number, its district; nothing where neither is known.
type Unit = (i64, Option<u8>, Option<u8>);
/// A figure: year, unit, code, value.
type Figure = (i64, Option<u8>, u8, Option<i64>);

fn text(number: Option<u8>) -> Option<String> {
    number.map(|number| char::from(b'A' + number).to_string())
}

struct Tables {
    folder: PathBuf,
}

impl Tables {
    fn write(name: &str, units: &[Unit], figures: &[Figure]) -> Self {
        let folder = std::env::temp_dir().join(format!("tkgd-reduce-{}-{name}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let tables = Self { folder };
        tables.put(
            "units",
            vec![
                Series::new("year".into(), units.iter().map(|unit| unit.0).collect::<Vec<_>>()),
                Series::new("unit".into(), units.iter().map(|unit| text(unit.1)).collect::<Vec<_>>()),
                Series::new("district".into(), units.iter().map(|unit| text(unit.2)).collect::<Vec<_>>()),
                Series::new("name".into(), units.iter().map(|unit| text(unit.1)).collect::<Vec<_>>()),
            ],
        );
        // Something that makes the file of figures many times larger than the others.
        let notes: Vec<String> = (0..figures.len() * 40).map(|i| format!("{}{}", i, i * 7919 % 104_729)).collect();
        tables.put(
            "figures",
            vec![
                Series::new("year".into(), figures.iter().map(|figure| figure.0).collect::<Vec<_>>()),
                Series::new("unit".into(), figures.iter().map(|figure| text(figure.1)).collect::<Vec<_>>()),
                Series::new("code".into(), figures.iter().map(|figure| text(Some(figure.2))).collect::<Vec<_>>()),
                Series::new("value".into(), figures.iter().map(|figure| figure.3).collect::<Vec<_>>()),
                Series::new("note".into(), notes.chunks(40).map(<[String]>::concat).collect::<Vec<_>>()),
            ],
        );
        tables.put("codes", vec![Series::new("code".into(), ["A", "B", "C"]), Series::new("label".into(), ["x", "y", "z"])]);
        tables
    }

    fn put(&self, name: &str, columns: Vec<Series>) {
        let mut frame = DataFrame::new_infer_height(columns.into_iter().map(Into::into).collect()).unwrap();
        let file = std::fs::File::create(self.folder.join(name)).unwrap();
        ParquetWriter::new(file).finish(&mut frame).unwrap();
    }

    fn scan(&self, name: &str) -> LazyFrame {
        scan(&self.folder.join(name))
    }

    fn ask(&self, sql: &str) -> LazyFrame {
        let mut context = SQLContext::new();
        for name in ["units", "figures", "codes"] {
            context.register(name, self.scan(name));
        }
        context.execute(sql).unwrap_or_else(|e| panic!("{sql}: {e}"))
    }

    /// How often each row stands in the answer; and whether the plan was changed.
    fn answer(&self, sql: &str, is_reduced: bool) -> (BTreeMap<String, usize>, bool) {
        let mut plan = self.ask(sql).with_streaming(true).to_alp_optimized().unwrap();
        let before = plan.describe();
        if is_reduced {
            reduce(&mut plan).unwrap();
        }
        let is_changed = plan.describe() != before;
        let frame = run(plan).unwrap();
        let mut rows = BTreeMap::new();
        for row in 0..frame.height() {
            let row: Vec<String> = frame.columns().iter().map(|column| column.get(row).unwrap().to_string()).collect();
            *rows.entry(row.join(" ")).or_insert(0) += 1;
        }
        (rows, is_changed)
    }
}

fn scan(path: &Path) -> LazyFrame {
    LazyFrame::scan_parquet(PlRefPath::new(&*path.to_string_lossy()), ScanArgsParquet::default()).unwrap()
}

impl Drop for Tables {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

fn maybe(below: u8) -> impl Strategy<Value = Option<u8>> {
    (0..=below).prop_map(move |number| (number < below).then_some(number))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_reduced_plan_gives_the_same_rows(
        units in prop::collection::vec((0_i64..3, maybe(12), maybe(3)), 0..30),
        figures in prop::collection::vec((0_i64..3, maybe(14), 0_u8..3, prop::option::of(0_i64..50)), 1..80),
    ) {
        let tables = Tables::write("chance", &units, &figures);
        for (sql, _) in QUESTIONS {
            let (with, _) = tables.answer(sql, true);
            let (without, _) = tables.answer(sql, false);
            prop_assert_eq!(with, without, "{}", sql);
        }
    }
}

#[test]
fn questions_about_few_units_read_few_rows() {
    let units: Vec<Unit> = (0..24).map(|i| (i64::from(i / 12), Some(i % 12), Some(i % 3))).collect();
    let figures: Vec<Figure> =
        (0..400_i32).map(|i| (i64::from(i % 2), u8::try_from(i % 14).ok(), u8::try_from(i % 3).unwrap(), Some(i64::from(i)))).collect();
    let tables = Tables::write("which", &units, &figures);
    let mut wrong = Vec::new();
    for (sql, is_expected) in QUESTIONS {
        let (rows, is_reduced) = tables.answer(sql, true);
        assert!(!rows.is_empty(), "{sql}: no rows");
        if is_reduced != *is_expected {
            let plan = tables.ask(sql).with_streaming(true).to_alp_optimized().unwrap();
            wrong.push(format!("{sql}\n{}", plan.describe()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
