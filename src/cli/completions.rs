//! `tkgd completions`: a script that lets a shell complete commands and options.

use clap_complete::{Shell, generate};

use super::words::command_in_words;
use super::{Context, Exit, print};

#[derive(Debug, clap::Args)]
pub struct CompletionsArgs {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub fn run(args: &CompletionsArgs, context: &Context) -> Exit {
    let mut command = command_in_words(context.lang);
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    generate(args.shell, &mut command, name, &mut script);
    print(&String::from_utf8_lossy(&script));
    Exit::Fine
}
