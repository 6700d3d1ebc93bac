//! Official workbooks of a few units, without an archive.

use std::path::Path;

use crate::base::disk::{OutputFolder, Published, Scope};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::jobs::inputs::load;
use crate::jobs::reports::{ReportSetting, jobs, report_bytes};
use crate::jobs::run::identity::run_id;
use crate::jobs::session::Session;
use crate::ledger::Board;
use crate::totals::aggregate;
use crate::workbooks::Recogniser;
use crate::workspace::Pipeline;

/// Writes official workbooks of chosen units or kinds of unit into a folder; no archive.
///
/// # Errors
/// As for a run; also when none of the wishes names a unit with figures.
pub fn report_only(session: &Session, pipeline: &Pipeline, wishes: &[String], folder: &Path) -> Result<Published> {
    pipeline.output_rules().check_folder(folder)?;
    let _lock = pipeline.lock_shared()?;
    let texts = &session.texts.report;
    let loaded = load(session, pipeline)?;
    let aggregations = aggregate(&loaded.tree, &loaded.forms, &loaded.submissions)?;
    let catalogue = &session.texts.catalogue;
    let board = Board::new(&pipeline.ledger().entries()?, catalogue);
    let run = run_id(session, pipeline, &loaded, board.answers())?;
    let mut wished = pipeline.clone();
    // Kinds and values of groupings may be wished for, too.
    let wishes: Vec<String> = wishes.iter().map(|wish| loaded.tree.code_meant(wish)).collect::<Result<_>>()?;
    wished.file.outputs.reports.clone_from(&wishes);
    wished.file.outputs.groups.clone_from(&wishes);
    let state = session.texts.releases.draft_state();
    let setting = ReportSetting { pipeline: &wished, regulation: &loaded.regulation, texts, tree: &loaded.tree, state: &state, run: &run };
    let jobs = jobs(setting, &aggregations);
    if jobs.is_empty() {
        let units = loaded.tree.units.iter().map(|u| &*u.code);
        let hint = wishes.first().and_then(|w| closest(w, units)).map(Message::did_you_mean);
        return Err(Error::Unknown { kind: message!("kinds.unit_with_figures"), name: wishes.join(", "), hint });
    }
    let recogniser = Recogniser::new(&loaded.forms);
    let folder = OutputFolder::open(folder, Scope::Added, &pipeline.output_rules())?;
    for job in &jobs {
        folder.write(&job.file, &report_bytes(job, &recogniser)?)?;
    }
    folder.publish()
}
