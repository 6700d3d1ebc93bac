//! `tkgd reconcile`: what schools submitted against what the official system holds, cell by cell.

use std::path::{Path, PathBuf};

use super::{Context, Exit, print};
use crate::base::disk::OutputRules;
use crate::base::error::{Error, Result};
use crate::base::message::{Message, message};
use crate::base::number::NumberLocale;
use crate::base::term::{SchoolYear, Term};
use crate::jobs::{ReconcileRequest, SourceRequest, reconcile_sources, reconciled_json, reconciled_text, write_reconciled};
use crate::query::reconcile::{Options, Which};

/// Cells of a form shown on the screen; all of them are in the files.
const CELLS: usize = 10;

#[derive(Debug, clap::Args)]
pub struct ReconcileArgs {
    /// Source A: mostly what schools have sent.
    a: PathBuf,
    /// Source B: mostly an export of the sector's database.
    b: PathBuf,
    /// Pipeline that tells term, register and how numbers are written; not needed where A or B is one.
    #[arg(long)]
    pipeline: Option<PathBuf>,
    /// Register, in place of the pipeline's.
    #[arg(long)]
    register: Option<PathBuf>,
    /// School year, as in 2025-2026, in place of the pipeline's.
    #[arg(long, alias = "school-year")]
    year: Option<String>,
    /// Term: opening or closing, in place of the pipeline's.
    #[arg(long)]
    term: Option<String>,
    /// How numbers are written that are texts: vi (1.234,5) or en (1,234.5), in place of the pipeline's.
    #[arg(long)]
    numbers: Option<String>,
    /// Only this form, as in 02-TH-DN; also the form of a table whose headings do not tell.
    #[arg(long)]
    form: Option<String>,
    /// Code of the unit of a single workbook that does not tell.
    #[arg(long)]
    unit: Option<String>,
    /// File that tells the columns of a table of source A.
    #[arg(long)]
    mapping_a: Option<PathBuf>,
    /// File that tells the columns of a table of source B.
    #[arg(long)]
    mapping_b: Option<PathBuf>,
    /// Code or kind of units whose workbook in source A is the total of all below; may be repeated.
    #[arg(long)]
    totals_a: Vec<String>,
    /// Code or kind of units whose workbook in source B is the total of all below; may be repeated.
    #[arg(long)]
    totals_b: Vec<String>,
    /// Which is taken for right: a or b.
    #[arg(long, value_enum, default_value = "a")]
    trust: TrustArg,
    /// A blank cell differs from one that says 0.
    #[arg(long)]
    strict_blank: bool,
    /// Leave out cells for which a source has no column.
    #[arg(long)]
    shared_cells: bool,
    /// Folder for doi-chieu.xlsx, can-sua/, doi-chieu.json and Parquet tables; only files written there before are replaced.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Print all cells that differ.
    #[arg(long)]
    all: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TrustArg {
    A,
    B,
}

pub fn run(args: &ReconcileArgs, context: &Context) -> Result<Exit> {
    let request = request(args)?;
    let session = context.session()?;
    let schemas = &session.schemas;
    let rules = output_rules(args, context)?;
    args.out.as_deref().map_or(Ok(()), |folder| rules.check_folder(folder))?;
    let result = reconcile_sources(&session, &request)?;
    let write = |folder: &Path| write_reconciled(&result, schemas, folder, &rules, context.lang);
    let written = args.out.as_deref().map(write).transpose()?;
    if context.json {
        print(&reconciled_json(&result, schemas, context.lang));
    } else {
        let cells = if args.all { usize::MAX } else { CELLS };
        print(&reconciled_text(&result, schemas, context.lang, cells));
        if let Some((folder, published)) = args.out.as_deref().zip(written) {
            print(&context.written_text(folder, &published.kept));
        }
    }
    Ok(if result.is_equal() { Exit::Fine } else { Exit::Findings })
}

/// Nothing is written near what is compared.
fn output_rules(args: &ReconcileArgs, context: &Context) -> Result<OutputRules> {
    let mut rules = match &args.pipeline {
        Some(pipeline) => context.pipeline(pipeline)?.output_rules(),
        None => context.output_rules(),
    };
    let source = message!("screen.source_compared");
    for path in [&args.a, &args.b].into_iter().chain(&args.mapping_a).chain(&args.mapping_b).chain(&args.register) {
        rules = rules.guarding(source.clone(), path);
        // A pipeline as a source stands for everything that it reads.
        if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("toml"))
            && let Ok(pipeline) = context.pipeline(path)
        {
            rules = rules.and(pipeline.output_rules());
        }
    }
    Ok(rules)
}

fn request(args: &ReconcileArgs) -> Result<ReconcileRequest> {
    let config = |option: &'static str| move |reason: Message| Error::config(option, reason);
    let numbers = match args.numbers.as_deref() {
        None => None,
        Some("vi") => Some(NumberLocale::Vi),
        Some("en") => Some(NumberLocale::En),
        Some(other) => return Err(Error::config("--numbers", format!("`{other}` is neither `vi` nor `en`"))),
    };
    let source = |path: &PathBuf, mapping: &Option<PathBuf>, totals: &[String]| SourceRequest {
        path: path.clone(),
        mapping: mapping.clone(),
        totals: totals.to_vec(),
    };
    Ok(ReconcileRequest {
        a: source(&args.a, &args.mapping_a, &args.totals_a),
        b: source(&args.b, &args.mapping_b, &args.totals_b),
        pipeline: args.pipeline.clone(),
        register: args.register.clone(),
        year: args.year.as_deref().map(str::parse::<SchoolYear>).transpose().map_err(config("--year"))?,
        term: args.term.as_deref().map(str::parse::<Term>).transpose().map_err(config("--term"))?,
        numbers,
        form: args.form.clone(),
        unit: args.unit.clone(),
        trust: match args.trust {
            TrustArg::A => Which::A,
            TrustArg::B => Which::B,
        },
        options: Options { strict_blank: args.strict_blank, shared_cells: args.shared_cells, ..Options::default() },
    })
}
