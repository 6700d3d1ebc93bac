//! Questions over figures that are there already: what differs, where, because of whom; and any question in SQL.

pub mod reconcile;
pub mod sql;
