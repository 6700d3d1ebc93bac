//! Questions stay inside the archive and within their limits.

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::time::{Duration, Instant};

use tkgd::base::disk::{WORK_FOLDER, files_below};

use super::query::archive;
use super::support::{scratch, tkgd};
use super::workspace::files;

/// One archive for all questions here; none of them changes it.
fn shared_archive() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| archive("inside"))
}

/// Standard output, standard error and exit code of a question in English.
fn ask(arguments: &[&str]) -> (String, String, Option<i32>) {
    let output = tkgd().args(["--lang", "en", "query", "--draft", "--archive"]).arg(shared_archive()).args(arguments).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr), output.status.code())
}

/// Spellings by which engines are told to read something else than their tables; `@` is what to read.
const SPELLINGS: [&str; 34] = [
    "SELECT * FROM read_csv('@')",
    "SELECT * FROM READ_CSV('@') AS t",
    "SELECT * FROM read_parquet('@')",
    "SELECT * FROM read_ipc('@')",
    "SELECT * FROM read_json('@')",
    "SELECT * FROM read_csv_auto('@')",
    "SELECT * FROM scan_parquet('@')",
    "SELECT * FROM parquet_scan('@')",
    "SELECT * FROM read_text('@')",
    "SELECT * FROM glob('@')",
    "SELECT * FROM \"read_csv\"('@')",
    "SELECT * FROM main.read_csv('@')",
    "SELECT * FROM TABLE(read_csv('@'))",
    "SELECT * FROM LATERAL read_csv('@') AS t",
    "SELECT * FROM '@'",
    "SELECT * FROM \"@\"",
    "SELECT * FROM `@`",
    "SELECT * FROM [@]",
    "SELECT * FROM \"@\" AS cells",
    "SELECT * FROM units, \"@\"",
    "SELECT * FROM units JOIN \"@\" AS t ON units.unit = t.unit",
    "SELECT * FROM units JOIN read_csv('@') AS t ON units.unit = t.unit",
    "SELECT * FROM (SELECT * FROM read_csv('@')) AS t",
    "SELECT * FROM (units JOIN \"@\" AS t ON 1 = 1)",
    "WITH t AS (SELECT * FROM read_csv('@')) SELECT * FROM t",
    "WITH \"@\" AS (SELECT 1 AS x) SELECT * FROM \"@\"",
    "WITH t AS (SELECT * FROM u), u AS (SELECT * FROM '@') SELECT 1",
    "SELECT unit FROM units UNION ALL SELECT * FROM read_csv('@')",
    "SELECT unit FROM units EXCEPT SELECT * FROM \"@\"",
    "SELECT * FROM units WHERE EXISTS (SELECT 1 FROM read_csv('@'))",
    "SELECT * FROM units WHERE unit IN (SELECT unit FROM \"@\")",
    "SELECT (SELECT COUNT(*) FROM read_csv('@')) AS n",
    "SELECT read_text('@') AS t",
    "EXPLAIN SELECT * FROM read_csv('@')",
];

/// Asks every spelling about a place; each is refused before anything is done, and in words.
fn refused_in_every_spelling(place: &str) {
    for spelling in SPELLINGS {
        let sql = spelling.replace('@', place);
        let (out, error, code) = ask(&[&sql, "--timeout", "20"]);
        assert_eq!((code, &*out), (Some(2), ""), "{sql}: {error}");
        let told = ["not available", "path or an address", "name of a table", "there is no", "cannot be read"];
        assert!(told.iter().any(|said| error.contains(said)), "{sql}: {error}");
    }
}

#[test]
fn no_question_opens_a_connection() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    server.set_nonblocking(true).unwrap();
    let address = server.local_addr().unwrap();
    let came = AtomicUsize::new(0);
    let is_over = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watch = scope.spawn(|| {
            while !is_over.load(SeqCst) {
                match server.accept() {
                    Ok(_) => drop(came.fetch_add(1, SeqCst)),
                    Err(e) if e.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(2)),
                    Err(e) => panic!("{e}"),
                }
            }
        });
        let work = std::panic::catch_unwind(|| {
            refused_in_every_spelling(&format!("http://{address}/a.csv"));
            // The archive itself, also where a folder of that name lies here.
            let url = format!("http://{address}/kho");
            let folder = scratch("inside-address");
            for named in [false, true] {
                if named {
                    std::fs::create_dir_all(folder.join(format!("http:/{address}/kho/current/units/school_year=2025/term=opening")))
                        .unwrap();
                }
                let output = tkgd().args(["query", "SELECT 1", "--archive", &url]).current_dir(&folder).output().unwrap();
                let error = String::from_utf8(output.stderr).unwrap();
                assert!(output.status.code() == Some(2) && error.contains("là địa chỉ trên mạng"), "{error}");
            }
            let s3 = format!("s3://{address}/kho");
            assert_eq!(tkgd().args(["archive", "list", "--archive", &s3]).output().unwrap().status.code(), Some(2));
        });
        // The server does see what comes.
        std::net::TcpStream::connect(address).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        is_over.store(true, SeqCst);
        watch.join().unwrap();
        if let Err(problem) = work {
            std::panic::resume_unwind(problem);
        }
    });
    assert_eq!(came.load(SeqCst), 1, "only the test itself came");
}

/// Whoever opens a pipe that nobody writes to waits: the question would run into its time.
#[cfg(unix)]
#[test]
fn no_question_opens_a_file_outside_the_archive() {
    let folder = scratch("inside-files");
    for name in ["a.csv", "a.parquet", "units"] {
        assert!(Command::new("mkfifo").arg(folder.join(name)).status().unwrap().success());
    }
    refused_in_every_spelling(&folder.join("a.csv").to_string_lossy());
    let parquet = folder.join("a.parquet").to_string_lossy().into_owned();
    for sql in [format!("SELECT * FROM read_parquet('{parquet}')"), format!("SELECT * FROM \"{parquet}\"")] {
        let (_, error, code) = ask(&[&sql, "--timeout", "20"]);
        assert!(code == Some(2) && !error.contains("20 seconds"), "{error}");
    }
    // A file beside the program of the name of a table is not that table; one that is not there is.
    let here = |sql: &str| {
        tkgd().args(["query", "--draft", sql, "--timeout", "60", "--archive"]).arg(shared_archive()).current_dir(&folder).output().unwrap()
    };
    assert_eq!(here("SELECT COUNT(*) AS n FROM units").status.code(), Some(0));
    assert_eq!(here("SELECT COUNT(*) AS n FROM \"a.csv\"").status.code(), Some(2));
}

#[test]
fn long_and_deep_questions_are_refused_in_words_and_not_by_a_crash() {
    let folder = scratch("inside-long");
    let path = folder.join("q.sql");
    let ask_file = |sql: &str| {
        std::fs::write(&path, sql).unwrap();
        ask(&["--file", &path.to_string_lossy()])
    };
    let chain = |term: &str, between: &str, count: usize| vec![term; count].join(between);
    for sql in [
        format!("SELECT COUNT(*) AS n FROM units WHERE {}", chain("unit = '1'", " OR ", 3_000)),
        format!("SELECT COUNT(*) AS n FROM units WHERE {}", chain("unit = '1'", " AND ", 100_000)),
        format!("SELECT {} AS n", chain("1", " + ", 20_000)),
        format!("SELECT {} AS n", chain("1", " || ", 20_000)),
        format!("SELECT {}1{} AS n", "(".repeat(10_000), ")".repeat(10_000)),
        format!("SELECT {}1 AS n", "- ".repeat(10_000)),
        format!("SELECT {} 1 = 1 AS n", "NOT ".repeat(10_000)),
        format!("SELECT {}1{} AS n", "CASE WHEN 1 = 1 THEN ".repeat(3_000), " END".repeat(3_000)),
        format!("SELECT {} AS n", chain("CASE WHEN 1 = 1 THEN 1 ELSE 2 END", " + ", 5_000)),
        format!("SELECT 1{} AS n", "::int".repeat(5_000)),
        chain("SELECT 1 AS n", " UNION ALL ", 3_000),
        format!("SELECT COUNT(*) AS n FROM units{}", " JOIN units ON 1 = 1".repeat(3_000)),
        format!("SELECT * FROM {}units{}", "(SELECT * FROM ".repeat(150), ") AS a".repeat(150)),
        format!("SELECT '{}' AS n", "a".repeat(2 << 20)),
    ] {
        let (out, error, code) = ask_file(&sql);
        let shown: String = sql.chars().take(60).collect();
        assert_eq!((code, &*out), (Some(2), ""), "{shown}: {error}");
        assert!(error.contains("at most") && error.starts_with("error: `SQL` is not right"), "{shown}: {error}");
    }
    // What is within the limits is answered, on whatever stack.
    for sql in [
        format!("SELECT COUNT(*) AS n FROM units WHERE {}", chain("unit = '1'", " OR ", 160)),
        format!("SELECT COUNT(*) AS n FROM units WHERE {}", (0..160).map(|n| format!("unit = '{n}'")).collect::<Vec<_>>().join(" OR ")),
        format!("SELECT {} AS n", chain("1", " + ", 490)),
        format!("SELECT SUM({}) AS n FROM cells", chain("value", " + ", 490)),
        chain("SELECT COUNT(*) AS n FROM units", " UNION ALL ", 150),
        format!("SELECT COUNT(*) AS n FROM units WHERE unit IN ({})", chain("'0123456789'", ", ", 60_000)),
        format!("SELECT {}1{} AS n", "(".repeat(20), ")".repeat(20)),
    ] {
        let (_, error, code) = ask_file(&sql);
        assert_eq!(code, Some(0), "{}: {error}", sql.chars().take(60).collect::<String>());
    }
}

/// A question that no machine comes to the end of.
const ENDLESS: &str = "SELECT a.unit, a.value FROM cells AS a JOIN cells AS b ON a.form = b.form JOIN cells AS c ON a.form = c.form \
                       JOIN cells AS d ON a.form = d.form";

#[test]
fn a_question_ends_with_its_time_or_memory_and_leaves_nothing() {
    let folder = scratch("inside-limits");
    let before = "kept";
    for (limit, said) in [(["--timeout", "1"], "was not done within 1 seconds"), (["--memory", "32"], "needs more than 32 MB of memory")] {
        for out in ["a.csv", "a.parquet", "a.xlsx", "a.json", "a.txt"] {
            let path = folder.join(out);
            std::fs::write(&path, before).unwrap();
            let begun = Instant::now();
            let (shown, error, code) = ask(&[ENDLESS, limit[0], limit[1], "--replace", "--out", &path.to_string_lossy()]);
            // A large question may need all memory before its time is over.
            let is_memory = limit[0] == "--timeout" && error.contains("MB of memory");
            assert!(code == Some(2) && (error.contains(said) || is_memory), "{out} {limit:?}: {error}");
            assert!(shown.is_empty() && error.contains("nothing was written") && error.contains("hint: "), "{error}");
            assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
            assert_eq!(std::fs::read_to_string(&path).unwrap(), before, "{out}");
            std::fs::remove_file(&path).unwrap();
            let mut left = Vec::new();
            files_below(&folder.join(WORK_FOLDER), "new", &mut left).unwrap();
            assert!(files(&folder).is_empty() && left.is_empty(), "{out} {limit:?}: something is left: {left:?}");
        }
    }
    let (shown, error, code) = ask(&[ENDLESS, "--timeout", "1", "--format", "csv"]);
    assert!(code == Some(2) && shown.is_empty(), "no half answer on the way out: {} bytes, {error}", shown.len());
    // Within the limits nothing is different.
    let (shown, error, code) = ask(&["SELECT COUNT(*) AS n FROM cells", "--timeout", "60", "--memory", "2000", "--format", "csv"]);
    assert!(code == Some(0) && shown.starts_with("\u{feff}n\n"), "{shown} {error}");
}

/// A full disk is no empty answer.
#[cfg(target_os = "linux")]
#[test]
fn an_answer_that_does_not_arrive_is_an_error() {
    for format in ["csv", "json", "text"] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let words = ["query", "SELECT COUNT(*) FROM units", "--format", format, "--draft"];
        let output = super::support::tkgd().args(words).arg("--archive").arg(shared_archive()).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{format}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What stands where a table's file should be, and cannot be read, is named; nothing is left out in silence.
#[cfg(unix)]
#[test]
fn a_table_that_cannot_be_read_is_named() {
    let folder = super::support::scratch("inside-unreadable");
    super::support::copy_tree(shared_archive(), &folder.join("kho"));
    let cells = super::support::files_in(&folder)
        .into_iter()
        .find(|file| file.ends_with("cells.parquet") && file.to_string_lossy().contains("/draft/"))
        .unwrap();
    let cells = folder.join(cells);
    let asked = || {
        let output =
            super::support::tkgd().args(["query", "SELECT SUM(value) FROM cells", "--draft", "--archive"]).arg(folder.join("kho")).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(2));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("cells.parquet"), "{said}");
    };
    let whole = std::fs::read(&cells).unwrap();
    std::fs::write(&cells, &whole[..whole.len() / 2]).unwrap();
    asked();
    let mut damaged = whole.clone();
    damaged[16..whole.len() / 4 * 3].fill(0x5a);
    std::fs::write(&cells, damaged).unwrap();
    asked();
    std::fs::remove_file(&cells).unwrap();
    std::os::unix::fs::symlink("/dev/zero", &cells).unwrap();
    asked();
}
