//! Rules over plain tables: what columns a table has, and what must hold of its rows.
//!
//! The file says everything; nothing here knows a table by name. Expressions are the language of
//! rules with fields in braces: `{pupils}` of the row, `{before.pupils}` of the row of another table
//! with the same key, `{sum(pupils)}` of a group.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::expression::{Expression, Reference};
use super::rules::{Rule, Stage};
use crate::error::{Words, closest};
use crate::finding::Severity;
use crate::number::NumberLocale;

/// A file of table rules as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRuleFile {
    /// How numbers in texts are written.
    #[serde(default)]
    pub numbers: NumberLocale,
    /// Tables by the name rules use.
    pub tables: BTreeMap<String, TableSchema>,
    /// What must hold.
    #[serde(default)]
    pub rules: Vec<WrittenRule>,
}

/// What a table is expected to look like.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableSchema {
    /// The sheet of a workbook; the first otherwise.
    #[serde(default)]
    pub sheet: Option<String>,
    /// One-based line of the headings; the first with text otherwise.
    #[serde(default)]
    pub heading_row: Option<u32>,
    /// Columns that tell its rows apart; other tables find its rows by them.
    #[serde(default)]
    pub key: Vec<String>,
    /// Columns by the name rules use.
    pub columns: BTreeMap<String, TableColumn>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// The heading in the file; the column's name otherwise.
    #[serde(default)]
    pub heading: Option<String>,
    /// What its values are.
    #[serde(default, rename = "type")]
    pub kind: ColumnType,
    /// Every row must have a value.
    #[serde(default)]
    pub required: bool,
    /// The values it may have.
    #[serde(default)]
    pub codes: Vec<String>,
    /// A table whose first column holds the values it may have, beside the rule file.
    #[serde(default)]
    pub codes_file: Option<String>,
    /// Findings may quote its values: nothing personal stands there.
    #[serde(default)]
    pub quotable: bool,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ColumnType {
    /// As they stand in the file.
    #[default]
    Any,
    /// Texts; a number counts as its digits.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Decimal,
    /// Dates; compared as `2025-09-30`.
    Date,
}

impl ColumnType {
    /// The name used in files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Text => "text",
            Self::Whole => "whole",
            Self::Decimal => "decimal",
            Self::Date => "date",
        }
    }
}

/// A rule as written: one of its kinds is there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WrittenRule {
    id: String,
    table: String,
    #[serde(default = "error")]
    severity: Severity,
    title_vi: String,
    #[serde(default)]
    title_en: String,
    #[serde(default)]
    message_vi: String,
    #[serde(default)]
    message_en: String,
    #[serde(default)]
    why_vi: String,
    #[serde(default)]
    why_en: String,
    #[serde(default, rename = "where")]
    only: Option<String>,
    #[serde(default)]
    keys: BTreeMap<String, Vec<String>>,
    #[serde(default)]
    check: Option<String>,
    #[serde(default)]
    unique: Option<Vec<String>>,
    #[serde(default)]
    complete: Option<Complete>,
    #[serde(default)]
    hierarchy: Option<Hierarchy>,
    #[serde(default)]
    depends: Option<Depends>,
    #[serde(default)]
    aggregate: Option<WrittenAggregate>,
}

const fn error() -> Severity {
    Severity::Error
}

/// Every row of another table must have its row in this one.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complete {
    /// The other table.
    pub of: String,
    /// Its columns.
    pub keys: Vec<String>,
    /// The columns of this table that hold the same; of the same names otherwise.
    #[serde(default)]
    pub columns: Vec<String>,
}

/// What a row says is the sum of what its children say.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hierarchy {
    /// The column that names a row.
    pub key: String,
    /// The column that names the row above.
    pub parent: String,
    /// The column that is summed.
    pub value: String,
    /// Columns within whose values parents and children belong together.
    #[serde(default)]
    pub by: Vec<String>,
}

/// Rows that agree on some columns agree on others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Depends {
    /// The columns that decide.
    pub on: Vec<String>,
    /// The columns that are decided.
    pub gives: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAggregate {
    #[serde(default)]
    by: Vec<String>,
    check: String,
}

/// What must hold of a table.
#[derive(Debug, Clone)]
pub enum TableRuleKind {
    /// Of every row.
    Check(Bound),
    /// No two rows with the same values.
    Unique(Vec<String>),
    /// Every row of another table is there.
    Complete(Complete),
    /// Sums up a hierarchy.
    Hierarchy(Hierarchy),
    /// A functional dependency.
    Depends(Depends),
    /// Of every group of rows with the same values in some columns.
    Aggregate(Vec<String>, Bound),
}

/// A field an expression names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Field {
    /// Of the row.
    Own(String),
    /// Of the row of another table with the same key.
    Other {
        /// That table.
        table: String,
        /// Its column.
        column: String,
    },
    /// Of the group.
    Total(TotalOf, Option<String>),
}

/// What is made of a group of rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TotalOf {
    /// How many rows; how many values.
    Count,
    /// Their sum.
    Sum,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// An expression whose references are places in a list of fields.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The expression.
    pub expression: Expression<usize>,
    /// What it refers to.
    pub fields: Vec<Field>,
}

/// A rule that is ready to run.
#[derive(Debug, Clone)]
pub struct TableRule {
    /// Its id, weight and words.
    pub rule: Rule,
    /// The table it is about.
    pub table: String,
    /// Rows it is about; of the other table, for completeness.
    pub only: Option<Bound>,
    /// Columns of this table by which rows of another are found, where they have other names there.
    pub keys: BTreeMap<String, Vec<String>>,
    /// What must hold.
    pub kind: TableRuleKind,
}

/// Tables and what must hold of them.
#[derive(Debug, Clone)]
pub struct TableRules {
    /// How numbers in texts are written.
    pub numbers: NumberLocale,
    /// Tables by name.
    pub tables: BTreeMap<String, TableSchema>,
    /// Rules in the order of the file.
    pub rules: Vec<TableRule>,
}

/// Words of the rules that follow from how a column is declared.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnWords {
    /// A value is missing.
    pub required: ColumnRuleWords,
    /// A value is of another type.
    #[serde(rename = "type")]
    pub kind: ColumnRuleWords,
    /// A value is not one of the list.
    pub codes: ColumnRuleWords,
}

/// Words of one of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnRuleWords {
    title_vi: String,
    title_en: String,
    message_vi: String,
    message_en: String,
}

impl TableRules {
    /// Binds every rule to the tables' columns.
    ///
    /// # Errors
    /// The first rule that names what is not there, and how.
    pub fn new(file: TableRuleFile) -> Result<Self, Words> {
        let mut bound = Self { numbers: file.numbers, tables: file.tables, rules: Vec::new() };
        for (name, table) in &bound.tables {
            let has_sign = |text: &str| text.is_empty() || text.contains(['.', '/', '@', '(', ')', '{', '}']);
            if let Some(odd) = std::iter::once(name).chain(table.columns.keys()).find(|text| has_sign(text) || *text == "unit") {
                return Err(format!("`{odd}`: a table or column has no name with . / @ ( ) and is not `unit`").into());
            }
            bound.columns(name, &table.key)?;
        }
        for written in file.rules {
            let id = written.id.clone();
            let rule = bound.bind(written).map_err(|said| Words { vi: format!("{id}: {}", said.vi), en: format!("{id}: {}", said.en) })?;
            if bound.rules.iter().any(|known| known.rule.id == id) || id.contains('.') {
                return Err(format!("`{id}` stands twice, or holds a full stop").into());
            }
            bound.rules.push(rule);
        }
        Ok(bound)
    }

    /// The words of every rule, also of those that follow from the columns.
    #[must_use]
    pub fn catalogue(&self, words: &ColumnWords) -> Vec<Rule> {
        let mut rules: Vec<Rule> = self.rules.iter().map(|rule| rule.rule.clone()).collect();
        for (table, schema) in &self.tables {
            for column in schema.columns.keys() {
                for (kind, words) in [("required", &words.required), ("type", &words.kind), ("codes", &words.codes)] {
                    let mut rule = Rule::blank(format!("{table}.{column}.{kind}"), Stage::Value);
                    (rule.title_vi, rule.title_en) = (words.title_vi.clone(), words.title_en.clone());
                    (rule.message_vi, rule.message_en) = (words.message_vi.clone(), words.message_en.clone());
                    rules.push(rule);
                }
            }
        }
        rules
    }

    fn table(&self, name: &str) -> Result<&TableSchema, Words> {
        self.tables.get(name).ok_or_else(|| unknown("bảng", "table", name, self.tables.keys()))
    }

    fn columns(&self, table: &str, columns: &[String]) -> Result<(), Words> {
        let known = &self.table(table)?.columns;
        match columns.iter().find(|column| !known.contains_key(*column)) {
            Some(column) => Err(unknown("cột", "column", column, known.keys())),
            None => Ok(()),
        }
    }

    fn bind(&self, written: WrittenRule) -> Result<TableRule, Words> {
        let table = &written.table;
        self.table(table)?;
        for (other, columns) in &written.keys {
            self.columns(table, columns)?;
            if self.table(other)?.key.len() != columns.len() {
                return Err(format!("`keys`: table `{other}` has {} key columns", self.table(other)?.key.len()).into());
            }
        }
        let mut kinds = Vec::new();
        if let Some(text) = &written.check {
            kinds.push(TableRuleKind::Check(self.bound(&written, table, text, None)?));
        }
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
                return Err("`complete`: `keys` and `columns` are not as many".into());
            }
            kinds.push(TableRuleKind::Complete(complete));
        }
        if let Some(hierarchy) = &written.hierarchy {
            self.columns(table, &[hierarchy.key.clone(), hierarchy.parent.clone(), hierarchy.value.clone()])?;
            self.columns(table, &hierarchy.by)?;
            kinds.push(TableRuleKind::Hierarchy(hierarchy.clone()));
        }
        if let Some(depends) = &written.depends {
            self.columns(table, &depends.on)?;
            self.columns(table, &depends.gives)?;
            kinds.push(TableRuleKind::Depends(depends.clone()));
        }
        if let Some(aggregate) = &written.aggregate {
            self.columns(table, &aggregate.by)?;
            kinds.push(TableRuleKind::Aggregate(aggregate.by.clone(), self.bound(&written, table, &aggregate.check, Some(&aggregate.by))?));
        }
        let (Some(kind), true) = (kinds.pop(), kinds.is_empty()) else {
            return Err("exactly one of check, unique, complete, hierarchy, depends and aggregate stands in a rule".into());
        };
        let about = if let TableRuleKind::Complete(complete) = &kind { &complete.of } else { table };
        let only = written.only.as_ref().map(|text| self.bound(&written, about, text, None)).transpose()?;
        Ok(TableRule { table: table.clone(), only, keys: written.keys.clone(), rule: rule_of(written), kind })
    }

    /// An expression over the fields of a row, or of a group by some columns.
    fn bound(&self, rule: &WrittenRule, table: &str, text: &str, by: Option<&[String]>) -> Result<Bound, Words> {
        let mut fields = Vec::new();
        let mut place = |reference: &Reference| {
            let Reference::Field(name) = reference else { return Err("a table has fields: {column}, {table.column}".to_owned()) };
            let field = self.field(rule, table, name, by).map_err(|said| said.en)?;
            fields.push(field);
            Ok(fields.len() - 1)
        };
        let expression = Expression::parse(text)?.resolved(&mut place)?;
        Ok(Bound { expression, fields })
    }

    fn field(&self, rule: &WrittenRule, table: &str, name: &str, by: Option<&[String]>) -> Result<Field, Words> {
        if let Some((function, column)) = name.strip_suffix(')').and_then(|call| call.split_once('(')) {
            let total = match function.trim() {
                "count" => TotalOf::Count,
                "sum" => TotalOf::Sum,
                "min" => TotalOf::Min,
                "max" => TotalOf::Max,
                other => return Err(format!("`{other}`: of a group there are count, sum, min and max").into()),
            };
            let column = Some(column.trim().to_owned()).filter(|column| !column.is_empty());
            self.columns(table, column.as_slice())?;
            return match (by, &column) {
                (None, _) => Err(format!("`{{{name}}}` stands in an aggregate only").into()),
                (_, None) if total != TotalOf::Count => Err(format!("`{{{name}}}` names no column").into()),
                _ => Ok(Field::Total(total, column)),
            };
        }
        let is_known = |column: &String| by.is_none_or(|by| by.contains(column));
        if let Some((other, column)) = name.split_once('.') {
            self.columns(other, &[column.to_owned()])?;
            let key = &self.table(other)?.key;
            let own = rule.keys.get(other).unwrap_or(key);
            self.columns(table, own)?;
            if key.is_empty() || !own.iter().all(is_known) {
                return Err(format!("`{{{name}}}`: table `{other}` needs a key whose columns the row or group has").into());
            }
            return Ok(Field::Other { table: other.to_owned(), column: column.to_owned() });
        }
        self.columns(table, &[name.to_owned()])?;
        if is_known(&name.to_owned()) {
            Ok(Field::Own(name.to_owned()))
        } else {
            Err(format!("`{{{name}}}`: a group has only the columns of `by`, and totals such as {{sum({name})}}").into())
        }
    }
}

fn unknown<'a>(vi: &str, en: &str, name: &str, known: impl Iterator<Item = &'a String>) -> Words {
    let said = Words::both(format!("không có {vi} `{name}`"), format!("there is no {en} `{name}`"));
    match closest(name, known.map(String::as_str)) {
        Some(near) => Words::join(&[said, Words::did_you_mean(near)], "; "),
        None => said,
    }
}

fn rule_of(written: WrittenRule) -> Rule {
    let said = |message: String| if message.is_empty() { "{title} {found}".to_owned() } else { message };
    let title_en = if written.title_en.is_empty() { written.title_vi.clone() } else { written.title_en };
    Rule {
        severity: written.severity,
        title_vi: written.title_vi,
        title_en,
        message_vi: said(written.message_vi),
        message_en: said(written.message_en),
        why_vi: written.why_vi,
        why_en: written.why_en,
        check: written.check,
        ..Rule::blank(written.id, Stage::Cross)
    }
}
