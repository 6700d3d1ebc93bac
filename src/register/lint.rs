//! Oddities of a register that can be read all the same: they are told before anybody believes it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use super::{Register, Tree, Unit, UnitIndex};
use crate::base::location::CellRef;
use crate::base::text::{fold, tone_key};
use crate::findings::{Finding, Location, Subject};
use crate::forms::RegisterSchema;

/// A form that is awaited in the term: its names in the register, and its level.
#[derive(Debug, Clone, Copy)]
pub struct AwaitedForm<'a> {
    /// Short id.
    pub short: &'a str,
    /// Symbol as printed.
    pub symbol: &'a str,
    /// Level of education.
    pub level: &'a str,
    /// Kinds of unit that enter it themselves; all of them where there are none.
    pub filed_by: &'a [String],
}

impl AwaitedForm<'_> {
    fn is_owed_by(&self, unit: &Unit) -> bool {
        unit.owes(self.short, self.symbol)
    }

    fn is_filed_by(&self, unit: &Unit) -> bool {
        self.filed_by.is_empty() || self.filed_by.iter().any(|kind| **kind == *unit.kind)
    }
}

/// Everything odd about a register and its tree in a term.
#[must_use]
pub fn lint(register: &Register, tree: &Tree, forms: &[AwaitedForm<'_>], schema: &RegisterSchema) -> Vec<Finding> {
    let mut findings = without_forms(register, tree, forms);
    findings.extend(entered_above(register, tree, forms, schema));
    findings.extend(files_with_a_filer(register, tree));
    findings.extend(codes_used_again(register));
    findings.extend(names_alike(register, tree));
    findings.extend(values_alike(register, tree, schema));
    findings.extend(communes_apart(register, tree));
    findings.extend(without_office(register, tree, schema));
    findings
}

/// Units that report to nobody while one of a higher kind does: they are in no total above them.
fn without_office(register: &Register, tree: &Tree, schema: &RegisterSchema) -> Vec<Finding> {
    // Facilities have no rank: they are below all offices.
    let rank = |unit: &Unit| schema.kinds.iter().filter(|kind| kind.aggregate).position(|kind| kind.code == *unit.kind);
    let roots: Vec<&Unit> = tree.roots().map(|root| &tree.units[root]).collect();
    let Some(top) = roots.iter().filter(|root| root.aggregate).max_by_key(|root| rank(root)) else { return Vec::new() };
    let below = roots.iter().filter(|root| rank(root) < rank(top));
    below.map(|unit| finding_about(register, "unit-reports-to-nobody", unit).observed(&unit.name, &top.name).detail(&top.code)).collect()
}

/// Units that stand in another commune than the office that they report to.
fn communes_apart(register: &Register, tree: &Tree) -> Vec<Finding> {
    let apart = tree.units.iter_enumerated().filter_map(|(index, unit)| {
        let own = Some(unit.group(COMMUNE)).filter(|own| !own.is_empty())?;
        let above = tree.ancestors(index).map(|above| &tree.units[above]).find(|above| !above.group(COMMUNE).is_empty())?;
        // Some write the commune's name where others write its code.
        let is_same = [above.group(COMMUNE), &above.code, &above.name].into_iter().any(|known| fold(known) == fold(own));
        (!is_same).then(|| finding_about(register, "unit-commune-apart", unit).observed(own, above.group(COMMUNE)).detail(&above.code))
    });
    apart.collect()
}

/// A finding about a unit, at its line.
fn finding_about(register: &Register, rule: &'static str, unit: &Unit) -> Finding {
    let subject = Subject { unit: Some(Arc::clone(&unit.code)), ..Subject::default() };
    let cell = Some(CellRef::new(unit.line.saturating_sub(1), 0));
    Finding::new(rule).subject(subject).location(Location { file: Some(Arc::clone(&register.file)), cell, ..Location::default() })
}

/// Units that owe a form which is entered by an office: it would count there and here.
fn entered_above(register: &Register, tree: &Tree, forms: &[AwaitedForm<'_>], schema: &RegisterSchema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for form in forms {
        let kinds = schema.kinds.iter().filter(|kind| form.filed_by.contains(&kind.code));
        let entered_by: Vec<&str> = kinds.map(|kind| kind.name_vi.as_str()).collect();
        let owe = tree.units.iter().filter(|unit| form.is_owed_by(unit) && !form.is_filed_by(unit));
        let told = owe.map(|unit| {
            finding_about(register, "form-entered-above", unit).observed(form.symbol, entered_by.join(", ")).detail(&unit.name)
        });
        findings.extend(told);
    }
    findings
}

/// Facilities that hand in nothing, by themselves or with another unit, where others of their level do.
fn without_forms(register: &Register, tree: &Tree, forms: &[AwaitedForm<'_>]) -> Vec<Finding> {
    let owes = |unit: &Unit| forms.iter().any(|form| form.is_owed_by(unit));
    let owed: HashSet<&str> =
        tree.units.iter().filter(|unit| owes(unit)).flat_map(|unit| unit.levels.iter().map(|level| &**level)).collect();
    let mut findings = Vec::new();
    for (index, unit) in tree.units.iter_enumerated() {
        let filer = &tree.units[tree.files_with[index]];
        let levels: Vec<&str> = unit.levels.iter().map(|level| &**level).collect();
        let of_level = || forms.iter().filter(|form| levels.contains(&form.level));
        // A unit that files for it does so on a form of its level.
        let is_filed_for = tree.files_with[index] != index && of_level().any(|form| form.is_owed_by(filer));
        if !unit.facility || owes(unit) || is_filed_for {
            continue;
        }
        let is_own = of_level().any(|form| form.is_filed_by(unit));
        let known: Vec<&str> = of_level().filter(|form| !is_own || form.is_filed_by(unit)).map(|form| form.symbol).collect();
        // A register may name the forms of one term only: then nobody of the level owes one.
        let names_none = unit.forms.is_empty() && tree.files_with[index] == index && is_own;
        // A form that an office enters, and no office above it does.
        let is_entered = tree.ancestors(index).any(|above| of_level().any(|form| form.is_owed_by(&tree.units[above])));
        let nobody_enters = !is_own && of_level().next().is_some() && !is_entered;
        if names_none || nobody_enters || levels.iter().any(|level| owed.contains(level)) {
            findings
                .push(finding_about(register, "unit-without-forms", unit).observed(levels.join(" "), known.join(" ")).detail(&unit.name));
        }
    }
    findings
}

/// Units that file with one that itself files with another: nobody files for them.
fn files_with_a_filer(register: &Register, tree: &Tree) -> Vec<Finding> {
    let chains = tree.units.iter_enumerated().filter_map(|(index, unit)| {
        let filer = tree.files_with[index];
        let further = tree.files_with[filer];
        (filer != index && further != filer).then(|| {
            let (filer, further) = (&tree.units[filer].code, &tree.units[further].code);
            finding_about(register, "files-with-a-filer", unit).observed(filer, further)
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
                let finding = finding_about(register, "unit-code-used-again", pair[1]);
                findings.push(finding.observed(first, last).detail(pair[0].line));
            }
        }
    }
    findings
}

/// Units below the same one whose names differ by marks only, or in one commune not at all: one of them may be a slip, or
/// one school stand twice.
fn names_alike(register: &Register, tree: &Tree) -> Vec<Finding> {
    let mut first: HashMap<(Option<UnitIndex>, String), UnitIndex> = HashMap::new();
    let mut same: HashMap<(Option<UnitIndex>, &str, String), UnitIndex> = HashMap::new();
    let mut findings = Vec::new();
    for (index, unit) in tree.units.iter_enumerated().filter(|(_, unit)| !unit.name.is_empty()) {
        let name = fold(&unit.name);
        let other = *first.entry((tree.parent[index], tone_key(&unit.name))).or_insert(index);
        // In another commune a school may well be called the same, and report to the same department.
        let twin = *same.entry((tree.parent[index], unit.group(COMMUNE), name.clone())).or_insert(index);
        let told = if twin == index {
            (fold(&tree.units[other].name) != name).then_some(("unit-names-alike", other))
        } else {
            Some(("unit-names-same", twin))
        };
        if let Some((rule, other)) = told {
            let other = &tree.units[other];
            findings.push(finding_about(register, rule, unit).observed(&unit.name, &other.name).detail(&other.code));
        }
    }
    findings
}

/// Key of the grouping that says where a unit stands.
const COMMUNE: &str = "commune";

/// Values of a grouping that are probably one place: they differ by marks, by a shortened word or one left out.
fn values_alike(register: &Register, tree: &Tree, schema: &RegisterSchema) -> Vec<Finding> {
    let mut findings = Vec::new();
    for grouping in &schema.groupings {
        let mut lines: BTreeMap<&str, &Unit> = BTreeMap::new();
        for unit in tree.units.iter().filter(|unit| !unit.group(grouping).is_empty()) {
            let first = lines.entry(unit.group(grouping)).or_insert(unit);
            *first = if unit.line < first.line { unit } else { first };
        }
        let mut values: Vec<(&str, &Unit)> = lines.into_iter().collect();
        values.sort_by_key(|(_, unit)| unit.line);
        let mut known: HashMap<String, Vec<PlaceValue<'_>>> = HashMap::new();
        for (value, first) in values {
            let (kind, name) = place_key(value, &schema.place_words);
            let before = known.entry(name).or_default();
            // A town and a district of one name are two places.
            let other = before.iter().find(|other| kind.is_none() || other.kind.is_none() || other.kind == kind);
            if let Some(other) = other {
                findings.push(finding_about(register, "group-values-alike", first).observed(value, other.value).detail(other.first.line));
            }
            before.push(PlaceValue { kind, value, first });
        }
    }
    findings
}

/// A value of a grouping.
struct PlaceValue<'a> {
    /// The kind of place that it begins with, by its number.
    kind: Option<usize>,
    value: &'a str,
    /// The first unit that has it.
    first: &'a Unit,
}

/// The kind of place that a value begins with, if any, and its name without marks.
fn place_key(value: &str, kinds: &[Vec<String>]) -> (Option<usize>, String) {
    let words = |text: &str| {
        let bare = tone_key(text);
        let words = bare.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        // Zeros before a number are lost where a spreadsheet takes it for one.
        words.map(|word| if word.starts_with('0') { word.trim_start_matches('0').to_owned() } else { word.to_owned() }).collect::<Vec<_>>()
    };
    let own = words(value);
    let begins = |phrase: &String| Some(words(phrase)).filter(|phrase| own.len() > phrase.len() && own.starts_with(phrase));
    let found = kinds.iter().enumerate().find_map(|(kind, phrases)| Some((kind, phrases.iter().find_map(begins)?.len())));
    let (kind, length) = found.map_or((None, 0), |(kind, length)| (Some(kind), length));
    (kind, own[length..].join(" "))
}
