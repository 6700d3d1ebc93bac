//! The rows of a table: which units it is about, which places or bands its rows are, which place a column is compared with.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::measure_data::MeasureData;
use super::measure_plan::{FormulaSpec, MeasurePlan};
use super::places::{PlaceIndex, PlaceKind, Places};
use super::value::State;
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::number::{NumberKind, show};
use crate::forms::{ReportColumn, ReportSheet};
use crate::register::UnitVec;

/// The place that a column is compared with.
pub(super) fn beside(places: &Places, column: &ReportColumn) -> std::result::Result<Option<PlaceIndex>, Message> {
    let Some(code) = column.against.as_ref().and_then(|against| against.place.as_deref()) else { return Ok(None) };
    let is_it = |place: &super::places::Place| matches!(place.kind, PlaceKind::Unit(_)) && *place.code == *code;
    if code == "all" {
        // A register without units has no rows either.
        return Ok(places.whole.first().copied());
    }
    let found = places.all.position(is_it);
    found.map(Some).ok_or_else(|| {
        let codes = places.all.iter().filter(|place| matches!(place.kind, PlaceKind::Unit(_))).map(|place| &*place.code);
        message!("indicators.against_no_unit", code).meaning(crate::base::error::closest(code, codes))
    })
}

/// The units a table is about; all where it has no filter.
pub(super) fn mask(data: &MeasureData<'_>, shown: &str, sheet: &ReportSheet) -> Result<Option<UnitVec<bool>>> {
    if sheet.filter.is_empty() {
        return Ok(None);
    }
    let known: BTreeSet<&str> = data.schemas.register.groupings.iter().map(String::as_str).chain(["ownership", "kind", "level"]).collect();
    if let Some(key) = sheet.filter.keys().find(|key| !known.contains(key.as_str())) {
        let known = known.iter().copied().collect::<Vec<_>>().join(", ");
        return Err(Error::config(shown, message!("indicators.no_filter_known", key, known)));
    }
    let passes = |unit: &crate::register::Unit| {
        sheet.filter.iter().all(|(key, values)| {
            let has = |value: &String| match key.as_str() {
                "kind" => *unit.kind == **value,
                "level" => unit.levels.iter().any(|level| **level == **value),
                key => unit.value_of(key) == value,
            };
            values.iter().any(has)
        })
    };
    Ok(Some(data.tree.units.iter().map(passes).collect()))
}

/// A block of rows and its places.
pub(super) type Block = (String, Vec<PlaceIndex>);

/// The places of a table and its blocks of rows.
pub(super) fn places<'f>(data: &'f MeasureData<'_>, shown: &str, sheet: &ReportSheet, lang: Lang) -> Result<(Cow<'f, Places>, Vec<Block>)> {
    let all = &data.places;
    let Some(bands) = &sheet.bands else {
        let register = &data.schemas.register;
        let known = register.groupings.iter().chain(register.kinds.iter().map(|kind| &kind.code)).map(String::as_str);
        let known: Vec<&str> = known.chain(["all", "unit", "ownership"]).collect();
        if let Some(wrong) = sheet.rows.iter().find(|rows| !known.contains(&rows.as_str())) {
            let near = crate::base::error::closest(wrong, known.iter().copied()).map(Message::did_you_mean);
            let error = Error::config(shown, message!("indicators.no_rows_kind", wrong));
            return Err(match near {
                Some(near) => error.with_hint(near),
                None => error.with_hint(known.join(", ")),
            });
        }
        let blocks = sheet.rows.iter().map(|rows| (rows.clone(), all.block(data.tree, rows))).collect();
        return Ok((Cow::Borrowed(all), blocks));
    };
    let mut plan = MeasurePlan::new(data);
    let by = std::slice::from_ref(&bands.by);
    let levels = if sheet.levels.is_empty() { data.levels() } else { sheet.levels.iter().map(String::as_str).collect() };
    let formula = plan.formula(FormulaSpec::sum(by), &levels, &BTreeMap::new()).map_err(|why| Error::config(shown, why))?;
    let sums = data.sums(&plan, all, None);
    let mut names = band_names(&bands.limits, &bands.unit, lang);
    let mut of_unit = UnitVec::filled(None, data.tree.units.len());
    for (at, place) in all.all.iter_enumerated() {
        let PlaceKind::Unit(unit) = place.kind else { continue };
        let value = formula.at(data, &sums, all.numbered(at));
        if data.tree.units[unit].aggregate || !value.applies {
            continue;
        }
        // A size that is not known, or not all of it, is that of no band.
        let known = value.numerator.filter(|_| value.state == State::Complete);
        of_unit[unit] = Some(known.map_or(names.len(), |number| bands.limits.iter().filter(|limit| number >= **limit).count()));
    }
    if of_unit.iter().any(|band| *band == Some(names.len())) {
        names.push(message!("indicators.unknown_band").said(lang));
    }
    let places = Places::bands(&names, of_unit);
    let members = places.all.indexes().collect();
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

#[cfg(test)]
mod tests {
    use super::super::tests::{PUPILS, World, all_sent, lines, table};
    use super::*;
    use crate::returns::Status;

    /// Message of a table that cannot be made.
    fn wrong(text: &str) -> String {
        let world = World::new();
        let data = world.data(&[], &[]);
        table(&data, text).unwrap_err().to_string()
    }

    #[test]
    fn a_filtered_table_is_about_the_units_that_pass_alone() {
        let (world, sent) = (World::new(), all_sent());
        let data = world.data(&sent, &[]);
        let filtered = |filter: &str| {
            let text = format!("rows = ['all', 'commune', 'unit']\nfilter = {filter}\ncolumns = [{{ value = 'pupils' }}]");
            lines(&table(&data, &text).unwrap())
        };
        assert_eq!(
            filtered("{ ownership = ['public'] }"),
            ["all S: 190", "commune X: 100", "commune Y: 90", "unit T1: 100", "unit T3: 90"]
        );
        // Any of several values, and all of several keys.
        assert_eq!(filtered("{ ownership = ['private', 'community'], cluster = ['two'] }"), ["all S: 50", "commune X: 50", "unit T2: 50"]);
        assert!(filtered("{ ownership = ['private'], cluster = ['one'] }").is_empty());
        assert_eq!(filtered("{ level = ['TH'], kind = ['school'] }").len(), 6);
        assert!(filtered("{ level = ['THCS'] }").is_empty());
    }

    #[test]
    fn a_unit_stands_in_the_band_of_its_size_and_a_limit_begins_a_band() {
        let (world, mut sent) = (World::new(), all_sent());
        let text = "bands = { by = 'pupils', limits = [60, 100], unit = 'em' }\ncolumns = [{ value = 'pupils' }, { value = 'classes' }]";
        let banded = |sent: &[crate::returns::Submission]| lines(&table(&world.data(sent, &[]), text).unwrap());
        let told = ["band dưới 60 em: 50 | 1", "band 60 – 99 em: 90 | 3", "band từ 100 em trở lên: 100 | 4"];
        assert_eq!(banded(&sent), told);
        // A size that is not known is that of no band, least of all the lowest.
        sent[2].values.set(PUPILS, Status::Unknown, 0);
        sent.remove(1);
        assert_eq!(banded(&sent), ["band từ 100 em trở lên: 100 | 4", "band chưa biết: ? | 3*"]);
    }

    #[test]
    fn the_names_of_bands_say_where_they_begin_and_end() {
        assert_eq!(band_names(&[100], "em", Lang::Vi), ["dưới 100 em", "từ 100 em trở lên"]);
        assert_eq!(band_names(&[10, 20, 1000], "lớp", Lang::Vi), ["dưới 10 lớp", "10 – 19 lớp", "20 – 999 lớp", "từ 1.000 lớp trở lên"]);
        assert_eq!(band_names(&[], "em", Lang::Vi), ["em"]);
    }

    #[test]
    fn rows_filters_and_places_that_there_are_not_are_told() {
        let column = "columns = [{ value = 'pupils' }]";
        assert!(wrong(&format!("rows = ['communes']\n{column}")).contains("communes"));
        assert!(wrong(&format!("rows = ['all']\nfilter = {{ colour = ['red'] }}\n{column}")).contains("colour"));
        let against = "rows = ['all']\ncolumns = [{ value = 'pupils', against = { place = 'T7', heading = 'x' } }]";
        assert!(wrong(against).contains("T7"));
    }
}
