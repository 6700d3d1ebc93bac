//! Schools and classes by their codes.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::tabulate::rows::NOWHERE;

/// Codes of schools and classes that were read, each with its index.
///
/// The name of a class need not be its own in the country: it is looked for among the classes of its school.
#[derive(Debug, Clone, Default)]
pub struct RecordKeys {
    schools: CodeMap,
    class_codes: CodeMap,
    /// Classes of each school.
    classes: Vec<Vec<ClassKey>>,
}

/// Numbers by code.
type CodeMap = HashMap<Box<str>, u32, BuildHasherDefault<CodeHasher>>;

/// Hashes short codes eight bytes at a time; whoever makes up codes that meet makes his own run slow and nothing else.
#[derive(Debug, Clone, Copy, Default)]
struct CodeHasher(u64);

impl Hasher for CodeHasher {
    fn write(&mut self, bytes: &[u8]) {
        for some in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..some.len()].copy_from_slice(some);
            self.0 = (self.0.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
        }
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
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
        let known = self.class_code(code);
        let code = known.unwrap_or_else(|| {
            self.class_codes.insert(code.trim().into(), next);
            next
        });
        let is_new = self.class(school, code).is_none();
        if let Some(own) = self.classes.get_mut(school as usize).filter(|_| is_new) {
            own.push(ClassKey { code, class: index });
        }
        is_new
    }
}
