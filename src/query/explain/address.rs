//! A figure as people name it: `02-TH-DN/III/37/1`.

use std::fmt;
use std::str::FromStr;

use crate::archive::{ArchivedForm, FigureKey};
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::text::is_same_symbol;

/// A cell of a form; the form by its short id or with its circular.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// Form, `02-TH-DN` or `tt25-2024/02-TH-DN`.
    pub form: String,
    /// Sheet id.
    pub sheet: String,
    /// Row code.
    pub code: String,
    /// Column number.
    pub column: u16,
}

impl FromStr for Address {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        // Forms may hold a stroke, the rest does not; a colon after the form is how reports write it.
        let text = text.replacen(':', "/", 1);
        let mut parts = text.rsplitn(4, '/').map(str::trim);
        let wrong = || {
            let reason = message!("explain.not_form_sheet_code");
            let hint = message!("explain.example_th_dn_iii");
            Error::config(&text, reason).with_hint(hint)
        };
        let column = parts.next().and_then(|column| column.parse().ok()).ok_or_else(wrong)?;
        let (Some(code), Some(sheet), Some(form)) = (parts.next(), parts.next(), parts.next()) else { return Err(wrong()) };
        if [code, sheet, form].iter().any(|part| part.is_empty()) {
            return Err(wrong());
        }
        Ok(Self { form: form.to_owned(), sheet: sheet.to_owned(), code: code.to_owned(), column })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.form, self.sheet, self.code, self.column)
    }
}

impl Address {
    /// True for the form that is meant: by id, short id or symbol.
    #[must_use]
    pub fn is_form(&self, form: &ArchivedForm) -> bool {
        let name = self.form.as_str();
        let of_circular = name.rsplit_once('/').filter(|(circular, _)| form.id.strip_suffix(form.short()) == Some(&format!("{circular}/")));
        form.id == name || is_same_symbol(&form.symbol, of_circular.map_or(name, |(_, short)| short)) || form.short() == name
    }

    /// The form that is meant.
    ///
    /// # Errors
    /// When there is none, with the nearest.
    pub fn find<'a>(&self, forms: &'a [ArchivedForm]) -> Result<&'a ArchivedForm> {
        forms.iter().find(|form| self.is_form(form)).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.form"),
            name: self.form.clone(),
            hint: closest(&self.form, forms.iter().map(ArchivedForm::short)).map(Message::did_you_mean),
        })
    }

    /// The figure in a form.
    #[must_use]
    pub fn key(&self, form: &ArchivedForm) -> FigureKey {
        FigureKey::new(&form.id, &self.sheet, &self.code, self.column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_as_people_write_them() {
        for (text, form) in
            [("02-TH-DN/III/37/1", "02-TH-DN"), ("tt25-2024/02-TH-DN/III/37/1", "tt25-2024/02-TH-DN"), ("02-TH-DN:III/37/1", "02-TH-DN")]
        {
            let address: Address = text.parse().unwrap();
            assert_eq!((&*address.form, &*address.sheet, &*address.code, address.column), (form, "III", "37", 1));
        }
        for text in ["", "III/37/1", "02-TH-DN/III/37/x", "02-TH-DN//37/1", "/III/37/1"] {
            assert!(text.parse::<Address>().is_err(), "{text}");
        }
    }
}
