//! Strips of dots: where the units lie, and which lie far off.

use std::fmt::Write as _;

use crate::present::html::escaped;
use crate::rules::{MeasuredUnit, Spread};

/// Size of a strip.
const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 90.0;
/// Room at both ends.
const MARGIN: f64 = 40.0;
/// Rows of dots that share a strip, so that equal values do not hide each other.
const ROWS: usize = 5;

/// A strip of dots with its title; the numbers are in the title too, for those who cannot see it.
pub fn strip(distribution: &Spread, title: &str) -> String {
    let mut values: Vec<f64> = distribution.values.iter().map(|own| own.value).collect();
    values.sort_by(f64::total_cmp);
    let (Some(least), Some(most)) = (values.first().copied(), values.last().copied()) else { return String::new() };
    let middle = values[values.len() / 2];
    let span = if most > least { most - least } else { 1.0 };
    let x = |value: f64| MARGIN + (value - least) / span * (WIDTH - 2.0 * MARGIN);
    let far: Vec<&str> = distribution.values.iter().filter(|own| own.is_far).map(|own| own.unit.as_str()).collect();
    let label = format!("{title}: {} – {}, {} ({})", shown(least), shown(most), shown(middle), far.join(", "));
    let mut svg = format!(
        "<figure><figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n",
        escaped(title),
        escaped(&label)
    );
    let _ = writeln!(svg, "<line x1=\"{MARGIN}\" y1=\"70\" x2=\"{:.1}\" y2=\"70\" stroke=\"#565b62\"/>", WIDTH - MARGIN);
    let _ = writeln!(svg, "<line x1=\"{0:.1}\" y1=\"8\" x2=\"{0:.1}\" y2=\"70\" stroke=\"#1b1f24\" stroke-width=\"2\"/>", x(middle));
    for (index, MeasuredUnit { unit, value, is_far }) in distribution.values.iter().enumerate() {
        let y = 60.0 - 9.0 * ((index % ROWS) as f64);
        let _ = if *is_far {
            writeln!(
                svg,
                "<circle cx=\"{0:.1}\" cy=\"{y:.1}\" r=\"5\" fill=\"#fff\" stroke=\"#a3131f\" stroke-width=\"2.5\"/><text x=\"{0:.1}\" y=\"{1:.1}\" font-size=\"11\" text-anchor=\"middle\" fill=\"#a3131f\">{2}</text>",
                x(*value),
                y - 8.0,
                escaped(unit)
            )
        } else {
            writeln!(svg, "<circle cx=\"{:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"#2f5d8a\" fill-opacity=\"0.6\"/>", x(*value))
        };
    }
    for value in [least, middle, most] {
        let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"85\" font-size=\"12\" text-anchor=\"middle\">{}</text>", x(value), shown(value));
    }
    svg.push_str("</svg></figure>\n");
    svg
}

/// One decimal, with a comma.
fn shown(value: f64) -> String {
    format!("{value:.1}").replace('.', ",")
}
