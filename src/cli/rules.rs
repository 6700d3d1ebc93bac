//! `tkgd rules`: the catalogue of rules, and one rule with why it is there and an example.

use std::fmt::Write as _;
use std::path::PathBuf;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Context, Exit, print};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Lang, Message, message};
use crate::forms::{CellRule, Leaf, Schemas};
use crate::jobs::json_of;
use crate::present::Presenter;
use crate::rulebook::Rule;
use crate::workbooks::read_table_rules;

#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// Id of a rule; all are listed without it.
    rule: Option<String>,
    /// Rules of a file of rules for tables (as of `tkgd table`), in place of those about forms.
    #[arg(long = "rules")]
    file: Option<PathBuf>,
}

pub fn run(args: &RulesArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let of_tables = match &args.file {
        Some(path) => read_table_rules(path, &context.isolation)?.catalogue(&session.texts.columns),
        None => Vec::new(),
    };
    let mut rules: Vec<&Rule> = if args.file.is_some() { of_tables.iter().collect() } else { schemas.rules.iter().collect() };
    rules.sort_by(|a, b| (a.stage, &a.id).cmp(&(b.stage, &b.id)));
    match &args.rule {
        None if context.json => print(&json_of(&rules.iter().map(|rule| RuleRecord::new(rule)).collect::<Vec<_>>())),
        None => print(&list(&rules, context.lang)),
        Some(id) => {
            let known = rules.iter().map(|rule| rule.id.as_str());
            let unknown =
                || Error::Unknown { kind: message!("kinds.rule"), name: id.clone(), hint: closest(id, known).map(Message::did_you_mean) };
            let rule = rules.iter().find(|rule| rule.id == *id).ok_or_else(unknown)?;
            print(&if context.json { json_of(&RuleRecord::new(rule)) } else { explained(rule, schemas, context.lang) });
        }
    }
    Ok(Exit::Fine)
}

/// A rule of the catalogue.
#[derive(Serialize)]
struct RuleRecord<'a> {
    check: Option<&'a str>,
    form_ids: Vec<&'a str>,
    id: &'a str,
    message_en: &'a str,
    message_vi: &'a str,
    severity: &'static str,
    since: Option<NaiveDate>,
    stage: &'static str,
    title_en: &'a str,
    title_vi: &'a str,
    until: Option<NaiveDate>,
    why_en: &'a str,
    why_vi: &'a str,
}

impl<'a> RuleRecord<'a> {
    fn new(rule: &'a Rule) -> Self {
        Self {
            check: rule.check.as_deref(),
            form_ids: rule.forms(),
            id: &rule.id,
            message_en: &rule.message_en,
            message_vi: &rule.message_vi,
            severity: rule.severity.id(),
            since: rule.since,
            stage: rule.stage.id(),
            title_en: &rule.title_en,
            title_vi: &rule.title_vi,
            until: rule.until,
            why_en: &rule.why_en,
            why_vi: &rule.why_vi,
        }
    }
}

fn list(rules: &[&Rule], lang: Lang) -> String {
    let mut out = String::new();
    for group in rules.chunk_by(|a, b| a.stage == b.stage) {
        let _ = writeln!(out, "{}", group[0].stage.id());
        for rule in group {
            let forms = rule.forms().join(", ");
            let form = if forms.is_empty() { forms } else { format!(" ({forms})") };
            let _ = writeln!(
                out,
                "  {:<32} {:<15} {}{form}",
                rule.id,
                rule.severity.message().said(lang),
                lang.pick(&rule.title_vi, &rule.title_en)
            );
        }
    }
    let _ = writeln!(out, "{}", message!("screen.rules", rules = rules.len()).said(lang));
    out
}

/// What a rule says, why, of which cells, and how its message reads.
fn explained(rule: &Rule, schemas: &Schemas, lang: Lang) -> String {
    let mut out = format!(
        "{} [{}, {}]\n{}\n",
        rule.id,
        rule.severity.message().said(lang),
        rule.stage.id(),
        lang.pick(&rule.title_vi, &rule.title_en)
    );
    let mut say = |what: Message, text: &str| {
        if !text.is_empty() {
            let _ = writeln!(out, "  {}: {text}", what.said(lang));
        }
    };
    say(message!("screen.why"), lang.pick(&rule.why_vi, &rule.why_en));
    say(message!("screen.form_2"), &rule.forms().join(", "));
    say(message!("screen.since"), &rule.since.map(Presenter::day).unwrap_or_default());
    say(message!("screen.until"), &rule.until.map(Presenter::day).unwrap_or_default());
    say(message!("screen.must_hold"), rule.check.as_deref().unwrap_or_default());
    let outlier = rule.outlier.as_ref().map(|o| format!("{} (|z| > {}, ≥ {})", o.value, o.threshold, o.at_least));
    say(message!("screen.compared_other_units"), outlier.as_deref().unwrap_or_default());
    for (name, value) in &rule.names {
        say(message!("screen.where"), &format!("{name} = {value}"));
    }
    say(message!("screen.says"), lang.pick(&rule.message_vi, &rule.message_en));
    say(message!("base.hint"), lang.pick(&rule.hint_vi, &rule.hint_en));
    for bound in schemas.cell_rules.iter().filter(|bound| *bound.id == *rule.id) {
        say(message!("screen.example"), &example(bound, schemas));
        say(message!("screen.applied"), &message!("screen.times_return", checks = bound.checks.len()).said(lang));
        bound.problems.iter().for_each(|problem| say(message!("screen.cannot_run"), &problem.said(lang)));
    }
    out
}

/// The cells of the first application, by label.
fn example(rule: &CellRule, schemas: &Schemas) -> String {
    let Some(check) = rule.checks.first() else { return String::new() };
    let cells = check.leaves.iter().filter_map(|leaf| {
        let Leaf::Cell { layout, slot, .. } = leaf else { return None };
        let form = schemas.forms.iter().find(|form| form.layout.id == *layout)?;
        let (sheet, coded, column) = form.layout.address(*slot);
        let sheet = &form.layout.sheets[sheet];
        let row = sheet.coded_row(coded);
        let code = row.code.as_deref().unwrap_or_default();
        Some(format!("{}/{code} [{}] \"{}\"", sheet.id, sheet.columns[column].number, row.label.trim()))
    });
    cells.collect::<Vec<_>>().join("; ")
}
