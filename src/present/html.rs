//! A listing as a page of its own: no script, nothing fetched, printed on A4.

use crate::base::message::Lang;
use crate::privacy::printable;
use std::fmt::Write as _;

use super::listing::{LEFT, Listing, MOST_ROWS};
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
pub fn listing_html(listing: &Listing, lang: Lang) -> String {
    listings_html(std::slice::from_ref(listing), lang)
}

/// One page of some listings, the first one's title being the page's.
#[must_use]
pub fn listings_html(listings: &[Listing], lang: Lang) -> String {
    let title = listings.first().map(|first| escaped(first.lines.first().unwrap_or(&first.name))).unwrap_or_default();
    let (presenter, lang) = (Presenter::new(lang), lang.id());
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
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
            Lang::Vi,
        );
        for harm in ["<script", "<b>", "<i>", "alert('"] {
            assert!(!page.contains(harm), "{harm}");
        }
        assert!(page.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"));
    }
}
