//! Counting as SQL over tables of records, alike in meaning: for audit, and for engines that hold more than one machine does.
//!
//! Tables are named by kinds of record and their columns by fields; codes are texts, flags and numbers integers, dates dates. The text
//! keeps to what DuckDB, Spark and Trino read alike: common table expressions, left joins, `COUNT(*) FILTER`, `year`, `month`, `day`,
//! identifiers that need no quotes. A condition becomes the SQL condition that is written like it: both have three values and count what
//! holds.

use std::fmt::Write as _;

use chrono::Datelike as _;

use super::definitions::{CellDefinition, FormDefinition};
use super::rows::AgeDays;
use crate::forms::Form;
use crate::records::{Condition, Derivation, EntityIndex, FieldIndex, FieldKind, FieldRef, RecordBook};
use crate::rulebook::{Expression, Function, Operator, Unary};

/// Writes the plan of some forms.
#[derive(Debug, Clone, Copy)]
pub struct PortablePlan<'a> {
    /// Fields and how they are worked out.
    pub book: &'a RecordBook,
    /// Forms and how their cells are counted.
    pub definitions: &'a [FormDefinition],
    /// Days by which ages are told.
    pub days: AgeDays,
}

/// A statement that counts the cells of a form that are about one kind of record, a line per school and a column per cell.
#[derive(Debug, Clone)]
pub struct PortableQuery {
    /// Form and kind of record, as a name: `th_02_pupil`.
    pub name: String,
    /// Columns of cells, in order.
    pub cells: Vec<String>,
    /// The statement.
    pub sql: String,
}

impl PortablePlan<'_> {
    /// A statement for each form and kind of record.
    #[must_use]
    pub fn queries(&self) -> Vec<PortableQuery> {
        let mut queries = Vec::new();
        for definition in self.definitions {
            for (entity, own) in self.book.entities.iter_enumerated() {
                let cells: Vec<&CellDefinition> = definition.cells.iter().filter(|cell| cell.entity == entity).collect();
                if !cells.is_empty() {
                    let name = format!("{}_{}", plain(&definition.form.short), own.id);
                    let sql = self.query(&definition.form, entity, &cells);
                    let cells = cells.into_iter().map(|cell| cell_name(&definition.form, cell)).collect();
                    queries.push(PortableQuery { name, cells, sql });
                }
            }
        }
        queries
    }

    fn query(&self, form: &Form, entity: EntityIndex, cells: &[&CellDefinition]) -> String {
        let mut sql = format!("WITH\n{}SELECT t.school AS school", self.tables());
        for cell in cells {
            let conditions: Vec<String> = cell.conditions.iter().map(|own| format!("({})", self.condition(entity, own))).collect();
            let condition = if conditions.is_empty() { "TRUE".to_owned() } else { conditions.join(" AND ") };
            let _ = write!(sql, ",\n  COUNT(*) FILTER (WHERE {condition}) AS {}", cell_name(form, cell));
        }
        let _ = writeln!(sql, "\n{}\nGROUP BY t.school\nORDER BY t.school", self.joined(entity, "_with"));
        sql
    }

    /// Tables with the values that are worked out: what counts others comes after them.
    fn tables(&self) -> String {
        let owners = [self.book.class, self.book.school];
        let others = self.book.entities.indexes().filter(|entity| !owners.contains(entity));
        let tables: Vec<String> = others.chain(owners).map(|entity| self.table(entity)).collect();
        format!("{}\n", tables.join(",\n"))
    }

    fn table(&self, entity: EntityIndex) -> String {
        let own = &self.book.entities[entity];
        let mut sql = format!("{}_with AS (\n  SELECT t.*", own.id);
        for (field, named) in own.fields.iter_enumerated() {
            if let Some(derivation) = &named.derivation {
                let _ = write!(sql, ",\n    {} AS {}", self.derived(entity, field, derivation), named.id);
            }
        }
        let _ = write!(sql, "\n  FROM {} t{}", own.id, self.class_join(entity, "class"));
        for field in own.fields.indexes() {
            sql.push_str(&self.counts_join(entity, field));
        }
        sql.push_str("\n)");
        sql
    }

    /// Classes of a table beside rows that belong to one.
    fn class_join(&self, entity: EntityIndex, table: &str) -> String {
        let belongs = self.belongs_to_class(entity);
        if belongs { format!("\n  LEFT JOIN {table} c ON c.school = t.school AND c.class = t.class") } else { String::new() }
    }

    /// Whether rows of an entity belong to a class and are none.
    fn belongs_to_class(&self, entity: EntityIndex) -> bool {
        entity != self.book.class && self.book.key(entity, self.book.class).is_some()
    }

    fn derived(&self, entity: EntityIndex, at: FieldIndex, derivation: &Derivation) -> String {
        let own = |field: FieldIndex| format!("t.{}", self.book.entities[entity].fields[field].id);
        let AgeDays { year, day } = self.days;
        match derivation {
            Derivation::FirstOf(fields) => {
                let fields: Vec<String> = fields.iter().map(|field| self.field(entity, *field)).collect();
                format!("COALESCE({})", fields.join(", "))
            }
            Derivation::Years(born) => format!("{year} - year({})", own(*born)),
            Derivation::Months(born) => {
                let (born, months) = (own(*born), day.year() * 12 + day.month().cast_signed());
                format!("{months} - (year({born}) * 12 + month({born})) - CASE WHEN day({born}) > {} THEN 1 ELSE 0 END", day.day())
            }
            Derivation::Count(..) => format!("COALESCE(n{}.n, 0)", at.get()),
        }
    }

    /// The join that brings the counts of a value; nothing for any other field.
    fn counts_join(&self, entity: EntityIndex, field: FieldIndex) -> String {
        let Some(Derivation::Count(counted, only)) = &self.book.entities[entity].fields[field].derivation else { return String::new() };
        let name = format!("n{}", field.get());
        let keys: &[&str] = if entity == self.book.school { &["school"] } else { &["school", "class"] };
        let conditions = self.book.entities[*counted].counts_if.iter().chain(only);
        let conditions: Vec<String> = conditions.map(|own| format!("({})", self.condition(*counted, own))).collect();
        let (columns, on): (Vec<String>, Vec<String>) =
            keys.iter().map(|key| (format!("t.{key}"), format!("{name}.{key} = t.{key}"))).unzip();
        let filter = if conditions.is_empty() { String::new() } else { format!(" WHERE {}", conditions.join(" AND ")) };
        let columns = columns.join(", ");
        format!(
            "\n  LEFT JOIN (SELECT {columns}, COUNT(*) AS n {}{filter} GROUP BY {columns}) {name} ON {}",
            self.joined(*counted, ""),
            on.join(" AND ")
        )
    }

    /// Rows of an entity with their class and school, out of tables of classes and schools whose names end so: those with values that
    /// are worked out in a statement, those that are read while these are made.
    fn joined(&self, entity: EntityIndex, ending: &str) -> String {
        let class = self.class_join(entity, &format!("class{ending}"));
        let school = if entity == self.book.school { String::new() } else { format!("\n  JOIN school{ending} s ON s.school = t.school") };
        format!("FROM {}_with t{class}{school}", self.book.entities[entity].id)
    }

    /// A condition over rows `t` of an entity, their class `c` and school `s`.
    fn condition(&self, entity: EntityIndex, own: &Condition) -> String {
        let inner = |own: &Condition| self.condition(entity, own);
        match own {
            Expression::Unary(Unary::Not, own) => format!("NOT ({})", inner(own)),
            Expression::Unary(Unary::Minus, own) => format!("-{}", inner(own)),
            Expression::Binary(operator, left, right) => match operator {
                Operator::And => format!("({}) AND ({})", inner(left), inner(right)),
                Operator::Or => format!("({}) OR ({})", inner(left), inner(right)),
                Operator::Implies => format!("NOT ({}) OR ({})", inner(left), inner(right)),
                Operator::Iff => format!("({}) = ({})", inner(left), inner(right)),
                Operator::NotEqual => format!("{} <> {}", inner(left), inner(right)),
                operator => format!("{} {} {}", inner(left), operator.sign(), inner(right)),
            },
            Expression::OneOf(own, list) => {
                let values: Vec<String> = list.iter().map(inner).collect();
                format!("{} IN ({})", inner(own), values.join(", "))
            }
            Expression::Call(function, arguments) => {
                let field = arguments.first().map(inner).unwrap_or_default();
                format!("{field} IS {}NULL", if *function == Function::Present { "NOT " } else { "" })
            }
            Expression::Reference(field) => self.field(entity, *field),
            Expression::Number(numerator, _) => numerator.to_string(),
            Expression::Text(text) | Expression::Name(text) => format!("'{}'", text.replace('\'', "''")),
        }
    }

    fn field(&self, entity: EntityIndex, at: FieldRef) -> String {
        let table = match at.entity {
            of if of == entity => "t",
            of if of == self.book.school => "s",
            _ => "c",
        };
        format!("{table}.{}", self.book.field(at).id)
    }
}

/// A cell as the name of a column: `iii_37_1`.
#[must_use]
pub fn cell_name(form: &Form, cell: &CellDefinition) -> String {
    let (sheet, coded, column) = form.layout.address(cell.slot);
    let sheet = &form.layout.sheets[sheet];
    let code = sheet.coded_row(coded).code.as_deref().unwrap_or_default();
    format!("{}_{}_{}", plain(&sheet.id), plain(code), sheet.columns[column].number)
}

/// Letters and digits that no engine wants in quotes; a name that would begin with a digit has its first word last.
fn plain(text: &str) -> String {
    let text = text.to_lowercase().replace('-', "_");
    match text.split_once('_') {
        Some((number, name)) if number.starts_with(|c: char| c.is_ascii_digit()) => format!("{name}_{number}"),
        _ => text,
    }
}

/// The type of a field's column, as every engine calls it.
#[must_use]
pub const fn column_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Key | FieldKind::Id | FieldKind::Code => "VARCHAR",
        FieldKind::Flag | FieldKind::Whole => "INTEGER",
        FieldKind::Date => "DATE",
    }
}
