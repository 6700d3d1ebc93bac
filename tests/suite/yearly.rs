//! The year-on-year table: figures of both years, difference, per cent, and what was explained.

use super::support::tkgd;
use super::workspace::{Workspace, book, filled, form, schemas, values};

const REGISTER: &str = "code,name,kind,reports_to,ownership,forms\nS,Sở,department,,,\nX,Xã A,commune,S,,\nT01,Trường A,school,X,public,02-TH-DN\nT02,Trường B,school,X,public,02-TH-DN\n";

/// The lines of the table, cells as texts.
fn lines(workspace: &Workspace) -> Vec<Vec<String>> {
    let path = workspace.output().join("giai-trinh_Nháp.xlsx");
    let table = tkgd::workbooks::read_table(&path, None, Some(4), &tkgd::workbooks::Isolation::InProcess).unwrap();
    table.rows.iter().map(|row| (0..table.headings.len()).map(|column| row.text(Some(column))).collect()).collect()
}

/// A return of so many pupils; the rest of it is drawn.
fn filed(pupils: i64, seed: u64) -> Vec<u8> {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let sheet = form.layout.sheet("III").unwrap();
    let slot = sheet.slot(sheet.find_code("37").unwrap(), 0);
    let mut values = values(&schemas, &form, seed);
    values.set(slot, tkgd::returns::Status::Reported, pupils);
    book(&schemas, &form, &values)
}

#[test]
fn both_years_stand_side_by_side_with_what_was_explained() {
    let workspace = Workspace::new("yearly", REGISTER, "", "");
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    workspace.add("T01_a.xlsx", &filed(400, 1));
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    workspace.run();
    assert!(!workspace.output().join("giai-trinh_Nháp.xlsx").exists(), "nothing to compare with in the first year");
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    workspace.add("T01_a.xlsx", &filed(500, 1));
    workspace.add("T02_a.xlsx", &filed(300, 2));
    workspace.run();
    let explain = |reason: &str| {
        let output = tkgd()
            .args(["ledger", "explain"])
            .arg(workspace.folder.join("p.toml"))
            .args(["--unit", "T01", "--form", "02-TH-DN", "--rule", "th-pupils-last-year", "--by", "Hiệu trưởng", "--reason", reason])
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    // 25 % more is below the threshold: there is nothing to explain yet.
    assert!(!explain("tiếp nhận học sinh").is_empty());
    workspace.add("T01_a.xlsx", &filed(600, 1));
    workspace.run();
    assert_eq!(explain("tiếp nhận học sinh trường bên"), "");
    workspace.run();
    let of = |unit: &str| {
        let lines = lines(&workspace);
        lines.into_iter().find(|line| line[0].starts_with(unit) && line[2] == "Học sinh tiểu học").unwrap()
    };
    assert_eq!(of("Trường A")[3..], ["400", "600", "200", "50", "tiếp nhận học sinh trường bên (Hiệu trưởng)"]);
    assert_eq!(of("Trường B")[3..], ["?", "300", "?", "?", ""]);
    // A school whose figure of last year is not known is in neither side of the change.
    assert_eq!(of("Xã A")[3..], ["400", "900", "200", "50", ""]);
    assert_eq!(of("Sở")[3..], ["400", "900", "200", "50", ""]);

    // The same beside each other in the workbook of comparisons, and for SQL in the archive.
    let sheet = |file: &std::path::Path, sheet: &str| {
        tkgd::workbooks::read_table(file, Some(sheet), Some(4), &tkgd::workbooks::Isolation::InProcess).unwrap()
    };
    let compared = sheet(&workspace.output().join("so-sanh_Nháp.xlsx"), "Năm trước");
    let row = compared.rows.iter().position(|row| row.text(Some(1)) == "T01").unwrap();
    let at = |heading: &str| compared.rows[row].text(compared.find(&[heading]));
    let texts = ["Người học (người)", "Người học: năm trước", "Người học: tăng, giảm", "Người học: tăng, giảm (%)", "Giải trình"].map(at);
    assert_eq!(texts, ["600", "400", "200", "50", "tiếp nhận học sinh trường bên (Hiệu trưởng)"]);
    let path = workspace.folder.join("archive/draft/comparisons/school_year=2025/term=opening/comparisons.parquet");
    let archived = tkgd::workbooks::read_table(&path, None, None, &tkgd::workbooks::Isolation::InProcess).unwrap();
    let told = |heading: &str| {
        let (figure, place) = (archived.find(&["figure"]), archived.find(&["place"]));
        let row = archived.rows.iter().find(|row| row.text(figure) == "pupils" && row.text(place) == "T01").unwrap();
        row.text(archived.find(&[heading]))
    };
    assert_eq!(["against", "difference", "change_percent", "explanation"].map(told)[..2], ["năm trước", "200"]);
    assert_eq!(told("explanation"), "tiếp nhận học sinh trường bên (Hiệu trưởng)");

    // Whoever asks where a figure comes from gets the explanation with it.
    let explained = tkgd()
        .args(["explain", "02-TH-DN/III/37/1", "--unit", "X", "--against", "2024-2025-opening", "--pipeline"])
        .arg(workspace.folder.join("p.toml"))
        .output()
        .unwrap();
    let explained = String::from_utf8_lossy(&explained.stdout).into_owned();
    assert!(explained.contains("Trường A (T01): tiếp nhận học sinh trường bên (Hiệu trưởng, "), "{explained}");
    assert!(explained.contains("đơn vị báo cáo số khác: +200") && explained.contains("chỉ báo cáo ở kỳ sau: +300"), "{explained}");

    // A unit against another one, and a name that is none.
    let report = |place: &str| {
        let layout = workspace.folder.join("hai-truong.toml");
        let text = format!(
            "title = \"Hai trường\"\nfile = \"hai-truong.xlsx\"\npipeline = \"p.toml\"\n[[sheets]]\nname = \"A\"\ntitle = \"A\"\nrows = [\"unit\"]\n\
             columns = [{{ value = \"pupils\", against = {{ place = \"{place}\", heading = \"Trường B\" }} }}]\n"
        );
        std::fs::write(&layout, text).unwrap();
        tkgd().arg("report").arg(&layout).arg("--out").arg(workspace.folder.join("hai-truong.csv")).output().unwrap()
    };
    let output = report("T02");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(workspace.folder.join("hai-truong.csv")).unwrap();
    let line = text.lines().find(|line| line.contains("T01")).unwrap();
    assert!(line.ends_with("600,300,300,100.00,đủ"), "{text}");
    let output = report("T20");
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && error.contains("không có đơn vị `T20`"), "{error}");
}

#[test]
fn what_a_merged_school_had_is_a_part_of_what_its_successor_had() {
    let register = "code,name,kind,reports_to,ownership,forms,valid_to,merged_into\nS,Sở,department,,,,,\nX,Xã A,commune,S,,,,\n\
        T01,Trường A,school,X,public,02-TH-DN,,\nT02,Trường B,school,X,public,02-TH-DN,31/07/2025,T01\n";
    let workspace = Workspace::new("yearly-merged", register, "", "");
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    workspace.add("T01_a.xlsx", &filed(400, 1));
    workspace.add("T02_a.xlsx", &filed(300, 2));
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    workspace.run();
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    std::fs::remove_file(workspace.folder.join("bieu/T02_a.xlsx")).unwrap();
    workspace.add("T01_a.xlsx", &filed(770, 1));
    workspace.run();
    let told = lines(&workspace);
    let of = |unit: &str| told.iter().find(|line| line[0].starts_with(unit) && line[2] == "Học sinh tiểu học").unwrap()[3..7].to_vec();
    for unit in ["Trường A", "Xã A", "Sở"] {
        assert_eq!(of(unit), ["700", "770", "70", "10"], "{unit}");
    }
}

/// A school that was closed counts where it stood; one that is not known of one year is in neither side of a change, be it of a sum or of a ratio.
#[test]
fn closed_schools_stay_where_they_were_and_changes_are_of_the_schools_that_both_years_know() {
    let register = "code,name,kind,reports_to,ownership,forms,valid_from,valid_to\nS,Sở,department,,,,,\nX,Xã A,commune,S,,,,\nY,Xã B,commune,S,,,,\n\
        Z,Xã C,commune,S,,,,\nT01,Trường A,school,X,public,02-TH-DN,,\nT02,Trường B,school,X,public,02-TH-DN,,31/07/2025\n\
        T03,Trường C,school,X,public,02-TH-DN,,31/07/2025\nT03,Trường C,school,Y,public,02-TH-DN,01/08/2025,\n\
        T04,Trường D,school,Z,public,02-TH-DN,,31/07/2025\n";
    let workspace = Workspace::new("yearly-closed", register, "", "");
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let file = |unit: &str, pupils: i64, classes: i64| {
        let values = filled(&form, &[("III/37/1", pupils), ("I/27/1", classes)]);
        workspace.add(&format!("{unit}_a.xlsx"), &book(&schemas, &form, &values));
    };
    let pipeline = std::fs::read_to_string(workspace.folder.join("p.toml")).unwrap();
    file("T01", 400, 12);
    file("T02", 300, 8);
    file("T04", 100, 4);
    std::fs::write(workspace.folder.join("p.toml"), pipeline.replace("2025-2026", "2024-2025")).unwrap();
    workspace.run();
    std::fs::write(workspace.folder.join("p.toml"), pipeline).unwrap();
    for unit in ["T02", "T04"] {
        std::fs::remove_file(workspace.folder.join(format!("bieu/{unit}_a.xlsx"))).unwrap();
    }
    file("T01", 420, 12);
    file("T03", 250, 5);
    workspace.run();
    let told = lines(&workspace);
    let of = |unit: &str| told.iter().find(|line| line[0].starts_with(unit) && line[2] == "Học sinh tiểu học").unwrap()[3..7].to_vec();
    assert_eq!(of("Xã A"), ["700", "420", "-280", "-40"]);
    assert_eq!(of("Xã B"), ["?", "250", "?", "?"]);
    assert_eq!(of("Sở"), ["800", "670", "-380", "-47.5"]);

    let layout = workspace.folder.join("nam-truoc.toml");
    let text = "title = \"A\"\nfile = \"a.xlsx\"\npipeline = \"p.toml\"\n[[sheets]]\nname = \"A\"\ntitle = \"A\"\nrows = [\"all\", \"commune\"]\n\
        levels = [\"TH\"]\ncolumns = [{ value = \"pupils\", last_year = true }, { value = \"gso-pupils-per-class\", last_year = true }]\n";
    std::fs::write(&layout, text).unwrap();
    let output = tkgd().arg("report").arg(&layout).arg("--out").arg(workspace.folder.join("a.csv")).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let text = std::fs::read_to_string(workspace.folder.join("a.csv")).unwrap();
    let row = |name: &str| text.lines().find(|line| line.contains(name)).unwrap_or_else(|| panic!("{name}: {text}")).to_owned();
    // 420 of 12 classes now; 400 and 300 and 100 of 24 then: the third school is in neither.
    assert!(row("Sở").contains(",39.41,33.33,1.67,"), "{text}");
    // The last school of the commune is gone, and not what it had.
    assert!(row("Xã C").contains(",100,"), "{text}");

    let explain = |unit: &str| {
        let arguments = ["explain", "02-TH-DN/III/37/1", "--unit", unit, "--against", "2024-2025-opening", "--pipeline", "p.toml"];
        String::from_utf8_lossy(&tkgd().current_dir(&workspace.folder).args(arguments).output().unwrap().stdout).into_owned()
    };
    let commune = explain("Y");
    assert!(commune.contains("* Trước chưa biết hoặc chưa nhận (1): Trường C (T03)") && commune.contains("+250*"), "{commune}");
    let left = explain("X");
    assert!(left.contains("Trước: 700*") && left.contains("không còn (-300)"), "{left}");
}
