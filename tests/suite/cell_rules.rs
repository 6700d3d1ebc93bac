//! Rules over cells: each one is broken once and found at its cell; clean figures break none.

use std::collections::BTreeSet;
use std::sync::Arc;

use tkgd::base::message::Lang;
use tkgd::findings::{Finding, Severity, Verdict};
use tkgd::forms::{Form, Schemas};
use tkgd::register::{Register, Tree};
use tkgd::returns::{Returns, Source, Status, Submission, Values};
use tkgd::rules::{ReferenceReturns, RuleContext, check_cell_rules};
use tkgd::workbooks::{Isolation, read_table};

use super::support::scratch;
use super::workspace::{Workspace, book, form, schemas, slot, values};

/// A rule and the figures that break it.
struct Seed {
    rule: &'static str,
    form: &'static str,
    /// Cells as `sheet/code/column` with their new number; `@` before it is a year ago, `~form:` the other term's form.
    cells: &'static [(&'static str, i64)],
    /// Where the finding must stand.
    at: &'static str,
}

const SEEDS: &[Seed] = &[
    Seed { rule: "th-classes-without-pupils", form: "02-TH-DN", cells: &[("I/36/1", 0), ("I/28/1", 0)], at: "III/40/1" },
    Seed { rule: "th-class-size", form: "02-TH-DN", cells: &[("I/28/1", 2), ("III/40/1", 71)], at: "III/40/1" },
    Seed { rule: "th-other-ownership", form: "02-TH-DN", cells: &[("III/37/9", 3)], at: "III/37/9" },
    Seed { rule: "th-national-standard", form: "02-TH-DN", cells: &[("I/1/1", 1), ("I/8/1", 1), ("I/9/1", 1)], at: "I/8/1" },
    Seed { rule: "th-pupils-last-year", form: "02-TH-DN", cells: &[("III/37/1", 131), ("@III/37/1", 100)], at: "III/37/1" },
    Seed { rule: "th-cohort-last-year", form: "02-TH-DN", cells: &[("III/41/1", 75), ("@III/40/1", 100)], at: "III/41/1" },
    Seed { rule: "th-class-size-unlike-others", form: "02-TH-DN", cells: &[("III/37/1", 4000), ("I/27/1", 10)], at: "III/37/1" },
    Seed { rule: "thcs-classes-without-pupils", form: "03-THCS-DN", cells: &[("I/DL041/1", 0), ("I/DL033/1", 0)], at: "III/DL045/1" },
    Seed { rule: "thcs-class-size", form: "03-THCS-DN", cells: &[("I/DL033/1", 2), ("III/DL045/1", 91)], at: "III/DL045/1" },
    Seed { rule: "thcs-other-ownership", form: "03-THCS-DN", cells: &[("III/DL042/9", 3)], at: "III/DL042/9" },
    Seed { rule: "thcs-pupils-last-year", form: "03-THCS-DN", cells: &[("III/DL042/1", 69), ("@III/DL042/1", 100)], at: "III/DL042/1" },
    Seed { rule: "thcs-cohort-last-year", form: "03-THCS-DN", cells: &[("III/DL046/1", 125), ("@III/DL045/1", 100)], at: "III/DL046/1" },
    Seed { rule: "thcs-class-size-unlike-others", form: "03-THCS-DN", cells: &[("III/DL042/1", 9), ("I/DL032/1", 9)], at: "III/DL042/1" },
    Seed { rule: "thpt-classes-without-pupils", form: "04-THPT-DN", cells: &[("I/DL043/1", 0), ("III/DL051/1", 0)], at: "III/DL051/1" },
    Seed { rule: "thpt-class-size", form: "04-THPT-DN", cells: &[("I/DL036/1", 2), ("III/DL051/1", 91)], at: "III/DL051/1" },
    Seed { rule: "thpt-other-ownership", form: "04-THPT-DN", cells: &[("III/DL048/9", 3)], at: "III/DL048/9" },
    Seed { rule: "thpt-pupils-last-year", form: "04-THPT-DN", cells: &[("III/DL048/1", 69), ("@III/DL048/1", 100)], at: "III/DL048/1" },
    Seed { rule: "thpt-cohort-last-year", form: "04-THPT-DN", cells: &[("III/DL052/1", 75), ("@III/DL051/1", 100)], at: "III/DL052/1" },
    Seed { rule: "thpt-class-size-unlike-others", form: "04-THPT-DN", cells: &[("III/DL048/1", 9), ("I/DL035/1", 9)], at: "III/DL048/1" },
    Seed {
        rule: "mn-groups-without-children",
        form: "01-MN-DN",
        cells: &[("truong-lop/56/1", 0), ("hoc-sinh/84/1", 9)],
        at: "hoc-sinh/84/1",
    },
    Seed {
        rule: "mn-national-standard",
        form: "01-MN-DN",
        cells: &[("truong-lop/33/1", 1), ("truong-lop/40/1", 1), ("truong-lop/41/1", 1)],
        at: "truong-lop/40/1",
    },
    Seed {
        rule: "mn-children-last-year",
        form: "01-MN-DN",
        cells: &[("hoc-sinh/83/1", 200), ("@hoc-sinh/83/1", 100)],
        at: "hoc-sinh/83/1",
    },
    Seed {
        rule: "closing-balance",
        form: "02-TH-CN",
        cells: &[("III/DL008/1", 1000), ("III/DL014/1", 20), ("III/DL020/1", 15), ("III/DL026/1", 5), ("III/DL038/1", 997)],
        at: "III/DL038/1",
    },
    Seed {
        rule: "closing-balance",
        form: "03-THCS-CN",
        cells: &[("III/DL009/2", 100), ("III/DL014/2", 2), ("III/DL019/2", 3), ("III/DL024/2", 1), ("III/DL035/2", 99)],
        at: "III/DL035/2",
    },
    Seed {
        rule: "closing-balance",
        form: "01-MN-CN",
        cells: &[
            ("truong-lop/DL013/1", 50),
            ("truong-lop/DL016/1", 4),
            ("truong-lop/DL019/1", 3),
            ("truong-lop/DL022/1", 0),
            ("truong-lop/DL030/1", 50),
        ],
        at: "truong-lop/DL030/1",
    },
    Seed { rule: "closing-start", form: "02-TH-CN", cells: &[("III/DL008/1", 997), ("~02-TH-DN:III/37/1", 1000)], at: "III/DL008/1" },
    Seed { rule: "closing-start", form: "04-THPT-CN", cells: &[("III/DL009/1", 300), ("~04-THPT-DN:III/DL053/1", 301)], at: "III/DL009/1" },
    Seed {
        rule: "closing-leavers",
        form: "03-THCS-CN",
        cells: &[("III/DL008/1", 100), ("III/DL013/1", 0), ("III/DL023/1", 60), ("III/DL044/1", 41)],
        at: "III/DL044/1",
    },
    Seed {
        rule: "closing-undecided",
        form: "04-THPT-CN",
        cells: &[("III/DL028/1", 500), ("III/DL032/1", 480), ("III/DL036/1", 9), ("III/DL040/1", 10)],
        at: "III/DL028/1",
    },
    Seed { rule: "closing-pending", form: "02-TH-CN", cells: &[("III/DL056/1", 3)], at: "III/DL056/1" },
    Seed {
        rule: "closing-teachers",
        form: "02-TH-CN",
        cells: &[("IV/DL081/1", 40), ("IV/DL086/1", 1), ("IV/DL087/1", 2), ("~02-TH-DN:IV/96/1", 30)],
        at: "IV/DL081/1",
    },
];

/// Schools in the world of a test.
const SCHOOLS: usize = 15;

struct World {
    schemas: Schemas,
    tree: Tree,
}

impl World {
    fn new() -> Self {
        let schemas = schemas();
        let mut text = "code,name,kind,reports_to,ownership,forms\nS,Sở,department,,,\n".to_owned();
        for school in 0..SCHOOLS {
            text += &format!(
                "T{school:02},Trường {school},school,S,public,01-MN-DN 02-TH-DN 03-THCS-DN 04-THPT-DN 01-MN-CN 02-TH-CN 03-THCS-CN 04-THPT-CN\n"
            );
        }
        let path = scratch("cell-rules").join("reg.csv");
        std::fs::write(&path, text).unwrap();
        let table = read_table(&path, None, None, &Isolation::InProcess).unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
        let tree = Tree::as_at(&Register::read(&table, &schemas.register).unwrap(), day).unwrap();
        Self { schemas, tree }
    }

    /// Findings about clean figures of every school, the first school's changed.
    fn findings(&self, form: &Arc<Form>, cells: &[(&str, i64)]) -> Vec<Finding> {
        let (mut last_year, mut other_term) = (Returns::default(), Returns::default());
        let mut submissions = Vec::new();
        for school in 0..SCHOOLS {
            let mut now = values(&self.schemas, form, 1 + school as u64 % 3);
            let mut before = now.clone();
            if school == 0 {
                for (cell, number) in cells.iter().filter_map(|(cell, number)| Some((cell.strip_prefix('~')?, number))) {
                    let (short, cell) = cell.split_once(':').unwrap();
                    let other = super::workspace::form(&self.schemas, short);
                    let mut values = values(&self.schemas, &other, 1);
                    values.set(slot(&other, cell), Status::Reported, *number);
                    other_term.insert("T00".to_owned(), Arc::clone(&other.id), values);
                }
                for (cell, number) in cells.iter().filter(|(cell, _)| !cell.starts_with('~')) {
                    let (values, cell) = cell.strip_prefix('@').map_or((&mut now, *cell), |cell| (&mut before, cell));
                    values.set(slot(form, cell), Status::Reported, *number);
                }
            }
            let unit: Arc<str> = format!("T{school:02}").into();
            last_year.insert(unit.to_string(), Arc::clone(&form.id), before);
            submissions.push(returned(unit, form, now));
        }
        let other_forms = self.schemas.forms_of(&form.circular).filter(|other| other.term != form.term).cloned().collect();
        let earlier =
            ReferenceReturns { last_year: Some(last_year), other_term: Some(other_term), other_forms, ..ReferenceReturns::default() };
        self.cross(&submissions, &earlier)
    }

    fn cross(&self, submissions: &[Submission], earlier: &ReferenceReturns) -> Vec<Finding> {
        let rule_context = RuleContext::new(&self.tree, &self.schemas.forms, submissions, earlier).in_state(Some("after-retests"));
        let mut findings = check_cell_rules(submissions, &self.schemas.cell_rules, &self.schemas.rules, &rule_context);
        self.schemas.rules.grade(&mut findings);
        findings
    }
}

fn returned(unit: Arc<str>, form: &Arc<Form>, values: Values) -> Submission {
    let source = Source { file: "a.xlsx".into(), sha256: "".into(), modified: 0 };
    let placements = vec![tkgd::returns::Placement::Absent; form.layout.sheets.len()];
    Submission { unit, form: Arc::clone(form), values, source, placements, lineage: tkgd::returns::Lineage::default() }
}

#[test]
fn every_rule_over_cells_is_broken_by_its_seed_at_its_cell() {
    let world = World::new();
    // The stream of its own has its seeds in `figures::a_regime_of_its_own_needs_no_program`, newer rules in `fair`.
    let mut left: BTreeSet<&str> =
        world.schemas.rules.iter().filter(|r| r.form.as_deref().is_some_and(|form| form != "CDS")).map(|r| r.id.as_str()).collect();
    left.retain(|rule| super::fair::FAIR.iter().all(|case| case.rule != *rule));
    for seed in SEEDS {
        let form = form(&world.schemas, seed.form);
        let findings = world.findings(&form, seed.cells);
        let wanted = slot(&form, seed.at);
        let is_it = |f: &&Finding| {
            let subject = &f.subject;
            f.rule == seed.rule && f.verdict == Verdict::Fail && subject.unit.as_deref() == Some("T00") && {
                let sheet = form.layout.sheet(subject.sheet.as_deref().unwrap()).unwrap();
                sheet.slot(sheet.find_code(subject.code.as_deref().unwrap()).unwrap(), sheet.find_column(subject.column.unwrap()).unwrap())
                    == wanted
            }
        };
        let found = findings.iter().find(is_it).unwrap_or_else(|| panic!("{}: {findings:#?}", seed.rule));
        for lang in [Lang::Vi, Lang::En] {
            let message = world.schemas.rules.message(found, lang);
            assert!(!message.contains('{') && message.chars().any(|c| c.is_ascii_digit()), "{message}");
        }
        left.remove(seed.rule);
    }
    assert!(left.is_empty(), "rules without a seed: {left:?}");
}

#[test]
fn clean_figures_break_no_rule_at_error_severity() {
    let world = World::new();
    for short in ["01-MN-DN", "02-TH-DN", "03-THCS-DN", "04-THPT-DN"] {
        let findings = world.findings(&form(&world.schemas, short), &[]);
        let errors: Vec<&Finding> = findings.iter().filter(|f| f.severity == Severity::Error && f.verdict == Verdict::Fail).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn what_cannot_be_known_is_not_evaluated_and_says_why() {
    let world = World::new();
    let form = form(&world.schemas, "02-TH-DN");
    let mut values = values(&world.schemas, &form, 1);
    values.set(slot(&form, "III/40/1"), Status::Unknown, 0);
    let submissions = [returned("T00".into(), &form, values)];
    let message = |findings: &[Finding], rule: &str| {
        let found = findings.iter().find(|f| f.rule == rule).unwrap_or_else(|| panic!("{rule}"));
        assert_eq!(found.verdict, Verdict::NotEvaluated);
        world.schemas.rules.message(found, Lang::En)
    };
    // A cell that is not known, a term the archive does not have, too few schools.
    let findings = world.cross(&submissions, &ReferenceReturns::default());
    assert!(message(&findings, "th-class-size").contains("[40/1] (not known)"));
    assert!(message(&findings, "th-pupils-last-year").contains("the archive has no figures of the same term a year ago"));
    assert!(message(&findings, "th-class-size-unlike-others").contains("too few units to compare (1 < 12)"));
    // The term is there, the school's return is not.
    let findings = world.cross(&submissions, &ReferenceReturns { last_year: Some(Returns::default()), ..ReferenceReturns::default() });
    assert!(message(&findings, "th-pupils-last-year").contains("no return of the same term a year ago"));
}

const THREE_SCHOOLS: &str = "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Loại hình,Báo cáo lên,Biểu phải nộp\nS,Sở GDĐT,department,,,,\n\
T01,Trường 1,school,TH,public,S,02-TH-DN\nT02,Trường 2,school,TH,public,S,02-TH-DN\nT03,Trường 3,school,TH,public,S,02-TH-DN\n";

#[test]
fn every_cell_is_held_to_another_source_where_the_pipeline_names_one() {
    let (schemas, workspace) = (schemas(), Workspace::new("other-source", THREE_SCHOOLS, "other_source = \"csdl\"", ""));
    let form = form(&schemas, "02-TH-DN");
    std::fs::create_dir_all(workspace.folder.join("csdl")).unwrap();
    let at = slot(&form, "III/37/2");
    for (school, seed) in [("T01", 1), ("T02", 2), ("T03", 3)] {
        let own = values(&schemas, &form, seed);
        workspace.add(&format!("{school}_a.xlsx"), &book(&schemas, &form, &own));
        let mut other = own.clone();
        if school == "T02" {
            other.set(at, Status::Reported, own.number(at).unwrap() + 3);
            // A blank beside a 0 is no difference, and what the other source does not know is none either.
            let zero = own.slots().find(|&slot| own.get(slot) == (Status::Reported, 0)).unwrap();
            other.set(zero, Status::Missing, 0);
        }
        if school != "T03" {
            std::fs::write(workspace.folder.join(format!("csdl/{school}_export.xlsx")), book(&schemas, &form, &other)).unwrap();
        }
    }
    workspace.run();
    let found: Vec<serde_json::Value> = workspace.findings().into_iter().filter(|f| f["rule"] == "differs-from-other-source").collect();
    let told: Vec<(&str, &str)> = found.iter().map(|f| (f["verdict"].as_str().unwrap(), f["unit"].as_str().unwrap())).collect();
    assert_eq!(told, [("fail", "T02"), ("not_evaluated", "T03")], "{found:#?}");
    let number = values(&schemas, &form, 2).number(at).unwrap();
    let message = found[0]["message"].as_str().unwrap();
    assert_eq!(message, format!("báo cáo ghi {number}, nguồn đối chiếu ghi {}", number + 3));
    assert_eq!((&found[0]["code"], &found[0]["column"]), (&"37".into(), &2.into()));
    assert!(found[0]["cell"].is_string() && found[1]["message"].as_str().unwrap().contains("ở nguồn đối chiếu"), "{found:#?}");
    // Its files are part of what the run came from.
    let before = workspace.summary()["run"].clone();
    std::fs::copy(workspace.folder.join("bieu/T02_a.xlsx"), workspace.folder.join("csdl/T02_export.xlsx")).unwrap();
    assert_ne!(workspace.summary()["run"], before);
    assert!(workspace.findings().iter().all(|f| f["rule"] != "differs-from-other-source" || f["verdict"] == "not_evaluated"));
}
