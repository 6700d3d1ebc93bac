//! State of a paper: a draft that may still change, or the release that it belongs to. Every page says it.

use chrono::NaiveDate;
use serde::Deserialize;

use super::presenter::Presenter;
use crate::base::message::{Lang, message};

/// Words of a state, as `release.toml` has them; `{n}` is the number of the release among the term's releases of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateWords {
    /// Heading of Vietnamese pages.
    pub vi: String,
    /// Heading of English pages.
    pub en: String,
    /// Part of a file's name.
    pub file: String,
}

/// Facts of a release that its papers say.
#[derive(Debug, Clone, Copy)]
pub struct ReleasedAs<'a> {
    /// Counted from 1 among the term's releases of its kind.
    pub of_kind: u32,
    /// Day of the release in Vietnam.
    pub day: Option<NaiveDate>,
    /// Reason in people's words; empty where none was given.
    pub reason: &'a str,
}

/// State of a paper.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PaperState {
    words: StateWords,
    day: Option<NaiveDate>,
    reason: String,
}

impl PaperState {
    /// State of what a run writes: it holds no time, so that the same input gives the same bytes.
    #[must_use]
    pub fn draft(words: &StateWords) -> Self {
        Self { words: words.clone(), ..Self::default() }
    }

    /// State of what a release holds.
    #[must_use]
    pub fn released(words: &StateWords, release: ReleasedAs<'_>) -> Self {
        let StateWords { vi, en, file } = words;
        let [vi, en, file] = [vi, en, file].map(|text| text.replace("{n}", &release.of_kind.to_string()));
        Self { words: StateWords { vi, en, file }, day: release.day, reason: release.reason.to_owned() }
    }

    /// State with its day: `CHÍNH THỨC · 15/10/2026`.
    #[must_use]
    pub fn heading(&self, lang: Lang) -> String {
        let words = lang.pick(&self.words.vi, &self.words.en);
        self.day.map_or_else(|| words.to_owned(), |day| format!("{words} · {}", Presenter::day(day)))
    }

    /// Lines that stand on every page: the heading, and the reason where there is one.
    #[must_use]
    pub fn lines(&self, lang: Lang) -> Vec<String> {
        let reason = (!self.reason.is_empty()).then(|| message!("present.reason", reason = self.reason).said(lang));
        [Some(self.heading(lang)), reason].into_iter().flatten().filter(|line| !line.is_empty()).collect()
    }

    /// Name of a file with the state behind it: `Xã Tân An_02-TH-DN_Nháp`.
    #[must_use]
    pub fn named(&self, name: &str) -> String {
        if self.words.file.is_empty() { name.to_owned() } else { format!("{name}_{}", self.words.file) }
    }

    /// Name of a file that has an ending, with the state before it: `tong-hop_Nháp.xlsx`.
    #[must_use]
    pub fn named_file(&self, file: &str) -> String {
        let (name, ending) = file.rfind('.').map_or((file, ""), |dot| file.split_at(dot));
        format!("{}{ending}", self.named(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_says_its_number_day_and_reason() {
        let words =
            StateWords {
                vi: "ĐIỀU CHỈNH LẦN {n}".to_owned(), en: "REVISION {n}".to_owned(), file: "Điều chỉnh lần {n}".to_owned()
            };
        let state = PaperState::released(&words, ReleasedAs { of_kind: 2, day: NaiveDate::from_ymd_opt(2026, 10, 5), reason: "sửa số" });
        assert_eq!(state.lines(Lang::Vi), ["ĐIỀU CHỈNH LẦN 2 · 05/10/2026", "Lý do: sửa số"]);
        assert_eq!(state.heading(Lang::En), "REVISION 2 · 05/10/2026");
        assert_eq!([state.named("a"), state.named_file("a.b.xlsx")], ["a_Điều chỉnh lần 2", "a.b_Điều chỉnh lần 2.xlsx"]);
        assert_eq!(PaperState::default().named_file("a.xlsx"), "a.xlsx");
    }
}
