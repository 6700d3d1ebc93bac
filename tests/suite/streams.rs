//! Reporting streams of their own share an archive with the periodic reports and nothing in it.

use std::path::Path;

use super::support::{scratch, shared, tkgd};

/// A stream and the periodic reports, of registers that disagree about the same unit.
fn workspace(folder: &Path) {
    let register = |form: &str, name: &str| {
        format!("code,name,kind,levels,ownership,reports_to,forms\nP,So,department,,,,\nS1,{name},school,TH,public,P,{form}\n")
    };
    let pipeline = |more: &str, list: &str, form: &str, register: &str| {
        format!(
            "title = \"p\"\nschool_year = \"2025-2026\"\nterm = \"closing\"\nregister = \"{register}\"\n{more}\n[inputs]\n[[inputs.lists]]\nfile = \"{list}\"\nform = \"{form}\"\n[outputs]\nfolder = \"out\"\narchive = \"archive\"\n"
        )
    };
    for (name, text) in [
        ("a.csv", "unit,I/DL001/1\nS1,5\n".to_owned()),
        ("b.csv", "unit,CDS/DL001/1,CDS/DL002/1\nS1,1,80\n".to_owned()),
        ("ra.csv", register("02-TH-CN", "Truong A")),
        ("rb.csv", register("CDS", "Truong B")),
        ("pa.toml", pipeline("", "a.csv", "02-TH-CN", "ra.csv")),
        ("pb.toml", pipeline("regulation = \"qd4725-2022\"", "b.csv", "CDS", "rb.csv")),
    ] {
        std::fs::write(folder.join(name), text).unwrap();
    }
}

fn run(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = tkgd().current_dir(folder).args(["--lang", "en"]).args(arguments).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

const A: &str = "2025-2026-closing";
const B: &str = "2025-2026-closing+qd4725-2022";

/// Both are drafted, released, verified, asked and explained; neither touches the other.
fn stand_apart(folder: &Path) {
    let csv = |arguments: &[&str]| {
        let (code, text) = run(folder, &[&["query", "--format", "csv"], arguments].concat());
        assert_eq!(code, Some(0), "{arguments:?}: {text}");
        text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let draft = |part: &str, more: &str| {
        folder.join("archive").join(part).join("units").join(more).join("school_year=2025/term=closing/units.parquet")
    };
    for pipeline in ["pa.toml", "pb.toml"] {
        let (code, text) = run(folder, &["run", pipeline]);
        assert_ne!(code, Some(2), "{pipeline}: {text}");
    }
    let first = std::fs::read(draft("draft", "")).unwrap();
    assert!(draft("draft-streams", "stream=qd4725-2022").is_file());
    // Running either again leaves the other as it is.
    run(folder, &["run", "pb.toml"]);
    assert_eq!(std::fs::read(draft("draft", "")).unwrap(), first);
    let forms = "SELECT form, SUM(value) AS n FROM cells GROUP BY form ORDER BY form";
    let (of_a, of_b) = (csv(&[forms, "--draft"]), csv(&[forms, "--draft", "--stream", "qd4725-2022"]));
    assert!(of_a.iter().all(|line| line.contains("02-TH-CN")) && !of_a.is_empty(), "{of_a:?}");
    assert!(of_b.iter().all(|line| line.contains("qd4725-2022/CDS")) && !of_b.is_empty(), "{of_b:?}");
    for (pipeline, name) in [("pa.toml", A), ("pb.toml", B)] {
        let (code, text) = run(folder, &["release", pipeline, "--kind", "provisional"]);
        assert!(code != Some(2) && text.contains(&format!("{name}@1")), "{pipeline}: {text}");
    }
    let (code, text) = run(folder, &["archive", "verify", "--archive", "archive"]);
    assert_eq!(code, Some(0), "{text}");
    let (_, text) = run(folder, &["archive", "list", "--archive", "archive"]);
    assert!(text.contains(&format!("{A}@1 ")) && text.contains(&format!("{B}@1 ")), "{text}");
    assert_eq!((csv(&[forms]), csv(&[forms, "--stream", "qd4725-2022"])), (of_a.clone(), of_b.clone()));
    assert_eq!(csv(&[forms, "--state", B]), of_b);
    // Each has the register it was made with.
    let names = "SELECT name FROM units WHERE unit = 'S1'";
    assert_eq!((csv(&[names]), csv(&[names, "--state", B])), (vec!["Truong A".to_owned()], vec!["Truong B".to_owned()]));
    let releases = "SELECT school_year, stream, release_no FROM releases";
    assert_eq!(
        (csv(&[releases]), csv(&[releases, "--stream", "qd4725-2022"])),
        (vec!["2025,,1".to_owned()], vec!["2025,qd4725-2022,1".to_owned()])
    );
    let (code, text) = run(folder, &["query", forms, "--state", A, "--state", B]);
    assert!(code == Some(2) && text.contains("counted twice"), "{text}");
    // A second release of the one goes on with its own numbers.
    let (_, text) = run(folder, &["release", "pb.toml", "--kind", "provisional"]);
    assert!(text.contains(&format!("{B}@2")), "{text}");
    assert_eq!(csv(&[forms]), of_a);
    let (code, text) = run(folder, &["archive", "verify", "--archive", "archive"]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn two_streams_share_an_archive_and_nothing_in_it() {
    let folder = scratch("streams_two");
    workspace(&folder);
    stand_apart(&folder);
}

#[test]
fn the_situation_of_two_streams_has_its_right_outcome() {
    let Some(shared) = shared() else { return };
    let folder = scratch("streams_situation");
    for entry in std::fs::read_dir(shared.join("cases/71-two-streams-one-draft/ws")).unwrap() {
        let entry = entry.unwrap();
        std::fs::write(folder.join(entry.file_name()), std::fs::read(entry.path()).unwrap()).unwrap();
    }
    for pipeline in ["pa.toml", "pb.toml"] {
        assert_ne!(run(&folder, &["run", pipeline]).0, Some(2));
    }
    for name in [A, B] {
        let (code, text) = run(&folder, &["query", "SELECT COUNT(*) AS n FROM cells", "--state", &format!("{name}@draft")]);
        assert_eq!(code, Some(0), "{text}");
    }
    for pipeline in ["pa.toml", "pb.toml"] {
        let (code, text) = run(&folder, &["release", pipeline, "--kind", "provisional"]);
        assert_ne!(code, Some(2), "{text}");
    }
    assert_eq!(run(&folder, &["archive", "verify", "--archive", "archive"]).0, Some(0));
}

/// An archive of a stream from before streams stood apart: its releases go on where they are.
#[test]
fn an_archive_that_holds_a_stream_alone_goes_on_as_it_is() {
    let folder = scratch("streams_before");
    workspace(&folder);
    run(&folder, &["run", "pb.toml"]);
    let (_, text) = run(&folder, &["release", "pb.toml", "--kind", "provisional"]);
    assert!(text.contains(&format!("{B}@1")), "{text}");
    // As it was written then: under the term's own name.
    let archive = folder.join("archive");
    let plain = archive.join("current");
    for table in std::fs::read_dir(archive.join("streams")).unwrap() {
        let table = table.unwrap();
        std::fs::create_dir_all(plain.join(table.file_name())).unwrap();
        std::fs::rename(table.path().join("stream=qd4725-2022/school_year=2025"), plain.join(table.file_name()).join("school_year=2025"))
            .unwrap();
    }
    std::fs::remove_dir_all(archive.join("streams")).unwrap();
    std::fs::remove_dir_all(archive.join("releases")).unwrap();
    std::fs::remove_file(archive.join("generation.json")).unwrap();
    let (code, text) = run(&folder, &["run", "pb.toml"]);
    assert_ne!(code, Some(2), "{text}");
    assert!(archive.join("draft/units/school_year=2025/term=closing/units.parquet").is_file(), "{text}");
}

/// A day is taken to its end in Vietnam by every command that is asked about one.
#[test]
fn a_day_is_the_same_day_in_every_command() {
    let folder = scratch("streams_as_of");
    workspace(&folder);
    run(&folder, &["run", "pa.toml"]);
    run(&folder, &["release", "pa.toml", "--kind", "provisional"]);
    let manifest = folder.join("archive/releases/2025-2026-closing/r001-provisional/datapackage.json");
    let text = std::fs::read_to_string(&manifest).unwrap();
    let json: serde_json::Value = serde_json::from_str(&text).unwrap();
    let recorded = json["tkgd"]["recorded_at"].as_str().unwrap();
    // One in the morning of 2 March in Vietnam.
    std::fs::write(&manifest, text.replace(recorded, "2026-03-01T18:00:00Z")).unwrap();
    for (day, is_known) in [("2026-03-01", false), ("2026-03-02", true), ("02/03/2026", true)] {
        let (_, listed) = run(&folder, &["archive", "list", "--archive", "archive", "--as-of", day]);
        assert_eq!(listed.contains("@1"), is_known, "list {day}: {listed}");
        let (code, text) = run(&folder, &["query", "SELECT COUNT(*) AS n FROM cells", "--as-of", day]);
        assert_eq!(code == Some(0), is_known, "query {day}: {text}");
        let (_, text) = run(&folder, &["explain", "tt25-2024/02-TH-CN:I/DL001/1", "--archive", "archive", "--unit", "S1", "--as-of", day]);
        assert_eq!(text.contains("@1"), is_known, "explain {day}: {text}");
    }
}
