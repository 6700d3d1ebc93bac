//! `tkgd init`: a workspace to start from: a commented register, blank or made out of a list, its settings, folders for returns.

mod args;
mod ask;

use std::io::{IsTerminal as _, stderr, stdin};

use self::ask::Asking;
use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::write_workspace;
use crate::ledger::Stamp;
use crate::workspace::SettingsSchema;

pub use args::InitArgs;

pub fn run(args: InitArgs, context: &Context) -> Result<Exit> {
    let args = if stdin().is_terminal() && !context.json {
        let mut asking = Asking { answers: &mut stdin().lock(), screen: &mut stderr(), lang: context.lang };
        asking.complete(args, &SettingsSchema::built_in()?, Stamp::now(None).on)
    } else {
        args
    };
    let written = write_workspace(&context.session()?, &args.request()?)?;
    print(&written.text(context.lang));
    Ok(Exit::Fine)
}
