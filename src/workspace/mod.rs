//! The pipeline file as written and as resolved, which states a command is about, what a run keeps of its schemas; a new workspace.

pub mod collect;
mod counted;
pub mod file;
pub mod kept;
mod list_offices;
mod named;
mod new_workspace;
mod pipeline;
mod place;
mod register_of_list;
mod settings;
pub mod states;
mod written;

pub use collect::{Collected, Duplicates, Together, collect};
pub use counted::{RECORDS_DIFFER, WhereBoth};
pub use file::{CHECK_POINTS, Inputs, Outputs, PipelineFile, RecordInput, ReleaseRules};
pub use list_offices::TopUnit;
pub use named::{NamedByPipeline, NamedPlace};
pub use new_workspace::{NewWorkspace, RegisterFile, SettingsFile, department_name, return_note, workspace_files};
pub(crate) use pipeline::NOTE;
pub use pipeline::Pipeline;
pub use place::{ChosenPipeline, FoundPipeline, FoundWorkspace, PipelinePlace, choose, is_pipeline};
pub use register_of_list::{ColumnText, ListWish, MadeRegister, TakenColumn, is_list_of_units, register_of_list};
pub use settings::{Setting, Settings, SettingsSchema, TermName, settings_xlsx};
pub use states::{ArchiveRequest, older_first, option_day};
