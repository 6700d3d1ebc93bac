//! A page being written: headings, tables, escaped texts.

use std::fmt::Write as _;

use super::html::escaped;

/// Colours are told apart in grey too, and every one stands beside its word.
const STYLE: &str = "
:root { color-scheme: light; --ink: #1b1f24; --line: #c8ccd2; --error: #a3131f; --query: #8a5a00; --warning: #2f5d8a; --undecided: #565b62; }
* { box-sizing: border-box; }
body { font: 16px/1.5 'Segoe UI', 'Noto Sans', 'DejaVu Sans', Arial, sans-serif; color: var(--ink); margin: 0 auto; max-width: 76rem; padding: 1rem 1.5rem 3rem; }
h1 { font-size: 1.6rem; margin: 0.5rem 0 0; } h2 { font-size: 1.2rem; margin: 2rem 0 0.5rem; }
.sub { color: #565b62; margin: 0; } .note { background: #fff4d6; border-left: 4px solid #8a5a00; padding: 0.5rem 0.75rem; }
.skip { position: absolute; left: -99rem; } .skip:focus { position: static; }
.tiles { display: flex; flex-wrap: wrap; gap: 0.75rem; margin: 1rem 0; padding: 0; list-style: none; }
.tiles li { border: 1px solid var(--line); border-radius: 6px; padding: 0.5rem 1rem; min-width: 9rem; }
.tiles b { display: block; font-size: 1.5rem; }
table { border-collapse: collapse; width: 100%; font-size: 0.92rem; } caption { text-align: left; color: #565b62; padding-bottom: 0.25rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 0.5rem; text-align: left; vertical-align: top; }
thead th { background: #eef0f3; } td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.l0 th { font-weight: 700; } tr.l1 th { padding-left: 1.25rem; font-weight: 400; } tr.l2 th { padding-left: 2.25rem; font-weight: 400; }
.bar { display: inline-block; width: 8rem; height: 0.7rem; background: #e3e6ea; border-radius: 3px; vertical-align: middle; margin-right: 0.4rem; }
.bar i { display: block; height: 100%; background: #2f7d4f; border-radius: 3px; }
.error { color: var(--error); font-weight: 700; } .query { color: var(--query); font-weight: 600; } .warning { color: var(--warning); } .undecided { color: var(--undecided); }
a { color: #0b4fa3; } a:focus, summary:focus { outline: 3px solid #0b4fa3; outline-offset: 2px; }
figure { margin: 1.25rem 0 0.25rem; break-inside: avoid; } figcaption { font-weight: 600; }
code { font-size: 0.9em; } svg { max-width: 100%; height: auto; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } a { color: inherit; } thead { display: table-header-group; } }
";

/// A page being written.
pub struct Page {
    out: String,
}

impl Page {
    /// The head of the page; `skip` is the section that a link leads to past the tables, and the link's text.
    pub fn new(title: &str, section: &str, skip: &str) -> Self {
        let (title, skip) = (escaped(title), escaped(skip));
        let out = format!(
            "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <link rel=\"icon\" href=\"data:,\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#{section}\">{skip}</a>\n<main>\n<h1>{title}</h1>\n"
        );
        Self { out }
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
    pub fn row(&mut self, class: &str, cells: &[Cell]) {
        let _ = write!(self.out, "<tr class=\"{class}\">");
        for (index, cell) in cells.iter().enumerate() {
            let tag = if index == 0 { "th scope=\"row\"" } else { "td" };
            let end = if index == 0 { "th" } else { "td" };
            let _ = match cell {
                Cell::Text(text) => write!(self.out, "<{tag}>{}</{end}>", escaped(text)),
                Cell::Graded(class, text) => write!(self.out, "<{tag} class=\"{class}\">{}</{end}>", escaped(text)),
                Cell::Shown(text) => write!(self.out, "<{tag} class=\"n\">{}</{end}>", escaped(text)),
                Cell::Number(number) => write!(self.out, "<{tag} class=\"n\">{number}</{end}>"),
                Cell::Code(text) => write!(self.out, "<{tag}><code>{}</code></{end}>", escaped(text)),
                Cell::Share(percent) => {
                    write!(
                        self.out,
                        "<{tag}><span class=\"bar\" aria-hidden=\"true\"><i style=\"width:{percent}%\"></i></span>{percent} %</{end}>"
                    )
                }
                Cell::Link(target, text) => write!(self.out, "<{tag}><a href=\"{}\">{}</a></{end}>", escaped(target), escaped(text)),
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
    pub fn finish(mut self) -> String {
        self.out.push_str("</main>\n</body>\n</html>\n");
        self.out
    }
}

/// A cell of a table.
pub enum Cell {
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
    Share(usize),
    /// A link: where to, and what it says.
    Link(String, String),
}
