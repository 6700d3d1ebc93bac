//! A school year that was opened, for a screen.

use super::OpenedYear;
use crate::base::message::{Lang, message};

impl OpenedYear {
    /// Files that were written and kept, terms that are still open, and the next steps.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let (year, old) = (&self.school_year, &self.old_year);
        let mut lines = vec![message!("new_year.opened", year)];
        lines.push(message!("new_year.settings", settings = self.settings.display(), year, kept_as = self.kept_as.display(), old));
        lines.extend((self.left_behind > 0).then(|| message!("new_year.left_behind", lines = self.left_behind)));
        lines.extend(self.folders.iter().map(|folder| message!("new_year.folder", folder = folder.display())));
        lines.push(message!("new_year.register", units = self.units, findings = self.register_findings));
        let kept_as = self.kept_as.display();
        lines.extend(self.unreleased.iter().map(|own| message!("new_year.unreleased", name = own.name.clone(), kept_as, term = own.term)));
        lines.push(message!("new_year.next"));
        lines.iter().flat_map(|line| [line.said(lang), "\n".to_owned()]).collect()
    }
}
