//! The explanation as a page of its own, to hand to the person who asked.

use super::ComparedFigure;
use super::text::{by_cause, change_line, compared_lines, merged_line};
use super::words::ExplainWords;
use crate::base::message::message;
use crate::present::{TextRows, TreeLine, TreePage, TreeSection, tree_page};
use crate::query::explain::{Change, Node};

/// The page.
pub fn page(words: &ExplainWords<'_>) -> String {
    let head = words.above();
    let mut sections = vec![parts(words)];
    if let Some(compared) = &words.own.against {
        sections.insert(0, against(words, compared));
    }
    let answers = words.answers();
    if !answers.is_empty() {
        let heading = message!("explain.answers").said(words.lang);
        sections.push(TreeSection { id: "answers".to_owned(), heading, lines: answers, ..TreeSection::default() });
    }
    tree_page(&TreePage {
        lang: words.lang,
        state: words.paper_state(),
        title: head.total,
        lines: head.lines,
        note: (!head.notes.is_empty()).then(|| head.notes.join(" ")),
        skip: message!("explain.skip").said(words.lang),
        foot: vec![message!("explain.made", version = env!("CARGO_PKG_VERSION")).said(words.lang)],
        sections,
    })
}

fn parts(words: &ExplainWords<'_>) -> TreeSection {
    let mut top = line(words, &words.own.top);
    top.is_open = true;
    TreeSection { id: "parts".to_owned(), heading: message!("explain.parts").said(words.lang), tree: vec![top], ..TreeSection::default() }
}

fn line(words: &ExplainWords<'_>, node: &Node) -> TreeLine {
    let mut parts: Vec<TreeLine> = node.children.iter().map(|child| line(words, child)).collect();
    if let Some(own) = node.own.as_ref().filter(|_| !node.children.is_empty()) {
        let name = words.own_return(node.unit);
        let notes = words.places(own, &words.own.explained, true);
        parts.insert(0, TreeLine { name, number: words.said(own), notes, ..TreeLine::default() });
    }
    TreeLine {
        name: words.unit(node.unit),
        number: words.number(node),
        notes: words.notes(node, true),
        is_missing: node.is_missing || node.is_incomplete,
        is_open: false,
        parts,
    }
}

fn against(words: &ExplainWords<'_>, compared: &ComparedFigure) -> TreeSection {
    let kind = words.kind();
    let causes = by_cause(compared);
    let mut rows: Vec<Vec<String>> = causes
        .iter()
        .map(|(cause, changes)| {
            vec![
                ExplainWords::cause(compared, *cause).said(words.lang),
                changes.len().to_string(),
                words.presenter().change(compared.difference.of(*cause), kind),
            ]
        })
        .collect();
    rows.push(vec![
        message!("explain.against_total").said(words.lang),
        String::new(),
        words.amount(compared, compared.difference.amount()),
    ]);
    let tree = causes.iter().map(|(cause, changes)| TreeLine {
        name: ExplainWords::cause(compared, *cause).said(words.lang),
        number: words.presenter().change(compared.difference.of(*cause), kind),
        parts: changes_below(words, compared, changes),
        ..TreeLine::default()
    });
    let headings =
        [message!("explain.against_cause_heading"), message!("explain.against_units_heading"), message!("explain.against_amount_heading")];
    TreeSection {
        id: "against".to_owned(),
        heading: message!("explain.against_heading").said(words.lang),
        lines: compared_lines(words, compared),
        table: Some(TextRows { headings: headings.map(|heading| heading.said(words.lang)).to_vec(), rows }),
        tree: tree.collect(),
    }
}

/// Units of a cause; those of a merger stand together.
fn changes_below(words: &ExplainWords<'_>, compared: &ComparedFigure, changes: &[&Change]) -> Vec<TreeLine> {
    let one = |change: &&Change| TreeLine {
        name: change_line(words, compared, change),
        notes: words.change_places(compared, change, true),
        ..TreeLine::default()
    };
    let groups = changes.chunk_by(|a, b| a.merged_into == b.merged_into);
    groups
        .flat_map(|group| match &group[0].merged_into {
            None => group.iter().map(one).collect::<Vec<TreeLine>>(),
            Some(into) => {
                let name = merged_line(words, compared, into);
                vec![TreeLine { name, is_open: true, parts: group.iter().map(one).collect(), ..TreeLine::default() }]
            }
        })
        .collect()
}
