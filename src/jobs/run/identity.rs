//! Identity of a run: everything it depends on, as one hash.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::archive::{TermKey, inputs_of};
use crate::base::disk::hex;
use crate::base::error::Result;
use crate::base::term::Period;
use crate::jobs::indicators::looked_at;
use crate::jobs::inputs::Loaded;
use crate::jobs::session::Session;
use crate::ledger::Answers;
use crate::workspace::Pipeline;
use crate::workspace::kept::named_sources;

/// Bytes of the hash that make a run's identity: short enough for a page footer.
const RUN_BYTES: usize = 6;

/// The run's identity: the tool, the schemas, the pipeline, every input, the inputs of the terms that it looks back
/// at, every answer to a finding, and nothing else.
pub fn run_id(session: &Session, pipeline: &Pipeline, loaded: &Loaded, answers: &Answers) -> Result<String> {
    let mut hash = Sha256::new();
    let mut add = |bytes: &[u8]| {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(env!("CARGO_PKG_VERSION").as_bytes());
    for (path, bytes) in session.schemas.files.contents() {
        add(path.as_bytes());
        add(bytes);
    }
    add(pipeline.text.as_bytes());
    for source in named_sources(&loaded.sources, &loaded.names) {
        add(source.file.as_bytes());
        add(source.sha256.as_bytes());
    }
    // Files without figures change no total, but what is told.
    let fates: BTreeSet<_> = loaded.files.iter().map(|own| (loaded.names.file(&own.file), own.fate, &own.why, &own.unit)).collect();
    for (file, fate, why, unit) in fates {
        for text in [&*file, fate.id(), why, unit] {
            add(text.as_bytes());
        }
    }
    let archive_reader = pipeline.archive_reader()?;
    for period in looked_at(pipeline.period, session) {
        // Sources of those figures say what they are. Not the run that wrote them: two terms that look at each
        // other would never come to rest.
        let term = archive_reader.state(&looked_at_as(pipeline, period)?);
        let inputs = term.map_or(Ok(None), |term| inputs_of(&term.table("forms")))?;
        add(inputs.unwrap_or_default().as_bytes());
    }
    for (key, closing) in &answers.closings {
        for text in [key, closing.kind.id(), &closing.text, &closing.by, &closing.on] {
            add(text.as_bytes());
        }
    }
    for (key, proposal) in &answers.proposals {
        let decided = proposal.decision.iter().flat_map(|decision| [&decision.reason, &decision.by, &decision.on]);
        for text in [key, &proposal.text, &proposal.by, &proposal.on].into_iter().chain(decided) {
            add(text.as_bytes());
        }
    }
    Ok(hex(&hash.finalize()[..RUN_BYTES]))
}

/// A term that is looked at, as the archive names it: the same term of another year in the state that this one is in.
pub fn looked_at_as(pipeline: &Pipeline, period: Period) -> Result<TermKey> {
    pipeline.key_of(period, pipeline.file.result_state.as_deref().filter(|_| period.term == pipeline.period.term))
}
