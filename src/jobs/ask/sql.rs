//! SQL of a question that was understood: the figures of each return, put together by part and year, with what is missing.

use std::fmt::Write as _;

use super::understand::{AskedCell, Division, Threshold, Understood};
use crate::base::message::{Lang, Message, message};
use crate::base::term::{SchoolYear, Term};

/// The question in SQL.
pub fn sql_of(understood: &Understood<'_>, term: Term, lang: Lang) -> String {
    let years = asked_years(understood);
    let figures = figures(understood, term, &years, lang);
    let head = |id: &str| format!("\"{}\"", Message::of_family("query.ask_heading", id).said(lang));
    let [part, name, year, value, received, expected, broken] =
        ["part", "name", "year", "value", "received", "expected", "unknown"].map(head);
    let by_part = match understood.division {
        Division::Whole => String::new(),
        Division::Level => format!("key AS {part}, "),
        _ => format!("key AS {part}, MAX(name) AS {name}, "),
    };
    let Some(threshold) = understood.threshold.filter(|threshold| threshold.change) else {
        let order = if understood.threshold.is_some() { format!("{value} DESC, ") } else { String::new() };
        let group = if understood.division == Division::Whole { "school_year" } else { "key, school_year" };
        let limit = understood.threshold.map_or_else(String::new, |threshold| {
            let Threshold { more, told, .. } = threshold;
            format!("\nHAVING SUM(value) {} {}", if more { ">" } else { "<" }, told.number)
        });
        let order = if group == "school_year" { "school_year".to_owned() } else { format!("{order}key, school_year") };
        return format!(
            "{figures}\nSELECT {by_part}CAST(school_year AS VARCHAR) || '-' || CAST(school_year + 1 AS VARCHAR) AS {year}, SUM(value) AS {value}, SUM(received) AS {received}, SUM(expected) AS {expected}, SUM(broken) AS {broken}\nFROM figures\nGROUP BY {group}{limit}\nORDER BY {order}"
        );
    };
    changes(understood, threshold, &figures, &head)
}

/// Parts whose figure changed by more than a threshold; only those of which both years are known in full.
fn changes(understood: &Understood<'_>, threshold: Threshold, figures: &str, head: &dyn Fn(&str) -> String) -> String {
    let now = understood.years.last().map_or(0, |year| year.0);
    let [part, name, before, value, change, percent] = ["part", "name", "before", "value", "change", "percent"].map(head);
    let sum = |year: i32| format!("SUM(CASE WHEN school_year = {year} THEN value END)");
    let whole = |year: i32| {
        format!(
            "SUM(CASE WHEN school_year = {year} AND received > 0 AND value IS NOT NULL AND broken = 0 THEN 1 ELSE 0 END) = SUM(CASE WHEN school_year = {year} THEN 1 ELSE 0 END)"
        )
    };
    let Threshold { more, told, .. } = threshold;
    let amount = told.number;
    let limit = match (told.is_percent, more) {
        (true, true) => format!("now_value * 100 > before_value * (100 + {amount})"),
        (true, false) => format!("now_value * 100 < before_value * (100 - {amount})"),
        (false, true) => format!("now_value - before_value > {amount}"),
        (false, false) => format!("before_value - now_value > {amount}"),
    };
    let order = if more { "DESC" } else { "ASC" };
    format!(
        "{figures},\nyears AS (\n  SELECT key, MAX(name) AS name, {} AS before_value, {} AS now_value\n  FROM figures GROUP BY key\n  HAVING {} AND {}\n)\nSELECT key AS {part}, name AS {name}, before_value AS {before}, now_value AS {value}, now_value - before_value AS {change}, CASE WHEN before_value > 0 THEN ROUND(CAST((now_value - before_value) * 100 AS DOUBLE) / before_value, 1) END AS {percent}\nFROM years\nWHERE {limit}\nORDER BY {percent} {order}, key",
        sum(now - 1),
        sum(now),
        whole(now - 1),
        whole(now),
    )
}

/// Years that are looked at: for a change also the one before.
fn asked_years(understood: &Understood<'_>) -> Vec<SchoolYear> {
    let mut years = understood.years.clone();
    if understood.threshold.is_some_and(|threshold| threshold.change) {
        years = years.last().map(|last| vec![SchoolYear(last.0 - 1), *last]).unwrap_or_default();
    }
    years
}

/// The figure of every return that is owed, with the part that it belongs to.
fn figures(understood: &Understood<'_>, term: Term, years: &[SchoolYear], lang: Lang) -> String {
    let years = years.iter().map(|year| year.0.to_string()).collect::<Vec<_>>().join(", ");
    let term = term.id();
    let cells = cells(&understood.cells);
    let mut forms: Vec<&str> = understood.cells.iter().map(|cell| &*cell.form).collect();
    forms.dedup();
    let forms = forms.into_iter().map(quoted).collect::<Vec<_>>().join(", ");
    let on = |left: &str, right: &str| {
        format!("{left}.school_year = {right}.school_year AND {left}.term = {right}.term AND {left}.unit = {right}.unit")
    };
    // Returns that are in none of the parts are a row of their own, so that the rows add up.
    let apart = format!("COALESCE(p.place_name, p.place, {})", quoted(&message!("query.ask_apart").said(lang)));
    let apart = apart.as_str();
    let apart_of_both = format!("COALESCE(g.place_name, p.place_name, {})", quoted(&message!("query.ask_apart").said(lang)));
    let apart_of_both = apart_of_both.as_str();
    let (key, name, join) = match &understood.division {
        Division::Whole => ("''".to_owned(), "''", String::new()),
        Division::Level => (
            "f.level".to_owned(),
            "''",
            "\n  JOIN forms AS f ON o.school_year = f.school_year AND o.term = f.term AND o.form = f.form".to_owned(),
        ),
        Division::School => ("o.unit".to_owned(), "u.name", format!("\n  JOIN units AS u ON {}", on("o", "u"))),
        Division::Kind(kind) => {
            // Where a unit is goes before whom it reports to: a school of the department lies in a commune, too.
            let located = format!("\n  LEFT JOIN places AS g ON {} AND g.place_kind = {}", on("o", "g"), quoted(kind));
            let reports =
                format!("\n  LEFT JOIN places AS p ON {} AND p.place_kind = 'unit' AND p.place_unit_kind = {}", on("o", "p"), quoted(kind));
            ("COALESCE(g.place, p.place, '')".to_owned(), apart_of_both, located + &reports)
        }
        Division::Grouping(grouping) => {
            let own = format!("\n  LEFT JOIN places AS p ON {} AND p.place_kind = {}", on("o", "p"), quoted(grouping));
            ("COALESCE(p.place, '')".to_owned(), apart, own)
        }
    };
    let mut inside = String::new();
    if let Some(place) = understood.place {
        let (kind, code) = (quoted(&place.kind), quoted(&place.code));
        let own = if place.kind == "unit" { format!("o.unit = {code} OR ") } else { String::new() };
        let _ = write!(
            inside,
            "\n    AND ({own}EXISTS (SELECT 1 FROM places AS q WHERE {} AND q.place_kind IN ('unit', {kind}, 'commune') AND q.place = {code}))",
            on("q", "o")
        );
    }
    format!(
        "WITH values_of AS (\n  SELECT school_year, term, form, unit, SUM(value) AS value,\n         SUM(CASE WHEN status IN ('unknown', 'error_value', 'uncalculated', 'invalid', 'absent') THEN 1 ELSE 0 END) AS broken\n  FROM cells\n  WHERE term = '{term}' AND school_year IN ({years}) AND ({cells})\n  GROUP BY school_year, term, form, unit\n),\nfigures AS (\n  SELECT o.school_year, {key} AS key, {name} AS name, o.received, o.expected, v.value, COALESCE(v.broken, 0) AS broken\n  FROM own_returns AS o\n  LEFT JOIN values_of AS v ON {} AND o.form = v.form{join}\n  WHERE o.term = '{term}' AND o.school_year IN ({years}) AND o.form IN ({forms}){inside}\n)",
        on("o", "v")
    )
}

/// The condition that a row is one of some cells: those of a column together.
fn cells(cells: &[AskedCell]) -> String {
    let mut parts: Vec<String> = Vec::new();
    for group in cells.chunk_by(|a, b| (&a.form, &a.sheet, a.column) == (&b.form, &b.sheet, b.column)) {
        let codes = group.iter().map(|cell| quoted(&cell.code)).collect::<Vec<_>>().join(", ");
        let AskedCell { form, sheet, column, .. } = &group[0];
        parts.push(format!("form = {} AND sheet = {} AND column_no = {column} AND code IN ({codes})", quoted(form), quoted(sheet)));
    }
    parts.join("\n         OR ")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// The cells in words, form by form.
pub fn cells_in_words(understood: &Understood<'_>) -> Message {
    let mut parts = Vec::new();
    for group in understood.cells.chunk_by(|a, b| (&a.form, &a.sheet) == (&b.form, &b.sheet)) {
        let (form, sheet) = (&group[0].form, &group[0].sheet);
        let mut codes: Vec<&str> = group.iter().map(|cell| &*cell.code).collect();
        let mut columns: Vec<u16> = group.iter().map(|cell| cell.column).collect();
        codes.dedup();
        columns.sort_unstable();
        columns.dedup();
        let columns = columns.iter().map(u16::to_string).collect::<Vec<_>>().join(", ");
        parts.push(message!("query.ask_cells", form, sheet, codes = codes.join(", "), columns));
    }
    Message::join(&parts, "; ")
}
