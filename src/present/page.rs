//! The kit of every page: head with the state of the paper, contents, headings, tables, escaped texts, foot.
//!
//! A page is one file without script or outside parts. Screen, phone and paper share one style (`page.css`).

use std::fmt::Write as _;

use super::html::escaped;
use super::paper_state::PaperState;
use super::presenter::Presenter;
use crate::base::message::{Lang, message};
use crate::base::percent::Percent;
use crate::privacy::printable;

/// Colours are told apart in grey too, and every one stands beside its word.
const STYLE: &str = include_str!("page.css");
/// Sections from which a page has a table of contents.
const CONTENTS_FROM: usize = 4;
/// Columns from which a table is printed smaller.
const MANY_COLUMNS: usize = 9;
/// Letters from which a text needs a wide column, and some room.
const LONG_TEXT: usize = 40;
const SOME_TEXT: usize = 15;
/// Letters from which a text without a blank may be broken anywhere.
const LONG_WORD: usize = 18;

/// Head and foot of a page.
#[derive(Debug, Clone)]
pub struct PageHead<'a> {
    /// Its language.
    pub lang: Lang,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Title, with unit or term.
    pub title: &'a str,
    /// Lines below the title.
    pub lines: Vec<String>,
    /// Warning in a box below them.
    pub note: Option<String>,
    /// Link past the head.
    pub skip: SkipLink<'a>,
    /// Printed across: tables of many columns.
    pub landscape: bool,
    /// Lines of the foot: run, what it was made from.
    pub foot: Vec<String>,
}

/// A link past the head of a page, seen by those who go through it by keys.
#[derive(Debug, Clone, Copy)]
pub struct SkipLink<'a> {
    /// Id of the section it leads to.
    pub section: &'a str,
    /// Its text.
    pub text: &'a str,
}

/// A page being written.
pub struct Page {
    presenter: Presenter,
    head: String,
    foot: String,
    sections: Vec<Section>,
    body: String,
    /// Label of a table that has no caption: the heading above it.
    label: String,
}

/// A section in the contents.
struct Section {
    id: String,
    heading: String,
    /// Its parts, where they have headings.
    parts: Vec<Section>,
}

impl Section {
    fn new(id: &str, heading: &str) -> Self {
        Self { id: id.to_owned(), heading: heading.to_owned(), parts: Vec::new() }
    }

    /// Its line in the contents, with those of its parts.
    fn listed(&self) -> String {
        let parts: String = self.parts.iter().map(Self::listed).collect();
        let parts = if parts.is_empty() { parts } else { format!("\n<ul>\n{parts}</ul>\n") };
        format!("<li><a href=\"#{}\">{}</a>{parts}</li>\n", escaped(&self.id), escaped(&self.heading))
    }
}

impl Page {
    /// A page with its head and foot.
    #[must_use]
    pub fn new(own: PageHead<'_>) -> Self {
        let PageHead { lang, state, title, lines, note, skip, landscape, foot } = own;
        let style = paper_style(&state.heading(lang), title, landscape);
        let (id, label) = (lang.id(), title.to_owned());
        let (title, skip_to, skip) = (escaped(title), escaped(skip.section), escaped(skip.text));
        let mut head = format!(
            "<!DOCTYPE html>\n<html lang=\"{id}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#{skip_to}\">{skip}</a>\n<header>\n"
        );
        for line in state.lines(lang) {
            paragraph(&mut head, "state", &line);
        }
        let _ = writeln!(head, "<h1>{title}</h1>");
        for line in &lines {
            paragraph(&mut head, "sub", line);
        }
        if let Some(note) = &note {
            paragraph(&mut head, "note", note);
        }
        head.push_str("</header>\n");
        // The end says once more what the page is, for whoever holds the last sheet of paper.
        let last = [label.clone(), state.heading(lang)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<String>>().join(" · ");
        let mut end = String::from("<footer>\n");
        for line in std::iter::once(&last).chain(&foot) {
            paragraph(&mut end, "", line);
        }
        end.push_str("</footer>\n");
        Self { presenter: Presenter::new(lang), head, foot: end, sections: Vec::new(), body: String::new(), label }
    }

    /// A paragraph of some class.
    pub fn paragraph(&mut self, class: &str, text: &str) {
        paragraph(&mut self.body, class, text);
    }

    /// A section's heading.
    pub fn heading(&mut self, id: &str, text: &str) {
        let _ = writeln!(self.body, "<h2 id=\"{}\">{}</h2>", escaped(id), escaped(text));
        text.clone_into(&mut self.label);
        self.sections.push(Section::new(id, text));
    }

    /// Heading of a part of the last section.
    pub fn subheading(&mut self, id: &str, text: &str) {
        let _ = writeln!(self.body, "<h3 id=\"{}\">{}</h3>", escaped(id), escaped(text));
        text.clone_into(&mut self.label);
        if let Some(section) = self.sections.last_mut() {
            section.parts.push(Section::new(id, text));
        }
    }

    /// Numbers with what they count.
    pub fn tiles(&mut self, tiles: &[(usize, &str, &str)]) {
        self.body.push_str("<ul class=\"tiles\">\n");
        for (number, word, class) in tiles {
            let _ = writeln!(self.body, "<li><b class=\"{class}\">{number}</b>{}</li>", escaped(word));
        }
        self.body.push_str("</ul>\n");
    }

    /// Opens a table in a box that scrolls where the table is wider than the page; headings of number columns are named by their index.
    pub fn table(&mut self, caption: &str, headings: &[String], numbers: &[usize]) {
        let label = escaped(if caption.is_empty() { &self.label } else { caption });
        let class = if headings.len() >= MANY_COLUMNS { " class=\"many\"" } else { "" };
        let _ = writeln!(self.body, "<div class=\"scroll\" role=\"group\" tabindex=\"0\" aria-label=\"{label}\">\n<table{class}>");
        if !caption.is_empty() {
            let _ = writeln!(self.body, "<caption>{}</caption>", escaped(caption));
        }
        self.body.push_str("<thead><tr>");
        for (index, heading) in headings.iter().enumerate() {
            let class = if numbers.contains(&index) { " class=\"n\"" } else { "" };
            let _ = write!(self.body, "<th scope=\"col\"{class}>{}</th>", escaped(heading));
        }
        self.body.push_str("</tr></thead>\n<tbody>\n");
    }

    /// A row: its class and its cells, the first one its heading.
    pub fn row(&mut self, class: &str, cells: &[PageCell]) {
        self.row_with_id("", class, cells);
    }

    /// A row that links lead to; an empty id is none.
    pub fn row_with_id(&mut self, id: &str, class: &str, cells: &[PageCell]) {
        let id = if id.is_empty() { String::new() } else { format!(" id=\"{}\"", escaped(id)) };
        let _ = write!(self.body, "<tr class=\"{class}\"{id}>");
        for (index, cell) in cells.iter().enumerate() {
            let CellMarkup { class, content } = self.markup(cell);
            // A heading without words is none.
            let is_heading = index == 0 && !content.is_empty();
            let (tag, end) = if is_heading { ("th scope=\"row\"", "th") } else { ("td", "td") };
            let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
            let _ = write!(self.body, "<{tag}{class}>{content}</{end}>");
        }
        self.body.push_str("</tr>\n");
    }

    fn markup(&self, cell: &PageCell) -> CellMarkup {
        match cell {
            PageCell::Text(text) => CellMarkup { class: width_class(text), content: escaped(text) },
            PageCell::Graded(class, text) => CellMarkup { class, content: escaped(text) },
            PageCell::Shown(text) => CellMarkup { class: "n", content: escaped(text) },
            PageCell::Number(number) => CellMarkup { class: "n", content: number.to_string() },
            PageCell::Code(text) => CellMarkup { class: "", content: format!("<code>{}</code>", escaped(text)) },
            PageCell::Share(percent) => {
                let width = percent.tenths().clamp(0, 1_000) as f64 / 10.0;
                let bar = format!("<span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{width:.1}%\"></i></span>");
                CellMarkup { class: "share", content: format!("{bar}{}", self.presenter.share(*percent)) }
            }
            PageCell::Link(target, text) => {
                let content = format!("<a href=\"{}\">{}</a>", escaped(target), escaped(text));
                CellMarkup { class: width_class(text), content }
            }
        }
    }

    /// Closes a table.
    pub fn end_table(&mut self) {
        self.body.push_str("</tbody>\n</table>\n</div>\n");
    }

    /// Something drawn; already escaped.
    pub fn drawing(&mut self, svg: &str) {
        self.body.push_str(svg);
    }

    /// Small drawings that stand beside each other where there is room, as on paper; already escaped.
    pub fn small_drawings(&mut self, drawings: &[String]) {
        if !drawings.is_empty() {
            let _ = writeln!(self.body, "<div class=\"drawings\">\n{}</div>", drawings.concat());
        }
    }

    /// The whole page, with its contents where it has many sections.
    #[must_use]
    pub fn finish(self) -> String {
        let mut out = self.head;
        if self.sections.len() >= CONTENTS_FROM {
            let heading = escaped(&message!("present.contents").said(self.presenter.lang()));
            let _ = writeln!(out, "<nav aria-labelledby=\"page-contents\">\n<h2 id=\"page-contents\">{heading}</h2>\n<ul>");
            self.sections.iter().for_each(|section| out.push_str(&section.listed()));
            out.push_str("</ul>\n</nav>\n");
        }
        let _ = write!(out, "<main id=\"main\">\n{}</main>\n{}</body>\n</html>\n", self.body, self.foot);
        out
    }
}

fn paragraph(out: &mut String, class: &str, text: &str) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    let _ = writeln!(out, "<p{class}>{}</p>", escaped(text));
}

/// Class of a text by the room that it needs: names of files may be broken anywhere, sentences need a wide column.
fn width_class(text: &str) -> &'static str {
    if text.split_whitespace().any(|word| word.chars().count() >= LONG_WORD) {
        "name"
    } else if text.chars().count() >= LONG_TEXT {
        "long"
    } else if text.chars().count() >= SOME_TEXT {
        "some"
    } else {
        ""
    }
}

/// Style of the sheets of paper: state of the paper above, title and number of the sheet below.
fn paper_style(state: &str, title: &str, landscape: bool) -> String {
    let size = if landscape { "A4 landscape" } else { "A4" };
    let font = "9pt 'Segoe UI','Noto Sans','DejaVu Sans',Arial,sans-serif";
    // Said without a state too: what a sheet has at its top is not left to the browser.
    let top = format!("@top-center{{content:\"{}\";font:bold {font}}}", style_text(state));
    format!(
        "@page{{size:{size};margin:15mm 12mm;{top}@bottom-left{{content:\"{}\";font:{font}}}@bottom-right{{content:counter(page) \"/\" counter(pages);font:{font}}}}}",
        style_text(title)
    )
}

/// Text in a style: anything but letters, digits and blanks is written as its number, so that no text ends the string or the style.
fn style_text(text: &str) -> String {
    let escape = |c: char| if c.is_alphanumeric() || c == ' ' { c.to_string() } else { format!("\\{:x} ", u32::from(c)) };
    printable(text).chars().map(escape).collect()
}

/// A cell as it is written.
struct CellMarkup {
    class: &'static str,
    content: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_ends_neither_the_style_nor_its_string() {
        let style = paper_style("NHÁP\"}</style>", "a", true);
        assert!(style.contains("content:\"NHÁP\\22 \\7d \\3c \\2f style\\3e \""), "{style}");
        assert!(style.contains("A4 landscape"), "{style}");
    }

    #[test]
    fn a_page_of_many_sections_has_contents_and_every_page_says_what_it_is_at_its_end() {
        let page = |sections: usize| {
            let skip = SkipLink { section: "s0", text: "a" };
            let (state, foot) = (&PaperState::default(), vec!["run 1".to_owned()]);
            let mut page =
                Page::new(PageHead { lang: Lang::Vi, state, title: "T", lines: Vec::new(), note: None, skip, landscape: false, foot });
            (0..sections).for_each(|at| page.heading(&format!("s{at}"), &format!("S {at}")));
            page.finish()
        };
        assert!(!page(3).contains("<nav"));
        let page = page(4);
        assert!(page.contains("<li><a href=\"#s3\">S 3</a></li>"), "{page}");
        assert!(page.contains("<footer>\n<p>T</p>\n<p>run 1</p>\n</footer>"), "{page}");
    }
}
