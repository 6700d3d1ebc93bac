//! Totals out of the archive are those of the returns that went into it.

use std::sync::Arc;

use tkgd::archive::{ArchiveInput, Destination, draft_path, totals_from_archive, write_archive};
use tkgd::base::term::{Period, SchoolYear, Term};
use tkgd::forms::{Form, Schemas, SlotIndex};
use tkgd::register::{Register, Tree, UnitIndex};
use tkgd::returns::{Status, Submission};
use tkgd::sample::{SampleOptions, SampleReturn, province, register_csv};
use tkgd::totals::{Target, TargetTotal, Total, aggregate};
use tkgd::workbooks::{Isolation, read_table};

use crate::support::{Dice, scratch};

#[test]
fn the_archive_adds_up_to_the_same_totals() {
    let schemas = Schemas::load(None).unwrap();
    let period = Period { year: SchoolYear(2025), term: Term::Opening };
    // Enough cells for several row groups.
    let options = SampleOptions { communes: 9, schools: 200, ..SampleOptions::new(3, period) };
    let made = province(&schemas, &options).unwrap();
    let folder = scratch("archive-totals");
    let register = folder.join("units.csv");
    std::fs::write(&register, register_csv(&made, &schemas.register)).unwrap();
    let register = Register::read(&read_table(&register, None, None, &Isolation::InProcess).unwrap(), &schemas.register).unwrap();
    let regulation = schemas.governing(period).unwrap();
    let tree = Tree::as_at(&register, regulation.as_at(period).unwrap()).unwrap();
    let forms: Vec<Arc<Form>> = schemas.forms_of(&regulation.id).filter(|form| form.term == period.term).cloned().collect();
    let mut submissions: Vec<Submission> = made.returns.into_iter().map(SampleReturn::into_submission).collect();
    spoil(&mut submissions);
    let aggregations = aggregate(&tree, &forms, &submissions).unwrap();
    let input = ArchiveInput {
        names: &tkgd::privacy::Names::default(),
        period,
        circular: &regulation.id,
        result_state: None,
        forms: &forms,
        tree: &tree,
        submissions: &submissions,
        inputs: &[],
        findings: &[],
        aggregations: &aggregations,
        rules: &schemas.rules,
        mappings: &[],
        run: "",
    };
    write_archive(Destination::Draft(&folder), &input).unwrap();
    let read = |table: &str| totals_from_archive(&draft_path(&folder, table, period), &tree, &forms).unwrap();
    let (cells, amounts) = (read("cells"), read("amounts"));
    for ((aggregation, cells), amounts) in aggregations.iter().zip(cells).zip(amounts) {
        assert_eq!(aggregation.form.id, cells.form.id);
        let expected: Vec<(UnitIndex, &Total)> = aggregation.totals.iter().filter_map(of_unit).collect();
        assert!(expected.len() == 10 && cells.totals.len() == 10 && amounts.totals.len() == 10);
        for (((unit, expected), cells), amounts) in expected.into_iter().zip(cells.totals).zip(amounts.totals) {
            assert_eq!(unit, cells.unit);
            let mut total = cells.total;
            total.add_numbers(&amounts.total);
            total.coverage = expected.coverage;
            assert!(total == *expected, "{} {}", aggregation.form.id, tree.units[unit].code);
        }
    }
}

fn of_unit(own: &TargetTotal) -> Option<(UnitIndex, &Total)> {
    match &own.target {
        Target::Unit(unit) => Some((*unit, &own.total)),
        Target::Group(..) => None,
    }
}

/// Puts every status somewhere, so that not only numbers are compared.
fn spoil(submissions: &mut [Submission]) {
    let mut dice = Dice(5);
    for submission in submissions {
        for status in Status::ALL {
            let slot = SlotIndex::new(dice.below(submission.values.len()));
            submission.values.set(slot, status, 7);
        }
    }
}
