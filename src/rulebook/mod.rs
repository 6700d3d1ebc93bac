//! Rules as they are written: their language, their catalogue of words, rules over plain tables, findings with the words of their rules.

pub mod catalogue;
pub mod expression;
mod finding_record;
mod table_rules;

pub use catalogue::{Outlier, Rule, RuleBook, Stage, verbatim};
pub use expression::{ColumnPick, Expression, Function, Moment, Operator, Reference, Unary};
pub use finding_record::{FINDING_COLUMNS, FindingRecord};
pub use table_rules::{
    Bound, ColumnType, ColumnWords, Complete, Depends, Field, Hierarchy, KeyPart, Parts, TableColumn, TableField, TableRule, TableRuleFile,
    TableRuleKind, TableRules, TableSchema, TotalOf,
};
