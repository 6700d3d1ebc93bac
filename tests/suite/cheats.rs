//! A harness that tries to cheat: real damage, drawn at random, alone and in pairs, over a province of all levels and
//! both terms. Whatever is done to the files, either every total is right, or a finding at error or query severity names
//! the file or its unit. A total that is wrong in silence is the one outcome that may not be.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::Value;
use tkgd::base::location::CellRef;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::Schemas;
use tkgd::jobs::{SampleRequest, Session, sample_files};
use tkgd::present::{Content, PaperState, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::report::{OfficialReport, ReportTexts, official};
use tkgd::sample::{Defect, Province, Rng, SampleOptions, SampleReturn, inject_defects, province};
use tkgd::totals::{Coverage, Total};
use tkgd::workbooks::Isolation;

use super::support::{StoredTable, copy_tree, files_in, package, root, scratch, tkgd};
use super::workspace::{schemas, values_of};

/// Draws in a test run; `TKGD_CHEATS` asks for more.
const DRAWS: usize = 150;

/// A province as it came, clean.
struct World {
    schemas: Schemas,
    texts: ReportTexts,
    province: Province,
    folder: PathBuf,
    pipeline: String,
    /// Returns that came as workbooks, by file.
    books: Vec<(String, SampleReturn)>,
    /// Lists of returns.
    lists: Vec<String>,
    clean: Totals,
}

/// What a run came to.
#[derive(Debug, Default, PartialEq, Eq)]
struct Totals {
    /// Sums of every cell over the province.
    sums: BTreeMap<String, i64>,
    received: u64,
    expected: u64,
    /// Cells that nobody can know.
    broken: usize,
}

/// A draw being made: the files of a term, which damage may change.
struct Scene<'a> {
    world: &'a World,
    folder: PathBuf,
    rng: Rng,
    /// Workbooks that were damaged already: each is damaged once.
    used: BTreeSet<String>,
}

/// Files and units that damage was done to.
type Touched = Vec<String>;
type Damage = fn(&mut Scene<'_>) -> Option<Touched>;

fn world(term: Term, name: &str) -> World {
    let schemas = schemas();
    let period = Period { year: SchoolYear(2025), term };
    let options = SampleOptions { communes: 2, schools: 9, ..SampleOptions::new(31, period) };
    let folder = scratch(&format!("cheats-clean-{name}"));
    let (mut pipeline, mut names) = (String::new(), Vec::new());
    for (file, bytes) in
        sample_files(&Session::open(None, Isolation::InProcess).unwrap(), &SampleRequest { options: options.clone(), dirt: Vec::new() })
            .unwrap()
    {
        let path = folder.join(&file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
        if file.ends_with(".toml") {
            pipeline.clone_from(&file);
        }
        names.push(file);
    }
    let province = province(&schemas, &options).unwrap();
    let of_file = |file: &String| {
        let own = province.returns.iter().find(|one| *file == format!("bieu/{}_{}.xlsx", one.unit, one.form.short))?;
        Some((file.clone(), own.clone()))
    };
    let books = names.iter().filter_map(of_file).collect();
    let lists = names.iter().filter(|file| file.starts_with("danh-sach/")).cloned().collect();
    let texts = schemas.files.toml("report.toml").unwrap();
    let clean = Totals::default();
    let mut world = World { schemas, texts, province, folder, pipeline, books, lists, clean };
    let copy = scratch(&format!("cheats-first-{name}"));
    copy_tree(&world.folder, &copy);
    let (totals, findings, said) = run(&copy, &world.pipeline, None);
    // Clean data break no rule, and nothing of them is held.
    assert!(findings.is_empty() && totals.received == totals.expected && totals.broken == 0, "{said}");
    assert!(world.books.len() > 5 && !world.lists.is_empty() && totals.sums.len() > 1000, "{said}");
    world.clean = totals;
    world
}

/// Runs a pipeline; its totals, its findings at error and query severity as text, and what it said.
fn run(folder: &Path, pipeline: &str, schemas: Option<&Path>) -> (Totals, Vec<String>, String) {
    let mut command = tkgd();
    if let Some(schemas) = schemas {
        command.arg("--schemas").arg(schemas);
    }
    let output = command.args(["--lang", "en", "run", pipeline]).current_dir(folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0..=2)), "{said}");
    if output.status.code() == Some(2) {
        // The work was refused as a whole, with the reason: nothing came out.
        return (Totals::default(), vec![said.clone()], said);
    }
    let out = std::fs::read_dir(folder.join("ket-qua")).unwrap().next().unwrap().unwrap().path();
    let read = |name: &str| serde_json::from_slice::<Value>(&std::fs::read(out.join(name)).unwrap()).unwrap();
    let is_told = |finding: &&Value| finding["verdict"] == "fail" && finding["severity"] != "warning";
    let findings = read("phat-hien.json").as_array().unwrap().iter().filter(is_told).map(Value::to_string).collect();
    let forms = read("tom-tat.json")["forms"].as_array().unwrap().clone();
    let count = |key: &str| forms.iter().map(|form| form[key].as_u64().unwrap()).sum();
    let mut totals = Totals { received: count("received"), expected: count("expected"), ..Totals::default() };
    for table in ["cells", "amounts"] {
        add_table(&mut totals, folder, table);
    }
    (totals, findings, said)
}

fn add_table(totals: &mut Totals, folder: &Path, table: &str) {
    let is_table = |path: &&PathBuf| {
        let path = path.to_string_lossy();
        path.ends_with(&format!("{table}.parquet")) || path.contains(&format!("/{table}/"))
    };
    for path in files_in(&folder.join("luu-tru")).iter().filter(is_table) {
        let stored = StoredTable::open(path);
        let broken = ["unknown", "error_value", "uncalculated", "invalid", "absent", "suppressed"];
        totals.broken += stored.texts("status").iter().flatten().filter(|status| broken.contains(&status.as_str())).count();
        let keys = ["form", "sheet", "code", "column_no"].map(|column| stored.texts(column));
        for (row, value) in stored.texts("value").into_iter().enumerate() {
            let value: f64 = value.map_or(0.0, |value| value.parse().unwrap());
            if value != 0.0 {
                let key = keys.each_ref().map(|texts| texts[row].clone().unwrap_or_default()).join("/");
                *totals.sums.entry(key).or_default() += (value * 1000.0).round() as i64;
            }
        }
    }
}

impl World {
    fn plan(&self, one: &SampleReturn, period: Period) -> WorkbookPlan {
        let mut total = Total::new(one.values.len());
        total.add_values(&one.values);
        total.coverage = Coverage { received: 1, expected: 1, facilities_received: 1, facilities_expected: 1 };
        official(&OfficialReport {
            form: &one.form,
            regulation: self.schemas.regulation(&one.form.circular).unwrap(),
            texts: &self.texts,
            period,
            unit: self.name(&one.unit),
            receiver: "",
            place: "",
            total: &total,
            author: "",
            state: &PaperState::default(),
            run: "",
            signature: false,
        })
    }

    fn name(&self, unit: &str) -> &str {
        self.province.register.iter().find(|line| line.code == unit).map_or("", |line| line.name.as_str())
    }
}

impl Scene<'_> {
    fn pick(&mut self, limit: usize) -> usize {
        usize::try_from(self.rng.below(i64::try_from(limit).unwrap())).unwrap()
    }

    /// A workbook of a school that nothing was done to yet.
    fn book(&mut self) -> Option<(String, SampleReturn)> {
        let is_school = |unit: &str| self.world.province.register.iter().any(|line| line.code == unit && !line.levels.is_empty());
        let free: Vec<_> = self.world.books.iter().filter(|(file, one)| !self.used.contains(file) && is_school(&one.unit)).collect();
        if free.is_empty() {
            return None;
        }
        let at = self.pick(free.len());
        let (file, one) = free[at].clone();
        self.used.insert(file.clone());
        Some((file, one))
    }

    fn touched(file: &str, one: &SampleReturn) -> Touched {
        vec![file.to_owned(), one.unit.to_string()]
    }

    fn write(&self, file: &str, bytes: impl AsRef<[u8]>) {
        let path = self.folder.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }

    fn remove(&self, file: &str) {
        std::fs::remove_file(self.folder.join(file)).unwrap();
    }

    fn read(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.folder.join(file)).unwrap()
    }

    /// Damages the plan of a workbook.
    fn change(&mut self, change: impl FnOnce(&mut WorkbookPlan, &SampleReturn, &mut Rng)) -> Option<Touched> {
        let (file, one) = self.book()?;
        let mut plan = self.world.plan(&one, self.world.province.period);
        let clean = plan.clone();
        change(&mut plan, &one, &mut self.rng);
        let same = |(a, b): (&SheetPlan, &SheetPlan)| a.name == b.name && a.hidden == b.hidden && a.cells == b.cells;
        // Not every form has what a kind of damage is done to.
        if plan.sheets.len() == clean.sheets.len() && plan.sheets.iter().zip(&clean.sheets).all(same) {
            return None;
        }
        self.write(&file, write_xlsx(&plan).unwrap());
        Some(Self::touched(&file, &one))
    }

    fn inject_defects(&mut self, dirt: Defect) -> Option<Touched> {
        self.change(|plan, one, rng| inject_defects(plan, &one.form, dirt, rng))
    }

    /// Damages the lines of a list; the first line is its headings.
    fn list(&mut self, change: impl FnOnce(&mut Vec<String>, &mut Rng)) -> Option<Touched> {
        let file = self.world.lists[0].clone();
        if !self.used.insert(file.clone()) {
            return None;
        }
        let text = String::from_utf8(self.read(&file)).unwrap();
        let mut lines: Vec<String> = text.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect();
        change(&mut lines, &mut self.rng);
        self.write(&file, lines.join("\n") + "\n");
        Some(vec![file])
    }

    /// Writes a list in other bytes that say the same.
    fn list_bytes(&mut self, change: impl FnOnce(&str) -> Vec<u8>) -> Option<Touched> {
        let file = self.world.lists[0].clone();
        if !self.used.insert(file.clone()) {
            return None;
        }
        let text = String::from_utf8(self.read(&file)).unwrap();
        self.write(&file, change(&text));
        Some(vec![file])
    }

    fn register_bytes(&mut self, change: impl FnOnce(&str) -> Vec<u8>) -> Option<Touched> {
        let file = "danh-sach-don-vi.csv".to_owned();
        if !self.used.insert(file.clone()) {
            return None;
        }
        let text = String::from_utf8(self.read(&file)).unwrap();
        self.write(&file, change(&text));
        Some(vec![file])
    }
}

/// Sets a text of the first sheet's heading.
fn heading(plan: &mut WorkbookPlan, at: &str, text: &str) {
    let at: CellRef = at.parse().unwrap();
    let cell = plan.sheets[0].cells.iter_mut().find(|cell| cell.at == at).unwrap();
    cell.content = Content::Text(text.into());
}

/// The page with this number, or the last one with figures where a form has fewer.
fn page(plan: &WorkbookPlan, number: usize) -> usize {
    number.min(plan.sheets.len() - 2)
}

/// Every number under the header of some sheets, with the sheet.
fn numbers(plan: &mut WorkbookPlan, sheet: usize, change: impl Fn(f64) -> Content) {
    let sheet = page(plan, sheet);
    for cell in &mut plan.sheets[sheet].cells {
        if cell.at.row >= 8
            && cell.at.column > 3
            && let Content::Number(number) | Content::Formula(_, number) = cell.content
        {
            cell.content = change(number);
        }
    }
}

fn utf16(text: &str) -> Vec<u8> {
    [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
}

/// Every kind of damage: its name, whether the figures are all there all the same, and what does it.
const KINDS: &[(&str, bool, Damage)] = &[
    ("wrong-total", false, |s| s.inject_defects(Defect::WrongTotal)),
    ("too-many-girls", false, |s| s.inject_defects(Defect::TooManyGirls)),
    ("unknown-mark", false, |s| s.inject_defects(Defect::UnknownMark)),
    ("number-as-text", true, |s| s.inject_defects(Defect::NumberAsText)),
    ("words-in-cell", false, |s| s.inject_defects(Defect::WordsInCell)),
    ("formula-error", false, |s| s.inject_defects(Defect::FormulaError)),
    ("renamed-sheet", true, |s| s.inject_defects(Defect::RenamedSheet)),
    ("reordered-sheets", true, |s| s.inject_defects(Defect::ReorderedSheets)),
    ("hidden-sheet", true, |s| s.inject_defects(Defect::HiddenSheet)),
    ("extra-sheet", true, |s| s.inject_defects(Defect::ExtraSheet)),
    ("shifted-rows", true, |s| s.inject_defects(Defect::ShiftedRows)),
    ("missing-row", false, |s| s.inject_defects(Defect::MissingRow)),
    ("extra-row", true, |s| s.inject_defects(Defect::ExtraRow)),
    ("text-codes", true, |s| s.inject_defects(Defect::TextCodes)),
    ("new-error-value", false, |s| {
        s.change(|plan, _, rng| {
            let sheet = page(plan, 1);
            let page = &mut plan.sheets[sheet];
            let cells: Vec<usize> = (0..page.cells.len())
                .filter(|at| matches!(page.cells[*at].content, Content::Number(n) if n > 0.0) && page.cells[*at].at.column > 3)
                .filter(|at| page.cells[*at].at.row > 6)
                .collect();
            let at = cells[usize::try_from(rng.below(i64::try_from(cells.len()).unwrap())).unwrap()];
            page.cells[at].content = Content::ErrorFormula("\"\"+1".to_owned(), "#SPILL!");
        })
    }),
    ("invisible-marks", true, |s| s.change(|plan, _, _| numbers(plan, 1, |n| Content::Text(format!("\u{202d}{n}\u{202c}").into())))),
    ("other-units-heading", false, |s| {
        let lines = s.world.province.register.iter().filter(|line| !line.levels.is_empty());
        // The name of a unit above is what many write there, and says nothing.
        let names: Vec<String> = lines.map(|line| line.name.clone()).collect();
        let at = s.pick(names.len());
        s.change(|plan, one, _| {
            let own = plan.sheets[0].cells.iter().find(|cell| cell.at == "D2".parse().unwrap()).map(|cell| cell.content.clone());
            let other =
                names[at..].iter().chain(&names).find(|name| own != Some(Content::Text(name.as_str().into())) && !one.unit.is_empty());
            heading(plan, "D2", other.unwrap());
        })
    }),
    ("last-years-heading", false, |s| {
        s.change(|plan, _, _| {
            let cell = plan.sheets[0].cells.iter_mut().find(|cell| cell.at == "B2".parse().unwrap()).unwrap();
            let Content::Text(text) = &cell.content else { panic!("{cell:?}") };
            cell.content = Content::Text(text.replace("2025-2026", "2024-2025").into());
        })
    }),
    ("other-terms-heading", false, |s| {
        s.change(|plan, _, _| {
            let cell = plan.sheets[0].cells.iter_mut().find(|cell| cell.at == "B2".parse().unwrap()).unwrap();
            let Content::Text(text) = &cell.content else { panic!("{cell:?}") };
            let swapped = if text.contains("đầu") { text.replace("đầu", "cuối") } else { text.replace("cuối", "đầu") };
            cell.content = Content::Text(swapped.into());
        })
    }),
    ("another-schools-file", false, |s| {
        let (file, one) = s.book()?;
        let (other, _) = s.book()?;
        let bytes = s.read(&other);
        s.write(&file, bytes);
        Some(Scene::touched(&file, &one))
    }),
    ("file-of-another-form", false, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let other = if one.form.short.contains("TH-") { "03-THCS-DN" } else { "02-TH-DN" };
        let name = file.replace(&*one.form.short, other);
        s.write(&name, bytes);
        Some(vec![name, one.unit.to_string()])
    }),
    ("last-year-in-the-name", false, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let name = file.replace(".xlsx", " 2024-2025.xlsx");
        s.write(&name, bytes);
        Some(vec![name, one.unit.to_string()])
    }),
    ("blank-form", false, |s| {
        s.change(|plan, _, _| {
            for sheet in 0..plan.sheets.len() {
                numbers(plan, sheet, |_| Content::Formula("=0".to_owned(), 0.0));
            }
            for sheet in plan.sheets.iter_mut().skip(1) {
                sheet.cells.retain(|cell| cell.at.row > 7 || cell.at.column < 4 || !matches!(cell.content, Content::Number(n) if n > 20.0));
            }
        })
    }),
    ("blank-page", false, |s| {
        s.change(|plan, _, _| {
            let sheet = page(plan, 2);
            plan.sheets[sheet]
                .cells
                .retain(|cell| cell.at.column < 4 || cell.at.row < 5 || !matches!(cell.content, Content::Number(_) | Content::Formula(..)));
        })
    }),
    ("missing-page", false, |s| {
        s.change(|plan, _, _| {
            let sheet = page(plan, 2);
            drop(plan.sheets.remove(sheet));
        })
    }),
    ("older-copy-in-front", true, |s| {
        s.change(|plan, _, _| {
            let sheet = page(plan, 1);
            let mut copy = plan.sheets[sheet].clone();
            copy.name = format!("{} (2)", copy.name).into();
            for cell in copy.cells.iter_mut().filter(|cell| cell.at.row > 8 && cell.at.column > 3) {
                if let Content::Number(number) = cell.content {
                    cell.content = Content::Number(number + 1.0);
                }
            }
            plan.sheets.insert(0, copy);
        })
    }),
    ("two-copies-renamed", false, |s| {
        s.change(|plan, _, _| {
            let sheet = page(plan, 1);
            let mut copy = plan.sheets[sheet].clone();
            copy.name = "sửa lần 2".into();
            plan.sheets[sheet].name = "ban đầu".into();
            plan.sheets.push(copy);
        })
    }),
    ("thousandfold", false, |s| {
        s.change(|plan, _, _| {
            for sheet in 0..plan.sheets.len() {
                for cell in plan.sheets[sheet].cells.iter_mut().filter(|cell| cell.at.row > 4 && cell.at.column > 3) {
                    match &mut cell.content {
                        Content::Number(number) => *number *= 1000.0,
                        Content::Formula(_, number) => *number *= 1000.0,
                        _ => {}
                    }
                }
            }
        })
    }),
    ("column-one-row-down", false, |s| {
        s.change(|plan, _, _| {
            let column = 4;
            let sheet = page(plan, 1);
            let sheet = &mut plan.sheets[sheet];
            let rows: Vec<u32> = sheet
                .cells
                .iter()
                .filter(|c| c.at.column == column && c.at.row > 5 && matches!(c.content, Content::Number(_)))
                .map(|c| c.at.row)
                .collect();
            let values: BTreeMap<u32, Content> =
                sheet.cells.iter().filter(|c| c.at.column == column).map(|c| (c.at.row, c.content.clone())).collect();
            for pair in rows.windows(2) {
                let cell = sheet.cells.iter_mut().find(|c| c.at == CellRef::new(pair[1], column)).unwrap();
                cell.content = values[&pair[0]].clone();
            }
        })
    }),
    ("missing-return", false, |s| {
        let (file, one) = s.book()?;
        s.remove(&file);
        Some(Scene::touched(&file, &one))
    }),
    ("sent-twice", true, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.write(&file.replace(".xlsx", " (1).xlsx"), bytes);
        Some(Scene::touched(&file, &one))
    }),
    ("two-versions", false, |s| {
        let (file, one) = s.book()?;
        let clean = s.world.plan(&one, s.world.province.period);
        let mut plan = clean.clone();
        inject_defects(&mut plan, &one.form, Defect::WrongTotal, &mut s.rng);
        s.write(&file.replace(".xlsx", " (sửa).xlsx"), write_xlsx(&plan).unwrap());
        // A form without totals has nothing to differ in: the same return once more is no harm.
        let is_other = plan.sheets.iter().zip(&clean.sheets).any(|(a, b)| a.cells != b.cells);
        is_other.then(|| Scene::touched(&file, &one))
    }),
    ("no-workbook", false, |s| {
        let (file, one) = s.book()?;
        s.write(&file, "chép dở");
        Some(Scene::touched(&file, &one))
    }),
    ("cut-off", false, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.write(&file, &bytes[..bytes.len() / 2]);
        Some(Scene::touched(&file, &one))
    }),
    ("pdf-instead", false, |s| {
        let (file, one) = s.book()?;
        s.remove(&file);
        let name = file.replace(".xlsx", ".pdf");
        s.write(&name, "%PDF-1.4");
        Some(vec![name, one.unit.to_string()])
    }),
    ("password", false, |s| {
        let (file, one) = s.book()?;
        let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let bytes: Vec<u8> =
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1].into_iter().chain(vec![0; 600]).chain(name).chain(vec![0; 600]).collect();
        s.write(&file, bytes);
        Some(Scene::touched(&file, &one))
    }),
    ("in-a-folder", true, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let name = file.replace("bieu/", "bieu/xã nào đó/");
        s.write(&name, bytes);
        Some(vec![name, one.unit.to_string()])
    }),
    ("in-a-zip", true, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let zip = package(&[(file.trim_start_matches("bieu/"), bytes.as_slice())]);
        s.write(&format!("bieu/{}.zip", one.unit), zip);
        Some(Scene::touched(&file, &one))
    }),
    ("zip-in-a-zip", false, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let inner = package(&[(file.trim_start_matches("bieu/"), bytes.as_slice())]);
        s.write("bieu/goi.zip", package(&[("trong.zip", inner.as_slice())]));
        Some(vec![file, one.unit.to_string(), "trong.zip".to_owned()])
    }),
    ("unregistered", false, |s| {
        let (file, one) = s.book()?;
        let bytes = s.read(&file);
        s.remove(&file);
        let name = file.replace(&*one.unit, "77777777");
        s.write(&name, bytes);
        Some(vec![name, one.unit.to_string()])
    }),
    ("register-without-a-school", false, |s| {
        let (file, one) = s.book()?;
        let unit = one.unit.to_string();
        s.register_bytes(|text| {
            text.lines().filter(|line| !line.starts_with(&format!("{unit},"))).collect::<Vec<_>>().join("\n").into_bytes()
        })?;
        Some(vec![file, unit, "danh-sach-don-vi.csv".to_owned()])
    }),
    ("register-crlf", true, |s| s.register_bytes(|text| format!("\u{feff}{}", text.replace('\n', "\r\n")).into_bytes())),
    ("register-utf16", true, |s| s.register_bytes(|text| utf16(&text.replace(',', "\t")))),
    ("list-crlf", true, |s| s.list_bytes(|text| text.replace('\n', "\r\n").into_bytes())),
    ("list-utf16", true, |s| s.list_bytes(utf16)),
    ("list-semicolons", true, |s| {
        s.list_bytes(|text| {
            format!("sep=;\r\n{}", text.trim_start_matches('\u{feff}').replace(',', ";").replace('\n', "\r\n")).into_bytes()
        })
    }),
    ("list-comma-too-many", false, |s| s.list(|lines, _| lines[1] = lines[1].replacen(',', ",,", 1))),
    ("list-quote-never-closed", false, |s| s.list(|lines, _| lines[1] = lines[1].replacen(',', ",\"", 1))),
    ("list-heading-twice", false, |s| {
        s.list(|lines, _| {
            let last = lines[0].rsplit(',').next().unwrap().to_owned();
            lines[0] = format!("{},{last}", lines[0]);
            for line in lines.iter_mut().skip(1) {
                line.push_str(",999");
            }
        })
    }),
    ("list-column-gone", false, |s| {
        s.list(|lines, rng| {
            let columns = lines[0].split(',').count();
            let gone = columns - 1 - usize::try_from(rng.below(40)).unwrap();
            for line in lines.iter_mut() {
                *line = line.split(',').enumerate().filter(|(at, _)| *at != gone).map(|(_, cell)| cell).collect::<Vec<_>>().join(",");
            }
        })
    }),
    ("list-unit-twice", false, |s| {
        s.list(|lines, _| {
            let mut again: Vec<String> = lines[1].split(',').map(str::to_owned).collect();
            let at = again.iter().rposition(|cell| cell.parse::<u32>().is_ok_and(|n| n > 0)).unwrap();
            "7".clone_into(&mut again[at]);
            lines.push(again.join(","));
        })
    }),
    ("list-total-row", true, |s| {
        s.list(|lines, _| {
            let rows: Vec<Vec<String>> = lines.iter().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect();
            let width = rows[0].len();
            let sum = |at: usize| rows.iter().map(|row| row[at].parse::<i64>().unwrap_or(0)).sum::<i64>().to_string();
            let texts = rows[0].iter().take_while(|cell| cell.parse::<f64>().is_err() || cell.starts_with('0')).count().max(2);
            let row = (0..width).map(|at| {
                if at >= texts {
                    sum(at)
                } else if at == 0 {
                    String::new()
                } else {
                    "Tổng cộng".to_owned()
                }
            });
            let row = row.collect::<Vec<_>>().join(",");
            lines.push(row);
        })
    }),
    ("list-three-decimals", false, |s| {
        s.list(|lines, _| {
            for line in lines.iter_mut().skip(1) {
                let cells = line
                    .split(',')
                    .enumerate()
                    .map(|(at, cell)| if at > 2 && cell.parse::<u64>().is_ok() { format!("{cell}.000") } else { cell.to_owned() });
                *line = cells.collect::<Vec<_>>().join(",");
            }
        })
    }),
    ("list-invisible-in-code", true, |s| s.list(|lines, _| lines[1] = format!("\u{202d}{}", lines[1]))),
    ("list-lost-zero", false, |s| s.list(|lines, _| lines[1] = lines[1].trim_start_matches('0').to_owned())),
];

/// What came of a draw.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Right,
    Told,
    Silent,
}

/// Whether totals are right, or every damage that may change them is told.
fn judge(world: &World, totals: &Totals, findings: &[String], harmful: &[Touched]) -> Verdict {
    if totals.sums == world.clean.sums && totals.expected == world.clean.expected {
        return Verdict::Right;
    }
    let is_told = |touched: &Touched| findings.iter().any(|finding| touched.iter().any(|name| finding.contains(name.as_str())));
    if !harmful.is_empty() && harmful.iter().all(is_told) { Verdict::Told } else { Verdict::Silent }
}

/// Makes a draw of some kinds of damage and judges it; with what was done and said.
fn draw(world: &World, name: &str, seed: u64, kinds: &[usize], schemas: Option<&Path>) -> (Verdict, String) {
    let folder = scratch(name);
    copy_tree(&world.folder, &folder);
    let mut scene = Scene { world, folder, rng: Rng::new(seed), used: BTreeSet::new() };
    let mut harmful = Vec::new();
    for &kind in kinds {
        let (_, is_benign, damage) = KINDS[kind];
        let Some(touched) = damage(&mut scene) else { continue };
        if !is_benign {
            harmful.push(touched);
        }
    }
    let (totals, findings, said) = run(&scene.folder, &world.pipeline, schemas);
    let verdict = judge(world, &totals, &findings, &harmful);
    let done: Vec<&str> = kinds.iter().map(|kind| KINDS[*kind].0).collect();
    let missing = world.clean.sums.iter().filter(|(key, sum)| totals.sums.get(*key) != Some(sum)).take(3).collect::<Vec<_>>();
    (verdict, format!("seed {seed}: {done:?} to {harmful:?}: {missing:?}\n{said}"))
}

/// Every kind alone, then pairs at random.
fn try_all(term: Term, draws: usize) {
    let world = world(term, term.id());
    let name = format!("cheats-{}", term.id());
    let (mut silent, mut counts) = (Vec::new(), BTreeMap::new());
    let mut rng = Rng::new(2026);
    for at in 0..draws {
        let mut any = || usize::try_from(rng.below(i64::try_from(KINDS.len()).unwrap())).unwrap();
        let kinds = if at < KINDS.len() { vec![at] } else { vec![any(), any()] };
        let (verdict, said) = draw(&world, &name, at as u64, &kinds, None);
        *counts.entry(format!("{verdict:?}")).or_insert(0) += 1;
        // What leaves every figure where it was has to be read as such.
        let is_lost = verdict == Verdict::Told && kinds.iter().all(|kind| KINDS[*kind].1);
        if verdict == Verdict::Silent || is_lost {
            silent.push(said);
        }
    }
    println!("{}: {draws} draws of {} kinds: {counts:?}", term.id(), KINDS.len());
    assert!(silent.is_empty(), "{} of {draws}:\n{}", silent.len(), silent.join("\n\n"));
}

fn draws() -> usize {
    std::env::var("TKGD_CHEATS").ok().and_then(|text| text.parse().ok()).unwrap_or(DRAWS) / 2
}

#[test]
fn no_damage_of_an_opening_makes_a_total_wrong_in_silence() {
    assert!(KINDS.len() >= 40);
    try_all(Term::Opening, draws());
}

#[test]
fn no_damage_of_a_closing_makes_a_total_wrong_in_silence() {
    try_all(Term::Closing, draws());
}

/// With one check switched off the harness sees the wrong total.
#[test]
fn the_harness_sees_a_check_that_is_switched_off() {
    let world = world(Term::Opening, "off");
    let schemas = scratch("cheats-schemas");
    let text = std::fs::read_to_string(root().join("schemas/rules.toml")).unwrap();
    let off = text.replace("id = \"claim-other-unit\"\nseverity = \"error\"", "id = \"claim-other-unit\"\nseverity = \"warning\"");
    assert_ne!(off, text);
    std::fs::write(schemas.join("rules.toml"), off).unwrap();
    let kind = KINDS.iter().position(|(name, ..)| *name == "other-units-heading").unwrap();
    assert_eq!(draw(&world, "cheats-off", 1, &[kind], None).0, Verdict::Told);
    assert_eq!(draw(&world, "cheats-off", 1, &[kind], Some(&schemas)).0, Verdict::Silent);
}

/// A province whose files came as offices send them gives the figures of the plain one: only where they came from differs.
#[test]
fn files_as_windows_and_offices_write_them_give_the_same_figures() {
    let world = world(Term::Opening, "same");
    let folder = scratch("cheats-as-sent");
    copy_tree(&world.folder, &folder);
    let mut scene = Scene { world: &world, folder: folder.clone(), rng: Rng::new(1), used: BTreeSet::new() };
    scene.register_bytes(|text| utf16(&text.replace(',', "\t").replace('\n', "\r\n"))).unwrap();
    scene.list_bytes(|text| {
        format!("sep=;\r\n{}", text.trim_start_matches('\u{feff}').replace(',', ";").replace('\n', "\r\n")).into_bytes()
    });
    let mut packed = Vec::new();
    for (at, (file, _)) in world.books.iter().enumerate() {
        let bytes = scene.read(file);
        scene.remove(file);
        let name = file.trim_start_matches("bieu/").to_owned();
        if at % 2 == 0 { packed.push((name, bytes)) } else { scene.write(&format!("bieu/xã {at}/{name}"), bytes) }
    }
    let parts: Vec<(&str, &[u8])> = packed.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice())).collect();
    scene.write("bieu/gui so.zip", package(&parts));
    let (totals, findings, said) = run(&folder, &world.pipeline, None);
    assert!(findings.is_empty(), "{said}");
    assert_eq!(totals, world.clean, "{said}");
    let reports = |folder: &Path| {
        let mut found = files_in(&folder.join("ket-qua"));
        found.retain(|path| path.to_string_lossy().contains("/bao-cao/"));
        found.sort();
        found.iter().map(|path| values_of(&std::fs::read(path).unwrap())).collect::<Vec<_>>()
    };
    let plain = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cheats-first-same");
    let (as_sent, plain) = (reports(&folder), reports(&plain));
    assert!(plain.len() > 3 && as_sent == plain);
}
