//! `tkgd compare`: two releases, terms, school years or units beside each other.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::error::Result;
use crate::pipeline::{ArchiveRequest, CompareRequest, CompareTarget, compare_archived, compared_json, compared_text, option_day};

#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  tkgd compare 2025-2026-opening@1 2025-2026-opening@2 --archive luu-tru\n  \
tkgd so-sanh 2024-2025-opening 2025-2026-opening --pipeline dau-nam-hoc.toml --out so-sanh\n  \
tkgd so-sanh 2024-2025 2025-2026 --out hai-nam\n  \
tkgd so-sanh 2025-2026-opening --units 09001 09002 --out hai-xa\n\n\
Kỳ: 2025-2026-opening (bản chốt mới nhất, chưa chốt thì bản nháp), …@2 (bản chốt số 2), …@draft (bản nháp); \
năm học 2024-2025: mọi kỳ của năm.")]
pub struct Args {
    /// Kỳ, bản chốt hoặc năm học thứ nhất.
    #[arg(value_name = "A")]
    a: String,
    /// Kỳ, bản chốt hoặc năm học thứ hai.
    #[arg(value_name = "B", required_unless_present = "units", conflicts_with = "units")]
    b: Option<String>,
    /// So hai đơn vị của cùng kỳ A, mỗi đơn vị kể cả mọi đơn vị bên dưới.
    #[arg(long, value_names = ["MÃ", "MÃ"], num_args = 2)]
    units: Option<Vec<String>>,
    /// Thư mục kho lưu trữ; mặc định kho của quy trình, hoặc archive.
    #[arg(long, value_name = "THƯ MỤC")]
    archive: Option<PathBuf>,
    /// Tệp quy trình cho biết kho lưu trữ.
    #[arg(long, value_name = "TỆP")]
    pipeline: Option<PathBuf>,
    /// Xem theo những gì đã chốt đến hết ngày này.
    #[arg(long, value_name = "NGÀY")]
    as_of: Option<String>,
    /// Thư mục nhận so-sanh-so-lieu.xlsx, so-sanh-so-lieu.json và các bảng Parquet; chỉ thay những tệp lần trước ghi ở đó.
    #[arg(long)]
    out: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let as_of = args.as_of.as_deref().map(|day| option_day("--as-of", day)).transpose()?;
    let units = args.units.as_ref().and_then(|units| <[String; 2]>::try_from(units.clone()).ok());
    let request = CompareRequest {
        archive: ArchiveRequest { archive: args.archive.clone(), pipeline: args.pipeline.clone(), as_of },
        a: args.a.clone(),
        b: args.b.clone(),
        units,
    };
    let target = |folder| CompareTarget { folder, rules: context.output_rules() };
    let compared = compare_archived(&session, &request, args.out.as_deref().map(target))?;
    if context.json {
        print(&compared_json(&compared, schemas, context.lang));
    } else {
        print(&compared_text(&compared, schemas, context.lang));
        if let Some(folder) = &args.out {
            print(&context.written_text(folder, &compared.published.kept));
        }
    }
    Ok(Exit::Fine)
}
