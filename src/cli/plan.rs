//! `tkgd plan`: how cells are counted from records, as SQL for another engine.

use clap::ValueEnum;

use super::options::period;
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{PlanRequest, plan_text};
use crate::tabulate::{Dialect, Profile};

#[derive(Debug, clap::Args)]
pub struct PlanArgs {
    /// Ids of forms; otherwise every form of the term that is counted from records.
    forms: Vec<String>,
    /// Engine that the SQL is for: duckdb, spark or trino.
    #[arg(long, value_enum)]
    dialect: DialectArg,
    /// School year, as in 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Term: opening or closing.
    #[arg(long, default_value = "opening")]
    term: String,
    /// Count as the Ministry's program does, contradictions included.
    #[arg(long)]
    engine: bool,
    /// Folder of the Parquet files, or their address in an object store.
    #[arg(long, default_value = "ho-so")]
    records: String,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DialectArg {
    #[value(name = "duckdb")]
    DuckDb,
    Spark,
    Trino,
}

pub fn run(args: &PlanArgs, context: &Context) -> Result<Exit> {
    let request = PlanRequest {
        forms: args.forms.clone(),
        period: period(&args.year, &args.term)?,
        profile: if args.engine { Profile::Engine } else { Profile::Form },
        dialect: match args.dialect {
            DialectArg::DuckDb => Dialect::DuckDb,
            DialectArg::Spark => Dialect::Spark,
            DialectArg::Trino => Dialect::Trino,
        },
        records: args.records.clone(),
    };
    print(&plan_text(&context.schemas()?, &request, context.lang)?);
    Ok(Exit::Fine)
}
