//! `tkgd template`: blank official workbooks for schools, hard to fill in wrongly.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::error::Result;
use crate::finding::Lang;
use crate::pipeline::{TemplateRequest, write_templates};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd template dau-nam-hoc.toml --out bieu-trong\n  tkgd bieu-trong dau-nam-hoc.toml --out bieu-trong --zip\n  tkgd template dau-nam-hoc.toml --unit 09001001 --out bieu-trong"
)]
pub struct Args {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Thư mục nhận các biểu trống.
    #[arg(long)]
    out: PathBuf,
    /// Mã đơn vị hoặc loại đơn vị; lặp lại được. Bỏ trống: mọi đơn vị phải nộp biểu.
    #[arg(long = "unit")]
    units: Vec<String>,
    /// Gói thành một tệp zip cho mỗi xã, phường.
    #[arg(long = "zip")]
    zipped: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let request = TemplateRequest { units: args.units.clone(), zipped: args.zipped };
    let written = write_templates(&session, &pipeline, &request, &args.out)?;
    let (out, files, past) = (args.out.display(), written.published.files.len(), written.with_past);
    print(&match context.lang {
        Lang::Vi => format!("{out}: {files} tệp, {past} biểu kèm số liệu kỳ trước\n"),
        Lang::En => format!("{out}: {files} files, {past} forms with the figures of a year ago\n"),
    });
    print(&context.kept_text(&written.published.kept));
    for (form, why) in &written.gaps {
        print(&match context.lang {
            Lang::Vi => format!("  {form}: không kèm số liệu kỳ trước, {}\n", why.vi),
            Lang::En => format!("  {form}: without the figures of a year ago, {}\n", why.en),
        });
    }
    Ok(Exit::Fine)
}
