//! What goes back to schools: their own workbooks with marks, and what comes back corrected.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::Command;

use regex::Regex;
use tkgd::ooxml::DefinedName;
use tkgd::ooxml::annotate::{Annotation, Colour, ErrorLine, ErrorSheet, Mark, annotate};
use tkgd::present::Content;
use tkgd::workbooks::{ReturnId, return_id};

use super::oracle::{has_office, python};
use super::support::{Parts, package, read, root, scratch, shared, tkgd};
use super::workspace::{Workspace, files, form, plan, schemas, values, values_of};

const REGISTER: &str = "\
Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp
09,Sở Giáo dục và Đào tạo,department,,,,
0900,Xã Một,commune,,,09,
0901,Trường mầm non Một,school,MN,public,0900,01-MN-DN
0902,Trường tiểu học Hai,school,TH,public,0900,02-TH-DN
";

/// Parts of a package by name.
pub type PartsOf = BTreeMap<String, Vec<u8>>;

/// The parts of a package.
pub fn parts(bytes: &[u8]) -> PartsOf {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let mut entry = zip.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            (name, content)
        })
        .collect()
}

fn text(parts: &PartsOf, name: &str) -> String {
    String::from_utf8(parts[name].clone()).unwrap()
}

/// A package of parts.
pub fn zipped(parts: &PartsOf) -> Vec<u8> {
    package(&parts.iter().map(|(name, content)| (name.as_str(), content.as_slice())).collect::<Vec<_>>())
}

/// Runs `tkgd return` over a workspace; gives the folder of the round.
pub fn give_back(workspace: &Workspace, more: &[&str]) -> PathBuf {
    let folder = workspace.folder.join("tra-lai");
    let mut command = tkgd();
    command.args(["return", "--format", "json"]).arg(workspace.folder.join("p.toml")).arg("--out").arg(&folder).args(more);
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    PathBuf::from(told["folder"].as_str().unwrap())
}

/// The findings of the last run, whatever its year.
pub fn findings(workspace: &Workspace) -> Vec<serde_json::Value> {
    let found = files(&workspace.folder.join("out")).into_iter().find(|(name, _)| name.ends_with("/phat-hien.json"));
    serde_json::from_slice(&found.unwrap().1).unwrap()
}

/// A workspace of 2020-2021 with the two real workbooks.
fn real(name: &str) -> Option<(Workspace, [(&'static str, Vec<u8>); 2])> {
    let official = shared()?.join("reference/forms/official");
    let workspace = Workspace::new(name, REGISTER, "", "");
    let pipeline = workspace.folder.join("p.toml");
    std::fs::write(&pipeline, std::fs::read_to_string(&pipeline).unwrap().replace("2025-2026", "2020-2021")).unwrap();
    let books = [("Trường mầm non Một/0901_mn.xlsx", "01-MN-DN.xlsx"), ("Trường tiểu học Hai/0902_th.xlsx", "02-TH-DN.xlsx")].map(
        |(copy, file)| {
            let bytes = std::fs::read(official.join(file)).unwrap();
            workspace.add(copy.split('/').next_back().unwrap(), &bytes);
            (copy, bytes)
        },
    );
    Some((workspace, books))
}

/// A sheet without what marks change: styles of cells, cells that hold nothing, the drawing.
fn unmarked(sheet: &str) -> String {
    let sheet = Regex::new(r#"<legacyDrawing xmlns:r="[^"]*" r:id="[^"]*"/>"#).unwrap().replace_all(sheet, "");
    let sheet = Regex::new(r#"(<c [^>]*?) s="\d+""#).unwrap().replace_all(&sheet, "$1");
    Regex::new(r#"<c r="[A-Z]+\d+"/>"#).unwrap().replace_all(&sheet, "").into_owned()
}

/// A text without what a pattern fits.
fn without(text: &str, pattern: &str) -> String {
    Regex::new(pattern).unwrap().replace_all(text, "").into_owned()
}

/// What stands between the tags of an element.
fn inside<'a>(text: &'a str, element: &str) -> &'a str {
    let start = text.find(&format!("<{element} ")).unwrap();
    let start = start + text[start..].find('>').unwrap() + 1;
    &text[start..text.find(&format!("</{element}>")).unwrap()]
}

fn compare(before: &PartsOf, after: &PartsOf) -> usize {
    let mut marked = 0;
    for (name, content) in after {
        let Some(old) = before.get(name) else {
            let is_ours = ["xl/comments", "xl/drawings/vmlDrawing", "xl/worksheets/_rels/"].iter().any(|start| name.starts_with(start));
            assert!(is_ours, "{name} was added");
            continue;
        };
        if old == content {
            continue;
        }
        let (old, new) = (text(before, name), text(after, name));
        match name.as_str() {
            "[Content_Types].xml" => {
                assert_eq!(
                    without(&new, r#"<Override PartName="/xl/(comments\d+\.xml|drawings/vmlDrawing\d+\.vml)" ContentType="[^"]*"/>"#),
                    old
                );
            }
            "xl/workbook.xml" => {
                assert_eq!(without(&new, "<definedNames>.*</definedNames>"), old);
            }
            "xl/styles.xml" => {
                for list in ["fills", "cellXfs"] {
                    assert!(inside(&new, list).starts_with(inside(&old, list)), "{list}");
                }
                let lists = "<(fills|cellXfs) .*?</(fills|cellXfs)>";
                assert_eq!(without(&new, lists), without(&old, lists));
            }
            _ if new.contains("<hyperlinks>") => {
                let below = "(?s)</row>.*";
                // Behind the form's headings stand two of ours.
                let ours = r#"<c r="[EF]1" t="inlineStr">.*?</c>"#;
                let cells = |text: &str| without(&without(&text[text.find("<sheetData>").unwrap()..], below), ours);
                assert_eq!(cells(&new), cells(&old), "{name}");
            }
            _ if name.contains("_rels/") => assert!(new.contains(&old[..old.rfind("</").unwrap()]), "{name}"),
            _ => {
                assert!(name.starts_with("xl/worksheets/sheet"), "{name} was changed");
                assert_eq!(unmarked(&new), unmarked(&old), "{name}");
                marked += 1;
            }
        }
    }
    assert!(before.keys().all(|name| after.contains_key(name)));
    marked
}

#[test]
fn real_workbooks_differ_only_in_marks_comments_and_their_error_sheet() {
    let Some((workspace, books)) = real("returned-real") else { return };
    let folder = give_back(&workspace, &[]);
    for (copy, original) in &books {
        let after = std::fs::read(folder.join(copy)).unwrap();
        assert!(compare(&parts(original), &parts(&after)) > 0, "{copy}: no sheet is marked");
        assert_eq!(values_of(original), values_of(&after), "{copy}");
        let (one, two) = (read(original).unwrap(), read(&after).unwrap());
        assert!(return_id(&two).is_some_and(|id| id.answers.len() == 1 && copy.contains(&format!("/{}_", id.unit))));
        for (a, b) in one.sheets.iter().zip(&two.sheets).filter(|(a, _)| a.name != "Errors") {
            let cells = |sheet: &tkgd::ooxml::RawSheet| -> Vec<_> {
                sheet.cells.iter().map(|cell| (cell.at(), cell.value.clone(), cell.formula)).collect()
            };
            assert_eq!((&a.name, cells(a)), (&b.name, cells(b)), "{copy}");
        }
    }
    // Inputs stay as they were, and the same input gives the same bytes.
    let first = files(&folder);
    give_back(&workspace, &[]);
    assert_eq!(first, files(&folder));
    for (copy, original) in &books {
        assert_eq!(&std::fs::read(workspace.folder.join("bieu").join(copy.split('/').next_back().unwrap())).unwrap(), original);
    }
    // Sent back as they are, they say what they said before.
    let said = |workspace: &Workspace| -> BTreeSet<(String, String, String)> {
        workspace.run();
        let text = |finding: &serde_json::Value, key: &str| finding[key].as_str().unwrap_or_default().to_owned();
        findings(workspace).iter().map(|f| (text(f, "rule"), text(f, "file_sheet"), text(f, "cell"))).collect()
    };
    let before = said(&workspace);
    for (copy, _) in &books {
        workspace.add(copy.split('/').next_back().unwrap(), &first[*copy]);
    }
    assert_eq!(said(&workspace), before);
}

/// Sheets and cells of the findings with a cell, by file.
fn commented(workspace: &Workspace, file: &str) -> Vec<(String, String)> {
    workspace.run();
    let of_file = |finding: &serde_json::Value| {
        let is_it = finding["verdict"] == "fail" && finding["file"].as_str().is_some_and(|name| name.ends_with(file));
        let place = finding["file_sheet"].as_str().zip(finding["cell"].as_str());
        place.filter(|_| is_it).map(|(sheet, cell)| (sheet.to_owned(), cell.to_owned()))
    };
    findings(workspace).iter().filter_map(of_file).collect()
}

fn by_openpyxl(python: &str, original: &Path, copy: &Path, expected: &[(String, String)]) {
    let list = copy.with_extension("json");
    std::fs::write(&list, serde_json::to_string(expected).unwrap()).unwrap();
    let script = root().join("tests/oracle/returned.py");
    let output = Command::new(python).arg(script).args([original, copy, &list]).arg("Errors").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn other_programs_open_the_copies_and_see_the_comments() {
    let (Some(python), true) = (python(), has_office()) else { return };
    let Some((workspace, books)) = real("returned-opened") else { return };
    let folder = give_back(&workspace, &[]);
    for (copy, original) in &books {
        let name = copy.split('/').next_back().unwrap();
        let expected = commented(&workspace, name);
        assert!(!expected.is_empty());
        by_openpyxl(&python, &workspace.folder.join("bieu").join(name), &folder.join(copy), &expected);
        let converted = workspace.folder.join("converted");
        let profile = format!("-env:UserInstallation=file://{}", workspace.folder.join("profile").display());
        let output = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir"])
            .arg(&converted)
            .arg(folder.join(copy))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let saved = std::fs::read(converted.join(name)).unwrap();
        assert_eq!(values_of(&saved).numbers(), values_of(original).numbers());
        let saved = parts(&saved);
        let comments: usize = saved
            .iter()
            .filter(|(name, _)| name.contains("comments"))
            .map(|(name, _)| text(&saved, name).matches("<comment ").count())
            .sum();
        assert_eq!(comments, expected.iter().collect::<BTreeSet<_>>().len(), "{copy}");
    }
}

pub const ONE_SCHOOL: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\nS,Sở GDĐT,department,,,,\n\
X,Xã Một,commune,,,S,\nT01,Trường Tiểu học 1,school,TH,public,X,02-TH-DN\n";

/// A return with words in two cells of its first two sheets; also their addresses and right numbers.
pub fn soiled(rename: Option<&str>, words: &str) -> (Vec<u8>, Vec<(String, String, i64)>, tkgd::returns::Values) {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let right = values(&schemas, &form, 1);
    let mut book = plan(&schemas, &form, &right);
    let mut cells = Vec::new();
    for index in [0, 1] {
        let sheet = &mut book.sheets[index];
        if let Some(name) = rename.filter(|_| index == 0) {
            sheet.name = name.into();
        }
        // Figures stand right of the code column.
        let figure = |cell: &&mut tkgd::present::PlacedCell| cell.at.row > 8 && cell.at.column > 3;
        let cell = sheet.cells.iter_mut().filter(figure).find(|cell| matches!(cell.content, Content::Number(n) if n > 0.0)).unwrap();
        let Content::Number(number) = cell.content else { unreachable!() };
        cell.content = Content::Text(words.into());
        cells.push((sheet.name.to_string(), cell.at.to_string(), number as i64));
    }
    (tkgd::present::write_xlsx(&book).unwrap(), cells, right)
}

/// The workbook with a number typed into a cell that holds a text.
fn typed(bytes: &[u8], (sheet, cell, number): &(String, String, i64)) -> Vec<u8> {
    let mut parts = parts(bytes);
    let index = read(bytes).unwrap().sheets.iter().position(|known| known.name == *sheet).unwrap() + 1;
    let name = format!("xl/worksheets/sheet{index}.xml");
    let old = text(&parts, &name);
    let pattern = Regex::new(&format!(r#"<c r="{cell}"( s="\d+")? t="s"><v>\d+</v></c>"#)).unwrap();
    let new = pattern.replace(&old, format!(r#"<c r="{cell}"$1><v>{number}</v></c>"#));
    assert_ne!(new, old, "{sheet}!{cell}");
    parts.insert(name, new.into_owned().into_bytes());
    zipped(&parts)
}

fn rules(workspace: &Workspace) -> Vec<String> {
    let fails = findings(workspace).into_iter().filter(|finding| finding["verdict"] == "fail");
    fails.map(|finding| finding["rule"].as_str().unwrap().to_owned()).filter(|rule| rule != "submission-missing").collect()
}

#[test]
fn a_corrected_copy_is_the_next_version_and_so_is_its_correction() {
    let (bad, cells, right) = soiled(None, "hai");
    let workspace = Workspace::new("returned-corrected", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    assert_eq!(workspace.run().status.code(), Some(1));
    let copy = std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap();
    let half = typed(&copy, &cells[0]);
    workspace.add("T01_b.xlsx", &half);
    assert_eq!(workspace.run().status.code(), Some(1));
    assert!(rules(&workspace).contains(&"corrected-version".to_owned()));
    assert!(!rules(&workspace).contains(&"duplicate-submission".to_owned()));
    let places: Vec<(String, String)> = commented(&workspace, ".xlsx");
    assert!(places.contains(&(cells[1].0.clone(), cells[1].1.clone())) && !places.contains(&(cells[0].0.clone(), cells[0].1.clone())));
    // What goes back now answers the correction and the file before it; the middle one may get lost.
    let again = std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_b.xlsx")).unwrap();
    assert_eq!(return_id(&read(&again).unwrap()).unwrap().answers.len(), 2);
    workspace.add("T01_c.xlsx", &typed(&again, &cells[1]));
    for _ in 0..2 {
        assert_eq!(workspace.run().status.code(), Some(0), "{:?}", rules(&workspace));
        assert!(rules(&workspace).iter().all(|rule| rule == "corrected-version"), "{:?}", rules(&workspace));
        assert_eq!(workspace.report_values("S_02-TH-DN.xlsx").numbers(), right.numbers());
        if let Err(problem) = std::fs::remove_file(workspace.folder.join("bieu/T01_b.xlsx")) {
            assert_eq!(problem.kind(), std::io::ErrorKind::NotFound);
        }
    }
    // A file that answers nothing is no correction.
    workspace.add("T01_d.xlsx", &bad.iter().copied().chain([0]).collect::<Vec<_>>());
    workspace.run();
    let form = form(&schemas(), "02-TH-DN");
    workspace.add("T01_d.xlsx", &super::workspace::book(&schemas(), &form, &values(&schemas(), &form, 2)));
    workspace.run();
    assert!(rules(&workspace).contains(&"duplicate-submission".to_owned()));
}

/// A workbook without all sheets but its first.
pub fn first_sheet_of(bytes: &[u8]) -> Vec<u8> {
    let mut parts = parts(bytes);
    let book = text(&parts, "xl/workbook.xml");
    let mut sheets = 0;
    let book = Regex::new("<sheet [^>]*/>").unwrap().replace_all(&book, |found: &regex::Captures<'_>| {
        sheets += 1;
        if sheets == 1 { found[0].to_owned() } else { String::new() }
    });
    // Names of sheets that are gone would be.
    let book = Regex::new(r#"<definedName name="_xlnm[^>]*>[^<]*</definedName>"#).unwrap().replace_all(&book, "").into_owned();
    parts.insert("xl/workbook.xml".to_owned(), book.into_bytes());
    zipped(&parts)
}

#[test]
fn a_file_with_one_corrected_sheet_changes_only_that_sheet() {
    let (bad, cells, right) = soiled(None, "hai");
    let workspace = Workspace::new("returned-one-sheet", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    let copy = std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap();
    workspace.add("T01_b.xlsx", &first_sheet_of(&typed(&copy, &cells[0])));
    assert_eq!(workspace.run().status.code(), Some(1));
    assert!(!rules(&workspace).iter().any(|rule| rule == "sheet-missing" || rule == "duplicate-submission"), "{:?}", rules(&workspace));
    let total = workspace.report_values("S_02-TH-DN.xlsx");
    let differing = right.slots().filter(|&slot| total.numbers().at(slot) != right.numbers().at(slot)).count();
    assert!((1..10).contains(&differing), "only the second sheet's words are left: {differing}");
    // The other cell is still wrong, in the file it was taken over from, which itself is not to be sent again.
    let wrong: Vec<serde_json::Value> = findings(&workspace).into_iter().filter(|f| f["severity"] == "error").collect();
    let is_there = |f: &serde_json::Value| f["file"] == "bieu/T01_a.xlsx" && f["file_sheet"] == *cells[1].0 && f["cell"] == *cells[1].1;
    assert!(wrong.iter().any(is_there) && wrong.iter().all(|f| f["file_sheet"] != *cells[0].0), "{wrong:?}");
    assert!(!give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx").exists());
    assert!(findings(&workspace).iter().any(|f| f["rule"] == "corrected-version"));
    // Without the file it answers it is a file that lacks sheets.
    std::fs::remove_file(workspace.folder.join("bieu/T01_a.xlsx")).unwrap();
    workspace.run();
    assert!(rules(&workspace).contains(&"sheet-missing".to_owned()));
}

#[test]
fn odd_names_and_texts_like_formulas_do_no_harm() {
    let (bad, cells, _) = soiled(Some("A'&B <1>"), "=cmd|'/c calc'!A1");
    let workspace = Workspace::new("returned-hostile", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    let folder = give_back(&workspace, &[]);
    let copy = std::fs::read(folder.join("Trường Tiểu học 1/T01_a.xlsx")).unwrap();
    let parts = parts(&copy);
    let errors = parts.keys().filter(|name| name.starts_with("xl/worksheets/sheet")).map(|name| text(&parts, name));
    let errors = errors.filter(|sheet| sheet.contains("inlineStr")).collect::<Vec<_>>();
    let [errors] = &errors[..] else { panic!("{} sheets of errors", errors.len()) };
    // The shape of the text is told, not the text, and nothing of it is a formula.
    assert!(errors.contains("=aaa|&apos;/a aaaa&apos;!A0") && !errors.contains("calc") && !errors.contains("<f"), "{errors}");
    assert!(errors.contains(&format!("location=\"&apos;A&apos;&apos;&amp;B &lt;1&gt;&apos;!{}\"", cells[0].1)), "{errors}");
    let page = std::fs::read_to_string(folder.join("Trường Tiểu học 1/phieu-Trường Tiểu học 1.html")).unwrap();
    assert!(page.contains("A&#39;&amp;B &lt;1&gt;") && !page.contains("<1>") && !page.contains("http"), "{page}");
    assert!(read(&std::fs::read(folder.join("Trường Tiểu học 1/phieu-Trường Tiểu học 1.xlsx")).unwrap()).is_ok());
    let summary = std::fs::read_to_string(folder.join("tong-hop-Xã Một.html")).unwrap();
    assert!(summary.contains("Trường Tiểu học 1") && folder.join("tong-hop-Xã Một.xlsx").exists());
    if let Some(python) = python() {
        by_openpyxl(
            &python,
            &workspace.folder.join("bieu/T01_a.xlsx"),
            &folder.join("Trường Tiểu học 1/T01_a.xlsx"),
            &commented(&workspace, "T01_a.xlsx"),
        );
    }
}

#[test]
fn only_what_was_asked_for_goes_back_and_no_input_is_replaced() {
    let (bad, ..) = soiled(None, "hai");
    let register = format!("{ONE_SCHOOL}Y,Xã Hai,commune,,,S,\nT02,Trường Tiểu học 2,school,TH,public,Y,02-TH-DN\n");
    let workspace = Workspace::new("returned-some", &register, "", "");
    workspace.add("T01_a.xlsx", &bad);
    workspace.add("khong-ro.xlsx", b"not a workbook");
    let all: Vec<String> = files(&give_back(&workspace, &[])).into_keys().collect();
    let notes = [
        "Trường Tiểu học 1/T01_a.xlsx",
        "Trường Tiểu học 2/phieu-Trường Tiểu học 2.html",
        "chua-ro-don-vi/phieu-chua-ro-don-vi.xlsx",
        "tong-hop-Xã Một.html",
        "tong-hop-Xã Hai.xlsx",
    ];
    for name in notes {
        assert!(all.iter().any(|known| known == name), "{name} in {all:?}");
    }
    let some: Vec<String> = files(&give_back(&workspace, &["--unit", "X", "--only-errors"])).into_keys().collect();
    assert_eq!(
        some,
        [
            "Trường Tiểu học 1/T01_a.xlsx",
            "Trường Tiểu học 1/phieu-Trường Tiểu học 1.html",
            "Trường Tiểu học 1/phieu-Trường Tiểu học 1.xlsx",
            "tong-hop-Xã Một.html",
            "tong-hop-Xã Một.xlsx"
        ]
    );
    let before = files(&workspace.folder);
    for (folder, unit) in [("bieu", "X"), (".", "X"), ("tra-lai", "X9")] {
        let mut command = tkgd();
        command.arg("return").arg(workspace.folder.join("p.toml")).arg("--unit").arg(unit);
        let output = command.arg("--out").arg(workspace.folder.join(folder)).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{folder} {unit}");
    }
    assert_eq!(files(&workspace.folder), before);
}

const STYLES: &str = r#"<styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><fills count="1"><fill><patternFill patternType="none"/></fill></fills><cellXfs count="2"><xf fillId="0" fontId="0"/><xf fillId="0" fontId="0" applyFill="0"><alignment wrapText="1"/></xf></cellXfs></styleSheet>"#;

/// A workbook of one sheet with styles.
fn styled(rows: &str) -> Parts {
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    Parts::new(rows).with("xl/styles.xml", STYLES).with("[Content_Types].xml", format!(r#"<Types xmlns="{types}"/>"#)).with(
        "xl/_rels/workbook.xml.rels",
        format!(
            r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/styles" Target="/xl/styles.xml"/></Relationships>"#
        ),
    )
}

fn annotation(cells: &[(&str, Option<Colour>)]) -> Annotation {
    let mark = |(cell, colour): &(&str, Option<Colour>)| Mark {
        sheet: "S".to_owned(),
        cell: cell.parse().unwrap(),
        colour: *colour,
        comment: format!("<{cell}>"),
    };
    Annotation {
        marks: cells.iter().map(mark).collect(),
        errors: None,
        name: DefinedName { name: "tkgd_return".to_owned(), value: ReturnId::new("T", "f", &"a".repeat(64), &[]).to_string() },
        author: "tkgd".to_owned(),
    }
}

#[test]
fn cells_that_are_not_there_are_put_in_their_order() {
    let book = styled(r#"<row r="2" s="1"><c r="B2" s="1"><v>1</v></c><c r="D2"/></row><row r="4"/>"#);
    let red = Some(Colour::Red);
    let cells = [
        ("A1", red),
        ("A2", red),
        ("B2", Some(Colour::Yellow)),
        ("B2", red),
        ("C2", None),
        ("E2", red),
        ("B3", red),
        ("C4", red),
        ("A9", red),
    ];
    let after = parts(&annotate(&book.zip(), &annotation(&cells)).unwrap());
    let sheet = text(&after, "xl/worksheets/sheet1.xml");
    assert_eq!(
        inside(&sheet.replace("<sheetData>", "<sheetData >"), "sheetData"),
        r#"<row r="1"><c r="A1" s="2"/></row><row r="2" s="1"><c r="A2" s="3"/><c r="B2" s="3"><v>1</v></c><c r="D2"/><c r="E2" s="3"/></row><row r="3"><c r="B3" s="2"/></row><row r="4"><c r="C4" s="2"/></row><row r="9"><c r="A9" s="2"/></row>"#
    );
    let styles = text(&after, "xl/styles.xml");
    assert!(styles.contains(r#"<fills count="2">"#) && styles.contains(r#"<cellXfs count="4">"#), "{styles}");
    assert!(styles.contains(r#"<xf fillId="1" fontId="0" applyFill="1"><alignment wrapText="1"/></xf></cellXfs>"#), "{styles}");
    let comments = text(&after, "xl/comments1.xml");
    assert_eq!(comments.matches("<comment ").count(), 8);
    assert!(comments.contains("&lt;B2&gt;\n&lt;B2&gt;"), "{comments}");
}

#[test]
fn comments_that_are_there_stay_and_get_company() {
    let book = styled(r#"<row r="2"><c r="B2"><v>1</v></c></row>"#).zip();
    let once = annotate(&book, &annotation(&[("B2", None)])).unwrap();
    let twice = parts(&annotate(&once, &annotation(&[("B2", None), ("C3", Some(Colour::Red))])).unwrap());
    let comments = text(&twice, "xl/comments1.xml");
    assert_eq!((comments.matches("<comment ").count(), comments.matches("<author>").count()), (2, 1), "{comments}");
    assert_eq!(comments.matches("tkgd: &lt;B2&gt;").count(), 1, "{comments}");
    let drawing = text(&twice, "xl/drawings/vmlDrawing1.vml");
    assert_eq!((drawing.matches("<v:shape ").count(), drawing.matches("<v:shapetype ").count()), (2, 1), "{drawing}");
    assert!(drawing.contains("_x0000_s1025") && drawing.contains("_x0000_s1026"), "{drawing}");
    let (sheet, names) = (text(&twice, "xl/worksheets/sheet1.xml"), text(&twice, "xl/workbook.xml"));
    assert_eq!((sheet.matches("<legacyDrawing").count(), names.matches("tkgd_return").count()), (1, 1));
    assert!(!twice.contains_key("xl/comments2.xml"));
}

#[test]
fn marks_and_comments_of_an_earlier_annotation_go_and_the_senders_stay() {
    let red = Some(Colour::Red);
    let book = styled(r#"<row r="2"><c r="B2" s="1"><v>1</v></c><c r="C2"><v>1</v></c><c r="D2"><v>1</v></c></row>"#).zip();
    let mut once = parts(&annotate(&book, &annotation(&[("B2", red), ("C2", red), ("D2", None)])).unwrap());
    // The sender writes a comment of its own before one of ours.
    let comments = text(&once, "xl/comments1.xml").replacen(
        r#"<comment ref="C2" authorId="0"><text>"#,
        r#"<comment ref="C2" authorId="0"><text><r><t>Trường: đã kiểm &amp; đúng</t></r>"#,
        1,
    );
    once.insert("xl/comments1.xml".to_owned(), comments.replacen("tkgd: &lt;C2&gt;", "\ntkgd: &lt;C2&gt;", 1).into_bytes());
    let twice = parts(&annotate(&zipped(&once), &annotation(&[("D2", red)])).unwrap());
    let comments = text(&twice, "xl/comments1.xml");
    assert!(
        comments.contains("Trường: đã kiểm &amp; đúng<") && !comments.contains("B2") && !comments.contains("tkgd: &lt;C2"),
        "{comments}"
    );
    assert_eq!(comments.matches("tkgd: &lt;D2&gt;").count(), 1, "{comments}");
    let drawing = text(&twice, "xl/drawings/vmlDrawing1.vml");
    assert_eq!(drawing.matches("<v:shape ").count(), 2, "{drawing}");
    // The fill is gone, all else of the style is there again.
    let styles = text(&twice, "xl/styles.xml");
    let xfs: Vec<String> =
        Regex::new("<xf [^>]*?(/>|>.*?</xf>)").unwrap().find_iter(inside(&styles, "cellXfs")).map(|xf| xf.as_str().to_owned()).collect();
    let sheet = text(&twice, "xl/worksheets/sheet1.xml");
    let style = |cell: &str| {
        let tag = Regex::new(&format!(r#"<c [^>]*r="{cell}"[^>]*>"#)).unwrap().find(&sheet).unwrap().as_str();
        let found = Regex::new(r#" s="(\d+)""#).unwrap().captures(tag).unwrap()[1].parse::<usize>().unwrap();
        xfs[found].clone()
    };
    assert!(
        style("B2").contains("fillId=\"0\"") && style("C2").contains("fillId=\"0\"") && !style("D2").contains("fillId=\"0\""),
        "{styles}"
    );
    assert!(style("B2").contains("wrapText"), "{styles}");
    // A workbook that was never returned keeps its colours, whatever they are.
    let mut never = once.clone();
    never.insert("xl/workbook.xml".to_owned(), without(&text(&once, "xl/workbook.xml"), "<definedNames>.*</definedNames>").into_bytes());
    let kept = parts(&annotate(&zipped(&never), &annotation(&[("D2", red)])).unwrap());
    let sheet = text(&kept, "xl/worksheets/sheet1.xml");
    assert_eq!(sheet.matches("s=\"2\"").count() + sheet.matches("s=\"3\"").count(), 2, "{sheet}");
}

/// A copy with another sheet of errors: its part, changed.
pub fn errors_changed(bytes: &[u8], change: impl Fn(&str) -> String) -> Vec<u8> {
    sheet_changed(bytes, "Errors", change)
}

/// A workbook with another part of one of its sheets.
pub fn sheet_changed(bytes: &[u8], sheet: &str, change: impl Fn(&str) -> String) -> Vec<u8> {
    let mut parts = parts(bytes);
    let index = read(bytes).unwrap().sheets.iter().position(|known| known.name == sheet).unwrap() + 1;
    let name = format!("xl/worksheets/sheet{index}.xml");
    let old = text(&parts, &name);
    let new = change(&old);
    assert_ne!(new, old);
    parts.insert(name, new.into_bytes());
    zipped(&parts)
}

/// The workbook with a text typed left of each key of its sheet of errors whose line fits.
pub fn answered(bytes: &[u8], answer: &str, fits: impl Fn(&str) -> bool) -> Vec<u8> {
    let row = Regex::new(r#"<row r="\d+">.*?</row>"#).unwrap();
    let key = Regex::new(r#"<c r="F(\d+)""#).unwrap();
    let with_answer = |found: &regex::Captures<'_>| {
        let line = &found[0];
        if !line.contains("tk-") || !fits(line) {
            return line.to_owned();
        }
        key.replace(line, format!(r#"<c r="E$1" t="inlineStr"><is><t>{answer}</t></is></c><c r="F$1""#)).into_owned()
    };
    errors_changed(bytes, |old| row.replace_all(old, with_answer).into_owned())
}

#[test]
fn explanations_typed_into_the_sheet_of_errors_come_back_with_the_workbook() {
    // A `?` asks for an explanation, words in a cell are an error.
    let (bad, cells, _) = soiled(None, "?");
    let workspace = Workspace::new("returned-answered", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    workspace.run();
    let copy = std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap();
    let of_first =
        |line: &str| line.contains("[unknown-value]") && [&cells[0].0, &cells[0].1].iter().all(|text| line.contains(&format!(">{text}<")));
    workspace.add("T01_b.xlsx", &answered(&copy, "phòng đang sửa, gọi 0912345678", of_first));
    for _ in 0..2 {
        workspace.run();
        let found = findings(&workspace);
        let proposed: Vec<&serde_json::Value> = found.iter().filter(|finding| finding["proposal"] == "waiting").collect();
        assert_eq!(proposed.len(), 1, "{found:#?}");
        assert_eq!((&proposed[0]["rule"], &proposed[0]["cell"]), (&"unknown-value".into(), &cells[0].1.clone().into()));
        assert_eq!(proposed[0]["proposal_text"], "phòng đang sửa, gọi […]");
        assert!(proposed[0]["closed"].is_null(), "a unit closes nothing by itself");
        // The copy repeats the figures: nobody is told so.
        assert!(rules(&workspace).iter().all(|rule| rule != "same-content"), "{:?}", rules(&workspace));
    }
    let ledger = std::fs::read_to_string(find_ledger(&workspace)).unwrap();
    assert_eq!(ledger.matches("\"action\":\"propose\"").count(), 1, "{ledger}");
    assert!(ledger.contains("Đơn vị báo cáo") && !ledger.contains("0912345678"));
    // What is explained is not asked again; what is not is, with what was typed.
    let again = read(&std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap()).unwrap();
    let lines = again.sheets.iter().find(|sheet| sheet.name == "Errors").unwrap();
    let text_at = |row: u32, column: u16| lines.text(row, column).unwrap_or_default();
    assert!((1..40).all(|row| text_at(row, 1) != cells[0].1 || text_at(row, 0) != cells[0].0));
    assert!((1..40).any(|row| text_at(row, 1) == cells[1].1));
}

#[test]
fn an_explanation_closes_no_error_and_is_not_lost() {
    let (bad, cells, _) = soiled(None, "hai");
    let workspace = Workspace::new("returned-error-answered", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    let copy = std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap();
    workspace.add("T01_b.xlsx", &answered(&copy, "đúng như vậy", |line| line.contains("[not-a-number]") && line.contains(&cells[0].1)));
    assert_eq!(workspace.run().status.code(), Some(1));
    let found = findings(&workspace);
    let said = found.iter().find(|finding| finding["rule"] == "answer-to-error").unwrap();
    assert_eq!((&said["file_sheet"], &said["file"]), (&"Errors".into(), &"bieu/T01_b.xlsx".into()));
    assert_eq!(said["found"], "not-a-number");
    let again = read(&std::fs::read(give_back(&workspace, &[]).join("Trường Tiểu học 1/T01_a.xlsx")).unwrap()).unwrap();
    let lines = again.sheets.iter().find(|sheet| sheet.name == "Errors").unwrap();
    assert!((1..40).any(|row| lines.text(row, 4) == Some("đúng như vậy")), "{lines:?}");
}

/// The ledger's file of entries.
fn find_ledger(workspace: &Workspace) -> PathBuf {
    let mut folders = vec![workspace.folder.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "jsonl") {
                return path;
            }
        }
    }
    panic!("no ledger")
}

#[test]
fn a_workbook_without_the_forms_sheet_of_errors_gets_it() {
    let mut asked = annotation(&[("B2", Some(Colour::Red))]);
    let line = ErrorLine {
        sheet: "S".to_owned(),
        cell: "B2".parse().ok(),
        error: "+1".to_owned(),
        detail: String::new(),
        answer: String::new(),
        key: "k".to_owned(),
    };
    let errors = |lines: usize| ErrorSheet {
        name: "Errors".to_owned(),
        headings: ["Sheet", "Cell", "Error", "Detail"].map(str::to_owned).to_vec(),
        answer_headings: ["Answer", "Key"].map(str::to_owned),
        lines: vec![line.clone(); lines],
    };
    asked.errors = Some(errors(2));
    let once = annotate(&styled(r#"<row r="2"><c r="B2"><v>1</v></c></row>"#).zip(), &asked).unwrap();
    asked.errors = Some(errors(1));
    for (bytes, lines) in [(once.clone(), 2), (annotate(&once, &asked).unwrap(), 1)] {
        let book = read(&bytes).unwrap();
        assert_eq!(book.sheets.iter().map(|sheet| &*sheet.name).collect::<Vec<_>>(), ["S", "Errors"]);
        let texts: Vec<Option<&str>> = (0..3).map(|row| book.sheets[1].text(row, 2)).collect();
        assert_eq!(texts, [Some("Error"), Some("+1"), Some("+1").filter(|_| lines > 1)]);
    }
    let folder = scratch("returned-added");
    std::fs::write(folder.join("a.xlsx"), once).unwrap();
}

#[test]
fn damaged_and_forged_packages_are_refused_without_harm() {
    let bomb = vec![b' '; 40 << 20];
    let broken = [
        styled("<row><c></row>").zip(),
        styled("<row r=\"1\"").zip(),
        styled("").with("xl/worksheets/bomb.xml", bomb).zip(),
        styled("").with("xl/_rels/workbook.xml.rels", "<Relationships").zip(),
        styled("").with("xl/workbook.xml", [0xff, 0xfe, 0x3c, 0x00]).zip(),
        b"PK\x03\x04".to_vec(),
    ];
    for (index, bytes) in broken.iter().enumerate() {
        assert!(annotate(bytes, &annotation(&[("B2", Some(Colour::Red))])).is_err(), "{index}");
    }
}
