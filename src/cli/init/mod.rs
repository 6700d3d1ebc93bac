//! `tkgd init`: a workspace to start from: a commented register, blank or made out of a list, and a pipeline.

mod args;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::write_workspace;

pub use args::InitArgs;

pub fn run(args: &InitArgs, context: &Context) -> Result<Exit> {
    let written = write_workspace(&context.session()?, &args.request()?)?;
    print(&written.text(context.lang));
    Ok(Exit::Fine)
}
