//! `tkgd new-year`: the next school year of a workspace.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{NewYearRequest, json_of, new_year};

#[derive(Debug, clap::Args)]
pub struct NewYearArgs {
    /// The workspace; otherwise it is looked for from here upwards.
    folder: Option<PathBuf>,
}

pub fn run(args: &NewYearArgs, context: &Context) -> Result<Exit> {
    let opened = new_year(&context.session()?, &NewYearRequest { folder: args.folder.clone(), on: None })?;
    print(&if context.json { json_of(&opened) } else { opened.text(context.lang) });
    Ok(Exit::Fine)
}
