//! An answer, row by row: it is worked out while it is read, a batch at a time.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::{CastOptions, cast_with_options};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::arrow::util::display::FormatOptions;
use datafusion::error::DataFusionError;
use datafusion::execution::session_state::SessionState;
use datafusion::logical_expr::{LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::execute_stream;
use futures::StreamExt as _;
use tokio::runtime::{Builder, Runtime};

use super::entry::{QueryEntry, Rows, kind_name, plain_field};
use super::parse::Headings;
use super::problem::{failed, failed_within};
use super::repeats::MARK;
use crate::base::error::{Action, Error, Result};
use crate::base::limits::Stop;

/// Batches that wait to be read.
const WAITING: usize = 2;
/// Stack of a thread that goes down the tree of a question; only what is used of it is taken.
const STACK: usize = 128 << 20;
/// Threads that wait for files.
const READING: usize = 16;

/// Values that do not fit are told, never left out.
const CAST: CastOptions<'static> = CastOptions { safe: false, format_options: FormatOptions::new() };

/// An answer that nothing of has been worked out yet.
pub struct Answer {
    state: SessionState,
    plan: LogicalPlan,
    /// Its columns: names as they were written, types as they are handed over.
    schema: SchemaRef,
    most: Option<usize>,
    /// Bytes that it may hold while it is worked out.
    memory: Option<usize>,
    stop: Stop,
}

impl Answer {
    /// The answer that a plan gives, in columns of these types.
    pub(super) fn new(state: SessionState, plan: LogicalPlan, types: &[DataType], headings: &Headings) -> Self {
        let known: Vec<&str> = plan.schema().fields().iter().map(|field| field.name().as_str()).collect();
        let written: Vec<&str> = known.iter().map(|name| headings.written(without_mark(name, &known))).collect();
        let fields: Vec<Field> = each_once(&written).iter().zip(types).map(|(name, kind)| plain_field(name, kind)).collect();
        Self { state, plan, schema: Arc::new(Schema::new(fields)), most: None, memory: None, stop: Stop::default() }
    }

    /// Its columns with their types.
    #[must_use]
    pub fn columns(&self) -> Vec<(String, String)> {
        self.schema.fields().iter().map(|field| (field.name().clone(), kind_name(field.data_type()))).collect()
    }

    /// The first rows of it.
    #[must_use]
    pub fn first(self, rows: u32) -> Self {
        Self { most: usize::try_from(rows).ok(), ..self }
    }

    /// Ends the answer when it is stopped.
    pub(super) fn until(self, stop: Stop) -> Self {
        Self { stop, ..self }
    }

    /// Limits the bytes that the answer may hold while it is worked out.
    pub(super) fn within(self, memory: Option<usize>) -> Self {
        Self { memory, ..self }
    }

    /// Handle that stops it.
    pub(super) fn stop(&self) -> Stop {
        self.stop.clone()
    }

    /// Works it out and hands over its rows, batch by batch, in order.
    ///
    /// # Errors
    /// When it cannot be worked out, or what `take` says.
    pub fn each(self, take: &mut dyn FnMut(&Rows<'_>) -> Result<()>) -> Result<()> {
        self.batches(&mut |batch| take(&Rows::new(batch)))
    }

    /// Works it out and hands over all its rows: for answers that fit into memory.
    ///
    /// # Errors
    /// When it cannot be worked out.
    pub fn rows(self) -> Result<Vec<Vec<QueryEntry>>> {
        let mut rows = Vec::new();
        self.each(&mut |batch| {
            batch.each(&mut |row| {
                rows.push(row.to_vec());
                Ok(())
            })
        })?;
        Ok(rows)
    }

    pub(super) const fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    pub(super) fn batches(self, take: &mut dyn FnMut(&RecordBatch) -> Result<()>) -> Result<()> {
        let Self { state, plan, schema, most, memory, stop } = self;
        let (send, receive) = sync_channel(WAITING);
        std::thread::scope(|scope| {
            let work = large_stack().spawn_scoped(scope, move || work_out(&state, plan, most, memory, &send));
            let work = work.map_err(|e| Error::io(Action::Read, "archive", e))?;
            let taken = consume(receive, most, &stop, &mut |batch| take(&plain(batch, &schema).map_err(|e| failed(&e))?));
            let worked = work.join().map_err(|panic| Error::library(Action::Query, "archive", gave_up(&*panic)))?;
            // An error of the reader comes first: the engine only says that it was stopped.
            taken.and(worked)
        })
    }
}

/// A name without what stands behind the second one: of several tables that the engine made one (`unit:1`), of a column asked for twice.
fn without_mark<'n>(name: &'n str, names: &[&str]) -> &'n str {
    if let Some((own, _)) = name.split_once(MARK) {
        return own;
    }
    let marked =
        name.rsplit_once(':').filter(|(_, mark)| (1..=2).contains(&mark.len()) && mark.bytes().all(|digit| digit.is_ascii_digit()));
    marked.map(|(own, _)| own).filter(|own| names.contains(own)).unwrap_or(name)
}

/// Names of columns, the second of a name with a number behind it that no other column is called by.
fn each_once(names: &[&str]) -> Vec<String> {
    let own: BTreeSet<&str> = names.iter().copied().collect();
    let mut used = BTreeSet::new();
    let mut once = Vec::new();
    for name in names {
        let mut numbered = (2..=usize::MAX).map(|number| format!("{name}_{number}")).filter(|name| !own.contains(name.as_str()));
        let mut free = (*name).to_owned();
        while !used.insert(free.clone()) {
            free = numbered.next().unwrap_or_default();
        }
        once.push(free);
    }
    once
}

/// Carries a plan out and sends what comes of it, until nobody reads any more.
fn work_out(
    state: &SessionState,
    plan: LogicalPlan,
    most: Option<usize>,
    memory: Option<usize>,
    send: &SyncSender<RecordBatch>,
) -> Result<()> {
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        let plan = match most {
            Some(rows) if !is_about_itself(&plan) => LogicalPlanBuilder::from(plan).limit(0, Some(rows))?.build()?,
            _ => plan,
        };
        let plan = state.create_physical_plan(&plan).await?;
        let mut stream = execute_stream(plan, state.task_ctx())?;
        while let Some(batch) = stream.next().await {
            if send.send(batch?).is_err() {
                break;
            }
        }
        Ok::<(), DataFusionError>(())
    });
    // Whatever is still being read is read for nobody.
    runtime.shutdown_background();
    done.map_err(|e| failed_within(&e, memory))
}

/// True for plans that tell of another.
const fn is_about_itself(plan: &LogicalPlan) -> bool {
    matches!(plan, LogicalPlan::Explain(_) | LogicalPlan::Analyze(_))
}

/// Threads that a question is worked out on, each with room for a tree as deep as questions may be.
fn runtime() -> Result<Runtime> {
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let mut builder = Builder::new_multi_thread();
    builder.worker_threads(threads).max_blocking_threads(READING).thread_stack_size(STACK);
    builder.build().map_err(|e| Error::io(Action::Read, "archive", e))
}

/// Waits for something that does not wait itself.
///
/// # Errors
/// When the system has no means to wait.
pub(super) fn at_once<T>(work: impl Future<Output = T>) -> Result<T> {
    let runtime = Builder::new_current_thread().build().map_err(|e| Error::io(Action::Read, "archive", e))?;
    Ok(runtime.block_on(work))
}

/// Columns as they are handed over.
fn plain(batch: &RecordBatch, schema: &SchemaRef) -> std::result::Result<RecordBatch, DataFusionError> {
    let columns = batch.columns().iter().zip(schema.fields());
    let columns = columns.map(|(column, field)| cast_with_options(column, field.data_type(), &CAST));
    let columns = columns.collect::<std::result::Result<Vec<ArrayRef>, _>>()?;
    let rows = datafusion::arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    Ok(RecordBatch::try_new_with_options(Arc::clone(schema), columns, &rows)?)
}

/// A thread with room for a tree as deep as questions may be.
fn large_stack() -> std::thread::Builder {
    std::thread::Builder::new().stack_size(STACK)
}

/// Does something where a tree as deep as questions may be can be gone down.
///
/// # Errors
/// Its own, or that there is no such place.
pub(super) fn on_large_stack<T: Send>(work: impl FnOnce() -> Result<T> + Send) -> Result<T> {
    std::thread::scope(|scope| {
        let work = large_stack().spawn_scoped(scope, work).map_err(|e| Error::io(Action::Read, "archive", e))?;
        work.join().map_err(|panic| Error::library(Action::Query, "archive", gave_up(&*panic)))?
    })
}

/// Text that the engine gave up with.
fn gave_up(panic: &(dyn std::any::Any + Send)) -> String {
    let said = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    said.unwrap_or("the engine gave up").to_owned()
}

/// Takes batches until there are none, enough rows came, one is refused or the work is stopped; the channel ends with it.
fn consume(
    receive: Receiver<RecordBatch>,
    most: Option<usize>,
    stop: &Stop,
    take: &mut dyn FnMut(&RecordBatch) -> Result<()>,
) -> Result<()> {
    let mut left = most.unwrap_or(usize::MAX);
    for batch in receive {
        stop.check()?;
        let batch = batch.slice(0, batch.num_rows().min(left));
        left -= batch.num_rows();
        take(&batch)?;
        if left == 0 {
            break;
        }
    }
    Ok(())
}
