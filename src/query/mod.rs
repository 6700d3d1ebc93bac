//! Questions over figures that are there already: what differs, where, because of whom; where a figure comes from.

pub mod compare;
pub mod explain;
pub mod reconcile;
mod versions;

pub use versions::{FormPair, not_comparable, own_address, pairs};
