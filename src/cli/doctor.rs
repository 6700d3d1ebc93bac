//! `tkgd doctor`: a diagnosis of the program, the machine and the workspace.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::jobs::{DoctorRequest, diagnose, diagnosis_json, diagnosis_text};

#[derive(Debug, clap::Args)]
pub struct DoctorArgs {
    /// The workspace; otherwise it is looked for from here upwards.
    folder: Option<PathBuf>,
}

pub fn run(args: &DoctorArgs, context: &Context) -> Exit {
    let diagnosis = diagnose(&DoctorRequest { folder: args.folder.clone(), schemas: context.schemas_folder.clone(), on: None });
    print(&if context.json { diagnosis_json(&diagnosis, context.lang) } else { diagnosis_text(&diagnosis, context.lang) });
    if diagnosis.is_fine() { Exit::Fine } else { Exit::Findings }
}
