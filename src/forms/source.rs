//! Where schema files come from: built into the program, or a folder of the user's.
//!
//! A folder overrides: a file there replaces the built-in file of the same
//! path, and new files are added. So a new circular is a folder, no program.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use toml::de::{DeTable, DeValue, Deserializer};

use crate::base::error::{Action, Error, Result, closest};
use crate::base::input::{MAX_TEXT, Seen, read_bytes};
use crate::base::message::{Lang, Message, message};

/// Keys of a pair of texts.
const VI: &str = "vi";
const EN: &str = "en";

#[derive(rust_embed::RustEmbed)]
#[folder = "schemas/"]
struct BuiltIn;

/// All schema files by their path below `schemas/`, with `/` between folders.
#[derive(Debug, Clone)]
pub struct SchemaFiles {
    files: BTreeMap<String, Vec<u8>>,
    folder: Option<PathBuf>,
}

impl SchemaFiles {
    /// The built-in files, overridden by those of `folder` if given.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn open(folder: Option<&Path>) -> Result<Self> {
        let mut files = BTreeMap::new();
        for path in BuiltIn::iter() {
            if let Some(file) = BuiltIn::get(&path) {
                files.insert(path.replace('\\', "/"), file.data.into_owned());
            }
        }
        if let Some(folder) = folder {
            add_folder(&mut files, &mut Seen::default(), folder, "")?;
        }
        Ok(Self { files, folder: folder.map(Path::to_owned) })
    }

    /// The files of a folder and no others: what another version of the program had.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn only(folder: &Path) -> Result<Self> {
        let mut files = BTreeMap::new();
        add_folder(&mut files, &mut Seen::default(), folder, "")?;
        Ok(Self { files, folder: None })
    }

    /// Paths in order.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Paths and contents in order; what a run's identity is made of.
    pub fn contents(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
    }

    /// The text of one file.
    ///
    /// # Errors
    /// When there is no such file or it is not UTF-8.
    pub fn text(&self, path: &str) -> Result<&str> {
        let Some(bytes) = self.files.get(path) else {
            let hint = closest(path, self.paths()).map(Message::did_you_mean);
            return Err(Error::Unknown { kind: message!("kinds.schema_file"), name: path.to_owned(), hint });
        };
        std::str::from_utf8(bytes).map_err(|_| Error::config(self.shown(path), message!("forms.not_utf_text")))
    }

    /// One TOML file, as the type it should be.
    ///
    /// # Errors
    /// When the file is missing or does not have that shape; an unknown key comes with a suggestion.
    pub fn toml<T: DeserializeOwned>(&self, path: &str) -> Result<T> {
        parse_toml(&self.shown(path), self.text(path)?)
    }

    /// One TOML file of words, in a language: of every pair `{ vi = …, en = … }` that one is taken.
    ///
    /// # Errors
    /// As for [`Self::toml`].
    pub fn toml_in<T: DeserializeOwned>(&self, path: &str, lang: Lang) -> Result<T> {
        parse_toml_in(&self.shown(path), self.text(path)?, lang)
    }

    /// The name of a schema file as messages show it.
    #[must_use]
    pub fn shown(&self, path: &str) -> String {
        match &self.folder {
            Some(folder) if folder.join(path).is_file() => folder.join(path).display().to_string(),
            _ => format!("schemas/{path}"),
        }
    }
}

/// Reads TOML that people write; names the line and suggests the key that was meant.
///
/// # Errors
/// [`Error::Config`] when the text does not have the shape of `T`.
pub fn parse_toml<T: DeserializeOwned>(file: &str, text: &str) -> Result<T> {
    toml::from_str(text).map_err(|problem| wrong(file, text, &problem))
}

/// Reads words in two languages: a pair `{ vi = …, en = … }` may stand wherever a text or a list of texts does. Texts
/// that stand alone are the same in both.
///
/// # Errors
/// As for [`parse_toml`].
pub fn parse_toml_in<T: DeserializeOwned>(file: &str, text: &str, lang: Lang) -> Result<T> {
    // Values keep their places in the text, so that what is wrong is told with its line.
    let read = DeTable::parse(text).and_then(|mut table| {
        table.get_mut().iter_mut().for_each(|(_, value)| choose(value.get_mut(), lang));
        T::deserialize(Deserializer::from(table))
    });
    read.map_err(|problem| wrong(file, text, &problem))
}

/// Leaves one language of every pair in a value.
fn choose(value: &mut DeValue<'_>, lang: Lang) {
    match value {
        DeValue::Table(table) if table.len() == 2 && table.contains_key(VI) && table.contains_key(EN) => {
            if let Some(chosen) = table.remove(lang.pick(VI, EN)) {
                *value = chosen.into_inner();
            }
        }
        DeValue::Table(table) => table.iter_mut().for_each(|(_, own)| choose(own.get_mut(), lang)),
        DeValue::Array(items) => items.iter_mut().for_each(|own| choose(own.get_mut(), lang)),
        _ => {}
    }
}

/// Error telling what is wrong with a text, where, and what may have been meant.
fn wrong(file: &str, text: &str, problem: &toml::de::Error) -> Error {
    let line = problem.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    let said = problem.message();
    let reason = match line {
        Some(line) => Message::on_line(line, said),
        None => said.into(),
    };
    let error = Error::config(file, reason);
    match suggestion(said) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

/// A text as TOML writes it, quoted and escaped.
#[must_use]
pub fn toml_quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// "did you mean" for serde's `unknown field` and `unknown variant` messages.
fn suggestion(message: &str) -> Option<Message> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut names = message.split('`').skip(1).step_by(2);
    let wanted = names.next()?;
    closest(wanted, names).map(Message::did_you_mean)
}

fn add_folder(files: &mut BTreeMap<String, Vec<u8>>, seen: &mut Seen, folder: &Path, prefix: &str) -> Result<()> {
    // A link may lead back to where it stands.
    if !seen.is_new(folder) {
        return Ok(());
    }
    let entries = std::fs::read_dir(folder).map_err(|e| Error::io(Action::Read, folder, e))?;
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(Action::Read, folder, e))?;
        let path = entry.path();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if path.is_dir() {
            add_folder(files, seen, &path, &format!("{name}/"))?;
        } else {
            files.insert(name, read_bytes(&path, MAX_TEXT)?);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only its name matters here")]
        layout_status: String,
    }

    #[test]
    fn an_unknown_key_is_refused_with_a_suggestion() {
        let error = parse_toml::<Sample>("x.toml", "# one\nlayout_stats = \"a\"\n").unwrap_err();
        assert_eq!(error.hint(), Some(Message::did_you_mean("layout_status")));
        assert!(error.to_string().contains("line 2"), "{error}");
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Words {
        title: String,
        headings: Vec<String>,
        sheets: Vec<Sheet>,
    }

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sheet {
        name: String,
    }

    #[test]
    fn a_pair_is_one_of_its_languages_and_a_text_alone_is_both() {
        let pairs = r#"
            title = { vi = "Lớp", en = "Classes" }
            headings = { vi = ["Mã"], en = ["Code"] }
            sheets = [{ name = { vi = "Bìa", en = "Cover" } }, { name = "x" }]
        "#;
        let words = |title: &str, heading: &str, name: &str| Words {
            title: title.to_owned(),
            headings: vec![heading.to_owned()],
            sheets: [name, "x"].map(|name| Sheet { name: name.to_owned() }).into(),
        };
        let read = |text: &str, lang| parse_toml_in::<Words>("x.toml", text, lang);
        assert_eq!(read(pairs, Lang::Vi).unwrap(), words("Lớp", "Mã", "Bìa"));
        assert_eq!(read(pairs, Lang::En).unwrap(), words("Classes", "Code", "Cover"));
        let alone = "title = \"Lớp\"\nheadings = [\"Mã\"]\n[[sheets]]\nname = \"Bìa\"\n[[sheets]]\nname = \"x\"\n";
        assert_eq!(read(alone, Lang::En).unwrap(), words("Lớp", "Mã", "Bìa"));
    }

    #[test]
    fn what_is_wrong_with_a_pair_is_told_with_its_line() {
        let read = |text: &str| parse_toml_in::<Words>("x.toml", text, Lang::En).unwrap_err();
        let rest = "headings = []\nsheets = []\n";
        let half = read(&format!("\ntitle = {{ vi = \"Lớp\" }}\n{rest}"));
        assert!(half.to_string().contains("line 2"), "{half}");
        let other = read(&format!("title = {{ vi = \"Lớp\", en = 1 }}\n{rest}"));
        assert!(other.to_string().contains("line 1"), "{other}");
        let unknown = read(&format!("{rest}titel = {{ vi = \"Lớp\", en = \"Classes\" }}\n"));
        assert!(unknown.to_string().contains("line 3"), "{unknown}");
        assert_eq!(unknown.hint(), Some(Message::did_you_mean("title")));
    }
}
