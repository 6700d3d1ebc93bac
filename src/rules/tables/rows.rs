//! Expressions over the fields of a row, and of rows of other tables with the same key.

use super::Views;
use super::outcome::{Outcome, quote};
use super::totals::total_of;
use super::view::{TableView, UndecidedReason, key_part};
use crate::findings::Observed;
use crate::findings::{Finding, NamedValue};
use crate::rulebook::{Bound, ColumnType, Expression, Field, KeyPart, Operator, TableField, TableRule, TotalOf};
use crate::rules::expression::{Ratio, RuleValue, evaluate};

/// A rule, its table and the tables it may look at.
pub struct RowScope<'a> {
    pub views: &'a Views<'a>,
    pub rule: &'a TableRule,
    pub view: &'a TableView<'a>,
}

impl RowScope<'_> {
    /// Whether the rule concerns a row of `view`.
    pub fn concerns(&self, view: &TableView<'_>, row: usize) -> Result<bool, UndecidedReason> {
        let Some(only) = &self.rule.only else { return Ok(true) };
        Ok(decide(view, only, |leaf| self.field(view, row, leaf))?.unwrap_or(false))
    }

    /// Rows the rule concerns; of the others, those that are not known are undecided.
    pub fn rows(&self, view: &TableView<'_>, outcome: &mut Outcome) -> Vec<usize> {
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
    pub fn field(&self, view: &TableView<'_>, row: usize, leaf: &TableField) -> Result<RuleValue, UndecidedReason> {
        let other = |table: &String| self.views.get(&**table).ok_or_else(|| UndecidedReason::new("table-not-given", table));
        match &leaf.field {
            Field::Own(column) => view.value_as(row, column, leaf.reading),
            Field::Other { table, column } => {
                let other = other(table)?;
                other.has([column])?;
                other.value_as(other.row_with(&self.key_of(view, row, other)?)?, column, leaf.reading)
            }
            Field::OtherTotal { table, total, column } => {
                let other = other(table)?;
                other.has(column)?;
                let rows = other.rows_with(&self.key_of(view, row, other)?)?;
                if rows.is_empty() && *total != TotalOf::Count {
                    return Err(UndecidedReason::new("no-matching-row", other.name));
                }
                total_of(other, rows, *total, column.as_ref(), leaf.reading)
            }
            Field::Exists(table) => {
                let other = other(table)?;
                Ok(RuleValue::Truth(!other.rows_with(&self.key_of(view, row, other)?)?.is_empty()))
            }
            Field::Total(..) => Err(UndecidedReason::new("undecided", "")),
        }
    }

    /// The key by which a row finds rows of another table.
    fn key_of(&self, view: &TableView<'_>, row: usize, other: &TableView<'_>) -> Result<Vec<String>, UndecidedReason> {
        let Some(parts) = self.rule.keys.get(other.name) else { return view.key(row, &other.schema.key) };
        let part = |part: &KeyPart| match part {
            KeyPart::Column(column) => view.key(row, std::slice::from_ref(column)).map(|mut key| key.remove(0)),
            KeyPart::Computed(bound) => match worked_out(view, bound, |leaf| self.field(view, row, leaf)) {
                Ok(RuleValue::Missing) => Err(UndecidedReason::new("value-empty", view.name)),
                Ok(value @ (RuleValue::Number(_) | RuleValue::Text(_))) => Ok(key_part(&value)),
                Ok(_) => Err(UndecidedReason::new("undecided", "")),
                Err(reason) => Err(reason),
            },
        };
        parts.iter().map(part).collect()
    }

    /// Tables that are not there, and rows of tables that no key finds though they may belong to a total.
    pub fn looks_beyond(&self, bound: &Bound, outcome: &mut Outcome) -> bool {
        let mut seen: Vec<&str> = Vec::new();
        for leaf in &bound.fields {
            let (table, column, is_total) = match &leaf.field {
                Field::Other { table, column } => (table, Some(column), false),
                Field::OtherTotal { table, column, .. } => (table, column.as_ref(), true),
                Field::Exists(table) => (table, None, false),
                Field::Own(_) | Field::Total(..) => continue,
            };
            let Some(other) = self.views.get(&**table) else { continue };
            // A table that is not there is said once, not of every row.
            if let Err(reason) = other.has(column).and_then(|()| other.has(&other.schema.key)) {
                outcome.undecided(self.view.place(None, None), &reason);
                return false;
            }
            if is_total && !seen.contains(&other.name) {
                seen.push(other.name);
                for (row, reason) in other.unfindable() {
                    outcome.undecided(other.place(Some(*row), other.schema.key.first()), reason);
                }
            }
        }
        true
    }

    /// Gives a finding the values that the rule's message names.
    pub fn fill(
        &self,
        finding: &mut Finding,
        view: &TableView<'_>,
        row: Option<usize>,
        look_up: &dyn Fn(&TableField) -> Result<RuleValue, UndecidedReason>,
    ) {
        for shown in &self.rule.shown {
            if finding.values.iter().any(|own| own.name == shown.name) {
                continue;
            }
            let own = match (&shown.value.expression, &shown.value.fields[..]) {
                (Expression::Reference(_), [TableField { field: Field::Own(column), .. }]) => Some(column),
                _ => None,
            };
            let text = match (own, row) {
                (Some(column), Some(row)) => view.quoted(row, column),
                _ if self.may_show(view, &shown.value) => worked_out(view, &shown.value, look_up).ok().and_then(|value| text_of(&value)),
                _ => None,
            };
            finding.values.push(NamedValue::new(&shown.name, text.map_or_else(|| "…".into(), Observed::from)));
        }
    }

    /// That every field of an expression may be quoted.
    pub fn may_show(&self, view: &TableView<'_>, bound: &Bound) -> bool {
        bound.fields.iter().all(|leaf| match &leaf.field {
            Field::Own(column) | Field::Total(_, Some(column)) => view.is_quotable(column),
            Field::Other { table, column } | Field::OtherTotal { table, column: Some(column), .. } => {
                self.views.get(&**table).is_some_and(|other| other.is_quotable(column))
            }
            Field::Total(_, None) | Field::OtherTotal { column: None, .. } | Field::Exists(_) => true,
        })
    }
}

/// A field of the row itself; the rows of a filtered table are chosen by those alone.
pub fn own(view: &TableView<'_>, row: usize, leaf: &TableField) -> Result<RuleValue, UndecidedReason> {
    match &leaf.field {
        Field::Own(column) => view.value_as(row, column, leaf.reading),
        _ => Err(UndecidedReason::new("undecided", "")),
    }
}

/// Value of an expression, or why that cannot be said.
pub fn worked_out(
    view: &TableView<'_>,
    bound: &Bound,
    look_up: impl Fn(&TableField) -> Result<RuleValue, UndecidedReason>,
) -> Result<RuleValue, UndecidedReason> {
    let (mut reason, mut empty) = (None, None);
    let mut leaves = Vec::with_capacity(bound.fields.len());
    for field in &bound.fields {
        let leaf = look_up(field).unwrap_or_else(|why| {
            reason.get_or_insert(why);
            RuleValue::Undecided
        });
        if leaf == RuleValue::Missing {
            let called = match &field.field {
                Field::Other { table, column } => format!("{table}.{column}"),
                Field::Own(column) => view.called(column),
                _ => String::new(),
            };
            empty.get_or_insert_with(|| UndecidedReason::new("value-empty", &called));
        }
        leaves.push(leaf);
    }
    match evaluate(&bound.expression, &leaves) {
        RuleValue::Undecided => Err(reason.or(empty).unwrap_or_else(|| UndecidedReason::new("undecided", ""))),
        value => Ok(value),
    }
}

/// Whether an expression holds or not, does not apply, or why that cannot be said.
pub fn decide(
    view: &TableView<'_>,
    bound: &Bound,
    look_up: impl Fn(&TableField) -> Result<RuleValue, UndecidedReason>,
) -> Result<Option<bool>, UndecidedReason> {
    match worked_out(view, bound, look_up)? {
        RuleValue::Truth(truth) => Ok(Some(truth)),
        RuleValue::NotApplicable => Ok(None),
        _ => Err(UndecidedReason::new("undecided", "")),
    }
}

fn text_of(value: &RuleValue) -> Option<String> {
    match value {
        RuleValue::Number(number) => Some(number.exactly()),
        RuleValue::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

/// Both sides of a comparison of numbers that does not hold, as numbers: `9 <= 5`.
pub fn both_sides(
    scope: &RowScope<'_>,
    view: &TableView<'_>,
    bound: &Bound,
    look_up: &dyn Fn(&TableField) -> Result<RuleValue, UndecidedReason>,
) -> Option<String> {
    let mut expression = &bound.expression;
    // Of an implication what follows is what does not hold.
    while let Expression::Binary(Operator::Implies, _, then) = expression {
        expression = then;
    }
    let Expression::Binary(operator, left, right) = expression else { return None };
    if !operator.is_comparison() || !scope.may_show(view, bound) {
        return None;
    }
    let side = |side: &Expression<usize>| match worked_out(view, &Bound { expression: side.clone(), fields: bound.fields.clone() }, look_up)
    {
        Ok(RuleValue::Number(number)) => Some(number.exactly()),
        _ => None,
    };
    Some(format!("{} {} {}", side(left)?, operator.sign(), side(right)?))
}

/// The row's own columns that an expression names.
pub fn own_columns(bound: &Bound) -> impl Iterator<Item = &String> {
    bound.fields.iter().filter_map(|leaf| match &leaf.field {
        Field::Own(column) => Some(column),
        _ => None,
    })
}

/// An expression that must hold of every row.
pub fn check(scope: &RowScope<'_>, bound: &Bound, outcome: &mut Outcome) {
    let view = scope.view;
    if let Err(reason) = view.has(own_columns(bound)) {
        outcome.undecided(view.place(None, None), &reason);
        return;
    }
    if !scope.looks_beyond(bound, outcome) {
        return;
    }
    for row in scope.rows(view, outcome) {
        let place = view.place(Some(row), own_columns(bound).next());
        let look_up = |leaf: &TableField| scope.field(view, row, leaf);
        match decide(view, bound, look_up) {
            Ok(Some(true)) => outcome.valid(),
            Ok(None) => {}
            Err(reason) => outcome.undecided(place, &reason),
            Ok(Some(false)) => {
                let sides = both_sides(scope, view, bound, &look_up);
                let finding = outcome.invalid(place);
                quote(finding, view, row, own_columns(bound));
                finding.detail = sides.map_or(Observed::Nothing, |sides| format!("({sides})").into());
                scope.fill(finding, view, Some(row), &look_up);
            }
        }
    }
}

/// A tolerance as a number; what a file says of it was looked at when it was loaded.
pub fn tolerated(tolerance: f64) -> Ratio {
    Ratio::of_float(tolerance).unwrap_or(Ratio::nought())
}

/// Number of a row in a column.
pub fn number(view: &TableView<'_>, row: usize, column: &String) -> Result<Ratio, UndecidedReason> {
    match view.value_as(row, column, ColumnType::Decimal)? {
        RuleValue::Number(number) => Ok(number),
        RuleValue::Missing => Err(UndecidedReason::new("value-empty", &view.called(column))),
        _ => Err(UndecidedReason::new("value-mistyped", &view.called(column))),
    }
}
