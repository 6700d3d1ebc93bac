//! Indicators as people and programs read them: text, JSON, CSV.

use std::fmt::Write as _;

use serde::Serialize;

use crate::archive::in_key;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, message};
use crate::base::number::{Fraction, millionths, plain_number};
use crate::base::text::looks_like_formula;
use crate::forms::Measured;
use crate::indicators::{IndicatorLine, LINE_TEXTS, PlaceIndex, Places, Units};
use crate::jobs::show::NumberRecord;
use crate::present::Presenter;
use crate::report::value_cell;

/// Headings of the CSV behind those that say what a line is.
const NUMBERS: [&str; 9] = ["numerator", "denominator", "value", "received", "expected", "status", "reason", "units_in", "units_expected"];

/// Indicators as text: one block per place, one line per indicator and level.
#[must_use]
pub fn indicators_text(lines: &[IndicatorLine<'_>], places: &Places, lang: Lang) -> String {
    let (mut out, presenter) = (String::new(), Presenter::new(lang));
    let mut shown: Vec<PlaceIndex> = lines.iter().map(|line| line.place).collect();
    shown.sort_unstable();
    shown.dedup();
    for place in shown {
        let own = &places.all[place];
        let _ = writeln!(out, "{} ({} {})", own.name_in(lang), own.kind.id(), own.code);
        for line in lines.iter().filter(|line| line.place == place) {
            let (indicator, value) = (line.indicator, &line.value);
            let name = indicator.name(lang);
            let base = line.base.map(|base| format!(" ({})", base.name(lang))).unwrap_or_default();
            let split = line.split.as_ref().map(|own| format!(" [{}={}]", own.dimension, own.part)).unwrap_or_default();
            let what = format!("  {} [{}] {name}{base}{split}", line.level, indicator.id);
            let number = |number: Option<i64>, kind| number.map_or_else(|| "…".to_owned(), |number| presenter.number(number, kind));
            let parts = match (value.is_sum(), value.numerator) {
                (false, Some(_)) => {
                    format!(" = {}/{}", number(value.numerator, value.kind()), number(value.denominator, value.kind_below()))
                }
                _ => String::new(),
            };
            let unit = indicator.unit(lang);
            let _ = match &value.reason {
                Some(why) if !value.is_of_nothing() => {
                    writeln!(out, "{what}: {}: {}", message!("workspace.indicator_not_evaluated").said(lang), why.said(lang))
                }
                _ => writeln!(
                    out,
                    "{what}: {} {unit}{parts}{}",
                    value_cell(value, indicator.measured == Measured::Percent).said(presenter),
                    units_text(line, lang)
                ),
            };
        }
    }
    if lines.iter().any(|line| line.value.state.is_marked()) {
        out.push_str(&message!("workspace.returns_cells_missing").said(lang));
    }
    out
}

/// Of how many units a ratio is, where that is not all of them.
fn units_text(line: &IndicatorLine<'_>, lang: Lang) -> String {
    let lacking = line.value.units.filter(|units| !units.is_complete());
    lacking.map_or_else(String::new, |units| format!(" ({} {}/{})", message!("workspace.units").said(lang), units.within, units.expected))
}

/// A line of indicators for programs, fields in the order of their names.
#[derive(Debug, Serialize)]
pub struct IndicatorRecord<'a> {
    basis: Option<&'a str>,
    confidence: &'a str,
    denominator: Option<NumberRecord>,
    dimension: Option<&'a str>,
    expected: u32,
    indicator: &'a str,
    indicator_code: &'a str,
    indicator_name: &'a str,
    indicator_system: &'a str,
    level: &'a str,
    measured: &'static str,
    numerator: Option<NumberRecord>,
    part: Option<&'a str>,
    place: &'a str,
    place_kind: &'a str,
    place_name: &'a str,
    reason: String,
    received: u32,
    source: &'a str,
    status: &'static str,
    unit_of_measure: &'a str,
    units_expected: Option<u32>,
    units_in: Option<u32>,
    value: Option<String>,
}

/// Indicators for programs.
#[must_use]
pub fn indicator_records<'a>(lines: &'a [IndicatorLine<'_>], places: &'a Places, lang: Lang) -> Vec<IndicatorRecord<'a>> {
    let one = |line: &'a IndicatorLine<'_>| {
        let (indicator, value, place) = (line.indicator, &line.value, &places.all[line.place]);
        let reason = value.reason.as_ref().map_or_else(String::new, |why| why.said(lang));
        let number = |number: Option<i64>, kind| number.map(|number| NumberRecord::new(number, kind));
        IndicatorRecord {
            basis: line.base.map(|base| base.id.as_str()),
            confidence: &indicator.confidence,
            denominator: number(value.denominator, value.kind_below()),
            dimension: line.split.as_ref().map(|split| &*split.dimension),
            expected: value.coverage.expected,
            indicator: &indicator.id,
            indicator_code: line.code,
            indicator_name: indicator.name(lang),
            indicator_system: indicator.system(lang),
            level: line.level,
            measured: indicator.measured.id(),
            numerator: number(value.numerator, value.kind()),
            part: line.split.as_ref().map(|split| &*split.part),
            place: &place.code,
            place_kind: place.kind.id(),
            place_name: place.name_in(lang),
            reason,
            received: value.coverage.received,
            source: indicator.source(lang),
            status: value.state.id(),
            unit_of_measure: indicator.unit(lang),
            units_expected: value.units.map(|units| units.expected),
            units_in: value.units.map(|units| units.within),
            value: decimal(line),
        }
    };
    lines.iter().map(one).collect()
}

/// The value with six decimals, as the archive holds it.
fn decimal(line: &IndicatorLine<'_>) -> Option<String> {
    let Fraction { numerator, denominator } = line.value.fraction()?;
    let value = millionths(numerator, denominator)?;
    let (whole, rest) = (value.unsigned_abs() / 1_000_000, value.unsigned_abs() % 1_000_000);
    Some(format!("{}{whole}.{rest:06}", if value < 0 { "-" } else { "" }))
}

/// Indicators as CSV, UTF-8 with a mark; no text of it is taken for a formula.
///
/// # Errors
/// When memory cannot be written, which does not happen.
pub fn indicators_csv(lines: &[IndicatorLine<'_>], places: &Places, lang: Lang) -> Result<Vec<u8>> {
    let failed = |e: &dyn std::fmt::Display| Error::library(Action::Write, "chi-tieu.csv", e);
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(LINE_TEXTS.into_iter().chain(NUMBERS)).map_err(|e| failed(&e))?;
    for line in lines {
        let value = &line.value;
        let number = |number: Option<i64>, kind| number.map(|number| plain_number(number, kind)).unwrap_or_default();
        let (numerator, denominator) = (number(value.numerator, value.kind()), number(value.denominator, value.kind_below()));
        let quotient = decimal(line).unwrap_or_default();
        let (received, expected) = (value.coverage.received.to_string(), value.coverage.expected.to_string());
        let reason = value.reason.as_ref().map_or_else(String::new, |why| why.said(lang));
        let units = |count: fn(Units) -> u32| value.units.map(|units| count(units).to_string()).unwrap_or_default();
        let (within, whole) = (units(|units| units.within), units(|units| units.expected));
        let numbers: [&str; NUMBERS.len()] =
            [&numerator, &denominator, &quotient, &received, &expected, value.state.id(), &reason, &within, &whole];
        let texts = line.texts(places, lang).into_iter().zip(LINE_TEXTS).map(|(text, name)| in_key(name, text));
        let row = texts.chain(numbers);
        // Numbers may begin with a minus; what people wrote may not begin a formula.
        for (at, text) in row.enumerate() {
            let is_live = at < LINE_TEXTS.len() && looks_like_formula(text);
            let written = if is_live { writer.write_field(format!("'{text}")) } else { writer.write_field(text) };
            written.map_err(|e| failed(&e))?;
        }
        writer.write_record(None::<&[u8]>).map_err(|e| failed(&e))?;
    }
    writer.into_inner().map_err(|e| failed(&e))
}
