//! Questions that are wrong, as people write them: what was asked, what there is, what to write instead.

use std::path::Path;

use super::query::archive;
use super::support::tkgd;

const QUESTIONS: [&str; 36] = [
    "SELECT tong FROM units",
    "SELECT x.unit FROM cells AS c",
    "SELECT \"Unit\" FROM units",
    "SELECT * FROM hoc_sinhs",
    "SELECT ROUNDD(value) FROM cells",
    "SELECT NOW()",
    "SELECT * FROM cells WHERE form = 'a",
    "SELECT unit FROM units GROUP unit",
    "SELECT unit FROM units WHERE",
    "SELECT FROM units",
    "SELECT * FROM units; SELECT * FROM forms",
    "INSERT INTO units VALUES (1)",
    "COPY units TO 'x.csv'",
    "SELECT * FROM 'units.parquet'",
    "SELECT * FROM read_parquet('/etc/passwd')",
    "SELECT * FROM cells WHERE value = 'nhiều'",
    "SELECT * FROM cells WHERE unit > true",
    "SELECT unit / 2 FROM units",
    "SELECT * FROM units WHERE NOT unit",
    "SELECT * FROM units WHERE unit LIKE 5",
    "SELECT unit, SUM(value) FROM cells",
    "SELECT unit FROM cells WHERE SUM(value) > 3",
    "SELECT MAX(SUM(value)) FROM cells",
    "SELECT unit FROM units WHERE RANK() OVER (ORDER BY unit) = 1",
    "SELECT unit, ROW_NUMBER() FROM units",
    "SELECT unit FROM cells AS c JOIN units AS u ON c.unit = u.unit",
    "SELECT *, 1 AS unit FROM units",
    "SELECT unit FROM units UNION SELECT unit, name FROM units",
    "SELECT * FROM cells WHERE unit = (SELECT unit FROM units)",
    "SELECT * FROM cells WHERE unit IN (SELECT unit, name FROM units)",
    "SELECT SUBSTR(unit) FROM units",
    "SELECT SUM(name) FROM units",
    "SELECT * FROM units LIMIT -1",
    "SELECT * FROM units WHERE unit = ?",
    "SELECT value * 9223372036854775807 FROM cells",
    "SELECT COUNT(DISTINCT *) FROM cells",
];

fn said(archive: &Path, arguments: &[&str]) -> String {
    let output = tkgd().args(arguments).args(["--draft", "--archive"]).arg(archive).output().unwrap();
    let (out, error) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!((output.status.code(), &*out), (Some(2), ""), "{arguments:?}: {error}");
    error
}

#[test]
#[expect(clippy::too_many_lines, reason = "the words of all the questions, to be read one below the other")]
fn query_tells_what_is_wrong_and_what_to_write() {
    let archive = archive("query-wrong-words");
    let ask = |(at, question): (usize, &&str)| {
        // In Vietnamese; every third in English.
        let lang = if at % 3 == 2 { "en" } else { "vi" };
        format!("{question}\n{}", said(&archive, &["--lang", lang, "query", question]))
    };
    let all: Vec<String> = QUESTIONS.iter().enumerate().map(ask).collect();
    for word in ["Utf8", "Int64", "Subquery", "Plan", "External", "panicked", "Scalar", "DataFusion", "Error:"] {
        assert!(all.iter().all(|text| !text.contains(word)), "{word}: {all:?}");
    }
    insta::assert_snapshot!(all.join("\n"), @r#"
    SELECT tong FROM units
    lỗi: không có cột `tong`
    gợi ý: đang có: area, cluster, commune, files_with, former_district, forms, kind, levels, name, ownership, reports_to, school_year, term, unit, valid_from, valid_to

    SELECT x.unit FROM cells AS c
    lỗi: `SQL` chưa đúng: `x` không phải bảng nào trong FROM
    gợi ý: đang có: c

    SELECT "Unit" FROM units
    error: there is no column `Unit`
    hint: did you mean `unit`?

    SELECT * FROM hoc_sinhs
    lỗi: không có bảng `hoc_sinhs`
    gợi ý: đang có: labelled_cells, labelled_amounts, labelled_units, ancestors, places, cells_totals, amounts_totals, cells_by_place, amounts_by_place, own_returns, unit_measures, labelled_coverage, labelled_submissions, labelled_findings, cells_old_names, amounts_old_names, successions_old_names, forms_old_names, rows_old_names, columns_old_names, versions_old_names, mappings_old_names, findings_old_names, indicators_old_names, unit_indicators_old_names, comparisons_old_names, cells, amounts, units, schools, successions, forms, rows, columns, column_parts, submissions, versions, inputs, coverage, mappings, findings, indicators, unit_indicators, comparisons, measures, pending_results, releases

    SELECT ROUNDD(value) FROM cells
    lỗi: không có hàm `roundd`
    gợi ý: có phải là `round`?

    SELECT NOW()
    error: `SQL` is not right: `now` is not available: the same query has to give the same answer
    hint: write the day, as in DATE '2026-01-15'

    SELECT * FROM cells WHERE form = 'a
    lỗi: `SQL` chưa đúng: dấu nháy mở ở dòng 1, chữ thứ 34 mà không đóng
    gợi ý: văn bản đặt giữa hai dấu nháy đơn; dấu nháy bên trong ghi hai lần: 'O''Brien'

    SELECT unit FROM units GROUP unit
    lỗi: `SQL` chưa đúng: không đọc được câu hỏi ở dòng 1, chữ thứ 24: chờ hết câu hỏi, gặp `GROUP`
    gợi ý: tên là từ của SQL hay có dấu cách thì đặt trong dấu nháy kép ("group"), văn bản trong dấu nháy đơn ('Đông Sơn')

    SELECT unit FROM units WHERE
    error: `SQL` is not right: the query cannot be read: where an expression is awaited, the query ends
    hint: names that are words of SQL or have blanks stand in double quotes ("group"), texts in single quotes ('Đông Sơn')

    SELECT FROM units
    lỗi: `SQL` chưa đúng: không có gì sau SELECT
    gợi ý: ghi tên cột, hay `*` cho tất cả

    SELECT * FROM units; SELECT * FROM forms
    lỗi: `SQL` chưa đúng: mỗi lần chỉ hỏi được một câu

    INSERT INTO units VALUES (1)
    error: `SQL` is not right: figures can only be read: a query begins with SELECT or WITH

    COPY units TO 'x.csv'
    lỗi: `SQL` chưa đúng: chỉ đọc được số liệu: câu hỏi bắt đầu bằng SELECT hoặc WITH

    SELECT * FROM 'units.parquet'
    lỗi: `SQL` chưa đúng: `units.parquet` là đường dẫn hay địa chỉ; câu hỏi chỉ đọc bảng và khung nhìn của kho lưu trữ
    gợi ý: `tkgd query --list` kể những gì có thể hỏi

    SELECT * FROM read_parquet('/etc/passwd')
    error: `SQL` is not right: `read_parquet(…)` is not available: a query reads tables and views of the archive only
    hint: `tkgd query --list` tells what can be asked

    SELECT * FROM cells WHERE value = 'nhiều'
    lỗi: `SQL` chưa đúng: `nhiều` không phải là số nguyên
    gợi ý: cột số so với số, cột văn bản so với văn bản trong dấu nháy đơn; TRY_CAST bỏ trống giá trị không đổi được

    SELECT * FROM cells WHERE unit > true
    lỗi: `SQL` chưa đúng: không so sánh được văn bản với điều kiện đúng/sai bằng `>`
    gợi ý: so sánh cùng kiểu: văn bản trong dấu nháy đơn ('09001'), số để trần; đổi kiểu bằng CAST, ví dụ `CAST(x AS VARCHAR)`

    SELECT unit / 2 FROM units
    error: `SQL` is not right: text `/` a whole number cannot be worked out
    hint: `+ - * / %` work with numbers; for texts that are numbers write `TRY_CAST(x AS DOUBLE)`, texts are joined by `||`

    SELECT * FROM units WHERE NOT unit
    lỗi: `SQL` chưa đúng: chỗ này cần một điều kiện đúng/sai, không phải văn bản
    gợi ý: so sánh với một giá trị, ví dụ `unit = '09001'`

    SELECT * FROM units WHERE unit LIKE 5
    lỗi: `SQL` chưa đúng: LIKE so văn bản với mẫu văn bản, ở đây là văn bản và số nguyên
    gợi ý: `name LIKE 'Trường%'`

    SELECT unit, SUM(value) FROM cells
    error: `SQL` is not right: column `cells.unit` stands beside a total (SUM, COUNT, MAX …) and is not in GROUP BY
    hint: put `unit` into GROUP BY, or take one value of it: `MAX(unit)`

    SELECT unit FROM cells WHERE SUM(value) > 3
    lỗi: `SQL` chưa đúng: WHERE không dùng được hàm tổng hợp (SUM, COUNT, MAX …)
    gợi ý: điều kiện về tổng ghi ở HAVING, sau GROUP BY

    SELECT MAX(SUM(value)) FROM cells
    lỗi: `SQL` chưa đúng: hàm tổng hợp không lồng trong nhau được
    gợi ý: tính tổng trong một câu hỏi con: `SELECT MAX(tong) FROM (SELECT SUM(value) AS tong FROM … GROUP BY …) AS t`

    SELECT unit FROM units WHERE RANK() OVER (ORDER BY unit) = 1
    error: `SQL` is not right: functions over windows (… OVER (…)) stand after SELECT or in ORDER BY only
    hint: work it out in a subquery and filter around it: `SELECT * FROM (SELECT …, RANK() OVER (…) AS place FROM …) AS t WHERE place <= 3`

    SELECT unit, ROW_NUMBER() FROM units
    lỗi: `SQL` chưa đúng: hàm `row_number` cần OVER (…)
    gợi ý: `row_number() OVER (ORDER BY …)`

    SELECT unit FROM cells AS c JOIN units AS u ON c.unit = u.unit
    lỗi: `SQL` chưa đúng: tên `unit` chỉ nhiều cột
    gợi ý: ghi rõ bảng nào, ví dụ `u.unit`, hoặc đặt tên khác bằng AS

    SELECT *, 1 AS unit FROM units
    error: `SQL` is not right: the name `unit` means several columns
    hint: say of which table, as in `u.unit`, or give another name with AS

    SELECT unit FROM units UNION SELECT unit, name FROM units
    lỗi: `SQL` chưa đúng: hai vế của UNION có số cột khác nhau
    gợi ý: ghi cùng số cột, theo cùng thứ tự; chỗ thiếu ghi NULL

    SELECT * FROM cells WHERE unit = (SELECT unit FROM units)
    lỗi: `SQL` chưa đúng: câu hỏi con dùng làm một giá trị có thể cho hơn một dòng
    gợi ý: ghi `IN (SELECT …)` thay cho `= (SELECT …)`, hoặc lấy một giá trị bằng MAX(…), MIN(…)

    SELECT * FROM cells WHERE unit IN (SELECT unit, name FROM units)
    error: `SQL` is not right: a subquery has one column only here
    hint: leave one column after its SELECT

    SELECT SUBSTR(unit) FROM units
    lỗi: `SQL` chưa đúng: hàm `substr` nhận 2-3 tham số, ở đây có 1

    SELECT SUM(name) FROM units
    lỗi: `SQL` chưa đúng: hàm `sum` không nhận (văn bản)
    gợi ý: đổi kiểu bằng CAST hay TRY_CAST, ví dụ `TRY_CAST(x AS DOUBLE)`, và xem lại số tham số

    SELECT * FROM units LIMIT -1
    error: `SQL` is not right: LIMIT has to be a whole number from 0 on

    SELECT * FROM units WHERE unit = ?
    lỗi: `SQL` chưa đúng: câu hỏi có chỗ trống (`?`, `$1`) mà không có giá trị
    gợi ý: ghi giá trị vào câu hỏi: `unit = '09001'`

    SELECT value * 9223372036854775807 FROM cells
    lỗi: `SQL` chưa đúng: một số nguyên vượt quá 9 223 372 036 854 775 807
    gợi ý: tính bằng số thực: `CAST(x AS DOUBLE)`

    SELECT COUNT(DISTINCT *) FROM cells
    error: `SQL` is not right: `DISTINCT *` cannot be counted
    hint: `SELECT COUNT(*) FROM (SELECT DISTINCT * FROM …) AS t`

    "#);
}

/// What joins millions with millions ends at its limit of time or memory, and says which.
#[test]
fn query_that_joins_everything_with_everything_ends_at_its_limits() {
    let archive = archive("query-cross-join");
    let counted = "SELECT COUNT(*) FROM cells AS a CROSS JOIN cells AS b CROSS JOIN cells AS c WHERE a.value + b.value > c.value";
    let text = said(&archive, &["query", counted, "--timeout", "2"]);
    assert!(text.contains("quá 2 giây mà chưa xong, đã dừng; chưa ghi gì") && text.contains("--timeout"), "{text}");
    let sorted = "SELECT a.unit, b.file, b.cell FROM cells AS a CROSS JOIN cells AS b ORDER BY b.file, a.unit, b.cell";
    let text = said(&archive, &["query", sorted, "--format", "csv", "--memory", "128", "--timeout", "200"]);
    assert!(text.contains("cần hơn 128 MB bộ nhớ, đã dừng; chưa ghi gì") && text.contains("--memory"), "{text}");
}
