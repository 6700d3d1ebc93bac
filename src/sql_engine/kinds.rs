//! Kinds of values that the engine would fit to each other without a word, and no analyst would: a day is compared with a number by
//! the days since 1970, the length of a list is that of the text it is written as.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{TreeNode as _, TreeNodeRecursion};
use datafusion::common::{DFSchema, Result, ScalarValue, plan_err};
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{Between, BinaryExpr, Expr, ExprSchemable as _, LogicalPlan, Operator};
use datafusion::optimizer::AnalyzerRule;

use super::truths::is_comparison;

/// Said where a list is measured as a text.
pub const LENGTH_OF_LIST: &str = "LENGTH is asked of a list";
/// Said where a function gives texts and numbers as one: a code would lose the zeros it begins with.
pub const TEXTS_AND_NUMBERS: &str = "texts and numbers are mixed in ";
/// Said where hours are added to a day, which the engine leaves away.
pub const HOURS_OF_DAY: &str = "hours are added to a day";
/// Nanoseconds of a day.
const DAY: i64 = 86_400_000_000_000;
/// Functions that give one of their values.
const CHOOSING: [&str; 3] = ["coalesce", "greatest", "least"];
/// Functions that measure texts.
const LENGTHS: [&str; 3] = ["length", "char_length", "character_length"];

#[derive(Debug)]
pub(super) struct FittingKinds;

impl AnalyzerRule for FittingKinds {
    fn name(&self) -> &'static str {
        "fitting_kinds"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.apply_with_subqueries(|plan| {
            let schema = merge_schema(&plan.inputs());
            plan.apply_expressions(|expr| expr.apply(|expr| check(expr, &schema).map(|()| TreeNodeRecursion::Continue)))
        })?;
        Ok(plan)
    }
}

fn check(expr: &Expr, schema: &DFSchema) -> Result<()> {
    match expr {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Plus | Operator::Minus, right }) => {
            let is_day = |part: &Expr| matches!(kind(part, schema), Some(DataType::Date32));
            let adds_hours = (is_day(left) && has_hours(right)) || (is_day(right) && has_hours(left));
            if adds_hours { plan_err!("{HOURS_OF_DAY}") } else { Ok(()) }
        }
        Expr::BinaryExpr(BinaryExpr { left, op, right }) if is_comparison(*op) => compared(left, &op.to_string(), right, schema),
        Expr::Between(Between { expr, low, high, .. }) => {
            compared(expr, ">=", low, schema)?;
            compared(expr, "<=", high, schema)
        }
        Expr::InList(list) => list.list.iter().try_for_each(|value| compared(&list.expr, "=", value, schema)),
        Expr::ScalarFunction(function) if LENGTHS.contains(&function.func.name()) => {
            let is_list = |arg: &Expr| matches!(kind(arg, schema), Some(DataType::List(_) | DataType::LargeList(_)));
            if function.args.iter().any(is_list) { plan_err!("{LENGTH_OF_LIST}") } else { Ok(()) }
        }
        Expr::ScalarFunction(function) if CHOOSING.contains(&function.func.name()) => {
            let kinds: Vec<DataType> = function.args.iter().filter_map(|arg| kind(arg, schema)).collect();
            let has = |is: fn(&DataType) -> bool| kinds.iter().any(is);
            if has(DataType::is_string) && has(DataType::is_numeric) {
                return plan_err!("{TEXTS_AND_NUMBERS}{}", function.func.name());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// True for an interval that is no whole number of days.
fn has_hours(part: &Expr) -> bool {
    matches!(part, Expr::Literal(ScalarValue::IntervalMonthDayNano(Some(interval)), _) if interval.nanoseconds % DAY != 0)
}

fn compared(left: &Expr, operator: &str, right: &Expr, schema: &DFSchema) -> Result<()> {
    let (Some(left), Some(right)) = (kind(left, schema), kind(right, schema)) else { return Ok(()) };
    let is_day = |kind: &DataType| matches!(kind, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..));
    if (is_day(&left) && right.is_numeric()) || (left.is_numeric() && is_day(&right)) {
        return plan_err!("Cannot infer common argument type for comparison operation {left} {operator} {right}");
    }
    Ok(())
}

/// The type of a part; none where it is of the row around a subquery.
fn kind(expr: &Expr, schema: &DFSchema) -> Option<DataType> {
    expr.get_type(schema).ok()
}
