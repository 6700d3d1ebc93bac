//! `tkgd rules`: the catalogue of rules, and one rule with why it is there and an example.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::error::Result;
use crate::jobs::{RulesRequest, list_rules, rules_json, rules_text};

#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// Id of a rule; all are listed without it.
    rule: Option<String>,
    /// Rules of a file of rules for tables (as of `tkgd table`), in place of those about forms.
    #[arg(long = "rules")]
    file: Option<PathBuf>,
}

pub fn run(args: &RulesArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let listed = list_rules(&session, &RulesRequest { rule: args.rule.clone(), file: args.file.clone() })?;
    print(&if context.json { rules_json(&listed) } else { rules_text(&listed, &session.schemas, context.lang) });
    Ok(Exit::Fine)
}
