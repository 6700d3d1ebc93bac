//! Sums and bounds between the cells of a sheet.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Where a sum comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// A formula in the official workbook.
    Printed,
    /// Our reading of labels, indents and headings.
    Inferred,
}

impl Basis {
    /// The name used in files and columns.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Printed => "printed",
            Self::Inferred => "inferred",
        }
    }
}

/// Sums and bounds of a sheet; all members are indexes of coded rows or columns.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// A column equals the sum of others, in every coded row.
    pub columns: Vec<Sum>,
    /// Girls and minority pupils within the total, in every coded row.
    pub bounds: Vec<Bounds>,
    /// A row equals the sum of others, in every column.
    pub rows: Vec<Sum>,
    /// Each part row is at most the whole row, in every column.
    pub subsets: Vec<Sum>,
    /// Those of them whose parts exclude each other: together they are at most the whole.
    pub disjoint: Vec<Sum>,
}

/// A total (or whole) and its parts, as indexes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum {
    /// The total.
    pub total: usize,
    /// Its parts, in printed order.
    pub parts: Vec<usize>,
    /// Where the sum comes from.
    pub basis: Basis,
    /// Why a correct return may break it; always holds otherwise.
    pub unless: Option<Unless>,
}

/// Exceptions by which a correct return may break a relation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unless {
    /// The phrase of the rule catalogue that says it.
    pub phrase: Arc<str>,
    /// The parts that it is about; all of them otherwise.
    pub parts: Option<Vec<usize>>,
}

impl Sum {
    /// Why a correct return may break the relation of a part to its whole.
    #[must_use]
    pub fn unless(&self, part: usize) -> Option<&str> {
        let unless = self.unless.as_ref()?;
        unless.parts.as_ref().is_none_or(|parts| parts.contains(&part)).then_some(&*unless.phrase)
    }

    /// Why a correct return may break the relation of all parts together to their whole.
    #[must_use]
    pub fn unless_together(&self) -> Option<&str> {
        self.unless.as_ref().map(|unless| &*unless.phrase)
    }
}

/// Columns of one block of people: all, women, minority, minority women.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bounds {
    /// Everyone.
    pub total: usize,
    /// Women and girls.
    pub women: Option<usize>,
    /// Ethnic minorities.
    pub minority: Option<usize>,
    /// Women and girls of ethnic minorities.
    pub minority_women: Option<usize>,
}
