//! Texts of the engine and its parser, in the words of people who ask: what was asked, what stands in its way, what
//! to write instead. Nothing of the engine's own names for types and parts of a plan is shown.

use super::{SHOWN, between, first_sentence, too_large, twice};
use crate::base::error::Error;
use crate::base::message::{Message, message};
use crate::sql_engine::{HOURS_OF_DAY, LENGTH_OF_LIST, TEXTS_AND_NUMBERS, TOO_LARGE};

/// A name of the engine or its parser, and the one that people use.
type Named = (&'static str, fn() -> Message);

/// Names of types: how they begin in the engine, in Vietnamese, in English.
const KINDS: [Named; 15] = [
    ("Utf8", || message!("sql.kind_text")),
    ("LargeUtf8", || message!("sql.kind_text")),
    ("String", || message!("sql.kind_text")),
    ("Int", || message!("sql.kind_whole_number")),
    ("UInt", || message!("sql.kind_whole_number")),
    ("Integer", || message!("sql.kind_whole_number")),
    ("Float", || message!("sql.kind_floating")),
    ("Decimal", || message!("sql.kind_decimal")),
    ("Numeric", || message!("sql.kind_number")),
    ("Boolean", || message!("sql.kind_condition")),
    ("Date", || message!("sql.kind_date")),
    ("Timestamp", || message!("sql.kind_moment")),
    ("Interval", || message!("sql.kind_span")),
    ("List", || message!("sql.kind_list")),
    ("Null", || Message::from("NULL")),
];

/// Tokens that the parser waits for, in its words.
const AWAITED: [Named; 8] = [
    ("end of statement", || message!("sql.awaited_end")),
    ("an expression", || message!("sql.awaited_expression")),
    ("an SQL statement", || message!("sql.awaited_query")),
    ("identifier", || message!("sql.awaited_name")),
    ("joined table", || message!("sql.awaited_on")),
    ("SELECT, VALUES, or a subquery in the query body", || message!("sql.awaited_select")),
    ("literal int", || message!("sql.awaited_number")),
    ("literal string", || message!("sql.awaited_text")),
];

/// A type in words.
fn kind(engine: &str) -> Message {
    let engine = engine.trim().trim_start_matches('\'');
    let known = KINDS.iter().filter(|(start, _)| engine.starts_with(start)).max_by_key(|(start, _)| start.len());
    known.map_or_else(|| engine.into(), |(_, message)| message())
}

/// Types of a list, in words.
fn kinds(list: &str) -> Message {
    // Commas within brackets belong to a type.
    let mut depth = 0;
    let parts = list.split(|letter: char| {
        depth += match letter {
            '(' | '<' => 1,
            ')' | '>' => -1,
            _ => 0,
        };
        letter == ',' && depth == 0
    });
    let parts: Vec<Message> = parts.map(kind).collect();
    Message::join(&parts, ", ")
}

fn refused(why: Message) -> Error {
    Error::config(SHOWN, why)
}

/// Error for a problem that is only told as a text.
pub(super) fn said_in_words(said: &str) -> Error {
    if said.contains(TOO_LARGE) {
        return too_large();
    }
    if let Some((_, name)) = said.split_once(TEXTS_AND_NUMBERS) {
        let name = name.split_whitespace().next().unwrap_or_default().to_uppercase();
        return refused(message!("sql.mixes_texts_numbers_codes", name)).with_hint(message!("sql.write_number_text_coalesce"));
    }
    if said.contains(HOURS_OF_DAY) {
        let hint = "CAST(x AS TIMESTAMP) + INTERVAL '5 hours'";
        return refused(message!("sql.day_no_hours_added")).with_hint(hint);
    }
    if said.contains(LENGTH_OF_LIST) {
        return refused(message!("sql.length_texts_not_lists")).with_hint(message!("sql.how_many_values_list"));
    }
    if let Some(name) = between(said, "unique expression names but the expression \"", "\"") {
        let name = name.rsplit_once(" AS ").map_or(name, |(_, alias)| alias);
        return twice(name.rsplit('.').next().unwrap_or(name));
    }
    let known = of_operators(said).or_else(|| of_groups(said)).or_else(|| of_subqueries(said)).or_else(|| of_functions(said));
    known.or_else(|| of_casts(said)).or_else(|| of_places(said)).unwrap_or_else(|| otherwise(said))
}

/// Two sides of an operator that do not fit.
fn of_operators(said: &str) -> Option<Error> {
    let (rest, is_comparison) = match said.split_once("comparison operation ") {
        Some((_, rest)) => (rest, true),
        None => (said.split_once("arithmetic expression ")?.1, false),
    };
    let rest = first_sentence(rest);
    let rest = rest.strip_suffix(" to valid types").unwrap_or(rest);
    let (left, operator, right) = sides(rest)?;
    let (left, right) = (kind(left), kind(right));
    let error = if is_comparison {
        refused(message!("sql.cannot_compared", left, right, operator)).with_hint(message!("sql.compare_like_like_texts"))
    } else {
        refused(message!("sql.cannot_worked_out", left, operator, right)).with_hint(message!("sql.work_numbers_texts_numbers"))
    };
    Some(error)
}

/// `A op B`; the types may hold blanks within brackets.
fn sides(text: &str) -> Option<(&str, &str, &str)> {
    let is_outside = |at: usize| text[..at].matches('(').count() == text[..at].matches(')').count();
    let mut blanks = text.match_indices(' ').map(|(at, _)| at).filter(|&at| is_outside(at));
    let (first, last) = (blanks.next()?, blanks.next_back()?);
    Some((&text[..first], text[first..last].trim(), &text[last + 1..]))
}

/// Columns beside sums, sums where there are none.
fn of_groups(said: &str) -> Option<Error> {
    if said.contains("must appear in the GROUP BY clause") {
        let named = between(said, "column \"", "\"").or_else(|| between(said, "HAVING clause references: ", " must appear"));
        let name = named.unwrap_or_default();
        let short = name.rsplit('.').next().unwrap_or(name).trim_matches('"');
        return Some(refused(message!("sql.column_beside_total", name)).with_hint(message!("sql.put_into_group_take", short)));
    }
    let lowered = said.to_lowercase();
    if lowered.contains("aggregate function") && lowered.contains("where") {
        return Some(refused(message!("sql.no_totals_in_where")).with_hint(message!("sql.conditions_totals_stand_having")));
    }
    if lowered.contains("window") {
        return Some(refused(message!("sql.windows_after_select")).with_hint(message!("sql.work_out_subquery_filter")));
    }
    let lowered_set = said.contains("queries have different number of columns");
    lowered_set.then(|| {
        let word = said.split_whitespace().find(|word| ["UNION", "EXCEPT", "INTERSECT"].contains(word)).unwrap_or("UNION");
        refused(message!("sql.two_sides_different_numbers", word)).with_hint(message!("sql.name_many_columns_both"))
    })
}

fn of_subqueries(said: &str) -> Option<Error> {
    let several = ["returned more than one row", "at most one row", "returned more than 1 row", "must be aggregated"];
    if several.iter().any(|part| said.contains(part)) {
        return Some(refused(message!("sql.subquery_stands_one_value")).with_hint(message!("sql.write_select_select_take")));
    }
    let too_wide = ["should only return one column", "Too many columns", "must return exactly one column", "only one column"];
    too_wide
        .iter()
        .any(|part| said.contains(part))
        .then(|| refused(message!("sql.subquery_one_column_only")).with_hint(message!("sql.leave_one_column_after")))
}

fn of_functions(said: &str) -> Option<Error> {
    if said.starts_with("Substring without for/from") {
        return Some(wrong_count("substr", "2-3", "1"));
    }
    if let Some(call) = between(said, "name and argument types '", "'") {
        let (name, given) = call.strip_suffix(')').unwrap_or(call).split_once('(')?;
        return Some(not_taken(name, &kinds(given)));
    }
    if let Some(name) = between(said, "to satisfy a call to '", "' function") {
        return Some(not_taken(name, &kinds(between(said, "coercion from ", " to the signature").unwrap_or_default())));
    }
    if let Some((name, rest)) = said.split_once("Function '").and_then(|(_, rest)| rest.split_once("' expects ")) {
        let count = rest.split_once(" arguments but received ").map(|(wanted, given)| (wanted, given.trim_end_matches('.')));
        return Some(match count {
            Some((wanted, given)) => wrong_count(name, wanted, first_word(given)),
            None => not_taken(name, &kind(first_sentence(rest.split_once("received ")?.1))),
        });
    }
    let (name, rest) = said.split_once("The function ").and_then(|(_, rest)| rest.split_once(" expects "))?;
    let (wanted, given) = rest.split_once(" arguments, but ")?;
    Some(wrong_count(name, wanted, first_word(given)))
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

fn not_taken(name: &str, given: &Message) -> Error {
    let name = name.to_lowercase();
    refused(message!("sql.function_does_not_take", name, given)).with_hint(message!("sql.change_type_cast_try"))
}

fn wrong_count(name: &str, wanted: &str, given: &str) -> Error {
    let name = name.to_lowercase();
    refused(message!("sql.function_takes_arguments", name, wanted, given))
}

/// A value that is not of the type that it is asked for with.
pub(super) fn of_casts(said: &str) -> Option<Error> {
    let rest = said.split_once("Cannot cast ").or_else(|| said.split_once("Can't cast "))?.1;
    let wanted = between(rest, "to value of ", " type").or_else(|| Some(first_word(rest.split_once(" to type ")?.1)));
    let Some((value, wanted)) = between(rest, "string '", "'").zip(wanted) else {
        let wanted = wanted.or_else(|| Some(first_word(rest.rsplit_once(" to ")?.1)))?;
        let (from, wanted) = (kind(first_word(rest)), kind(wanted));
        return Some(refused(message!("sql.cannot_made", from, wanted)));
    };
    let wanted = kind(wanted);
    Some(refused(message!("sql.not", value, wanted)).with_hint(message!("sql.compare_columns_numbers_numbers")))
}

/// Refusals of a thing where another kind of thing must stand.
fn of_places(said: &str) -> Option<Error> {
    for word in ["LIMIT", "OFFSET"] {
        if said.starts_with(&format!("Expected {word}")) || said.starts_with(&format!("{word} must be")) {
            return Some(refused(message!("sql.whole_number", word)));
        }
    }
    if said.contains("Placeholder") {
        return Some(refused(message!("sql.query_open_place_without")).with_hint(message!("sql.write_value_into_query")));
    }
    if said.contains("calls cannot be nested") {
        return Some(refused(message!("sql.totals_cannot_stand_within")).with_hint(message!("sql.work_inner_one_out")));
    }
    if let Some(name) = between(said, "Invalid function '", "'") {
        return Some(refused(message!("sql.function_needs_over", name)).with_hint(message!("sql.over_order", name)));
    }
    if said.contains("regex parse error") {
        let fault = said.rsplit("error: ").next().unwrap_or_default().lines().next().unwrap_or_default();
        return Some(refused(message!("sql.regular_expression_not_right", fault)).with_hint(message!("sql.plain_words_found_like")));
    }
    if said.contains("requires a boolean expression") || said.contains("boolean predicate") {
        let given = said.rsplit_once(", got ").map_or_else(|| message!("sql.something_else"), |(_, given)| kind(first_sentence(given)));
        return Some(refused(message!("sql.condition_wanted_not", given)).with_hint(message!("sql.compare_value_unit")));
    }
    let (left, right) = between(said, "common type to coerce ", " in LIKE")?.split_once(" and ")?;
    let (left, right) = (kind(left), kind(right));
    Some(refused(message!("sql.like_compares_texts_pattern", left, right)).with_hint(Message::from("`name LIKE 'Trường%'`")))
}

/// Everything else, at least without the engine's names.
fn otherwise(said: &str) -> Error {
    let said = plain(first_sentence(said));
    refused(message!("sql.part_query_cannot_answered", said))
}

/// A sentence of the engine with types in words.
pub(super) fn plain(said: &str) -> Message {
    let is_name = |letter: char| letter.is_ascii_alphanumeric();
    let mut parts: Vec<Message> = Vec::new();
    for word in said.split_inclusive(|letter: char| !is_name(letter)) {
        let bare = word.trim_end_matches(|letter: char| !is_name(letter));
        let is_kind = bare.chars().next().is_some_and(char::is_uppercase)
            && KINDS.iter().any(|(start, _)| {
                bare.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest == "View" || rest.parse::<u32>().is_ok())
            });
        parts.push(if is_kind { kind(bare) } else { bare.into() });
        parts.push(word[bare.len()..].into());
    }
    Message::join(&parts, "")
}

/// Error for a text that the parser cannot read, and where.
pub fn unreadable(said: &str) -> Error {
    let said = said.trim_start_matches("sql parser error: ");
    let place = between(said, "at Line: ", ", Column: ").zip(said.rsplit_once(", Column: ").map(|(_, column)| column));
    let at = place.map_or_else(|| Message::from(""), |(line, column)| message!("sql.line_character", line, column));
    if said.contains("Unterminated") {
        return refused(message!("sql.quotation_mark_never_closed", at)).with_hint(message!("sql.texts_stand_between_single"));
    }
    let parts = between(said, "Expected: ", ", found: ")
        .zip(between(said, ", found: ", " at Line: ").or_else(|| Some(said.split_once(", found: ")?.1)));
    let Some((awaited, found)) = parts else {
        return refused(message!("sql.query_cannot_read", at, said));
    };
    let awaited = AWAITED.iter().find(|(own, _)| *own == awaited).map_or_else(|| awaited.into(), |(_, message)| message());
    let found = if found == "EOF" { message!("sql.query_ends") } else { message!("sql.there_is", found) };
    refused(message!("sql.query_cannot_read_awaited", at, awaited, found)).with_hint(message!("sql.names_words_sql_blanks"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_both(error: &Error) -> (String, String) {
        (error.message().vi(), error.to_string())
    }

    #[test]
    fn nothing_of_the_engine_is_shown() {
        for (said, vi) in [
            (
                "Cannot infer common argument type for comparison operation Decimal128(18, 6) = Boolean",
                "số thập phân với điều kiện đúng/sai",
            ),
            ("Cannot coerce arithmetic expression Utf8View / Int64 to valid types", "văn bản `/` số nguyên"),
            ("Cannot cast string 'abc' to value of Int64 type", "`abc` không phải là số nguyên"),
            (
                "No function matches the given name and argument types 'round(Utf8View, Int64)'. You might",
                "`round` không nhận (văn bản, số nguyên)",
            ),
            ("something about Utf8View and Int64", "something about văn bản and số nguyên"),
        ] {
            let (own, other) = in_both(&said_in_words(said));
            assert!(own.contains(vi), "{own}");
            assert!(!own.contains("Utf8") && !other.contains("Int64") && !other.contains("Utf8"), "{own} {other}");
        }
    }

    #[test]
    fn the_place_of_what_cannot_be_read_is_told() {
        let (vi, en) = in_both(&unreadable("sql parser error: Expected: end of statement, found: a at Line: 1, Column: 9"));
        assert!(vi.contains("dòng 1, chữ thứ 9") && vi.contains("hết câu hỏi") && en.contains("`a`"), "{vi} {en}");
    }
}
