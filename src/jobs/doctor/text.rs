//! A diagnosis for a screen, which is sent along with the report of a fault as it stands, and for programs.

use std::fmt::Write as _;

use serde::Serialize;

use super::{Diagnosis, DiagnosisPoint, DiagnosisState, DiagnosisSubject};
use crate::base::message::{Lang, Message, message};
use crate::jobs::show::json_of;

/// A diagnosis for programs.
#[derive(Serialize)]
struct DiagnosisRecord {
    ok: bool,
    points: Vec<PointRecord>,
}

/// A point in words.
#[derive(Serialize)]
struct PointRecord {
    point: DiagnosisSubject,
    state: DiagnosisState,
    found: String,
    hint: Option<String>,
}

/// The diagnosis as JSON.
#[must_use]
pub fn diagnosis_json(diagnosis: &Diagnosis, lang: Lang) -> String {
    let record = |point: &DiagnosisPoint| PointRecord {
        point: point.subject,
        state: point.state,
        found: point.found.said(lang),
        hint: point.hint.as_ref().map(|hint| hint.said(lang)),
    };
    json_of(&DiagnosisRecord { ok: diagnosis.is_fine(), points: diagnosis.points.iter().map(record).collect() })
}

/// The diagnosis, a line or two for each point.
#[must_use]
pub fn diagnosis_text(diagnosis: &Diagnosis, lang: Lang) -> String {
    let mut out = String::new();
    for DiagnosisPoint { subject, state, found, hint } in &diagnosis.points {
        let (state, subject) = (Message::of_family("doctor.state", state.id()), Message::of_family("doctor.subject", subject.id()));
        let _ = writeln!(out, "[{}] {}: {}", state.said(lang), subject.said(lang), found.said(lang));
        if let Some(hint) = hint {
            let _ = writeln!(out, "    {}: {}", message!("base.hint").said(lang), hint.said(lang));
        }
    }
    let end = if diagnosis.is_fine() { message!("doctor.all_fine") } else { message!("doctor.see_hints") };
    let _ = writeln!(out, "\n{}\n{}", end.said(lang), message!("doctor.send_this").said(lang));
    out
}
