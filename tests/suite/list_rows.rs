//! Rows of lists: hidden ones in every format, codes under formats of zeros, totals wherever they stand, and lists that
//! complete each other.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::support::{Parts, package, skipped};
use super::workspace::{Workspace, form, schemas};

/// A department, two communes, and two schools in each.
const REGISTER: &str = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nX1,Phường Một,commune,S,\nX2,Phường Hai,commune,S,\n\
                        0101,Trường A,school,X1,02-TH-DN\n0102,Trường B,school,X1,02-TH-DN\n0103,Trường C,school,X2,02-TH-DN\n0104,Trường D,school,X2,02-TH-DN\n";
const GRADES: &str = "[[columns]]\nheading = \"Lớp 1\"\nsheet = \"III\"\ncode = \"40\"\ncolumn = 1\n[[columns]]\nheading = \"Lớp 2\"\n\
                      sheet = \"III\"\ncode = \"41\"\ncolumn = 1\n";
const CODES: [&str; 4] = ["0101", "0102", "0103", "0104"];
/// What the four schools have in the two grades together.
const ALL: (i64, i64) = (370, 41);

fn wide() -> String {
    format!("form = \"02-TH-DN\"\nunit = \"Mã\"\n{GRADES}")
}

fn long() -> String {
    format!("form = \"02-TH-DN\"\nunit = \"Mã\"\nlong = {{ item = \"Chỉ tiêu\", value = \"Giá trị\" }}\n{GRADES}")
}

/// What came of a run over lists.
struct Outcome {
    workspace: Workspace,
    findings: Vec<Value>,
    said: String,
}

impl Outcome {
    fn of(workspace: Workspace) -> Self {
        let output = workspace.run();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.code() != Some(2), "{said}");
        let findings = workspace.findings();
        Self { workspace, findings, said }
    }

    fn of_rule(&self, rule: &str) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["rule"] == rule).collect()
    }

    fn errors(&self) -> usize {
        self.findings.iter().filter(|finding| finding["severity"] == "error" && finding["verdict"] == "fail").count()
    }

    /// The province's figures of the two grades.
    fn grades(&self) -> (i64, i64) {
        let values = self.workspace.report_values("S_02-TH-DN.xlsx");
        let form = form(&schemas(), "02-TH-DN");
        let sheet = form.layout.sheet("III").unwrap();
        let number = |code: &str| values.get(sheet.slot(sheet.find_code(code).unwrap(), sheet.find_column(1).unwrap())).1;
        (number("40"), number("41"))
    }

    /// Lines told as totals.
    fn totals(&self) -> String {
        let told = self.of_rule("list-rows-told");
        told.first().map(|finding| finding["found"].as_str().unwrap().to_owned()).unwrap_or_default()
    }

    /// Place, figures told and figures expected of every total that its lines do not add up to.
    fn differing(&self) -> Vec<String> {
        let shown = |finding: &&Value| {
            assert_eq!(finding["severity"], "query");
            format!("{} / {}", finding["found"].as_str().unwrap(), finding["should_be"].as_str().unwrap())
        };
        self.of_rule("list-total-differs").iter().map(shown).collect()
    }
}

/// A run over lists, each with its mapping.
fn run(name: &str, lists: &[(&str, &[u8], &str)], inputs: &str) -> Outcome {
    let named: Vec<String> =
        lists.iter().map(|(file, ..)| format!("[[inputs.lists]]\nfile = {file:?}\nmapping = \"{file}.toml\"")).collect();
    let inputs = format!("{inputs}\n{}", named.join("\n"));
    let workspace = Workspace::new(&format!("list-rows-{name}"), REGISTER, &inputs, "reports = [\"department\"]");
    for (file, bytes, mapping) in lists {
        std::fs::write(workspace.folder.join(file), bytes).unwrap();
        std::fs::write(workspace.folder.join(format!("{file}.toml")), mapping).unwrap();
    }
    Outcome::of(workspace)
}

/// The parts of an OpenDocument sheet: its columns, and attributes and code cell of each of the four schools' rows.
struct OdsList {
    columns: &'static str,
    row: [&'static str; 4],
    is_number: bool,
}

const PLAIN: OdsList = OdsList { columns: "", row: [""; 4], is_number: false };

impl OdsList {
    fn bytes(&self) -> Vec<u8> {
        let text = |text: &str| format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>");
        let number = |value: &str, shown: &str, style: &str| {
            format!(
                "<table:table-cell {style} office:value-type=\"float\" office:value=\"{value}\"><text:p>{shown}</text:p></table:table-cell>"
            )
        };
        let headings = ["Mã", "Lớp 1", "Lớp 2"].map(text).concat();
        let rows = CODES.iter().zip(FIGURES).zip(self.row).map(|((code, figures), attributes)| {
            let code = if self.is_number { number(&code[1..], code, "table:style-name=\"ce1\"") } else { text(code) };
            let figures = figures.map(|figure| number(&figure.to_string(), &figure.to_string(), "")).concat();
            format!("<table:table-row {attributes}>{code}{figures}</table:table-row>")
        });
        let rows: String = rows.collect();
        let zeros = "<number:number-style style:name=\"N1\"><number:number number:decimal-places=\"0\" number:min-integer-digits=\"4\"/></number:number-style><style:style style:name=\"ce1\" style:family=\"table-cell\" style:data-style-name=\"N1\"/><style:style style:name=\"flat\" style:family=\"table-row\"><style:table-row-properties style:row-height=\"0cm\" style:use-optimal-row-height=\"false\"/></style:style>";
        let spaces =
            ["office", "table", "text", "style"].map(|name| format!("xmlns:{name}=\"urn:oasis:names:tc:opendocument:xmlns:{name}:1.0\""));
        let content = format!(
            "<office:document-content {} xmlns:number=\"urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0\" office:version=\"1.3\"><office:automatic-styles>{zeros}</office:automatic-styles><office:body><office:spreadsheet><table:table table:name=\"S\">{}<table:table-row>{headings}</table:table-row>{rows}</table:table></office:spreadsheet></office:body></office:document-content>",
            spaces.join(" "),
            self.columns
        );
        let kind = "application/vnd.oasis.opendocument.spreadsheet";
        let manifest = format!(
            "<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\" manifest:version=\"1.3\"><manifest:file-entry manifest:full-path=\"/\" manifest:media-type=\"{kind}\"/><manifest:file-entry manifest:full-path=\"content.xml\" manifest:media-type=\"text/xml\"/></manifest:manifest>"
        );
        let parts = [("mimetype", kind.as_bytes()), ("META-INF/manifest.xml", manifest.as_bytes()), ("content.xml", content.as_bytes())];
        package(&parts)
    }
}

const FIGURES: [[i64; 2]; 4] = [[100, 11], [90, 10], [80, 12], [100, 8]];

/// A list as the office program of this machine writes it in another format; `None` where there is no such program.
fn converted(folder: &Path, bytes: &[u8], format: &str) -> Option<Vec<u8>> {
    let home = folder.join("home");
    std::fs::create_dir_all(&home).unwrap();
    std::fs::write(folder.join("own.ods"), bytes).unwrap();
    let mut program = Command::new("soffice");
    program.env("HOME", &home).args(["--headless", "--convert-to", format, "--outdir"]).arg(folder).arg(folder.join("own.ods"));
    if !program.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        skipped("the old format of an office program");
        return None;
    }
    Some(std::fs::read(folder.join("own").with_extension(format)).unwrap())
}

/// The list in the formats of office programs.
fn in_formats(name: &str, list: &OdsList) -> Vec<(&'static str, Vec<u8>)> {
    let folder = super::support::scratch(&format!("list-rows-made-{name}"));
    let own = list.bytes();
    let others = ["xls", "xlsx"].into_iter().filter_map(|format| Some((format, converted(&folder, &own, format)?)));
    let others: Vec<_> = others.collect();
    [("ods", own)].into_iter().chain(others).collect()
}

#[test]
fn hidden_rows_are_asked_about_in_every_format() {
    const COLLAPSED: &str = "table:visibility=\"collapse\"";
    const FILTERED: &str = "table:visibility=\"filter\"";
    for (name, row, lines) in
        [("none", [""; 4], ""), ("collapsed", ["", COLLAPSED, COLLAPSED, ""], "3, 4"), ("filtered", [FILTERED, "", "", ""], "2")]
    {
        for (format, bytes) in in_formats(name, &OdsList { row, ..PLAIN }) {
            let file = format!("ds.{format}");
            let outcome = run(&format!("hidden-{name}-{format}"), &[(&file, &bytes, &wide())], "");
            let told: Vec<&str> = outcome.of_rule("list-hidden-rows").iter().map(|finding| finding["found"].as_str().unwrap()).collect();
            assert_eq!(told.join(""), lines, "{name} {format}: {}", outcome.said);
            assert_eq!(outcome.grades(), ALL, "{name} {format}");
        }
    }
    let flat = OdsList { row: ["", "", "table:style-name=\"flat\"", ""], ..PLAIN };
    let outcome = run("hidden-flat", &[("ds.ods", &flat.bytes(), &wide())], "");
    assert_eq!(outcome.of_rule("list-hidden-rows")[0]["found"], "4");
}

#[test]
fn rows_of_no_height_are_asked_about() {
    let row = |line: usize, attributes: &str, code: &str| {
        format!("<row r=\"{line}\" {attributes}><c t=\"inlineStr\"><is><t>{code}</t></is></c><c><v>10</v></c><c><v>7</v></c></row>")
    };
    let heading = "<row r=\"1\"><c t=\"inlineStr\"><is><t>Mã</t></is></c><c t=\"inlineStr\"><is><t>Lớp 1</t></is></c><c t=\"inlineStr\"><is><t>Lớp 2</t></is></c></row>";
    for (name, attributes, is_told) in [
        ("zero", "ht=\"0\" customHeight=\"1\"", true),
        ("untold", "customHeight=\"1\"", true),
        ("grouped", "outlineLevel=\"1\" hidden=\"1\"", true),
        ("open", "outlineLevel=\"1\"", false),
        ("high", "ht=\"15.75\" customHeight=\"1\"", false),
    ] {
        let rows = [heading.to_owned(), row(2, "", "0101"), row(3, attributes, "0102"), row(4, "", "0103"), row(5, "", "0104")].concat();
        let outcome = run(&format!("height-{name}"), &[("ds.xlsx", &Parts::new(&rows).zip(), &wide())], "");
        assert_eq!(outcome.of_rule("list-hidden-rows").len(), usize::from(is_told), "{name}: {}", outcome.said);
        assert_eq!(outcome.grades(), (40, 28), "{name}");
    }
}

#[test]
fn hidden_columns_are_asked_about_where_they_are_read() {
    const FIRST: &str = "<table:table-column/><table:table-column table:visibility=\"collapse\"/><table:table-column/>";
    const AFTER: &str = "<table:table-column table:number-columns-repeated=\"3\"/><table:table-column table:visibility=\"collapse\" table:number-columns-repeated=\"50\"/>";
    for (name, columns, told) in [("first", FIRST, "B"), ("after", AFTER, "")] {
        for (format, bytes) in in_formats(&format!("column-{name}"), &OdsList { columns, ..PLAIN }) {
            let file = format!("ds.{format}");
            let outcome = run(&format!("column-{name}-{format}"), &[(&file, &bytes, &wide())], "");
            let found: Vec<&str> =
                outcome.of_rule("list-hidden-columns").iter().map(|finding| finding["found"].as_str().unwrap()).collect();
            assert_eq!(found.join(""), told, "{name} {format}: {}", outcome.said);
            assert_eq!(outcome.grades(), ALL, "{name} {format}");
        }
    }
}

#[test]
fn codes_under_a_format_of_zeros_are_read_as_shown_in_every_format() {
    for (format, bytes) in in_formats("zeros", &OdsList { is_number: true, ..PLAIN }) {
        let file = format!("ds.{format}");
        let outcome = run(&format!("zeros-{format}"), &[(&file, &bytes, &wide())], "");
        assert_eq!((outcome.grades(), outcome.errors()), (ALL, 0), "{format}: {}", outcome.said);
    }
}

/// The four schools, with lines before each of them and at the end.
fn list_with(lines: [&str; 5]) -> String {
    let mut text = "Mã,Tên,Lớp 1,Lớp 2\n".to_owned();
    for (at, line) in lines.iter().enumerate() {
        if !line.is_empty() {
            text += &format!("{line}\n");
        }
        if let Some([first, second]) = FIGURES.get(at) {
            text += &format!("{},Trường,{first},{second}\n", CODES[at]);
        }
    }
    text
}

#[test]
fn totals_of_wide_lists_stand_anywhere_and_count_nowhere() {
    for (name, lines, totals, differing) in [
        ("heads", [",Cụm 1,190,21", "", ",Cụm 2,180,20", "", ""], "dòng tổng: 2, 5", vec![]),
        ("roman", ["I,Cụm 1,190,21", "", "II,Cụm 2,180,20", "", ""], "dòng tổng: 2, 5", vec![]),
        ("labels", ["Cụm 1,,190,21", "", "Cụm 2,,180,20", "", "Tổng cộng,,370,41"], "dòng tổng: 2, 5, 8", vec![]),
        ("first", ["Toàn tỉnh,,370,41", "", "", "", ""], "dòng tổng: 2", vec![]),
        ("nested", [",,370,41", "", "", ",Của C,80,12", ",,370,41"], "dòng tổng: 2, 8", vec![]),
        ("communes", ["X1,Phường Một,190,21", "", "X2,Phường Hai,180,20", "", "S,Sở,370,41"], "dòng tổng: 2, 5, 8", vec![]),
        ("below", ["", "", "X1,Phường Một,190,21", "", "X2,Phường Hai,180,20"], "dòng tổng: 4, 7", vec![]),
        ("no-figures", ["X1,Phường Một,,", "", "X2,Phường Hai,,", "", ""], "dòng mục, ghi chú, ký tên: 2, 5", vec![]),
        ("wrong", ["", "", "", "", "Tổng,,371,41"], "", vec!["C6 = 371 / 370"]),
        ("wrong-first", ["Tổng,,371,42", "", "", "", ""], "", vec!["C2 = 371; D2 = 42 / 370; 41"]),
        ("wrong-commune", ["X1,Phường Một,191,21", "", "X2,Phường Hai,180,20", "", ""], "dòng tổng: 5", vec!["C2 = 191 / 190"]),
        ("wrong-department", ["", "", "", "", "S,Sở,999,41"], "", vec!["C6 = 999 / 370"]),
        ("wrong-head", [",Cụm 1,190,21", "", ",Cụm 2,181,20", "", ""], "dòng tổng: 2", vec!["C5 = 181 / 180"]),
        ("nearly", ["", "", "", "", ",,371,41"], "", vec!["C6 = 371 / 370"]),
    ] {
        let outcome = run(&format!("wide-{name}"), &[("ds.csv", list_with(lines).as_bytes(), &wide())], "");
        let errors = usize::from(name == "nested");
        assert_eq!((outcome.grades(), outcome.errors()), (ALL, errors), "{name}: {}", outcome.said);
        assert_eq!(
            (outcome.totals().as_str(), outcome.differing()),
            (totals, differing.into_iter().map(str::to_owned).collect()),
            "{name}: {}",
            outcome.said
        );
    }
}

#[test]
fn lines_whose_codes_were_lost_stay_errors() {
    for (name, line, rule) in [
        ("nobody", ",Trường E,55,9", "list-row-without-unit"),
        ("label", "Cụm 3,,55,9", "unregistered-unit"),
        ("unknown", "0109,Trường,55,9", "unregistered-unit"),
    ] {
        let outcome = run(&format!("lost-{name}"), &[("ds.csv", list_with(["", "", "", "", line]).as_bytes(), &wide())], "");
        assert_eq!((outcome.grades(), outcome.of_rule(rule).len(), outcome.errors()), (ALL, 1, 1), "{name}: {}", outcome.said);
    }
    // An office alone in its list is told as what nobody expects.
    let outcome = run("lost-office", &[("ds.csv", "Mã,Tên,Lớp 1,Lớp 2\nX1,Phường Một,190,21\n".as_bytes(), &wide())], "");
    assert_eq!(outcome.of_rule("unexpected-form").len(), 1, "{}", outcome.said);
}

#[test]
fn totals_of_long_lists_stand_anywhere_and_count_nowhere() {
    let by_unit: String = CODES.iter().zip(FIGURES).map(|(code, [one, two])| format!("{code},Lớp 1,{one}\n{code},Lớp 2,{two}\n")).collect();
    let grade = |at: usize, code: &str| {
        CODES.iter().zip(FIGURES).map(|(own, figures)| format!("{own},Lớp {},{}\n", at + 1, figures[at])).collect::<String>() + code
    };
    let communes = |first: i64| {
        format!(
            "X1,Lớp 1,{first}\nX1,Lớp 2,21\n0101,Lớp 1,100\n0101,Lớp 2,11\n0102,Lớp 1,90\n0102,Lớp 2,10\nX2,Lớp 1,180\nX2,Lớp 2,20\n0103,Lớp 1,80\n0103,Lớp 2,12\n0104,Lớp 1,100\n0104,Lớp 2,8\n"
        )
    };
    for (name, text, totals, differing) in [
        ("blank", format!("{by_unit},Lớp 1,370\n,Lớp 2,41\n"), "dòng tổng: 10, 11", vec![]),
        ("words", format!("{by_unit}Tổng cộng,Lớp 1,370\nTổng cộng,Lớp 2,41\n"), "dòng tổng: 10, 11", vec![]),
        ("by-item", grade(0, "Tổng,Lớp 1,370\n") + &grade(1, "Tổng,Lớp 2,41\n"), "dòng tổng: 6, 11", vec![]),
        ("first", format!(",Lớp 1,370\n,Lớp 2,41\n{by_unit}"), "dòng tổng: 2, 3", vec![]),
        ("communes", communes(190), "dòng tổng: 2, 3, 8, 9", vec![]),
        ("wrong", format!("{by_unit}Tổng cộng,Lớp 1,500\nTổng cộng,Lớp 2,41\n"), "dòng tổng: 11", vec!["C10 = 500 / 370"]),
        ("wrong-blank", format!("{by_unit},Lớp 1,371\n,Lớp 2,41\n"), "dòng tổng: 11", vec!["C10 = 371 / 370"]),
        ("wrong-commune", communes(191), "dòng tổng: 3, 8, 9", vec!["C2 = 191 / 190"]),
    ] {
        let text = format!("Mã,Chỉ tiêu,Giá trị\n{text}");
        let outcome = run(&format!("long-{name}"), &[("ds.csv", text.as_bytes(), &long())], "");
        assert_eq!((outcome.grades(), outcome.errors()), (ALL, 0), "{name}: {}", outcome.said);
        assert_eq!(
            (outcome.totals().as_str(), outcome.differing()),
            (totals, differing.into_iter().map(str::to_owned).collect()),
            "{name}: {}",
            outcome.said
        );
    }
    // The code stands on the first line of each school only: figures of nobody, whatever some of them add up to.
    let text = by_unit.lines().enumerate().map(|(at, line)| if at % 2 == 0 { format!("{line}\n") } else { format!("{}\n", &line[4..]) });
    let outcome = run("long-merged", &[("ds.csv", format!("Mã,Chỉ tiêu,Giá trị\n{}", text.collect::<String>()).as_bytes(), &long())], "");
    assert_eq!(outcome.of_rule("list-row-without-unit").len(), 4, "{}", outcome.said);
}

/// A mapping of one of the two grades.
fn one_grade(which: usize) -> String {
    let columns: Vec<&str> = GRADES.split_inclusive("column = 1\n").collect();
    format!("form = \"02-TH-DN\"\nunit = \"Mã\"\n{}", columns[which])
}

/// A list of one grade of some schools.
fn list_of(which: usize, codes: &[&str]) -> Vec<u8> {
    let rows = CODES.iter().zip(FIGURES).filter(|(code, _)| codes.contains(code));
    let rows: String = rows.map(|(code, figures)| format!("{code},{}\n", figures[which])).collect();
    format!("Mã,Lớp {}\n{rows}", which + 1).into_bytes()
}

#[test]
fn lists_that_complete_each_other_are_one_return() {
    let (first, second, fewer) = (list_of(0, &CODES), list_of(1, &CODES), list_of(1, &CODES[..3]));
    let both = list_with([""; 5]).into_bytes();
    for policy in ["refuse", "newest"] {
        for (name, lists, grades, count) in [
            ("apart", vec![("a.csv", &first, one_grade(0)), ("b.csv", &second, one_grade(1))], ALL, "4"),
            // One school is in the first list only.
            ("fewer", vec![("a.csv", &first, one_grade(0)), ("b.csv", &fewer, one_grade(1))], (370, 33), "3"),
            ("overlap", vec![("a.csv", &both, wide()), ("b.csv", &second, one_grade(1))], ALL, "4"),
        ] {
            let lists: Vec<(&str, &[u8], &str)> = lists.iter().map(|(file, bytes, mapping)| (*file, &***bytes, &**mapping)).collect();
            let outcome = run(&format!("parts-{name}-{policy}"), &lists, &format!("duplicates = \"{policy}\""));
            assert_eq!((outcome.errors(), outcome.grades()), (0, grades), "{name}: {}", outcome.said);
            let told: Vec<&str> = outcome.of_rule("list-parts-joined").iter().map(|finding| finding["found"].as_str().unwrap()).collect();
            assert_eq!(told, [count], "{name}: {}", outcome.said);
            let files = std::fs::read_to_string(outcome.workspace.output().join("tep-dau-vao.csv")).unwrap();
            assert!(["a.csv", "b.csv"].iter().all(|file| files.lines().any(|line| line.contains(file))), "{files}");
            assert!(outcome.said.contains("4/4") && outcome.said.contains("2 tệp: 2 được tính"), "{name}: {}", outcome.said);
        }
    }
}

#[test]
fn lists_that_contradict_each_other_are_held() {
    let first = list_with([""; 5]).into_bytes();
    let second = String::from_utf8(list_of(1, &CODES)).unwrap().replace("0103,12", "0103,13").into_bytes();
    let outcome = run("parts-contradict", &[("a.csv", &first, &wide()), ("b.csv", &second, &one_grade(1))], "");
    assert_eq!((outcome.of_rule("duplicate-submission").len(), outcome.errors()), (1, 1), "{}", outcome.said);
    assert_eq!(outcome.grades(), (290, 29), "{}", outcome.said);
    assert_eq!(outcome.of_rule("list-parts-joined")[0]["found"], "3");
}

#[test]
fn figures_of_a_second_list_are_told_and_kept_with_its_cells() {
    let (first, second) = (list_of(0, &CODES), String::from_utf8(list_of(1, &CODES)).unwrap().replace("0103,12", "0103,1a").into_bytes());
    let outcome = run("parts-places", &[("a.csv", &first, &one_grade(0)), ("b.csv", &second, &one_grade(1))], "");
    let broken = outcome.of_rule("not-a-number")[0].to_string();
    assert!(broken.contains("b.csv") && broken.contains("B4"), "{broken}");
    let question = "SELECT DISTINCT file, cell FROM cells WHERE unit = '0104' AND value IS NOT NULL ORDER BY file";
    let answer = super::support::tkgd()
        .args(["query", "--archive"])
        .arg(outcome.workspace.folder.join("archive"))
        .args(["--draft", "--format", "csv", question])
        .output()
        .unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&answer.stdout), String::from_utf8_lossy(&answer.stderr));
    assert!(said.contains("a.csv") && said.contains("b.csv") && said.contains("B5"), "{said}");
}

#[test]
fn one_list_read_by_two_mappings_is_one_return() {
    let both = list_with([""; 5]);
    let inputs = "[[inputs.lists]]\nfile = \"a.csv\"\nmapping = \"second.toml\"\n";
    let workspace = Workspace::new(
        "list-rows-mappings",
        REGISTER,
        &format!("{inputs}[[inputs.lists]]\nfile = \"a.csv\"\nmapping = \"first.toml\""),
        "reports = [\"department\"]",
    );
    for (file, text) in [("a.csv", both), ("first.toml", one_grade(0)), ("second.toml", one_grade(1))] {
        std::fs::write(workspace.folder.join(file), text).unwrap();
    }
    let outcome = Outcome::of(workspace);
    assert_eq!((outcome.errors(), outcome.grades(), outcome.of_rule("list-parts-joined").len()), (0, ALL, 0), "{}", outcome.said);
}
