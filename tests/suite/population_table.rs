//! A population table is the denominator of every rate: what contradicts itself in it is asked.

use std::sync::Arc;

use tkgd::base::number::NumberLocale;
use tkgd::forms::Schemas;
use tkgd::indicators::{Places, Population};
use tkgd::register::{Register, Tree};
use tkgd::tables::{Table, TableRow, TableValue};

const UNITS: [&str; 5] = [
    "09,Sở,Sở,,,",
    "0901,Xã A,xã/phường,,09,",
    "0902,Xã B,xã/phường,,09,",
    "09010001,Trường A,trường,TH,0901,02-TH-DN",
    "09020001,Trường B,trường,TH,0902,02-TH-DN",
];

fn table(file: &str, headings: &str, lines: &[String]) -> Table {
    let text = |line: &str| line.split(',').map(str::to_owned).collect::<Vec<_>>();
    let value = |text: String| if text.is_empty() { TableValue::Empty } else { TableValue::Text(text) };
    let row = |(line, own): (u32, &String)| TableRow { line, values: text(own).into_iter().map(value).collect(), ..TableRow::default() };
    let rows = (2..).zip(lines).map(row).collect();
    Table { file: Arc::from(file), headings: text(headings), heading_line: 1, rows, ..Table::default() }
}

/// What is said of a table with these places, ages, sexes and people.
fn said(rows: &[&str]) -> Vec<String> {
    let schema = Schemas::load(None).unwrap().register;
    let units: Vec<String> = UNITS.iter().map(|line| (*line).to_owned()).collect();
    let register = table("ds.csv", "Mã đơn vị,Tên đơn vị,Loại đơn vị,Cấp học,Báo cáo lên,Biểu phải nộp", &units);
    let tree = Tree::as_at(&Register::read(&register, &schema).unwrap(), "2025-09-30".parse().unwrap()).unwrap();
    let lines: Vec<String> = rows.iter().map(|row| format!("{row},Cục Thống kê,01/07/2025")).collect();
    let headings = "Địa bàn,Độ tuổi,Giới tính,Dân số,Nguồn,Ranh giới tại ngày";
    let population = Population::read(&table("dan-so.csv", headings, &lines), NumberLocale::default()).unwrap();
    let found = population.contradictions(&tree, &Places::new(&tree, &schema));
    found.iter().map(|own| format!("{} {} {} {}", own.rule, own.detail.plain(), own.found.plain(), own.expected.plain())).collect()
}

#[test]
fn what_does_not_add_up_is_named_with_both_figures() {
    for (rows, expected) in [
        (vec!["09,6,,500", "09,6,nam,260", "09,6,nữ,340"], "population-contradicts 09, 6 ({population-sexes}) 500 600"),
        (vec!["09,6,,500", "09,6,nữ,640"], "population-contradicts 09, 6 ({population-sexes}) 500 640"),
        (vec!["09,6-7,,1000", "09,6,,500", "09,7,,600"], "population-contradicts 09, 6-7 ({population-bands}) 1000 1100"),
        (vec!["09,6-10 tuổi,,2400", "09,6 – 14,,2300"], "population-contradicts 09, 6-14 ({population-bands}) 2300 2400"),
        (vec!["09,6 đến 10,,2400", "09,11-14,,2000", "09,6-14,,4500"], "population-contradicts 09, 6-14 ({population-bands}) 4500 4400"),
        (vec!["09,6-7,nữ,400", "09,6,nữ,500"], "population-contradicts 09, 6-7 {population-female} ({population-bands}) 400 500"),
        (vec!["09,6,,500", "0901,6,,300", "0902,6,,300"], "population-contradicts 09, 6 ({population-places}) 500 600"),
        (vec!["09,6,,500", "0901,6,,600"], "population-contradicts 09, 6 ({population-places}) 500 600"),
    ] {
        assert_eq!(said(&rows), [expected], "{rows:?}");
    }
    let unknown = said(&["0988,6,,500"]);
    assert!(unknown.len() == 1 && unknown[0].starts_with("population-unknown-place"), "{unknown:?}");
}

#[test]
fn what_adds_up_or_is_given_in_part_says_nothing() {
    let whole = ["09,6,,500", "09,6,nam,260", "09,6,nữ,240", "09,7,,500", "09,7,nữ,240", "09,6-7,,1000", "0901,6,,300", "0902,6,,200"];
    assert!(said(&whole).is_empty());
    assert!(said(&["09,6,,500", "0901,6,,300"]).is_empty());
    assert!(said(&["09,6,nam,260", "09,6,nữ,240"]).is_empty());
    assert!(said(&["09,3-36 tháng,,260", "09,6 tuổi,,500", "09,7,,500", "09,6-7 tuổi,,1000", "09,6-14,,4400"]).is_empty());
}
