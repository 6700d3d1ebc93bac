//! Drawings of an indicator: bars by place, a line over the years. Plain SVG, every number in words too.

use std::fmt::Write as _;

use super::axis::{Axis, END, PLACES, Size, head, keep_extremes, rows, width_of};
use super::figure_texts::IndicatorPageTexts;
use crate::present::Presenter;
use crate::present::html::escaped;

/// Width of a drawing.
const WIDTH: f64 = 460.0;
/// Room for names on the left and for numbers on the right.
const NAMES: f64 = 168.0;
const NUMBERS: f64 = 72.0;
/// Room above the bars for the value of the whole, and below them for the numbers of the axis.
const ABOVE: f64 = 24.0;
const BELOW: f64 = 22.0;
/// Letters of a name that fit.
const LETTERS: usize = 20;
/// Bars from which they are thinner, so that a drawing fits on a page of paper.
const MANY: usize = 35;
/// Size of letters.
const SIZE: f64 = 13.0;
/// Room that the year and the value of a point take under the axis.
const POINT: f64 = 36.0;

/// A place with its value, or a year with it.
pub struct Mark {
    /// Name of the place; the year.
    pub name: String,
    /// The value, as long as it is drawn.
    pub value: f64,
    /// The value as it is told, with a star where it lacks parts.
    pub said: String,
    /// It lacks parts.
    pub incomplete: bool,
}

/// Bars by place.
pub struct BarChart<'a> {
    /// Words of the page.
    pub texts: &'a IndicatorPageTexts,
    /// How numbers of the axis are told.
    pub presenter: Presenter,
    /// Title.
    pub title: &'a str,
    /// Places that have a value, in the order of the register.
    pub places: Vec<Mark>,
    /// Places that should have one.
    pub without: usize,
    /// The whole, an upright line.
    pub whole: Option<Mark>,
}

/// How bars are laid out.
struct Plot {
    axis: Axis,
    /// Height of a bar with the room around it.
    bar: f64,
    bottom: f64,
}

impl Plot {
    fn x(&self, value: f64) -> f64 {
        NAMES + self.axis.along(value) * (WIDTH - NUMBERS - NAMES)
    }
}

impl BarChart<'_> {
    /// The drawing, and in words what it leaves out.
    pub fn drawn(mut self) -> String {
        let all = self.places.len();
        let left = keep_extremes(&mut self.places, |own| own.value);
        let mut notes = Vec::new();
        if left > 0 {
            let many = [("{all}", all), ("{shown}", PLACES / 2), ("{left}", left)];
            let fill = |text: String, filled: &(&str, usize)| text.replace(filled.0, &self.presenter.count(filled.1));
            notes.push(many.iter().fold(self.texts.left_out.clone(), fill));
        }
        if self.without > 0 {
            notes.push(self.texts.without.replace("{count}", &self.presenter.count(self.without)));
        }
        notes.retain(|note| !note.is_empty());
        let words: Vec<String> = self.places.iter().map(|own| format!("{} {}", own.name, own.said)).collect();
        let count = self.places.len() + usize::from(left > 0);
        let bar = if count > MANY { 16.0 } else { 22.0 };
        let axis = Axis::from_zero(self.places.iter().chain(&self.whole).map(|own| own.value));
        let plot = Plot { axis, bar, bottom: ABOVE + bar * count as f64 + 4.0 };
        let mut svg = head(self.title, &notes, &format!("{}: {}", self.title, words.join("; ")), size(plot.bottom + BELOW));
        self.axis(&mut svg, &plot);
        for (at, own) in self.places.iter().enumerate() {
            // Between the highest and the lowest a row says how many are not drawn.
            let row = at + usize::from(left > 0 && at >= PLACES / 2);
            place(&mut svg, &plot, ABOVE + plot.bar * row as f64 + 2.0, own);
        }
        if left > 0 {
            let y = ABOVE + plot.bar * (PLACES / 2) as f64 + plot.bar * 0.75;
            text(&mut svg, (NAMES - 8.0, y), "end", &self.texts.gap.replace("{left}", &self.presenter.count(left)));
        }
        if let Some(whole) = &self.whole {
            self.whole_line(&mut svg, &plot, whole);
        }
        svg.push_str(END);
        svg
    }

    /// Light lines with their numbers below.
    fn axis(&self, svg: &mut String, plot: &Plot) {
        let room = WIDTH - NUMBERS - NAMES;
        let marks: Vec<_> = plot.axis.marks(self.presenter).collect();
        // Numbers that would run into each other are left out, every second one or more; the lines stay.
        let widest = marks.iter().map(|mark| width_of(&mark.said, SIZE) + 4.0).fold(0.0, f64::max);
        let every = (1..marks.len()).find(|&every| room / (marks.len() - 1) as f64 * every as f64 >= widest).unwrap_or(marks.len());
        let zero = marks.iter().position(|mark| mark.said == "0").unwrap_or(0);
        for (at, mark) in marks.iter().enumerate() {
            let x = NAMES + mark.along * room;
            upright(svg, x, (ABOVE, plot.bottom), "stroke=\"#d5d9de\"");
            if at.abs_diff(zero) % every == 0 {
                text(svg, (x, plot.bottom + 15.0), "middle", &mark.said);
            }
        }
        upright(svg, plot.x(0.0), (ABOVE, plot.bottom), "stroke=\"#565b62\"");
    }

    fn whole_line(&self, svg: &mut String, plot: &Plot, whole: &Mark) {
        let x = plot.x(whole.value);
        upright(svg, x, (ABOVE, plot.bottom), "stroke=\"#1b1f24\" stroke-width=\"1.5\"");
        let said = if self.texts.whole.is_empty() { whole.said.clone() } else { self.texts.whole.replace("{value}", &whole.said) };
        let half = width_of(&said, SIZE) / 2.0;
        text(svg, (x.clamp(half, WIDTH - half), ABOVE - 9.0), "middle", &said);
    }
}

/// The bar of a place between its name and its value, which no line crosses: all values stand in a column of their own.
fn place(svg: &mut String, plot: &Plot, y: f64, own: &Mark) {
    let (fill, line) = if own.incomplete { ("#c9d8e8", " stroke=\"#2f5d8a\" stroke-dasharray=\"3 2\"") } else { ("#2f5d8a", "") };
    let (from, to) = (plot.x(own.value.min(0.0)), plot.x(own.value.max(0.0)));
    let (width, height) = (to - from, plot.bar - 5.0);
    let _ = writeln!(svg, "<rect x=\"{from:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\"{line}/>");
    let middle = y + height / 2.0 + 4.5;
    text(svg, (NAMES - 8.0, middle), "end", &short(&own.name));
    text(svg, (WIDTH - 4.0, middle), "end", &own.said);
}

/// A name that fits; the dots say that it goes on.
fn short(name: &str) -> String {
    if name.chars().count() <= LETTERS {
        return name.to_owned();
    }
    name.chars().take(LETTERS - 1).chain(['…']).collect()
}

/// A line over the years; a hollow point lacks parts. Years and values stand under the axis, where the line never is.
pub fn line(presenter: Presenter, title: &str, points: &[Mark]) -> String {
    let (left, right, top, bottom) = (72.0, WIDTH - 44.0, 10.0, 150.0);
    let axis = Axis::from_zero(points.iter().map(|own| own.value));
    let years = years(points);
    let span = f64::from((years.last().unwrap_or(&0) - years.first().unwrap_or(&0)).max(1));
    let x = |at: usize| left + 30.0 + (right - left - 30.0) * f64::from(years[at] - years[0]) / span;
    let y = |value: f64| bottom - axis.along(value) * (bottom - top);
    let widths = points.iter().map(|own| width_of(&own.name, SIZE).max(width_of(&own.said, SIZE)));
    let stacked = rows(widths.enumerate().map(|(at, width)| (x(at), width)));
    let height = bottom + 8.0 + POINT * (stacked.iter().max().unwrap_or(&0) + 1) as f64;
    let words: Vec<String> = points.iter().map(|own| format!("{} {}", own.name, own.said)).collect();
    let mut svg = head(title, &[], &format!("{title}: {}", words.join("; ")), size(height));
    for mark in axis.marks(presenter) {
        let y = bottom - mark.along * (bottom - top);
        let _ = writeln!(svg, "<line x1=\"{left}\" y1=\"{y:.1}\" x2=\"{right}\" y2=\"{y:.1}\" stroke=\"#d5d9de\"/>");
        text(&mut svg, (left - 8.0, y + 4.5), "end", &mark.said);
    }
    let zero = y(0.0);
    let _ = writeln!(svg, "<line x1=\"{left}\" y1=\"{zero:.1}\" x2=\"{right}\" y2=\"{zero:.1}\" stroke=\"#565b62\"/>");
    let all: Vec<usize> = (0..points.len()).collect();
    // A year without a value breaks the line.
    for run in all.chunk_by(|&a, &b| years[b] - years[a] == 1).filter(|run| run.len() > 1) {
        let path: Vec<String> = run.iter().map(|&at| format!("{:.1},{:.1}", x(at), y(points[at].value))).collect();
        let _ = writeln!(svg, "<polyline points=\"{}\" fill=\"none\" stroke=\"#2f5d8a\" stroke-width=\"2.5\"/>", path.join(" "));
    }
    for ((at, own), row) in points.iter().enumerate().zip(stacked) {
        let (x, y) = (x(at), y(own.value));
        let fill = if own.incomplete { "#fff" } else { "#2f5d8a" };
        let _ = write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\" fill=\"{fill}\" stroke=\"#2f5d8a\" stroke-width=\"2\"/>");
        let under = bottom + 20.0 + POINT * row as f64;
        text(&mut svg, (x, under), "middle", &own.name);
        text(&mut svg, (x, under + 16.0), "middle", &own.said);
    }
    svg.push_str(END);
    svg
}

/// The years in numbers, so that a year that is missing takes its room; one after the other where they are no years.
fn years(points: &[Mark]) -> Vec<i32> {
    let read: Option<Vec<i32>> = points.iter().map(|own| own.name.get(..4)?.parse().ok()).collect();
    read.filter(|years| years.is_sorted_by(|a, b| a < b)).unwrap_or_else(|| (0..).take(points.len()).collect())
}

const fn size(height: f64) -> Size {
    Size { width: WIDTH, height, letters: SIZE }
}

fn upright(svg: &mut String, x: f64, between: (f64, f64), look: &str) {
    let _ = writeln!(svg, "<line x1=\"{x:.1}\" y1=\"{:.1}\" x2=\"{x:.1}\" y2=\"{:.1}\" {look}/>", between.0, between.1);
}

fn text(svg: &mut String, at: (f64, f64), anchor: &str, text: &str) {
    let _ = writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text>", at.0, at.1, escaped(text));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(name: &str, value: f64) -> Mark {
        Mark { name: name.to_owned(), value, said: format!("{value:.1}"), incomplete: false }
    }

    fn drawn(places: Vec<Mark>, without: usize) -> String {
        let own = |text: &str| text.to_owned();
        let texts = IndicatorPageTexts {
            whole: own("all {value}"),
            left_out: own("{all}: {shown} + {shown}, not {left}"),
            gap: own("not {left}"),
            without: own("none of {count}"),
            ..IndicatorPageTexts::default()
        };
        let whole = Some(mark("", 50.0));
        BarChart { texts: &texts, presenter: Presenter::default(), title: "t", places, without, whole }.drawn()
    }

    #[test]
    fn of_many_places_the_extremes_are_drawn_and_the_others_told() {
        let places = || (0..=100_u32).map(|at| mark(&format!("p{at};"), f64::from(at * 37 % 101)));
        let few = drawn(places().take(60).collect(), 0);
        assert_eq!((few.matches("<rect").count(), few.contains("<span>")), (60, false));
        let many = drawn(places().collect(), 2);
        assert_eq!(many.matches("<rect").count(), 60);
        assert!(many.contains("<span>101: 30 + 30, not 41</span><span>none of 2</span>") && many.contains(">not 41<"), "{many}");
        // From the highest down, over the gap, to the lowest.
        let said = ["100.0", "71.0", "29.0", "0.0"].map(|said| many.find(&format!(">{said}</text>")).unwrap());
        assert!(said.is_sorted() && !many.contains(">70.0<") && !many.contains(">30.0<"), "{many}");
    }

    #[test]
    fn equal_values_are_equally_long_and_every_axis_has_zero() {
        let svg = drawn(vec![mark("a", 1.0 / 3.0), mark("b", 2.0 / 6.0), mark("c", 0.0), mark("d", -2.0)], 0);
        let widths: Vec<&str> = svg.lines().filter(|line| line.starts_with("<rect")).filter_map(|line| line.split('"').nth(5)).collect();
        assert!(widths[0] == widths[1] && widths[0] != "0.0" && widths[2] == "0.0" && widths[3] != "0.0", "{widths:?}");
        assert!(svg.contains(">0</text>"), "{svg}");
    }

    #[test]
    fn a_year_without_a_value_breaks_the_line_and_takes_its_room() {
        let years = ["2019-2020", "2020-2021", "2022-2023", "2023-2024"].map(|year| mark(year, 25.0));
        let svg = line(Presenter::default(), "t", &years);
        assert_eq!(svg.matches("<polyline").count(), 2);
        let middles: Vec<f64> = svg.split("cx=\"").skip(1).filter_map(|rest| rest.split('"').next()?.parse().ok()).collect();
        assert!((middles[2] - middles[1] - 2.0 * (middles[1] - middles[0])).abs() < 0.5, "{middles:?}");
        // All values are the same, and so are the heights.
        let heights: std::collections::BTreeSet<&str> = svg.split("cy=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert_eq!(heights.len(), 1);
        assert!(svg.contains(">0</text>") && svg.contains(">25</text>"), "{svg}");
    }
}
