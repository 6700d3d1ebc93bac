//! Any text as a pipeline.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tkgd::pipeline::Pipeline;

fuzz_target!(|text: &str| {
    let path = std::env::temp_dir().join(format!("tkgd-fuzz-{}.toml", std::process::id()));
    std::fs::write(&path, text).unwrap();
    if let Ok(pipeline) = Pipeline::open(&path) {
        let _ = (pipeline.output(), pipeline.archive(), pipeline.key().to_string());
    }
});
