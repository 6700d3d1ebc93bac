//! Which column of a file is which field, and how its values translate.

use std::sync::Arc;

use crate::records::{EntityIndex, Field, FieldIndex, FieldKind, RecordBook};
use crate::tables::parse_date;
use crate::tabulate::rows::number_of;

/// From a text to what is kept: the place of a code, 1 or 0 of a flag, a whole number, a day; nothing where it means none of these.
pub type Translation<'a> = Box<dyn Fn(&str) -> Option<i32> + Sync + 'a>;

/// A field and the column it is read from.
pub struct ColumnMapping<'a> {
    /// The field.
    pub field: FieldIndex,
    /// Heading of the column.
    pub heading: Arc<str>,
    /// How its texts translate, and its numbers by their text. Days need no translation; keys are looked up as they are.
    pub translate: Translation<'a>,
}

impl<'a> ColumnMapping<'a> {
    /// Columns that are called as fields are, with values as the dictionary writes them.
    #[must_use]
    pub fn canonical(book: &'a RecordBook, entity: EntityIndex, headings: &[Arc<str>]) -> Vec<Self> {
        let read = |field: &Field| field.derivation.is_none() && field.kind != FieldKind::Id;
        let fields = book.entities[entity].fields.iter_enumerated().filter(|(_, field)| read(field));
        let mapping = |(field, own): (FieldIndex, &'a Field)| {
            let heading = headings.iter().find(|heading| heading.trim() == &*own.id)?;
            Some(Self { field, heading: Arc::clone(heading), translate: Box::new(|text| canonical(own, text)) })
        };
        fields.filter_map(mapping).collect()
    }
}

/// What a text means in a field as the dictionary writes its values.
fn canonical(field: &Field, text: &str) -> Option<i32> {
    match field.kind {
        FieldKind::Code => i32::try_from(field.list.as_ref()?.place(text)?).ok(),
        FieldKind::Flag => match text.trim() {
            "1" | "true" => Some(1),
            "0" | "false" => Some(0),
            _ => None,
        },
        FieldKind::Whole => text.trim().parse().ok(),
        FieldKind::Date => parse_date(text).ok().map(number_of),
        FieldKind::Key | FieldKind::Id => None,
    }
}
