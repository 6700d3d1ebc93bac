//! Arithmetic as analysts expect it: whole numbers never wrap, `/` is an exact quotient's nearest number, and what is divided by 0
//! is not known.

use std::any::Any;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Float64Array, Int64Array};
use datafusion::arrow::compute::kernels::numeric;
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::cast::{as_float64_array, as_int64_array};
use datafusion::common::config::ConfigOptions;
use datafusion::common::tree_node::Transformed;
use datafusion::common::{DFSchema, Result, exec_err};
use datafusion::functions::expr_fn::nullif;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    BinaryExpr, ColumnarValue, Expr, ExprSchemable as _, LogicalPlan, Operator, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF,
    ScalarUDFImpl, Signature, Volatility, cast, lit,
};
use datafusion::optimizer::AnalyzerRule;
use datafusion::physical_expr_common::datum::apply;
use sqlparser::ast::BinaryOperator;

use super::parts::with_parts;

/// Said where a whole number grows too large; the words for people are made of it.
pub(crate) const TOO_LARGE: &str = "a whole number is too large";

/// Planners that give operators to the functions below, before any other.
pub(super) fn planners() -> Vec<Arc<dyn ExprPlanner>> {
    vec![Arc::new(Operators)]
}

/// Functions that questions may call by name.
pub(super) fn functions() -> Vec<Arc<ScalarUDF>> {
    [Operation::Quotient, Operation::Remainder].map(|operation| Arc::new(operation.function())).into()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Operation {
    Add,
    Subtract,
    Multiply,
    Remainder,
    /// Of whole numbers, towards zero.
    Quotient,
    /// Of any numbers.
    Divide,
}

impl Operation {
    /// Function of an operator for operands of some types; none where it is the engine's own.
    fn of(operator: &BinaryOperator, left: &DataType, right: &DataType) -> Option<Self> {
        let all = |is: fn(&DataType) -> bool| [left, right].iter().all(|kind| kind.is_null() || is(kind));
        let (whole, numeric) = (all(DataType::is_integer), all(DataType::is_numeric));
        match operator {
            BinaryOperator::Plus if whole => Some(Self::Add),
            BinaryOperator::Minus if whole => Some(Self::Subtract),
            BinaryOperator::Multiply if whole => Some(Self::Multiply),
            BinaryOperator::Modulo if whole => Some(Self::Remainder),
            BinaryOperator::DuckIntegerDivide | BinaryOperator::MyIntegerDivide if whole => Some(Self::Quotient),
            BinaryOperator::Divide | BinaryOperator::DuckIntegerDivide | BinaryOperator::MyIntegerDivide if numeric => Some(Self::Divide),
            _ => None,
        }
    }

    const fn sign(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Remainder => "%",
            Self::Quotient => "//",
            Self::Divide => "/",
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Add => "whole_add",
            Self::Subtract => "whole_subtract",
            Self::Multiply => "whole_multiply",
            Self::Remainder => "mod",
            Self::Quotient => "div",
            Self::Divide => "divide",
        }
    }

    /// The type of operands and of what comes of them.
    fn kind(self) -> DataType {
        if self == Self::Divide { DataType::Float64 } else { DataType::Int64 }
    }

    /// An operand as the function takes it.
    fn taken(self, operand: Expr, kind: &DataType) -> Expr {
        if *kind == self.kind() { operand } else { cast(operand, self.kind()) }
    }

    /// The engine's operator that stands for it while types are fitted.
    const fn own(self) -> Option<Operator> {
        match self {
            Self::Add => Some(Operator::Plus),
            Self::Subtract => Some(Operator::Minus),
            Self::Multiply => Some(Operator::Multiply),
            Self::Remainder | Self::Quotient | Self::Divide => None,
        }
    }

    /// Operation that an operator of the engine stands for.
    fn checked(operator: Operator) -> Option<Self> {
        [Self::Add, Self::Subtract, Self::Multiply].into_iter().find(|operation| operation.own() == Some(operator))
    }

    fn of_both(self, left: Expr, right: Expr) -> Expr {
        Expr::ScalarFunction(ScalarFunction::new_udf(Arc::new(self.function()), vec![left, right]))
    }

    fn function(self) -> ScalarUDF {
        let operands = self.kind();
        ScalarUDF::from(Arithmetic { operation: self, signature: Signature::exact(vec![operands; 2], Volatility::Immutable) })
    }
}

#[derive(Debug)]
struct Operators;

impl ExprPlanner for Operators {
    fn plan_binary_op(&self, expr: RawBinaryExpr, schema: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        // Of a type that is not known the engine says what it misses.
        let (Ok(left), Ok(right)) = (expr.left.get_type(schema), expr.right.get_type(schema)) else {
            return Ok(PlannerResult::Original(expr));
        };
        let Some(operation) = Operation::of(&expr.op, &left, &right) else {
            if expr.op != BinaryOperator::Modulo || !left.is_numeric() || !right.is_numeric() {
                return Ok(PlannerResult::Original(expr));
            }
            // The engine ends a question there where `/` gives null.
            let divisor = nullif(expr.right, lit(0_i64));
            return Ok(PlannerResult::Planned(Expr::BinaryExpr(BinaryExpr::new(Box::new(expr.left), Operator::Modulo, Box::new(divisor)))));
        };
        let [left, right] = [(expr.left, left), (expr.right, right)].map(|(operand, kind)| operation.taken(operand, &kind));
        Ok(PlannerResult::Planned(match operation.own() {
            Some(operator) => Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right))),
            None => operation.of_both(left, right),
        }))
    }
}

/// Puts the functions that fail in place of the engine's `+ - *` of whole numbers, which wrap. Only now: types are fitted to a
/// function's arguments over and over, in a long chain again for each of its parts.
#[derive(Debug)]
pub(super) struct CheckedArithmetic;

impl AnalyzerRule for CheckedArithmetic {
    fn name(&self) -> &'static str {
        "checked_arithmetic"
    }

    fn analyze(&self, plan: LogicalPlan, _: &ConfigOptions) -> Result<LogicalPlan> {
        with_parts(plan, in_place)
    }
}

/// The function in place of an operator between whole numbers.
fn in_place(expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
    let Expr::BinaryExpr(BinaryExpr { left, op, right }) = expr else { return Transformed::no(expr) };
    match Operation::checked(op).filter(|_| is_whole(&left, schema) && is_whole(&right, schema)) {
        Some(operation) => Transformed::yes(operation.of_both(*left, *right)),
        None => Transformed::no(Expr::BinaryExpr(BinaryExpr { left, op, right })),
    }
}

/// True for what is a whole number; of a chain the parts before are known to be.
fn is_whole(expr: &Expr, schema: &DFSchema) -> bool {
    match expr {
        Expr::ScalarFunction(own) if (own.func.inner().as_ref() as &dyn Any).is::<Arithmetic>() => {
            *own.func.name() != *Operation::Divide.name()
        }
        other => other.get_type(schema).is_ok_and(|kind| kind == DataType::Int64),
    }
}

#[derive(Debug, PartialEq, Eq, Hash)]
struct Arithmetic {
    operation: Operation,
    signature: Signature,
}

impl Arithmetic {
    /// Text of the call. A chain such as `a + b + c` is gone along and not down: its names would be made over and over.
    fn written(&self, args: &[Expr], name: &dyn Fn(&Expr) -> String) -> String {
        let mut signs = Vec::new();
        let (mut own, mut args) = (self, args);
        let first = loop {
            let [left, right] = args else { break None };
            signs.push(format!(" {} {})", own.operation.sign(), name(right)));
            match left {
                Expr::ScalarFunction(inner) => match (inner.func.inner().as_ref() as &dyn Any).downcast_ref::<Self>() {
                    Some(next) => (own, args) = (next, &inner.args),
                    None => break Some(left),
                },
                _ => break Some(left),
            }
        };
        signs.push("(".repeat(signs.len()) + &first.map(name).unwrap_or_default());
        signs.reverse();
        signs.concat()
    }
}

impl ScalarUDFImpl for Arithmetic {
    fn name(&self) -> &str {
        self.operation.name()
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.operation.kind())
    }

    fn return_field_from_args(&self, args: ReturnFieldArgs<'_>) -> Result<FieldRef> {
        // Quotients by 0 are not known.
        let is_nullable = self.operation.own().is_none() || args.arg_fields.iter().any(|field| field.is_nullable());
        Ok(Arc::new(Field::new(self.name(), self.operation.kind(), is_nullable)))
    }

    fn display_name(&self, args: &[Expr]) -> Result<String> {
        Ok(self.written(args, &ToString::to_string))
    }

    fn schema_name(&self, args: &[Expr]) -> Result<String> {
        Ok(self.written(args, &|side| side.schema_name().to_string()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let [left, right] = &args.args[..] else { return exec_err!("two operands are needed") };
        match self.operation {
            Operation::Add => checked(left, right, numeric::add),
            Operation::Subtract => checked(left, right, numeric::sub),
            Operation::Multiply => checked(left, right, numeric::mul),
            Operation::Remainder => row_by_row(&args.args, |left, right| whole(left, right, |a, b| Some(a.wrapping_rem(b)))),
            Operation::Quotient => row_by_row(&args.args, |left, right| whole(left, right, i64::checked_div)),
            Operation::Divide => row_by_row(&args.args, divided),
        }
    }
}

type Kernel = fn(
    &dyn datafusion::arrow::array::Datum,
    &dyn datafusion::arrow::array::Datum,
) -> Result<ArrayRef, datafusion::arrow::error::ArrowError>;

/// Result of a kernel that fails where a number grows too large.
fn checked(left: &ColumnarValue, right: &ColumnarValue, kernel: Kernel) -> Result<ColumnarValue> {
    apply(left, right, kernel).or_else(|_| exec_err!("{TOO_LARGE}"))
}

fn row_by_row(args: &[ColumnarValue], work: impl Fn(&ArrayRef, &ArrayRef) -> Result<ArrayRef>) -> Result<ColumnarValue> {
    let is_one = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let arrays = ColumnarValue::values_to_arrays(args)?;
    let done = work(&arrays[0], &arrays[1])?;
    if is_one {
        datafusion::common::ScalarValue::try_from_array(&done, 0).map(ColumnarValue::Scalar)
    } else {
        Ok(ColumnarValue::Array(done))
    }
}

/// Of whole numbers; not known where one of them is not, or the second is 0.
fn whole(left: &ArrayRef, right: &ArrayRef, work: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let pairs = as_int64_array(left)?.iter().zip(as_int64_array(right)?);
    let each = pairs.map(|pair| match pair {
        (Some(left), Some(right)) if right != 0 => work(left, right).map_or_else(|| exec_err!("{TOO_LARGE}"), |value| Ok(Some(value))),
        _ => Ok(None),
    });
    Ok(Arc::new(each.collect::<Result<Int64Array>>()?))
}

fn divided(left: &ArrayRef, right: &ArrayRef) -> Result<ArrayRef> {
    let pairs = as_float64_array(left)?.iter().zip(as_float64_array(right)?);
    let each = pairs.map(|pair| match pair {
        (Some(left), Some(right)) if right != 0.0 => Some(left / right),
        _ => None,
    });
    Ok(Arc::new(each.collect::<Float64Array>()))
}
