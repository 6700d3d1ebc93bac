//! `tkgd return`: every sender's workbook goes back annotated, with a note.

use std::path::PathBuf;

use chrono::NaiveDate;

use super::{Context, Exit, print};
use crate::error::Result;
use crate::finding::Lang;
use crate::pipeline::{NotAnnotated, ReturnRequest, json_of, return_workbooks};

#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  tkgd return pipelines/dau-nam-hoc.toml --out tra-lai\n  \
tkgd tra-lai dau-nam-hoc.toml --unit 00101 --only-errors --out tra-lai-00101")]
pub struct Args {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Thư mục trả lại: mỗi lần trả ghi vào một thư mục con riêng, tên là ngày trả; các lần trước giữ nguyên.
    #[arg(long)]
    out: PathBuf,
    /// Ngày trả, ví dụ 2025-10-20; mặc định hôm nay.
    #[arg(long, value_name = "NGÀY")]
    on: Option<NaiveDate>,
    /// Chỉ trả cho đơn vị này và các đơn vị thuộc nó; lặp lại được.
    #[arg(long = "unit", value_name = "MÃ")]
    units: Vec<String>,
    /// Chỉ nêu lỗi phải sửa, không nêu chỗ cần giải trình và cảnh báo.
    #[arg(long)]
    only_errors: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let request = ReturnRequest { folder: args.out.clone(), on: args.on, units: args.units.clone(), only_errors: args.only_errors };
    let returned = return_workbooks(&session, &pipeline, &request)?;
    if context.json {
        print(&json_of(&returned));
        return Ok(Exit::Fine);
    }
    for NotAnnotated { file, reason } in &returned.failed {
        print(&format!("{}: {file}: {reason}\n", context.lang.pick("Chỉ có phiếu, không ghi chú được vào tệp", "Note only")));
    }
    let (workbooks, units, summaries, folder) = (returned.workbooks, returned.units, returned.summaries, returned.round.display());
    print(&match context.lang {
        Lang::Vi => format!("Đã ghi {folder}: {workbooks} biểu có ghi chú, {units} phiếu đơn vị, {summaries} phiếu tổng hợp\n"),
        Lang::En => format!("Written {folder}: {workbooks} annotated workbooks, {units} notes, {summaries} summaries\n"),
    });
    Ok(Exit::Fine)
}
