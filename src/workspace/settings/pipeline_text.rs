//! Settings become the text of a pipeline file, one for each term; a pipeline file of its own adds what they do not set.

use super::read::{Settings, WrittenSetting};
use super::schema::{Setting, SettingsSchema, TermName};
use super::tables::TermLine;
use super::values::SettingValue;
use crate::base::message::{Message, message};
use crate::forms::{TomlTree, TomlValue};

/// Keys that come with the term and stand on no line of the workbook.
const TITLE: &str = "title";

impl Settings {
    /// The pipeline of a term as a tree of keys.
    #[must_use]
    pub fn pipeline(&self, schema: &SettingsSchema, term: &TermName) -> TomlTree {
        let mut tree = TomlTree::default();
        tree.set(TITLE, message!("settings.title", term = beginning_small(&term.name_vi), year = self.year).vi());
        tree.set("term", term.term.id());
        if let Some(state) = &term.result_state {
            tree.set("result_state", state.as_str());
        }
        for (setting, written) in self.lines(schema, term) {
            match (&written.value, &setting.member) {
                (SettingValue::Text(text), _) => tree.set(&setting.key, text.as_str()),
                (SettingValue::Texts(texts), _) => tree.add(&setting.key, texts.iter().map(|text| text.as_str().into())),
                (SettingValue::Flag(is_yes), Some(member)) => tree.add(&setting.key, is_yes.then(|| member.as_str().into())),
                (SettingValue::Flag(is_yes), None) => tree.set(&setting.key, *is_yes),
            }
        }
        let of_term = |line: &&TermLine| schema.terms.get(line.term).is_some_and(|own| own.id == term.id);
        // Also where nothing is read yet: a pipeline file has the table.
        tree.add("inputs.workbooks", []);
        let lists: Vec<&TermLine> = self.lists.iter().filter(of_term).collect();
        if !lists.is_empty() {
            tree.add("inputs.lists", lists.into_iter().map(table));
        }
        let deadlines: Vec<&TermLine> = self.deadlines.iter().filter(of_term).collect();
        if !deadlines.is_empty() {
            tree.add("deadlines", deadlines.into_iter().map(|line| self.deadline(line, term)));
        }
        tree
    }

    /// A deadline as `han-nop.toml` has it.
    fn deadline(&self, line: &TermLine, term: &TermName) -> TomlValue {
        let mut values = line.values.clone();
        values.insert("school_year".to_owned(), self.year.to_string().into());
        values.insert("term".to_owned(), term.term.id().into());
        if let Some(state) = &term.result_state {
            values.insert("result_state".to_owned(), state.as_str().into());
        }
        table(&TermLine { values, ..line.clone() })
    }

    /// Keys of another pipeline that the settings of the term hold too, each with the place in the workbook.
    #[must_use]
    pub fn told_twice(&self, schema: &SettingsSchema, term: &TermName, other: &TomlTree) -> Vec<Message> {
        let mut problems = Vec::new();
        for key in other.keys() {
            let line = self.lines(schema, term).find(|(setting, _)| setting.key == key);
            if let Some((setting, WrittenSetting { sheet, cell, .. })) = line {
                problems.push(message!("settings.told_twice", key, sheet = &**sheet, cell, name = setting.words()));
            } else if ["deadlines", "inputs.deadlines"].contains(&&*key) && !self.deadlines.is_empty() {
                problems.push(message!("settings.sheet_told_twice", key, sheet = message!("settings.sheet_deadlines")));
            } else if key == "inputs.lists" && !self.lists.is_empty() {
                problems.push(message!("settings.sheet_told_twice", key, sheet = message!("settings.sheet_lists")));
            }
        }
        problems
    }

    /// Lines that are filled in and for a term.
    fn lines<'a>(&'a self, schema: &'a SettingsSchema, term: &'a TermName) -> impl Iterator<Item = (&'a Setting, &'a WrittenSetting)> {
        schema.settings().filter(|setting| setting.is_for(term)).filter_map(|setting| Some((setting, self.written.get(&setting.id)?)))
    }
}

/// A name within a sentence: `đầu năm học`.
fn beginning_small(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

fn table(line: &TermLine) -> TomlValue {
    TomlValue::Table(line.values.clone().into_iter().collect())
}
