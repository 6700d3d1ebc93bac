//! `tkgd query`: any question to the archive, in SQL or by the name of a ready one.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::progress::Bars;
use super::{Context, Exit, FormatArg, print};
use crate::archive::{ArchiveReader, Selection};
use crate::base::disk::abandon_outputs;
use crate::base::error::{Action, Error, Result};
use crate::base::input::read_text;
use crate::base::limits::{Limits, Stop, half_of_memory, within};
use crate::base::message::Message;
use crate::base::message::{Lang, message};
use crate::base::text::visible;
use crate::forms::Schemas;
use crate::jobs::{JobStage, Progress as _};
use crate::sql::{
    Answer, Asked, SqlSession, TableCatalogue, WrittenAnswer, catalogue_json, catalogue_text, handed_on_whole, questions_text, write_csv,
    write_json, write_parquet, write_text, write_xlsx_file, written_whole,
};
use crate::workspace::option_day;

/// Where an archive stands, unless told otherwise.
const ARCHIVE: &str = "archive";
/// Rows shown on the screen, unless told otherwise.
const SHOWN: u32 = 100;
/// Seconds a question may take, unless told otherwise.
const SECONDS: u64 = 300;
/// A week.
const MOST_SECONDS: u64 = 7 * 24 * 3600;
/// Memory a question may take where neither we nor the system tell.
const MEMORY: u64 = 4 << 30;

#[derive(Debug, Clone, clap::Args)]
pub struct QueryArgs {
    /// Question in SQL (SELECT …); not with --name, --file or --list. With --list: a view or table to show.
    sql: Option<String>,
    /// The archive.
    #[arg(long, default_value = ARCHIVE)]
    archive: PathBuf,
    /// A ready question.
    #[arg(long, conflicts_with_all = ["sql", "file"])]
    name: Option<String>,
    /// Parameter of a ready question; may be repeated.
    #[arg(long = "set", value_parser = set, requires = "name")]
    sets: Vec<(String, String)>,
    /// Read the question from a file.
    #[arg(long, conflicts_with = "sql")]
    file: Option<PathBuf>,
    /// List views, tables, columns, units of measure and ready questions.
    #[arg(long, conflicts_with_all = ["name", "file"])]
    list: bool,
    /// Answer as of what was released up to this day (to its end, in Vietnam), as in 2026-03-01.
    #[arg(long, conflicts_with_all = ["draft", "states"])]
    as_of: Option<String>,
    /// Use drafts of the last run in place of what is released.
    #[arg(long)]
    draft: bool,
    /// Only these states, as in 2025-2026-opening, 2025-2026-opening@2, 2024-2025-closing-after-retests; may be repeated.
    #[arg(long = "state")]
    states: Vec<String>,
    /// Ask a reporting stream of its own, as in qd4725-2022; otherwise the terms.
    #[arg(long, conflicts_with = "states")]
    stream: Option<String>,
    /// Write the answer to a file.
    #[arg(long)]
    out: Option<PathBuf>,
    /// Rows printed as text.
    #[arg(long, default_value_t = SHOWN)]
    rows: u32,
    /// Most time in seconds; beyond, it stops and writes nothing.
    #[arg(long, default_value_t = SECONDS, value_parser = clap::value_parser!(u64).range(1..=MOST_SECONDS))]
    timeout: u64,
    /// Most memory in MB; beyond, it stops and writes nothing. Otherwise half of the machine's.
    #[arg(long, value_parser = clap::value_parser!(u64).range(16..=1 << 30))]
    memory: Option<u64>,
}

fn set(text: &str) -> std::result::Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| "NAME=VALUE".to_owned())?;
    Ok((name.to_owned(), value.to_owned()))
}

pub fn run(args: &QueryArgs, context: &Context) -> Result<Exit> {
    if args.list {
        return list(args, context);
    }
    let rules = context.output_rules_beside(&args.archive);
    args.out.as_deref().map_or(Ok(()), |path| rules.check_file(path))?;
    let limits = Limits {
        time: Duration::from_secs(args.timeout),
        memory: args.memory.map_or_else(|| half_of_memory().unwrap_or(MEMORY), |megabytes| megabytes << 20),
    };
    let stop = Stop::default();
    let (own, at_work, working) = (args.clone(), context.clone(), stop.clone());
    let done = within(limits, &stop, move || answered(&own, &at_work, limits, working));
    if let Err(Error::Limit { .. }) = &done {
        // The work may still be at it and will not come to an end.
        abandon_outputs();
    }
    done
}

/// Asks, and writes the answer.
fn answered(args: &QueryArgs, context: &Context, limits: Limits, stop: Stop) -> Result<Exit> {
    let schemas = context.schemas()?;
    let catalogue = TableCatalogue::load(&schemas)?;
    let shelf = ArchiveReader::open(&args.archive, view(args)?)?;
    let session = open(args, &schemas, &catalogue, &shelf)?.within(limits.memory).until(stop);
    if session.states().is_empty() {
        return Err(nothing(args, &shelf));
    }
    let (title, sql) = question(args, &session, context.lang)?;
    let bars = Bars::new(context.lang);
    bars.start(JobStage::Query, 1);
    let answer = session.ask(&sql)?;
    let told = answer_to(args, context, answer, &title, &session, &schemas);
    bars.finish();
    told.map(|()| Exit::Fine)
}

fn open<'a>(args: &QueryArgs, schemas: &'a Schemas, catalogue: &'a TableCatalogue, shelf: &'a ArchiveReader) -> Result<SqlSession<'a>> {
    SqlSession::open(schemas, catalogue, shelf, &Asked { drafts: args.draft, states: args.states.clone(), stream: args.stream.clone() })
}

fn view(args: &QueryArgs) -> Result<Selection> {
    let Some(text) = &args.as_of else {
        return Ok(if args.draft { Selection::Working } else { Selection::Published });
    };
    // A moment of universal time, as releases note it, is taken as it is.
    if chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%SZ").is_ok() {
        return Ok(Selection::AsOf(text.clone()));
    }
    option_day("--as-of", text).map(Selection::as_of)
}

/// Why there is nothing to ask.
fn nothing(args: &QueryArgs, shelf: &ArchiveReader) -> Error {
    let drafts =
        ArchiveReader::open(shelf.folder(), Selection::Working).and_then(|all| all.states()).is_ok_and(|states| !states.is_empty());
    let hint = if args.as_of.is_some() {
        message!("screen.nothing_had_been_released")
    } else if drafts {
        message!("screen.nothing_released_draft_asks")
    } else {
        message!("screen.name_archive_folder_archive")
    };
    Error::Unknown { kind: message!("kinds.term_in_the_archive"), name: args.archive.display().to_string(), hint: Some(hint) }
}

fn list(args: &QueryArgs, context: &Context) -> Result<Exit> {
    let schemas = context.schemas()?;
    let catalogue = TableCatalogue::load(&schemas)?;
    let shelf = ArchiveReader::open(&args.archive, view(args)?)?;
    let session = &open(args, &schemas, &catalogue, &shelf)?;
    let named: Vec<String> = args.sql.iter().cloned().collect();
    if context.format == FormatArg::Json {
        print(&format!("{:#}\n", catalogue_json(session, context.lang)?));
        return Ok(Exit::Fine);
    }
    if let Some(name) = named.iter().find(|name| !session.catalogue.names().any(|known| known == *name)) {
        let near = crate::base::error::closest(name, session.catalogue.names()).map(Message::did_you_mean);
        return Err(Error::Unknown { kind: message!("kinds.table"), name: name.clone(), hint: near });
    }
    print(&catalogue_text(session, &named, context.lang)?);
    if named.is_empty() {
        print(&questions_text(session.catalogue, context.lang));
    }
    Ok(Exit::Fine)
}

/// The question in SQL, and what to call it.
fn question(args: &QueryArgs, session: &SqlSession<'_>, lang: Lang) -> Result<(String, String)> {
    if let Some(name) = &args.name {
        let question = session.catalogue.question(name)?;
        let title = question.title.said(lang);
        return Ok((title, question.sql(&args.sets, &session.years())?));
    }
    let sql = match (&args.sql, &args.file) {
        (Some(sql), _) => visible(sql).into_owned(),
        (None, Some(file)) => visible(&read_text(file)?).into_owned(),
        (None, None) => {
            let reason = message!("screen.no_query_write_sql");
            return Err(Error::config("query", reason));
        }
    };
    Ok((message!("screen.answer_query").said(lang), sql))
}

/// The form of the answer: what was asked for, else what the file's name says.
fn format(args: &QueryArgs, context: &Context) -> FormatArg {
    let extension = args.out.as_deref().and_then(Path::extension).map(|extension| extension.to_string_lossy().to_lowercase());
    match (context.format, extension.as_deref()) {
        (FormatArg::Text, Some("csv")) => FormatArg::Csv,
        (FormatArg::Text, Some("json")) => FormatArg::Json,
        (FormatArg::Text, Some("parquet")) => FormatArg::Parquet,
        (FormatArg::Text, Some("xlsx")) => FormatArg::Xlsx,
        (format, _) => format,
    }
}

fn answer_to(args: &QueryArgs, context: &Context, answer: Answer, title: &str, session: &SqlSession<'_>, schemas: &Schemas) -> Result<()> {
    let (lang, rules) = (context.lang, context.output_rules_beside(&args.archive));
    let needs_out = || Error::config("--out", message!("screen.format_written_file_out"));
    let written = match (format(args, context), &args.out) {
        (FormatArg::Text, None) => {
            let (text, written) = write_text(answer, args.rows)?;
            print(&text);
            let more = message!("screen.more_rows_out").said(lang);
            let cut = if written.cut { format!("; {more}") } else { String::new() };
            print(&format!("{}: {}{cut}\n", message!("screen.rows").said(lang), written.rows));
            return Ok(());
        }
        (FormatArg::Csv, None) => return to_stdout(answer, write_csv),
        (FormatArg::Json, None) => return to_stdout(answer, write_json),
        (FormatArg::Xlsx | FormatArg::Parquet, None) => return Err(needs_out()),
        (FormatArg::Text, Some(path)) => written_whole(answer, path, &rules, |answer, out| {
            let (text, written) = write_text(answer, u32::MAX - 1)?;
            out.write_all(text.as_bytes()).map_err(|e| Error::io(Action::Write, path, e))?;
            Ok(written)
        })?,
        (FormatArg::Csv, Some(path)) => written_whole(answer, path, &rules, write_csv)?,
        (FormatArg::Json, Some(path)) => written_whole(answer, path, &rules, write_json)?,
        (FormatArg::Parquet, Some(path)) => write_parquet(answer, path, &rules)?,
        (FormatArg::Xlsx, Some(path)) => {
            let cut = message!("screen.more_rows_csv_parquet").said(lang);
            write_xlsx_file(answer, title, &cut, day(session, schemas)?, path, &rules)?
        }
    };
    told(&written, args, lang);
    print(&context.kept_text(&written.kept));
    Ok(())
}

/// The day the latest figures are as at: the same answer is the same workbook whenever it is written.
fn day(session: &SqlSession<'_>, schemas: &Schemas) -> Result<chrono::NaiveDate> {
    let period = session.states().iter().map(|state| state.key.period).max();
    let regulation = period.map(|period| schemas.governing(period)).transpose()?;
    Ok(period.zip(regulation).and_then(|(period, regulation)| regulation.as_at(period)).unwrap_or_default())
}

fn to_stdout(answer: Answer, write: impl FnOnce(Answer, &mut dyn std::io::Write) -> Result<WrittenAnswer>) -> Result<()> {
    let mut out = Piped { inner: std::io::BufWriter::new(std::io::stdout().lock()), is_closed: false };
    let written = handed_on_whole(answer, &mut out, write);
    let arrived = std::io::Write::flush(&mut out);
    // A closed pipe is nobody's error: whoever reads has enough.
    if out.is_closed {
        return Ok(());
    }
    written?;
    arrived.map_err(|e| Error::io(Action::Write, "stdout", e))
}

/// Standard output that remembers whether it was closed.
struct Piped<W> {
    inner: W,
    is_closed: bool,
}

impl<W: std::io::Write> std::io::Write for Piped<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.inner.write(bytes).inspect_err(|e| self.is_closed |= e.kind() == std::io::ErrorKind::BrokenPipe)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.inner.flush().inspect_err(|e| self.is_closed |= e.kind() == std::io::ErrorKind::BrokenPipe)
    }
}

fn told(written: &WrittenAnswer, args: &QueryArgs, lang: Lang) {
    let path = args.out.as_deref().unwrap_or(Path::new("")).display();
    let cut = if written.cut { message!("screen.more_left_out").said(lang) } else { String::new() };
    print(&format!("{}: {path}, {} {}{cut}\n", message!("screen.written").said(lang), written.rows, message!("screen.rows_2").said(lang)));
}
