//! `tkgd init`: a workspace to start from: a commented register and a pipeline.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::disk::write_new;
use crate::error::{Error, Result, Words};
use crate::finding::Lang;
use crate::pipeline::{RegisterFile, workspace_files};

#[derive(Debug, clap::Args)]
#[command(after_help = "Ví dụ:\n  tkgd init thong-ke-2025\n  tkgd khoi-tao .")]
pub struct Args {
    /// Thư mục làm việc; được tạo nếu chưa có.
    folder: PathBuf,
    /// Năm học, ví dụ 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Ghi danh sách đơn vị dạng CSV thay cho bảng tính.
    #[arg(long)]
    csv: bool,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let schemas = context.schemas()?;
    let register = if args.csv { RegisterFile::Csv } else { RegisterFile::Workbook };
    let files = workspace_files(&schemas, &args.year, register)?;
    let taken: Vec<String> =
        files.iter().map(|(name, _)| args.folder.join(name)).filter(|p| p.exists()).map(|p| p.display().to_string()).collect();
    if !taken.is_empty() {
        let taken = taken.join(", ");
        let error = Error::config(args.folder.display(), Words::both(format!("đã có {taken}"), format!("it already has {taken}")));
        return Err(error.with_hint(Words::both(
            "chọn thư mục trống; tkgd init không bao giờ ghi đè",
            "choose an empty folder; tkgd init never overwrites",
        )));
    }
    for (name, bytes) in files {
        let path = args.folder.join(&name);
        write_new(&path, &bytes)?;
        print(&format!("{}\n", path.display()));
    }
    let register = register.name();
    print(&match context.lang {
        Lang::Vi => format!(
            "Điền danh sách đơn vị ({register}, chỉ tệp này được đọc), chép biểu của các trường vào thư mục bieu/, rồi chạy: tkgd run dau-nam-hoc.toml\n"
        ),
        Lang::En => format!(
            "Fill in the register ({register}, the only one that is read), copy the schools' workbooks into bieu/, then: tkgd run dau-nam-hoc.toml\n"
        ),
    });
    Ok(Exit::Fine)
}
