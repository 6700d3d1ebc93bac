//! The units of a synthetic province: what each is called, where it lies, what
//! it files and how large it is. Nothing here draws figures of a form.

use std::sync::Arc;

use crate::base::number::NumberKind;
use crate::forms::{Form, RegisterSchema};

use super::SampleOptions;
use super::recipe::{NurseryGroups, Recipe, Superior};
use super::register::RegisterLine;
use super::rng::Rng;
use super::values::{OWNERSHIP, Profile};

/// A unit with what its figures depend on, if it files any.
#[derive(Debug, Clone)]
pub struct SamplePlace {
    /// Its line in the register.
    pub line: RegisterLine,
    /// Its name.
    pub profile: Profile,
    /// Forms it files, by index.
    pub forms: Vec<usize>,
}

/// A level with the forms its schools file.
struct Level<'a> {
    code: &'a str,
    name: &'a str,
    forms: Vec<usize>,
    /// Schools made so far.
    schools: usize,
}

/// Makes the places of a province.
pub struct SamplePlaces<'a> {
    recipe: &'a Recipe,
    register: &'a RegisterSchema,
    options: &'a SampleOptions,
    forms: &'a [Arc<Form>],
    levels: Vec<Level<'a>>,
    next_code: usize,
}

impl<'a> SamplePlaces<'a> {
    /// Ready to make the places that file these forms.
    #[must_use]
    pub fn new(recipe: &'a Recipe, register: &'a RegisterSchema, options: &'a SampleOptions, forms: &'a [Arc<Form>]) -> Self {
        let levels = register.levels.iter().map(|level| Level {
            code: &level.code,
            name: &level.name_vi,
            forms: (0..forms.len()).filter(|&form| *forms[form].level == *level.code).collect(),
            schools: 0,
        });
        let levels = levels.filter(|level| !level.forms.is_empty()).collect();
        Self { recipe, register, options, forms, levels, next_code: 1001 }
    }

    /// All places, parents before children; every code is of its own.
    #[must_use]
    pub fn make(mut self) -> Vec<SamplePlace> {
        let communes = self.options.communes.max(1);
        let mut places = vec![self.department()];
        places.extend((0..communes).map(|number| self.commune(number, communes)));
        for number in 0..self.options.schools {
            let school = self.school(number, &places[1 + number % communes].line);
            places.extend(school);
        }
        self.enter_above(&mut places);
        let groups = self.recipe.nursery_groups.clone();
        if let Some(level) = self.levels.iter().position(|level| level.code == groups.level) {
            self.nursery_groups(&groups, level, &mut places);
        }
        places[0].profile.people = places.iter().map(|place| place.profile.people).sum();
        places
    }

    /// The department, with a return of its own for the first form that holds amounts.
    fn department(&self) -> SamplePlace {
        let is_money = |kind| kind == Some(NumberKind::Amounts);
        let holds_amounts = |form: &Arc<Form>| form.layout.data_sheets().any(|(_, sheet)| is_money(sheet.number_kind()));
        let line = RegisterLine {
            code: self.recipe.names.province_code.clone(),
            name: self.recipe.names.department.clone(),
            kind: "department".to_owned(),
            ..RegisterLine::default()
        };
        let mut place = SamplePlace { line, profile: self.profile("", ""), forms: Vec::new() };
        place.profile.fills = NumberKind::Amounts;
        self.expect(&mut place, self.forms.iter().position(holds_amounts).as_slice());
        place
    }

    /// Forms that the department enters itself: the schools they are about file with it.
    fn enter_above(&self, places: &mut [SamplePlace]) {
        let (above, below) = places.split_at_mut(1);
        let above = &mut above[0].line;
        for place in below.iter_mut().filter(|place| !place.forms.is_empty()) {
            let is_entered_above = |&form: &usize| {
                let form = &self.forms[form];
                !form.is_filed_by(&place.line.kind) && form.is_filed_by(&above.kind)
            };
            if !place.forms.iter().all(is_entered_above) {
                continue;
            }
            let forms = std::mem::take(&mut place.line.forms);
            above.forms.extend(forms.into_iter().filter(|form| !above.forms.contains(form)).collect::<Vec<_>>());
            place.line.files_with.clone_from(&above.code);
        }
    }

    fn commune(&self, number: usize, communes: usize) -> SamplePlace {
        let names = &self.recipe.names;
        let district = number / names.communes_per_district.max(1);
        let cluster = number / names.communes_per_cluster.max(1);
        let area = turn(&self.recipe.areas, number * self.recipe.areas.len() / communes);
        let code = format!("{}{:03}", names.province_code, number + 1);
        let line = RegisterLine {
            name: turn(&names.communes, number).replace("{name}", &numbered(&names.places, number)),
            kind: "commune".to_owned(),
            reports_to: names.province_code.clone(),
            commune: code.clone(),
            // Districts take their names from the far end, so that few communes bear their district's.
            former_district: turn(&names.districts, district).replace("{name}", &numbered(&reversed(&names.places), district)),
            cluster: names.cluster.replace("{name}", &(cluster + 1).to_string()),
            area: area.to_owned(),
            code,
            ..RegisterLine::default()
        };
        SamplePlace { line, profile: self.profile("", area), forms: Vec::new() }
    }

    /// One school; the last one teaches several levels.
    fn school(&mut self, number: usize, commune: &RegisterLine) -> Option<SamplePlace> {
        let taught = self.taught(number)?;
        let first = *taught.first()?;
        let forms: Vec<usize> = taught.iter().flat_map(|&level| self.levels[level].forms.iter().copied()).collect();
        let recipe = self.recipe.level(self.levels[first].code)?;
        let (wanted, name) = if taught.len() > 1 {
            (self.recipe.multi_level.ownership.as_str(), self.recipe.multi_level.name.clone())
        } else {
            let list = if recipe.names.is_empty() { &self.recipe.names.heroes } else { &recipe.names };
            let before = self.levels[first].schools;
            self.levels[first].schools += 1;
            (turn(&self.recipe.ownership, before), numbered(list, before))
        };
        let level_names: Vec<&str> = taught.iter().map(|&level| self.levels[level].name).collect();
        let pattern = recipe.name.as_ref().unwrap_or(&self.recipe.names.school);
        let mut place = self.within(commune, &recipe.kind, &self.ownership(wanted, &forms));
        place.line.name = pattern.replace("{level}", &level_names.join(" – ")).replace("{name}", &name);
        place.line.levels = taught.iter().map(|&level| self.levels[level].code.to_owned()).collect();
        if recipe.reports_to == Superior::Department {
            place.line.reports_to.clone_from(&self.recipe.names.province_code);
        }
        place.profile.people = Rng::stream(self.options.seed, number as u64).between(recipe.smallest, recipe.largest);
        place.profile.schools = 1;
        place.profile.facilities = recipe.facilities;
        self.expect(&mut place, &forms);
        self.next_code += 1;
        Some(place)
    }

    /// The levels that a school teaches, as indexes.
    fn taught(&self, number: usize) -> Option<Vec<usize>> {
        let index = |code: &String| self.levels.iter().position(|level| level.code == *code);
        let several: Vec<usize> = self.recipe.multi_level.levels.iter().filter_map(index).collect();
        if number + 1 == self.options.schools && several.len() > 1 {
            return Some(several);
        }
        let listed: Vec<usize> = self.recipe.turns.iter().filter_map(index).collect();
        let turns = if listed.is_empty() { (0..self.levels.len()).collect() } else { listed };
        // Each round begins one turn further, so that every commune gets schools of every level.
        let turn = (number + number / self.options.communes.max(1)).checked_rem(turns.len())?;
        Some(vec![turns[turn]])
    }

    /// The groups, and the return that the first commune files for them.
    fn nursery_groups(&mut self, groups: &NurseryGroups, level: usize, places: &mut Vec<SamplePlace>) {
        let forms = self.levels[level].forms.clone();
        let mut rng = Rng::stream(self.options.seed, u64::MAX);
        let commune = places[1].line.clone();
        let ownership = self.ownership(&groups.ownership, &forms);
        for number in 0..groups.count {
            let mut place = self.within(&commune, "nursery_group", &ownership);
            let names = self.recipe.level(&groups.level).map(|level| numbered(&level.names, number)).unwrap_or_default();
            place.line.name = groups.name.replace("{name}", &names);
            place.line.levels = vec![groups.level.clone()];
            place.line.files_with.clone_from(&commune.code);
            places.push(place);
            places[1].profile.people += rng.between(groups.smallest, groups.largest);
            places[1].profile.facilities += 1;
            self.next_code += 1;
        }
        places[1].profile.ownership = ownership.into();
        self.expect(&mut places[1], &forms);
    }

    /// A facility of a commune under the next code.
    fn within(&self, commune: &RegisterLine, kind: &str, ownership: &str) -> SamplePlace {
        let line = RegisterLine {
            code: format!("{}{:06}", self.recipe.names.province_code, self.next_code),
            kind: kind.to_owned(),
            ownership: ownership.to_owned(),
            reports_to: commune.code.clone(),
            commune: commune.commune.clone(),
            former_district: commune.former_district.clone(),
            cluster: commune.cluster.clone(),
            area: commune.area.clone(),
            ..RegisterLine::default()
        };
        SamplePlace { line, profile: self.profile(ownership, &commune.area), forms: Vec::new() }
    }

    fn expect(&self, place: &mut SamplePlace, forms: &[usize]) {
        place.line.forms = forms.iter().map(|&form| self.forms[form].short.to_string()).collect();
        place.forms = forms.to_vec();
    }

    fn profile(&self, ownership: &str, area: &str) -> Profile {
        // An ownership the register does not know would be refused when it is read back.
        let is_known = self.register.ownership.iter().any(|known| known.code == ownership);
        let ownership = if is_known { ownership } else { "" };
        Profile { ownership: ownership.into(), area: area.into(), people: 0, schools: 0, facilities: 0, fills: NumberKind::Counts }
    }

    /// The ownership wanted, or the first of the recipe that all the forms have columns for.
    fn ownership(&self, wanted: &str, forms: &[usize]) -> String {
        let fits = |value: &str| forms.iter().all(|&form| has_columns(&self.forms[form], value));
        let known = self.recipe.ownership.iter().map(String::as_str);
        std::iter::once(wanted).chain(known).find(|value| fits(value)).unwrap_or(wanted).to_owned()
    }
}

/// Every sheet that tells ownerships apart has a column for this one.
fn has_columns(form: &Form, ownership: &str) -> bool {
    form.layout.data_sheets().all(|(_, sheet)| {
        let mut values = sheet.columns.iter().flat_map(|c| &c.dims).filter(|own| &*own.dim == OWNERSHIP).peekable();
        values.peek().is_none() || values.any(|own| *own.value == *ownership)
    })
}

/// The entry of a list that is taken in turn.
fn turn(list: &[String], number: usize) -> &str {
    list.get(number % list.len().max(1)).map_or("", String::as_str)
}

/// Names in turn, numbered from the second round on.
fn numbered(list: &[String], number: usize) -> String {
    match number / list.len().max(1) {
        0 => turn(list, number).to_owned(),
        round => format!("{} {}", turn(list, number), round + 1),
    }
}

fn reversed(list: &[String]) -> Vec<String> {
    list.iter().rev().cloned().collect()
}
