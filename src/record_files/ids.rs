//! Ids of persons as hashes under a key of this reading: enough to see that one stands twice, and good for nothing else.

use std::hash::{BuildHasher as _, RandomState};

/// A key that is drawn anew for every reading, and never written anywhere.
#[derive(Debug, Default)]
pub(super) struct IdKey(RandomState);

impl IdKey {
    /// The hash of an id, as it is written.
    pub fn hash(&self, id: &str) -> u64 {
        self.0.hash_one(id)
    }
}

/// A record by the hash of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeenId {
    /// The hash.
    pub hash: u64,
    /// Place of its table among those read.
    pub table: u32,
    /// Its line.
    pub line: u32,
    /// Its school.
    pub school: u32,
}

/// Why an id is odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum OddId {
    /// Another record of its school has it.
    Twice,
    /// A record of another school has it.
    Elsewhere,
}

/// A record whose id stands elsewhere too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RepeatedId {
    /// The record.
    pub seen: SeenId,
    /// Where else.
    pub kind: OddId,
}

/// Records whose id stands elsewhere too, by table and line.
pub(super) fn repeated(mut seen: Vec<SeenId>) -> Vec<RepeatedId> {
    seen.sort_unstable();
    let groups = seen.chunk_by(|a, b| a.hash == b.hash).filter(|group| group.len() > 1);
    let mut odd: Vec<RepeatedId> = groups.flat_map(of_group).collect();
    // Hashes tell no order that would come again.
    odd.sort_unstable_by_key(|own| (own.seen.table, own.seen.line));
    odd
}

/// Every record of an id that is in several schools; otherwise all but the first.
fn of_group(group: &[SeenId]) -> impl Iterator<Item = RepeatedId> + '_ {
    let is_in_several = group.iter().any(|own| own.school != group[0].school);
    let (skipped, kind) = if is_in_several { (0, OddId::Elsewhere) } else { (1, OddId::Twice) };
    group.iter().skip(skipped).map(move |seen| RepeatedId { seen: *seen, kind })
}
