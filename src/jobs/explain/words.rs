//! An explanation put into words: every output is made of these.

use super::counted;
use super::{ComparedFigure, Explanation, owes};
use crate::archive::{Publication, TermState};
use crate::base::message::{Lang, Message, message};
use crate::base::moment::{shown_day, shown_in_vietnam};
use crate::base::number::NumberKind;
use crate::forms::Schemas;
use crate::present::{PaperState, PresentedCell, Presenter};
use crate::query::explain::{Cause, Change, FigureDetail, FigurePlace, Node, ReturnCount, UnitValue, missing, open, unknown};
use crate::register::{Tree, UnitIndex};

/// Missing units named before the rest is only counted.
const NAMED: usize = 5;
/// Digits of a hash that tell files apart on a screen.
const HASH_DIGITS: usize = 12;

/// An explanation with the language it is told in.
pub struct ExplainWords<'a> {
    /// The explanation.
    pub own: &'a Explanation,
    /// Circulars.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
}

/// Head of an explanation in words.
pub struct Head {
    /// The unit and its total.
    pub total: String,
    /// The cell, the unit of measure, the state, the coverage.
    pub lines: Vec<String>,
    /// Notes on missing parts.
    pub notes: Vec<String>,
}

impl<'a> ExplainWords<'a> {
    /// Words of an explanation.
    pub const fn new(own: &'a Explanation, schemas: &'a Schemas, lang: Lang) -> Self {
        Self { own, schemas, lang }
    }

    /// Says numbers and units in the language.
    pub const fn presenter(&self) -> Presenter {
        Presenter::new(self.lang)
    }

    /// The figure's kind of number.
    pub const fn kind(&self) -> NumberKind {
        self.own.explained.name.kind
    }

    /// The units.
    pub const fn tree(&self) -> &'a Tree {
        &self.own.explained.figure.tree
    }

    /// Name and code of a unit; a group has a name only.
    pub fn unit(&self, unit: UnitIndex) -> String {
        let unit = &self.tree().units[unit];
        if unit.is_group() {
            return unit.name.to_string();
        }
        self.presenter().unit(&unit.name, &unit.code)
    }

    /// A unit's own part beside those below it.
    pub fn own_return(&self, unit: UnitIndex) -> String {
        message!("explain.part_own", name = self.tree().units[unit].name).said(self.lang)
    }

    /// A state in words.
    pub fn state(&self, state: &TermState) -> Message {
        let name = state.to_string();
        match &state.publication {
            Publication::Release(release) => {
                let kind = self.own.releases.kind(&release.kind).map_or(&*release.kind, |kind| kind.name(self.lang));
                let recorded = shown_in_vietnam(&release.recorded_at);
                match release.reason.as_str() {
                    "" => message!("explain.state_release", name, kind, recorded),
                    reason => message!("explain.state_release_reason", name, kind, recorded, reason),
                }
            }
            Publication::Draft => message!("explain.state_draft", name),
            Publication::Current => message!("explain.state_current", name),
        }
    }

    /// State of a page about the figure.
    pub fn paper_state(&self) -> PaperState {
        self.own.releases.state_of(&self.own.explained.state)
    }

    /// The cell in words.
    pub fn cell(&self, explained: &FigureDetail) -> String {
        let (name, key) = (&explained.name, &explained.key);
        let (label, heading) = (&*name.label, &*name.heading);
        let cell = PresentedCell { sheet: &name.sheet_name, code: &key.code, label, column: key.column, heading };
        format!("{}, {}", explained.form.symbol, self.presenter().cell(&cell))
    }

    /// Head above the tree.
    pub fn above(&self) -> Head {
        let (explained, top) = (&self.own.explained, &self.own.top);
        let mut lines = vec![self.cell(explained)];
        if !explained.name.unit_of_measure.is_empty() {
            lines.push(message!("explain.measured", unit = explained.name.unit_of_measure).said(self.lang));
        }
        let period = explained.state.key.period;
        let circular = self.schemas.regulation(explained.form.id.split('/').next().unwrap_or_default());
        let term = Presenter::term(circular, period);
        lines.push(message!("explain.state", term, state = self.state(&explained.state)).said(self.lang));
        let (received, expected) = self.returns(explained, top);
        lines.push(message!("explain.coverage", received, expected).said(self.lang));
        lines.extend(counted::definition(self.schemas, explained, self.lang).map(|said| said.said(self.lang)));
        let total = message!("explain.total", unit = self.unit(top.unit), number = self.number(top)).said(self.lang);
        Head { total, lines, notes: self.lacking() }
    }

    /// Units that make the total less than the whole, or that have not said their last.
    fn lacking(&self) -> Vec<String> {
        let (explained, top) = (&self.own.explained, &self.own.top);
        let mut notes = Vec::new();
        let held = |unit: UnitIndex| explained.held.contains(&*self.tree().units[unit].code);
        let named = |units: &[UnitIndex], is_held: &dyn Fn(UnitIndex) -> bool| {
            let name = |unit: UnitIndex| match self.unit(unit) {
                unit_name if is_held(unit) => message!("explain.held", unit = unit_name).said(self.lang),
                unit_name => unit_name,
            };
            (!units.is_empty()).then(|| (units.len(), self.named(units.iter().map(|&unit| name(unit)).collect())))
        };
        if let Some((count, list)) = named(&unknown(top), &|_| false) {
            notes.push(message!("explain.unknown", count, list));
        }
        if let Some((count, list)) = named(&missing(top), &held) {
            notes.push(message!("explain.missing", count, list));
        }
        if let Some((count, list)) = named(&open(top, &explained.figure), &|_| false) {
            notes.push(message!("explain.open", count, list));
        }
        notes.iter().map(|note| note.said(self.lang)).collect()
    }

    /// Units by name, the rest of many only counted.
    pub fn named(&self, mut units: Vec<String>) -> String {
        let left = units.split_off(units.len().min(NAMED));
        if !left.is_empty() {
            units.push(message!("explain.more_missing", left = left.len()).said(self.lang));
        }
        units.join(", ")
    }

    /// Name and code of a unit in either state.
    pub fn unit_in(&self, compared: &ComparedFigure, code: &str) -> String {
        self.presenter().unit(Self::name_in(compared, code), code)
    }

    /// Returns received and expected of a unit of the tree.
    fn returns(&self, explained: &FigureDetail, node: &Node) -> (String, String) {
        let (received, expected) = returns(explained, &self.tree().units[node.unit].code, || node.returns);
        (received.to_string(), expected.to_string())
    }

    /// The number of a unit with everything below it.
    pub fn number(&self, node: &Node) -> String {
        let own = node.own.as_ref().filter(|_| node.children.is_empty());
        match own {
            Some(own) if !node.has_number => self.presenter().figure(None, own.status, self.kind()),
            _ => {
                let is_known = node.has_number || !(node.is_lacking || node.returns.received == 0);
                let is_lacking = node.is_lacking || (node.has_number && node.is_open);
                self.presenter().total(is_known.then_some(node.total), is_lacking, self.kind())
            }
        }
    }

    /// Value of a return, for reading.
    pub fn said(&self, own: &UnitValue) -> String {
        self.presenter().figure(own.status.is_number().then_some(own.number), own.status, self.kind())
    }

    /// Notes on a unit beside its number.
    pub fn notes(&self, node: &Node, whole_hash: bool) -> Vec<String> {
        let mut notes = Vec::new();
        if !node.children.is_empty() || node.returns.expected > 1 {
            let (received, expected) = self.returns(&self.own.explained, node);
            notes.push(message!("explain.part_received", received, expected).said(self.lang));
        }
        if node.is_missing {
            let is_held = self.own.explained.held.contains(&*self.tree().units[node.unit].code);
            let note = if is_held { message!("explain.part_held") } else { message!("explain.part_not_received") };
            notes.push(note.said(self.lang));
        }
        if node.children.is_empty() {
            if let Some(own) = &node.own {
                notes.extend(self.places(own, &self.own.explained, whole_hash));
            }
            let covered = self.tree().covered[node.unit].len();
            if node.own.is_some() && covered > 1 {
                notes.push(message!("explain.part_files_for", count = covered).said(self.lang));
            }
        }
        notes
    }

    /// Where a return's number stood, with the file's hash.
    pub fn places(&self, own: &UnitValue, of: &FigureDetail, whole_hash: bool) -> Vec<String> {
        let line = |place: &FigurePlace| {
            let hash = of.hashes.get(&*place.file).map_or("", String::as_str);
            let digits = if whole_hash { hash.len() } else { hash.len().min(HASH_DIGITS) };
            let said = message!("explain.hash", hash = &hash[..digits]).said(self.lang);
            let said = if hash.is_empty() { String::new() } else { format!(" ({said})") };
            let place = Presenter::place([&place.file, &place.sheet, &place.cell]);
            if counted::is_counted(own) {
                return format!("{}{said}", message!("explain.counted_in", place).said(self.lang));
            }
            format!("{place}{said}")
        };
        own.places.iter().map(line).collect()
    }

    /// Answers that are about the unit or somebody below it.
    pub fn answers(&self) -> Vec<String> {
        let is_below = self.own.explained.figure.below(&self.tree().units[self.own.top.unit].code);
        let name = |code: &str| self.tree().find(code).map_or("", |unit| &*self.tree().units[unit].name);
        let answers = self.own.explained.answers.iter();
        let about = answers.filter(|answer| self.tree().find(&answer.unit).is_none_or(|unit| is_below[unit]));
        about
            .map(|answer| {
                let (unit, name) = (&answer.unit, name(&answer.unit));
                let (text, by, on, message) = (&answer.text, &answer.by, shown_day(&answer.on), &answer.message);
                message!("explain.answer", name, unit, text, by, on, message).said(self.lang)
            })
            .collect()
    }

    /// A cause in words; returns of another term are not late but of that term.
    pub fn cause(compared: &ComparedFigure, cause: Cause) -> Message {
        let same_term = compared.older.explained.state.key == compared.newer.state.key;
        match cause {
            Cause::Late if !same_term => message!("explain.cause_late_other"),
            Cause::Withdrawn if !same_term => message!("explain.cause_withdrawn_other"),
            Cause::Corrected if !same_term => message!("explain.cause_corrected_other"),
            _ => Message::of_family("explain.cause", cause.id()),
        }
    }

    /// Name of a unit in either state.
    pub fn name_in<'b>(compared: &'b ComparedFigure, code: &'b str) -> &'b str {
        let trees = [&compared.newer.figure.tree, &compared.older.explained.figure.tree];
        trees.into_iter().find_map(|tree| Some(&*tree.units[tree.find(code)?].name)).unwrap_or(code)
    }

    /// Sum of a difference: with the mark of what a side lacks, or nothing to tell where a side is not known.
    pub fn amount(&self, compared: &ComparedFigure, amount: i128) -> String {
        if compared.is_unknown() {
            return "?".to_owned();
        }
        let star = if compared.is_lacking() { "*" } else { "" };
        format!("{}{star}", self.presenter().change(amount, self.kind()))
    }

    /// Both sides of a change.
    pub fn sides(&self, compared: &ComparedFigure, change: &Change) -> [String; 2] {
        let said = |message: Message| message.said(self.lang);
        let (older, newer) = (&compared.older.explained, &compared.newer);
        let gone = || message!("explain.against_gone");
        let absent = |of: &FigureDetail, otherwise: Message| match of.figure.tree.find(&change.unit) {
            Some(unit) if owes(of, unit) => said(message!("explain.against_not_received")),
            Some(_) => said(message!("explain.against_not_owed")),
            None => said(otherwise),
        };
        let before = change.before.as_ref().map_or_else(|| absent(older, message!("explain.against_none")), |own| self.said(own));
        // A unit that moved takes along what it said before; what came on top is told apart.
        let after = match change.cause {
            Cause::MovedIn => before.clone(),
            Cause::MovedOut => said(message!("explain.against_outside_now")),
            Cause::Closed => said(gone()),
            _ => change.after.as_ref().map_or_else(|| absent(newer, gone()), |own| self.said(own)),
        };
        // Figures that a merged unit had elsewhere are told and not lost here.
        let is_elsewhere = change.cause == Cause::Merged && change.after.is_none() && change.amount == 0;
        let before = match change.cause {
            Cause::MovedIn => said(message!("explain.against_outside")),
            _ if is_elsewhere => said(message!("explain.against_elsewhere", number = before)),
            _ => before,
        };
        [before, after]
    }

    /// Where the numbers of a change stood, in either state.
    pub fn change_places(&self, compared: &ComparedFigure, change: &Change, whole_hash: bool) -> Vec<String> {
        // Older figures that a definition makes stand in the older files too.
        let later = if change.cause == Cause::Definition { &compared.older.explained } else { &compared.newer };
        let places = |own: &Option<UnitValue>, explained: &FigureDetail| {
            own.as_ref().map(|own| self.places(own, explained, whole_hash)).unwrap_or_default()
        };
        let before = places(&change.before, &compared.older.explained).into_iter().map(|place| message!("explain.against_was", place));
        let after = places(&change.after, later).into_iter().map(|place| message!("explain.against_now", place));
        before.chain(after).map(|line| line.said(self.lang)).collect()
    }
}

/// Returns received and expected of a unit: as the archive counted them, else as they are counted here; of a group it has not.
pub fn returns(explained: &FigureDetail, code: &str, counted: impl FnOnce() -> ReturnCount) -> (i64, i64) {
    let count = |number: usize| i64::try_from(number).unwrap_or(i64::MAX);
    match explained.coverage.get(code) {
        Some(known) => (known.received, known.expected),
        None => {
            let ReturnCount { received, expected } = counted();
            (count(received), count(expected))
        }
    }
}
