//! Small things that mislead: hints that cannot be followed, suggestions that promise too much, rules of another state.

use std::sync::Arc;

use tkgd::base::location::CellRef;
use tkgd::base::message::Lang;
use tkgd::findings::Observed;
use tkgd::findings::{Finding, Severity};
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::returns::Status;

use super::support::{copy_tree, root, scratch, tkgd};
use super::workspace::{Workspace, book, files, form, schemas, values};

/// An error has to be corrected or accepted: no hint says that an explanation is enough.
#[test]
fn hints_of_errors_offer_no_explanation() {
    let schemas = schemas();
    let mut errors = 0;
    for rule in schemas.rules.iter().filter(|rule| rule.severity == Severity::Error) {
        errors += 1;
        let offers = rule.hint_vi.contains("giải trình") || rule.hint_en.contains("expla");
        assert!(!offers, "{}: {} / {}", rule.id, rule.hint_vi, rule.hint_en);
    }
    assert!(errors > 20 && schemas.rules.iter().any(|rule| rule.hint_vi.contains("giải trình")), "{errors}");
}

/// What was typed is put into a message as it is, whatever stands in its braces.
#[test]
fn messages_expand_nothing_that_was_typed() {
    let schemas = schemas();
    let finding = Finding::new("sheet-renamed").observed("{expected}", "{detail}").detail("{title} {found}");
    let said = schemas.rules.message(&finding, Lang::Vi);
    assert!(said.contains("{expected}") && !said.contains("{title} {found} "), "{said}");
    // Names of files and sheets are no phrases of ours.
    let named = Finding::new("sheet-renamed").observed(Observed::name("{pipe}"), "I");
    assert!(schemas.rules.message(&named, Lang::Vi).contains("{pipe}"));
    let phrase = Finding::new("sheet-renamed").observed("{pipe}", "I");
    assert!(!schemas.rules.message(&phrase, Lang::Vi).contains("{pipe}"));
}

/// With two unrelated mistakes a suggestion about one of them settles its own sums, and says how many of all.
#[test]
fn a_suggestion_says_how_many_sums_it_settles() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let suggestions = |name: &str, cells: &[(&str, &str, i64)]| {
        let register = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\n";
        let workspace = Workspace::new(name, register, "", "");
        let mut values = values(&schemas, &form, 1);
        for (sheet, code, more) in cells {
            let sheet = form.layout.sheet(sheet).unwrap();
            let slot = sheet.slot(sheet.find_code(code).unwrap(), 0);
            let number = values.get(slot).1 + more;
            values.set(slot, Status::Reported, number);
        }
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &values));
        workspace.run();
        let told = workspace.findings().into_iter().filter(|f| f["rule"] == "likely-error");
        told.map(|f| f["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let one = suggestions("small-one", &[("I", "8", 5)]);
    assert!(!one.is_empty() && one.iter().all(|said| said.contains("mọi tổng của biểu đều khớp")), "{one:?}");
    let two = suggestions("small-two", &[("I", "8", 5), ("III", "37", 7)]);
    assert!(two.len() >= 2 && two.iter().all(|said| said.contains("trong số tổng đang sai: ")), "{two:?}");
    assert!(!two.iter().any(|said| said.contains("mọi tổng")), "{two:?}");
}

/// Rules that compare units are about the state of the results that they name, as all others are.
#[test]
fn outliers_obey_the_state_of_the_results() {
    let rule = |id: &str, more: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nseverity = \"warning\"\nstage = \"past\"\nform = \"02-TH-DN\"\ntitle_vi = \"tiêu đề {id}\"\ntitle_en = \"title {id}\"\nmessage_vi = \"{{found}}\"\nmessage_en = \"{{found}}\"\n{more}\noutlier = {{ value = \"{{III/37/1}}\", threshold = 5.0, at_least = 1 }}\n"
        )
    };
    let workspace = Workspace::sample("small-outliers", 14, 2, 3);
    let rules = workspace.folder.join("bieu-mau/tt25-2024/rules");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("x.toml"), rule("any-state", "") + &rule("later-state", "result_state = \"after-retests\"")).unwrap();
    let output = tkgd().args(["--schemas", "bieu-mau", "run", "p.toml"]).current_dir(&workspace.folder).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let pages: Vec<String> = files(&workspace.output())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert!(pages.iter().any(|page| page.contains("tiêu đề any-state")), "{}", pages.len());
    assert!(!pages.iter().any(|page| page.contains("tiêu đề later-state")));
}

/// A workbook of sheets with texts and numbers.
fn sheets(sheets: &[(&str, &[&[&str]])]) -> Vec<u8> {
    let cell = |row: u32, column: u16, text: &str| PlacedCell {
        at: CellRef::new(row, column),
        content: text.parse().map_or_else(|_| Content::Text(text.into()), Content::Number),
        style: CellStyle::default(),
    };
    let line = |(row, texts): (u32, &&[&str])| (0..).zip(texts.iter()).map(|(at, text)| cell(row, at, text)).collect::<Vec<_>>();
    let plan = |(name, rows): &(&str, &[&[&str]])| SheetPlan {
        name: Arc::from(*name),
        cells: (0..).zip(rows.iter()).flat_map(line).collect(),
        ..SheetPlan::default()
    };
    let created = chrono::NaiveDate::from_ymd_opt(2025, 10, 1).unwrap();
    let plan = WorkbookPlan { title: "a".to_owned(), created, sheets: sheets.iter().map(plan).collect(), ..WorkbookPlan::default() };
    write_xlsx(&plan).unwrap()
}

/// A list that goes on on a second sheet: the figures there are told, unless another list is read from it.
#[test]
fn figures_on_other_sheets_of_a_list_are_told() {
    let register =
        "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\nT02,Trường B,school,S,02-TH-DN\n";
    let workspace = Workspace::new("small-sheets", register, "", "");
    let heading: &[&str] = &["Mã đơn vị", "III/37/1"];
    let book = sheets(&[("Phần 1", &[heading, &["T01", "31"]]), ("Phần 2", &[heading, &["T02", "17"]]), ("Ghi chú", &[&["không có số"]])]);
    std::fs::write(workspace.folder.join("ds.xlsx"), book).unwrap();
    std::fs::write(workspace.folder.join("m2.toml"), "form = \"02-TH-DN\"\nsheet = \"Phần 2\"\nunit = \"Mã đơn vị\"\ncolumns = [{ heading = \"III/37/1\", sheet = \"III\", code = \"37\", column = 1 }]\n")
        .unwrap();
    let told = |lists: &str| {
        let pipeline = workspace.folder.join("p.toml");
        let text = std::fs::read_to_string(&pipeline).unwrap();
        let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("lists = [{")).collect();
        std::fs::write(&pipeline, kept.join("\n").replace("[inputs]", &format!("[inputs]\n{lists}"))).unwrap();
        workspace.run();
        let found = workspace.findings().into_iter().filter(|f| f["rule"] == "list-other-sheets");
        let found: Vec<_> = found.map(|f| format!("{} {} {}", f["file_sheet"], f["severity"], f["message"])).collect();
        (found, workspace.findings().iter().filter(|f| f["rule"] == "submission-missing").count())
    };
    let (found, missing) = told("lists = [{ file = \"ds.xlsx\", form = \"02-TH-DN\" }]");
    assert!(found.len() == 1 && missing == 1, "{found:?} {missing}");
    assert!(found[0].starts_with("\"Phần 2\" \"query\"") && found[0].contains("có 1 ô số"), "{found:?}");
    let (found, missing) = told("lists = [{ file = \"ds.xlsx\", form = \"02-TH-DN\" }, { file = \"ds.xlsx\", mapping = \"m2.toml\" }]");
    assert!(found.is_empty() && missing == 0, "{found:?} {missing}");
}

/// A file under two names is read once, and both names are accounted for.
#[cfg(unix)]
#[test]
fn a_second_name_of_a_file_is_accounted_for() {
    let workspace = Workspace::sample("small-names", 4, 1, 5);
    let folder = workspace.folder.join("bieu");
    let first =
        std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).find(|path| path.extension().is_some_and(|e| e == "xlsx"));
    let first = first.unwrap();
    std::fs::hard_link(&first, folder.join("zz-ban-sao.xlsx")).unwrap();
    std::os::unix::fs::symlink(&first, folder.join("zz-lien-ket.xlsx")).unwrap();
    workspace.run();
    let inputs = std::fs::read_to_string(workspace.output().join("tep-dau-vao.csv")).unwrap();
    for name in ["zz-ban-sao.xlsx", "zz-lien-ket.xlsx"] {
        let line = inputs.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name} in\n{inputs}"));
        assert!(line.contains("tên khác của một tệp đã đọc"), "{line}");
    }
    assert!(workspace.findings().iter().all(|finding| finding["severity"] != "error"));
}

/// Codes such as `01` are written as texts and read back, also where a spreadsheet program made 1 of them.
#[cfg(unix)]
#[test]
fn row_codes_keep_their_leading_zeros() {
    let folder = scratch("small-zeros").join("copy");
    copy_tree(&root().join("docs/example"), &folder);
    for file in ["schemas/census-2025/forms/SCHOOL.toml", "mapping.toml"] {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(path, text.replace("\"P0\"", "\"01\"").replace("\"P1\"", "\"02\"").replace("\"P2\"", "\"2\"")).unwrap();
    }
    let run = |words: &[&str]| {
        let output = tkgd().current_dir(&folder).args(words).args(["--schemas", "schemas"]).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{words:?}: {said}");
        said
    };
    run(&[
        "init",
        "census",
        "--from",
        "schools.csv",
        "--csv",
        "--regulation",
        "census-2025",
        "--levels",
        "TH",
        "--forms",
        "SCHOOL",
        "--column",
        "area=county",
    ]);
    assert!(run(&["schema", "lint"]).contains(": 0 problems"));
    // Reports are read back before anything is published: 01 is not 1, and 02 is not 2.
    run(&["run", "census.toml"]);
    let explained = run(&["explain", "SCHOOL/P/02/1", "--unit", "S01", "--pipeline", "census.toml"]);
    assert!(explained.contains("(S01): 271"), "{explained}");
}

/// Everything that is wrong with the schemas is told at once, and nothing for what something else has wrong.
#[test]
fn lint_tells_what_is_wrong_with_every_file() {
    let folder = scratch("small-lint");
    let write = |file: &str, text: &str| {
        let path = folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let example = std::fs::read_to_string(root().join("docs/example/schemas/census-2025/forms/SCHOOL.toml")).unwrap();
    write("census-2025/forms/SCHOOL.toml", &example.replacen("kind = \"counts\"", "kind = \"count\"", 1));
    write(
        "census-2025/forms/OTHER.toml",
        &example.replace("\"SCHOOL\"", "\"OTHER\"").replace("number = 2, at = \"F\"", "number = 2, at = \"E\""),
    );
    write(
        "census-2025/forms/LOAN.toml",
        "id = \"LOAN\"\nsymbol = \"L\"\nversion = \"1\"\ntitle = \"t\"\nlevel = \"TH\"\nterm = \"opening\"\nlayout_status = \"assumed\"\nlayout_basis = \"b\"\nborrows = \"census-2025/SCHOOL\"\n",
    );
    write("census-2025/regulation.toml", "id = \"census-2025\"\n");
    write("census-2025/rules.toml", "rules = [1");
    write("indicators/own.toml", "indicator = []\n");
    let output = tkgd().args(["schema", "lint", "--schemas"]).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{said}");
    for file in ["forms/SCHOOL.toml", "forms/OTHER.toml", "regulation.toml", "census-2025/rules.toml", "indicators/own.toml"] {
        assert_eq!(said.matches(file).count(), 1, "{file} in {said}");
    }
    assert!(!said.contains("LOAN"), "a form is not wrong for its lender's file: {said}");
}

/// A block pasted one row too low or too high: the column is named, beside the sums that it breaks; a single wrong cell is no such thing.
#[test]
fn a_column_pasted_one_row_off_is_named() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let (_, sheet) = form.layout.data_sheets().find(|(_, sheet)| &*sheet.id == "III").unwrap();
    let register = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\n";
    let workspace = Workspace::new("small-shifted", register, "", "");
    let told = |offset: i64, only: Option<usize>| {
        let mut values = values(&schemas, &form, 1);
        let before = values.clone();
        let lines: std::collections::HashMap<u32, usize> = (0..sheet.coded.len()).map(|coded| (sheet.coded_row(coded).at, coded)).collect();
        for coded in (0..sheet.coded.len()).filter(|coded| only.is_none_or(|only| only == *coded)) {
            let line = i64::from(sheet.coded_row(coded).at) - offset;
            let (status, number) = u32::try_from(line)
                .ok()
                .and_then(|line| lines.get(&line))
                .map_or((Status::Missing, 0), |from| before.get(sheet.slot(*from, 0)));
            if before.get(sheet.slot(coded, 0)).0 != Status::NotApplicable && status != Status::NotApplicable {
                values.set(sheet.slot(coded, 0), status, number);
            }
        }
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &values));
        workspace.run();
        let found = workspace.findings().into_iter().filter(|f| f["rule"] == "column-shifted");
        found.map(|f| format!("{} {} {} {}", f["unit"], f["sheet"], f["column"], f["message"])).collect::<Vec<_>>()
    };
    assert_eq!(told(0, None), Vec::<String>::new());
    let down = told(1, None);
    assert!(down.len() == 1 && down[0].starts_with("\"T01\" \"III\" 1 ") && down[0].contains("xuống dưới một dòng"), "{down:?}");
    let up = told(-1, None);
    assert!(up.len() == 1 && up[0].contains("lên trên một dòng"), "{up:?}");
    assert_eq!(told(1, Some(3)), Vec::<String>::new(), "one cell");
}

/// A spreadsheet program made numbers of the codes `01`, `02`, `03`, and a row of column numbers stands above them.
#[test]
fn codes_that_lost_their_zeros_are_found_below_the_numbers_of_the_columns() {
    let folder = scratch("small-lost-zeros").join("copy");
    copy_tree(&root().join("docs/example"), &folder);
    let path = folder.join("schemas/census-2025/forms/SCHOOL.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    // The numbers of the columns stand in the column of the codes too, as in many forms.
    let text = text.replace("\"P0\"", "\"01\"").replace("\"P1\"", "\"02\"").replace("\"P2\"", "\"03\"").replace("\"T0\"", "\"01\"");
    std::fs::write(&path, text.replace("{ at = \"E4\", number = 1 }", "{ at = \"D4\", text = \"3\" },\n  { at = \"E4\", number = 1 }"))
        .unwrap();
    let pupils: &[&[&str]] = &[
        &["", "PUPILS"],
        &[],
        &["No.", "Item", "Unit", "Code", "Total", "Girls"],
        &["", "", "", "3", "1", "2"],
        &["", "Pupils", "persons", "1", "50", "24"],
        &["", "Grade 1", "persons", "2", "30", "14"],
        &["", "Grade 2", "persons", "3", "20", "10"],
    ];
    let teachers: &[&[&str]] = &[
        &["", "TEACHERS"],
        &[],
        &["No.", "Item", "Unit", "Code", "Total", "Women"],
        &["", "", "", "3", "1", "2"],
        &["", "Teachers", "persons", "1", "4", "3"],
    ];
    std::fs::create_dir_all(folder.join("bieu")).unwrap();
    std::fs::write(folder.join("bieu/K001_a.xlsx"), sheets(&[("Pupils", pupils), ("Teachers", teachers)])).unwrap();
    std::fs::write(
        folder.join("reg.csv"),
        "code,name,kind,levels,reports_to,forms\nK,Ministry,department,,,\nK001,Baraka,school,TH,K,SCHOOL\n",
    )
    .unwrap();
    let pipeline = "title = \"t\"\nschool_year = \"2025-2026\"\nterm = \"opening\"\nregulation = \"census-2025\"\nregister = \"reg.csv\"\n[inputs]\nworkbooks = [\"bieu\"]\n";
    std::fs::write(folder.join("p.toml"), pipeline).unwrap();
    let run = |words: &[&str]| {
        let output = tkgd().current_dir(&folder).args(words).args(["--schemas", "schemas"]).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    run(&["run", "p.toml"]);
    for (cell, number) in [("P/01/1", 50), ("P/02/1", 30), ("P/03/2", 10), ("T/01/2", 3)] {
        let said = run(&["explain", &format!("SCHOOL/{cell}"), "--unit", "K", "--pipeline", "p.toml"]);
        assert!(said.contains(&format!("(K): {number}")), "{cell}: {said}");
    }
}

/// A full disk is no empty answer.
#[cfg(target_os = "linux")]
#[test]
fn what_could_not_be_said_ends_with_an_error() {
    for words in [&["rules"][..], &["rules", "--format", "json"], &["schema", "show"], &["query", "--list"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let output = super::support::tkgd().args(words).stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{words:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(String::from_utf8_lossy(&output.stderr).contains("stdout"), "{words:?}");
    }
}
