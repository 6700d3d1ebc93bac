//! Plausible ranges of indicators: what lies outside is warned of.

use std::collections::HashMap;
use std::sync::Arc;

use super::measured::IndicatorLine;
use super::places::{PlaceKind, Places};
use crate::finding::{Finding, Subject};
use crate::number::show_quotient;
use crate::units::Tree;

/// The rule in the catalogue.
const RULE: &str = "indicator-implausible";

/// Indicators of places whose value lies outside their bounds. Groups are left out: they are the same units again;
/// schools have rules of their own.
#[must_use]
pub fn implausible(tree: &Tree, lines: &[IndicatorLine<'_>], places: &Places) -> Vec<Finding> {
    let key = |line: &IndicatorLine<'_>, id: &str| (id.to_owned(), line.level.to_owned(), line.place);
    let whole = || lines.iter().filter(|line| line.split.is_none());
    let fractions: HashMap<_, _> = whole().filter_map(|line| Some((key(line, &line.indicator.id), line.value.fraction()?))).collect();
    let mut findings = Vec::new();
    for line in whole() {
        let place = &places.all[line.place];
        // What a cell that nobody knows would make of it cannot be known either.
        let is_meant = !line.value.broken && matches!(place.kind, PlaceKind::Unit(unit) if tree.units[unit].aggregate);
        let Some((numerator, denominator)) = line.value.fraction().filter(|_| is_meant) else { continue };
        for bound in &line.indicator.bounds {
            if !bound.levels.is_empty() && !bound.levels.iter().any(|level| level == line.level) {
                continue;
            }
            let other = bound.at_most.as_ref().and_then(|id| fractions.get(&key(line, id)));
            let is_low = bound.low.is_some_and(|low| numerator < i128::from(low) * denominator);
            let is_high = bound.high.is_some_and(|high| numerator > i128::from(high) * denominator);
            let is_over = other.is_some_and(|(above, below)| numerator * below > above * denominator);
            if !(is_low || is_high || is_over) {
                continue;
            }
            let low = bound.low.map_or_else(|| "0".to_owned(), |low| low.to_string());
            let high = match other {
                Some((above, below)) => show_quotient(*above, *below),
                None => bound.high.map_or_else(|| "…".to_owned(), |high| high.to_string()),
            };
            let found = format!("{} {}", show_quotient(numerator, denominator), line.indicator.unit_vi);
            let subject = Subject { unit: Some(Arc::clone(&place.code)), ..Subject::default() };
            let name = format!("{} ({}, {})", line.indicator.name_vi, line.indicator.id, line.level);
            findings.push(Finding::new(RULE).about(subject).saw(found, format!("{low} – {high}")).noting(name));
        }
    }
    findings
}
