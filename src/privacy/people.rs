//! Reasons that people write may name telephones, identity numbers, addresses, persons: those are not kept.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization as _;

use crate::base::text::fold;

/// Written instead of what is left out.
const MASK: &str = "[…]";
/// Digits from which a number may be a telephone or an identity number.
const LONG: usize = 9;
/// Signs that may stand between the digits of one number.
const BETWEEN: &str = " .-()_\u{a0}\u{202f}+·";
/// Repeats of a sign that may follow each other.
const GAP: usize = 3;

/// Mail addresses, however the sign between their halves is written.
static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let at = r"(?:\s*@\s*|\s*[\(\[\{<]\s*(?:@|at|a còng|a móc)\s*[\)\]\}>]\s*)";
    let dot = r"(?:\.|\s*[\(\[\{]\s*(?:dot|chấm|\.)\s*[\)\]\}]\s*)";
    Regex::new(&format!(r"(?i)[^\s@<>()\[\]]+{at}[^\s@<>()\[\],;]+(?:{dot}[^\s@<>()\[\],;]+)*")).ok()
});

/// Dates and school years are no numbers of anybody, and what stands beside them is another number.
static DATES: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = r"(?:0?[1-9]|[12][0-9]|3[01])";
    let month = r"(?:0?[1-9]|1[0-2])";
    let year = r"(?:19|20)[0-9]{2}";
    Regex::new(&format!(r"\b{year}-{month}-{day}\b|\b{day}[.\-]{month}[.\-]{year}\b|\b{year} ?[-–] ?{year}\b")).ok()
});

/// Amounts grouped by threes: what a telephone or an identity number is not, for it begins with a zero or is one group.
static AMOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^[1-9][0-9]{0,2}(?:\.[0-9]{3})+$").ok());

/// Family names of nine in ten people, folded; a school that bears one is told by the word before it.
const FAMILIES: [&str; 36] = [
    "nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương", "lý", "đinh", "trịnh",
    "đoàn", "mai", "cao", "lương", "lưu", "tạ", "chu", "hà", "tô", "trương", "vương", "quách", "nông", "hứa", "triệu", "lò", "giàng",
    "vàng",
];
/// Words before a name that is a person's.
const ADDRESSED: [&str; 12] = ["ông", "bà", "anh", "chị", "cô", "thầy", "em", "cháu", "bác", "chú", "mr", "ms"];
/// Words before a name that is a school's or a place's.
const PLACES: [&str; 24] = [
    "trường",
    "tiểu",
    "học",
    "sở",
    "non",
    "mn",
    "th",
    "thcs",
    "thpt",
    "gdtx",
    "gdnn",
    "xã",
    "phường",
    "huyện",
    "tỉnh",
    "thôn",
    "bản",
    "phố",
    "đường",
    "cơ",
    "điểm",
    "quận",
    "trấn",
    "tt",
];

/// The text without what may identify or reach a person; the same again when it is done twice.
#[must_use]
pub fn masked(text: &str) -> String {
    let text: String = text.nfc().collect();
    let without = |text: String, pattern: &LazyLock<Option<Regex>>| match pattern.as_ref() {
        Some(pattern) => pattern.replace_all(&text, MASK).into_owned(),
        None => MASK.to_owned(),
    };
    without_names(&without_numbers(&without(text, &ADDRESS)))
}

/// Digits of any script as our own; one character for one.
fn plain_digits(text: &str) -> Vec<char> {
    text.chars().map(|c| if c.is_ascii() { c } else { c.to_string().nfkc().next().filter(char::is_ascii_digit).unwrap_or(c) }).collect()
}

fn without_numbers(text: &str) -> String {
    let original: Vec<char> = text.chars().collect();
    let plain = plain_digits(text);
    let is_date = dates(&plain);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < original.len() {
        let starts = plain[at].is_numeric() && !is_date[at];
        let end = if starts { number_end(&plain, &is_date, at) } else { at };
        if end > at && is_private(&plain[at..end]) {
            // A plus or a bracket before it is a part of it.
            while out.ends_with(['+', '(']) {
                out.pop();
            }
            out.push_str(MASK);
            at = end;
        } else {
            let end = end.max(at + 1);
            out.extend(&original[at..end]);
            at = end;
        }
    }
    out
}

/// Which characters are a part of a date or of a school year.
fn dates(plain: &[char]) -> Vec<bool> {
    let text: String = plain.iter().collect();
    let mut is_date = vec![false; plain.len()];
    let Some(pattern) = DATES.as_ref() else { return is_date };
    for found in pattern.find_iter(&text) {
        let first = text[..found.start()].chars().count();
        let length = found.as_str().chars().count();
        is_date[first..first + length].fill(true);
    }
    is_date
}

/// The end of the number that starts here: digits, with a few signs between them.
fn number_end(plain: &[char], is_date: &[bool], start: usize) -> usize {
    let mut end = start + 1;
    loop {
        let gap = plain[end..].iter().take(GAP + 1).take_while(|c| BETWEEN.contains(**c)).count();
        let next = end + gap;
        if gap > GAP || next >= plain.len() || !plain[next].is_numeric() || is_date[next] {
            return end;
        }
        end = next + 1;
    }
}

/// Too long for a figure, and not an amount of money.
fn is_private(number: &[char]) -> bool {
    let digits = number.iter().filter(|c| c.is_numeric()).count();
    let text: String = number.iter().collect();
    digits >= LONG && !AMOUNT.as_ref().is_some_and(|amount| amount.is_match(&text))
}

/// The text without names of persons: a family name or a form of address, then words with capitals.
fn without_names(text: &str) -> String {
    let words: Vec<&str> = text.split_inclusive(char::is_whitespace).collect();
    let bare = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let is_capital = |word: &str| {
        let word = bare(word);
        let mut letters = word.chars();
        letters.next().is_some_and(char::is_uppercase) && word.chars().all(char::is_alphabetic) && letters.any(char::is_lowercase)
    };
    // A name ends with the word that has a sign behind it.
    let goes_on = |word: &str| word.trim_end().ends_with(char::is_alphanumeric);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < words.len() {
        let word = fold(&bare(words[at]));
        let before = at.checked_sub(1).map(|before| fold(&bare(words[before]))).unwrap_or_default();
        let length = |from: usize| {
            let mut end = from;
            while end < words.len() && is_capital(words[end]) && end - from < 5 {
                end += 1;
                if !goes_on(words[end - 1]) {
                    break;
                }
            }
            end
        };
        let is_family = FAMILIES.contains(&word.as_str()) && is_capital(words[at]) && !PLACES.contains(&before.as_str());
        let is_addressed = ADDRESSED.contains(&word.as_str()) && goes_on(words[at]);
        let (from, end) = if is_addressed { (at + 1, length(at + 1)) } else { (at, if is_family { length(at) } else { at }) };
        if end > from && (is_addressed || end - from >= 2) {
            out.extend(words[at..from].iter().copied());
            let last = words[end - 1];
            out.push_str(MASK);
            out.push_str(&last[last.trim_end_matches(|c: char| !c.is_alphanumeric()).len()..]);
            at = end;
        } else {
            out.push_str(words[at]);
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_people_go_and_numbers_of_pupils_stay() {
        for private in [
            "0912 345 678",
            "+84912345678",
            "(0912)345678",
            "(0912) 345-678",
            "(+84) 912.345.678",
            "09 12 34 56 78",
            "0203.3825.123",
            "001203004567",
            "001 203 004 567",
            "001.203.004.567",
            "912 345 678",
            "０９１２３４５６７８",
            "٠٩١٢٣٤٥٦٧٨",
            "a.b@truong.edu.vn",
            "hoa(at)truong.vn",
            "hoa [at] truong (dot) edu.vn",
            "hoa @ truong.vn",
        ] {
            assert_eq!(masked(&format!("gọi {private} nhé")), "gọi […] nhé", "{private}");
        }
        for plain in [
            "Công văn 5835/BGDĐT-KHCNTT ngày 23/9/2025",
            "12.345.678.900 đồng",
            "2025-10-16",
            "mã 09001005, 320 em",
            "năm học 2024-2025 có 320 em",
            "ngày 16.10.2025 nhận 320 em",
        ] {
            assert_eq!(masked(plain), plain);
        }
    }

    #[test]
    fn names_of_persons_go_and_names_of_schools_stay() {
        for (said, kept) in [
            ("cô Nguyễn Thị Hoa nhập sai", "cô […] nhập sai"),
            ("do Trần Văn Bình, kế toán", "do […], kế toán"),
            ("hỏi thầy Nam.", "hỏi thầy […]."),
            ("Trường Tiểu học Nguyễn Du có 2 điểm", "Trường Tiểu học Nguyễn Du có 2 điểm"),
            ("đã kiểm tra với Trường THCS Lê Quý Đôn", "đã kiểm tra với Trường THCS Lê Quý Đôn"),
            ("Hiệu trưởng", "Hiệu trưởng"),
            ("em Việt kiều", "em […] kiều"),
        ] {
            assert_eq!(masked(said), kept);
            assert_eq!(masked(kept), kept);
        }
    }
}
