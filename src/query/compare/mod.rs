//! Two states of terms, or two units, cell by cell.
