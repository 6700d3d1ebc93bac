//! Sentences for people: each stands in the catalogue in both languages, and none stands in the sources.

use std::collections::{BTreeMap, BTreeSet};

use tkgd::jobs::{DiagnosisState, DiagnosisSubject};
use tkgd::ledger::{ChainFault, Timing};
use tkgd::query::compare::UnitFate;
use tkgd::query::explain::Cause;
use tkgd::query::reconcile::ComparisonKind;
use tkgd::returns::Status;
use tkgd::rulebook::FINDING_COLUMNS;
use tkgd::workspace::CHECK_POINTS;

use crate::support::root;
use crate::tidy::{assert_none, bare, line_of, literal_end, sources, without_tests, words};

/// Where sentences may stand in the sources: the start of a path below `src`, and why.
const ELSEWHERE: &[(&str, &str)] = &[
    ("privacy/people.rs", "surnames, titles and words of schools, by which names of people are known; nobody is shown them"),
    ("sample/", "what synthetic schools write into their workbooks, as schools do"),
    ("jobs/sample/", "names of files and the pipeline of a synthetic province"),
    ("workspace/new_workspace.rs", "name and kind of the unit that a new register begins with, official terms"),
    ("indicators/population.rs", "headings and words of tables of population, which are read"),
    ("workbooks/file_table.rs", "headings of the table of files, which is read"),
    ("lists/columns.rs", "the heading of the units' codes in a list, which is read"),
    ("workbooks/measure_claims.rs", "how sheets write their unit of measure, which is read"),
    ("jobs/ask/sql.rs", "SQL, with names of tables and columns"),
    ("ledger/headings.rs", "headings of tables that people keep beside the ledger, which are read"),
    ("tables/encoding.rs", "letters that texts in old fonts consist of"),
    ("cli/words.rs", "what the library of the command line says, by which its refusals are known"),
    ("archive/release/", "names of the steps of a commit, at which a test interrupts it"),
    ("returns/mod.rs", "what a broken answer of a reader's process lacks; it becomes a finding of its own"),
    ("sql", "what the engine and its parser say among themselves, by which their refusals are known"),
];

/// A message as the sources name it.
struct Call {
    place: String,
    id: String,
    arguments: BTreeSet<String>,
}

/// Every `message!("id", name, other = value)` of the sources.
fn calls() -> Vec<Call> {
    let mut all = Vec::new();
    for file in &sources() {
        let chars: Vec<char> = file.text.chars().collect();
        for (at, after) in words(&file.code, "message") {
            if !after.starts_with("!(") {
                continue;
            }
            let open = at + "message!".len();
            let close = closing(&file.code, open);
            let written: String = chars[open + 1..close - 1].iter().collect();
            // The macro's own lines name none.
            if !written.trim_start().starts_with('"') {
                continue;
            }
            let id = written.trim().trim_start_matches('"').split('"').next().unwrap().to_owned();
            let arguments = top_level(&file.code[open + 1..close - 1]).into_iter().skip(1);
            let arguments = arguments.map(|own| own.split('=').next().unwrap().trim().to_owned()).filter(|own| !own.is_empty());
            all.push(Call { place: format!("{}:{}", file.path, line_of(&file.code, at)), id, arguments: arguments.collect() });
        }
    }
    assert!(all.len() > 300);
    all
}

/// Families of messages (`Message::of_family`) with all ids that the sources can ask for: those of enums, and headings of the
/// columns that a job's workbooks have.
fn families() -> BTreeMap<&'static str, BTreeSet<String>> {
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<String>>();
    let kinds = ComparisonKind::ALL.iter().filter(|kind| **kind != ComparisonKind::NotComparable);
    BTreeMap::from([
        ("compare.column", column_ids("compare")),
        ("compare.fate", ids(&UnitFate::ALL.map(UnitFate::id))),
        ("doctor.state", ids(&DiagnosisState::ALL.map(DiagnosisState::id))),
        ("doctor.subject", ids(&DiagnosisSubject::ALL.map(DiagnosisSubject::id))),
        ("explain.cause", ids(&Cause::ALL.map(Cause::id))),
        ("ledger.column", column_ids("ledger")),
        ("ledger.fault", ids(&ChainFault::ALL.map(ChainFault::id))),
        ("ledger.timing", ids(&Timing::ALL.map(Timing::id))),
        ("present.status", ids(&Status::ALL.map(Status::id))),
        ("query.ask_heading", ids(&["part", "name", "year", "value", "received", "expected", "unknown", "before", "change", "percent"])),
        ("reconcile.column", column_ids("reconcile")),
        ("reconcile.kind", kinds.map(|kind| kind.id().to_owned()).collect()),
        ("workspace.finding", ids(&FINDING_COLUMNS).into_iter().chain(ids(&["column_no", "hint"])).collect()),
        ("release.point", ids(&CHECK_POINTS)),
        ("run.heading", column_ids("run")),
        ("settings.column", ids(&["term", "due", "number", "dated", "kinds", "levels", "units", "forms", "file", "form", "mapping"])),
        ("records.flag", ids(&["yes", "no"])),
        ("records.joint", ids(&["and", "or", "implies", "iff"])),
        ("reconcile.source", found_in("inputs/source.rs", r#"Self::\w+(?:\(_\))? => "([a-z_]+)""#)),
    ])
}

/// Ids of columns in the tables of a job: with their width, or one of a list of such ids.
fn column_ids(job: &str) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for entry in std::fs::read_dir(root().join("src/jobs").join(job)).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let path = format!("{job}/{name}");
        ids.extend(found_in(&path, r#"\(\s*"([a-z_]+)", [0-9.]+, Align"#));
        for list in found_in(&path, r"const (?:NUMBERS|SUMMARY): \[&str; \d+\] =\s*\[([^\]]+)\]") {
            ids.extend(list.split('"').skip(1).step_by(2).map(str::to_owned));
        }
    }
    assert!(ids.len() > 20, "{job}: {ids:?}");
    ids
}

/// What the group of a pattern finds in a source of the jobs.
fn found_in(path: &str, pattern: &str) -> BTreeSet<String> {
    let text = std::fs::read_to_string(root().join("src/jobs").join(path)).unwrap();
    regex::Regex::new(pattern).unwrap().captures_iter(&text).map(|found| found[1].to_owned()).collect()
}

/// Every family that the sources name; what they call it by is written out where they do.
fn families_named() -> BTreeSet<String> {
    let mut all = BTreeSet::new();
    for file in &sources() {
        let text: Vec<char> = file.text.chars().collect();
        for (at, after) in words(&file.code, "of_family").filter(|(_, after)| after.starts_with('(')) {
            let rest: String = text[at..].iter().take(80).collect();
            // The definition itself has no text behind its bracket.
            if let Some(name) = rest.strip_prefix("of_family(\"") {
                all.insert(name.split('"').next().unwrap().to_owned());
            } else {
                assert!(file.path == "base/message.rs", "{}: {after:.60}", file.path);
            }
        }
    }
    all
}

/// Where the bracket that opens at a place is closed, the place after it.
fn closing(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, letter) in code[open..].char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return open + at + 1;
        }
    }
    code.len()
}

/// What stands between the commas of an argument list, those within brackets left alone.
fn top_level(code: &str) -> Vec<&str> {
    let (mut depth, mut from, mut parts) = (0_usize, 0, Vec::new());
    for (at, letter) in code.char_indices() {
        match letter {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&code[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&code[from..]);
    parts
}

/// The catalogue: both languages of every id.
fn catalogue() -> BTreeMap<String, [String; 2]> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(root().join("messages")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if stem == "command_line" {
            continue;
        }
        let phrases: BTreeMap<String, BTreeMap<String, String>> = toml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        for (key, phrase) in phrases {
            assert_eq!(phrase.keys().collect::<Vec<_>>(), ["en", "vi"], "{stem}.{key}");
            all.insert(format!("{stem}.{key}"), [phrase["vi"].clone(), phrase["en"].clone()]);
        }
    }
    all
}

/// Names in braces.
fn places_of(text: &str) -> BTreeSet<String> {
    let text = text.replace("{{", "").replace("}}", "");
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect()
}

#[test]
fn every_message_is_said_in_both_languages_with_all_its_arguments() {
    let catalogue = catalogue();
    let (mut problems, mut used) = (Vec::new(), BTreeSet::new());
    for Call { place, id, arguments } in calls() {
        let Some([vi, en]) = catalogue.get(&id) else {
            problems.push(format!("{place}: the catalogue has no `{id}`"));
            continue;
        };
        let wanted: BTreeSet<String> = places_of(vi).union(&places_of(en)).cloned().collect();
        for name in wanted.difference(&arguments) {
            problems.push(format!("{place}: `{id}` wants {{{name}}}"));
        }
        for name in arguments.difference(&wanted) {
            problems.push(format!("{place}: `{id}` has no place for `{name}`"));
        }
        used.insert(id);
    }
    let families = families();
    assert_eq!(families_named(), families.keys().map(|name| (*name).to_owned()).collect());
    for id in families.iter().flat_map(|(family, ids)| ids.iter().map(move |id| format!("{family}_{id}"))) {
        match catalogue.get(&id) {
            None => problems.push(format!("the catalogue has no `{id}`")),
            Some(phrase) if phrase.iter().any(|text| !places_of(text).is_empty()) => problems.push(format!("nobody fills `{id}`")),
            Some(_) => drop(used.insert(id)),
        }
    }
    for (id, [vi, en]) in &catalogue {
        if vi.trim().is_empty() || en.trim().is_empty() {
            problems.push(format!("`{id}` lacks a language"));
        }
        if !used.contains(id) {
            problems.push(format!("nothing says `{id}`"));
        }
    }
    assert_none(&problems, "messages and the catalogue agree");
}

/// Letters that only Vietnamese has.
fn is_vietnamese(text: &str) -> bool {
    text.to_lowercase().chars().any(|c| "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ".contains(c))
}

/// Three English words in a row.
fn is_english_sentence(text: &str) -> bool {
    let text = text.trim_start_matches(['r', '#', '"']).trim_end_matches(['#', '"']);
    let is_word = |word: &&str| word.len() > 1 && word.chars().all(|c| c.is_ascii_lowercase());
    text.split(' ').collect::<Vec<_>>().windows(3).any(|three| three.iter().all(|word| is_word(&word.trim_end_matches([',', ':', ';']))))
}

/// Sentences of a source outside tests, each with its line; reasons that are given to the compiler are for its readers.
fn sentences(text: &str) -> Vec<(usize, String)> {
    let chars: Vec<char> = text.chars().collect();
    // Strings are marked, so that those of tests can be told by being gone.
    let (mut marked, mut strings, mut at) = (String::new(), Vec::new(), 0);
    while at < chars.len() {
        let end = literal_end(&chars, at);
        let is_string = end > at && "\"r".contains(chars[at]);
        match (end > at, is_string) {
            (true, true) => {
                strings.push(at..end);
                marked.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { 'x' }));
            }
            (true, false) => marked.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' })),
            (false, _) => marked.push(chars[at]),
        }
        at = end.max(at + 1);
    }
    let kept = without_tests(&marked);
    let is_told = |from: usize| kept.as_bytes()[from] == b'x' && !kept[..from].trim_end().ends_with("reason =");
    let told =
        strings.into_iter().filter(|place| is_told(place.start)).map(|place| (line_of(&kept, place.start), chars[place].iter().collect()));
    told.filter(|(_, text): &(usize, String)| is_vietnamese(text) || is_english_sentence(text)).collect()
}

#[test]
fn no_sentence_stands_in_the_sources() {
    let (mut problems, mut allowed) = (Vec::new(), BTreeSet::new());
    for file in sources() {
        for (line, text) in if file.code.is_empty() { Vec::new() } else { sentences(&file.text) } {
            match ELSEWHERE.iter().find(|(start, _)| file.path.starts_with(start)) {
                Some((start, _)) => drop(allowed.insert(*start)),
                None => problems.push(format!("{}:{line}: {text:?}", file.path)),
            }
        }
    }
    problems.extend(
        ELSEWHERE.iter().filter(|(start, _)| !allowed.contains(start)).map(|(start, _)| format!("{start}: there is none any more")),
    );
    assert_none(&problems, "sentences stand in messages/");
}

#[test]
fn the_search_for_sentences_sees_what_it_should() {
    let text = "// no sentence here at all\nlet a = \"ký hiệu\"; let b = r#\"it is not there\"#;\n#[expect(x, reason = \"it is not there\")]\nlet c = ['\"', '\\'', b'\"'];\n#[cfg(test)]\nmod tests {\n let d = \"it is not there\";\n}\nlet e = \"a B c\";\n";
    let found: Vec<(usize, String)> = sentences(text);
    assert_eq!(found, [(2, "\"ký hiệu\"".to_owned()), (2, "r#\"it is not there\"#".to_owned())]);
    assert_eq!(bare(text).lines().count(), text.lines().count());
    assert_eq!(places_of("{a} {{b}} {c}"), BTreeSet::from(["a".to_owned(), "c".to_owned()]));
    assert_eq!(top_level("\"x\", a, b = f(1, 2)"), ["\"x\"", " a", " b = f(1, 2)"]);
}
