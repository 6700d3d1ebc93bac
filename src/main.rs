//! The program: its allocator, what becomes of a panic, and the command line.

use std::process::ExitCode;
use std::sync::Mutex;

use tkgd::base::capped::CappedAlloc;
use tkgd::cli::{program, visible_arguments};

#[global_allocator]
static ALLOCATOR: CappedAlloc = CappedAlloc;

/// Text of the last panic. A panic over one file becomes that file's finding and
/// prints nothing; only one that nobody caught is shown, as our bug.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

fn main() -> ExitCode {
    std::panic::set_hook(Box::new(|info| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = info.to_string();
        }
    }));
    let last_panic = || LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default();
    program(&visible_arguments(std::env::args_os()).collect::<Vec<_>>(), &last_panic)
}
