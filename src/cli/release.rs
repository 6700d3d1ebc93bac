//! `tkgd release`: a term is published and frozen.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::error::Result;
use crate::finding::Lang;
use crate::pipeline::{ReleaseRequest, Released, json_of, release};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd release pipelines/dau-nam-hoc.toml --kind provisional\n  tkgd chot dau-nam-hoc.toml --kind official --signed bao-cao-da-ky.pdf\n  tkgd release dau-nam-hoc.toml --kind revised --reason \"Trường X nộp lại biểu 02-TH\"\n\nBản chốt không bao giờ bị sửa; số liệu đổi thì chốt bản điều chỉnh. Xem các bản đã chốt: tkgd archive list"
)]
pub struct Args {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Loại: provisional (sơ bộ), official (chính thức), revised (điều chỉnh).
    #[arg(long, value_name = "LOẠI")]
    kind: String,
    /// Lý do; bản điều chỉnh bắt buộc phải có.
    #[arg(long, value_name = "LÝ DO", default_value = "")]
    reason: String,
    /// Bản quét báo cáo đã ký, đóng dấu; lặp lại được.
    #[arg(long, value_name = "TỆP")]
    signed: Vec<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let request = ReleaseRequest { kind: args.kind.clone(), reason: args.reason.clone(), signed: args.signed.clone() };
    let released = release(&session, &pipeline, &request)?;
    if context.json {
        print(&json_of(&released));
    } else {
        print(&text(&released, context.lang));
        print(&context.kept_text(&released.published.kept));
    }
    Ok(Exit::of(&released.findings))
}

fn text(released: &Released, lang: Lang) -> String {
    let Released { number, kind, folder, key, summary, .. } = released;
    let forms = summary.forms.iter().filter(|form| form.expected > 0);
    let (received, expected) = forms.fold((0, 0), |(got, of), form| (got + form.received, of + form.expected));
    match lang {
        Lang::Vi => format!(
            "Đã chốt {key}@{number} (số liệu {}).\n  Biểu đã nhận: {received}/{expected}; lỗi còn mở: {}, cần giải trình: {}\n  Bản chốt: {}\n  Đang có hiệu lực: {}\n",
            kind.vi,
            summary.errors,
            summary.queries,
            folder.display(),
            current(folder),
        ),
        Lang::En => format!(
            "Published {key}@{number} ({}).\n  Returns received: {received}/{expected}; open errors: {}, to explain: {}\n  Release: {}\n  In force: {}\n",
            kind.en,
            summary.errors,
            summary.queries,
            folder.display(),
            current(folder),
        ),
    }
}

/// Where what is in force stands, seen from a release's folder.
fn current(folder: &std::path::Path) -> String {
    let archive = folder.ancestors().nth(3).unwrap_or(folder);
    archive.join(crate::archive::CURRENT).display().to_string()
}
