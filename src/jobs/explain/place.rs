//! The place that is asked about: a unit, or a former district, an area, an ownership.

use std::sync::Arc;

use crate::base::error::{Error, Result, closest};
use crate::base::message::Message;
use crate::base::message::{Lang, message};
use crate::base::text::fold;
use crate::forms::Schemas;
use crate::query::explain::Figure;
use crate::register::{Tree, UnitIndex, final_successor};

/// Figure that is asked about, and how the units below it are grouped.
pub struct FigureAsked<'a> {
    /// Code of a unit, or the value of a grouping.
    pub unit: &'a str,
    /// The grouping.
    pub by: Option<&'a str>,
    /// Schemas that say what units of the register may be.
    pub schemas: &'a Schemas,
    /// The language that places are named in.
    pub lang: Lang,
}

impl FigureAsked<'_> {
    /// Groups the units of a figure as asked; the code of the place asked about in its tree, be it there or not.
    ///
    /// # Errors
    /// When there is no such grouping.
    pub fn group(&self, figure: &mut Figure) -> Result<String> {
        let Some(by) = self.by else { return Ok(self.unit.to_owned()) };
        let tree = &figure.tree;
        let unit = tree.find(self.unit);
        // A value goes by what is printed for it too: "tư thục".
        let is_meant = |value: &str| value == self.unit || (!value.is_empty() && fold(&self.name(tree, by, value)) == fold(self.unit));
        let member = || tree.units.position(|unit| is_meant(unit.value_of(by)));
        let value = member().map_or_else(|| self.unit.to_owned(), |at| tree.units[at].value_of(by).to_owned());
        // A group lies below whoever its units report to in the end.
        let top = unit.or_else(|| member().map(|at| tree.ancestors(at).last().unwrap_or(at))).or_else(|| tree.roots().next());
        let Some(top) = top else { return Ok(self.unit.to_owned()) };
        let names = |value: &str| self.name(tree, by, value);
        figure.tree = tree.regrouped(top, by, &names)?;
        Ok(if unit.is_some() { self.unit.to_owned() } else { Tree::group_code(by, &value) })
    }

    /// The name people know a value by.
    fn name(&self, tree: &Tree, by: &str, value: &str) -> Arc<str> {
        if value.is_empty() {
            return message!("explain.part_no_group").said(self.lang).into();
        }
        tree.group_name(&self.schemas.register, by, value)
    }

    /// The place in a tree.
    ///
    /// # Errors
    /// When it is not there.
    pub fn find(&self, tree: &Tree, code: &str) -> Result<UnitIndex> {
        tree.find(code).ok_or_else(|| Error::Unknown { kind: message!("kinds.unit"), name: self.unit.to_owned(), hint: self.hint(tree) })
    }

    fn hint(&self, tree: &Tree) -> Option<Message> {
        if let Some(into) = final_successor(&tree.successions, self.unit) {
            return Some(message!("explain.merged_into_ask_name", into));
        }
        let by = tree.groupings_with(self.unit);
        if let (None, Some(by)) = (self.by, by.first()) {
            return Some(message!("explain.value_grouping_add", unit = self.unit, by));
        }
        let values = tree.units.iter().filter_map(|unit| self.by.map(|by| unit.value_of(by)));
        let near = closest(self.unit, tree.units.iter().map(|unit| &*unit.code).chain(values)).map(Message::did_you_mean);
        // Names that hold what was asked for are nearer than a code that looks like it.
        tree.named(self.unit).err().and_then(|problem| problem.hint()).or(near)
    }
}
