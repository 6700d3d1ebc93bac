//! The arguments of `tkgd reconcile`.

use std::path::{Path, PathBuf};

use crate::base::error::Result;
use crate::cli::options::{numbers, school_year, term};
use crate::jobs::{ReconcileRequest, SourceRequest};
use crate::query::reconcile::{Options, Which};

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
    pub out: Option<PathBuf>,
    /// Print all cells that differ.
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TrustArg {
    A,
    B,
}

impl ReconcileArgs {
    /// The comparison that is asked for.
    pub fn request(&self) -> Result<ReconcileRequest> {
        let source = |path: &Path, mapping: &Option<PathBuf>, totals: &[String]| SourceRequest {
            path: path.to_owned(),
            mapping: mapping.clone(),
            totals: totals.to_vec(),
        };
        Ok(ReconcileRequest {
            numbers: self.numbers.as_deref().map(numbers).transpose()?,
            a: source(&self.a, &self.mapping_a, &self.totals_a),
            b: source(&self.b, &self.mapping_b, &self.totals_b),
            pipeline: self.pipeline.clone(),
            register: self.register.clone(),
            year: self.year.as_deref().map(school_year).transpose()?,
            term: self.term.as_deref().map(term).transpose()?,
            form: self.form.clone(),
            unit: self.unit.clone(),
            trust: match self.trust {
                TrustArg::A => Which::A,
                TrustArg::B => Which::B,
            },
            options: Options { strict_blank: self.strict_blank, shared_cells: self.shared_cells, ..Options::default() },
        })
    }
}
