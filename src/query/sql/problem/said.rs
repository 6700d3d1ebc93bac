//! What the engine and its parser only say as a text, in the words of people who ask: what was asked, what stands in its way, what
//! to write instead. Nothing of the engine's own names for types and parts of a plan is shown.

use super::{SHOWN, between, first_sentence, too_large, twice};
use crate::error::Error;
use crate::message::Message;
use crate::query::sql::engine::{HOURS_OF_DAY, LENGTH_OF_LIST, TEXTS_AND_NUMBERS, TOO_LARGE};

/// Names of types: how they begin in the engine, in Vietnamese, in English.
const KINDS: [(&str, &str, &str); 15] = [
    ("Utf8", "văn bản", "text"),
    ("LargeUtf8", "văn bản", "text"),
    ("String", "văn bản", "text"),
    ("Int", "số nguyên", "a whole number"),
    ("UInt", "số nguyên", "a whole number"),
    ("Integer", "số nguyên", "a whole number"),
    ("Float", "số thực", "a number"),
    ("Decimal", "số thập phân", "a decimal"),
    ("Numeric", "số", "a number"),
    ("Boolean", "điều kiện đúng/sai", "a condition"),
    ("Date", "ngày", "a date"),
    ("Timestamp", "thời điểm", "a moment"),
    ("Interval", "khoảng thời gian", "a span of time"),
    ("List", "danh sách", "a list"),
    ("Null", "NULL", "NULL"),
];

/// What the parser waits for: in its words, in Vietnamese.
const AWAITED: [(&str, &str); 8] = [
    ("end of statement", "hết câu hỏi"),
    ("an expression", "một biểu thức"),
    ("an SQL statement", "một câu hỏi"),
    ("identifier", "một tên"),
    ("joined table", "ON hay USING"),
    ("SELECT, VALUES, or a subquery in the query body", "SELECT"),
    ("literal int", "một số nguyên"),
    ("literal string", "một văn bản trong dấu nháy đơn"),
];

/// A type in words.
fn kind(engine: &str) -> Message {
    let engine = engine.trim().trim_start_matches('\'');
    let known = KINDS.iter().filter(|(start, ..)| engine.starts_with(start)).max_by_key(|(start, ..)| start.len());
    known.map_or_else(|| Message::both(engine, engine), |(_, vi, en)| Message::both(*vi, *en))
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

fn refused(vi: impl Into<String>, en: impl Into<String>) -> Error {
    Error::config(SHOWN, Message::both(vi, en))
}

/// What is only told as a text.
pub(super) fn said_in_words(said: &str) -> Error {
    if said.contains(TOO_LARGE) {
        return too_large();
    }
    if let Some((_, name)) = said.split_once(TEXTS_AND_NUMBERS) {
        let name = name.split_whitespace().next().unwrap_or_default().to_uppercase();
        return refused(
            format!("{name} trộn văn bản với số: mã sẽ mất số 0 ở đầu"),
            format!("{name} mixes texts with numbers: codes would lose the zeros they begin with"),
        )
        .with_hint(Message::both("ghi số trong dấu nháy: COALESCE(commune, '0')", "write the number as a text: COALESCE(commune, '0')"));
    }
    if said.contains(HOURS_OF_DAY) {
        let hint = "CAST(x AS TIMESTAMP) + INTERVAL '5 hours'";
        return refused("ngày không có giờ: cộng giờ vào thì mất giờ", "a day has no hours: added ones would be lost")
            .with_hint(Message::both(hint, hint));
    }
    if said.contains(LENGTH_OF_LIST) {
        return refused("LENGTH đo văn bản, không đo danh sách", "LENGTH is of texts, not of lists")
            .with_hint(Message::both("số phần tử của danh sách là CARDINALITY(x)", "how many values a list has is CARDINALITY(x)"));
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
        refused(
            format!("không so sánh được {} với {} bằng `{operator}`", left.vi(), right.vi()),
            format!("{} cannot be compared with {} by `{operator}`", left.en(), right.en()),
        )
        .with_hint(Message::both(
            "so sánh cùng kiểu: văn bản trong dấu nháy đơn ('09001'), số để trần; đổi kiểu bằng CAST, ví dụ `CAST(x AS VARCHAR)`",
            "compare like with like: texts in single quotes ('09001'), numbers without; CAST changes a type, as in `CAST(x AS VARCHAR)`",
        ))
    } else {
        refused(
            format!("không tính được {} `{operator}` {}", left.vi(), right.vi()),
            format!("{} `{operator}` {} cannot be worked out", left.en(), right.en()),
        )
        .with_hint(Message::both(
            "`+ - * / %` tính với số; văn bản là số thì ghi `TRY_CAST(x AS DOUBLE)`, nối văn bản thì dùng `||`",
            "`+ - * / %` work with numbers; for texts that are numbers write `TRY_CAST(x AS DOUBLE)`, texts are joined by `||`",
        ))
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
        return Some(
            refused(
                format!("cột `{name}` đứng cạnh hàm tổng hợp (SUM, COUNT, MAX …) mà không có trong GROUP BY"),
                format!("column `{name}` stands beside a total (SUM, COUNT, MAX …) and is not in GROUP BY"),
            )
            .with_hint(Message::both(
                format!("thêm `{short}` vào GROUP BY, hoặc lấy một giá trị của nó: `MAX({short})`"),
                format!("put `{short}` into GROUP BY, or take one value of it: `MAX({short})`"),
            )),
        );
    }
    let lowered = said.to_lowercase();
    if lowered.contains("aggregate function") && lowered.contains("where") {
        return Some(
            refused("WHERE không dùng được hàm tổng hợp (SUM, COUNT, MAX …)", "totals (SUM, COUNT, MAX …) cannot stand in WHERE")
                .with_hint(Message::both(
                    "điều kiện về tổng ghi ở HAVING, sau GROUP BY",
                    "conditions on totals stand in HAVING, after GROUP BY",
                )),
        );
    }
    if lowered.contains("window") {
        return Some(
            refused("hàm cửa sổ (… OVER (…)) chỉ đứng được sau SELECT hay trong ORDER BY", "functions over windows (… OVER (…)) stand after SELECT or in ORDER BY only")
                .with_hint(Message::both(
                    "tính nó trong một câu hỏi con rồi lọc bên ngoài: `SELECT * FROM (SELECT …, RANK() OVER (…) AS hang FROM …) AS t WHERE hang <= 3`",
                    "work it out in a subquery and filter around it: `SELECT * FROM (SELECT …, RANK() OVER (…) AS place FROM …) AS t WHERE place <= 3`",
                )),
        );
    }
    let lowered_set = said.contains("queries have different number of columns");
    lowered_set.then(|| {
        let word = said.split_whitespace().find(|word| ["UNION", "EXCEPT", "INTERSECT"].contains(word)).unwrap_or("UNION");
        refused(format!("hai vế của {word} có số cột khác nhau"), format!("the two sides of {word} have different numbers of columns"))
            .with_hint(Message::both(
                "ghi cùng số cột, theo cùng thứ tự; chỗ thiếu ghi NULL",
                "name as many columns on both, in the same order; NULL where one has none",
            ))
    })
}

fn of_subqueries(said: &str) -> Option<Error> {
    let several = ["returned more than one row", "at most one row", "returned more than 1 row", "must be aggregated"];
    if several.iter().any(|part| said.contains(part)) {
        return Some(
            refused(
                "câu hỏi con dùng làm một giá trị có thể cho hơn một dòng",
                "a subquery that stands for one value can give more than one row",
            )
            .with_hint(Message::both(
                "ghi `IN (SELECT …)` thay cho `= (SELECT …)`, hoặc lấy một giá trị bằng MAX(…), MIN(…)",
                "write `IN (SELECT …)` for `= (SELECT …)`, or take one value by MAX(…), MIN(…)",
            )),
        );
    }
    let too_wide = ["should only return one column", "Too many columns", "must return exactly one column", "only one column"];
    too_wide.iter().any(|part| said.contains(part)).then(|| {
        refused("câu hỏi con ở đây chỉ được có một cột", "a subquery has one column only here")
            .with_hint(Message::both("để lại một cột sau SELECT của nó", "leave one column after its SELECT"))
    })
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
    refused(format!("hàm `{name}` không nhận ({})", given.vi()), format!("function `{name}` does not take ({})", given.en())).with_hint(
        Message::both(
            "đổi kiểu bằng CAST hay TRY_CAST, ví dụ `TRY_CAST(x AS DOUBLE)`, và xem lại số tham số",
            "change the type by CAST or TRY_CAST, as in `TRY_CAST(x AS DOUBLE)`, and look at how many arguments it takes",
        ),
    )
}

fn wrong_count(name: &str, wanted: &str, given: &str) -> Error {
    let name = name.to_lowercase();
    refused(
        format!("hàm `{name}` nhận {wanted} tham số, ở đây có {given}"),
        format!("function `{name}` takes {wanted} arguments and has {given} here"),
    )
}

/// A value that is not of the type that it is asked for with.
pub(super) fn of_casts(said: &str) -> Option<Error> {
    let rest = said.split_once("Cannot cast ").or_else(|| said.split_once("Can't cast "))?.1;
    let wanted = between(rest, "to value of ", " type").or_else(|| Some(first_word(rest.split_once(" to type ")?.1)));
    let Some((value, wanted)) = between(rest, "string '", "'").zip(wanted) else {
        let wanted = wanted.or_else(|| Some(first_word(rest.rsplit_once(" to ")?.1)))?;
        let (from, wanted) = (kind(first_word(rest)), kind(wanted));
        return Some(refused(
            format!("không đổi được {} thành {}", from.vi(), wanted.vi()),
            format!("{} cannot be made {}", from.en(), wanted.en()),
        ));
    };
    let wanted = kind(wanted);
    Some(refused(format!("`{value}` không phải là {}", wanted.vi()), format!("`{value}` is not {}", wanted.en())).with_hint(Message::both(
        "cột số so với số, cột văn bản so với văn bản trong dấu nháy đơn; TRY_CAST bỏ trống giá trị không đổi được",
        "compare columns of numbers with numbers, of texts with texts in single quotes; TRY_CAST leaves what cannot be changed null",
    )))
}

/// What has to be another kind of thing where it stands.
fn of_places(said: &str) -> Option<Error> {
    for word in ["LIMIT", "OFFSET"] {
        if said.starts_with(&format!("Expected {word}")) || said.starts_with(&format!("{word} must be")) {
            return Some(refused(
                format!("{word} phải là một số nguyên từ 0 trở lên"),
                format!("{word} has to be a whole number from 0 on"),
            ));
        }
    }
    if said.contains("Placeholder") {
        return Some(
            refused("câu hỏi có chỗ trống (`?`, `$1`) mà không có giá trị", "the query has an open place (`?`, `$1`) without a value")
                .with_hint(Message::both("ghi giá trị vào câu hỏi: `unit = '09001'`", "write the value into the query: `unit = '09001'`")),
        );
    }
    if said.contains("calls cannot be nested") {
        return Some(refused("hàm tổng hợp không lồng trong nhau được", "totals cannot stand within each other").with_hint(Message::both(
            "tính tổng trong một câu hỏi con: `SELECT MAX(tong) FROM (SELECT SUM(value) AS tong FROM … GROUP BY …) AS t`",
            "work the inner one out in a subquery: `SELECT MAX(total) FROM (SELECT SUM(value) AS total FROM … GROUP BY …) AS t`",
        )));
    }
    if let Some(name) = between(said, "Invalid function '", "'") {
        return Some(
            refused(format!("hàm `{name}` cần OVER (…)"), format!("function `{name}` needs OVER (…)"))
                .with_hint(Message::both(format!("`{name}() OVER (ORDER BY …)`"), format!("`{name}() OVER (ORDER BY …)`"))),
        );
    }
    if said.contains("regex parse error") {
        let fault = said.rsplit("error: ").next().unwrap_or_default().lines().next().unwrap_or_default();
        return Some(
            refused(format!("biểu thức chính quy không đúng: {fault}"), format!("the regular expression is not right: {fault}"))
                .with_hint(Message::both("tìm chữ bình thường thì dùng LIKE '%chữ%'", "plain words are found by LIKE '%word%'")),
        );
    }
    if said.contains("requires a boolean expression") || said.contains("boolean predicate") {
        let given = said
            .rsplit_once(", got ")
            .map_or_else(|| Message::both("giá trị khác", "something else"), |(_, given)| kind(first_sentence(given)));
        return Some(
            refused(
                format!("chỗ này cần một điều kiện đúng/sai, không phải {}", given.vi()),
                format!("a condition is wanted here, not {}", given.en()),
            )
            .with_hint(Message::both("so sánh với một giá trị, ví dụ `unit = '09001'`", "compare with a value, as in `unit = '09001'`")),
        );
    }
    let (left, right) = between(said, "common type to coerce ", " in LIKE")?.split_once(" and ")?;
    let (left, right) = (kind(left), kind(right));
    Some(
        refused(
            format!("LIKE so văn bản với mẫu văn bản, ở đây là {} và {}", left.vi(), right.vi()),
            format!("LIKE compares texts with a pattern, here {} and {}", left.en(), right.en()),
        )
        .with_hint(Message::both("`name LIKE 'Trường%'`", "`name LIKE 'Trường%'`")),
    )
}

/// Everything else, at least without the engine's names.
fn otherwise(said: &str) -> Error {
    let said = plain(first_sentence(said));
    refused(format!("câu hỏi có phần không trả lời được: {}", said.vi()), format!("a part of the query cannot be answered: {}", said.en()))
}

/// A sentence of the engine with types in words.
pub(super) fn plain(said: &str) -> Message {
    let is_name = |letter: char| letter.is_ascii_alphanumeric();
    let mut parts: Vec<Message> = Vec::new();
    for word in said.split_inclusive(|letter: char| !is_name(letter)) {
        let bare = word.trim_end_matches(|letter: char| !is_name(letter));
        let is_kind = bare.chars().next().is_some_and(char::is_uppercase)
            && KINDS.iter().any(|(start, ..)| {
                bare.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest == "View" || rest.parse::<u32>().is_ok())
            });
        parts.push(if is_kind { kind(bare) } else { bare.into() });
        parts.push(word[bare.len()..].into());
    }
    Message::join(&parts, "")
}

/// What the parser cannot read, and where.
pub fn unreadable(said: &str) -> Error {
    let said = said.trim_start_matches("sql parser error: ");
    let place = between(said, "at Line: ", ", Column: ").zip(said.rsplit_once(", Column: ").map(|(_, column)| column));
    let at = place.map_or_else(
        || Message::both("", ""),
        |(line, column)| Message::both(format!(" ở dòng {line}, chữ thứ {column}"), format!(" at line {line}, character {column}")),
    );
    if said.contains("Unterminated") {
        return refused(format!("dấu nháy mở{} mà không đóng", at.vi()), format!("a quotation mark{} is never closed", at.en())).with_hint(
            Message::both(
                "văn bản đặt giữa hai dấu nháy đơn; dấu nháy bên trong ghi hai lần: 'O''Brien'",
                "texts stand between single quotes; a quote within is written twice: 'O''Brien'",
            ),
        );
    }
    let parts = between(said, "Expected: ", ", found: ")
        .zip(between(said, ", found: ", " at Line: ").or_else(|| Some(said.split_once(", found: ")?.1)));
    let Some((awaited, found)) = parts else {
        return refused(format!("không đọc được câu hỏi{}: {said}", at.vi()), format!("the query cannot be read{}: {said}", at.en()));
    };
    let in_vi = AWAITED.iter().find(|(own, _)| *own == awaited).map_or(awaited, |(_, vi)| vi);
    let (found_vi, found_en) = if found == "EOF" {
        ("câu hỏi đã hết".to_owned(), "the query ends".to_owned())
    } else {
        (format!("gặp `{found}`"), format!("there is `{found}`"))
    };
    refused(
        format!("không đọc được câu hỏi{}: chờ {in_vi}, {found_vi}", at.vi()),
        format!("the query cannot be read{}: where {awaited} is awaited, {found_en}", at.en()),
    )
    .with_hint(Message::both(
        "tên là từ của SQL hay có dấu cách thì đặt trong dấu nháy kép (\"group\"), văn bản trong dấu nháy đơn ('Đông Sơn')",
        "names that are words of SQL or have blanks stand in double quotes (\"group\"), texts in single quotes ('Đông Sơn')",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_both(error: &Error) -> (String, String) {
        (error.message_vi(), error.to_string())
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
