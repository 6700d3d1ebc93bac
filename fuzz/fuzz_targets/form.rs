//! Any text as the file of a form.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tkgd::schema::read_form;

fuzz_target!(|text: &str| {
    let _ = read_form("tt25-2024", "form.toml", text);
});
