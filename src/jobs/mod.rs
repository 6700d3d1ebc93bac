//! One room per job: what is asked for, what comes of it, how it is worked out, its faces for people and for programs.
//!
//! Everything is written aside and put in place at the end, so a job that is interrupted leaves what was there.

mod answered;
#[cfg(feature = "sql")]
mod ask;
mod archive;
mod check;
mod compare;
mod doctor;
mod explain;
mod feedback;
mod indicators;
mod inputs;
mod ledger;
mod lists;
mod new_workspace;
mod new_year;
mod plan;
#[cfg(feature = "sql")]
mod query;
mod reconcile;
mod release;
mod report;
mod reports;
mod rules;
mod run;
mod sample;
mod schema;
mod session;
mod show;
mod stage;
mod standing;
mod template;
mod texts;
mod units;

pub use archive::{
    ListedRelease, ListedReleases, RebuildRequest, TidiedArchive, clean_archive, list_releases, listed_releases_text, rebuild_release,
    rebuilt_text, repair_archive, verified_archive_text, verify_archive,
};
#[cfg(feature = "sql")]
pub use ask::{AskRequest, UnderstoodQuestion, answer_question, askable, understood_question};
pub use check::{Checked, check_files};
pub use compare::{
    CompareRequest, CompareTarget, ComparedUnits, Comparison, ComparisonSubject, Comparisons, compare_archived, compared_json,
    compared_text,
};
pub use doctor::{Diagnosis, DiagnosisPoint, DiagnosisState, DiagnosisSubject, DoctorRequest, diagnose, diagnosis_json, diagnosis_text};
pub use explain::{ComparedFigure, ExplainRequest, Explanation, explain_figure, explained_html, explained_json, explained_text};
pub use feedback::{FeedbackPackage, FeedbackRequest, NotAnnotated, return_workbooks};
pub use indicators::show::{IndicatorRecord, indicator_records, indicators_csv, indicators_text};
pub use indicators::{FigureSource, Figures};
pub use inputs::circular;
pub use inputs::source::{InputSource, SourceReader, SourceReturns};
pub use ledger::{
    BrokenEntry, DecisionTable, ExplanationWish, LedgerAct, LedgerAnswer, ReturnWish, StatusRecord, StatusRequest, TermStatus,
    VerifiedLedger, WrittenEntries, act, answer, answers_from, contacts, decide, decide_explanations, decisions_from, history,
    history_text, reminders_xlsx, returns_from, status_text, status_xlsx, term_status, verified_ledger, verified_ledger_text,
};
pub use lists::list_table;
pub use new_workspace::{NewWorkspaceRequest, RegisterListRequest, WrittenWorkspace, write_workspace};
pub use new_year::{NewYearRequest, OpenedYear, UnreleasedTerm, new_year};
pub use plan::{PlanRequest, plan_text};
#[cfg(feature = "sql")]
pub use query::{
    AnswerForm, AnswerPlace, AnsweredQuery, QueryRequest, QuerySetting, QuestionSource, answered_text, ask_archive, query_catalogue_json,
    query_catalogue_text,
};
pub use reconcile::{
    Counts, ReconcileRequest, Reconciled, SourceName, SourceRequest, reconcile_sources, reconciled_json, reconciled_text, write_reconciled,
};
pub use release::{CheckPoint, Checklist, Rebuilt, ReleaseKind, ReleaseRequest, ReleaseTexts, Released, kind_needed, rebuild, release};
pub use report::unit_reports::report_only;
pub use report::{AdHocRequest, IndicatorRequest, ad_hoc_report, report_book, term_indicators};
pub use reports::{ReportJob, report_bytes};
pub use rules::{ListedRules, RulesRequest, list_rules, rules_json, rules_text};
pub use run::summary::{FormSummary, Summary};
pub use run::{
    CausePlace, CauseRecord, FindingNames, RunContext, RunRequest, RunResult, RunView, cause_records, next_steps, rivals_text, run,
    run_text,
};
pub use sample::{RecordsRequest, SampleRequest, sample_files, sample_history_files, write_sample_records};
pub use schema::{
    ConfirmRequest, DraftTools, ImportRequest, Imported, MappingProposal, ReplacedForm, compare_forms, confirm_mapping, definitions_text,
    form_text, forms_text, import_form, schema_problems, schema_problems_text,
};
pub use session::Session;
pub use show::{NumberRecord, findings_digest, json_line, json_of, write_findings_json};
pub use stage::{JobStage, Progress, Silent};
pub use standing::{Standing, StandingCounts, StandingRelease, StandingRequest, StandingStep, standing, standing_json, standing_text};
pub use template::{TemplateRequest, Templates, write_templates};
pub use texts::Texts;
pub use units::{RegisterLook, RegisterSource, lint_units, look_at_register, register_look_json, register_look_text};
