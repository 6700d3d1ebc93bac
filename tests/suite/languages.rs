//! What a run and a release say and write is whole in the language asked for; what is archived is the same in both.
//!
//! A sample province with mistakes is run and released in each language, and everything is looked through for words of the
//! other one: the screen, texts, tables, pages and workbooks. Official workbooks (`bao-cao/`) are papers of the Ministry,
//! Vietnamese in both.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use tkgd::base::message::Lang;
use tkgd::forms::Schemas;

use super::support::{files_in, scratch, tkgd};
use super::tidy::assert_none;

/// What stays Vietnamese in English files beside names and titles out of schemas and register, each with its reason.
const VIETNAMESE: &[(&str, &str)] =
    &[("NĐ", "the sign of decrees"), ("tháng", "an age in months, as tables of population write it and indicators choose it")];
/// What stands in English in Vietnamese files, each with its reason.
const STAYS_ENGLISH: &[(&str, &str)] =
    &[("by level instead of grade", "how sure the source of an indicator is: a code with a remark, archived as it is")];
/// Words that make three small words in a row an English sentence: Vietnamese without marks has none of them.
const ENGLISH: &[&str] = &["the", "of", "and", "is", "are", "not", "with", "by", "that", "has", "have", "from", "was", "for", "at"];
/// Files below the output folder that are no texts for people: papers of the Ministry, and the lists of what a run wrote.
const OTHERS: &[&str] = &["bao-cao/", "tep-ket-qua.json", ".tkgd/"];

/// A text of a file, or a line of the screen.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    place: String,
    text: String,
}

/// A sample province with everything that was said and written for it.
struct Province {
    folder: PathBuf,
    said: BTreeSet<Said>,
}

impl Province {
    /// Two years with mistakes, run and released.
    fn new(lang: Lang) -> Self {
        let folder = scratch(&format!("languages-{}", lang.id()));
        let mut province = Self { folder, said: BTreeSet::new() };
        province.call(lang, "sample . --years 2 --schools 14 --communes 3 --dirt all");
        province.call(lang, "run dau-nam-hoc-2024.toml --received-on 2024-10-07");
        province.call(lang, "release dau-nam-hoc-2024.toml --kind provisional");
        province.call(lang, "run cuoi-nam-hoc-2024-sau-he.toml --received-on 2025-08-20");
        province.call(lang, "run cuoi-nam-hoc.toml --received-on 2026-06-05 --all");
        province.call(lang, "run dau-nam-hoc.toml --received-on 2025-10-20 --all");
        province.call(lang, "release dau-nam-hoc.toml --kind provisional");
        province.look_through("ket-qua");
        let releases = ["2024-2025-opening", "2025-2026-opening"];
        for key in &releases {
            province.look_through(&format!("luu-tru/releases/{key}/r001-provisional/reports"));
        }
        province
    }

    /// Runs a command; what it says belongs to what is looked through.
    fn call(&mut self, lang: Lang, line: &str) -> String {
        let output = tkgd().args(line.split(' ')).args(["--lang", lang.id()]).current_dir(&self.folder).output().unwrap();
        let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        // Mistakes of the sample are errors of the data.
        assert!(output.status.code().is_some_and(|code| code < 2), "{line}: {said}");
        let own = said.lines().map(|text| Said { place: format!("tkgd {line}"), text: text.to_owned() });
        self.said.extend(own);
        said
    }

    /// Takes the texts of every file of a folder.
    fn look_through(&mut self, below: &str) {
        for file in files_in(&self.folder.join(below)) {
            let place = file.strip_prefix(&self.folder).unwrap().to_string_lossy().replace('\\', "/");
            if OTHERS.iter().any(|other| place.contains(other)) {
                continue;
            }
            let own = texts(&file).into_iter().map(|text| Said { place: place.clone(), text });
            self.said.extend(own);
        }
    }

    /// Bytes of the tables of an archive's releases, by path.
    fn tables(&self) -> BTreeMap<String, Vec<u8>> {
        let archive = self.folder.join("luu-tru");
        let tables = files_in(&archive).into_iter().filter(|file| file.extension().is_some_and(|ending| ending == "parquet"));
        // The times at which returns were recorded are another in each run.
        let tables = tables.filter(|file| !file.ends_with("versions.parquet"));
        let named = |file: PathBuf| (file.strip_prefix(&archive).unwrap().to_string_lossy().into_owned(), std::fs::read(&file).unwrap());
        tables.map(named).collect()
    }
}

/// Every text of a file, with what stands in the attributes of pages and workbooks; none of what is archived as a table.
fn texts(file: &Path) -> Vec<String> {
    let bytes = std::fs::read(file).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    match file.extension().and_then(|ending| ending.to_str()).unwrap_or_default() {
        "html" => marked_up(&text(&bytes)),
        "xlsx" => parts(&bytes).iter().flat_map(|part| marked_up(&text(part))).collect(),
        "csv" => {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(&bytes[..]);
            reader.records().flat_map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect()
        }
        "txt" | "json" => text(&bytes).lines().map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// Parts of a workbook that hold texts; the looks of cells are named by the writing library.
fn parts(workbook: &[u8]) -> Vec<Vec<u8>> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(workbook)).unwrap();
    let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
    let is_text = |name: &&String| name.ends_with(".xml") && !name.ends_with("styles.xml") && !name.contains("theme");
    let mut read = |name: &String| {
        let mut part = Vec::new();
        std::io::Read::read_to_end(&mut zip.by_name(name).unwrap(), &mut part).unwrap();
        part
    };
    names.iter().filter(is_text).map(&mut read).collect()
}

/// Texts between tags and in attributes, without the styles of a page.
fn marked_up(text: &str) -> Vec<String> {
    let styles = regex::Regex::new("(?s)<style>.*?</style>").unwrap();
    let plain = styles.replace_all(text, "");
    let mut all = Vec::new();
    for piece in plain.split('<').skip(1) {
        let (tag, after) = piece.split_once('>').unwrap_or((piece, ""));
        all.extend(tag.split('"').skip(1).step_by(2).map(unescaped));
        all.push(unescaped(after));
    }
    all.retain(|text| !text.trim().is_empty());
    all
}

fn unescaped(text: &str) -> String {
    let signs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    signs.iter().fold(text.to_owned(), |text, (written, sign)| text.replace(written, sign))
}

/// Letters that only Vietnamese has.
fn is_vietnamese(text: &str) -> bool {
    text.to_lowercase().chars().any(|c| "ăâđêôơưáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ".contains(c))
}

/// Three small words in a row, one of them such that it is no Vietnamese without marks.
fn is_english(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').map(|word| word.trim_end_matches([',', ':', ';', '.'])).collect();
    let is_word = |word: &&str| !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase());
    words.windows(3).any(|three| three.iter().all(is_word) && three.iter().any(|word| ENGLISH.contains(word)))
}

/// Names that are the same in every language, the longest first: of circulars, forms and units.
fn names(province: &Province) -> Vec<String> {
    let schemas = Schemas::load(None).unwrap();
    let mut names: BTreeSet<String> = VIETNAMESE.iter().map(|(text, _)| (*text).to_owned()).collect();
    names.extend(schemas.regulations.iter().map(|own| own.name.clone()));
    names.extend(schemas.forms.iter().flat_map(|form| [form.symbol.to_string(), form.title.to_string()]));
    // A symbol of ours says that it is, which the sources of indicators leave away.
    names.extend(schemas.forms.iter().filter_map(|form| Some(form.symbol.split_once(" (")?.0.to_owned())));
    // Whose definition an indicator is and where it stands, where the schemas have no English words for it.
    let systems = schemas.indicators.iter().filter(|own| own.system_en.is_empty()).map(|own| own.system.clone());
    let sources = schemas.indicators.iter().filter(|own| own.source_en.is_empty()).map(|own| own.source.clone());
    names.extend(systems.chain(sources));
    let mut register = csv::Reader::from_path(province.folder.join("danh-sach-don-vi.csv")).unwrap();
    names.extend(register.records().flat_map(|line| line.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()));
    let mut names: Vec<String> = names.into_iter().filter(|name| is_vietnamese(name)).collect();
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

/// Names of sheets, as findings quote them: as forms print them, and as schools of the sample wrote them.
fn sheets(province: &Province) -> BTreeSet<String> {
    let schemas = Schemas::load(None).unwrap();
    let mut sheets: BTreeSet<String> =
        schemas.forms.iter().flat_map(|form| form.layout.sheets.iter().map(|sheet| sheet.name.to_string()).collect::<Vec<_>>()).collect();
    let named = regex::Regex::new("<sheet [^>]*name=\"([^\"]*)\"").unwrap();
    for file in files_in(&province.folder).into_iter().filter(|file| file.to_string_lossy().contains("bieu")) {
        let bytes = std::fs::read(&file).unwrap();
        let Ok(mut zip) = zip::ZipArchive::new(std::io::Cursor::new(&bytes)) else { continue };
        let mut book = String::new();
        if let Ok(mut part) = zip.by_name("xl/workbook.xml") {
            std::io::Read::read_to_string(&mut part, &mut book).unwrap();
        }
        sheets.extend(named.captures_iter(&book).map(|found| unescaped(&found[1])));
    }
    sheets
}

/// A text without names; names of sheets where they are quoted, or stand alone in a file that tells findings.
fn without(said: &Said, names: &[String], sheets: &BTreeSet<String>) -> String {
    let Said { place, text } = said;
    let is_findings = place.starts_with("tkgd ") || place.contains("phat-hien") || place.contains("chat-luong");
    // What a run keeps for reminders to schools.
    if text.trim().starts_with("\"message_vi\"") {
        return String::new();
    }
    // Of files that schools sent, with their folder or without, as the sample names them and as a release may keep that.
    let files = regex::Regex::new(r"(20\d\d-20\d\d/|\b\d{8}_)[^;!]*?\.xlsx").unwrap();
    let plain = files.replace_all(text, "").into_owned();
    let mut rest = names.iter().fold(plain, |text, name| text.replace(name, ""));
    // Links into senders' files name their sheets; rows and columns of forms have their official names.
    if place.ends_with("phat-hien.xlsx") {
        let labels = regex::Regex::new(r#"^'[^']*'![A-Z]+\d+$|(?:code \S+|column \d+) "[^"]*""#).unwrap();
        rest = labels.replace_all(&rest, "").into_owned();
    }
    if is_findings && is_vietnamese(&rest) {
        if sheets.contains(rest.trim()) {
            return String::new();
        }
        for sheet in sheets {
            for [before, after] in [["\"", "\""], ["\\\"", "\\\""], ["!", "!"]] {
                rest = rest.replace(&format!("{before}{sheet}{after}"), "");
            }
            rest = rest.strip_suffix(&format!("!{sheet}")).map_or(rest.clone(), str::to_owned);
        }
    }
    rest
}

#[test]
fn a_run_and_a_release_are_whole_in_the_language_asked_for() {
    let [vi, en] = std::thread::scope(|scope| {
        let both = [Lang::Vi, Lang::En].map(|lang| scope.spawn(move || Province::new(lang)));
        both.map(|part| part.join().unwrap())
    });
    let mut problems = Vec::new();
    let (names, sheets) = (names(&en), sheets(&en));
    for said in &en.said {
        if is_vietnamese(&said.text) && is_vietnamese(&without(said, &names, &sheets)) {
            problems.push(format!("{}, English: {}", said.place, said.text));
        }
    }
    for said in &vi.said {
        let text = STAYS_ENGLISH.iter().fold(said.text.clone(), |text, (words, _)| text.replace(words, ""));
        if is_english(&text) {
            problems.push(format!("{}, Vietnamese: {}", said.place, said.text));
        }
    }
    assert_none(&problems, "every text is in the language asked for");
    for (province, lang) in [(&vi, Lang::Vi), (&en, Lang::En)] {
        let pages: Vec<&Said> = province.said.iter().filter(|said| said.place.ends_with(".html")).collect();
        assert!(pages.iter().any(|said| said.text == lang.id()), "pages say their language");
        let files: BTreeSet<&str> = province.said.iter().map(|said| said.place.rsplit('/').next().unwrap()).collect();
        for file in ["chat-luong_", "chi-tieu_", "tong-hop_", "so-sanh_", "giai-trinh_", "phat-hien.csv", "tom-tat.json"] {
            assert!(files.iter().any(|own| own.starts_with(file)), "{file} was looked at: {files:?}");
        }
    }
    assert!(vi.tables() == en.tables() && !vi.tables().is_empty(), "what is archived is the same in both languages");
}

#[test]
fn what_goes_to_schools_is_vietnamese_whoever_made_the_run() {
    let mut en = Province { folder: scratch("languages-reminders"), said: BTreeSet::new() };
    en.call(Lang::En, "sample . --schools 8 --communes 2 --dirt wrong-total");
    en.call(Lang::En, "run dau-nam-hoc.toml --received-on 2025-10-20");
    en.call(Lang::En, "status dau-nam-hoc.toml --on 2025-11-01 --reminders nhac.xlsx");
    let said = texts(&en.folder.join("nhac.xlsx"));
    assert!(said.iter().any(|text| text.contains(": ghi ")), "{said:?}");
    assert!(!said.iter().any(|text| text.contains("it says")), "{said:?}");
}

#[test]
fn a_release_is_made_again_in_the_language_it_was_made_in() {
    let mut en = Province { folder: scratch("languages-again"), said: BTreeSet::new() };
    en.call(Lang::En, "sample . --schools 8 --communes 2 --dirt all");
    en.call(Lang::En, "run dau-nam-hoc.toml --received-on 2025-10-20");
    en.call(Lang::En, "release dau-nam-hoc.toml --kind provisional");
    let list = en.folder.join("luu-tru");
    let manifest = files_in(&list).into_iter().find(|file| file.ends_with("datapackage.json")).unwrap();
    let said: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest).unwrap()).unwrap();
    assert_eq!(said["tkgd"]["language"], "en");
    // Whoever makes it again may speak another language.
    let told = en.call(Lang::Vi, "archive rebuild 2025-2026-opening@1 --archive luu-tru --out dung-lai --format json");
    let made: serde_json::Value = serde_json::from_str(&told).unwrap();
    for kind in ["files_different", "files_missing", "files_more"] {
        assert_eq!(made[kind], serde_json::json!([]), "{told}");
    }
    assert!(made["files_same"].as_u64().is_some_and(|same| same > 10), "{told}");
}
