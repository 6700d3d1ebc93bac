//! Columns of few values share a byte.
//!
//! Flags have four values and a code of sex three: packed into one byte, `value + 4 × other value + …`, they cost a row one look-up.

use super::columns::{ColumnIndex, Columns};
use super::region::RowBox;

/// Values of a byte.
pub const VALUES_OF_BYTE: usize = 256;

/// Which columns stand in which byte of a row.
#[derive(Debug, Clone)]
pub struct Packing {
    bytes: Vec<Vec<PackedColumn>>,
}

/// A column within a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackedColumn {
    /// The column.
    pub column: ColumnIndex,
    /// How many values it has, the missing one included.
    pub values: usize,
    /// What its value is multiplied by.
    pub stride: usize,
}

impl Packing {
    /// Packs columns, those with many values first, each into the first byte with room for it.
    #[must_use]
    pub fn new(columns: &Columns, of_row: impl Iterator<Item = ColumnIndex>) -> Self {
        let mut largest: Vec<ColumnIndex> = of_row.collect();
        let values = |column: ColumnIndex| columns.get(column).coding.values();
        largest.sort_by_key(|column| (std::cmp::Reverse(values(*column)), *column));
        let mut bytes: Vec<Vec<PackedColumn>> = Vec::new();
        for column in largest {
            let values = values(column);
            let room = bytes.iter_mut().find(|own| stride(own) * values <= VALUES_OF_BYTE);
            match room {
                Some(own) => own.push(PackedColumn { column, values, stride: stride(own) }),
                None => bytes.push(vec![PackedColumn { column, values, stride: 1 }]),
            }
        }
        Self { bytes }
    }

    /// How many bytes a row has.
    #[must_use]
    pub const fn bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Columns of a byte.
    #[must_use]
    pub fn columns(&self, byte: usize) -> &[PackedColumn] {
        &self.bytes[byte]
    }

    /// How many values a byte can have.
    #[must_use]
    pub fn values(&self, byte: usize) -> usize {
        stride(&self.bytes[byte])
    }

    /// Whether a box accepts this value of a byte.
    #[must_use]
    pub fn accepts(&self, byte: usize, value: usize, own: &RowBox) -> bool {
        let of_column = |packed: &PackedColumn| u8::try_from(value / packed.stride % packed.values).unwrap_or_default();
        self.bytes[byte].iter().all(|packed| own.set(packed.column).is_none_or(|set| set.has(of_column(packed))))
    }
}

/// What the next column of a byte is multiplied by.
fn stride(byte: &[PackedColumn]) -> usize {
    byte.iter().map(|packed| packed.values).product()
}
