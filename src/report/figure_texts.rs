//! Words of everything made from measures: the summary workbook, ad-hoc reports, the page of indicators.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::message::Lang;
use crate::forms::RegisterSchema;

/// `figures.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FigureTexts {
    /// Said below a table that is cut short: `{left}`.
    pub cut: String,
    /// Said of forms that were never compared with a real workbook: `{forms}`.
    pub layouts: String,
    /// Meaning of the symbols.
    pub symbols: Vec<String>,
    /// Words of a table.
    pub table: TableTexts,
    /// Words of the workbook around the tables.
    pub book: BookTexts,
    /// Words of the charts of the workbook; releases of before have none.
    #[serde(default)]
    pub chart: ChartTexts,
    /// Words of the page of indicators.
    pub page: IndicatorPageTexts,
}

/// Words of a table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableTexts {
    /// Headings of the columns that say what a row is.
    pub headings: [String; 3],
    /// Heading of a year ago: `{heading}`.
    pub last_year: String,
    /// Heading of what a figure is compared with: `{heading}`, `{against}`.
    pub against: String,
    /// Heading of what was explained.
    pub explanation: String,
    /// Heading of a change in per cent.
    pub change: String,
    /// Heading of a change of a ratio.
    pub difference: String,
    /// Heading of a rank, the highest first.
    pub rank: String,
    /// Heading of a rank, the lowest first.
    pub rank_lowest: String,
    /// A heading with its unit of measure: `{heading}`, `{unit}`.
    pub unit: String,
    /// The block that holds everything.
    pub all: String,
    /// The block of units that file.
    pub each: String,
    /// The block of size bands.
    pub band: String,
    /// Names of blocks that say more than the register's column of that name.
    pub blocks: BTreeMap<String, String>,
    /// Said of a column that could not be made: `{column}`, `{reason}`.
    pub left_out: String,
    /// How whole the figures of a row are; releases of before have no such column.
    #[serde(default)]
    pub status: Option<StatusTexts>,
}

/// Words of the column that says how whole the figures of a row are.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusTexts {
    /// Its heading.
    pub heading: String,
    /// Everything is there.
    pub complete: String,
    /// Figures that lack parts: `{columns}`.
    pub incomplete: String,
    /// Figures of which results are still to come: `{columns}`.
    pub open: String,
    /// Figures that there are none of: `{columns}`.
    pub none: String,
    /// In the place of `{columns}`: every figure of the row.
    pub all: String,
    /// In the place of `{columns}`: every figure but some, `{columns}`.
    pub except: String,
    /// Figures of other places are not known: ranks may be others then.
    pub ranks: String,
}

impl TableTexts {
    /// Name of a grouping, or of a kind of unit, in a table.
    #[must_use]
    pub fn grouping<'a>(&'a self, register: &'a RegisterSchema, key: &'a str, lang: Lang) -> &'a str {
        let column = register.columns.iter().find(|column| column.key == key);
        let column = || column.map(|column| lang.pick(&column.name_vi, &column.name_en));
        let kind = || register.kind(key).map(|kind| lang.pick(&kind.name_vi, &kind.name_en));
        self.blocks.get(key).map(String::as_str).or_else(column).or_else(kind).unwrap_or(key)
    }
}

/// Words of the workbook around the tables.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BookTexts {
    /// Name of the cover sheet.
    pub cover: String,
    /// Name of the contents sheet.
    pub contents: String,
    /// Its title.
    pub contents_title: String,
    /// Its headings.
    pub contents_headings: [String; 2],
    /// Name of the sheet of notes and sources.
    pub notes: String,
    /// Its first title.
    pub symbols_title: String,
    /// Its second title.
    pub sources_title: String,
    /// Line that says that the sources are not printed; releases of before have none and print them.
    #[serde(default)]
    pub sources_not_printed: String,
    /// Headings of the sources.
    pub sources_headings: [String; 8],
    /// Name of the sheet of indicators.
    pub indicators: String,
    /// Its title: `{term}`.
    pub indicators_title: String,
    /// Line that says which rows of it are printed; releases of before have none and print all.
    #[serde(default)]
    pub printed: String,
    /// Its headings.
    pub indicators_headings: [String; 16],
    /// Names of an indicator's parts, by `dimension=value`.
    pub parts: BTreeMap<String, String>,
    /// Said of a value that rests on everything expected.
    pub complete: String,
    /// Said of a value of which results are still to come.
    pub open: String,
    /// Said of a value that lacks parts.
    pub incomplete: String,
    /// Coverage of a form on the cover.
    pub coverage: String,
    /// The circular on the cover.
    pub circular: String,
    /// The run on the cover.
    pub run: String,
}

/// Words of the charts of a workbook.
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChartTexts {
    /// Name of the sheet of the numbers that charts need besides the tables.
    pub(super) numbers: String,
    /// Heading of a chart's numbers: `{title}`, `{sheet}` the chart stands on.
    pub(super) source: String,
    /// Heading of the names.
    pub(super) place: String,
    /// Title of a chart of some of its places: `{title}`, `{shown}` the highest and as many of the lowest, `{all}`.
    pub(super) title: String,
    /// Said of the places that it leaves out: `{shown}`, `{all}`, `{left}`, `{by}` what they are put in order by.
    pub(super) left_out: String,
    /// In the place of `{by}`: all columns together.
    pub(super) sum: String,
    /// Between the highest and the lowest places: `{left}`.
    pub(super) gap: String,
    /// Said of places without a number: `{count}`.
    pub(super) without: String,
    /// Meaning of the star behind a name.
    pub(super) marked: String,
}

impl Default for ChartTexts {
    /// Without sentences: what is left of them are signs.
    fn default() -> Self {
        let own = |text: &str| text.to_owned();
        Self {
            numbers: own("#"),
            source: own("{title} ({sheet})"),
            place: String::new(),
            title: own("{title} ({shown} + {shown} / {all})"),
            left_out: String::new(),
            sum: String::new(),
            gap: own("…"),
            without: String::new(),
            marked: String::new(),
        }
    }
}

/// Words of the page of indicators.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IndicatorPageTexts {
    /// Name of the file.
    pub file: String,
    pub(super) title: String,
    pub(super) subtitle: String,
    pub(super) skip: String,
    pub(super) note: String,
    pub(super) by_place: String,
    pub(super) over_time: String,
    // Releases of before say nothing of these.
    #[serde(default)]
    pub(super) whole: String,
    #[serde(default)]
    pub(super) left_out: String,
    #[serde(default)]
    pub(super) gap: String,
    #[serde(default)]
    pub(super) without: String,
    pub(super) one_year: String,
    pub(super) data: String,
    pub(super) data_headings: [String; 8],
    pub(super) missing: String,
    pub(super) missing_headings: [String; 3],
    pub(super) source: String,
    /// Blocks of places, the first that has any is shown.
    pub places: Vec<String>,
}
