//! Rules over plain tables: every generic kind says valid, invalid and undecided, at its cell.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tkgd::base::message::Lang;
use tkgd::findings::Verdict;
use tkgd::forms::Schemas;
use tkgd::rulebook::{ColumnWords, TableRules};
use tkgd::rules::{RuleCount, TableVerdicts, check_tables};
use tkgd::workbooks::{Isolation, read_table_rules, read_tables};

use super::support::{root, scratch, shared, tkgd};

const TABLES: &str = r#"
[tables.schools]
key = ["code"]
[tables.schools.columns]
code = { type = "text" }
name = { required = true }
pupils = { type = "whole", quotable = true }
level = { codes = ["TH", "THCS"], quotable = true }
commune = {}
commune_name = {}
parent = {}

[tables.before]
key = ["code"]
[tables.before.columns]
code = { type = "text" }
pupils = { type = "whole" }

[tables.communes]
key = ["commune"]
[tables.communes.columns]
commune = {}
pupils = { type = "whole" }
"#;

/// A kind: the rule asked, what to add to the file, tables, counts expected, the cell that is invalid, columns it cannot do without.
struct Case {
    kind: &'static str,
    rule: &'static str,
    text: &'static str,
    tables: &'static [(&'static str, &'static str)],
    expected: (usize, usize, usize),
    cell: &'static str,
    needs: &'static [&'static str],
}

const CASES: &[Case] = &[
    Case {
        kind: "required",
        rule: "schools.name.required",
        text: "",
        tables: &[("schools", "code,name\n1,A\n2,\n3,C\n")],
        expected: (2, 1, 0),
        cell: "B3",
        needs: &["name"],
    },
    Case {
        kind: "type",
        rule: "schools.pupils.type",
        text: "",
        tables: &[("schools", "code,pupils\n1,1.200\n2,12a\n3,7\n")],
        expected: (2, 1, 0),
        cell: "B3",
        needs: &["pupils"],
    },
    Case {
        kind: "range",
        rule: "r",
        text: "check = '{pupils} >= 0 and {pupils} <= 5000'",
        tables: &[("schools", "code,pupils\n1,12\n2,5001\n3,\n4,many\n")],
        expected: (1, 1, 2),
        cell: "B3",
        needs: &["pupils"],
    },
    Case {
        kind: "code list",
        rule: "r",
        text: "check = '{level} in (\"TH\", \"THCS\")'",
        tables: &[("schools", "code,level\n1,TH\n2,THPT\n3,\n")],
        expected: (1, 1, 1),
        cell: "B3",
        needs: &["level"],
    },
    Case {
        kind: "uniqueness",
        rule: "r",
        text: "unique = ['code']",
        tables: &[("schools", "name,code\nA,1\nB,2\nC,\nD,2\n")],
        expected: (1, 2, 1),
        cell: "B3",
        needs: &["code"],
    },
    Case {
        kind: "completeness",
        rule: "r",
        text: "complete = { of = 'before', keys = ['code'] }",
        tables: &[("schools", "code\n1\n3\n"), ("before", "code,pupils\n1,5\n2,6\n,7\n")],
        expected: (1, 1, 1),
        cell: "A3",
        needs: &["code"],
    },
    Case {
        kind: "hierarchy",
        rule: "r",
        text: "hierarchy = { key = 'code', parent = 'parent', value = 'pupils', by = ['level'] }",
        tables: &[(
            "schools",
            "code,parent,pupils,level\nA,,30,TH\nA1,A,10,TH\nA2,A,20,TH\nB,,31,TH\nB1,B,30,TH\nC,,5,TH\nC1,C,,TH\nA,,9,THCS\nA1,A,9,THCS\nZ1,Z,1,TH\n",
        )],
        expected: (2, 1, 2),
        cell: "C5",
        needs: &["code", "parent", "pupils", "level"],
    },
    Case {
        kind: "look-back",
        rule: "r",
        text: "check = 'abs({pupils} - {before.pupils}) <= 0.3 * {before.pupils}'",
        tables: &[("schools", "code,pupils\n1,12\n2,90\n3,4\n4,8\n5,\n"), ("before", "code,pupils\n2,50\n1,10\n4,\n5,8\n")],
        expected: (1, 1, 3),
        cell: "B3",
        needs: &["code", "pupils"],
    },
    Case {
        kind: "functional dependency",
        rule: "r",
        text: "depends = { on = ['commune'], gives = ['commune_name'] }",
        tables: &[("schools", "commune,commune_name\n1,Tân Sơn\n1,TÂN SƠN\n1,Tân Sa\n2,Ba Vì\n2,\n,Ba Vì\n")],
        expected: (3, 1, 2),
        cell: "B4",
        needs: &["commune", "commune_name"],
    },
    Case {
        kind: "aggregate",
        rule: "r",
        text: "aggregate = { by = ['commune'], check = '{sum(pupils)} = {communes.pupils} and {count()} <= 2 and {min(pupils)} >= 1 and {max(pupils)} < 100' }",
        tables: &[("schools", "commune,pupils\n1,10\n1,20\n2,7\n3,\n4,8\n,9\n"), ("communes", "commune,pupils\n1,30\n2,8\n3,1\n")],
        expected: (1, 1, 3),
        cell: "A4",
        needs: &["commune", "pupils"],
    },
];

fn rules_in(folder: &Path, text: &str) -> TableRules {
    let rule =
        if text.is_empty() { String::new() } else { format!("[[rules]]\nid = 'r'\ntable = 'schools'\ntitle_vi = 'thử'\n{text}\n") };
    let path = folder.join("rules.toml");
    std::fs::write(&path, format!("{TABLES}\n{rule}")).unwrap();
    read_table_rules(&path, &Isolation::InProcess).unwrap()
}

fn checked(folder: &Path, rules: &TableRules, tables: &[(&str, String)]) -> TableVerdicts {
    let written = |(name, text): &(&str, String)| {
        let path = folder.join(format!("{name}.csv"));
        std::fs::write(&path, text).unwrap();
        ((*name).to_owned(), path)
    };
    let given: Vec<(String, PathBuf)> = tables.iter().map(written).collect();
    check_tables(rules, &read_tables(rules, &given, &Isolation::InProcess).unwrap())
}

fn count<'a>(verdicts: &'a TableVerdicts, rule: &str) -> &'a RuleCount {
    verdicts.counts.iter().find(|count| count.rule == rule).unwrap()
}

#[test]
fn every_kind_says_valid_invalid_and_undecided() {
    let folder = scratch("table_rules");
    for case in CASES {
        let rules = rules_in(&folder, case.text);
        let tables: Vec<(&str, String)> = case.tables.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        let verdicts = checked(&folder, &rules, &tables);
        let came = count(&verdicts, case.rule);
        assert_eq!((came.valid, came.invalid, came.undecided), case.expected, "{}: {:#?}", case.kind, verdicts.findings);
        let failed = verdicts.findings.iter().find(|f| f.rule == case.rule && f.verdict == Verdict::Fail).unwrap();
        assert_eq!(failed.place.cell.unwrap().to_string(), case.cell, "{}", case.kind);
        assert!(failed.place.file.as_deref().unwrap().ends_with(".csv"), "{}", case.kind);
        // Without an input nothing is valid, nothing is invalid, and why is said.
        for missing in 0..tables.len() {
            let mut rest = tables.clone();
            let (name, _) = rest.remove(missing);
            assert_undecided(&checked(&folder, &rules, &rest), case, &format!("{{table-not-given}}: {name}"));
        }
        for column in case.needs {
            let mut other = tables.clone();
            let (headings, rows) = other[0].1.split_once('\n').unwrap();
            let headings: Vec<&str> = headings.split(',').map(|heading| if heading == *column { "other" } else { heading }).collect();
            other[0].1 = format!("{}\n{rows}", headings.join(","));
            assert_undecided(&checked(&folder, &rules, &other), case, &format!("{{column-not-there}}: schools.{column}"));
        }
    }
}

fn assert_undecided(verdicts: &TableVerdicts, case: &Case, reason: &str) {
    let came = count(verdicts, case.rule);
    assert!(came.valid == 0 && came.invalid == 0 && came.undecided > 0, "{} without {reason}: {came:?}", case.kind);
    let said = verdicts.findings.iter().any(|f| f.rule == case.rule && f.verdict == Verdict::NotEvaluated && f.found.plain() == reason);
    assert!(said, "{}: {reason} is not said: {:#?}", case.kind, verdicts.findings);
}

#[test]
fn values_are_quoted_only_where_the_schema_allows_it() {
    let folder = scratch("table_rules_quoting");
    let rules = rules_in(&folder, "message_vi = '{name}: {pupils}'\ncheck = '{name} != \"Secret\" and {pupils} < 10'");
    let verdicts = checked(&folder, &rules, &[("schools", "code,name,pupils\n1,Secret,77\n".to_owned())]);
    let schemas = Schemas::load(None).unwrap();
    let mut book = schemas.rules.clone();
    let words: ColumnWords = schemas.files.toml("table_rules.toml").unwrap();
    assert!(book.add(rules.catalogue(&words)).is_empty());
    let said: Vec<String> = verdicts.findings.iter().filter(|f| f.rule == "r").map(|f| book.message(f, Lang::Vi)).collect();
    assert_eq!(said, ["…: 77"]);
    assert!(!format!("{:?}", verdicts.findings).contains("Secret"));
}

#[test]
fn rules_that_name_what_is_not_there_are_refused() {
    let folder = scratch("table_rules_refused");
    for (text, said) in [
        ("check = '{pupil} > 0'", "did you mean `pupils`"),
        ("check = '{after.pupils} > 0'", "there is no table `after`"),
        ("check = '{sum(pupils)} > 0'", "stands in an aggregate only"),
        ("check = '{III/1/1} > 0'", "a table has fields"),
        ("aggregate = { by = ['commune'], check = '{pupils} > 0' }", "a group has only the columns of `by`"),
        ("unique = ['code']\ncheck = '1 = 1'", "exactly one of"),
        ("unique = ['codes']", "did you mean `code`"),
        ("severe = 1", "unknown field"),
    ] {
        let path = folder.join("rules.toml");
        std::fs::write(&path, format!("{TABLES}\n[[rules]]\nid = 'r'\ntable = 'schools'\ntitle_vi = 'thử'\n{text}\n")).unwrap();
        let problem = read_table_rules(&path, &Isolation::InProcess).unwrap_err().to_string();
        assert!(problem.contains(said), "{text}: {problem}");
    }
}

/// The example of the documentation is a rule file that can be read, with its code list.
#[test]
fn the_documented_example_is_one() {
    let folder = scratch("table_rules_documented");
    let text = std::fs::read_to_string(root().join("docs/rules.md")).unwrap();
    let (_, section) = text.split_once("## Rules over tables").unwrap();
    let blocks: Vec<&str> = section.split("```toml").skip(1).map(|block| block.split("```").next().unwrap()).collect();
    let path = folder.join("rules.toml");
    std::fs::write(&path, blocks.concat()).unwrap();
    std::fs::write(folder.join("kinds.csv"), "kind,name\nCL,công lập\nTT,tư thục\n").unwrap();
    let rules = read_table_rules(&path, &Isolation::InProcess).unwrap();
    assert_eq!(rules.tables["schools"].columns["kind"].codes, ["CL", "TT"]);
    let schools = "Danh sách trường\n\n\nMã trường *,level,kind,pupils,commune,commune_name,parent\n7,TH,XX,12,1,A,\n".to_owned();
    let verdicts = checked(&folder, &rules, &[("schools", schools), ("before", "code,pupils\n7,10\n".to_owned())]);
    assert_eq!(count(&verdicts, "pupils-jump").valid, 1);
    assert_eq!(count(&verdicts, "schools.kind.codes").invalid, 1);
}

#[test]
fn the_command_says_it_in_words_and_as_json() {
    let folder = scratch("table_rules_command");
    rules_in(&folder, "check = '{pupils} <= 50'");
    let run = |schools: &str, more: &[&str]| {
        std::fs::write(folder.join("schools.csv"), schools).unwrap();
        let mut command = tkgd();
        command.current_dir(&folder).args(["table", "--rules", "rules.toml"]).args(more);
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let given = ["--table", "schools=schools.csv"];
    let columns = "code,name,pupils,level";
    let (code, text) = run(&format!("{columns}\n1,A,60,TH\n"), &given);
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("tại schools.csv") && text.contains("C2") && text.contains("r: 0 đúng, 1 sai, 0 chưa kết luận được"), "{text}");
    let (code, text) = run(&format!("{columns}\n1,A,40,TH\n"), &[&given[..], &["--format", "json"]].concat());
    assert_eq!(code, Some(0), "{text}");
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(json["rules"].as_array().unwrap().iter().any(|rule| rule["rule"] == "r" && rule["valid"] == 1), "{text}");
    assert_eq!(run("", &["--table", "nothing=schools.csv"]).0, Some(2));
    let (code, text) = run("", &[]);
    assert_eq!(code, Some(1), "a rule that looked at nothing does not pass: {text}");
    assert!(text.contains("không có bảng: schools") && text.contains("không kết luận được dòng nào"), "{text}");
    assert_eq!(run("", &["--allow-idle"]).0, Some(0), "undecided alone is no error");
}

const REGISTER: &str = r#"
[tables.units]
sheet = "DM ĐƠN VỊ"
key = ["code"]
columns = { code = { heading = "Mã Đơn Vị", type = "text" } }

[tables.districts]
sheet = "DM QUẬN HUYỆN"
key = ["code"]
columns = { code = { heading = "Mã QH", type = "text" } }

[tables.schools]
sheet = "Sheet1"
heading_row = 4
[tables.schools.columns]
MA_TRUONG = { heading = "MA_TRUONG *", type = "text", required = true }
TEN_TRUONG_HOC = { heading = "TEN_TRUONG_HOC *", required = true }
MA_DON_VI = { heading = "MA_DON_VI *", type = "text", required = true }
CAP_HOC = { heading = "CAP_HOC *", type = "text", required = true, codes = ["1", "12", "123", "1234", "12345", "6"] }
TRANG_THAI = { heading = "TRANG_THAI *", type = "whole", required = true, codes = ["0", "1"] }
LOAI_HINH_DAO_TAO = { heading = "LOAI_HINH_DAO_TAO *", type = "whole", required = true }
LOAI_HINH_TRUONG = { heading = "LOAI_HINH_TRUONG *", type = "whole", required = true }
MA_XA_PHUONG = { heading = "MA_XA_PHUONG *", type = "text", required = true }
MA_QUAN_HUYEN = { heading = "MA_QUAN_HUYEN *", type = "text", required = true }
MA_TINH_THANH = { heading = "MA_TINH_THANH *", type = "text", required = true }
CHUAN_QUOC_GIA = { heading = "CHUAN_QUOC_GIA *", type = "whole", required = true, codes = ["0", "1", "2"] }
NGAY_THANH_LAP = { type = "date" }
ID_SO = { heading = "ID_SO*", type = "text", required = true }
ID_PHONG = { heading = "ID_PHONG*", type = "text", required = true }
"#;

/// Rules over the rows: what the expected file calls them, the table, and the rule.
const REGISTER_RULES: &[(&str, &str, &str)] = &[
    ("MA_TRUONG not 8 digits", "schools", "check = 'like({MA_TRUONG}, \"99999999\")'"),
    ("MA_TRUONG not 8 or 10 alnum", "schools", "check = 'like({MA_TRUONG}, \"XXXXXXXX\") or like({MA_TRUONG}, \"XXXXXXXXXX\")'"),
    ("MA_TRUONG prefix != MA_TINH_THANH", "schools", "check = 'part({MA_TRUONG}, 1, 2) = {MA_TINH_THANH}'"),
    (
        "MA_TRUONG[2:5] != MA_QUAN_HUYEN (both present)",
        "schools",
        "where = 'present({MA_TRUONG}) and present({MA_QUAN_HUYEN})'\ncheck = 'part({MA_TRUONG}, 3, 3) = {MA_QUAN_HUYEN}'",
    ),
    ("MA_DON_VI not in DM ĐƠN VỊ", "units", "complete = { of = 'schools', keys = ['MA_DON_VI'], columns = ['code'] }"),
    (
        "MA_QUAN_HUYEN not in DM QUẬN HUYỆN",
        "districts",
        "where = 'present({MA_QUAN_HUYEN})'\ncomplete = { of = 'schools', keys = ['MA_QUAN_HUYEN'], columns = ['code'] }",
    ),
    (
        "ID_PHONG present and not in DM ĐƠN VỊ",
        "units",
        "where = 'present({ID_PHONG})'\ncomplete = { of = 'schools', keys = ['ID_PHONG'], columns = ['code'] }",
    ),
    ("LOAI_HINH_DAO_TAO not in 1..5", "schools", "check = '{LOAI_HINH_DAO_TAO} >= 1 and {LOAI_HINH_DAO_TAO} <= 5'"),
    ("LOAI_HINH_TRUONG not in 1..9", "schools", "check = '{LOAI_HINH_TRUONG} >= 1 and {LOAI_HINH_TRUONG} <= 9'"),
    ("MA_XA_PHUONG not 5 digits (present)", "schools", "where = 'present({MA_XA_PHUONG})'\ncheck = 'like({MA_XA_PHUONG}, \"99999\")'"),
    (
        "range of NGAY_THANH_LAP",
        "schools",
        "where = 'present({NGAY_THANH_LAP})'\ncheck = '{NGAY_THANH_LAP} >= \"1900-01-01\" and {NGAY_THANH_LAP} <= \"2025-06-23\"'",
    ),
];

/// What the expected file calls the rules that follow from a column, and which they are.
const REGISTER_COLUMNS: &[(&str, &str)] = &[
    ("TRANG_THAI not in {0,1}", "TRANG_THAI"),
    ("CHUAN_QUOC_GIA not in {0,1,2}", "CHUAN_QUOC_GIA"),
    ("CAP_HOC not in {1,12,123,1234,12345,6}", "CAP_HOC"),
];

#[test]
fn a_real_register_has_exactly_the_violations_it_is_known_to_have() {
    let Some(shared) = shared() else { return };
    let samples = shared.join("reference/samples_real");
    let expected: serde_json::Value =
        serde_json::from_slice(&std::fs::read(samples.join("thainguyen_expected_violations.json")).unwrap()).unwrap();
    let mut text = REGISTER.to_owned();
    for (index, (_, table, rule)) in REGISTER_RULES.iter().enumerate() {
        text += &format!("\n[[rules]]\nid = 'r{index}'\ntable = '{table}'\ntitle_vi = 'thử'\n{rule}\n");
    }
    let path = scratch("table_rules_register").join("rules.toml");
    std::fs::write(&path, text).unwrap();
    let rules = read_table_rules(&path, &Isolation::InProcess).unwrap();
    let workbook = samples.join("thainguyen_schools_2025_sanitised.xlsx");
    let given: Vec<(String, PathBuf)> = ["schools", "units", "districts"].map(|name| (name.to_owned(), workbook.clone())).into();
    let tables = read_tables(&rules, &given, &Isolation::InProcess).unwrap();
    assert_eq!(tables["schools"].rows.len() as u64, expected["rows"].as_u64().unwrap());
    let verdicts = check_tables(&rules, &tables);
    let invalid = |rule: &str| count(&verdicts, rule).invalid;
    let mut came: BTreeMap<String, usize> = BTreeMap::new();
    for (index, (name, ..)) in REGISTER_RULES.iter().enumerate() {
        came.insert((*name).to_owned(), invalid(&format!("r{index}")));
    }
    for (name, column) in REGISTER_COLUMNS {
        came.insert((*name).to_owned(), invalid(&format!("schools.{column}.codes")));
    }
    for (column, declared) in &rules.tables["schools"].columns {
        if declared.required {
            came.insert(format!("required missing: {column}"), invalid(&format!("schools.{column}.required")));
        }
    }
    // What is no date has no range: the two counts are of different rows.
    let dates = came.remove("range of NGAY_THANH_LAP").unwrap() + invalid("schools.NGAY_THANH_LAP.type");
    came.insert("NGAY_THANH_LAP invalid/before 1900/after 23-06-2025 (present)".to_owned(), dates);
    let mut wanted: BTreeMap<String, usize> = serde_json::from_value(expected["rule_counts"].clone()).unwrap();
    // Tables are composed when they are read, so how a text was typed is no longer seen.
    wanted.remove("DIA_CHI not NFC (in sanitised file)").unwrap();
    assert_eq!(came, wanted);
}
