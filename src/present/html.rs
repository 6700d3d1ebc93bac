//! Listings as a page of the kit.

use std::path::Path;

use super::listing::{LEFT, Listing, MOST_ROWS};
use super::page::{Page, PageCell, PageHead, SkipLink};
use super::paper_state::PaperState;
use super::plan::Align;
use super::presenter::Presenter;
use crate::base::message::{Lang, message};
use crate::privacy::printable;

/// Head and foot of a page of listings.
#[derive(Debug, Clone)]
pub struct ListingHead<'a> {
    /// Its language.
    pub lang: Lang,
    /// State of the paper.
    pub state: &'a PaperState,
    /// Title of a page of several listings; one alone has its own.
    pub title: &'a str,
    /// Warning in a box.
    pub note: Option<String>,
    /// Lines of the foot.
    pub foot: Vec<String>,
}

/// Some listings as one page.
#[must_use]
pub fn listings_html(listings: &[Listing], head: ListingHead<'_>) -> String {
    let ListingHead { lang, state, title, note, foot } = head;
    let is_single = listings.len() == 1;
    let title = listings.first().filter(|_| is_single).map_or(title, self::title);
    let lines = listings.first().filter(|_| is_single).map(|only| only.lines.iter().skip(1).cloned().collect()).unwrap_or_default();
    let skip = message!("present.skip").said(lang);
    let skip = SkipLink { section: "main", text: &skip };
    let mut page = Page::new(PageHead { lang, state, title, lines, note, skip, landscape: true, foot });
    for (number, listing) in (1..).zip(listings) {
        if !is_single {
            page.heading(&format!("table-{number}"), self::title(listing));
            listing.lines.iter().skip(1).for_each(|line| page.paragraph("sub", line));
        }
        table(&mut page, listing, Presenter::new(lang));
    }
    page.finish()
}

fn title(listing: &Listing) -> &str {
    listing.lines.first().unwrap_or(&listing.name)
}

fn table(page: &mut Page, listing: &Listing, presenter: Presenter) {
    let headings: Vec<String> = listing.columns.iter().map(|column| column.heading.clone()).collect();
    let is_number = |at: &usize| listing.columns[*at].align == Align::Right;
    let numbers: Vec<usize> = (0..headings.len()).filter(is_number).collect();
    page.table("", &headings, &numbers);
    for row in listing.rows.iter().take(MOST_ROWS) {
        let cells = row.cells.iter().zip(&listing.columns).map(|(cell, column)| {
            let text = cell.said(presenter);
            match column.align {
                Align::Right => PageCell::Shown(text),
                Align::Centre => PageCell::Graded("c", text),
                Align::Left => PageCell::Text(text),
            }
        });
        page.row(if row.strong { "strong" } else { "" }, &cells.collect::<Vec<PageCell>>());
    }
    page.end_table();
    let left = listing.rows.len().saturating_sub(MOST_ROWS) + listing.more;
    if left > 0 {
        page.paragraph("", &listing.cut.replace(LEFT, &left.to_string()));
    }
}

/// Path from an output folder to a file that is named from the workspace; none where nobody can open it from there: a member of a zip
/// file, a file of another folder, a page that is kept without the files.
#[must_use]
pub fn path_to_file(to_files: Option<&str>, file: &str) -> Option<String> {
    let is_member = file.to_lowercase().contains(".zip/");
    to_files.filter(|_| !file.is_empty() && !is_member && Path::new(file).is_relative()).map(|before| format!("{before}{file}"))
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
    fn only_files_that_can_be_opened_are_linked() {
        assert_eq!(path_to_file(Some("../"), "bieu/a.xlsx").as_deref(), Some("../bieu/a.xlsx"));
        for file in ["", "bieu/a.zip/b.xlsx", "/elsewhere/a.xlsx"] {
            assert_eq!(path_to_file(Some("../"), file), None, "{file}");
        }
        assert_eq!(path_to_file(None, "bieu/a.xlsx"), None);
    }

    #[test]
    fn what_people_wrote_never_becomes_markup() {
        let column = ListColumn { heading: "<b>".to_owned(), width: 5.0, align: Align::Left };
        let row = ListRow { cells: vec!["<script>alert('\"&')</script>".into()], strong: false };
        let listing = Listing { lines: vec!["<i>".to_owned()], columns: vec![column], rows: vec![row], ..Listing::default() };
        let head = ListingHead { lang: Lang::Vi, state: &PaperState::default(), title: "", note: None, foot: Vec::new() };
        let page = listings_html(&[listing], head);
        for harm in ["<script", "<b>", "<i>", "alert('"] {
            assert!(!page.contains(harm), "{harm}");
        }
        assert!(page.contains("&lt;script&gt;alert(&#39;&quot;&amp;&#39;)"));
    }
}
