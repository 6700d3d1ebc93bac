//! Any text as a question over an empty archive: it is answered or refused, and names nothing outside.
#![no_main]

use std::path::Path;
use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use tkgd::archive::{Shelf, View};
use tkgd::query::sql::{Asked, Catalogue, Session};
use tkgd::schema::Schemas;

struct Known {
    schemas: Schemas,
    catalogue: Catalogue,
    shelf: Shelf,
}

fuzz_target!(|sql: &str| {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    let known = KNOWN.get_or_init(|| {
        let schemas = Schemas::load(None).unwrap();
        let catalogue = Catalogue::load(&schemas).unwrap();
        Known { schemas, catalogue, shelf: Shelf::open(Path::new("no-archive"), View::Published).unwrap() }
    });
    let session = Session::open(&known.schemas, &known.catalogue, &known.shelf, &Asked::default()).unwrap();
    // What passes the door only names what is known; the engine may still not know how to answer.
    let _ = session.ask(sql);
});
