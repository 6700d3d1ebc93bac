//! Any bytes as a list and as a register.
#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tkgd::ingest::{Isolation, read_table};
use tkgd::schema::Schemas;
use tkgd::units::{Register, Tree};

fuzz_target!(|bytes: &[u8]| {
    static SCHEMAS: OnceLock<Schemas> = OnceLock::new();
    let schemas = SCHEMAS.get_or_init(|| Schemas::load(None).unwrap());
    let path = std::env::temp_dir().join(format!("tkgd-fuzz-{}.csv", std::process::id()));
    std::fs::write(&path, bytes).unwrap();
    for heading in [None, Some(2)] {
        let Ok(table) = read_table(&path, None, heading, &Isolation::InProcess) else { continue };
        assert!(table.rows.iter().all(|row| row.line > 0));
        if let Ok(register) = Register::read(&table, &schemas.register) {
            let _ = Tree::as_at(&register, chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap());
        }
    }
});
