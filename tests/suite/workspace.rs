//! Workspaces for tests: a register, workbooks, a pipeline; run and read again.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Output;
use std::sync::Arc;

use tkgd::base::disk::WORK_FOLDER;
use tkgd::base::number::NumberLocale;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Schemas, SlotIndex};
use tkgd::jobs::{SampleRequest, Session, sample_files};
use tkgd::present::{Content, PaperState, WorkbookPlan, write_xlsx};
use tkgd::report::{OfficialReport, ReportTexts, official};
use tkgd::returns::{Status, Values};
use tkgd::sample::{Plan, Profile, Recipe, Rng, SampleOptions};
use tkgd::totals::{Coverage, Total};
use tkgd::workbooks::{Isolation, Recogniser, fill, read_bytes};

use super::support::{scratch, tkgd};

/// The opening term of 2025-2026.
pub const PERIOD: Period = Period { year: SchoolYear(2025), term: Term::Opening };

/// The built-in schemas.
pub fn schemas() -> Schemas {
    Schemas::load(None).unwrap()
}

/// A form of 2025-2026 by its short id.
pub fn form(schemas: &Schemas, short: &str) -> Arc<Form> {
    Arc::clone(schemas.form(&format!("tt25-2024/{short}")).unwrap())
}

/// Clean values of a public school's return.
pub fn values(schemas: &Schemas, form: &Form, seed: u64) -> Values {
    let recipe = Recipe::load(&schemas.files).unwrap();
    let profile = Profile {
        ownership: Arc::from("public"),
        area: Arc::from(""),
        people: 400,
        schools: 1,
        facilities: 0,
        fills: tkgd::base::number::NumberKind::Counts,
    };
    Plan::new(form, &recipe).fill(&profile, &mut Rng::new(seed))
}

/// The workbook of a return, as plain data that a test can soil.
pub fn plan(schemas: &Schemas, form: &Form, values: &Values) -> WorkbookPlan {
    let texts: ReportTexts = schemas.files.toml("report.toml").unwrap();
    let mut total = Total::new(values.len());
    total.add_values(values);
    total.coverage = Coverage { received: 1, expected: 1, facilities_received: 1, facilities_expected: 1 };
    let regulation = schemas.regulation(&form.circular).unwrap();
    let mut plan = official(&OfficialReport {
        form,
        regulation,
        texts: &texts,
        period: PERIOD,
        unit: "",
        receiver: "",
        place: "",
        total: &total,
        author: "",
        state: &PaperState::default(),
        run: "",
        signature: false,
    });
    // It says of no term that it is of: tests put it into any.
    let said = [regulation.term_text(PERIOD), regulation.as_at_text(PERIOD)];
    for sheet in &mut plan.sheets {
        sheet.cells.retain(|cell| !matches!(&cell.content, Content::Text(text) if said.iter().any(|said| **said == **text)));
    }
    plan
}

/// The slot of a cell, `sheet/code/column`.
pub fn slot(form: &Form, cell: &str) -> SlotIndex {
    let [sheet, code, column] = cell.split('/').collect::<Vec<_>>().try_into().unwrap_or_else(|_| panic!("{cell}"));
    let sheet = form.layout.sheet(sheet).unwrap_or_else(|| panic!("{}: {cell}", form.id));
    let coded = sheet.find_code(code).unwrap_or_else(|| panic!("{}: {cell}", form.id));
    sheet.slot(coded, sheet.find_column(column.parse().unwrap()).unwrap_or_else(|| panic!("{}: {cell}", form.id)))
}

/// Blank values of a form with some cells, `sheet/code/column`, filled in.
pub fn filled(form: &Form, cells: &[(&str, i64)]) -> Values {
    let mut values = Values::new(form.layout.slots);
    for (cell, number) in cells {
        values.set(slot(form, cell), Status::Reported, *number);
    }
    values
}

/// The bytes of a return's workbook.
pub fn book(schemas: &Schemas, form: &Form, values: &Values) -> Vec<u8> {
    write_xlsx(&plan(schemas, form, values)).unwrap()
}

/// A folder with a pipeline `p.toml` in it.
pub struct Workspace {
    /// The folder.
    pub folder: PathBuf,
}

impl Workspace {
    /// A register and a pipeline over the folder `bieu`; `inputs` and `outputs` are TOML lines.
    pub fn new(name: &str, register: &str, inputs: &str, outputs: &str) -> Self {
        let folder = scratch(name);
        std::fs::create_dir_all(folder.join("bieu")).unwrap();
        std::fs::write(folder.join("reg.csv"), register).unwrap();
        let pipeline = format!(
            "title = \"test\"\nschool_year = \"2025-2026\"\nterm = \"opening\"\nregister = \"reg.csv\"\n[inputs]\nworkbooks = [\"bieu\"]\n{inputs}\n[outputs]\n{outputs}\n"
        );
        std::fs::write(folder.join("p.toml"), pipeline).unwrap();
        Self { folder }
    }

    /// The files of a synthetic province.
    pub fn sample(name: &str, schools: usize, communes: usize, seed: u64) -> Self {
        Self::sample_of(name, schools, communes, seed, PERIOD)
    }

    /// The same of another term.
    pub fn sample_of(name: &str, schools: usize, communes: usize, seed: u64, period: Period) -> Self {
        let folder = scratch(name);
        let mut options = SampleOptions::new(seed, period);
        options.schools = schools;
        options.communes = communes;
        for (file, bytes) in
            sample_files(&Session::open(None, Isolation::InProcess).unwrap(), &SampleRequest { options, dirt: Vec::new() }).unwrap()
        {
            let path = folder.join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
        std::fs::rename(folder.join("dau-nam-hoc.toml"), folder.join("p.toml")).unwrap();
        Self { folder }
    }

    /// Puts a workbook into `bieu`.
    pub fn add(&self, file: &str, bytes: &[u8]) {
        std::fs::write(self.folder.join("bieu").join(file), bytes).unwrap();
    }

    /// Runs the pipeline, from another folder, as a user may.
    pub fn run(&self) -> Output {
        tkgd().arg("run").arg(self.folder.join("p.toml")).output().unwrap()
    }

    /// Runs the pipeline and gives its summary.
    pub fn summary(&self) -> serde_json::Value {
        let output = tkgd().args(["run", "--format", "json"]).arg(self.folder.join("p.toml")).output().unwrap();
        assert!(output.status.code() != Some(2), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["summary"].clone()
    }

    /// All findings of the last run.
    pub fn findings(&self) -> Vec<serde_json::Value> {
        let path = self.output().join("phat-hien.json");
        serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
    }

    /// The folder of the last run's reports and findings.
    pub fn output(&self) -> PathBuf {
        let own = self.folder.join("ket-qua");
        let folder = if own.exists() { own } else { self.folder.join("out") };
        folder.join("2025-2026-opening")
    }

    /// An official workbook of the last run, by code of the unit and form: `S_02-TH-DN.xlsx`.
    pub fn report(&self, file: &str) -> Vec<u8> {
        std::fs::read(self.output().join("bao-cao").join(report_name(&self.folder, file))).unwrap()
    }

    /// The values of an official workbook of the last run.
    pub fn report_values(&self, file: &str) -> Values {
        values_of(&self.report(file))
    }
}

/// Name of an official workbook of a draft, of which only code and form are said: `Sở GDĐT_02-TH-DN_Nháp.xlsx` for `S_02-TH-DN.xlsx`.
pub fn report_name(folder: &Path, file: &str) -> String {
    let registers = ["reg.csv", "danh-sach-don-vi.csv"].map(|name| std::fs::read_to_string(folder.join(name)));
    let register = registers.into_iter().find_map(Result::ok).unwrap();
    let (code, form) = file.strip_suffix(".xlsx").unwrap().split_once('_').unwrap();
    let lines = register.lines().map(|line| line.trim_start_matches('\u{feff}').split(',').collect::<Vec<&str>>());
    let name = lines.into_iter().find(|fields| fields[0] == code).map(|fields| fields[1].to_owned()).unwrap();
    format!("{name}_{form}_Nháp.xlsx")
}

/// The values of an official workbook.
pub fn values_of(bytes: &[u8]) -> Values {
    let schemas = schemas();
    let workbook = read_bytes(bytes, &Isolation::InProcess).unwrap();
    let (recognised, fits) = Recogniser::new(&schemas.forms).recognise(&workbook).unwrap();
    assert!(fits);
    fill(&workbook, &recognised, NumberLocale::Vi).values
}

/// Every file below a folder by its relative name.
pub fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    walk(folder, folder, &mut found);
    found
}

fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.ends_with(WORK_FOLDER) {
            // What the program notes of a folder is no part of what it wrote there.
        } else if path.is_dir() {
            walk(root, &path, found);
        } else if path.exists() {
            let name = path.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
}
