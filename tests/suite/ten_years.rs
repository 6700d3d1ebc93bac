//! Ten years of a province whose schools report late, correct, withdraw, move and merge: explain and compare against
//! what a recomputation from the returns themselves says.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use tkgd::archive::{ArchiveInput, ArchiveReader, Destination, Selection, TermKey, TermState, write_archive};
use tkgd::base::error::Result;
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Layout, Mapping, Schemas, SlotIndex, diff};
use tkgd::jobs::{ExplainRequest, Explanation, Session, explain_figure};
use tkgd::query::compare::{CellChange, CellKind, Sink, TotalChange, compare_states};
use tkgd::query::explain::{Address, Cause, FigureSide, difference, load_against, load_figure};
use tkgd::register::{Register, Tree};
use tkgd::returns::{Status, Submission};
use tkgd::sample::{History, Province, SampleOptions, SampleReturn, register_csv};
use tkgd::totals::{Aggregation, Target, aggregate};
use tkgd::workbooks::{Isolation, read_table};
use tkgd::workspace::ArchiveRequest;

use super::form_versions::mapped;
use super::support::{Dice, scratch};

const FIRST: i32 = 2019;
const YEARS: i32 = 10;

/// A term in one of its two releases.
struct Held {
    name: String,
    key: TermKey,
    tree: Tree,
    forms: Vec<Arc<Form>>,
    submissions: Vec<Submission>,
}

/// The address of a slot, and the slot.
type Asked = (Arc<Form>, SlotIndex, String);

impl Held {
    fn values(&self, form: &str, unit: &str) -> Option<&Submission> {
        self.submissions.iter().find(|sent| *sent.form.short == *form && *sent.unit == *unit)
    }

    fn says(&self, form: &str, unit: &str, slot: SlotIndex) -> Option<(Status, i64)> {
        self.values(form, unit).map(|sent| sent.values.get(slot))
    }

    /// Below a unit, or of a group as in `former_district=Huyện A`.
    fn is_below(&self, code: &str, unit: &str) -> bool {
        if let Some((grouping, value)) = unit.split_once('=') {
            return self.tree.find(code).is_some_and(|at| self.tree.units[at].value_of(grouping) == value);
        }
        let (Some(at), Some(top)) = (self.tree.find(code), self.tree.find(unit)) else { return false };
        at == top || self.tree.ancestors(at).any(|above| above == top)
    }

    fn total(&self, form: &str, unit: &str, slot: SlotIndex) -> i128 {
        let own = self.submissions.iter().filter(|sent| *sent.form.short == *form && self.is_below(&sent.unit, unit));
        own.map(|sent| i128::from(sent.values.numbers().at(slot))).sum()
    }
}

fn tree(folder: &Path, province: &Province, schemas: &Schemas, day: NaiveDate) -> Tree {
    let file = folder.join("units.csv");
    std::fs::write(&file, register_csv(province, &schemas.register)).unwrap();
    let register = Register::read(&read_table(&file, None, None, &Isolation::InProcess).unwrap(), &schemas.register).unwrap();
    Tree::as_at(&register, day).unwrap()
}

/// Writes a release as `tkgd release` lays it out.
fn publish(archive: &Path, held: &Held, (number, recorded): (u32, &str), schemas: &Schemas) -> Vec<Aggregation> {
    let folder = archive.join("releases").join(held.key.to_string()).join(format!("r{number:03}-provisional"));
    std::fs::create_dir_all(&folder).unwrap();
    let aggregations = aggregate(&held.tree, &held.forms, &held.submissions).unwrap();
    let input = ArchiveInput {
        names: &tkgd::privacy::Names::default(),
        period: held.key.period,
        circular: &held.forms[0].circular,
        result_state: None,
        forms: &held.forms,
        tree: &held.tree,
        submissions: &held.submissions,
        inputs: &[],
        findings: &[],
        aggregations: &aggregations,
        rules: &schemas.rules,
        mappings: &[],
        run: "",
    };
    write_archive(Destination::Release(&folder), &input).unwrap();
    let facts = serde_json::json!({"name": "x", "tkgd": {
        "term": held.key.to_string(), "number": number, "kind": "provisional", "recorded_at": recorded, "run": "", "tool": "0",
    }});
    std::fs::write(folder.join("datapackage.json"), facts.to_string()).unwrap();
    aggregations
}

/// The first release of a term: some returns are late, some will be withdrawn, some will be corrected.
fn early(full: &Held, dice: &mut Dice) -> Vec<Submission> {
    let mut sent: Vec<Submission> = full.submissions.iter().filter(|_| dice.below(8) > 0).cloned().collect();
    for submission in &mut sent {
        if dice.below(3) == 0 {
            for _ in 0..200 {
                let slot = SlotIndex::new(dice.below(submission.values.len()));
                let (status, number) = submission.values.get(slot);
                let wrong = [(Status::Reported, number + 7), (Status::Unknown, 0), (Status::Missing, 0)][dice.below(3)];
                if status.is_number() {
                    submission.values.set(slot, wrong.0, wrong.1);
                }
            }
        }
    }
    sent
}

/// What each cause must add, unit by unit, out of the returns and the registers.
fn causes(older: &Held, newer: &Held, (form, unit, slot): (&str, &str, SlotIndex)) -> BTreeMap<Cause, i128> {
    let codes: BTreeSet<&str> = older.submissions.iter().chain(&newer.submissions).map(|sent| &*sent.unit).collect();
    let merged: BTreeMap<&str, &str> = newer.tree.successions.iter().map(|s| (&*s.from, &*s.to)).collect();
    let last = |code: &str| {
        let mut at = code.to_owned();
        while let Some(next) = merged.get(&*at) {
            at = (*next).to_owned();
        }
        at
    };
    let gone = |code: &str| older.tree.find(code).is_some() && newer.tree.find(code).is_none();
    let targets: BTreeSet<String> =
        older.tree.units.iter().filter(|unit| gone(&unit.code) && merged.contains_key(&*unit.code)).map(|unit| last(&unit.code)).collect();
    let mut sums = BTreeMap::new();
    for code in codes {
        let (before, after) = (older.says(form, code, slot), newer.says(form, code, slot));
        let number = |said: Option<(Status, i64)>| said.map_or(0, |(_, number)| i128::from(number));
        let (was, is) = (older.is_below(code, unit), newer.is_below(code, unit));
        let mut add = |cause, amount: i128| *sums.entry(cause).or_insert(0) += amount;
        let own = |cause| if targets.contains(code) { Cause::Merged } else { cause };
        match (was, is) {
            (true, false) if newer.tree.find(code).is_some() => add(Cause::MovedOut, -number(before)),
            (true, false) if merged.contains_key(code) => add(Cause::Merged, -number(before)),
            (true, false) => add(Cause::Closed, -number(before)),
            (false, true) if older.tree.find(code).is_none() => add(own(Cause::New), number(after)),
            (_, true) => {
                if !was {
                    add(Cause::MovedIn, number(before));
                }
                let is_broken = [before, after].iter().flatten().any(|(status, _)| status.is_broken());
                let cause = match (before.is_some(), after.is_some()) {
                    (true, true) if is_broken => Cause::Unknown,
                    (true, true) => Cause::Corrected,
                    (true, false) => Cause::Withdrawn,
                    _ => Cause::Late,
                };
                add(own(cause), number(after) - number(before));
            }
            (false, false) => {}
        }
    }
    sums
}

fn check(told: &Explanation, (older, newer): (&Held, &Held), (form, unit, slot): (&str, &str, SlotIndex)) {
    let found = &told.against.as_ref().unwrap().difference;
    let (before, after) = (older.total(form, unit, slot), newer.total(form, unit, slot));
    let which = format!("{} {} {form} {unit} {}", older.name, newer.name, slot.get());
    assert_eq!((found.before, found.after, told.top.total), (before, after, after), "{which}");
    assert_eq!(found.changes.iter().map(|change| change.amount).sum::<i128>(), after - before, "{which}");
    let expected = causes(older, newer, (form, unit, slot));
    for cause in Cause::ALL {
        assert_eq!(found.of(cause), expected.get(&cause).copied().unwrap_or(0), "{which} {cause:?} {:#?}", found.changes);
    }
}

/// Everything that a comparison tells.
#[derive(Default)]
struct All(Vec<CellChange>, Vec<TotalChange>);

impl Sink for All {
    fn cell(&mut self, change: CellChange) -> Result<()> {
        self.0.push(change);
        Ok(())
    }

    fn total(&mut self, change: TotalChange) -> Result<()> {
        self.1.push(change);
        Ok(())
    }
}

/// The comparison of two states against the returns and against another kernel's totals.
fn check_compared(states: (&TermState, &TermState), (older, newer): (&Held, &Held), totals: [&[Aggregation]; 2], schemas: &Schemas) {
    let mut all = All::default();
    let compared = compare_states(states.0, states.1, schemas, &mut all, &|| Ok(())).unwrap();
    assert!(compared.gaps.is_empty());
    let mut cells = BTreeMap::new();
    for change in &all.0 {
        let key = (change.figure.key.clone(), change.unit.clone());
        assert!(cells.insert(key, (change.kind, change.amount())).is_none());
    }
    let (mut seen, mut sums) = (0, 0);
    for form in &newer.forms {
        for (_, sheet) in form.layout.data_sheets() {
            for (coded, column) in (0..sheet.coded.len()).flat_map(|row| (0..sheet.columns.len()).map(move |column| (row, column))) {
                let (code, number) = (sheet.coded_row(coded).code.as_deref().unwrap(), sheet.columns[column].number);
                let key = tkgd::archive::FigureKey::new(&form.id, &sheet.id, code, number);
                let slot = sheet.slot(coded, column);
                for unit in older.submissions.iter().chain(&newer.submissions).map(|sent| &sent.unit).collect::<BTreeSet<_>>() {
                    let (before, after) = (older.says(&form.short, unit, slot), newer.says(&form.short, unit, slot));
                    let number = |said: Option<(Status, i64)>| said.map_or(0, |(_, number)| i128::from(number));
                    let is_number = |said: Option<(Status, i64)>| said.is_some_and(|(status, _)| status.is_number());
                    let kind = match (before, after) {
                        (Some(a), Some(b)) if a == b || (is_number(before) && is_number(after) && a.1 == b.1) => None,
                        (Some(_), Some(_)) => Some(CellKind::Changed),
                        (Some(_), None) => is_number(before).then_some(CellKind::OnlyBefore),
                        (None, Some(_)) => is_number(after).then_some(CellKind::OnlyAfter),
                        (None, None) => None,
                    };
                    let told = cells.get(&(key.clone(), Arc::clone(unit)));
                    assert_eq!(told.copied(), kind.map(|kind| (kind, number(after) - number(before))), "{key} {unit}");
                    seen += usize::from(kind.is_some());
                }
                for change in all.1.iter().filter(|change| change.figure.key == key) {
                    let of = |held: &Held, totals: &[Aggregation]| {
                        let form = totals.iter().find(|totals| totals.form.short == form.short).unwrap();
                        let unit = held.tree.find(&change.unit);
                        let total = form.totals.iter().find(|own| unit.is_some_and(|unit| own.target == Target::Unit(unit)));
                        total.map_or(0, |own| i128::from(own.total.number(slot)))
                    };
                    assert_eq!(
                        (change.before.number, change.after.number),
                        (of(older, totals[0]), of(newer, totals[1])),
                        "{key} {}",
                        change.unit
                    );
                    sums += 1;
                }
            }
        }
    }
    assert_eq!((seen, sums), (all.0.len(), all.1.len()));
    assert!(seen > 0 && sums > 0);
}

/// Schools by the commune they report to, those that report at all.
fn schools(province: &Province) -> Vec<(String, String)> {
    let is_school =
        |line: &&tkgd::sample::RegisterLine| line.kind == "school" && line.valid_to.is_none() && line.reports_to == line.commune;
    province.register.iter().filter(is_school).map(|line| (line.code.clone(), line.commune.clone())).collect()
}

#[test]
fn ten_years_of_late_corrected_moved_and_merged_schools() {
    let session = Session::open(None, Isolation::InProcess).unwrap();
    let schemas = &session.schemas;
    let folder = scratch("ten-years");
    let archive = folder.join("archive");
    let mut dice = Dice(10);
    let opening = |year| Period { year: SchoolYear(year), term: Term::Opening };
    let options = SampleOptions { communes: 4, schools: 14, ..SampleOptions::new(7, opening(FIRST)) };
    let mut history = History::new(schemas, &options).unwrap();
    let mut earlier: Option<(Held, Vec<Aggregation>)> = None;
    let mut met = BTreeSet::new();
    let mut asked_groups = 0;
    for year in FIRST..FIRST + YEARS {
        let province = history.advance().unwrap();
        let period = opening(year);
        let regulation = schemas.governing(period).unwrap();
        let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == Term::Opening).cloned().collect();
        let units = tree(&folder, &province, schemas, regulation.as_at(period).unwrap());
        let names = schools(&province);
        let submissions = province.returns.into_iter().map(SampleReturn::into_submission).collect();
        let key = TermKey::of(period);
        let mut full = Held { name: format!("{key}@2"), key: key.clone(), tree: units, forms, submissions };
        let sent = early(&full, &mut dice);
        // Some of what came first is taken back later.
        let withdrawn: BTreeSet<Arc<str>> = sent.iter().filter(|_| dice.below(12) == 0).map(|sent| Arc::clone(&sent.unit)).collect();
        full.submissions.retain(|sent| !withdrawn.contains(&sent.unit));
        let first = Held { name: format!("{key}@1"), key, tree: full.tree.clone(), forms: full.forms.clone(), submissions: sent };
        let early_totals = publish(&archive, &first, (1, &format!("{year}-10-01T00:00:00Z")), schemas);
        let totals = publish(&archive, &full, (2, &format!("{year}-12-01T00:00:00Z")), schemas);
        // The same term before and after, and the same term a year ago.
        let mut pairs = vec![(&first, &full)];
        pairs.extend(earlier.as_ref().map(|(before, _)| (before, &full)));
        for (older, newer) in pairs {
            for _ in 0..12 {
                let (form, slot, address) = figure(newer, &mut dice);
                let top = newer.tree.units.iter().filter(|unit| unit.aggregate);
                let mut asked: Vec<String> = top.map(|unit| unit.code.to_string()).collect();
                asked.push(names[dice.below(names.len())].0.clone());
                let unit = asked[dice.below(asked.len())].clone();
                let district = newer.tree.units[newer.tree.find(&unit).unwrap()].group("former_district").to_owned();
                let district = Some(format!("former_district={district}")).filter(|_| !district.is_empty());
                for unit in [unit, "09".to_owned()].into_iter().chain(district) {
                    let told = explain_figure(&session, &request(&archive, (&address, &unit), newer, older)).unwrap();
                    check(&told, (older, newer), (&form.short, &unit, slot));
                    asked_groups += usize::from(unit.contains('='));
                    let changes = &told.against.as_ref().unwrap().difference.changes;
                    met.extend(changes.iter().filter(|change| change.amount != 0).map(|change| change.cause));
                }
            }
        }
        let archive_reader = ArchiveReader::open(&archive, Selection::Published).unwrap();
        let state = |held: &Held| archive_reader.named(&held.name).unwrap();
        if year % 3 == 0 {
            check_compared((&state(&first), &state(&full)), (&first, &full), [&early_totals, &totals], schemas);
            if let Some((before, before_totals)) = &earlier {
                check_compared((&state(before), &state(&full)), (before, &full), [before_totals, &totals], schemas);
            }
        }
        as_it_was_known(&archive, &full, &first, year, &session);
        earlier = Some((full, totals));
        history.advance().unwrap();
        events(&mut history, &names, year, &mut dice);
    }
    let usual = [Cause::Late, Cause::Withdrawn, Cause::Corrected, Cause::MovedIn, Cause::MovedOut, Cause::Merged];
    assert!(usual.iter().all(|cause| met.contains(cause)), "{met:?}");
    assert!(asked_groups > 100, "{asked_groups}");
}

/// A figure of a term that the sample fills.
fn figure(held: &Held, dice: &mut Dice) -> Asked {
    loop {
        let sent = &held.submissions[dice.below(held.submissions.len())];
        let slot = SlotIndex::new(dice.below(sent.values.len()));
        if sent.values.numbers().at(slot) != 0 {
            let (sheet, coded, column) = sent.form.layout.address(slot);
            let sheet = &sent.form.layout.sheets[sheet];
            let code = sheet.coded_row(coded).code.as_deref().unwrap();
            let address = format!("{}/{}/{code}/{}", sent.form.short, sheet.id, sheet.columns[column].number);
            return (Arc::clone(&sent.form), slot, address);
        }
    }
}

fn request(archive: &Path, (address, unit): (&str, &str), newer: &Held, older: &Held) -> ExplainRequest {
    let (by, unit) = unit.split_once('=').map_or((None, unit), |(by, value)| (Some(by.to_owned()), value));
    ExplainRequest {
        archive: ArchiveRequest { archive: Some(archive.to_owned()), ..ArchiveRequest::default() },
        address: address.to_owned(),
        unit: unit.to_owned(),
        by,
        state: Some(newer.name.clone()),
        against: Some(older.name.clone()),
    }
}

/// What was known between the two releases is the first one.
fn as_it_was_known(archive: &Path, full: &Held, first: &Held, year: i32, session: &Session) {
    let (form, slot, address) = figure(full, &mut Dice(3));
    for (month, held) in [(11, first), (12, full)] {
        let as_of = NaiveDate::from_ymd_opt(year, month, 15);
        let archive = ArchiveRequest { archive: Some(PathBuf::from(archive)), as_of, ..ArchiveRequest::default() };
        let request = ExplainRequest { archive, address: address.clone(), unit: "09".to_owned(), ..ExplainRequest::default() };
        let told = explain_figure(session, &request).unwrap();
        assert_eq!(told.explained.state.to_string(), held.name);
        assert_eq!(told.top.total, held.total(&form.short, "09", slot));
    }
}

/// A school moves, and one becomes a part of another.
fn events(history: &mut History<'_>, schools: &[(String, String)], year: i32, dice: &mut Dice) {
    let day = |month, day| NaiveDate::from_ymd_opt(year + 1, month, day).unwrap();
    let moving = dice.below(schools.len());
    let (code, home) = &schools[moving];
    if let Some((_, other)) = schools.iter().find(|(_, commune)| commune != home) {
        history.relocate(code, other, day(8, 1)).unwrap();
    }
    if year % 2 == 1 && schools.len() > 4 {
        let (gone, into) = ((moving + 1) % schools.len(), (moving + 2) % schools.len());
        history.merge(&schools[gone].0, &schools[into].0, day(7, 31)).unwrap();
    }
}

/// The 02-TH form of a new circular in which one row is what two were before; only through the confirmed mapping.
fn redefined() -> (Schemas, Arc<Form>, (String, [String; 2])) {
    let mut schemas = Schemas::load(None).unwrap();
    let old = Form::clone(schemas.form("tt25-2024/02-TH-DN").unwrap());
    let layout = Layout { id: "tt25-2024/02-TH-DN-moi".into(), ..Layout::clone(&old.layout) };
    let new = Arc::new(Form { id: "tt25-2024/02-TH-DN-moi".into(), short: "02-TH-DN-moi".into(), layout: Arc::new(layout), ..old.clone() });
    let mut file = mapped(&diff(&old.layout, &new.layout)).file;
    let sheet = file.sheets.iter_mut().find(|sheet| sheet.to == "III").unwrap();
    let codes = [sheet.same_rows[3].clone(), sheet.same_rows[4].clone()];
    sheet.same_rows.retain(|code| !codes.contains(code));
    sheet.rows.push(toml::from_str(&format!("from = [\"{}\", \"{}\"]\nto = \"{}\"", codes[0], codes[1], codes[0])).unwrap());
    sheet.rows.push(toml::from_str(&format!("to = \"{}\"", codes[1])).unwrap());
    file.to = new.id.to_string();
    let mapping = Mapping::new(file, "mappings/02-TH-DN-moi.toml", &old.layout, &new.layout).unwrap();
    schemas.forms.push(Arc::clone(&new));
    schemas.mappings.push(mapping);
    (schemas, new, (codes[0].clone(), codes))
}

#[test]
fn a_changed_definition_is_a_cause_and_an_unconfirmed_one_is_no_comparison() {
    let (mut schemas, new, (code, parts)) = redefined();
    let folder = scratch("ten-years-definition");
    let archive = folder.join("archive");
    let old = Arc::clone(schemas.form("tt25-2024/02-TH-DN").unwrap());
    let period = |year| Period { year: SchoolYear(year), term: Term::Opening };
    let options = SampleOptions { communes: 2, schools: 9, ..SampleOptions::new(5, period(2026)) };
    let mut history = History::new(&schemas, &options).unwrap();
    let province = history.advance().unwrap();
    let day = schemas.governing(period(2026)).unwrap().as_at(period(2026)).unwrap();
    let units = tree(&folder, &province, &schemas, day);
    let mut sent: Vec<Submission> = province.returns.into_iter().map(SampleReturn::into_submission).collect();
    sent.retain(|sent| sent.form.short == old.short);
    assert!(sent.len() > 1);
    let held = |year: i32, form: &Arc<Form>, sent: &[Submission]| Held {
        name: format!("{year}-{}-opening@1", year + 1),
        key: TermKey::of(period(year)),
        tree: units.clone(),
        forms: vec![Arc::clone(form)],
        submissions: sent.iter().map(|sent| Submission { form: Arc::clone(form), ..sent.clone() }).collect(),
    };
    let (before, mut after) = (held(2026, &old, &sent), held(2027, &new, &sent));
    let sheet = old.layout.sheet("III").unwrap();
    let slots = parts.each_ref().map(|part| sheet.slot(sheet.find_code(part).unwrap(), 0));
    for sent in &mut after.submissions {
        let sum = slots.iter().map(|&slot| sent.values.numbers().at(slot)).sum::<i64>();
        sent.values.set(slots[0], Status::Reported, sum + 3);
    }
    publish(&archive, &before, (1, "2026-10-01T00:00:00Z"), &schemas);
    publish(&archive, &after, (1, "2027-10-01T00:00:00Z"), &schemas);
    let archive_reader = ArchiveReader::open(&archive, Selection::Published).unwrap();
    let (older, newer) = (archive_reader.named(&before.name).unwrap(), archive_reader.named(&after.name).unwrap());
    let address: Address = format!("{}/III/{code}/1", new.short).parse().unwrap();
    let explained = load_figure(&newer, &address, &schemas).unwrap();
    let against = load_against(&older, &explained, &schemas).unwrap();
    assert_eq!(against.explained.key.to_string(), format!("{}/III/{code}/1", old.id));
    let carried = against.carried.as_ref().unwrap();
    let found = difference(
        FigureSide { shown: Some(&against.explained.figure.own), figure: carried, expects: &|_| false },
        &explained.figure,
        "09",
    );
    let schools = i128::try_from(sent.len()).unwrap();
    assert_eq!(found.before, before.total(&old.short, "09", slots[0]));
    assert_eq!(found.of(Cause::Definition), before.total(&old.short, "09", slots[1]));
    assert!(found.of(Cause::Definition) > 0);
    assert_eq!(found.of(Cause::Corrected), 3 * schools);
    assert_eq!(found.of(Cause::Definition) + found.of(Cause::Corrected), found.amount());
    let mut all = All::default();
    let compared = compare_states(&older, &newer, &schemas, &mut all, &|| Ok(())).unwrap();
    assert!(compared.forms[0].is_mapped && compared.forms[0].figures_without_forerunner > 0);
    let own: Vec<&CellChange> = all.0.iter().filter(|change| *change.figure.key.code == *code && change.figure.key.column == 1).collect();
    assert!(own.len() == sent.len() && own.iter().all(|change| change.amount() == 3), "{own:#?}");
    // Rows that were only taken over do not differ.
    assert!(all.0.iter().all(|change| *change.figure.key.code == *code), "{:?}", all.0.first());

    // The row that nothing old makes, and everything as long as nobody has confirmed it.
    let added: Address = format!("{}/III/{}/1", new.short, parts[1]).parse().unwrap();
    let none = load_against(&older, &load_figure(&newer, &added, &schemas).unwrap(), &schemas).unwrap_err();
    assert!(none.message().vi().contains("không có ô nào tương ứng"), "{}", none.message().vi());
    schemas.mappings.last_mut().unwrap().file.status = tkgd::forms::MappingStatus::Proposed;
    let unconfirmed = load_against(&older, &explained, &schemas).unwrap_err();
    assert!(
        unconfirmed.message().vi().contains("mappings/02-TH-DN-moi.toml giữa hai mẫu biểu chưa được xác nhận"),
        "{}",
        unconfirmed.message().vi()
    );
    let gaps = compare_states(&older, &newer, &schemas, &mut All::default(), &|| Ok(())).unwrap().gaps;
    assert_eq!(gaps.keys().collect::<Vec<_>>(), [&new.id.to_string()]);
}
