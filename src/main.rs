//! The program: parse, run, print the error, return the code.

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;

use tkgd::capped::CappedAlloc;
use tkgd::cli::{Cli, Exit, Refusal, asks_for, error_json, failure_json, language_of, visible_arguments, write_answer};
use tkgd::message::{Lang, Message};
use tkgd::privacy::printable;

#[global_allocator]
static ALLOCATOR: CappedAlloc = CappedAlloc;

/// What the last panic said. A panic over one file becomes that file's finding and
/// prints nothing; only one that nobody caught is shown, as our bug.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = info.to_string();
        }
    }));
    let arguments: Vec<OsString> = visible_arguments(std::env::args_os()).collect();
    let cli = match Cli::read(&arguments) {
        Ok(cli) => cli,
        Err(refused) => return told(&refused, &arguments),
    };
    if let Some(memory) = cli.reader_memory() {
        CappedAlloc::limit(memory);
    }
    let (lang, is_json) = (cli.lang(), cli.is_json());
    let exit = match catch_unwind(AssertUnwindSafe(|| cli.run())) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            if is_json {
                write_answer(&error_json(&error, lang));
            }
            let message = error.message().said(lang);
            eprintln!("{}: {}", say("base.error", lang), printable(&message));
            if let Some(hint) = error.hint() {
                eprintln!("{}: {}", say("base.hint", lang), printable(&hint.said(lang)));
            }
            Exit::Failed
        }
        Err(_) => {
            let said = LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default();
            if is_json {
                write_answer(&failure_json(&said, None));
            }
            eprintln!("{}: {said}", say("base.bug_tkgd_please_report", lang));
            Exit::Failed
        }
    };
    ExitCode::from(exit.code())
}

/// A sentence without arguments.
fn say(id: &'static str, lang: Lang) -> String {
    Message::of(id, Vec::new()).said(lang)
}

/// Help that was asked for, or what is wrong with the arguments.
fn told(refused: &Refusal, arguments: &[OsString]) -> ExitCode {
    let lang = language_of(arguments);
    match refused {
        Refusal::Help { text, is_asked: true } => {
            write_answer(text);
            return ExitCode::SUCCESS;
        }
        Refusal::Help { text, is_asked: false } => eprint!("{text}"),
        Refusal::Wrong { message, hint } => {
            let (message, hint) = (message.said(lang), hint.said(lang));
            if asks_for(arguments, "--format", "json") {
                write_answer(&failure_json(&message, Some(&hint)));
            }
            eprintln!("{}: {}", say("base.error", lang), printable(&message));
            eprintln!("{}: {}", say("base.hint", lang), printable(&hint));
        }
    }
    ExitCode::from(Exit::Failed.code())
}
