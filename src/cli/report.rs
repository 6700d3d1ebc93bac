//! `tkgd report`: official workbooks of chosen units, or a report laid out in a file; without archive.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::error::{Error, Result, Words};
use crate::pipeline::{AdHocRequest, ad_hoc_report, report_book, report_only};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd report pipelines/dau-nam-hoc.toml --unit 00101 --out bieu-xa\n  tkgd xuat-bieu dau-nam-hoc.toml --unit commune --out bieu\nBáo cáo đột xuất (tệp của Sở, hoặc có sẵn: phong-hoc, dan-toc-thieu-so, quy-mo-truong):\n  tkgd report bao-cao.toml --pipeline dau-nam-hoc.toml\n  tkgd report phong-hoc --pipeline dau-nam-hoc.toml --out phong-hoc.html"
)]
pub struct Args {
    /// Tệp quy trình (.toml), hoặc tệp báo cáo đột xuất, hoặc tên một báo cáo có sẵn.
    file: PathBuf,
    /// Quy trình: mã đơn vị hoặc loại đơn vị; lặp lại được.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// Báo cáo đột xuất: tệp quy trình có số liệu, khi tệp báo cáo không ghi.
    #[arg(long, value_name = "TỆP")]
    pipeline: Option<PathBuf>,
    /// Thư mục nhận các biểu; với báo cáo đột xuất: tệp kết quả (.xlsx, .html, .csv).
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let written = match report_book(&session, &args.file)? {
        Some((book, shown)) => {
            let beside = |path: &PathBuf| args.file.parent().map_or_else(|| path.clone(), |folder| folder.join(path));
            let pipeline = args.pipeline.clone().or_else(|| book.pipeline.as_ref().map(beside)).ok_or_else(|| {
                Error::config(&shown, Words::both("chưa biết lấy số liệu của quy trình nào", "it is not known whose figures it shows"))
                    .with_hint(Words::both("thêm --pipeline dau-nam-hoc.toml", "add --pipeline dau-nam-hoc.toml"))
            })?;
            let out = args.out.clone().unwrap_or_else(|| PathBuf::from(&book.file));
            let request = AdHocRequest { book: &book, shown: &shown, out: &out };
            ad_hoc_report(&session, &context.pipeline(&pipeline)?, request)?
        }
        None => {
            let missing = |vi: &str, en: &str| Error::config(args.file.display(), Words::both(vi, en));
            if args.units.is_empty() {
                return Err(missing("xuất biểu của quy trình cần --unit", "official workbooks of a pipeline need --unit"));
            }
            let out = args.out.as_ref().ok_or_else(|| missing("cần --out THƯ MỤC", "--out FOLDER is needed"))?;
            report_only(&session, &context.pipeline(&args.file)?, &args.units, out)?
        }
    };
    for path in &written.files {
        print(&format!("{}\n", path.display()));
    }
    print(&context.kept_text(&written.kept));
    Ok(Exit::Fine)
}
