//! Questions over figures that are there already: what differs, where, because of whom.

pub mod reconcile;
