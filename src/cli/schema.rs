//! `tkgd schema`: what forms there are, what is in one, whether the schemas are sound, and
//! new forms out of workbooks.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Context, Exit, print};
use crate::error::{Error, Result, Words};
use crate::import::{Draft, ImportProblem, Request, Vocabulary, import, summary, to_toml};
use crate::ingest::{MAX_FILE, RawProblem};
use crate::schema::{Form, SchemaFiles, Schemas, lint};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd schema lint\n  tkgd schema show\n  tkgd schema show tt24-2018/01-MN-DN\n  tkgd schema import bieu-moi.xlsx --symbol 03-THCS-ĐN --out nhap.toml"
)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Soát các biểu mẫu: mã lặp, tổng sai địa chỉ, chữ không chuẩn.
    Lint,
    /// Liệt kê các biểu, hoặc nội dung một biểu.
    Show {
        /// Mã biểu, ví dụ tt24-2018/01-MN-DN.
        form: Option<String>,
    },
    /// Lập bản nháp một biểu từ sổ tính chính thức, trống hoặc đã điền.
    #[command(alias = "nhap")]
    Import(ImportArgs),
}

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd schema import 01-MN-DN.xlsx --out nhap.toml\n  tkgd schema import bieu.xlsx --symbol 03-THCS-ĐN --circular bieu-mau/tt25-2024\n  tkgd schema import bieu.xlsx --out -"
)]
struct ImportArgs {
    /// Sổ tính (.xlsx; .xls và .ods không cho biết cách trình bày).
    file: PathBuf,
    /// Mã biểu không dấu, cũng là tên tệp; mặc định lấy từ ký hiệu.
    #[arg(long)]
    id: Option<String>,
    /// Ký hiệu biểu như in, ví dụ 03-THCS-ĐN; mặc định tìm trong sổ tính, rồi tên tệp.
    #[arg(long)]
    symbol: Option<String>,
    /// Thư mục của thông tư, ví dụ bieu-mau/tt25-2024: bản nháp ghi vào forms/ trong đó.
    #[arg(long, value_name = "THƯ MỤC")]
    circular: Option<PathBuf>,
    /// Tệp ghi bản nháp, không ghi đè; "-" để in ra màn hình thay cho báo cáo.
    #[arg(long, value_name = "TỆP")]
    out: Option<PathBuf>,
    /// Xác nhận sổ tính là biểu chính thức thật: layout_status = "verified" thay cho "assumed".
    #[arg(long)]
    verified: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.what {
        What::Lint => {
            let schemas = context.schemas()?;
            let problems = lint(&schemas);
            for problem in &problems {
                print(&format!("{problem}\n"));
            }
            let (circulars, forms) = (schemas.regulations.len(), schemas.forms.len());
            print(&format!("{circulars} circulars, {forms} forms, {} rules: {} problems\n", schemas.rules.iter().count(), problems.len()));
            Ok(if problems.is_empty() { Exit::Fine } else { Exit::Findings })
        }
        What::Show { form: None } => {
            print(&forms_text(&context.schemas()?));
            Ok(Exit::Fine)
        }
        What::Show { form: Some(id) } => {
            print(&form_text(context.schemas()?.form(id)?));
            Ok(Exit::Fine)
        }
        // Without loading the schemas: a form is brought in also where those at hand are not sound.
        What::Import(args) => run_import(args, context),
    }
}

fn run_import(args: &ImportArgs, context: &Context) -> Result<Exit> {
    let words: Vocabulary = SchemaFiles::open(context.schemas_folder.as_deref())?.toml("import.toml")?;
    let io = |problem| Error::io("read", &args.file, problem);
    if std::fs::metadata(&args.file).map_err(io)?.len() > MAX_FILE {
        return Err(Error::config(args.file.display(), Words::both("tệp quá lớn", "the file is too large")));
    }
    let bytes = std::fs::read(&args.file).map_err(io)?;
    let file = args.file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let version = version_of(args.circular.as_deref());
    let request =
        Request { file: &file, id: args.id.as_deref(), symbol: args.symbol.as_deref(), version: &version, verified: args.verified };
    let draft = import(&bytes, request, &words, &context.isolation).map_err(|problem| import_error(&args.file, problem))?;
    let text = to_toml(&draft, context.lang);
    if args.out.as_deref() == Some(Path::new("-")) {
        print(&text);
        return Ok(Exit::Fine);
    }
    let out = out_path(args, &draft);
    write_new(&out, &text)?;
    print(&summary(&draft, context.lang));
    let shown = out.display();
    print(context.lang.pick(&format!("\nĐã ghi bản nháp: {shown}\n"), &format!("\nDraft written: {shown}\n")));
    Ok(Exit::Fine)
}

/// The year in a circular's name, `tt25-2024`.
fn version_of(circular: Option<&Path>) -> String {
    let name = circular.and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let year = name.rsplit('-').next().filter(|year| year.len() == 4 && year.bytes().all(|b| b.is_ascii_digit()));
    year.unwrap_or("draft").to_owned()
}

/// Where the draft goes: as asked for, into the circular's forms, or here.
fn out_path(args: &ImportArgs, draft: &Draft) -> PathBuf {
    let name = format!("{}.toml", draft.id);
    match (&args.out, &args.circular) {
        (Some(out), _) => out.clone(),
        (None, Some(circular)) => circular.join("forms").join(name),
        (None, None) => PathBuf::from(name),
    }
}

/// Writes a file that is not there yet: a draft never replaces what somebody worked on.
fn write_new(path: &Path, text: &str) -> Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| Error::io("write", folder, e))?;
    }
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = created.map_err(|problem| match problem.kind() {
        std::io::ErrorKind::AlreadyExists => Error::config(
            path.display(),
            Words::both("tệp đã có; đặt tên khác bằng --out", "the file is there already; give another name with --out"),
        ),
        _ => Error::io("write", path, problem),
    })?;
    file.write_all(text.as_bytes()).map_err(|e| Error::io("write", path, e))
}

fn import_error(file: &Path, problem: ImportProblem) -> Error {
    let reason = match problem {
        ImportProblem::NoTable => {
            Words::both("không trang nào có cột mã số và cột số liệu", "no sheet has a column of row codes and value columns")
        }
        ImportProblem::Unreadable(RawProblem::Encrypted) => Words::both("tệp có mật khẩu", "the file is protected by a password"),
        ImportProblem::Unreadable(RawProblem::Unreadable(reason) | RawProblem::Hostile(reason)) => reason.into(),
    };
    Error::config(file.display(), reason)
}

fn forms_text(schemas: &Schemas) -> String {
    let mut out = String::new();
    for regulation in &schemas.regulations {
        let last = regulation.in_force_to.map_or_else(|| "…".to_owned(), |day| day.format("%d/%m/%Y").to_string());
        let first = regulation.in_force_from.format("%d/%m/%Y");
        let _ = writeln!(out, "{} ({}): {first} – {last}", regulation.id, regulation.name);
        for form in schemas.forms_of(&regulation.id) {
            let _ = writeln!(out, "  {}  {}  {}  [{}] {}", form.id, form.symbol, form.title, form.layout_status.id(), form.layout_basis);
        }
    }
    out
}

fn form_text(form: &Form) -> String {
    let mut out = format!("{} – {} [{}]\n{}\n", form.symbol, form.title, form.layout_status.id(), form.layout_basis);
    for (_, sheet) in form.layout.data_sheets() {
        let _ = writeln!(out, "\n# {} ({}), {} × {}", sheet.name, sheet.id, sheet.coded.len(), sheet.columns.len());
        for column in &sheet.columns {
            let _ = writeln!(out, "  [{}] {}", column.number, column.path.join(" > "));
        }
        for row in &sheet.rows {
            let code = row.code.as_deref().unwrap_or("");
            let indent = "  ".repeat(usize::from(row.indent));
            let basis = row.confidence.map_or_else(String::new, |sure| format!("  [{}: {}]", sure.id(), row.basis));
            let _ = writeln!(out, "  {code:>5}  {indent}{} {}{basis}", row.tt, row.label.trim());
        }
        let sums = &sheet.sums;
        for sum in &sums.rows {
            let name = |member: usize| sheet.coded_row(member).code.as_deref().unwrap_or_default().to_owned();
            let parts: Vec<String> = sum.parts.iter().map(|&p| name(p)).collect();
            let _ = writeln!(out, "  {} = {} ({})", name(sum.total), parts.join(" + "), sum.basis.id());
        }
        for sum in &sums.columns {
            let name = |member: usize| format!("[{}]", sheet.columns[member].number);
            let parts: Vec<String> = sum.parts.iter().map(|&p| name(p)).collect();
            let _ = writeln!(out, "  {} = {} ({})", name(sum.total), parts.join(" + "), sum.basis.id());
        }
    }
    out
}
