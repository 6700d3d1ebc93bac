//! Plausible ranges of indicators: what lies outside is warned of, with the units that it comes from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use super::measure_data::MeasureData;
use super::measured::{Evaluation, IndicatorLine};
use super::places::{PlaceIndex, PlaceKind};
use crate::base::message::{Lang, Message};
use crate::base::number::{Fraction, show_quotient};
use crate::findings::{Finding, Subject};
use crate::forms::IndicatorBound;
use crate::register::UnitIndex;

/// The rule in the catalogue.
const RULE: &str = "indicator-implausible";
/// Units that a finding names at most.
const NAMED: usize = 3;
/// Sum of the parts of a whole, in per cent.
const WHOLE: i128 = 100;

/// Bounds that a value lies outside of.
#[derive(Debug, Clone, Copy)]
enum Outside<'a> {
    Low(i128),
    High(i128),
    /// Above another indicator.
    Over(&'a str),
    /// Not a hundred together with others.
    Sum(&'a [String]),
}

/// Everything the bounds of a line are held against.
struct Bounds<'b, 'a> {
    data: &'b MeasureData<'a>,
    evaluation: &'b Evaluation<'a>,
    /// Lines of the whole by level and place.
    lines: HashMap<(&'b str, PlaceIndex), Vec<&'b IndicatorLine<'a>>>,
}

/// Indicators of places whose value lies outside their bounds: of offices, then of parts of them and of groups where the office
/// itself is not told already. Schools have rules of their own.
#[must_use]
pub fn implausible<'a>(data: &MeasureData<'a>, evaluation: &Evaluation<'a>, lines: &[IndicatorLine<'a>]) -> Vec<Finding> {
    let whole = || lines.iter().filter(|line| line.split.is_none());
    let mut bounds = Bounds { data, evaluation, lines: HashMap::new() };
    whole().for_each(|line| bounds.lines.entry((line.level, line.place)).or_default().push(line));
    let is_office =
        |line: &&IndicatorLine<'a>| matches!(data.places.all[line.place].kind, PlaceKind::Unit(unit) if data.tree.units[unit].aggregate);
    let is_group = |line: &&IndicatorLine<'a>| matches!(data.places.all[line.place].kind, PlaceKind::Group(_));
    let has_code = |line: &&IndicatorLine<'a>| !data.places.all[line.place].code.is_empty();
    let mut findings = Vec::new();
    let mut told: BTreeSet<(&str, &str, &str)> = BTreeSet::new();
    let parts = lines.iter().filter(|line| line.split.is_some()).filter(is_office);
    for line in whole().filter(is_office).chain(whole().filter(is_group).filter(has_code)).chain(parts) {
        let key = (line.indicator.id.as_str(), line.level, &*data.places.all[line.place].code);
        let is_again = told.contains(&key) && (line.split.is_some() || is_group(&line));
        let Some(fraction) = line.value.fraction().filter(|_| !is_again) else { continue };
        for bound in &line.indicator.bounds {
            if !bound.levels.is_empty() && !bound.levels.iter().any(|level| level == line.level) {
                continue;
            }
            if let Some(outside) = bounds.outside(line, fraction, bound) {
                told.insert(key);
                findings.push(bounds.finding(line, fraction, bound, outside));
            }
        }
    }
    findings
}

impl<'b, 'a> Bounds<'b, 'a> {
    fn other(&self, line: &IndicatorLine<'_>, id: &str) -> Option<&'b IndicatorLine<'a>> {
        self.lines.get(&(line.level, line.place))?.iter().copied().find(|own| own.indicator.id == id)
    }

    /// Finds the bound that a value lies outside of; too little of what is not all there yet is no wonder.
    fn outside<'o>(&self, line: &IndicatorLine<'_>, own: Fraction, bound: &'o IndicatorBound) -> Option<Outside<'o>> {
        let Fraction { numerator, denominator } = own;
        let is_short = line.value.units.is_none_or(|units| !units.is_complete()) && (line.value.is_sum() || is_of_place(line));
        let is_low = |low: &i128| numerator < low * denominator && !(is_short && *low > 0);
        if let Some(low) = bound.low.map(i128::from).filter(is_low) {
            return Some(Outside::Low(low));
        }
        if let Some(high) = bound.high.map(i128::from).filter(|high| numerator > high * denominator) {
            return Some(Outside::High(high));
        }
        // Others are known as wholes.
        if line.split.is_some() {
            return None;
        }
        let over = bound.at_most.as_deref().filter(|id| {
            let other = self.other(line, id).and_then(|other| other.value.fraction());
            other.is_some_and(|other| numerator * other.denominator > other.numerator * denominator)
        });
        if over.is_some() {
            return over.map(Outside::Over);
        }
        // Parts of a whole that rest on other units come to another sum without anybody's mistake.
        let others: Vec<_> = bound.sums_with.iter().filter_map(|id| self.other(line, id)).collect();
        let is_alike = others.len() == bound.sums_with.len() && others.iter().all(|other| other.value.units == line.value.units);
        if bound.sums_with.is_empty() || !is_alike {
            return None;
        }
        let mut sum = own;
        for other in others {
            let Fraction { numerator: above, denominator: below } = other.value.fraction()?;
            sum = Fraction { numerator: sum.numerator * below + above * sum.denominator, denominator: sum.denominator * below };
        }
        (sum.numerator != WHOLE * sum.denominator).then_some(Outside::Sum(&bound.sums_with))
    }

    fn finding(&self, line: &IndicatorLine<'a>, own: Fraction, bound: &IndicatorBound, outside: Outside<'_>) -> Finding {
        let low = bound.low.map_or_else(|| "0".to_owned(), |low| low.to_string());
        let expected = match outside {
            Outside::Over(id) => {
                let other = self.other(line, id).and_then(|other| other.value.fraction());
                format!("{low} – {}", other.map_or_else(|| "…".to_owned(), |other| show_quotient(other.numerator, other.denominator)))
            }
            Outside::Sum(ids) => format!("{WHOLE} = {} + {}", line.indicator.id, ids.join(" + ")),
            Outside::Low(_) | Outside::High(_) => {
                format!("{low} – {}", bound.high.map_or_else(|| "…".to_owned(), |high| high.to_string()))
            }
        };
        let found = |lang| format!("{} {}", show_quotient(own.numerator, own.denominator), line.indicator.unit(lang));
        let place = &self.data.places.all[line.place];
        // A group is no unit: its name stands with the indicator's.
        let unit = (!matches!(place.kind, PlaceKind::Group(_))).then(|| Arc::clone(&place.code));
        let subject = Subject { unit, ..Subject::default() };
        let part = line.split.as_ref().map(|own| format!(", {}={}", own.dimension, own.part)).unwrap_or_default();
        let is_group = matches!(place.kind, PlaceKind::Group(_));
        let group = |lang| if is_group { format!(", {}", place.name_in(lang)) } else { String::new() };
        let causes = self.causes(line, outside);
        let causes = if causes.is_empty() { String::new() } else { format!(" [{}]", causes.join(", ")) };
        let IndicatorLine { indicator, level, .. } = line;
        let name = |lang| format!("{} ({}, {level}{part}{}){causes}", indicator.name(lang), indicator.id, group(lang));
        let [found, name] = [&found as &dyn Fn(Lang) -> String, &name].map(|say| Message::both(say(Lang::Vi), say(Lang::En)));
        Finding::new(RULE).subject(subject).observed(found, expected).detail(name)
    }

    /// The units within that lie furthest outside themselves; of what is divided by a population, those that bring most.
    fn causes(&self, line: &IndicatorLine<'a>, outside: Outside<'_>) -> Vec<String> {
        let own = self.evaluation.units_of(self.data, line);
        let of_others = |id: &str| -> BTreeMap<UnitIndex, Fraction> {
            self.other(line, id).map(|other| self.evaluation.units_of(self.data, other).into_iter().collect()).unwrap_or_default()
        };
        let others: Vec<BTreeMap<UnitIndex, Fraction>> = match outside {
            Outside::Over(id) => vec![of_others(id)],
            Outside::Sum(ids) => ids.iter().map(|id| of_others(id)).collect(),
            Outside::Low(_) | Outside::High(_) => Vec::new(),
        };
        let excess = |unit: UnitIndex, Fraction { numerator: above, denominator: below }: Fraction| {
            let beside = || others.iter().map(move |own| own.get(&unit).copied().unwrap_or_default());
            match outside {
                Outside::Low(low) => low * below - above,
                Outside::High(high) => above - high * below,
                Outside::Over(_) => beside()
                    .map(|other| if below == 0 { above - other.numerator } else { above * other.denominator - other.numerator * below })
                    .sum(),
                Outside::Sum(_) => (above + beside().map(|other| other.numerator).sum::<i128>() - WHOLE * below).abs(),
            }
        };
        let mut causes: Vec<(i128, UnitIndex)> = own.into_iter().map(|(unit, own)| (excess(unit, own), unit)).collect();
        causes.retain(|(excess, unit)| *excess > 0 && !self.data.is_gone(*unit));
        causes.sort_by_key(|(excess, unit)| (std::cmp::Reverse(*excess), *unit));
        causes.iter().take(NAMED).map(|(_, unit)| self.data.tree.units[*unit].code.to_string()).collect()
    }
}

/// The denominator is a figure of the place, not of its units.
fn is_of_place(line: &IndicatorLine<'_>) -> bool {
    line.indicator.figures(line.base).1.iter().any(|pick| pick.name == "population")
}
