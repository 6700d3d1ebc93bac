//! What people write as a reason may name telephones, identity numbers, addresses: those are not kept.

use std::sync::LazyLock;

use regex::Regex;

/// Written instead of what is left out.
const MASK: &str = "[…]";

/// Telephone numbers however they are grouped, long unbroken digits, mail addresses. Sums of money
/// are grouped by threes without a leading zero, and dates have fewer digits: both stay.
static PRIVATE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let telephone = r"(?:\+?84|\b0)(?:[ .\-]?[0-9]){8,10}\b";
    Regex::new(&format!(r"[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+|{telephone}|[0-9]{{9,}}")).ok()
});

/// The text without what may identify or reach a person.
#[must_use]
pub fn masked(text: &str) -> String {
    match PRIVATE.as_ref() {
        Some(private) => private.replace_all(text, MASK).into_owned(),
        None => MASK.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_go_and_numbers_of_pupils_stay() {
        for private in ["0912 345 678", "+84912345678", "0203.3825.123", "001203004567", "a.b@truong.edu.vn"] {
            assert_eq!(masked(&format!("gọi {private} nhé")), "gọi […] nhé");
        }
        for plain in ["Công văn 5835/BGDĐT-KHCNTT ngày 23/9/2025", "12.345.678.900 đồng", "2025-10-16", "mã 09001005, 320 em"] {
            assert_eq!(masked(plain), plain);
        }
    }
}
