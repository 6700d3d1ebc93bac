//! The explanation as a page of its own, to hand to the person who asked.

use super::ComparedFigure;
use super::text::{by_cause, change_line, compared_lines, merged_line};
use super::words::Words;
use crate::base::number::show_change;
use crate::present::{TextRows, TreeLine, TreePage, TreeSection, tree_page};
use crate::query::explain::{Change, Node};

/// The page.
pub fn page(words: &Words<'_>) -> String {
    let head = words.above();
    let mut sections = vec![parts(words)];
    if let Some(compared) = &words.own.against {
        sections.insert(0, against(words, compared));
    }
    let answers = words.answers();
    if !answers.is_empty() {
        let heading = words.head("answers", &[]);
        sections.push(TreeSection { id: "answers".to_owned(), heading, lines: answers, ..TreeSection::default() });
    }
    let mut lines = head.lines;
    lines.push(words.head("made", &[("version", env!("CARGO_PKG_VERSION"))]));
    tree_page(&TreePage {
        lang: words.lang,
        title: head.total,
        lines,
        note: (!head.notes.is_empty()).then(|| head.notes.join(" ")),
        skip: words.head("skip", &[]),
        sections,
    })
}

fn parts(words: &Words<'_>) -> TreeSection {
    let mut top = line(words, &words.own.top);
    top.is_open = true;
    TreeSection { id: "parts".to_owned(), heading: words.head("parts", &[]), tree: vec![top], ..TreeSection::default() }
}

fn line(words: &Words<'_>, node: &Node) -> TreeLine {
    let mut parts: Vec<TreeLine> = node.children.iter().map(|child| line(words, child)).collect();
    if let Some(own) = node.own.as_ref().filter(|_| !node.children.is_empty()) {
        let name = words.say(&words.own.texts.parts, "own", &[("name", &words.tree().units[node.unit].name)]);
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

fn against(words: &Words<'_>, compared: &ComparedFigure) -> TreeSection {
    let texts = &words.own.texts.against;
    let kind = words.kind();
    let heading = |id| words.say(texts, id, &[]);
    let causes = by_cause(compared);
    let mut rows: Vec<Vec<String>> = causes
        .iter()
        .map(|(cause, changes)| {
            vec![words.cause(compared, *cause), changes.len().to_string(), show_change(compared.difference.of(*cause), kind)]
        })
        .collect();
    rows.push(vec![heading("total"), String::new(), words.amount(compared, compared.difference.amount())]);
    let tree = causes.iter().map(|(cause, changes)| TreeLine {
        name: words.cause(compared, *cause),
        number: show_change(compared.difference.of(*cause), kind),
        parts: changes_below(words, compared, changes),
        ..TreeLine::default()
    });
    TreeSection {
        id: "against".to_owned(),
        heading: heading("heading"),
        lines: compared_lines(words, compared),
        table: Some(TextRows { headings: ["headings_cause", "headings_units", "headings_amount"].map(heading).to_vec(), rows }),
        tree: tree.collect(),
    }
}

/// Units of a cause; those of a merger stand together.
fn changes_below(words: &Words<'_>, compared: &ComparedFigure, changes: &[&Change]) -> Vec<TreeLine> {
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
