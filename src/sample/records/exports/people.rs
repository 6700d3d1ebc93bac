//! Words that exports say of people and schools beside the fields that are counted: names, numbers, addresses of nobody.
//!
//! They are made of a seed and an id when an export is written and stand in no other file.

use unicode_normalization::UnicodeNormalization as _;

use super::recipe::{PeopleNames, Said};
use crate::sample::Rng;

/// Names of a school and where it lies.
#[derive(Debug, Clone, Copy)]
pub struct SchoolWords<'a> {
    /// Name of the school.
    pub name: &'a str,
    /// Name of the commune.
    pub commune: &'a str,
    /// Code of the commune.
    pub commune_code: &'a str,
}

/// Somebody, or a school, of whom an export says something.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Parts of names.
    pub names: &'a PeopleNames,
    /// Seed of everybody.
    pub seed: u64,
    /// Id that tells them apart.
    pub id: &'a str,
    /// Whether a woman.
    pub is_female: bool,
    /// The school.
    pub school: SchoolWords<'a>,
    /// The year in which the school year begins.
    pub year: i32,
    /// Number of the row.
    pub row: usize,
}

impl Person<'_> {
    /// Text of something that is said.
    #[must_use]
    pub fn says(&self, what: Said) -> String {
        match what {
            Said::Number => self.row.to_string(),
            Said::Id => self.id.to_owned(),
            Said::Name => self.name(0, self.is_female),
            Said::Father => self.name(1, false),
            Said::Mother => self.name(2, true),
            Said::FatherBorn => self.luck(3).between(1970, 1992).to_string(),
            Said::MotherBorn => self.luck(4).between(1973, 1996).to_string(),
            Said::Job => self.pick(5, &self.names.jobs).to_owned(),
            Said::Phone => format!("0999{:06}", self.luck(6).below(1_000_000)),
            Said::Email => format!("{}{}@vi-du.invalid", address_of(&self.name(0, self.is_female)), self.luck(7).below(1000)),
            Said::Identity => format!("000{:09}", self.luck(8).below(1_000_000_000)),
            Said::Address => format!("{}, {}", self.pick(9, &self.names.streets), self.school.commune),
            Said::Province => self.names.province.clone(),
            Said::Commune => self.school.commune.to_owned(),
            Said::CommuneCode => self.school.commune_code.to_owned(),
            Said::School => self.school.name.to_owned(),
            Said::Since => format!("05/09/{}", self.year),
        }
    }

    /// The luck of one thing that is said.
    fn luck(&self, number: u64) -> Rng {
        Rng::stream(Rng::named(self.seed, self.id).next_u64(), number)
    }

    fn pick<'n>(&self, number: u64, list: &'n [String]) -> &'n str {
        let at = self.luck(number).below(i64::try_from(list.len()).unwrap_or(1));
        usize::try_from(at).ok().and_then(|at| list.get(at)).map_or("", String::as_str)
    }

    /// A name; fathers share the family name.
    fn name(&self, number: u64, is_female: bool) -> String {
        let names = self.names;
        let (middle, given) = if is_female { (&names.middle_female, &names.given_female) } else { (&names.middle_male, &names.given_male) };
        let family = if number == 2 { number + 100 } else { 100 };
        format!("{} {} {}", self.pick(family, &names.family), self.pick(number + 200, middle), self.pick(number + 300, given))
    }
}

/// A name as the beginning of an address: plain letters and dots.
fn address_of(name: &str) -> String {
    let plain = name.to_lowercase().replace('đ', "d").replace(' ', ".");
    plain.nfd().filter(char::is_ascii).collect()
}
