//! Where test files are, how the program is run, how odd workbooks are made.

use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use arrow_array::Array as _;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tkgd::ooxml::{RawProblem, RawSheet, RawValue, RawWorkbook};
use tkgd::workbooks::{Isolation, read_bytes};
use zip::write::{SimpleFileOptions, ZipWriter};

/// The folder with this repository's sources.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder of reference files beside the repository, where there is one.
///
/// Set `TKGD_REQUIRE_SHARED` where it has to be there.
pub fn shared() -> Option<PathBuf> {
    let folder = root().join("../shared");
    if folder.is_dir() {
        return Some(folder);
    }
    assert!(std::env::var_os("TKGD_REQUIRE_SHARED").is_none(), "the folder of reference files is not there");
    skipped("the folder of reference files");
    None
}

/// Checks that were left out so far, by what they need.
static SKIPPED: std::sync::Mutex<std::collections::BTreeMap<String, usize>> = std::sync::Mutex::new(std::collections::BTreeMap::new());

/// Says that a check is left out for want of something, and how many were so far: past the test harness, which shows nothing
/// that a passing test prints, so that the last such line is the sum of a run.
pub fn skipped(what: &str) {
    let mut all = SKIPPED.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    *all.entry(what.to_owned()).or_default() += 1;
    let needs: Vec<String> = all.iter().map(|(what, count)| format!("{count} need {what}")).collect();
    let line = format!("skipped: {} checks so far: {}\n", all.values().sum::<usize>(), needs.join("; "));
    let _ = std::io::stderr().write_all(line.as_bytes());
    let _ = std::fs::write(Path::new(env!("CARGO_TARGET_TMPDIR")).join("skipped-checks.txt"), line);
}

/// The program.
pub fn tkgd() -> Command {
    Command::new(env!("CARGO_BIN_EXE_tkgd"))
}

/// The lines of a list that a command said as JSON.
pub fn items(said: &[u8]) -> Vec<serde_json::Value> {
    let mut value: serde_json::Value = serde_json::from_slice(said).unwrap();
    assert_eq!(value["version"], 1, "every answer has a version");
    serde_json::from_value(value["items"].take()).unwrap()
}

/// A fresh folder for a test; names are unique among tests.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Reads a workbook as the program does.
pub fn read(bytes: &[u8]) -> Result<RawWorkbook, RawProblem> {
    read_bytes(bytes, &Isolation::Child(PathBuf::from(env!("CARGO_BIN_EXE_tkgd"))))
}

/// The value at an address such as `B12`.
pub fn at<'a>(sheet: &'a RawSheet, address: &str) -> Option<&'a RawValue> {
    let at: tkgd::base::location::CellRef = address.parse().unwrap();
    sheet.get(at.row, at.column)
}

/// A zip of some parts.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A workbook of one sheet, part by part, so that a test can replace any of them.
pub struct Parts(pub Vec<(String, Vec<u8>)>);

impl Parts {
    /// A sheet with what stands between `<sheetData>` and its end.
    pub fn new(rows: &str) -> Self {
        let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        let package = "http://schemas.openxmlformats.org/package/2006/relationships";
        let parts = [
            (
                "_rels/.rels",
                format!(
                    r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
                ),
            ),
            (
                "xl/workbook.xml",
                format!(
                    r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>"#
                ),
            ),
            (
                "xl/_rels/workbook.xml.rels",
                format!(
                    r#"<Relationships xmlns="{package}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#
                ),
            ),
            ("xl/worksheets/sheet1.xml", format!(r#"<worksheet xmlns="{main}"><sheetData>{rows}</sheetData></worksheet>"#)),
        ];
        Self(parts.into_iter().map(|(name, text)| (name.to_owned(), text.into_bytes())).collect())
    }

    /// With a part added or replaced.
    pub fn with(mut self, name: &str, content: impl Into<Vec<u8>>) -> Self {
        self.0.retain(|(known, _)| known != name);
        self.0.push((name.to_owned(), content.into()));
        self
    }

    /// As the bytes of a file.
    pub fn zip(&self) -> Vec<u8> {
        let parts: Vec<(&str, &[u8])> = self.0.iter().map(|(name, content)| (&**name, &**content)).collect();
        package(&parts)
    }
}

/// Numbers that look random and are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    /// The next number (splitmix64).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below a limit.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}

/// Copies a folder and everything in it.
pub fn copy_tree(from: &Path, to: &Path) {
    copy_tree_but(from, to, "");
}

/// Copies a folder without what has a certain name.
pub fn copy_tree_but(from: &Path, to: &Path, left_out: &str) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if name == left_out {
            continue;
        }
        let target = to.join(name);
        if path.is_dir() {
            copy_tree_but(&path, &target, left_out);
        } else {
            assert!(std::fs::copy(&path, &target).is_ok());
            // Which of two equal files counts goes by their age: copies that straddle a second would be told in another order.
            let file = std::fs::File::options().write(true).open(&target).unwrap();
            file.set_modified(std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000)).unwrap();
        }
    }
}

/// Every file below a folder.
pub fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut names = Vec::new();
    tkgd::base::disk::files_below(folder, "", &mut names).unwrap();
    names.iter().map(|name| folder.join(name)).collect()
}

/// A disk of a few bytes, which fills up; it goes when it is dropped.
#[cfg(target_os = "linux")]
pub struct SmallDisk(PathBuf);

#[cfg(target_os = "linux")]
impl SmallDisk {
    /// One of this size in bytes; none, and said to be skipped, where the system makes none.
    pub fn mount(name: &str, size: u64) -> Option<Self> {
        let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        // One may be left of a test that was killed.
        let _ = Command::new("umount").arg(&place).output();
        let disk = Self(scratch(name));
        let options = ["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs"];
        let made = Command::new("mount").args(options).arg(disk.path()).output().unwrap();
        if made.status.success() {
            return Some(disk);
        }
        assert!(std::env::var_os("TKGD_REQUIRE_ORACLES").is_none(), "{}", String::from_utf8_lossy(&made.stderr));
        skipped("a small disk");
        None
    }

    /// Its folder.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Makes it another size.
    pub fn resize(&self, size: u64) {
        let again = Command::new("mount").args(["-o", &format!("remount,size={size}")]).arg(&self.0).output().unwrap();
        assert!(again.status.success(), "{}", String::from_utf8_lossy(&again.stderr));
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(&self.0).output();
    }
}

/// A Parquet file of ours, all of it.
pub struct StoredTable(pub arrow_array::RecordBatch);

impl StoredTable {
    pub fn open(path: &Path) -> Self {
        let builder = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(path).unwrap()).unwrap();
        let schema = std::sync::Arc::clone(builder.schema());
        let rows = usize::try_from(builder.metadata().file_metadata().num_rows()).unwrap().max(1);
        let batch = builder.with_batch_size(rows).build().unwrap().next();
        Self(batch.map_or_else(|| arrow_array::RecordBatch::new_empty(schema), Result::unwrap))
    }

    /// A column as texts, none where it is null.
    pub fn texts(&self, column: &str) -> Vec<Option<String>> {
        let values = self.0.column_by_name(column).unwrap();
        let text = |row| arrow_cast::display::array_value_to_string(values, row).unwrap();
        (0..values.len()).map(|row| (!values.is_null(row)).then(|| text(row))).collect()
    }
}
