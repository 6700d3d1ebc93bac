//! The whole job: a pipeline file in, findings, reports and archive out.
//!
//! The only module that knows all stages. Everything is written aside and put
//! in place at the end, so a run that is interrupted leaves what was there.

mod ad_hoc;
mod check_files;
mod compare;
mod explain;
mod figures;
mod file;
mod held;
mod inputs;
mod keep;
mod kept;
mod ledger;
mod lists;
mod reconcile;
mod release;
mod register_lint;
mod register_of_list;
mod reports;
mod returned;
mod run;
mod sample_files;
mod session;
mod show;
mod show_figures;
mod stage;
mod states;
mod summary;
mod telling;
mod templates;
mod texts;
mod unit_reports;
mod workspace;
mod yearly;

pub use ad_hoc::{AdHocRequest, IndicatorRequest, ad_hoc_report, report_book, term_indicators};
pub use check_files::{Checked, check_files};
pub use compare::{
    CompareRequest, CompareTarget, ComparedUnits, Comparison, Comparisons, Subject, compare_archived, compared_json, compared_text,
};
pub use explain::{Compared, ExplainRequest, Explanation, explain_figure, explained_html, explained_json, explained_text};
pub use figures::{FigureSource, Figures};
pub use file::{Inputs, Outputs, Pipeline, PipelineFile};
pub use inputs::circular;
pub use ledger::{
    LedgerAct, LedgerAnswer, StatusRecord, StatusRequest, TermStatus, act, answer, answers_from, history, history_text, reminders_xlsx,
    status_text, status_xlsx, term_status, verified,
};
pub use lists::list_table;
pub use reconcile::{
    Counts, ReconcileRequest, Reconciled, SourceName, SourceRequest, reconcile_sources, reconciled_json, reconciled_text, write_reconciled,
};
pub use register_lint::{RegisterLook, look_at_register};
pub use register_of_list::{ColumnText, ListWish, MadeRegister, TakenColumn, TopUnit, register_of_list};
pub use release::{Rebuilt, ReleaseKind, ReleaseRequest, ReleaseTexts, Released, rebuild, release};
pub use reports::{ReportJob, report_bytes};
pub use returned::{NotAnnotated, ReturnRequest, Returned, return_workbooks};
pub use run::{Look, RunContext, RunResult, run};
pub use sample_files::{SampleRequest, sample_files, sample_history_files};
pub use session::Session;
pub use show::{NumberRecord, findings_digest, json_of, write_findings_json};
pub use show_figures::{IndicatorRecord, indicator_records, indicators_csv, indicators_text};
pub use stage::{JobStage, Progress, Silent};
pub use states::{ArchiveRequest, older_first, option_day};
pub use summary::{FormSummary, Summary};
pub use templates::{TemplateRequest, Templates, write_templates};
pub use texts::Texts;
pub use unit_reports::report_only;
pub use workspace::{NewWorkspace, RegisterFile, workspace_files};
