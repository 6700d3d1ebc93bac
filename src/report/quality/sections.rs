//! The sections of the quality report.

use std::collections::{BTreeMap, BTreeSet};

use super::charts::strip;
use super::{Grade, Quality};
use crate::base::moment::shown_day;
use crate::base::percent::Percent;
use crate::findings::Finding;
use crate::present::page::{Page, PageCell};
use crate::present::{Presenter, path_to_file};
use crate::register::{UnitIndex, UnitVec};
use crate::rulebook::Rule;
use crate::totals::Coverage;

/// Findings shown one by one; all of them are in the files beside the page.
const SHOWN: usize = 1000;
/// Units named as those with most to do.
const WORST: usize = 30;

/// The run in six numbers.
pub fn tiles(page: &mut Page, quality: &Quality<'_>) {
    let mut all = Coverage::default();
    for aggregation in quality.aggregations {
        quality.tree.roots().for_each(|root| all.add(aggregation.coverage[root]));
    }
    let count = |grade| quality.findings.iter().filter(|finding| Grade::of(finding) == grade).count();
    let words = &quality.texts.tiles;
    let mut tiles = vec![(all.expected as usize, words[0].as_str(), ""), (all.received as usize, words[1].as_str(), "")];
    tiles.extend(Grade::ALL.iter().zip(&words[2..]).map(|(grade, word)| (count(*grade), word.as_str(), grade.class())));
    page.tiles(&tiles);
}

/// Who has sent what: every unit that others report to, from the top.
pub fn progress(page: &mut Page, quality: &Quality<'_>) {
    let (tree, texts) = (quality.tree, quality.texts);
    page.heading("progress", &texts.progress);
    page.table(&texts.progress_note, &texts.progress_headings, &[1, 2, 4, 5]);
    let counts = by_unit(quality.findings);
    let mut below: UnitVec<[usize; 4]> = tree.units.iter().map(|unit| counts.get(&*unit.code).copied().unwrap_or_default()).collect();
    for &unit in tree.order.iter().rev() {
        if let Some(parent) = tree.parent[unit] {
            let own = below[unit];
            below[parent].iter_mut().zip(own).for_each(|(sum, count)| *sum += count);
        }
    }
    let has_children: BTreeSet<UnitIndex> = tree.parent.iter().flatten().copied().collect();
    let mut depth = UnitVec::filled(0_usize, tree.units.len());
    for &unit in &tree.order {
        depth[unit] = tree.parent[unit].map_or(0, |parent| depth[parent] + 1);
    }
    for &unit in tree.order.iter().filter(|unit| has_children.contains(unit)) {
        let mut coverage = Coverage::default();
        quality.aggregations.iter().for_each(|aggregation| coverage.add(aggregation.coverage[unit]));
        let (received, expected) = (coverage.received as usize, coverage.expected as usize);
        // Nothing expected is no share of anything, and no bar.
        let share = Percent::share(coverage.received.min(coverage.expected).into(), coverage.expected.into());
        let name = format!("{} ({})", tree.units[unit].name, tree.units[unit].code);
        let cells = [
            PageCell::Text(name),
            PageCell::Number(expected),
            PageCell::Number(received),
            share.map_or_else(|| PageCell::Text("–".to_owned()), PageCell::Share),
            PageCell::Number(below[unit][0]),
            PageCell::Number(below[unit][1]),
        ];
        page.row(&format!("l{}", depth[unit].min(2)), &cells);
    }
    page.end_table();
}

/// How often each rule speaks, the worst first.
pub fn by_rule(page: &mut Page, quality: &Quality<'_>) {
    let texts = quality.texts;
    page.heading("rules", &texts.by_rule);
    let mut rules: BTreeMap<(Grade, &str), (usize, BTreeSet<&str>)> = BTreeMap::new();
    for finding in quality.findings {
        let entry = rules.entry((Grade::of(finding), &finding.rule)).or_default();
        entry.0 += 1;
        entry.1.extend(finding.subject.unit.as_deref());
    }
    if rules.is_empty() {
        page.paragraph("", &texts.nothing);
        return;
    }
    page.table("", &texts.by_rule_headings, &[3, 4]);
    let mut sorted: Vec<_> = rules.into_iter().collect();
    sorted.sort_by(|((a, x), (n, _)), ((b, y), (m, _))| (a, std::cmp::Reverse(n), x).cmp(&(b, std::cmp::Reverse(m), y)));
    for ((grade, rule), (count, units)) in sorted {
        let title = quality.rules.get(rule).map_or("", |rule| title_of(quality, rule));
        let cells = [
            PageCell::Graded(grade.class(), grade.word(texts).to_owned()),
            PageCell::Code(rule.to_owned()),
            PageCell::Text(title.to_owned()),
            PageCell::Number(count),
            PageCell::Number(units.len()),
        ];
        page.row("", &cells);
    }
    page.end_table();
}

/// Units with most errors, then queries, then warnings.
pub fn worst(page: &mut Page, quality: &Quality<'_>) {
    let texts = quality.texts;
    page.heading("worst", &texts.worst);
    let mut units = worst_first(quality.findings);
    units.retain(|(_, counts)| counts[..3].iter().any(|count| *count > 0));
    if units.is_empty() {
        page.paragraph("", &texts.nothing);
        return;
    }
    page.table("", &texts.worst_headings, &[1, 2, 3]);
    let shown: BTreeSet<&str> = shown(quality.findings).iter().filter_map(|finding| finding.subject.unit.as_deref()).collect();
    for (rank, (code, counts)) in units.into_iter().take(WORST).enumerate() {
        let name = format!("{} ({code})", unit_name(quality, code));
        let name = if shown.contains(code) { PageCell::Link(format!("#{}", unit_id(rank)), name) } else { PageCell::Text(name) };
        page.row("", &[name, PageCell::Number(counts[0]), PageCell::Number(counts[1]), PageCell::Number(counts[2])]);
    }
    page.end_table();
}

/// A strip of dots for every value that is compared between units.
pub fn distributions(page: &mut Page, quality: &Quality<'_>) {
    if quality.distributions.is_empty() {
        return;
    }
    page.heading("distributions", &quality.texts.distributions);
    page.paragraph("sub", &quality.texts.distributions_note);
    for distribution in quality.distributions {
        let rule = quality.rules.get(&distribution.rule);
        let title = rule.map_or("", |rule| title_of(quality, rule));
        page.drawing(&strip(Presenter::new(quality.lang), quality.texts, distribution, &format!("{title} ({})", distribution.rule)));
    }
}

/// Findings that are shown one by one: the worst, whoever they are about.
fn shown(findings: &[Finding]) -> Vec<&Finding> {
    let mut sorted: Vec<&Finding> = findings.iter().collect();
    sorted.sort_by_key(|finding| Grade::of(finding));
    sorted.truncate(SHOWN);
    sorted
}

/// Id of the first finding of the unit that stands at a rank among the worst.
fn unit_id(rank: usize) -> String {
    format!("unit-{}", rank + 1)
}

/// Finding by finding: place by place, the one with most errors first, and there unit by unit, each with a link to its file.
pub fn findings(page: &mut Page, quality: &Quality<'_>) {
    let texts = quality.texts;
    page.heading("findings", &texts.findings);
    let shown = shown(quality.findings);
    let note = texts.findings_note.replace("{shown}", &shown.len().to_string()).replace("{all}", &quality.findings.len().to_string());
    page.paragraph("sub", &note);
    let ranks: Ranks<'_> = (0..).zip(worst_first(quality.findings)).map(|(rank, (code, _))| (code, rank)).collect();
    let places = by_place(quality, shown);
    let has_several = places.len() > 1;
    for (at, own) in (1..).zip(places) {
        if has_several {
            page.subheading(&format!("place-{at}"), &own.title(quality));
        }
        table_of_findings(page, quality, own.findings, &ranks);
    }
}

/// Places of units among those with most to do, by their codes.
type Ranks<'a> = BTreeMap<&'a str, usize>;

/// Findings about the units that report to a place, and about the place.
struct OfPlace<'a> {
    /// The place; none for findings about no unit.
    place: Option<UnitIndex>,
    /// All its findings by grade, also those that are not shown.
    counts: [usize; 4],
    /// Findings that are shown.
    findings: Vec<&'a Finding>,
}

impl OfPlace<'_> {
    /// Name of the place with how much there is to do.
    fn title(&self, quality: &Quality<'_>) -> String {
        let [errors, queries, ..] = self.counts;
        let name = self.place.map_or(quality.texts.no_unit.as_str(), |unit| &*quality.tree.units[unit].name);
        format!("{name}: {errors} {}, {queries} {}", quality.texts.error, quality.texts.query)
    }

    /// Errors about no unit concern all of them and stand first; what else is about none stands last.
    fn rank(&self) -> u8 {
        match (self.place, self.counts[0]) {
            (None, 1..) => 0,
            (Some(_), _) => 1,
            (None, 0) => 2,
        }
    }
}

/// Shown findings by the place that their units report to, the one with most errors first.
fn by_place<'a>(quality: &Quality<'a>, shown: Vec<&'a Finding>) -> Vec<OfPlace<'a>> {
    let tree = quality.tree;
    let place = |finding: &Finding| {
        let unit = tree.find(finding.subject.unit.as_deref()?)?;
        if tree.units[unit].aggregate { Some(unit) } else { tree.parent[unit] }
    };
    let mut places: BTreeMap<Option<UnitIndex>, OfPlace<'a>> = BTreeMap::new();
    for finding in shown {
        let at = place(finding);
        let own = places.entry(at).or_insert_with(|| OfPlace { place: at, counts: [0; 4], findings: Vec::new() });
        own.findings.push(finding);
    }
    for finding in quality.findings {
        if let Some(own) = places.get_mut(&place(finding)) {
            own.counts[Grade::of(finding) as usize] += 1;
        }
    }
    let mut places: Vec<OfPlace<'a>> = places.into_values().collect();
    places.sort_by_key(|own| (own.rank(), std::cmp::Reverse(own.counts)));
    places
}

fn table_of_findings(page: &mut Page, quality: &Quality<'_>, mut findings: Vec<&Finding>, ranks: &Ranks<'_>) {
    let texts = quality.texts;
    let rank = |finding: &Finding| finding.subject.unit.as_deref().and_then(|code| ranks.get(code).copied());
    findings.sort_by_key(|finding| (rank(finding), Grade::of(finding)));
    page.table("", &texts.findings_headings, &[]);
    let mut last = None;
    for finding in findings {
        let rank = rank(finding);
        let id = rank.filter(|_| rank != last).map(unit_id).unwrap_or_default();
        last = rank;
        let grade = Grade::of(finding);
        let unit = finding.subject.unit.as_deref().map(|code| format!("{} ({code})", unit_name(quality, code)));
        let cells = [
            PageCell::Graded(grade.class(), grade.word(texts).to_owned()),
            PageCell::Text(unit.unwrap_or_default()),
            self::place(quality, finding),
            PageCell::Text(format!("{} [{}]{}", quality.rules.message(finding, quality.lang), finding.rule, answer(quality, finding))),
            PageCell::Text(quality.rules.hint(finding, quality.lang).to_owned()),
        ];
        page.row_with_id(&id, "", &cells);
    }
    page.end_table();
}

fn title_of<'a>(quality: &Quality<'_>, rule: &'a Rule) -> &'a str {
    quality.lang.pick(&rule.title_vi, &rule.title_en)
}

/// Answer to a finding, and by which role.
fn answer(quality: &Quality<'_>, finding: &Finding) -> String {
    if let Some(closing) = &finding.closed {
        return format!(". {}: {} ({}, {})", quality.texts.answered, closing.text, closing.by, shown_day(&closing.on));
    }
    let Some(proposal) = &finding.proposal else { return String::new() };
    let word = if proposal.is_waiting() { &quality.texts.proposed } else { &quality.texts.rejected };
    format!(". {word}: {} ({}, {})", proposal.text, proposal.by, shown_day(&proposal.on))
}

/// `file!sheet!cell` with a link to the file, or what the finding is about.
fn place(quality: &Quality<'_>, finding: &Finding) -> PageCell {
    let place = &finding.place;
    let Some(file) = place.file.as_deref() else {
        let subject = &finding.subject;
        let parts = [subject.form.as_deref(), subject.sheet.as_deref(), subject.code.as_deref()];
        return PageCell::Text(parts.into_iter().flatten().collect::<Vec<_>>().join(" / "));
    };
    let cell = place.cell.map(|cell| cell.to_string());
    let parts = [Some(file), place.sheet.as_deref(), cell.as_deref()];
    let text = parts.into_iter().flatten().collect::<Vec<_>>().join("!");
    let Some(path) = path_to_file(quality.to_files, file) else { return PageCell::Text(text) };
    // The link knows the folders.
    let text = text.rsplit_once('/').map_or(text.as_str(), |(_, last)| last).to_owned();
    let mut target = link_path(&path);
    if let (Some(sheet), Some(cell)) = (&place.sheet, place.cell) {
        target = format!("{target}#{}", link_path(&format!("'{}'!{cell}", sheet.replace('\'', "''"))));
    }
    PageCell::Link(target, text)
}

/// A path as a link writes it: everything but plain letters, digits and separators as bytes in hexadecimal.
fn link_path(path: &str) -> String {
    use std::fmt::Write as _;
    path.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.!".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn unit_name<'a>(quality: &Quality<'a>, code: &str) -> &'a str {
    quality.tree.find(code).map_or("", |unit| &*quality.tree.units[unit].name)
}

/// Units with their findings by grade, the one with most errors first, then queries, then warnings.
fn worst_first(findings: &[Finding]) -> Vec<(&str, [usize; 4])> {
    let mut units: Vec<(&str, [usize; 4])> = by_unit(findings).into_iter().collect();
    units.sort_by(|(a, x), (b, y)| y.cmp(x).then(a.cmp(b)));
    units
}

/// Findings of each unit by grade.
fn by_unit(findings: &[Finding]) -> BTreeMap<&str, [usize; 4]> {
    let mut counts: BTreeMap<&str, [usize; 4]> = BTreeMap::new();
    for finding in findings {
        if let Some(unit) = finding.subject.unit.as_deref() {
            counts.entry(unit).or_default()[Grade::of(finding) as usize] += 1;
        }
    }
    counts
}
