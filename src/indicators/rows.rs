//! The rows of a table: which units it is about, which places or bands its rows are, which place a column is compared with.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::demand::{Demand, Written};
use super::facts::Facts;
use super::places::{PlaceKind, Places};
use super::value::State;
use crate::error::{Error, Result};
use crate::message::{Lang, Message, message};
use crate::number::{NumberKind, show};
use crate::schema::{ReportColumn, ReportSheet};

/// The place that a column is compared with.
pub(super) fn beside(places: &Places, column: &ReportColumn) -> std::result::Result<Option<usize>, Message> {
    let Some(code) = column.against.as_ref().and_then(|against| against.place.as_deref()) else { return Ok(None) };
    let is_it = |place: &super::places::Place| matches!(place.kind, PlaceKind::Unit(_)) && *place.code == *code;
    if code == "all" {
        // A register without units has no rows either.
        return Ok(places.whole.first().copied());
    }
    let found = places.all.iter().position(is_it);
    found.map(Some).ok_or_else(|| {
        let codes = places.all.iter().filter(|place| matches!(place.kind, PlaceKind::Unit(_))).map(|place| &*place.code);
        let wrong = message!("indicators.against_no_unit", code);
        match crate::error::closest(code, codes) {
            Some(near) => Message::join(&[wrong, Message::did_you_mean(near)], "; "),
            None => wrong,
        }
    })
}

/// The units a table is about; all where it has no filter.
pub(super) fn mask(facts: &Facts<'_>, shown: &str, sheet: &ReportSheet) -> Result<Option<Vec<bool>>> {
    if sheet.filter.is_empty() {
        return Ok(None);
    }
    let known: BTreeSet<&str> = facts.schemas.register.groupings.iter().map(String::as_str).chain(["ownership", "kind", "level"]).collect();
    if let Some(key) = sheet.filter.keys().find(|key| !known.contains(key.as_str())) {
        let known = known.iter().copied().collect::<Vec<_>>().join(", ");
        return Err(Error::config(shown, message!("indicators.no_filter_known", key, known)));
    }
    let passes = |unit: &crate::units::Unit| {
        sheet.filter.iter().all(|(key, values)| {
            let has = |value: &String| match key.as_str() {
                "kind" => *unit.kind == **value,
                "level" => unit.levels.iter().any(|level| **level == **value),
                key => unit.value_of(key) == value,
            };
            values.iter().any(has)
        })
    };
    Ok(Some(facts.tree.units.iter().map(passes).collect()))
}

/// A block of rows and its places.
pub(super) type Block = (String, Vec<usize>);

/// The places of a table and its blocks of rows.
pub(super) fn places<'f>(facts: &'f Facts<'_>, shown: &str, sheet: &ReportSheet, lang: Lang) -> Result<(Cow<'f, Places>, Vec<Block>)> {
    let all = &facts.places;
    let Some(bands) = &sheet.bands else {
        let register = &facts.schemas.register;
        let known = register.groupings.iter().chain(register.kinds.iter().map(|kind| &kind.code)).map(String::as_str);
        let known: Vec<&str> = known.chain(["all", "unit", "ownership"]).collect();
        if let Some(wrong) = sheet.rows.iter().find(|rows| !known.contains(&rows.as_str())) {
            let near = crate::error::closest(wrong, known.iter().copied()).map(Message::did_you_mean);
            let error = Error::config(shown, message!("indicators.no_rows_kind", wrong));
            return Err(match near {
                Some(near) => error.with_hint(near),
                None => error.with_hint(known.join(", ")),
            });
        }
        let blocks = sheet.rows.iter().map(|rows| (rows.clone(), all.block(facts.tree, rows))).collect();
        return Ok((Cow::Borrowed(all), blocks));
    };
    let mut demand = Demand::new(facts);
    let by = std::slice::from_ref(&bands.by);
    let levels = if sheet.levels.is_empty() { facts.levels() } else { sheet.levels.iter().map(String::as_str).collect() };
    let formula = demand.formula(Written::sum(by), &levels, &BTreeMap::new()).map_err(|why| Error::config(shown, why))?;
    let sums = facts.sums(&demand, all, None);
    let mut names = band_names(&bands.limits, &bands.unit, lang);
    let mut of_unit = vec![None; facts.tree.units.len()];
    for (at, place) in all.all.iter().enumerate() {
        let PlaceKind::Unit(unit) = place.kind else { continue };
        let value = formula.at(facts, &sums, all.numbered(at));
        if facts.tree.units[unit].aggregate || !value.applies {
            continue;
        }
        // A size that is not known, or not all of it, is that of no band.
        let known = value.numerator.filter(|_| value.state == State::Complete);
        of_unit[unit] = Some(known.map_or(names.len(), |number| bands.limits.iter().filter(|limit| number >= **limit).count()));
    }
    if of_unit.contains(&Some(names.len())) {
        names.push(message!("indicators.unknown_band").said(lang));
    }
    let places = Places::bands(&names, of_unit);
    let members = (0..places.all.len()).collect();
    Ok((Cow::Owned(places), vec![("band".to_owned(), members)]))
}

/// "dưới 100", "100 – 199", "từ 200 trở lên", with the unit after it.
fn band_names(limits: &[i64], unit: &str, lang: Lang) -> Vec<String> {
    let number = |number: i64| show(number, NumberKind::Counts);
    let (Some(first), Some(last)) = (limits.first(), limits.last()) else { return vec![unit.to_owned()] };
    let mut names = vec![message!("indicators.band_below", number = number(*first), unit).said(lang)];
    names.extend(limits.windows(2).map(|pair| format!("{} – {} {unit}", number(pair[0]), number(pair[1] - 1))));
    names.push(message!("indicators.band_from", number = number(*last), unit).said(lang));
    names
}
