//! A comparison put into words: names of cells and units, values, causes. Every output is made of these.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Reconciled;
use crate::base::message::{Lang, Message, message};
use crate::base::number::NumberKind;
use crate::forms::{Form, Schemas, SlotIndex};
use crate::present::{PresentedCell, Presenter};
use crate::query::reconcile::{
    ComparisonKind, Difference, DifferenceCause, DifferencePart, FormResult, ReconcileScope, SourceFigure, Suspicion, Which,
};
use crate::register::{UnitIndex, UnitVec};

/// Units named in one cause before the rest is only counted.
const NAMED: usize = 5;

/// A comparison with the language it is told in.
pub struct ReconcileLines<'a> {
    /// The comparison.
    pub result: &'a Reconciled,
    /// Kinds of unit and rules.
    pub schemas: &'a Schemas,
    /// The language.
    pub lang: Lang,
    /// Place of each unit when the tree is written down, parents before what is below them.
    pub rank: UnitVec<usize>,
    /// Depth of each unit in the tree.
    pub depth: UnitVec<usize>,
}

/// A cell of a form in words.
#[derive(Debug, Clone)]
pub struct CellName {
    /// Sheet id.
    pub sheet: Arc<str>,
    /// Sheet name as printed.
    pub sheet_name: Arc<str>,
    /// Row code.
    pub code: Arc<str>,
    /// Label of the row.
    pub label: String,
    /// Column number.
    pub column: u16,
    /// Heading of the column, from the top down.
    pub heading: String,
    /// Counts or amounts.
    pub kind: NumberKind,
}

impl CellName {
    /// The cell as a line says it.
    pub fn said(&self, presenter: Presenter) -> String {
        let (sheet, code, label, column, heading) = (&*self.sheet_name, &*self.code, &*self.label, self.column, &*self.heading);
        presenter.cell(&PresentedCell { sheet, code, label, column, heading })
    }
}

impl<'a> ReconcileLines<'a> {
    /// Lines of a comparison.
    pub fn new(result: &'a Reconciled, schemas: &'a Schemas, lang: Lang) -> Self {
        let tree = &result.tree;
        let (mut rank, mut depth) = (UnitVec::filled(0, tree.units.len()), UnitVec::filled(0, tree.units.len()));
        let mut waiting: Vec<(UnitIndex, usize)> = tree.roots().map(|unit| (unit, 0)).collect();
        waiting.reverse();
        let mut next = 0;
        while let Some((unit, level)) = waiting.pop() {
            (rank[unit], depth[unit]) = (next, level);
            next += 1;
            waiting.extend(tree.children(unit).iter().rev().map(|&child| (child, level + 1)));
        }
        Self { result, schemas, lang, rank, depth }
    }

    /// Says numbers and units in the language of these lines.
    pub const fn presenter(&self) -> Presenter {
        Presenter::new(self.lang)
    }

    /// A sentence in the language of these lines.
    pub fn say(&self, message: &Message) -> String {
        self.presenter().say(message)
    }

    /// The name of a unit.
    pub fn unit(&self, unit: UnitIndex) -> &str {
        &self.result.tree.units[unit].name
    }

    /// The name of what is compared of a unit.
    pub fn subject(&self, difference: &Difference) -> String {
        let name = self.unit(difference.unit);
        match difference.scope {
            ReconcileScope::Own if !self.result.tree.children(difference.unit).is_empty() => {
                self.say(&message!("reconcile.cause_own_return", name))
            }
            _ => name.to_owned(),
        }
    }

    /// How far the line of a difference is indented: a unit's own return stands under its total.
    pub fn indent(&self, difference: &Difference) -> usize {
        let is_part = difference.scope == ReconcileScope::Own && !self.result.tree.children(difference.unit).is_empty();
        self.depth[difference.unit] + usize::from(is_part)
    }

    /// The code of a unit.
    pub fn code(&self, unit: UnitIndex) -> &str {
        &self.result.tree.units[unit].code
    }

    /// The name of the unit that a unit reports to.
    pub fn parent(&self, unit: UnitIndex) -> &str {
        self.result.tree.parent[unit].map_or("", |parent| self.unit(parent))
    }

    /// Kind of a unit.
    pub fn level(&self, unit: UnitIndex) -> &str {
        let kind = &self.result.tree.units[unit].kind;
        self.schemas.register.kind(kind).map_or(kind, |kind| self.lang.pick(&kind.name_vi, &kind.name_en))
    }

    /// The letter of a source.
    pub const fn side(which: Which) -> &'static str {
        match which {
            Which::A => "A",
            Which::B => "B",
        }
    }

    /// Content of a cell, for reading.
    pub fn figure(&self, figure: SourceFigure, kind: NumberKind) -> String {
        self.presenter().figure(figure.value(), figure.status, kind)
    }

    /// Where a figure stands in the files of a source: file, sheet, address; empty for a sum of returns.
    pub fn place(&self, which: Which, result: &FormResult, difference: &Difference) -> [String; 3] {
        let stands = difference.stands[usize::from(which == Which::B)];
        let [Some(first), Some(second)] = &result.forms else { return [const { String::new() }; 3] };
        let (form, slot) = match which {
            Which::A => (first, Some(difference.slot)),
            Which::B => (second, result.twins.get(difference.slot).copied().flatten()),
        };
        let found = slot.zip(self.result.submission(which, form, difference.unit)).filter(|_| stands);
        found.map_or([const { String::new() }; 3], |(slot, submission)| {
            let (sheet, cell) = submission.cell(slot);
            let file = submission.file_of(slot).to_string();
            [file, sheet.as_deref().unwrap_or_default().to_owned(), cell.map(|c| c.to_string()).unwrap_or_default()]
        })
    }

    /// Location in one text: `file!sheet!cell`.
    pub fn place_text(&self, which: Which, result: &FormResult, difference: &Difference) -> String {
        Presenter::place(self.place(which, result, difference).each_ref().map(String::as_str))
    }

    /// Kind of a difference.
    pub fn kind(difference: &Difference) -> Message {
        if difference.kind != ComparisonKind::NotComparable {
            return Message::of_family("reconcile.kind", difference.kind.id());
        }
        let sides = [(Which::A, difference.a), (Which::B, difference.b)];
        let why = sides.into_iter().filter(|(_, figure)| figure.incomplete).map(|(which, figure)| {
            let side = Self::side(which);
            match figure.value() {
                Some(_) => message!("reconcile.kind_incomplete", side),
                None => message!("reconcile.kind_not_known", side, status = Presenter::status(figure.status)),
            }
        });
        message!("reconcile.kind_not_comparable", why = Message::join(&why.collect::<Vec<_>>(), ", "))
    }

    /// Why there is a difference: its kind, and what makes it.
    pub fn cause(&self, difference: &Difference, kind: NumberKind) -> String {
        let mut said = vec![Self::kind(difference)];
        if difference.follows {
            said.push(message!("reconcile.cause_total"));
        }
        if difference.scope == ReconcileScope::Total && difference.lowest {
            said.push(message!("reconcile.cause_unlocated"));
            said.extend(self.suspects(difference, kind));
        } else if !difference.parts.is_empty() {
            let parts = difference.parts.iter().map(|part| self.part(part, kind)).collect();
            said.push(message!("reconcile.cause_below", parts = shortened(parts)));
        }
        self.say(&Message::join(&said, "; "))
    }

    fn part(&self, part: &DifferencePart, kind: NumberKind) -> Message {
        let amount = if part.is_known { self.presenter().change(part.amount, kind) } else { "?".to_owned() };
        match part.cause {
            DifferenceCause::Unit(unit) => message!("reconcile.cause_part", name = self.unit(unit), amount),
            DifferenceCause::Own(_) => message!("reconcile.cause_own", amount),
            DifferenceCause::OwnMissing(_, which) => message!("reconcile.cause_own_missing", side = Self::side(which), amount),
            DifferenceCause::UnitMissing(unit, which) => {
                message!("reconcile.cause_unit_missing", name = self.unit(unit), side = Self::side(which), amount)
            }
            DifferenceCause::Inside(which) => message!("reconcile.cause_inside", side = Self::side(which), amount),
            DifferenceCause::Unlocated => message!("reconcile.cause_unlocated"),
        }
    }

    fn suspects(&self, difference: &Difference, kind: NumberKind) -> Option<Message> {
        let named = difference.suspects.iter().map(|suspect| {
            let name = self.unit(suspect.unit);
            let status = suspect.figure.map_or_else(|| Message::from(""), |figure| Presenter::status(figure.status));
            let amount = suspect.figure.map(|figure| self.presenter().number(figure.number, kind)).unwrap_or_default();
            match suspect.why {
                Suspicion::NotReceived => message!("reconcile.cause_not_received", name, side = Self::side(suspect.source)),
                Suspicion::NotKnown => message!("reconcile.cause_not_known", name, status),
                Suspicion::SameAmount => message!("reconcile.cause_same_amount", name, amount),
            }
        });
        let named: Vec<Message> = named.collect();
        (!named.is_empty()).then(|| message!("reconcile.cause_suspects", list = shortened(named)))
    }

    /// The lines that say what is compared, and which side is right.
    pub fn head(&self) -> Vec<String> {
        let mut lines = vec![self.result.regulation.term_text(self.result.period)];
        for which in Which::BOTH {
            let name = self.result.name(which);
            let returns = self.result.source(which).submissions.len();
            let kind = Message::of_family("reconcile.source", name.kind);
            lines.push(self.say(&message!("reconcile.source", side = Self::side(which), name = name.name, kind, returns)));
        }
        let trust = self.result.trust;
        lines.push(self.say(&message!("reconcile.trusted", trusted = Self::side(trust), other = Self::side(trust.other()))));
        lines.push(self.say(&if self.result.strict_blank { message!("reconcile.strict") } else { message!("reconcile.blank") }));
        lines
    }

    /// Cells that differ above schools only because of missing returns.
    pub fn due_to_missing(result: &FormResult) -> usize {
        let of =
            |due: bool| -> BTreeSet<SlotIndex> { result.differences.iter().filter(|d| d.due_to_missing == due).map(|d| d.slot).collect() };
        of(true).difference(&of(false)).count()
    }

    /// Differences of a form but for those that only follow from missing returns, cell by cell in the order of the form, each from the top of the tree down.
    pub fn by_cell<'r>(&self, result: &'r FormResult) -> Vec<(SlotIndex, Vec<&'r Difference>)> {
        let mut by_slot: HashMap<SlotIndex, Vec<&Difference>> = HashMap::new();
        for difference in &result.differences {
            by_slot.entry(difference.slot).or_default().push(difference);
        }
        // A missing return is told once, not once for each of its cells.
        let is_told = |(_, differences): &(SlotIndex, Vec<&Difference>)| differences.iter().all(|d| d.due_to_missing);
        let mut cells: Vec<(SlotIndex, Vec<&Difference>)> = by_slot.into_iter().filter(|cell| !is_told(cell)).collect();
        cells.sort_by_key(|(slot, _)| *slot);
        for (_, differences) in &mut cells {
            differences.sort_by_key(|d| (self.rank[d.unit], d.scope));
        }
        cells
    }
}

/// Why nothing of a form can be compared, or not with both sides.
pub fn lines_of_whole(result: &FormResult) -> Vec<Message> {
    let said = [
        result.other_layout.then(|| message!("reconcile.missing_other_layout")),
        result.forms[0].is_none().then(|| message!("reconcile.missing_form_a")),
        result.forms[1].is_none().then(|| message!("reconcile.missing_form_b")),
    ];
    said.into_iter().flatten().collect()
}

/// A source lacks a return that the other has.
pub fn missing_return(which: Which) -> Message {
    match which {
        Which::A => message!("reconcile.missing_return_a"),
        Which::B => message!("reconcile.missing_return_b"),
    }
}

/// The first few of a list; the rest is counted.
fn shortened(mut list: Vec<Message>) -> Message {
    let left = list.len().saturating_sub(NAMED);
    list.truncate(NAMED);
    if left > 0 {
        list.push(message!("reconcile.cause_and_more", left));
    }
    Message::join(&list, ", ")
}

/// A cell of a form in words.
pub fn cell_name(form: &Form, slot: SlotIndex) -> CellName {
    let (sheet, coded, column) = form.layout.address(slot);
    let sheet = &form.layout.sheets[sheet];
    let (row, column) = (sheet.coded_row(coded), &sheet.columns[column]);
    let label = match (&*row.group, row.label.trim()) {
        ("", label) => label.to_owned(),
        (group, label) => format!("{} / {label}", group.trim()),
    };
    CellName {
        sheet: Arc::clone(&sheet.id),
        sheet_name: Arc::clone(&sheet.name),
        code: row.code.clone().unwrap_or_default(),
        label,
        column: column.number,
        heading: column.path.join(" > "),
        kind: sheet.number_kind().unwrap_or(NumberKind::Counts),
    }
}
