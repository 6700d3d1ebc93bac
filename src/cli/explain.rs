//! `tkgd explain`: where a figure comes from, and why it is another one than before.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::disk::write_file;
use crate::error::{Error, Result};
use crate::pipeline::{ArchiveRequest, ExplainRequest, explain_figure, explained_html, explained_json, explained_text, option_day};

#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  tkgd explain 02-TH-DN/III/37/1 --unit 79 --pipeline dau-nam-hoc.toml\n  \
tkgd truy-nguon 02-TH-DN/III/37/1 --unit 79001 2025-2026-opening@2 --archive luu-tru\n  \
tkgd truy-nguon 02-TH-DN/III/37/1 --unit 79 --against 2024-2025-opening --html vi-sao.html\n  \
tkgd explain 02-TH-DN/III/37/1 --unit 79 2025-2026-opening@2 --against 2025-2026-opening@1 --format json\n  \
tkgd explain 02-TH-DN/III/37/1 --unit \"Huyện Yên Định\" --by former_district\n\n\
Kỳ: 2025-2026-opening (bản chốt mới nhất, chưa chốt thì bản nháp), …@2 (bản chốt số 2), …@draft (bản nháp).")]
pub struct Args {
    /// Ô số liệu: BIỂU/TRANG/MÃ SỐ/CỘT, ví dụ 02-TH-DN/III/37/1.
    #[arg(value_name = "Ô")]
    address: String,
    /// Kỳ cần xem; mặc định kỳ của quy trình, hoặc kỳ mới nhất có biểu này.
    #[arg(value_name = "KỲ")]
    state: Option<String>,
    /// Mã đơn vị: trường, xã hoặc Sở; cùng với --by thì có thể là một giá trị của cách nhóm, ví dụ tên huyện cũ.
    #[arg(long, value_name = "MÃ")]
    unit: String,
    /// Các đơn vị bên dưới nhóm theo former_district, commune, area, cluster hoặc ownership thay vì theo nơi báo cáo lên.
    #[arg(long, value_name = "CÁCH NHÓM")]
    by: Option<String>,
    /// Giải thích chênh lệch so với kỳ hoặc bản chốt này.
    #[arg(long, value_name = "KỲ")]
    against: Option<String>,
    /// Thư mục kho lưu trữ; mặc định kho của quy trình, hoặc archive.
    #[arg(long, value_name = "THƯ MỤC")]
    archive: Option<PathBuf>,
    /// Tệp quy trình cho biết kho lưu trữ và kỳ.
    #[arg(long, value_name = "TỆP")]
    pipeline: Option<PathBuf>,
    /// Xem theo những gì đã chốt đến hết ngày này.
    #[arg(long, value_name = "NGÀY")]
    as_of: Option<String>,
    /// Hiện mọi đơn vị, không gấp bớt.
    #[arg(long)]
    all: bool,
    /// Ghi thêm một trang HTML để gửi cho người hỏi.
    #[arg(long, value_name = "TỆP")]
    html: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let as_of = args.as_of.as_deref().map(|day| option_day("--as-of", day)).transpose()?;
    let request = ExplainRequest {
        archive: ArchiveRequest { archive: args.archive.clone(), pipeline: args.pipeline.clone(), as_of },
        address: args.address.clone(),
        unit: args.unit.clone(),
        by: args.by.clone(),
        state: args.state.clone(),
        against: args.against.clone(),
    };
    let rules = request.archive.output_rules(context.output_rules())?;
    args.html.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let explanation = explain_figure(&session, &request)?;
    let page = || explained_html(&explanation, schemas, context.lang);
    let written = args.html.as_deref().map(|path| Ok::<_, Error>((path, write_file(path, page().as_bytes(), &rules)?))).transpose()?;
    if context.json {
        print(&explained_json(&explanation, schemas, context.lang));
    } else {
        print(&explained_text(&explanation, schemas, context.lang, args.all));
        if let Some((path, published)) = written {
            print(&context.written_text(path, &published.kept));
        }
    }
    Ok(Exit::Fine)
}
