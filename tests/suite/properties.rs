//! Properties that hold for any input: parts add up, order is irrelevant, what is written is read.

use std::sync::{Arc, LazyLock};

use proptest::prelude::*;
use tkgd::base::number::{NumberKind, NumberLocale, from_text, show};
use tkgd::base::text::{fold, nfc};
use tkgd::forms::{Form, Schemas, SlotVec};
use tkgd::present::write_xlsx;
use tkgd::register::{Register, Tree};
use tkgd::report::read_back;
use tkgd::returns::{Status, Submission, Values};
use tkgd::sample::{SampleOptions, province};
use tkgd::totals::{Target, Total, aggregate};
use tkgd::workbooks::Recogniser;

use super::workspace::{PERIOD, form, plan, schemas};

static SCHEMAS: LazyLock<Schemas> = LazyLock::new(schemas);
static WORLD: LazyLock<(Tree, Vec<Arc<Form>>, Vec<Submission>)> = LazyLock::new(world);

fn world() -> (Tree, Vec<Arc<Form>>, Vec<Submission>) {
    let mut options = SampleOptions::new(17, PERIOD);
    options.schools = 24;
    let province = province(&SCHEMAS, &options).unwrap();
    let path = super::support::scratch("properties").join("reg.csv");
    std::fs::write(&path, tkgd::sample::register_csv(&province, &SCHEMAS.register)).unwrap();
    let table = tkgd::workbooks::read_table(&path, None, None, &tkgd::workbooks::Isolation::InProcess).unwrap();
    let register = Register::read(&table, &SCHEMAS.register).unwrap();
    let tree = Tree::as_at(&register, PERIOD.day(9, 30).unwrap()).unwrap();
    let forms = SCHEMAS.forms_of("tt25-2024").cloned().collect();
    (tree, forms, province.returns.into_iter().map(tkgd::sample::SampleReturn::into_submission).collect())
}

/// Any status with a number that fits it.
fn any_cell() -> impl Strategy<Value = (Status, i64)> {
    prop_oneof![
        5 => (0..2_000_000_i64).prop_map(|number| (Status::Reported, number)),
        1 => Just((Status::Missing, 0)),
        1 => Just((Status::Unknown, 0)),
        1 => Just((Status::NotApplicable, 0)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn the_order_of_returns_changes_nothing(seed in any::<u64>()) {
        let (tree, forms, submissions) = &*WORLD;
        let mut shuffled = submissions.clone();
        let mut dice = super::support::Dice(seed);
        for index in (1..shuffled.len()).rev() {
            shuffled.swap(index, dice.below(index + 1));
        }
        let (one, other) = (aggregate(tree, forms, submissions).unwrap(), aggregate(tree, forms, &shuffled).unwrap());
        for (a, b) in one.iter().zip(&other) {
            prop_assert_eq!(&a.totals, &b.totals);
        }
    }

    #[test]
    fn parts_add_up_whichever_returns_came(mask in any::<u64>()) {
        let (tree, forms, submissions) = &*WORLD;
        let came: Vec<Submission> = submissions.iter().enumerate().filter(|(i, _)| mask >> (i % 64) & 1 == 1).map(|(_, s)| s.clone()).collect();
        for aggregation in aggregate(tree, forms, &came).unwrap() {
            let root = aggregation.of_unit(tree.find("09").unwrap()).unwrap();
            let own = came.iter().filter(|s| s.form.id == aggregation.form.id);
            let mut sums = SlotVec::filled(0_i64, aggregation.form.layout.slots);
            for submission in own.clone() {
                for (sum, number) in sums.iter_mut().zip(submission.values.numbers().iter()) {
                    *sum += number;
                }
            }
            for (slot, sum) in root.slots().zip(&sums) {
                prop_assert_eq!(root.number(slot), *sum);
            }
            prop_assert_eq!(root.coverage.received as usize, own.count());
            // A partition of the units is a partition of the figures.
            let groups: Vec<&Total> = aggregation.totals.iter().filter(|own| matches!(&own.target, Target::Group(k, _) if &**k == "former_district")).map(|own| &own.total).collect();
            let below: u32 = groups.iter().map(|t| t.coverage.expected).sum();
            prop_assert!(below <= root.coverage.expected);
        }
    }

    #[test]
    fn what_is_written_is_read(cells in proptest::collection::vec(any_cell(), 1386), short in prop_oneof![Just("02-TH-DN")]) {
        let form = form(&SCHEMAS, short);
        let mut values = Values::new(form.layout.slots);
        for (slot, (status, number)) in values.slots().zip(cells) {
            values.set(slot, status, number);
        }
        let mut total = Total::new(values.len());
        total.add_values(&values);
        let bytes = write_xlsx(&plan(&SCHEMAS, &form, &values)).unwrap();
        let recogniser = Recogniser::new(&SCHEMAS.forms);
        prop_assert_eq!(read_back(&bytes, &form, &total, &recogniser), Ok(()));
    }
}

proptest! {
    #[test]
    fn numbers_shown_are_numbers_read(count in 0..=100_000_000_i64, amount in -1_000_000_000_000_000_i64..=1_000_000_000_000_000) {
        prop_assert_eq!(from_text(&show(count, NumberKind::Counts), NumberLocale::Vi, NumberKind::Counts), Ok(count));
        prop_assert_eq!(from_text(&show(amount, NumberKind::Amounts), NumberLocale::Vi, NumberKind::Amounts), Ok(amount));
    }

    #[test]
    fn folding_twice_is_folding_once(text in "\\PC{0,40}") {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once.clone());
        prop_assert_eq!(fold(&nfc(&text)), once);
    }
}
