//! Reading the register of units; every problem of the file is named at once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{GroupValue, Unit};
use crate::base::disk::unfit_as_name;
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::text::fold;
use crate::forms::{CodeName, NamedCodes, NamedPart, RegisterSchema};
use crate::tables::{Table, TableRow, parse_date};

/// All lines of the register.
#[derive(Debug, Clone)]
pub struct Register {
    /// The file it was read from.
    pub file: Arc<str>,
    /// Lines in file order.
    pub units: Vec<Unit>,
    /// Keys of the grouping columns.
    pub groupings: Vec<Arc<str>>,
}

impl Register {
    /// Reads a register out of a table.
    ///
    /// # Errors
    /// One error naming every line that cannot be used: a missing column or
    /// code, an unknown kind or level, a bad date, overlapping lines of one code.
    pub fn read(table: &Table, schema: &RegisterSchema) -> Result<Self> {
        let reader = Reader::new(table, schema)?;
        let mut problems = Vec::new();
        let mut units = Vec::new();
        for row in &table.rows {
            match reader.unit(row) {
                Ok(unit) => units.push(unit),
                Err(reasons) => problems.extend(reasons.iter().map(|r| Message::on_line(row.line, r))),
            }
        }
        one_spelling(&mut units);
        check_overlaps(&units, &mut problems);
        check_mergers(&units, &mut problems);
        if problems.is_empty() {
            let groupings = schema.groupings.iter().map(|key| key.as_str().into()).collect();
            Ok(Self { file: Arc::clone(&table.file), units, groupings })
        } else {
            Err(Error::config(&table.file, Message::lines(problems)))
        }
    }
}

/// Column positions of a register table.
struct Reader<'a> {
    schema: &'a RegisterSchema,
    columns: Vec<(&'a str, Option<usize>)>,
    /// Codes and names of the kinds of unit.
    kinds: NamedCodes,
    /// Codes and names of the levels.
    levels: NamedCodes,
    ownership: NamedCodes,
    /// Keys of the groupings; every unit has the same.
    groupings: Vec<Arc<str>>,
}

impl<'a> Reader<'a> {
    fn new(table: &Table, schema: &'a RegisterSchema) -> Result<Self> {
        let mut columns = Vec::new();
        let mut known: Vec<usize> = Vec::new();
        for column in &schema.columns {
            let at = table.find(&[&column.key, &column.name_vi, &column.name_en]);
            if at.is_none() && column.required {
                return Err(Error::config(&table.file, table.no_column(&column.name_vi)));
            }
            known.extend(at);
            columns.push((column.key.as_str(), at));
        }
        let unknown = table.headings.iter().enumerate().find(|(i, h)| !h.trim().is_empty() && !known.contains(i));
        if let Some((_, heading)) = unknown {
            let names = schema.columns.iter().map(|c| c.name_vi.as_str());
            let reason = message!("register.column_not_known_stands", heading);
            let error = Error::config(&table.file, reason);
            return Err(match closest(heading, names) {
                Some(near) => error.with_hint(Message::did_you_mean(near)),
                None => error,
            });
        }
        let groupings = schema.groupings.iter().map(|key| Arc::from(key.as_str())).collect();
        let (kinds, levels, ownership) = (schema.kind_names(), schema.level_names(), schema.ownership_names());
        Ok(Self { schema, columns, kinds, levels, ownership, groupings })
    }

    fn text(&self, row: &TableRow, key: &str) -> String {
        let column = self.columns.iter().find(|(name, _)| *name == key).and_then(|(_, at)| *at);
        row.text(column)
    }

    fn unit(&self, row: &TableRow) -> std::result::Result<Unit, Vec<Message>> {
        let mut problems = Vec::new();
        let optional = |text: String| (!text.is_empty()).then(|| Arc::from(text));
        let code = self.text(row, "code");
        if code.is_empty() {
            problems.push(message!("register.unit_no_code"));
        }
        if let Some(why) = unfit_as_name(&code) {
            // The text is not shown: a character that cannot be seen would not show either.
            problems.push(message!("register.unit_code_not_fit", why));
        }
        let kind_text = self.text(row, "kind");
        let kind = code_of(&self.kinds, &kind_text, &message!("register.kind"), &mut problems);
        let levels_text = self.text(row, "levels");
        let levels = self.levels.parts(&levels_text).into_iter().map(|part| match part {
            NamedPart::Code(code) => Arc::from(code),
            NamedPart::Unknown(text) => code_of(&self.levels, text, &message!("register.level"), &mut problems),
        });
        let levels = levels.collect();
        let ownership = match self.text(row, "ownership") {
            text if text.is_empty() => Arc::from(""),
            text => code_of(&self.ownership, &text, &message!("register.kind_ownership"), &mut problems),
        };
        let mut date = |key: &str| match self.text(row, key) {
            text if text.is_empty() => None,
            text => parse_date(&text).map_err(|problem| problems.push(problem)).ok(),
        };
        let (valid_from, valid_to) = (date("valid_from"), date("valid_to"));
        if let Some((first, last)) = valid_from.zip(valid_to).filter(|(first, last)| first > last) {
            let (first, last) = (first.format("%d/%m/%Y"), last.format("%d/%m/%Y"));
            problems.push(message!("register.valid_ends_earlier_no", code, first, last));
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let groups = self.groupings.iter().map(|key| GroupValue { key: Arc::clone(key), value: Arc::from(self.text(row, key)) });
        let unit_kind = self.schema.kind(&kind);
        Ok(Unit {
            code: code.into(),
            name: self.text(row, "name").into(),
            facility: unit_kind.is_some_and(|k| k.facility),
            aggregate: unit_kind.is_some_and(|k| k.aggregate),
            kind,
            levels,
            ownership,
            reports_to: optional(self.text(row, "reports_to")),
            files_with: optional(self.text(row, "files_with")),
            forms: self.text(row, "forms").split([' ', ',', ';']).filter(|f| !f.is_empty()).map(Arc::from).collect(),
            groups: groups.collect(),
            valid_from,
            valid_to,
            merged_into: optional(self.text(row, "merged_into")),
            line: row.line,
        })
    }
}

/// Values of a grouping that a reader would call equal are one value, spelled as it was first: a second blank or another
/// capital must not tear a district in two.
fn one_spelling(units: &mut [Unit]) {
    let mut first: HashMap<(usize, String), Arc<str>> = HashMap::new();
    for unit in units {
        for (column, own) in unit.groups.iter_mut().enumerate().filter(|(_, own)| !own.value.is_empty()) {
            let value = &mut own.value;
            let spelled = first.entry((column, fold(value))).or_insert_with(|| Arc::clone(value));
            *value = Arc::clone(spelled);
        }
    }
}

/// The code that a code or a name means; a text that means none is a problem.
fn code_of(names: &NamedCodes, text: &str, what: &Message, problems: &mut Vec<Message>) -> Arc<str> {
    if let Some(entry) = names.find(text) {
        return Arc::from(entry.code.as_str());
    }
    let all = |pick: fn(&CodeName) -> &str| names.all().iter().map(pick).collect::<Vec<_>>().join(", ");
    let known = Message::both(all(|e| &e.name_vi), all(|e| &e.code));
    problems.push(message!("register.is_not_a", text, what, known));
    text.into()
}

/// A unit is merged into one that the register knows, and is no more from then on.
fn check_mergers(units: &[Unit], problems: &mut Vec<Message>) {
    let codes: HashSet<&str> = units.iter().map(|unit| &*unit.code).collect();
    for unit in units {
        let Some(into) = &unit.merged_into else { continue };
        let (line, code) = (unit.line, &unit.code);
        if unit.valid_to.is_none() {
            problems.push(message!("register.line_unit_merged_into", line, code, into));
        }
        if *into == *code || !codes.contains(&**into) {
            problems.push(message!("register.line_unit_merged_into_no", line, code, into));
            continue;
        }
        if !is_left(units, unit) {
            problems.push(message!("register.line_unit_merged_into_no_more", line, code, into));
        }
    }
}

/// Whether the unit that another one is merged into is there then, or is merged in its turn on the same day into one that is.
fn is_left(units: &[Unit], unit: &Unit) -> bool {
    let (mut into, last) = (unit.merged_into.as_deref(), unit.valid_to);
    // As many steps as there are units: a circle ends too.
    for _ in units {
        let Some(code) = into else { return false };
        let lines = || units.iter().filter(|other| *other.code == *code);
        if lines().any(|line| line.valid_to.is_none() || line.valid_to > last) {
            return true;
        }
        into = lines().find(|line| line.valid_to == last).and_then(|line| line.merged_into.as_deref());
    }
    false
}

fn check_overlaps(units: &[Unit], problems: &mut Vec<Message>) {
    let mut order: Vec<&Unit> = units.iter().collect();
    order.sort_by(|a, b| (&a.code, a.valid_from, a.line).cmp(&(&b.code, b.valid_from, b.line)));
    for pair in order.windows(2) {
        let (before, after) = (pair[0], pair[1]);
        let apart = before.valid_to.zip(after.valid_from).is_some_and(|(last, first)| last < first);
        if before.code == after.code && !apart {
            let (line, code, other) = (after.line, &after.code, before.line);
            problems.push(message!("register.line_unit_valid_same", line, code, other));
        }
    }
}
