//! What is odd about a register that can be read all the same: it is told before anybody believes it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{Register, Tree, Unit};
use crate::finding::{Finding, Place, Subject};
use crate::location::CellRef;
use crate::text::{fold, tone_key};

/// A form that is awaited in the term: its names in the register, and its level.
#[derive(Debug, Clone, Copy)]
pub struct AwaitedForm<'a> {
    /// Short id.
    pub short: &'a str,
    /// Symbol as printed.
    pub symbol: &'a str,
    /// Level of education.
    pub level: &'a str,
}

/// Everything odd about a register and its tree in a term.
#[must_use]
pub fn lint(register: &Register, tree: &Tree, forms: &[AwaitedForm<'_>]) -> Vec<Finding> {
    let mut findings = without_forms(register, tree, forms);
    findings.extend(files_with_a_filer(register, tree));
    findings.extend(codes_used_again(register));
    findings.extend(names_alike(register, tree));
    findings
}

/// A finding about a unit, at its line.
fn about(register: &Register, rule: &'static str, unit: &Unit) -> Finding {
    let subject = Subject { unit: Some(Arc::clone(&unit.code)), ..Subject::default() };
    let cell = Some(CellRef::new(unit.line.saturating_sub(1), 0));
    Finding::new(rule).about(subject).at(Place { file: Some(Arc::clone(&register.file)), cell, ..Place::default() })
}

/// Facilities that hand in nothing, by themselves or with another unit, where others of their level do.
fn without_forms(register: &Register, tree: &Tree, forms: &[AwaitedForm<'_>]) -> Vec<Finding> {
    let owes = |unit: &Unit| forms.iter().any(|form| unit.expects(form.short) || unit.expects(form.symbol));
    let owed: HashSet<&str> =
        tree.units.iter().filter(|unit| owes(unit)).flat_map(|unit| unit.levels.iter().map(|level| &**level)).collect();
    let mut findings = Vec::new();
    for (index, unit) in tree.units.iter().enumerate() {
        let filer = &tree.units[tree.files_with[index]];
        if !unit.facility || owes(unit) || (tree.files_with[index] != index && owes(filer)) {
            continue;
        }
        let levels: Vec<&str> = unit.levels.iter().map(|level| &**level).collect();
        let known: Vec<&str> = forms.iter().filter(|form| levels.contains(&form.level)).map(|form| form.symbol).collect();
        // A register may name the forms of one term only: then nobody of the level owes one.
        let is_told = if unit.forms.is_empty() && tree.files_with[index] == index {
            !known.is_empty()
        } else {
            levels.iter().any(|level| owed.contains(level))
        };
        if is_told {
            findings.push(about(register, "unit-without-forms", unit).saw(levels.join(" "), known.join(" ")).noting(&unit.name));
        }
    }
    findings
}

/// Units that file with one that itself files with another: nobody files for them.
fn files_with_a_filer(register: &Register, tree: &Tree) -> Vec<Finding> {
    let chains = tree.units.iter().enumerate().filter_map(|(index, unit)| {
        let filer = tree.files_with[index];
        let further = tree.files_with[filer];
        (filer != index && further != filer).then(|| {
            let (filer, further) = (&tree.units[filer].code, &tree.units[further].code);
            about(register, "files-with-a-filer", unit).saw(filer, further)
        })
    });
    chains.collect()
}

/// Codes that nobody had for a while and that name a unit again: another unit, whatever it is called.
fn codes_used_again(register: &Register) -> Vec<Finding> {
    let mut lines: BTreeMap<&str, Vec<&Unit>> = BTreeMap::new();
    for unit in &register.units {
        lines.entry(&unit.code).or_default().push(unit);
    }
    let mut findings = Vec::new();
    for units in lines.values_mut() {
        units.sort_by_key(|unit| unit.valid_from);
        for pair in units.windows(2) {
            let next = pair[0].valid_to.and_then(|last| last.succ_opt());
            if let Some((next, first)) = next.zip(pair[1].valid_from).filter(|(next, first)| first > next) {
                let last = next.pred_opt().unwrap_or(next);
                let finding = about(register, "unit-code-used-again", pair[1]);
                findings.push(finding.saw(first.format("%d/%m/%Y"), last.format("%d/%m/%Y")).noting(pair[0].line));
            }
        }
    }
    findings
}

/// Units below the same one whose names differ by marks only: one of them may be a slip, or one school stand twice.
fn names_alike(register: &Register, tree: &Tree) -> Vec<Finding> {
    let mut first: HashMap<(Option<usize>, String), usize> = HashMap::new();
    let mut findings = Vec::new();
    for (index, unit) in tree.units.iter().enumerate().filter(|(_, unit)| !unit.name.is_empty()) {
        let key = (tree.parent[index], tone_key(&unit.name));
        let other = *first.entry(key).or_insert(index);
        let other = &tree.units[other];
        if fold(&other.name) != fold(&unit.name) {
            findings.push(about(register, "unit-names-alike", unit).saw(&unit.name, &other.name).noting(&other.code));
        }
    }
    findings
}
