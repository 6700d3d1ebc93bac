//! Where views and questions leave a place for something: groupings of the register, values of parameters.

/// Repeats the text between `[[` and `]]` for every grouping, `{grouping}` being its key.
pub fn repeated(text: &str, groupings: &[String]) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, inside, after)) = bracketed(rest) {
        out.push_str(before);
        for grouping in groupings {
            out.push_str(&inside.replace("{grouping}", grouping));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn bracketed(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("[[")?;
    let (inside, after) = rest.split_once("]]")?;
    Some((before, inside, after))
}

/// A text as SQL writes it; a quote within is doubled, and nothing else means anything.
pub fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// `{name}` replaced by what `value` gives for it, in one pass: what a value contains is not looked at again.
pub fn filled(text: &str, value: &dyn Fn(&str) -> Option<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let found = after.split_once('}').and_then(|(name, after)| Some((value(name)?, after)));
        match found {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Names in braces, in the order they stand in.
pub fn names(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled_once() {
        assert_eq!(repeated("a[[, {grouping}]] b[[ {grouping}]]", &["x".to_owned(), "y".to_owned()]), "a, x, y b x y");
        assert_eq!(repeated("a[[b", &[]), "a[[b");
        let value = |name: &str| (name == "a").then(|| "{b}'".to_owned());
        assert_eq!(filled("{a} {b} {", &value), "{b}' {b} {");
        assert_eq!(names("{a} x {b_c}"), ["a", "b_c"]);
        assert_eq!(quoted("Xã 'A'"), "'Xã ''A'''");
    }
}
