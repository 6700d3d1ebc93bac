//! Schools and classes by their codes.

use std::collections::HashMap;

use crate::tabulate::rows::NOWHERE;

/// Codes of schools and classes that were read, each with its index.
///
/// The name of a class need not be its own in the country: it is looked for among the classes of its school.
#[derive(Debug, Clone, Default)]
pub struct RecordKeys {
    schools: HashMap<Box<str>, u32>,
    class_codes: HashMap<Box<str>, u32>,
    /// Classes of each school.
    classes: Vec<Vec<ClassKey>>,
}

#[derive(Debug, Clone, Copy)]
struct ClassKey {
    code: u32,
    class: u32,
}

impl RecordKeys {
    /// Index of a school.
    #[must_use]
    pub fn school(&self, code: &str) -> Option<u32> {
        self.schools.get(code.trim()).copied()
    }

    /// Number of a class code, the same in every school.
    #[must_use]
    pub fn class_code(&self, code: &str) -> Option<u32> {
        self.class_codes.get(code.trim()).copied()
    }

    /// Index of the class of a school that has a code of this number.
    #[must_use]
    pub fn class(&self, school: u32, code: u32) -> Option<u32> {
        let own = self.classes.get(school as usize)?;
        own.iter().find(|own| own.code == code).map(|own| own.class)
    }

    /// Takes a school under an index; `false` where its code was there before.
    pub fn add_school(&mut self, code: &str, index: u32) -> bool {
        let is_new = !self.schools.contains_key(code.trim());
        if is_new {
            self.schools.insert(code.trim().into(), index);
            self.classes.resize_with(self.classes.len().max(index as usize + 1), Vec::new);
        }
        is_new
    }

    /// Takes a class of a school under an index; `false` where the school has the code already.
    pub fn add_class(&mut self, school: u32, code: &str, index: u32) -> bool {
        let next = u32::try_from(self.class_codes.len()).unwrap_or(NOWHERE);
        let code = *self.class_codes.entry(code.trim().into()).or_insert(next);
        let is_new = self.class(school, code).is_none();
        if let Some(own) = self.classes.get_mut(school as usize).filter(|_| is_new) {
            own.push(ClassKey { code, class: index });
        }
        is_new
    }
}
