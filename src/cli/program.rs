//! Course of the program: it reads its arguments, does the command, shows an error, gives the code.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use super::answer::{error_json, failure_json};
use super::typed_names::{as_typed, remember};
use super::words::{CommandRefusal, asks_for, language_of};
use super::{Cli, Exit, write_answer};
use crate::base::capped::CappedAlloc;
use crate::base::error::Error;
use crate::base::message::{Lang, Message, message};
use crate::privacy::printable;

/// Does what arguments ask for, the program's name first. `last_panic` tells what a panic that nobody caught said.
#[must_use]
pub fn program(arguments: &[OsString], last_panic: &dyn Fn() -> String) -> ExitCode {
    remember(arguments);
    let cli = match Cli::read(arguments) {
        Ok(cli) => cli,
        Err(refused) => return show_refusal(&refused, arguments),
    };
    if let Some(memory) = cli.reader_memory() {
        CappedAlloc::limit(memory);
    }
    let (lang, is_json) = (cli.lang(), cli.is_json());
    let exit = match catch_unwind(AssertUnwindSafe(|| cli.run())) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            show_error(&error, lang, is_json);
            Exit::Failed
        }
        Err(_) => {
            let said = last_panic();
            if is_json {
                write_answer(&failure_json(&said, None));
            }
            eprintln!("{}: {said}", message!("base.bug_tkgd_please_report").said(lang));
            Exit::Failed
        }
    };
    ExitCode::from(exit.code())
}

fn show_error(error: &Error, lang: Lang, is_json: bool) {
    if is_json {
        write_answer(&error_json(error, lang));
    }
    show(&error.message(), error.hint().as_ref(), lang);
}

/// Shows a problem, and what helps.
fn show(message: &Message, hint: Option<&Message>, lang: Lang) {
    let shown = |text: &Message| printable(&as_typed(&text.said(lang))).into_owned();
    eprintln!("{}: {}", message!("base.error").said(lang), shown(message));
    if let Some(hint) = hint {
        eprintln!("{}: {}", message!("base.hint").said(lang), shown(hint));
    }
}

/// Help that was asked for, or what is wrong with the arguments.
fn show_refusal(refused: &CommandRefusal, arguments: &[OsString]) -> ExitCode {
    let lang = language_of(arguments);
    match refused {
        CommandRefusal::Help { text, is_asked: true } => {
            write_answer(text);
            return ExitCode::SUCCESS;
        }
        CommandRefusal::Help { text, is_asked: false } => eprint!("{text}"),
        CommandRefusal::Wrong { message, hint } => {
            if asks_for(arguments, "--format", "json") {
                write_answer(&failure_json(&message.said(lang), Some(&hint.said(lang))));
            }
            show(message, Some(hint), lang);
        }
    }
    ExitCode::from(Exit::Failed.code())
}
