//! Two states, two terms, two school years or two units compared: pass, screen, JSON, workbook, Parquet.

mod collect;
mod json;
mod tables;
mod text;
mod words;
mod workbook;

use std::path::Path;

use crate::archive::{ArchiveReader, TermState, read_forms};
use crate::base::disk::{OutputFolder, OutputRules, Published, Scope};
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, message};
use crate::base::term::SchoolYear;
use crate::forms::Schemas;
use crate::jobs::release::ReleaseTexts;
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::query::compare::{CellChange, Compared, TotalChange, compare_states, compare_units};
use crate::query::not_comparable;
use crate::register::Tree;
use crate::workspace::states::{ArchiveRequest, older_first};
use collect::{Collector, KeptDifferences, SeenForms};
use words::CompareWords;

/// The workbook of a comparison.
const WORKBOOK: &str = "so-sanh-so-lieu.xlsx";

/// Request for a comparison.
#[derive(Debug, Clone, Default)]
pub struct CompareRequest {
    /// Where both are archived.
    pub archive: ArchiveRequest,
    /// A state of a term, or a school year.
    pub a: String,
    /// The other one; none where two units of the first are compared.
    pub b: Option<String>,
    /// Codes of two units.
    pub units: Option<[String; 2]>,
}

/// A comparison of one pair.
#[derive(Debug)]
pub struct Comparison {
    /// Subject of the comparison.
    pub subject: ComparisonSubject,
    /// The largest changes of cells, the largest first.
    pub cells: Vec<CellChange>,
    /// The largest changes of totals, those at the top of the tree first, then the largest.
    pub totals: Vec<TotalChange>,
    /// How many cells changed in returns of both.
    pub cells_seen: SeenForms,
    /// How many totals changed.
    pub totals_seen: SeenForms,
}

/// Subject of the comparison.
#[derive(Debug)]
pub enum ComparisonSubject {
    /// Two states.
    States(Box<Compared>),
    /// Two units of a state.
    Units(Box<ComparedUnits>),
}

/// Two units of a state.
#[derive(Debug)]
pub struct ComparedUnits {
    /// The state.
    pub state: TermState,
    /// Units as they were.
    pub tree: Tree,
    /// Codes of the two.
    pub units: [String; 2],
    /// Figures compared.
    pub figures: usize,
}

/// Everything that was compared: a pair, or one per term of two school years.
#[derive(Debug)]
pub struct Comparisons {
    /// The comparisons.
    pub all: Vec<Comparison>,
    /// Files put into the folder, where one was named.
    pub published: Published,
    /// Words of the states.
    releases: ReleaseTexts,
}

/// Where a comparison is written.
#[derive(Debug, Clone)]
pub struct CompareTarget<'a> {
    /// The folder.
    pub folder: &'a Path,
    /// Rules on what may be written where; archive and pipeline are guarded beside.
    pub rules: OutputRules,
}

/// Compares what is asked for, and writes workbook and tables into a folder where one is named.
///
/// # Errors
/// When the archive does not hold it, nothing of it can be compared, or a file cannot be written.
pub fn compare_archived(session: &Session, request: &CompareRequest, out: Option<CompareTarget<'_>>) -> Result<Comparisons> {
    let (archive_reader, _) = request.archive.open()?;
    let open = |out: &CompareTarget<'_>| OutputFolder::open(out.folder, Scope::Whole, &request.archive.output_rules(out.rules.clone())?);
    let folder = out.as_ref().map(open).transpose()?;
    let mut collector = Collector::new(folder.as_ref())?;
    let mut all = Vec::new();
    match (&request.b, &request.units) {
        (None, Some(units)) => all.push(of_units(session, &archive_reader, &request.a, units, &mut collector)?),
        (Some(b), None) => {
            for (older, newer) in pairs_of(&archive_reader, &request.a, b)? {
                all.push(of_states(session, &older, &newer, &mut collector)?);
            }
        }
        _ => {
            let reason = message!("compare.takes_two_states_b");
            return Err(Error::config("compare", reason));
        }
    }
    collector.finish()?;
    let mut compared = Comparisons { all, published: Published::default(), releases: session.texts.releases.clone() };
    if let Some(folder) = folder {
        let wording = CompareWords::new(&compared, &session.schemas, session.lang);
        folder.write(WORKBOOK, &workbook::workbook(&wording)?)?;
        folder.write("so-sanh-so-lieu.json", json::json(&wording).as_bytes())?;
        tables::write_units(&compared, &folder)?;
        compared.published = folder.publish()?;
    }
    Ok(compared)
}

/// The pairs of states that two names mean: themselves, or the same terms of two school years.
fn pairs_of(archive_reader: &ArchiveReader, a: &str, b: &str) -> Result<Vec<(TermState, TermState)>> {
    let in_order = |a: TermState, b: TermState| if older_first(&a, &b).is_le() { (a, b) } else { (b, a) };
    let (Ok(first), Ok(second)) = (a.parse::<SchoolYear>(), b.parse::<SchoolYear>()) else {
        return Ok(vec![in_order(archive_reader.named(a)?, archive_reader.named(b)?)]);
    };
    let states = archive_reader.states()?;
    let of_year = |year: SchoolYear| states.iter().filter(move |state| state.key.period.year == year);
    let mut pairs = Vec::new();
    for state in of_year(first) {
        let is_same = |other: &&TermState| {
            (other.key.period.term, &other.key.state, &other.key.stream) == (state.key.period.term, &state.key.state, &state.key.stream)
        };
        pairs.extend(of_year(second).find(is_same).map(|other| in_order(state.clone(), other.clone())));
    }
    if pairs.is_empty() {
        // Says what the archive has instead.
        let missing = if of_year(first).next().is_none() { a } else { b };
        return Err(archive_reader
            .named(missing)
            .err()
            .unwrap_or_else(|| Error::config(missing, message!("compare.school_years_no_term"))));
    }
    Ok(pairs)
}

fn of_states(session: &Session, older: &TermState, newer: &TermState, collector: &mut Collector) -> Result<Comparison> {
    session.begin(JobStage::Compare, read_forms(newer)?.len())?;
    collector.begin(&older.to_string(), &newer.to_string());
    let compared = compare_states(older, newer, &session.schemas, collector, &|| session.step())?;
    session.end();
    if compared.forms.is_empty() {
        let why = compared.gaps.into_values().next().unwrap_or_else(|| message!("compare.no_forms"));
        return Err(not_comparable(newer, older, why));
    }
    let KeptDifferences { cells, totals, cells_seen, totals_seen } = collector.take();
    Ok(Comparison { subject: ComparisonSubject::States(Box::new(compared)), cells, totals, cells_seen, totals_seen })
}

fn of_units(
    session: &Session,
    archive_reader: &ArchiveReader,
    name: &str,
    units: &[String; 2],
    collector: &mut Collector,
) -> Result<Comparison> {
    let state = archive_reader.named(name)?;
    session.begin(JobStage::Compare, read_forms(&state)?.len())?;
    collector.begin(&format!("{state} {}", units[0]), &format!("{state} {}", units[1]));
    let step = || session.step();
    let (tree, figures) = compare_units(&state, units.each_ref().map(String::as_str), &session.schemas, collector, &step)?;
    session.end();
    let KeptDifferences { cells, totals, cells_seen, totals_seen } = collector.take();
    let subject = ComparisonSubject::Units(Box::new(ComparedUnits { state, tree, units: units.clone(), figures }));
    Ok(Comparison { subject, cells, totals, cells_seen, totals_seen })
}

/// The comparison for a screen.
#[must_use]
pub fn compared_text(compared: &Comparisons, schemas: &Schemas, lang: Lang) -> String {
    text::text(&CompareWords::new(compared, schemas, lang))
}

/// The comparison for programs.
#[must_use]
pub fn compared_json(compared: &Comparisons, schemas: &Schemas, lang: Lang) -> String {
    json::json(&CompareWords::new(compared, schemas, lang))
}
