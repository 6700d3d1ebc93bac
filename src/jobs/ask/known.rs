//! The archive's own names, by which a question is understood: school years, places, units, and things that its forms count.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::things::{Thing, things};
use super::understand::Division;
use super::words::{AskWords, Remaining};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::base::term::{SchoolYear, Term};
use crate::base::text::fold;
use crate::forms::{Form, Schemas};
use crate::sql::{QueryEntry, SqlSession};

/// Names that questions can be understood by.
#[derive(Debug)]
pub struct Known {
    /// School years of the term, the last one last.
    pub years: Vec<SchoolYear>,
    /// Forms of each year.
    forms: BTreeSet<(i32, String)>,
    /// Measures and rows.
    pub things: Vec<Thing>,
    /// Places by the length of their names, the longest first.
    places: Vec<KnownPlace>,
    /// Parts that a table can be divided by, with their names.
    divisions: Vec<(String, Division)>,
}

/// A place: a unit, or a value of a grouping.
#[derive(Debug, Clone)]
pub struct KnownPlace {
    /// `unit`, or the grouping.
    pub kind: String,
    /// Code of the unit, or the value.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// The name without the word that says which kind of place it is; empty where that would be no name.
    bare: String,
}

impl Known {
    /// Looks up what an archive holds of a term.
    ///
    /// # Errors
    /// When its tables cannot be read.
    pub fn look_up(schemas: &Schemas, asked: &SqlSession<'_>, term: Term) -> Result<Self> {
        let states = asked.states().iter().filter(|state| state.key.period.term == term);
        let years: Vec<SchoolYear> = states.map(|state| state.key.period.year).collect();
        let mut forms_of_years = BTreeSet::new();
        for row in asked.ask(&format!("SELECT DISTINCT school_year, form FROM forms WHERE term = '{}'", term.id()))?.rows()? {
            if let [QueryEntry::Whole(year), QueryEntry::Text(id)] = row.as_slice() {
                forms_of_years.insert((i32::try_from(*year).unwrap_or_default(), id.clone()));
            }
        }
        let is_used = |form: &&Arc<Form>| forms_of_years.iter().any(|(_, id)| **id == *form.id);
        let forms: Vec<Arc<Form>> = schemas.forms.iter().filter(is_used).cloned().collect();
        let (mut places, mut kinds) = (Vec::new(), Vec::new());
        let sql = "SELECT DISTINCT place_kind, place, place_name, place_unit_kind FROM places \
                   UNION SELECT 'unit', unit, name, CAST(NULL AS VARCHAR) FROM units ORDER BY 1, 2, 3, 4";
        for row in asked.ask(sql)?.rows()? {
            let [kind, code, name, unit_kind] =
                [0, 1, 2, 3].map(|at| if let QueryEntry::Text(text) = &row[at] { text.clone() } else { String::new() });
            let is_office = kind != "unit" || !unit_kind.is_empty();
            let division = if kind == "unit" {
                (!unit_kind.is_empty()).then_some(Division::Kind(unit_kind))
            } else {
                Some(Division::Grouping(kind.clone()))
            };
            kinds.extend(division.filter(|division| !kinds.contains(division)));
            let name = if name.is_empty() { code.clone() } else { name };
            let bare = if is_office { bare_name(schemas, &name) } else { String::new() };
            places.push(KnownPlace { kind, code, name, bare });
        }
        // Of a place that is a unit and a value of a grouping the unit is meant.
        places.sort_by_key(|place| (std::cmp::Reverse(place.name.chars().count()), place.kind != "unit"));
        let divisions =
            kinds.into_iter().flat_map(|division| division_names(schemas, &division).into_iter().map(move |name| (name, division.clone())));
        Ok(Self { years, forms: forms_of_years, things: things(schemas, &forms), places, divisions: divisions.collect() })
    }

    /// Whether returns of a form are of a school year.
    pub fn has_form(&self, year: SchoolYear, form: &str) -> bool {
        self.forms.contains(&(year.0, form.to_owned()))
    }

    /// Names of everything: things, places, parts.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        let things = self.things.iter().flat_map(Thing::all_names);
        things.chain(self.places.iter().map(|place| &place.name)).chain(self.divisions.iter().map(|(name, _)| name))
    }

    /// Takes the name or code of a place out of a question.
    ///
    /// # Errors
    /// When several units have the name.
    pub fn take_place(&self, rest: &mut Remaining) -> Result<Option<&KnownPlace>> {
        let Some(place) = self.places.iter().find(|place| rest.take(&place.name)) else {
            return Ok(self.places.iter().find(|place| rest.take(&place.code)));
        };
        let mut codes: Vec<&str> = self.places.iter().filter(|own| fold(&own.name) == fold(&place.name)).map(|own| &*own.code).collect();
        codes.sort_unstable();
        codes.dedup();
        if codes.len() > 1 {
            let hint = Some(message!("query.ask_codes", codes = codes.join(", ")));
            return Err(Error::Unknown { kind: message!("kinds.unit"), name: place.name.clone(), hint });
        }
        Ok(Some(place))
    }

    /// Takes the name of a place without the word for its kind (`Tân An` for `Xã Tân An`) out of a question.
    ///
    /// # Errors
    /// When several places are called so; with their whole names.
    pub fn take_bare_place(&self, rest: &mut Remaining) -> Result<Option<&KnownPlace>> {
        let mut bare: Vec<&KnownPlace> = self.places.iter().filter(|place| !place.bare.is_empty()).collect();
        bare.sort_by_key(|place| std::cmp::Reverse(place.bare.chars().count()));
        let Some(place) = bare.iter().find(|place| rest.take(&place.bare)) else { return Ok(None) };
        let mut meant: Vec<&KnownPlace> = Vec::new();
        for own in bare.iter().filter(|own| own.bare == place.bare) {
            // A unit that is a value of a grouping, too, is one place.
            if !meant.iter().any(|known| known.code == own.code) {
                meant.push(own);
            }
        }
        let [only] = meant.as_slice() else {
            let names: Vec<String> = meant.iter().map(|own| format!("{} ({})", own.name, own.code)).collect();
            let hint = Some(message!("query.ask_candidates", names = names.join("; ")));
            return Err(Error::Unknown { kind: message!("kinds.place"), name: place.bare.clone(), hint });
        };
        Ok(Some(only))
    }

    /// Name of the places that a table is divided by; empty for other parts.
    pub fn name_of(&self, division: &Division) -> String {
        self.divisions.iter().find(|(_, own)| own == division).map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// Takes the parts that a table is to be divided by out of a question.
    pub fn take_division(&self, rest: &mut Remaining, words: &AskWords) -> Option<Division> {
        let levels = words.levels.iter().map(|name| (name, Division::Level));
        let schools = words.schools.iter().map(|name| (name, Division::School));
        let own = self.divisions.iter().map(|(name, division)| (name, division.clone()));
        let mut all: Vec<(&String, Division)> = levels.chain(own).chain(schools).collect();
        all.sort_by_key(|(name, _)| std::cmp::Reverse(name.chars().count()));
        all.into_iter()
            .find(|(name, _)| words.divided.iter().any(|lead| rest.take(&format!("{lead} {name}"))))
            .map(|(_, division)| division)
    }
}

/// A place's name without the word that says of which kind it is. A single word or number is no name of a place by itself: it may
/// mean anything.
fn bare_name(schemas: &Schemas, name: &str) -> String {
    let folded = fold(name);
    let mut words = schemas.register.place_words.iter().flatten();
    let bare = words.find_map(|word| folded.strip_prefix(&format!("{} ", fold(word)))).unwrap_or_default();
    if bare.contains(' ') { bare.to_owned() } else { String::new() }
}

/// Names of the parts of a division: of a kind of unit each that is written with a stroke, of a grouping the heading of the
/// register and its first word, for a former district is asked for as a district.
fn division_names(schemas: &Schemas, division: &Division) -> Vec<String> {
    let register = &schemas.register;
    let mut names = Vec::new();
    match division {
        Division::Kind(code) => {
            for kind in register.kinds.iter().filter(|kind| kind.code == *code) {
                names.extend(kind.name_vi.split('/').map(str::to_owned));
                names.push(kind.name_en.clone());
            }
        }
        Division::Grouping(key) => {
            for column in register.columns.iter().filter(|column| column.key == *key) {
                names.extend([column.name_vi.clone(), key.replace('_', " ")]);
                names.extend(column.name_vi.split(' ').next().map(str::to_owned));
            }
        }
        Division::Whole | Division::Level | Division::School => {}
    }
    names.iter().map(|name| fold(name)).collect()
}
