//! `tkgd table`: any tables against rules of the user's.

use std::path::PathBuf;

use serde::Serialize;

use super::{Context, Exit, print};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::jobs::{findings_digest, json_of};
use crate::ledger::finding_record;
use crate::rulebook::FindingRecord;
use crate::rules::{RuleCount, TableVerdicts, check_tables};
use crate::workbooks::{read_table_rules, read_tables};

#[derive(Debug, clap::Args)]
pub struct TableArgs {
    /// File of rules (TOML): which columns tables have, what must hold.
    #[arg(long)]
    rules: PathBuf,
    /// Table to check: name in the file of rules = file (CSV, spreadsheet, Parquet); once for each table.
    #[arg(long = "table", value_parser = named)]
    tables: Vec<(String, PathBuf)>,
    /// Print all findings, not only the first few of each rule.
    #[arg(long)]
    all: bool,
    /// A rule that decides no line (no table, no line in its scope) is no error.
    #[arg(long)]
    allow_idle: bool,
}

/// Findings of one rule shown on the screen without `--all`.
const PER_RULE: usize = 20;

fn named(text: &str) -> std::result::Result<(String, PathBuf), String> {
    let (name, path) = text.split_once('=').ok_or_else(|| "NAME=FILE".to_owned())?;
    Ok((name.to_owned(), PathBuf::from(path)))
}

pub fn run(args: &TableArgs, context: &Context) -> Result<Exit> {
    let session = context.session()?;
    let schemas = &session.schemas;
    let mut rules = read_table_rules(&args.rules, &context.isolation)?;
    rules.rules.iter_mut().for_each(|rule| rule.idle |= args.allow_idle);
    let mut book = schemas.rules.clone();
    let twice = book.add(rules.catalogue(&session.texts.columns));
    if let Some(id) = twice.first() {
        let reason = message!("screen.id_another_rule_already", value = id);
        return Err(Error::config(args.rules.display(), reason));
    }
    let TableVerdicts { mut findings, counts } = check_tables(&rules, &read_tables(&rules, &args.tables, &context.isolation)?);
    book.grade(&mut findings);
    if context.json {
        let findings: Vec<_> = findings.iter().map(|finding| finding_record(finding, &book, context.lang)).collect();
        print(&json_of(&Checked { findings, rules: &counts }));
    } else {
        let per_rule = if args.all { usize::MAX } else { PER_RULE };
        print(&findings_digest(&findings, &book, context.lang, per_rule));
        for count in &counts {
            print(&line(count, context.lang));
        }
    }
    Ok(Exit::of(&findings))
}

/// Result of checking tables.
#[derive(Serialize)]
struct Checked<'a> {
    findings: Vec<FindingRecord>,
    rules: &'a [RuleCount],
}

fn line(count: &RuleCount, lang: Lang) -> String {
    let RuleCount { rule, valid, invalid, undecided } = count;
    message!("screen.valid_invalid_undecided", rule, valid, invalid, undecided).said(lang)
}
