//! Short texts of a list, asked of millions of rows: a column of texts keeps those of up to twelve bytes as one number each, and
//! the same text is the same number.

use std::collections::HashSet;

use datafusion::arrow::array::{Array as _, BooleanArray, StringViewArray};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::common::ScalarValue;

/// Bytes of a text that is kept as a number.
const SHORT: usize = 12;
/// Places of which a text has one, as a power of two.
const PLACES: u32 = 16;

/// Some short texts.
#[derive(Debug)]
pub(super) struct ShortTexts {
    /// Places that one of them has: most others are told by that.
    taken: Vec<bool>,
    known: HashSet<u128>,
}

impl ShortTexts {
    /// Texts of a list; none where one of them is long, or something else.
    pub fn new(values: &[ScalarValue]) -> Option<Self> {
        let text = |value: &ScalarValue| match value {
            ScalarValue::Utf8View(Some(text)) if text.len() <= SHORT => Some(text.clone()),
            _ => None,
        };
        let texts = values.iter().map(text).collect::<Option<Vec<String>>>()?;
        let texts = StringViewArray::from_iter_values(texts);
        let mut taken = vec![false; 1 << PLACES];
        for view in texts.views() {
            taken[place(*view)] = true;
        }
        Some(Self { taken, known: texts.views().iter().copied().collect() })
    }

    /// Whether the text of each row is one of them; null where there is none.
    pub fn contain(&self, rows: &StringViewArray) -> BooleanArray {
        let views = rows.views();
        let found = BooleanBuffer::collect_bool(views.len(), |row| {
            let view = views[row];
            self.taken[place(view)] && self.known.contains(&view)
        });
        BooleanArray::new(found, rows.nulls().cloned())
    }
}

#[expect(clippy::cast_possible_truncation, reason = "both halves are mixed, and the highest bits of it kept")]
const fn place(view: u128) -> usize {
    let mixed = (view as u64 ^ ((view >> 64) as u64).rotate_left(23)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> (u64::BITS - PLACES)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> ScalarValue {
        ScalarValue::Utf8View(Some(text.to_owned()))
    }

    #[test]
    fn short_texts_are_found_and_no_other() {
        let known = ShortTexts::new(&[value("09001"), value(""), value("Đông Sơn")]).unwrap();
        let rows = StringViewArray::from(vec![Some("09001"), Some("9001"), None, Some(""), Some("Đông Sơn"), Some("Đông Sơn, Thanh Hóa")]);
        let found: Vec<Option<bool>> = known.contain(&rows).iter().collect();
        assert_eq!(found, [Some(true), Some(false), None, Some(true), Some(true), Some(false)]);
        assert!(ShortTexts::new(&[value("longer than twelve")]).is_none() && ShortTexts::new(&[ScalarValue::Int64(Some(1))]).is_none());
    }
}
