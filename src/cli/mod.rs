//! The command line: one file per command, words in Vietnamese, exit codes 0, 1, 2.

mod answer;
mod archive;
mod check;
mod compare;
mod completions;
mod doctor;
mod explain;
mod indicators;
mod init;
mod ledger;
mod man;
mod new_year;
mod options;
mod plan;
mod program;
mod progress;
#[cfg_attr(not(feature = "sql"), path = "ask_without_sql.rs")]
mod ask;
#[cfg_attr(not(feature = "sql"), path = "query_without_sql.rs")]
mod query;
mod reconcile;
mod release;
mod report;
mod returned;
mod rules;
mod run;
mod sample;
mod schema;
mod standing;
mod status;
mod table;
mod template;
mod timings;
mod typed_names;
mod units;
mod words;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::NaiveDate;
use clap::{Parser, Subcommand, ValueEnum};

use self::options::PipelineArgs;
use self::progress::Bars;
use crate::base::disk::{KeptFile, OutputRules, hold_as};
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::text::is_invisible;
use crate::findings::{Finding, Severity, Verdict};
use crate::forms::Schemas;
use crate::jobs::Session;
use crate::ledger::Stamp;
use crate::privacy::printable;
use crate::workbooks::Isolation;
use crate::workspace::{ArchiveRequest, FoundWorkspace, Pipeline, SettingsSchema, choose};

pub use program::program;
pub use words::{CommandRefusal, command_in_words};

pub use answer::{JSON_VERSION, write as write_answer};

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Nothing at error severity.
    Fine,
    /// The data has errors.
    Findings,
    /// The work could not be done.
    Failed,
}

impl Exit {
    /// The code the system sees.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Findings => 1,
            Self::Failed => 2,
        }
    }

    /// Exit 1 when any finding is a failure at error severity that nobody has accepted.
    #[must_use]
    pub fn of(findings: &[Finding]) -> Self {
        let is_error = |f: &Finding| f.verdict == Verdict::Fail && f.severity == Severity::Error && f.closed.is_none();
        if findings.iter().any(is_error) { Self::Findings } else { Self::Fine }
    }
}

/// Vietnam's periodic education statistics, on the command line.
#[derive(Debug, Parser)]
#[command(name = "tkgd", version, about, long_about = None, disable_help_subcommand = true)]
pub struct Cli {
    /// Language: vi or en.
    #[arg(long, global = true, value_enum, default_value = "vi")]
    lang: LangArg,
    /// Format of the output: text or json.
    #[arg(long, global = true, value_enum, default_value = "text")]
    format: FormatArg,
    /// Folder of forms that replace (or add to) those of the program.
    #[arg(long, global = true)]
    schemas: Option<PathBuf>,
    /// Replace files, too, that are there already and were not written by tkgd.
    #[arg(long, global = true)]
    replace: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LangArg {
    Vi,
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FormatArg {
    Text,
    Json,
    /// Of `query` only.
    #[value(hide = true)]
    Csv,
    /// Of `query` only.
    #[value(hide = true)]
    Xlsx,
    /// Of `query` only.
    #[value(hide = true)]
    Parquet,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a workspace: a register of units and a sample pipeline.
    #[command(alias = "khoi-tao")]
    Init(Box<init::InitArgs>),
    /// Open the next school year in a workspace: settings moved on, the register checked, folders for returns.
    #[command(alias = "nam-hoc-moi")]
    NewYear(new_year::NewYearArgs),
    /// Do a whole term: read, check, add up, write reports, archive.
    #[command(aliases = ["chay", "tong-hop"])]
    Run(run::RunArgs),
    /// Check form workbooks without a register.
    #[command(alias = "kiem-tra")]
    Check(check::CheckArgs),
    /// Indicators of a term by place: value, numerator, denominator, coverage.
    #[command(alias = "chi-tieu")]
    Indicators(indicators::IndicatorsArgs),
    /// Write official workbooks of a few units, or a report of your own.
    #[command(alias = "xuat-bieu")]
    Report(report::ReportArgs),
    /// Give workbooks back to schools: copies of what they sent, with cells to be mended coloured and commented, and a note of one page.
    #[command(alias = "tra-lai")]
    Return(returned::ReturnedArgs),
    /// Compare two sources cell by cell: schools with the official system; say which school has to mend which cell.
    #[command(alias = "doi-chieu")]
    Reconcile(Box<reconcile::ReconcileArgs>),
    /// Ask for a figure in plain words: what, of whom, where, when.
    #[command(alias = "hoi")]
    Ask(Box<ask::AskArgs>),
    /// Ask the archive in SQL or by a ready question: by unit, place, level of education, over the years.
    #[command(alias = "truy-van")]
    Query(Box<query::QueryArgs>),
    /// Compare two terms, two releases, two school years or two units: cells that changed, totals, units that are new, gone, renamed.
    #[command(alias = "so-sanh")]
    Compare(compare::CompareArgs),
    /// Trace a figure: from the total to every unit and every cell; why it is not what it was.
    #[command(alias = "truy-nguon")]
    Explain(explain::ExplainArgs),
    /// Write blank workbooks for schools: unit and term filled in, totals locked, figures checked while they are typed.
    #[command(alias = "bieu-trong")]
    Template(template::TemplateArgs),
    /// Who has sent, who has not, what is late, what is still to be mended.
    #[command(alias = "tinh-trang")]
    Status(status::StatusArgs),
    /// The ledger: returned, approved, locked, reopened, explained; only added to, never changed.
    #[command(alias = "so-theo-doi")]
    Ledger(ledger::LedgerArgs),
    /// Check any tables by a file of rules: right, wrong, or not to be decided.
    #[command(alias = "bang")]
    Table(table::TableArgs),
    /// Publish a term: run it, then keep it as a release that never changes, with everything it was made from.
    #[command(alias = "chot")]
    Release(release::ReleaseArgs),
    /// The archive: its releases, whether they are whole, made again.
    #[command(alias = "kho")]
    Archive(archive::ArchiveArgs),
    /// Show and check forms.
    #[command(alias = "bieu-mau")]
    Schema(schema::SchemaArgs),
    /// Print how cells are counted from records, as SQL for DuckDB, Spark or Trino.
    #[command(alias = "cach-dem")]
    Plan(plan::PlanArgs),
    /// List the rules, or explain one.
    #[command(alias = "quy-tac")]
    Rules(rules::RulesArgs),
    /// The register of units: checked before it is used.
    #[command(alias = "don-vi")]
    Units(units::UnitsArgs),
    /// Make a synthetic province to try: register, workbooks of schools, pipeline.
    #[command(alias = "du-lieu-mau")]
    Sample(sample::SampleArgs),
    /// Diagnosis of the program, the machine and the workspace, for the report of a fault.
    #[command(alias = "chan-doan")]
    Doctor(doctor::DoctorArgs),
    /// Script that lets a shell complete commands and options.
    #[command(alias = "goi-y-lenh")]
    Completions(completions::CompletionsArgs),
    /// Manual page of the program or of a command.
    #[command(alias = "trang-man")]
    Man(man::ManArgs),
    /// Reads one workbook from standard input where a crash does no harm; used by tkgd itself.
    #[command(name = "read-isolated", hide = true)]
    ReadIsolated {
        /// Only see whether this table can be read to its end.
        #[arg(long)]
        table: Option<PathBuf>,
    },
}

/// The archive where the program runs, unless told otherwise.
const ARCHIVE: &str = "archive";
/// Memory of the child that reads formats whose readers can abort.
const READER_MEMORY: usize = 1 << 30;
/// Words of the command that people see who wait for a lock: what is done, and to what.
const SHOWN_WORDS: usize = 2;
/// How much larger a table is in memory than packed on the disk.
const USUAL_RATIO: usize = 16;

/// Setting that every command gets besides its own arguments.
#[derive(Clone)]
struct Context {
    lang: Lang,
    json: bool,
    #[cfg_attr(not(feature = "sql"), expect(dead_code, reason = "of `query` only"))]
    format: FormatArg,
    schemas_folder: Option<PathBuf>,
    replace: bool,
    isolation: Isolation,
}

impl Context {
    fn schemas(&self) -> Result<Schemas> {
        Schemas::load(self.schemas_folder.as_deref())
    }

    /// Session for jobs, watched on the screen.
    fn session(&self) -> Result<Session> {
        let session = Session::open(self.schemas_folder.as_deref(), self.isolation.clone())?;
        Ok(session.in_language(self.lang).watched_by(Arc::new(Bars::new(self.lang))))
    }

    /// The path of the pipeline that a command means; says which term was taken where nobody named one.
    fn choose(&self, named: &PipelineArgs) -> Result<PathBuf> {
        let (schema, today) = (SettingsSchema::built_in()?, Stamp::now(None).on);
        let chosen = choose(named.pipeline.as_deref(), named.term.as_deref(), &schema, today)?;
        if let Some(period) = chosen.taken {
            let other = schema.terms.iter().find(|term| term.term != period.term).map(|term| term.id.clone()).unwrap_or_default();
            let (period, path, day) = (period.message(), chosen.path.display(), Message::day(today));
            let said = message!("settings.term_taken", period, path, day, other).said(self.lang);
            eprintln!("{}", printable(&typed_names::as_typed(&said)));
        }
        Ok(chosen.path)
    }

    /// The pipeline that a command means, with what was told to the command.
    fn pipeline(&self, named: &PipelineArgs) -> Result<Pipeline> {
        self.pipeline_at(&self.choose(named)?)
    }

    /// A pipeline by its path, with what was told to the command.
    fn pipeline_at(&self, path: &Path) -> Result<Pipeline> {
        let mut pipeline = Pipeline::open(path)?;
        pipeline.schemas.clone_from(&self.schemas_folder);
        pipeline.replace = self.replace;
        Ok(pipeline)
    }

    /// The pipeline that tells the archive where a command names neither and there is no `archive` where the program runs: that of
    /// the workspace.
    fn archive_pipeline() -> Result<Option<PathBuf>> {
        let schema = SettingsSchema::built_in()?;
        if Path::new(ARCHIVE).is_dir() || FoundWorkspace::nearest_folder(&schema).is_none() {
            return Ok(None);
        }
        let workspace = FoundWorkspace::nearest(&schema)?;
        Ok(Some(workspace.due(Stamp::now(None).on)?.path.clone()))
    }

    /// The archive that a command means, and its term where a pipeline is named: the term that is due in a workspace may have no
    /// figures yet.
    fn archive_request(archive: Option<&PathBuf>, pipeline: Option<&PathBuf>, as_of: Option<NaiveDate>) -> Result<ArchiveRequest> {
        let archive = if archive.is_none() && pipeline.is_none() { Some(Self::archive_folder(None)?) } else { archive.cloned() };
        Ok(ArchiveRequest { archive, pipeline: pipeline.cloned(), as_of })
    }

    /// The archive that a command means.
    fn archive_folder(named: Option<&PathBuf>) -> Result<PathBuf> {
        match named {
            Some(named) => Ok(named.clone()),
            None => Ok(Self::archive_pipeline()?
                .map(|path| Pipeline::open(&path))
                .transpose()?
                .map_or_else(|| ARCHIVE.into(), |own| own.archive())),
        }
    }

    /// Rules on what a command without a pipeline may write where.
    fn output_rules(&self) -> OutputRules {
        let rules = OutputRules::new(self.replace);
        match &self.schemas_folder {
            Some(folder) => rules.guarding(message!("screen.schemas"), folder),
            None => rules,
        }
    }

    /// Rules that keep away from an archive too.
    fn output_rules_beside(&self, archive: &Path) -> OutputRules {
        self.output_rules().guarding(message!("screen.archive"), archive)
    }

    /// Files that somebody had changed, a line each.
    fn kept_text(&self, kept: &[KeptFile]) -> String {
        let line = |kept: &KeptFile| {
            let path = kept.path.display();
            if kept.path == kept.kept_as {
                message!("screen.changed_left", path)
            } else {
                message!("screen.changed_kept", path, kept_as = kept.kept_as.display())
            }
        };
        kept.iter().map(|kept| line(kept).said(self.lang)).collect()
    }

    /// Files written and files kept, for a screen.
    fn written_text(&self, place: &Path, kept: &[KeptFile]) -> String {
        format!("{}: {}\n{}", message!("screen.written").said(self.lang), place.display(), self.kept_text(kept))
    }
}

/// The arguments without characters that print nothing, which codes copied from messages and sheets bring along; names of
/// what is on the disk stay as they are.
pub fn visible_arguments(arguments: impl IntoIterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments.into_iter().map(|argument| {
        let Some(text) = argument.to_str().filter(|text| text.chars().any(|c| is_invisible(c) || c == '\u{a0}')) else { return argument };
        let value = text.split_once('=').map_or(text, |(_, value)| value);
        if Path::new(text).exists() || Path::new(value).exists() {
            return argument;
        }
        let plain = |c: char| if c == '\u{a0}' { ' ' } else { c };
        text.chars().filter(|&c| !is_invisible(c)).map(plain).collect::<String>().trim_end().into()
    })
}

impl Cli {
    /// The language asked for.
    #[must_use]
    pub fn lang(&self) -> Lang {
        match self.lang {
            LangArg::Vi => Lang::Vi,
            LangArg::En => Lang::En,
        }
    }

    /// The memory that the hidden command may take that reads a file apart; none for every other command.
    #[must_use]
    pub fn reader_memory(&self) -> Option<usize> {
        let Some(Command::ReadIsolated { table }) = &self.command else { return None };
        let size = table.as_ref().and_then(|table| std::fs::metadata(table).ok()).map_or(0, |file| file.len());
        // A table is large itself, and packed.
        Some(READER_MEMORY.saturating_add(usize::try_from(size).unwrap_or(usize::MAX).saturating_mul(USUAL_RATIO)))
    }

    /// Does what was asked.
    ///
    /// # Errors
    /// When the work cannot be done; wrong data is [`Exit::Findings`] instead.
    pub fn run(self) -> Result<Exit> {
        hold_as(holder());
        let exit = self.answer()?;
        answer::unwritten().map_or(Ok(exit), Err)
    }

    fn answer(self) -> Result<Exit> {
        if self.format != FormatArg::Json {
            return self.work();
        }
        let writes_itself = matches!(self.command, Some(Command::Query(_) | Command::Ask(_)));
        answer::begin();
        let done = self.work();
        let said = answer::end();
        if done.is_ok() && !(writes_itself && said.is_empty()) {
            answer::write(&answer::as_json(&said));
        }
        done
    }

    /// True where the answer is to be JSON, errors too.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.format == FormatArg::Json
    }

    fn work(self) -> Result<Exit> {
        if !matches!(self.format, FormatArg::Text | FormatArg::Json) && !matches!(self.command, Some(Command::Query(_) | Command::Ask(_))) {
            let reason = message!("screen.command_knows_text_json");
            return Err(Error::config("--format", reason));
        }
        let context = Context {
            lang: self.lang(),
            json: self.format == FormatArg::Json,
            format: self.format,
            schemas_folder: self.schemas,
            replace: self.replace,
            isolation: Isolation::this_program(),
        };
        let Some(command) = self.command else { return standing::run(&context) };
        match command {
            Command::Init(args) => init::run(*args, &context),
            Command::NewYear(args) => new_year::run(&args, &context),
            Command::Run(args) => run::run(&args, &context),
            Command::Check(args) => check::run(&args, &context),
            Command::Indicators(args) => indicators::run(&args, &context),
            Command::Report(args) => report::run(&args, &context),
            Command::Return(args) => returned::run(&args, &context),
            Command::Reconcile(args) => reconcile::run(&args, &context),
            Command::Ask(args) => ask::run(&args, &context),
            Command::Query(args) => query::run(&args, &context),
            Command::Compare(args) => compare::run(&args, &context),
            Command::Explain(args) => explain::run(&args, &context),
            Command::Template(args) => template::run(&args, &context),
            Command::Status(args) => status::run(&args, &context),
            Command::Ledger(args) => ledger::run(&args, &context),
            Command::Table(args) => table::run(&args, &context),
            Command::Release(args) => release::run(&args, &context),
            Command::Archive(args) => archive::run(&args, &context),
            Command::Schema(args) => schema::run(&args, &context),
            Command::Plan(args) => plan::run(&args, &context),
            Command::Rules(args) => rules::run(&args, &context),
            Command::Units(args) => units::run(&args, &context),
            Command::Sample(args) => sample::run(&args, &context),
            Command::Doctor(args) => Ok(doctor::run(&args, &context)),
            Command::Completions(args) => Ok(completions::run(&args, &context)),
            Command::Man(args) => man::run(&args, &context),
            Command::ReadIsolated { table: Some(table) } => {
                crate::workbooks::probe_as_child(&table);
                Ok(Exit::Fine)
            }
            Command::ReadIsolated { table: None } => read_isolated(),
        }
    }
}

/// Who we are, for people who wait: the command, whose it is, on which machine.
fn holder() -> String {
    let words: Vec<String> = std::env::args_os().skip(1).take(SHOWN_WORDS).map(|word| word.to_string_lossy().into_owned()).collect();
    let user = ["USER", "USERNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let named = ["COMPUTERNAME", "HOSTNAME"].into_iter().find_map(|name| std::env::var(name).ok());
    let machine = named.or_else(|| Some(std::fs::read_to_string("/etc/hostname").ok()?.trim().to_owned()));
    let who: Vec<String> = user.into_iter().chain(machine).filter(|text| !text.is_empty()).collect();
    format!("tkgd {} ({}, {})", words.join(" "), who.join("@"), std::process::id())
}

/// Reads a workbook from standard input and answers as JSON.
fn read_isolated() -> Result<Exit> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    let limit = crate::ooxml::MAX_FILE + 1;
    std::io::stdin().take(limit).read_to_end(&mut bytes).map_err(|e| Error::io(Action::Read, "stdin", e))?;
    let answer = crate::workbooks::read_as_child(&bytes);
    let output = std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock());
    serde_json::to_writer(output, &answer).map_err(|e| Error::library(Action::Write, "stdout", e))?;
    Ok(Exit::Fine)
}

/// Prints a result to standard output, or keeps it for the one JSON value that was asked for.
fn print(text: &str) {
    // JSON is for programs, which know one name of a command.
    if text.starts_with(['{', '[']) { answer::say(text) } else { answer::say(&typed_names::as_typed(text)) }
}
