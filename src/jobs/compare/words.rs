//! A comparison put into words.

use super::{Comparison, ComparisonSubject, Comparisons};
use crate::archive::TermState;
use crate::base::message::Lang;
use crate::base::number::{NumberKind, show, show_sum};
use crate::forms::Schemas;
use crate::jobs::reconcile::texts::{ReconcilePhrases, filled, phrase};
use crate::query::compare::{Compared, ComparedTotal, FigureName, FormCounts, UnitChange, UnitFate};
use crate::query::explain::UnitValue;

/// A comparison with the language it is told in.
pub struct Speech<'a> {
    /// The comparison.
    pub own: &'a Comparisons,
    /// Circulars.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
}

impl<'a> Speech<'a> {
    /// Words of a comparison.
    pub const fn new(own: &'a Comparisons, schemas: &'a Schemas, lang: Lang) -> Self {
        Self { own, schemas, lang }
    }

    /// A phrase with its fields.
    pub fn say(&self, phrases: &ReconcilePhrases, id: &str, fields: &[(&str, &str)]) -> String {
        filled(phrase(phrases, id, self.lang), fields)
    }

    /// A line around a table.
    pub fn head(&self, id: &str, fields: &[(&str, &str)]) -> String {
        self.say(&self.own.texts.head, id, fields)
    }

    /// A state in words: its term, and its name.
    fn state(&self, state: &TermState) -> (String, String) {
        let term = self
            .schemas
            .regulation_for(state.key.stream.as_deref(), state.key.period)
            .map_or_else(|_| state.key.period.message().vi(), |own| own.term_text(state.key.period));
        (term, state.to_string())
    }

    /// What is compared, in two lines.
    pub fn subject(&self, comparison: &Comparison) -> Vec<String> {
        let state = |id, state: &TermState| {
            let (term, name) = self.state(state);
            self.head(id, &[("term", &term), ("state", &name)])
        };
        match &comparison.subject {
            ComparisonSubject::States(pair) => vec![state("before", &pair.older), state("after", &pair.newer)],
            ComparisonSubject::Units(own) => {
                let unit = |id, code: &str| {
                    let name = own.tree.find(code).map_or("", |at| &*own.tree.units[at].name);
                    self.head(id, &[("name", name), ("unit", code)])
                };
                vec![state("state", &own.state), unit("unit_before", &own.units[0]), unit("unit_after", &own.units[1])]
            }
        }
    }

    /// What could be compared only in part, or not at all.
    pub fn notes(&self, pair: &Compared) -> Vec<String> {
        let mut notes = Vec::new();
        for form in pair.forms.iter().filter(|form| form.is_mapped) {
            let (dropped, added) = (form.dropped.to_string(), form.figures_without_forerunner.to_string());
            let fields = [("symbol", &*form.symbol), ("older", &*form.older), ("dropped", &*dropped), ("added", &*added)];
            notes.push(self.head("mapped", &fields));
        }
        let gap =
            |(form, why): (&String, &crate::base::message::Message)| self.head("gap", &[("form", form), ("why", &why.said(self.lang))]);
        notes.extend(pair.gaps.iter().map(gap));
        notes.extend(pair.gone.iter().map(|form| self.head("gone_form", &[("form", &form.id)])));
        notes
    }

    /// One sentence: nothing differs, or how much.
    pub fn verdict(&self, comparison: &Comparison) -> String {
        let count = |number: u64| show(i64::try_from(number).unwrap_or(i64::MAX), NumberKind::Counts);
        match &comparison.subject {
            ComparisonSubject::Units(own) => {
                let fields = [("figures", &*count(own.figures as u64)), ("differing", &*count(comparison.totals_seen.all()))];
                self.head("units_compared", &fields)
            }
            ComparisonSubject::States(pair) => {
                let sum = |of: fn(&FormCounts) -> u64| pair.forms.iter().map(of).sum::<u64>();
                let returns = sum(|form| (form.returns.only_older + form.returns.only_newer) as u64);
                let (cells, totals, units) = (sum(|form| form.changed), sum(|form| form.totals), pair.units.len() as u64);
                if cells + totals + returns + units == 0 {
                    return self.head("equal", &[]);
                }
                let counts = [cells, totals, returns, units].map(count);
                let fields = [("cells", &*counts[0]), ("totals", &*counts[1]), ("returns", &*counts[2]), ("units", &*counts[3])];
                self.head("unequal", &fields)
            }
        }
    }

    /// The name of a unit, the newer one where it has two.
    pub fn unit<'b>(comparison: &'b Comparison, code: &'b str) -> &'b str {
        let name = |tree: &'b crate::register::Tree| tree.find(code).map(|at| &*tree.units[at].name);
        match &comparison.subject {
            ComparisonSubject::States(pair) => name(&pair.trees[1]).or_else(|| name(&pair.trees[0])).unwrap_or(code),
            ComparisonSubject::Units(own) => name(&own.tree).unwrap_or(code),
        }
    }

    /// The name of the unit that a unit reports to.
    pub fn above<'b>(comparison: &'b Comparison, code: &str) -> &'b str {
        let name = |tree: &'b crate::register::Tree| tree.find(code).and_then(|at| tree.parent[at]).map(|at| &*tree.units[at].name);
        match &comparison.subject {
            ComparisonSubject::States(pair) => name(&pair.trees[1]).or_else(|| name(&pair.trees[0])).unwrap_or_default(),
            ComparisonSubject::Units(own) => name(&own.tree).unwrap_or_default(),
        }
    }

    /// A cell in words.
    pub fn cell(&self, figure: &FigureName) -> String {
        let column = figure.key.column.to_string();
        let fields = [
            ("symbol", &*figure.symbol),
            ("sheet", &*figure.key.sheet),
            ("code", &*figure.key.code),
            ("column", &*column),
            ("label", &*figure.name.label),
            ("heading", &*figure.name.heading),
        ];
        self.say(&self.own.texts.screen, "cell", &fields)
    }

    /// What a return says, for reading.
    pub fn said(&self, own: Option<&UnitValue>, kind: NumberKind) -> String {
        match own {
            None => "–".to_owned(),
            Some(own) if own.status.is_number() => show(own.number, kind),
            Some(own) => format!("({})", phrase(&self.own.reconcile.statuses, own.status.id(), self.lang)),
        }
    }

    /// A total for reading: starred where it lacks parts, `?` where nothing is known, `–` where nothing was said.
    pub fn total(total: &ComparedTotal, kind: NumberKind) -> String {
        match (total.value(), total.is_lacking) {
            (Some(value), true) => format!("{}*", show_sum(value, kind)),
            (Some(value), false) => show_sum(value, kind),
            (None, true) => "?".to_owned(),
            (None, false) => "–".to_owned(),
        }
    }

    /// What became of a unit, in one line.
    pub fn fate(&self, comparison: &Comparison, change: &UnitChange) -> String {
        let texts = &self.own.texts;
        let fate = phrase(&texts.fates, change.fate.id(), self.lang);
        let name = change.names.iter().rev().flatten().next().map_or("", |name| name);
        let above = change.above.each_ref().map(|above| above.as_deref().map_or("–", |code| Self::unit(comparison, code)));
        let before = change.names[0].as_deref().unwrap_or_default();
        let into = change.merged_into.as_deref().map_or("", |code| Self::unit(comparison, code));
        let (id, from) = match change.fate {
            UnitFate::Moved => ("moved", above[0]),
            UnitFate::Renamed => ("renamed", before),
            UnitFate::Merged => ("merged", ""),
            UnitFate::New | UnitFate::Gone => ("fate", ""),
        };
        let fields = [("fate", fate), ("name", name), ("unit", &*change.unit), ("from", from), ("to", above[1]), ("into", into)];
        self.say(&texts.screen, id, &fields)
    }
}
