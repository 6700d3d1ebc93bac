//! The two official workbooks, and the transcription the form definitions were made from.
//!
//! Everything here is told by the reference files: what stands in every cell,
//! which sums fail in the real numbers, how each sheet is laid out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value as Json;
use tkgd::base::location::{CellRange, CellRef, parse_column};
use tkgd::base::number::{NumberLocale, from_float};
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::findings::{Finding, Severity, Verdict};
use tkgd::forms::{Basis, Form, HeaderContent, Schemas, Sheet};
use tkgd::jobs::{Checked, Session, check_files};
use tkgd::returns::{Placement, Status};
use tkgd::workbooks::{Filled, Isolation, Recogniser, fill};

use crate::support::{read, shared};

/// Short ids of the forms there are real workbooks of, with their coded rows and identities.
const FORMS: [(&str, usize, usize); 2] = [("01-MN-DN", 237, 122), ("02-TH-DN", 132, 78)];
const PERIOD: Period = Period { year: SchoolYear(2020), term: Term::Opening };

/// Identities of the transcription that a correct return may break, of those that the real workbooks do break.
const USUALLY: [(&str, &str); 1] = [("02-TH-ĐN", "110 = 111 + 112 + 113 + 114 + 115 + 116 + 117 + 118 + 119")];

/// A line of a reference table, by heading.
type Line = BTreeMap<String, String>;

fn forms_folder() -> Option<PathBuf> {
    shared().map(|folder| folder.join("reference/forms"))
}

fn table(path: &Path) -> Vec<Line> {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let headings = reader.headers().unwrap().clone();
    let line = |record: csv::StringRecord| headings.iter().map(str::to_owned).zip(record.iter().map(str::to_owned)).collect();
    let lines: Vec<Line> = reader.records().map(|record| line(record.unwrap())).collect();
    assert!(!lines.is_empty(), "{}", path.display());
    lines
}

fn form<'a>(schemas: &'a Schemas, short: &str) -> &'a Arc<Form> {
    schemas.form(&format!("tt24-2018/{short}")).unwrap()
}

/// The sheet with this printed name.
fn sheet<'a>(form: &'a Form, name: &str) -> &'a Sheet {
    form.layout.sheets.iter().find(|sheet| &*sheet.name == name).unwrap_or_else(|| panic!("no sheet {name}"))
}

fn address(text: &str) -> CellRef {
    text.parse().unwrap()
}

/// The index of the column under these headings, trimmed and joined with ` > `.
fn column_of(sheet: &Sheet, path: &str) -> usize {
    let found = sheet.columns.iter().position(|column| joined(&column.path) == path);
    found.unwrap_or_else(|| panic!("{}: no column `{path}`", sheet.name))
}

fn joined(path: &[Arc<str>]) -> String {
    let parts: Vec<String> = path.iter().map(|part| part.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    parts.join(" > ")
}

fn coded_of(sheet: &Sheet, code: &str) -> usize {
    sheet.find_code(code).unwrap_or_else(|| panic!("{}: no code {code}", sheet.name))
}

fn official(folder: &Path, short: &str) -> PathBuf {
    folder.join(format!("official/{short}.xlsx"))
}

/// Where a slot of a sheet stood in the workbook: sheet name and cell.
fn place(filled: &Filled, sheet_index: usize, coded: usize, column: usize) -> (Arc<str>, CellRef) {
    match &filled.placements[sheet_index] {
        Placement::Grid { sheet, rows, columns } => (Arc::clone(sheet), CellRef::new(rows[coded], columns[column])),
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_cell_of_the_real_workbooks_is_read() {
    let Some(folder) = forms_folder() else { return };
    let schemas = Schemas::load(None).unwrap();
    let recogniser = Recogniser::new(&schemas.forms);
    for (short, ..) in FORMS {
        let form = form(&schemas, short);
        let workbook = read(&std::fs::read(official(&folder, short)).unwrap()).unwrap();
        let Some((recognised, true)) = recogniser.recognise(&workbook) else { panic!("{short} is not recognised") };
        assert_eq!(recognised.layout.id, form.layout.id);
        let filled = fill(&workbook, &recognised, NumberLocale::Vi);
        let lines = table(&folder.join(format!("{short}.cells.csv")));
        let mut seen = BTreeSet::new();
        for line in &lines {
            let sheet = sheet(form, &line["sheet"]);
            let (coded, column) = (coded_of(sheet, &line["code"]), sheet.find_column(line["col_no"].parse().unwrap()).unwrap());
            let slot = sheet.slot(coded, column);
            assert!(seen.insert(slot), "{line:?} stands twice");
            let expected = match (line["value_kind"].as_str(), line["value"].as_str()) {
                ("number", number) => (Status::Reported, from_float(number.parse().unwrap(), sheet.number_kind().unwrap()).unwrap()),
                ("formula", _) => (Status::ErrorValue, 0),
                ("empty_string", _) => (Status::EmptyText, 0),
                ("missing", _) => (Status::Missing, 0),
                ("symbol", "?") => (Status::Unknown, 0),
                ("symbol", "#") => (Status::NotApplicable, 0),
                other => panic!("{other:?}"),
            };
            assert_eq!(filled.values.get(slot), expected, "{line:?}");
            let index = form.layout.sheets.iter().position(|other| other.id == sheet.id).unwrap();
            let at = address(&line["ref"]);
            assert_eq!(place(&filled, index, coded, column), (Arc::from(line["sheet"].as_str()), at), "{line:?}");
            assert_eq!(sheet.printed_at(coded, column), at, "{line:?}");
        }
        assert_eq!(seen.len(), form.layout.slots, "{short}: cells of the form that the transcription does not have");
    }
}

/// What a finding says: sheet, cell, rule, found, expected.
type Violation = (String, CellRef, String, String, String);

fn violation_of(finding: &Finding) -> Violation {
    let place = &finding.place;
    (
        place.sheet.as_deref().unwrap_or_default().to_owned(),
        place.cell.unwrap_or_else(|| panic!("{finding:?}")),
        finding.rule.to_string(),
        finding.found.plain(),
        finding.expected.plain(),
    )
}

/// `mã 90: 6 vs [7, 0, 0]` as code, printed total and parts.
fn column_failure(text: &str) -> (&str, i64, Vec<i64>) {
    let (code, rest) = text.strip_prefix("mã ").and_then(|text| text.split_once(": ")).unwrap();
    let (printed, parts) = rest.split_once(" vs ").unwrap();
    let parts = parts.trim_matches(['[', ']']).split(", ").map(|part| part.parse().unwrap());
    (code, printed.parse().unwrap(), parts.collect())
}

/// The violations that an identity of the transcription is known to have.
fn known_violations(sheet: &Sheet, line: &Line) -> Vec<Violation> {
    let failures = line["failures (cell: printed vs computed)"].split("; ");
    let named = |at: CellRef, rule: &str, found: i64, expected: i64| {
        (line["sheet"].clone(), at, rule.to_owned(), found.to_string(), expected.to_string())
    };
    if line["axis"] == "row" {
        let row_failure = |text: &str| {
            let (at, rest) = text.split_once(": ").unwrap();
            let (printed, computed) = rest.split_once(" vs ").unwrap();
            // Positions of staff are not exhaustive: what the Ministry's own export shows is a question.
            let rule = if USUALLY.contains(&(&*line["form"], &*line["identity"])) { "row-sum-usual" } else { "row-sum" };
            named(address(at), rule, printed.parse().unwrap(), computed.parse().unwrap())
        };
        return failures.map(row_failure).collect();
    }
    let (whole, part) = match Identity::parse(&line["identity"]) {
        Identity::ColumnSum(total, _) => (total, None),
        Identity::ColumnPart(whole, part) => (whole, Some(part)),
        other => panic!("{other:?}"),
    };
    let at = |code: &str, path: &str| sheet.printed_at(coded_of(sheet, code), column_of(sheet, path));
    failures
        .map(|text| {
            let (code, printed, parts) = column_failure(text);
            match &part {
                // A sum is wrong at its total, a part that is too large at the part.
                None => named(at(code, &whole), "column-sum", printed, parts.iter().sum()),
                Some(part) => named(at(code, part), "group-exceeds-total", parts[0], printed),
            }
        })
        .collect()
}

#[test]
fn the_real_workbooks_fail_as_known_and_nowhere_else() {
    let Some(folder) = forms_folder() else { return };
    let session = Session::open(None, Isolation::Child(PathBuf::from(env!("CARGO_BIN_EXE_tkgd")))).unwrap();
    let schemas = &session.schemas;
    let identities = table(&folder.join("identities.csv"));
    let mut all = 0;
    for (short, ..) in FORMS {
        let form = form(schemas, short);
        let mut known = Vec::new();
        let failing = |line: &&Line| *line["form"] == *form.symbol && line["status_in_sample"].starts_with("FAILS");
        for line in identities.iter().filter(failing) {
            known.extend(known_violations(sheet(form, &line["sheet"]), line));
        }
        all += known.len();
        for line in table(&folder.join(format!("{short}.cells.csv"))) {
            let rule = match (line["value_kind"].as_str(), line["value"].as_str()) {
                ("formula", _) => ("error-value", "#VALUE!"),
                ("symbol", "?") => ("unknown-value", "?"),
                _ => continue,
            };
            known.push((line["sheet"].clone(), address(&line["ref"]), rule.0.to_owned(), rule.1.to_owned(), String::new()));
        }
        let paths = [official(&folder, short)];
        let Checked { files, findings, .. } = check_files(&session, &paths, PERIOD, NumberLocale::Vi).unwrap();
        assert_eq!(files, 1);
        // What is probably wrong is a suggestion, not a violation.
        let failed = findings.iter().filter(|f| f.verdict == Verdict::Fail && f.rule != "likely-error");
        // Beside the identities of the transcription: seven groups of nursery age without a child.
        let (across, within): (Vec<_>, Vec<_>) = failed.partition(|f| schemas.rules.get(&f.rule).is_some_and(|rule| rule.form.is_some()));
        let across: Vec<String> = across.iter().map(|f| format!("{} {}", f.rule, f.place.cell.unwrap())).collect();
        let expected: &[&str] = if short == "01-MN-DN" { &["mn-groups-without-children E6", "mn-groups-without-children I6"] } else { &[] };
        assert_eq!(across, expected);
        // Errors only where the form defines a sum, or puts women of minorities within women.
        let is_error = |f: &&Finding| f.verdict == Verdict::Fail && f.severity == Severity::Error;
        for error in findings.iter().filter(is_error) {
            assert!(["row-sum", "column-sum", "group-exceeds-total"].contains(&&*error.rule), "{short}: {error:?}");
        }
        let mut found: Vec<Violation> = within.into_iter().map(violation_of).collect();
        known.sort();
        found.sort();
        assert_eq!(found, known, "{short}");
        check_not_evaluated(form, &findings);
    }
    assert_eq!(all, 34);
}

/// A rule is left unevaluated only over a cell that is said to be broken.
fn check_not_evaluated(form: &Form, findings: &[Finding]) {
    let broken: BTreeSet<_> =
        findings.iter().filter(|f| ["error-value", "unknown-value"].contains(&&*f.rule)).map(|f| (&f.place.sheet, f.place.cell)).collect();
    let mut seen = 0;
    for finding in findings.iter().filter(|f| f.verdict == Verdict::NotEvaluated) {
        seen += 1;
        for named in finding.found.plain().split(", ") {
            let at = address(named.split(' ').next().unwrap());
            assert!(broken.contains(&(&finding.place.sheet, Some(at))), "{}: {finding:?}", form.id);
        }
    }
    assert!(seen > 0);
}

/// An identity as the transcription writes it.
#[derive(Debug, PartialEq, Eq)]
enum Identity {
    /// `55 = 56 + 69`
    RowSum(String, Vec<String>),
    /// `2 >= mỗi dòng [9, 10]`
    RowParts(String, Vec<String>),
    /// `[A > B] = [C] + [D]`
    ColumnSum(String, Vec<String>),
    /// `[A] >= [B]`
    ColumnPart(String, String),
    /// `[1] A > B = [2]+[3]`
    Printed(u16, Vec<u16>),
}

impl Identity {
    fn parse(text: &str) -> Self {
        let codes = |text: &str, by: char| text.split(by).map(|code| code.trim().to_owned()).collect();
        if !text.starts_with('[') {
            if let Some((whole, parts)) = text.split_once(" >= mỗi dòng ") {
                return Self::RowParts(whole.to_owned(), codes(parts.trim_matches(['[', ']']), ','));
            }
            let (total, parts) = text.split_once(" = ").unwrap();
            return Self::RowSum(total.to_owned(), codes(parts, '+'));
        }
        let bare = |text: &str| text.trim_matches(['[', ']']).to_owned();
        if let Some((whole, part)) = text.split_once("] >= [") {
            return Self::ColumnPart(bare(whole), bare(part));
        }
        if let Some((total, parts)) = text.split_once("] = [") {
            return Self::ColumnSum(bare(total), parts.split("] + [").map(bare).collect());
        }
        let (total, parts) = text.split_once(" = ").unwrap();
        let number = |text: &str| text.trim_start_matches('[').split(']').next().unwrap().parse().unwrap();
        Self::Printed(number(total), parts.split('+').map(number).collect())
    }
}

/// A sum of a sheet as a comparable text: axis, total, parts in order, basis.
fn sums_of(sheet: &Sheet) -> BTreeSet<String> {
    let code = |coded: &usize| sheet.coded_row(*coded).code.as_deref().unwrap();
    let path = |column: &usize| joined(&sheet.columns[*column].path);
    let mut all = BTreeSet::new();
    for sum in &sheet.sums.rows {
        assert_eq!(sum.basis, Basis::Inferred);
        all.insert(format!("row {} = {:?}", code(&sum.total), sum.parts.iter().map(code).collect::<Vec<_>>()));
    }
    for sum in &sheet.sums.subsets {
        all.insert(format!("row {} >= {:?}", code(&sum.total), sum.parts.iter().map(code).collect::<Vec<_>>()));
    }
    for sum in &sheet.sums.columns {
        let parts: Vec<String> = sum.parts.iter().map(path).collect();
        all.insert(format!("column {} = {parts:?} {}", path(&sum.total), sum.basis.id()));
    }
    for bounds in &sheet.sums.bounds {
        let pairs = [
            (Some(bounds.total), bounds.women),
            (Some(bounds.total), bounds.minority),
            (Some(bounds.total), bounds.minority_women),
            (bounds.women, bounds.minority_women),
            (bounds.minority, bounds.minority_women),
        ];
        for (whole, part) in pairs.into_iter().filter_map(|(whole, part)| whole.zip(part)) {
            all.insert(format!("column {} >= {}", path(&whole), path(&part)));
        }
    }
    all
}

/// The same texts for the identities of the transcription.
///
/// One that is printed somewhere in the sheet is not inferred a second time.
fn identities_of(sheet: &Sheet, lines: &[&Line]) -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    let path = |number: u16| joined(&sheet.columns[sheet.find_column(number).unwrap()].path);
    for line in lines.iter().filter(|line| line["basis"] == "formula in cells") {
        let Identity::Printed(total, parts) = Identity::parse(&line["identity"]) else { panic!("{line:?}") };
        let parts: Vec<String> = parts.into_iter().map(path).collect();
        all.insert(format!("column {} = {parts:?} printed", path(total)));
    }
    for line in lines.iter().filter(|line| line["basis"] == "inferred") {
        let text = match Identity::parse(&line["identity"]) {
            Identity::RowSum(total, parts) => format!("row {total} = {parts:?}"),
            Identity::RowParts(whole, parts) => format!("row {whole} >= {parts:?}"),
            Identity::ColumnPart(whole, part) => format!("column {whole} >= {part}"),
            Identity::ColumnSum(total, parts) => {
                let text = format!("column {total} = {parts:?}");
                if all.contains(&format!("{text} printed")) {
                    continue;
                }
                format!("{text} inferred")
            }
            Identity::Printed(..) => panic!("{line:?}"),
        };
        assert!(all.insert(text), "{line:?} stands twice");
    }
    all
}

#[test]
fn the_definitions_have_every_identity_and_no_other() {
    let Some(folder) = forms_folder() else { return };
    let schemas = Schemas::load(None).unwrap();
    let identities = table(&folder.join("identities.csv"));
    for (short, _, count) in FORMS {
        let form = form(&schemas, short);
        let mut seen = 0;
        for (_, sheet) in form.layout.data_sheets() {
            let lines: Vec<&Line> =
                identities.iter().filter(|line| *line["form"] == *form.symbol && *line["sheet"] == *sheet.name).collect();
            seen += lines.len();
            assert_eq!(sums_of(sheet), identities_of(sheet, &lines), "{short} {}", sheet.name);
        }
        assert_eq!(seen, count, "{short}: identities on sheets the form does not have");
    }
}

/// What a form definition prints in a cell.
#[derive(Debug, Clone, PartialEq)]
enum Printed {
    Text(String),
    Number(f64),
}

/// Everything a sheet prints but its figures.
fn printed_of(sheet: &Sheet) -> BTreeMap<CellRef, Printed> {
    let mut cells = BTreeMap::new();
    let mut put = |at: CellRef, text: &str, is_number: bool| {
        if !text.is_empty() {
            let content = if is_number { Printed::Number(text.parse().unwrap()) } else { Printed::Text(text.to_owned()) };
            assert_eq!(cells.insert(at, content), None, "{}: {at} twice", sheet.name);
        }
    };
    for text in &sheet.texts {
        put(text.at, &text.text, false);
    }
    for cell in &sheet.header {
        match &cell.content {
            HeaderContent::Text(text) => put(cell.at, text, false),
            HeaderContent::Number(number) => put(cell.at, &number.to_string(), true),
        }
    }
    for row in &sheet.rows {
        put(CellRef::new(row.at, sheet.roles.tt), &row.tt, row.tt_is_number);
        put(CellRef::new(row.at, sheet.roles.label), &row.label, false);
        put(CellRef::new(row.at, sheet.roles.unit), &row.unit, false);
        put(CellRef::new(row.at, sheet.roles.code), row.code.as_deref().unwrap_or_default(), !row.code_is_text);
    }
    cells
}

/// The formulas a sheet prints, by cell.
fn formulas_of(sheet: &Sheet) -> BTreeMap<CellRef, String> {
    let mut cells = BTreeMap::new();
    for sum in sheet.sums.columns.iter().filter(|sum| sum.basis == Basis::Printed) {
        for coded in 0..sheet.coded.len() {
            let parts: Vec<String> = sum.parts.iter().map(|&part| sheet.printed_at(coded, part).to_string()).collect();
            cells.insert(sheet.printed_at(coded, sum.total), format!("={}", parts.join("+")));
        }
    }
    cells
}

fn is_figure(sheet: &Sheet, at: CellRef) -> bool {
    let is_coded = sheet.coded.iter().any(|&row| sheet.rows[row].at == at.row);
    is_coded && sheet.columns.iter().any(|column| column.at == at.column)
}

fn check_cells(short: &str, sheet: &Sheet, transcribed: &Json) {
    let mut printed = BTreeMap::new();
    let mut formulas = BTreeMap::new();
    for cell in transcribed["cells"].as_array().unwrap() {
        let at = address(cell["ref"].as_str().unwrap());
        if let Some(formula) = cell.get("formula") {
            formulas.insert(at, formula.as_str().unwrap().to_owned());
        } else if !is_figure(sheet, at) {
            let content = match (cell.get("text"), cell.get("number")) {
                (Some(text), None) => Printed::Text(text.as_str().unwrap().to_owned()),
                (None, Some(number)) => Printed::Number(number.as_f64().unwrap()),
                _ => panic!("{cell}"),
            };
            printed.insert(at, content);
        }
    }
    let defined = printed_of(sheet);
    for at in printed.keys().chain(defined.keys()) {
        assert_eq!(defined.get(at), printed.get(at), "{short} {}!{at}", sheet.name);
    }
    assert_eq!(formulas_of(sheet), formulas, "{short} {}", sheet.name);
}

/// Merges, widths and heights; paper and orientation are the definitions' own choice.
fn check_look(short: &str, sheet: &Sheet, transcribed: &Json) {
    let texts = |key: &str| transcribed[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned());
    let merges: BTreeSet<String> = sheet.look.merges.iter().map(CellRange::to_string).collect();
    assert_eq!(merges, texts("merged").collect(), "{short} {}", sheet.name);
    let number = |json: &Json| json.as_f64().unwrap();
    let column = |json: &Json| parse_column(json.as_str().unwrap()).unwrap();
    let last_column = column(&transcribed["last_col_with_content"]);
    for entry in transcribed["columns"].as_array().unwrap() {
        for at in column(&entry["from"])..=column(&entry["to"]).min(last_column) {
            let width = sheet.look.widths.iter().find(|own| (own.first..=own.last).contains(&at)).unwrap().width;
            // The definitions keep three decimals of a character.
            assert!((width - number(&entry["width"])).abs() < 0.001, "{short} {}: column {at} is {width}", sheet.name);
        }
    }
    let last_row = number(&transcribed["last_row_with_content"]);
    for entry in transcribed["row_heights"].as_array().unwrap() {
        let (first, last) = (number(&entry["from"]), number(&entry["to"]).min(last_row));
        for row in (0_u32..).skip_while(|row| f64::from(*row) < first).take_while(|row| f64::from(*row) <= last) {
            let height = sheet.look.heights.iter().find(|own| (own.first..=own.last).contains(&(row - 1))).unwrap().height;
            assert!((height - number(&entry["height"])).abs() < 0.001, "{short} {}: row {row} is {height}", sheet.name);
        }
    }
}

#[test]
fn the_definitions_print_what_was_transcribed() {
    let Some(folder) = forms_folder() else { return };
    let schemas = Schemas::load(None).unwrap();
    for (short, ..) in FORMS {
        let form = form(&schemas, short);
        let text = std::fs::read_to_string(folder.join(format!("{short}.json"))).unwrap();
        let transcribed: Json = serde_json::from_str(&text).unwrap();
        let sheets = transcribed["sheets"].as_array().unwrap();
        let names: Vec<&str> = sheets.iter().map(|sheet| sheet["name"].as_str().unwrap()).collect();
        let defined: Vec<&str> = form.layout.sheets.iter().map(|sheet| &*sheet.name).collect();
        assert_eq!(defined, names);
        for (sheet, transcribed) in form.layout.sheets.iter().zip(sheets) {
            check_cells(short, sheet, transcribed);
            check_look(short, sheet, transcribed);
        }
    }
}

#[test]
fn the_definitions_have_the_transcribed_rows_and_columns() {
    let Some(folder) = forms_folder() else { return };
    let schemas = Schemas::load(None).unwrap();
    for (short, coded, _) in FORMS {
        let form = form(&schemas, short);
        let mut lines = table(&folder.join(format!("{short}.rows.csv")));
        // A note under the table is a text of the sheet, not a row.
        lines.retain(|line| line["kind"] != "note");
        let rows: Vec<_> = form.layout.sheets.iter().flat_map(|sheet| sheet.rows.iter().map(move |row| (sheet, row))).collect();
        assert_eq!(rows.iter().filter(|(_, row)| row.code.is_some()).count(), coded);
        assert_eq!(rows.len(), lines.len());
        for ((sheet, row), line) in rows.into_iter().zip(&lines) {
            assert_eq!((&*sheet.name, (row.at + 1).to_string()), (line["sheet"].as_str(), line["excel_row"].clone()));
            assert_eq!(row.code.as_deref().unwrap_or_default(), line["code"], "{line:?}");
            assert_eq!((&*row.label, &*row.unit), (line["label_raw"].as_str(), line["unit"].as_str()), "{line:?}");
            assert_eq!(row.tt.trim(), line["tt"].trim(), "{line:?}");
            assert_eq!(row.indent.to_string(), line["level"], "{line:?}");
        }
        let columns: Vec<(String, u16, u16, String)> = form
            .layout
            .data_sheets()
            .flat_map(|(_, sheet)| sheet.columns.iter().map(|c| (sheet.name.to_string(), c.at, c.number, joined(&c.path))))
            .collect();
        let transcribed: Vec<(String, u16, u16, String)> = table(&folder.join(format!("{short}.columns.csv")))
            .into_iter()
            .map(|line| {
                (line["sheet"].clone(), parse_column(&line["col"]).unwrap(), line["col_no"].parse().unwrap(), line["header_path"].clone())
            })
            .collect();
        assert_eq!(columns, transcribed);
    }
}
