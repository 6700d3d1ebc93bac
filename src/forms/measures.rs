//! Measures: what is counted, and in which cells of which forms it stands.
//!
//! A measure such as `pupils` stands in another row of every form; its parts say where, one
//! part per form, and the form says of which level. What a column selects (ownership, sex …) is
//! chosen where a figure is asked for, so one line serves every breakdown.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;

use super::SlotIndex;
use super::form::{Form, Layout, Sheet};
use crate::base::layout_status::LayoutStatus;
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;

/// The dimension that every figure is chosen by, and its value for the whole.
const WHOLE: (&str, &str) = ("ownership", "all");

/// `<circular>/measures.toml` as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MeasureFile {
    measures: Vec<MeasureEntry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MeasureEntry {
    id: String,
    name_vi: String,
    name_en: String,
    #[serde(default)]
    unit_vi: String,
    #[serde(default)]
    unit_en: String,
    /// Where it stands.
    #[serde(default)]
    cells: Vec<PartEntry>,
    /// Another measure of which it is the columns in `select`.
    #[serde(default)]
    of: Option<String>,
    #[serde(default)]
    select: BTreeMap<String, String>,
    /// Said after the name of the part it is taken from.
    #[serde(default)]
    suffix_vi: String,
    /// Shown year on year.
    #[serde(default)]
    key: bool,
    /// It means another thing at each level.
    #[serde(default)]
    per_level: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct PartEntry {
    form: String,
    #[serde(default)]
    layout_status: Option<LayoutStatus>,
    /// Name of its things in this form, where it has one of its own.
    #[serde(default)]
    name_vi: Option<String>,
    /// `sheet/code` of the rows that add up to it.
    rows: Vec<String>,
    #[serde(default)]
    select: BTreeMap<String, String>,
    /// `sheet/code` of the rows that say how many results are still to come.
    #[serde(default)]
    pending: Vec<String>,
    /// States of results in which they are all still to come.
    #[serde(default)]
    open_in: Vec<String>,
}

/// Something counted.
#[derive(Debug, Clone)]
pub struct Measure {
    /// Id, the same in every circular.
    pub id: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// English name.
    pub name_en: String,
    /// Unit of measure, Vietnamese.
    pub unit_vi: String,
    /// Unit of measure, English.
    pub unit_en: String,
    /// Where it stands.
    pub parts: Vec<MeasurePart>,
    /// Shown year on year.
    pub key: bool,
    /// It means another thing at each level, as completing does: never added over several.
    pub per_level: bool,
}

impl Measure {
    /// Its name in a language.
    #[must_use]
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.name_vi, &self.name_en)
    }

    /// Its unit of measure in a language.
    #[must_use]
    pub fn unit(&self, lang: Lang) -> &str {
        lang.pick(&self.unit_vi, &self.unit_en)
    }
}

/// Where a measure stands in a layout.
#[derive(Debug, Clone)]
pub struct MeasurePart {
    /// Id of the layout.
    pub layout: Arc<str>,
    /// Level of the forms that have it.
    pub level: Arc<str>,
    /// Name of its things there, in Vietnamese.
    pub name_vi: String,
    /// Rows that add up to it.
    pub rows: Vec<RowAddress>,
    /// Values that its columns select, beside what is asked for.
    pub select: BTreeMap<String, String>,
    /// Rows of results that are still to come: while there are any, the figure is open.
    pub pending: Vec<RowAddress>,
    /// States of results in which the figure is open whatever its rows say: the exam is yet to be held.
    pub open_in: Vec<String>,
}

/// A row of a form by its sheet's id and its code.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RowAddress {
    /// Id of its sheet.
    pub sheet: String,
    /// Its code.
    pub code: String,
}

impl MeasurePart {
    /// The slots that add up to the measure in the columns that select exactly this; `None` where a
    /// sheet has no such column.
    #[must_use]
    pub fn slots(&self, layout: &Layout, select: &BTreeMap<String, String>) -> Option<Vec<SlotIndex>> {
        self.slots_of(&self.rows, layout, select)
    }

    /// The slots of results that are still to come, in the same columns.
    #[must_use]
    pub fn pending_slots(&self, layout: &Layout, select: &BTreeMap<String, String>) -> Vec<SlotIndex> {
        self.slots_of(&self.pending, layout, select).unwrap_or_default()
    }

    /// Whether its results are all still to come while the term's results are in a state.
    #[must_use]
    pub fn is_open_in(&self, state: &str) -> bool {
        self.open_in.iter().any(|own| own == state)
    }

    fn slots_of(&self, rows: &[RowAddress], layout: &Layout, select: &BTreeMap<String, String>) -> Option<Vec<SlotIndex>> {
        let mut wanted = self.select.clone();
        for (key, value) in select {
            if wanted.insert(key.clone(), value.clone()).is_some_and(|own| own != *value) {
                return None;
            }
        }
        let slot = |row: &RowAddress| {
            let sheet = layout.sheet(&row.sheet)?;
            Some(sheet.slot(sheet.find_code(&row.code)?, column_of(sheet, &wanted)?))
        };
        rows.iter().map(slot).collect()
    }

    /// Counts or amounts.
    #[must_use]
    pub fn kind(&self, layout: &Layout) -> NumberKind {
        let sheet = self.rows.first().and_then(|row| layout.sheet(&row.sheet));
        sheet.and_then(Sheet::number_kind).unwrap_or(NumberKind::Counts)
    }
}

/// The column that selects exactly this; of all ownerships, where nothing is said of it.
fn column_of(sheet: &Sheet, wanted: &BTreeMap<String, String>) -> Option<usize> {
    let splits = |key: &str| sheet.columns.iter().any(|column| column.dims.iter().any(|own| *own.dim == *key));
    let whole = (!wanted.contains_key(WHOLE.0) && splits(WHOLE.0)).then_some(WHOLE);
    let all = || wanted.iter().map(|(key, value)| (key.as_str(), value.as_str())).chain(whole);
    sheet.columns.iter().position(|column| {
        column.dims.len() == all().count()
            && all().all(|(key, value)| column.dims.iter().any(|own| *own.dim == *key && *own.value == *value))
    })
}

/// All measures, in the order of their files.
#[derive(Debug, Clone, Default)]
pub struct MeasureBook {
    /// The measures.
    pub measures: Vec<Measure>,
    /// Those that are columns of another one, to be filled in once all parts are known.
    derived: Vec<MeasureEntry>,
}

impl MeasureBook {
    /// The measure with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.id == id)
    }

    /// Adds the measures of a circular, and parts to those that are there; what cannot be bound is told.
    pub fn add(&mut self, circular: &str, file: MeasureFile, forms: &[Arc<Form>]) -> Vec<Message> {
        let mut problems = Vec::new();
        for entry in file.measures {
            let mut parts = Vec::new();
            for part in &entry.cells {
                let form = forms.iter().find(|form| &*form.circular == circular && *form.short == *part.form);
                match form
                    .ok_or_else(|| message!("forms.no_form", id = format!("{circular}/{}", part.form)))
                    .and_then(|form| own_part(&entry, part, form))
                {
                    Ok(part) => parts.extend(part),
                    Err(problem) => problems.push(message!("forms.in_measure", id = entry.id, problem)),
                }
            }
            if entry.of.is_some() && !self.derived.iter().any(|known| known.id == entry.id) {
                self.derived.push(entry.clone());
            }
            match self.measures.iter_mut().find(|known| known.id == entry.id) {
                Some(known) => {
                    parts.retain(|part| !known.parts.iter().any(|own| own.layout == part.layout));
                    known.parts.extend(parts);
                    known.key |= entry.key;
                    known.per_level |= entry.per_level;
                }
                None => self.measures.push(Measure {
                    id: entry.id,
                    name_vi: entry.name_vi,
                    name_en: entry.name_en,
                    unit_vi: entry.unit_vi,
                    unit_en: entry.unit_en,
                    parts,
                    key: entry.key,
                    per_level: entry.per_level,
                }),
            }
        }
        problems
    }

    /// Fills in the measures that are columns of another one; what cannot be is told.
    pub fn finish(&mut self) -> Vec<Message> {
        let mut problems = Vec::new();
        for entry in std::mem::take(&mut self.derived) {
            let base = entry.of.as_deref().unwrap_or_default();
            let Some(parts) = self.get(base).map(|base| base.parts.clone()) else {
                problems.push(message!("forms.in_measure", id = entry.id, problem = message!("forms.no_measure", name = base)));
                continue;
            };
            if let Some(own) = self.measures.iter_mut().find(|measure| measure.id == entry.id) {
                own.parts.extend(parts.iter().map(|part| derived(part, &entry)));
            }
        }
        problems
    }
}

/// A part as written, bound to its form; none where the form's layout has given way to another.
fn own_part(entry: &MeasureEntry, part: &PartEntry, form: &Form) -> Result<Option<MeasurePart>, Message> {
    if part.layout_status.is_some_and(|status| status != form.layout_status) {
        return Ok(None);
    }
    let row = |text: &String| {
        let (sheet, code) = text.split_once('/').ok_or_else(|| message!("forms.no_row_write_sheet_code", text))?;
        let own = form.layout.sheet(sheet).ok_or_else(|| message!("forms.no_sheet", form = form.layout.id, sheet))?;
        own.find_code(code).ok_or_else(|| message!("forms.sheet_no_row_code", form = form.layout.id, sheet, code))?;
        Ok(RowAddress { sheet: sheet.to_owned(), code: code.to_owned() })
    };
    let mut select = entry.select.clone();
    select.extend(part.select.clone());
    let bound = MeasurePart {
        layout: Arc::clone(&form.layout.id),
        level: Arc::clone(&form.level),
        name_vi: part.name_vi.clone().unwrap_or_else(|| entry.name_vi.clone()),
        rows: part.rows.iter().map(row).collect::<Result<_, Message>>()?,
        select,
        pending: part.pending.iter().map(row).collect::<Result<_, Message>>()?,
        open_in: part.open_in.clone(),
    };
    match bound.slots(&form.layout, &BTreeMap::new()) {
        Some(_) => Ok(Some(bound)),
        None => Err(message!("forms.no_column_selects", form = form.layout.id, select = format!("{:?}", bound.select))),
    }
}

/// The columns of another measure's part.
fn derived(part: &MeasurePart, entry: &MeasureEntry) -> MeasurePart {
    let mut part = part.clone();
    part.select.extend(entry.select.clone());
    let name = format!("{} {}", part.name_vi, entry.suffix_vi);
    name.trim().clone_into(&mut part.name_vi);
    part
}
