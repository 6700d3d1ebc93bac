//! Parts of all drawings: titles, axes with the round numbers they are marked with, room for labels.

use std::fmt::Write as _;

use crate::base::number::{AMOUNT_UNIT, NumberKind};
use crate::present::Presenter;
use crate::present::html::escaped;

/// Steps that an axis has about.
const STEPS: f64 = 5.0;
/// Finest step, in millionths: numbers have two decimals.
const FINEST: i64 = 10_000;

/// An axis: whole steps, in millionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axis {
    step: i64,
    first: i64,
    last: i64,
}

impl Axis {
    /// One that has 0 on it, and every value.
    pub fn from_zero(values: impl Iterator<Item = f64>) -> Self {
        let (least, most) = values.fold((0.0_f64, 0.0_f64), |(least, most), value| (least.min(value), most.max(value)));
        Self::between(least, most)
    }

    /// One that has every number from one value to the other.
    pub fn between(least: f64, most: f64) -> Self {
        let rough = (most - least) / STEPS;
        let mut step = FINEST;
        // 1, 2 and 5 times the powers of ten.
        for factor in [2, 5, 10].iter().cycle() {
            if step as f64 / AMOUNT_UNIT as f64 >= rough || step >= i64::MAX / 100 {
                break;
            }
            let power = 10_i64.pow(step.ilog10());
            step = power * factor;
        }
        let steps = |value: f64| value * AMOUNT_UNIT as f64 / step as f64;
        #[expect(clippy::cast_possible_truncation, reason = "a few steps")]
        let (first, last) = (steps(least).floor() as i64, steps(most).ceil() as i64);
        Self { step, first, last: last.max(first + 1) }
    }

    /// Whether 0 is on it.
    pub const fn has_zero(self) -> bool {
        self.first <= 0 && self.last >= 0
    }

    /// The marks in order: how far each is along the axis, from 0 to 1, and its number.
    pub fn marks(self, presenter: Presenter) -> impl Iterator<Item = Mark> {
        let said = move |at: i64| presenter.number(at.saturating_mul(self.step), NumberKind::Amounts);
        (self.first..=self.last).map(move |at| Mark { along: (at - self.first) as f64 / (self.last - self.first) as f64, said: said(at) })
    }

    /// How far a value is along the axis, from 0 to 1.
    pub fn along(self, value: f64) -> f64 {
        (value * AMOUNT_UNIT as f64 / self.step as f64 - self.first as f64) / (self.last - self.first) as f64
    }
}

/// A mark of an axis.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// How far along, from 0 to 1.
    pub along: f64,
    /// Its number.
    pub said: String,
}

/// Places drawn at most, half of them the highest and half the lowest; the table has all.
pub const PLACES: usize = 60;

/// Keeps the highest and the lowest of more places than a drawing has room for, the highest first; how many it leaves out.
pub fn keep_extremes<T>(places: &mut Vec<T>, height: impl Fn(&T) -> f64) -> usize {
    let left = places.len().saturating_sub(PLACES);
    if left > 0 {
        places.sort_by(|a, b| height(b).total_cmp(&height(a)));
        places.drain(PLACES / 2..PLACES / 2 + left);
    }
    left
}

/// The end of a drawing.
pub const END: &str = "</svg></div></figure>\n";

/// The beginning of a drawing: its title, sentences under it, and all of it in words.
pub fn head(title: &str, notes: &[String], words: &str, size: Size) -> String {
    let (mut caption, label) = (escaped(title), escaped(title));
    for note in notes {
        let _ = write!(caption, "<span>{}</span>", escaped(note));
    }
    let Size { width, height, letters } = size;
    let words = escaped(words);
    format!(
        "<figure><figcaption>{caption}</figcaption>\n<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\"><svg viewBox=\"0 0 {width} {height:.0}\" font-size=\"{letters}\" role=\"img\" aria-label=\"{words}\">\n"
    )
}

/// Size of a drawing and of its letters.
#[derive(Debug, Clone, Copy)]
pub struct Size {
    /// Width.
    pub width: f64,
    /// Height.
    pub height: f64,
    /// Height of letters.
    pub letters: f64,
}

/// Width of a text in a drawing, about: letters of a plain font are a little over half as wide as they are high.
pub fn width_of(text: &str, size: f64) -> f64 {
    text.chars().count() as f64 * size * 0.62
}

/// The row of each label so that labels of a row stand apart; places are middles, from left to right.
pub fn rows(labels: impl Iterator<Item = (f64, f64)>) -> Vec<usize> {
    let mut ends: Vec<f64> = Vec::new();
    labels
        .map(|(middle, width)| {
            let (from, to) = (middle - width / 2.0, middle + width / 2.0 + 4.0);
            let row = ends.iter().position(|end| *end <= from).unwrap_or(ends.len());
            if row == ends.len() {
                ends.push(to);
            } else {
                ends[row] = to;
            }
            row
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::message::Lang;

    fn marks(axis: Axis) -> Vec<String> {
        axis.marks(Presenter::new(Lang::Vi)).map(|mark| mark.said).collect()
    }

    #[test]
    fn axes_are_marked_with_round_numbers() {
        assert_eq!(marks(Axis::from_zero([25.32, 25.53].into_iter())), ["0", "10", "20", "30"]);
        assert_eq!(marks(Axis::from_zero([99.96].into_iter())), ["0", "20", "40", "60", "80", "100"]);
        assert_eq!(marks(Axis::from_zero([0.93, 1.04].into_iter())), ["0", "0,5", "1", "1,5"]);
        assert_eq!(marks(Axis::from_zero([-3.0, 9_000.0].into_iter())), ["-2.000", "0", "2.000", "4.000", "6.000", "8.000", "10.000"]);
        assert_eq!(marks(Axis::from_zero([0.0].into_iter())), ["0", "0,01"]);
        assert_eq!(marks(Axis::between(20.0, 30.9)), ["20", "25", "30", "35"]);
        assert!(!Axis::between(20.0, 30.9).has_zero());
    }

    #[test]
    fn every_value_is_on_its_axis() {
        for value in [0.003, 0.7, 1.0, 12.5, 999.9, 1.0e7, 3.3e11] {
            let axis = Axis::from_zero([value, value / 3.0].into_iter());
            let along = axis.along(value);
            assert!(along > 0.25 && along <= 1.0 && axis.has_zero(), "{value}: {along}");
            assert!((axis.along(0.0)).abs() < 1e-9, "{value}");
            assert!(axis.marks(Presenter::default()).count() <= 8, "{value}");
        }
        assert_eq!(rows([(50.0, 40.0), (60.0, 40.0), (120.0, 40.0), (70.0, 40.0)].into_iter()), [0, 1, 0, 2]);
    }
}
