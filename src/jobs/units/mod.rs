//! The register is looked at before it is believed: in every run, and by `tkgd units lint`.

mod lint;

use std::path::Path;
use std::sync::Arc;

use chrono::NaiveDate;

use crate::base::error::Result;
use crate::findings::Observed;
use crate::findings::{Finding, Location};
use crate::forms::{Form, Schemas};
use crate::jobs::session::Session;
use crate::register::{AwaitedForm, Register, Tree, lint};
use crate::workbooks::{Isolation, read_table, shown_path};

pub use lint::{RegisterSource, lint_units, register_look_json, register_look_text};

/// Result of a look at a register.
#[derive(Debug)]
pub struct RegisterLook {
    /// The day it was looked at as at.
    pub day: NaiveDate,
    /// Units that are valid on the day.
    pub units: usize,
    /// Oddities, graded.
    pub findings: Vec<Finding>,
}

/// Looks at a register as at a day, with the forms that are awaited.
///
/// # Errors
/// When it cannot be read, or its units make no tree.
pub fn look_at_register(session: &Session, path: &Path, forms: &[Arc<Form>], day: NaiveDate) -> Result<RegisterLook> {
    let (schemas, isolation) = (&session.schemas, &session.isolation);
    let register = Register::read(&read_table(path, None, None, isolation)?, &schemas.register)?;
    let tree = Tree::as_at(&register, day)?;
    let mut findings = lint_register(&register, &tree, forms, schemas);
    findings.extend(register_beside(path, schemas, isolation));
    schemas.rules.grade(&mut findings);
    Ok(RegisterLook { day, units: tree.units.len(), findings })
}

/// Oddities of the register in a term.
pub(crate) fn lint_register(register: &Register, tree: &Tree, forms: &[Arc<Form>], schemas: &Schemas) -> Vec<Finding> {
    let awaited: Vec<AwaitedForm<'_>> = forms
        .iter()
        .map(|form| AwaitedForm { short: &form.short, symbol: &form.symbol, level: &form.level, filed_by: &form.filed_by })
        .collect();
    lint(register, tree, &awaited, &schemas.register)
}

/// Another table of the same name beside the register that holds units too: whoever filled in that one is told.
pub(crate) fn register_beside(register: &Path, schemas: &Schemas, isolation: &Isolation) -> Vec<Finding> {
    let others = ["xlsx", "csv", "ods", "xls", "parquet"].map(|ending| register.with_extension(ending));
    let others = others.iter().filter(|other| *other != register && other.is_file());
    let held = others.filter_map(|other| {
        let table = read_table(other, None, None, isolation).ok()?;
        // An empty one, as it was handed out, is nobody's work.
        let units = Register::read(&table, &schemas.register).map_or(table.rows.len(), |own| own.units.len());
        (units > 0).then(|| {
            let place = Location { file: Some(Arc::from(shown_path(other))), ..Location::default() };
            Finding::new("register-beside").location(place).observed(Observed::name(shown_path(other)), shown_path(register)).detail(units)
        })
    });
    held.collect()
}
