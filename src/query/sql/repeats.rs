//! Columns that a question asks for twice: `SELECT *, unit`, `SELECT unit, unit`. The engine refuses them; here the later one gets a
//! number behind its name, as columns of one name from two tables do.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Ident, Select, SelectItem, WildcardAdditionalOptions};

use super::parse::known_as;

/// Gives columns that repeat another a name of their own.
pub(super) fn numbered(select: &mut Select) {
    let has_everything = select.projection.iter().any(is_everything);
    let mut seen = Seen::default();
    for item in &mut select.projection {
        let Some(name) = name_of(item) else { continue };
        if !seen.repeats(item, &name, has_everything) {
            continue;
        }
        // There are fewer columns than numbers.
        let numbered = (2..=usize::MAX).map(|number| format!("{}_{number}", name.value));
        let free = numbered.filter(|name| !seen.names.contains(name)).take(1).collect::<String>();
        seen.names.insert(free.clone());
        let alias = Ident { value: free, ..name };
        if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
        }
    }
}

/// What columns so far are called.
#[derive(Default)]
struct Seen {
    /// Names without a table, and those given by AS.
    names: BTreeSet<String>,
    /// Names with their tables, as they were written, and expressions.
    written: BTreeSet<String>,
}

impl Seen {
    /// True where the engine would find two columns of one name; notes the name otherwise.
    fn repeats(&mut self, item: &SelectItem, name: &Ident, has_everything: bool) -> bool {
        let known = known_as(name);
        let (is_own, is_alias) = match item {
            SelectItem::UnnamedExpr(Expr::Identifier(_)) => (true, false),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(_)) => (false, false),
            _ => (true, true),
        };
        if has_everything && !is_alias {
            return true;
        }
        // `a.unit, b.unit` are two columns, `unit, a.unit` may be one.
        let repeats = self.names.contains(&known) || (!is_own && self.written.contains(&item.to_string()));
        if is_own {
            self.names.insert(known)
        } else {
            self.written.insert(item.to_string())
        };
        repeats
    }
}

/// What a column is called that is no whole table: its name, or what was written.
fn name_of(item: &SelectItem) -> Option<Ident> {
    match item {
        SelectItem::UnnamedExpr(Expr::Identifier(name)) | SelectItem::ExprWithAlias { alias: name, .. } => Some(name.clone()),
        SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last().cloned(),
        SelectItem::UnnamedExpr(Expr::Wildcard(_) | Expr::QualifiedWildcard(..)) => None,
        SelectItem::UnnamedExpr(expr) => Some(Ident::with_quote('"', expr.to_string())),
        _ => None,
    }
}

/// True for `*` and `a.*` that leave nothing away.
fn is_everything(item: &SelectItem) -> bool {
    match item {
        SelectItem::Wildcard(options) | SelectItem::QualifiedWildcard(_, options) => leaves_nothing_away(options),
        _ => false,
    }
}

const fn leaves_nothing_away(options: &WildcardAdditionalOptions) -> bool {
    options.opt_exclude.is_none() && options.opt_except.is_none() && options.opt_rename.is_none()
}

#[cfg(test)]
mod tests {
    use super::super::parse::parse;

    #[test]
    fn what_repeats_gets_a_number_and_nothing_else_does() {
        for (asked, read) in [
            ("SELECT unit, unit, unit FROM t", "SELECT unit, unit AS unit_2, unit AS unit_3 FROM t"),
            ("SELECT *, unit FROM t", "SELECT *, unit AS unit_2 FROM t"),
            ("SELECT a.*, a.Unit FROM a", "SELECT a.*, a.Unit AS Unit_2 FROM a"),
            ("SELECT a.unit, b.unit FROM a CROSS JOIN b", "SELECT a.unit, b.unit FROM a CROSS JOIN b"),
            ("SELECT unit, a.unit FROM a", "SELECT unit, a.unit AS unit_2 FROM a"),
            ("SELECT 1 AS x, 2 AS X FROM a", "SELECT 1 AS x, 2 AS X_2 FROM a"),
            ("SELECT SUM(x), SUM(x) FROM a", "SELECT SUM(x), SUM(x) AS \"SUM(x)_2\" FROM a"),
            ("SELECT * EXCLUDE (unit), unit FROM t", "SELECT * EXCLUDE (unit), unit FROM t"),
        ] {
            assert_eq!(parse(asked).unwrap()[0].to_string(), read);
        }
    }
}
