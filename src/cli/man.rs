//! `tkgd man`: the manual page of the program or of one command, for `man -l`.

use clap::Command;
use clap_mangen::Man;

use super::words::{command_in_words, manual_headings};
use super::{Context, Exit, print};
use crate::base::error::{Action, Error, Result, closest};
use crate::base::message::{Message, message};

/// Command of a heading in a manual page.
const HEADING: &str = ".SH ";

#[derive(Debug, clap::Args)]
pub struct ManArgs {
    /// The command, as in `archive verify`; the program without one.
    command: Vec<String>,
}

pub fn run(args: &ManArgs, context: &Context) -> Result<Exit> {
    let mut program = command_in_words(context.lang);
    program.build();
    let found = args.command.iter().try_fold(&program, |above, name| below(above, name))?;
    let title = found.get_bin_name().unwrap_or(found.get_name()).replace(' ', "-");
    let (mut page, version) = (Vec::new(), env!("CARGO_PKG_VERSION"));
    let commands = found.get_subcommand_help_heading().unwrap_or_default().to_uppercase();
    let man = Man::new(found.clone().subcommand_help_heading(commands)).title(title).source(format!("tkgd {version}"));
    man.render(&mut page).map_err(|e| Error::io(Action::Write, "stdout", e))?;
    let headings = manual_headings(context.lang);
    let line = |line: &str| {
        let heading = line.strip_prefix(HEADING).and_then(|heading| headings.get(heading));
        heading.map_or_else(|| format!("{line}\n"), |heading| format!("{HEADING}{heading}\n"))
    };
    print(&String::from_utf8_lossy(&page).lines().map(line).collect::<String>());
    Ok(Exit::Fine)
}

/// The command of a name below another one.
fn below<'a>(above: &'a Command, name: &str) -> Result<&'a Command> {
    above.find_subcommand(name).ok_or_else(|| {
        let known = above.get_subcommands().filter(|own| !own.is_hide_set()).map(Command::get_name);
        let hint = closest(name, known).map(Message::did_you_mean);
        Error::Unknown { kind: message!("kinds.command"), name: name.to_owned(), hint }
    })
}
