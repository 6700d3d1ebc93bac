//! Rules over the cells of a form, bound to its slots: checks and outliers.
//!
//! A rule names a layout, so it holds for every form that has it. A rule that names a cell
//! the layout does not have is kept with its problem: it cannot run, and that is said.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::sync::Arc;

use super::SlotIndex;
use super::form::{Form, Layout};
use super::layouts::LayoutBook;
use crate::base::layout_status::LayoutStatus;
use crate::base::message::{Message, message};
use crate::rulebook::catalogue::{Outlier, Rule};
use crate::rulebook::expression::{ColumnPick, Expression, Moment, Reference};

/// A rule over the cells of one layout.
#[derive(Debug, Clone)]
pub struct CellRule {
    /// Id in the catalogue.
    pub id: Arc<str>,
    /// Id of the layout it is about.
    pub layout: Arc<str>,
    /// Kinds of unit it is about; all where empty.
    pub kinds: Vec<String>,
    /// It looks at all units together.
    pub whole: bool,
    /// The state of the term's results it is about; any otherwise.
    pub result_state: Option<String>,
    /// Cells it looks at: one entry per combination of `for` and `each`.
    pub checks: Vec<CellCheck>,
    /// The values of all units are compared with each other instead of each with itself.
    pub outlier: Option<Outlier>,
    /// Problems that keep the rule from running.
    pub problems: Vec<Message>,
}

impl CellRule {
    /// Terms its checks look at, in the order they name them.
    pub fn moments(&self) -> impl Iterator<Item = Moment> {
        let leaves = self.checks.iter().flat_map(|check| &check.leaves);
        leaves.filter_map(|leaf| if let Leaf::Cell { moment, .. } = leaf { Some(*moment) } else { None })
    }

    /// True when a check looks at figures of this term.
    #[must_use]
    pub fn looks_at(&self, moment: Moment) -> bool {
        self.moments().any(|own| own == moment)
    }
}

/// One expression over cells.
#[derive(Debug, Clone)]
pub struct CellCheck {
    /// Condition that must hold, or the value that is compared; references are places in `leaves`.
    pub expression: Expression<usize>,
    /// Leaves that the expression and the named values refer to.
    pub leaves: Vec<Leaf>,
    /// Values the message names.
    pub values: Vec<NamedExpression>,
    /// Texts the message names: the variables of `for`.
    pub texts: Vec<NamedText>,
    /// Slot of the rule's own form where a finding stands.
    pub at: SlotIndex,
}

/// A value that a message names.
#[derive(Debug, Clone)]
pub struct NamedExpression {
    /// Its name.
    pub name: String,
    /// How it is worked out.
    pub expression: Expression<usize>,
}

/// A text that a message names.
#[derive(Debug, Clone)]
pub struct NamedText {
    /// Its name.
    pub name: String,
    /// The text.
    pub text: String,
}

/// Something an expression refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leaf {
    /// A cell.
    Cell {
        /// Short id of another form; the rule's own otherwise.
        form: Option<Arc<str>>,
        /// Id of the layout that has the slot.
        layout: Arc<str>,
        /// The slot.
        slot: SlotIndex,
        /// Which term.
        moment: Moment,
    },
    /// A fact of the register: `ownership`, `kind`, `levels`, `facilities`, a grouping.
    Unit(String),
}

/// Binds the rules of a circular's file to the layouts of its forms.
#[must_use]
pub fn bind(circular: &str, rules: &[Rule], forms: &[Arc<Form>], layouts: &LayoutBook) -> Vec<CellRule> {
    let single = rules.iter().flat_map(by_form);
    single.filter_map(|rule| bind_rule(circular, &rule, forms, layouts)).collect()
}

/// The rule for each form that it names: one of its own, or those that the lines of `for` put in for `$name`.
fn by_form(rule: &Rule) -> Vec<Rule> {
    let Some(variable) = rule.form.as_deref().and_then(|form| form.strip_prefix('$')) else { return vec![rule.clone()] };
    let of = |form: &str| {
        let lines = rule.variables.iter().filter(|line| line.get(variable).is_some_and(|own| own == form));
        Rule { form: Some(form.to_owned()), variables: lines.cloned().collect(), ..rule.clone() }
    };
    rule.forms().into_iter().map(of).collect()
}

fn bind_rule(circular: &str, rule: &Rule, forms: &[Arc<Form>], layouts: &LayoutBook) -> Option<CellRule> {
    let short = rule.form.as_deref()?;
    let own = forms.iter().find(|form| &*form.circular == circular && &*form.short == short);
    if own.is_some_and(|form| rule.layout_status.is_some_and(|status| status != form.layout_status)) {
        return None;
    }
    let layout = own.map_or_else(|| Arc::from(format!("{circular}/{short}")), |form| Arc::clone(&form.layout.id));
    let mut bound = CellRule {
        id: Arc::from(rule.id.as_str()),
        layout,
        kinds: rule.kinds.clone(),
        whole: rule.whole,
        result_state: rule.result_state.clone(),
        checks: Vec::new(),
        outlier: rule.outlier.clone(),
        problems: Vec::new(),
    };
    let Some(own) = own else {
        bound.problems.push(message!("forms.no_form", id = format!("{circular}/{short}")));
        return Some(bound);
    };
    if let Some(name) =
        rule.names.keys().find(|name| rule.each.contains_key(*name) || rule.variables.iter().any(|line| line.contains_key(*name)))
    {
        bound.problems.push(message!("forms.stands_let_for_each", name));
        return Some(bound);
    }
    let parsed = match Parsed::new(rule) {
        Ok(parsed) => parsed,
        Err(problem) => {
            bound.problems.push(problem);
            return Some(bound);
        }
    };
    for variables in combinations(rule) {
        let binder = Binder { circular, forms, own, layouts, gone: Cell::new(false) };
        match binder.check(&parsed, &variables) {
            Ok(check) => bound.checks.push(check),
            // The official layout of the other form has come; this line waits for its codes.
            Err(_) if binder.gone.get() => {}
            Err(problem) => bound.problems.push(problem),
        }
    }
    Some(bound)
}

/// Every combination of the variables: the lines of `for`, each with every value of `each`.
fn combinations(rule: &Rule) -> Vec<BTreeMap<String, String>> {
    let mut all = if rule.variables.is_empty() { vec![BTreeMap::new()] } else { rule.variables.clone() };
    for (name, values) in &rule.each {
        let with = |line: &BTreeMap<String, String>, value: &String| {
            let mut line = line.clone();
            line.insert(name.clone(), value.clone());
            line
        };
        all = all.iter().flat_map(|line| values.iter().map(move |value| with(line, value))).collect();
    }
    all
}

/// The expressions of a rule, read once for all its combinations.
struct Parsed {
    names: BTreeMap<String, Expression>,
    body: Expression,
    at: Option<Expression>,
}

impl Parsed {
    fn new(rule: &Rule) -> Result<Self, Message> {
        let named = |(name, text): (&String, &String)| match Expression::parse(text) {
            Ok(expression) => Ok((name.clone(), expression)),
            Err(problem) => Err(Message::join(&[format!("`let.{name}`").into(), problem], ": ")),
        };
        let body = rule.outlier.as_ref().map(|outlier| &outlier.value).or(rule.check.as_ref());
        Ok(Self {
            names: rule.names.iter().map(named).collect::<Result<_, _>>()?,
            body: Expression::parse(body.ok_or_else(|| message!("forms.neither_check_nor_outlier"))?)?,
            at: rule.at.as_deref().map(Expression::parse).transpose()?,
        })
    }
}

struct Binder<'a> {
    circular: &'a str,
    forms: &'a [Arc<Form>],
    own: &'a Arc<Form>,
    layouts: &'a LayoutBook,
    /// A row of ours was named of a form that is not rebuilt any more.
    gone: Cell<bool>,
}

impl Binder<'_> {
    fn check(&self, rule: &Parsed, variables: &BTreeMap<String, String>) -> Result<CellCheck, Message> {
        let fill = |expression: &Expression| expression.filled(&|name| rule.names.get(name).cloned(), &|name| variables.get(name).cloned());
        let expression = fill(&rule.body)?;
        let mut leaves = Vec::new();
        let mut first = None;
        let mut resolve = |reference: &Reference| {
            let leaf = self.leaf(reference)?;
            if let Leaf::Cell { form: None, slot, moment: Moment::Now, .. } = leaf {
                first.get_or_insert(slot);
            }
            Ok(leaves.iter().position(|known| *known == leaf).unwrap_or_else(|| {
                leaves.push(leaf);
                leaves.len() - 1
            }))
        };
        let at = rule.at.as_ref().map(|at| fill(at)?.resolved(&mut resolve)).transpose()?;
        let expression = expression.resolved(&mut resolve)?;
        let values = rule.names.keys().map(|name| {
            let expression = fill(&Expression::Name(name.clone()))?.resolved(&mut resolve)?;
            Ok(NamedExpression { name: name.clone(), expression })
        });
        let values = values.collect::<Result<Vec<_>, Message>>()?;
        let at = match at {
            Some(Expression::Reference(leaf)) => match &leaves[leaf] {
                Leaf::Cell { slot, .. } => Some(*slot),
                Leaf::Unit(_) => None,
            },
            _ => first,
        };
        let at = at.ok_or_else(|| message!("forms.refers_no_cell_form"))?;
        let texts = variables.iter().map(|(name, text)| NamedText { name: name.clone(), text: text.clone() }).collect();
        Ok(CellCheck { expression, leaves, values, texts, at })
    }

    fn leaf(&self, reference: &Reference) -> Result<Leaf, Message> {
        match reference {
            Reference::Unit(fact) => Ok(Leaf::Unit(fact.clone())),
            Reference::Field(field) => Err(message!("forms.field_form_cells_sheet", field)),
            Reference::Cell { form, sheet, code, column, moment } => {
                let other = |short: &String| {
                    let found = self.forms.iter().find(|known| &*known.circular == self.circular && *known.short == **short);
                    found.ok_or_else(|| message!("forms.no_form", id = format!("{}/{short}", self.circular)))
                };
                let of = form.as_ref().map_or(Ok(self.own), other)?;
                let slot = slot(&of.layout, sheet, code, column).inspect_err(|_| {
                    self.gone.set(of.layout_status != LayoutStatus::Reconstructed && self.layouts.is_local(code));
                })?;
                let form = form.as_ref().map(|_| Arc::clone(&of.short));
                Ok(Leaf::Cell { form, layout: Arc::clone(&of.layout.id), slot, moment: *moment })
            }
        }
    }
}

/// The slot that a sheet, code and column name.
pub(super) fn slot(layout: &Layout, sheet: &str, code: &str, column: &ColumnPick) -> Result<SlotIndex, Message> {
    let own = layout.sheet(sheet).ok_or_else(|| message!("forms.no_sheet", form = layout.id, sheet))?;
    let row = own.find_code(code).ok_or_else(|| message!("forms.sheet_no_row_code", form = layout.id, sheet, code))?;
    let found = match column {
        ColumnPick::Number(number) => own.find_column(*number),
        ColumnPick::Dims(dims) => own.columns.iter().position(|column| {
            column.dims.len() == dims.len()
                && dims.iter().all(|(key, value)| column.dims.iter().any(|own| *own.dim == **key && *own.value == **value))
        }),
    };
    let column = found.ok_or_else(|| message!("forms.sheet_no_column", form = layout.id, sheet, column = format!("{column:?}")))?;
    Ok(own.slot(row, column))
}
