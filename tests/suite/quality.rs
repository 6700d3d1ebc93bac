//! The quality report: everything of the run is on it, nothing else is needed to read it.

use std::path::Path;
use std::process::Command;

use super::support::{scratch, tkgd};
use super::workspace::{Workspace, book, form, schemas, values};

/// A school whose name and sheet would be markup, with a wrong total.
fn faulty(name: &str) -> (Workspace, String) {
    let schemas = schemas();
    let register = "code,name,kind,reports_to,forms\nS,Sở <GDĐT>,department,,\nX,Xã & Phường,commune,S,\nT01,Trường <script>alert(1)</script>,school,X,02-TH-DN\nT02,Trường B,school,X,02-TH-DN\n";
    let workspace = Workspace::new(name, register, "", "");
    let form = form(&schemas, "02-TH-DN");
    let mut values = values(&schemas, &form, 1);
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("41").unwrap(), 0);
    values.set(slot, tkgd::returns::Status::Reported, values.numbers().at(slot) + 1000);
    workspace.add("T01_bài \"1\" & <2>.xlsx", &book(&schemas, &form, &values));
    workspace.run();
    let page = std::fs::read_to_string(workspace.output().join("chat-luong_Nháp.html")).unwrap();
    (workspace, page)
}

#[test]
fn every_finding_is_on_the_page_with_a_link_that_leads_to_its_file() {
    let (workspace, page) = faulty("quality-links");
    let findings = workspace.findings();
    for rule in findings.iter().map(|finding| finding["rule"].as_str().unwrap()) {
        assert!(page.contains(&format!("[{rule}]")), "{rule}");
    }
    let rows = page.split("id=\"findings\"").nth(1).unwrap().matches("<tr class=\"\"").count();
    assert_eq!(rows, findings.len());
    // The link is relative to the page, every odd letter a byte in hexadecimal, the cell behind the sign.
    let link = page.split("href=\"../").nth(1).unwrap().split('"').next().unwrap();
    let (path, cell) = link.split_once('#').unwrap();
    assert!(cell.starts_with("%27III%27!"), "{cell}");
    let path =
        path.trim_start_matches("../").replace("%20", " ").replace("%22", "\"").replace("%26", "&").replace("%3C", "<").replace("%3E", ">");
    let path = path.replace("b%C3%A0i", "bài");
    assert!(workspace.folder.join(&path).is_file(), "{path}");
    let csv = std::fs::read_to_string(workspace.output().join("phat-hien.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(csv.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.headers().unwrap().get(0), Some("Mức"));
    assert_eq!(reader.records().map(Result::unwrap).count(), findings.len());
}

#[test]
fn nothing_on_the_page_is_markup_of_others_and_nothing_is_fetched() {
    let (workspace, page) = faulty("quality-markup");
    let indicators = std::fs::read_to_string(workspace.output().join("chi-tieu_Nháp.html")).unwrap();
    for page in [page.as_str(), &indicators] {
        nothing_of_others(page);
    }
    assert!(page.contains("Trường &lt;script&gt;"));
    assert!(page.contains("Xã &amp; Phường (X)") && page.contains("Sở &lt;GDĐT&gt; (S)"));
    assert!(indicators.contains("Sở &lt;GDĐT&gt;"));
}

pub fn nothing_of_others(page: &str) {
    assert!(!page.contains("<script"));
    // An address may be named as a source; nothing may be fetched from one.
    for outside in ["\"http", "'http", "src=", "url(", "@import", "<iframe", "<object", "onload"] {
        assert!(!page.contains(outside), "{outside}");
    }
    // Headings of rows and columns are said to be such, drawings have words, the language is named.
    assert!(page.contains("<html lang=\"vi\">") && page.contains("scope=\"col\"") && page.contains("scope=\"row\""));
    assert_eq!(page.matches("<svg ").count(), page.matches("role=\"img\" aria-label=").count());
}

#[test]
fn a_browser_shows_it_without_complaint() {
    let folder = scratch("quality-browser");
    let out = tkgd().args(["sample", "tinh"]).current_dir(&folder).output().unwrap();
    assert!(out.status.success());
    let out = tkgd().args(["run", "tinh/dau-nam-hoc.toml"]).current_dir(&folder).output().unwrap();
    assert_ne!(out.status.code(), Some(2), "{}", String::from_utf8_lossy(&out.stderr));
    let Some(browser) = browser() else { return };
    for page in ["chat-luong_Nháp.html", "chi-tieu_Nháp.html"] {
        shows(browser, &folder, &find(&folder, page).unwrap());
    }
}

/// The browser paints the page, has nothing to say of it and asks nobody for anything.
pub fn shows(browser: &str, folder: &Path, page: &Path) {
    let (picture, log) = (folder.join("page.png"), folder.join("net.json"));
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"])
        .args(["--disable-component-update", "--disable-sync", "--enable-logging=stderr", "--window-size=1200,2400"])
        .arg(format!("--user-data-dir={}", folder.join("profile").display()))
        .arg(format!("--log-net-log={}", log.display()))
        .arg(format!("--screenshot={}", picture.display()))
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(!said.contains(":CONSOLE"), "{said}");
    assert!(std::fs::metadata(&picture).unwrap().len() > 50_000, "{said}");
    let log = std::fs::read_to_string(log).unwrap();
    let asked: Vec<&str> = log.split("\"url\":\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    // The browser asks its maker for the time and for updates whatever it shows.
    let of_page = |url: &&&str| url.starts_with("http") && !["google", "gstatic", "gvt1"].iter().any(|host| url.contains(host));
    assert_eq!(asked.iter().filter(of_page).count(), 0, "{asked:?}");
}

/// A headless browser; its absence is a failure where the oracles are required.
pub fn browser() -> Option<&'static str> {
    let found =
        ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| Command::new(name).arg("--version").output().is_ok());
    assert!(found.is_some() || std::env::var_os("TKGD_REQUIRE_ORACLES").is_none(), "no browser");
    found
}

fn find(folder: &Path, name: &str) -> Option<std::path::PathBuf> {
    std::fs::read_dir(folder).ok()?.filter_map(Result::ok).find_map(|entry| {
        let path = entry.path();
        if path.is_dir() { find(&path, name) } else { (path.file_name()?.to_str()? == name).then_some(path) }
    })
}
