//! Rules that are fair: what is wrong is found, and the most unusual return that is still correct passes.
//!
//! A return here is blank but for the cells that matter, so nothing hides behind sample figures.

use std::collections::BTreeSet;
use std::sync::Arc;

use tkgd::base::message::Lang;
use tkgd::findings::{Finding, Severity, Verdict};
use tkgd::forms::{Form, Relation, Relations, Schemas, SlotIndex};
use tkgd::register::{Register, Tree};
use tkgd::returns::{Lineage, Placement, Returns, Source, Status, Submission, Values};
use tkgd::rulebook::Stage;
use tkgd::rules::{ReferenceReturns, RuleContext, check_arithmetic, check_cell_rules, sums};
use tkgd::workbooks::{Isolation, read_table};

use super::support::scratch;
use super::workspace::{form, schemas, slot};

/// One rule over cells: figures that break it, and unusual figures that are right.
pub struct Fair {
    /// The rule.
    pub rule: &'static str,
    /// The form of the return.
    form: &'static str,
    /// Where what is wrong is found; nothing is wrong otherwise.
    at: &'static str,
    /// What is wrong.
    wrong: Filed,
    /// What may look wrong and is right.
    right: Filed,
}

/// What a unit files: cells as `sheet/code/column`; `@` a year ago, `~form:` the term before, `^form:` the other term of the year.
struct Filed {
    unit: &'static str,
    cells: &'static [(&'static str, i64)],
}

const fn by(unit: &'static str, cells: &'static [(&'static str, i64)]) -> Filed {
    Filed { unit, cells }
}

const fn fair(rule: &'static str, form: &'static str, at: &'static str, wrong: Filed, right: Filed) -> Fair {
    Fair { rule, form, at, wrong, right }
}

const REGISTER: &str = "code,name,kind,levels,ownership,reports_to,files_with,forms,area
S,Sở,department,,,,,,
TH,Trường TH,school,TH,public,S,,02-TH-DN 02-TH-CN,Miền núi
CS,Trường THCS,school,THCS,public,S,,03-THCS-DN 03-THCS-CN,Đồng bằng
PT,Trường THPT,school,THPT,private,S,,04-THPT-DN 04-THPT-CN,
MN,Trường MN,school,MN,community,S,,01-MN-DN 01-MN-CN,Đảo xa
HAI,Trường TH và THCS,school,TH THCS,public,S,,02-TH-DN 03-THCS-DN 02-TH-CN 03-THCS-CN,Vùng 1
CHUNG,Trường MN nộp chung,school,MN,public,S,,01-MN-DN,Miền núi
NT,Nhóm trẻ,nursery_group,MN,private,S,CHUNG,,
TX,Trung tâm,centre,GDTX,public,S,,05-GDTX-DN 05-GDTX-CN,
KT,Trường chuyên biệt,school,KT,public,S,,KT-DN,
";

/// Every rule over cells, with the most unusual figures that are right.
pub const FAIR: &[Fair] = &[
    // All pupils of a grade are of the right age, and nobody else is of that age.
    fair(
        "on-age",
        "02-TH-DN",
        "III/52/1",
        by("TH", &[("III/40/1", 30), ("III/46/1", 40), ("III/52/1", 31)]),
        by("TH", &[("III/40/1", 30), ("III/46/1", 30), ("III/52/1", 30)]),
    ),
    fair(
        "on-age",
        "03-THCS-DN",
        "III/DL055/2",
        by("CS", &[("III/DL045/2", 30), ("III/DL050/2", 20), ("III/DL055/2", 21)]),
        by("CS", &[("III/DL045/1", 9), ("III/DL050/1", 3), ("III/DL055/1", 0)]),
    ),
    fair(
        "on-age",
        "04-THPT-DN",
        "III/DL061/12",
        by("PT", &[("III/DL053/12", 3), ("III/DL057/12", 9), ("III/DL061/12", 4)]),
        by("PT", &[("III/DL053/12", 3), ("III/DL057/12", 9), ("III/DL061/12", 3)]),
    ),
    // Everybody in the first grade is new or repeats, and there is no other grade.
    fair(
        "new-entrants",
        "02-TH-DN",
        "III/57/1",
        by("TH", &[("III/37/1", 100), ("III/40/1", 20), ("III/57/1", 21)]),
        by("TH", &[("III/37/1", 20), ("III/40/1", 20), ("III/57/1", 18), ("III/58/1", 2)]),
    ),
    fair(
        "new-entrants",
        "04-THPT-DN",
        "III/DL062/1",
        by("PT", &[("III/DL048/1", 40), ("III/DL051/1", 40), ("III/DL062/1", 38), ("III/DL063/1", 3)]),
        by("PT", &[("III/DL048/1", 90), ("III/DL051/1", 40), ("III/DL062/1", 40), ("III/DL063/1", 50)]),
    ),
    fair(
        "secondary-national-standard",
        "03-THCS-DN",
        "I/DL010/1",
        by("CS", &[("I/DL001/1", 1), ("I/DL010/1", 1), ("I/DL011/1", 1)]),
        by("CS", &[("I/DL001/1", 1), ("I/DL011/1", 1)]),
    ),
    fair(
        "secondary-national-standard",
        "04-THPT-DN",
        "I/DL013/3",
        by("PT", &[("I/DL001/3", 1), ("I/DL013/3", 1), ("I/DL014/3", 1)]),
        by("PT", &[("I/DL001/3", 1), ("I/DL013/3", 1)]),
    ),
    // A school that files for a private group has both columns.
    fair(
        "other-ownership",
        "01-MN-DN",
        "hoc-sinh/83/5",
        by("MN", &[("hoc-sinh/83/5", 9)]),
        by("CHUNG", &[("hoc-sinh/83/5", 90), ("hoc-sinh/83/9", 20)]),
    ),
    fair("other-ownership", "01-MN-DN", "hoc-sinh/83/9", by("MN", &[("hoc-sinh/83/9", 9)]), by("MN", &[("hoc-sinh/83/13", 90)])),
    fair("other-ownership", "05-GDTX-DN", "III/DL016/9", by("TX", &[("III/DL016/9", 9)]), by("TX", &[("III/DL016/5", 9)])),
    fair(
        "mn-class-size",
        "01-MN-DN",
        "hoc-sinh/90/1",
        by("MN", &[("truong-lop/69/1", 2), ("hoc-sinh/90/1", 71)]),
        by("MN", &[("truong-lop/69/1", 2), ("hoc-sinh/90/1", 70), ("truong-lop/56/1", 1), ("hoc-sinh/84/1", 25)]),
    ),
    // In a school of two levels the teachers may all be counted on the other form.
    fair("classes-without-teachers", "02-TH-DN", "IV/96/1", by("TH", &[("I/27/1", 5)]), by("HAI", &[("I/27/1", 5)])),
    fair(
        "classes-without-teachers",
        "05-GDTX-DN",
        "IV/DL041/1",
        by("TX", &[("I/DL011/1", 5)]),
        by("TX", &[("I/DL011/1", 5), ("IV/DL041/1", 1)]),
    ),
    // All rooms are borrowed.
    fair(
        "classes-without-rooms",
        "03-THCS-DN",
        "V/DL130/1",
        by("CS", &[("I/DL032/1", 5)]),
        by("CS", &[("I/DL032/1", 5), ("V/DL131/1", 3)]),
    ),
    fair(
        "classes-without-rooms",
        "01-MN-DN",
        "phong-hoc/194/1",
        by("MN", &[("truong-lop/56/1", 5), ("phong-hoc/203/1", 5)]),
        by("MN", &[("truong-lop/56/1", 2), ("phong-hoc/195/1", 1)]),
    ),
    // A small school where one teacher has a class of their own, and a school of two levels.
    fair(
        "teachers-per-class",
        "02-TH-DN",
        "IV/96/1",
        by("TH", &[("I/27/1", 10), ("IV/96/1", 31)]),
        by("TH", &[("I/27/1", 4), ("IV/96/1", 20)]),
    ),
    fair(
        "teachers-per-class",
        "04-THPT-DN",
        "IV/DL106/1",
        by("PT", &[("I/DL035/1", 10), ("IV/DL106/1", 11)]),
        by("PT", &[("I/DL035/1", 10), ("IV/DL106/1", 12)]),
    ),
    // Two shifts.
    fair(
        "rooms-per-class",
        "02-TH-DN",
        "V/120/1",
        by("TH", &[("I/27/1", 11), ("V/120/1", 5)]),
        by("TH", &[("I/27/1", 10), ("V/120/1", 4), ("V/121/1", 1)]),
    ),
    fair(
        "mn-rooms-per-class",
        "01-MN-DN",
        "phong-hoc/194/1",
        by("MN", &[("truong-lop/55/1", 5), ("phong-hoc/194/1", 10), ("phong-hoc/204/1", 6)]),
        by("MN", &[("truong-lop/55/1", 5), ("phong-hoc/194/1", 15)]),
    ),
    // A school of two levels is counted once; one that files for others counts them too.
    fair("one-school", "02-TH-DN", "I/1/1", by("TH", &[("I/1/1", 0)]), by("HAI", &[("I/1/1", 0)])),
    fair("one-school", "01-MN-DN", "truong-lop/1/1", by("MN", &[("truong-lop/1/1", 2)]), by("CHUNG", &[("truong-lop/1/1", 2)])),
    fair("one-school", "03-THCS-CN", "I/DL001/1", by("CS", &[("I/DL001/1", 3)]), by("HAI", &[("I/DL001/1", 1)])),
    // The department's own names of areas are compared with nothing.
    fair("school-region", "02-TH-DN", "I/2/1", by("TH", &[("I/2/1", 1)]), by("HAI", &[("I/2/1", 1)])),
    fair("school-region", "03-THCS-DN", "I/DL004/1", by("CS", &[("I/DL007/1", 1)]), by("CS", &[("I/DL004/1", 1)])),
    fair("school-region", "01-MN-DN", "", by("CHUNG", &[]), by("MN", &[("truong-lop/34/1", 1)])),
    fair("size-band", "02-TH-DN", "I/6/1", by("TH", &[("I/6/1", 1), ("I/27/1", 18)]), by("HAI", &[("I/6/1", 1), ("I/27/1", 12)])),
    fair(
        "size-band",
        "04-THPT-DN",
        "I/DL007/1",
        by("PT", &[("I/DL007/1", 1), ("I/DL035/1", 28)]),
        by("PT", &[("I/DL007/1", 1), ("I/DL035/1", 27)]),
    ),
    // Whether kindergarten classes count for the band is not said: with them it is enough.
    fair(
        "mn-size-band",
        "01-MN-DN",
        "truong-lop/36/1",
        by("MN", &[("truong-lop/36/1", 1), ("truong-lop/55/1", 8)]),
        by("MN", &[("truong-lop/36/1", 1), ("truong-lop/55/1", 9), ("truong-lop/56/1", 1)]),
    ),
    // Three moved in; everybody undecided failed.
    fair(
        "repeaters-kept-back",
        "02-TH-DN",
        "III/58/1",
        by("TH", &[("III/58/1", 9), ("~02-TH-CN:III/DL050/1", 5)]),
        by("TH", &[("III/58/1", 16), ("~02-TH-CN:III/DL050/1", 3), ("~02-TH-CN:III/DL056/1", 10)]),
    ),
    fair(
        "repeaters-kept-back",
        "03-THCS-DN",
        "III/DL060/1",
        by("CS", &[("III/DL060/1", 20), ("~03-THCS-CN:III/DL043/1", 40)]),
        by("CS", &[("III/DL060/1", 32), ("~03-THCS-CN:III/DL043/1", 40)]),
    ),
    // All units together; single schools take pupils from anywhere.
    fair(
        "entry-grade-completers",
        "02-TH-DN",
        "III/40/1",
        by("TH", &[("III/40/1", 5000), ("~01-MN-CN:truong-lop/DL044/1", 10000)]),
        by("TH", &[("III/40/1", 8000), ("~01-MN-CN:truong-lop/DL044/1", 10000)]),
    ),
    fair(
        "entry-grade-completers",
        "04-THPT-DN",
        "III/DL051/1",
        by("PT", &[("III/DL051/1", 11001), ("~03-THCS-CN:III/DL059/1", 10000)]),
        by("PT", &[("III/DL051/1", 0), ("~03-THCS-CN:III/DL059/1", 1999)]),
    ),
    // Dear and cheap.
    fair(
        "mn-cost-per-child",
        "01-MN-DN",
        "ngan-sach/16/2",
        by("MN", &[("hoc-sinh/83/1", 100), ("ngan-sach/16/2", 60_000_000_000)]),
        by("MN", &[("hoc-sinh/83/1", 100), ("ngan-sach/16/2", 50_000_000_000), ("ngan-sach/16/1", 20_000_000)]),
    ),
    fair(
        "mn-budget-scale",
        "01-MN-DN",
        "ngan-sach/15/1",
        by("MN", &[("ngan-sach/15/1", 1_000_000), ("ngan-sach/15/2", 1_000_000_000)]),
        by("MN", &[("ngan-sach/15/1", 1_000_000), ("ngan-sach/15/2", 499_000_000), ("ngan-sach/15/3", 0)]),
    ),
    // Learners who study alone have no class.
    fair("programme-without-classes", "05-GDTX-DN", "III/DL017/1", by("TX", &[("I/DL012/1", 1)]), by("TX", &[("III/DL017/1", 44)])),
    fair(
        "programme-without-classes",
        "KT-DN",
        "III/DL005/5",
        by("KT", &[("III/DL005/5", 45)]),
        by("KT", &[("III/DL005/1", 12), ("III/DL015/1", 12)]),
    ),
    fair(
        "learners-last-year",
        "05-GDTX-DN",
        "III/DL016/1",
        by("TX", &[("III/DL016/1", 160), ("@III/DL016/1", 100)]),
        by("TX", &[("III/DL016/1", 30), ("@III/DL016/1", 10)]),
    ),
    fair(
        "learners-last-year",
        "KT-DN",
        "III/DL005/1",
        by("KT", &[("III/DL005/1", 49), ("@III/DL005/1", 100)]),
        by("KT", &[("III/DL005/1", 50), ("@III/DL005/1", 100)]),
    ),
    fair(
        "gdtx-cohort-last-year",
        "05-GDTX-DN",
        "III/DL026/1",
        by("TX", &[("III/DL026/1", 50), ("@III/DL025/1", 100)]),
        by("TX", &[("III/DL026/1", 140), ("@III/DL025/1", 100)]),
    ),
    fair(
        "programme-class-size",
        "05-GDTX-DN",
        "III/DL016/1",
        by("TX", &[("I/DL011/1", 1), ("III/DL016/1", 46)]),
        by("TX", &[("I/DL011/1", 2), ("III/DL016/1", 90)]),
    ),
    // The centre has joined vocational training.
    fair("district-centres", "05-GDTX-DN", "I/DL003/1", by("TX", &[("I/DL003/1", 1)]), by("TX", &[("I/DL001/1", 1), ("I/DL004/1", 1)])),
    fair("five-grades-of-results", "03-THCS-CN", "III/DL053/1", by("CS", &[("III/DL053/1", 1)]), by("CS", &[("III/DL052/1", 9)])),
    fair("five-grades-of-results", "04-THPT-CN", "III/DL045/9", by("PT", &[("III/DL045/9", 1)]), by("PT", &[("III/DL044/9", 9)])),
    // Pupils of a grade learn in combined classes.
    fair(
        "th-classes-without-pupils",
        "02-TH-DN",
        "III/40/1",
        by("TH", &[("III/40/1", 9)]),
        by("TH", &[("III/40/1", 9), ("I/36/1", 1), ("I/29/1", 1), ("III/41/1", 8)]),
    ),
    fair(
        "thcs-classes-without-pupils",
        "03-THCS-DN",
        "III/DL045/1",
        by("CS", &[("I/DL033/1", 1)]),
        by("CS", &[("III/DL045/1", 9), ("I/DL041/1", 1)]),
    ),
    fair(
        "thpt-classes-without-pupils",
        "04-THPT-DN",
        "III/DL051/1",
        by("PT", &[("III/DL051/1", 9)]),
        by("PT", &[("III/DL051/1", 9), ("I/DL043/1", 1)]),
    ),
    fair(
        "mn-groups-without-children",
        "01-MN-DN",
        "hoc-sinh/84/1",
        by("MN", &[("truong-lop/56/1", 1)]),
        by("MN", &[("truong-lop/56/1", 1), ("hoc-sinh/84/1", 1)]),
    ),
    fair(
        "th-class-size",
        "02-TH-DN",
        "III/40/1",
        by("TH", &[("I/28/1", 2), ("III/40/1", 71)]),
        by("TH", &[("I/28/1", 2), ("III/40/1", 70)]),
    ),
    fair(
        "thcs-class-size",
        "03-THCS-DN",
        "III/DL045/1",
        by("CS", &[("I/DL033/1", 2), ("III/DL045/1", 91)]),
        by("CS", &[("I/DL033/1", 2), ("III/DL045/1", 90)]),
    ),
    fair(
        "thpt-class-size",
        "04-THPT-DN",
        "III/DL051/1",
        by("PT", &[("I/DL036/1", 2), ("III/DL051/1", 91)]),
        by("PT", &[("I/DL036/1", 2), ("III/DL051/1", 90)]),
    ),
    fair("th-other-ownership", "02-TH-DN", "III/37/9", by("TH", &[("III/37/9", 3)]), by("TH", &[("III/37/5", 3)])),
    fair("thcs-other-ownership", "03-THCS-DN", "III/DL042/9", by("CS", &[("III/DL042/9", 3)]), by("CS", &[("III/DL042/5", 3)])),
    fair("thpt-other-ownership", "04-THPT-DN", "III/DL048/5", by("PT", &[("III/DL048/5", 3)]), by("PT", &[("III/DL048/9", 3)])),
    fair(
        "th-national-standard",
        "02-TH-DN",
        "I/8/1",
        by("TH", &[("I/1/1", 1), ("I/8/1", 1), ("I/9/1", 1)]),
        by("TH", &[("I/1/1", 1), ("I/9/1", 1)]),
    ),
    fair(
        "mn-national-standard",
        "01-MN-DN",
        "truong-lop/40/1",
        by("MN", &[("truong-lop/33/1", 1), ("truong-lop/40/1", 1), ("truong-lop/41/1", 1)]),
        by("CHUNG", &[("truong-lop/33/1", 2), ("truong-lop/40/1", 1), ("truong-lop/41/1", 1)]),
    ),
    fair(
        "th-pupils-last-year",
        "02-TH-DN",
        "III/37/1",
        by("TH", &[("III/37/1", 131), ("@III/37/1", 100)]),
        by("TH", &[("III/37/1", 130), ("@III/37/1", 100)]),
    ),
    fair(
        "thcs-pupils-last-year",
        "03-THCS-DN",
        "III/DL042/1",
        by("CS", &[("III/DL042/1", 69), ("@III/DL042/1", 100)]),
        by("CS", &[("III/DL042/1", 70), ("@III/DL042/1", 100)]),
    ),
    fair(
        "thpt-pupils-last-year",
        "04-THPT-DN",
        "III/DL048/1",
        by("PT", &[("III/DL048/1", 69), ("@III/DL048/1", 100)]),
        by("PT", &[("III/DL048/1", 500), ("@III/DL048/1", 0)]),
    ),
    fair(
        "mn-children-last-year",
        "01-MN-DN",
        "hoc-sinh/83/1",
        by("MN", &[("hoc-sinh/83/1", 200), ("@hoc-sinh/83/1", 100)]),
        by("MN", &[("hoc-sinh/83/1", 70), ("@hoc-sinh/83/1", 100)]),
    ),
    fair(
        "th-cohort-last-year",
        "02-TH-DN",
        "III/41/1",
        by("TH", &[("III/41/1", 75), ("@III/40/1", 100)]),
        by("TH", &[("III/41/1", 0), ("@III/40/1", 19)]),
    ),
    fair(
        "thcs-cohort-last-year",
        "03-THCS-DN",
        "III/DL046/1",
        by("CS", &[("III/DL046/1", 125), ("@III/DL045/1", 100)]),
        by("CS", &[("III/DL046/1", 120), ("@III/DL045/1", 100)]),
    ),
    fair(
        "thpt-cohort-last-year",
        "04-THPT-DN",
        "III/DL052/1",
        by("PT", &[("III/DL052/1", 75), ("@III/DL051/1", 100)]),
        by("PT", &[("III/DL052/1", 80), ("@III/DL051/1", 100)]),
    ),
    // Nobody is left at the end: all moved away.
    fair(
        "closing-balance",
        "01-MN-CN",
        "truong-lop/DL029/4",
        by("MN", &[("truong-lop/DL012/4", 10), ("truong-lop/DL029/4", 9)]),
        by("MN", &[("truong-lop/DL012/4", 10), ("truong-lop/DL018/4", 10)]),
    ),
    fair(
        "closing-start",
        "02-TH-CN",
        "III/DL008/1",
        by("TH", &[("III/DL008/1", 9), ("^02-TH-DN:III/37/1", 10)]),
        by("TH", &[("III/DL008/1", 0), ("^02-TH-DN:III/37/1", 0)]),
    ),
    fair(
        "closing-leavers",
        "03-THCS-CN",
        "III/DL044/1",
        by("CS", &[("III/DL008/1", 10), ("III/DL023/1", 6), ("III/DL044/1", 5)]),
        by("CS", &[("III/DL008/1", 0), ("III/DL013/1", 11), ("III/DL023/1", 6), ("III/DL044/1", 5)]),
    ),
    fair(
        "closing-undecided",
        "04-THPT-CN",
        "III/DL028/1",
        by("PT", &[("III/DL028/1", 10), ("III/DL032/1", 9)]),
        by("PT", &[("III/DL028/1", 10), ("III/DL040/1", 10)]),
    ),
    fair("closing-pending", "02-TH-CN", "III/DL056/1", by("TH", &[("III/DL056/1", 3)]), by("TH", &[("III/DL050/1", 3)])),
    fair(
        "closing-teachers",
        "02-TH-CN",
        "IV/DL081/1",
        by("TH", &[("IV/DL081/1", 40), ("^02-TH-DN:IV/96/1", 30)]),
        by("TH", &[("IV/DL081/1", 25), ("^02-TH-DN:IV/96/1", 30)]),
    ),
];

/// Rules over cells that have no counter-example here, and why.
const NONE: &[(&str, &str)] = &[
    ("th-class-size-unlike-others", "it compares many schools; `cell_rules` and `quality` have clean ones"),
    ("thcs-class-size-unlike-others", "the same"),
    ("thpt-class-size-unlike-others", "the same"),
    ("cds-points", "another stream; `figures::a_regime_of_its_own_needs_no_program` has institutions at 0 and at 100 points"),
    ("cds-level", "the same"),
];

struct World {
    schemas: Schemas,
    tree: Tree,
}

impl World {
    fn new() -> Self {
        let schemas = schemas();
        let path = scratch("fair").join("reg.csv");
        std::fs::write(&path, REGISTER).unwrap();
        let table = read_table(&path, None, None, &Isolation::InProcess).unwrap();
        let day = chrono::NaiveDate::from_ymd_opt(2025, 9, 30).unwrap();
        let tree = Tree::as_at(&Register::read(&table, &schemas.register).unwrap(), day).unwrap();
        Self { schemas, tree }
    }

    /// Everything that is said of the return: figures alone, and against other forms, the register and other terms.
    fn findings(&self, unit: &str, short: &str, cells: &[(&str, i64)]) -> Vec<Finding> {
        let own = form(&self.schemas, short);
        let mut now = blank(&own);
        let (mut last_year, mut term_before, mut other_term) = (Returns::default(), Returns::default(), Returns::default());
        let mut before = blank(&own);
        let mut others: Vec<(char, Arc<Form>, Values)> = Vec::new();
        for (cell, number) in cells {
            if let Some(cell) = cell.strip_prefix('@') {
                before.set(slot(&own, cell), Status::Reported, *number);
            } else if let Some((term, rest)) = cell.split_at_checked(1).filter(|(term, _)| ["~", "^"].contains(term)) {
                let (short, cell) = rest.split_once(':').unwrap();
                let form = form(&self.schemas, short);
                let term = term.chars().next().unwrap();
                if others.iter().all(|(known, other, _)| *known != term || other.id != form.id) {
                    others.push((term, Arc::clone(&form), blank(&form)));
                }
                let (.., values) = others.iter_mut().find(|(known, other, _)| *known == term && other.id == form.id).unwrap();
                values.set(slot(&form, cell), Status::Reported, *number);
            } else {
                now.set(slot(&own, cell), Status::Reported, *number);
            }
        }
        last_year.insert(unit.to_owned(), Arc::clone(&own.id), before);
        for (term, form, values) in others {
            let returns = if term == '~' { &mut term_before } else { &mut other_term };
            returns.insert(unit.to_owned(), Arc::clone(&form.id), values);
        }
        let mut submissions = vec![returned(unit, &own, now)];
        // The other units' returns are there and hold nothing, so that a rule over all of them can be decided.
        let all = self.tree.units.iter().filter(|other| *other.code != *unit && other.expects(short));
        submissions.extend(all.map(|other| returned(&other.code, &own, Values::new(own.layout.slots))));
        let other_forms = self.schemas.forms_of(&own.circular).filter(|other| other.term != own.term).cloned().collect();
        let earlier = ReferenceReturns {
            last_year: Some(last_year),
            other_term: Some(other_term),
            term_before: Some(term_before),
            other_forms,
            ..ReferenceReturns::default()
        };
        let forms: Vec<Arc<Form>> = self.schemas.forms_of(&own.circular).filter(|other| other.term == own.term).cloned().collect();
        let rule_context = RuleContext::new(&self.tree, &forms, &submissions, &earlier).in_state(Some("after-retests"));
        let mut findings = check_arithmetic(&submissions[0]);
        findings.extend(check_cell_rules(&submissions, &self.schemas.cell_rules, &self.schemas.rules, &rule_context));
        self.schemas.rules.grade(&mut findings);
        findings
    }
}

/// A return that was received and says nothing.
fn blank(form: &Form) -> Values {
    Values::new(form.layout.slots)
}

fn returned(unit: &str, form: &Arc<Form>, values: Values) -> Submission {
    let source = Source { file: "a.xlsx".into(), sha256: "".into(), modified: 0 };
    let placements = vec![Placement::Absent; form.layout.sheets.len()];
    Submission { unit: unit.into(), form: Arc::clone(form), values, source, placements, lineage: Lineage::default() }
}

#[test]
fn every_rule_over_cells_finds_what_is_wrong_and_lets_the_most_unusual_correct_return_pass() {
    let world = World::new();
    let mut problems = Vec::new();
    for case in FAIR {
        let own = form(&world.schemas, case.form);
        if !case.at.is_empty() {
            let findings = world.findings(case.wrong.unit, case.form, case.wrong.cells);
            let wanted = slot(&own, case.at);
            let whole = world.schemas.rules.get(case.rule).unwrap().whole;
            let unit = if whole { "S" } else { case.wrong.unit };
            let is_it = |f: &&Finding| {
                let subject = &f.subject;
                f.rule == case.rule && f.verdict == Verdict::Fail && subject.unit.as_deref() == Some(unit) && {
                    let (sheet, code) = (subject.sheet.as_deref().unwrap(), subject.code.as_deref().unwrap());
                    slot(&own, &format!("{sheet}/{code}/{}", subject.column.unwrap())) == wanted
                }
            };
            match findings.iter().find(is_it) {
                None => problems.push(format!("{} does not find {:?} at {}", case.rule, case.wrong.cells, case.at)),
                Some(found) => {
                    for lang in [Lang::Vi, Lang::En] {
                        let message = world.schemas.rules.message(found, lang);
                        if message.contains('{') || !message.chars().any(|c| c.is_ascii_digit()) {
                            problems.push(format!("{}: {message}", case.rule));
                        }
                    }
                }
            }
        }
        let findings = world.findings(case.right.unit, case.form, case.right.cells);
        let is_own = |f: &&Finding| f.rule == case.rule && [Some(case.right.unit), Some("S")].contains(&f.subject.unit.as_deref());
        let own_findings = findings.iter().filter(is_own);
        problems.extend(own_findings.map(|f| format!("{} accuses {:?}: {f:?}", case.rule, case.right.cells)));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    let known: BTreeSet<&str> = world.schemas.rules.iter().filter(|rule| rule.form.is_some()).map(|rule| rule.id.as_str()).collect();
    let told: BTreeSet<&str> = FAIR.iter().map(|case| case.rule).chain(NONE.iter().map(|(rule, _)| *rule)).collect();
    assert_eq!(told, known, "rules over cells with and without a counter-example");
}

/// Rules over cells that are errors: what they say leaves no correct return out.
const ERRORS: &[(&str, &str)] =
    &[("cds-points", "the decision gives at most 100 points a group"), ("cds-level", "the decision gives the levels by points")];

#[test]
fn rules_over_cells_are_errors_only_where_a_definition_leaves_no_exception() {
    let schemas = schemas();
    let errors: BTreeSet<&str> =
        schemas.rules.iter().filter(|rule| rule.form.is_some() && rule.severity == Severity::Error).map(|rule| rule.id.as_str()).collect();
    assert_eq!(errors, ERRORS.iter().map(|(rule, _)| *rule).collect());
    // A threshold of ours says so, in both languages.
    for id in
        ["teachers-per-class", "rooms-per-class", "repeaters-kept-back", "entry-grade-completers", "mn-cost-per-child", "mn-budget-scale"]
    {
        let rule = schemas.rules.get(id).unwrap();
        assert!(rule.why_vi.contains("do chúng tôi đặt") && rule.why_en.contains("ours"), "{id}");
    }
}

/// One relation of a form, as slots.
#[derive(Debug, Clone)]
struct Told {
    rule: &'static str,
    unless: Option<String>,
    whole: SlotIndex,
    parts: Vec<SlotIndex>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sum,
    AtMost,
    Together,
}

#[derive(Default)]
struct All(Vec<Told>);

impl All {
    fn push(&mut self, relation: Relation<'_>, whole: SlotIndex, parts: Vec<SlotIndex>, kind: Kind) {
        self.0.push(Told { rule: relation.rule, unless: relation.unless.map(str::to_owned), whole, parts, kind });
    }
}

impl Relations for All {
    fn sum(&mut self, relation: Relation<'_>, total: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        self.push(relation, total, parts.collect(), Kind::Sum);
    }

    fn at_most(&mut self, relation: Relation<'_>, part: SlotIndex, whole: SlotIndex) {
        self.push(relation, whole, vec![part], Kind::AtMost);
    }

    fn disjoint(&mut self, relation: Relation<'_>, whole: SlotIndex, parts: impl Iterator<Item = SlotIndex> + Clone) {
        self.push(relation, whole, parts.collect(), Kind::Together);
    }
}

#[test]
fn what_a_correct_return_may_break_is_asked_with_its_reason_and_everything_else_is_an_error() {
    let schemas = schemas();
    let mut seen = BTreeSet::new();
    let mut reasons = BTreeSet::new();
    for form in schemas.forms_of("tt24-2018") {
        for (_, sheet) in form.layout.data_sheets() {
            let mut all = All::default();
            sheet.relations(&mut all);
            let size = if sheet.number_kind() == Some(tkgd::base::number::NumberKind::Amounts) { 1_000_000_000 } else { 1000 };
            // One of each kind in every row is enough: columns repeat the rows.
            for told in all.0.iter().filter(|told| sheet.row_and_column(told.whole).1 == 0 || told.rule.starts_with("column")) {
                let mut values = blank(form);
                for &part in &told.parts {
                    values.set(part, Status::Reported, size);
                }
                let most = size * i64::try_from(told.parts.len()).unwrap();
                values.set(told.whole, Status::Reported, if told.kind == Kind::Sum { most + size } else { most - 1 });
                let mut findings = sums(&returned("T", form, values));
                schemas.rules.grade(&mut findings);
                let subject = |f: &Finding, slot: SlotIndex| f.subject == returned("T", form, blank(form)).subject(slot);
                let at = if told.kind == Kind::AtMost { told.parts[0] } else { told.whole };
                let own: Vec<&Finding> = findings.iter().filter(|f| f.rule == told.rule && subject(f, at)).collect();
                assert!(!own.is_empty(), "{}: {told:?} is not found", form.id);
                let severity = if told.unless.is_some() { Severity::Query } else { Severity::Error };
                assert!(own.iter().all(|f| f.severity == severity), "{}: {told:?}: {own:?}", form.id);
                if let Some(phrase) = &told.unless {
                    reasons.insert(phrase.clone());
                    for lang in [Lang::Vi, Lang::En] {
                        let words = schemas.rules.phrase(phrase, lang);
                        assert_ne!(words, phrase.as_str(), "no words for {phrase}");
                        let is_told = own.iter().any(|f| schemas.rules.message(f, lang).contains(words));
                        assert!(is_told, "{}: {told:?} does not say {words}", form.id);
                    }
                }
                seen.insert(told.rule);
            }
        }
    }
    let wanted = [
        "column-sum",
        "column-sum-usual",
        "group-exceeds-total",
        "kinds-exceed-whole",
        "kinds-exceed-whole-usual",
        "part-exceeds-whole",
        "part-exceeds-whole-usual",
        "row-sum",
        "row-sum-usual",
    ];
    assert_eq!(seen, wanted.into_iter().collect());
    // The cases that people complained of.
    for reason in ["other-positions", "combined-classes", "free-candidates", "health-checks-earlier", "degree-undetermined"] {
        assert!(reasons.contains(reason), "{reason}");
    }
}

/// A return whose unusual but correct figures break what usually holds: questions, and no error.
const UNUSUAL: &[(&str, &[(&str, i64)], &str)] = &[
    // A driver is in no row of positions.
    ("02-TH-DN", &[("IV/78/1", 1), ("IV/110/1", 1), ("IV/78/5", 1), ("IV/110/5", 1), ("IV/78/6", 1), ("IV/110/6", 1)], "row-sum-usual"),
    // Two grades in one class that belongs to neither.
    ("02-TH-DN", &[("I/27/1", 1), ("I/27/2", 1), ("I/36/1", 1), ("I/36/2", 1)], "row-sum-usual"),
    // The head of a public school was a civil servant until July 2020.
    (
        "02-TH-DN",
        &[("IV/78/1", 1), ("IV/79/1", 1), ("IV/80/1", 1), ("IV/83/1", 1), ("IV/78/5", 1), ("IV/79/5", 1), ("IV/80/5", 1), ("IV/83/5", 1)],
        "column-sum-usual",
    ),
    // Two free candidates sit the exam, one is exempted.
    (
        "04-THPT-CN",
        &[
            ("III/DL028/1", 10),
            ("III/DL031/1", 10),
            ("III/DL050/1", 12),
            ("III/DL051/1", 13),
            ("III/DL028/5", 10),
            ("III/DL031/5", 10),
            ("III/DL050/5", 12),
            ("III/DL051/5", 13),
        ],
        "part-exceeds-whole-usual",
    ),
    // Two children were weighed in April and moved away in May.
    (
        "01-MN-CN",
        &[
            ("truong-lop/DL029/1", 8),
            ("truong-lop/DL030/1", 8),
            ("truong-lop/DL032/1", 10),
            ("truong-lop/DL033/1", 10),
            ("truong-lop/DL029/2", 8),
            ("truong-lop/DL030/2", 8),
            ("truong-lop/DL032/2", 10),
            ("truong-lop/DL033/2", 10),
        ],
        "part-exceeds-whole-usual",
    ),
    // Whose degree of disability nobody has determined.
    (
        "KT-DN",
        &[("III/DL005/1", 3), ("III/DL006/1", 3), ("III/DL012/1", 1), ("III/DL005/5", 3), ("III/DL006/5", 3), ("III/DL012/5", 1)],
        "row-sum-usual",
    ),
    // Learners finished the programme in winter and left.
    (
        "05-GDTX-CN",
        &[
            ("III/DL033/1", 5),
            ("III/DL034/1", 5),
            ("III/DL045/1", 9),
            ("III/DL046/1", 9),
            ("III/DL033/5", 5),
            ("III/DL034/5", 5),
            ("III/DL045/5", 9),
            ("III/DL046/5", 9),
        ],
        "part-exceeds-whole-usual",
    ),
    // A budget rounded to millions, row by row: 1.4 + 1.4 + 1.4.
    (
        "01-MN-DN",
        &[
            ("ngan-sach/16/1", 4_000_000),
            ("ngan-sach/17/1", 1_000_000),
            ("ngan-sach/18/1", 1_000_000),
            ("ngan-sach/19/1", 1_000_000),
            ("ngan-sach/20/1", 4_000_000),
            ("ngan-sach/15/1", 4_000_000),
        ],
        "",
    ),
];

#[test]
fn unusual_returns_that_are_correct_bring_questions_and_no_error() {
    let schemas = schemas();
    for (short, cells, rule) in UNUSUAL {
        let form = form(&schemas, short);
        let mut values = blank(&form);
        for (cell, number) in *cells {
            values.set(slot(&form, cell), Status::Reported, *number);
        }
        let mut findings = check_arithmetic(&returned("T", &form, values));
        schemas.rules.grade(&mut findings);
        let failed: Vec<&Finding> = findings.iter().filter(|f| f.verdict == Verdict::Fail).collect();
        assert!(failed.iter().all(|f| f.severity != Severity::Error), "{short} {cells:?}: {failed:#?}");
        assert!(failed.iter().all(|f| f.rule != "likely-error"), "{short}: nobody knows a wrong cell: {failed:#?}");
        assert!(rule.is_empty() && failed.is_empty() || failed.iter().any(|f| f.rule == *rule), "{short} {cells:?}: {failed:#?}");
    }
}

#[test]
fn rounding_hides_no_mistake_in_a_budget() {
    let schemas = schemas();
    let form = form(&schemas, "01-MN-DN");
    let failed = |cells: &[(&str, i64)]| {
        let mut values = blank(&form);
        for (cell, number) in cells {
            values.set(slot(&form, cell), Status::Reported, *number);
        }
        check_arithmetic(&returned("T", &form, values)).iter().filter(|f| f.rule == "row-sum" && f.verdict == Verdict::Fail).count()
    };
    // Exact to the đồng: one đồng more than three roundings is a mistake.
    let exact = [("ngan-sach/17/1", 1_234_567), ("ngan-sach/18/1", 2_345_671), ("ngan-sach/19/1", 3_456_712)];
    let with = |total: i64| [&exact[..], &[("ngan-sach/16/1", total), ("ngan-sach/20/1", total)]].concat();
    assert_eq!(failed(&with(7_036_950)), 0);
    assert_eq!(failed(&with(7_036_952)), 0);
    assert_eq!(failed(&with(7_036_960)), 1);
    // In whole millions, ten are too many.
    let whole =
        [("ngan-sach/17/1", 1_000_000), ("ngan-sach/18/1", 2_000_000), ("ngan-sach/16/1", 13_000_000), ("ngan-sach/20/1", 13_000_000)];
    assert_eq!(failed(&whole), 1);
}

/// Other rules about figures: the test that has what looks wrong and is right, or why there is none.
const OTHERS: &[(&str, &str)] = &[
    ("column-sum", "unusual_returns_that_are_correct_bring_questions_and_no_error; rounding_hides_no_mistake_in_a_budget"),
    ("row-sum", "the same"),
    ("part-exceeds-whole", "the same; a part may be the whole: `seeded`"),
    ("kinds-exceed-whole", "the same"),
    ("group-exceeds-total", "none: women and minorities are always among all; where all are women it passes in `seeded`"),
    ("group-overlap-too-small", "none: it is arithmetic"),
    ("column-sum-usual", "a question by its nature; UNUSUAL has its right cases"),
    ("row-sum-usual", "the same"),
    ("part-exceeds-whole-usual", "the same"),
    ("kinds-exceed-whole-usual", "the same"),
    ("likely-error", "a suggestion that follows an error; UNUSUAL shows that it does not follow a question"),
    ("column-shifted", "small::a_column_pasted_one_row_off_is_named has columns that only look so"),
    ("not-a-number", "passes/nil-and-empty"),
    ("not-whole", "passes/not-whole--a-hair-off"),
    ("number-too-large", "passes/number-too-large--largest"),
    ("negative-number", "passes/negative-number--zero-with-a-sign"),
    ("number-as-text", "passes/codes-as-text: codes are texts and no figures"),
    ("error-value", "none: an error is no figure"),
    ("uncalculated-formula", "none: nobody knows the figure"),
    ("total-blank", "passes/clean: blanks stand above blanks there"),
    ("total-from-parts", "none: a total that the form prints is what its parts make"),
    ("unknown-value", "none: the school itself says that it does not know"),
    ("value-not-applicable", "passes/clean: the form's own signs stand in those cells"),
    ("suppressed-value", "none: the source itself says that it does not tell"),
    ("list-cells-blank", "other_claims: columns that are mostly blank are not asked about"),
    ("differs-from-other-source", "cell_rules::every_cell_is_held_to_another_source_where_the_pipeline_names_one: a blank beside a 0"),
    ("same-page-as-other-unit", "other_claims"),
    ("record-age-of-grade", "sample_records::the_workbooks_of_a_province_are_clean: pupils a year early or some years late are let pass"),
    ("record-age-of-staff", "the same"),
    ("record-duplicate-id", "records::files_cut_and_lines_shuffled_count_alike_and_one_record_counts_once: an id stands once"),
    ("record-impossible-date", "none: no such day is in a calendar, or it is to come"),
    ("record-missing-field", "records: a blank of a field that need not be there asks nothing"),
    ("record-orphan-class", "records: every class is described, or made of the records that name it"),
    ("record-orphan-school", "records: every school is in the register"),
    ("record-row-passed-over", "records::every_described_export_tells_the_same_cells: totals and headings that come again are no records"),
    ("record-two-schools", "sample_records: who left one school for another counts in one"),
    ("record-unknown-code", "records::every_described_export_tells_the_same_cells: codes, names and aliases are known"),
    ("record-unreadable-row", "records: rows as wide as their headings are read"),
];

#[test]
fn every_rule_about_figures_has_a_counter_example_or_says_why_not() {
    let schemas = schemas();
    let is_about_figures = |stage: Stage| matches!(stage, Stage::Value | Stage::Sum | Stage::Cross | Stage::Past);
    let rules = schemas.rules.iter().filter(|rule| rule.form.is_none() && is_about_figures(rule.stage));
    let known: BTreeSet<&str> = rules.map(|rule| rule.id.as_str()).collect();
    assert_eq!(OTHERS.iter().map(|(rule, _)| *rule).collect::<BTreeSet<_>>(), known);
    for (rule, place) in OTHERS.iter().filter(|(_, place)| place.starts_with("passes/")) {
        let folder = place.split(':').next().unwrap();
        assert!(super::support::root().join("tests/cases").join(folder).is_dir(), "{rule}: {place}");
    }
}
