//! Conditions on a column of texts, asked once a text: a row group lists its texts, and its rows have their numbers.
//!
//! A list of a district's units is asked of some thousand texts of a row group that way, and not of its 131,072 rows.

use std::sync::Arc;

use datafusion::arrow::array::{Array as _, ArrayRef, BooleanArray, DictionaryArray, RecordBatch, StringArray, new_null_array};
use datafusion::arrow::buffer::BooleanBuffer;
use datafusion::arrow::compute::{cast, concat};
use datafusion::arrow::datatypes::{Int32Type, SchemaRef};
use datafusion::common::cast::{as_boolean_array, as_string_array};
use datafusion::error::Result;
use datafusion::physical_expr::PhysicalExpr;

/// A condition on one column of texts, with what its texts answered.
#[derive(Debug)]
pub(super) struct ListedTexts {
    condition: Arc<dyn PhysicalExpr>,
    /// The column alone.
    schema: SchemaRef,
    answers: Option<Answers>,
}

/// Which texts of a list meet the condition.
#[derive(Debug)]
struct Answers {
    texts: StringArray,
    /// One of each text, and one of no text.
    met: BooleanBuffer,
}

impl ListedTexts {
    /// A condition on the only column of a schema.
    pub fn new(condition: Arc<dyn PhysicalExpr>, schema: SchemaRef) -> Self {
        Self { condition, schema, answers: None }
    }

    /// Which rows meet the condition.
    ///
    /// # Errors
    /// When the condition cannot be worked out for one of the rows.
    pub fn rows(&mut self, rows: &DictionaryArray<Int32Type>) -> Result<BooleanArray> {
        let texts = as_string_array(rows.values())?;
        if !self.answers.as_ref().is_some_and(|known| is_same_list(&known.texts, texts)) {
            let none = new_null_array(self.schema.field(0).data_type(), 1);
            let all = concat(&[&cast(texts, self.schema.field(0).data_type())?, &none])?;
            // A text that fails can be one that no row has that meets the other conditions.
            let Ok(met) = self.ask(all) else { return self.ask(cast(rows, self.schema.field(0).data_type())?).map(BooleanArray::from) };
            self.answers = Some(Answers { texts: texts.clone(), met });
        }
        let Some(Answers { texts, met }) = &self.answers else { return Ok(BooleanArray::from(Vec::<bool>::new())) };
        let (keys, nulls) = (rows.keys().values(), rows.keys().nulls());
        let text = |row: usize| usize::try_from(keys[row]).map_or(texts.len(), |key| key.min(texts.len()));
        Ok(BooleanArray::from(match nulls.filter(|nulls| nulls.null_count() > 0) {
            Some(nulls) => {
                BooleanBuffer::collect_bool(rows.len(), |row| met.value(if nulls.is_valid(row) { text(row) } else { texts.len() }))
            }
            None => BooleanBuffer::collect_bool(rows.len(), |row| met.value(text(row))),
        }))
    }

    /// Which values are known to meet the condition.
    fn ask(&self, values: ArrayRef) -> Result<BooleanBuffer> {
        let count = values.len();
        let met = self.condition.evaluate(&RecordBatch::try_new(Arc::clone(&self.schema), vec![values])?)?.into_array(count)?;
        let met = as_boolean_array(&met)?;
        Ok(match met.nulls() {
            Some(known) => met.values() & known.inner(),
            None => met.values().clone(),
        })
    }
}

/// True where two lists are the same memory, which the first of them holds.
fn is_same_list(known: &StringArray, texts: &StringArray) -> bool {
    known.value_offsets().as_ptr() == texts.value_offsets().as_ptr() && known.len() == texts.len()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::Int32Array;
    use datafusion::arrow::datatypes::{DataType, Field, Schema};
    use datafusion::common::ScalarValue;
    use datafusion::logical_expr::Operator;
    use datafusion::physical_expr::expressions::{BinaryExpr, CastExpr, Column, IsNullExpr, Literal, in_list};

    use super::*;

    fn rows(keys: Vec<Option<i32>>, texts: &[&str]) -> DictionaryArray<Int32Type> {
        DictionaryArray::new(Int32Array::from(keys), Arc::new(StringArray::from(texts.to_vec())))
    }

    fn asked(condition: impl FnOnce(Arc<dyn PhysicalExpr>, &Schema) -> Arc<dyn PhysicalExpr>) -> ListedTexts {
        let schema = Arc::new(Schema::new(vec![Field::new("unit", DataType::Utf8View, true)]));
        ListedTexts::new(condition(Arc::new(Column::new("unit", 0)), &schema), schema)
    }

    fn text(text: &str) -> Arc<dyn PhysicalExpr> {
        Arc::new(Literal::new(ScalarValue::Utf8View(Some(text.to_owned()))))
    }

    fn met(asked: &mut ListedTexts, rows: &DictionaryArray<Int32Type>) -> Vec<bool> {
        asked.rows(rows).unwrap().values().iter().collect()
    }

    #[test]
    fn a_list_is_asked_of_its_texts_and_another_list_anew() {
        let mut asked = asked(|unit, schema| in_list(unit, vec![text("b"), text("Đông Sơn")], &false, schema).unwrap());
        let first = rows(vec![Some(0), Some(1), None, Some(1)], &["a", "b"]);
        assert_eq!(met(&mut asked, &first), [false, true, false, true]);
        assert_eq!(met(&mut asked, &first.slice(1, 2)), [true, false]);
        assert_eq!(met(&mut asked, &rows(vec![Some(0), Some(1)], &["Đông Sơn", "Đông Sơn, Thanh Hóa"])), [true, false]);
    }

    #[test]
    fn no_text_is_asked_as_such() {
        let mut asked = asked(|unit, _| Arc::new(IsNullExpr::new(unit)));
        assert_eq!(met(&mut asked, &rows(vec![Some(0), None], &["a"])), [false, true]);
    }

    #[test]
    fn a_text_that_fails_does_so_where_a_row_has_it() {
        let number = |unit| Arc::new(CastExpr::new(unit, DataType::Int64, None)) as Arc<dyn PhysicalExpr>;
        let five = Arc::new(Literal::new(ScalarValue::Int64(Some(5))));
        let mut asked = asked(|unit, _| Arc::new(BinaryExpr::new(number(unit), Operator::Eq, five)));
        assert_eq!(met(&mut asked, &rows(vec![Some(0), Some(1)], &["5", "6", "a"])), [true, false]);
        assert!(asked.rows(&rows(vec![Some(2)], &["5", "6", "a"])).is_err());
    }
}
