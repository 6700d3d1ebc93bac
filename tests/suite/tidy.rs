//! The order of the source tree: who may use whom, sizes, spelling.
//!
//! The sources are read as text in which comments and strings are blanked out and
//! test modules are cut; that is enough to find paths, calls and braces.

use std::path::{Path, PathBuf};
use std::process::Command;

use unicode_normalization::is_nfc;

use crate::support::{root, skipped};

const MAX_FILE_LINES: usize = 600;
const MAX_FUNCTION_LINES: usize = 60;

/// Outside libraries that are used in one place only: name, folders and files of `src`.
const PLACES: &[(&str, &[&str])] = &[
    ("calamine", &["workbooks"]),
    ("zip", &["ooxml"]),
    ("quick_xml", &["ooxml"]),
    ("rust_xlsxwriter", &["present"]),
    ("clap", &["cli", "main.rs"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("indicatif", &["cli", "main.rs"]),
    ("datafusion", &["sql", "sql_engine"]),
    ("tokio", &["sql", "sql_engine"]),
    ("sqlparser", &["sql", "sql_engine"]),
    ("sysinfo", &["base"]),
    ("arrow_array", &["archive", "tables", "tabulate"]),
    ("arrow_cast", &["tables", "tabulate"]),
    ("arrow_schema", &["archive", "tables", "tabulate"]),
    ("parquet", &["archive", "tables", "tabulate"]),
];

/// A file of `src`.
pub struct SourceFile {
    /// Path below `src`, with forward slashes.
    pub path: String,
    /// The first part of the path, without `.rs`.
    module: String,
    pub text: String,
    /// The text without comments, strings and test modules; lines stay where they are.
    pub code: String,
}

pub fn sources() -> Vec<SourceFile> {
    let folder = root().join("src");
    let mut files = Vec::new();
    walk(&folder, "rs", &mut files);
    let source = |path: &PathBuf| {
        let text = std::fs::read_to_string(path).unwrap();
        let below = path.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
        let module = below.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let code = if is_test_module(path) { String::new() } else { without_tests(&bare(&text)) };
        SourceFile { path: below, module, text, code }
    };
    let sources: Vec<SourceFile> = files.iter().map(source).collect();
    assert!(sources.len() > 10);
    sources
}

/// Whether a file is a test module of its own: `tests.rs`, declared for tests only.
fn is_test_module(path: &Path) -> bool {
    let owner = path.with_file_name("mod.rs");
    path.ends_with("tests.rs") && std::fs::read_to_string(owner).is_ok_and(|owner| owner.contains("#[cfg(test)]\nmod tests;"))
}

fn walk(folder: &Path, extension: &str, files: &mut Vec<PathBuf>) {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            walk(&path, extension, files);
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
}

/// The text with comments, strings and character literals blanked out.
pub fn bare(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = literal_end(&chars, at);
        if end > at {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        } else {
            out.push(chars[at]);
            at += 1;
        }
    }
    out
}

/// Where the comment or literal that starts here ends; `at` itself when none starts.
pub fn literal_end(chars: &[char], at: usize) -> usize {
    let next = |ahead: usize| chars.get(at + ahead).copied().unwrap_or(' ');
    let find = |from: usize, pattern: &str| {
        let pattern: Vec<char> = pattern.chars().collect();
        let found = (from..chars.len()).find(|&i| chars[i..].starts_with(&pattern));
        found.map_or(chars.len(), |i| i + pattern.len())
    };
    let in_word = at > 0 && (chars[at - 1].is_alphanumeric() || chars[at - 1] == '_');
    match chars[at] {
        '/' if next(1) == '/' => find(at, "\n") - 1,
        '/' if next(1) == '*' => find(at + 2, "*/"),
        '"' => quoted_end(chars, at + 1, '"'),
        'r' if !in_word && (next(1) == '"' || (next(1) == '#' && "\"#".contains(next(2)))) => {
            let hashes = chars[at + 1..].iter().take_while(|c| **c == '#').count();
            find(at + 2 + hashes, &format!("\"{}", "#".repeat(hashes)))
        }
        // A lifetime has no second quote.
        '\'' if next(1) == '\\' || next(2) == '\'' => quoted_end(chars, at + 1, '\''),
        _ => at,
    }
}

fn quoted_end(chars: &[char], mut at: usize, quote: char) -> usize {
    while at < chars.len() && chars[at] != quote {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

/// The code without what stands under `#[cfg(test)]` or `#[cfg(all(test, …))]`.
pub fn without_tests(code: &str) -> String {
    let mut code = code.to_owned();
    for mark in ["#[cfg(test)]", "#[cfg(all(test,"] {
        while let Some(start) = code.find(mark) {
            let end = block_end(&code, start).unwrap_or(code.len());
            let blank: String = code[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
            code.replace_range(start..end, &blank);
        }
    }
    code
}

/// The end of the block or statement that starts at or after a place.
fn block_end(code: &str, from: usize) -> Option<usize> {
    let (mut braces, mut others) = (0_usize, 0_usize);
    for (at, c) in code[from..].char_indices() {
        match c {
            '(' | '[' => others += 1,
            ')' | ']' => others = others.saturating_sub(1),
            ';' if braces == 0 && others == 0 => return Some(from + at + 1),
            '{' => braces += 1,
            '}' => {
                braces = braces.saturating_sub(1);
                if braces == 0 {
                    return Some(from + at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

pub fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// Where a word stands as a word of its own, with what follows it.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = (usize, &'a str)> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).filter_map(move |(at, _)| {
        let after = &code[at + word.len()..];
        let stands_alone = !code[..at].ends_with(part_of_word) && !after.starts_with(part_of_word);
        stands_alone.then_some((at, after))
    })
}

/// What stands in the brackets that open where the code begins.
fn bracketed(code: &str) -> &str {
    let Some(opening) = code.chars().next() else { return code };
    let closing = ")]}>".as_bytes()["([{<".find(opening).unwrap()];
    let (mut depth, mut before) = (0_usize, ' ');
    for (at, c) in code.char_indices() {
        if c == opening {
            depth += 1;
        } else if c == char::from(closing) && !(c == '>' && "-=".contains(before)) {
            // The arrow of a result closes nothing.
            depth -= 1;
        }
        if depth == 0 {
            return &code[1..at];
        }
        before = c;
    }
    &code[1..]
}

/// The parts of a list that commas divide.
fn pieces(mut list: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(c) = list[at..].chars().next() {
        if c == ',' {
            found.push(&list[..at]);
            (list, at) = (&list[at + 1..], 0);
        } else if "([{<".contains(c) {
            at += bracketed(&list[at..]).len() + 2;
        } else {
            at += c.len_utf8();
        }
        at = at.min(list.len());
    }
    found.push(list);
    found.retain(|piece| !piece.trim().is_empty());
    found
}

/// The parameters of a function, of what stands behind its `fn`.
fn parameters(after: &str) -> Vec<&str> {
    let after = after.trim_start().trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
    let generics = if after.starts_with('<') { bracketed(after).len() + 2 } else { 0 };
    let list = after[generics..].trim_start();
    if list.starts_with('(') { pieces(bracketed(list)) } else { Vec::new() }
}

/// Whether a parameter takes a tuple apart.
fn is_tuple_pattern(parameter: &str) -> bool {
    parameter.trim_start().trim_start_matches('&').starts_with('(')
}

/// The public fields of every public struct: where it stands, its name with the field's, and the field's type.
fn public_fields(code: &str) -> Vec<(usize, String, &str)> {
    let mut found = Vec::new();
    for (at, after) in words(code, "struct").filter(|(at, _)| code[..*at].trim_end().ends_with("pub")) {
        let name = identifier(after.trim_start());
        let head = &after.trim_start()[name.len()..];
        let generics = if head.starts_with('<') { bracketed(head).len() + 2 } else { 0 };
        // What ends with a semicolon before any bracket has no fields.
        let Some(start) = head[generics..].find(['{', '(', ';']) else { continue };
        let body = &head[generics + start..];
        if body.starts_with(';') {
            continue;
        }
        for field in pieces(bracketed(body)) {
            let mut field = field.trim_start();
            while let Some(attribute) = field.strip_prefix('#') {
                field = attribute[bracketed(attribute).len() + 2..].trim_start();
            }
            let Some(field) = field.strip_prefix("pub ") else { continue };
            let (field, kind) = field.split_once(':').filter(|_| body.starts_with('{')).unwrap_or(("", field));
            found.push((at, format!("{name}.{field}"), kind));
        }
    }
    found
}

/// Names that stand for a type with a tuple in it.
fn tuple_names(code: &str) -> Vec<String> {
    let types = words(code, "type").filter_map(|(_, after)| after.split(';').next()?.split_once('='));
    types.filter(|(_, kind)| has_tuple(kind)).map(|(name, _)| identifier(name.trim_start())).collect()
}

/// Whether a type has a tuple of several members in it; the parameters of a function are none.
fn has_tuple(kind: &str) -> bool {
    kind.match_indices('(').any(|(at, _)| {
        let before = kind[..at].trim_end();
        let is_function = ["fn", "Fn", "FnMut", "FnOnce"].iter().any(|name| before.ends_with(name));
        !is_function && pieces(bracketed(&kind[at..])).len() > 1
    })
}

/// The modules that a file names in paths from the root of the crate.
fn used_modules(code: &str) -> Vec<(usize, String)> {
    let mut used = Vec::new();
    for (at, after) in words(code, "crate") {
        let Some(path) = after.strip_prefix("::") else { continue };
        if let Some(group) = path.strip_prefix('{') {
            let mut depth = 0_u32;
            let mut first = true;
            for token in group.split_inclusive(|c: char| ",{}".contains(c)) {
                if depth == 0 && first {
                    used.push((at, identifier(token.trim_start())));
                }
                let end = token.chars().next_back();
                first = end == Some(',');
                match end {
                    Some('{') => depth += 1,
                    Some('}') if depth == 0 => break,
                    Some('}') => depth -= 1,
                    _ => {}
                }
            }
        } else {
            used.push((at, identifier(path)));
        }
    }
    used.retain(|(_, name)| !name.is_empty());
    used
}

fn identifier(text: &str) -> String {
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The floors, from the ground up: the modules in the order of `lib.rs`.
fn floors() -> Vec<String> {
    let lib = bare(&std::fs::read_to_string(root().join("src/lib.rs")).unwrap());
    let floors: Vec<String> = words(&lib, "mod").map(|(_, after)| identifier(after.trim_start())).collect();
    assert!(floors.len() > 5);
    floors
}

pub fn assert_none(problems: &[String], rule: &str) {
    assert!(problems.is_empty(), "{rule}:\n{}", problems.join("\n"));
}

#[test]
fn modules_use_only_what_stands_above_them() {
    let floors = floors();
    if let Some(at) = floors.iter().position(|floor| floor == "cli") {
        assert_eq!(at, floors.len() - 1, "`cli` is the last module of lib.rs");
    }
    let level = |name: &str| floors.iter().position(|floor| floor == name);
    let mut problems = Vec::new();
    for file in sources() {
        if ["lib", "main", "capped"].contains(&&*file.module) {
            continue;
        }
        let Some(own) = level(&file.module) else {
            problems.push(format!("src/{}: its module is not in lib.rs", file.path));
            continue;
        };
        for (at, used) in used_modules(&file.code) {
            if level(&used).is_none_or(|level| level > own) {
                problems.push(format!("src/{}:{}: uses crate::{used}", file.path, line_of(&file.code, at)));
            }
        }
    }
    assert_none(&problems, "a module uses only those above it in src/lib.rs");
}

#[test]
fn files_and_functions_stay_short() {
    let mut problems = Vec::new();
    for file in sources() {
        let lines = file.text.lines().count();
        if lines > MAX_FILE_LINES {
            problems.push(format!("src/{} has {lines} lines", file.path));
        }
        for (at, after) in words(&file.code, "fn") {
            let name = identifier(after.trim_start());
            // Without a name it is the type of a function.
            let Some(end) = block_end(&file.code, at).filter(|_| !name.is_empty()) else { continue };
            let lines = file.code[at..end].matches('\n').count() + 1;
            if lines > MAX_FUNCTION_LINES {
                problems.push(format!("src/{}:{}: fn {name} has {lines} lines", file.path, line_of(&file.code, at)));
            }
        }
    }
    assert_none(&problems, "files and functions stay short");
}

/// What belongs together is a type with names; the rest are parameters of their own.
#[test]
fn no_signature_takes_a_tuple_apart() {
    let mut problems = Vec::new();
    for file in sources() {
        for (at, after) in words(&file.code, "fn") {
            for parameter in parameters(after).into_iter().filter(|parameter| is_tuple_pattern(parameter)) {
                problems.push(format!("src/{}:{}: {}", file.path, line_of(&file.code, at), parameter.trim()));
            }
        }
    }
    assert_none(&problems, "a parameter has a name");
}

#[test]
fn no_public_field_holds_a_tuple() {
    let mut problems = Vec::new();
    for file in sources() {
        let names = tuple_names(&file.code);
        for (at, field, kind) in public_fields(&file.code) {
            if has_tuple(kind) || names.iter().any(|name| words(kind, name).next().is_some()) {
                problems.push(format!("src/{}:{}: {field}: {}", file.path, line_of(&file.code, at), kind.trim()));
            }
        }
    }
    assert_none(&problems, "a public field holds types with names");
}

#[test]
fn every_file_says_what_it_is() {
    let mut problems = Vec::new();
    for file in sources() {
        if !file.text.starts_with("//! ") {
            problems.push(format!("src/{} does not open with `//!`", file.path));
        }
    }
    assert_none(&problems, "every file opens with what it is");
}

#[test]
fn nothing_gives_up_on_purpose() {
    let mut problems = Vec::new();
    for file in sources() {
        for call in [".unwrap()", "panic!", "todo!", "unimplemented!", "dbg!"] {
            for (at, _) in file.code.match_indices(call) {
                problems.push(format!("src/{}:{}: {call}", file.path, line_of(&file.code, at)));
            }
        }
    }
    assert_none(&problems, "outside tests there is no giving up");
}

/// What programs read is a type with names, which the compiler keeps whole.
#[test]
fn json_is_written_from_types() {
    let mut problems = Vec::new();
    for file in sources() {
        for (at, _) in file.code.match_indices("json!") {
            problems.push(format!("src/{}:{}: json!", file.path, line_of(&file.code, at)));
        }
    }
    assert_none(&problems, "JSON is written from types that derive Serialize");
}

#[test]
fn outside_libraries_stay_in_their_place() {
    let mut problems = Vec::new();
    for file in sources() {
        for (library, places) in PLACES {
            let is_place =
                |place: &&str| file.path == **place || file.path.starts_with(&format!("{place}/")) || file.path == format!("{place}.rs");
            if places.iter().any(is_place) {
                continue;
            }
            for (at, after) in words(&file.code, library) {
                let used = after.starts_with("::") || file.code[..at].trim_end().ends_with("use");
                // A path such as `crate::archive::parquet::…` is ours.
                if used && !file.code[..at].ends_with("::") {
                    problems.push(format!("src/{}:{}: {library}", file.path, line_of(&file.code, at)));
                }
            }
        }
    }
    assert_none(&problems, "each outside library is used in one place");
}

#[test]
fn vietnamese_is_spelled_in_composed_letters() {
    let mut files = Vec::new();
    walk(&root().join("schemas"), "toml", &mut files);
    walk(&root().join("src"), "rs", &mut files);
    let mut problems = Vec::new();
    for path in files {
        let text = std::fs::read_to_string(&path).unwrap();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !is_nfc(line)) {
            problems.push(format!("{}:{}: {}", path.strip_prefix(root()).unwrap().display(), index + 1, line.trim()));
        }
    }
    assert_none(&problems, "text is in Unicode form NFC");
}

#[test]
fn every_room_is_named_where_the_house_is_described() {
    let text = std::fs::read_to_string(root().join("docs/architecture.md")).unwrap();
    let named = |name: &str| text.contains(&format!("`{name}`"));
    let rooms = |below: &str| {
        let entries = std::fs::read_dir(root().join(below)).unwrap().map(|entry| entry.unwrap());
        let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect::<Vec<_>>()
    };
    let problems: Vec<String> = ["src", "src/jobs"].iter().flat_map(|below| rooms(below)).filter(|room| !named(room)).collect();
    assert_none(&problems, "docs/architecture.md names every room");
}

/// Files that the tour of the house points at are there, and so are the functions it names.
#[test]
fn the_tour_of_the_house_names_what_is_there() {
    let text = std::fs::read_to_string(root().join("docs/tour.md")).unwrap();
    let code: String = sources().iter().map(|file| file.code.clone()).collect();
    let mut problems = Vec::new();
    for name in text.split('`').skip(1).step_by(2).filter(|name| !name.contains(' ')) {
        let is_path = name.contains('/') && (name.ends_with(".rs") || root().join("src").join(name).is_dir());
        let is_there = match name.rsplit("::").next() {
            Some(item) if name.contains("::") => ["fn", "struct", "enum"].iter().any(|kind| code.contains(&format!("{kind} {item}"))),
            _ => !is_path || root().join("src").join(name).exists(),
        };
        if !is_there || (name.ends_with(".rs") && !is_path) && !text.contains(&format!("/{name}")) && name.contains('/') {
            problems.push(name.to_owned());
        }
    }
    assert_none(&problems, "docs/tour.md names what is there");
}

#[test]
fn no_file_names_a_machine() {
    // Written in halves, so that this file does not find itself.
    let marks: Vec<String> = ["/ho|me/", "/ro|ot/", "/wo|rk/", "/Us|ers/", "/t|mp/", "C:\\Us|ers\\", "/mn|t/"]
        .iter()
        .map(|mark| mark.replace('|', ""))
        .collect();
    let Some(files) = tracked_files() else { return };
    let mut problems = Vec::new();
    for file in files {
        // What is not text has no paths to read.
        let Ok(text) = std::fs::read_to_string(root().join(&file)) else { continue };
        for (index, line) in text.lines().enumerate() {
            let names_one = |mark: &String| {
                line.match_indices(&**mark).any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-~}>".contains(c)))
            };
            if marks.iter().any(names_one) {
                problems.push(format!("{file}:{}: {}", index + 1, line.trim()));
            }
        }
    }
    assert_none(&problems, "paths of a machine stay out of the repository");
}

/// The repository's files, also new ones; nothing outside a repository.
fn tracked_files() -> Option<Vec<String>> {
    let listing = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()
        .filter(|output| output.status.success());
    let Some(listing) = listing else {
        skipped("a git repository");
        return None;
    };
    Some(String::from_utf8(listing.stdout).unwrap().lines().map(str::to_owned).collect())
}

/// The scan above is only worth something if it sees what it should.
#[test]
fn the_scan_of_the_sources_sees_what_it_should() {
    let text = "use crate::{a::{b, c}, d};\n// crate::no\nlet s = \"crate::no\\\"\"; let c = '\"'; fn f<'a>(x: &'a str) { crate::e::g() }\n#[cfg(test)]\nmod tests {\n use crate::t;\n}\nlet r = r#\"crate::no\"#; $crate::h!();\n";
    let code = without_tests(&bare(text));
    assert_eq!(code.lines().count(), text.lines().count());
    let used: Vec<String> = used_modules(&code).into_iter().map(|(_, name)| name).collect();
    assert_eq!(used, ["a", "d", "e", "h"]);
    let function = code.find("fn f").unwrap();
    assert!(code[..block_end(&code, function).unwrap()].ends_with("crate::e::g() }"));
}

#[test]
fn the_scan_of_signatures_sees_what_it_should() {
    let code =
        "fn f<T: Fn(A, B) -> C, U>(&self, (a, b): (A, B), c: &dyn Fn(A) -> B, &(d, e): &(D, Map<E, F>), mut g: [G; 2]) -> (H, I) { x }";
    let (_, after) = words(code, "fn").next().unwrap();
    let parameters = parameters(after);
    assert_eq!(parameters.len(), 5, "{parameters:?}");
    let apart: Vec<bool> = parameters.iter().map(|parameter| is_tuple_pattern(parameter)).collect();
    assert_eq!(apart, [false, true, false, true, false]);
}

#[test]
fn the_scan_of_fields_sees_what_it_should() {
    let code = "type Pair<'a> = (A, &'a B);\nstruct Own { pub a: (A, B) }\npub struct Empty;\npub struct Wide<T: Fn(A, B) -> C> {\n #[serde(from)]\n pub a: Vec<(A, Map<B, C>)>,\n b: (A, B), pub c: Box<dyn Fn(A, B) -> C>, pub d: Option<Pair<'static>>, pub e: Map<A, B>, pub f: () }\npub struct Wrapped(pub (A, B), C);\n";
    let names = tuple_names(code);
    assert_eq!(names, ["Pair"]);
    let found: Vec<(String, bool)> = public_fields(code).into_iter().map(|(_, field, kind)| (field, has_tuple(kind))).collect();
    let expected = [("Wide.a", true), ("Wide.c", false), ("Wide.d", false), ("Wide.e", false), ("Wide.f", false), ("Wrapped.", true)];
    assert_eq!(found, expected.map(|(field, is_found)| (field.to_owned(), is_found)));
}

#[test]
fn comments_begin_with_what_a_thing_is_or_does() {
    let vague = ["What ", "Whoever ", "The same "];
    let begins = |text: &str| {
        let marks = |line: &str| ["///", "//!", "//"].into_iter().find(|mark| line.starts_with(mark));
        let mut before = None;
        let mut lines = Vec::new();
        for (number, line) in text.lines().map(str::trim).enumerate() {
            let (mark, blank) = (marks(line), matches!(line, "///" | "//!" | "//"));
            let said = line.trim_start_matches(['/', '!', ' ']);
            if mark.is_some() && before != mark && vague.iter().any(|word| said.starts_with(word)) {
                lines.push(number + 1);
            }
            before = mark.filter(|_| !blank);
        }
        lines
    };
    assert_eq!(begins("/// What it is.\nlet a;\n// A thing:\n// What follows.\n//\n// The same again."), [1, 6]);
    let problems = sources().into_iter().flat_map(|file| begins(&file.text).into_iter().map(move |line| format!("{}:{line}", file.path)));
    assert_none(&problems.collect::<Vec<_>>(), "a comment begins with the name of what it explains");
}
