//! `tkgd report`: official workbooks of chosen units, without archive.

use std::path::PathBuf;

use super::progress::Bars;
use super::{Context, Exit, print};
use crate::error::Result;
use crate::pipeline::{Pipeline, report_only};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd report pipelines/dau-nam-hoc.toml --unit 00101 --out bieu-xa\n  tkgd xuat-bieu dau-nam-hoc.toml --unit commune --out bieu"
)]
pub struct Args {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Mã đơn vị hoặc loại đơn vị; lặp lại được.
    #[arg(long = "unit", required = true)]
    units: Vec<String>,
    /// Thư mục nhận các biểu.
    #[arg(long)]
    out: PathBuf,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let schemas = context.schemas()?;
    let pipeline = Pipeline::open(&args.pipeline)?;
    let written = report_only(&pipeline, &schemas, &args.units, &args.out, &context.isolation, &Bars::new(context.lang))?;
    for path in written {
        print(&format!("{}\n", path.display()));
    }
    Ok(Exit::Fine)
}
