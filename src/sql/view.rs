//! Views: questions that stand among the tables under names of their own.

use serde::Deserialize;

use crate::base::message::Message;

/// A view.
#[derive(Debug, Clone)]
pub struct SqlView {
    /// Name.
    pub name: String,
    /// Title of its contents.
    pub title: Message,
    /// Meaning of one row.
    pub row: Message,
    /// Its text in SQL.
    pub sql: String,
    /// Columns that are none of the archive's.
    pub(super) columns: Vec<ViewColumn>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ViewColumn {
    pub name: String,
    pub vi: String,
    pub en: String,
}

impl ViewColumn {
    pub fn words(&self) -> Message {
        Message::both(&self.vi, &self.en)
    }
}
