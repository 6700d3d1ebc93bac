//! Expressions over the fields of a row, and of rows of other tables with the same key.

use super::Views;
use super::outcome::{Outcome, quote};
use super::view::{Reason, View};
use crate::schema::{Bound, Field, TableRule};
use crate::validate::expression::{Value, evaluate};

/// A rule, its table and the tables it may look at.
pub struct Scope<'a> {
    pub views: &'a Views<'a>,
    pub rule: &'a TableRule,
    pub view: &'a View<'a>,
}

impl Scope<'_> {
    /// Whether the rule concerns a row of `view`.
    pub fn concerns(&self, view: &View<'_>, row: usize) -> Result<bool, Reason> {
        let Some(only) = &self.rule.only else { return Ok(true) };
        Ok(decide(view, only, |field| self.field(view, row, field))?.unwrap_or(false))
    }

    /// Rows the rule concerns; of the others, those that are not known are undecided.
    pub fn rows(&self, view: &View<'_>, outcome: &mut Outcome) -> Vec<usize> {
        let mut rows = Vec::new();
        for row in view.rows() {
            match self.concerns(view, row) {
                Ok(true) => rows.push(row),
                Ok(false) => {}
                Err(reason) => outcome.undecided(view.place(Some(row), None), &reason),
            }
        }
        rows
    }

    /// A field as a row of `view` has it.
    pub fn field(&self, view: &View<'_>, row: usize, field: &Field) -> Result<Value, Reason> {
        match field {
            Field::Own(column) => view.value(row, column),
            Field::Other { table, column } => {
                let other = self.views.get(&**table).ok_or_else(|| Reason::new("table-not-given", table))?;
                other.has([column])?;
                let own = self.rule.keys.get(table).unwrap_or(&other.schema.key);
                let found = other.row_with(&view.key(row, own)?)?;
                match other.value(found, column)? {
                    Value::Missing => Err(Reason::new("value-empty", &other.called(column))),
                    value => Ok(value),
                }
            }
            Field::Total(..) => Err(Reason::new("undecided", "")),
        }
    }
}

/// What an expression comes to: it holds or not, it does not apply, or why that cannot be said.
pub fn decide(view: &View<'_>, bound: &Bound, look_up: impl Fn(&Field) -> Result<Value, Reason>) -> Result<Option<bool>, Reason> {
    let (mut reason, mut empty) = (None, None);
    let mut leaves = Vec::with_capacity(bound.fields.len());
    for field in &bound.fields {
        let leaf = look_up(field).unwrap_or_else(|why| {
            reason.get_or_insert(why);
            Value::Undecided
        });
        if let (Value::Missing, Field::Own(column)) = (&leaf, field) {
            empty.get_or_insert_with(|| Reason::new("value-empty", &view.called(column)));
        }
        leaves.push(leaf);
    }
    match evaluate(&bound.expression, &leaves) {
        Value::Truth(truth) => Ok(Some(truth)),
        Value::NotApplicable => Ok(None),
        _ => Err(reason.or(empty).unwrap_or_else(|| Reason::new("undecided", ""))),
    }
}

/// The row's own columns that an expression names.
pub fn own_columns(bound: &Bound) -> impl Iterator<Item = &String> {
    bound.fields.iter().filter_map(|field| match field {
        Field::Own(column) => Some(column),
        _ => None,
    })
}

/// An expression that must hold of every row.
pub fn check(scope: &Scope<'_>, bound: &Bound, outcome: &mut Outcome) {
    let view = scope.view;
    if let Err(reason) = view.has(own_columns(bound)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    let others =
        bound.fields.iter().filter_map(|field| if let Field::Other { table, column } = field { Some((table, column)) } else { None });
    for (table, column) in others {
        // A table that is not there is said once, not of every row.
        let missing = scope.views.get(&**table).and_then(|other| other.has([column]).err());
        if let Some(reason) = missing {
            outcome.undecided(view.place(None, None), &reason);
            return;
        }
    }
    for row in scope.rows(view, outcome) {
        let place = view.place(Some(row), own_columns(bound).next());
        match decide(view, bound, |field| scope.field(view, row, field)) {
            Ok(Some(true)) => outcome.valid(),
            Ok(None) => {}
            Err(reason) => outcome.undecided(place, &reason),
            Ok(Some(false)) => quote(outcome.invalid(place), view, row, own_columns(bound)),
        }
    }
}
