//! Two figures of one cell: the same, different, or not to be compared.

use crate::returns::Status;

/// Value of a source for a cell of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SourceFigure {
    /// Status of the whole.
    pub status: Status,
    /// The number, 0 where there is none.
    pub number: i64,
    /// A part is unknown or broken: the number, if any, is not the whole.
    pub incomplete: bool,
}

impl SourceFigure {
    /// The number, where one stands there.
    #[must_use]
    pub fn value(&self) -> Option<i64> {
        self.status.is_number().then_some(self.number)
    }
}

/// Why two figures are not the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ComparisonKind {
    /// Two numbers that differ.
    Number,
    /// A number in the second source only.
    BlankInA,
    /// A number in the first source only.
    BlankInB,
    /// A 0 against a blank; named only when asked for.
    BlankAgainstZero,
    /// One of them is not known, or lacks parts.
    NotComparable,
}

impl ComparisonKind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Number, Self::BlankInA, Self::BlankInB, Self::BlankAgainstZero, Self::NotComparable];

    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::BlankInA => "blank_in_a",
            Self::BlankInB => "blank_in_b",
            Self::BlankAgainstZero => "blank_against_zero",
            Self::NotComparable => "not_comparable",
        }
    }
}

/// How two figures differ, if they do; a blank against a 0 is told and left to the caller.
#[must_use]
pub fn compare(a: SourceFigure, b: SourceFigure) -> Option<ComparisonKind> {
    if a.incomplete || b.incomplete {
        return Some(ComparisonKind::NotComparable);
    }
    match (a.value(), b.value()) {
        (Some(a), Some(b)) => (a != b).then_some(ComparisonKind::Number),
        (None, None) => None,
        (Some(0), None) | (None, Some(0)) => Some(ComparisonKind::BlankAgainstZero),
        (None, Some(_)) => Some(ComparisonKind::BlankInA),
        (Some(_), None) => Some(ComparisonKind::BlankInB),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(status: Status, number: i64) -> SourceFigure {
        SourceFigure { status, number, incomplete: status.is_broken() }
    }

    #[test]
    fn a_blank_is_no_number_and_a_mark_is_no_blank() {
        let (five, zero) = (figure(Status::Reported, 5), figure(Status::Computed, 0));
        let (blank, nil, none) = (figure(Status::Missing, 0), figure(Status::Nil, 0), figure(Status::NotApplicable, 0));
        let unknown = figure(Status::Unknown, 0);
        assert_eq!(compare(five, five), None);
        assert_eq!(compare(five, zero), Some(ComparisonKind::Number));
        assert_eq!(compare(blank, nil), None);
        assert_eq!(compare(blank, none), None);
        assert_eq!(compare(blank, zero), Some(ComparisonKind::BlankAgainstZero));
        assert_eq!(compare(blank, five), Some(ComparisonKind::BlankInA));
        assert_eq!(compare(five, nil), Some(ComparisonKind::BlankInB));
        for other in [five, zero, blank, unknown] {
            assert_eq!(compare(unknown, other), Some(ComparisonKind::NotComparable));
            assert_eq!(compare(other, unknown), Some(ComparisonKind::NotComparable));
        }
    }
}
