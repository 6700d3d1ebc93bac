//! Columns that a question asks for twice: `SELECT *, unit`, `SELECT unit, unit`. The engine refuses them; here the later one gets a
//! mark behind its name that nobody writes, as the engine gives columns of one name from two tables, and the answer's heading a
//! number. Two different things of one name stay what they are, and are refused.

use std::collections::BTreeSet;

use sqlparser::ast::{Expr, Ident, Select, SelectItem, WildcardAdditionalOptions};

use super::names::known_as;

/// Sign between a name and its mark; nobody types it.
pub(super) const MARK: char = '\u{1f}';

/// Gives columns that repeat another a mark.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Marks that were given: each is used once in a question, so that none meets another.
    given: usize,
}

impl Repeats {
    /// Marks what repeats among the columns of a question.
    pub fn mark(&mut self, select: &mut Select) {
        let has_everything = select.projection.iter().any(is_everything);
        let mut seen = Seen::default();
        for item in &mut select.projection {
            if !seen.repeats(item, has_everything) {
                continue;
            }
            let (SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. }) = &*item else { continue };
            let name = match (&*item, expr) {
                (SelectItem::ExprWithAlias { alias, .. }, _) => alias.value.clone(),
                (_, Expr::Identifier(name)) => name.value.clone(),
                (_, Expr::CompoundIdentifier(names)) => names.last().map(|name| name.value.clone()).unwrap_or_default(),
                _ => expr.to_string(),
            };
            self.given += 1;
            let alias = Ident::with_quote('"', format!("{name}{MARK}{}", self.given));
            *item = SelectItem::ExprWithAlias { expr: expr.clone(), alias };
        }
    }
}

/// Columns so far.
#[derive(Default)]
struct Seen {
    /// Names that no AS gave, without their tables.
    names: BTreeSet<String>,
    /// Names as they were written.
    written: BTreeSet<String>,
}

impl Seen {
    /// True where the engine would find the same column twice.
    fn repeats(&mut self, item: &SelectItem, has_everything: bool) -> bool {
        let name = match item {
            SelectItem::UnnamedExpr(Expr::Identifier(name)) => Some(name),
            SelectItem::UnnamedExpr(Expr::CompoundIdentifier(names)) => names.last(),
            _ => None,
        };
        let written = item.to_string();
        // `a.unit, b.unit` are two columns of two tables, `unit, a.unit` may be one.
        let is_bare = matches!(item, SelectItem::UnnamedExpr(Expr::Identifier(_)));
        let known = name.map(known_as);
        let is_known =
            known.as_ref().is_some_and(|known| has_everything || self.names.contains(known) && (is_bare || self.written.contains(known)));
        let repeats = is_known || (!is_everything(item) && self.written.contains(&written));
        self.written.insert(written);
        if let Some(known) = known {
            if is_bare {
                self.written.insert(known.clone());
            }
            self.names.insert(known);
        }
        repeats
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
    fn what_repeats_gets_a_mark_and_nothing_else_does() {
        for (asked, read) in [
            ("SELECT unit, unit, unit FROM t", "SELECT unit, unit AS \"unit:1\", unit AS \"unit:2\" FROM t"),
            ("SELECT *, unit FROM t", "SELECT *, unit AS \"unit:1\" FROM t"),
            ("SELECT a.*, a.Unit FROM a", "SELECT a.*, a.Unit AS \"Unit:1\" FROM a"),
            ("SELECT a.unit, b.unit FROM a CROSS JOIN b", "SELECT a.unit, b.unit FROM a CROSS JOIN b"),
            ("SELECT unit, a.unit FROM a", "SELECT unit, a.unit AS \"unit:1\" FROM a"),
            ("SELECT 1 AS x, 2 AS X FROM a", "SELECT 1 AS x, 2 AS X FROM a"),
            ("SELECT x AS y, x AS y FROM a", "SELECT x AS y, x AS \"y:1\" FROM a"),
            ("SELECT SUM(x), SUM(x) FROM a", "SELECT SUM(x), SUM(x) AS \"SUM(x):1\" FROM a"),
            ("SELECT * EXCLUDE (unit), unit FROM t", "SELECT * EXCLUDE (unit), unit FROM t"),
            ("SELECT x, x, 9 AS x_2 FROM t", "SELECT x, x AS \"x:1\", 9 AS x_2 FROM t"),
        ] {
            assert_eq!(parse(asked).unwrap()[0].to_string().replace(super::MARK, ":"), read);
        }
    }
}
