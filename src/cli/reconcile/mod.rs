//! `tkgd reconcile`: what schools submitted against what the official system holds, cell by cell.

mod args;

use std::path::Path;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{reconcile_sources, reconciled_json, reconciled_text, write_reconciled};

pub use args::ReconcileArgs;

/// Cells of a form shown on the screen; all of them are in the files.
const CELLS: usize = 10;

pub fn run(args: &ReconcileArgs, context: &Context) -> Result<Exit> {
    let request = args.request()?;
    let session = context.session()?;
    let schemas = &session.schemas;
    let rules = request.output_rules(context.output_rules(), |path| context.pipeline_at(path))?;
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
