//! `tkgd query` of a program that was built without the engine of SQL: it says so.

use super::{Context, Exit};
use crate::error::{Error, Result};
use crate::message::Message;

#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    /// The question, which cannot be answered.
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
    _all: Vec<String>,
}

pub fn run(_: &Args, _: &Context) -> Result<Exit> {
    let reason = Message::both("chương trình này được dựng không kèm SQL", "this program was built without SQL");
    let hint = Message::both(
        "dựng lại bằng `cargo build`, không ghi --no-default-features",
        "build it by `cargo build`, without --no-default-features",
    );
    Err(Error::config("tkgd query", reason).with_hint(hint))
}
