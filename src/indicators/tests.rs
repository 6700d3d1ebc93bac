//! A small province for the tests of these modules: three primary schools and a lower secondary one below two communes.
//!
//! Everything of it is made here: forms of three rows, a few measures, two indicators. What the tests expect can be
//! worked out in one's head.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use super::measure_plan::not_added;
use super::{Formula, FormulaSpec, Grid, GridCell, GridRow, MeasureData, MeasurePlan, Operand, PlannedFigure, Summand, TermFacts, grid};
use crate::base::error;
use crate::base::message::{Message, message};
use crate::base::number::{NumberKind, hundredths, show_hundredths};
use crate::base::term::{Period, SchoolYear, Term};
use crate::forms::{Form, Indicator, MeasureBook, MeasureRef, ReportSheet, Schemas, SlotIndex, TermOffset, parse_toml, read_form};
use crate::register::{GroupValue, Tree, Unit};
use crate::returns::{Lineage, Returns, Source, Status, Submission, Values};

/// The term at hand.
pub(super) const NOW: Period = Period { year: SchoolYear(2025), term: Term::Opening };
/// The term of a year ago.
pub(super) const YEAR_AGO: TermOffset = TermOffset { term: None, years: 1 };
/// The closing term of the last school year.
pub(super) const CLOSING: TermOffset = TermOffset { term: Some(Term::Closing), years: 1 };

/// Slots of row 1, all pupils, girls, pupils of public schools; and of rows 2 and 3, all of them.
pub(super) const PUPILS: SlotIndex = SlotIndex::new(0);
pub(super) const GIRLS: SlotIndex = SlotIndex::new(1);
pub(super) const PUBLIC: SlotIndex = SlotIndex::new(2);
pub(super) const CLASSES: SlotIndex = SlotIndex::new(3);
pub(super) const WAITING: SlotIndex = SlotIndex::new(6);
/// The slot of the amount.
pub(super) const SPENT: SlotIndex = SlotIndex::new(9);

const SHEETS: &str = r#"
[[sheets]]
id = "I"
name = "I"
kind = "counts"
tt_column = "A"
label_column = "B"
unit_column = "C"
code_column = "D"
columns = [
  { number = 1, at = "E", path = [], dims = { ownership = "all" } },
  { number = 2, at = "F", path = [], dims = { ownership = "all", sex = "female" } },
  { number = 3, at = "G", path = [], dims = { ownership = "public" } },
]
rows = [{ at = 9, code = "1", label = "- Học sinh" }, { at = 10, code = "2", label = "Lớp" }, { at = 11, code = "3", label = "Chờ xét" }]

[[sheets]]
id = "II"
name = "II"
kind = "amounts"
tt_column = "A"
label_column = "B"
unit_column = "C"
code_column = "D"
columns = [{ number = 1, at = "E", path = [] }]
rows = [{ at = 9, code = "7" }]
"#;

const MEASURES: &str = r#"
[[measures]]
id = "pupils"
name_vi = "Học sinh"
name_en = "Pupils"
cells = [{ form = "F", name_vi = "Học sinh tiểu học", rows = ["I/1"] }, { form = "G", rows = ["I/1"] }]

[[measures]]
id = "girls"
name_vi = "Nữ"
name_en = "Girls"
of = "pupils"
select = { sex = "female" }

[[measures]]
id = "classes"
name_vi = "Lớp"
name_en = "Classes"
cells = [{ form = "F", rows = ["I/2"], pending = ["I/3"] }]

[[measures]]
id = "all-rows"
name_vi = "Cả hai"
name_en = "Both"
cells = [{ form = "F", rows = ["I/1", "I/2"] }]

[[measures]]
id = "finished"
name_vi = "Hoàn thành"
name_en = "Finished"
per_level = true
cells = [{ form = "F", rows = ["I/3"] }, { form = "G", rows = ["I/3"] }]

[[measures]]
id = "spent"
name_vi = "Chi"
name_en = "Spent"
cells = [{ form = "F", rows = ["II/7"] }]

[[measures]]
id = "leavers"
name_vi = "Bỏ học"
name_en = "Leavers"
cells = [{ form = "E", rows = ["I/1"] }]
"#;

const INDICATORS: &str = r#"
[[indicators]]
id = "pupils-per-class"
system = "x"
name_vi = "Học sinh một lớp"
name_en = "Pupils per class"
measured = "ratio"
unit_vi = "học sinh"
unit_en = "pupils"
numerator = ["pupils"]
denominator = ["classes"]
source = "x"
confidence = "A"

[[indicators]]
id = "girls-share"
system = "x"
name_vi = "Tỷ lệ nữ"
name_en = "Share of girls"
measured = "percent"
unit_vi = "%"
unit_en = "%"
numerator = ["girls"]
denominator = ["pupils"]
source = "x"
confidence = "A"
"#;

/// A list of indicators as written.
#[derive(serde::Deserialize)]
struct IndicatorList {
    indicators: Vec<Indicator>,
}

/// The schemas and forms, the same for every test.
static SCHEMAS: LazyLock<(Schemas, Vec<Arc<Form>>)> = LazyLock::new(|| {
    let form = |(short, level, term): (&str, &str, &str)| {
        let head = format!(
            "id = '{short}'\nsymbol = '{short}'\nversion = '1'\ntitle = ''\nlevel = '{level}'\nterm = '{term}'\nlayout_status = 'verified'\nlayout_basis = ''\n"
        );
        Arc::new(read_form("c", "form.toml", &(head + SHEETS)).unwrap())
    };
    let forms = [("F", "TH", "opening"), ("G", "THCS", "opening"), ("E", "TH", "closing")].map(form);
    let mut schemas = Schemas::load(None).unwrap();
    schemas.measures = MeasureBook::default();
    let mut problems = schemas.measures.add("c", parse_toml("measures.toml", MEASURES).unwrap(), &forms);
    problems.extend(schemas.measures.finish());
    assert!(problems.is_empty(), "{problems:?}");
    schemas.indicators = parse_toml::<IndicatorList>("indicators.toml", INDICATORS).unwrap().indicators;
    (schemas, forms.into())
});

/// The province: who is there, and nothing of what they send.
pub(super) struct World {
    pub schemas: &'static Schemas,
    pub tree: Tree,
    bases: BTreeMap<String, String>,
}

impl World {
    /// `S` above the communes `X` (with `T1` and `T2`) and `Y` (with `T3`, and `T4` that teaches another level).
    pub fn new() -> Self {
        Self::of(units())
    }

    /// Sets other units.
    pub fn of(units: Vec<Unit>) -> Self {
        let groupings = SCHEMAS.0.register.groupings.iter().map(|key| key.as_str().into()).collect();
        let tree = Tree::of(units, "", groupings, "2025-09-30".parse().unwrap(), Vec::new()).unwrap();
        Self { schemas: &SCHEMAS.0, tree, bases: BTreeMap::new() }
    }

    /// Data of what the schools send now, and returns of earlier terms; none where the archive does not hold one.
    pub fn data<'a>(&'a self, now: &'a [Submission], earlier: &[(TermOffset, Option<&'a Returns>)]) -> MeasureData<'a> {
        let forms = &SCHEMAS.1;
        let mut terms = vec![TermFacts::now(NOW, None, &forms[..2], now)];
        terms.extend(earlier.iter().map(|&(back, returns)| {
            let own = if back.term == Some(Term::Closing) { &forms[2..] } else { &forms[..2] };
            TermFacts::earlier(back, back.of(NOW), None, own.to_vec(), returns, Vec::new())
        }));
        MeasureData::new(self.schemas, &self.tree, terms, None, &self.bases)
    }
}

/// A school with its cluster and ownership.
pub(super) fn school(code: &str, above: &str, [cluster, ownership]: [&str; 2]) -> Unit {
    Unit {
        facility: true,
        aggregate: false,
        kind: "school".into(),
        levels: vec!["TH".into()],
        forms: vec!["F".into()],
        ownership: ownership.into(),
        groups: vec![GroupValue { key: "cluster".into(), value: cluster.into() }],
        ..office(code, "commune", Some(above))
    }
}

fn office(code: &str, kind: &str, above: Option<&str>) -> Unit {
    Unit { code: code.into(), name: code.into(), kind: kind.into(), aggregate: true, reports_to: above.map(Arc::from), ..Unit::default() }
}

/// The units of the province.
pub(super) fn units() -> Vec<Unit> {
    vec![
        office("S", "department", None),
        office("X", "commune", Some("S")),
        office("Y", "commune", Some("S")),
        school("T1", "X", ["one", "public"]),
        school("T2", "X", ["two", "private"]),
        school("T3", "Y", ["one", "public"]),
        Unit { forms: vec!["G".into()], levels: vec!["THCS".into()], ..school("T4", "Y", ["", "public"]) },
    ]
}

/// Values of any of the forms: pupils, girls, classes; everything else is blank.
pub(super) fn values([pupils, girls, classes]: [i64; 3]) -> Values {
    let mut values = Values::new(SCHEMAS.1[0].layout.slots);
    for (slot, number) in [(PUPILS, pupils), (GIRLS, girls), (CLASSES, classes)] {
        values.set(slot, Status::Reported, number);
    }
    values
}

/// A return of now: on the one form that the unit owes.
pub(super) fn sent(unit: &str, numbers: [i64; 3]) -> Submission {
    let form = &SCHEMAS.1[usize::from(unit == "T4")];
    let source = Source { file: "".into(), sha256: "".into(), modified: 0 };
    let values = values(numbers);
    Submission { unit: unit.into(), form: Arc::clone(form), values, source, placements: Vec::new(), lineage: Lineage::default() }
}

/// Returns that the primary schools send now.
pub(super) fn all_sent() -> Vec<Submission> {
    vec![sent("T1", [100, 40, 4]), sent("T2", [50, 30, 1]), sent("T3", [90, 45, 3])]
}

/// Returns of an earlier term on the form of primary schools.
pub(super) fn earlier(form: &str, sent: &[(&str, [i64; 3])], missing: &[&str]) -> Returns {
    let mut returns = Returns::default();
    let form: Arc<str> = format!("c/{form}").into();
    for (unit, numbers) in sent {
        returns.insert(*unit, Arc::clone(&form), values(*numbers));
    }
    for unit in missing {
        returns.miss(*unit, Arc::clone(&form));
    }
    returns
}

/// A figure as it is named.
pub(super) fn pick(text: &str) -> MeasureRef {
    MeasureRef::try_from(text.to_owned()).unwrap()
}

/// A table of primary schools, as people lay it out.
pub(super) fn table(data: &MeasureData<'_>, text: &str) -> error::Result<Grid> {
    let sheet: ReportSheet = parse_toml("table.toml", &format!("name = 't'\ntitle = 't'\nlevels = ['TH']\n{text}"))?;
    grid(data, "table.toml", &sheet, crate::base::message::Lang::Vi)
}

/// Its rows, one line each: the code and the cells; `*` stands after what is not the last word.
pub(super) fn lines(grid: &Grid) -> Vec<String> {
    let line = |row: &GridRow| format!("{} {}: {}", row.block, row.code, row.cells.iter().map(told).collect::<Vec<_>>().join(" | "));
    grid.rows.iter().map(line).collect()
}

fn told(cell: &GridCell) -> String {
    let mark = |is_marked: bool| if is_marked { "*" } else { "" };
    let number = |hundredths: Option<i64>| {
        hundredths.map_or_else(|| "none".to_owned(), |own| show_hundredths(own).trim_end_matches(",00").to_owned())
    };
    match cell {
        GridCell::Blank => String::new(),
        GridCell::Unknown => "?".to_owned(),
        GridCell::Value(value) => number(value.hundredths()) + mark(value.state.is_marked()),
        GridCell::Change(above, below, is_marked) => number(hundredths(*above, *below)) + mark(*is_marked),
        GridCell::Difference(difference, _, is_marked) => format!("{difference:+}{}", mark(*is_marked)),
        GridCell::Rank(rank, is_marked) => format!("#{rank}{}", mark(*is_marked)),
        GridCell::Text(text) => text.clone(),
    }
}

// Binding of formulas.

/// A sum of one figure at some levels.
fn sum(plan: &mut MeasurePlan<'_>, text: &str, levels: &[&str]) -> Result<Formula, Message> {
    plan.formula(FormulaSpec::sum(&[pick(text)]), levels, &BTreeMap::new())
}

/// The one figure that a formula adds up.
fn key(formula: &Formula) -> PlannedFigure {
    let [Summand { negative: false, quantity: Operand::Figure(key) }] = formula.numerator[..] else { panic!("{formula:?}") };
    key
}

fn why(formula: Result<Formula, Message>) -> String {
    formula.unwrap_err().en()
}

#[test]
fn a_figure_is_bound_to_the_cells_of_its_rows_and_columns() {
    let world = World::new();
    let data = world.data(&[], &[]);
    let mut plan = MeasurePlan::new(&data);
    let mut slots = |text: &str| {
        let PlannedFigure { term, form, figure } = key(&sum(&mut plan, text, &["TH"]).unwrap());
        assert_eq!((term, form), (0, 0), "{text}");
        plan.figures(0, 0)[figure].clone()
    };
    assert_eq!(slots("pupils"), [PUPILS]);
    assert_eq!(slots("girls"), [GIRLS]);
    assert_eq!(slots("pupils[sex=female]"), [GIRLS]);
    assert_eq!(slots("pupils[ownership=public]"), [PUBLIC]);
    assert_eq!(slots("pupils[ownership=public|all]"), [PUBLIC, PUPILS]);
    assert_eq!(slots("all-rows"), [PUPILS, CLASSES]);
    assert_eq!(slots("spent"), [SPENT]);
    let spent = sum(&mut plan, "spent", &["TH"]).unwrap();
    assert_eq!((spent.kinds.numerator, spent.kinds.denominator), (NumberKind::Amounts, NumberKind::Counts));
}

#[test]
fn two_formulas_that_need_the_same_figure_share_it() {
    let world = World::new();
    let data = world.data(&[], &[]);
    let mut plan = MeasurePlan::new(&data);
    let pupils = key(&sum(&mut plan, "pupils", &["TH"]).unwrap());
    let girls = [pick("girls")];
    let written = FormulaSpec { denominator: &[pick("pupils")], factor: 100, ..FormulaSpec::sum(&girls) };
    let share = plan.formula(written, &["TH"], &BTreeMap::new()).unwrap();
    assert_eq!(share.denominator.as_deref().unwrap()[0].quantity, Operand::Figure(pupils));
    // By another name, or read with a column asked for from outside, it is the same sum.
    assert_eq!(key(&sum(&mut plan, "pupils[sex=female]", &["TH"]).unwrap()), key(&share));
    let split = BTreeMap::from([("sex".to_owned(), "female".to_owned())]);
    assert_eq!(key(&plan.formula(FormulaSpec::sum(&[pick("pupils")]), &["TH"], &split).unwrap()), key(&share));
    assert_eq!(plan.figures(0, 0), [[PUPILS], [GIRLS]]);
    assert_eq!((plan.widths(), plan.ratios().len(), share.ratios), (vec![vec![2, 0]], 1, vec![0]));
}

#[test]
fn a_formula_over_levels_takes_those_that_have_all_of_it() {
    let world = World::new();
    let data = world.data(&[], &[]);
    let mut plan = MeasurePlan::new(&data);
    let pupils = sum(&mut plan, "pupils", &["TH", "THCS", "THPT"]).unwrap();
    assert_eq!((pupils.numerator.len(), pupils.forms), (2, vec![0, 1]));
    let own = [pick("pupils")];
    let written = FormulaSpec { denominator: &[pick("classes")], ..FormulaSpec::sum(&own) };
    let ratio = plan.formula(written, &["TH", "THCS"], &BTreeMap::new()).unwrap();
    // The other level has no classes: its pupils are not divided by nothing.
    assert_eq!((ratio.numerator.len(), ratio.denominator.as_ref().map(Vec::len), ratio.forms), (1, Some(1), vec![0]));
    // Classes may be waiting; that figure is asked for too.
    let [waiting] = ratio.results.pending[..] else { panic!("{:?}", ratio.results) };
    assert_eq!(plan.figures(0, 0)[waiting.figure], [WAITING]);
    assert!(sum(&mut plan, "finished", &["TH"]).is_ok() && sum(&mut plan, "finished", &["THCS"]).is_ok());
    assert_eq!(why(sum(&mut plan, "finished", &["TH", "THCS"])), not_added("finished").en());
}

#[test]
fn figures_of_other_terms_are_those_of_their_forms() {
    let world = World::new();
    let (before, closing) = (earlier("F", &[], &[]), earlier("E", &[], &[]));
    let data = world.data(&[], &[(YEAR_AGO, Some(&before)), (CLOSING, Some(&closing))]);
    let mut plan = MeasurePlan::new(&data);
    let now = sum(&mut plan, "pupils", &["TH"]).unwrap();
    let year_ago = sum(&mut plan, "pupils@last_year", &["TH"]).unwrap();
    let left = sum(&mut plan, "leavers@closing-1", &["TH"]).unwrap();
    let terms = [&now, &year_ago, &left].map(|own| (key(own).term, own.is_current));
    assert_eq!(terms, [(0, true), (1, false), (2, false)]);
    assert_eq!(plan.widths(), [vec![1, 0], vec![1, 0], vec![1]]);
    assert_eq!(
        why(sum(&mut plan, "pupils@-2", &["TH"])),
        message!("indicators.no_figures_of_term", term = pick("x@-2").back.of(data.terms[0].period).message()).en()
    );
    let data = world.data(&[], &[(YEAR_AGO, None)]);
    assert!(why(sum(&mut MeasurePlan::new(&data), "pupils@last_year", &["TH"])).starts_with("the archive does not hold"));
}

#[test]
fn a_figure_that_no_form_has_says_so() {
    let world = World::new();
    let data = world.data(&[], &[]);
    let mut plan = MeasurePlan::new(&data);
    assert_eq!(why(sum(&mut plan, "classes", &["THCS"])), "no form has the figure \"Classes\" (level THCS)");
    assert_eq!(why(sum(&mut plan, "nothing", &["TH"])), "no form has the figure \"nothing\" (level TH)");
    // It stands in the form, or in that of the other term, and not where it was looked for.
    let columns = |name: &str| format!("the forms of this term do not have the figure \"{name}\" in the columns asked for (level TH)");
    assert_eq!(why(sum(&mut plan, "pupils[sex=male]", &["TH"])), columns("Pupils"));
    assert_eq!(why(sum(&mut plan, "girls[sex=male]", &["TH"])), columns("Girls"));
    assert_eq!(why(sum(&mut plan, "leavers", &["TH"])), columns("Leavers"));
    assert_eq!(why(sum(&mut plan, "population[age=6-10]", &["TH"])), message!("indicators.no_population_file_inputs").en());
    assert_eq!(why(sum(&mut plan, "pupils", &[])), message!("indicators.no_form_level").en());
    // Formulas that could not be bound are not added up either.
    assert_eq!(plan.widths(), [[0, 0]]);
}

#[test]
fn cells_are_named_one_by_one_and_a_wrong_name_is_told() {
    let world = World::new();
    let data = world.data(&[], &[]);
    let mut plan = MeasurePlan::new(&data);
    let named = |cells: &[&str]| cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>();
    let both = plan.cells(&named(&["F:I/1/2", "G:I/3/1"])).unwrap();
    assert_eq!((both.numerator.len(), both.forms), (2, vec![0, 1]));
    assert_eq!((plan.figures(0, 0), plan.figures(0, 1)), (&[vec![GIRLS]][..], &[vec![WAITING]][..]));
    for wrong in ["F:I/1/4", "F:I/9/1", "F:III/1/1", "E:I/1/1", "F:I/1", "I/1/1"] {
        assert_eq!(plan.cells(&named(&["F:I/1/1", wrong])).unwrap_err().en(), format!("no form of the term has a cell `{wrong}`"));
    }
}
