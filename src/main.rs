//! The program: parse, run, print the error, return the code.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::sync::Mutex;

use clap::Parser as _;
use tkgd::capped::CappedAlloc;
use tkgd::cli::{Cli, Exit, visible_arguments};
use tkgd::finding::Lang;
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
    let cli = Cli::parse_from(visible_arguments(std::env::args_os()));
    if let Some(memory) = cli.reader_memory() {
        CappedAlloc::limit(memory);
    }
    let lang = cli.lang();
    let exit = match catch_unwind(AssertUnwindSafe(|| cli.run())) {
        Ok(Ok(exit)) => exit,
        Ok(Err(error)) => {
            let message = if lang == Lang::Vi { error.message_vi() } else { error.to_string() };
            eprintln!("{}: {}", lang.pick("lỗi", "error"), printable(&message));
            if let Some(hint) = error.hint() {
                eprintln!("{}: {}", lang.pick("gợi ý", "hint"), printable(lang.pick(&hint.vi, &hint.en)));
            }
            Exit::Failed
        }
        Err(_) => {
            let said = LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default();
            eprintln!("{}: {said}", lang.pick("lỗi của chương trình, xin báo lại", "this is a bug of tkgd, please report it"));
            Exit::Failed
        }
    };
    ExitCode::from(exit.code())
}
