//! Templates: what a school gets, and what is said of it when it comes back damaged.

use std::sync::Arc;

use tkgd::base::location::CellRef;
use tkgd::base::term::{Period, SchoolYear};
use tkgd::forms::{Form, Schemas};
use tkgd::present::{Content, PaperState, WorkbookPlan, write_xlsx};
use tkgd::report::{OfficialReport, PastFigures, ReportTexts, TemplateUnit, template};
use tkgd::returns::Values;

use super::support::tkgd;
use super::workspace::{PERIOD, Workspace, files, form, schemas, values};

const REGISTER: &str =
    "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\nT02,Trường B,school,S,02-TH-DN\n";

/// The template of a school as plain data, filled in where it is open.
pub fn filled(schemas: &Schemas, form: &Form, unit: &str, values: &Values, past: Option<&Values>) -> WorkbookPlan {
    let texts: ReportTexts = schemas.files.toml("report.toml").unwrap();
    let nothing = tkgd::totals::Total::new(form.layout.slots);
    let report = OfficialReport {
        form,
        regulation: schemas.regulation(&form.circular).unwrap(),
        texts: &texts,
        period: PERIOD,
        unit: "Trường A",
        receiver: "",
        place: "",
        total: &nothing,
        author: "",
        state: &PaperState::default(),
        run: "",
        signature: false,
    };
    let last_year = Period { year: SchoolYear(2024), ..PERIOD };
    let mut plan =
        template(&report, TemplateUnit { code: unit, kind: "school", past: past.map(|values| PastFigures { period: last_year, values }) });
    for (index, sheet) in form.layout.data_sheets() {
        for coded in 0..sheet.coded.len() {
            for column in 0..sheet.columns.len() {
                let number = values.numbers().at(sheet.slot(coded, column)) as f64;
                let at = sheet.printed_at(coded, column);
                let cell = plan.sheets[index].cells.iter_mut().find(|cell| cell.at == at).unwrap();
                match &mut cell.content {
                    Content::Formula(_, result) => *result = number,
                    content if cell.style.open => *content = Content::Number(number),
                    _ => {}
                }
            }
        }
    }
    plan
}

/// Rules found in a workspace whose one file is this plan.
fn rules(name: &str, file: &str, plan: &WorkbookPlan) -> Vec<(String, String)> {
    let workspace = Workspace::new(name, REGISTER, "", "");
    workspace.add(file, &write_xlsx(plan).unwrap());
    assert_ne!(workspace.run().status.code(), Some(2));
    let mut found: Vec<(String, String)> = workspace
        .findings()
        .iter()
        .filter(|f| f["rule"] != "submission-missing" && (f["verdict"] == "fail" || !f["unit"].is_null()))
        .map(|f| (f["rule"].as_str().unwrap().to_owned(), f["cell"].as_str().unwrap_or_default().to_owned()))
        .collect();
    found.sort();
    found.dedup();
    found
}

fn world() -> (Schemas, Arc<Form>, Values) {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let values = values(&schemas, &form, 1);
    (schemas, form, values)
}

#[test]
fn a_template_filled_in_comes_back_without_a_finding_whatever_its_name() {
    let (schemas, form, values) = world();
    let plan = filled(&schemas, &form, "T01", &values, None);
    assert_eq!(rules("template-clean", "T01_a.xlsx", &plan), []);
    assert_eq!(rules("template-renamed", "bieu gui lai.xlsx", &plan), []);
    let workspace = Workspace::new("template-values", REGISTER, "", "");
    workspace.add("x.xlsx", &write_xlsx(&plan).unwrap());
    workspace.run();
    assert_eq!(workspace.report_values("S_02-TH-DN.xlsx").numbers(), values.numbers());
}

#[test]
fn a_template_of_another_unit_term_or_form_version_is_named() {
    let (schemas, form, values) = world();
    let mut plan = filled(&schemas, &form, "T02", &values, None);
    assert_eq!(rules("template-unit", "T01_a.xlsx", &plan), [("claim-other-unit".into(), String::new())]);
    let name = plan.names[0].value.clone();
    plan.names[0].value = name.replace("|T02|2025-2026|opening", "|T01|2024-2025|opening");
    assert_eq!(rules("template-term", "T01_a.xlsx", &plan), [("claim-other-period".into(), String::new())]);
    plan.names[0].value = name.replace("|2024|T02", "|2023|T01");
    assert_eq!(rules("template-version", "T01_a.xlsx", &plan), [("template-other-form".into(), String::new())]);
}

#[test]
fn damage_is_named_at_its_cell() {
    let (schemas, form, values) = world();
    let damaged = |act: &dyn Fn(&mut WorkbookPlan)| {
        let mut plan = filled(&schemas, &form, "T01", &values, None);
        act(&mut plan);
        rules("template-damage", "T01_a.xlsx", &plan)
    };
    let put = |plan: &mut WorkbookPlan, sheet: usize, cell: &str, content: Content| {
        let at: CellRef = cell.parse().unwrap();
        plan.sheets[sheet].cells.iter_mut().find(|c| c.at == at).unwrap().content = content;
    };
    let rule = |found: &[(String, String)], rule: &str, cell: &str| found.iter().any(|(r, c)| r == rule && c == cell);
    let over = damaged(&|plan| put(plan, 0, "E19", Content::Number(1.0)));
    assert_eq!(over, [("template-total-overwritten".into(), "E19".into())]);
    let pasted = damaged(&|plan| put(plan, 0, "F19", Content::Text("một trường".into())));
    assert!(rule(&pasted, "not-a-number", "F19"), "{pasted:?}");
    let deleted = damaged(&|plan| plan.sheets[1].cells.retain(|cell| cell.at.row != 9));
    assert!(deleted.iter().any(|(r, _)| r == "row-missing"), "{deleted:?}");
    let dropped = damaged(&|plan| drop(plan.sheets.remove(3)));
    assert!(dropped.iter().any(|(r, _)| r == "sheet-missing"), "{dropped:?}");
}

#[test]
fn templates_are_written_as_files_or_as_one_zip_per_commune() {
    let workspace = Workspace::sample("template-files", 12, 3, 2);
    let out = workspace.folder.join("trong");
    let call = |arguments: &[&str]| {
        let pipeline = workspace.folder.join("p.toml");
        let output = tkgd().arg("bieu-trong").arg(pipeline).arg("--out").arg(&out).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    };
    call(&[]);
    let loose = files(&out);
    assert_eq!(loose.len(), 15);
    std::fs::remove_dir_all(&out).unwrap();
    call(&["--zip"]);
    let mut members = 0;
    for bytes in files(&out).values() {
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
        for index in 0..zip.len() {
            let mut entry = zip.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut content = Vec::new();
            std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
            assert!(loose[&name] == content, "{name}");
            members += 1;
        }
    }
    assert_eq!(members, loose.len());
}
