//! `tkgd ask` of a program that was built without the engine of SQL: it says so, as `tkgd query` does.

pub use super::query::{QueryArgs as AskArgs, run};
