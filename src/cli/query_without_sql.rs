//! `tkgd query` of a program that was built without the engine of SQL: it says so.

use super::{Context, Exit};
use crate::base::error::{Error, Result};
use crate::base::message::message;

#[derive(Debug, Clone, clap::Args)]
pub struct QueryArgs {
    /// The question, which cannot be answered.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _all: Vec<String>,
}

pub fn run(_: &QueryArgs, _: &Context) -> Result<Exit> {
    let reason = message!("screen.program_built_without_sql");
    let hint = message!("screen.packages_with_sql");
    Err(Error::config("tkgd query", reason).with_hint(hint))
}
