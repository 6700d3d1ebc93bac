//! The files of a new workspace: a commented register, as text and as workbook, and a pipeline.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::finding::Lang;
use crate::location::{CellRef, RowSpan};
use crate::report::{Allowed, CellStyle, Content, PageSetup, PlacedCell, SheetPlan, Validation, WorkbookPlan, write_xlsx};
use crate::schema::{RegisterSchema, Schemas};
use crate::term::{Period, SchoolYear, Term};

/// Name of the register a new workspace starts with.
const REGISTER: &str = "danh-sach-don-vi";

/// In which file a new workspace has its register: one, so that nobody fills in the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RegisterFile {
    /// A workbook with drop-downs.
    Workbook,
    /// A text.
    Csv,
}

impl RegisterFile {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Workbook => format!("{REGISTER}.xlsx"),
            Self::Csv => format!("{REGISTER}.csv"),
        }
    }
}

/// A new workspace.
#[derive(Debug, Clone, Copy)]
pub struct NewWorkspace<'a> {
    /// School year, `2025-2026`.
    pub year: &'a str,
    /// Where the register stands.
    pub register: RegisterFile,
    /// The circular, where it is a stream of its own.
    pub regulation: Option<&'a str>,
    /// Lines of the register; one to replace otherwise.
    pub units: Option<&'a [Vec<String>]>,
}

/// Relative names and contents of a new workspace's files.
///
/// # Errors
/// When the school year is not one, or no circular governs it.
pub fn workspace_files(schemas: &Schemas, new: NewWorkspace<'_>) -> Result<Vec<(String, Vec<u8>)>> {
    let kind = new.register;
    let year: SchoolYear = new.year.parse().map_err(|reason: String| Error::config("--year", reason))?;
    let (mut short, mut told, mut files) = (Vec::new(), Vec::new(), Vec::new());
    for term in [Term::Opening, Term::Closing] {
        let period = Period { year, term };
        let regulation = schemas.regime(new.regulation, period)?;
        // A stream of its own may have one term only.
        if regulation.term(term).is_none() {
            continue;
        }
        for form in schemas.forms_of(&regulation.id).filter(|form| form.term == term) {
            short.push(form.short.to_string());
            told.push((format!("{}{}", form.short, schemas.layouts.mark(form.layout_status, Lang::Vi)), form.title.to_string()));
        }
        let pipeline = pipeline_toml(period, &regulation.name, kind, new.regulation);
        let (pipeline_name, folder, note) = match term {
            Term::Opening => {
                ("dau-nam-hoc.toml", "bieu", "Chép biểu đầu năm của các đơn vị vào đây, tên tệp: mã đơn vị, gạch dưới, tên tùy ý.\n")
            }
            Term::Closing => {
                ("cuoi-nam-hoc.toml", "bieu-cuoi-nam", "Chép biểu cuối năm của các đơn vị vào đây, đặt tên như biểu đầu năm.\n")
            }
        };
        files.push((pipeline_name.to_owned(), pipeline.into_bytes()));
        files.push((format!("{folder}/README.txt"), note.into()));
    }
    let example = [example_unit(&schemas.register)];
    let units = new.units.unwrap_or(&example);
    let register = match kind {
        RegisterFile::Csv => register_csv(&schemas.register, &told, units)?,
        RegisterFile::Workbook => {
            let units = if new.units.is_some() { units } else { &[] };
            register_xlsx(&schemas.register, Period { year, term: Term::Opening }, &short, &told, units)?
        }
    };
    files.insert(0, (kind.name(), register));
    Ok(files)
}

/// A line of the register to replace.
fn example_unit(schema: &RegisterSchema) -> Vec<String> {
    let example = [("code", "S01"), ("name", "Sở Giáo dục và Đào tạo"), ("kind", "Sở")];
    schema.columns.iter().map(|c| example.iter().find(|(key, _)| *key == c.key).map_or("", |(_, v)| v).to_owned()).collect()
}

/// The register as CSV: what each column is for, then the headings, then the units.
fn register_csv(schema: &RegisterSchema, forms: &[(String, String)], units: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut out = String::from("# Danh sách đơn vị báo cáo. Dòng bắt đầu bằng # là ghi chú, có thể xóa.\n");
    for column in &schema.columns {
        let _ = writeln!(out, "# {} ({}): {}", column.name_vi, column.key, column.help_vi);
    }
    for (title, names) in code_lists(schema) {
        let _ = writeln!(out, "# {title}: {}", names.join("; "));
    }
    let forms: Vec<&str> = forms.iter().map(|(name, _)| name.as_str()).collect();
    let _ = writeln!(out, "# Biểu của năm học này: {}", forms.join("; "));
    let mut writer = csv::Writer::from_writer(out.into_bytes());
    let failed = |e: csv::Error| Error::library("write", format!("{REGISTER}.csv"), e);
    writer.write_record(schema.columns.iter().map(|c| &c.name_vi)).map_err(failed)?;
    units.iter().try_for_each(|unit| writer.write_record(unit)).map_err(failed)?;
    writer.into_inner().map_err(|e| Error::library("write", format!("{REGISTER}.csv"), e))
}

/// Titles and entries of the register's code lists.
fn code_lists(schema: &RegisterSchema) -> [(&'static str, Vec<String>); 3] {
    let pair = |code: &str, name: &str| format!("{code} = {name}");
    [
        ("Loại đơn vị", schema.kinds.iter().map(|k| k.name_vi.clone()).collect()),
        ("Cấp học", schema.levels.iter().map(|l| pair(&l.code, &l.name_vi)).collect()),
        ("Loại hình", schema.ownership.iter().map(|o| o.name_vi.clone()).collect()),
    ]
}

/// Rows of the register that have drop-downs.
const ROWS: RowSpan = RowSpan { first: 1, last: 20_000 };

/// What the columns of the register offer: the names of its lists. Of levels and forms a unit may have several: where one
/// is not enough, others are typed beside it, so that nothing is refused there.
fn drop_downs(schema: &RegisterSchema, forms: &[String]) -> Vec<Validation> {
    let lists: [(&str, Vec<String>, bool); 4] = [
        ("kind", schema.kinds.iter().map(|kind| kind.name_vi.clone()).collect(), true),
        ("ownership", schema.ownership.iter().map(|own| own.name_vi.clone()).collect(), true),
        ("levels", schema.levels.iter().map(|level| level.code.clone()).collect(), false),
        ("forms", forms.to_vec(), false),
    ];
    let mut all = Vec::new();
    for (key, values, is_strict) in lists {
        let place = schema.columns.iter().position(|column| column.key == key);
        let Some(column) = place.and_then(|place| u16::try_from(place).ok()) else { continue };
        let allowed = if is_strict { Allowed::OneText(values) } else { Allowed::TextsBeside(values) };
        let (title, message) = ("Danh sách đơn vị".to_owned(), "Chọn một mục trong danh sách; xem trang Hướng dẫn.".to_owned());
        all.push(Validation { rows: ROWS, column, allowed, title, message });
    }
    all
}

/// The register as a workbook: the table with drop-downs, and a second sheet that explains it and lists the forms.
fn register_xlsx(
    schema: &RegisterSchema,
    period: Period,
    short: &[String],
    forms: &[(String, String)],
    units: &[Vec<String>],
) -> Result<Vec<u8>> {
    let bold = CellStyle { bold: true, wrap: true, ..CellStyle::default() };
    let plain = CellStyle { wrap: true, ..CellStyle::default() };
    let cell = |row: u32, column: u16, text: &str, style| PlacedCell {
        at: CellRef::new(row, column),
        content: Content::Text(Arc::from(text)),
        style,
    };
    let table = SheetPlan {
        name: Arc::from("Danh sách"),
        cells: table_cells(schema, units, bold, plain),
        widths: (0..).zip(&schema.columns).map(|(column, c)| (column, if c.key == "name" { 36.0 } else { 11.0 })).collect(),
        freeze: Some(CellRef::new(1, 2)),
        validations: drop_downs(schema, short),
        page: PageSetup { landscape: true, repeat_rows: Some(RowSpan { first: 0, last: 0 }), ..PageSetup::default() },
        ..SheetPlan::default()
    };
    let mut help = Vec::new();
    for (row, column) in (0..).zip(&schema.columns) {
        help.push(cell(row, 0, &column.name_vi, bold));
        help.push(cell(row, 1, &column.help_vi, plain));
    }
    let mut row = u32::try_from(schema.columns.len()).unwrap_or(0) + 1;
    for (title, names) in code_lists(schema) {
        help.push(cell(row, 0, title, bold));
        for name in names {
            help.push(cell(row, 1, &name, plain));
            row += 1;
        }
        row += 1;
    }
    help.push(cell(row, 0, "Biểu của năm học này", bold));
    for (symbol, title) in forms {
        help.push(cell(row, 1, &format!("{symbol}: {title}"), plain));
        row += 1;
    }
    let guide = SheetPlan { name: Arc::from("Hướng dẫn"), cells: help, widths: [(0, 22.0), (1, 90.0)].into(), ..SheetPlan::default() };
    let created = period.day(9, 30).unwrap_or_default();
    let plan = WorkbookPlan { title: "Danh sách đơn vị báo cáo".to_owned(), created, sheets: vec![table, guide], names: Vec::new() };
    write_xlsx(&plan).map_err(|e| Error::library("write", format!("{REGISTER}.xlsx"), e))
}

/// Headings, and the units below them.
fn table_cells(schema: &RegisterSchema, units: &[Vec<String>], bold: CellStyle, plain: CellStyle) -> Vec<PlacedCell> {
    let cell = |row: u32, column: u16, text: &str, style| PlacedCell {
        at: CellRef::new(row, column),
        content: Content::Text(Arc::from(text)),
        style,
    };
    let mut cells: Vec<PlacedCell> = (0..).zip(&schema.columns).map(|(column, c)| cell(0, column, &c.name_vi, bold)).collect();
    for (row, unit) in (1..).zip(units) {
        cells.extend((0..).zip(unit).filter(|(_, text)| !text.is_empty()).map(|(column, text)| cell(row, column, text, plain)));
    }
    cells
}

fn pipeline_toml(Period { year, term }: Period, circular: &str, kind: RegisterFile, regulation: Option<&str>) -> String {
    let regulation =
        regulation.map(|id| format!("# Chế độ báo cáo riêng, bên cạnh báo cáo của các kỳ.\nregulation = \"{id}\"\n")).unwrap_or_default();
    let (name, file, folder, note) = match term {
        Term::Opening => ("đầu năm học", "dau-nam-hoc", "bieu", ""),
        Term::Closing => (
            "cuối năm học",
            "cuoi-nam-hoc",
            "bieu-cuoi-nam",
            "# Chạy đầu năm học trước: số cuối năm được đối chiếu với số đầu năm đã lưu trữ.\n# Kết quả sau kiểm tra lại trong hè: chép tệp này thành tệp khác và thêm dòng sau.\n# result_state = \"after-retests\"\n",
        ),
    };
    let (term, register) = (term.id(), kind.name());
    format!(
        r#"# Quy trình báo cáo {name}, theo {circular}.
# Chạy: tkgd run {file}.toml
title = "Báo cáo {name} {year}"
school_year = "{year}"
term = "{term}"
{regulation}{note}
# Danh sách đơn vị: chỉ tệp này được đọc (.xlsx hoặc .csv).
register = "{register}"

[inputs]
# Thư mục hoặc tệp biểu của các đơn vị.
workbooks = ["{folder}"]
# Danh sách mỗi dòng một đơn vị; tệp đối chiếu cột với ô: tkgd schema import DANH-SACH --form BIỂU --out doi-chieu-cot.toml
# lists = [{{ file = "danh-sach-so-lieu.csv", mapping = "doi-chieu-cot.toml" }}]
# Tìm đơn vị của một tệp theo thứ tự: bảng đối chiếu, tên tệp, mã ghi trong biểu trống, dòng "Đơn vị báo cáo" trong biểu.
unit_from = ["mapping", "file_name", "template", "header"]
# Tên tệp: {{unit}} là mã đơn vị, {{any}} là phần bất kỳ.
file_name = "{{unit}}_{{any}}"
# mapping = "doi-chieu.csv"
# Số viết dạng chữ: vi (1.234,5) hoặc en (1,234.5).
numbers = "vi"
# Hai tệp khác nhau của một đơn vị cho cùng một biểu: refuse (không nhận tệp nào) hoặc newest (tệp mới nhất).
duplicates = "refuse"
# Ngày nhận từng biểu (mã đơn vị, biểu, ngày nhận); không có thì lấy ngày chạy lần đầu thấy biểu.
# receipts = "ngay-nhan.csv"
# Hạn nộp của Sở, mỗi hạn nêu văn bản quy định.
# deadlines = "han-nop.toml"

[outputs]
folder = "ket-qua"
archive = "luu-tru"
# Sổ theo dõi nộp báo cáo: ai nộp lúc nào, trả lại, duyệt, giải trình.
ledger = "so-theo-doi"
# Loại đơn vị hoặc mã đơn vị cần xuất biểu.
reports = ["department", "commune"]
# Nhóm cần xuất biểu: former_district, cluster, area, ownership.
groups = []
# Bảng mỗi trường một dòng: csv, xlsx.
lists = ["csv"]
signature = true
place = ""
# true: còn lỗi thì không xuất biểu.
stop_on_errors = false
"#
    )
}
