//! Strips of dots: where the units lie, and which lie far off.

use std::fmt::Write as _;

use super::QualityTexts;
use crate::present::Presenter;
use crate::present::html::escaped;
use crate::report::axis::{Axis, END, Size, head, rows, width_of};
use crate::rules::{MeasuredUnit, Spread};

/// Width of a strip.
const WIDTH: f64 = 900.0;
/// Room at both ends.
const MARGIN: f64 = 40.0;
/// Room that a dot takes, and all dots above each other at most.
const DOT: f64 = 8.0;
const DOTS: f64 = 104.0;
/// Room under the axis for its numbers.
const BELOW: f64 = 22.0;
/// Size of letters, and rows of codes above the dots at most: those that find no room are in the words under the title.
const SIZE: f64 = 12.0;
const CODES: usize = 3;
/// Units named in words at most.
const NAMED: usize = 30;

/// A strip of dots with its title; the numbers are in words too, for those who cannot see it.
pub fn strip(presenter: Presenter, texts: &QualityTexts, spread: &Spread, title: &str) -> String {
    let mut all: Vec<&MeasuredUnit> = spread.values.iter().collect();
    all.sort_by(|a, b| a.value.total_cmp(&b.value).then_with(|| a.unit.cmp(&b.unit)));
    let (Some(least), Some(most)) = (all.first().map(|own| own.value), all.last().map(|own| own.value)) else { return String::new() };
    let middle = f64::midpoint(all[(all.len() - 1) / 2].value, all[all.len() / 2].value);
    let axis = Axis::between(least, most);
    let notes = notes(presenter, texts, &all, [least, middle, most], axis);
    let x = |value: f64| MARGIN + axis.along(value) * (WIDTH - 2.0 * MARGIN);
    // Equal values stand above each other, at the same place of the axis.
    let room = |own: &MeasuredUnit| if own.is_far { 8.0 } else { 4.0 };
    let stacked = rows(all.iter().map(|own| (x(own.value), room(own))));
    let high = (stacked.iter().max().unwrap_or(&0) + 1) as f64;
    let step = DOT.min(DOTS / high);
    let far: Vec<&MeasuredUnit> = all.iter().copied().filter(|own| own.is_far).collect();
    let code_at = |own: &MeasuredUnit| {
        let width = width_of(&own.unit, SIZE);
        (x(own.value).clamp(width / 2.0, WIDTH - width / 2.0), width)
    };
    let code_rows = rows(far.iter().map(|own| code_at(own)));
    let top = 14.0 * code_rows.iter().map(|row| row + 1).max().unwrap_or(0).min(CODES) as f64 + 4.0;
    let bottom = top + step * high + 8.0;
    let size = Size { width: WIDTH, height: bottom + BELOW, letters: SIZE };
    let mut svg = head(title, &notes, &format!("{title}: {}", notes.join(" ")), size);
    for mark in axis.marks(presenter) {
        let x = MARGIN + mark.along * (WIDTH - 2.0 * MARGIN);
        let _ = writeln!(svg, "<line x1=\"{x:.1}\" y1=\"{top:.1}\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"#d5d9de\"/>");
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>", bottom + 16.0, escaped(&mark.said));
    }
    let _ = writeln!(svg, "<line x1=\"{MARGIN}\" y1=\"{bottom:.1}\" x2=\"{:.1}\" y2=\"{bottom:.1}\" stroke=\"#565b62\"/>", WIDTH - MARGIN);
    let _ = writeln!(
        svg,
        "<line x1=\"{0:.1}\" y1=\"{top:.1}\" x2=\"{0:.1}\" y2=\"{bottom:.1}\" stroke=\"#1b1f24\" stroke-width=\"2\"/>",
        x(middle)
    );
    for (own, row) in all.iter().zip(stacked) {
        let look = if own.is_far {
            "r=\"4\" fill=\"#fff\" stroke=\"#a3131f\" stroke-width=\"2.5\""
        } else {
            "r=\"3\" fill=\"#2f5d8a\" fill-opacity=\"0.7\""
        };
        let y = bottom - 7.0 - step * row as f64;
        let _ = writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{y:.1}\" {look}/>", x(own.value));
    }
    for (own, row) in far.iter().zip(code_rows).filter(|(_, row)| *row < CODES) {
        let (at, y) = (code_at(own).0, top - 6.0 - 14.0 * row as f64);
        let _ = writeln!(svg, "<text x=\"{at:.1}\" y=\"{y:.1}\" text-anchor=\"middle\" fill=\"#a3131f\">{}</text>", escaped(&own.unit));
    }
    svg.push_str(END);
    svg
}

/// The strip in words: how many units, from where to where, which lie far off, and that its axis does not begin at 0.
fn notes(presenter: Presenter, texts: &QualityTexts, all: &[&MeasuredUnit], marks: [f64; 3], axis: Axis) -> Vec<String> {
    let [least, middle, most] = marks.map(|value| shown(presenter, value));
    let range = texts.spread.replace("{count}", &presenter.count(all.len())).replace("{least}", &least);
    let mut notes = vec![range.replace("{middle}", &middle).replace("{most}", &most)];
    if !axis.has_zero() {
        notes.push(texts.not_from_zero.clone());
    }
    let far: Vec<String> =
        all.iter().filter(|own| own.is_far).map(|own| format!("{} ({})", own.unit, shown(presenter, own.value))).collect();
    if !far.is_empty() {
        let dots = if far.len() > NAMED { ", …" } else { "" };
        let units = format!("{}{dots}", far[..far.len().min(NAMED)].join(", "));
        notes.push(texts.far.replace("{count}", &presenter.count(far.len())).replace("{units}", &units));
    }
    notes.retain(|note| !note.is_empty());
    notes
}

/// Two decimals, as the findings about it have.
fn shown(presenter: Presenter, value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "statistics of figures that fit")]
    presenter.hundredths((value * 100.0).round() as i64)
}
