//! Classes of records: rows that are kept, found by code or by name within their school.

use std::collections::{HashMap, HashSet};

use crate::base::text::fold;
use crate::records::RecordBook;
use crate::tabulate::{NOWHERE, RecordRows};

/// Classes that were read, or made of the records that name them.
#[derive(Debug)]
pub(super) struct Classes {
    /// Their rows.
    pub rows: RecordRows,
    /// Classes of each school by code and by name.
    by_text: HashMap<u32, HashMap<String, u32>>,
    /// Schools whose classes have rows of their own.
    described: HashSet<u32>,
}

impl Classes {
    pub fn new(book: &RecordBook) -> Self {
        Self { rows: RecordRows::new(book.class, book), by_text: HashMap::new(), described: HashSet::new() }
    }

    /// The class of a school that a text means.
    pub fn find(&self, school: u32, text: &str) -> Option<u32> {
        let own = self.by_text.get(&school)?;
        own.get(text).or_else(|| own.get(&fold(text))).copied()
    }

    /// Notes that rows of classes describe those of a school: records make none for it any more.
    pub fn describe(&mut self, school: u32) {
        self.described.insert(school);
    }

    /// Whether rows of classes describe those of a school.
    pub fn is_described(&self, school: u32) -> bool {
        self.described.contains(&school)
    }

    /// Begins a class; nothing where the school has one of this code already.
    pub fn begin(&mut self, school: u32, code: &str) -> Option<u32> {
        let number = u32::try_from(self.rows.len).unwrap_or(NOWHERE);
        let own = self.by_text.entry(school).or_default();
        if own.contains_key(code) {
            return None;
        }
        own.insert(code.to_owned(), number);
        own.entry(fold(code)).or_insert(number);
        self.rows.begin(school, number);
        Some(number)
    }

    /// Another text by which a class is called; the first class that has it keeps it.
    pub fn call(&mut self, school: u32, class: u32, name: &str) {
        let own = self.by_text.entry(school).or_default();
        for text in [name.to_owned(), fold(name)] {
            own.entry(text).or_insert(class);
        }
    }
}
