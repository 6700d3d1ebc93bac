//! Pages by themselves: what browsers, readers of screens, phones and paper make of them, and that their links lead somewhere.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::oracle::{has_office, missing, python, script};
use super::quality::browser;
use super::support::{scratch, tkgd};

/// Kinds of page, by what their names begin with.
const KINDS: [&str; 6] = ["chat-luong", "chi-tieu", "phieu-", "tong-hop-", "vi-sao", "bao-cao"];

/// A sample province with defects, and every kind of page of it.
fn province(name: &str, lang: &str) -> PathBuf {
    let folder = scratch(name);
    let pipeline = "tinh/dau-nam-hoc.toml";
    let run = |arguments: &[&str]| {
        let output = tkgd().args(["--lang", lang]).args(arguments).current_dir(&folder).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    };
    let defects = ["wrong-total", "too-many-girls", "formula-error", "unknown-mark"].map(|kind| ["--dirt", kind]).concat();
    run(&[&["sample", "tinh", "--communes", "3", "--schools", "14"], &defects[..]].concat());
    run(&["run", pipeline]);
    run(&["return", pipeline, "--out", "tra-lai"]);
    run(&["explain", "02-TH-DN/III/37/1", "--unit", "09", "--pipeline", pipeline, "--html", "vi-sao.html"]);
    run(&["report", "quy-mo-truong", "--pipeline", pipeline, "--out", "bao-cao.html"]);
    run(&["release", pipeline, "--kind", "provisional"]);
    folder
}

/// All pages below a folder.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|ending| ending == "html") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn name(page: &Path) -> String {
    page.file_name().unwrap().to_string_lossy().into_owned()
}

/// The first page of every kind.
fn of_every_kind(folder: &Path) -> Vec<PathBuf> {
    let all = pages(folder);
    KINDS.iter().map(|kind| all.iter().find(|page| name(page).starts_with(kind)).unwrap_or_else(|| panic!("{kind}")).clone()).collect()
}

#[test]
fn no_page_keeps_anybody_out_in_either_language() {
    let (Some(browser), Some(python)) = (browser(), python()) else { return };
    // Beside the interpreter, where `.ci/run` puts it.
    let axe = Path::new(&python).parent().unwrap().join("../axe/node_modules/axe-core/axe.min.js");
    if !axe.is_file() {
        return missing("axe-core (see .ci/run)");
    }
    let folder = scratch("pages-axe");
    let provinces = ["vi", "en"].map(|lang| province(&format!("pages-axe-{lang}"), lang));
    let pages: Vec<PathBuf> = provinces.iter().flat_map(|province| of_every_kind(province)).collect();
    let copies = folder.to_string_lossy().into_owned();
    let axe = axe.to_string_lossy().into_owned();
    let pages: Vec<String> = pages.iter().map(|page| page.to_string_lossy().into_owned()).collect();
    let arguments: Vec<&str> = [browser, &axe, &copies].into_iter().chain(pages.iter().map(String::as_str)).collect();
    script(&python, &folder, "pages.py", &arguments);
}

#[test]
fn every_link_of_every_page_leads_to_something() {
    let folder = province("pages-links", "vi");
    let (mut to_files, mut to_sections, mut kept) = (0, 0, 0);
    for page in pages(&folder) {
        let text = std::fs::read_to_string(&page).unwrap();
        let is_kept = page.components().any(|part| part.as_os_str() == "releases");
        kept += usize::from(is_kept);
        for link in text.split("href=\"").skip(1).map(|rest| rest.split('"').next().unwrap()) {
            if link.starts_with("data:") {
                continue;
            }
            let (path, place) = link.split_once('#').unwrap_or((link, ""));
            if path.is_empty() {
                assert!(text.contains(&format!("id=\"{place}\"")), "{}: {link}", page.display());
                to_sections += 1;
            } else {
                let file = page.parent().unwrap().join(decoded(path));
                assert!(file.is_file(), "{}: {link}", page.display());
                assert!(!is_kept, "{}: files of senders are not in a release", page.display());
                to_files += 1;
            }
        }
    }
    assert!(to_files > 3 && to_sections > 20 && kept >= 2, "{to_files}, {to_sections}, {kept}");
}

/// A path out of a link.
fn decoded(link: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = link.as_bytes();
    while let [first, tail @ ..] = rest {
        if let (b'%', [high, low, after @ ..]) = (first, tail) {
            let digits = [*high, *low];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap());
            rest = after;
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).unwrap()
}

#[test]
fn every_page_is_of_the_kit() {
    let folder = province("pages-kit", "vi");
    for page in of_every_kind(&folder) {
        let text = std::fs::read_to_string(&page).unwrap();
        let shown = page.display();
        for part in ["<html lang=\"vi\">", "name=\"viewport\"", "class=\"skip\"", "<header>", "<main id=\"main\">", "<footer>"] {
            assert_eq!(text.matches(part).count(), 1, "{shown}: {part}");
        }
        // One style, and the paper's own lines; no style of the page's own.
        assert_eq!(text.matches("<style>").count(), 1, "{shown}");
        assert!(text.contains(include_str!("../../src/present/page.css")), "{shown}");
        let sections = text.matches("<h2 id=").count() - text.matches("<h2 id=\"page-contents\"").count();
        assert_eq!(text.contains("<nav "), sections > 3, "{shown}: {sections} sections");
        if name(&page).starts_with("chat-luong") {
            // The contents name the places of the findings, the one with most errors first.
            let contents = text.split("</nav>").next().unwrap();
            let errors = contents.split("href=\"#place-").skip(1).map(|rest| rest.split(": ").nth(1).unwrap().split(' ').next().unwrap());
            let errors: Vec<usize> = errors.map(|number| number.parse().unwrap()).collect();
            assert!(errors.len() > 1 && errors[0] > 0 && errors.is_sorted_by(|a, b| a >= b), "{errors:?}");
        }
        // Notes to units are no papers of figures and say in a line whose figures they are about; everything else says its state above
        // and on every sheet of paper.
        let is_note = ["phieu-", "tong-hop-"].iter().any(|kind| name(&page).starts_with(kind));
        let is_said = |before: &str| ["NHÁP", "SƠ BỘ"].iter().any(|state| text.contains(&format!("{before}{state}")));
        assert_eq!(is_said("<p class=\"state\">"), !is_note, "{shown}");
        assert_eq!(is_said("@top-center{content:\""), !is_note, "{shown}");
        assert_eq!(text.contains("Số liệu trong phiếu: NHÁP"), name(&page).starts_with("phieu-"), "{shown}");
    }
}

#[test]
fn workbooks_for_people_are_printed_on_few_sheets_of_paper() {
    if !has_office() {
        return;
    }
    let folder = scratch("pages-printed");
    for arguments in [&["sample", "tinh", "--schools", "60", "--communes", "8"][..], &["run", "tinh/dau-nam-hoc.toml"]] {
        let output = tkgd().args(arguments).current_dir(&folder).output().unwrap();
        assert_ne!(output.status.code(), Some(2), "{}", String::from_utf8_lossy(&output.stderr));
    }
    let outputs = folder.join("tinh/ket-qua/2025-2026-opening");
    for (book, most) in [("tong-hop_Nháp", 15), ("so-sanh_Nháp", 10)] {
        let profile = format!("-env:UserInstallation=file://{}", folder.join("office").display());
        let office = Command::new("soffice")
            .args([&profile, "--headless", "--convert-to", "pdf", "--outdir", "."])
            .arg(outputs.join(format!("{book}.xlsx")))
            .current_dir(&folder)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&office.stdout);
        let info = Command::new("pdfinfo").arg(folder.join(format!("{book}.pdf"))).output().unwrap();
        let info = String::from_utf8_lossy(&info.stdout);
        let pages = info.lines().find_map(|line| line.strip_prefix("Pages:")).map(|pages| pages.trim().parse::<u32>().unwrap());
        let pages = pages.unwrap_or_else(|| panic!("{book}: {said}"));
        assert!((2..=most).contains(&pages), "{book}: {pages} pages");
    }
}
