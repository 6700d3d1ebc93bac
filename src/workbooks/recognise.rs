//! Which form a workbook is, told by the shape of its sheets.

use std::collections::HashSet;
use std::sync::Arc;

use super::shape::{Fit, PERFECT, SheetShape};
use crate::base::text::{fold, symbol_key, tone_key};
use crate::forms::{Form, Layout};
use crate::ooxml::raw_cells::{RawSheet, RawWorkbook};

/// A sheet fits when it scores at least this; below, it is another sheet.
const SHEET_FITS: f64 = 0.5;
/// Below what fits, a sheet that scores this still tells what a file was probably meant to be.
const SHEET_HINTS: f64 = 0.1;
/// A sheet that scores this is that sheet of the form, whatever else the file holds.
const SHEET_SURE: f64 = 0.9;
/// A workbook is a form when its sheets' fits, weighted by cells, reach this.
const FORM_FITS: f64 = 0.5;

/// Words of the longest symbol of a form.
const MOST_IN_SYMBOL: usize = 5;

/// Recognises workbooks among the installed layouts.
#[derive(Debug)]
pub struct Recogniser {
    layouts: Vec<LayoutShape>,
    forms: Vec<Arc<Form>>,
    /// Keys of each form's short id and symbol.
    symbols: Vec<[String; 2]>,
}

#[derive(Debug)]
struct LayoutShape {
    layout: Arc<Layout>,
    sheets: Vec<SheetShape>,
}

/// The sheet of a workbook that a sheet of a layout is.
#[derive(Debug, Clone)]
pub struct PlacedSheet {
    /// Its index in the workbook.
    pub raw: usize,
    /// Where its parts stand.
    pub fit: Fit,
}

/// A sheet of a layout that several sheets of a workbook could be.
#[derive(Debug)]
pub struct AmbiguousSheet {
    /// Its index in the layout.
    pub sheet: usize,
    /// The sheets of the workbook, by index.
    pub rivals: Vec<usize>,
}

/// A workbook recognised as a layout: where each sheet of the layout stands.
#[derive(Debug)]
pub struct Recognised {
    /// The layout.
    pub layout: Arc<Layout>,
    /// For each sheet of the layout, the sheet of the workbook that it is.
    pub sheets: Vec<Option<PlacedSheet>>,
    /// Sheets of the layout that several sheets of the workbook could be, none of them under its name.
    pub ambiguous: Vec<AmbiguousSheet>,
    /// How well the workbook fits, from 0 to 1.
    pub score: f64,
}

impl Recogniser {
    /// A recogniser for some forms; forms that share a layout are one shape.
    #[must_use]
    pub fn new(forms: &[Arc<Form>]) -> Self {
        let mut layouts: Vec<LayoutShape> = Vec::new();
        for form in forms {
            if layouts.iter().all(|known| known.layout.id != form.layout.id) {
                let sheets = form.layout.data_sheets().map(|(index, sheet)| SheetShape::new(index, sheet));
                layouts.push(LayoutShape { layout: Arc::clone(&form.layout), sheets: sheets.collect() });
            }
        }
        let symbols = forms.iter().map(|form| [symbol_key(&form.short), symbol_key(&form.symbol)]).collect();
        Self { layouts, forms: forms.to_vec(), symbols }
    }

    /// Tells layouts that fit equally well apart by who has a form with them: a circular
    /// may print what the one before it printed.
    #[must_use]
    pub fn preferring(mut self, circular: &str) -> Self {
        let forms = &self.forms;
        let is_own = |shape: &LayoutShape| forms.iter().any(|form| *form.circular == *circular && form.layout.id == shape.layout.id);
        self.layouts.sort_by_key(|shape| !is_own(shape));
        self
    }

    /// Forms whose symbols stand in a name, their words together in whichever order; a symbol of one word says nothing.
    #[must_use]
    pub fn named_in(&self, name: &str) -> Vec<&Arc<Form>> {
        let plain = tone_key(name);
        let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let runs = (2..=MOST_IN_SYMBOL).flat_map(|length| words.windows(length));
        let keys: HashSet<String> = runs.map(|run| symbol_key(&run.join(" "))).collect();
        let named = self.forms.iter().zip(&self.symbols).filter(|(_, symbols)| symbols.iter().any(|symbol| keys.contains(symbol)));
        named.map(|(form, _)| form).collect()
    }

    /// Forms with this layout.
    pub fn forms_with<'a>(&'a self, layout: &'a Layout) -> impl Iterator<Item = &'a Arc<Form>> {
        self.forms.iter().filter(move |form| form.layout.id == layout.id)
    }

    /// The installed forms.
    pub fn forms(&self) -> impl Iterator<Item = &Arc<Form>> {
        self.forms.iter()
    }

    /// The layout a workbook fits best, and whether it fits well enough to be read.
    #[must_use]
    pub fn recognise(&self, workbook: &RawWorkbook) -> Option<(Recognised, bool)> {
        let names: Vec<String> = workbook.sheets.iter().map(|sheet| fold(&sheet.name)).collect();
        let mut best: Option<Recognised> = None;
        // The layout with most sheets of these names and first codes first: most often it is the one.
        let mut layouts: Vec<&LayoutShape> = self.layouts.iter().collect();
        layouts.sort_by_cached_key(|shape| std::cmp::Reverse(shape.likeness(&workbook.sheets, &names)));
        for shape in layouts {
            let found = shape.place(&workbook.sheets, &names, SHEET_FITS);
            if best.as_ref().is_none_or(|known| found.score > known.score) {
                best = Some(found);
            }
            // Every sheet in its place under its own name: no other form can fit better.
            if best.as_ref().is_some_and(|known| known.score > PERFECT) {
                break;
            }
        }
        best.map(|found| {
            // One sheet that cannot be mistaken is enough: a file may hold a part of the form.
            let sure = found.sheets.iter().flatten().any(|placed| placed.fit.score >= SHEET_SURE);
            let fits = found.score >= FORM_FITS || sure;
            (found, fits)
        })
    }
}

impl Recogniser {
    /// Every form that a workbook holds, the one it fits best first: a school may keep two in one file.
    #[must_use]
    pub fn recognise_all(&self, workbook: &RawWorkbook) -> Vec<Recognised> {
        let Some((first, true)) = self.recognise(workbook) else { return Vec::new() };
        let mut found = vec![first];
        loop {
            let used = |index: usize| found.iter().flat_map(|own| own.sheets.iter().flatten()).any(|placed| placed.raw == index);
            let left: Vec<bool> =
                (0..workbook.sheets.len()).map(|index| !used(index) && !workbook.sheets[index].cells.is_empty()).collect();
            let Some(next) = self.next_form(workbook, &left, &found) else { return found };
            found.push(next);
        }
    }

    /// A further form among the sheets that are left over, if they are most of one. Copies of sheets are no further form.
    fn next_form(&self, workbook: &RawWorkbook, left: &[bool], found: &[Recognised]) -> Option<Recognised> {
        let short = |layout: &Layout| self.forms_with(layout).map(|form| Arc::clone(&form.short)).next();
        let known: Vec<_> = found.iter().map(|own| short(&own.layout)).collect();
        let names: Vec<String> = workbook.sheets.iter().map(|sheet| fold(&sheet.name)).collect();
        let others = self.layouts.iter().filter(|shape| !known.contains(&short(&shape.layout)));
        let fitting = others.filter(|shape| {
            let starts = |own: &SheetShape| workbook.sheets.iter().zip(left).any(|(sheet, left)| *left && own.starts_as_printed(sheet));
            shape.sheets.iter().any(starts)
        });
        let placed = fitting.map(|shape| shape.place_among(&workbook.sheets, &names, SHEET_FITS, left));
        placed.max_by(|a, b| a.score.total_cmp(&b.score)).filter(|own| own.score >= FORM_FITS)
    }

    /// The page of a form that a sheet is built like: its layout, the page's index there and where its parts stand. Of
    /// layouts that print the same, one that the file is known to hold.
    #[must_use]
    pub fn page_like(&self, sheet: &RawSheet, known: &[Recognised]) -> Option<(&Layout, usize, Fit)> {
        let shapes = self.layouts.iter().flat_map(|own| own.sheets.iter().map(move |shape| (&*own.layout, shape)));
        let fits = shapes.filter_map(|(layout, shape)| Some((layout, shape.sheet, shape.fit(sheet)?)));
        let is_known = |layout: &Layout| known.iter().any(|own| own.layout.id == layout.id);
        fits.filter(|(.., fit)| fit.score >= SHEET_FITS)
            .max_by(|a, b| a.2.score.total_cmp(&b.2.score).then_with(|| is_known(a.0).cmp(&is_known(b.0))))
    }

    /// Form that an unknown workbook comes nearest to, however far that is.
    #[must_use]
    pub fn nearest(&self, workbook: &RawWorkbook) -> Option<Recognised> {
        let names: Vec<String> = workbook.sheets.iter().map(|sheet| fold(&sheet.name)).collect();
        let found = self.layouts.iter().map(|shape| shape.place(&workbook.sheets, &names, SHEET_HINTS));
        found.max_by(|a, b| a.score.total_cmp(&b.score)).filter(|found| found.score > 0.0)
    }
}

impl LayoutShape {
    /// How many of its sheets a workbook has by name, and how many of those start with their first code.
    fn likeness(&self, sheets: &[RawSheet], names: &[String]) -> usize {
        let named = self.sheets.iter().filter_map(|shape| Some((shape, names.iter().position(|name| *name == shape.name)?)));
        named.map(|(shape, index)| 1 + usize::from(shape.starts_as_printed(&sheets[index]))).sum()
    }

    /// Finds the sheets that score at least `enough`.
    fn place(&self, sheets: &[RawSheet], names: &[String], enough: f64) -> Recognised {
        self.place_among(sheets, names, enough, &vec![true; sheets.len()])
    }

    /// Places the form among some of the sheets.
    fn place_among(&self, sheets: &[RawSheet], names: &[String], enough: f64, free: &[bool]) -> Recognised {
        let mut placed: Vec<Option<PlacedSheet>> = vec![None; self.layout.sheets.len()];
        let mut taken: Vec<bool> = free.iter().map(|free| !free).collect();
        // A sheet under its own name that fits perfectly needs no comparison with the others.
        for shape in &self.sheets {
            let named = names.iter().position(|name| *name == shape.name);
            if let Some(index) = named.filter(|&index| !taken[index])
                && let Some(fit) = shape.fit(&sheets[index])
                && fit.score > PERFECT
            {
                taken[index] = true;
                placed[shape.sheet] = Some(PlacedSheet { raw: index, fit });
            }
        }
        let mut candidates: Vec<(usize, usize, Fit)> = Vec::new();
        for shape in self.sheets.iter().filter(|shape| placed[shape.sheet].is_none()) {
            for (index, sheet) in sheets.iter().enumerate().filter(|(index, _)| !taken[*index]) {
                if let Some(fit) = shape.fit(sheet).filter(|fit| fit.score >= enough) {
                    candidates.push((shape.sheet, index, fit));
                }
            }
        }
        // A sheet that fits under its own name is never beaten by a copy; then those that are seen, then the best.
        let own_name = |sheet: usize, index: usize| names[index] == fold(&self.layout.sheets[sheet].name);
        candidates.sort_by(|a, b| {
            let by_name = own_name(b.0, b.1).cmp(&own_name(a.0, a.1));
            let by_sight = sheets[a.1].hidden.cmp(&sheets[b.1].hidden);
            by_name.then(by_sight).then(b.2.score.total_cmp(&a.2.score)).then((a.0, a.1).cmp(&(b.0, b.1)))
        });
        for (sheet, index, fit) in &candidates {
            if placed[*sheet].is_none() && !taken[*index] {
                taken[*index] = true;
                placed[*sheet] = Some(PlacedSheet { raw: *index, fit: fit.clone() });
            }
        }
        let weight = |sheet: usize| self.layout.sheets[sheet].slots() as f64;
        let fitted: f64 = placed.iter().enumerate().filter_map(|(i, p)| p.as_ref().map(|placed| placed.fit.score * weight(i))).sum();
        let score = fitted / (self.layout.slots.max(1) as f64);
        let mut ambiguous = Vec::new();
        for shape in &self.sheets {
            let Some(PlacedSheet { raw: index, .. }) = placed[shape.sheet] else { continue };
            if own_name(shape.sheet, index) {
                continue;
            }
            let is_rival = |other: usize| !taken[other] && sheets[other].hidden == sheets[index].hidden;
            let rivals =
                candidates.iter().filter(|(sheet, other, _)| *sheet == shape.sheet && is_rival(*other)).map(|(_, other, _)| *other);
            let all: Vec<usize> = std::iter::once(index).chain(rivals).collect();
            if all.len() > 1 {
                ambiguous.push(AmbiguousSheet { sheet: shape.sheet, rivals: all });
            }
        }
        // Which of them is meant, nobody but the sender can say.
        for own in &ambiguous {
            placed[own.sheet] = None;
        }
        Recognised { layout: Arc::clone(&self.layout), sheets: placed, ambiguous, score }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::forms::Schemas;

    #[test]
    fn symbols_stand_in_names_in_any_of_their_ways() {
        let recogniser = Recogniser::new(&Schemas::load(None).unwrap().forms);
        let named = |name: &str| recogniser.named_in(name).iter().any(|form| *form.short == *"02-TH-DN");
        for name in ["09001022_02_TH_ĐN (1).xlsx", "09001022_02.ĐN-TH.xlsx", "02-TH-DN"] {
            assert!(named(name), "{name}");
        }
        for name in ["09001022_02-TH-CN.xlsx", "02_09_TH.xlsx", "DN"] {
            assert!(!named(name), "{name}");
        }
    }
}
