//! Population, the denominator that no education form has: a table with its own source and boundaries.
//!
//! One row per place, age and perhaps sex: `Địa bàn, Độ tuổi, Giới tính, Dân số, Nguồn, Ranh giới tại ngày`.
//! An age is a year (`6`), a band of years (`6-10`), or any text that an indicator asks for by name
//! (`3-36 tháng`). A band is added up from single years where it is not given as such.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;

use super::places::{Place, PlaceKind};
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::number::{NumberKind, NumberLocale, from_text};
use crate::base::text::fold;
use crate::register::{Tree, UnitIndex};
use crate::tables::{Table, TableValue, parse_date};

/// Headings of the columns that are read.
pub const POPULATION_COLUMNS: [&str; 12] = [
    "Địa bàn",
    "place",
    "Độ tuổi",
    "age",
    "Dân số",
    "population",
    "Nguồn",
    "source",
    "Ranh giới tại ngày",
    "boundary_date",
    "Giới tính",
    "sex",
];

/// Population by place, age and sex; both sexes where that is empty.
#[derive(Debug, Clone)]
pub struct Population {
    /// The file.
    pub file: Arc<str>,
    /// Where the figures are from, each source once.
    pub sources: BTreeSet<String>,
    /// By place, folded age and sex.
    pub(super) people: BTreeMap<(String, String, String), i64>,
    /// The day whose boundaries a place's figures follow.
    boundaries: BTreeMap<String, NaiveDate>,
}

impl Population {
    /// Reads the table.
    ///
    /// # Errors
    /// One error naming every line that cannot be used: a missing column, no source or boundary date, not a
    /// number, a place and age twice.
    pub fn read(table: &Table, locale: NumberLocale) -> Result<Self> {
        let column = |names: &[&str; 2]| table.find(names).ok_or_else(|| Error::config(&table.file, table.no_column(names[0])));
        let [place, age, count, source, boundary] = [
            ["Địa bàn", "place"],
            ["Độ tuổi", "age"],
            ["Dân số", "population"],
            ["Nguồn", "source"],
            ["Ranh giới tại ngày", "boundary_date"],
        ]
        .map(|names| column(&names));
        let (place, age, count, source, boundary) = (place?, age?, count?, source?, boundary?);
        let sex = table.find(&["Giới tính", "sex"]);
        let mut all =
            Self { file: Arc::clone(&table.file), sources: BTreeSet::new(), people: BTreeMap::new(), boundaries: BTreeMap::new() };
        let mut problems = Vec::new();
        for row in &table.rows {
            let text = |at: usize| row.text(Some(at));
            let mut wrong = |what: Message| problems.push(Message::on_line(row.line, what));
            let number = match row.values.get(count) {
                Some(TableValue::Number(number)) => crate::base::number::from_float(*number, NumberKind::Counts),
                _ => from_text(&text(count), locale, NumberKind::Counts),
            };
            let day = match row.values.get(boundary) {
                Some(TableValue::Date(day)) => Some(*day),
                _ => parse_date(&text(boundary)).ok(),
            };
            if matches!(row.values.get(age), Some(TableValue::Date(_))) {
                wrong(message!("indicators.age_turned_into_date"));
                continue;
            }
            let Some(sex) = sex_of(&row.text(sex)) else {
                wrong(message!("indicators.sex_male_female_blank"));
                continue;
            };
            match (number.ok().filter(|number| *number >= 0), day) {
                (None, _) => wrong(message!("indicators.population_no_whole_number")),
                (_, None) => wrong(message!("indicators.no_boundary_date_such")),
                _ if text(source).is_empty() => wrong(message!("indicators.no_source")),
                (Some(number), Some(day)) => {
                    all.sources.insert(text(source));
                    all.boundaries.entry(text(place)).and_modify(|known| *known = day.min(*known)).or_insert(day);
                    if all.people.insert((text(place), age_key(&text(age)), sex.to_owned()), number).is_some() {
                        wrong(message!("indicators.place_age_sex_stands"));
                    }
                }
            }
        }
        if problems.is_empty() { Ok(all) } else { Err(Error::config(&table.file, Message::join(&problems, "\n  "))) }
    }

    /// The people of a place in an age band: its own row, or the sum over the lowest places within it.
    ///
    /// # Errors
    /// Why it is not known: no row, rows missing for some of the places within, or boundaries of before the place was.
    pub fn of(&self, tree: &Tree, place: &Place, age: &str, sex: &str) -> std::result::Result<i64, Message> {
        if let Some(people) = self.row(&place.code, age, sex) {
            return self.checked(tree, &place.code).map(|()| people);
        }
        let within = lowest_places(tree, place);
        let missing: Vec<&str> = within.iter().filter(|code| self.row(code, age, sex).is_none()).map(|code| &**code).collect();
        if within.is_empty() || !missing.is_empty() {
            let shown = missing.iter().filter(|code| ***code != *place.code).take(5).copied().collect::<Vec<_>>().join(", ");
            let name = if place.code.is_empty() { &*place.name } else { &*place.code };
            let of_sex = match sex {
                "" => Message::from(""),
                "female" => message!("indicators.of_women"),
                _ => message!("indicators.of_men"),
            };
            let within = if shown.is_empty() { Message::from("") } else { message!("indicators.places_missing", shown) };
            return Err(message!("indicators.population_has_no_line", age, of_sex, name, within));
        }
        within.iter().try_fold(0_i64, |sum, code| {
            self.checked(tree, code)?;
            Ok(sum + self.row(code, age, sex).unwrap_or(0))
        })
    }

    /// The people in a band, as given or added up from single years.
    fn row(&self, place: &str, age: &str, sex: &str) -> Option<i64> {
        let get = |age: &str, sex: &str| self.people.get(&(place.to_owned(), age_key(age), sex.to_owned())).copied();
        // Both sexes may be given apart.
        let both = |age: &str| get(age, sex).or_else(|| if sex.is_empty() { Some(get(age, "female")? + get(age, "male")?) } else { None });
        both(age).or_else(|| {
            let (first, last) = age.split_once('-')?;
            let (first, last): (u8, u8) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
            (first..=last).map(|year| both(&year.to_string())).sum()
        })
    }

    /// Boundaries of before a unit was there are those of another place.
    fn checked(&self, tree: &Tree, code: &str) -> std::result::Result<(), Message> {
        let since = tree.find(code).and_then(|unit| tree.units[unit].valid_from);
        match (since, self.boundaries.get(code)) {
            (Some(since), Some(day)) if *day < since => {
                Err(message!("indicators.population_of_older_boundaries", code, day = Message::day(*day)))
            }
            _ => Ok(()),
        }
    }
}

/// An age as it is looked up: `6 đến 10 tuổi` and `6 – 10` are `6-10`.
fn age_key(text: &str) -> String {
    let text = fold(text).replace(['–', '—'], "-").replace(" đến ", "-").replace(" den ", "-");
    let years = text.strip_suffix("tuổi").or_else(|| text.strip_suffix("tuoi")).unwrap_or(&text);
    years.split('-').map(str::trim).collect::<Vec<_>>().join("-")
}

fn sex_of(text: &str) -> Option<&'static str> {
    match fold(text).as_str() {
        "" => Some(""),
        "nu" | "nữ" | "female" | "f" => Some("female"),
        "nam" | "male" | "m" => Some("male"),
        _ => None,
    }
}

/// The lowest units that stand for places, within a place.
pub(super) fn lowest_places(tree: &Tree, place: &Place) -> Vec<Arc<str>> {
    let is_lowest = |unit: UnitIndex| tree.units[unit].aggregate && !tree.children(unit).iter().any(|&child| tree.units[child].aggregate);
    let is_within = |unit: UnitIndex| match &place.kind {
        PlaceKind::Unit(top) => tree.ancestors(unit).any(|above| above == *top),
        PlaceKind::Group(key) => *tree.units[unit].group(key) == *place.code && !place.code.is_empty(),
        PlaceKind::Band => false,
    };
    tree.units.indexes().filter(|&unit| is_lowest(unit) && is_within(unit)).map(|unit| Arc::clone(&tree.units[unit].code)).collect()
}
