//! `tkgd sample`: a synthetic province to try things on, clean or with dirt of named kinds.

use std::path::PathBuf;
use std::str::FromStr;

use super::{Context, Exit, print};
use crate::base::disk::{OutputFolder, Scope};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::term::{Period, SchoolYear, Term};
use crate::jobs::{RecordsRequest, SampleRequest, sample_files, sample_history_files, write_sample_records};
use crate::sample::records::{RecordMistake, TableFormat};
use crate::sample::{Defect, SampleOptions};

#[derive(Debug, clap::Args)]
pub struct SampleArgs {
    /// Folder for the data; made where it is not there.
    folder: PathBuf,
    /// School year, as in 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Term: opening or closing.
    #[arg(long, default_value = "opening", conflicts_with = "years")]
    term: String,
    /// How many school years, up to --year: both terms of each, one following from the other, each with a folder and a pipeline.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=30))]
    years: Option<u16>,
    /// Schools.
    #[arg(long, default_value_t = 48)]
    schools: usize,
    /// Communes.
    #[arg(long, default_value_t = 6)]
    communes: usize,
    /// Seed: the same seed gives the same data.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Kind of mistake on purpose, may be repeated; all is every kind.
    #[arg(long)]
    dirt: Vec<String>,
    /// Records of schools, sites, classes, pupils and staff too, with workbooks that agree with them.
    #[arg(long, conflicts_with = "years")]
    records: bool,
    /// Format of the tables of records: parquet or csv.
    #[arg(long, default_value = "parquet", requires = "records")]
    tables: String,
    /// Layout of an export that records are written in too, may be repeated.
    #[arg(long, requires = "records")]
    layout: Vec<String>,
    /// Register and records only, no workbooks.
    #[arg(long, requires = "records")]
    without_workbooks: bool,
}

pub fn run(args: &SampleArgs, context: &Context) -> Result<Exit> {
    let year: SchoolYear = args.year.parse().map_err(|reason: Message| Error::config("--year", reason))?;
    let session = context.session()?;
    let term: Term = args.term.parse().map_err(|reason: Message| Error::config("--term", reason))?;
    let period = Period { year, term };
    let mut options = SampleOptions::new(args.seed, period);
    options.schools = args.schools;
    options.communes = args.communes;
    let folder = OutputFolder::open(&args.folder, Scope::Added, &context.output_rules())?;
    if args.records {
        write_sample_records(&session, &records_request(args, options)?, &folder)?;
    } else {
        let request = SampleRequest { options, dirt: kinds(&args.dirt, &Defect::ALL)? };
        let files = match args.years {
            None => sample_files(&session, &request)?,
            Some(years) => sample_history_files(&session, &request, years)?,
        };
        files.iter().try_for_each(|(name, bytes)| folder.write(name, bytes))?;
    }
    let published = folder.publish()?;
    let written = message!("screen.files_in_folder", folder = args.folder.display(), files = published.files.len());
    print(&format!("{}\n{}", written.said(context.lang), context.kept_text(&published.kept)));
    Ok(Exit::Fine)
}

fn records_request(args: &SampleArgs, options: SampleOptions) -> Result<RecordsRequest> {
    let format = TableFormat::ALL.iter().find(|(_, name)| *name == args.tables).map(|(format, _)| *format);
    let format = format.ok_or_else(|| Error::Unknown {
        kind: message!("kinds.table_format"),
        name: args.tables.clone(),
        hint: closest(&args.tables, TableFormat::ALL.iter().map(|(_, name)| *name)).map(Message::did_you_mean),
    })?;
    let mistakes = kinds(&args.dirt, &RecordMistake::ALL)?;
    Ok(RecordsRequest { options, format, mistakes, workbooks: !args.without_workbooks, exports: args.layout.clone() })
}

/// Kinds of mistakes by name, every kind for `all`.
fn kinds<K: Copy + FromStr<Err = Error>>(names: &[String], all: &[(K, &str)]) -> Result<Vec<K>> {
    let mut kinds = Vec::new();
    for name in names {
        match name.as_str() {
            "all" => kinds.extend(all.iter().map(|(kind, _)| *kind)),
            name => kinds.push(name.parse()?),
        }
    }
    Ok(kinds)
}
