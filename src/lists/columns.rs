//! Meaning of a list's headings: which column is which cell, and which cells no column has.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::base::error::{Error, Result};
use crate::base::location::parse_column;
use crate::base::message::{Message, message};
use crate::base::number::NumberKind;
use crate::base::text::{fold, heading_key};
use crate::findings::Subject;
use crate::forms::{Form, Layout, SlotIndex};
use crate::lists::cells::list_heading;
use crate::lists::mapping::{ListMapping, MappedColumn};
use crate::returns::{Placement, Status, Values};
use crate::tables::{RepeatedHeading, Table, TableRow, letters};

/// Headings of the column of codes where no mapping names it.
const UNIT_HEADINGS: [&str; 2] = ["unit", "Mã đơn vị"];
/// Headings of lists of ours that are no cells.
const OWN_HEADINGS: [&str; 3] = ["unit", "name", "layout_status"];

/// Columns of a list.
pub struct ListColumns {
    /// Column of each slot that has one.
    pub slots: BTreeMap<SlotIndex, usize>,
    /// Column of the unit's code.
    pub unit: usize,
    /// Columns with figures.
    pub figures: Vec<usize>,
    /// Columns of item and value of a long list.
    pub long: Option<LongColumns>,
    /// Slots by item of a long list.
    pub items: HashMap<String, SlotIndex>,
    /// Column of the condition.
    pub condition: Option<usize>,
    /// Slots that the form does not have.
    pub not_applicable: Vec<SlotIndex>,
    /// A return of which nothing was read: what no column has is absent.
    pub blank: Values,
    /// Slots that no column has; of a long list, all of them, until lines give some.
    pub absent: usize,
    /// Headings that look like cells and are none, with their columns.
    pub strange: Vec<usize>,
    /// Columns of each sheet's slots, for placements.
    placements: Vec<Arc<Vec<u16>>>,
}

/// The columns of a list with one cell per line.
#[derive(Debug, Clone, Copy)]
pub struct LongColumns {
    /// The column that names the cell.
    pub item: usize,
    /// The column of its figure.
    pub value: usize,
}

impl ListColumns {
    /// # Errors
    /// Every heading that is missing, stands twice, or names no cell; and every cell with two columns.
    pub fn new(table: &Table, mapping: &ListMapping, form: &Form) -> Result<Self> {
        let layout = &form.layout;
        let mut problems: Vec<Message> = table.in_old_font().into_iter().collect();
        let mut column = |heading: &str| problems_or(column_of(table, heading), &mut problems);
        let unit = match (&mapping.unit_letter, &mapping.unit) {
            (Some(letter), _) => problems_or(lettered(letter), &mut problems),
            (None, Some(heading)) => column(heading),
            (None, None) => problems_or(unit_column(table), &mut problems),
        };
        let long = mapping
            .long
            .as_ref()
            .map(|long| [&long.item, &long.value].map(|heading| problems_or(column_of(table, heading), &mut problems)));
        let condition = mapping.received_if.as_ref().map(|condition| problems_or(column_of(table, &condition.heading), &mut problems));
        let (mut slots, mut items) = (BTreeMap::new(), HashMap::new());
        if long.is_some() {
            items = mapped_items(mapping, form, &mut problems);
        } else if mapping.columns.is_empty() {
            slots = named_slots(table, form, &mut problems);
        } else {
            slots = mapped_slots(table, mapping, form, &mut problems);
        }
        if !problems.is_empty() {
            return Err(Error::config(&table.file, Message::join(&problems, "; ")));
        }
        let not_applicable = layout.each_slot().filter(|&slot| !applies(layout, slot)).collect();
        let mut blank = Values::new(layout.slots);
        let has_none = |slot: &SlotIndex| !slots.contains_key(slot) && is_figure(layout, *slot) && applies(layout, *slot);
        let without: Vec<SlotIndex> = layout.each_slot().filter(has_none).collect();
        for &slot in &without {
            blank.set(slot, Status::Absent, 0);
        }
        for slot in layout.each_slot().filter(|&slot| !applies(layout, slot)) {
            blank.set(slot, Status::NotApplicable, 0);
        }
        let strange = if mapping.columns.is_empty() && long.is_none() { strange_headings(table, &slots, unit) } else { Vec::new() };
        let mut figures: Vec<usize> = slots.values().copied().collect();
        figures.sort_unstable();
        let absent = without.len();
        let long = long.map(|[item, value]| LongColumns { item, value });
        let placements = placements(layout, &slots);
        Ok(Self { slots, unit, figures, long, items, condition, not_applicable, blank, absent, strange, placements })
    }

    /// Whether anything is read from a column.
    pub fn reads(&self, column: usize) -> bool {
        let is_of_long = self.long.is_some_and(|long| column == long.item || column == long.value);
        column == self.unit || self.condition == Some(column) || is_of_long || self.figures.contains(&column)
    }

    /// Placement of every sheet of the form in a line.
    pub fn placements(&self, table: &Table, row: &TableRow) -> Vec<Placement> {
        let line = |columns: &Arc<Vec<u16>>| Placement::Line {
            sheet: table.sheet.clone(),
            row: row.line.saturating_sub(1),
            columns: Arc::clone(columns),
        };
        self.placements.iter().map(line).collect()
    }

    /// The columns that a line which repeats the headings has under other headings than the table; none for any other line.
    pub fn headings_again(&self, table: &Table, row: &TableRow) -> Option<Vec<usize>> {
        let repeats = |column: &usize| {
            let text = row.text(Some(*column));
            let heading = table.headings.get(*column).map_or("", String::as_str);
            !text.is_empty() && (fold(heading) == fold(&text) || heading_key(heading).ends_with(&format!("/{}", heading_key(&text))))
        };
        let are_headings = repeats(&self.unit)
            || (row.text(Some(self.unit)).is_empty() && self.figures.iter().filter(|column| repeats(column)).count() > 1);
        let is_other = |column: &usize| !row.text(Some(*column)).is_empty() && !repeats(column);
        are_headings.then(|| self.figures.iter().copied().filter(is_other).collect())
    }

    /// Kind of all figures of the list, where they are of one.
    pub fn number_kind(&self, form: &Form) -> Option<NumberKind> {
        let slots = self.slots.keys().chain(self.items.values());
        let mut kinds = slots.filter_map(|&slot| form.layout.sheets[form.layout.address(slot).0].number_kind());
        let first = kinds.next()?;
        kinds.all(|kind| kind == first).then_some(first)
    }

    /// Subject of a finding about a slot, but for the unit.
    pub fn subject(form: &Form, slot: SlotIndex) -> Subject {
        let (sheet, coded, column) = form.layout.address(slot);
        let sheet = &form.layout.sheets[sheet];
        Subject {
            unit: None,
            form: Some(Arc::clone(&form.id)),
            sheet: Some(Arc::clone(&sheet.id)),
            code: sheet.coded_row(coded).code.clone(),
            column: Some(sheet.columns[column].number),
        }
    }
}

fn placements(layout: &Layout, slots: &BTreeMap<SlotIndex, usize>) -> Vec<Arc<Vec<u16>>> {
    let of_sheet = |sheet: &crate::forms::Sheet| {
        let own = sheet.each_slot();
        let at = own.map(|slot| slots.get(&slot).and_then(|&column| u16::try_from(column).ok()).unwrap_or(u16::MAX));
        Arc::new(at.collect())
    };
    layout.sheets.iter().map(of_sheet).collect()
}

fn applies(layout: &Layout, slot: SlotIndex) -> bool {
    let (sheet, coded, column) = layout.address(slot);
    !layout.sheets[sheet].coded_row(coded).not_applicable.contains(&column)
}

fn is_figure(layout: &Layout, slot: SlotIndex) -> bool {
    layout.sheets[layout.address(slot).0].number_kind().is_some()
}

fn problems_or(found: std::result::Result<usize, Message>, problems: &mut Vec<Message>) -> usize {
    found.unwrap_or_else(|problem| {
        problems.push(problem);
        0
    })
}

fn lettered(letters: &str) -> std::result::Result<usize, Message> {
    parse_column(&letters.trim().to_ascii_uppercase()).map(usize::from).ok_or_else(|| message!("workbooks.no_column_such_c", letters))
}

fn column_of(table: &Table, heading: &str) -> std::result::Result<usize, Message> {
    match table.columns_of(heading)[..] {
        [column] => Ok(column),
        [] => Err(table.no_column(heading)),
        ref several => Err(table.told_twice(&RepeatedHeading { heading: heading.to_owned(), columns: several.to_vec() })),
    }
}

fn unit_column(table: &Table) -> std::result::Result<usize, Message> {
    let found: Vec<usize> = UNIT_HEADINGS.iter().flat_map(|heading| table.columns_of(heading)).collect();
    match found[..] {
        [column] => Ok(column),
        [] => {
            let words = table.no_column(UNIT_HEADINGS[0]);
            Err(message!("workbooks.column_units_codes", words))
        }
        ref several => Err(table.told_twice(&RepeatedHeading { heading: UNIT_HEADINGS[1].to_owned(), columns: several.to_vec() })),
    }
}

fn slot_of(mapped: &MappedColumn, form: &Form) -> std::result::Result<SlotIndex, Message> {
    let sheet = form.layout.sheet(&mapped.sheet);
    let slot = sheet.and_then(|sheet| Some(sheet.slot(sheet.find_code(&mapped.code)?, sheet.find_column(mapped.column)?)));
    slot.ok_or_else(|| {
        let cell = format!("{}/{}/{}", mapped.sheet, mapped.code, mapped.column);
        message!("workbooks.form_no_cell", short = form.short, cell)
    })
}

fn mapped_slots(table: &Table, mapping: &ListMapping, form: &Form, problems: &mut Vec<Message>) -> BTreeMap<SlotIndex, usize> {
    let mut slots = BTreeMap::new();
    for mapped in &mapping.columns {
        let at = match &mapped.letter {
            Some(letter) => lettered(letter),
            None => column_of(table, &mapped.heading),
        };
        match (at, slot_of(mapped, form)) {
            (Ok(at), Ok(slot)) => {
                if let Some(other) = slots.insert(slot, at) {
                    problems.push(two_columns(form, slot, &letters(other), &letters(at)));
                }
            }
            (at, slot) => problems.extend(at.err().into_iter().chain(slot.err())),
        }
    }
    slots
}

fn two_columns(form: &Form, slot: SlotIndex, one: &str, other: &str) -> Message {
    let cell = list_heading(&form.layout, slot);
    message!("workbooks.two_columns_cell_form", one, other, cell, short = form.short)
}

fn mapped_items(mapping: &ListMapping, form: &Form, problems: &mut Vec<Message>) -> HashMap<String, SlotIndex> {
    let mut items = HashMap::new();
    let mut slots: HashMap<SlotIndex, &str> = HashMap::new();
    for mapped in &mapping.columns {
        match slot_of(mapped, form) {
            Err(problem) => problems.push(problem),
            Ok(slot) => {
                let item = &mapped.heading;
                if items.insert(heading_key(item), slot).is_some() {
                    problems.push(message!("workbooks.item_stands_twice", item));
                }
                if let Some(other) = slots.insert(slot, item) {
                    problems.push(two_columns(form, slot, other, item));
                }
            }
        }
    }
    if mapping.columns.is_empty() {
        items = form.layout.each_slot().map(|slot| (heading_key(&list_heading(&form.layout, slot)), slot)).collect();
    }
    items
}

/// Columns whose headings name cells themselves.
fn named_slots(table: &Table, form: &Form, problems: &mut Vec<Message>) -> BTreeMap<SlotIndex, usize> {
    let mut by_heading: HashMap<String, Vec<usize>> = HashMap::new();
    for (column, heading) in table.headings.iter().enumerate() {
        by_heading.entry(heading_key(heading)).or_default().push(column);
    }
    let mut slots = BTreeMap::new();
    for slot in form.layout.each_slot() {
        let heading = list_heading(&form.layout, slot);
        match by_heading.get(&heading_key(&heading)).map(Vec::as_slice) {
            None => {}
            Some([column]) => drop(slots.insert(slot, *column)),
            Some(several) => problems.push(table.told_twice(&RepeatedHeading { heading, columns: several.to_vec() })),
        }
    }
    if slots.is_empty() && problems.is_empty() {
        let example = list_heading(&form.layout, SlotIndex::new(0));
        problems.push(message!("workbooks.no_heading_names_cell", short = form.short, example));
    }
    slots
}

/// Columns whose headings look like cells and are none.
fn strange_headings(table: &Table, slots: &BTreeMap<SlotIndex, usize>, unit: usize) -> Vec<usize> {
    let known: Vec<usize> = slots.values().copied().collect();
    let is_strange = |(column, heading): &(usize, &String)| {
        let is_own = OWN_HEADINGS.iter().any(|own| heading_key(own) == heading_key(heading));
        heading.matches('/').count() == 2 && *column != unit && !is_own && !known.contains(column)
    };
    table.headings.iter().enumerate().filter(is_strange).map(|(column, _)| column).collect()
}
