//! `tkgd sample`: a synthetic province to try things on, clean or with dirt of named kinds.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::error::{Error, Result};
use crate::pipeline::{SampleRequest, sample_files};
use crate::sample::{Dirt, SampleOptions};
use crate::term::{Period, SchoolYear, Term};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd sample thu-nghiem\n  tkgd sample thu-nghiem --schools 500 --communes 40 --seed 7\n  tkgd sample thu-nghiem --dirt wrong-total --dirt renamed-sheet\n  tkgd du-lieu-mau thu-nghiem --dirt all"
)]
pub struct Args {
    /// Thư mục nhận dữ liệu; được tạo nếu chưa có.
    folder: PathBuf,
    /// Năm học, ví dụ 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Số trường.
    #[arg(long, default_value_t = 48)]
    schools: usize,
    /// Số xã, phường.
    #[arg(long, default_value_t = 6)]
    communes: usize,
    /// Hạt giống: cùng hạt giống cho cùng dữ liệu.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Loại lỗi cố ý, lặp lại được; all là mọi loại.
    #[arg(long)]
    dirt: Vec<String>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let year: SchoolYear = args.year.parse().map_err(|reason: String| Error::config("--year", reason))?;
    let schemas = context.schemas()?;
    let period = Period { year, term: Term::Opening };
    let mut options = SampleOptions::new(args.seed, period);
    options.schools = args.schools;
    options.communes = args.communes;
    let mut dirt = Vec::new();
    for name in &args.dirt {
        match name.as_str() {
            "all" => dirt.extend(Dirt::ALL.map(|(kind, _)| kind)),
            name => dirt.push(name.parse()?),
        }
    }
    let files = sample_files(&schemas, &SampleRequest { options, dirt })?;
    let count = files.len();
    for (name, bytes) in files {
        let path = args.folder.join(&name);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|e| Error::io("write", parent, e))?;
        }
        std::fs::write(&path, bytes).map_err(|e| Error::io("write", &path, e))?;
    }
    print(&format!("{}: {count} tệp\n", args.folder.display()));
    Ok(Exit::Fine)
}
