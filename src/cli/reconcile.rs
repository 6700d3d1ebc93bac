//! `tkgd reconcile`: what schools submitted against what the official system holds, cell by cell.

use std::path::{Path, PathBuf};

use super::{Context, Exit, print};
use crate::disk::OutputRules;
use crate::error::{Error, Result, Words};
use crate::number::NumberLocale;
use crate::pipeline::{ReconcileRequest, SourceRequest, reconcile_sources, reconciled_json, reconciled_text, write_reconciled};
use crate::query::reconcile::{Options, Which};
use crate::term::{SchoolYear, Term};

/// Cells of a form shown on the screen; all of them are in the files.
const CELLS: usize = 10;

#[derive(Debug, clap::Args)]
#[command(after_help = "Một nguồn là: một biểu, một thư mục biểu, một bảng mỗi trường một dòng (csv, xlsx, parquet), \
một quy trình (.toml) hoặc một kho lưu trữ.\n\n\
Ví dụ:\n  tkgd reconcile pipelines/dau-nam-hoc.toml csdl/ --out doi-chieu\n  \
tkgd doi-chieu dau-nam-hoc.toml csdl/so-gddt.xlsx --unit 09\n  \
tkgd doi-chieu bieu/ csdl/truong.csv --pipeline dau-nam-hoc.toml --mapping-b csdl/truong.toml\n  \
tkgd doi-chieu luu-tru/ csdl/ --register danh-sach-don-vi.csv --year 2025-2026 --term opening\n\n\
Mã thoát: 0 hai nguồn khớp nhau, 1 có chênh lệch, 2 không đối chiếu được.")]
pub struct Args {
    /// Nguồn A: thường là số liệu các trường đã nộp.
    a: PathBuf,
    /// Nguồn B: thường là số liệu xuất từ cơ sở dữ liệu ngành.
    b: PathBuf,
    /// Quy trình cho biết kỳ, danh sách đơn vị, cách ghi số; không cần khi A hoặc B là quy trình.
    #[arg(long, value_name = "TỆP")]
    pipeline: Option<PathBuf>,
    /// Danh sách đơn vị, thay cho danh sách trong quy trình.
    #[arg(long, value_name = "TỆP")]
    register: Option<PathBuf>,
    /// Năm học, ví dụ 2025-2026, thay cho quy trình.
    #[arg(long, alias = "school-year")]
    year: Option<String>,
    /// Kỳ: opening (đầu năm học) hoặc closing (cuối năm học), thay cho quy trình.
    #[arg(long)]
    term: Option<String>,
    /// Số viết dạng chữ theo kiểu nước nào: vi (1.234,5) hoặc en (1,234.5), thay cho quy trình.
    #[arg(long)]
    numbers: Option<String>,
    /// Chỉ đối chiếu biểu này, ví dụ 02-TH-DN; cũng là biểu của bảng mà tên cột không cho biết.
    #[arg(long)]
    form: Option<String>,
    /// Mã đơn vị của tệp biểu lẻ, khi trong tệp không ghi.
    #[arg(long, value_name = "MÃ")]
    unit: Option<String>,
    /// Tệp khai cột của bảng ở nguồn A.
    #[arg(long, value_name = "TỆP")]
    mapping_a: Option<PathBuf>,
    /// Tệp khai cột của bảng ở nguồn B.
    #[arg(long, value_name = "TỆP")]
    mapping_b: Option<PathBuf>,
    /// Mã hoặc loại đơn vị mà biểu trong nguồn A là số tổng của cả đơn vị; lặp lại được.
    #[arg(long, value_name = "ĐƠN VỊ")]
    totals_a: Vec<String>,
    /// Mã hoặc loại đơn vị mà biểu trong nguồn B là số tổng của cả đơn vị; lặp lại được.
    #[arg(long, value_name = "ĐƠN VỊ")]
    totals_b: Vec<String>,
    /// Bên được coi là đúng: a hoặc b.
    #[arg(long, value_enum, default_value = "a")]
    trust: TrustArg,
    /// Coi ô để trống khác ô ghi 0.
    #[arg(long)]
    strict_blank: bool,
    /// Bỏ qua các ô mà một nguồn không có cột.
    #[arg(long)]
    shared_cells: bool,
    /// Thư mục nhận doi-chieu.xlsx, can-sua/, doi-chieu.json và các bảng Parquet; chỉ thay những tệp lần trước ghi ở đó.
    #[arg(long)]
    out: Option<PathBuf>,
    /// In mọi ô chênh lệch ra màn hình.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TrustArg {
    A,
    B,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let request = request(args)?;
    let session = context.session()?;
    let schemas = &session.schemas;
    let rules = output_rules(args, context)?;
    args.out.as_deref().map_or(Ok(()), |folder| rules.check_folder(folder))?;
    let result = reconcile_sources(&session, &request)?;
    let write = |folder: &Path| write_reconciled(&result, schemas, folder, &rules, context.lang);
    let written = args.out.as_deref().map(write).transpose()?;
    if context.json {
        print(&reconciled_json(&result, schemas, context.lang));
    } else {
        let cells = if args.all { usize::MAX } else { CELLS };
        print(&reconciled_text(&result, schemas, context.lang, cells));
        if let Some((folder, published)) = args.out.as_deref().zip(written) {
            print(&context.written_text(folder, &published.kept));
        }
    }
    Ok(if result.is_equal() { Exit::Fine } else { Exit::Findings })
}

/// Nothing is written near what is compared.
fn output_rules(args: &Args, context: &Context) -> Result<OutputRules> {
    let mut rules = match &args.pipeline {
        Some(pipeline) => context.pipeline(pipeline)?.output_rules(),
        None => context.output_rules(),
    };
    let source = Words::both("nguồn được đối chiếu", "a source that is compared");
    for path in [&args.a, &args.b].into_iter().chain(&args.mapping_a).chain(&args.mapping_b).chain(&args.register) {
        rules = rules.guarding(source.clone(), path);
        // A pipeline as a source stands for everything that it reads.
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
            && let Ok(pipeline) = context.pipeline(path)
        {
            rules = rules.and(pipeline.output_rules());
        }
    }
    Ok(rules)
}

fn request(args: &Args) -> Result<ReconcileRequest> {
    let config = |option: &'static str| move |reason: String| Error::config(option, reason);
    let numbers = match args.numbers.as_deref() {
        None => None,
        Some("vi") => Some(NumberLocale::Vi),
        Some("en") => Some(NumberLocale::En),
        Some(other) => return Err(Error::config("--numbers", format!("`{other}` is neither `vi` nor `en`"))),
    };
    let source = |path: &PathBuf, mapping: &Option<PathBuf>, totals: &[String]| SourceRequest {
        path: path.clone(),
        mapping: mapping.clone(),
        totals: totals.to_vec(),
    };
    Ok(ReconcileRequest {
        a: source(&args.a, &args.mapping_a, &args.totals_a),
        b: source(&args.b, &args.mapping_b, &args.totals_b),
        pipeline: args.pipeline.clone(),
        register: args.register.clone(),
        year: args.year.as_deref().map(str::parse::<SchoolYear>).transpose().map_err(config("--year"))?,
        term: args.term.as_deref().map(str::parse::<Term>).transpose().map_err(config("--term"))?,
        numbers,
        form: args.form.clone(),
        unit: args.unit.clone(),
        trust: match args.trust {
            TrustArg::A => Which::A,
            TrustArg::B => Which::B,
        },
        options: Options { strict_blank: args.strict_blank, shared_cells: args.shared_cells, ..Options::default() },
    })
}
