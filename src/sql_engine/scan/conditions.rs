//! Conditions on a table's rows: which row groups can meet them, and what is left to ask of their rows.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TransformedResult as _, TreeNode as _};
use datafusion::error::Result;
use datafusion::logical_expr::Operator;
use datafusion::physical_expr::expressions::{BinaryExpr, Column, InListExpr, Literal, in_list};
use datafusion::physical_expr::utils::collect_columns;
use datafusion::physical_expr::{PhysicalExpr, ScalarFunctionExpr, split_conjunction};
use datafusion::physical_expr_common::physical_expr::snapshot_physical_expr;
use datafusion::physical_optimizer::pruning::{PruningPredicate, PruningPredicateBuilder};

/// A condition that all rows must meet.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// Condition about the columns below, by their place among them.
    pub expr: Arc<dyn PhysicalExpr>,
    /// Columns of the table that it is about, in their order.
    pub columns: Vec<usize>,
    /// Those columns as a table of their own.
    pub schema: SchemaRef,
    /// The values that its column may have, sorted, where it says so.
    listed: Option<Arc<[ScalarValue]>>,
}

/// Conditions of a question or of what was worked out of it so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    /// Conditions on rows.
    pub of_rows: Vec<Condition>,
    /// Condition on row groups by their smallest and largest values.
    pub of_groups: Option<Arc<PruningPredicate>>,
}

impl Condition {
    /// A condition about columns of a table.
    fn new(expr: &Arc<dyn PhysicalExpr>, table: &SchemaRef) -> Result<Self> {
        let mut columns: Vec<usize> = collect_columns(expr).iter().map(Column::index).collect();
        columns.sort_unstable();
        columns.dedup();
        let field = |&column: &usize| Field::new(table.field(column).name(), table.field(column).data_type().clone(), true);
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let expr = Arc::clone(expr).transform_up(|expr| match expr.downcast_ref::<Column>() {
            Some(column) => {
                let place = columns.partition_point(|&other| other < column.index());
                Ok(Transformed::yes(Arc::new(Column::new(column.name(), place)) as _))
            }
            None => Ok(Transformed::no(expr)),
        });
        let expr = expr.data()?;
        let listed = expr.downcast_ref::<InListExpr>().and_then(values_of);
        Ok(Self { expr, columns, schema, listed })
    }

    /// False where no value of the list lies between two values.
    pub fn can_lie_between(&self, low: &ScalarValue, high: &ScalarValue) -> bool {
        let Some(listed) = &self.listed else { return true };
        let from = listed.partition_point(|value| value.partial_cmp(low).is_some_and(std::cmp::Ordering::is_lt));
        listed.get(from).is_some_and(|value| value.partial_cmp(high).is_none_or(std::cmp::Ordering::is_le))
    }

    /// It is about one column, of texts.
    pub fn is_of_one_text(&self) -> bool {
        self.schema.fields().len() == 1 && *self.schema.field(0).data_type() == DataType::Utf8View
    }

    /// It is a list of values of one column.
    pub const fn is_list(&self) -> bool {
        self.listed.is_some()
    }
}

/// The values of a list about a column; none for other lists.
fn values_of(list: &InListExpr) -> Option<Arc<[ScalarValue]>> {
    if list.negated() || !list.expr().is::<Column>() {
        return None;
    }
    let values = list.list().iter().map(|value| value.downcast_ref::<Literal>().map(|value| value.value().clone()));
    let mut values: Vec<ScalarValue> = values.collect::<Option<Vec<_>>>()?;
    values.retain(|value| !value.is_null());
    values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
    Some(values.into())
}

impl Conditions {
    /// The conditions that a question states.
    pub fn stated(all: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Result<Self> {
        let parts: Vec<Arc<dyn PhysicalExpr>> = all.iter().flat_map(split_conjunction).cloned().collect();
        Self::new(&parts, &parts, schema)
    }

    fn new(rows: &[Arc<dyn PhysicalExpr>], groups: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Result<Self> {
        let of_rows = rows.iter().map(|part| Condition::new(part, schema)).collect::<Result<_>>()?;
        Ok(Self { of_rows, of_groups: of_groups(groups, schema) })
    }

    /// Conditions that other parts of the plan have found out by now. Rows that do not meet them are dropped later on anyway, so that what
    /// costs much to ask may be left out.
    pub fn found(all: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Result<Self> {
        let mut rows = Vec::new();
        let mut groups = Vec::new();
        for expr in all {
            let now = snapshot_physical_expr(Arc::clone(expr))?;
            for part in split_conjunction(&now) {
                if let Some(list) = part.downcast_ref::<InListExpr>().filter(|list| !list.negated()) {
                    rows.extend(lists(list, part, schema)?);
                } else if is_plain(part) {
                    groups.push(Arc::clone(part));
                    if !is_bound(part) {
                        rows.push(Arc::clone(part));
                    }
                }
            }
        }
        Self::new(&rows, &groups, schema)
    }
}

fn of_groups(parts: &[Arc<dyn PhysicalExpr>], schema: &SchemaRef) -> Option<Arc<PruningPredicate>> {
    let all = parts.iter().cloned().reduce(|all, part| Arc::new(BinaryExpr::new(all, Operator::And, part)) as _)?;
    PruningPredicateBuilder::new().with_file_schema(Arc::clone(schema)).build(all).filter(|known| !known.always_true())
}

/// A list as one of each column: of lists of several columns at once a row is asked by each of them alone.
fn lists(list: &InListExpr, own: &Arc<dyn PhysicalExpr>, schema: &SchemaRef) -> Result<Vec<Arc<dyn PhysicalExpr>>> {
    let Some(several) = list.expr().downcast_ref::<ScalarFunctionExpr>() else {
        return Ok(if list.expr().is::<Column>() { vec![Arc::clone(own)] } else { Vec::new() });
    };
    let mut all = Vec::new();
    for (at, column) in several.args().iter().enumerate().filter(|(_, column)| column.is::<Column>()) {
        let value = |row: &Arc<dyn PhysicalExpr>| match row.downcast_ref::<Literal>().map(Literal::value) {
            Some(ScalarValue::Struct(row)) => row.columns().get(at).and_then(|values| ScalarValue::try_from_array(values, 0).ok()),
            _ => None,
        };
        let Some(mut values) = list.list().iter().map(value).collect::<Option<Vec<ScalarValue>>>() else { continue };
        values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        values.dedup();
        let values = values.into_iter().map(|value| Arc::new(Literal::new(value)) as _).collect();
        all.push(in_list(Arc::clone(column), values, &false, schema)?);
    }
    Ok(all)
}

/// True for what only compares columns with values.
fn is_plain(expr: &Arc<dyn PhysicalExpr>) -> bool {
    let is_known = |part: &Arc<dyn PhysicalExpr>| {
        part.is::<BinaryExpr>()
            || part.is::<Column>()
            || part.is::<Literal>()
            || part.is::<datafusion::physical_expr::expressions::IsNullExpr>()
            || part.is::<datafusion::physical_expr::expressions::IsNotNullExpr>()
            || part.is::<datafusion::physical_expr::expressions::NotExpr>()
    };
    !expr.exists(|part| Ok(!is_known(part))).unwrap_or(true)
}

/// True for the ends of a join's keys: they help to skip row groups, and little within one.
fn is_bound(expr: &Arc<dyn PhysicalExpr>) -> bool {
    expr.downcast_ref::<BinaryExpr>().is_some_and(|own| matches!(own.op(), Operator::GtEq | Operator::LtEq))
}

/// The type of a column of the table.
pub(super) fn kind(schema: &SchemaRef, column: usize) -> &DataType {
    schema.field(column).data_type()
}
