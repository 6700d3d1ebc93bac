//! How people are told what jobs found, in a language: numbers, units, cells, what stands in a cell, terms and days.
//!
//! Every job says these the one way they are said here; sentences around them are messages of the job.

use chrono::NaiveDate;

use crate::base::message::{Lang, Message, message};
use crate::base::number::{NumberKind, show_change, show_hundredths, show_sum};
use crate::base::percent::Percent;
use crate::base::term::Period;
use crate::forms::Regulation;
use crate::returns::Status;

/// Says things in a language.
#[derive(Debug, Clone, Copy, Default)]
pub struct Presenter {
    lang: Lang,
}

/// A cell of a form by its names.
#[derive(Debug, Clone, Copy)]
pub struct PresentedCell<'a> {
    /// Name of the sheet, as printed.
    pub sheet: &'a str,
    /// Code of the row.
    pub code: &'a str,
    /// Label of the row.
    pub label: &'a str,
    /// Number of the column, as printed.
    pub column: u16,
    /// Heading of the column.
    pub heading: &'a str,
}

impl Presenter {
    /// One that speaks a language.
    #[must_use]
    pub const fn new(lang: Lang) -> Self {
        Self { lang }
    }

    /// Its language.
    #[must_use]
    pub const fn lang(self) -> Lang {
        self.lang
    }

    /// A sentence.
    #[must_use]
    pub fn say(self, message: &Message) -> String {
        message.said(self.lang)
    }

    /// A number or a sum: a count, or an amount in đồng that is told in million đồng.
    #[must_use]
    pub fn number(self, value: impl Into<i128>, kind: NumberKind) -> String {
        self.marked(show_sum(value.into(), kind))
    }

    /// How many there are.
    #[must_use]
    pub fn count(self, count: impl TryInto<i128>) -> String {
        self.number(count.try_into().unwrap_or(i128::MAX), NumberKind::Counts)
    }

    /// A difference, with its sign.
    #[must_use]
    pub fn change(self, value: impl Into<i128>, kind: NumberKind) -> String {
        self.marked(show_change(value.into(), kind))
    }

    /// Hundredths, always with two decimals.
    #[must_use]
    pub fn hundredths(self, hundredths: i64) -> String {
        self.marked(show_hundredths(hundredths))
    }

    /// A percentage without its sign, for where the heading or the unit has it.
    #[must_use]
    pub fn percent(self, percent: Percent) -> String {
        self.marked(percent.shown())
    }

    /// A percentage with its sign: `96,8 %`.
    #[must_use]
    pub fn share(self, percent: Percent) -> String {
        format!("{} %", self.percent(percent))
    }

    /// A number that is grouped the Vietnamese way, with the marks of the language: `1.234,5` is `1,234.5` in English.
    fn marked(self, number: String) -> String {
        let english = |mark: char| match mark {
            '.' => ',',
            ',' => '.',
            other => other,
        };
        match self.lang {
            Lang::Vi => number,
            Lang::En => number.chars().map(english).collect(),
        }
    }

    /// A total: starred where something of it is lacking, `?` where nothing of it is known, `–` where nobody says a number.
    #[must_use]
    pub fn total(self, value: Option<i128>, is_lacking: bool, kind: NumberKind) -> String {
        match (value, is_lacking) {
            (Some(value), true) => format!("{}*", self.number(value, kind)),
            (Some(value), false) => self.number(value, kind),
            (None, true) => "?".to_owned(),
            (None, false) => "–".to_owned(),
        }
    }

    /// Name and code of a unit.
    #[must_use]
    pub fn unit(self, name: &str, code: &str) -> String {
        self.say(&message!("present.unit", name, code))
    }

    /// Content of a cell, in words that follow its name ("is blank").
    #[must_use]
    pub fn status(status: Status) -> Message {
        Message::of_family("present.status", status.id())
    }

    /// The number of a cell, or in brackets what stands there instead.
    #[must_use]
    pub fn figure(self, number: Option<i64>, status: Status, kind: NumberKind) -> String {
        number.map_or_else(|| format!("({})", self.say(&Self::status(status))), |number| self.number(number, kind))
    }

    /// A cell of a form.
    #[must_use]
    pub fn cell(self, cell: &PresentedCell<'_>) -> String {
        let PresentedCell { sheet, code, label, column, heading } = cell;
        self.say(&message!("present.cell", sheet, code, label, column, heading))
    }

    /// Where a number stood in a file: `file!sheet!cell`, without what is not known.
    #[must_use]
    pub fn place(parts: [&str; 3]) -> String {
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("!")
    }

    /// A term as its circular calls it, in Vietnamese in every language; its plain name where no circular is known.
    #[must_use]
    pub fn term(regulation: Option<&Regulation>, period: Period) -> String {
        regulation.map_or_else(|| period.message().vi(), |regulation| regulation.term_text(period))
    }

    /// A day, as official papers write it in every language.
    #[must_use]
    pub fn day(day: NaiveDate) -> String {
        day.format("%d/%m/%Y").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_marks_of_the_language() {
        let said = |lang| {
            let own = Presenter::new(lang);
            let amount = own.total(Some(-1_234_500_000), true, NumberKind::Amounts);
            let share = own.share(Percent::share(968, 1_000).unwrap());
            [own.count(1_234_567_u64), own.change(1_000_i64, NumberKind::Counts), own.hundredths(123_450), amount, share]
        };
        assert_eq!(said(Lang::Vi), ["1.234.567", "+1.000", "1.234,50", "-1.234,5*", "96,8 %"]);
        assert_eq!(said(Lang::En), ["1,234,567", "+1,000", "1,234.50", "-1,234.5*", "96.8 %"]);
    }
}
