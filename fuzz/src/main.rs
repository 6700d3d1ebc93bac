//! One program for all targets: `TKGD_FUZZ=sql tkgd-fuzz fuzz/corpus/sql -max_total_time=60`.
//!
//! The fuzzer aborts on every panic, also on those of libraries that the program survives on purpose. Here only a
//! panic that leaves a target counts.
#![no_main]

mod targets;

use std::panic::{AssertUnwindSafe, PanicHookInfo, catch_unwind, set_hook};
use std::sync::{Mutex, OnceLock};

use libfuzzer_sys::fuzz_target;

/// What the last panic said, and where it was.
static LAST: Mutex<String> = Mutex::new(String::new());

fn remember(panic: &PanicHookInfo<'_>) {
    if let Ok(mut last) = LAST.lock() {
        *last = panic.to_string();
    }
}

/// The target that was asked for.
fn target() -> fn(&[u8]) {
    static TARGET: OnceLock<fn(&[u8])> = OnceLock::new();
    *TARGET.get_or_init(|| {
        set_hook(Box::new(remember));
        let name = std::env::var("TKGD_FUZZ").unwrap_or_default();
        let found = targets::TARGETS.iter().find(|(known, _)| *known == name);
        let Some((_, target)) = found else {
            let known: Vec<&str> = targets::TARGETS.iter().map(|(name, _)| *name).collect();
            eprintln!("TKGD_FUZZ names one of {}", known.join(", "));
            std::process::exit(2);
        };
        *target
    })
}

fuzz_target!(|bytes: &[u8]| {
    let target = target();
    if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
        eprintln!("{}", LAST.lock().map(|last| last.clone()).unwrap_or_default());
        std::process::abort();
    }
});
