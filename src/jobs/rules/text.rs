//! Rules for a screen.

use std::fmt::Write as _;

use crate::base::message::{Lang, Message, message};
use crate::forms::{CellRule, Leaf, Schemas};
use crate::present::Presenter;
use crate::rulebook::Rule;

/// A line for each rule, by stage.
pub fn list(rules: &[Rule], lang: Lang) -> String {
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

/// Everything about a rule: why it is there, of which cells, how its message reads.
pub fn explained(rule: &Rule, schemas: &Schemas, lang: Lang) -> String {
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
    say(message!("screen.of_form"), &rule.forms().join(", "));
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
