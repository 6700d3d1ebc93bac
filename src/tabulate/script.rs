//! The plan as a script for one engine: where its tables are, counts by school, and totals up to the nation.
//!
//! What is counted is the same for all ([`super::portable`]); engines differ in how a file becomes a table and an answer is kept.

use std::fmt::Write as _;

use super::portable::{PortablePlan, PortableQuery, column_type};
use crate::records::EntityIndex;

/// The table that says which units a school belongs to.
pub const UNIT_TABLE: &str = "unit";
/// Units above a school, from below.
pub const UNIT_LEVELS: [&str; 3] = ["commune", "district", "province"];

/// Engines that a plan can be printed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// DuckDB.
    DuckDb,
    /// Spark SQL, and engines that take it.
    Spark,
    /// Trino.
    Trino,
}

/// Writes the script.
#[derive(Debug, Clone, Copy)]
pub struct PlanScript<'a> {
    /// What is counted.
    pub plan: PortablePlan<'a>,
    /// For whom.
    pub dialect: Dialect,
    /// Folder or address below which each table has its file.
    pub records: &'a str,
}

impl PlanScript<'_> {
    /// Statements that make tables of files; of an engine whose tables are made elsewhere a description of them, in comments.
    #[must_use]
    pub fn sources(&self) -> String {
        let entities =
            self.plan.book.entities.indexes().map(|entity| (self.plan.book.entities[entity].id.to_string(), self.columns(entity)));
        let units = std::iter::once("school").chain(UNIT_LEVELS).map(|name| format!("{name} VARCHAR")).collect::<Vec<_>>();
        let tables = entities.chain([(UNIT_TABLE.to_owned(), units.join(", "))]);
        tables.map(|(name, columns)| self.source(&name, &columns)).collect()
    }

    /// Statements that keep the counts of each school, and the totals of units above, both named in front.
    #[must_use]
    pub fn counts(&self) -> String {
        let mut script = String::new();
        for query in self.plan.queries() {
            let _ = write!(script, "{} {} AS\n{};\n\n", self.keep(), query.name, query.sql.trim_end());
            let _ = write!(script, "{} {}_total AS\n{};\n\n", self.keep(), query.name, totals(&query));
        }
        script.truncate(script.trim_end().len());
        script + "\n"
    }

    fn source(&self, table: &str, columns: &str) -> String {
        let path = format!("{}/{table}.parquet", self.records.trim_end_matches('/'));
        match self.dialect {
            Dialect::DuckDb => format!("CREATE OR REPLACE VIEW {table} AS SELECT * FROM read_parquet('{}');\n", path.replace('\'', "''")),
            Dialect::Spark => format!("CREATE OR REPLACE TEMPORARY VIEW {table} AS SELECT * FROM parquet.`{}`;\n", path.replace('`', "``")),
            Dialect::Trino => {
                let place = format!("{}/{table}", self.records.trim_end_matches('/')).replace('\'', "''");
                format!("-- CREATE TABLE {table} ({columns}) WITH (format = 'PARQUET', external_location = '{place}');\n")
            }
        }
    }

    /// Columns of a kind of record that are read.
    fn columns(&self, entity: EntityIndex) -> String {
        let read = self.plan.book.entities[entity].fields.iter().filter(|field| field.derivation.is_none());
        read.map(|field| format!("{} {}", field.id, column_type(field.kind))).collect::<Vec<_>>().join(", ")
    }

    const fn keep(&self) -> &'static str {
        match self.dialect {
            Dialect::DuckDb => "CREATE OR REPLACE TABLE",
            Dialect::Spark => "CREATE OR REPLACE TEMPORARY VIEW",
            Dialect::Trino => "CREATE TABLE",
        }
    }
}

/// Counts of schools added up to the units above them and to all. Schools that the table of units lacks are under a unit without a
/// name, so that no count is lost.
fn totals(query: &PortableQuery) -> String {
    let by_level = |value: &dyn Fn(&str) -> String| {
        let cases: String = UNIT_LEVELS.iter().map(|level| format!(" WHEN GROUPING(u.{level}) = 0 THEN {}", value(level))).collect();
        format!("CASE{cases}")
    };
    let (level, unit) = (by_level(&|level| format!("'{level}'")), by_level(&|level| format!("u.{level}")));
    let mut sql = format!("SELECT {level} ELSE 'nation' END AS level,\n  {unit} END AS unit");
    for cell in &query.cells {
        let _ = write!(sql, ",\n  CAST(SUM(c.{cell}) AS BIGINT) AS {cell}");
    }
    let sets: Vec<String> = UNIT_LEVELS.iter().map(|level| format!("(u.{level})")).collect();
    let name = &query.name;
    let _ =
        write!(sql, "\nFROM {name} c\n  LEFT JOIN {UNIT_TABLE} u ON u.school = c.school\nGROUP BY GROUPING SETS ({}, ())", sets.join(", "));
    sql
}
