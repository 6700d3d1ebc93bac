//! Rules over tables never pass in silence: what could never be decided is refused when it is loaded, a sum with a part twice
//! is undecided, a rule that decided nothing says so; and the words that long tables need.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rust_xlsxwriter::Workbook;
use tkgd::base::message::Lang;
use tkgd::findings::Verdict;
use tkgd::forms::Schemas;
use tkgd::rulebook::ColumnWords;
use tkgd::rules::{TableVerdicts, check_tables};
use tkgd::workbooks::{Isolation, read_table_rules, read_tables};

use super::support::{scratch, shared, tkgd};

/// What came of a rule file over tables beside it.
struct Came {
    verdicts: TableVerdicts,
    messages: Vec<String>,
}

impl Came {
    fn count(&self, rule: &str) -> (usize, usize, usize) {
        let count = self.verdicts.counts.iter().find(|count| count.rule == rule).unwrap();
        (count.valid, count.invalid, count.undecided)
    }

    fn says(&self, text: &str) -> bool {
        self.messages.iter().any(|message| message.contains(text))
    }
}

fn came(folder: &Path, rules: &str, tables: &[(&str, &str)]) -> Came {
    let given = tables.iter().map(|(name, text)| {
        let path = folder.join(format!("{name}.csv"));
        std::fs::write(&path, text).unwrap();
        ((*name).to_owned(), path)
    });
    let given = given.collect();
    came_of(folder, rules, given)
}

fn came_of(folder: &Path, rules: &str, given: Vec<(String, PathBuf)>) -> Came {
    let path = folder.join("rules.toml");
    std::fs::write(&path, rules).unwrap();
    let rules = read_table_rules(&path, &Isolation::InProcess).unwrap();
    let verdicts = check_tables(&rules, &read_tables(&rules, &given, &Isolation::InProcess).unwrap());
    let schemas = Schemas::load(None).unwrap();
    let mut book = schemas.rules.clone();
    assert!(book.add(rules.catalogue(&schemas.files.toml::<ColumnWords>("table_rules.toml").unwrap())).is_empty());
    let messages = verdicts.findings.iter().map(|finding| book.message(finding, Lang::Vi)).collect();
    Came { verdicts, messages }
}

/// One rule over a table `t`.
fn one(columns: &str, rule: &str) -> String {
    format!(
        "numbers = 'en'\n[tables.t]\nkey = ['id']\nquotable = true\ncolumns = {columns}\n[[rules]]\nid = 'r'\ntable = 't'\ntitle_vi = 'thử'\n{rule}\n"
    )
}

#[test]
fn what_can_never_be_decided_is_refused_when_it_is_loaded() {
    let folder = scratch("table_words_refused");
    let columns = "{ id = {}, n = { type = 'whole' }, s = { type = 'text' }, d = { type = 'date' }, any = {}, other = {} }";
    for (rule, said) in [
        ("check = '{s} = 2016'", "a text is compared with a number"),
        ("check = '{n} = \"2016\"'", "a number is compared with a text"),
        ("check = '{n} in (1, \"2\")'", "a number is compared with a text"),
        ("where = '{s} > 1'\ncheck = '{n} > 1'", "a text is compared with a number"),
        ("check = '{d} <= \"31/02/2025\"'", "is no date"),
        ("check = '{d} > 2025'", "a date is compared with a number"),
        ("check = '{any} < {other}'", "which of two columns without a type is larger"),
        ("check = '{n} + 1'", "this is a number, no condition"),
        ("check = '{s}'", "this is a text, no condition"),
        ("check = '{n} and {n} > 1'", "stand conditions"),
        ("check = 'not {n}'", "stand conditions"),
        ("check = '{s} + 1 = 2'", "a text is not reckoned with"),
        ("check = 'abs({s}) > 1'", "a text is not reckoned with"),
        ("check = 'length({n}) = 2'", "a number has no letters"),
        ("check = 'like({s}, 9)'", "like takes a shape"),
        ("check = 'abs({n}, {n}) > 1'", "arguments"),
        ("aggregate = { by = ['any'], check = '{sum(s)} > 1' }", "cannot be summed"),
        ("hierarchy = { key = 'id', parent = 'any', value = 'd' }", "cannot be summed"),
        ("hierarchy = { key = 'id', parent = 'any', value = 'n', tolerance = -1.0 }", "tolerance"),
        ("check = '{n} > 1'\nmessage_vi = '{nn} quá nhỏ'", "did you mean `n`"),
        ("unique = ['id']\nmessage_en = '{gone}'", "there is no column `gone`"),
        ("aggregate = { by = ['any'], check = '{count()} > 1' }\nmessage_vi = '{n}'", "a group has only the columns of `by`"),
        ("parts = { column = 's', whole = 'A', parts = ['B', 'a'], value = 'n' }", "each once"),
        ("check = 'size > 1'", "`size` is not defined"),
        ("check = '{exists(t2)}'", "there is no table `t2`"),
        ("keys = { t = ['id', 'any'] }\ncheck = '{t.n} > 1'", "has 1 key columns"),
        ("keys = { t = ['= {n} > 1'] }\ncheck = '{t.n} > 1'", "this is a condition, no value"),
        ("keys = { t = ['d'] }\ncheck = '{t.n} > 1'", "only when both are dates"),
    ] {
        let path = folder.join("rules.toml");
        std::fs::write(&path, one(columns, rule)).unwrap();
        let problem = read_table_rules(&path, &Isolation::InProcess).unwrap_err().to_string();
        assert!(problem.contains(said), "{rule}: {problem}");
    }
    for (tables, said) in [
        ("[tables.t]\ncolumns = { a = { heading = 'Mã' }, b = { heading = 'MÃ' } }", "are both the column"),
        ("[tables.t]\ncolumns = { a = { type = 'whole', codes = ['x'] } }", "of its codes is none"),
        ("[tables.t]\n", "has columns"),
        ("[tables.t]\nfrom = 'u'\n[tables.u]\nfrom = 't'", "another table with columns of its own"),
        ("[tables.t]\ncolumns = { a = {} }\n[tables.u]\nfrom = 't'\nwhere = '{b} = 1'", "there is no column `b`"),
        ("[tables.t]\ncolumns = { a = {} }\n[tables.u]\nfrom = 't'\nwhere = '{a}'", "no condition"),
    ] {
        let path = folder.join("rules.toml");
        std::fs::write(&path, tables).unwrap();
        let problem = read_table_rules(&path, &Isolation::InProcess).unwrap_err().to_string();
        assert!(problem.contains(said), "{tables}: {problem}");
    }
}

/// A rule file over a CSV table `t`: counts of its rule `r`, and what is said.
struct Case {
    kind: &'static str,
    columns: &'static str,
    rule: &'static str,
    table: &'static str,
    expected: (usize, usize, usize),
    said: &'static str,
}

const TREE: &str = "{ id = {}, parent = {}, v = { type = 'decimal' } }";
const SUM: &str = "hierarchy = { key = 'id', parent = 'parent', value = 'v' }";

const CASES: &[Case] = &[
    Case {
        kind: "a part twice, the total right without it",
        columns: TREE,
        rule: SUM,
        table: "id,parent,v\nP,,100\nA,P,40\nB,P,30\nB,P,30\n",
        expected: (0, 0, 1),
        said: "khóa này có hai lần",
    },
    Case {
        kind: "both sides and the parts",
        columns: TREE,
        rule: SUM,
        table: "id,parent,v\nP,,100\nA,P,40\nB,P,30.5\n",
        expected: (0, 1, 0),
        said: "id = P; v = 100; cộng các phần được 70,5: A = 40; B = 30,5",
    },
    Case {
        kind: "an expected part is not there",
        columns: TREE,
        rule: "hierarchy = { key = 'id', parent = 'parent', value = 'v', parts = ['A', 'B', 'C'] }",
        table: "id,parent,v\nP,,70\nA,P,40\nB,P,30\n",
        expected: (0, 0, 1),
        said: "thiếu phần: C",
    },
    Case {
        kind: "exact sums of decimals",
        columns: TREE,
        rule: SUM,
        table: "id,parent,v\nP,,0.3\nA,P,0.1\nB,P,0.2\nQ,,0.6\nA,Q,0.1\nB,Q,0.5001\n",
        expected: (1, 1, 0),
        said: "0,6001",
    },
    Case {
        kind: "a stated tolerance",
        columns: TREE,
        rule: "hierarchy = { key = 'id', parent = 'parent', value = 'v', tolerance = 0.05 }",
        table: "id,parent,v\nP,,0.3\nA,P,0.1\nB,P,0.25\nQ,,1\nA,Q,0.5\nB,Q,0.4499\n",
        expected: (1, 1, 0),
        said: "0,9499",
    },
    Case {
        kind: "numbers as programs write them",
        columns: TREE,
        rule: SUM,
        table: "id,parent,v\nP,,6e+05\nA,P,123456\nB,P,4.76544E5\nQ,,246913578024\nC,Q,123456789012\nD,Q,\"123,456,789,012\"\n",
        expected: (2, 0, 0),
        said: "",
    },
    Case {
        kind: "a circle",
        columns: TREE,
        rule: SUM,
        table: "id,parent,v\nA,C,1\nB,A,1\nC,B,1\nD,,1\n",
        expected: (3, 1, 0),
        said: "vòng lặp, các dòng: 2 → 4 → 3",
    },
    Case {
        kind: "a tie blames nobody",
        columns: "{ id = {}, a = {}, b = {} }",
        rule: "depends = { on = ['a'], gives = ['b'] }",
        table: "id,a,b\n1,x,Một\n2,x,Hai\n3,y,Ba\n",
        expected: (1, 0, 2),
        said: "bằng nhau",
    },
    Case {
        kind: "every column of a message is filled in",
        columns: "{ id = {}, ten = {}, a = { type = 'whole' }, b = { type = 'whole' } }",
        rule: "check = '{a} <= {b}'\nmessage_vi = '{id} {ten}: {a} > {b}'",
        table: "id,ten,a,b\nT1,Trường {a},9,5\n",
        expected: (0, 1, 0),
        said: "T1 Trường {a}: 9 > 5",
    },
    Case {
        kind: "what was typed is no phrase of ours",
        columns: "{ id = {}, ten = {}, a = { type = 'whole' } }",
        rule: "check = '{a} <= 5 and {ten} != \"x\"'",
        table: "id,ten,a\nT1,{pipe},9\n",
        expected: (0, 1, 0),
        said: "ten = {pipe}",
    },
    Case {
        kind: "an open column is the number it is compared with",
        columns: "{ id = {}, nam = {}, hs = { type = 'whole' } }",
        rule: "where = '{nam} = 2016'\ncheck = '{hs} >= 0'",
        table: "id,nam,hs\n1,2016,-5\n2,2015,3\n3,khác,3\n",
        expected: (0, 1, 1),
        said: "giá trị sai kiểu: t.nam",
    },
    Case {
        kind: "is_number of an open column",
        columns: "{ id = {}, x = {} }",
        rule: "check = 'is_number({x})'",
        table: "id,x\n1,12\n2,12a\n3,\"1,200.5\"\n",
        expected: (2, 1, 0),
        said: "12a",
    },
    Case {
        kind: "missing",
        columns: "{ id = {}, x = {}, y = {} }",
        rule: "check = 'missing({x}) <=> missing({y})'",
        table: "id,x,y\n1,a,b\n2,,b\n3,,\n",
        expected: (2, 1, 0),
        said: "",
    },
    Case {
        kind: "dates as people write them",
        columns: "{ id = {}, d = { type = 'date' } }",
        rule: "check = '{d} >= \"01/09/2025\"'",
        table: "id,d\n1,30/09/2025\n2,2025-08-31\n",
        expected: (1, 1, 0),
        said: "",
    },
    Case {
        kind: "let and for",
        columns: "{ id = {}, a = { type = 'whole' }, b = { type = 'whole' } }",
        rule: "for = [{ c = 'a', most = '5' }, { c = 'b', most = '9' }]\nlet = { left = 'most - {$c}' }\ncheck = 'left >= 0'\nmessage_vi = '{c}: còn {left}'",
        table: "id,a,b\n1,4,9\n2,6,12\n",
        expected: (2, 2, 0),
        said: "b: còn -3",
    },
    Case {
        kind: "a group with a key twice",
        columns: "{ id = {}, g = {}, v = { type = 'whole' } }",
        rule: "aggregate = { by = ['g'], check = '{sum(v)} <= 10' }",
        table: "id,g,v\n1,x,4\n2,x,5\n3,y,6\n3,y,6\n4,z,11\n",
        expected: (1, 1, 1),
        said: "11 <= 10",
    },
    Case {
        kind: "a column without a heading",
        columns: "{ id = {}, v = { type = 'whole' } }",
        rule: "check = '{v} >= 1'",
        table: "id,,v\n1,2,3\n",
        expected: (1, 0, 0),
        said: "không có tên: B",
    },
];

#[test]
fn nothing_passes_in_silence() {
    let folder = scratch("table_words_cases");
    for case in CASES {
        let came = came(&folder, &one(case.columns, case.rule), &[("t", case.table)]);
        assert_eq!(came.count("r"), case.expected, "{}: {:#?}", case.kind, came.messages);
        assert!(case.said.is_empty() || came.says(case.said), "{}: {} is not said: {:#?}", case.kind, case.said, came.messages);
    }
}

/// The reader gives no table whose rows or headings could mean two things.
#[test]
fn tables_that_could_mean_two_things_are_refused_with_their_lines() {
    let folder = scratch("table_words_refused");
    let rules = folder.join("rules.toml");
    std::fs::write(&rules, one("{ id = {}, a = {} }", "check = '{id} >= 1'")).unwrap();
    let rules = read_table_rules(&rules, &Isolation::InProcess).unwrap();
    for (text, lines) in [("id,a\n1,2\n2,3,4\n3\n", vec!["dòng 3", "dòng 4"]), ("id,a,a\n1,2,3\n", vec!["`a`"])] {
        let path = folder.join("t.csv");
        std::fs::write(&path, text).unwrap();
        let problem = read_tables(&rules, &[("t".to_owned(), path)], &Isolation::InProcess).unwrap_err().message().vi();
        assert!(lines.iter().all(|line| problem.contains(line)), "{problem}");
    }
}

/// A province's schools and what its office printed of them.
const JOINED: &str = r#"
[tables.schools]
key = ["code", "year"]
quotable = true
columns = { code = { type = "text" }, year = { type = "whole" }, commune = { type = "text" }, kind = {}, pupils = { type = "whole" } }
[tables.private]
from = "schools"
where = '{kind} = "TT"'
key = ["commune", "year"]
[tables.of_commune]
from = "schools"
key = ["commune", "year"]
[tables.communes]
key = ["commune", "kind"]
quotable = true
nil = ["-"]
missing = ["…"]
columns = { commune = { type = "text" }, kind = {}, pupils = { type = "whole" } }
[tables.known]
key = ["commune"]
columns = { commune = { type = "text" } }
"#;

#[test]
fn rows_find_rows_by_constants_and_what_is_worked_out() {
    let folder = scratch("table_words_joined");
    let schools =
        "code,year,commune,kind,pupils\n01A,2025,01,CL,10\n01B,2025,01,TT,5\n02A,2025,02,CL,7\n01A,2024,01,CL,9\n02A,2024,02,CL,70\n";
    let communes = "commune,kind,pupils\n01,Tổng số,15\n01,TT,5\n02,Tổng số,8\n02,TT,-\n03,Tổng số,…\n";
    let tables = [("schools", schools), ("communes", communes), ("known", "commune\n01\n")];
    for (rule, expected) in [
        // Constants, and the year before, as parts of a key.
        (
            "table = 'schools'\nwhere = '{year} = 2025'\nkeys = { communes = ['commune', '=\"Tổng số\"'] }\ncheck = '{pupils} <= {communes.pupils}'",
            (3, 0, 0),
        ),
        (
            "table = 'schools'\nwhere = '{year} = 2025'\nkeys = { schools = ['code', '={year} - 1'] }\ncheck = 'abs({pupils} - {schools.pupils}) <= 5'",
            (1, 1, 1),
        ),
        ("table = 'schools'\nkeys = { known = ['=part({code}, 1, 2)'] }\ncheck = '{exists(known)}'", (3, 2, 0)),
        // Totals of rows of another table, or of this one, in a rule about rows.
        (
            "table = 'communes'\nwhere = '{kind} = \"Tổng số\"'\nkeys = { of_commune = ['commune', '=2025'] }\ncheck = '{sum(of_commune.pupils)} = {pupils}'",
            (1, 1, 1),
        ),
        ("table = 'schools'\nkeys = { of_commune = ['commune', 'year'] }\ncheck = '2 * {pupils} >= {max(of_commune.pupils)}'", (5, 0, 0)),
        // Conditional sums and counts within a group.
        (
            "table = 'schools'\nwhere = '{year} = 2025'\naggregate = { by = ['commune', 'year'], check = '{count(private.*)} = 1 and {sum(private.pupils)} <= 5' }",
            (1, 1, 0),
        ),
        ("table = 'communes'\nwhere = '{kind} = \"TT\"'\ncheck = '{pupils} >= 0'", (2, 0, 0)),
        ("table = 'communes'\ncheck = 'present({pupils})'", (4, 1, 0)),
    ] {
        let came = came(&folder, &format!("{JOINED}\n[[rules]]\nid = 'r'\ntitle_vi = 'thử'\n{rule}\n"), &tables);
        assert_eq!(came.count("r"), expected, "{rule}: {:#?}", came.messages);
    }
}

#[test]
fn a_number_and_its_digits_are_one_value_everywhere() {
    let folder = scratch("table_words_mixed");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, heading) in ["id", "x"].into_iter().enumerate() {
        sheet.write_string(0, column as u16, heading).unwrap();
    }
    sheet.write_string(1, 0, "a").unwrap();
    sheet.write_number(1, 1, 12).unwrap();
    sheet.write_string(2, 0, "b").unwrap();
    sheet.write_string(2, 1, "12").unwrap();
    let path = folder.join("t.xlsx");
    book.save(&path).unwrap();
    std::fs::write(folder.join("k.csv"), "k,name\n12,mười hai\n").unwrap();
    for (rule, expected) in [
        ("check = '{x} = 12'", (2, 0, 0)),
        ("check = '{x} = \"12\"'", (2, 0, 0)),
        ("check = '{x} in (\"12\")'", (2, 0, 0)),
        ("check = '{x} + 1 = 13'", (2, 0, 0)),
        ("unique = ['x']", (0, 2, 0)),
        ("keys = { k = ['x'] }\ncheck = 'present({k.name})'", (2, 0, 0)),
    ] {
        let rules = one("{ id = {}, x = { codes = ['12'] } }", rule) + "\n[tables.k]\nkey = ['k']\ncolumns = { k = {}, name = {} }\n";
        let came = came_of(&folder, &rules, vec![("t".to_owned(), path.clone()), ("k".to_owned(), folder.join("k.csv"))]);
        assert_eq!(came.count("r"), expected, "{rule}: {:#?}", came.messages);
        assert_eq!(came.count("t.x.codes"), (2, 0, 0), "{:#?}", came.messages);
    }
}

#[test]
fn a_rule_that_decided_nothing_says_so() {
    let folder = scratch("table_words_idle");
    let rules = one("{ id = {}, v = { type = 'whole' } }", "where = '{id} = \"x\"'\ncheck = '{v} > 1'");
    let run = |rules: &str, table: &str, more: &[&str]| {
        std::fs::write(folder.join("rules.toml"), rules).unwrap();
        std::fs::write(folder.join("t.csv"), table).unwrap();
        let output =
            tkgd().current_dir(&folder).args(["table", "--rules", "rules.toml", "--table", "t=t.csv"]).args(more).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let (code, text) = run(&rules, "id,v\na,2\n", &[]);
    assert!(code == Some(1) && text.contains("quy tắc r không kết luận được dòng nào (0 chưa kết luận được)"), "{code:?} {text}");
    assert_eq!(run(&rules, "id,v\nx,2\n", &[]).0, Some(0));
    assert_eq!(run(&rules, "id,v\na,2\n", &["--allow-idle"]).0, Some(0));
    assert_eq!(run(&format!("{rules}idle = true\n"), "id,v\na,2\n", &[]).0, Some(0));
    let (code, text) = run(&format!("{rules}idle = true\n"), "id,v\n", &[]);
    assert!(code == Some(1) && text.contains("bảng không có dòng nào"), "{code:?} {text}");
}

/// Situations out of the folder of cases: their right outcome.
#[test]
fn the_situations_have_their_right_outcome() {
    let Some(shared) = shared() else { return };
    let folder = scratch("table_words_situations");
    let cases = shared.join("cases");
    let run = |rules: &str, tables: &[(&str, &str)]| {
        let mut command = tkgd();
        command.current_dir(&folder).args(["--lang", "en", "table", "--all", "--rules"]).arg(cases.join(rules));
        for (name, file) in tables {
            let mut argument = std::ffi::OsString::from(format!("{name}="));
            argument.push(cases.join(file));
            command.arg("--table").arg(argument);
        }
        let output = command.output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
    };
    for file in ["72-table-rules/dup1.csv", "72-table-rules/dup2.csv"] {
        let (_, text) = run("72-table-rules/dup.toml", &[("t", file)]);
        assert!(text.contains("h: 0 valid, 0 invalid, 1 undecided") && text.contains("stands twice"), "{file}: {text}");
    }
    let (code, text) = run("72-table-rules/wh.toml", &[("t", "72-table-rules/wh.csv")]);
    assert!(code == Some(1) && text.contains("am: 0 valid, 1 invalid, 0 undecided"), "{text}");
    let (_, text) = run("72-table-rules/mx.toml", &[("t", "72-table-rules/mix.xlsx")]);
    // 12, "12" and 12.0 typed as a number are one value: equal to 12, to "12", and to each other.
    let told = |rule: &str, cell: &str| {
        text.split("error[").any(|one| one.starts_with(&format!("{rule}]")) && one.contains(&format!("cell {cell}\n")))
    };
    assert!(["r1", "r2", "r3"].iter().all(|rule| ["B2", "B3", "B5"].iter().all(|cell| !told(rule, cell))), "{text}");
    assert!(["B2", "B3", "B5"].iter().all(|cell| told("r4", cell)), "{text}");
    let (code, text) = run("72-table-rules/msg.toml", &[("t", "72-table-rules/msg.csv")]);
    assert!(code == Some(1) && text.contains("T1 Trường A: 9 > 5") && !text.contains('{'), "{text}");
    let situation = "33-tables-with-repeated-headings-and-long-rows/ws";
    let (code, text) = run(&format!("{situation}/rules.toml"), &[("schools", &format!("{situation}/dup.csv"))]);
    assert!(code != Some(0) && text.contains("Học sinh"), "{text}");
    let (code, _) = run(&format!("{situation}/rules.toml"), &[("schools", &format!("{situation}/long.csv"))]);
    assert_ne!(code, Some(0));
}

/// What the yearbook's long table says of itself, as others reckoned it: total, sum of parts, and whether they agree.
#[test]
fn the_long_table_of_a_statistics_office_is_checked_as_it_is() {
    let Some(shared) = shared() else { return };
    let samples = shared.join("reference/samples_real");
    let folder = scratch("table_words_long");
    let by = "by = ['yearbook', 'table_no', 'indicator', 'area', 'period']";
    let part = |id: &str, whole: &str, parts: &str| {
        format!(
            "[[rules]]\nid = '{id}'\ntable = 'long'\ntitle_vi = '{id}'\nparts = {{ column = 'breakdown', whole = '{whole}', parts = [{parts}], value = 'value', {by} }}\nwhere = '{{table_no}} != \"223\"'\n"
        )
    };
    let rules = format!(
        "numbers = 'en'\n[tables.long]\nquotable = true\nmissing = ['..']\n[tables.long.columns]\nyearbook = {{}}\ntable_no = {{}}\nindicator = {{}}\narea = {{}}\narea_parent = {{}}\nbreakdown = {{}}\nperiod = {{}}\nvalue = {{ type = 'decimal' }}\n{}{}{}",
        part("owner", "Tổng số", "'Công lập', 'Ngoài công lập'"),
        part("level", "Tổng số", "'Trung ương', 'Địa phương'"),
        part("sex", "Tổng số", "'Nam', 'Nữ'"),
    );
    let came = came_of(&folder, &rules, vec![("long".to_owned(), samples.join("niengiam_tables_long.csv"))]);
    let mut reader = csv::Reader::from_path(samples.join("niengiam_checks_expected.csv")).unwrap();
    let mut wanted: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for record in reader.records() {
        let record = record.unwrap();
        let count = wanted.entry(record[0].to_owned()).or_default();
        if &record[10] == "yes" { count.0 += 1 } else { count.1 += 1 }
    }
    for (id, rule) in [("owner", "tong=cong_lap+ngoai_cong_lap"), ("level", "tong=trung_uong+dia_phuong"), ("sex", "tong=nam+nu")] {
        let (valid, invalid, _) = came.count(id);
        assert_eq!((valid, invalid), wanted[rule], "{rule}: {:#?}", came.messages);
    }
    let undecided = came.verdicts.findings.iter().filter(|finding| finding.verdict == Verdict::NotEvaluated).count();
    assert!(undecided < 40, "{:#?}", came.messages);
}
