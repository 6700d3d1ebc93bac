//! Findings as people and programs read them: text in two languages, JSON.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::{Serialize, Serializer as _};

use super::answered::{Answered, answered};
use crate::base::message::{Lang, Message, message};
use crate::base::moment::shown_day;
use crate::base::number::{NumberKind, show_sum, to_float};
use crate::base::text::looks_like_formula;
use crate::findings::{Finding, Location};
use crate::ledger::finding_record;
use crate::privacy::{printable, printable_json};
use crate::returns::InputFile;
use crate::rulebook::{FINDING_COLUMNS, FindingRecord, RuleBook};

/// Writes findings as text, grouped as they are sorted: worst first, each with its place and hint.
///
/// # Errors
/// When they cannot be written.
pub fn write_findings_text(out: &mut dyn Write, findings: &[Finding], rules: &RuleBook, lang: Lang) -> io::Result<()> {
    let mut text = String::new();
    for finding in findings {
        text.clear();
        show_one(&mut text, finding, rules, lang);
        out.write_all(printable(&text).as_bytes())?;
    }
    Ok(())
}

/// Digest for a screen: the first few of every rule, the others counted.
#[must_use]
pub fn findings_digest(findings: &[Finding], rules: &RuleBook, lang: Lang, per_rule: usize) -> String {
    let mut out = String::new();
    for group in findings.chunk_by(|a, b| (a.verdict, &a.rule) == (b.verdict, &b.rule)) {
        for finding in group.iter().take(per_rule) {
            show_one(&mut out, finding, rules, lang);
        }
        if group.len() > per_rule {
            let more = group.len() - per_rule;
            let _ = writeln!(out, "{}", message!("workspace.more_findings", more, rule = group[0].rule).said(lang));
        }
    }
    out
}

fn show_one(out: &mut String, finding: &Finding, rules: &RuleBook, lang: Lang) {
    let word = finding.weight().said(lang);
    let _ = writeln!(out, "{word}[{}]: {}", finding.rule, rules.message(finding, lang));
    let place = place_text(finding, lang);
    if !place.is_empty() {
        let is_somewhere = finding.place != Location::default();
        let word = if is_somewhere { message!("workspace.at").said(lang) } else { message!("workspace.about").said(lang) };
        let _ = writeln!(out, "  {word} {place}");
    }
    if let Some(Answered { kind, text, by, on }) = answered(finding) {
        let _ = writeln!(out, "  {}: {text} ({}, {})", kind.said(lang), by.said(lang), shown_day(on));
    }
    if finding.closed.is_some() {
        return;
    }
    let hint = rules.hint(finding, lang);
    if !hint.is_empty() {
        let _ = writeln!(out, "  {}: {hint}", message!("base.hint").said(lang));
    }
}

/// File, sheet and cell; then unit, form, code and column in brackets.
fn place_text(finding: &Finding, lang: Lang) -> String {
    let (place, subject) = (&finding.place, &finding.subject);
    let mut parts = Vec::new();
    parts.extend(place.file.as_deref().map(str::to_owned));
    parts.extend(place.sheet.as_deref().map(|s| format!("{} \"{s}\"", message!("workspace.sheet").said(lang))));
    parts.extend(place.cell.map(|c| format!("{} {c}", message!("workspace.cell").said(lang))));
    let mut about = Vec::new();
    about.extend(subject.unit.as_deref().map(|u| format!("{} {u}", message!("workspace.unit").said(lang))));
    about.extend(subject.form.as_deref().map(|f| format!("{} {f}", message!("workspace.form").said(lang))));
    if place.sheet.is_none() {
        about.extend(subject.sheet.as_deref().map(|s| format!("{} {s}", message!("workspace.sheet").said(lang))));
    }
    about.extend(subject.code.as_deref().map(|c| format!("{} {c}", message!("workspace.code").said(lang))));
    about.extend(subject.column.map(|c| format!("{} {c}", message!("workspace.column").said(lang))));
    let mut text = parts.join(", ");
    if !about.is_empty() {
        let _ = write!(text, "{}({})", if text.is_empty() { "" } else { " " }, about.join(", "));
    }
    text
}

/// Writes findings as a table with commas, one line per finding; texts that a spreadsheet would take for
/// formulas are made harmless.
///
/// # Errors
/// When they cannot be written.
pub fn write_findings_csv(out: &mut dyn Write, findings: &[Finding], rules: &RuleBook, lang: Lang) -> io::Result<()> {
    // The number of the column stands behind the code, the hint behind the message.
    let line = |texts: [&str; FINDING_COLUMNS.len()], column: &str, hint: &str| {
        let [severity, verdict, rule, unit, form, sheet, code, file, file_sheet, cell, found, expected, detail, message, closed @ ..] =
            texts;
        let first =
            [severity, verdict, rule, unit, form, sheet, code, column, file, file_sheet, cell, found, expected, detail, message, hint];
        first.into_iter().chain(closed).map(str::to_owned).collect::<Vec<_>>()
    };
    let rows = findings.iter().map(|finding| {
        let record = FindingRecord::new(finding, rules, lang);
        let column = record.column.map(|column| column.to_string()).unwrap_or_default();
        let (weight, verdict) = (record.severity.message().said(lang), record.verdict.message().said(lang));
        let answer = answered(finding);
        let kind = answer.as_ref().map(|own| own.kind.said(lang)).unwrap_or_default();
        let text = answer.as_ref().map_or("", |own| own.text);
        let mut texts = record.texts();
        (texts[0], texts[1]) = (&weight, &verdict);
        // How it is answered, and by which words: the last but three and the next.
        (texts[FINDING_COLUMNS.len() - 4], texts[FINDING_COLUMNS.len() - 3]) = (&kind, text);
        line(texts, &column, &record.hint)
    });
    let heading = |id: &str| Message::of_family("workspace.finding", id).said(lang);
    let headings = line(FINDING_COLUMNS, "column_no", "hint").iter().map(|id| heading(id)).collect();
    write_csv(out, std::iter::once(headings).chain(rows))
}

/// Writes what became of every file, as a table for spreadsheet programs; names stand as `name` gives them.
///
/// # Errors
/// When it cannot be written.
pub fn write_inputs_csv(
    out: &mut dyn Write,
    files: &[InputFile],
    name: &dyn Fn(&str) -> String,
    rules: &RuleBook,
    lang: Lang,
) -> io::Result<()> {
    let headings = message!("workspace.file_form_unit_fate").said(lang);
    let row = |own: &InputFile| {
        // Of a name a second line is no line of the table.
        let name = |file: &str| name(file).replace('\n', " ");
        let by = if own.by.is_empty() { String::new() } else { name(&own.by) };
        let texts = [&name(&own.file), &*own.form, &*own.unit, rules.phrase(own.fate.phrase(), lang), &why_text(own, rules, lang), &by];
        texts.map(str::to_owned).to_vec()
    };
    let mut rows: Vec<Vec<String>> = files.iter().map(row).collect();
    rows.sort();
    write_csv(out, std::iter::once(headings.split(';').map(str::to_owned).collect()).chain(rows))
}

/// Writes a table for spreadsheet programs; texts that they would take for formulas are made harmless.
fn write_csv(out: &mut dyn Write, rows: impl Iterator<Item = Vec<String>>) -> io::Result<()> {
    // They take the text for UTF-8 only with this mark.
    out.write_all("\u{feff}".as_bytes())?;
    let mut writer = csv::Writer::from_writer(out);
    for row in rows {
        // A name of a file may hold what turns the direction of writing, or what a terminal takes for a command.
        let plain = row.into_iter().map(|text| printable(&text).into_owned());
        let harmless = plain.map(|text| if looks_like_formula(&text) { format!("'{text}") } else { text });
        writer.write_record(harmless)?;
    }
    writer.flush()
}

/// Why a file does not count: the title of the rule, or the phrase.
fn why_text(own: &InputFile, rules: &RuleBook, lang: Lang) -> String {
    if own.why.is_empty() {
        return String::new();
    }
    rules.get(&own.why).map_or_else(|| rules.phrase(&own.why, lang).to_owned(), |rule| lang.pick(&rule.title_vi, &rule.title_en).to_owned())
}

/// Writes findings as a JSON array, one object per finding.
///
/// # Errors
/// When they cannot be written.
pub fn write_findings_json(out: &mut dyn Write, findings: &[Finding], rules: &RuleBook, lang: Lang) -> io::Result<()> {
    write_records(out, findings.iter().map(|finding| finding_record(finding, rules, lang)))
}

fn write_records(out: &mut dyn Write, records: impl Iterator<Item = FindingRecord>) -> io::Result<()> {
    let mut plain = PlainJson(&mut *out);
    serde_json::Serializer::pretty(&mut plain).collect_seq(records)?;
    out.write_all(b"\n")
}

/// JSON in which characters that a terminal takes for commands stand as their numbers. The serialiser hands out whole texts.
struct PlainJson<'a>(&'a mut dyn Write);

impl Write for PlainJson<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.0.write_all(printable_json(text).as_bytes())?,
            Err(_) => self.0.write_all(bytes)?,
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A result as JSON, its fields in the order of their names.
pub fn json_of(result: &impl Serialize) -> String {
    // Results hold texts, numbers and lists of them, which always can be written.
    format!("{:#}\n", serde_json::to_value(result).unwrap_or_default())
}

/// A value as JSON in one line.
pub fn json_line(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A named array of JSON, one entry per line: there can be very many.
pub fn json_list<T: Serialize>(name: &str, entries: impl Iterator<Item = T>, out: &mut String) {
    let _ = write!(out, "\"{name}\": [");
    for (index, entry) in entries.enumerate() {
        let _ = write!(out, "{}{}", if index > 0 { ",\n" } else { "\n" }, json_line(&entry));
    }
    out.push(']');
}

/// A figure for programs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum NumberRecord {
    /// A count.
    Count(i64),
    /// Million đồng.
    Amount(f64),
    /// One that no number of programs holds, as people read it.
    Large(String),
}

impl NumberRecord {
    /// A count, or an amount in đồng.
    #[must_use]
    pub fn new(value: impl Into<i128>, kind: NumberKind) -> Self {
        let value = value.into();
        match (i64::try_from(value), kind) {
            (Ok(value), NumberKind::Counts) => Self::Count(value),
            (Ok(value), NumberKind::Amounts) => Self::Amount(to_float(value, kind)),
            (Err(_), _) => Self::Large(show_sum(value, kind)),
        }
    }
}
