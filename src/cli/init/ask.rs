//! Questions of `tkgd init` to somebody who sits before it: each with a default, taken by the Enter key.

use std::io::{BufRead, Write};
use std::path::PathBuf;

use super::InitArgs;
use crate::base::message::{Lang, message};
use crate::base::term::SchoolYear;
use crate::workspace::SettingsSchema;

/// Questions, and where answers come from.
pub struct Asking<'a> {
    /// Lines that are typed.
    pub answers: &'a mut dyn BufRead,
    /// The screen.
    pub screen: &'a mut dyn Write,
    /// Language of the questions.
    pub lang: Lang,
}

impl Asking<'_> {
    /// Asks for what the command does not say; an answer that cannot be used is asked for again.
    pub fn complete(&mut self, mut args: InitArgs, schema: &SettingsSchema, today: chrono::NaiveDate) -> InitArgs {
        if args.province.is_none() {
            args.province = Some(self.line(&message!("screen.ask_province").said(self.lang), ""));
        }
        while args.year.is_none() {
            let usual = schema.year_of(today).to_string();
            let answer = self.line(&message!("screen.ask_year").said(self.lang), &usual);
            args.year = answer.parse::<SchoolYear>().ok().map(|year| year.to_string());
        }
        while args.from.is_none() {
            let answer = self.line(&message!("screen.ask_list").said(self.lang), "");
            let path = PathBuf::from(answer.trim_matches('"'));
            if answer.is_empty() {
                break;
            }
            if path.is_file() {
                args.from = Some(path);
            } else {
                let _ = writeln!(self.screen, "{}", message!("screen.no_such_list", path = path.display()).said(self.lang));
            }
        }
        args
    }

    /// One answer; the default where nothing is typed or nobody is there any more.
    fn line(&mut self, question: &str, usual: &str) -> String {
        let shown = if usual.is_empty() { String::new() } else { format!(" [{usual}]") };
        let _ = write!(self.screen, "{question}{shown}: ").and_then(|()| self.screen.flush());
        let mut answer = String::new();
        let read = self.answers.read_line(&mut answer).unwrap_or(0);
        let answer = answer.trim();
        if read == 0 || answer.is_empty() { usual.to_owned() } else { answer.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, FromArgMatches as _};

    use super::*;

    fn ask(typed: &str, words: &[&str]) -> (InitArgs, String) {
        let command = InitArgs::augment_args(clap::Command::new("init"));
        let args = InitArgs::from_arg_matches(&command.get_matches_from(["init", "moi"].iter().chain(words))).unwrap();
        let (mut answers, mut screen) = (typed.as_bytes(), Vec::new());
        let today = chrono::NaiveDate::from_ymd_opt(2025, 10, 1).unwrap();
        let schema = SettingsSchema::built_in().unwrap();
        let args = Asking { answers: &mut answers, screen: &mut screen, lang: Lang::Vi }.complete(args, &schema, today);
        (args, String::from_utf8(screen).unwrap())
    }

    #[test]
    fn what_is_not_said_is_asked_for_until_it_can_be_used() {
        let (args, screen) = ask("Thanh Bình\n2025-2027\n\nkhong-co.xlsx\n\n", &[]);
        assert_eq!((args.province.as_deref(), args.year.as_deref(), args.from), (Some("Thanh Bình"), Some("2025-2026"), None));
        assert!(screen.matches("[2025-2026]").count() == 2 && screen.contains("khong-co.xlsx"), "{screen}");
        // Nothing is asked that the command says, and nobody is waited for who has gone.
        let (args, screen) = ask("", &["--province", "A", "--year", "2024-2025"]);
        assert_eq!((args.year.as_deref(), args.from), (Some("2024-2025"), None));
        assert!(!screen.contains("2025-2026"), "{screen}");
    }
}
