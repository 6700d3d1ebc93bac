//! `tkgd indicators`: every indicator of a term at every place, with numerator, denominator and coverage.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::disk::write_file;
use crate::error::{Error, Result};
use crate::pipeline::{IndicatorRequest, indicator_records, indicators_csv, indicators_text, json_of, term_indicators};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd indicators dau-nam-hoc.toml\n  tkgd chi-tieu dau-nam-hoc.toml --by commune --indicator permanent-rooms\n  tkgd indicators dau-nam-hoc.toml --by unit --csv chi-tieu.csv\n  tkgd indicators dau-nam-hoc.toml --format json"
)]
pub struct Args {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Chỉ tiêu cần xem (mã); lặp lại được; mặc định mọi chỉ tiêu.
    #[arg(long = "indicator", value_name = "MÃ")]
    indicators: Vec<String>,
    /// Địa bàn: all (toàn bộ), unit (từng đơn vị), commune, former_district, cluster, area, ownership; lặp lại được.
    #[arg(long = "by", value_name = "NHÓM", default_value = "all")]
    by: Vec<String>,
    /// Kể cả các phần chia theo loại hình, giới tính, dân tộc.
    #[arg(long)]
    parts: bool,
    /// Ghi ra tệp CSV.
    #[arg(long, value_name = "TỆP")]
    csv: Option<PathBuf>,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let rules = pipeline.output_rules();
    args.csv.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let _lock = pipeline.lock_shared()?;
    let request = IndicatorRequest { indicators: args.indicators.clone(), by: args.by.clone(), parts: args.parts };
    term_indicators(&session, &pipeline, &request, &mut |lines, places| {
        let csv = args.csv.as_deref().map(|path| Ok::<_, Error>((path, write_file(path, &indicators_csv(lines, places)?, &rules)?)));
        let csv = csv.transpose()?;
        if context.json {
            print(&json_of(&indicator_records(lines, places, context.lang)));
        } else {
            print(&indicators_text(lines, places, context.lang));
            if let Some((path, published)) = csv {
                print(&context.written_text(path, &published.kept));
            }
        }
        Ok(())
    })?;
    Ok(Exit::Fine)
}
