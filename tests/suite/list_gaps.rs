//! What lists leave out, and what they say beside their figures: lines of one cell each, lists in parts, headings, totals.

use serde_json::Value;

use super::support::Parts;
use super::workspace::Workspace;

const REGISTER: &str = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nX1,Phường Một,commune,S,\n\
                        0101,Trường Tiểu học An Bình,school,X1,02-TH-DN\n0102,Trường Tiểu học Bảo Lộc,school,X1,02-TH-DN\n\
                        0103,Trường Tiểu học Cao Thắng,school,X1,02-TH-DN\n0104,Trường Tiểu học Đông Du,school,X1,02-TH-DN\n";
const SCHOOLS: [(&str, i64, i64); 4] = [("0101", 105, 103), ("0102", 129, 127), ("0103", 89, 90), ("0104", 61, 57)];

/// A mapping of the first grades under the given headings.
fn mapping(lead: &str, headings: &[&str]) -> String {
    let grade =
        |(code, heading): (usize, &&str)| format!("[[columns]]\nheading = \"{heading}\"\nsheet = \"III\"\ncode = \"{code}\"\ncolumn = 1\n");
    format!("form = \"02-TH-DN\"\nunit = \"Mã\"\n{lead}\n{}", (40..).zip(headings).map(grade).collect::<String>())
}

fn long(headings: &[&str]) -> String {
    mapping("long = { item = \"Chỉ tiêu\", value = \"Giá trị\" }", headings)
}

struct Outcome {
    findings: Vec<Value>,
    said: String,
}

impl Outcome {
    /// The rules of errors, queries and warnings of these lists, without those that every list of two cells breaks.
    fn rules(&self) -> Vec<String> {
        let is_told = |finding: &&Value| finding["verdict"] == "fail" && finding["rule"] != "list-lacks-cells";
        let mut rules: Vec<String> = self.findings.iter().filter(is_told).map(|own| own["rule"].as_str().unwrap().to_owned()).collect();
        rules.sort();
        rules
    }

    fn of_rule(&self, rule: &str) -> Vec<&Value> {
        self.findings.iter().filter(|finding| finding["rule"] == rule && finding["verdict"] == "fail").collect()
    }

    fn units(&self, rule: &str) -> Vec<&str> {
        self.of_rule(rule).iter().map(|finding| finding["unit"].as_str().unwrap_or_default()).collect()
    }
}

fn run(name: &str, lists: &[(&str, &[u8], &str)]) -> Outcome {
    let named: Vec<String> =
        lists.iter().map(|(file, ..)| format!("[[inputs.lists]]\nfile = {file:?}\nmapping = \"{file}.toml\"")).collect();
    let workspace = Workspace::new(&format!("list-gaps-{name}"), REGISTER, &named.join("\n"), "reports = [\"department\"]");
    for (file, bytes, mapping) in lists {
        std::fs::write(workspace.folder.join(file), bytes).unwrap();
        std::fs::write(workspace.folder.join(format!("{file}.toml")), mapping).unwrap();
    }
    let output = workspace.run();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.code() != Some(2), "{said}");
    Outcome { findings: workspace.findings(), said }
}

/// The lines of a long list, each changed or left out.
fn long_list(change: impl Fn(&str, &str, i64) -> Option<String>) -> String {
    let lines = SCHOOLS.iter().flat_map(|(code, one, two)| [(*code, "Lớp 1", *one), (*code, "Lớp 2", *two)]);
    lines.filter_map(|(code, item, figure)| Some(format!("{}\n", change(code, item, figure)?))).collect()
}

/// A list with the lines of all schools and one text behind them.
fn wide_list(above: &str, below: &str) -> String {
    let lines: String = SCHOOLS.iter().map(|(code, one, two)| format!("{code},,{one},{two}\n")).collect();
    format!("Mã,Ghi,Lớp 1,Lớp 2\n{above}{lines}{below}")
}

#[test]
fn long_lists_ask_for_what_a_unit_lacks() {
    let is_last = |code: &str, item: &str| code == "0104" && item == "Lớp 2";
    let full = |code: &str, item: &str, figure: i64| Some(format!("{code},{item},{figure}"));
    let blank = |code: &str, item: &str, figure: i64| {
        if is_last(code, item) { Some(format!("{code},{item},")) } else { full(code, item, figure) }
    };
    let missing = |code: &str, item: &str, figure: i64| if is_last(code, item) { None } else { full(code, item, figure) };
    for (name, text, units) in
        [("full", long_list(full), vec![]), ("blank", long_list(blank), vec!["0104"]), ("missing", long_list(missing), vec!["0104"])]
    {
        let text = format!("Mã,Chỉ tiêu,Giá trị\n{text}");
        let outcome = run(&format!("long-{name}"), &[("ds.csv", text.as_bytes(), &long(&["Lớp 1", "Lớp 2"]))]);
        assert_eq!(outcome.units("list-cells-blank"), units, "{name}: {}", outcome.said);
        let lacks = outcome.of_rule("list-lacks-cells");
        assert_eq!((lacks.len(), lacks[0]["should_be"].as_str()), (1, Some("2")), "{name}: {}", outcome.said);
    }
    // Nothing but blank lines: not received.
    let nothing = long_list(|code, item, figure| if code == "0102" { Some(format!("{code},{item},")) } else { full(code, item, figure) });
    let outcome = run("long-nothing", &[("ds.csv", format!("Mã,Chỉ tiêu,Giá trị\n{nothing}").as_bytes(), &long(&["Lớp 1", "Lớp 2"]))]);
    assert_eq!(outcome.units("nothing-reported"), ["0102"], "{}", outcome.said);
    assert!(outcome.said.contains("3/4"), "{}", outcome.said);
}

#[test]
fn lines_of_long_lists_are_held_for_what_they_claim() {
    for (name, heading, own, other, rule) in [
        ("year", "Năm học", "2025-2026", "2024-2025", "claim-other-period"),
        ("term", "Kỳ báo cáo", "Đầu năm", "Cuối năm", "claim-other-period"),
        ("name", "Tên trường", "", "Trường Tiểu học Bảo Lộc", "claim-other-unit"),
        ("form", "Biểu", "Biểu 02-TH-DN", "02-TH-CN", "claim-other-form"),
        ("level", "Cấp học", "TH", "THCS", "claim-other-form"),
        ("measure", "Đơn vị tính", "học sinh", "nghìn người", "claim-other-measure"),
    ] {
        let said = |code: &str| if code == "0103" { other } else { own };
        let lines = long_list(|code, item, figure| Some(format!("{code},{},{item},{figure}", said(code))));
        let text = format!("Mã,{heading},Chỉ tiêu,Giá trị\n{lines}");
        let outcome = run(&format!("claims-{name}"), &[("ds.csv", text.as_bytes(), &long(&["Lớp 1", "Lớp 2"]))]);
        assert_eq!(outcome.units(rule), ["0103"], "{name}: {}", outcome.said);
        assert!(outcome.said.contains("3/4"), "{name}: {}", outcome.said);
    }
}

#[test]
fn lists_in_parts_ask_for_the_units_that_one_of_them_lacks() {
    let list = |which: usize, without: &str| {
        let lines = SCHOOLS.iter().filter(|(code, ..)| *code != without);
        let lines: String = lines.map(|(code, one, two)| format!("{code},{}\n", [one, two][which])).collect();
        format!("Mã,Lớp {}\n{lines}", which + 1)
    };
    let second = mapping("", &["Lớp 2"]).replace("code = \"40\"", "code = \"41\"");
    for (name, without, units) in
        [("whole", ["", ""], vec![]), ("first", ["0101", ""], vec!["0101"]), ("second", ["", "0103"], vec!["0103"])]
    {
        let (one, two) = (list(0, without[0]), list(1, without[1]));
        let lists: [(&str, &[u8], &str); 2] = [("a.csv", one.as_bytes(), &mapping("", &["Lớp 1"])), ("b.csv", two.as_bytes(), &second)];
        let outcome = run(&format!("parts-{name}"), &lists);
        assert_eq!(outcome.units("list-cells-blank"), units, "{name}: {}", outcome.said);
        // What neither has is told once.
        let lacks = outcome.of_rule("list-lacks-cells");
        assert_eq!((lacks.len(), lacks[0]["should_be"].as_str()), (1, Some("2")), "{name}: {}", outcome.said);
        assert!(outcome.of_rule("duplicate-submission").is_empty(), "{name}: {}", outcome.said);
    }
}

#[test]
fn rows_that_number_the_columns_are_headings() {
    for (name, row, is_told) in [
        ("brackets", "(1),(2),(3),(4)\n", true),
        ("letters", "A,B,1,2\n", true),
        ("numbers", "1,2,3,4\n", true),
        ("sums", "(1),(2),(3)=(1)+(2),(4)\n", true),
        ("gap", "1,2,3,5\n", false),
        ("nobody", ",,1,2\n", false),
    ] {
        let outcome = run(&format!("numbers-{name}"), &[("ds.csv", wide_list(row, "").as_bytes(), &mapping("", &["Lớp 1", "Lớp 2"]))]);
        let told = outcome.of_rule("list-rows-told").iter().any(|own| own["found"].as_str().unwrap().contains("dòng tên cột lặp lại: 2"));
        let errors = outcome.findings.iter().filter(|own| own["severity"] == "error" && own["verdict"] == "fail").count();
        assert_eq!((told, errors > 0), (is_told, !is_told), "{name}: {}", outcome.said);
    }
}

#[test]
fn rows_about_a_total_are_remarks() {
    for (name, rows, is_remark) in [
        ("of-which", ",Tổng,384,377\n,Trong đó: công lập,300,290\n,tư thục,84,87\n", true),
        ("share", ",Tổng,384,377\n,Tỷ lệ %,50.5,49.5\n", true),
        ("last-year", ",Tổng,384,377\n,Năm trước,370,361\n,Tăng/giảm,14,16\n", true),
        ("telephone", ",Tổng,384,377\n,ĐT:,912345678,\n", true),
        ("no-total", ",Trong đó: công lập,300,290\n", false),
        ("wrong-total", ",Tổng,385,377\n,Trong đó: công lập,300,290\n", false),
        ("school", ",Tổng,384,377\n,Trường Tiểu học Hoa Sen,30,29\n", false),
        ("known", ",Tổng,384,377\n,Bảo Lộc,30,29\n", false),
        ("wordless", ",Tổng,384,377\n,,30,29\n", false),
        ("code", ",Tổng,384,377\n0109,Trong đó,30,29\n", false),
    ] {
        let outcome = run(&format!("beside-{name}"), &[("ds.csv", wide_list("", rows).as_bytes(), &mapping("", &["Lớp 1", "Lớp 2"]))]);
        let is_error = outcome.rules().iter().any(|rule| rule == "list-row-without-unit" || rule == "unregistered-unit");
        assert_eq!(is_error, !is_remark, "{name}: {}", outcome.said);
        let told = outcome.of_rule("list-rows-told").iter().any(|own| own["found"].as_str().unwrap().contains("ghi chú, ký tên: 7"));
        assert_eq!(told, is_remark, "{name}: {}", outcome.said);
    }
}

#[test]
fn totals_of_everything_are_of_everything() {
    let list = |end: &str, after: &str| {
        let lines: Vec<String> = SCHOOLS.iter().map(|(code, one, two)| format!("{code},,{one},{two}\n")).collect();
        format!("Mã,Ghi,Lớp 1,Lớp 2\n{},Cộng,234,230\n{}{end}{}{after}", lines[..2].concat(), lines[2], lines[3])
    };
    for (name, text, expected) in [
        ("right", list("", ",Cộng,150,147\n,Tổng cộng,384,377\n"), None),
        ("last-block", list("", ",Cộng,150,147\n,Tổng cộng,150,147\n"), Some("384; 377")),
        ("last-block-words", list("", ",Cộng,150,147\n,Toàn phường,150,147\n"), Some("384; 377")),
        ("lines-below", list(",Tổng cộng,323,320\n", ""), Some("384; 377")),
        ("blocks", list("", ",Tổng cộng,150,147\n").replace("Cộng,234", "Tổng cộng,234"), None),
        ("blocks-again", list("", ",Tổng cộng,150,147\n,Tổng cộng,150,147\n").replace("Cộng,234", "Tổng cộng,234"), Some("384; 377")),
    ] {
        let outcome = run(&format!("grand-{name}"), &[("ds.csv", text.as_bytes(), &mapping("", &["Lớp 1", "Lớp 2"]))]);
        let told = outcome.of_rule("list-total-differs");
        assert_eq!(told.first().and_then(|own| own["should_be"].as_str()), expected, "{name}: {}", outcome.said);
    }
}

#[test]
fn headings_of_columns_are_held_for_what_they_claim() {
    for (name, heading, rule) in [
        ("own", "Lớp 1 năm học 2025-2026", ""),
        ("own-day", "Lớp 1 (30/9/2025)", ""),
        ("ages", "Lớp 1 (6-7 tuổi, 15-16)", ""),
        ("born", "Lớp 1 sinh năm 2019", ""),
        ("last-year", "Lớp 1 năm học 2024-2025", "claim-other-period"),
        ("short", "Lớp 1 (2024-25)", "claim-other-period"),
        ("closing", "Lớp 1 cuối năm học", "claim-other-period"),
        ("day", "Lớp 1 (30/9/2024)", "claim-other-period"),
        ("plan", "Kế hoạch lớp 1", "claim-other-period"),
        ("past", "Lớp 1 năm trước", "claim-other-period"),
        ("year", "Lớp 1 năm 2023", "heading-other-year"),
    ] {
        let wide = wide_list("", "").replacen("Lớp 1", &format!("\"{heading}\""), 1);
        let by_letter = mapping("", &["Lớp 1", "Lớp 2"]).replacen("heading = \"Lớp 1\"", "letter = \"C\"", 1);
        let lines = long_list(|code, item, figure| Some(format!("{code},{},{figure}", item.replace("Lớp 1", &format!("\"{heading}\"")))));
        let items = format!("Mã,Chỉ tiêu,Giá trị\n{lines}");
        for (way, text, mapping) in [
            ("heading", &wide, mapping("", &[heading, "Lớp 2"])),
            ("letter", &wide, by_letter),
            ("item", &items, long(&[heading, "Lớp 2"])),
        ] {
            let outcome = run(&format!("heading-{name}-{way}"), &[("ds.csv", text.as_bytes(), &mapping)]);
            let told: Vec<String> =
                outcome.rules().into_iter().filter(|rule| rule.contains("claim-") || rule.contains("other-year")).collect();
            assert_eq!(told.join(" "), rule, "{name} {way}: {}", outcome.said);
            assert_eq!(outcome.said.contains("4/4"), !rule.starts_with("claim"), "{name} {way}: {}", outcome.said);
        }
    }
    // A band over the columns.
    let band = format!("Mã,Ghi,Năm học 2024-2025,\n,,Lớp 1,Lớp 2\n{}", wide_list("", "").split_once('\n').unwrap().1);
    let mapping = mapping("heading_rows = [1, 2]", &["Năm học 2024-2025 / Lớp 1", "Năm học 2024-2025 / Lớp 2"]);
    let outcome = run("heading-band", &[("ds.csv", band.as_bytes(), &mapping)]);
    assert_eq!(outcome.of_rule("claim-other-period").len(), 1, "{}", outcome.said);
}

#[test]
fn titles_and_columns_of_another_level_are_held() {
    let lead = "heading_row = 2";
    for (name, title, rule) in [
        ("own", "DANH SÁCH HỌC SINH TIỂU HỌC", None),
        ("letterhead", "TRƯỜNG THCS NGUYỄN DU", None),
        ("both", "Danh sách học sinh tiểu học và THCS", None),
        ("other", "DANH SÁCH HỌC SINH TRUNG HỌC CƠ SỞ", Some("claim-other-form")),
    ] {
        let text = format!("{title},,,\n{}", wide_list("", ""));
        let outcome = run(&format!("title-{name}"), &[("ds.csv", text.as_bytes(), &mapping(lead, &["Lớp 1", "Lớp 2"]))]);
        assert_eq!(outcome.rules().iter().find(|rule| rule.contains("claim-")).map(String::as_str), rule, "{name}: {}", outcome.said);
    }
}

#[test]
fn codes_under_formats_of_zeros_with_marks_are_read_as_shown() {
    for (name, format) in [("language", "[$-42A]0000"), ("space", "0000_)"), ("hashes", "0###"), ("plain", "0000")] {
        let text = |text: &str| format!("<c t=\"inlineStr\"><is><t>{text}</t></is></c>");
        let heading = format!("<row r=\"1\">{}</row>", ["Mã", "Ghi", "Lớp 1", "Lớp 2"].map(text).concat());
        let rows = (2..).zip(SCHOOLS).map(|(line, (code, one, two))| {
            let code = code.trim_start_matches('0');
            format!("<row r=\"{line}\"><c s=\"1\"><v>{code}</v></c>{}<c><v>{one}</v></c><c><v>{two}</v></c></row>", text("x"))
        });
        let styles = format!(
            "<styleSheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><numFmts count=\"1\"><numFmt numFmtId=\"170\" formatCode=\"{format}\"/></numFmts><cellXfs count=\"2\"><xf numFmtId=\"0\"/><xf numFmtId=\"170\"/></cellXfs></styleSheet>"
        );
        let kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let relations = format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"r1\" Type=\"{kind}/worksheet\" Target=\"worksheets/sheet1.xml\"/><Relationship Id=\"r2\" Type=\"{kind}/styles\" Target=\"styles.xml\"/></Relationships>"
        );
        let parts = Parts::new(&(heading + &rows.collect::<String>()));
        let parts = parts.with("xl/styles.xml", styles).with("xl/_rels/workbook.xml.rels", relations);
        let outcome = run(&format!("zeros-{name}"), &[("ds.xlsx", &parts.zip(), &mapping("", &["Lớp 1", "Lớp 2"]))]);
        assert!(outcome.said.contains("4/4"), "{name}: {}", outcome.said);
    }
}
