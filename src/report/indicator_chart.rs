//! Drawings of an indicator: bars by place, a line over the years. Plain SVG, every number in words too.

use std::fmt::Write as _;

use crate::present::Presenter;
use crate::present::html::escaped;

/// Width of a drawing.
const WIDTH: f64 = 900.0;
/// Room for names on the left and for numbers on the right.
const NAMES: f64 = 260.0;
const NUMBERS: f64 = 90.0;
/// Height of a bar with the room around it.
const BAR: f64 = 22.0;
/// Letters of a name that fit.
const LETTERS: usize = 38;

/// A bar: name, value in hundredths, whether it lacks parts.
pub struct Bar {
    /// Name of the place.
    pub name: String,
    /// Value in hundredths; none where there is none.
    pub value: Option<i64>,
    /// It lacks parts.
    pub incomplete: bool,
    /// Mark in its place: `-` for a quotient of nothing.
    pub mark: &'static str,
}

/// Bars by place, with an upright line at the value of the whole.
pub fn bars(presenter: Presenter, title: &str, bars: &[Bar], whole: Option<i64>) -> String {
    let most = bars.iter().filter_map(|bar| bar.value).chain(whole).max().unwrap_or(0).max(1);
    let length = |value: i64| (value.max(0) as f64 / most as f64) * (WIDTH - NAMES - NUMBERS);
    let height = BAR * bars.len() as f64 + 26.0;
    let words: Vec<String> = bars.iter().map(|bar| format!("{} {}", bar.name, shown(presenter, bar))).collect();
    let mut svg = head(title, &format!("{title}: {}", words.join("; ")), height);
    for (row, bar) in bars.iter().enumerate() {
        let y = BAR * row as f64 + 4.0;
        if let Some(value) = bar.value {
            let (fill, line) = if bar.incomplete { ("#c9d8e8", " stroke=\"#2f5d8a\" stroke-dasharray=\"3 2\"") } else { ("#2f5d8a", "") };
            let end = length(value);
            let _ = writeln!(svg, "<rect x=\"{NAMES:.0}\" y=\"{y:.1}\" width=\"{end:.1}\" height=\"16\" fill=\"{fill}\"{line}/>");
        }
    }
    if let Some(whole) = whole {
        let x = NAMES + length(whole);
        let bottom = height - 20.0;
        let _ = writeln!(svg, "<line x1=\"{x:.1}\" y1=\"0\" x2=\"{x:.1}\" y2=\"{bottom:.1}\" stroke=\"#1b1f24\" stroke-width=\"1.5\"/>");
        let _ = writeln!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"12\" text-anchor=\"middle\">{}</text>",
            bottom + 14.0,
            presenter.hundredths(whole)
        );
    }
    // Over the line, so that every number can be read.
    for (row, bar) in bars.iter().enumerate() {
        let y = BAR * row as f64 + 17.0;
        let name: String = bar.name.chars().take(LETTERS).collect();
        let _ = write!(svg, "<text x=\"{:.0}\" y=\"{y:.1}\" font-size=\"13\" text-anchor=\"end\">{}</text>", NAMES - 8.0, escaped(&name));
        let x = NAMES + bar.value.map_or(0.0, length) + 6.0;
        let halo = "paint-order=\"stroke\" stroke=\"#fff\" stroke-width=\"4\"";
        let _ = writeln!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"13\" {halo}>{}</text>", shown(presenter, bar));
    }
    svg.push_str("</svg></figure>\n");
    svg
}

fn shown(presenter: Presenter, bar: &Bar) -> String {
    let star = if bar.incomplete { "*" } else { "" };
    bar.value.map_or_else(|| bar.mark.to_owned(), |value| format!("{}{star}", presenter.hundredths(value)))
}

/// A line over the years; a hollow point lacks parts.
pub fn line(presenter: Presenter, title: &str, points: &[(String, i64, bool)]) -> String {
    let (left, right, top, bottom) = (60.0, WIDTH - 60.0, 26.0, 190.0);
    let values = || points.iter().map(|(_, value, _)| *value);
    let (least, most) = (values().min().unwrap_or(0), values().max().unwrap_or(0));
    let span = if most > least { (most - least) as f64 } else { 1.0 };
    let x = |at: usize| left + (right - left) * if points.len() > 1 { at as f64 / (points.len() - 1) as f64 } else { 0.5 };
    let y = |value: i64| {
        if most > least { bottom - 12.0 - (value - least) as f64 / span * (bottom - top - 24.0) } else { f64::midpoint(top, bottom) }
    };
    let star = |incomplete: bool| if incomplete { "*" } else { "" };
    let words: Vec<String> =
        points.iter().map(|(year, value, bare)| format!("{year} {}{}", presenter.hundredths(*value), star(*bare))).collect();
    let mut svg = head(title, &format!("{title}: {}", words.join("; ")), bottom + 30.0);
    let _ = writeln!(svg, "<line x1=\"{left}\" y1=\"{bottom}\" x2=\"{right}\" y2=\"{bottom}\" stroke=\"#565b62\"/>");
    let path: Vec<String> = points.iter().enumerate().map(|(at, (_, value, _))| format!("{:.1},{:.1}", x(at), y(*value))).collect();
    let _ = writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"#2f5d8a\" stroke-width=\"2.5\"/>", path.join(" "));
    for (at, (year, value, incomplete)) in points.iter().enumerate() {
        let (x, y) = (x(at), y(*value));
        let fill = if *incomplete { "#fff" } else { "#2f5d8a" };
        let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\" fill=\"{fill}\" stroke=\"#2f5d8a\" stroke-width=\"2\"/>");
        let value = presenter.hundredths(*value);
        let _ = write!(
            svg,
            "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"13\" text-anchor=\"middle\">{value}{}</text>",
            y - 10.0,
            star(*incomplete)
        );
        let _ =
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{:.1}\" font-size=\"13\" text-anchor=\"middle\">{}</text>", bottom + 18.0, escaped(year));
    }
    svg.push_str("</svg></figure>\n");
    svg
}

fn head(title: &str, words: &str, height: f64) -> String {
    format!(
        "<figure><figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{}\">\n",
        escaped(title),
        escaped(words)
    )
}
