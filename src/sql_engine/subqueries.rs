//! Subqueries where the engine has no join for them, or one that forgets that null is neither true nor false.
//!
//! `x IN (SELECT y …)` is not known where x, or a y, is null and nothing is found. As a condition by itself that makes no difference
//! and is left to the engine, whose joins are quick; within NOT, IS, CASE and beside other columns it does. There it is counted: how many
//! rows have x, how many are null, how many there are. Counts are values, which the engine works out for a row wherever they stand.
//!
//! The engine gets a list of each value once: the units of a district in ten years are ten times each of its units, and a
//! row that has one would be found ten times.

use std::sync::Arc;

use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _, TreeNodeRecursion};
use datafusion::common::{Column, DFSchema, Result, ScalarValue, Spans};
use datafusion::functions_aggregate::count::count_all;
use datafusion::logical_expr::expr::{Exists, InSubquery};
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::{conjunction, split_conjunction_owned};
use datafusion::logical_expr::{
    Aggregate, BinaryExpr, Expr, Filter, Join, LogicalPlan, LogicalPlanBuilder, Operator, Projection, Subquery, lit, when,
};
use datafusion::optimizer::AnalyzerRule;

/// Name of a part that is worked out before a sum or a join.
const PART: &str = "part_before";

#[derive(Debug)]
pub(super) struct CountedSubqueries;

impl AnalyzerRule for CountedSubqueries {
    fn name(&self) -> &'static str {
        "counted_subqueries"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        plan.transform_up_with_subqueries(|plan| match plan {
            LogicalPlan::Filter(filter) if has_subquery(&filter.predicate) => in_filter(filter).map(Transformed::yes),
            LogicalPlan::Projection(_) if plan.expressions().iter().any(has_subquery) => {
                let (names, schema) = (NamePreserver::new(&plan), Arc::clone(plan.inputs()[0].schema()));
                plan.map_expressions(|expr| {
                    let name = names.save(&expr);
                    Ok(counted(expr, &schema)?.update_data(|expr| name.restore(expr)))
                })
            }
            LogicalPlan::Aggregate(sums) if sums.aggr_expr.iter().chain(&sums.group_expr).any(has_any_subquery) => {
                in_sums(sums).map(Transformed::yes)
            }
            LogicalPlan::Join(join) if join.filter.as_ref().is_some_and(has_subquery) => in_join(join).map(Transformed::yes),
            other => Ok(Transformed::no(other)),
        })
        .data()
    }
}

fn has_subquery(expr: &Expr) -> bool {
    expr.exists(|expr| Ok(matches!(expr, Expr::InSubquery(_) | Expr::Exists(_)))).unwrap_or(false)
}

fn has_any_subquery(expr: &Expr) -> bool {
    has_subquery(expr) || expr.exists(|expr| Ok(matches!(expr, Expr::ScalarSubquery(_)))).unwrap_or(false)
}

fn in_filter(filter: Filter) -> Result<LogicalPlan> {
    let schema = Arc::clone(filter.input.schema());
    let parts = split_conjunction_owned(filter.predicate).into_iter();
    let parts = parts.map(|part| if is_plain(&part) || is_one(&part) { each_once(part) } else { counted(part, &schema) }.data());
    let parts = parts.collect::<Result<Vec<Expr>>>()?;
    Filter::try_new(conjunction(parts).unwrap_or_else(|| lit(true)), filter.input).map(LogicalPlan::Filter)
}

/// True for a subquery by itself, negated or not: the engine knows null there.
fn is_one(part: &Expr) -> bool {
    match part {
        Expr::InSubquery(_) | Expr::Exists(_) => true,
        Expr::Not(inner) => matches!(**inner, Expr::InSubquery(_) | Expr::Exists(_)),
        _ => false,
    }
}

/// True where not known and false come to the same: subqueries that are asked for as they are, joined by AND and OR.
fn is_plain(part: &Expr) -> bool {
    match part {
        Expr::InSubquery(own) => !own.negated,
        Expr::Exists(_) => true,
        Expr::Not(inner) => matches!(**inner, Expr::Exists(_)) || !has_subquery(part),
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And | Operator::Or, right }) => is_plain(left) && is_plain(right),
        other => !has_subquery(other),
    }
}

/// Gives lists each of their values once, unless they are made anew for each row.
fn each_once(expr: Expr) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::InSubquery(mut own) if own.subquery.outer_ref_columns.is_empty() => {
            let rows = LogicalPlanBuilder::from(Arc::clone(&own.subquery.subquery)).distinct()?.build()?;
            own.subquery = own.subquery.with_plan(Arc::new(rows));
            Ok(Transformed::yes(Expr::InSubquery(own)))
        }
        other => Ok(Transformed::no(other)),
    })
}

/// Puts counts in place of subqueries.
fn counted(expr: Expr, schema: &DFSchema) -> Result<Transformed<Expr>> {
    expr.transform_up(|expr| match expr {
        Expr::InSubquery(own) => list(own, schema).map(Transformed::yes),
        Expr::Exists(Exists { subquery, negated }) => {
            let found = count(&subquery, None)?.gt(lit(0_i64));
            Ok(Transformed::yes(if negated { Expr::Not(Box::new(found)) } else { found }))
        }
        other => Ok(Transformed::no(other)),
    })
}

fn list(own: InSubquery, schema: &DFSchema) -> Result<Expr> {
    let InSubquery { expr, subquery, negated } = own;
    let value = Expr::from(subquery.subquery.schema().qualified_field(0));
    let found = count(&subquery, Some(value.clone().eq(outside(&expr, schema)?)))?.gt(lit(0_i64));
    let has_null = count(&subquery, Some(value.is_null()))?.gt(lit(0_i64));
    let is_unknown = has_null.or(expr.is_null().and(count(&subquery, None)?.gt(lit(0_i64))));
    let (yes, no) = (lit(!negated), lit(negated));
    when(found, yes).when(is_unknown, lit(ScalarValue::Boolean(None))).otherwise(no)
}

/// How many rows of a subquery meet a condition.
fn count(subquery: &Subquery, condition: Option<Expr>) -> Result<Expr> {
    let mut rows = LogicalPlanBuilder::from(Arc::clone(&subquery.subquery));
    if let Some(condition) = condition {
        rows = rows.filter(condition)?;
    }
    let plan = rows.aggregate(Vec::<Expr>::new(), vec![count_all()])?.build()?;
    let outer_ref_columns = plan.all_out_ref_exprs();
    Ok(Expr::ScalarSubquery(Subquery { subquery: Arc::new(plan), outer_ref_columns, spans: Spans::new() }))
}

/// An expression of the row around a subquery, as the subquery sees it.
fn outside(expr: &Expr, schema: &DFSchema) -> Result<Expr> {
    expr.clone()
        .transform_up(|expr| match expr {
            Expr::Column(column) => {
                let field = Arc::clone(schema.qualified_field_from_column(&column)?.1);
                Ok(Transformed::yes(Expr::OuterReferenceColumn(field, column)))
            }
            other => Ok(Transformed::no(other)),
        })
        .data()
}

/// Sums over subqueries: what they are sums of is worked out before, as columns.
fn in_sums(sums: Aggregate) -> Result<LogicalPlan> {
    let Aggregate { input, group_expr, aggr_expr, .. } = &sums;
    let names = NamePreserver::new(&LogicalPlan::Aggregate(sums.clone()));
    let mut columns: Vec<Expr> = input.schema().iter().map(Expr::from).collect();
    let mut parts = 0;
    let mut outwards = |expr: &Expr| -> Result<Expr> {
        let name = names.save(expr);
        let moved = expr.clone().transform_down(|expr| {
            // The largest part without a sum in it.
            if !has_any_subquery(&expr) || has_sum(&expr) {
                return Ok(Transformed::no(expr));
            }
            parts += 1;
            let part = format!("{PART}_{parts}");
            columns.push(counted(expr, input.schema()).data()?.alias(&part));
            Ok(Transformed::new(Expr::Column(Column::from_name(part)), true, TreeNodeRecursion::Jump))
        });
        moved.map(|moved| name.restore(moved.data))
    };
    let groups = group_expr.iter().map(&mut outwards).collect::<Result<Vec<Expr>>>()?;
    let totals = aggr_expr.iter().map(&mut outwards).collect::<Result<Vec<Expr>>>()?;
    let below = LogicalPlan::Projection(Projection::try_new(columns, Arc::clone(input))?);
    Aggregate::try_new(Arc::new(below), groups, totals).map(LogicalPlan::Aggregate)
}

/// Conditions of a join over subqueries: each is worked out before, as a column of the side that it is about.
fn in_join(mut join: Join) -> Result<LogicalPlan> {
    let all: Vec<Expr> = join.schema.iter().map(Expr::from).collect();
    let mut sides = [&join.left, &join.right].map(|side| (Arc::clone(side), side.schema().iter().map(Expr::from).collect::<Vec<Expr>>()));
    let mut parts = 0;
    let condition = join.filter.take().unwrap_or_else(|| lit(true));
    let moved = condition.transform_down(|expr| {
        let (Expr::InSubquery(InSubquery { subquery, .. }) | Expr::Exists(Exists { subquery, .. })) = &expr else {
            return Ok(Transformed::no(expr));
        };
        let mut used: Vec<Column> = expr.column_refs().into_iter().cloned().collect();
        for outer in &subquery.outer_ref_columns {
            if let Expr::OuterReferenceColumn(_, column) = outer {
                used.push(column.clone());
            }
        }
        let side = sides.iter_mut().find(|(plan, _)| used.iter().all(|column| plan.schema().has_column(column)));
        let Some((plan, columns)) = side else { return Ok(Transformed::no(expr)) };
        parts += 1;
        let part = format!("{PART}_{parts}");
        columns.push(counted(expr, plan.schema()).data()?.alias(&part));
        Ok(Transformed::new(Expr::Column(Column::from_name(part)), true, TreeNodeRecursion::Jump))
    })?;
    let [left, right] = sides.map(|(plan, columns)| LogicalPlanBuilder::from(plan).project(columns)?.build());
    let (left, right) = (left?, right?);
    let keys = join.on.into_iter().map(|(left, right)| left.eq(right));
    let on = conjunction(keys.chain([moved.data]));
    LogicalPlanBuilder::from(left).join_on(right, join.join_type, on)?.project(all)?.build()
}

fn has_sum(expr: &Expr) -> bool {
    expr.exists(|expr| Ok(matches!(expr, Expr::AggregateFunction(_)))).unwrap_or(false)
}
