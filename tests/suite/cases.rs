//! Case folders: `finds/<rule>` (or `finds/<rule>--<variant>`) must give a finding of that rule
//! at the cell it names and no rule besides those it lists; `passes/<what>` must give none.
//!
//! A case starts from a clean workbook of a form and edits it; see the folders.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Deserialize;
use tkgd::base::location::{CellRange, CellRef};
use tkgd::findings::Verdict;
use tkgd::jobs::{Session, run};
use tkgd::present::{CellStyle, Content, PlacedCell, SheetPlan, WorkbookPlan, write_xlsx};
use tkgd::workbooks::Isolation;
use tkgd::workspace::Pipeline;

use super::support::root;
use super::workspace::{Workspace, form, plan, schemas, values};

/// A case as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    /// Why the case is there.
    #[serde(rename = "why")]
    _why: String,
    /// Short id of the form the workbook is of.
    #[serde(default = "primary")]
    form: String,
    /// Forms the register expects of the school.
    #[serde(default = "primary")]
    expects: String,
    /// Name of the file.
    #[serde(default = "own_name")]
    file: String,
    /// Bytes instead of a workbook.
    bytes: Option<String>,
    /// A second file with the same edits.
    copy: Option<String>,
    /// Write no file at all.
    #[serde(default)]
    absent: bool,
    /// Leave every value blank.
    #[serde(default)]
    blank: bool,
    /// Take the stored results out of all formulas, as programs that do not calculate write them.
    #[serde(default)]
    uncalculated: bool,
    /// Lines of the pipeline's `[inputs]`.
    #[serde(default)]
    inputs: String,
    /// School year of the pipeline.
    #[serde(default = "year")]
    school_year: String,
    /// Edits in order.
    #[serde(default)]
    edit: Vec<Edit>,
    /// `sheet!cell` where the finding must be.
    #[serde(default)]
    at: Option<String>,
    /// Other rules that may speak too.
    #[serde(default)]
    also: Vec<String>,
}

fn primary() -> String {
    "02-TH-DN".to_owned()
}

fn own_name() -> String {
    "T01_a.xlsx".to_owned()
}

fn year() -> String {
    "2025-2026".to_owned()
}

/// One edit of a workbook.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    /// Sheet name; every sheet when absent.
    sheet: Option<String>,
    /// Cell to change.
    cell: Option<String>,
    /// Its new text.
    text: Option<String>,
    /// Its new number.
    number: Option<f64>,
    /// Added to its number.
    plus: Option<f64>,
    /// A formula that shows this error.
    error: Option<String>,
    /// A formula with its result.
    formula: Option<String>,
    /// One-based row to delete.
    delete_row: Option<u32>,
    /// One-based row to insert a blank row at.
    insert_row: Option<u32>,
    /// Zero-based column to insert a blank column at.
    insert_column: Option<u16>,
    /// New name of the sheet.
    rename: Option<String>,
    /// Hide the sheet.
    #[serde(default)]
    hide: bool,
    /// Drop the sheet.
    #[serde(default)]
    drop: bool,
    /// Turn the order of the sheets round.
    #[serde(default)]
    reverse: bool,
    /// Take the formulas out of the sheet.
    #[serde(default)]
    blank_formulas: bool,
    /// Decompose every text (NFD).
    #[serde(default)]
    decompose: bool,
}

impl Edit {
    fn apply(&self, plan: &mut WorkbookPlan) {
        if self.reverse {
            plan.sheets.reverse();
        }
        if self.drop {
            plan.sheets.retain(|sheet| Some(&*sheet.name) != self.sheet.as_deref());
            return;
        }
        let is_meant = |sheet: &&mut SheetPlan| self.sheet.as_deref().is_none_or(|name| *sheet.name == *name);
        for sheet in plan.sheets.iter_mut().filter(is_meant) {
            self.apply_to(sheet);
        }
    }

    fn apply_to(&self, sheet: &mut SheetPlan) {
        sheet.hidden |= self.hide;
        if let Some(row) = self.delete_row {
            sheet.cells.retain(|cell| cell.at.row != row - 1);
            sheet.merges.retain(|range| range.first.row != row - 1);
            shift(sheet, |at| CellRef::new(if at.row >= row { at.row - 1 } else { at.row }, at.column));
        }
        if let Some(row) = self.insert_row {
            shift(sheet, |at| CellRef::new(if at.row >= row - 1 { at.row + 1 } else { at.row }, at.column));
        }
        if let Some(column) = self.insert_column {
            shift(sheet, |at| CellRef::new(at.row, if at.column >= column { at.column + 1 } else { at.column }));
        }
        if self.blank_formulas {
            sheet.cells.retain(|cell| !matches!(cell.content, Content::Formula(..)));
        }
        if self.decompose {
            use unicode_normalization::UnicodeNormalization as _;
            for cell in &mut sheet.cells {
                if let Content::Text(text) = &cell.content {
                    cell.content = Content::Text(text.nfd().collect::<String>().into());
                }
            }
        }
        if let Some(address) = &self.cell {
            self.change(sheet, address.parse().unwrap());
        }
        if let Some(name) = &self.rename {
            sheet.name = Arc::from(name.as_str());
        }
    }

    fn change(&self, sheet: &mut SheetPlan, at: CellRef) {
        let number = sheet.cells.iter().find_map(|cell| match cell.content {
            Content::Number(number) | Content::Formula(_, number) if cell.at == at => Some(number),
            _ => None,
        });
        let written = self.formula.as_ref().map(|formula| Content::Formula(formula.clone(), 2.0));
        let typed = match (&self.text, self.number, self.plus, &self.error) {
            (Some(text), ..) => Content::Text(Arc::from(text.as_str())),
            (_, Some(number), ..) => Content::Number(number),
            (_, _, Some(plus), _) => Content::Number(number.unwrap_or(0.0) + plus),
            (.., Some(error)) if error == "#VALUE!" => Content::ErrorFormula("\"\"+1".to_owned(), "#VALUE!"),
            _ => Content::Blank,
        };
        let content = written.unwrap_or(typed);
        match sheet.cells.iter_mut().find(|cell| cell.at == at) {
            Some(cell) => cell.content = content,
            None => sheet.cells.push(PlacedCell { at, content, style: CellStyle::default() }),
        }
    }
}

/// Moves every cell and merge.
fn shift(sheet: &mut SheetPlan, moved: impl Fn(CellRef) -> CellRef) {
    for cell in &mut sheet.cells {
        cell.at = moved(cell.at);
    }
    for range in &mut sheet.merges {
        *range = CellRange { first: moved(range.first), last: moved(range.last) };
    }
}

/// Runs a case; its findings as (rule, `sheet!cell`).
fn findings(name: &str, case: &Case) -> Vec<(String, String)> {
    let schemas = schemas();
    let register = format!(
        "Mã đơn vị,Tên đơn vị,Loại đơn vị,Báo cáo lên,Biểu phải nộp\nS,Sở GDĐT,department,,\nT01,Trường Hòa Bình,school,S,{}\n",
        case.expects
    );
    let workspace = Workspace::new(&format!("case-{}", name.replace('/', "-")), &register, &case.inputs, "");
    let text = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    std::fs::write(workspace.folder.join("p.toml"), text.replace("2025-2026", &case.school_year)).unwrap();
    let form = form(&schemas, &case.form);
    let mut values = values(&schemas, &form, 1);
    if case.blank {
        values = tkgd::returns::Values::new(values.len());
    }
    let mut book = plan(&schemas, &form, &values);
    for edit in &case.edit {
        edit.apply(&mut book);
    }
    let mut bytes = case.bytes.clone().map_or_else(|| write_xlsx(&book).unwrap(), String::into_bytes);
    if case.uncalculated {
        bytes = without_results(&bytes);
    }
    if !case.absent {
        workspace.add(&case.file, &bytes);
        if let Some(copy) = &case.copy {
            workspace.add(copy, &bytes);
        }
    }
    let pipeline = Pipeline::open(&workspace.folder.join("p.toml")).unwrap();
    let result = run(&Session::of(schemas.clone(), Isolation::InProcess).unwrap(), &pipeline).unwrap();
    let place = |f: &tkgd::findings::Finding| {
        let sheet = f.place.sheet.as_deref().unwrap_or_default();
        format!("{sheet}!{}", f.place.cell.map(|c| c.to_string()).unwrap_or_default())
    };
    // A rule that nobody has the data for (no year before, few schools) says so once, about no unit.
    let of_units = result.findings.iter().filter(|f| f.verdict == Verdict::Fail || f.subject.unit.is_some() || f.place.file.is_some());
    of_units.map(|f| (f.rule.to_string(), place(f))).collect()
}

/// A workbook without the stored results of its formulas.
fn without_results(bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let names: Vec<String> = (0..zip.len()).map(|i| zip.by_index(i).unwrap().name().unwrap().into_owned()).collect();
    let parts: Vec<(String, Vec<u8>)> = names
        .into_iter()
        .map(|name| {
            let mut text = std::io::read_to_string(zip.by_name(&name).unwrap()).unwrap();
            while let Some(start) = text.find("</f><v>") {
                let end = start + text[start..].find("</v>").unwrap();
                text.replace_range(start + 4..end + 4, "");
            }
            (name, text.into_bytes())
        })
        .collect();
    super::support::package(&parts.iter().map(|(name, content)| (&**name, &**content)).collect::<Vec<_>>())
}

/// Name and content of every case below a folder.
fn cases(outcome: &str) -> Vec<(String, Case)> {
    let folder: PathBuf = root().join("tests/cases").join(outcome);
    let mut names: Vec<String> = std::fs::read_dir(&folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let read = |name: String| {
        let text = std::fs::read_to_string(folder.join(&name).join("case.toml")).unwrap();
        let case = toml::from_str(&text).unwrap_or_else(|e| panic!("{outcome}/{name}: {e}"));
        (name, case)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn every_case_that_finds_finds_its_rule_at_its_place_and_nothing_else() {
    let mut wrong = Vec::new();
    for (name, case) in cases("finds") {
        let rule = name.split("--").next().unwrap();
        let found = findings(&format!("finds/{name}"), &case);
        let is_there = found.iter().any(|(r, at)| r == rule && case.at.as_ref().is_none_or(|wanted| at == wanted));
        let others: BTreeSet<&str> = found
            .iter()
            .map(|(r, _)| r.as_str())
            .filter(|r| *r != rule && *r != "likely-error" && !case.also.iter().any(|a| a == r))
            .collect();
        let silent: Vec<&String> = case.also.iter().filter(|a| found.iter().all(|(r, _)| r != *a)).collect();
        if !is_there || !others.is_empty() || !silent.is_empty() {
            wrong.push(format!("{name}: wanted at {:?}, found {found:?}; not listed {others:?}; listed but silent {silent:?}", case.at));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_case_that_passes_finds_nothing() {
    let mut wrong = Vec::new();
    for (name, case) in cases("passes") {
        let found = findings(&format!("passes/{name}"), &case);
        let others: Vec<_> = found.iter().filter(|(r, _)| !case.also.iter().any(|a| a == r)).collect();
        if !others.is_empty() {
            wrong.push(format!("{name}: {others:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Rules whose outcome needs more than one workbook of one school; each names the test that has it.
const ELSEWHERE: &[(&str, &str)] = &[
    ("unit-without-forms", "register_lint"),
    ("files-with-a-filer", "register_lint"),
    ("form-entered-above", "register_lint"),
    ("unit-code-used-again", "register_lint"),
    ("unit-names-alike", "register_lint"),
    ("unit-names-same", "other_inputs"),
    ("group-values-alike", "other_inputs"),
    ("unreadable-zip", "other_inputs"),
    ("older-version", "run::two_different_files_of_one_school_are_refused_or_the_newest_wins"),
    ("register-beside", "register_lint"),
    ("not-a-file", "inputs_within"),
    ("unreadable-folder", "inputs_within"),
    ("unreadable-list", "inputs_within"),
    ("unit-name-too-long", "inputs_within"),
    ("sheet-macro", "formats::a_hidden_macro_sheet_costs_nothing_and_is_named"),
    ("indicator-implausible", "figures::enrolment_rates_need_the_population_of_the_same_boundaries"),
    ("answer-to-error", "returned"),
    ("answer-not-taken", "proposals"),
    ("locked-return-gone", "decisions"),
    ("locked-return", "decisions"),
    ("refused-return", "decisions"),
    ("corrected-version", "returned"),
    ("differs-from-other-source", "cell_rules"),
    ("codes-of-other-rows", "damage"),
    ("columns-reordered", "damage"),
    ("row-swapped", "damage"),
    ("rows-reordered", "damage"),
    ("duplicate-submission", "run::two_different_files_of_one_school_are_refused_or_the_newest_wins"),
    ("encrypted-file", "manifest"),
    ("hostile-file", "hostile"),
    ("other-result-state", "closing"),
    ("template-other-form", "template"),
    ("claim-other-unit", "situations"),
    ("claim-other-period", "situations"),
    ("claim-other-form", "situations"),
    ("claim-unknown-unit", "situations"),
    ("claim-decided", "situations"),
    ("claim-other-measure", "other_claims"),
    ("claim-refused", "other_claims"),
    ("claim-other-receiver", "other_claims"),
    ("sheet-unread", "other_claims"),
    ("same-page-as-other-unit", "other_claims"),
    ("unit-commune-apart", "other_claims"),
    ("unit-reports-to-nobody", "register_lint"),
    ("population-contradicts", "population_table"),
    ("population-unknown-place", "population_table"),
    ("list-cells-blank", "other_claims"),
    ("list-headings-differ", "other_claims"),
    ("ambiguous-unit", "situations"),
    ("sum-of-units-below", "situations"),
    ("sheet-ambiguous", "situations"),
    ("sheet-blank", "situations"),
    ("file-not-read", "situations"),
    ("same-figures-as-other-unit", "situations"),
    ("same-figures-as-last-year", "situations"),
    ("heading-other-year", "situations"),
    ("sheet-all-zero", "situations"),
    ("counts-in-thousands", "situations"),
    ("amounts-of-other-scale", "situations"),
    ("template-total-overwritten", "template"),
    ("old-form", "run::a_form_of_another_circular_or_term_is_named"),
    ("wrong-term", "run::a_form_of_another_circular_or_term_is_named"),
    ("list-row-unreadable", "tables"),
    ("list-unit-twice", "tables"),
    ("list-unit-repeated", "tables"),
    ("list-row-without-unit", "tables"),
    ("list-row-is-sum", "tables"),
    ("list-total-differs", "tables"),
    ("list-rows-told", "tables"),
    ("kinds-exceed-whole-usual", "fair"),
    ("column-shifted", "small::a_column_pasted_one_row_off_is_named"),
    ("list-hidden-rows", "tables"),
    ("list-hidden-columns", "list_rows"),
    ("list-parts-joined", "list_rows"),
    ("list-other-sheets", "tables"),
    ("list-not-sent", "tables"),
    ("list-heading-unknown", "tables"),
    ("list-lacks-cells", "tables"),
    ("list-item-unknown", "tables"),
    ("list-item-twice", "tables"),
    ("list-all-thousands", "tables"),
    ("unit-code-lost-zeros", "tables"),
    ("file-table-idle", "tables"),
    ("old-font", "tables"),
    ("suppressed-value", "tables"),
    ("record-unknown-layout", "records"),
    ("record-other-sheets", "records"),
    ("record-file-repeated", "records"),
    ("record-described-twice", "records"),
    ("record-empty-class", "records"),
    ("record-column-assumed", "records"),
    ("record-file-passed-over", "records"),
    ("record-unknown-school", "records"),
    ("record-orphan-school", "records"),
    ("record-orphan-class", "records"),
    ("record-unknown-code", "records"),
    ("record-impossible-date", "records"),
    ("record-missing-field", "records"),
    ("record-duplicate-id", "records"),
    ("record-two-schools", "records"),
    ("record-age-of-grade", "records"),
    ("record-age-of-staff", "records"),
    ("record-unreadable-row", "records"),
    ("record-row-passed-over", "records"),
    ("record-cells-not-counted", "records"),
    ("records-differ", "records"),
];

#[test]
fn every_rule_of_the_catalogue_has_a_case() {
    let covered: BTreeSet<String> = cases("finds").iter().map(|(name, _)| name.split("--").next().unwrap().to_owned()).collect();
    let schemas = schemas();
    // Rules over cells have their seeds in `cell_rules`.
    let known: BTreeSet<&str> = schemas.rules.iter().filter(|rule| rule.form.is_none()).map(|rule| rule.id.as_str()).collect();
    let without: Vec<&&str> = known.iter().filter(|id| !covered.contains(**id) && ELSEWHERE.iter().all(|(rule, _)| rule != *id)).collect();
    assert!(without.is_empty(), "rules without a case: {without:?}");
    let unexplained: Vec<&str> = schemas.rules.iter().filter(|r| r.why_vi.is_empty() || r.why_en.is_empty()).map(|r| &*r.id).collect();
    assert!(unexplained.is_empty(), "rules without a why: {unexplained:?}");
    let unknown: Vec<&String> = covered.iter().filter(|id| !known.contains(id.as_str())).collect();
    assert!(unknown.is_empty(), "cases of rules that are not in the catalogue: {unknown:?}");
}
