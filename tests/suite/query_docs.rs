//! What `docs/sql.md` says of the language: every line of its tables is asked and must give what stands beside it.

use tkgd::archive::{ArchiveReader, Selection};
use tkgd::forms::Schemas;
use tkgd::sql::{Asked, QueryEntry, SqlSession, TableCatalogue};

use super::query::archive;
use super::support::root;

#[test]
fn every_example_gives_what_the_page_says() {
    let archive = archive("query-docs");
    let schemas = Schemas::load(None).unwrap();
    let catalogue = TableCatalogue::load(&schemas).unwrap();
    let archive_reader = ArchiveReader::open(&archive, Selection::Working).unwrap();
    let session = SqlSession::open(&schemas, &catalogue, &archive_reader, &Asked::default()).unwrap();
    let page = std::fs::read_to_string(root().join("docs/sql.md")).unwrap();
    let mut wrong = Vec::new();
    let mut examples = 0;
    for line in page.lines().filter(|line| line.starts_with("| ") && line.contains("| `SELECT")) {
        let line = line.replace("\\|", "\u{1}");
        let cells: Vec<String> = line.trim_matches('|').split('|').map(|cell| cell.trim().replace('\u{1}', "|")).collect();
        let [_, question, answer] = &cells[..] else { panic!("{line}") };
        let [question, answer] = [question, answer].map(|cell| cell.strip_prefix('`').and_then(|cell| cell.strip_suffix('`')).unwrap());
        let rows = session.ask(question).and_then(tkgd::sql::Answer::rows);
        let said = match rows {
            Ok(rows) => {
                rows.iter().map(|row| row.iter().map(QueryEntry::plain).collect::<Vec<_>>().join(", ")).collect::<Vec<_>>().join("; ")
            }
            Err(error) => error.to_string(),
        };
        if said != answer {
            wrong.push(format!("{question}: {said}, the page says {answer}"));
        }
        examples += 1;
    }
    assert!(wrong.is_empty() && examples > 20, "{examples} examples\n{}", wrong.join("\n"));
}
