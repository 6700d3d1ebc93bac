//! A total taken apart: units below, down to what each return says.

use super::{Figure, UnitValue};

use crate::register::UnitIndex;

/// How many returns there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReturnCount {
    /// Received.
    pub received: usize,
    /// Expected.
    pub expected: usize,
}

/// A unit with everything below it that has or owes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The unit, by index.
    pub unit: UnitIndex,
    /// Its total: its own return and everything below it.
    pub total: i128,
    /// Value of its own return; none where it has sent none.
    pub own: Option<UnitValue>,
    /// Its own return is expected and is not there.
    pub is_missing: bool,
    /// A part is unknown or broken: the number, if any, is not the whole.
    pub is_incomplete: bool,
    /// It lacks something: a part is unknown, broken, or a return that is expected is not there.
    pub is_lacking: bool,
    /// Results that it counts are still to come.
    pub is_open: bool,
    /// Some part is a number.
    pub has_number: bool,
    /// Returns among it and below, received and expected.
    pub returns: ReturnCount,
    /// Units right below: those that lack something first, each in the order of their codes.
    pub children: Vec<Node>,
}

/// The figure of a unit taken apart; `expects` tells whether a unit owes a return.
#[must_use]
pub fn node(figure: &Figure, unit: UnitIndex, expects: &dyn Fn(UnitIndex) -> bool) -> Node {
    let tree = &figure.tree;
    let own = figure.own.get(&tree.units[unit].code).cloned();
    let is_expected = expects(unit);
    let mut made = Node {
        unit,
        total: own.as_ref().map_or(0, |own| i128::from(own.number)),
        is_missing: is_expected && own.is_none(),
        is_incomplete: own.as_ref().is_some_and(|own| own.status.is_broken()),
        is_lacking: false,
        is_open: figure.open.contains(&tree.units[unit].code),
        has_number: own.as_ref().is_some_and(|own| own.status.is_number()),
        returns: ReturnCount { received: usize::from(own.is_some()), expected: usize::from(is_expected) },
        own,
        children: Vec::new(),
    };
    made.is_lacking = made.is_missing || made.is_incomplete;
    for &child in tree.children(unit) {
        let child = node(figure, child, expects);
        made.total += child.total;
        made.is_incomplete |= child.is_incomplete;
        made.is_lacking |= child.is_lacking;
        made.is_open |= child.is_open;
        made.has_number |= child.has_number;
        made.returns.received += child.returns.received;
        made.returns.expected += child.returns.expected;
        if child.returns != ReturnCount::default() {
            made.children.push(child);
        }
    }
    made.children.sort_by_key(|child| !child.is_lacking);
    made
}

/// Units of a tree of nodes whose own return does not know the figure.
#[must_use]
pub fn unknown(top: &Node) -> Vec<UnitIndex> {
    found(top, &|node| node.own.as_ref().is_some_and(|own| own.status.is_broken()))
}

/// Units of a tree of nodes whose own results are still to come.
#[must_use]
pub fn open(top: &Node, figure: &Figure) -> Vec<UnitIndex> {
    found(top, &|node| figure.open.contains(&figure.tree.units[node.unit].code))
}

/// Units of a tree of nodes whose return is expected and not there.
#[must_use]
pub fn missing(top: &Node) -> Vec<UnitIndex> {
    found(top, &|node| node.is_missing)
}

fn found(top: &Node, is_meant: &dyn Fn(&Node) -> bool) -> Vec<UnitIndex> {
    let (mut found, mut waiting) = (Vec::new(), vec![top]);
    while let Some(node) = waiting.pop() {
        found.extend(is_meant(node).then_some(node.unit));
        waiting.extend(node.children.iter().rev());
    }
    found
}
