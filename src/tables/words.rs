//! Words and signs in tables that are no figures, as people declare them.

use serde::Deserialize;

use crate::base::text::fold;

/// `tables.toml` as written.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableWords {
    /// Beginnings of rows that are totals.
    pub totals: Vec<String>,
    /// Those of totals of everything above and below.
    pub grand: Vec<String>,
    /// Beginnings of the names of units.
    pub units: Vec<String>,
    /// Signs where a figure should be.
    pub signs: DeclaredSigns,
}

/// Signs as a file declares them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DeclaredSigns {
    /// Not known.
    pub missing: Vec<String>,
    /// Known to the sender, and not told.
    pub suppressed: Vec<String>,
    /// None of them.
    pub nil: Vec<String>,
}

/// Meanings of a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Not known.
    Missing,
    /// Known to the sender, and not told.
    Suppressed,
    /// None of them.
    Nil,
}

/// Digits of a number that is exact everywhere.
const MOST_DIGITS: usize = 15;

/// Signs ready to use.
#[derive(Debug, Clone, Default)]
pub struct Signs {
    declared: Vec<(String, Sign)>,
    /// A sign looks like a number, such as `999` for not known.
    has_numbers: bool,
}

/// The signs of nobody.
pub static NO_SIGNS: Signs = Signs { declared: Vec::new(), has_numbers: false };

impl Signs {
    /// The signs of several declarations; what is declared later goes before.
    #[must_use]
    pub fn new<'a>(declared: impl IntoIterator<Item = &'a DeclaredSigns>) -> Self {
        let mut signs: Vec<(String, Sign)> = Vec::new();
        for file in declared {
            for (texts, sign) in [(&file.missing, Sign::Missing), (&file.suppressed, Sign::Suppressed), (&file.nil, Sign::Nil)] {
                for text in texts.iter().map(|text| fold(text)) {
                    signs.retain(|(known, _)| *known != text);
                    signs.push((text, sign));
                }
            }
        }
        let has_numbers = signs.iter().any(|(text, _)| is_plain_number(text));
        Self { declared: signs, has_numbers }
    }

    /// The number of a text of digits only, unless one of the signs may be meant: most figures of a list are such, and need no
    /// closer look.
    #[must_use]
    pub fn plain_number(&self, text: &str) -> Option<i64> {
        let is_plain = !self.has_numbers && text.len() <= MOST_DIGITS && is_plain_number(text);
        is_plain.then(|| text.parse().ok()).flatten()
    }

    /// Meaning of a folded text; `""` is a blank cell.
    #[must_use]
    pub fn meaning(&self, folded: &str) -> Option<Sign> {
        let is_below = |text: &str| {
            text.strip_prefix('<').is_some_and(|rest| !rest.trim().is_empty() && rest.trim().bytes().all(|byte| byte.is_ascii_digit()))
        };
        let declared = self.declared.iter().find(|(text, _)| text == folded).map(|(_, sign)| *sign);
        declared.or_else(|| is_below(folded).then_some(Sign::Suppressed))
    }
}

/// Digits and nothing else.
fn is_plain_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

impl TableWords {
    /// Whether a text begins as the label of a total does.
    #[must_use]
    pub fn is_total(&self, text: &str) -> bool {
        begins(&self.totals, text)
    }

    /// Whether a text begins as the label of a total of everything does.
    #[must_use]
    pub fn is_grand(&self, text: &str) -> bool {
        begins(&self.grand, text)
    }

    /// Whether a text begins as the name of a unit does.
    #[must_use]
    pub fn is_unit(&self, text: &str) -> bool {
        begins(&self.units, text)
    }
}

/// Whether a text begins with one of some folded words.
fn begins(words: &[String], text: &str) -> bool {
    let folded = fold(text);
    words.iter().any(|word| folded.strip_prefix(word.as_str()).is_some_and(|rest| !rest.starts_with(char::is_alphanumeric)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_declarations_go_before_earlier_ones() {
        let one = |missing: &[&str], nil: &[&str]| DeclaredSigns {
            missing: missing.iter().map(|&text| text.to_owned()).collect(),
            nil: nil.iter().map(|&text| text.to_owned()).collect(),
            ..DeclaredSigns::default()
        };
        let signs = Signs::new(&[one(&["…", "*"], &["-"]), one(&["-", ""], &[])]);
        let found = ["…", "-", "", "< 10", "<10", "<", "0"].map(|text| signs.meaning(text));
        let (missing, suppressed) = (Some(Sign::Missing), Some(Sign::Suppressed));
        assert_eq!(found, [missing, missing, missing, suppressed, suppressed, None, None]);
    }
}
