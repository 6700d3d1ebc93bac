//! A listing as a page of its own: no script, nothing fetched, printed on A4.

use crate::base::message::Lang;
use crate::privacy::printable;
use std::fmt::Write as _;

use super::listing::{LEFT, Listing, MOST_ROWS};
use super::paper_state::PaperState;
use super::plan::Align;
use super::presenter::Presenter;

/// How the page looks, on the screen and on paper.
const STYLE: &str = "@page{size:A4 landscape;margin:12mm}\
body{font:11pt/1.35 'Times New Roman',serif;margin:0 auto;max-width:277mm;color:#000}\
h1{font-size:14pt;margin:0 0 4pt}p{margin:2pt 0}\
table{border-collapse:collapse;width:100%;margin-top:6pt}thead{display:table-header-group}\
th,td{border:.5pt solid #000;padding:2pt 4pt;vertical-align:top;overflow-wrap:anywhere}tr{break-inside:avoid}\
.r{text-align:right}.c{text-align:center}.s{font-weight:bold}";

/// The page of a listing in a language.
#[must_use]
pub fn listing_html(listing: &Listing, state: &PaperState, lang: Lang) -> String {
    listings_html(std::slice::from_ref(listing), state, lang)
}

/// One page of some listings, the first one's title being the page's.
#[must_use]
pub fn listings_html(listings: &[Listing], state: &PaperState, lang: Lang) -> String {
    let (style, heading) = (state_style(&state.heading(lang)), state_heading(&state.lines(lang)));
    let title = listings.first().map(|first| escaped(first.lines.first().unwrap_or(&first.name))).unwrap_or_default();
    let (presenter, lang) = (Presenter::new(lang), lang.id());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}{style}</style>\n</head>\n<body>\n{heading}"
    );
    for listing in listings {
        table(&mut out, listing, presenter);
    }
    out.push_str("</body>\n</html>\n");
    out
}

fn table(out: &mut String, listing: &Listing, presenter: Presenter) {
    let mut lines = listing.lines.iter();
    let _ = writeln!(out, "<h1>{}</h1>", escaped(lines.next().unwrap_or(&listing.name)));
    for line in lines {
        let _ = writeln!(out, "<p>{}</p>", escaped(line));
    }
    out.push_str("<table>\n<thead><tr>");
    for column in &listing.columns {
        let _ = write!(out, "<th scope=\"col\">{}</th>", escaped(&column.heading));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for row in listing.rows.iter().take(MOST_ROWS) {
        out.push_str(if row.strong { "<tr class=\"s\">" } else { "<tr>" });
        for (cell, column) in row.cells.iter().zip(&listing.columns) {
            let text = escaped(&cell.said(presenter));
            let class = match column.align {
                Align::Right => " class=\"r\"",
                Align::Centre => " class=\"c\"",
                Align::Left => "",
            };
            let _ = write!(out, "<td{class}>{text}</td>");
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody>\n</table>\n");
    let left = listing.rows.len().saturating_sub(MOST_ROWS) + listing.more;
    if left > 0 {
        let _ = writeln!(out, "<p>{}</p>", escaped(&listing.cut.replace(LEFT, &left.to_string())));
    }
}

/// Style that prints the state of a paper at the top of every page; nothing where it has none.
pub(super) fn state_style(heading: &str) -> String {
    if heading.is_empty() {
        return String::new();
    }
    // Anything but letters, digits and blanks is written as its number, so that no text ends the string or the style.
    let escape = |c: char| if c.is_alphanumeric() || c == ' ' { c.to_string() } else { format!("\\{:x} ", u32::from(c)) };
    let text: String = printable(heading).chars().map(escape).collect();
    format!(".state{{font-weight:bold}}@page{{@top-center{{content:\"{text}\";font:bold 9pt 'Times New Roman',serif}}}}")
}

/// Lines about the state of a paper, at the top of its page.
pub(super) fn state_heading(lines: &[String]) -> String {
    lines.iter().filter(|line| !line.is_empty()).fold(String::new(), |mut out, line| {
        let _ = writeln!(out, "<p class=\"state\">{}</p>", escaped(line));
        out
    })
}

/// Text that cannot become markup.
pub(crate) fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::present::{ListColumn, ListRow};

    #[test]
    fn what_people_wrote_never_becomes_markup() {
        let column = ListColumn { heading: "<b>".to_owned(), width: 5.0, align: Align::Left };
        let row = ListRow { cells: vec!["<script>alert('\"&')</script>".into()], strong: false };
        let page = listing_html(
            &Listing { lines: vec!["<i>".to_owned()], columns: vec![column], rows: vec![row], ..Listing::default() },
            &PaperState::default(),
            Lang::Vi,
        );
        for harm in ["<script", "<b>", "<i>", "alert('"] {
            assert!(!page.contains(harm), "{harm}");
        }
        assert!(page.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"));
    }

    #[test]
    fn a_state_ends_neither_the_style_nor_its_string() {
        assert_eq!(state_style(""), "");
        let style = state_style("NHÁP\"}</style>");
        assert!(style.contains("content:\"NHÁP\\22 \\7d \\3c \\2f style\\3e \""), "{style}");
    }
}
