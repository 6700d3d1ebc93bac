//! From rules as written to rules over the columns that are there; what does not fit is refused.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds::{Wanted, typed};
use super::messages::{default_message, placeholders};
use super::{
    Bound, Complete, Field, Hierarchy, KeyPart, Parts, Shown, TableField, TableRule, TableRuleFile, TableRuleKind, TableRules, TableSchema,
    TotalOf, WrittenRule,
};
use crate::base::error::closest;
use crate::base::message::{Message, message};
use crate::base::number::decimal_text;
use crate::base::text::fold;
use crate::rulebook::catalogue::{Rule, Stage};
use crate::rulebook::expression::{Expression, Reference};
use crate::rulebook::table_rules::ColumnType;

/// Variables of a line of `for`.
type Line = BTreeMap<String, String>;

/// Context of an expression.
struct Around<'a> {
    rule: Option<&'a WrittenRule>,
    /// The table whose rows it is about.
    table: &'a str,
    /// The columns of a group, where it is about groups.
    by: Option<&'a [String]>,
    line: &'a Line,
}

impl TableRules {
    /// Binds every rule to the tables' columns.
    ///
    /// # Errors
    /// The first rule that names what is not there, or that compares what cannot be compared, and how.
    pub fn new(mut file: TableRuleFile) -> Result<Self, Message> {
        take_over(&mut file.tables)?;
        let mut bound = Self { numbers: file.numbers, tables: file.tables, filters: BTreeMap::new(), rules: Vec::new() };
        for (name, table) in &bound.tables {
            bound.look_at(name, table)?;
        }
        let filtered: Vec<(String, String)> = bound.tables.iter().filter_map(|(name, t)| Some((name.clone(), t.only.clone()?))).collect();
        for (name, only) in filtered {
            let around = Around { rule: None, table: &name, by: None, line: &Line::new() };
            let filter = bound.bound(&around, &only, Wanted::Condition).map_err(|said| rule_message(&name, said))?;
            bound.filters.insert(name, filter);
        }
        let mut ids = BTreeSet::new();
        for written in file.rules {
            let id = written.id.clone();
            if !ids.insert(id.clone()) || id.contains('.') {
                return Err(message!("forms.stands_twice_holds_full", value = id));
            }
            let lines = if written.variables.is_empty() { vec![Line::new()] } else { written.variables.clone() };
            for line in &lines {
                let rule = bound.bind(&written.filled(line), line).map_err(|said| rule_message(&id, said))?;
                bound.rules.push(rule);
            }
        }
        Ok(bound)
    }

    /// That a table is declared as tables can be.
    fn look_at(&self, name: &str, table: &TableSchema) -> Result<(), Message> {
        let has_sign = |text: &str| text.is_empty() || text.contains(['.', '/', '@', '(', ')', '{', '}', '*']);
        if let Some(odd) =
            std::iter::once(name).chain(table.columns.keys().map(String::as_str)).find(|text| has_sign(text) || *text == "unit")
        {
            return Err(message!("forms.table_column_no_name", odd));
        }
        self.columns(name, &table.key)?;
        let mut headings = BTreeMap::new();
        for (column, declared) in &table.columns {
            let heading = declared.heading.as_deref().unwrap_or(column);
            if let Some(other) = headings.insert(fold(heading), column) {
                return Err(message!("forms.table_both_column", name, other, column, heading));
            }
            let is_number = matches!(declared.kind, ColumnType::Whole | ColumnType::Decimal);
            if let Some(code) = declared.codes.iter().find(|code| is_number && decimal_text(code, self.numbers).is_none()) {
                return Err(message!("forms.column_numbers_codes_none", name, column, code));
            }
        }
        Ok(())
    }

    fn table(&self, name: &str) -> Result<&TableSchema, Message> {
        self.tables.get(name).ok_or_else(|| unknown(message!("kinds.table"), name, self.tables.keys()))
    }

    fn columns(&self, table: &str, columns: &[String]) -> Result<(), Message> {
        let known = &self.table(table)?.columns;
        match columns.iter().find(|column| !known.contains_key(*column)) {
            Some(column) => Err(unknown(message!("kinds.column"), column, known.keys())),
            None => Ok(()),
        }
    }

    fn bind(&self, written: &WrittenRule, line: &Line) -> Result<TableRule, Message> {
        let table = &written.table;
        self.table(table)?;
        let mut kinds = self.plain_kinds(written)?;
        let around = |table, by| Around { rule: Some(written), table, by, line };
        if let Some(text) = &written.check {
            kinds.push(TableRuleKind::Check(self.bound(&around(table, None), text, Wanted::Condition)?));
        }
        if let Some(aggregate) = &written.aggregate {
            self.columns(table, &aggregate.by)?;
            let bound = self.bound(&around(table, Some(&aggregate.by)), &aggregate.check, Wanted::Condition)?;
            kinds.push(TableRuleKind::Aggregate(aggregate.by.clone(), bound));
        }
        let (Some(kind), true) = (kinds.pop(), kinds.is_empty()) else {
            return Err(message!("forms.exactly_one_check_unique"));
        };
        let of = if let TableRuleKind::Complete(complete) = &kind { complete.of.clone() } else { table.clone() };
        let only = written.only.as_ref().map(|text| self.bound(&around(&of, None), text, Wanted::Condition)).transpose()?;
        let by = written.aggregate.as_ref().map(|aggregate| aggregate.by.as_slice());
        let keys = self.keys(written, &around(&of, by))?;
        let mut rule = rule_of(written);
        default_message(&mut rule, &kind);
        let mut shown = Vec::new();
        for name in placeholders(&[&rule.message_vi, &rule.message_en]) {
            if !line.contains_key(&name) {
                let value = self.shown(&around(&of, by), &name).map_err(|problem| message!("forms.in_message", name, problem))?;
                shown.push(Shown { name, value });
            }
        }
        Ok(TableRule { table: table.clone(), only, keys, shown, variables: line.clone(), idle: written.idle, rule, kind })
    }

    /// The kinds that are no expression.
    fn plain_kinds(&self, written: &WrittenRule) -> Result<Vec<TableRuleKind>, Message> {
        let table = &written.table;
        let mut kinds = Vec::new();
        if let Some(columns) = &written.unique {
            self.columns(table, columns)?;
            kinds.push(TableRuleKind::Unique(columns.clone()));
        }
        if let Some(mut complete) = written.complete.clone() {
            if complete.columns.is_empty() {
                complete.columns.clone_from(&complete.keys);
            }
            self.columns(table, &complete.columns)?;
            self.columns(&complete.of, &complete.keys)?;
            if complete.columns.len() != complete.keys.len() {
                return Err(message!("forms.complete_keys_columns_not"));
            }
            kinds.push(TableRuleKind::Complete(complete));
        }
        if let Some(hierarchy) = &written.hierarchy {
            self.columns(table, &[hierarchy.key.clone(), hierarchy.parent.clone()])?;
            self.columns(table, &hierarchy.by)?;
            self.summed(table, &hierarchy.value, hierarchy.tolerance)?;
            kinds.push(TableRuleKind::Hierarchy(hierarchy.clone()));
        }
        if let Some(parts) = &written.parts {
            self.columns(table, std::slice::from_ref(&parts.column))?;
            self.columns(table, &parts.by)?;
            self.summed(table, &parts.value, parts.tolerance)?;
            let names: BTreeSet<String> = parts.parts.iter().chain([&parts.whole]).map(|name| fold(name)).collect();
            if parts.parts.is_empty() || names.len() <= parts.parts.len() {
                return Err(message!("forms.parts_names_parts_each"));
            }
            kinds.push(TableRuleKind::Parts(parts.clone()));
        }
        if let Some(depends) = &written.depends {
            self.columns(table, &depends.on)?;
            self.columns(table, &depends.gives)?;
            kinds.push(TableRuleKind::Depends(depends.clone()));
        }
        Ok(kinds)
    }

    /// That a column can be summed.
    fn summed(&self, table: &str, column: &String, tolerance: f64) -> Result<(), Message> {
        self.columns(table, std::slice::from_ref(column))?;
        if !tolerance.is_finite() || tolerance < 0.0 {
            return Err(message!("forms.tolerance_number_not_below"));
        }
        match self.table(table)?.columns.get(column).map(|declared| declared.kind) {
            Some(kind @ (ColumnType::Text | ColumnType::Date)) => Err(not_summed(column, kind)),
            _ => Ok(()),
        }
    }

    /// By what rows of other tables are found, for every table the rule names in `keys`.
    fn keys(&self, written: &WrittenRule, around: &Around<'_>) -> Result<BTreeMap<String, Vec<KeyPart>>, Message> {
        let mut keys = BTreeMap::new();
        for (other, parts) in &written.keys {
            let wanted = self.table(other)?.key.len();
            if wanted != parts.len() {
                return Err(message!("forms.keys_table_key_columns", other, wanted));
            }
            let part = |text: &String| match text.strip_prefix('=') {
                Some(expression) => self.bound(around, expression, Wanted::Value).map(KeyPart::Computed),
                None => self.columns(around.table, std::slice::from_ref(text)).map(|()| KeyPart::Column(text.clone())),
            };
            keys.insert(other.clone(), parts.iter().map(part).collect::<Result<Vec<_>, _>>()?);
        }
        Ok(keys)
    }

    /// Name that a message has in braces.
    fn shown(&self, around: &Around<'_>, name: &str) -> Result<Bound, Message> {
        let is_let = around.rule.is_some_and(|rule| rule.names.contains_key(name));
        let text = if is_let { name.to_owned() } else { format!("{{{name}}}") };
        self.bound(around, &text, Wanted::Anything)
    }

    /// An expression over the fields of a row, or of a group by some columns.
    fn bound(&self, around: &Around<'_>, text: &str, wanted: Wanted) -> Result<Bound, Message> {
        let named = |name: &str| around.rule.and_then(|rule| rule.names.get(name)).map(|text| Expression::parse(text));
        if let Some(Err(reason)) =
            around.rule.into_iter().flat_map(|rule| rule.names.keys()).find_map(|name| named(name).filter(Result::is_err))
        {
            return Err(reason);
        }
        let filled = Expression::parse(text)?.filled(&|name| named(name)?.ok(), &|name| around.line.get(name).cloned())?;
        let mut fields = Vec::new();
        let mut place = |reference: &Reference| {
            let Reference::Field(name) = reference else { return Err(message!("forms.table_fields_table_column")) };
            let field = self.field(around, name)?;
            fields.push(TableField { reading: self.reading(around.table, &field), field });
            Ok(fields.len() - 1)
        };
        let expression = filled.resolved(&mut place)?;
        let mut bound = Bound { expression, fields };
        typed(&mut bound, wanted)?;
        Ok(bound)
    }

    /// As what a field is read: the type its column is declared with.
    fn reading(&self, table: &str, field: &Field) -> ColumnType {
        let (table, column) = match field {
            Field::Own(column) | Field::Total(_, Some(column)) => (table, column),
            Field::Other { table, column } | Field::OtherTotal { table, column: Some(column), .. } => (table.as_str(), column),
            Field::Total(_, None) | Field::OtherTotal { column: None, .. } | Field::Exists(_) => return ColumnType::Any,
        };
        self.tables.get(table).and_then(|table| table.columns.get(column)).map_or(ColumnType::Any, |declared| declared.kind)
    }

    fn field(&self, around: &Around<'_>, name: &str) -> Result<Field, Message> {
        if let Some((function, argument)) = name.strip_suffix(')').and_then(|call| call.split_once('(')) {
            return self.total(around, name, function.trim(), argument.trim());
        }
        if let Some((other, column)) = name.split_once('.') {
            self.columns(other, &[column.to_owned()])?;
            self.joined(around, name, other)?;
            return Ok(Field::Other { table: other.to_owned(), column: column.to_owned() });
        }
        self.columns(around.table, &[name.to_owned()])?;
        if around.by.is_none_or(|by| by.iter().any(|column| column == name)) {
            return Ok(Field::Own(name.to_owned()));
        }
        Err(message!("forms.group_only_columns_totals", name))
    }

    /// A total of the group, or of rows of another table.
    fn total(&self, around: &Around<'_>, name: &str, function: &str, argument: &str) -> Result<Field, Message> {
        if function == "exists" {
            self.joined(around, name, argument)?;
            return Ok(Field::Exists(argument.to_owned()));
        }
        let total = match function {
            "count" => TotalOf::Count,
            "sum" => TotalOf::Sum,
            "min" => TotalOf::Min,
            "max" => TotalOf::Max,
            other => {
                return Err(message!("forms.group_count_sum_min", other));
            }
        };
        let (table, column) = argument.split_once('.').map_or((None, argument), |(table, column)| (Some(table), column));
        let column = Some(column.to_owned()).filter(|column| !column.is_empty() && column != "*");
        self.columns(table.unwrap_or(around.table), column.as_slice())?;
        if column.is_none() && total != TotalOf::Count {
            return Err(message!("forms.names_no_column", name));
        }
        if let (Some(column), true) = (&column, total != TotalOf::Count) {
            let declared = self.table(table.unwrap_or(around.table))?.columns.get(column).map(|declared| declared.kind);
            if let Some(kind @ (ColumnType::Text | ColumnType::Date)) = declared {
                return Err(not_summed(column, kind));
            }
        }
        match (table, around.by) {
            (Some(table), _) => {
                self.joined(around, name, table)?;
                Ok(Field::OtherTotal { table: table.to_owned(), total, column })
            }
            (None, None) => Err(message!("forms.stands_aggregate_only_total", name, function)),
            (None, Some(_)) => Ok(Field::Total(total, column)),
        }
    }

    /// That rows of another table can be found from here.
    fn joined(&self, around: &Around<'_>, name: &str, other: &str) -> Result<(), Message> {
        let key = &self.table(other)?.key;
        let is_known = |column: &String| around.by.is_none_or(|by| by.contains(column));
        let own = around.rule.and_then(|rule| rule.keys.get(other)).unwrap_or(key);
        let plain: Vec<String> = own.iter().filter(|part| !part.starts_with('=')).cloned().collect();
        self.columns(around.table, &plain)?;
        if around.rule.is_none() || key.is_empty() || !plain.iter().all(is_known) {
            return Err(message!("forms.table_needs_key_whose", name, other));
        }
        for (own, theirs) in own.iter().zip(key).filter(|(own, _)| !own.starts_with('=')) {
            let kind =
                |table: &str, column: &String| Ok::<_, Message>(self.table(table)?.columns.get(column).map(|declared| declared.kind));
            let is_date = |kind: Option<ColumnType>| kind == Some(ColumnType::Date);
            if is_date(kind(around.table, own)?) != is_date(kind(other, theirs)?) {
                return Err(message!("forms.found_each_other_only", name, own, other, theirs));
            }
        }
        Ok(())
    }
}

/// Tables that are part of another take over its columns.
fn take_over(tables: &mut BTreeMap<String, TableSchema>) -> Result<(), Message> {
    let names: Vec<String> = tables.keys().cloned().collect();
    for name in names {
        let Some(table) = tables.get(&name) else { continue };
        let Some(from) = table.from.clone() else {
            if table.columns.is_empty() || table.only.is_some() {
                return Err(message!("forms.table_columns_where_only", name));
            }
            continue;
        };
        let Some(source) = tables.get(&from).filter(|source| source.from.is_none() && table.columns.is_empty()) else {
            return Err(message!("forms.table_names_another_table", name, from));
        };
        let source = source.clone();
        let key = if table.key.is_empty() { source.key.clone() } else { table.key.clone() };
        let only = table.only.clone();
        tables.insert(name, TableSchema { key, only, from: Some(from), ..source });
    }
    for table in tables.values_mut().filter(|table| table.quotable) {
        table.columns.values_mut().for_each(|column| column.quotable = true);
    }
    Ok(())
}

impl WrittenRule {
    /// The rule with the variables of a line of `for` put in where columns and values are named; expressions take them themselves.
    fn filled(&self, line: &Line) -> Self {
        let mut rule = self.clone();
        if line.is_empty() {
            return rule;
        }
        let fill = |text: &mut String| {
            if let Some(value) = text.strip_prefix('$').and_then(|name| line.get(name)) {
                text.clone_from(value);
            }
        };
        rule.keys.values_mut().flatten().for_each(fill);
        rule.unique.iter_mut().flatten().for_each(fill);
        if let Some(Complete { of, keys, columns }) = &mut rule.complete {
            keys.iter_mut().chain(columns).chain([of]).for_each(fill);
        }
        if let Some(Hierarchy { key, parent, value, by, parts, tolerance: _ }) = &mut rule.hierarchy {
            by.iter_mut().chain(parts).chain([key, parent, value]).for_each(fill);
        }
        if let Some(Parts { column, whole, parts, value, by, tolerance: _ }) = &mut rule.parts {
            by.iter_mut().chain(parts).chain([column, whole, value]).for_each(fill);
        }
        if let Some(depends) = &mut rule.depends {
            depends.on.iter_mut().chain(&mut depends.gives).for_each(fill);
        }
        if let Some(aggregate) = &mut rule.aggregate {
            aggregate.by.iter_mut().for_each(fill);
        }
        rule
    }
}

fn rule_message(id: &str, said: Message) -> Message {
    Message::join(&[id.into(), said], ": ")
}

fn not_summed(column: &str, kind: ColumnType) -> Message {
    let kind = kind.id();
    message!("forms.column_type_cannot_summed", column, kind)
}

fn unknown<'a>(kind: Message, name: &str, known: impl Iterator<Item = &'a String>) -> Message {
    message!("base.there_is_no", kind, name).meaning(closest(name, known.map(String::as_str)))
}

fn rule_of(written: &WrittenRule) -> Rule {
    let title_en = if written.title_en.is_empty() { &written.title_vi } else { &written.title_en };
    Rule {
        severity: written.severity,
        title_vi: written.title_vi.clone(),
        title_en: title_en.clone(),
        message_vi: written.message_vi.clone(),
        message_en: written.message_en.clone(),
        why_vi: written.why_vi.clone(),
        why_en: written.why_en.clone(),
        check: written.check.clone(),
        ..Rule::blank(written.id.clone(), Stage::Cross)
    }
}
