//! Diagnosis of the program, its machine and the workspace: for whoever looks for a fault, and to be sent along with the report of
//! one. No name of a person, a unit, a file or a folder gets into it.

mod program;
mod text;
mod workspace;

use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use crate::base::message::Message;

pub use text::{diagnosis_json, diagnosis_text};

/// Request for a diagnosis.
#[derive(Debug, Clone, Default)]
pub struct DoctorRequest {
    /// The workspace; the nearest one from where the program runs otherwise.
    pub folder: Option<PathBuf>,
    /// Folder of schemas over those that are built in.
    pub schemas: Option<PathBuf>,
    /// The day; today otherwise.
    pub on: Option<NaiveDate>,
}

/// Points that a diagnosis goes through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosisSubject {
    /// The program: version, how it was built.
    Program,
    /// The machine and its system.
    System,
    /// Circulars and forms.
    Schemas,
    /// The workspace and its term.
    Workspace,
    /// The lock of the workspace.
    Lock,
    /// The ledgers.
    Ledger,
    /// The archive.
    Archive,
    /// Space left where outputs go.
    Space,
    /// Fonts that workbooks ask for.
    Fonts,
}

impl DiagnosisSubject {
    /// All of them.
    pub const ALL: [Self; 9] =
        [Self::Program, Self::System, Self::Schemas, Self::Workspace, Self::Lock, Self::Ledger, Self::Archive, Self::Space, Self::Fonts];

    /// The name used in data and texts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Program => "program",
            Self::System => "system",
            Self::Schemas => "schemas",
            Self::Workspace => "workspace",
            Self::Lock => "lock",
            Self::Ledger => "ledger",
            Self::Archive => "archive",
            Self::Space => "space",
            Self::Fonts => "fonts",
        }
    }
}

/// State of a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DiagnosisState {
    /// Nothing is wrong.
    Fine,
    /// Nobody can tell on this machine.
    NotKnown,
    /// Something is to be done.
    Problem,
}

impl DiagnosisState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fine, Self::NotKnown, Self::Problem];

    /// The name used in data and texts.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::NotKnown => "not_known",
            Self::Problem => "problem",
        }
    }
}

/// A point of a diagnosis.
#[derive(Debug, Clone)]
pub struct DiagnosisPoint {
    /// Subject.
    pub subject: DiagnosisSubject,
    /// State.
    pub state: DiagnosisState,
    /// Facts found.
    pub found: Message,
    /// Advice, where something is to be done or to be known.
    pub hint: Option<Message>,
}

/// A diagnosis.
#[derive(Debug, Clone)]
pub struct Diagnosis {
    /// Its points, in the order of the subjects.
    pub points: Vec<DiagnosisPoint>,
}

impl Diagnosis {
    /// True where nothing is to be done.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        self.points.iter().all(|point| point.state != DiagnosisState::Problem)
    }
}

impl DiagnosisPoint {
    fn fine(subject: DiagnosisSubject, found: Message) -> Self {
        Self { subject, state: DiagnosisState::Fine, found, hint: None }
    }

    fn not_known(subject: DiagnosisSubject, found: Message) -> Self {
        Self { subject, state: DiagnosisState::NotKnown, found, hint: None }
    }

    fn problem(subject: DiagnosisSubject, found: Message, hint: Message) -> Self {
        Self { subject, state: DiagnosisState::Problem, found, hint: Some(hint) }
    }
}

/// Looks at the program, the machine and the workspace. Nothing is written, and nothing that is wrong keeps the rest from being looked at.
#[must_use]
pub fn diagnose(request: &DoctorRequest) -> Diagnosis {
    let mut points = vec![program::program(), program::system(), program::schemas(request.schemas.as_deref())];
    let looked = workspace::workspace(request);
    points.extend(looked.points);
    points.push(program::space(&looked.output));
    points.push(program::fonts());
    Diagnosis { points }
}
