//! Rules over plain tables: what columns a table has, and what must hold of its rows.
//!
//! The file says everything; nothing here knows a table by name. Expressions are the language of
//! rules with fields in braces: `{pupils}` of the row, `{before.pupils}` of the row of another table
//! with the same key, `{sum(pupils)}` of a group, `{sum(classes.pupils)}` of all rows of another table with the same key.
//! Comparisons of an expression are looked at when the file is loaded: a rule that could never be decided is refused.

mod bind;
mod kinds;
mod messages;

use std::collections::BTreeMap;

use serde::Deserialize;

use super::expression::Expression;
use crate::base::number::NumberLocale;
use crate::findings::Severity;
use crate::rulebook::catalogue::{Rule, Stage};

/// A file of table rules as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRuleFile {
    /// How numbers in texts are written.
    #[serde(default)]
    pub numbers: NumberLocale,
    /// Tables by the name rules use.
    pub tables: BTreeMap<String, TableSchema>,
    /// Condition that must hold.
    #[serde(default)]
    pub rules: Vec<WrittenRule>,
}

/// Columns and rules that a table is expected to have.
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
    #[serde(default)]
    pub columns: BTreeMap<String, TableColumn>,
    /// Another declared table whose rows these are: all, or those for which `where` holds.
    #[serde(default)]
    pub from: Option<String>,
    /// Which rows of that table.
    #[serde(default, rename = "where")]
    pub only: Option<String>,
    /// Findings may quote every column: nothing personal stands in the table.
    #[serde(default)]
    pub quotable: bool,
    /// Signs that stand for nought in columns of numbers.
    #[serde(default)]
    pub nil: Vec<String>,
    /// Signs that stand for a value that is not there.
    #[serde(default)]
    pub missing: Vec<String>,
}

/// A column of a table.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableColumn {
    /// The heading in the file; the column's name otherwise.
    #[serde(default)]
    pub heading: Option<String>,
    /// Kind of its values.
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

/// Types of a column's values.
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
    /// A number where it is one, a text otherwise: what `is_number` is asked about.
    #[serde(skip)]
    Loose,
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
            Self::Loose => "loose",
        }
    }
}

/// A rule as written: one of its kinds is there.
#[derive(Debug, Clone, Deserialize)]
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
    #[serde(default)]
    parts: Option<Parts>,
    /// Named values, in the language of rules.
    #[serde(default, rename = "let")]
    names: BTreeMap<String, String>,
    /// Variables, a line for each time the rule is applied.
    #[serde(default, rename = "for")]
    variables: Vec<BTreeMap<String, String>>,
    /// It may come to nothing: no row need be decided.
    #[serde(default)]
    idle: bool,
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

/// A sum of the children in a row above them.
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
    /// Keys that must be among the children; their sum is undecided without one.
    #[serde(default)]
    pub parts: Vec<String>,
    /// How far the sum may be off.
    #[serde(default)]
    pub tolerance: f64,
}

/// In a long table, the row of a whole is the sum of the rows of its parts.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parts {
    /// The column that names whole and parts.
    pub column: String,
    /// Column of the whole.
    pub whole: String,
    /// Columns of the parts, all of which must be there where one is.
    pub parts: Vec<String>,
    /// The column that is summed.
    pub value: String,
    /// Columns within whose values whole and parts belong together.
    #[serde(default)]
    pub by: Vec<String>,
    /// How far the sum may be off.
    #[serde(default)]
    pub tolerance: f64,
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

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenAggregate {
    #[serde(default)]
    by: Vec<String>,
    check: String,
}

/// Kinds of rule over a table.
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
    /// Parts of a whole in a long table.
    Parts(Parts),
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
    /// Of all rows of another table with the same key.
    OtherTotal {
        /// That table.
        table: String,
        /// Total that is made of them.
        total: TotalOf,
        /// Its column; none for the number of rows.
        column: Option<String>,
    },
    /// Whether another table has a row with the same key.
    Exists(String),
}

/// Totals of a group of rows.
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

/// A field, and how it is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableField {
    /// Which field.
    pub field: Field,
    /// As what it is read: its column's type; where that is open, as what it is compared with.
    pub reading: ColumnType,
}

/// An expression whose references are places in a list of fields.
#[derive(Debug, Clone)]
pub struct Bound {
    /// The expression.
    pub expression: Expression<usize>,
    /// Fields it refers to.
    pub fields: Vec<TableField>,
}

/// A part of the key by which a row of another table is found.
#[derive(Debug, Clone)]
pub enum KeyPart {
    /// The row's value in a column.
    Column(String),
    /// A value worked out of the row: a constant, a part of a code, the year before.
    Computed(Bound),
}

/// A value in braces in a rule's message.
#[derive(Debug, Clone)]
pub struct Shown {
    /// As written.
    pub name: String,
    /// The grid it comes to.
    pub value: Bound,
}

/// A rule that is ready to run; a rule with several lines of `for` is there once for each.
#[derive(Debug, Clone)]
pub struct TableRule {
    /// Its id, weight and words.
    pub rule: Rule,
    /// The table it is about.
    pub table: String,
    /// Rows it is about; of the other table, for completeness.
    pub only: Option<Bound>,
    /// By what rows of other tables are found.
    pub keys: BTreeMap<String, Vec<KeyPart>>,
    /// Values that its message names.
    pub shown: Vec<Shown>,
    /// Variables of this line of `for`.
    pub variables: BTreeMap<String, String>,
    /// It may come to nothing.
    pub idle: bool,
    /// Condition that must hold.
    pub kind: TableRuleKind,
}

/// Tables and what must hold of them.
#[derive(Debug, Clone)]
pub struct TableRules {
    /// How numbers in texts are written.
    pub numbers: NumberLocale,
    /// Tables by name.
    pub tables: BTreeMap<String, TableSchema>,
    /// Rows of tables that are part of another.
    pub filters: BTreeMap<String, Bound>,
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
    /// A table is not built as tables are.
    pub structure: ColumnRuleWords,
    /// Rows of a table are blank.
    pub gaps: ColumnRuleWords,
    /// A rule decided nothing.
    pub idle: ColumnRuleWords,
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
    /// The words of every rule, also of those that follow from tables and columns.
    #[must_use]
    pub fn catalogue(&self, words: &ColumnWords) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for rule in &self.rules {
            if rules.last().is_none_or(|last| last.id != rule.rule.id) {
                rules.push(rule.rule.clone());
            }
        }
        let idle: Vec<Rule> = rules.iter().map(|rule| words.idle.of(format!("{}.idle", rule.id))).collect();
        rules.extend(idle);
        for (table, schema) in self.tables.iter().filter(|(_, schema)| schema.from.is_none()) {
            rules.push(words.structure.of(format!("{table}.structure")));
            rules.push(Rule { severity: Severity::Warning, ..words.gaps.of(format!("{table}.gaps")) });
            for column in schema.columns.keys() {
                for (kind, words) in [("required", &words.required), ("type", &words.kind), ("codes", &words.codes)] {
                    rules.push(words.of(format!("{table}.{column}.{kind}")));
                }
            }
        }
        rules
    }
}

impl ColumnRuleWords {
    fn of(&self, id: String) -> Rule {
        Rule {
            title_vi: self.title_vi.clone(),
            title_en: self.title_en.clone(),
            message_vi: self.message_vi.clone(),
            message_en: self.message_en.clone(),
            ..Rule::blank(id, Stage::Value)
        }
    }
}
