//! The same table as SQL for DuckDB and as filtered sums for polars, written as well as we can.
//!
//! A filtered count for each cell would read every row a thousand times. Both are given what the kernel knows: cells that differ in what
//! they want of the school share a term, and the condition that all rows meet stands first. For DuckDB terms are taken apart once more:
//! sex, ethnic group and grade become keys of a grouping (each reduced to the classes of values that terms tell apart), and what is left
//! of the terms are far fewer measures, added up as `sum(…::UTINYINT)`, which DuckDB does faster than `count(*) FILTER`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use tkgd::records::{Derivation, FieldRef, RecordBook};
use tkgd::tabulate::columns::{Coding, ColumnIndex};
use tkgd::tabulate::plan::{EntityPlan, TermIndex};
use tkgd::tabulate::region::ValueSet;

/// Fields that become keys of the grouping.
const KEYS: [&str; 3] = ["sex", "ethnicity", "grade_taught"];

/// Writes the plan of one kind of record.
pub struct RecordSql<'a> {
    pub book: &'a RecordBook,
    pub plan: &'a EntityPlan,
    pub year: i32,
    pub months: i32,
}

/// Engines and how they write.
#[derive(Clone, Copy, PartialEq)]
enum Dialect {
    Sql,
    Polars,
}

impl RecordSql<'_> {
    /// A line per school and a column `cN` per cell, for DuckDB.
    pub fn duckdb(&self) -> String {
        let mut measures: BTreeMap<String, usize> = BTreeMap::new();
        let (mut terms, common) = (String::new(), self.common());
        for (term, own) in self.plan.terms.iter_enumerated() {
            let (mut keys, mut rest) = (Vec::new(), Vec::new());
            for (column, set) in own.sets().filter(|own| !common.contains(own)) {
                if self.is_key(column) {
                    let classes: Vec<String> =
                        self.classes(column).iter().enumerate().filter(|(_, own)| set.has(own[0])).map(|(at, _)| at.to_string()).collect();
                    keys.push(format!("k{} IN ({})", column.get(), classes.join(", ")));
                } else {
                    rest.push(self.condition(column, set, Dialect::Sql));
                }
            }
            let rest = if rest.is_empty() { "TRUE".to_owned() } else { rest.join(" AND ") };
            let next = measures.len();
            let measure = *measures.entry(rest).or_insert(next);
            let filter = if keys.is_empty() { String::new() } else { format!(" FILTER ({})", keys.join(" AND ")) };
            let _ = write!(terms, ",\n  sum(m{measure}){filter} AS t{}", term.get());
        }
        let keys: Vec<String> = self.keys().map(|column| format!("k{}", column.get())).collect();
        let keys = keys.join(", ");
        let key = |column: ColumnIndex| format!(", {} AS k{}", self.class_of(column), column.get());
        let selected: String = self.keys().map(key).collect();
        let mut by_number: Vec<(usize, String)> = measures.into_iter().map(|(rest, number)| (number, rest)).collect();
        by_number.sort();
        let measure = |(number, rest): (usize, String)| format!(",\n  sum(({rest})::UTINYINT) AS m{number}");
        let measures: String = by_number.into_iter().map(measure).collect();
        let common: Vec<String> = common.iter().map(|(column, set)| self.condition(*column, set, Dialect::Sql)).collect();
        let common = if common.is_empty() { "TRUE".to_owned() } else { common.join(" AND ") };
        format!(
            "WITH grouped AS (\n SELECT p.school{selected}{measures}\n FROM pupil p LEFT JOIN class c ON c.school = p.school AND c.class = p.class\n \
             WHERE {common}\n GROUP BY p.school, {keys}),\nterms AS (\n SELECT school{terms}\n FROM grouped GROUP BY school)\nSELECT s.school{}\n\
             FROM school s LEFT JOIN terms t ON t.school = s.school",
            self.cells()
        )
    }

    /// Filtered sums of all terms by school, for polars: expressions in a list, named `tN`.
    pub fn polars(&self) -> String {
        let term = |(term, own): (TermIndex, &tkgd::tabulate::region::RowBox)| {
            let conditions: Vec<String> = own.sets().map(|(column, set)| self.condition(column, set, Dialect::Polars)).collect();
            format!(
                "({}).sum().alias('t{}')",
                if conditions.is_empty() { "pl.lit(True)".into() } else { conditions.join(" & ") },
                term.get()
            )
        };
        let terms: Vec<String> = self.plan.terms.iter_enumerated().map(term).collect();
        format!("[{}]", terms.join(", "))
    }

    /// How many terms there are.
    pub fn terms(&self) -> usize {
        self.plan.terms.len()
    }

    fn cells(&self) -> String {
        let mut sql = String::new();
        for (number, cell) in self.plan.cells.iter().enumerate() {
            let part = |part: &tkgd::tabulate::plan::CountPart| {
                let of_school: Vec<String> = part.school.sets().map(|(column, set)| self.condition(column, set, Dialect::Sql)).collect();
                let term = format!("coalesce(t.t{}, 0)", part.term.get());
                if of_school.is_empty() { term } else { format!("CASE WHEN {} THEN {term} ELSE 0 END", of_school.join(" AND ")) }
            };
            let parts: Vec<String> = cell.parts.iter().map(part).collect();
            let _ = write!(sql, ",\n ({})::INTEGER AS c{number}", if parts.is_empty() { "0".into() } else { parts.join(" + ") });
        }
        sql
    }

    /// What every term wants.
    fn common(&self) -> Vec<(ColumnIndex, &ValueSet)> {
        let Some(first) = self.plan.terms.iter().next() else { return Vec::new() };
        first.sets().filter(|(column, set)| self.plan.terms.iter().all(|term| term.set(*column) == Some(set))).collect()
    }

    fn is_key(&self, column: ColumnIndex) -> bool {
        KEYS.contains(&&*self.book.field(self.plan.columns.get(column).field).id)
    }

    fn keys(&self) -> impl Iterator<Item = ColumnIndex> + '_ {
        self.plan.row_columns().filter(|column| self.is_key(*column))
    }

    /// Values of a column that no term tells apart, together.
    fn classes(&self, column: ColumnIndex) -> Vec<Vec<u8>> {
        let mut classes: BTreeMap<Vec<bool>, Vec<u8>> = BTreeMap::new();
        for value in self.plan.columns.all(column).values() {
            let accepted = self.plan.terms.iter().map(|term| term.set(column).is_none_or(|set| set.has(value)));
            classes.entry(accepted.collect()).or_default().push(value);
        }
        classes.into_values().collect()
    }

    fn class_of(&self, column: ColumnIndex) -> String {
        let classes = self.classes(column);
        let case = |(at, values): (usize, &Vec<u8>)| {
            let set: ValueSet = values.iter().map(|value| usize::from(*value)).collect();
            format!(" WHEN {} THEN {at}", self.condition(column, &set, Dialect::Sql))
        };
        format!("(CASE{} END)::UTINYINT", classes.iter().enumerate().map(case).collect::<String>())
    }

    /// Whether a column has one of these values.
    fn condition(&self, column: ColumnIndex, set: &ValueSet, dialect: Dialect) -> String {
        let own = self.plan.columns.get(column);
        let field = self.field(own.field, dialect);
        let mut either = Vec::new();
        match &own.coding {
            Coding::Place(_) => {
                let list = self.book.field(own.field).list.as_ref().unwrap();
                let codes = list.values.iter().enumerate().filter(|(place, _)| set.has(u8::try_from(place + 1).unwrap()));
                let codes: Vec<String> = codes.map(|(_, value)| format!("'{}'", value.code)).collect();
                match (&codes[..], dialect) {
                    ([], _) => {}
                    (codes, Dialect::Sql) => either.push(format!("{field} IN ({})", codes.join(", "))),
                    (codes, Dialect::Polars) => either.push(format!("{field}.is_in([{}])", codes.join(", "))),
                }
            }
            Coding::Stretch(marks) => {
                let mut from = 1;
                while from < own.coding.values() {
                    let to = (from..own.coding.values()).find(|byte| !set.has(u8::try_from(*byte).unwrap())).unwrap_or(own.coding.values());
                    if to > from {
                        either.push(stretch(&field, marks, from, to - 1, dialect));
                    }
                    from = to.max(from + 1);
                }
            }
        }
        if set.has(0) {
            either.push(if dialect == Dialect::Sql { format!("{field} IS NULL") } else { format!("{field}.is_null()") });
        }
        format!("({})", either.join(if dialect == Dialect::Sql { " OR " } else { " | " }))
    }

    fn field(&self, at: FieldRef, dialect: Dialect) -> String {
        let field = self.book.field(at);
        let table = match at.entity {
            of if of == self.plan.entity => "p",
            of if of == self.book.school => "s",
            _ => "c",
        };
        let own = |id: &str| match dialect {
            Dialect::Sql => format!("{table}.{id}"),
            Dialect::Polars => format!("pl.col('{}{id}')", if table == "p" { "" } else { "class_" }),
        };
        let born = |born| own(&self.book.entities[at.entity].fields[born].id);
        match (&field.derivation, dialect) {
            (None | Some(Derivation::Count(..)), _) => own(&field.id),
            (Some(Derivation::FirstOf(fields)), _) => {
                let fields: Vec<String> = fields.iter().map(|own| self.field(*own, dialect)).collect();
                format!("{}({})", if dialect == Dialect::Sql { "coalesce" } else { "pl.coalesce" }, fields.join(", "))
            }
            (Some(Derivation::Years(at)), Dialect::Sql) => format!("({} - year({}))", self.year, born(*at)),
            (Some(Derivation::Years(at)), Dialect::Polars) => format!("({} - {}.dt.year())", self.year, born(*at)),
            // The day of the term is the last of its month, so that no day of birth comes after it.
            (Some(Derivation::Months(at)), Dialect::Sql) => {
                format!("({} - year({1}) * 12 - month({1}) - (day({1}) > 30)::INTEGER)", self.months, born(*at))
            }
            (Some(Derivation::Months(at)), Dialect::Polars) => {
                format!("({} - {1}.dt.year() * 12 - {1}.dt.month() - ({1}.dt.day() > 30).cast(pl.Int32))", self.months, born(*at))
            }
        }
    }
}

/// Bytes on end of a number as a condition on the number.
fn stretch(field: &str, marks: &[i64], from: usize, to: usize, dialect: Dialect) -> String {
    let mark = |byte: usize| marks[(byte - 1) / 2];
    let mut both = Vec::new();
    match from {
        1 => {}
        from if from % 2 == 0 => both.push(format!("{field} >= {}", mark(from))),
        from => both.push(format!("{field} > {}", marks[(from - 3) / 2])),
    }
    match to {
        to if to == 2 * marks.len() + 1 => {}
        to if to % 2 == 0 => both.push(format!("{field} <= {}", mark(to))),
        to => both.push(format!("{field} < {}", mark(to))),
    }
    match (&both[..], dialect) {
        ([], Dialect::Sql) => format!("{field} IS NOT NULL"),
        ([], Dialect::Polars) => format!("{field}.is_not_null()"),
        (both, Dialect::Sql) => both.join(" AND "),
        (both, Dialect::Polars) => both.iter().map(|own| format!("({own})")).collect::<Vec<_>>().join(" & "),
    }
}
