//! Lists that complete each other: one has some cells of a form, another those that the first has no column for.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::findings::Observed;
use crate::findings::{Finding, Location, Subject};
use crate::forms::SlotIndex;
use crate::lists::gaps::{ListGaps, is_of_list};
use crate::returns::{Part, Status, Submission};

/// Which lists were put together, and for how many returns.
#[derive(Debug, Default)]
pub struct JoinedLists {
    /// By form, and the files in the order of their names.
    counts: BTreeMap<Key, usize>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    form: Arc<str>,
    files: Vec<Arc<str>>,
}

/// Makes one return of lists that complete each other; whatever contradicts another stays as it is.
pub fn join_parts(versions: Vec<Submission>, joined: &mut JoinedLists) -> Vec<Submission> {
    if versions.iter().filter(|own| is_of_list(own)).count() < 2 || !agree(&versions) {
        return versions;
    }
    let (mut lists, mut versions): (Vec<Submission>, Vec<Submission>) = versions.into_iter().partition(is_of_list);
    // Times of files are no order: they differ between copies of one folder.
    lists.sort_by(|a, b| a.source.file.cmp(&b.source.file));
    let mut lists = lists.into_iter();
    let Some(mut whole) = lists.next() else { return versions };
    let mut files = vec![Arc::clone(&whole.source.file)];
    for part in lists {
        for slot in whole.values.slots() {
            if whole.values.get(slot).0 == Status::Absent {
                let (status, number) = part.values.get(slot);
                whole.values.set(slot, status, number);
            }
        }
        files.push(Arc::clone(&part.source.file));
        whole.source.modified = whole.source.modified.max(part.source.modified);
        whole.lineage.parts.push(Part { source: part.source, placements: part.placements });
    }
    // Reading one file by two mappings was somebody's wish.
    files.dedup();
    *joined.counts.entry(Key { form: Arc::clone(&whole.form.id), files }).or_default() += 1;
    versions.push(whole);
    versions.sort_by_key(|version| version.source.modified);
    versions
}

/// Whether all lists say the same of every cell that more than one of them has.
fn agree(versions: &[Submission]) -> bool {
    let lists: Vec<&Submission> = versions.iter().filter(|own| is_of_list(own)).collect();
    let has = |own: &Submission, slot: SlotIndex| own.values.get(slot).0 != Status::Absent;
    let agrees = |first: &Submission, second: &Submission| {
        first.values.slots().all(|slot| !has(first, slot) || !has(second, slot) || first.values.is_same_at(slot, &second.values))
    };
    lists.iter().enumerate().all(|(at, own)| lists[at + 1..].iter().all(|other| agrees(own, other)))
}

impl JoinedLists {
    /// Notes which lists hold parts of one form.
    pub fn note(&self, gaps: &mut ListGaps) {
        for Key { form, files } in self.counts.keys() {
            gaps.join(form, files.iter());
        }
    }

    /// One finding for the lists that were put together, at the first of them.
    pub fn findings(self) -> impl Iterator<Item = Finding> {
        self.counts.into_iter().filter_map(|(Key { form, files }, count)| {
            let (first, others) = files.split_first().filter(|(_, others)| !others.is_empty())?;
            let subject = Subject { form: Some(form), ..Subject::default() };
            let place = Location { file: Some(Arc::clone(first)), ..Location::default() };
            let named = Observed::several(others.iter().map(Observed::name), ", ");
            Some(Finding::new("list-parts-joined").subject(subject).location(place).observed(count, named))
        })
    }
}
