//! Measures by places in a run: the summary workbook, indicators as page, CSV and table of the archive.

pub mod show;

use std::collections::BTreeSet;
use std::sync::Arc;

use rayon::prelude::*;

use crate::archive::{
    ArchiveInput, ArchiveReader, Destination, EachLines, Past, SCHOOLS, TermKey, past_returns, read_series, write_comparisons,
    write_indicators, write_schools,
};
use crate::base::disk::OutputFolder;
use crate::base::error::{Action, Error, Result};
use crate::base::message::{Lang, message};
use crate::base::term::{Period, SchoolYear};
use crate::findings::Finding;
use crate::forms::{Form, ReportBook, ResultState, Schemas, TermOffset};
use crate::indicators::{
    Evaluation, FormGap, IndicatorLine, MeasureData, PlaceIndex, Population, State, TermFacts, grid, implausible, needed_terms, picks,
};
use crate::jobs::inputs::Loaded;
use crate::jobs::run::RunContext;
use crate::jobs::session::Session;
use crate::present::{WorkbookPlan, write_xlsx};
use crate::report::{EvaluatedTable, FigureTexts, IndicatorLines, IndicatorPage, SummaryBook, YearPoint, indicator_page, summary_book};
use crate::returns::Returns;
use crate::workbooks::read_table;
use crate::workspace::Pipeline;

/// Earlier years on the page of indicators.
const YEARS: i32 = 10;

/// Sources of figures beside the returns of the term.
#[derive(Debug)]
pub struct FigureSource {
    /// Earlier terms that indicators and tables look at.
    earlier: Vec<(TermOffset, Period, Vec<Arc<Form>>, Past)>,
    population: Option<Population>,
}

/// The term of a year ago, which a run has read already, with the forms that cannot be looked at.
#[derive(Debug, Clone, Copy)]
pub struct LastYear<'a> {
    /// Its returns; none where the archive does not hold it.
    pub returns: Option<&'a Returns>,
    /// Forms whose figures cannot be looked at.
    pub gaps: &'a [FormGap],
}

impl FigureSource {
    /// Reads population and, out of the archive, the earlier terms that are looked at.
    ///
    /// # Errors
    /// When a file cannot be read or is not right.
    pub fn load(session: &Session, pipeline: &Pipeline, loaded: &Loaded, books: &[ReportBook]) -> Result<Self> {
        let schemas = &session.schemas;
        let wanted: Vec<_> = books.iter().flat_map(|book| &book.sheets).flat_map(|sheet| picks(schemas, sheet)).collect();
        let (now, archive_reader) = (pipeline.period, pipeline.archive_reader()?);
        let mut earlier: Vec<(TermOffset, Period, Vec<Arc<Form>>, Past)> = Vec::new();
        for back in needed_terms(now, &schemas.indicators, wanted.iter()) {
            let period = back.of(now);
            if is_last_year(now, period) || earlier.iter().any(|(_, known, ..)| *known == period) {
                continue;
            }
            let forms: Vec<Arc<Form>> = schemas.forms_of(&loaded.regulation.id).filter(|form| form.term == period.term).cloned().collect();
            let past = past_returns(archive_reader.state(&pipeline.key_of(period, None)?).as_ref(), schemas, &forms)?;
            earlier.push((back, period, forms, past));
        }
        let inputs = &pipeline.file.inputs;
        let table = inputs.population.as_ref().map(|path| read_table(&pipeline.path(path), None, None, &session.isolation)).transpose()?;
        let population = table.map(|table| Population::read(&table, inputs.numbers)).transpose()?;
        Ok(Self { earlier, population })
    }

    /// The facts of a run.
    #[must_use]
    pub fn data<'a>(
        &'a self,
        pipeline: &'a Pipeline,
        schemas: &'a Schemas,
        loaded: &'a Loaded,
        last_year: LastYear<'a>,
    ) -> MeasureData<'a> {
        let now = pipeline.period;
        let year_ago = Period { year: SchoolYear(now.year.0 - 1), term: now.term };
        let regulation = &loaded.regulation;
        let state = |state: Option<&ResultState>| state.map(|state| state.id.clone());
        let own = state(regulation.result_state(now.term));
        let mut terms = vec![TermFacts::now(now, own.clone(), &loaded.forms, &loaded.submissions)];
        let year_before = TermOffset { term: None, years: 1 };
        terms.push(TermFacts::earlier(year_before, year_ago, own, loaded.forms.clone(), last_year.returns, last_year.gaps.to_vec()));
        for (back, period, forms, past) in &self.earlier {
            // Of other terms, the state that reports are due in is looked at.
            let due = state(regulation.term(period.term).and_then(|rule| rule.result_states.first()));
            terms.push(TermFacts::earlier(*back, *period, due, forms.clone(), past.returns.as_ref(), past.gaps.clone()));
        }
        MeasureData::new(schemas, &loaded.tree, terms, self.population.as_ref(), &pipeline.file.outputs.bases)
    }
}

/// The terms that a run looks at in the archive: those of rules (a year ago, the other term), of indicators and tables, of series.
pub fn looked_at(now: Period, session: &Session) -> BTreeSet<Period> {
    let schemas = &session.schemas;
    let wanted: Vec<_> =
        session.texts_in(Lang::Vi).summaries.iter().flat_map(|book| &book.sheets).flat_map(|sheet| picks(schemas, sheet)).collect();
    let needed = needed_terms(now, &schemas.indicators, wanted.iter()).into_iter().map(|back| back.of(now));
    let series = (1..YEARS).map(|back| Period { year: SchoolYear(now.year.0 - back), term: now.term });
    let other = Period { year: now.year, term: now.term.other() };
    needed.chain(series).chain([other]).collect()
}

fn is_last_year(now: Period, period: Period) -> bool {
    period.term == now.term && period.year.0 == now.year.0 - 1
}

/// Indicators of a run at every place.
#[derive(Debug)]
pub struct Figures<'a> {
    /// Data that they are made from.
    pub data: &'a MeasureData<'a>,
    /// The lines of places that are no single units.
    pub lines: Vec<IndicatorLine<'a>>,
    /// Evaluation that lines of single units are made from.
    pub evaluation: Evaluation<'a>,
}

impl<'a> Figures<'a> {
    /// Evaluates every indicator; a basis that no indicator has is an error.
    ///
    /// # Errors
    /// When the pipeline names an indicator or a basis that there is not.
    pub fn new(pipeline: &Pipeline, data: &'a MeasureData<'a>) -> Result<Self> {
        for (id, basis) in data.bases {
            let known = data.schemas.indicators.iter().find(|own| own.id == *id);
            if known.is_none_or(|own| own.base(Some(basis)).is_none()) {
                let bases: Vec<String> = data
                    .schemas
                    .indicators
                    .iter()
                    .flat_map(|own| own.bases.iter().map(|base| format!("{} = \"{}\"", own.id, base.id)))
                    .collect();
                let reason = message!("workspace.outputs_bases_no", value = id, basis);
                return Err(Error::config(pipeline.file.title.as_str(), reason).with_hint(bases.join(", ")));
            }
        }
        let places = &data.places;
        let evaluation = Evaluation::new(data, places);
        let lines = evaluation.lines(data, places, &|at| !places.all[at].kind.is_single(data.tree));
        Ok(Self { data, lines, evaluation })
    }

    /// Values outside their plausible range, and a population that contradicts itself.
    #[must_use]
    pub fn implausible(&self) -> Vec<Finding> {
        let mut found = implausible(self.data, &self.evaluation, &self.lines);
        found.extend(self.data.population.into_iter().flat_map(|own| own.contradictions(self.data.tree, &self.data.places)));
        found
    }

    /// Writes the summary workbooks, the page and the CSV of a run.
    ///
    /// # Errors
    /// When a layout is not right or a file cannot be written.
    pub fn write(&self, look: &RunContext<'_>, books: &[BookGrids<'_>], archive: &ArchiveReader, folder: &OutputFolder) -> Result<()> {
        let texts = &look.session.texts.figures;
        let shown = || {
            books.par_iter().try_for_each(|book| self.write_book(look, texts, book, folder))?;
            self.write_page(look, texts, archive, folder)
        };
        let (shown, listed) = rayon::join(shown, || self.write_csv(look, folder));
        shown.and(listed)
    }

    fn write_book(&self, look: &RunContext<'_>, texts: &FigureTexts, grids: &BookGrids<'_>, folder: &OutputFolder) -> Result<()> {
        let book = grids.book;
        let indicators = book.indicators.then_some(IndicatorLines { lines: &self.lines, places: &self.data.places });
        let Some(plan) = book_plan(look, texts, grids, indicators) else { return Ok(()) };
        let bytes = write_xlsx(&plan).map_err(|e| Error::library(Action::Write, &book.file, e))?;
        folder.write(&look.state.named_file(&book.file), &bytes)
    }

    fn write_page(&self, look: &RunContext<'_>, texts: &FigureTexts, archive: &ArchiveReader, folder: &OutputFolder) -> Result<()> {
        let period = look.pipeline.period;
        let page = indicator_page(&IndicatorPage {
            lang: look.session.lang,
            state: look.state,
            texts,
            register: &look.session.schemas.register,
            tree: self.data.tree,
            places: &self.data.places,
            lines: &self.lines,
            years: &self.years(archive, period)?,
            year: &period.year.to_string(),
            term: &look.loaded.regulation.term_in(period, look.session.lang),
            circular: &look.loaded.regulation.name,
            run: look.run,
            unverified: &look.unverified(),
        });
        folder.write(&look.state.named_file(&texts.page.file), page.as_bytes())
    }

    /// Places only: single schools are in the archive, and in the CSV of `tkgd indicators --by unit`; here they would be most of it.
    fn write_csv(&self, look: &RunContext<'_>, folder: &OutputFolder) -> Result<()> {
        folder.write("chi-tieu.csv", &self::show::indicators_csv(&self.lines, &self.data.places, look.session.lang)?)
    }

    /// Published figures of the whole of earlier years.
    fn years(&self, archive: &ArchiveReader, now: Period) -> Result<Vec<YearPoint>> {
        let whole: Vec<&str> = self.data.places.whole.iter().map(|&place| &*self.data.places.all[place].code).collect();
        let years = (1..YEARS).rev().map(|back| Period { year: SchoolYear(now.year.0 - back), term: now.term });
        let (periods, terms): (Vec<Period>, Vec<_>) =
            years.filter_map(|period| Some((period, archive.state(&TermKey::of(period))?))).unzip();
        let mut points = Vec::new();
        for (period, published) in periods.into_iter().zip(read_series(&terms)?) {
            let published = published.into_iter();
            let of_whole = published.filter(|own| own.place_kind == "unit" && whole.contains(&own.place.as_str()));
            points.extend(of_whole.filter_map(|own| {
                let incomplete = own.status != State::Complete.id();
                let fraction = own.fraction?;
                Some(YearPoint {
                    year: period.year.to_string(),
                    indicator: own.indicator,
                    basis: own.basis,
                    level: own.level,
                    fraction,
                    incomplete,
                })
            }));
        }
        Ok(points)
    }

    /// Writes the archive's table.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn archive(&self, destination: Destination<'_>, input: &ArchiveInput<'_>, books: &[BookGrids<'_>]) -> Result<()> {
        let is_single = |at: PlaceIndex| self.data.places.all[at].kind.is_single(self.data.tree);
        let singles = |then: &mut EachLines<'_, 'a>| self.evaluation.each(self.data, &self.data.places, &is_single, then);
        write_indicators(destination, input, &self.lines, &singles, &self.data.places)?;
        let schemas = self.data.schemas;
        write_schools(destination, input, schemas.archive_tables.table(SCHOOLS), &schemas.measures)?;
        let mut tables = Vec::new();
        for (book, EvaluatedTable { sheet, grid }) in books.iter().flat_map(|book| book.grids.iter().map(move |own| (book, own))) {
            if sheet.columns.iter().any(|column| column.last_year || column.against.is_some()) {
                tables.push((book.book.file.as_str(), sheet.name.as_str(), grid));
            }
        }
        write_comparisons(destination, input, &tables).map(drop)
    }
}

/// A layout with its tables worked out, for every output that shows them.
#[derive(Debug)]
pub struct BookGrids<'a> {
    /// The layout.
    pub book: &'a ReportBook,
    /// Its sheets that have a figure of the term.
    pub grids: Vec<EvaluatedTable<'a>>,
}

impl<'a> BookGrids<'a> {
    /// Works the tables of a layout out, their words in a language; `shown` names it in messages.
    ///
    /// # Errors
    /// When it names something that there is not.
    pub fn new(data: &MeasureData<'_>, book: &'a ReportBook, shown: &str, lang: Lang) -> Result<Self> {
        let evaluated = |sheet| Ok(EvaluatedTable { sheet, grid: grid(data, shown, sheet, lang)? });
        let mut grids: Vec<_> = book.sheets.par_iter().map(evaluated).collect::<Result<_>>()?;
        grids.retain(|own| !own.grid.rows.is_empty() && !own.grid.columns.is_empty());
        Ok(Self { book, grids })
    }
}

/// A workbook of tables as plain data; `None` without any figure of the term.
pub fn book_plan(
    look: &RunContext<'_>,
    texts: &FigureTexts,
    BookGrids { book, grids }: &BookGrids<'_>,
    indicators: Option<IndicatorLines<'_>>,
) -> Option<WorkbookPlan> {
    if grids.is_empty() {
        return None;
    }
    Some(summary_book(&SummaryBook {
        lang: look.session.lang,
        state: look.state,
        texts,
        schemas: &look.session.schemas,
        book,
        grids,
        indicators,
        term: &look.loaded.regulation.term_in(look.pipeline.period, look.session.lang),
        circular: &look.loaded.regulation.name,
        run: look.run,
        unverified: &look.unverified(),
        coverage: &look.coverage_lines(&texts.book.coverage),
        author: look.loaded.tree.top_name(),
        day: look.loaded.tree.day,
    }))
}
