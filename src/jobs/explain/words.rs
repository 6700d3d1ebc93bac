//! An explanation put into words: every output is made of these.

use super::{ComparedFigure, Explanation, owes};
use crate::archive::{Publication, TermState};
use crate::base::message::Lang;
use crate::base::number::{NumberKind, show, show_change, show_sum};
use crate::forms::Schemas;
use crate::jobs::reconcile::texts::{ReconcilePhrases, filled, phrase};
use crate::query::explain::{Cause, Change, FigureDetail, FigurePlace, Node, ReturnCount, UnitValue, missing, open, unknown};
use crate::register::Tree;

/// Missing units named before the rest is only counted.
const NAMED: usize = 5;
/// Digits of a hash that tell files apart on a screen.
const HASH_DIGITS: usize = 12;

/// An explanation with the language it is told in.
pub struct Words<'a> {
    /// The explanation.
    pub own: &'a Explanation,
    /// Circulars.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
}

/// What is to be said of the head of an explanation.
pub struct Head {
    /// The unit and its total.
    pub total: String,
    /// The cell, the unit of measure, the state, the coverage.
    pub lines: Vec<String>,
    /// What is missing.
    pub notes: Vec<String>,
}

impl<'a> Words<'a> {
    /// Words of an explanation.
    pub const fn new(own: &'a Explanation, schemas: &'a Schemas, lang: Lang) -> Self {
        Self { own, schemas, lang }
    }

    /// A phrase with its fields.
    pub fn say(&self, phrases: &ReconcilePhrases, id: &str, fields: &[(&str, &str)]) -> String {
        filled(phrase(phrases, id, self.lang), fields)
    }

    /// A line around the tree.
    pub fn head(&self, id: &str, fields: &[(&str, &str)]) -> String {
        self.say(&self.own.texts.head, id, fields)
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
    pub fn unit(&self, unit: usize) -> String {
        let unit = &self.tree().units[unit];
        if unit.is_group() {
            return unit.name.to_string();
        }
        self.say(&self.own.texts.parts, "unit", &[("name", &unit.name), ("unit", &unit.code)])
    }

    /// A state in words.
    pub fn state(&self, state: &TermState) -> String {
        let name = state.to_string();
        match &state.standing {
            Publication::Release(release) => {
                let kind = self.own.releases.kind(&release.kind).map_or(&*release.kind, |kind| kind.name(self.lang));
                self.head("state_release", &[("name", &name), ("kind", kind), ("recorded", &release.recorded_at)])
            }
            Publication::Draft => self.head("state_draft", &[("name", &name)]),
            Publication::Current => self.head("state_current", &[("name", &name)]),
        }
    }

    /// The cell in words.
    pub fn cell(&self, explained: &FigureDetail) -> String {
        let (name, key) = (&explained.name, &explained.key);
        let column = key.column.to_string();
        let fields = [
            ("symbol", &*explained.form.symbol),
            ("sheet", &*name.sheet_name),
            ("code", &*key.code),
            ("label", &*name.label),
            ("column", &*column),
            ("heading", &*name.heading),
        ];
        self.head("cell", &fields)
    }

    /// What stands above the tree.
    pub fn above(&self) -> Head {
        let (explained, top) = (&self.own.explained, &self.own.top);
        let mut lines = vec![self.cell(explained)];
        if !explained.name.unit_of_measure.is_empty() {
            lines.push(self.head("measured", &[("unit", &explained.name.unit_of_measure)]));
        }
        let period = explained.state.key.period;
        let circular = self.schemas.regulation(explained.form.id.split('/').next().unwrap_or_default());
        let term = circular.map_or_else(|| period.message().vi(), |regulation| regulation.term_text(period));
        lines.push(self.head("state", &[("term", &term), ("state", &self.state(&explained.state))]));
        let (received, expected) = self.returns(explained, top);
        lines.push(self.head("coverage", &[("received", &received), ("expected", &expected)]));
        let mut notes = Vec::new();
        for (id, units) in [("unknown", unknown(top)), ("missing", missing(top)), ("open", open(top, &explained.figure))] {
            if units.is_empty() {
                continue;
            }
            let is_held = |unit: usize| id == "missing" && explained.held.contains(&*self.tree().units[unit].code);
            let name = |unit: usize| if is_held(unit) { self.head("held", &[("unit", &self.unit(unit))]) } else { self.unit(unit) };
            let named = self.named(units.iter().map(|&unit| name(unit)).collect());
            notes.push(self.head(id, &[("count", &units.len().to_string()), ("list", &named)]));
        }
        Head { total: self.head("total", &[("unit", &self.unit(top.unit)), ("number", &self.number(top))]), lines, notes }
    }

    /// Units by name, the rest of many only counted.
    pub fn named(&self, mut units: Vec<String>) -> String {
        let left = units.split_off(units.len().min(NAMED));
        if !left.is_empty() {
            units.push(self.head("more_missing", &[("left", &left.len().to_string())]));
        }
        units.join(", ")
    }

    /// Name and code of a unit in either state.
    pub fn unit_in(&self, compared: &ComparedFigure, code: &str) -> String {
        self.say(&self.own.texts.parts, "unit", &[("name", Self::name_in(compared, code)), ("unit", code)])
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
            _ if node.has_number && (node.is_lacking || node.is_open) => format!("{}*", show_sum(node.total, self.kind())),
            _ if node.has_number => show_sum(node.total, self.kind()),
            Some(own) => self.status(own),
            None if node.is_lacking => "?".to_owned(),
            None if node.returns.received == 0 => "–".to_owned(),
            None => show_sum(node.total, self.kind()),
        }
    }

    /// What stands in a cell without a number.
    fn status(&self, own: &UnitValue) -> String {
        format!("({})", phrase(&self.own.reconcile.statuses, own.status.id(), self.lang))
    }

    /// What a return says, for reading.
    pub fn said(&self, own: &UnitValue) -> String {
        if own.status.is_number() { show(own.number, self.kind()) } else { self.status(own) }
    }

    /// What is said of a unit beside its number.
    pub fn notes(&self, node: &Node, whole_hash: bool) -> Vec<String> {
        let texts = &self.own.texts.parts;
        let mut notes = Vec::new();
        if !node.children.is_empty() || node.returns.expected > 1 {
            let (received, expected) = self.returns(&self.own.explained, node);
            notes.push(self.say(texts, "received", &[("received", &received), ("expected", &expected)]));
        }
        if node.is_missing {
            let is_held = self.own.explained.held.contains(&*self.tree().units[node.unit].code);
            notes.push(self.say(texts, if is_held { "held" } else { "not_received" }, &[]));
        }
        if node.children.is_empty() {
            if let Some(own) = &node.own {
                notes.extend(self.places(own, &self.own.explained, whole_hash));
            }
            let covered = self.tree().covered[node.unit].len();
            if node.own.is_some() && covered > 1 {
                notes.push(self.say(texts, "files_for", &[("count", &covered.to_string())]));
            }
        }
        notes
    }

    /// Where a return's number stood, with the file's hash.
    pub fn places(&self, own: &UnitValue, of: &FigureDetail, whole_hash: bool) -> Vec<String> {
        let line = |place: &FigurePlace| {
            let hash = of.hashes.get(&*place.file).map_or("", String::as_str);
            let digits = if whole_hash { hash.len() } else { hash.len().min(HASH_DIGITS) };
            let said = if hash.is_empty() { String::new() } else { format!(" ({})", self.head("hash", &[("hash", &hash[..digits])])) };
            format!("{}{said}", place_text(place))
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
                let fields = [
                    ("name", name(&answer.unit)),
                    ("unit", &*answer.unit),
                    ("text", &*answer.text),
                    ("by", &*answer.by),
                    ("on", &*answer.on),
                    ("message", &*answer.message),
                ];
                self.head("answer", &fields)
            })
            .collect()
    }

    /// A cause in words; returns of another term are not late but of that term.
    pub fn cause(&self, compared: &ComparedFigure, cause: Cause) -> String {
        let same_term = compared.older.explained.state.key == compared.newer.state.key;
        let other = format!("{}_other", cause.id());
        let id = if same_term || !self.own.texts.causes.contains_key(&other) { cause.id() } else { &other };
        self.say(&self.own.texts.causes, id, &[])
    }

    /// Name of a unit in either state.
    pub fn name_in<'b>(compared: &'b ComparedFigure, code: &'b str) -> &'b str {
        let trees = [&compared.newer.figure.tree, &compared.older.explained.figure.tree];
        trees.into_iter().find_map(|tree| Some(&*tree.units[tree.find(code)?].name)).unwrap_or(code)
    }

    /// What a difference adds up to: with the mark of what a side lacks, or nothing to tell where a side is not known.
    pub fn amount(&self, compared: &ComparedFigure, amount: i128) -> String {
        if compared.is_unknown() {
            return "?".to_owned();
        }
        let star = if compared.is_lacking() { "*" } else { "" };
        format!("{}{star}", show_change(amount, self.kind()))
    }

    /// What a change was before and is now.
    pub fn sides(&self, compared: &ComparedFigure, change: &Change) -> [String; 2] {
        let none = |id| self.say(&self.own.texts.against, id, &[]);
        let (older, newer) = (&compared.older.explained, &compared.newer);
        let absent = |of: &FigureDetail, id| match of.figure.tree.find(&change.unit) {
            Some(unit) if owes(of, unit) => none("not_received"),
            Some(_) => none("not_owed"),
            None => none(id),
        };
        let before = change.before.as_ref().map_or_else(|| absent(older, "none"), |own| self.said(own));
        // A unit that moved takes along what it said before; what came on top is told apart.
        let after = match change.cause {
            Cause::MovedIn => before.clone(),
            Cause::MovedOut => none("outside_now"),
            Cause::Closed => none("gone"),
            _ => change.after.as_ref().map_or_else(|| absent(newer, "gone"), |own| self.said(own)),
        };
        // What a merged unit had elsewhere is told and not lost here.
        let is_elsewhere = change.cause == Cause::Merged && change.after.is_none() && change.amount == 0;
        let before = match change.cause {
            Cause::MovedIn => none("outside"),
            _ if is_elsewhere => self.say(&self.own.texts.against, "elsewhere", &[("number", &before)]),
            _ => before,
        };
        [before, after]
    }

    /// Where the numbers of a change stood, in either state.
    pub fn change_places(&self, compared: &ComparedFigure, change: &Change, whole_hash: bool) -> Vec<String> {
        // What a definition makes of older figures stands in the older files too.
        let later = if change.cause == Cause::Definition { &compared.older.explained } else { &compared.newer };
        let sides = [("was", &change.before, &compared.older.explained), ("now", &change.after, later)];
        let mut lines = Vec::new();
        for (id, own, explained) in sides {
            let places = own.as_ref().map(|own| self.places(own, explained, whole_hash)).unwrap_or_default();
            lines.extend(places.iter().map(|place| self.say(&self.own.texts.against, id, &[("place", place)])));
        }
        lines
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

/// `file!sheet!cell`.
pub fn place_text(place: &FigurePlace) -> String {
    [&place.file, &place.sheet, &place.cell].into_iter().filter(|part| !part.is_empty()).map(|part| &**part).collect::<Vec<_>>().join("!")
}
