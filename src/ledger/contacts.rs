//! Whom to call or write to: a file of the workspace's own, used in reminder lists and nowhere else.

use std::collections::BTreeMap;

use super::headings;
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::tables::Table;

/// How a unit is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Role of whoever answers.
    pub role: String,
    /// Telephone.
    pub phone: String,
    /// Mail.
    pub email: String,
}

/// Contacts by unit code.
#[derive(Debug, Clone, Default)]
pub struct Contacts(BTreeMap<String, Vec<Contact>>);

impl Contacts {
    /// Reads the columns unit, role, phone and e-mail of a table; other columns are left alone.
    ///
    /// # Errors
    /// When the table has no column of unit codes.
    pub fn read(table: &Table) -> Result<Self> {
        let unit = table.find(&headings::UNIT);
        if unit.is_none() {
            let reason = message!("ledger.no_column_unit");
            return Err(Error::config(&table.file, reason));
        }
        let role = table.find(&headings::ROLE);
        let phone = table.find(&headings::PHONE);
        let email = table.find(&headings::EMAIL);
        let mut contacts = Self::default();
        for row in &table.rows {
            let contact = Contact { role: row.text(role), phone: row.text(phone), email: row.text(email) };
            contacts.0.entry(row.text(unit)).or_default().push(contact);
        }
        Ok(contacts)
    }

    /// How a unit is reached, each way once per line.
    #[must_use]
    pub fn of(&self, unit: &str) -> [String; 3] {
        let all = self.0.get(unit).map(Vec::as_slice).unwrap_or_default();
        let joined = |pick: fn(&Contact) -> &str| all.iter().map(pick).filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
        [joined(|c| &c.role), joined(|c| &c.phone), joined(|c| &c.email)]
    }
}
