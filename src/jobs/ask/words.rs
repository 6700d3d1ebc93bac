//! Words by which questions are understood, and a question from which they are taken one after the other.

use serde::Deserialize;

use crate::base::message::Lang;
use crate::base::text::fold;

/// `ask.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AskWords {
    /// Words that say nothing about what is counted.
    pub ignored: Vec<String>,
    /// The opening term.
    pub opening: Vec<String>,
    /// The closing term.
    pub closing: Vec<String>,
    /// Words before a school year.
    pub year: Vec<String>,
    /// Those of them before a calendar year.
    pub calendar_year: Vec<String>,
    /// The figure of every year.
    pub all_years: Vec<String>,
    /// Words before the name of a part by which a table is divided.
    pub divided: Vec<String>,
    /// Levels, as a part.
    pub levels: Vec<String>,
    /// Schools, as a part.
    pub schools: Vec<String>,
    /// Beginnings of a question for schools beyond a threshold.
    pub listed: Vec<String>,
    /// Beginnings of such a question, and what comes after a level.
    pub listed_around: Vec<[String; 2]>,
    /// Parts that forms have columns for.
    pub dimensions: Vec<DimensionWords>,
    /// Words of levels.
    pub level_words: Vec<LevelWords>,
    /// Words before the number of a threshold.
    pub thresholds: Vec<ThresholdWords>,
}

impl AskWords {
    /// All phrases by which a question is understood.
    pub fn phrases(&self) -> impl Iterator<Item = &String> {
        let lists = [
            &self.ignored,
            &self.opening,
            &self.closing,
            &self.year,
            &self.all_years,
            &self.divided,
            &self.levels,
            &self.schools,
            &self.listed,
        ];
        let around = self.listed_around.iter().flatten();
        let dimensions = self.dimensions.iter().flat_map(|own| &own.words);
        let levels = self.level_words.iter().flat_map(|own| &own.words);
        let thresholds = self.thresholds.iter().flat_map(|own| &own.words);
        lists.into_iter().flatten().chain(around).chain(dimensions).chain(levels).chain(thresholds)
    }
}

/// Words of a value that columns select.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DimensionWords {
    /// The dimension.
    pub key: String,
    /// The value.
    pub value: String,
    /// Its words.
    pub words: Vec<String>,
    vi: String,
    en: String,
}

impl DimensionWords {
    /// Name of the value.
    pub fn name(&self, lang: Lang) -> &str {
        lang.pick(&self.vi, &self.en)
    }
}

/// Words of a level of education.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelWords {
    /// Its code.
    pub level: String,
    /// Its words.
    pub words: Vec<String>,
}

/// Words before the number of a threshold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdWords {
    /// The words.
    pub words: Vec<String>,
    /// Against a year ago.
    pub change: bool,
    /// Above the number, or below it.
    pub more: bool,
}

/// A question of which parts are taken away once they are understood. Words are separated by single blanks; where a part was
/// stands a mark that no word reaches over.
#[derive(Debug, Clone)]
pub struct Remaining {
    text: String,
}

/// Stands where parts of a question end.
const END: &str = " | ";

impl Remaining {
    /// A whole question.
    pub fn new(text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let is_digit = |at: Option<usize>| at.and_then(|at| letters.get(at)).is_some_and(char::is_ascii_digit);
        let mut parted = String::new();
        for (at, letter) in letters.iter().enumerate() {
            match letter {
                // Between digits a comma is a part of the number.
                ',' if is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)) => parted.push(','),
                ',' | ';' | '?' | ':' | '|' => parted.push_str(END),
                '%' => parted.push_str(" % "),
                other => parted.push(*other),
            }
        }
        Self { text: format!(" {} ", fold(&parted)) }
    }

    /// Takes a phrase away, where it stands.
    pub fn take(&mut self, phrase: &str) -> bool {
        let wanted = format!(" {} ", fold(phrase));
        let is_there = wanted.trim() != "" && self.text.contains(&wanted);
        if is_there {
            self.text = self.text.replacen(&wanted, END, 1);
        }
        is_there
    }

    /// Takes the first of some phrases that stands there away.
    pub fn take_any<'a>(&mut self, phrases: impl IntoIterator<Item = &'a String>) -> bool {
        phrases.into_iter().any(|phrase| self.take(phrase))
    }

    /// Takes away the words that a question begins with and some that come later, where both are there.
    pub fn take_around(&mut self, first: &str, later: &str) -> bool {
        let begins = self.text.trim_start_matches([' ', '|']).starts_with(&format!("{} ", fold(first)));
        begins && self.text.contains(&format!(" {} ", fold(later))) && self.take(first) && self.take(later)
    }

    /// Takes a phrase and the number behind it away; with whether the sign of per cent follows.
    pub fn take_number(&mut self, phrase: &str) -> Option<ToldNumber> {
        let lead = format!(" {} ", fold(phrase));
        let at = self.text.find(&lead)?;
        let mut rest = self.text[at + lead.len()..].split(' ');
        let word = rest.next()?;
        let is_percent = rest.next() == Some("%");
        let number = number_of(word)?;
        let sign = if is_percent { " %" } else { "" };
        self.text = self.text.replacen(&format!("{lead}{word}{sign}"), END.trim_end(), 1);
        Some(ToldNumber { number, is_percent })
    }

    /// Takes a school year such as `2024-2025` away; its first year.
    pub fn take_year(&mut self, leads: &[String]) -> Option<i32> {
        let words: Vec<String> = self.text.split(' ').map(str::to_owned).collect();
        for word in words {
            let Some((first, last)) = word.split_once('-').and_then(|(a, b)| Some((a.parse::<i32>().ok()?, b.parse::<i32>().ok()?))) else {
                continue;
            };
            if last == first + 1 && (1990..=2200).contains(&first) {
                let told = leads.iter().any(|lead| self.take(&format!("{lead} {word}")));
                if !told {
                    self.take(&word);
                }
                return Some(first);
            }
        }
        None
    }

    /// Takes one of some words with a single year such as `2024` behind it away; the word and the year.
    pub fn take_single_year<'a>(&mut self, leads: &'a [String]) -> Option<SingleYear<'a>> {
        let mut leads: Vec<&String> = leads.iter().collect();
        leads.sort_by_key(|lead| std::cmp::Reverse(lead.chars().count()));
        for lead in leads {
            let told = format!(" {} ", fold(lead));
            let Some(at) = self.text.find(&told) else { continue };
            let word = self.text[at + told.len()..].split(' ').next().unwrap_or_default().to_owned();
            let is_year = word.len() == YEAR_DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
            let year = word.parse().ok().filter(|year| is_year && (1990..=2200).contains(year));
            if let Some(year) = year {
                self.take(&format!("{lead} {word}"));
                return Some(SingleYear { lead, year });
            }
        }
        None
    }

    /// Everything that is left.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Words that are left.
    pub fn words(&self) -> Vec<&str> {
        self.text.split(' ').filter(|word| !word.is_empty() && *word != "|").collect()
    }
}

/// Digits of a year.
const YEAR_DIGITS: usize = 4;

/// One year where a school year was asked for, which has two.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SingleYear<'a> {
    /// The word before it.
    pub lead: &'a str,
    /// The year.
    pub year: i32,
}

/// A number as people write it: `1.000` and `1,000` are a thousand, `0,5` and `0.5` a half.
fn number_of(word: &str) -> Option<f64> {
    let Some(sign) = word.find([',', '.']) else { return word.parse().ok() };
    let groups: Vec<&str> = word.split([',', '.']).collect();
    let is_grouped = groups[0] != "0" && groups[1..].iter().all(|group| group.len() == 3);
    if is_grouped { groups.concat().parse().ok() } else { format!("{}.{}", &word[..sign], &word[sign + 1..]).parse().ok() }
}

/// A number of a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ToldNumber {
    /// The number.
    pub number: f64,
    /// The sign of per cent follows.
    pub is_percent: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_people_write_them() {
        let read = ["20", "1.000", "1,000", "0,5", "0.5", "12,5", "1.250.000", "0.500", "x"].map(number_of);
        assert_eq!(read, [Some(20.0), Some(1000.0), Some(1000.0), Some(0.5), Some(0.5), Some(12.5), Some(1_250_000.0), Some(0.5), None]);
    }

    #[test]
    fn parts_are_taken_out_of_a_question_and_no_phrase_reaches_over_them() {
        let mut rest = Remaining::new("Học sinh nữ, tăng quá 2,5%, năm học 2024-2025?");
        assert_eq!(rest.take_number("tăng quá"), Some(ToldNumber { number: 2.5, is_percent: true }));
        assert_eq!(rest.take_year(&["năm học".to_owned()]), Some(2024));
        assert!(rest.take("nữ") && !rest.take("nữ"));
        assert_eq!(rest.words(), ["học", "sinh"]);
        let mut rest = Remaining::new("dân, tộc");
        assert!(!rest.take("dân tộc"));
    }
}
