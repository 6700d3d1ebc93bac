//! The plan of counting records as SQL for another engine.

use std::sync::Arc;

use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::base::term::Period;
use crate::forms::{Form, Schemas};
use crate::records::RecordBook;
use crate::tabulate::{AgeDays, Dialect, FormDefinition, PlanScript, PortablePlan, Profile};

/// What is planned, and for whom.
#[derive(Debug, Clone)]
pub struct PlanRequest {
    /// Forms by id; all that are counted where none is named.
    pub forms: Vec<String>,
    /// The term, whose day tells ages.
    pub period: Period,
    /// Whose definitions hold.
    pub profile: Profile,
    /// The engine.
    pub dialect: Dialect,
    /// Folder or address below which each table has its file.
    pub records: String,
}

/// The plan as a script.
///
/// # Errors
/// When there is no such form, none that is counted, or something is wrong with the definitions.
pub fn plan_text(schemas: &Schemas, request: &PlanRequest, lang: Lang) -> Result<String> {
    let book = RecordBook::load(&schemas.files)?;
    let regulation = schemas.governing(request.period)?;
    let forms = counted_forms(schemas, &regulation.id, request)?;
    let day =
        regulation.as_at(request.period).ok_or_else(|| Error::config("--term", message!("records.no_day", period = request.period)))?;
    let definition = |form: &Arc<Form>| {
        FormDefinition::new(form, &book, request.profile).map_err(|problems| Error::config(&form.id, Message::join(&problems, "; ")))
    };
    let definitions = forms.iter().map(definition).collect::<Result<Vec<_>>>()?;
    let days = AgeDays { year: i32::from(request.period.year.0), day };
    let script = PlanScript {
        plan: PortablePlan { book: &book, definitions: &definitions, days },
        dialect: request.dialect,
        records: &request.records,
    };
    let ids: Vec<&str> = forms.iter().map(|form| &*form.id).collect();
    let head = [
        message!("records.plan_of", forms = ids.join(", "), period = request.period, day = day.format("%-d/%-m/%Y")),
        if request.profile == Profile::Engine { message!("records.plan_engine") } else { message!("records.plan_form") },
        message!("records.plan_tables"),
        message!("records.plan_answers"),
    ];
    let head: String = head.iter().map(|line| format!("-- {}\n", line.said(lang))).collect();
    Ok(format!("{head}\n{}\n{}", script.sources(), script.counts()))
}

/// Forms that were named, or all of a circular that are counted.
fn counted_forms(schemas: &Schemas, circular: &str, request: &PlanRequest) -> Result<Vec<Arc<Form>>> {
    let is_counted = |form: &Arc<Form>| !form.layout.counts.is_empty();
    if request.forms.is_empty() {
        let of_term = schemas.forms_of(circular).filter(|form| form.term == request.period.term);
        let all: Vec<Arc<Form>> = of_term.filter(|form| is_counted(form)).cloned().collect();
        return if all.is_empty() { Err(Error::config("--term", message!("records.no_form_counted"))) } else { Ok(all) };
    }
    let named = |id: &String| {
        let form = schemas.forms.iter().find(|form| *form.id == **id).cloned();
        let form = form.map_or_else(|| schemas.form(id).cloned(), Ok)?;
        if is_counted(&form) { Ok(form) } else { Err(Error::config(&form.id, message!("records.form_not_counted"))) }
    };
    request.forms.iter().map(named).collect()
}
