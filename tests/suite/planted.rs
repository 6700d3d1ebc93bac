//! A province with differences planted at known schools and cells, and the program that compares two sources.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::Value;
use tkgd::forms::{Basis, Form, Schemas, SheetKind, SlotIndex};
use tkgd::query::reconcile::ComparisonKind;
use tkgd::returns::Status;
use tkgd::sample::{Province, SampleOptions, SampleReturn, province, register_csv};

use super::support::{Dice, scratch, tkgd};
use super::workspace::{PERIOD, book, schemas};

/// Unit, form, slot.
pub type Cell = (Arc<str>, Arc<str>, SlotIndex);
/// What is found of a cell: scope, kind, value in A, value in B.
pub type Found = (String, String, Option<i64>, Option<i64>);

/// A province in two versions.
pub struct Planted {
    pub schemas: Schemas,
    pub province: Province,
    pub a: Vec<SampleReturn>,
    pub b: Vec<SampleReturn>,
    /// Cells that differ, with the kind of difference.
    pub cells: BTreeMap<Cell, ComparisonKind>,
    /// Units whose return for a form is missing in A and in B.
    pub missing: [(Arc<str>, Arc<str>); 2],
}

/// Tells which returns of the second version are changed, and how.
pub struct Planter {
    pub b: Vec<SampleReturn>,
    pub cells: BTreeMap<Cell, ComparisonKind>,
    pub dice: Dice,
}

impl Planter {
    /// A cell of some return that fits, not used before.
    pub fn pick(&mut self, fits: impl Fn(&SampleReturn, SlotIndex) -> bool) -> (usize, SlotIndex) {
        for _ in 0..100_000 {
            let one = self.dice.below(self.b.len());
            let slot = SlotIndex::new(self.dice.below(self.b[one].values.len()));
            if fits(&self.b[one], slot) && !self.cells.contains_key(&self.key(one, slot)) {
                return (one, slot);
            }
        }
        panic!("no cell fits");
    }

    pub fn key(&self, one: usize, slot: SlotIndex) -> Cell {
        (Arc::clone(&self.b[one].unit), Arc::clone(&self.b[one].form.id), slot)
    }

    pub fn put(&mut self, (one, slot): (usize, SlotIndex), value: (Status, i64), kind: ComparisonKind) {
        self.b[one].values.set(slot, value.0, value.1);
        self.cells.insert(self.key(one, slot), kind);
    }
}

/// No printed sum has anything to do with the cell, so a workbook says just what the values say.
pub fn is_plain(form: &Form, slot: SlotIndex) -> bool {
    let (sheet, _, column) = form.layout.address(slot);
    let sums = form.layout.sheets[sheet].sums.columns.iter().filter(|sum| sum.basis == Basis::Printed);
    sums.into_iter().all(|sum| sum.total != column && !sum.parts.contains(&column))
}

pub fn is_amount(form: &Form, slot: SlotIndex) -> bool {
    form.layout.sheets[form.layout.address(slot).0].kind == SheetKind::Amounts
}

pub fn has_number(one: &SampleReturn, slot: SlotIndex) -> bool {
    one.values.number(slot).is_some_and(|number| number > 0)
}

/// Whether a cell may be blank in one version and a number in the other: no total above it is blank, and it is itself no
/// total of parts that are not 0, which would not be known.
fn may_be_blank(one: &SampleReturn, slot: SlotIndex) -> bool {
    struct Walk<'a> {
        one: &'a SampleReturn,
        slot: SlotIndex,
        fits: bool,
    }
    impl tkgd::forms::Relations for Walk<'_> {
        fn sum(&mut self, _: tkgd::forms::Relation<'_>, total: SlotIndex, mut parts: impl Iterator<Item = SlotIndex> + Clone) {
            let is_counted = total == self.slot && parts.clone().any(|part| has_number(self.one, part));
            let is_below_blank = parts.any(|part| part == self.slot) && self.one.values.get(total).0.is_blank();
            self.fits &= !is_counted && !is_below_blank;
        }

        fn at_most(&mut self, _: tkgd::forms::Relation<'_>, _: SlotIndex, _: SlotIndex) {}
    }
    let mut walk = Walk { one, slot, fits: true };
    one.form.layout.sheets[one.form.layout.address(slot).0].relations(&mut walk);
    walk.fits
}

/// Two versions of a province with 25 differences: 23 cells, a return missing on either side.
pub fn planted() -> Planted {
    let schemas = schemas();
    let options = SampleOptions { communes: 3, schools: 20, ..SampleOptions::new(23, PERIOD) };
    let province = province(&schemas, &options).unwrap();
    let mut planter = Planter { b: province.returns.clone(), cells: BTreeMap::new(), dice: Dice(9) };
    let is_school = |one: &SampleReturn| one.unit.len() == 8;
    // Two schools that no cell is planted in: one is missing in A, the other in B.
    let whole: Vec<usize> = [3, 8].map(|nth| (0..planter.b.len()).filter(|&i| is_school(&planter.b[i])).nth(nth).unwrap()).to_vec();
    let missing = [whole[0], whole[1]].map(|i| (Arc::clone(&planter.b[i].unit), Arc::clone(&planter.b[i].form.id)));
    let left = missing.clone();
    let may = move |one: &SampleReturn| left.iter().all(|(unit, form)| *unit != one.unit || *form != one.form.id);
    let returns = province.returns.clone();
    let common =
        move |one: &SampleReturn, slot: SlotIndex| returns.iter().filter(|o| o.form.id == one.form.id && has_number(o, slot)).count() > 2;

    for add in [1, 40, -1, 7, 300, 2, 9] {
        let at = planter.pick(|one, slot| may(one) && has_number(one, slot) && !is_amount(&one.form, slot));
        let number = planter.b[at.0].values.number(at.1).unwrap();
        planter.put(at, (Status::Reported, (number + add).max(0)), ComparisonKind::Number);
    }
    for add in [500_000, -1, 12_000_000] {
        let at = planter.pick(|one, slot| may(one) && has_number(one, slot) && is_amount(&one.form, slot));
        let number = planter.b[at.0].values.number(at.1).unwrap();
        planter.put(at, (Status::Reported, number + add), ComparisonKind::Number);
    }
    for _ in 0..3 {
        let at = planter.pick(|one, slot| {
            may(one) && has_number(one, slot) && is_plain(&one.form, slot) && common(one, slot) && may_be_blank(one, slot)
        });
        planter.put(at, (Status::Missing, 0), ComparisonKind::BlankInB);
    }
    for number in [4, 11, 800_000] {
        let fits = |one: &SampleReturn, slot: SlotIndex| {
            one.values.get(slot).0 == Status::Missing && is_plain(&one.form, slot) && may_be_blank(one, slot)
        };
        let at = planter.pick(|one, slot| may(one) && fits(one, slot) && is_amount(&one.form, slot) == (number > 100));
        planter.put(at, (Status::Reported, number), ComparisonKind::BlankInA);
    }
    // Two neighbouring rows typed into each other's place.
    let at = planter.pick(|one, slot| {
        let (sheet, coded, column) = one.form.layout.address(slot);
        let sheet = &one.form.layout.sheets[sheet];
        let next = (coded + 1 < sheet.coded.len()).then(|| sheet.slot(coded + 1, column));
        may(one) && has_number(one, slot) && next.is_some_and(|n| has_number(one, n) && one.values.number(n) != one.values.number(slot))
    });
    let layout = Arc::clone(&planter.b[at.0].form.layout);
    let (sheet, coded, column) = layout.address(at.1);
    let next = layout.sheets[sheet].slot(coded + 1, column);
    let (upper, lower) = (planter.b[at.0].values.get(at.1), planter.b[at.0].values.get(next));
    planter.put(at, lower, ComparisonKind::Number);
    planter.put((at.0, next), upper, ComparisonKind::Number);
    // What one school has too many, another of the same commune has too few: the totals agree.
    let at = planter.pick(|one, slot| may(one) && is_school(one) && has_number(one, slot) && !is_amount(&one.form, slot));
    let (unit, form) = (Arc::clone(&planter.b[at.0].unit), Arc::clone(&planter.b[at.0].form.id));
    let commune = |unit: &str| province.register.iter().find(|line| line.code == *unit).unwrap().reports_to.clone();
    let other = (0..planter.b.len()).find(|&i| {
        let one = &planter.b[i];
        one.unit != unit
            && one.form.id == form
            && is_school(one)
            && may(one)
            && commune(&one.unit) == commune(&unit)
            && has_number(one, at.1)
    });
    for (one, add) in [(at.0, 1), (other.unwrap(), -1)] {
        let number = planter.b[one].values.number(at.1).unwrap();
        planter.put((one, at.1), (Status::Reported, number + add), ComparisonKind::Number);
    }
    // A mark, and the own return of a commune and of the department.
    let at =
        planter.pick(|one, slot| may(one) && is_school(one) && has_number(one, slot) && is_plain(&one.form, slot) && common(one, slot));
    planter.put(at, (Status::Unknown, 0), ComparisonKind::NotComparable);
    for length in [5, 2] {
        let at = planter.pick(|one, slot| one.unit.len() == length && has_number(one, slot));
        let number = planter.b[at.0].values.number(at.1).unwrap();
        planter.put(at, (Status::Reported, number + 1_000_000), ComparisonKind::Number);
    }
    assert_eq!(planter.cells.len() + missing.len(), 25);
    let without = |returns: &[SampleReturn], key: &(Arc<str>, Arc<str>)| -> Vec<SampleReturn> {
        returns.iter().filter(|one| (&one.unit, &one.form.id) != (&key.0, &key.1)).cloned().collect()
    };
    let (a, b) = (without(&province.returns, &missing[0]), without(&planter.b, &missing[1]));
    Planted { schemas, province, a, b, cells: planter.cells, missing }
}

impl Planted {
    /// The value of a cell in one version.
    pub fn value(returns: &[SampleReturn], cell: &Cell) -> Option<i64> {
        let one = returns.iter().find(|one| (&one.unit, &one.form.id) == (&cell.0, &cell.1)).unwrap();
        one.values.number(cell.2)
    }

    /// What is to be found: every planted cell, at the unit whose return it is in.
    pub fn expected(&self, only: Option<&str>) -> BTreeMap<Cell, Found> {
        let of_form = self.cells.iter().filter(|((_, form, _), _)| only.is_none_or(|only| form.ends_with(only)));
        of_form
            .map(|(cell, kind)| {
                let (a, b) = (Self::value(&self.a, cell), Self::value(&self.b, cell));
                (cell.clone(), ("own".to_owned(), kind.id().to_owned(), a, b))
            })
            .collect()
    }

    /// A folder with both versions as workbooks, a register, and a pipeline for each.
    pub fn write(&self, name: &str) -> PathBuf {
        let folder = scratch(name);
        std::fs::write(folder.join("reg.csv"), register_csv(&self.province, &self.schemas.register)).unwrap();
        for (version, returns) in [("a", &self.a), ("b", &self.b)] {
            std::fs::create_dir(folder.join(version)).unwrap();
            for one in returns {
                let file = folder.join(version).join(format!("{}_{}.xlsx", one.unit, one.form.short));
                std::fs::write(file, book(&self.schemas, &one.form, &one.values)).unwrap();
            }
            let pipeline = format!(
                "title = \"{version}\"\nschool_year = \"2025-2026\"\nterm = \"opening\"\nregister = \"reg.csv\"\n[inputs]\nworkbooks = [\"{version}\"]\n[outputs]\nfolder = \"out-{version}\"\narchive = \"archive-{version}\"\nlists = [\"csv\", \"xlsx\"]\n"
            );
            std::fs::write(folder.join(format!("{version}.toml")), pipeline).unwrap();
        }
        folder
    }

    /// The value of a cell in JSON as it is held: đồng for amounts.
    pub fn held(&self, form: &str, slot: SlotIndex, value: &Value) -> Option<i64> {
        let form = self.schemas.form(form).unwrap();
        let factor = if is_amount(form, slot) { 1_000_000.0 } else { 1.0 };
        value.as_f64().map(|number| (number * factor).round() as i64)
    }

    pub fn slot(&self, form: &str, cell: &Value) -> SlotIndex {
        let sheet = self.schemas.form(form).unwrap().layout.sheet(cell["sheet"].as_str().unwrap()).unwrap();
        let column = sheet.find_column(cell["column"].as_u64().unwrap() as u16).unwrap();
        sheet.slot(sheet.find_code(cell["code"].as_str().unwrap()).unwrap(), column)
    }

    /// The lowest differences of a comparison.
    pub fn lowest(&self, result: &Value) -> BTreeMap<Cell, Found> {
        let mut found = BTreeMap::new();
        for form in result["forms"].as_array().unwrap() {
            let Some(id) = form["form_a"].as_str().or(form["form_b"].as_str()) else { continue };
            for difference in form["differences"].as_array().unwrap().iter().filter(|d| d["lowest"] == true) {
                let slot = self.slot(id, difference);
                let value = |side: &str| self.held(id, slot, &difference[side]["number"]);
                let key = (Arc::from(difference["unit"].as_str().unwrap()), Arc::from(id), slot);
                let text = |name: &str| difference[name].as_str().unwrap().to_owned();
                let before = found.insert(key, (text("scope"), text("kind"), value("a"), value("b")));
                assert!(before.is_none());
            }
        }
        found
    }

    /// Checks that a comparison of single returns found what was planted, and nothing else.
    pub fn check(&self, result: &Value, only: Option<&str>) {
        assert_eq!(self.lowest(result), self.expected(only));
        let mut missing = BTreeSet::new();
        for form in result["forms"].as_array().unwrap() {
            assert_eq!((form["inside"].as_array().unwrap().len(), form["uncovered"].as_array().unwrap().len()), (0, 0));
            for entry in form["missing_returns"].as_array().unwrap() {
                missing.insert((entry["missing_in"].as_str().unwrap(), entry["unit"].as_str().unwrap(), form["form_a"].as_str().unwrap()));
            }
        }
        let [in_a, in_b] = &self.missing;
        let expected = [("a", &*in_a.0, &*in_a.1), ("b", &*in_b.0, &*in_b.1)];
        let expected: BTreeSet<_> = expected.into_iter().filter(|(_, _, form)| only.is_none_or(|only| form.ends_with(only))).collect();
        assert_eq!(missing, expected);
        assert_eq!(result["equal"], false);
        assert!(check_parts(result) > 0);
    }
}

/// The parts of every difference make it, and those that name a unit agree with what is said there.
pub fn check_parts(result: &Value) -> usize {
    let mut seen = 0;
    for form in result["forms"].as_array().unwrap() {
        let differences = form["differences"].as_array().unwrap();
        for difference in differences.iter().filter(|d| d["scope"] == "total" && !d["difference"].is_null()) {
            let whole = difference["difference"].as_f64().unwrap();
            // A part of what one source does not know has no amount.
            let parts: Option<Vec<f64>> = difference["parts"].as_array().unwrap().iter().map(|part| part["amount"].as_f64()).collect();
            let Some(parts) = parts else { continue };
            let parts: f64 = parts.into_iter().sum();
            assert!((whole - parts).abs() < 1e-6, "{difference}");
            seen += 1;
        }
    }
    seen
}

/// Compares in a folder; the code and the JSON.
pub fn compare(folder: &Path, arguments: &[&str]) -> Value {
    let output = tkgd().args(["reconcile", "--format", "json"]).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.code() == Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

pub fn run(folder: &Path, arguments: &[&str]) -> Option<i32> {
    tkgd().args(arguments).current_dir(folder).stdout(std::process::Stdio::null()).status().unwrap().code()
}
