//! A page that opens step by step: a figure, its parts, their parts, down to cells. For whoever asked.
//!
//! One file without script or outside parts, as the quality report is; it opens and closes by the browser itself.

use std::fmt::Write as _;

use super::html::escaped;
use super::page::{Page, PageCell, PageHead, SkipLink};
use super::paper_state::PaperState;
use crate::base::message::Lang;

/// A line of the tree with what is below it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeLine {
    /// Its name.
    pub name: String,
    /// Its number, as people read it.
    pub number: String,
    /// More notes, each on a line.
    pub notes: Vec<String>,
    /// Something is missing here.
    pub is_missing: bool,
    /// Shows its parts at once.
    pub is_open: bool,
    /// Parts below it.
    pub parts: Vec<TreeLine>,
}

/// A table of texts.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextRows {
    /// Its headings.
    pub headings: Vec<String>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A part of the page: a heading, some lines, a table, a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreeSection {
    /// Id, for links.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// Paragraphs.
    pub lines: Vec<String>,
    /// A table; the numbers stand in the columns from the second on.
    pub table: Option<TextRows>,
    /// A tree.
    pub tree: Vec<TreeLine>,
}

/// The page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TreePage {
    /// Its language.
    pub lang: Lang,
    /// State of what it tells of.
    pub state: PaperState,
    /// Title.
    pub title: String,
    /// Lines below it.
    pub lines: Vec<String>,
    /// Said in a box: what is missing.
    pub note: Option<String>,
    /// Label of a link past the head.
    pub skip: String,
    /// Lines of its foot.
    pub foot: Vec<String>,
    /// Sections.
    pub sections: Vec<TreeSection>,
}

/// The page as HTML.
#[must_use]
pub fn tree_page(own: &TreePage) -> String {
    let first = own.sections.first().map_or("", |section| section.id.as_str());
    let mut page = Page::new(PageHead {
        lang: own.lang,
        state: &own.state,
        title: &own.title,
        lines: own.lines.clone(),
        note: own.note.clone(),
        skip: SkipLink { section: first, text: &own.skip },
        landscape: false,
        foot: own.foot.clone(),
    });
    for section in &own.sections {
        page.heading(&section.id, &section.heading);
        for line in &section.lines {
            page.paragraph("", line);
        }
        if let Some(TextRows { headings, rows }) = &section.table {
            let numbers: Vec<usize> = (1..headings.len()).collect();
            page.table("", headings, &numbers);
            for row in rows {
                let cell =
                    |(index, text): (usize, &String)| if index == 0 { PageCell::Text(text.clone()) } else { PageCell::Shown(text.clone()) };
                page.row("", &row.iter().enumerate().map(cell).collect::<Vec<PageCell>>());
            }
            page.end_table();
        }
        if !section.tree.is_empty() {
            let mut out = String::new();
            list(&section.tree, "<ul class=\"tree\">", &mut out);
            page.drawing(&out);
        }
    }
    page.finish()
}

fn list(lines: &[TreeLine], opening: &str, out: &mut String) {
    out.push_str(opening);
    out.push('\n');
    for line in lines {
        let class = if line.is_missing { " class=\"missing\"" } else { "" };
        if line.parts.is_empty() {
            let _ = write!(out, "<li><span{class}>");
            text(line, out);
            out.push_str("</span></li>\n");
        } else {
            let _ = write!(out, "<li><details{}><summary{class}>", if line.is_open { " open" } else { "" });
            text(line, out);
            out.push_str("</summary>\n");
            list(&line.parts, "<ul>", out);
            out.push_str("</details></li>\n");
        }
    }
    out.push_str("</ul>\n");
}

fn text(line: &TreeLine, out: &mut String) {
    let _ = write!(out, "<b>{}</b>{}", escaped(&line.number), escaped(&line.name));
    for note in &line.notes {
        let _ = write!(out, "<small>{}</small>", escaped(note));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_wrote_never_becomes_markup() {
        let harm = "<script>alert('1')</script>".to_owned();
        let leaf = TreeLine { name: harm.clone(), number: harm.clone(), notes: vec![harm.clone()], ..TreeLine::default() };
        let tree = vec![TreeLine { parts: vec![leaf.clone()], ..leaf }];
        let table = Some(TextRows { headings: vec![harm.clone()], rows: vec![vec![harm.clone()]] });
        let section = TreeSection { id: "a".to_owned(), heading: harm.clone(), lines: vec![harm.clone()], table, tree };
        let page = tree_page(&TreePage {
            lang: Lang::Vi,
            state: PaperState::default(),
            title: harm.clone(),
            lines: vec![harm.clone()],
            note: Some(harm.clone()),
            skip: harm.clone(),
            foot: vec![harm],
            sections: vec![section],
        });
        assert!(!page.contains("<script"));
        assert_eq!(page.matches("&lt;script&gt;").count(), 18, "{page}");
    }
}
