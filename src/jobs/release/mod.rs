//! A term is published: a run of its own, frozen with everything it was made from.
//!
//! A release looks at other terms as they were published, never at drafts, and notes which; so it can
//! be made again from what is in the archive.

mod checklist;
mod contents;
mod from_cells;
pub(crate) mod kinds;
mod rebuild;
mod versions;

use std::path::{Path, PathBuf};

use serde::{Serialize, Serializer};

use crate::archive::{
    ArchiveReader, Labels, MANIFEST, Previous, ReleaseEntry, ReleaseFacts, Selection, StagedRelease, TermKey, Writer, describe, drop_draft,
    ledger_place, next_number, next_of_kind,
};
use crate::base::disk::{self, Published};
use crate::base::error::{Error, Result};
use crate::base::message::Lang;
use crate::base::moment::day_in_vietnam;
use crate::findings::Finding;
use crate::forms::Schemas;
use crate::jobs::Summary;
use crate::jobs::indicators::looked_at;
use crate::jobs::inputs::Loaded;
use crate::jobs::run::identity::looked_at_as;
use crate::jobs::run::{self, Conclusion, RunRequest, quoted};
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::ledger::Stamp;
use crate::present::{PaperState, ReleasedAs};
use crate::privacy::masked;
use crate::workspace::Pipeline;
use crate::workspace::kept::Keeping;

use contents::Contents;

use checklist::open_errors;
pub use checklist::{CheckPoint, Checklist};
pub use kinds::{ReleaseKind, ReleaseTexts};
pub use rebuild::{Rebuilt, rebuild};

/// Request for a release.
#[derive(Debug, Clone, Default)]
pub struct ReleaseRequest {
    /// Id of the kind: `provisional`, `official`, `revised`.
    pub kind: String,
    /// Why.
    pub reason: String,
    /// Reason to publish in spite of what the checklist calls blocking.
    pub despite: String,
    /// Scans of the signed report.
    pub signed: Vec<PathBuf>,
}

/// A term that was published.
#[derive(Debug)]
pub struct Released {
    /// Its number within the term.
    pub number: u32,
    /// Its kind.
    pub kind: ReleaseKind,
    /// Its folder.
    pub folder: PathBuf,
    /// The term.
    pub key: TermKey,
    /// The run in a few lines.
    pub summary: Summary,
    /// Points that are not as they should be.
    pub checklist: Checklist,
    /// All findings.
    pub findings: Vec<Finding>,
    /// Files put into the output folder, and those that somebody had changed there.
    pub published: Published,
}

impl Serialize for Released {
    /// Form for programs: name and kind of the release, where it is, the run in a few lines.
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Told<'a> {
            checklist: &'a [CheckPoint],
            folder: &'a Path,
            kind: &'a str,
            release: String,
            summary: &'a Summary,
        }
        let release = format!("{}@{}", self.key, self.number);
        Told { checklist: &self.checklist.points, folder: &self.folder, kind: &self.kind.id, release, summary: &self.summary }
            .serialize(serializer)
    }
}

/// That a release needs a kind, with those that are possible now and the line to type; the pipeline as it was named.
///
/// # Errors
/// When the archive cannot be read.
pub fn kind_needed(session: &Session, pipeline: &Pipeline, named: &str) -> Result<Error> {
    let key = pipeline.key()?;
    let archive = if pipeline.archive().is_dir() { Some(pipeline.archive_reader()?) } else { None };
    let before = archive.as_ref().and_then(|archive| archive.releases_of(&key).next_back()).map(|release| release.kind.as_str());
    Ok(session.texts.releases.kind_needed(before, &quoted(named)))
}

/// Runs a pipeline and publishes what comes out; nothing is published when anything of it fails.
///
/// # Errors
/// As for a run; also when the kind is not possible now, errors are open that the kind does not allow, or the
/// ledger does not follow from that of the release before.
pub fn release(session: &Session, pipeline: &Pipeline, request: &ReleaseRequest) -> Result<Released> {
    let texts = &session.texts.releases;
    let published = Pipeline { view: Selection::Published, keeping: Keeping::ForRelease, ..pipeline.clone() };
    let (archive, key) = (pipeline.archive(), pipeline.key()?);
    pipeline.check_outputs()?;
    let _lock = pipeline.lock_alone()?;
    let writer = Writer::open(&archive)?;
    let archive_reader = published.archive_reader()?;
    let before = archive_reader.releases_of(&key).next_back();
    let kind = texts.next(&request.kind, before.map(|release| release.kind.as_str()), &request.reason)?;
    let named_as = NamedAs::new(next_of_kind(archive_reader.releases(), &key, &kind.id), &request.reason);
    let state = named_as.state(texts, kind);
    let staged = writer.begin()?;
    run::carry_out(RunRequest { session, pipeline: &published, state: &state }, |concluded| {
        let outputs = if concluded.is_stopped() {
            concluded.tell_beside()?;
            None
        } else {
            let outputs = run::write_release(&concluded, staged.folder())?;
            session.publish()?;
            Some(outputs)
        };
        run::record(&concluded)?;
        let checklist = Checklist::of(&concluded, pipeline, kind);
        let overridden = checklist.pass(kind, &request.despite)?;
        let Some(outputs) = outputs else { return Err(open_errors(kind, concluded.summary.errors)) };
        session.begin(JobStage::Release, 1)?;
        let (loaded, folder) = (concluded.run_context.loaded, outputs.folder);
        let entries = pipeline.ledger().entries()?;
        let lines = versions::versions(&entries, loaded);
        versions::follows(before, &lines)?;
        let told = concluded.finding_files();
        let contents = Contents { loaded, entries: &entries, reports: &folder, told: &told, signed: &request.signed };
        let inputs = contents::keep(RunRequest { session, pipeline: &published, state: &state }, &contents, &staged)?;
        let Conclusion { summary, findings, .. } = concluded;
        crate::archive::write_versions(staged.folder(), &lines, &summary.run)?;
        let facts = ReleaseFacts {
            term: key.to_string(),
            number: next_number(archive_reader.releases(), &key),
            kind: kind.id.clone(),
            of_kind: named_as.of_kind,
            recorded_at: named_as.recorded_at.clone(),
            reason: named_as.reason.clone(),
            overridden,
            run: summary.run.clone(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            language: Some(session.lang).filter(|lang| *lang != Lang::Vi).map(|lang| lang.id().to_owned()),
            previous: before.map(named).transpose()?,
            looked_at: looked_at_releases(session, &published, &archive_reader)?,
            ledger: Some(pipeline.ledger().path()).filter(|path| path.is_file()).map(|path| ledger_place(&archive, path)).transpose()?,
            inputs,
        };
        let target = commit(staged, &facts, texts, kind, loaded, &session.schemas)?;
        let published = folder.publish()?;
        drop_draft(&archive, &key)?;
        session.end();
        Ok(Released { number: facts.number, kind: kind.clone(), folder: target, key: key.clone(), summary, checklist, findings, published })
    })
}

/// Facts of a release that its papers say, known before any of them is written.
struct NamedAs {
    of_kind: u32,
    recorded_at: String,
    reason: String,
}

impl NamedAs {
    /// Facts of a release that is made now.
    fn new(of_kind: u32, reason: &str) -> Self {
        Self { of_kind, recorded_at: Stamp::now(None).time, reason: masked(reason.trim()) }
    }

    fn state(&self, texts: &ReleaseTexts, kind: &ReleaseKind) -> PaperState {
        let Self { of_kind, recorded_at, reason } = self;
        texts.released_state(&kind.id, ReleasedAs { of_kind: *of_kind, day: day_in_vietnam(recorded_at), reason })
    }
}

fn commit(
    staged: StagedRelease<'_>,
    facts: &ReleaseFacts,
    texts: &ReleaseTexts,
    kind: &ReleaseKind,
    loaded: &Loaded,
    schemas: &Schemas,
) -> Result<PathBuf> {
    let key: TermKey = facts.key().map_err(|reason| Error::config(MANIFEST, reason))?;
    let term = loaded.regulation.full_term_text(key.period);
    let title = [("{term}", term.as_str()), ("{kind}", kind.name(Lang::Vi)), ("{number}", &facts.number.to_string())]
        .iter()
        .fold(texts.title_vi.clone(), |title, (field, text)| title.replace(field, text));
    let description = texts.description_vi.replace("{circular}", &loaded.regulation.name);
    let labels = Labels { title: &title, description: &description, tables: &schemas.archive_tables };
    let manifest = describe(staged.folder(), facts, &labels)?;
    staged.commit(&key, facts.number, &kind.id, &manifest, &|_| ())
}

/// A release as others name it.
fn named(release: &ReleaseEntry) -> Result<Previous> {
    let sha256 = disk::hash(&release.folder.join(MANIFEST))?.0;
    Ok(Previous { term: release.key.to_string(), number: release.number, sha256 })
}

/// Releases of other terms that the run looked at.
fn looked_at_releases(session: &Session, pipeline: &Pipeline, archive_reader: &ArchiveReader) -> Result<Vec<Previous>> {
    let terms = looked_at(pipeline.period, session).into_iter().map(|period| looked_at_as(pipeline, period));
    let terms = terms.collect::<Result<Vec<_>>>()?.into_iter();
    terms.filter_map(|key| archive_reader.state(&key)).filter_map(|state| state.release().map(named)).collect()
}
