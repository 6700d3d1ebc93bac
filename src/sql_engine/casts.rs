//! Numbers that are made whole are rounded, halves away from zero, as indicators and people do; the engine would cut them off.

use datafusion::common::DFSchema;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::functions::expr_fn::round;
use datafusion::logical_expr::{Cast, Expr, ExprSchemable as _, LogicalPlan, TryCast};
use datafusion::optimizer::AnalyzerRule;

use super::parts::with_parts;

#[derive(Debug)]
pub(super) struct RoundedCasts;

impl AnalyzerRule for RoundedCasts {
    fn name(&self) -> &'static str {
        "rounded_casts"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        with_parts(plan, rounded)
    }
}

/// Rounds first where the value becomes whole.
fn rounded(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let (Expr::Cast(Cast { expr: inner, field }) | Expr::TryCast(TryCast { expr: inner, field })) = &expr else {
        return Transformed::no(expr);
    };
    // Of a row of the question around a subquery the type is not known here; such a number is cut off as the engine does.
    let is_rounded = inner.get_type(schema).is_ok_and(|kind| kind.is_floating() || kind.is_decimal());
    if !is_rounded || !field.data_type().is_integer() {
        return Transformed::no(expr);
    }
    let inner = Box::new(round(vec![(**inner).clone()]));
    let field = field.clone();
    Transformed::yes(if matches!(expr, Expr::Cast(_)) {
        Expr::Cast(Cast { expr: inner, field })
    } else {
        Expr::TryCast(TryCast { expr: inner, field })
    })
}
