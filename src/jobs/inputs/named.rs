//! Names of units and forms in settings and deadlines, held against the register and the circular: those that are not there are told.

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::Schemas;
use crate::register::Register;
use crate::tables::shown_path;
use crate::workspace::{NamedPlace, Pipeline};

/// Refuses units, kinds, levels and forms that the register or the circular does not have: a deadline would be nobody's, a report
/// would not be made, and nobody would notice.
pub(super) fn check_named(pipeline: &Pipeline, register: &Register, schemas: &Schemas) -> Result<()> {
    let known = Known { register, schemas };
    let mut problems = Vec::new();
    for named in pipeline.named()? {
        if let Some(reason) = known.problem(&named.key, &named.text) {
            problems.push((named, reason));
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let told = problems.into_iter().map(|(named, reason)| pipeline.place_of(&named).map(|place| (place, reason)));
    let told: Vec<(NamedPlace, Message)> = told.collect::<Result<_>>()?;
    let file = told.first().map(|(place, _)| shown_path(&place.file)).unwrap_or_default();
    let lines = told.into_iter().map(|(place, reason)| place.saying(reason)).collect();
    Err(Error::config(file, Message::lines(lines)).with_hint(message!("settings.mend_and_run_again")))
}

struct Known<'a> {
    register: &'a Register,
    schemas: &'a Schemas,
}

impl Known<'_> {
    /// Problem of a name that stands under a key.
    fn problem(&self, key: &str, text: &str) -> Option<Message> {
        let register = &self.schemas.register;
        match key {
            "kinds" => {
                let codes = register.kinds.iter().map(|own| own.code.as_str());
                not_among(text, codes, &message!("kinds.kind_of_unit"))
            }
            "levels" => not_among(text, register.levels.iter().map(|own| own.code.as_str()), &message!("kinds.level")),
            "forms" if self.schemas.forms.iter().any(|form| form.is_called(text)) => None,
            "forms" => not_among(text, self.schemas.forms.iter().map(|form| &*form.symbol), &message!("kinds.form")),
            "reports" if register.kind(text).is_some() => None,
            "reports" => {
                self.unit_problem(text).or_else(|| self.is_facility(text).then(|| message!("settings.no_report_of_a_school", text)))
            }
            _ => self.unit_problem(text),
        }
    }

    /// Whether a unit adds nothing up: its own return is all that there is of it.
    fn is_facility(&self, text: &str) -> bool {
        let mut units = self.register.units.iter().filter(|unit| unit.is_called(text));
        units.all(|unit| !unit.aggregate)
    }

    /// Problem of a unit that is told by its code or its name, on whatever day it is one.
    fn unit_problem(&self, text: &str) -> Option<Message> {
        let units = &self.register.units;
        let mut codes: Vec<&str> = units.iter().filter(|unit| unit.is_called(text)).map(|unit| &*unit.code).collect();
        if codes.contains(&text) {
            return None;
        }
        codes.sort_unstable();
        codes.dedup();
        match codes.as_slice() {
            [] => {
                let names = || units.iter().map(|unit| &*unit.name);
                let holds = names().find(|name| fold(name).contains(&fold(text)));
                let near = holds.or_else(|| closest(text, units.iter().map(|unit| &*unit.code))).or_else(|| closest(text, names()));
                Some(message!("settings.not_there", kind = message!("kinds.unit"), text).meaning(near))
            }
            [_] => None,
            several => Some(message!("settings.several_of_name", text, codes = several.join(", "))),
        }
    }
}

fn not_among<'a>(text: &str, known: impl Iterator<Item = &'a str> + Clone, kind: &Message) -> Option<Message> {
    let is_known = known.clone().any(|own| own == text);
    (!is_known).then(|| message!("settings.not_there", kind, text).meaning(closest(text, known)))
}
