//! Files that were written, what a register was made from, and what comes next.

use std::fmt::Write as _;

use super::WrittenWorkspace;
use crate::base::message::{Lang, Message, message};
use crate::workspace::{MadeRegister, SettingsFile, TakenColumn};

/// Lines that are told one by one; the rest is counted.
const MOST_LINES: usize = 20;

impl WrittenWorkspace {
    /// The files, a line each; the register; what is to be done next.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let mut out = String::new();
        for path in &self.files {
            let _ = writeln!(out, "{}", path.display());
        }
        if let Some(made) = &self.made {
            out.push_str(&made_text(made, lang, self.has_no_forms));
            if self.derived > 0 {
                out.push_str(&message!("screen.forms_by_level", units = self.derived).said(lang));
            }
        }
        let register = self.register.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let next = match self.settings {
            SettingsFile::Workbook => self.next_steps(&register),
            SettingsFile::Toml if self.made.is_some() => {
                message!("screen.look_through_register", path = self.register.display(), year = self.year)
            }
            SettingsFile::Toml => message!("screen.fill_in_register", register),
        };
        out.push_str(&next.said(lang));
        out
    }

    /// Steps up to the first report, in a workspace with a workbook of settings.
    fn next_steps(&self, register: &str) -> Message {
        let register = match &self.made {
            Some(_) => message!("screen.step_look_through_register", register),
            None => message!("screen.step_fill_in_register", register),
        };
        let folder = self.folder.display();
        message!("screen.steps_of_new_workspace", folder, register, year = self.year)
    }
}

/// Where a register was taken from, and all that was left out.
fn made_text(made: &MadeRegister, lang: Lang, has_no_forms: bool) -> String {
    let mut out = String::new();
    let mut line = |message: Message| {
        out.push_str(&message.said(lang));
        out.push('\n');
    };
    let units = made.rows.len();
    line(message!("screen.register_units_columns", units));
    for TakenColumn { column: own, heading } in &made.taken {
        line(Message::join(&["  ".into(), own.clone(), " <- ".into(), heading.into()], ""));
    }
    let listed = |lines: &[u32]| {
        let shown: Vec<String> = lines.iter().take(MOST_LINES).map(u32::to_string).collect();
        let more = lines.len().saturating_sub(MOST_LINES);
        if more > 0 { format!("{} (+{more})", shown.join(", ")) } else { shown.join(", ") }
    };
    if !made.left.is_empty() {
        let left = made.left.join(", ");
        line(message!("screen.columns_not_used", left));
    }
    if !made.above.is_empty() {
        let above = made.above.join(", ");
        line(message!("screen.units_added_above_them", above));
    }
    if let Some(beyond) = &made.beyond {
        line(message!("screen.top_reports_beyond", beyond));
    }
    if !made.kinds_by_name.is_empty() {
        let lines = listed(&made.kinds_by_name);
        line(message!("screen.kinds_by_name", lines));
    }
    if !made.without_office.is_empty() {
        let (count, lines) = (made.without_office.len(), listed(&made.without_office));
        line(message!("screen.lines_without_office", count, lines));
    }
    if !made.without_code.is_empty() {
        let lines = listed(&made.without_code);
        line(message!("screen.lines_without_code_left", lines));
    }
    if !made.repeated.is_empty() {
        let lines = listed(&made.repeated);
        line(message!("screen.lines_repeat_another_left", lines));
    }
    if has_no_forms {
        line(message!("screen.nobody_expected_file_form"));
    }
    out
}
