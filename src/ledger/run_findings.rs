//! Findings of a run as the jobs after it read them: a table, a row each, with the finding itself as data.
//!
//! Words are none of its business: whoever reads it says findings in a language of its own.

use std::path::Path;

use super::finding_key;
use crate::archive::{Columns, TextTable};
use crate::base::error::{Error, Result};
use crate::base::message::message;
use crate::findings::Finding;
use crate::rulebook::RuleBook;

/// Name of the table in the output folder of a run.
pub const RUN_FINDINGS: &str = "phat-hien.parquet";

/// Columns of texts: what a finding is about and where it is, its key, and all of it as JSON.
const COLUMNS: [&str; 12] =
    ["verdict", "severity", "rule", "unit", "form", "sheet", "code", "file", "file_sheet", "cell", "key", "finding"];

/// Writes the findings of a run, in their order. `column_no` is 0 where a finding is about no column.
///
/// # Errors
/// When the table cannot be written.
pub fn write_run_findings(path: &Path, findings: &[Finding], rules: &RuleBook) -> Result<()> {
    let mut table = Columns::texts(&COLUMNS).and_smalls(&["column_no"]);
    for finding in findings {
        let (subject, place) = (&finding.subject, &finding.place);
        let [unit, form, sheet, code] =
            [&subject.unit, &subject.form, &subject.sheet, &subject.code].map(|own| own.as_deref().unwrap_or_default());
        let [file, file_sheet] = [&place.file, &place.sheet].map(|own| own.as_deref().unwrap_or_default());
        let cell = place.cell.map(|cell| cell.to_string()).unwrap_or_default();
        let data = serde_json::to_string(finding).map_err(|e| Error::config(path.display(), e))?;
        let (verdict, severity, key) = (finding.verdict.id(), finding.severity.id(), finding_key(finding, rules));
        let texts = [verdict, severity, &finding.rule, unit, form, sheet, code, file, file_sheet, &cell, &key, &data];
        table.push(&texts, &[subject.column.map_or(0, i64::from)]);
    }
    table.write(path, 0, &[])
}

/// Reads the findings of a run in an output folder; `None` where no run has been there.
///
/// # Errors
/// When the table is there and is not what a run writes.
pub fn read_run_findings(folder: &Path) -> Result<Option<Vec<Finding>>> {
    let path = folder.join(RUN_FINDINGS);
    if !path.try_exists().unwrap_or(true) {
        return Ok(None);
    }
    let table = TextTable::read(&path, &["finding"])?;
    let read = table.rows().map(|row| serde_json::from_str(row.text("finding")));
    let findings: serde_json::Result<Vec<Finding>> = read.collect();
    findings.map(Some).map_err(|e| Error::config(path.display(), e).with_hint(message!("ledger.run_tkgd_run_again")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Subject;
    use crate::forms::Schemas;

    #[test]
    fn findings_come_back_as_they_were() {
        let folder = std::env::temp_dir().join(format!("tkgd-run-findings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        assert_eq!(read_run_findings(&folder).unwrap(), None);
        let subject = Subject { unit: Some("09001".into()), column: Some(3), ..Subject::default() };
        let findings = vec![Finding::new("sum").subject(subject).observed(12_i64, 14_i64), Finding::new("other").not_evaluated()];
        let path = folder.join(RUN_FINDINGS);
        write_run_findings(&path, &findings, &Schemas::load(None).unwrap().rules).unwrap();
        assert_eq!(read_run_findings(&folder).unwrap(), Some(findings));
        std::fs::write(&path, "PAR1 and nothing else").unwrap();
        assert!(read_run_findings(&folder).is_err());
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
