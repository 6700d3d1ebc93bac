//! How codes spread over records, bound to the fields and lists of the record book.

use super::recipe::{AgeBand, LimitTexts, SpreadRecipe, Weights};
use crate::base::message::{Message, message};
use crate::records::{EntityIndex, FieldIndex, FieldKind, FieldRef, RecordBook};
use crate::sample::Rng;
use crate::tabulate::{NONE, RecordRows};

/// The code that stands for any.
const ANY: &str = "*";

/// Values with weights.
#[derive(Debug, Clone)]
pub struct Weighted {
    /// Each value with the sum of weights up to it.
    ends: Vec<(i64, i32)>,
}

impl Weighted {
    /// Values with their weights, as they come.
    pub fn new(weights: impl Iterator<Item = (i32, i64)>) -> Self {
        let mut sum = 0;
        let mut end = |(value, weight): (i32, i64)| {
            sum += weight.max(0);
            (sum, value)
        };
        Self { ends: weights.map(&mut end).collect() }
    }

    /// One of the values.
    pub fn draw(&self, rng: &mut Rng) -> i32 {
        let total = self.ends.last().map_or(0, |(end, _)| *end);
        let at = if self.ends.len() > 1 { rng.below(total) } else { 0 };
        self.ends.iter().find(|(end, _)| at < *end).map_or(NONE, |(_, value)| *value)
    }
}

/// Records that others belong to, where they are made already.
#[derive(Debug, Clone, Copy, Default)]
pub struct Owners<'a> {
    /// The school, alone.
    pub school: Option<&'a RecordRows>,
    /// Classes of the school.
    pub classes: Option<&'a RecordRows>,
}

impl Owners<'_> {
    /// The value that a record has in a field of its own or of what it belongs to.
    fn value(&self, rows: &RecordRows, row: usize, field: FieldRef, book: &RecordBook) -> Option<i64> {
        match field.entity {
            own if own == rows.entity => rows.at(field.field, row),
            school if school == book.school => self.school?.at(field.field, 0),
            _ => self.classes?.at(field.field, rows.class[row] as usize),
        }
    }
}

/// Values that fields must have; none limits nothing.
#[derive(Debug, Clone)]
pub struct Limits(Vec<Limit>);

#[derive(Debug, Clone)]
struct Limit {
    field: FieldRef,
    /// Any value where there are none.
    accepted: Vec<i64>,
}

impl Limits {
    /// Whether the last of some records keeps within.
    pub fn hold(&self, rows: &RecordRows, owners: Owners<'_>, book: &RecordBook) -> bool {
        rows.len.checked_sub(1).is_some_and(|last| self.hold_at(rows, last, owners, book))
    }

    /// Whether a record keeps within.
    pub fn hold_at(&self, rows: &RecordRows, row: usize, owners: Owners<'_>, book: &RecordBook) -> bool {
        self.0.iter().all(|own| {
            let value = owners.value(rows, row, own.field, book);
            value.is_some_and(|value| own.accepted.is_empty() || own.accepted.contains(&value))
        })
    }
}

/// Ages of some staff.
#[derive(Debug, Clone)]
pub struct Ages {
    /// Staff that it is about.
    pub only: Limits,
    bands: Vec<AgeBand>,
    which: Weighted,
}

impl Ages {
    /// Bands of ages for some staff.
    pub fn new(only: Limits, bands: &[AgeBand]) -> Self {
        let which = Weighted::new((0..).zip(bands).map(|(number, band)| (number, band.weight)));
        Self { only, bands: bands.to_vec(), which }
    }

    /// An age.
    pub fn draw(&self, rng: &mut Rng) -> i32 {
        let band = usize::try_from(self.which.draw(rng)).ok().and_then(|band| self.bands.get(band));
        band.map_or(0, |band| i32::try_from(rng.between(band.from.into(), band.to.into())).unwrap_or(band.from))
    }
}

/// Everything that is drawn for records of one kind, field by field.
#[derive(Debug, Clone, Default)]
pub struct Spreads {
    fields: Vec<FieldSpread>,
}

#[derive(Debug, Clone)]
struct FieldSpread {
    field: FieldIndex,
    /// The first whose limits hold decides.
    choices: Vec<(Limits, Weighted)>,
}

impl Spreads {
    /// Draws every field that the last of some records does not have yet.
    pub fn fill(&self, rows: &mut RecordRows, owners: Owners<'_>, book: &RecordBook, rng: &mut Rng) {
        for own in &self.fields {
            if rows.fields[own.field].len() == rows.len {
                continue;
            }
            let chosen = own.choices.iter().find(|(limits, _)| limits.hold(rows, owners, book));
            let value = chosen.map_or(NONE, |(_, codes)| codes.draw(rng));
            if value != NONE {
                rows.set(own.field, value);
            }
        }
    }
}

/// Binds what is written to fields and codes.
#[derive(Debug, Clone, Copy)]
pub struct Binder<'a> {
    /// Fields and lists.
    pub book: &'a RecordBook,
}

impl Binder<'_> {
    /// The kind of record of this name.
    pub fn entity(self, id: &str) -> Result<EntityIndex, Message> {
        self.book.entity(id).ok_or_else(|| message!("records.no_entity", id))
    }

    /// A field of a kind of record.
    pub fn field(self, entity: EntityIndex, id: &str) -> Result<FieldIndex, Message> {
        let own = &self.book.entities[entity];
        own.field(id).ok_or_else(|| message!("records.no_field", field = id, entity = own.words.clone()))
    }

    /// A field of a kind of record, with the kind.
    pub fn at(self, entity: EntityIndex, id: &str) -> Result<FieldRef, Message> {
        Ok(FieldRef { entity, field: self.field(entity, id)? })
    }

    /// The number that a code of a field is kept as; no value for an empty one.
    pub fn code(self, at: FieldRef, code: &str) -> Result<i32, Message> {
        let field = self.book.field(at);
        if code.is_empty() {
            return Ok(NONE);
        }
        let place = match (&field.list, field.kind) {
            (Some(list), _) => list.values.iter().position(|value| *value.code == *code).and_then(|place| i32::try_from(place).ok()),
            (None, FieldKind::Flag | FieldKind::Whole) => code.parse().ok(),
            _ => None,
        };
        let list = field.list.as_ref().map_or_else(|| field.id.to_string(), |list| list.id.to_string());
        place.ok_or_else(|| message!("records.no_code", code, list))
    }

    /// Codes of a field with their weights.
    pub fn weighted(self, at: FieldRef, weights: &Weights) -> Result<Weighted, Message> {
        let each = weights.iter().map(|(code, weight)| Ok((self.code(at, code)?, *weight)));
        Ok(Weighted::new(each.collect::<Result<Vec<_>, Message>>()?.into_iter()))
    }

    /// Limits on records of a kind.
    pub fn limits(self, entity: EntityIndex, texts: &LimitTexts) -> Result<Limits, Message> {
        let limit = |(name, codes): (&String, &Vec<String>)| {
            let (of, id) = match name.split_once('.') {
                Some((of, id)) => (self.entity(of)?, id),
                None => (entity, name.as_str()),
            };
            let field = self.at(of, id)?;
            let accepted = codes.iter().filter(|code| *code != ANY).map(|code| self.code(field, code).map(i64::from));
            Ok(Limit { field, accepted: accepted.collect::<Result<_, Message>>()? })
        };
        texts.iter().map(limit).collect::<Result<_, Message>>().map(Limits)
    }

    /// How the fields of a kind of record spread, in the order in which they are first named.
    pub fn spreads(self, entity: EntityIndex, written: &[SpreadRecipe]) -> Result<Spreads, Message> {
        let mut spreads = Spreads::default();
        for own in written.iter().filter(|own| *own.of == *self.book.entities[entity].id) {
            let field = self.field(entity, &own.field)?;
            let choice = (self.limits(entity, &own.only)?, self.weighted(FieldRef { entity, field }, &own.codes)?);
            match spreads.fields.iter_mut().find(|known| known.field == field) {
                Some(known) => known.choices.push(choice),
                None => spreads.fields.push(FieldSpread { field, choices: vec![choice] }),
            }
        }
        Ok(spreads)
    }
}
