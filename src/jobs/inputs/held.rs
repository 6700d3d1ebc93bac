//! Which of the returns that were read count, which are held until somebody decides, and what became of every file.
//!
//! A return is held when it says that it is another unit's, another term's or another form's, when the register does not
//! expect it, and when a unit above schools sends again what its schools have sent.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use super::decided::{Bar, Decisions};
use crate::findings::{ClosingKind, Finding, Observed, Subject};
use crate::forms::{Form, SlotVec};
use crate::ledger::{BarredBy, Board, LOCKED_AND_GONE, finding_key};
use crate::register::{Tree, UnitIndex};
use crate::returns::{Fate, InputFile, ReturnKey, Source, Submission};
use crate::rulebook::RuleBook;
use crate::rules::expectations;
use crate::workbooks::{DUPLICATE, HOLDING, SUM_OF_BELOW, bound_to, is_filled, subject_of};
use crate::workspace::kept::UnreadFile;
use crate::workspace::{Collected, Together, collect};

/// Cells of the units below that a return has to hold before it is taken for their sum: a few may agree by chance.
const TELLING_CELLS: usize = 5;
/// Of so many figures one may differ, and a return still is nearly what others sent together.
const NEAR_SHARE: usize = 5;
/// The phrase of a return that holds no figure less than others together.
const CONTAINS: &str = "{contains}";
/// Rules that keep a file from counting though it is a return.
const NO_PLACE: [&str; 5] = ["unregistered-unit", "unknown-unit", "ambiguous-unit", "wrong-term", "old-form"];

/// Decides which returns count.
pub struct Sieve<'a> {
    /// Units of the term.
    pub tree: &'a Tree,
    /// Forms of the term.
    pub forms: &'a [Arc<Form>],
    /// How one return is made of several files.
    pub together: Together,
    /// Answers and decisions of the ledger.
    pub board: &'a Board,
    /// The rules as they read, which the keys are made of.
    pub rules: &'a RuleBook,
    /// Nothing is held: the returns are compared with others, not added up.
    pub as_they_are: bool,
}

/// Returns that came through.
#[derive(Debug, Default)]
pub struct Sifted {
    /// Returns that count, sorted by form and unit.
    pub counted: Vec<Submission>,
    /// Findings of reading and sifting.
    pub findings: Vec<Finding>,
    /// Units and forms of which something came in that does not count: they are named already, and not missing.
    pub contested: HashSet<ReturnKey>,
    /// Fate of every file, in the order of their names.
    pub files: Vec<InputFile>,
}

/// One return that was read, before it is known whether it counts.
struct Seen {
    file: Arc<str>,
    sha256: Arc<str>,
    key: ReturnKey,
    /// Why it does not go on; empty where it does.
    why: &'static str,
}

/// A return that was read and may count, with its place among all that were seen.
struct Candidate {
    submission: Submission,
    at: usize,
}

impl Sieve<'_> {
    /// Sifts what was read.
    #[must_use]
    pub fn sift(&self, read: Vec<ReadInput>, unread: &[UnreadFile]) -> Sifted {
        let (mut seen, mut candidates, mut findings, mut without) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut lists, mut kept_out) = (BTreeSet::new(), Vec::new());
        let parts = files_of_parts(&read);
        for input in read {
            if parts.contains(&input.source.file) {
                without.push(InputFile { fate: Fate::Used, ..not_read(&input.source.file, &input.source.sha256, &Arc::from("")) });
            } else if input.submissions.is_empty() {
                without.push(self.without_return(&input));
            }
            if input.is_list {
                lists.insert(Arc::clone(&input.source.file));
            }
            for submission in input.submissions {
                let why = self.held_for(&submission, &input.findings);
                seen.push(Seen {
                    file: Arc::clone(&submission.source.file),
                    sha256: Arc::clone(&submission.source.sha256),
                    key: key_of(&submission),
                    why,
                });
                if why.is_empty() {
                    candidates.push(Candidate { submission, at: seen.len() - 1 });
                } else {
                    kept_out.push(submission);
                }
            }
            findings.extend(input.findings);
        }
        let own = self.undecided(candidates, &mut seen, &mut kept_out, &mut findings);
        let mut collected = collect(own, self.together);
        collected.settle_kept_out(&kept_out);
        for own in seen.iter_mut().filter(|own| collected.is_settled(&own.file, &own.key.unit)) {
            own.why = "";
        }
        findings.retain(|finding| !collected.settles(finding));
        let (counted, held) = if self.as_they_are {
            findings.extend(collected.findings);
            (collected.submissions, Vec::new())
        } else {
            findings.extend(self.lacking(&collected));
            self.expected(collected, &mut findings)
        };
        let contested = |is_meant: fn(&&Seen) -> bool| {
            let seen = seen.iter().filter(|own| !own.why.is_empty()).filter(is_meant).map(|own| own.key.clone());
            let held = held.iter().map(|(key, _)| key.clone());
            seen.chain(held).chain(contested_keys(&findings)).collect::<HashSet<ReturnKey>>()
        };
        // Other figures than the locked ones do not stand for them.
        let gone = self.locked_and_gone(&counted, &contested(|own| own.why != BarredBy::Lock.rule()));
        let mut contested = contested(|_| true);
        for (key, finding) in gone {
            contested.insert(key);
            findings.push(finding);
        }
        let unread = unread.iter().map(|own| not_read(&own.file, &Arc::from(""), &own.why));
        let mut files: Vec<InputFile> = accounts(&seen, &counted, &held, &lists).into_iter().chain(without).chain(unread).collect();
        files.sort();
        Sifted { counted, findings, contested, files }
    }

    /// Returns that lists leave out. An office sends its own figures only.
    fn lacking(&self, collected: &Collected) -> impl Iterator<Item = Finding> {
        let is_office = |code: &str| self.tree.find(code).is_some_and(|unit| self.tree.units[unit].aggregate);
        let found = collected.gaps.findings(&collected.submissions).into_iter();
        found.filter(move |finding| finding.subject.unit.as_deref().is_none_or(|code| !is_office(code)))
    }

    /// The rule for which a return is held, or not received at all; empty where it goes on.
    fn held_for(&self, submission: &Submission, findings: &[Finding]) -> &'static str {
        if self.as_they_are {
            return "";
        }
        let is_own = |finding: &&Finding| {
            let subject = &finding.subject;
            let is_form = subject.form.as_ref().is_none_or(|form| *form == submission.form.id);
            is_form && subject.unit.as_ref().is_none_or(|unit| *unit == submission.unit)
        };
        let mut open = findings.iter().filter(is_own).filter(|finding| !self.is_accepted(finding));
        let rule = open.find_map(|finding| HOLDING.iter().find(|rule| **rule == finding.rule));
        rule.copied().unwrap_or(if is_filled(submission) { "" } else { "nothing-reported" })
    }

    /// Returns that no decision of the ledger keeps out; of the others is told who decided and when.
    fn undecided(
        &self,
        candidates: Vec<Candidate>,
        seen: &mut [Seen],
        kept_out: &mut Vec<Submission>,
        findings: &mut Vec<Finding>,
    ) -> Vec<Submission> {
        let (places, returns): (Vec<usize>, Vec<Submission>) = candidates.into_iter().map(|own| (own.at, own.submission)).unzip();
        if self.as_they_are {
            return returns;
        }
        let bars = Decisions { board: self.board, together: self.together }.bars(&returns);
        let mut free = Vec::new();
        for ((submission, at), bar) in returns.into_iter().zip(places).zip(bars) {
            let Some(bar) = bar else {
                free.push(submission);
                continue;
            };
            seen[at].why = bar.decision.rule();
            findings.push(told(&submission, &bar));
            kept_out.push(submission);
        }
        free
    }

    /// Locked returns whose figures are there no more: they are in no total, and that is more than not having come in.
    fn locked_and_gone(&self, counted: &[Submission], contested: &HashSet<ReturnKey>) -> Vec<(ReturnKey, Finding)> {
        if self.as_they_are {
            return Vec::new();
        }
        let counted: HashSet<ReturnKey> = counted.iter().map(key_of).collect();
        let mut gone = Vec::new();
        for (unit, form, item) in self.board.known() {
            // A return that was locked before it came in has no figures that could be gone.
            let Some(lock) = item.locked.as_ref().filter(|lock| !lock.content.is_empty()) else { continue };
            let own = self.tree.find(unit).zip(self.forms.iter().find(|own| *own.id == *form));
            let Some((unit, form)) = own.map(|(unit, form)| (&self.tree.units[unit], form)) else { continue };
            let key = ReturnKey { unit: Arc::clone(&unit.code), form: Arc::clone(&form.id) };
            if !counted.contains(&key) && !contested.contains(&key) {
                let subject = Subject { unit: Some(Arc::clone(&key.unit)), form: Some(Arc::clone(&key.form)), ..Subject::default() };
                let finding = Finding::new(LOCKED_AND_GONE).subject(subject);
                gone.push((key, finding.observed(Observed::Day(lock.on), &form.symbol).detail(&lock.by)));
            }
        }
        gone
    }

    /// Whether somebody has decided to let a return in whatever is odd about it.
    fn is_accepted(&self, finding: &Finding) -> bool {
        let mut graded = vec![finding.clone()];
        self.rules.grade(&mut graded);
        let keys = graded.iter().map(|finding| finding_key(finding, self.rules));
        keys.filter_map(|key| self.board.closings().get(&key)).any(|closing| closing.kind == ClosingKind::Accepted)
    }

    /// Returns that the register expects and that do not repeat others; the rest is held, each with its rule.
    fn expected(&self, collected: Collected, findings: &mut Vec<Finding>) -> (Vec<Submission>, Vec<(ReturnKey, &'static str)>) {
        let (expected, _) = expectations(self.tree, self.forms);
        let wanted: HashSet<(&str, &str)> =
            expected.iter().map(|own| (&*self.tree.units[own.unit].code, &*self.forms[own.form].id)).collect();
        findings.extend(collected.findings);
        let (counted, strange): (Vec<Submission>, Vec<Submission>) =
            collected.submissions.into_iter().partition(|own| wanted.contains(&(&*own.unit, &*own.form.id)));
        let mut held = Vec::new();
        for submission in &strange {
            findings.push(self.unexpected(submission));
            findings.extend(self.sum_of_below(submission, &counted));
            held.push((key_of(submission), "unexpected-form"));
        }
        let sums: Vec<(ReturnKey, Finding)> =
            counted.iter().filter_map(|own| Some((key_of(own), self.sum_of_below(own, &counted)?))).collect();
        let mut repeated = HashSet::new();
        for (key, finding) in sums {
            if !self.is_accepted(&finding) {
                held.push((key.clone(), SUM_OF_BELOW));
                repeated.insert(key);
            }
            findings.push(finding);
        }
        let counted = counted.into_iter().filter(|own| !repeated.contains(&key_of(own))).collect();
        (counted, held)
    }

    fn unexpected(&self, submission: &Submission) -> Finding {
        let unit = self.tree.find(&submission.unit).map(|unit| &self.tree.units[unit]);
        let forms: Vec<&str> = unit.map(|u| u.forms.iter().map(|f| &**f).collect()).unwrap_or_default();
        let (subject, place) = subject_of(submission);
        let forms = if forms.is_empty() { "–".to_owned() } else { forms.join(" ") };
        Finding::new("unexpected-form").subject(subject).location(place).observed(&submission.form.symbol, forms).detail(&submission.unit)
    }

    /// A finding where a unit above schools sends what those below it have sent, or more than that.
    fn sum_of_below(&self, submission: &Submission, others: &[Submission]) -> Option<Finding> {
        let unit = self.tree.find(&submission.unit)?;
        if self.tree.children(unit).is_empty() {
            return None;
        }
        let mut by_office: BTreeMap<UnitIndex, Vec<&Submission>> = BTreeMap::new();
        for other in others.iter().filter(|other| other.form.id == submission.form.id && other.unit != submission.unit) {
            let Some(at) = self.tree.find(&other.unit) else { continue };
            let offices: Vec<UnitIndex> = self.tree.ancestors(at).collect();
            // Those between, up to the unit that sent it.
            if let Some(own) = offices.iter().position(|office| *office == unit) {
                offices[..=own].iter().for_each(|office| by_office.entry(*office).or_default().push(other));
            }
        }
        let all = by_office.remove(&unit)?;
        let (below, word) = match likeness(submission, &all) {
            Some(word) => (all.len(), word),
            // A return received by one office below and sent once more; that it is less than all is no likeness.
            None => by_office.values().find_map(|below| {
                let word = likeness(submission, below).filter(|word| *word != CONTAINS)?;
                Some((below.len(), word))
            })?,
        };
        let (subject, place) = subject_of(submission);
        let finding = Finding::new(SUM_OF_BELOW).subject(subject).location(place).observed(below, &submission.form.symbol).detail(word);
        Some(bound_to(finding, &submission.source))
    }

    /// A file of which no return could be made.
    fn without_return(&self, input: &ReadInput) -> InputFile {
        let fails = input.findings.iter().filter(|finding| self.rules.get(&finding.rule).is_some());
        let finding = fails.clone().find(|finding| NO_PLACE.contains(&&*finding.rule)).or_else(|| fails.clone().next());
        let why: Arc<str> = finding.map_or_else(|| Arc::from("nothing-reported"), |finding| Arc::from(&*finding.rule));
        let mut own = not_read(&input.source.file, &input.source.sha256, &why);
        own.unit = finding.and_then(|finding| finding.subject.unit.clone()).unwrap_or_default();
        if NO_PLACE.contains(&&*why) {
            own.fate = Fate::Held;
        }
        own
    }
}

/// Files that hold no return of their own, and a part of others.
fn files_of_parts(read: &[ReadInput]) -> BTreeSet<Arc<str>> {
    let parts = read.iter().flat_map(|input| &input.submissions).flat_map(Submission::sources).map(|source| Arc::clone(&source.file));
    let mut parts: BTreeSet<Arc<str>> = parts.collect();
    for input in read.iter().filter(|input| !input.submissions.is_empty()) {
        parts.remove(&input.source.file);
    }
    parts
}

/// How a return is like the sum of others, as a phrase of the catalogue: equal, nearly equal, no figure less. Nothing where
/// it is not, or where too few figures tell.
fn likeness(submission: &Submission, others: &[&Submission]) -> Option<&'static str> {
    let mut sums = SlotVec::filled(0_i128, submission.form.layout.slots);
    for other in others {
        sums.iter_mut().zip(other.values.numbers().iter()).for_each(|(sum, number)| *sum += i128::from(number));
    }
    let pairs = || submission.values.numbers().iter().map(i128::from).zip(sums.iter().copied());
    let telling = sums.iter().filter(|sum| **sum != 0).count();
    if telling < TELLING_CELLS {
        return None;
    }
    let different = pairs().filter(|(own, sum)| own != sum).count();
    if different == 0 {
        return Some("{equals}");
    }
    let is_whole = pairs().all(|(own, sum)| sum == 0 || own >= sum);
    let is_near = different * NEAR_SHARE <= telling;
    if is_near { Some("{nearly}") } else { is_whole.then_some(CONTAINS) }
}

/// A finding that a decision keeps a return out, with who made it and when.
fn told(submission: &Submission, bar: &Bar) -> Finding {
    let (subject, place) = subject_of(submission);
    let finding = Finding::new(bar.decision.rule()).subject(subject).location(place);
    let finding = finding.observed(Observed::Day(bar.decided.on), "").detail(&bar.decided.by);
    bound_to(finding, &submission.source)
}

fn key_of(submission: &Submission) -> ReturnKey {
    ReturnKey { unit: Arc::clone(&submission.unit), form: Arc::clone(&submission.form.id) }
}

fn contested_keys(findings: &[Finding]) -> impl Iterator<Item = ReturnKey> {
    let duplicates = findings.iter().filter(|f| [DUPLICATE, "list-unit-twice"].contains(&&*f.rule));
    duplicates.filter_map(|f| Some(ReturnKey { unit: f.subject.unit.clone()?, form: f.subject.form.clone()? }))
}

fn not_read(file: &Arc<str>, sha256: &Arc<str>, why: &Arc<str>) -> InputFile {
    let (form, unit, by) = (Arc::from(""), Arc::from(""), Arc::from(""));
    InputFile { file: Arc::clone(file), sha256: Arc::clone(sha256), form, unit, fate: Fate::NotRead, why: Arc::clone(why), by }
}

/// Fate of every file that held a return. A list is told once for all of its rows that share a fate, and once more for each
/// unit whose row is held while others count.
fn accounts(seen: &[Seen], counted: &[Submission], held: &[(ReturnKey, &'static str)], lists: &BTreeSet<Arc<str>>) -> Vec<InputFile> {
    let winners: BTreeMap<ReturnKey, &Submission> = counted.iter().map(|own| (key_of(own), own)).collect();
    let held: BTreeMap<&ReturnKey, &'static str> = held.iter().map(|(key, why)| (key, *why)).collect();
    let mut files: BTreeMap<(Arc<str>, ReturnKey), InputFile> = BTreeMap::new();
    let mut held_rows: Vec<InputFile> = Vec::new();
    for own in seen {
        let winner = winners.get(&own.key);
        let is_part = winner.is_some_and(|winner| {
            winner.lineage.taken.values().chain(winner.sources().map(|source| &source.file)).any(|file| *file == own.file)
        });
        let (fate, why) = match winner {
            _ if own.why == "nothing-reported" => (Fate::NotRead, own.why),
            _ if !own.why.is_empty() => (Fate::Held, own.why),
            Some(_) if is_part => (Fate::Used, ""),
            Some(_) => (Fate::Replaced, ""),
            None => (Fate::Held, held.get(&own.key).copied().unwrap_or(DUPLICATE)),
        };
        let by = winner.filter(|_| fate == Fate::Replaced).map(|winner| Arc::clone(&winner.source.file)).unwrap_or_default();
        let is_list = lists.contains(&own.file);
        if is_list && fate == Fate::Held {
            let (file, sha256, why) = (Arc::clone(&own.file), Arc::clone(&own.sha256), Arc::from(why));
            let ReturnKey { unit, form } = own.key.clone();
            held_rows.push(InputFile { file, sha256, form, unit, fate, why, by });
            continue;
        }
        let key = if is_list { ReturnKey { unit: Arc::from(""), form: Arc::clone(&own.key.form) } } else { own.key.clone() };
        let file = InputFile {
            file: Arc::clone(&own.file),
            sha256: Arc::clone(&own.sha256),
            form: Arc::clone(&key.form),
            unit: Arc::clone(&key.unit),
            fate,
            why: Arc::from(why),
            by,
        };
        let known = files.entry((Arc::clone(&own.file), key)).or_insert_with(|| file.clone());
        if file.fate < known.fate {
            *known = file;
        }
    }
    let known: HashSet<(Arc<str>, ReturnKey)> = files.keys().cloned().collect();
    let mut files: Vec<InputFile> = files.into_values().collect();
    let whole = |own: &InputFile| (Arc::clone(&own.file), ReturnKey { unit: Arc::from(""), form: Arc::clone(&own.form) });
    files
        .extend(held_rows.into_iter().map(|own| if known.contains(&whole(&own)) { own } else { InputFile { unit: Arc::from(""), ..own } }));
    files.sort();
    files.dedup();
    files
}

/// Returns and findings of one file.
pub(crate) struct ReadInput {
    /// The file.
    pub source: Source,
    /// Its returns.
    pub submissions: Vec<Submission>,
    /// Findings about it.
    pub findings: Vec<Finding>,
    /// It is a list, which holds returns of many units.
    pub is_list: bool,
    /// The sheet that a list was read from.
    pub sheet: Option<Arc<str>>,
}
