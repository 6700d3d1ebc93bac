//! Base of everything: messages and errors, numbers, terms, texts, places in files, limits, files put safely on the disk.

pub mod capped;
pub mod disk;
pub mod error;
pub mod index;
pub mod input;
pub mod layout_status;
pub mod limits;
pub mod location;
pub mod machine;
pub mod message;
pub mod moment;
pub mod number;
pub mod percent;
pub mod term;
pub mod text;
