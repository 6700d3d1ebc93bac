//! What can happen to the layout of a template in a school's hands: each damage is named, and
//! no cell is read otherwise than it was meant without a finding that names it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tkgd::base::location::CellRef;
use tkgd::base::number::NumberLocale;
use tkgd::findings::Finding;
use tkgd::forms::{Form, Schemas};
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::register::{Register, Tree};
use tkgd::returns::{Status, Values};
use tkgd::rules::sums;
use tkgd::workbooks::{Isolation, ReadContext, Recogniser};

use super::support::scratch;
use super::template::filled;
use super::workspace::{PERIOD, form, schemas, values};

/// One kind of damage, what it is done to, and the rules that must name it.
struct Damage {
    name: &'static str,
    rules: &'static [&'static str],
    done: fn(&mut WorkbookPlan, &Form),
}

fn sheet<'a>(plan: &'a mut WorkbookPlan, name: &str) -> &'a mut SheetPlan {
    plan.sheets.iter_mut().find(|sheet| *sheet.name == *name).unwrap()
}

fn moved(sheet: &mut SheetPlan, place: impl Fn(CellRef) -> CellRef) {
    sheet.cells.iter_mut().for_each(|cell| cell.at = place(cell.at));
    sheet.merges.clear();
    sheet.validations.clear();
}

fn put(sheet: &mut SheetPlan, at: &str, content: Content) {
    let at: CellRef = at.parse().unwrap();
    sheet.cells.retain(|cell| cell.at != at);
    sheet.cells.push(PlacedCell { at, content, style: CellStyle::default() });
}

/// Takes a row or column out and closes the gap.
fn without_row(sheet: &mut SheetPlan, row: u32) {
    sheet.cells.retain(|cell| cell.at.row != row);
    moved(sheet, |at| CellRef::new(if at.row > row { at.row - 1 } else { at.row }, at.column));
}

fn without_column(sheet: &mut SheetPlan, column: u16) {
    sheet.cells.retain(|cell| cell.at.column != column);
    moved(sheet, |at| CellRef::new(at.row, if at.column > column { at.column - 1 } else { at.column }));
}

const DAMAGES: &[Damage] = &[
    Damage {
        name: "rows pushed down",
        rules: &["layout-shifted"],
        done: |plan, _| moved(sheet(plan, "III"), |at| CellRef::new(at.row + 3, at.column)),
    },
    Damage {
        name: "columns pushed right",
        rules: &["layout-shifted"],
        done: |plan, _| moved(sheet(plan, "III"), |at| CellRef::new(at.row, at.column + 2)),
    },
    Damage { name: "row deleted", rules: &["row-missing"], done: |plan, _| without_row(sheet(plan, "III"), 9) },
    Damage { name: "column deleted", rules: &["column-missing"], done: |plan, _| without_column(sheet(plan, "III"), 8) },
    Damage {
        name: "row added with a code of its own",
        rules: &["row-unknown"],
        done: |plan, _| {
            let sheet = sheet(plan, "III");
            moved(sheet, |at| CellRef::new(if at.row >= 12 { at.row + 1 } else { at.row }, at.column));
            put(sheet, "B13", Content::Text("- Học sinh khác".into()));
            put(sheet, "D13", Content::Number(999.0));
            put(sheet, "E13", Content::Number(7.0));
        },
    },
    Damage {
        name: "row added without a code",
        rules: &["stray-row"],
        done: |plan, _| {
            let sheet = sheet(plan, "III");
            moved(sheet, |at| CellRef::new(if at.row >= 12 { at.row + 1 } else { at.row }, at.column));
            put(sheet, "E13", Content::Number(7.0));
        },
    },
    Damage {
        name: "row standing twice",
        rules: &["row-duplicate"],
        done: |plan, _| {
            let sheet = sheet(plan, "III");
            let twice: Vec<PlacedCell> = sheet.cells.iter().filter(|cell| cell.at.row == 9).cloned().collect();
            moved(sheet, |at| CellRef::new(if at.row >= 12 { at.row + 1 } else { at.row }, at.column));
            sheet.cells.extend(twice.into_iter().map(|cell| PlacedCell { at: CellRef::new(12, cell.at.column), ..cell }));
        },
    },
    Damage {
        name: "two rows changed places",
        rules: &["rows-reordered"],
        done: |plan, _| {
            let swap = |row: u32| {
                if row == 9 {
                    10
                } else if row == 10 {
                    9
                } else {
                    row
                }
            };
            moved(sheet(plan, "III"), |at| CellRef::new(swap(at.row), at.column));
        },
    },
    Damage {
        name: "codes of two rows exchanged",
        rules: &["row-swapped"],
        done: |plan, _| {
            let swap = |at: CellRef| match (at.row, at.column) {
                (9, 3) => CellRef::new(10, 3),
                (10, 3) => CellRef::new(9, 3),
                _ => at,
            };
            moved(sheet(plan, "III"), swap);
        },
    },
    Damage {
        name: "codes numbered anew, as in another version",
        rules: &["codes-of-other-rows"],
        done: |plan, form| {
            let layout = form.layout.sheet("III").unwrap();
            for coded in 1..layout.coded.len() {
                let (row, code) = (layout.coded_row(coded), layout.coded_row(coded - 1).code.clone().unwrap());
                let at = CellRef::new(row.at, layout.roles.code).to_string();
                put(sheet(plan, "III"), &at, Content::Number(code.parse().unwrap()));
            }
        },
    },
    Damage {
        name: "two columns changed places",
        rules: &["columns-reordered"],
        done: |plan, _| {
            let swap = |column: u16| {
                if column == 5 {
                    6
                } else if column == 6 {
                    5
                } else {
                    column
                }
            };
            moved(sheet(plan, "I"), |at| CellRef::new(at.row, if at.row >= 6 { swap(at.column) } else { at.column }));
        },
    },
    Damage {
        name: "column added",
        rules: &["column-unknown"],
        done: |plan, _| {
            let sheet = sheet(plan, "I");
            put(sheet, "H7", Content::Text("Dân lập".into()));
            put(sheet, "H10", Content::Number(3.0));
        },
    },
    Damage {
        name: "heading reworded",
        rules: &["column-missing", "column-unknown"],
        done: |plan, _| put(sheet(plan, "I"), "G7", Content::Text("Ngoài công lập".into())),
    },
    Damage {
        name: "figures pasted one row too low",
        rules: &["stray-row"],
        done: |plan, form| {
            // Sheet III, the first column, from the first row to the last.
            let layout = form.layout.sheet("III").unwrap();
            let column = layout.columns[0].at;
            let sheet = sheet(plan, "III");
            let rows = layout.coded_row(0).at..=layout.coded_row(layout.coded.len() - 1).at;
            sheet.cells.retain(|cell| cell.at.column != column || cell.at.row != *rows.end() + 1);
            for cell in sheet.cells.iter_mut().filter(|cell| cell.at.column == column && rows.contains(&cell.at.row)) {
                cell.at.row += 1;
                if let Content::Formula(_, number) = cell.content {
                    cell.content = Content::Number(number);
                }
            }
        },
    },
    Damage {
        name: "text pasted over figures",
        rules: &["not-a-number"],
        done: |plan, _| ["F10", "F11", "G12"].iter().for_each(|at| put(sheet(plan, "I"), at, Content::Text("không có".into()))),
    },
    Damage {
        name: "a total typed over",
        rules: &["template-total-overwritten"],
        done: |plan, form| {
            let layout = form.layout.sheet("III").unwrap();
            put(sheet(plan, "III"), &layout.printed_at(0, 0).to_string(), Content::Number(12345.0));
        },
    },
    Damage { name: "sheet deleted", rules: &["sheet-missing"], done: |plan, _| plan.sheets.retain(|sheet| &*sheet.name != "III") },
    Damage {
        name: "sheet added",
        rules: &["sheet-extra"],
        done: |plan, _| {
            let mut extra = SheetPlan { name: "Ghi chú".into(), ..SheetPlan::default() };
            put(&mut extra, "A1", Content::Text("xem lại".into()));
            plan.sheets.push(extra);
        },
    },
    Damage { name: "sheet renamed", rules: &["sheet-renamed"], done: |plan, _| sheet(plan, "III").name = "Trang1".into() },
    Damage {
        name: "sheet copied and changed",
        rules: &["sheet-unread"],
        done: |plan, _| {
            let mut copy = sheet(plan, "III").clone();
            copy.name = "III (2)".into();
            copy.cells.iter_mut().for_each(|cell| {
                if let Content::Number(number) = &mut cell.content
                    && cell.at.column > 3
                {
                    *number += 1.0;
                }
            });
            plan.sheets.insert(0, copy);
        },
    },
    Damage {
        name: "sheet deleted, the earlier figures left",
        rules: &["sheet-missing"],
        done: |plan, _| plan.sheets.retain(|sheet| &*sheet.name != "V"),
    },
];

/// Reads a workbook as the return of school `T01`; with what the checks say.
fn returned(schemas: &Schemas, name: &str, plan: &WorkbookPlan) -> (Option<Values>, Vec<Finding>) {
    let folder = scratch(&format!("damage-{}", name.replace([' ', ','], "-")));
    let path = folder.join("a.xlsx");
    std::fs::write(&path, write_xlsx(plan).unwrap()).unwrap();
    let table = tkgd::workbooks::read_table(&register(&folder), None, None, &Isolation::InProcess).unwrap();
    let day = chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
    let tree = Tree::as_at(&Register::read(&table, &schemas.register).unwrap(), day).unwrap();
    let recogniser = Recogniser::new(&schemas.candidate_forms("tt25-2024"));
    let rule =
        tkgd::workbooks::UnitRule::new(&[tkgd::workbooks::UnitFrom::Template], None, None, &tkgd::workbooks::DecisionWords::default())
            .unwrap();
    let claim_words: tkgd::workbooks::ClaimWords = schemas.files.toml("claims.toml").unwrap();
    let context = ReadContext {
        recogniser: &recogniser,
        circular: "tt25-2024",
        period: PERIOD,
        tree: &tree,
        names: &tkgd::register::NameIndex::new(&tree, &claim_words.names),
        claim_words: &claim_words,
        units: Some(&rule),
        locale: NumberLocale::Vi,
        signs: &tkgd::tables::Signs::default(),
        isolation: &Isolation::InProcess,
    };
    let [reading] = tkgd::workbooks::read_files(&[path], &context, &|| Ok(())).unwrap().try_into().unwrap();
    let mut findings = reading.findings;
    let own = reading.returns.into_iter().next().map(|own| own.submission);
    findings.extend(own.iter().flat_map(sums));
    (own.map(|submission| submission.values), findings)
}

fn register(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("reg.csv");
    std::fs::write(&path, "code,name,kind,reports_to,forms\nS,Sở,department,,\nT01,Trường A,school,S,02-TH-DN\n").unwrap();
    path
}

#[test]
fn every_damage_is_named_and_no_cell_is_silently_read_wrong() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let truth = values(&schemas, &form, 1);
    let past = values(&schemas, &form, 2);
    let whole = filled(&schemas, &form, "T01", &truth, Some(&past));
    let (read, findings) = returned(&schemas, "none", &whole);
    assert!(findings.is_empty(), "undamaged: {findings:?}");
    assert_eq!(read.unwrap().numbers(), truth.numbers());
    let mut wrong = Vec::new();
    for damage in DAMAGES {
        let mut plan = whole.clone();
        (damage.done)(&mut plan, &form);
        let (read, findings) = returned(&schemas, damage.name, &plan);
        for rule in damage.rules {
            if findings.iter().all(|finding| finding.rule != *rule) {
                wrong.push(format!("{}: no {rule} among {:?}", damage.name, findings.iter().map(|f| &*f.rule).collect::<Vec<_>>()));
            }
        }
        let Some(read) = read else { continue };
        for (cell, found) in unnamed(&form, &truth, &read, &findings) {
            wrong.push(format!("{}: {cell} is read as {found:?} and nothing says so", damage.name));
        }
    }
    assert!(DAMAGES.len() >= 12);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Cells that hold another number than was meant, on sheets that no finding speaks of.
fn unnamed(form: &Form, truth: &Values, read: &Values, findings: &[Finding]) -> BTreeMap<String, (Status, i64)> {
    let mut out = BTreeMap::new();
    for slot in truth.slots() {
        let (status, number) = read.get(slot);
        if status.is_broken() || number == truth.numbers().at(slot) {
            continue;
        }
        let (index, coded, column) = form.layout.address(slot);
        let sheet = &form.layout.sheets[index];
        let says = |finding: &&Finding| {
            let subject = &finding.subject;
            let same_sheet = subject.sheet.as_deref() == Some(&*sheet.id) || finding.place.sheet.as_deref() == Some(&*sheet.name);
            // A finding about other rows or columns of the sheet says nothing of this cell.
            let same_row = subject.code.is_none() || subject.code == sheet.coded_row(coded).code;
            let same_column = subject.column.is_none_or(|number| number == sheet.columns[column].number);
            same_sheet && same_row && same_column
        };
        if findings.iter().find(says).is_none() {
            let code = Arc::clone(sheet.coded_row(coded).code.as_ref().unwrap());
            out.insert(format!("{}/{code}/[{}]", sheet.id, sheet.columns[column].number), (status, number));
        }
    }
    out
}

#[test]
fn figures_beside_the_label_of_another_row_are_counted_under_neither() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let mut plan = filled(&schemas, &form, "T01", &values(&schemas, &form, 1), None);
    let damage = DAMAGES.iter().find(|damage| damage.rules.contains(&"row-swapped")).unwrap();
    (damage.done)(&mut plan, &form);
    let (read, findings) = returned(&schemas, "swapped", &plan);
    let read = read.unwrap();
    let named: Vec<&str> = findings.iter().filter(|f| f.rule == "row-swapped").map(|f| f.subject.code.as_deref().unwrap()).collect();
    assert_eq!(named.len(), 2);
    let sheet = form.layout.sheet("III").unwrap();
    for code in named {
        let row = sheet.find_code(code).unwrap();
        assert!((0..sheet.columns.len()).all(|column| read.get(sheet.slot(row, column)).0.is_broken()), "{code}");
    }
}

#[test]
fn a_file_like_no_form_is_told_what_it_comes_nearest_to_and_what_differs() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let mut plan = filled(&schemas, &form, "T01", &values(&schemas, &form, 1), None);
    plan.sheets.retain(|sheet| &*sheet.name == "V");
    let sheet = sheet(&mut plan, "V");
    // Three rows and half of the columns are gone, the labels are in another language.
    for row in [14, 13, 12] {
        without_row(sheet, row);
    }
    for column in (8..16).rev() {
        without_column(sheet, column);
    }
    for cell in sheet.cells.iter_mut().filter(|cell| cell.at.column == 1) {
        if let Content::Text(text) = &cell.content {
            cell.content = Content::Text(format!("Room {}", text.len()).into());
        }
    }
    let (read, findings) = returned(&schemas, "nearest", &plan);
    assert!(read.is_none());
    insta::assert_snapshot!(schemas.rules.message(&findings[0], tkgd::base::message::Lang::En), @"the file is like no known form; the nearest is 02-TH-ĐN / 02.ĐN-TH (5 % alike): I: there is no such sheet · III: there is no such sheet · IV: there is no such sheet · V: 3 rows missing (128, 129, 130), 10 rows with another label (120, 121, 122, 123, 124, 125, 126, 127, …), 8 columns missing ([5], [6], [7], [8], [9], [10], [11], [12])");
    insta::assert_snapshot!(schemas.rules.message(&findings[0], tkgd::base::message::Lang::Vi), @"tệp không giống biểu nào đã biết; gần nhất là 02-TH-ĐN / 02.ĐN-TH (giống 5 %): I: không có trang này · III: không có trang này · IV: không có trang này · V: 3 dòng bị thiếu (128, 129, 130), 10 dòng khác tên chỉ tiêu (120, 121, 122, 123, 124, 125, 126, 127, …), 8 cột bị thiếu ([5], [6], [7], [8], [9], [10], [11], [12])");
}
