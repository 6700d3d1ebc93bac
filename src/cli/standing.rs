//! `tkgd` alone: where one stands, or how to begin.

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{StandingRequest, standing, standing_json, standing_text};

pub fn run(context: &Context) -> Result<Exit> {
    let found = standing(&context.session()?, &StandingRequest::default())?;
    print(&if context.json { standing_json(found.as_ref(), context.lang) } else { standing_text(found.as_ref(), context.lang) });
    Ok(Exit::Fine)
}
