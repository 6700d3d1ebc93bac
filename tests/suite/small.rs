//! Small things that mislead: hints that cannot be followed, suggestions that promise too much, rules of another state.

use tkgd::cells::Status;
use tkgd::finding::{Finding, Lang, Severity};

use super::support::tkgd;
use super::workspace::{Workspace, book, files, form, schemas, values};

/// An error has to be corrected or accepted: no hint says that an explanation is enough.
#[test]
fn hints_of_errors_offer_no_explanation() {
    let schemas = schemas();
    let mut errors = 0;
    for rule in schemas.rules.iter().filter(|rule| rule.severity == Severity::Error) {
        errors += 1;
        let offers = rule.hint_vi.contains("giải trình") || rule.hint_en.contains("expla");
        assert!(!offers, "{}: {} / {}", rule.id, rule.hint_vi, rule.hint_en);
    }
    assert!(errors > 20 && schemas.rules.iter().any(|rule| rule.hint_vi.contains("giải trình")), "{errors}");
}

/// What was typed is put into a message as it is, whatever stands in its braces.
#[test]
fn messages_expand_nothing_that_was_typed() {
    let schemas = schemas();
    let finding = Finding::new("sheet-renamed").saw("{expected}", "{detail}").noting("{title} {found}");
    let said = schemas.rules.message(&finding, Lang::Vi);
    assert!(said.contains("{expected}") && !said.contains("{title} {found} "), "{said}");
    // Names of files and sheets are no phrases of ours.
    let named = Finding::new("sheet-renamed").saw("{pipe}", "I").quoting("{pipe}");
    assert!(schemas.rules.message(&named, Lang::Vi).contains("{pipe}"));
    let phrase = Finding::new("sheet-renamed").saw("{pipe}", "I");
    assert!(!schemas.rules.message(&phrase, Lang::Vi).contains("{pipe}"));
}

/// With two unrelated mistakes a suggestion about one of them settles its own sums, and says how many of all.
#[test]
fn a_suggestion_says_how_many_sums_it_settles() {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let suggestions = |name: &str, cells: &[(&str, &str, i64)]| {
        let register = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\n";
        let workspace = Workspace::new(name, register, "", "");
        let mut values = values(&schemas, &form, 1);
        for (sheet, code, more) in cells {
            let sheet = form.layout.sheet(sheet).unwrap();
            let slot = sheet.slot(sheet.find_code(code).unwrap(), 0);
            let number = values.get(slot).1 + more;
            values.set(slot, Status::Reported, number);
        }
        workspace.add("T01_a.xlsx", &book(&schemas, &form, &values));
        workspace.run();
        let told = workspace.findings().into_iter().filter(|f| f["rule"] == "likely-error");
        told.map(|f| f["message"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let one = suggestions("small-one", &[("I", "8", 5)]);
    assert!(!one.is_empty() && one.iter().all(|said| said.contains("mọi tổng của biểu đều khớp")), "{one:?}");
    let two = suggestions("small-two", &[("I", "8", 5), ("III", "37", 7)]);
    assert!(two.len() >= 2 && two.iter().all(|said| said.contains("trong số tổng đang sai: ")), "{two:?}");
    assert!(!two.iter().any(|said| said.contains("mọi tổng")), "{two:?}");
}

/// Rules that compare units are about the state of the results that they name, as all others are.
#[test]
fn outliers_obey_the_state_of_the_results() {
    let rule = |id: &str, more: &str| {
        format!(
            "[[rules]]\nid = \"{id}\"\nseverity = \"warning\"\nstage = \"past\"\nform = \"02-TH-DN\"\ntitle_vi = \"tiêu đề {id}\"\ntitle_en = \"title {id}\"\nmessage_vi = \"{{found}}\"\nmessage_en = \"{{found}}\"\n{more}\noutlier = {{ value = \"{{III/37/1}}\", threshold = 5.0, at_least = 1 }}\n"
        )
    };
    let workspace = Workspace::sample("small-outliers", 14, 2, 3);
    let rules = workspace.folder.join("bieu-mau/tt25-2024/rules");
    std::fs::create_dir_all(&rules).unwrap();
    std::fs::write(rules.join("x.toml"), rule("any-state", "") + &rule("later-state", "result_state = \"after-retests\"")).unwrap();
    let output = tkgd().args(["--schemas", "bieu-mau", "run", "p.toml"]).current_dir(&workspace.folder).output().unwrap();
    assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    let pages: Vec<String> = files(&workspace.output())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".html"))
        .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
        .collect();
    assert!(pages.iter().any(|page| page.contains("tiêu đề any-state")), "{}", pages.len());
    assert!(!pages.iter().any(|page| page.contains("tiêu đề later-state")));
}
