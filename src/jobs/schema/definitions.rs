//! How the cells of a form are counted from records, as a person reads it.

use std::fmt::Write as _;

use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::forms::{CountBlock, Form, Schemas, Sheet, lint};
use crate::records::{Condition, EntityIndex, RecordBook, SpokenConditions};
use crate::tabulate::{FormDefinition, Profile};

/// Problems of the schemas, those of what is counted from records included.
#[must_use]
pub fn schema_problems(schemas: &Schemas) -> Vec<Message> {
    let mut problems = lint(schemas);
    match RecordBook::load(&schemas.files) {
        Err(error) => problems.push(error.message()),
        Ok(book) => {
            // A borrowed layout is looked at where it was written.
            for form in schemas.forms.iter().filter(|form| *form.layout.id == *form.id) {
                let own = FormDefinition::new(form, &book, Profile::Form).err().unwrap_or_default();
                problems.extend(own.into_iter().map(|problem| message!("forms.in_form", form = form.id, problem)));
            }
        }
    }
    problems
}

/// The definition of every counted cell of a form: by row, what a column adds, and where the Ministry's program counts otherwise.
///
/// # Errors
/// When there is no such form, or something is wrong with the definitions.
pub fn definitions_text(schemas: &Schemas, id: &str, lang: Lang) -> Result<String> {
    let (form, book) = (schemas.form(id)?, RecordBook::load(&schemas.files)?);
    written(form, &book, lang).map_err(|problem| Error::config(&form.id, problem))
}

fn written(form: &Form, book: &RecordBook, lang: Lang) -> std::result::Result<String, Message> {
    let mut out = format!("{} – {}\n", form.symbol, form.title);
    if form.layout.counts.is_empty() {
        let _ = writeln!(out, "{}", message!("records.form_not_counted").said(lang));
        return Ok(out);
    }
    for (_, sheet) in form.layout.data_sheets() {
        let _ = writeln!(out, "\n# {} ({})", sheet.name, sheet.id);
        let blocks = || form.layout.counts.iter().filter(|block| *block.sheet == *sheet.id);
        for block in blocks() {
            let entity = book.entity(&block.of).ok_or_else(|| message!("records.no_entity", id = &block.of))?;
            BlockText { book, block, sheet, entity, spoken: SpokenConditions { book, of: entity, lang } }.write(&mut out)?;
        }
        let is_counted = |code: &str| blocks().any(|block| block.rows.contains_key(code));
        let codes = (0..sheet.coded.len()).filter_map(|coded| sheet.coded_row(coded).code.as_deref());
        let typed: Vec<&str> = codes.filter(|code| !is_counted(code)).collect();
        if !typed.is_empty() {
            let _ = writeln!(out, "  {}", message!("records.typed_rows", codes = typed.join(", ")).said(lang));
        }
    }
    Ok(out)
}

/// Text of the rows that are counted from one kind of record.
struct BlockText<'a> {
    book: &'a RecordBook,
    block: &'a CountBlock,
    sheet: &'a Sheet,
    entity: EntityIndex,
    spoken: SpokenConditions<'a>,
}

impl BlockText<'_> {
    fn write(&self, out: &mut String) -> std::result::Result<(), Message> {
        let entity = &self.book.entities[self.entity];
        let only = self.book.condition(self.entity, &self.block.only)?;
        let always = self.said(entity.counts_if.iter().chain(&only));
        let lang = self.spoken.lang;
        let _ = writeln!(out, "  {}", message!("records.counts_what", entity = entity.words.clone(), condition = always).said(lang));
        for column in &self.sheet.columns {
            let own = column.dims.iter().map(|dim| self.book.column_condition(self.entity, &dim.dim, &dim.value));
            let own = own.collect::<std::result::Result<Vec<_>, _>>()?;
            let _ = writeln!(out, "    [{}] {}: {}", column.number, column.path.join(" > "), self.said(own.iter().flatten()));
        }
        for coded in 0..self.sheet.coded.len() {
            let row = self.sheet.coded_row(coded);
            let code = row.code.as_deref().unwrap_or_default();
            let Some(written) = self.block.rows.get(code) else { continue };
            let own = self.book.condition(self.entity, written)?;
            let _ = writeln!(out, "  {code:>5}  {}: {}", row.label.trim(), self.said(own.iter()));
            if let Some(engine) = self.block.engine_of(code) {
                let when = self.book.condition(self.entity, &engine.when)?;
                let why = lang.pick(&engine.why_vi, &engine.why_en);
                let said = message!("records.engine_counts", condition = self.said(when.iter()), why);
                let _ = writeln!(out, "         {}", said.said(lang));
            }
        }
        Ok(())
    }

    /// Conditions in words; all records where there is none.
    fn said<'c>(&self, conditions: impl Iterator<Item = &'c Condition>) -> String {
        let said = self.spoken.all(conditions);
        if said.is_empty() { message!("records.all_records").said(self.spoken.lang) } else { said }
    }
}
