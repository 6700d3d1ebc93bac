//! Single files checked without a register: layout, values and sums.

use std::path::PathBuf;
use std::sync::Arc;

use crate::base::error::Result;
use crate::base::number::NumberLocale;
use crate::base::term::Period;
use crate::findings::Finding;
use crate::forms::Form;
use crate::jobs::session::Session;
use crate::jobs::stage::JobStage;
use crate::register::{NameIndex, Register, Tree};
use crate::rules::{ReferenceReturns, RuleContext, check_arithmetic, check_cell_rules};
use crate::tables::Signs;
use crate::workbooks::{Found, ReadContext, ReadReturn, Recogniser, find_files, read_files};

/// Result of checking single files.
#[derive(Debug)]
pub struct Checked {
    /// Number of files.
    pub files: usize,
    /// Forms they are of, each once, in the order of their ids.
    pub forms: Vec<Arc<Form>>,
    /// All findings, graded and sorted.
    pub findings: Vec<Finding>,
}

/// Reads and checks files without a register: layout, values and sums.
///
/// # Errors
/// When a path does not exist or no circular governs the period.
pub fn check_files(session: &Session, paths: &[PathBuf], period: Period, locale: NumberLocale) -> Result<Checked> {
    let schemas = &session.schemas;
    let regulation = schemas.governing(period)?;
    let register = Register { file: Arc::from(""), units: Vec::new(), groupings: Vec::new() };
    let tree = Tree::as_at(&register, regulation.as_at(period).unwrap_or_default())?;
    let recogniser = Recogniser::new(&schemas.candidate_forms(&regulation.id)).preferring(&regulation.id);
    let claim_words = &session.texts.claims;
    let signs = Signs::new([&session.texts.tables.signs]);
    let context = ReadContext {
        recogniser: &recogniser,
        circular: &regulation.id,
        period,
        tree: &tree,
        names: &NameIndex::new(&tree, &claim_words.names),
        claim_words,
        units: None,
        locale,
        signs: &signs,
        isolation: &session.isolation,
    };
    let Found { files, findings, .. } = find_files(paths, &[])?;
    session.begin(JobStage::Read, files.len())?;
    let readings = read_files(&files, &context, &|| session.step())?;
    session.end();
    let mut checked = Checked { files: files.len(), forms: Vec::new(), findings };
    for reading in readings {
        checked.findings.extend(reading.findings);
        for ReadReturn { submission, .. } in &reading.returns {
            checked.findings.extend(check_arithmetic(submission));
            // Nobody knows whose the file is: no register, no other return, no other term.
            let (own, earlier) = (std::slice::from_ref(submission), ReferenceReturns::default());
            let rule_context = RuleContext::new(&tree, &schemas.forms, own, &earlier);
            let found = check_cell_rules(own, &schemas.cell_rules, &schemas.rules, &rule_context);
            checked.findings.extend(found.into_iter().filter(|finding| finding.place.file.is_some()));
            checked.forms.push(Arc::clone(&submission.form));
        }
    }
    checked.forms.sort_by(|a, b| a.id.cmp(&b.id));
    checked.forms.dedup_by(|a, b| a.id == b.id);
    schemas.rules.grade(&mut checked.findings);
    Ok(checked)
}
