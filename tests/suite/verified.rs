//! What `archive verify` finds beside changed bytes: another name, another run, a lost ledger.

use std::path::Path;

use tkgd::archive::{Fault, MANIFEST, VerifyScope, verify};
use tkgd::workspace::Pipeline;

use super::release::{archive, archived, problems, released};
use super::workspace::{Workspace, files};

/// What is wrong with an archive and the ledgers beside it.
fn all_problems(archive: &Path) -> Vec<(String, Fault)> {
    verify(archive, VerifyScope::WithLedgers, &|| ()).unwrap().problems.into_iter().map(|problem| (problem.path, problem.fault)).collect()
}

#[test]
fn a_renamed_release_a_part_of_another_run_and_a_lost_ledger_are_named() {
    let workspace = Workspace::sample("release-parts", 4, 2, 16);
    let other = Workspace::sample("release-parts-other", 4, 2, 17);
    for workspace in [&workspace, &other] {
        released(workspace, &["--kind", "provisional"], 0);
    }
    let (archive, archive_of_other) = (archive(&workspace), archive(&other));
    assert_eq!(all_problems(&archive), []);
    let place = "releases/2025-2026-opening/r001-provisional";
    // Under another name than its description says.
    let renamed = "releases/2025-2026-opening/r001-official";
    std::fs::rename(archive.join(place), archive.join(renamed)).unwrap();
    assert!(all_problems(&archive).contains(&(renamed.to_owned(), Fault::Renamed)));
    std::fs::rename(archive.join(renamed), archive.join(place)).unwrap();
    // A table and a report of another run, each whole in itself.
    let report = files(&archive.join(place)).into_keys().find(|name| name.starts_with("reports/bao-cao/")).unwrap();
    for part in ["data/cells.parquet", &report] {
        let path = archive.join(place).join(part);
        let own = std::fs::read(&path).unwrap();
        let foreign = archive_of_other.join(place).join(part);
        std::fs::copy(foreign, &path).unwrap();
        let named = format!("{place}/{part}");
        assert!(all_problems(&archive).contains(&(named, Fault::Changed)), "{part}");
        // Also where the description was written to fit.
        let manifest = archive.join(place).join(MANIFEST);
        let text = std::fs::read_to_string(&manifest).unwrap();
        let hash = |bytes: &[u8]| tkgd::workbooks::sha256(bytes);
        std::fs::write(&manifest, text.replace(&hash(&own), &hash(&std::fs::read(&path).unwrap()))).unwrap();
        assert!(all_problems(&archive).contains(&(format!("{place}/{part}"), Fault::OtherRun)), "{part}");
        std::fs::write(&manifest, text).unwrap();
        std::fs::write(&path, own).unwrap();
    }
    assert_eq!(all_problems(&archive), []);
    // The ledger goes on, but it begins as it did.
    let ledger = Pipeline::open(&workspace.folder.join("p.toml")).unwrap().ledger();
    let lines = std::fs::read_to_string(ledger.path()).unwrap();
    std::fs::write(ledger.path(), format!("{lines}{{}}\n")).unwrap();
    assert_eq!(all_problems(&archive), []);
    let without_last = lines.lines().count() - 1;
    std::fs::write(ledger.path(), lines.lines().take(without_last).map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    assert!(matches!(&all_problems(&archive)[..], [(place, Fault::LedgerShortened)] if place.ends_with("2025-2026-opening.jsonl")));
    std::fs::remove_file(ledger.path()).unwrap();
    assert!(matches!(&all_problems(&archive)[..], [(_, Fault::LedgerMissing)]));
    assert_eq!(problems(&archive), [], "a copy of the archive needs no ledger beside it");
    let said = archived(&workspace, &["verify"], 1);
    assert_eq!(said["problems"][0]["fault"], "ledger_missing");
    archived(&workspace, &["verify", "--archive-only"], 0);
}
