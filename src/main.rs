//! The program: parse, run, print the error, return the code.

mod capped;

use std::process::ExitCode;

use clap::Parser as _;
use tkgd::cli::{Cli, Exit};

#[global_allocator]
static ALLOCATOR: capped::CappedAlloc = capped::CappedAlloc;

/// Memory of the child that reads formats whose readers can abort.
const READER_MEMORY: usize = 2 << 30;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.is_reader() {
        capped::CappedAlloc::limit(READER_MEMORY);
    }
    let lang = cli.lang();
    let exit = cli.run().unwrap_or_else(|error| {
        eprintln!("{}: {error}", lang.pick("lỗi", "error"));
        if let Some(hint) = error.hint() {
            eprintln!("{}: {hint}", lang.pick("gợi ý", "hint"));
        }
        Exit::Failed
    });
    ExitCode::from(exit.code())
}
