//! Names in a subquery: does it speak of the question around it?

use std::collections::HashSet;
use std::ops::ControlFlow;

use sqlparser::ast::{Expr, Query, TableFactor, Visit, Visitor};

/// Tables that a subquery names, and names before a point that stand in it.
#[derive(Default)]
pub(super) struct Named {
    tables: HashSet<String>,
    used: Vec<String>,
}

impl Named {
    /// What stands in a subquery.
    pub(super) fn of(query: &Query) -> Self {
        let mut named = Self::default();
        // It never breaks off.
        let _ = Visit::visit(query, &mut named);
        named
    }

    /// False where a table of the question around is named: the engine may take it for one of the subquery's.
    pub(super) fn are_all_its_own(&self) -> bool {
        self.used.iter().all(|name| self.tables.contains(name))
    }
}

impl Visitor for Named {
    type Break = ();

    fn pre_visit_table_factor(&mut self, table: &TableFactor) -> ControlFlow<()> {
        let (name, alias) = match table {
            TableFactor::Table { name, alias, .. } => (name.0.last().and_then(|part| part.as_ident()), alias),
            TableFactor::Derived { alias, .. } | TableFactor::UNNEST { alias, .. } | TableFactor::NestedJoin { alias, .. } => (None, alias),
            _ => (None, &None),
        };
        self.tables.extend(alias.as_ref().map(|alias| &alias.name).or(name).map(|name| name.value.clone()));
        ControlFlow::Continue(())
    }

    fn pre_visit_expr(&mut self, expr: &Expr) -> ControlFlow<()> {
        if let Expr::CompoundIdentifier(names) = expr {
            self.used.extend(names.first().map(|name| name.value.clone()));
        }
        ControlFlow::Continue(())
    }
}
