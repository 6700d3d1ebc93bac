//! Findings of one cause: the cell that is probably wrong first, the sums it breaks and the checks it blocks behind it.
//!
//! One mistyped figure breaks a sum of columns, a sum of rows and a bound; a file that was never calculated keeps a
//! thousand rules from running. People look for the mistake, not for what follows from it. So findings are joined that
//! share a cell: one located at the cell, or suggesting its correction, leads those that compare or miss it. Findings that a
//! rule has about one file of a unit are one cause, too, and so are rules that could not run for one reason.
//! Example: `E5` of a sheet says 170 where the columns add up to 169 and the rows as well; `likely-error` suggests 169. Three
//! findings, one cause. The cost is that of sorting the findings by their cells.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::{Finding, Observed, Severity, Verdict};

/// Rule of a suggested correction, which leads whatever it would settle.
pub const LIKELY_ERROR: &str = "likely-error";

/// Findings of one cause.
#[derive(Debug, Clone)]
pub struct Cause<'a> {
    /// The finding to act on.
    pub first: &'a Finding,
    /// Findings that go with it: broken sums, other cells of the same fault, checks that could not run.
    pub others: Vec<&'a Finding>,
}

impl Cause<'_> {
    /// Every finding of the cause, the one to act on first.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        std::iter::once(self.first).chain(self.others.iter().copied())
    }

    /// The weight of the heaviest finding: a suggestion weighs what it settles.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.failing().map(|finding| finding.severity).min().unwrap_or(self.first.severity)
    }

    /// Fails, where any finding does; otherwise not evaluated.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.failing().next().is_some() { Verdict::Fail } else { Verdict::NotEvaluated }
    }

    /// Findings of the cause that fail, suggestions aside where there is anything else.
    #[must_use]
    pub fn failing_count(&self) -> usize {
        self.failing().filter(|finding| finding.rule != LIKELY_ERROR).count()
    }

    /// Checks that could not run.
    #[must_use]
    pub fn blocked_count(&self) -> usize {
        self.findings().filter(|finding| finding.verdict == Verdict::NotEvaluated).count()
    }

    fn failing(&self) -> impl Iterator<Item = &Finding> {
        self.findings().filter(|finding| finding.verdict == Verdict::Fail)
    }
}

/// Joins findings by their causes: the heaviest cause first, as findings are; those of one weight stay in the order of
/// their first findings.
#[must_use]
pub fn causes<'a>(findings: &[&'a Finding]) -> Vec<Cause<'a>> {
    let mut joined = Joined::new(findings.len());
    join_cells(findings, &mut joined);
    join_faults(findings, &mut joined);
    let mut groups: BTreeMap<usize, Vec<&Finding>> = BTreeMap::new();
    for (index, &finding) in findings.iter().enumerate() {
        groups.entry(joined.root(index)).or_default().push(finding);
    }
    let mut causes: Vec<Cause<'a>> = groups.into_values().map(cause_of).collect();
    causes.sort_by_key(|cause| (cause.verdict() == Verdict::NotEvaluated, cause.severity()));
    causes
}

/// The suggestion leads, then what fails at a cell by itself, then sums, then checks that could not run.
fn cause_of(mut findings: Vec<&Finding>) -> Cause<'_> {
    findings.sort_by_key(|finding| (finding.verdict == Verdict::NotEvaluated, finding.rule != LIKELY_ERROR, !finding.cells.is_empty()));
    let first = findings.remove(0);
    Cause { first, others: findings }
}

/// A cell of a return as findings name it; a row, column or sheet that the file does not have is one without the rest.
#[derive(PartialEq, Eq, Hash, Clone, Copy)]
struct CellKey<'a> {
    file: Option<&'a str>,
    unit: Option<&'a str>,
    form: Option<&'a str>,
    sheet: Option<&'a str>,
    code: Option<&'a str>,
    column: Option<u16>,
}

impl<'a> CellKey<'a> {
    fn of(finding: &'a Finding) -> Self {
        let text = |text: &'a Option<Arc<str>>| text.as_deref();
        let (subject, place) = (&finding.subject, &finding.place);
        Self {
            file: text(&place.file),
            unit: text(&subject.unit),
            form: text(&subject.form),
            sheet: text(&subject.sheet),
            code: text(&subject.code),
            column: subject.column,
        }
    }

    /// True where a sheet at least is told: anything less is no part of a form.
    const fn is_part_of_form(&self) -> bool {
        self.form.is_some() && self.sheet.is_some()
    }
}

/// Cells that a finding compares, and the rows, columns and sheets whose lack would explain one that is not there.
fn compared(finding: &Finding) -> impl Iterator<Item = CellKey<'_>> {
    let own = CellKey::of(finding);
    finding.cells.iter().flat_map(move |cell| {
        let at = CellKey { code: Some(&*cell.code), column: Some(cell.column), ..own };
        let lacking = [CellKey { column: None, ..at }, CellKey { code: None, ..at }, CellKey { code: None, column: None, ..own }];
        let lacking = if cell.cell.is_none() { lacking.to_vec() } else { Vec::new() };
        std::iter::once(at).chain(lacking)
    })
}

/// Joins findings that fail at a cell with those that compare it or miss it.
fn join_cells(findings: &[&Finding], joined: &mut Joined) {
    let mut leaders: HashMap<CellKey<'_>, usize> = HashMap::new();
    for (index, finding) in findings.iter().enumerate().filter(|(_, finding)| finding.verdict == Verdict::Fail) {
        let own = CellKey::of(finding);
        // Sums are known by their own cell only as far as two of them share it; suggestions by every cell they change.
        let cells = if finding.rule == LIKELY_ERROR { compared(finding).collect() } else { Vec::new() };
        for key in std::iter::once(own).chain(cells).filter(CellKey::is_part_of_form) {
            let first = *leaders.entry(key).or_insert(index);
            joined.join(first, index);
        }
    }
    let suggested: HashMap<CellKey<'_>, usize> = suggested(findings);
    for (index, finding) in findings.iter().enumerate() {
        let is_blocked = finding.verdict == Verdict::NotEvaluated;
        for key in compared(finding) {
            // A sum that fails is the consequence of a suggested correction; a blocked one of anything that fails there.
            let leader = if is_blocked { leaders.get(&key) } else { suggested.get(&key) };
            if let Some(&leader) = leader {
                joined.join(leader, index);
            }
        }
    }
}

/// Suggestions by the cells that they change.
fn suggested<'a>(findings: &[&'a Finding]) -> HashMap<CellKey<'a>, usize> {
    let suggestions = findings.iter().enumerate().filter(|(_, finding)| finding.rule == LIKELY_ERROR);
    let cells = suggestions.flat_map(|(index, finding)| compared(finding).chain([CellKey::of(finding)]).map(move |key| (key, index)));
    cells.collect()
}

/// Joins findings of one rule about one file of a unit, and rules that could not run for one reason.
fn join_faults(findings: &[&Finding], joined: &mut Joined) {
    let mut faults: HashMap<(&str, CellKey<'_>), usize> = HashMap::new();
    let mut reasons: HashMap<(String, CellKey<'_>), usize> = HashMap::new();
    for (index, &finding) in findings.iter().enumerate() {
        let own = CellKey { sheet: None, code: None, column: None, ..CellKey::of(finding) };
        let first = match finding.verdict {
            // A sum, bound or suggestion has a cause of its own in every cell.
            Verdict::Fail if !finding.cells.is_empty() || own.file.is_none() => None,
            Verdict::Fail => Some(*faults.entry((&finding.rule, own)).or_insert(index)),
            // A check that a cell keeps from running stands with that cell.
            Verdict::NotEvaluated if joined.is_joined(index) => None,
            Verdict::NotEvaluated => reason(finding, own).map(|reason| *reasons.entry(reason).or_insert(index)),
        };
        if let Some(first) = first {
            joined.join(first, index);
        }
    }
}

/// The reason for which a check could not run: the status of cells of one file, or something that is lacking anywhere.
fn reason<'a>(finding: &Finding, own: CellKey<'a>) -> Option<(String, CellKey<'a>)> {
    if let Some(status) = status_of(&finding.found) {
        return Some((status.to_owned(), own));
    }
    let told = finding.found.plain();
    (!told.is_empty()).then_some((told, CellKey { file: None, unit: None, form: None, ..own }))
}

/// The status that something observed names, where it names one.
fn status_of(observed: &Observed) -> Option<&str> {
    match observed {
        Observed::Status(id) => Some(id),
        Observed::Several { items, .. } => items.iter().find_map(status_of),
        _ => None,
    }
}

/// Findings by number, joined into groups: each group is known by its smallest number.
struct Joined {
    parents: Vec<usize>,
    joined: Vec<bool>,
}

impl Joined {
    fn new(count: usize) -> Self {
        Self { parents: (0..count).collect(), joined: vec![false; count] }
    }

    fn root(&mut self, index: usize) -> usize {
        let mut root = index;
        while self.parents[root] != root {
            self.parents[root] = self.parents[self.parents[root]];
            root = self.parents[root];
        }
        root
    }

    fn join(&mut self, a: usize, b: usize) {
        if a != b {
            (self.joined[a], self.joined[b]) = (true, true);
        }
        let (a, b) = (self.root(a), self.root(b));
        self.parents[a.max(b)] = a.min(b);
    }

    /// True where a finding is joined with another one.
    fn is_joined(&self, index: usize) -> bool {
        self.joined[index]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ComparedCell, Location, Subject};
    use super::*;

    fn subject(code: &str, column: u16) -> Subject {
        Subject { unit: Some("T1".into()), form: Some("f".into()), sheet: Some("I".into()), code: Some(code.into()), column: Some(column) }
    }

    fn at(rule: &'static str, code: &str, column: u16) -> Finding {
        Finding::new(rule).subject(subject(code, column)).location(Location { file: Some("t1.xlsx".into()), ..Location::default() })
    }

    fn cells(cells: &[(&str, u16)]) -> Vec<ComparedCell> {
        cells
            .iter()
            .map(|(code, column)| ComparedCell {
                code: (*code).into(),
                column: *column,
                cell: Some(crate::base::location::CellRef::new(1, *column)),
            })
            .collect()
    }

    fn shapes(findings: &[Finding]) -> Vec<String> {
        let rules = |cause: &Cause<'_>| cause.findings().map(|own| own.rule.to_string()).collect::<Vec<_>>().join(" ");
        causes(&findings.iter().collect::<Vec<_>>()).iter().map(rules).collect()
    }

    #[test]
    fn a_suggestion_leads_the_sums_that_its_cell_breaks() {
        let sums = [
            at("row-sum", "01", 1).compared(cells(&[("01", 1), ("02", 1), ("03", 1)])),
            at("column-sum", "02", 1).compared(cells(&[("02", 1), ("02", 2)])),
            at("row-sum", "11", 1).compared(cells(&[("11", 1), ("12", 1)])),
        ];
        let likely = at(LIKELY_ERROR, "02", 1).compared(cells(&[("02", 1)]));
        let all: Vec<Finding> = sums.into_iter().chain([likely]).collect();
        assert_eq!(shapes(&all), ["likely-error row-sum column-sum", "row-sum"]);
        assert_eq!(causes(&all.iter().collect::<Vec<_>>())[0].failing_count(), 2);
    }

    #[test]
    fn checks_that_could_not_run_stand_below_the_cell_that_keeps_them() {
        let broken = at("not-a-number", "02", 1);
        let blocked = |code| at("row-sum", code, 1).not_evaluated().compared(cells(&[("02", 1)]));
        let missing = Finding { subject: Subject { column: None, ..subject("07", 0) }, ..at("row-missing", "07", 0) };
        let absent = vec![ComparedCell { code: "07".into(), column: 3, cell: None }];
        let without = at("part", "07", 3).not_evaluated().compared(absent);
        let all = [broken, blocked("01"), blocked("10"), missing, without];
        assert_eq!(shapes(&all), ["not-a-number row-sum row-sum", "row-missing part"]);
    }

    #[test]
    fn one_file_never_calculated_is_one_cause_and_so_is_one_term_that_is_not_there() {
        let uncalculated = |code| {
            let status = Observed::Status("uncalculated".into());
            at("row-sum", code, 1).not_evaluated().observed(Observed::several(["E5 (".into(), status, ")".into()], ""), "")
        };
        let no_term = |rule: &'static str| Finding::new(rule).not_evaluated().observed(Observed::phrase("no-earlier-term"), "");
        let all = [uncalculated("01"), no_term("a"), uncalculated("02"), no_term("b")];
        assert_eq!(shapes(&all), ["row-sum row-sum", "a b"]);
        assert_eq!(causes(&all.iter().collect::<Vec<_>>())[0].blocked_count(), 2);
    }

    #[test]
    fn every_finding_is_in_one_cause() {
        let rules = ["row-sum", LIKELY_ERROR, "not-a-number"];
        let finding = |n: usize| {
            let own = at(rules[n % 3], ["01", "02", "03"][n / 3 % 3], u16::try_from(n % 4).unwrap());
            let own = if n.is_multiple_of(5) { own.not_evaluated() } else { own };
            own.compared(cells(&[("02", 1)][..n % 2]))
        };
        let all: Vec<Finding> = (0..60).map(finding).collect();
        assert_eq!(causes(&all.iter().collect::<Vec<_>>()).iter().map(|cause| cause.findings().count()).sum::<usize>(), 60);
    }
}
