//! Explanations of units are proposals: an officer accepts or rejects them, one by one, by rule, or in a workbook.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::oracle::{python, script};
use super::returned::{ONE_SCHOOL, answered, errors_changed, findings, give_back, soiled};
use super::support::{read, tkgd};
use super::workspace::Workspace;

/// Folder of the school in what goes back.
const FOLDER: &str = "Trường Tiểu học 1";

/// The copy of the school's workbook in a round of what goes back.
fn copy_of(round: &Path) -> PathBuf {
    round.join(FOLDER).join("T01_a.xlsx")
}

/// A school whose two unknown figures are explained in the copy that it sent back.
fn explained(name: &str) -> Workspace {
    let (bad, _, _) = soiled(None, "?");
    let workspace = Workspace::new(name, ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    workspace.run();
    let copy = fs::read(copy_of(&give_back(&workspace, &["--on", "2025-10-20"]))).unwrap();
    workspace.add("T01_b.xlsx", &answered(&copy, "phòng đang sửa", |line| line.contains("[unknown-value]")));
    workspace.run();
    workspace
}

fn called(workspace: &Workspace, arguments: &[&str]) -> (i32, String) {
    let output = tkgd().args(arguments).current_dir(&workspace.folder).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), text)
}

/// Findings about unknown figures: answered how, proposed how.
fn states(workspace: &Workspace) -> Vec<[String; 2]> {
    let found = findings(workspace).into_iter().filter(|finding| finding["rule"] == "unknown-value");
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    found.map(|finding| [text(&finding["closed"]), text(&finding["proposal"])]).collect()
}

#[test]
fn an_explanation_waits_until_an_officer_accepts_it() {
    let workspace = explained("proposals-accepted");
    assert_eq!(states(&workspace), [["-", "waiting"], ["-", "waiting"]]);
    let (_, text) = called(&workspace, &["run", "p.toml"]);
    assert!(text.contains("2 giải trình của đơn vị chờ quyết định") && text.contains("decide p.toml"), "{text}");
    assert!(called(&workspace, &["status", "p.toml"]).1.contains("Trong đó 2 đã được đơn vị giải trình, chờ quyết định"));
    let (_, text) = called(&workspace, &["release", "p.toml", "--kind", "provisional"]);
    assert!(text.contains("2 giải trình của đơn vị chưa được quyết định"), "{text}");
    // The unit is not asked again while somebody has to look at its answer.
    let folder = give_back(&workspace, &["--on", "2025-10-22"]);
    assert!(!folder.join(FOLDER).exists(), "nothing goes back");
    // Somebody with a role decides, about what is there.
    let accept = |more: &[&str]| called(&workspace, &[&["ledger", "accept-explanations", "p.toml"][..], more].concat());
    assert_eq!(accept(&["--rule", "unknown-value"]).0, 2);
    assert_eq!(accept(&["--rule", "submission-missing", "--by", "Trưởng phòng"]).0, 2);
    let column = findings(&workspace).iter().find(|finding| finding["proposal"] == "waiting").unwrap()["column"].to_string();
    let code = findings(&workspace).iter().find(|finding| finding["proposal"] == "waiting").unwrap()["code"].as_str().unwrap().to_owned();
    let one = ["--unit", "T01", "--code", &code, "--column", &column, "--by", "Trưởng phòng"];
    assert_eq!(accept(&one), (0, "Đã ghi 1 dòng vào sổ theo dõi\n".to_owned()));
    workspace.run();
    let mut now = states(&workspace);
    now.sort();
    assert_eq!(now, [["-", "waiting"], ["explained", "accepted"]]);
    assert_eq!(accept(&["--all", "--by", "Trưởng phòng"]).0, 0);
    workspace.run();
    assert_eq!(states(&workspace), [["explained", "accepted"], ["explained", "accepted"]]);
    let (_, text) = called(&workspace, &["run", "p.toml", "--all"]);
    assert!(text.contains("đã giải trình: phòng đang sửa (Đơn vị báo cáo; Trưởng phòng chấp nhận"), "{text}");
    // An acceptance can be taken back, with a reason.
    let reject = ["ledger", "reject-explanations", "p.toml", "--unit", "T01", "--by", "Trưởng phòng"];
    assert_eq!(called(&workspace, &reject).0, 2, "without a reason");
    assert_eq!(called(&workspace, &[&reject[..], &["--reason", "chưa có biên bản"]].concat()).0, 0);
    workspace.run();
    assert_eq!(states(&workspace), [["-", "rejected"], ["-", "rejected"]]);
}

#[test]
fn a_rejected_explanation_goes_back_with_the_reason_and_another_one_is_proposed_anew() {
    let workspace = explained("proposals-rejected");
    let reject =
        ["ledger", "reject-explanations", "p.toml", "--rule", "unknown-value", "--by", "Trưởng phòng", "--reason", "chưa có biên bản"];
    assert_eq!(called(&workspace, &reject).0, 0);
    for _ in 0..2 {
        workspace.run();
        assert_eq!(states(&workspace), [["-", "rejected"], ["-", "rejected"]], "the words that were rejected do not come in anew");
    }
    let folder = give_back(&workspace, &["--on", "2025-10-22"]);
    let copy = fs::read(copy_of(&folder)).unwrap();
    let told = read(&copy).unwrap();
    let errors = told.sheets.iter().find(|sheet| sheet.name == "Errors").unwrap();
    let reason = "Giải trình không được chấp nhận (Trưởng phòng, ";
    assert!((1..40).any(|row| errors.text(row, 3).is_some_and(|text| text.contains(reason) && text.contains("chưa có biên bản"))));
    workspace.add("T01_c.xlsx", &answered(&copy, "có biên bản số 5", |line| line.contains("[unknown-value]")));
    workspace.run();
    assert_eq!(states(&workspace), [["-", "waiting"], ["-", "waiting"]]);
}

#[test]
fn decisions_are_read_out_of_the_workbooks_of_findings_and_of_the_status() {
    let Some(python) = python() else { return };
    let workspace = explained("proposals-workbook");
    let fill = |file: &str, sheet: &str, decisions: &[&str]| {
        script(&python, &workspace.folder, "fill_decisions.py", &[&[file, sheet][..], decisions].concat());
    };
    let decide = |file: &str| called(&workspace, &["ledger", "decide", "p.toml", file, "--by", "Trưởng phòng"]);
    fs::copy(workspace.output().join("phat-hien.xlsx"), workspace.folder.join("quyet-dinh.xlsx")).unwrap();
    assert_eq!(decide("quyet-dinh.xlsx"), (0, "Đã ghi 0 dòng vào sổ theo dõi\n".to_owned()), "nothing is decided yet");
    // All lines that are wrong are told, and nothing is written.
    fill("quyet-dinh.xlsx", "Giải trình", &["Không chấp nhận giải trình|", "Duyệt|"]);
    let (code, text) = decide("quyet-dinh.xlsx");
    assert!(code == 2 && text.contains("cần có --reason") && text.contains("không có quyết định `Duyệt`"), "{text}");
    fill("quyet-dinh.xlsx", "Giải trình", &["Không chấp nhận giải trình|chưa có biên bản", "chấp nhận giải trình|"]);
    assert_eq!(decide("quyet-dinh.xlsx"), (0, "Đã ghi 2 dòng vào sổ theo dõi\n".to_owned()));
    assert_eq!(decide("quyet-dinh.xlsx").1, "Đã ghi 0 dòng vào sổ theo dõi\n", "read twice, it decides once");
    workspace.run();
    let mut now = states(&workspace);
    now.sort();
    assert_eq!(now, [["-", "rejected"], ["explained", "accepted"]]);
    // The workbook of the status decides about returns.
    assert_eq!(called(&workspace, &["status", "p.toml", "--xlsx", "tinh-hinh.xlsx"]).0, 0);
    fill("tinh-hinh.xlsx", "Theo biểu", &["Trả lại|thiếu biên bản"]);
    assert_eq!(decide("tinh-hinh.xlsx").0, 0);
    assert!(called(&workspace, &["status", "p.toml"]).1.contains("trả lại để sửa"));
    // So does a list of one's own, by name or code.
    fs::write(workspace.folder.join("khoa.csv"), "Đơn vị;Lý do\nT01;hết hạn\n").unwrap();
    assert_eq!(called(&workspace, &["ledger", "lock", "p.toml", "--list", "khoa.csv", "--by", "Trưởng phòng"]).0, 0);
    fs::write(workspace.folder.join("khoa.csv"), "Đơn vị;Lý do\nT01;hết hạn\nT99;\nT98;\n").unwrap();
    let (code, text) = called(&workspace, &["ledger", "unlock", "p.toml", "--list", "khoa.csv", "--by", "Trưởng phòng"]);
    assert!(code == 2 && text.contains("dòng 3") && text.contains("dòng 4"), "{text}");
}

#[test]
fn what_was_typed_and_is_no_answer_is_told_at_its_cell() {
    let (bad, _, _) = soiled(None, "?");
    let workspace = Workspace::new("proposals-not-taken", ONE_SCHOOL, "", "");
    workspace.add("T01_a.xlsx", &bad);
    workspace.run();
    let copy = fs::read(copy_of(&give_back(&workspace, &["--on", "2025-10-20"]))).unwrap();
    let answered = answered(&copy, "phòng đang sửa", |line| line.contains("[unknown-value]"));
    // One key loses a digit, a line is typed below, a formula is never calculated, another shows an error.
    let cell = |at: &str, text: &str| format!(r#"<row r="{}"><c r="{at}" t="inlineStr"><is><t>{text}</t></is></c></row>"#, &at[1..]);
    let changed = errors_changed(&answered, |part| {
        let key = part.rfind(">tk-").unwrap() + 4;
        let part = format!("{}{}", &part[..key], &part[key + 1..]);
        let more = [cell("E60", "phòng đã sửa xong"), r#"<row r="61"><c r="E61"><f>A1&amp;B1</f></c></row>"#.to_owned()].concat();
        let error = r#"<row r="62"><c r="E62" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>"#;
        part.replace("</sheetData>", &format!("{more}{error}</sheetData>"))
    });
    workspace.add("T01_b.xlsx", &changed);
    workspace.run();
    let mut now = states(&workspace);
    now.sort();
    assert_eq!(now, [["-", "-"], ["-", "waiting"]], "nothing else is lost");
    let told = || {
        let all = findings(&workspace).into_iter().filter(|finding| finding["rule"] == "answer-not-taken");
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let mut all: Vec<[String; 3]> = all.map(|own| [text(&own["cell"]), text(&own["found"]), text(&own["file_sheet"])]).collect();
        all.sort();
        all
    };
    let reasons: Vec<String> = told().into_iter().map(|[_, found, _]| found).collect();
    let expected =
        ["mã của dòng đã bị sửa", "dòng không có mã", "ô là công thức chưa có giá trị", "ô là công thức báo lỗi"].map(str::to_owned);
    assert_eq!(reasons, expected, "{:?}", told());
    assert_eq!(told()[1..].iter().map(|own| own[0].as_str()).collect::<Vec<_>>(), ["E60", "E61", "E62"]);
    assert!(told().iter().all(|[_, _, sheet]| sheet == "Errors") && !format!("{:?}", findings(&workspace)).contains("đã sửa xong"));
    // A key that stands on two lines says nothing; a sheet that was renamed is read all the same.
    let twice = errors_changed(&answered, |part| {
        let key = &part[part.find(">tk-").unwrap() + 1..][..30];
        let line = format!(
            r#"<row r="60"><c r="E60" t="inlineStr"><is><t>khác</t></is></c><c r="F60" t="inlineStr"><is><t>{key}</t></is></c></row>"#
        );
        part.replace("</sheetData>", &format!("{line}</sheetData>"))
    });
    fs::remove_file(workspace.folder.join("bieu/T01_b.xlsx")).unwrap();
    workspace.add("T01_c.xlsx", &twice);
    workspace.run();
    let reasons: Vec<String> = told().into_iter().map(|[_, found, _]| found).collect();
    assert_eq!(reasons, vec!["nhiều lời giải trình khác nhau dưới cùng một mã"; 2], "{:?}", told());
}

#[test]
fn an_answer_under_the_key_of_another_unit_answers_nothing() {
    let (bad, _, _) = soiled(None, "?");
    let register = format!("{ONE_SCHOOL}T02,Trường Tiểu học 2,school,TH,public,X,02-TH-DN\n");
    let workspace = Workspace::new("proposals-of-another", &register, "", "");
    workspace.add("T01_a.xlsx", &bad);
    workspace.add("T02_a.xlsx", &bad);
    workspace.run();
    let round = give_back(&workspace, &["--on", "2025-10-20"]);
    let [one, other] = ["Trường Tiểu học 1/T01_a.xlsx", "Trường Tiểu học 2/T02_a.xlsx"].map(|file| fs::read(round.join(file)).unwrap());
    let key = std::cell::RefCell::new(String::new());
    errors_changed(&other, |part| {
        key.replace(part[part.rfind(">tk-").unwrap() + 1..][..30].to_owned());
        part.replacen("</worksheet>", " </worksheet>", 1)
    });
    let key = key.into_inner();
    let answered = answered(&one, "phòng đang sửa", |line| line.contains("[unknown-value]"));
    let changed = errors_changed(&answered, |part| part.replacen(&part[part.rfind(">tk-").unwrap() + 1..][..30], &key, 1));
    workspace.add("T01_b.xlsx", &changed);
    workspace.run();
    let told: Vec<Value> = findings(&workspace).into_iter().filter(|finding| finding["rule"] == "answer-not-taken").collect();
    assert!(told.len() == 1 && told[0]["found"] == "mã của dòng là mã của đơn vị khác" && told[0]["unit"] == "T01", "{told:?}");
    // The other one's question is as open as before, the school's own second answer waits.
    let waiting = states(&workspace).into_iter().filter(|state| state[1] == "waiting").count();
    assert_eq!(waiting, 1);
}

#[test]
fn a_formula_that_nothing_calculated_is_no_decision() {
    let workspace = explained("proposals-uncalculated");
    let book = fs::read(workspace.output().join("phat-hien.xlsx")).unwrap();
    let decided = super::returned::sheet_changed(&book, "Giải trình", |part| {
        let cell = regex::Regex::new(r#"<c r="(A\d+)"[^>]*>.*?</c>"#).unwrap();
        let last = cell.captures_iter(part).last().unwrap();
        part.replace(&last[0], &format!(r#"<c r="{}"><f>"x"</f></c>"#, &last[1]))
    });
    fs::write(workspace.folder.join("quyet-dinh.xlsx"), decided).unwrap();
    let (code, text) = called(&workspace, &["ledger", "decide", "p.toml", "quyet-dinh.xlsx", "--by", "Trưởng phòng"]);
    assert!(code == 2 && text.contains("công thức chưa có giá trị") && text.contains("ô A") && text.contains("lưu lại"), "{text}");
}
