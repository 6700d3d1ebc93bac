//! Numbers that are made whole are rounded, halves away from zero, as indicators and people do; the engine would cut them off.

use datafusion::common::DFSchema;
use datafusion::common::Result;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::functions::expr_fn::round;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Cast, Expr, ExprSchemable as _, LogicalPlan, TryCast};
use datafusion::optimizer::AnalyzerRule;

#[derive(Debug)]
pub(super) struct RoundedCasts;

impl AnalyzerRule for RoundedCasts {
    fn name(&self) -> &'static str {
        "rounded_casts"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            let names = NamePreserver::new(&plan);
            plan.map_expressions(|expr| {
                let name = names.save(&expr);
                Ok(expr.transform_up(|expr| Ok(rounded(expr, &schema)))?.update_data(|expr| name.restore(expr)))
            })
        })
        .data()
    }
}

/// The same, rounded first where it becomes whole.
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
