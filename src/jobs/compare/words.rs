//! A comparison put into words.

use super::{Comparison, ComparisonSubject, Comparisons};
use crate::archive::TermState;
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;
use crate::forms::Schemas;
use crate::present::Presenter;
use crate::query::compare::{Compared, ComparedTotal, FigureName, FormCounts, UnitChange, UnitFate};
use crate::query::explain::UnitValue;

/// A comparison with the language it is told in.
pub struct CompareWords<'a> {
    /// The comparison.
    pub own: &'a Comparisons,
    /// Circulars.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
}

impl<'a> CompareWords<'a> {
    /// Words of a comparison.
    pub const fn new(own: &'a Comparisons, schemas: &'a Schemas, lang: Lang) -> Self {
        Self { own, schemas, lang }
    }

    /// Says numbers and units in the language.
    pub const fn presenter(&self) -> Presenter {
        Presenter::new(self.lang)
    }

    /// A state in words: its term, and its name.
    fn state(&self, state: &TermState) -> (String, String) {
        let circular = self.schemas.regulation_for(state.key.stream.as_deref(), state.key.period);
        let said = self.own.releases.state_of(state).lines(self.lang).join(" · ");
        let name = if said.is_empty() { state.to_string() } else { format!("{state} ({said})") };
        (Presenter::term(circular.ok(), state.key.period), name)
    }

    /// States of the papers on what is compared, a line each, for the header of every page.
    pub fn paper_states(&self) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        let mut add = |state: &TermState| {
            let said = self.own.releases.state_of(state).heading(self.lang);
            let line = if said.is_empty() { state.to_string() } else { format!("{state}: {said}") };
            if !lines.contains(&line) {
                lines.push(line);
            }
        };
        for comparison in &self.own.all {
            match &comparison.subject {
                ComparisonSubject::States(pair) => [&pair.older, &pair.newer].into_iter().for_each(&mut add),
                ComparisonSubject::Units(own) => add(&own.state),
            }
        }
        lines
    }

    /// Name of the unit whose papers these are, for the properties of the workbook.
    pub fn author(&self) -> String {
        let tree = |comparison: &Comparison| match &comparison.subject {
            ComparisonSubject::States(pair) => pair.trees[1].top_name().to_owned(),
            ComparisonSubject::Units(own) => own.tree.top_name().to_owned(),
        };
        self.own.all.first().map(tree).unwrap_or_default()
    }

    /// Subject of the comparison, in two lines.
    pub fn subject(&self, comparison: &Comparison) -> Vec<String> {
        let lines = match &comparison.subject {
            ComparisonSubject::States(pair) => {
                let [(older_term, older), (newer_term, newer)] = [&pair.older, &pair.newer].map(|state| self.state(state));
                vec![
                    message!("compare.before", term = older_term, state = older),
                    message!("compare.after", term = newer_term, state = newer),
                ]
            }
            ComparisonSubject::Units(own) => {
                let (term, state) = self.state(&own.state);
                let [first, second] = &own.units;
                let name = |code: &str| own.tree.find(code).map_or("", |at| &*own.tree.units[at].name);
                vec![
                    message!("compare.state", term, state),
                    message!("compare.unit_before", name = name(first), unit = first),
                    message!("compare.unit_after", name = name(second), unit = second),
                ]
            }
        };
        lines.iter().map(|line| line.said(self.lang)).collect()
    }

    /// Notes on figures that could be compared only in part, or not at all.
    pub fn notes(&self, pair: &Compared) -> Vec<String> {
        let mut notes = Vec::new();
        for form in pair.forms.iter().filter(|form| form.is_mapped) {
            let (dropped, added) = (form.dropped, form.figures_without_forerunner);
            notes.push(message!("compare.mapped", symbol = form.symbol, older = form.older, dropped, added));
        }
        notes.extend(pair.gaps.iter().map(|(form, why)| message!("compare.gap", form, why)));
        notes.extend(pair.gone.iter().map(|form| message!("compare.gone_form", form = form.id)));
        notes.iter().map(|note| note.said(self.lang)).collect()
    }

    /// One sentence: nothing differs, or how much.
    pub fn verdict(&self, comparison: &Comparison) -> String {
        let count = |number: u64| self.presenter().count(number);
        match &comparison.subject {
            ComparisonSubject::Units(own) => {
                let (figures, differing) = (count(own.figures as u64), count(comparison.totals_seen.all()));
                message!("compare.units_compared", figures, differing).said(self.lang)
            }
            ComparisonSubject::States(pair) => {
                let sum = |of: fn(&FormCounts) -> u64| pair.forms.iter().map(of).sum::<u64>();
                let returns = sum(|form| (form.returns.only_older + form.returns.only_newer) as u64);
                let (cells, totals, units) = (sum(|form| form.changed), sum(|form| form.totals), pair.units.len() as u64);
                if cells + totals + returns + units == 0 {
                    return message!("compare.equal").said(self.lang);
                }
                let [cells, totals, returns, units] = [cells, totals, returns, units].map(count);
                message!("compare.unequal", cells, totals, returns, units).said(self.lang)
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
        let (key, name) = (&figure.key, &figure.name);
        let (sheet, code, column, label, heading) = (&key.sheet, &key.code, key.column, &name.label, &name.heading);
        message!("compare.screen_cell", symbol = figure.symbol, sheet, code, column, label, heading).said(self.lang)
    }

    /// Value of a return, for reading.
    pub fn said(&self, own: Option<&UnitValue>, kind: NumberKind) -> String {
        let figure = |own: &UnitValue| self.presenter().figure(own.status.is_number().then_some(own.number), own.status, kind);
        own.map_or_else(|| "–".to_owned(), figure)
    }

    /// A total for reading.
    pub fn total(&self, total: &ComparedTotal, kind: NumberKind) -> String {
        self.presenter().total(total.value(), total.is_lacking, kind)
    }

    /// Fate of a unit, in one line.
    pub fn fate(&self, comparison: &Comparison, change: &UnitChange) -> String {
        let fate = Message::of_family("compare.fate", change.fate.id());
        let name = change.names.iter().rev().flatten().next().map_or("", |name| name);
        let above = change.above.each_ref().map(|above| above.as_deref().map_or("–", |code| Self::unit(comparison, code)));
        let before = change.names[0].as_deref().unwrap_or_default();
        let into = change.merged_into.as_deref().map_or("", |code| Self::unit(comparison, code));
        let unit = &change.unit;
        let line = match change.fate {
            UnitFate::Moved => message!("compare.screen_moved", fate, name, unit, from = above[0], to = above[1]),
            UnitFate::Renamed => message!("compare.screen_renamed", fate, name, unit, from = before),
            UnitFate::Merged => message!("compare.screen_merged", fate, name, unit, into),
            UnitFate::New | UnitFate::Gone => message!("compare.screen_fate", fate, name, unit),
        };
        line.said(self.lang)
    }
}
