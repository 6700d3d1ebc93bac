//! Questions over figures that are there already: what differs, where, because of whom; where a figure comes from; any question in SQL.

pub mod compare;
pub mod explain;
pub mod reconcile;
#[cfg(feature = "sql")]
pub mod sql;
mod versions;

pub use versions::{FormPair, own_address, pairs};
