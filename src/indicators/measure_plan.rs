//! Formulas that are asked for, bound to the cells of forms: each sum of cells once, however many formulas use it.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::matched::{MatchedRatio, RatioPart, RatioSource};
use super::measure_data::MeasureData;
use crate::base::message::{Message, message};
use crate::base::number::NumberKind;
use crate::forms::{Form, Layout, MeasurePart, MeasureRef, SlotIndex, TermOffset};

/// Something that is a number at every place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operand {
    /// A sum of cells.
    Figure(PlannedFigure),
    /// People of an age band and sex.
    Population(String, String),
    /// Facilities of some forms' levels, by the register.
    Facilities(Vec<usize>),
    /// Returns received on some forms.
    Received(Vec<usize>),
    /// Returns expected on some forms.
    Expected(Vec<usize>),
}

/// A sum of cells that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlannedFigure {
    /// The term, by its place among the facts.
    pub term: usize,
    /// The form, by its place among those of the term.
    pub form: usize,
    /// Its place in the form's demand.
    pub figure: usize,
}

/// A quantity of a sum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summand {
    /// It is taken away.
    pub negative: bool,
    /// Its name.
    pub quantity: Operand,
}

/// Whether both sides of a formula are counts or amounts.
#[derive(Debug, Clone, Copy)]
pub struct FormulaKinds {
    /// Of the numerator.
    pub numerator: NumberKind,
    /// Of the denominator.
    pub denominator: NumberKind,
}

impl FormulaKinds {
    /// Both are counts.
    pub const COUNTS: Self = Self { numerator: NumberKind::Counts, denominator: NumberKind::Counts };
}

/// A sum of quantities over another one, bound to forms.
#[derive(Debug, Clone)]
pub struct Formula {
    /// Cells it adds up.
    pub numerator: Vec<Summand>,
    /// Cells of the denominator; none for a plain figure.
    pub denominator: Option<Vec<Summand>>,
    /// Factor of the numerator when the value is shown.
    pub factor: i64,
    /// Whether numerator and denominator are counts or amounts.
    pub kinds: FormulaKinds,
    /// Forms of the term at hand whose coverage is the formula's.
    pub forms: Vec<usize>,
    /// Something of it is of the term at hand, so that what is missing now is missing in it.
    pub is_current: bool,
    /// It exists for everything together only.
    pub is_whole_only: bool,
    /// A unit with one of its sides only is in it all the same.
    is_open: bool,
    /// Cells of a unit that must be known too, though in neither sum.
    also: Vec<Summand>,
    /// Results that it counts and that are still to come.
    pub(super) results: Results,
    /// Its places among the ratios that are worked out unit by unit, one for each level: what a school lacks at one of its
    /// levels is no reason to leave out the other.
    pub(super) ratios: Vec<usize>,
}

/// Results that are still to come: the figures that say how many, and those that are open whatever stands in them.
#[derive(Debug, Clone, Default)]
pub(super) struct Results {
    pub pending: Vec<PlannedFigure>,
    pub open: Vec<PlannedFigure>,
}

/// Parts of a formula, as written.
#[derive(Debug, Clone, Copy)]
pub struct FormulaSpec<'a> {
    /// Figures that add up to the numerator.
    pub numerator: &'a [MeasureRef],
    /// Figures that add up to the denominator; none for a plain figure.
    pub denominator: &'a [MeasureRef],
    /// Factor of the numerator.
    pub factor: i64,
    /// Figures of a unit that must be known too: those of a ratio that this one may not exceed.
    pub also: &'a [MeasureRef],
    /// It exists for everything together only.
    pub is_whole_only: bool,
    /// A unit with one of its sides only is in it all the same: a school that opened since, or is gone.
    pub is_open: bool,
}

impl<'a> FormulaSpec<'a> {
    /// A sum over nothing.
    #[must_use]
    pub const fn sum(numerator: &'a [MeasureRef]) -> Self {
        Self { numerator, denominator: &[], factor: 1, also: &[], is_whole_only: false, is_open: false }
    }

    /// A sum over what it was at another time, in the units of which both are known.
    #[must_use]
    pub const fn change(now: &'a [MeasureRef], before: &'a [MeasureRef]) -> Self {
        Self { numerator: now, denominator: before, factor: 1, also: &[], is_whole_only: false, is_open: true }
    }
}

/// Why a ratio of a cohort has no parts.
pub(super) fn whole_only() -> Message {
    message!("indicators.everything_together_only_holds")
}

/// Why a figure that means another thing at each level has no sum over them.
pub(super) fn not_added(names: &str) -> Message {
    message!("indicators.means_another_thing_each", names)
}

/// A form's sums of cells that are asked for, by slot.
type Wanted = Vec<Vec<SlotIndex>>;

/// All sums of cells that are asked for.
#[derive(Debug)]
pub struct MeasurePlan<'a> {
    data: &'a MeasureData<'a>,
    /// By term and form.
    wanted: Vec<Vec<Wanted>>,
    known: HashMap<(usize, usize, Vec<SlotIndex>), usize>,
    ratios: Vec<MatchedRatio>,
}

/// A bound sum: its parts and whether they are counts or amounts.
type Bound = (Vec<Summand>, NumberKind);

impl<'a> MeasurePlan<'a> {
    /// Nothing asked for yet.
    #[must_use]
    pub fn new(data: &'a MeasureData<'a>) -> Self {
        let wanted = data.terms.iter().map(|term| vec![Wanted::new(); term.forms.len()]).collect();
        Self { data, wanted, known: HashMap::new(), ratios: Vec::new() }
    }

    /// The sums of cells asked of a form, in the order in which they were.
    #[must_use]
    pub fn figures(&self, term: usize, form: usize) -> &[Vec<SlotIndex>] {
        &self.wanted[term][form]
    }

    /// The ratios asked for.
    pub(super) fn ratios(&self) -> &[MatchedRatio] {
        &self.ratios
    }

    /// How many sums each form has to give, by term and form.
    pub(super) fn widths(&self) -> Vec<Vec<usize>> {
        self.wanted.iter().map(|forms| forms.iter().map(Vec::len).collect()).collect()
    }

    /// Binds a formula over some levels, reading only the columns that `split` selects. Levels that lack one of
    /// its figures are left out of both sums.
    ///
    /// # Errors
    /// Why no level can be evaluated.
    pub fn formula(&mut self, written: FormulaSpec<'_>, levels: &[&str], split: &BTreeMap<String, String>) -> Result<Formula, Message> {
        if written.is_whole_only && !split.is_empty() {
            return Err(whole_only());
        }
        let mut formula: Option<Formula> = None;
        let mut why = None;
        for level in levels {
            match self.at_level(written, level, split) {
                Ok(_) if formula.is_some() && self.is_per_level(written) => {
                    let names: Vec<&str> = written.numerator.iter().map(|pick| pick.name.as_str()).collect();
                    return Err(not_added(&names.join(", ")));
                }
                Ok(mut own) => {
                    if let Some(ratio) = self.ratio(&own) {
                        own.ratios.push(self.ratios.len());
                        self.ratios.push(ratio);
                    }
                    match &mut formula {
                        None => formula = Some(own),
                        Some(all) => all.join(own),
                    }
                }
                Err(reason) => why = why.or(Some(reason)),
            }
        }
        formula.ok_or_else(|| why.unwrap_or_else(|| message!("indicators.no_form_level")))
    }

    /// One of its figures means another thing at each level.
    fn is_per_level(&self, written: FormulaSpec<'_>) -> bool {
        let measures = &self.data.schemas.measures;
        written.numerator.iter().chain(written.denominator).any(|pick| measures.get(&pick.name).is_some_and(|measure| measure.per_level))
    }

    /// A sum of cells named one by one, `form:sheet/code/column`.
    ///
    /// # Errors
    /// Which of them there is not.
    pub fn cells(&mut self, cells: &[String]) -> Result<Formula, Message> {
        let mut formula = Formula {
            numerator: Vec::new(),
            denominator: None,
            factor: 1,
            kinds: FormulaKinds::COUNTS,
            forms: Vec::new(),
            is_current: true,
            is_whole_only: false,
            is_open: false,
            also: Vec::new(),
            results: Results::default(),
            ratios: Vec::new(),
        };
        for cell in cells {
            let found = cell_slot(self.data.forms(), cell);
            let (form, slot, kind) = found.ok_or_else(|| message!("indicators.no_form_term_cell", cell))?;
            formula.kinds.numerator = kind;
            let quantity = self.figure(0, form, vec![slot]);
            formula.numerator.push(Summand { negative: false, quantity });
            if !formula.forms.contains(&form) {
                formula.forms.push(form);
            }
        }
        Ok(formula)
    }

    fn at_level(&mut self, written: FormulaSpec<'_>, level: &str, split: &BTreeMap<String, String>) -> Result<Formula, Message> {
        let mut forms = Vec::new();
        let (numerator, kind) = self.sum(written.numerator, level, split, &mut forms)?;
        let denominator =
            if written.denominator.is_empty() { None } else { Some(self.sum(written.denominator, level, split, &mut forms)?) };
        let is_current = !forms.is_empty();
        if !is_current {
            forms = self.forms_of(level);
        }
        let below = denominator.as_ref().map_or(NumberKind::Counts, |(_, kind)| *kind);
        let denominator = denominator.map(|(parts, _)| parts);
        // A figure that the level does not have cannot be unknown either.
        let mut also = Vec::new();
        for pick in written.also {
            also.extend(self.bind(pick, pick.level.as_deref().unwrap_or(level), split).into_iter().flat_map(|(own, _)| own));
        }
        let mut results = Results::default();
        for pick in written.numerator.iter().chain(written.denominator) {
            self.results(pick, pick.level.as_deref().unwrap_or(level), split, &mut results);
        }
        Ok(Formula {
            numerator,
            denominator,
            factor: written.factor,
            kinds: FormulaKinds { numerator: kind, denominator: below },
            forms,
            is_current,
            is_whole_only: written.is_whole_only,
            is_open: written.is_open || written.is_whole_only,
            also: also.into_iter().map(|quantity| Summand { negative: false, quantity }).collect(),
            results,
            ratios: Vec::new(),
        })
    }

    /// A formula as a ratio that is worked out unit by unit; none for a sum, and for what counts returns: how many came in
    /// is just what must not be matched.
    fn ratio(&self, formula: &Formula) -> Option<MatchedRatio> {
        let denominator = formula.denominator.as_ref()?;
        let is_figure = |own: &Summand| matches!(own.quantity, Operand::Figure(_));
        let is_of_place = denominator.iter().any(|own| matches!(own.quantity, Operand::Population(..)));
        if !formula.numerator.iter().chain(denominator).any(is_figure) {
            return None;
        }
        let parts = |all: &[Summand]| all.iter().map(|own| self.part(own)).collect::<Option<Vec<_>>>();
        Some(MatchedRatio {
            numerator: parts(&formula.numerator)?,
            denominator: if is_of_place { Vec::new() } else { parts(denominator)? },
            also: formula.also.iter().filter_map(|own| self.part(own)).collect(),
            is_of_place,
            is_open: formula.is_open,
        })
    }

    fn part(&self, summand: &Summand) -> Option<RatioPart> {
        let source = match &summand.quantity {
            &Operand::Figure(PlannedFigure { term, form, figure }) => {
                RatioSource::Cells { term, form, slots: self.wanted[term][form][figure].clone() }
            }
            Operand::Facilities(forms) => RatioSource::Facilities(forms.clone()),
            Operand::Population(..) | Operand::Received(_) | Operand::Expected(_) => return None,
        };
        Some(RatioPart { negative: summand.negative, source })
    }

    fn forms_of(&self, level: &str) -> Vec<usize> {
        let forms = self.data.forms();
        (0..forms.len()).filter(|&form| *forms[form].level == *level).collect()
    }

    fn sum(
        &mut self,
        picks: &[MeasureRef],
        level: &str,
        split: &BTreeMap<String, String>,
        forms: &mut Vec<usize>,
    ) -> Result<Bound, Message> {
        let (mut parts, mut kind) = (Vec::new(), NumberKind::Counts);
        for pick in picks {
            let (bound, own) = self.bind(pick, pick.level.as_deref().unwrap_or(level), split)?;
            kind = own;
            for quantity in bound {
                if let Operand::Figure(PlannedFigure { term: 0, form, .. }) = quantity
                    && !forms.contains(&form)
                {
                    forms.push(form);
                }
                parts.push(Summand { negative: pick.negative, quantity });
            }
        }
        Ok((parts, kind))
    }

    fn bind(&mut self, pick: &MeasureRef, level: &str, split: &BTreeMap<String, String>) -> Result<(Vec<Operand>, NumberKind), Message> {
        let none = || {
            let measure = self.data.schemas.measures.get(&pick.name);
            let name = measure.map_or_else(|| Message::from(&pick.name), |measure| Message::both(&measure.name_vi, &measure.name_en));
            // Forms of the other term may have it.
            let is_elsewhere = measure.is_some_and(|measure| measure.parts.iter().any(|part| *part.level == *level));
            if is_elsewhere {
                return message!("indicators.figure_not_in_columns", name, level);
            }
            message!("indicators.no_form_has_figure", name, level)
        };
        let mut select = pick.select.clone();
        for (key, value) in split {
            if select.insert(key.clone(), value.clone()).is_some_and(|own| own != *value) {
                return Err(none());
            }
        }
        let counts = |quantity| Ok((vec![quantity], NumberKind::Counts));
        let forms = self.forms_of(level);
        match pick.name.as_str() {
            "population" => return self.population(&select, none()).map(|own| (vec![own], NumberKind::Counts)),
            "facilities" | "returns_received" | "returns_expected" if !select.is_empty() || forms.is_empty() => return Err(none()),
            "facilities" => return counts(Operand::Facilities(forms)),
            "returns_received" => return counts(Operand::Received(forms)),
            "returns_expected" => return counts(Operand::Expected(forms)),
            _ => {}
        }
        let measure = self.data.schemas.measures.get(&pick.name).ok_or_else(none)?;
        let (term, data) = self.term(pick.back)?;
        let (mut found, mut kind, mut gap) = (Vec::new(), NumberKind::Counts, None);
        for part in measure.parts.iter().filter(|part| *part.level == *level) {
            for (at, form) in data.forms.iter().enumerate().filter(|(_, form)| form.layout.id == part.layout) {
                gap = gap.or_else(|| data.gaps.iter().find(|gap| gap.form == form.id).map(|gap| gap.why.clone()));
                if let Some(slots) = slots_of_any(part, &form.layout, &select) {
                    kind = part.kind(&form.layout);
                    found.push((at, slots));
                }
            }
        }
        match gap {
            Some(gap) if !found.is_empty() => Err(gap),
            _ if found.is_empty() => Err(none()),
            _ => Ok((found.into_iter().map(|(form, slots)| self.figure(term, form, slots)).collect(), kind)),
        }
    }

    /// Results that a figure counts and that are still to come.
    fn results(&mut self, pick: &MeasureRef, level: &str, split: &BTreeMap<String, String>, results: &mut Results) {
        let Some(measure) = self.data.schemas.measures.get(&pick.name) else { return };
        let Ok((term, data)) = self.term(pick.back) else { return };
        let mut select = pick.select.clone();
        select.extend(split.clone());
        for part in measure.parts.iter().filter(|part| *part.level == *level) {
            for (form, own) in data.forms.iter().enumerate().filter(|(_, form)| form.layout.id == part.layout) {
                let slots = part.pending_slots(&own.layout, &select);
                if !slots.is_empty() {
                    results.pending.push(self.figure_key(term, form, slots));
                }
                if data.state.as_ref().is_some_and(|state| part.is_open_in(state))
                    && let Some(slots) = slots_of_any(part, &own.layout, &select)
                {
                    results.open.push(self.figure_key(term, form, slots));
                }
            }
        }
    }

    fn term(&self, back: TermOffset) -> Result<(usize, &'a super::TermFacts<'a>), Message> {
        let now = self.data.terms[0].period;
        let wanted = back.of(now);
        let found = self.data.terms.iter().enumerate().find(|(_, term)| term.period == wanted);
        found.ok_or_else(|| message!("indicators.no_figures_of_term", term = wanted.message()))
    }

    fn population(&self, select: &BTreeMap<String, String>, none: Message) -> Result<Operand, Message> {
        if self.data.population.is_none() {
            return Err(message!("indicators.no_population_file_inputs"));
        }
        let age = select.get("age").ok_or_else(|| none.clone())?;
        if select.keys().any(|key| key != "age" && key != "sex") {
            return Err(none);
        }
        Ok(Operand::Population(age.clone(), select.get("sex").cloned().unwrap_or_default()))
    }

    fn figure(&mut self, term: usize, form: usize, slots: Vec<SlotIndex>) -> Operand {
        Operand::Figure(self.figure_key(term, form, slots))
    }

    fn figure_key(&mut self, term: usize, form: usize, slots: Vec<SlotIndex>) -> PlannedFigure {
        let wanted = &mut self.wanted[term][form];
        let figure = *self.known.entry((term, form, slots.clone())).or_insert_with(|| {
            wanted.push(slots);
            wanted.len() - 1
        });
        PlannedFigure { term, form, figure }
    }
}

/// The slots of a part in the columns that are selected. Of values with `|` between them, those that the form has
/// columns of: nowhere a difference of other columns.
fn slots_of_any(part: &MeasurePart, layout: &Layout, select: &BTreeMap<String, String>) -> Option<Vec<SlotIndex>> {
    let Some((key, values)) = select.iter().find(|(_, value)| value.contains('|')) else { return part.slots(layout, select) };
    let mut slots: Vec<SlotIndex> = Vec::new();
    for value in values.split('|') {
        let mut own = select.clone();
        own.insert(key.clone(), value.trim().to_owned());
        slots.extend(slots_of_any(part, layout, &own).into_iter().flatten());
    }
    (!slots.is_empty()).then_some(slots)
}

impl Formula {
    /// Joins with one level more.
    fn join(&mut self, other: Self) {
        self.numerator.extend(other.numerator);
        match (&mut self.denominator, other.denominator) {
            (Some(own), Some(more)) => own.extend(more),
            (own, more) => *own = more,
        }
        self.also.extend(other.also);
        self.results.pending.extend(other.results.pending);
        self.results.open.extend(other.results.open);
        self.ratios.extend(other.ratios);
        self.forms.extend(other.forms.into_iter().filter(|form| !self.forms.contains(form)).collect::<Vec<_>>());
    }
}

/// The form, slot and kind of number of a cell named `form:sheet/code/column`.
fn cell_slot(forms: &[Arc<Form>], cell: &str) -> Option<(usize, SlotIndex, NumberKind)> {
    let (form, rest) = cell.split_once(':')?;
    let [sheet, code, column] = rest.split('/').collect::<Vec<_>>()[..] else { return None };
    let at = forms.iter().position(|known| *known.short == *form)?;
    let sheet = forms[at].layout.sheet(sheet)?;
    Some((at, sheet.slot(sheet.find_code(code)?, sheet.find_column(column.parse().ok()?)?), sheet.number_kind()?))
}
