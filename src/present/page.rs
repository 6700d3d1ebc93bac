//! A page being written: headings, tables, escaped texts.

use std::fmt::Write as _;

use super::html::{escaped, state_heading, state_style};
use super::paper_state::PaperState;
use super::presenter::Presenter;
use crate::base::message::Lang;
use crate::base::percent::Percent;

/// Colours are told apart in grey too, and every one stands beside its word.
const STYLE: &str = include_str!("page.css");

/// A page being written.
pub struct Page {
    presenter: Presenter,
    out: String,
}

impl Page {
    /// The head of the page; `skip` is the section that a link leads to past the tables, and the link's text.
    #[must_use]
    pub fn new(lang: Lang, state: &PaperState, title: &str, section: &str, skip: &str) -> Self {
        let (style, heading) = (state_style(&state.heading(lang)), state_heading(&state.lines(lang)));
        let (presenter, lang, title, skip) = (Presenter::new(lang), lang.id(), escaped(title), escaped(skip));
        let out = format!(
            "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#{section}\">{skip}</a>\n<main>\n{heading}<h1>{title}</h1>\n"
        );
        Self { presenter, out }
    }

    /// A paragraph of some class.
    pub fn paragraph(&mut self, class: &str, text: &str) {
        let _ = writeln!(self.out, "<p class=\"{class}\">{}</p>", escaped(text));
    }

    /// A section's heading.
    pub fn heading(&mut self, id: &str, text: &str) {
        let _ = writeln!(self.out, "<h2 id=\"{id}\">{}</h2>", escaped(text));
    }

    /// Numbers with what they count.
    pub fn tiles(&mut self, tiles: &[(usize, &str, &str)]) {
        self.out.push_str("<ul class=\"tiles\">\n");
        for (number, word, class) in tiles {
            let _ = writeln!(self.out, "<li><b class=\"{class}\">{number}</b>{}</li>", escaped(word));
        }
        self.out.push_str("</ul>\n");
    }

    /// Opens a table; headings of number columns are named by their index.
    pub fn table(&mut self, caption: &str, headings: &[String], numbers: &[usize]) {
        let _ = write!(self.out, "<table>\n<caption>{}</caption>\n<thead><tr>", escaped(caption));
        for (index, heading) in headings.iter().enumerate() {
            let class = if numbers.contains(&index) { " class=\"n\"" } else { "" };
            let _ = write!(self.out, "<th scope=\"col\"{class}>{}</th>", escaped(heading));
        }
        self.out.push_str("</tr></thead>\n<tbody>\n");
    }

    /// A row: its class and its cells, the first one its heading.
    pub fn row(&mut self, class: &str, cells: &[PageCell]) {
        let _ = write!(self.out, "<tr class=\"{class}\">");
        for (index, cell) in cells.iter().enumerate() {
            let tag = if index == 0 { "th scope=\"row\"" } else { "td" };
            let end = if index == 0 { "th" } else { "td" };
            let _ = match cell {
                PageCell::Text(text) => write!(self.out, "<{tag}>{}</{end}>", escaped(text)),
                PageCell::Graded(class, text) => write!(self.out, "<{tag} class=\"{class}\">{}</{end}>", escaped(text)),
                PageCell::Shown(text) => write!(self.out, "<{tag} class=\"n\">{}</{end}>", escaped(text)),
                PageCell::Number(number) => write!(self.out, "<{tag} class=\"n\">{number}</{end}>"),
                PageCell::Code(text) => write!(self.out, "<{tag}><code>{}</code></{end}>", escaped(text)),
                PageCell::Share(percent) => {
                    let width = percent.tenths().clamp(0, 1_000) as f64 / 10.0;
                    let bar = format!("<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{width:.1}%\"></i></span>");
                    write!(self.out, "<{tag} class=\"share\">{bar}{}</{end}>", self.presenter.share(*percent))
                }
                PageCell::Link(target, text) => write!(self.out, "<{tag}><a href=\"{}\">{}</a></{end}>", escaped(target), escaped(text)),
            };
        }
        self.out.push_str("</tr>\n");
    }

    /// Closes a table.
    pub fn end_table(&mut self) {
        self.out.push_str("</tbody>\n</table>\n");
    }

    /// Something drawn; already escaped.
    pub fn drawing(&mut self, svg: &str) {
        self.out.push_str(svg);
    }

    /// The whole page.
    #[must_use]
    pub fn finish(mut self) -> String {
        self.out.push_str("</main>\n</body>\n</html>\n");
        self.out
    }
}

/// A cell of a table.
pub enum PageCell {
    /// A text.
    Text(String),
    /// A text of some class.
    Graded(&'static str, String),
    /// A number.
    Number(usize),
    /// A number as people read it.
    Shown(String),
    /// An id.
    Code(String),
    /// A bar and a percentage.
    Share(Percent),
    /// A link: where to, and what it says.
    Link(String, String),
}
