//! Names of commands in what the program says, as whoever runs it types them: Vietnamese ones after a Vietnamese one.

use std::borrow::Cow;
use std::ffi::OsString;
use std::sync::OnceLock;

use clap::{Command, CommandFactory as _};

use super::Cli;

/// Sign of the program before a command.
const PROGRAM: &str = "tkgd ";

/// The commands, where they were typed by their Vietnamese names.
static COMMANDS: OnceLock<Command> = OnceLock::new();

/// Remembers by which of its names a command was typed.
pub fn remember(arguments: &[OsString]) {
    let commands = Cli::command();
    let mut words = arguments.iter().skip(1).filter_map(|word| word.to_str());
    let typed = words.find_map(|word| Some((word, commands.find_subcommand(word)?)));
    if typed.is_some_and(|(word, command)| word != command.get_name()) {
        let _ = COMMANDS.set(commands);
    }
}

/// A text with the commands that it names called as the one that was typed is.
pub fn as_typed(text: &str) -> Cow<'_, str> {
    match COMMANDS.get() {
        Some(commands) if text.contains(PROGRAM) => Cow::Owned(in_vietnamese(text, commands)),
        _ => Cow::Borrowed(text),
    }
}

fn in_vietnamese(text: &str, commands: &Command) -> String {
    let mut parts = text.split(PROGRAM);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str(PROGRAM);
        let (mut above, mut rest) = (commands, part);
        // A command, and one below it.
        while let Some((below, after)) = first_word(rest).and_then(|(word, after)| Some((above.find_subcommand(word)?, after))) {
            out.push_str(below.get_all_aliases().last().unwrap_or_else(|| below.get_name()));
            (above, rest) = (below, after);
            if let Some(further) =
                rest.strip_prefix(' ').filter(|further| first_word(further).is_some_and(|(word, _)| above.find_subcommand(word).is_some()))
            {
                out.push(' ');
                rest = further;
            } else {
                break;
            }
        }
        out.push_str(rest);
    }
    out
}

/// The first word of a text as names of commands are written, and what comes after it.
fn first_word(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|letter: char| !letter.is_ascii_lowercase() && letter != '-').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_called_by_their_vietnamese_names() {
        let commands = Cli::command();
        for (text, wanted) in [
            ("xem `tkgd units lint ds.csv`, rồi tkgd run.", "xem `tkgd don-vi kiem-tra ds.csv`, rồi tkgd tong-hop."),
            ("tkgd ledger accept", "tkgd so-theo-doi chap-nhan"),
            ("tkgd nothing run, do tkgd ghi", "tkgd nothing run, do tkgd ghi"),
            ("tkgd return --out tra-lai", "tkgd tra-lai --out tra-lai"),
        ] {
            assert_eq!(in_vietnamese(text, &commands), wanted);
        }
    }
}
