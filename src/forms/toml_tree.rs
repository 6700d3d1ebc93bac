//! TOML that the program puts together key by key, or out of two texts, and that is then read as any other.

use super::source::parse_toml;
use crate::base::error::Result;

pub use toml::Value as TomlValue;

/// A tree of keys; a key is written with dots, `outputs.folder`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TomlTree {
    root: toml::Table,
}

impl TomlTree {
    /// Reads a text.
    ///
    /// # Errors
    /// When it is no TOML.
    pub fn parse(file: &str, text: &str) -> Result<Self> {
        Ok(Self { root: parse_toml(file, text)? })
    }

    /// Sets a key.
    pub fn set(&mut self, key: &str, value: impl Into<TomlValue>) {
        self.edit(key, |table, last| {
            table.insert(last.to_owned(), value.into());
        });
    }

    /// Adds to the list of a key, which holds a list from then on even where nothing was added.
    pub fn add(&mut self, key: &str, values: impl IntoIterator<Item = TomlValue>) {
        self.edit(key, |table, last| {
            let entry = table.entry(last.to_owned()).or_insert_with(|| TomlValue::Array(Vec::new()));
            if let TomlValue::Array(list) = entry {
                list.extend(values);
            }
        });
    }

    /// The value of a key of the top, taken out.
    pub fn take(&mut self, key: &str) -> Option<TomlValue> {
        self.root.remove(key)
    }

    /// Keys that hold a value, with dots; a list is one value.
    #[must_use]
    pub fn keys(&self) -> Vec<String> {
        let mut keys = Vec::new();
        collect_keys(&self.root, "", &mut keys);
        keys
    }

    /// Adds what another tree has and this one has not.
    pub fn fill_from(&mut self, other: Self) {
        fill(&mut self.root, other.root);
    }

    /// The tree as text: same tree, same text.
    #[must_use]
    pub fn text(&self) -> String {
        self.root.to_string()
    }

    /// Changes the table that a key stands in; told the key's last part.
    fn edit(&mut self, key: &str, change: impl FnOnce(&mut toml::Table, &str)) {
        let (above, last) = key.rsplit_once('.').unwrap_or(("", key));
        let mut table = &mut self.root;
        for part in above.split('.').filter(|part| !part.is_empty()) {
            match table.entry(part.to_owned()).or_insert_with(|| TomlValue::Table(toml::Table::new())) {
                TomlValue::Table(below) => table = below,
                _ => return,
            }
        }
        change(table, last);
    }
}

fn collect_keys(table: &toml::Table, above: &str, keys: &mut Vec<String>) {
    for (key, value) in table {
        let key = if above.is_empty() { key.clone() } else { format!("{above}.{key}") };
        match value {
            TomlValue::Table(below) => collect_keys(below, &key, keys),
            _ => keys.push(key),
        }
    }
}

fn fill(own: &mut toml::Table, other: toml::Table) {
    for (key, value) in other {
        match (own.get_mut(&key), value) {
            (Some(TomlValue::Table(own)), TomlValue::Table(other)) => fill(own, other),
            (Some(_), _) => {}
            (None, value) => {
                own.insert(key, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_set_listed_and_filled_in() {
        let mut tree = TomlTree::default();
        tree.set("title", "Báo cáo");
        tree.add("outputs.groups", ["cluster".into()]);
        tree.add("outputs.reports", []);
        let other = TomlTree::parse("", "title = \"B\"\n[outputs]\nfolder = \"ra\"\ngroups = []\n").unwrap();
        assert_eq!(other.keys(), ["outputs.folder", "outputs.groups", "title"]);
        tree.fill_from(other);
        assert_eq!(tree.keys(), ["outputs.folder", "outputs.groups", "outputs.reports", "title"]);
        assert_eq!(TomlTree::parse("", &tree.text()).unwrap(), tree);
        assert_eq!(tree.text(), "title = \"Báo cáo\"\n\n[outputs]\nfolder = \"ra\"\ngroups = [\"cluster\"]\nreports = []\n");
    }
}
