//! Indicators: ratios of sums of measures, with their source, their bounds and what they are split by.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::measure_ref::MeasureRef;
use super::measures::MeasureBook;
use crate::base::message::{Lang, Message, message};
use crate::base::term::Term;

/// `indicators/<name>.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorFile {
    /// The indicators, in the order they are shown.
    pub indicators: Vec<Indicator>,
}

/// Units of an indicator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measured {
    /// A hundred times numerator over denominator.
    Percent,
    /// Numerator over denominator.
    Ratio,
    /// The numerator itself; there is no denominator.
    Count,
}

impl Measured {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Ratio => "ratio",
            Self::Count => "count",
        }
    }

    /// Factor of the numerator.
    #[must_use]
    pub const fn factor(self) -> i64 {
        if matches!(self, Self::Percent) { 100 } else { 1 }
    }
}

/// An indicator (chỉ tiêu).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Stable id.
    pub id: String,
    /// Its code or name in the source.
    #[serde(default)]
    pub code: String,
    /// Whose definition it is: indicators of different systems never stand for each other.
    pub system: String,
    /// English name, where it is no official one.
    #[serde(default)]
    pub system_en: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Unit it is measured in.
    pub measured: Measured,
    /// Unit in words, Vietnamese.
    pub unit_vi: String,
    /// Unit in words, English.
    pub unit_en: String,
    /// Figures that add up to the numerator.
    #[serde(default)]
    pub numerator: Vec<MeasureRef>,
    /// Figures that add up to the denominator.
    #[serde(default)]
    pub denominator: Vec<MeasureRef>,
    /// Instead of both: the indicator of which this is the value of girls and women over that of everybody else.
    #[serde(default)]
    pub parity_of: Option<String>,
    /// Other bases in use; the first is taken unless a pipeline names another.
    #[serde(default)]
    pub bases: Vec<Base>,
    /// The term its system means: what the other term's figures make of it goes without the official code.
    #[serde(default)]
    pub term: Option<Term>,
    /// Levels it is made for; all that have its measures where empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Dimensions and values it is split by where the columns have them.
    #[serde(default)]
    pub breakdowns: BTreeMap<String, Vec<String>>,
    /// It means another thing at each level: never over several together.
    #[serde(default)]
    pub per_level: bool,
    /// Kinds of place it is for, as `commune`; all where empty.
    #[serde(default)]
    pub places: Vec<String>,
    /// It holds for a closed cohort, so it exists for everything together only: by no place, ownership or other part.
    #[serde(default)]
    pub whole_only: bool,
    /// Values outside are warned of.
    #[serde(default)]
    pub bounds: Vec<IndicatorBound>,
    /// Shown on the page of charts.
    #[serde(default)]
    pub chart: bool,
    /// Where the definition is from.
    pub source: String,
    /// English source, where it is no title or address.
    #[serde(default)]
    pub source_en: String,
    /// How sure it is: the tags of the source, A to D.
    pub confidence: String,
    /// Note, Vietnamese.
    #[serde(default)]
    pub note_vi: String,
    /// Note, English.
    #[serde(default)]
    pub note_en: String,
}

/// A basis of an indicator that is divided differently in different places.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Base {
    /// Id a pipeline names.
    pub id: String,
    /// Vietnamese words.
    pub name_vi: String,
    /// English words.
    pub name_en: String,
    /// Figures of the numerator, instead of the indicator's.
    #[serde(default)]
    pub numerator: Vec<MeasureRef>,
    /// Figures of the denominator, instead of the indicator's.
    #[serde(default)]
    pub denominator: Vec<MeasureRef>,
}

impl Base {
    /// Its words in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_vi, &self.name_en)
    }
}

/// A plausible range; whole numbers in the unit of the indicator.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorBound {
    /// Levels it is about; all where empty.
    #[serde(default)]
    pub levels: Vec<String>,
    /// Least plausible value.
    #[serde(default)]
    pub low: Option<i64>,
    /// Greatest plausible value.
    #[serde(default)]
    pub high: Option<i64>,
    /// The value of another indicator it may not exceed.
    #[serde(default)]
    pub at_most: Option<String>,
    /// Indicators that come to a hundred together with this one.
    #[serde(default)]
    pub sums_with: Vec<String>,
    /// Where the bound is from.
    pub basis: String,
}

impl Indicator {
    /// Its name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_vi, &self.name_en)
    }

    /// Whose definition it is, in a language; official names have no other.
    #[must_use]
    pub fn system(&self, lang: Lang) -> &str {
        lang.pick(&self.system, if self.system_en.is_empty() { &self.system } else { &self.system_en })
    }

    /// Where the definition is from, in a language; titles and addresses have no other.
    #[must_use]
    pub fn source(&self, lang: Lang) -> &str {
        lang.pick(&self.source, if self.source_en.is_empty() { &self.source } else { &self.source_en })
    }

    /// Its unit in words of a language.
    #[must_use]
    pub fn unit(&self, lang: Lang) -> &str {
        lang.pick(&self.unit_vi, &self.unit_en)
    }

    /// The basis with this id; the first where none is named.
    #[must_use]
    pub fn base(&self, id: Option<&str>) -> Option<&Base> {
        match id {
            Some(id) => self.bases.iter().find(|base| base.id == id),
            None => self.bases.first(),
        }
    }

    /// The official code, where its system means the term; empty in the other one.
    #[must_use]
    pub fn code_in(&self, term: Term) -> &str {
        if self.term.is_none_or(|own| own == term) { &self.code } else { "" }
    }

    /// Numerator and denominator on a basis.
    #[must_use]
    pub fn figures<'a>(&'a self, base: Option<&'a Base>) -> (&'a [MeasureRef], &'a [MeasureRef]) {
        let numerator = base.map(|base| &base.numerator).filter(|own| !own.is_empty()).unwrap_or(&self.numerator);
        let denominator = base.map(|base| &base.denominator).filter(|own| !own.is_empty()).unwrap_or(&self.denominator);
        (numerator, denominator)
    }

    /// Figures of forms that must be known wherever this one is: those of indicators that it may not exceed.
    #[must_use]
    pub fn also(&self, all: &[Self]) -> Vec<MeasureRef> {
        let others = self.bounds.iter().filter_map(|bound| bound.at_most.as_deref());
        let figures = others.filter_map(|id| all.iter().find(|own| own.id == id)).flat_map(|own| {
            let (numerator, denominator) = own.figures(own.base(None));
            numerator.iter().chain(denominator)
        });
        figures.filter(|pick| !BUILT_IN.contains(&pick.name.as_str())).cloned().collect()
    }
}

/// Measures that are not read from forms: population from a file of its own, and counts of the register and of returns.
pub const BUILT_IN: [&str; 4] = ["population", "facilities", "returns_received", "returns_expected"];

/// Problems of indicators that load: figures nobody has, a missing denominator, an id twice, sides of other units.
#[must_use]
pub fn problems(indicators: &[Indicator], measures: &MeasureBook) -> Vec<Message> {
    let mut problems = Vec::new();
    for (index, indicator) in indicators.iter().enumerate() {
        let mut say = |problem: Message| problems.push(message!("forms.in_indicator", id = indicator.id, problem));
        if indicators[..index].iter().any(|other| other.id == indicator.id) {
            say(message!("forms.id_used_twice"));
        }
        let bases = indicator.bases.iter().map(Some).chain(indicator.bases.is_empty().then_some(None));
        for base in bases {
            let (numerator, denominator) = indicator.figures(base);
            if let Some(other) = &indicator.parity_of {
                let known = indicators.iter().find(|known| known.id == *other);
                if known.is_none_or(|known| known.denominator.is_empty() || known.parity_of.is_some()) || !numerator.is_empty() {
                    say(message!("forms.parity_names_ratio_stands", other));
                }
                continue;
            }
            if numerator.is_empty() || denominator.is_empty() != (indicator.measured == Measured::Count) {
                say(message!("forms.count_numerator_only_everything"));
            }
            for pick in numerator.iter().chain(denominator) {
                if measures.get(&pick.name).is_none() && !BUILT_IN.contains(&pick.name.as_str()) {
                    say(message!("forms.no_measure", name = pick.name));
                }
            }
            if !denominator.is_empty() {
                sides(numerator, denominator).into_iter().for_each(&mut say);
            }
        }
        if indicator.whole_only && !indicator.breakdowns.is_empty() {
            say(message!("forms.whole_only_no_breakdowns"));
        }
        for other in indicator.bounds.iter().flat_map(|bound| bound.at_most.iter().chain(&bound.sums_with)) {
            if !indicators.iter().any(|known| known.id == *other) {
                say(message!("forms.no_indicator", other));
            }
        }
    }
    problems
}

/// Problems of the sides of a ratio: a part that is a difference of columns, a denominator of fewer units.
fn sides(numerator: &[MeasureRef], denominator: &[MeasureRef]) -> Vec<Message> {
    let mut problems = Vec::new();
    for side in [numerator, denominator] {
        let is_of =
            |pick: &&MeasureRef, other: &MeasureRef| pick.name == other.name && pick.level == other.level && pick.back == other.back;
        let less = side.iter().filter(|pick| pick.negative);
        for pick in less.filter(|pick| side.iter().any(|other| !other.negative && is_of(pick, other))) {
            problems.push(message!("forms.less_some_columns_name", name = pick.name));
        }
    }
    // Whose denominator is of public schools counts them only above too. People of an age and sex are chosen otherwise.
    for (key, value) in denominator.iter().filter(|pick| !BUILT_IN.contains(&pick.name.as_str())).flat_map(|pick| &pick.select) {
        let lacks = |pick: &&MeasureRef| !BUILT_IN.contains(&pick.name.as_str()) && pick.select.get(key) != Some(value);
        for pick in numerator.iter().filter(lacks) {
            problems.push(message!("forms.denominator_restricted_above_not", key, value, name = pick.name));
        }
    }
    problems
}
