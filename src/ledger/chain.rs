//! The lines of a ledger read one after the other: whole, or where they stop being so.

use super::entry::LedgerEntry;

/// Fault of a ledger at an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainFault {
    /// The line is no entry.
    NotAnEntry,
    /// The line was changed after it was written.
    Changed,
    /// The entry is not there: another number stands in its place.
    Missing,
    /// The entry was replaced, with a hash of its own: the next one was written after another.
    Replaced,
    /// The ledger ends before this entry, which was written once.
    CutOff,
}

impl ChainFault {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::NotAnEntry, Self::Changed, Self::Missing, Self::Replaced, Self::CutOff];

    /// The name used in files and texts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::NotAnEntry => "not_an_entry",
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Replaced => "replaced",
            Self::CutOff => "cut_off",
        }
    }
}

/// The first entry that is not as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Its number.
    pub entry: u64,
    /// The problem in words.
    pub fault: ChainFault,
}

/// A ledger as read.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// Entries up to the first that is broken.
    pub entries: Vec<LedgerEntry>,
    /// Hash of the last of them.
    pub head: String,
    /// Where the whole lines end, in bytes.
    pub whole: usize,
    /// The last line is whole but for its end.
    pub unended: bool,
    /// Bytes that an interrupted writer left behind the last whole line.
    pub torn: Vec<u8>,
    /// The first entry that is not as it was written.
    pub broken: Option<Broken>,
}

impl Chain {
    /// Reads the bytes of a ledger; `last` is the number and hash noted after the last writing.
    #[must_use]
    pub fn read(bytes: &[u8], last: Option<&(u64, String)>) -> Self {
        let mut chain = Self::default();
        let mut hashes = Vec::new();
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line = &rest[..end];
            rest = &rest[end + 1..];
            match chain.next(line) {
                Ok((entry, hash)) => chain.push(entry, hash, &mut hashes),
                Err(broken) => {
                    chain.broken = Some(broken);
                    return chain;
                }
            }
            chain.whole = bytes.len() - rest.len();
        }
        if let Ok((entry, hash)) = chain.next(rest) {
            chain.push(entry, hash, &mut hashes);
            (chain.whole, chain.unended) = (bytes.len(), true);
        } else {
            chain.torn = rest.to_vec();
        }
        chain.broken = last.and_then(|(seq, hash)| noted(&hashes, *seq, hash));
        chain
    }

    fn push(&mut self, entry: LedgerEntry, hash: String, hashes: &mut Vec<String>) {
        self.entries.push(entry);
        self.head.clone_from(&hash);
        hashes.push(hash);
    }

    /// The next entry, if the line is the one that must follow.
    fn next(&self, line: &[u8]) -> Result<(LedgerEntry, String), Broken> {
        let number = self.entries.len() as u64 + 1;
        let broken = |entry, fault| Broken { entry, fault };
        let parsed = std::str::from_utf8(line).ok().and_then(LedgerEntry::parse);
        let (entry, hash, is_intact) = parsed.ok_or(broken(number, ChainFault::NotAnEntry))?;
        if !is_intact {
            return Err(broken(number, ChainFault::Changed));
        }
        if entry.seq != number {
            return Err(broken(number, ChainFault::Missing));
        }
        if entry.prev != self.head {
            // The first has nothing before it that could have been replaced.
            return Err(if number == 1 { broken(1, ChainFault::Changed) } else { broken(number - 1, ChainFault::Replaced) });
        }
        Ok((entry, hash))
    }
}

/// Compares the note of the last writing with what stands there; entries after it are in order.
fn noted(hashes: &[String], seq: u64, hash: &str) -> Option<Broken> {
    let at = usize::try_from(seq).unwrap_or(usize::MAX).checked_sub(1)?;
    match hashes.get(at) {
        None => Some(Broken { entry: hashes.len() as u64 + 1, fault: ChainFault::CutOff }),
        Some(found) if found != hash => Some(Broken { entry: seq, fault: ChainFault::Replaced }),
        Some(_) => None,
    }
}
