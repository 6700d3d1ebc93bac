//! Points of a diagnosis that need no workspace: program, machine, schemas, space, fonts.

use std::path::Path;

use super::DiagnosisPoint as Point;
use super::DiagnosisSubject as Subject;
use crate::base::machine::{Machine, free_space, has_font_file};
use crate::base::message::{Message, message};
use crate::forms::{Schemas, lint};
use crate::present::FONT;

/// Files of the font of workbooks, as systems name them.
const FONT_FILES: [&str; 3] = ["times.ttf", "Times New Roman.ttf", "Times_New_Roman.ttf"];
/// Less space than this is a problem: outputs of a province with all its workbooks take some hundred megabytes.
const LEAST_SPACE: u64 = 1 << 30;

/// Version, system it was built for, features.
pub fn program() -> Point {
    let kind = if cfg!(target_env = "musl") {
        "-musl"
    } else if cfg!(target_env = "msvc") {
        "-msvc"
    } else if cfg!(target_env = "gnu") {
        "-gnu"
    } else {
        ""
    };
    let target = format!("{}-{}{kind}", std::env::consts::ARCH, std::env::consts::OS);
    let build = if cfg!(debug_assertions) { message!("doctor.build_for_tests") } else { message!("doctor.build_for_use") };
    let sql = if cfg!(feature = "sql") { message!("doctor.with_sql") } else { message!("doctor.without_sql") };
    Point::fine(Subject::Program, message!("doctor.program", version = env!("CARGO_PKG_VERSION"), target, build, sql))
}

/// System, processors, memory.
pub fn system() -> Point {
    let Machine { system, processors, memory } = Machine::this();
    Point::fine(Subject::System, message!("doctor.system", system, processors, memory = size(memory)))
}

/// Circulars with their numbers of forms, and problems of the files.
pub fn schemas(folder: Option<&Path>) -> Point {
    let hint = || message!("doctor.see_schema_lint");
    let Ok(schemas) = Schemas::load(folder) else {
        return Point::problem(Subject::Schemas, message!("doctor.schemas_unreadable"), hint());
    };
    let forms_of = |id: &str| schemas.forms.iter().filter(|form| *form.circular == *id).count();
    let circulars: Vec<String> = schemas.regulations.iter().map(|own| format!("{} ({})", own.id, forms_of(&own.id))).collect();
    let circulars = circulars.join(", ");
    let problems = lint(&schemas).len();
    match folder {
        _ if problems > 0 => Point::problem(Subject::Schemas, message!("doctor.schemas_problems", circulars, problems), hint()),
        Some(_) => Point::fine(Subject::Schemas, message!("doctor.schemas_with_folder", circulars)),
        None => Point::fine(Subject::Schemas, message!("doctor.schemas_built_in", circulars)),
    }
}

/// Space left where outputs go.
pub fn space(output: &Path) -> Point {
    match free_space(output) {
        None => Point::not_known(Subject::Space, message!("doctor.space_not_known")),
        Some(left) if left < LEAST_SPACE => Point::problem(
            Subject::Space,
            message!("doctor.space", left = size(left)),
            message!("doctor.make_space", least = size(LEAST_SPACE)),
        ),
        Some(left) => Point::fine(Subject::Space, message!("doctor.space", left = size(left))),
    }
}

/// Font that workbooks ask for.
pub fn fonts() -> Point {
    if has_font_file(&FONT_FILES) {
        return Point::fine(Subject::Fonts, message!("doctor.font_there", font = FONT));
    }
    let point = Point::not_known(Subject::Fonts, message!("doctor.font_not_known", font = FONT));
    Point { hint: Some(message!("doctor.font_substitute")), ..point }
}

/// Bytes as people say them.
fn size(bytes: u64) -> Message {
    if bytes < 10 << 30 {
        message!("doctor.megabytes", megabytes = bytes >> 20)
    } else {
        message!("doctor.gigabytes", gigabytes = bytes >> 30)
    }
}
