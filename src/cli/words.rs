//! The command line in words: help and refusals come from `messages/command_line.toml`, in the language that is asked for.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory as _, FromArgMatches as _, Parser as _};
use serde::Deserialize;

use super::Cli;
use super::options::NO_DAY;
use crate::base::error::closest;
use crate::base::message::Lang;
use crate::base::message::Message;

/// The file, built in.
const FILE: &str = include_str!("../../messages/command_line.toml");
/// Key of the program itself in the file.
const PROGRAM: &str = "tkgd";
/// Help with the headings of the file.
const TEMPLATE: &str = "{about-with-newline}\n{usage-heading} {usage}\n\n{all-args}{after-help}";

/// Headings that the library of manual pages writes.
const MANUAL_HEADINGS: [&str; 5] = ["NAME", "SYNOPSIS", "DESCRIPTION", "EXTRA", "VERSION"];

/// The file as written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandLine {
    /// Arguments of several commands.
    arguments: BTreeMap<String, ArgumentText>,
    /// Commands by their names.
    commands: BTreeMap<String, CommandText>,
    /// Words that the help is framed with.
    words: BTreeMap<String, Phrase>,
    /// Refusals of arguments that make no command.
    refusals: BTreeMap<String, Phrase>,
}

/// A text in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Phrase {
    vi: String,
    en: String,
}

/// Text of an argument, and the name of its value.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ArgumentText {
    vi: String,
    en: String,
    name_vi: Option<String>,
    name_en: Option<String>,
}

/// Text of a command, and the lines below its help.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandText {
    vi: String,
    en: String,
    #[serde(default)]
    more_vi: String,
    #[serde(default)]
    more_en: String,
    #[serde(default)]
    arguments: BTreeMap<String, ArgumentText>,
}

/// Arguments that make no command.
#[derive(Debug)]
pub enum CommandRefusal {
    /// Help, or the version.
    Help {
        /// Text that is shown.
        text: String,
        /// It was asked for, and nothing is wrong.
        is_asked: bool,
    },
    /// Something is wrong with them.
    Wrong {
        /// Content.
        message: Message,
        /// Guide to what is to be done.
        hint: Message,
    },
}

/// True where arguments give an option a value; known before they are read.
#[must_use]
pub fn asks_for(arguments: &[OsString], option: &str, value: &str) -> bool {
    let joined = format!("{option}={value}");
    arguments.windows(2).any(|pair| pair[0] == option && pair[1] == value) || arguments.iter().any(|argument| *argument == *joined)
}

/// The language that arguments ask for.
#[must_use]
pub fn language_of(arguments: &[OsString]) -> Lang {
    if asks_for(arguments, "--lang", "en") { Lang::En } else { Lang::Vi }
}

/// Every command with its words in a language.
#[must_use]
pub fn command_in_words(lang: Lang) -> Command {
    CommandLine::load().command(lang)
}

/// Headings of manual pages that the library writes, with ours in a language.
#[must_use]
pub fn manual_headings(lang: Lang) -> BTreeMap<&'static str, String> {
    let texts = CommandLine::load();
    MANUAL_HEADINGS.map(|theirs| (theirs, texts.word(&format!("manual_{}", theirs.to_lowercase()), lang).to_owned())).into()
}

impl Cli {
    /// Reads arguments, the program's name first.
    ///
    /// # Errors
    /// Help that was asked for, or what is wrong with them.
    pub fn read(arguments: &[OsString]) -> Result<Self, Box<CommandRefusal>> {
        // Words are for people: arguments that make a command need none.
        Self::try_parse_from(arguments).or_else(|_| {
            let lang = language_of(arguments);
            let texts = CommandLine::load();
            let command = texts.command(lang);
            let name = command_in(&command, arguments);
            let parsed = command.try_get_matches_from(arguments).and_then(|matches| Self::from_arg_matches(&matches));
            parsed.map_err(|refused| Box::new(texts.refusal(&refused, &name, lang)))
        })
    }
}

impl CommandLine {
    fn load() -> Self {
        // The file is part of the program; a test reads it.
        toml::from_str(FILE).unwrap_or_else(|_| Self {
            arguments: BTreeMap::new(),
            commands: BTreeMap::new(),
            words: BTreeMap::new(),
            refusals: BTreeMap::new(),
        })
    }

    /// Every command with its words.
    fn command(&self, lang: Lang) -> Command {
        let own = |name: &'static str, action| Arg::new(name).long(name).action(action);
        let command = Cli::command().disable_help_flag(true).disable_version_flag(true);
        let command = command.arg(own("help", ArgAction::Help).short('h').global(true));
        self.in_words(command.arg(own("version", ArgAction::Version).short('V')), PROGRAM, lang)
    }

    /// A command and those below it in words.
    fn in_words(&self, command: Command, name: &str, lang: Lang) -> Command {
        let word = |id: &str| self.word(id, lang).to_owned();
        let text = self.commands.get(name);
        let (about, more) = text.map_or(("", ""), |text| (lang.pick(&text.vi, &text.en), lang.pick(&text.more_vi, &text.more_en)));
        let template = TEMPLATE.replace("{usage-heading}", &format!("{}:", word("usage")));
        let command = command.about(about.to_owned()).after_help(more.to_owned()).help_template(template);
        let command = command.subcommand_help_heading(word("commands")).subcommand_value_name(word("command_of_usage"));
        command.mut_args(|arg| self.argument(arg, text, lang)).mut_subcommands(|below| {
            let own = if name == PROGRAM { below.get_name().to_owned() } else { format!("{name} {}", below.get_name()) };
            self.in_words(below, &own, lang)
        })
    }

    /// An argument in words, with its default and what it may be.
    fn argument(&self, arg: Arg, command: Option<&CommandText>, lang: Lang) -> Arg {
        let id = arg.get_id().as_str();
        let Some(text) = command.and_then(|own| own.arguments.get(id)).or_else(|| self.arguments.get(id)) else { return arg };
        let mut help = lang.pick(&text.vi, &text.en).to_owned();
        let takes_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
        let defaults: Vec<String> = arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
        let values: Vec<String> =
            arg.get_possible_values().iter().filter(|value| !value.is_hide_set()).map(|value| value.get_name().to_owned()).collect();
        for (word, list) in [("default", defaults), ("values", values)] {
            if takes_value && list.iter().any(|value| !value.is_empty()) {
                let _ = write!(help, " [{}: {}]", self.word(word, lang), list.join(", "));
            }
        }
        let heading = self.word(if arg.is_positional() { "arguments" } else { "options" }, lang).to_owned();
        let names = match lang {
            Lang::Vi => &text.name_vi,
            Lang::En => &text.name_en,
        };
        let names: Vec<String> = names.iter().flat_map(|names| names.split(',')).map(str::to_owned).collect();
        let arg = arg.help(help).help_heading(heading).hide_default_value(true).hide_possible_values(true);
        if takes_value && !names.is_empty() { arg.value_names(names) } else { arg }
    }

    fn word<'a>(&'a self, id: &'a str, lang: Lang) -> &'a str {
        self.words.get(id).map_or(id, |phrase| lang.pick(&phrase.vi, &phrase.en))
    }

    /// Refusals of arguments that make no command.
    fn refusal(&self, refused: &clap::Error, name: &str, lang: Lang) -> CommandRefusal {
        use ErrorKind as Kind;
        let shows_help =
            matches!(refused.kind(), Kind::DisplayHelp | Kind::DisplayVersion | Kind::DisplayHelpOnMissingArgumentOrSubcommand);
        if shows_help {
            return CommandRefusal::Help { text: self.plain(refused.render(), lang), is_asked: refused.exit_code() == 0 };
        }
        let of = |kind| refused.get(kind).map(texts_of).unwrap_or_default();
        let (arguments, values, known) = (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue), of(ContextKind::ValidValue));
        let argument = arguments.first().map(|own| short(own)).unwrap_or_default();
        let value = values.first().cloned().unwrap_or_default();
        let reason = std::error::Error::source(refused).map(ToString::to_string).unwrap_or_default();
        let list = |own: &[String]| own.iter().map(|own| format!("`{own}`")).collect::<Vec<_>>().join(", ");
        let (arguments_list, others) = (list(&arguments), list(&of(ContextKind::PriorArg)));
        let command = of(ContextKind::InvalidSubcommand).first().cloned().unwrap_or_default();
        let message = match refused.kind() {
            Kind::UnknownArgument if argument.starts_with('-') => self.say("unknown_argument", &[("argument", &argument)]),
            Kind::UnknownArgument => self.say("surplus_argument", &[("argument", &argument)]),
            Kind::InvalidSubcommand => self.say("unknown_command", &[("value", &command)]),
            Kind::MissingRequiredArgument => self.say("missing", &[("list", &arguments_list)]),
            Kind::MissingSubcommand => self.say("missing_command", &[]),
            Kind::ArgumentConflict if others.is_empty() || of(ContextKind::PriorArg).iter().any(|other| short(other) == argument) => {
                self.say("twice", &[("argument", &argument)])
            }
            Kind::ArgumentConflict => self.say("conflict", &[("argument", &argument), ("list", &others)]),
            Kind::InvalidValue if value.is_empty() => self.say("missing_value", &[("argument", &argument)]),
            Kind::InvalidValue => self.say("invalid_value", &[("argument", &argument), ("value", &value)]),
            Kind::ValueValidation => self.unusable(&argument, &value, &reason),
            Kind::TooManyValues | Kind::TooFewValues | Kind::WrongNumberOfValues | Kind::NoEquals => {
                self.say("wrong_count", &[("argument", &argument)])
            }
            Kind::InvalidUtf8 => self.say("not_utf8", &[]),
            _ => Message::both(refused.to_string(), refused.to_string()),
        };
        let of_suggestions = [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];
        let meant: Vec<String> = of_suggestions.into_iter().flat_map(of).map(|own| short(&own)).collect();
        let wrong = [&command, &argument, &value].into_iter().find(|own| !own.is_empty()).map_or("", String::as_str);
        let hint = match closest(wrong, meant.iter().map(String::as_str)).or(meant.first().map(String::as_str)) {
            Some(meant) => self.say("did_you_mean", &[("value", meant)]),
            None if !known.is_empty() => self.say("one_of", &[("list", &list(&known))]),
            None => self.say("see_help", &[("command", name)]),
        };
        CommandRefusal::Wrong { message, hint }
    }

    /// A value that is none of its argument: no day, no number, one out of range, or what its reader says.
    fn unusable(&self, argument: &str, value: &str, reason: &str) -> Message {
        let of_library = [
            ("no_day", &[NO_DAY][..]),
            ("no_number", &["invalid digit found in string", "cannot parse integer from empty string"][..]),
            ("no_name_and_value", &["NAME=VALUE"][..]),
            ("no_name_and_file", &["NAME=FILE"][..]),
        ];
        let known = of_library.iter().find(|(_, theirs)| theirs.contains(&reason)).map(|(id, _)| *id);
        let range = reason.split_once(" is not in ").and_then(|(_, range)| range.split_once("..="));
        match (known, range) {
            (Some(id), _) => self.say(id, &[("argument", argument), ("value", value)]),
            (None, Some((least, most))) => {
                self.say("out_of_range", &[("argument", argument), ("value", value), ("least", least), ("most", most)])
            }
            (None, None) => self.say("invalid_value_why", &[("argument", argument), ("value", value), ("reason", reason)]),
        }
    }

    fn say(&self, id: &str, fields: &[(&str, &str)]) -> Message {
        let fill = |text: &str| fields.iter().fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value));
        self.refusals.get(id).map_or_else(|| id.into(), |phrase| Message::both(fill(&phrase.vi), fill(&phrase.en)))
    }

    /// Help as text, the words that the library puts in said in ours.
    fn plain(&self, help: StyledStr, lang: Lang) -> String {
        let own = [
            ("[OPTIONS]", format!("[{}]", self.word("options_of_usage", lang))),
            ("[aliases:", format!("[{}:", self.word("aliases", lang))),
        ];
        own.iter().fold(help.to_string(), |text, (theirs, ours)| text.replace(theirs, ours))
    }
}

/// An argument without what it takes: `--year` of `--year <YEAR>`.
fn short(argument: &str) -> String {
    argument.split([' ', '=']).next().unwrap_or(argument).to_owned()
}

/// The command that arguments name, as far as they name one: its help says more.
fn command_in(program: &Command, arguments: &[OsString]) -> String {
    let (mut command, mut name) = (program, PROGRAM.to_owned());
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        if let Some(below) = command.find_subcommand(word) {
            name = format!("{name} {}", below.get_name());
            command = below;
        }
    }
    name
}

fn texts_of(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::String(text) => vec![text.clone()],
        ContextValue::Strings(texts) => texts.clone(),
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command and argument has its words in both languages, and no words are left over.
    #[test]
    fn the_file_says_every_command_and_argument() {
        let texts: CommandLine = toml::from_str(FILE).unwrap();
        let (mut lacking, mut used) = (Vec::new(), std::collections::BTreeSet::new());
        let mut waiting = vec![(PROGRAM.to_owned(), texts.command(Lang::Vi))];
        while let Some((name, command)) = waiting.pop() {
            match texts.commands.get(&name) {
                Some(text) if !text.vi.is_empty() && !text.en.is_empty() && text.more_vi.is_empty() == text.more_en.is_empty() => {}
                _ => lacking.push(name.clone()),
            }
            for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
                let id = arg.get_id().to_string();
                let own = texts.commands.get(&name).and_then(|text| text.arguments.get(&id));
                used.insert(if own.is_some() { format!("{name} {id}") } else { id.clone() });
                if own.or_else(|| texts.arguments.get(&id)).is_none_or(|text| text.vi.is_empty() || text.en.is_empty()) {
                    lacking.push(format!("{name} {id}"));
                }
            }
            for below in command.get_subcommands() {
                let own = if name == PROGRAM { below.get_name().to_owned() } else { format!("{name} {}", below.get_name()) };
                waiting.push((own, below.clone()));
            }
        }
        assert!(lacking.is_empty(), "{lacking:?}");
        let told = texts.arguments.keys().cloned();
        let told = told.chain(texts.commands.iter().flat_map(|(name, text)| text.arguments.keys().map(move |id| format!("{name} {id}"))));
        let idle: Vec<String> = told.filter(|told| !used.contains(told)).collect();
        assert!(idle.is_empty() || cfg!(not(feature = "sql")), "{idle:?}");
    }

    #[test]
    fn the_language_is_known_before_arguments_are_read() {
        let words = |text: &str| text.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(language_of(&words("tkgd run --lang en")), Lang::En);
        assert_eq!(language_of(&words("tkgd --lang=en run")), Lang::En);
        assert_eq!(language_of(&words("tkgd run en")), Lang::Vi);
    }
}
