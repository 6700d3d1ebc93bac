//! What is done with the sample province, command by command: each language does all of it in a folder of its own.

/// One thing that is done.
pub enum Step {
    /// A command of the program.
    Call(Vec<&'static str>),
    /// A text of a file is replaced by another, once.
    Edit { file: &'static str, from: &'static str, to: &'static str },
}

/// Commands, a line each; texts with spaces stand within `'`.
const RUNS: &str = "
run pipelines/dau-nam-hoc-2024.toml --received-on 2024-10-07
run pipelines/cuoi-nam-hoc-2024.toml --received-on 2025-06-05
run pipelines/cuoi-nam-hoc-2024-sau-he.toml --received-on 2025-08-20
run pipelines/dau-nam-hoc.toml --received-on 2025-10-20 --all
run pipelines/cuoi-nam-hoc.toml --received-on 2026-06-05
run pipelines/cuoi-nam-hoc-sau-he.toml --received-on 2026-08-20
run pipelines/dau-nam-hoc-co-loi.toml --received-on 2025-10-21
run pipelines/dau-nam-hoc-co-loi.toml --format json
run pipelines/khong-co.toml
";

const DECISIONS: &str = "
status pipelines/dau-nam-hoc-co-loi.toml --on 2025-11-01
status pipelines/dau-nam-hoc-co-loi.toml --on 2025-11-01 --by former_district --all
status pipelines/dau-nam-hoc-co-loi.toml --on 2025-11-01 --format json
status pipelines/dau-nam-hoc-co-loi.toml --on 2025-11-01 --xlsx tinh-hinh.xlsx --reminders nhac.xlsx
return pipelines/dau-nam-hoc-co-loi.toml --on 2025-10-25 --out tra-lai
return pipelines/dau-nam-hoc-co-loi.toml --on 2025-10-25 --out tra-lai-loi --only-errors --format json
ledger return pipelines/dau-nam-hoc.toml --unit 09001004 --form 01-MN-DN --by 'Chuyên viên KHTC' --reason 'sai tổng số trẻ'
ledger explain pipelines/dau-nam-hoc.toml --unit 09001048 --form 03-THCS-DN --rule submission-missing --by 'Hiệu trưởng' --reason 'trường tạm nghỉ'
ledger history pipelines/dau-nam-hoc.toml
ledger history pipelines/dau-nam-hoc.toml --format json
ledger verify pipelines/dau-nam-hoc.toml
status pipelines/dau-nam-hoc.toml --on 2025-10-21 --all
";

const RELEASES: &str = "
release pipelines/dau-nam-hoc-2024.toml --kind official
release pipelines/cuoi-nam-hoc-2024.toml --kind provisional
release pipelines/cuoi-nam-hoc-2024-sau-he.toml --kind official
release pipelines/dau-nam-hoc.toml --kind provisional
";

const AFTER_A_CORRECTION: &str = "
release pipelines/dau-nam-hoc.toml --kind official --despite gap --format json
release pipelines/dau-nam-hoc.toml --kind revised
archive list
archive list --format json
archive verify
archive rebuild 2025-2026-opening@1 --out dung-lai
compare 2025-2026-opening@1 2025-2026-opening@2
compare 2025-2026-opening@1 2025-2026-opening@2 --format json
compare 2025-2026-opening@1 2025-2026-opening@2 --out so-sanh
compare 2024-2025-opening 2025-2026-opening
compare 2024-2025-closing@1 2024-2025-closing-after-retests
compare 2025-2026-opening --units 09001 09002
compare 2019-2020-opening 2025-2026-opening
explain 02-TH-DN/III/37/1 --unit 09 --pipeline pipelines/dau-nam-hoc.toml --all
explain 02-TH-DN/III/37/1 --unit 09 --format json
explain 02-TH-DN/III/37/1 --unit 09001
explain 02-TH-DN/III/37/1 --unit 'Huyện Yên Định' --by former_district
explain 02-TH-DN/I/33/1 --unit 09 2025-2026-opening@2 --against 2025-2026-opening@1
explain 02-TH-DN/I/33/1 --unit 09 2025-2026-opening@2 --against 2025-2026-opening@1 --format json --html vi-sao.html
explain 02-TH-DN/I/1/1 --unit 09 2025-2026-opening --against 2024-2025-opening --html nam-truoc.html
explain 02-TH-CN/I/1/1 --unit 09001 --against 2024-2025-closing
explain 02-TH-DN/III/37/99 --unit 09
explain 02-TH-DN/III/37/1 --unit 99999
reconcile pipelines/dau-nam-hoc.toml samples/co-loi/bieu --form 03-THCS-DN --out doi-chieu
reconcile pipelines/dau-nam-hoc.toml samples/co-loi/bieu --all --form 02-TH-DN
reconcile pipelines/dau-nam-hoc.toml samples/co-loi/bieu --form 01-MN-DN --format json --trust b
reconcile pipelines/dau-nam-hoc.toml archive --shared-cells
";

const QUESTIONS: &str = "
query --list
query --list labelled_cells
query --name bien-dong-lon
query --name chi-tieu-qua-cac-nam --set place=09 --set indicator=gso-pupils-per-class
query --name chua-nop --format json
query --name dan-toc-thieu-so --format csv
query --name do-phu --draft
query --name don-vi-moi-va-thoi
query --name hoc-sinh-tren-lop --set level=TH
query --name hoc-sinh-tren-lop
query --name phat-hien-con-mo --rows 20
query --name phong-hoc --out phong-hoc.xlsx
query --name so-lieu-qua-cac-nam --set unit=09 --set form=tt25-2024/02-TH-DN --set sheet=I --set code=1
query --name truong-lop-hoc-sinh-theo-xa --out xa.parquet
query 'SELECT school_year, term, COUNT(*) AS so FROM cells GROUP BY ALL ORDER BY ALL'
query 'SELECT form, SUM(value) AS tong FROM cells WHERE sheet = $$I$$ GROUP BY form ORDER BY form'
query 'SELECT unit, pupils FROM schools WHERE school_year = 2025 AND term = $$opening$$ ORDER BY unit' --format csv
query 'SELECT khong_co FROM cells'
query --state 2025-2026-opening@1 --format json 'SELECT place, value FROM indicators ORDER BY indicator, place, part LIMIT 20'
";

const TABLES: &str = "
indicators pipelines/dau-nam-hoc.toml
indicators pipelines/cuoi-nam-hoc-sau-he.toml --by commune --parts --format json
indicators pipelines/dau-nam-hoc.toml --by unit --csv chi-tieu.csv
report phong-hoc --pipeline pipelines/dau-nam-hoc.toml --out phong-hoc-nhanh.xlsx
report dan-toc-thieu-so --pipeline pipelines/dau-nam-hoc.toml --out dan-toc.html
report quy-mo-truong --pipeline pipelines/dau-nam-hoc.toml --out quy-mo.csv
report quy-mo-truong --pipeline pipelines/dau-nam-hoc.toml
report pipelines/dau-nam-hoc.toml --unit 09001 --out bieu-xa
template pipelines/dau-nam-hoc.toml --unit 09001004 --unit 09001 --out bieu-trong
check samples/co-loi/bieu --year 2025-2026 --term opening
check samples/co-loi/bieu --year 2025-2026 --term opening --format json
units lint pipelines/dau-nam-hoc.toml
rules
rules column-sum
rules --format json
schema lint
schema show
schema show tt25-2024/02-TH-DN
plan tt25-2024/02-TH-DN --dialect duckdb
schema diff tt24-2018/02-TH-DN tt25-2024/02-TH-DN
--help
run --help
query --help
ledger explain --help
";

/// All of it, in order.
pub fn steps() -> Vec<Step> {
    let mut all = calls(RUNS);
    all.extend(calls(DECISIONS));
    all.extend(calls(RELEASES));
    all.push(Step::Edit { file: LIST, from: "19,0,19", to: "18,0,18" });
    all.extend([AFTER_A_CORRECTION, QUESTIONS, TABLES].into_iter().flat_map(calls));
    all
}

fn calls(lines: &'static str) -> Vec<Step> {
    lines.lines().filter(|line| !line.is_empty()).map(|line| Step::Call(words(line))).collect()
}

/// The words of a command.
fn words(line: &'static str) -> Vec<&'static str> {
    let parts = line.split('\'').enumerate();
    parts.flat_map(|(at, part)| if at % 2 == 1 { vec![part] } else { part.split_whitespace().collect() }).collect()
}

/// A list of the sample in which classes of a school are corrected, their total and its part.
const LIST: &str = "samples/2025-2026/dau-nam-hoc/danh-sach/02-TH-DN.csv";
