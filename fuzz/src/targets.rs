//! What is fuzzed: any bytes at each of the doors through which something comes in. Each target reads or refuses them;
//! a panic, an abort or a hang is a defect. The tests damage the seeds of `corpus` with the same targets.

use std::io::{Cursor, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock, PoisonError};

use tkgd::archive::{
    ArchiveReader, Area, Selection, TermKey, inputs_of, past_returns, read_coverage, read_forms, read_indicators, read_returns, read_tree,
    run_of, table_in,
};
use tkgd::base::location::CellRef;
use tkgd::base::number::NumberLocale;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Schemas, parse_toml, read_form};
use tkgd::ledger::Chain;
use tkgd::ooxml::annotate::{Annotation, Colour, Mark, annotate};
use tkgd::ooxml::{DefinedName, Format, inspect};
use tkgd::register::{NameIndex, Register, Tree};
use tkgd::rulebook::{Expression, TableRuleFile, TableRules};
use tkgd::rules::{RuleValue, evaluate};
use tkgd::sql::{Asked, SqlSession, TableCatalogue};
use tkgd::tables::Signs;
use tkgd::workbooks::{ClaimWords, Isolation, ReadContext, Recogniser, read_bytes, read_file, read_table, read_xlsx, read_xlsx_by_library};
use tkgd::workspace::Pipeline;
use zip::CompressionMethod;
use zip::write::{SimpleFileOptions, ZipWriter};

/// A name, and what takes the bytes.
pub type Target = (&'static str, fn(&[u8]));

/// Every target by name.
pub const TARGETS: [Target; 9] = [
    ("sql", sql),
    ("expression", expression),
    ("table", table),
    ("form", form),
    ("pipeline", pipeline),
    ("workbook", workbook),
    ("sheet", sheet),
    ("parquet", parquet),
    ("ledger", ledger),
];

/// The part of a workbook that [`sheet`] replaces.
const SHEET: &str = "xl/worksheets/sheet1.xml";
/// A workbook of one sheet around that part.
const AROUND: [(&str, &str); 3] = [
    (
        "_rels/.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
    ),
    (
        "xl/workbook.xml",
        r#"<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="I" sheetId="1" r:id="r1"/></sheets></workbook>"#,
    ),
    (
        "xl/_rels/workbook.xml.rels",
        r#"<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#,
    ),
];
/// A register for what needs units.
const REGISTER: &str = "code,name,kind,levels,reports_to,forms\n40,Sở A,department,,,\n40001,Xã B,commune,,40,\n40001001,Trường THCS C,school,THCS,40001,03-THCS-DN\n";

/// Tables of an archive that a target damages, one at a time.
const TABLES: [(&str, &[u8]); 6] = [
    ("forms", include_bytes!("../corpus/parquet/forms.parquet")),
    ("units", include_bytes!("../corpus/parquet/units.parquet")),
    ("coverage", include_bytes!("../corpus/parquet/coverage.parquet")),
    ("submissions", include_bytes!("../corpus/parquet/submissions.parquet")),
    ("amounts", include_bytes!("../corpus/parquet/amounts.parquet")),
    ("indicators", include_bytes!("../corpus/parquet/indicators.parquet")),
];

/// What is read once.
struct Known {
    schemas: Schemas,
    catalogue: TableCatalogue,
    claim_words: ClaimWords,
    recogniser: Recogniser,
    tree: Tree,
    /// Where files of this process stand.
    folder: PathBuf,
}

fn known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| {
        let folder = std::env::temp_dir().join(format!("tkgd-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let schemas = Schemas::load(None).unwrap();
        let register = folder.join("register.csv");
        std::fs::write(&register, REGISTER).unwrap();
        let register = Register::read(&read_table(&register, None, None, &Isolation::InProcess).unwrap(), &schemas.register).unwrap();
        Known {
            catalogue: TableCatalogue::load(&schemas).unwrap(),
            claim_words: schemas.files.toml("claims.toml").unwrap(),
            recogniser: Recogniser::new(&schemas.forms),
            tree: Tree::as_at(&register, day()).unwrap(),
            schemas,
            folder,
        }
    })
}

fn day() -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap()
}

const PERIOD: Period = Period { year: SchoolYear(2025), term: Term::Opening };

/// Puts bytes where a target reads them. Tests share a process: one at a time.
fn with_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    static ONE: Mutex<()> = Mutex::new(());
    let _one = ONE.lock().unwrap_or_else(PoisonError::into_inner);
    let path = known().folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, bytes).unwrap();
    read(&path);
}

/// A question over an empty archive: it is answered or refused, and names nothing outside.
pub fn sql(bytes: &[u8]) {
    let known = known();
    let shelf = ArchiveReader::open(Path::new("no-archive"), Selection::Published).unwrap();
    let session = SqlSession::open(&known.schemas, &known.catalogue, &shelf, &Asked::default()).unwrap();
    // What passes the door only names what is known; the engine may still not know how to answer.
    drop(session.ask(&String::from_utf8_lossy(bytes)));
}

/// An expression of a rule, and a file of table rules.
pub fn expression(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    if let Ok(file) = parse_toml::<TableRuleFile>("rules.toml", &text) {
        drop(TableRules::new(file));
    }
    let Ok(own) = Expression::parse(&text) else { return };
    // A name may stand for the whole again.
    drop(own.filled(&|_| Expression::parse(&text).ok(), &|name| (name.len() == 1).then(|| "7".to_owned())));
    let Ok(filled) = own.filled(&|_| None, &|_| Some("7".to_owned())) else { return };
    let mut count = 0;
    let resolved = filled.resolved(&mut |_| {
        count += 1;
        Ok(count - 1)
    });
    if let Ok(resolved) = resolved {
        let leaves: Vec<RuleValue> =
            (0..count).map(|at| if at % 2 == 0 { RuleValue::Missing } else { RuleValue::Text("7".into()) }).collect();
        let _ = evaluate(&resolved, &leaves);
    }
}

/// A list in text, and a register.
pub fn table(bytes: &[u8]) {
    for heading in [None, Some(2)] {
        with_file("list.csv", bytes, |path| {
            let Ok(table) = read_table(path, None, heading, &Isolation::InProcess) else { return };
            assert!(table.rows.iter().all(|row| row.line > 0));
            if let Ok(register) = Register::read(&table, &known().schemas.register) {
                drop(Tree::as_at(&register, day()));
            }
        });
    }
}

/// The file of a form.
pub fn form(bytes: &[u8]) {
    drop(read_form("tt25-2024", "form.toml", &String::from_utf8_lossy(bytes)));
}

/// A pipeline.
pub fn pipeline(bytes: &[u8]) {
    with_file("pipeline.toml", bytes, |path| {
        let Ok(own) = Pipeline::open(path) else { return };
        // What a pipeline names stays below its workspace or where it says, and is never nothing.
        drop(own.check_outputs());
        assert!(own.output().file_name().is_some() && !own.key().unwrap().to_string().contains(['/', '\\']));
    });
}

/// A file that may be a workbook: read as a return, and as one that goes back with marks.
pub fn workbook(bytes: &[u8]) {
    // The readers of other formats may abort: they run in a process of their own.
    let Some(inspected) = inspect(bytes).ok().filter(|inspected| inspected.format == Format::Xlsx) else { return };
    // Plain sheets are read without the library, and hold what it would have read.
    if let (Ok(ours), Ok(library)) = (read_xlsx(&inspected.bytes), read_xlsx_by_library(&inspected.bytes)) {
        assert!(ours == library, "a sheet is read in two ways");
    }
    let known = known();
    let context = ReadContext {
        recogniser: &known.recogniser,
        circular: "tt25-2024",
        period: PERIOD,
        tree: &known.tree,
        names: &NameIndex::new(&known.tree, &known.claim_words.names),
        claim_words: &known.claim_words,
        units: None,
        locale: NumberLocale::default(),
        signs: &Signs::default(),
        isolation: &Isolation::InProcess,
    };
    with_file("40001001-03-THCS-DN.xlsx", bytes, |path| {
        let reading = read_file(path, &context);
        // Taken for something or told.
        assert!(!reading.returns.is_empty() || !reading.findings.is_empty());
    });
    if let Ok(raw) = read_bytes(bytes, &Isolation::InProcess)
        && let Some(sheet) = raw.sheets.first()
    {
        let cell = CellRef::new(6, 3);
        let mark = Mark { sheet: sheet.name.clone(), cell, colour: Some(Colour::Red), comment: "a".to_owned() };
        let annotation = Annotation {
            marks: vec![mark],
            errors: None,
            name: DefinedName { name: "tkgd.tra_lai".to_owned(), value: "a".to_owned() },
            author: "tkgd".to_owned(),
        };
        if let Ok(copy) = annotate(bytes, &annotation) {
            assert!(read_bytes(&copy, &Isolation::InProcess).is_ok(), "a marked copy is not read again");
        }
    }
}

/// The one sheet of a workbook that is sound otherwise.
pub fn sheet(bytes: &[u8]) {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (name, content) in AROUND.iter().map(|(name, text)| (*name, text.as_bytes())).chain([(SHEET, bytes)]) {
        zip.start_file(name, stored).unwrap();
        zip.write_all(content).unwrap();
    }
    workbook(&zip.finish().unwrap().into_inner());
}

/// A Parquet file as each table of an archive that is read. Not as a list: the engine that reads those asks for as much memory
/// as a file says, which is why a child of the program reads them first.
pub fn parquet(bytes: &[u8]) {
    let known = known();
    let archive = known.folder.join("archive");
    let key = TermKey::of(PERIOD);
    let place = |table: &str, bytes: &[u8]| {
        let path = table_in(&archive, Area::Draft, table, &key);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let forms: Vec<_> = known.schemas.forms_of("tt25-2024").cloned().collect();
    with_file("archive/empty", &[], |_| {
        for (table, seed) in TABLES {
            place(table, seed);
        }
        let state = ArchiveReader::open(&archive, Selection::Working).unwrap().draft(&key).unwrap();
        for (table, seed) in TABLES {
            let path = place(table, bytes);
            // Not `recount`: the engine asks for as much memory as a file says. A question runs under a watch for that.
            match table {
                "forms" => drop((read_forms(&state), run_of(&path), inputs_of(&path), past_returns(Some(&state), &known.schemas, &forms))),
                "units" => drop(read_tree(&state, &known.schemas.register, day(), None)),
                "coverage" => drop(read_coverage(&state, "tt25-2024/03-THCS-DN")),
                "submissions" => drop(read_returns(&state, None)),
                "indicators" => drop(read_indicators(&state)),
                _ => drop(past_returns(Some(&state), &known.schemas, &forms)),
            }
            place(table, seed);
        }
    });
}

/// The lines of a ledger.
pub fn ledger(bytes: &[u8]) {
    let chain = Chain::read(bytes, None);
    assert!(chain.whole <= bytes.len());
}
