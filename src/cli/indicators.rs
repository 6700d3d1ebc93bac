//! `tkgd indicators`: every indicator of a term at every place, with numerator, denominator and coverage.

use std::path::PathBuf;

use super::options::PipelineArgs;
use super::{Context, Exit, print};
use crate::base::disk::write_file;
use crate::base::error::{Error, Result};
use crate::jobs::{IndicatorRequest, indicator_records, indicators_csv, indicators_text, json_of, term_indicators};

#[derive(Debug, clap::Args)]
pub struct IndicatorsArgs {
    #[command(flatten)]
    pipeline: PipelineArgs,
    /// Indicators to show (ids); may be repeated; otherwise all.
    #[arg(long = "indicator")]
    indicators: Vec<String>,
    /// Places: all, unit (each unit), commune, former_district, cluster, area, ownership; may be repeated.
    #[arg(long = "by", default_value = "all")]
    by: Vec<String>,
    /// Also what they are split into: ownership, sex, ethnicity.
    #[arg(long)]
    parts: bool,
    /// Write a CSV file.
    #[arg(long)]
    csv: Option<PathBuf>,
}

pub fn run(args: &IndicatorsArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let pipeline = context.pipeline(&args.pipeline)?;
    let rules = pipeline.output_rules();
    args.csv.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let _lock = pipeline.lock_shared()?;
    let request = IndicatorRequest { indicators: args.indicators.clone(), by: args.by.clone(), parts: args.parts };
    term_indicators(&session, &pipeline, &request, &mut |lines, places| {
        let csv = args
            .csv
            .as_deref()
            .map(|path| Ok::<_, Error>((path, write_file(path, &indicators_csv(lines, places, context.lang)?, &rules)?)));
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
