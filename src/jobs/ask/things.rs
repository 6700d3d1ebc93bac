//! Things that can be asked for: the measures of the schemas, and every row of the forms by its name.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;
use crate::base::text::fold;
use crate::forms::{Form, Measure, MeasurePart, Row, RowAddress, Schemas, Sheet};

/// Candidates that are named at most.
const MOST_CANDIDATES: usize = 8;

/// Something that can be asked for.
#[derive(Debug, Clone)]
pub struct Thing {
    /// Its names, Vietnamese and English.
    names: [String; 2],
    /// Its unit of measure.
    pub unit: String,
    /// A measure of the schemas; otherwise rows of the forms that have the name.
    is_measure: bool,
    /// Where it stands.
    pub parts: Vec<AskedPart>,
}

/// Rows of a form that add up to a thing.
#[derive(Debug, Clone)]
pub struct AskedPart {
    /// The form.
    pub form: Arc<Form>,
    /// Its rows.
    pub part: MeasurePart,
}

impl Thing {
    /// Its name in a language.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.names[0], &self.names[1])
    }

    /// Its names in all languages.
    pub fn all_names(&self) -> impl Iterator<Item = &String> {
        self.names.iter()
    }
}

/// Everything that can be asked for of some forms.
pub fn things(schemas: &Schemas, forms: &[Arc<Form>]) -> Vec<Thing> {
    let mut all: Vec<Thing> = Vec::new();
    for measure in &schemas.measures.measures {
        // Forms of several circulars may have one layout, and every year has its own.
        let of = |part: &MeasurePart| {
            let own = forms.iter().filter(|form| form.layout.id == part.layout);
            own.map(|form| AskedPart { form: Arc::clone(form), part: part.clone() }).collect::<Vec<_>>()
        };
        let parts: Vec<AskedPart> = measure.parts.iter().flat_map(of).collect();
        let is_counted = parts.iter().all(|own| own.part.kind(&own.form.layout) == NumberKind::Counts);
        if !parts.is_empty() && is_counted {
            all.extend(named_parts(measure, &parts));
            let names = [measure.name_vi.clone(), measure.name_en.clone()];
            all.push(Thing { names, unit: measure.unit_vi.clone(), is_measure: true, parts });
        }
    }
    all.extend(rows(forms));
    all
}

/// Parts of a measure that have names of their own, such as the pupils of primary schools.
fn named_parts(measure: &Measure, parts: &[AskedPart]) -> Vec<Thing> {
    let mut named: BTreeMap<&str, Vec<AskedPart>> = BTreeMap::new();
    for own in parts.iter().filter(|own| !own.part.name_vi.is_empty() && own.part.name_vi != measure.name_vi) {
        named.entry(&own.part.name_vi).or_default().push(own.clone());
    }
    let thing = |(name, parts): (&str, Vec<AskedPart>)| Thing {
        names: [name.to_owned(), name.to_owned()],
        unit: measure.unit_vi.clone(),
        is_measure: true,
        parts,
    };
    named.into_iter().map(thing).collect()
}

/// Rows of the forms by their names, those of one name together.
fn rows(forms: &[Arc<Form>]) -> Vec<Thing> {
    let mut by_name: BTreeMap<String, Thing> = BTreeMap::new();
    for form in forms {
        let counted = form.layout.data_sheets().filter(|(_, sheet)| sheet.number_kind() == Some(NumberKind::Counts));
        for (_, sheet) in counted {
            for row in sheet.rows.iter().filter(|row| row.code.is_some()) {
                let name = row_name(sheet, row);
                let thing = by_name.entry(fold(&name)).or_insert_with(|| Thing {
                    names: [name.clone(), name.clone()],
                    unit: row.unit.to_string(),
                    is_measure: false,
                    parts: Vec::new(),
                });
                let code = row.code.as_deref().unwrap_or_default().to_owned();
                let part = MeasurePart {
                    layout: Arc::clone(&form.layout.id),
                    level: Arc::clone(&form.level),
                    name_vi: name,
                    rows: vec![RowAddress { sheet: sheet.id.to_string(), code }],
                    select: BTreeMap::new(),
                    pending: Vec::new(),
                    open_in: Vec::new(),
                };
                thing.parts.push(AskedPart { form: Arc::clone(form), part });
            }
        }
    }
    by_name.into_values().collect()
}

/// Labels from the rows above down to a row, without signs of lists.
fn row_name(sheet: &Sheet, row: &Row) -> String {
    let mut labels = vec![plain(&row.label)];
    let mut indent = row.indent;
    for above in sheet.rows.iter().rev().filter(|above| above.at < row.at) {
        if above.indent < indent {
            indent = above.indent;
            labels.push(plain(&above.label));
        }
    }
    labels.reverse();
    labels.dedup();
    labels.join(": ")
}

fn plain(label: &str) -> String {
    label.trim_start_matches(['-', '+', '*', '.', ' ', '–']).trim_end_matches([':', ' ']).to_owned()
}

/// The thing that has a name, whole.
pub fn called<'a>(things: &'a [Thing], name: &str) -> Option<&'a Thing> {
    things.iter().find(|thing| thing.all_names().any(|own| fold(own) == name))
}

/// The thing that words name: by its whole name, otherwise the only one whose own label they are. Anything less is no answer but
/// candidates, for a figure of something alike would be taken for what was asked.
///
/// # Errors
/// When nothing is called so, or several things are; with those that may be meant.
pub fn thing_named<'a>(things: &'a [Thing], words: &[&str]) -> Result<&'a Thing> {
    let asked = words.join(" ");
    if let Some(thing) = called(things, &asked) {
        return Ok(thing);
    }
    let is_label = |thing: &&Thing| thing.names.iter().any(|name| name.rsplit(": ").next().is_some_and(|label| fold(label) == asked));
    let labelled: Vec<&Thing> = things.iter().filter(is_label).collect();
    match labelled.as_slice() {
        [only] => Ok(only),
        [] => {
            let mut fitting: Vec<(usize, &Thing)> = things
                .iter()
                .filter_map(|thing| Some((thing.all_names().filter_map(|name| words_beside(name, words)).min()?, thing)))
                .collect();
            fitting.sort_by_key(|(excess, thing)| (*excess, !thing.is_measure));
            let fitting: Vec<&Thing> = fitting.into_iter().map(|(_, thing)| thing).collect();
            Err(unknown(&asked, if fitting.is_empty() { nearest(things, words) } else { fitting }))
        }
        several => Err(unknown(&asked, several.to_vec())),
    }
}

/// How many words a name has beside those that are asked for; none where it lacks one.
fn words_beside(name: &str, words: &[&str]) -> Option<usize> {
    let folded = fold(name);
    let own: Vec<&str> = folded.split([' ', ':', ',', '(', ')']).filter(|word| !word.is_empty()).collect();
    let has_all = !words.is_empty() && words.iter().all(|word| own.contains(word));
    has_all.then(|| own.len().saturating_sub(words.len()))
}

/// Things whose names share the most words with those asked for.
fn nearest<'a>(things: &'a [Thing], words: &[&str]) -> Vec<&'a Thing> {
    let shared = |thing: &Thing| {
        let name = fold(&thing.names[0]);
        words.iter().filter(|word| name.split([' ', ':']).any(|own| own == **word)).count()
    };
    let mut near: Vec<(usize, &Thing)> = things.iter().map(|thing| (shared(thing), thing)).filter(|(count, _)| *count > 0).collect();
    near.sort_by_key(|(count, thing)| (std::cmp::Reverse(*count), !thing.is_measure));
    near.into_iter().map(|(_, thing)| thing).collect()
}

fn unknown(asked: &str, candidates: Vec<&Thing>) -> Error {
    let names: Vec<&str> = candidates.iter().take(MOST_CANDIDATES).map(|thing| thing.names[0].as_str()).collect();
    let hint = if names.is_empty() { message!("query.ask_list") } else { message!("query.ask_candidates", names = names.join("; ")) };
    Error::Unknown { kind: message!("kinds.figure_to_ask_for"), name: asked.to_owned(), hint: Some(hint) }
}

/// Names of all measures and rows that hold the words, for a list.
pub fn listed(things: &[Thing], words: &[&str], lang: Lang) -> Vec<Message> {
    let holds = |thing: &&Thing| {
        words.is_empty() && thing.is_measure || !words.is_empty() && thing.all_names().any(|name| words_beside(name, words).is_some())
    };
    things.iter().filter(holds).map(|thing| message!("query.ask_thing", name = thing.name(lang), unit = thing.unit)).collect()
}
