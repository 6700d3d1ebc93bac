#!/usr/bin/env python3
"""Follows learners and teachers through two school years with DuckDB, over the archive alone.

    closing.py ARCHIVE OUTPUT

ARCHIVE holds both terms of 2024-2025 and 2025-2026 and their results after the re-tests, OUTPUT the reports of the runs:
- at every closing, unit by unit and column by column: end = start + in - out - dropped, and the start is the opening's;
- dropouts by reason add up; promoted + repeating + undecided = end; nobody is undecided after the re-tests;
- the second opening follows from the first closing: who goes up and who stays, grade by grade;
- both states have the same learners, and a glob over `draft` reads one of them once;
- the province's official workbooks say the sums of the archive.
Rows are found by their labels, not by the rules and flows of the program. Exit 1 with a line per difference.
"""

import sys

import duckdb
import openpyxl

archive, output = sys.argv[1:]
db = duckdb.connect()
problems = []
counted = 0

for name, where in (("cells", "draft/cells"), ("rows_", "draft/rows"), ("after", "draft-states/cells")):
    db.sql(f"create table {name} as from read_parquet('{archive}/{where}/**/*.parquet', hive_partitioning = true)")
db.sql("""create table told as
    select school_year, term, regexp_replace(form, '^[^/]*/', '') as short, form, sheet, code, "column_no", unit, value, r.label, r.heading, r.sheet_row as place
    from cells join rows_ r using (school_year, term, form, sheet, code)""")
db.sql("""create table told_after as
    select school_year, regexp_replace(a.form, '^[^/]*/', '') as short, a.form, sheet, code, "column_no", unit, value, r.label, r.heading
    from after a join rows_ r using (school_year, term, form, sheet, code)""")


def none(what, query):
    """A query that must find nothing."""
    rows = db.sql(query).fetchall()
    problems.extend(f"{what}: {row}" for row in rows)


def some(what, query):
    """A query that must count something, or the check above it looked at nothing."""
    global counted
    number = db.sql(query).fetchall()[0][0] or 0
    counted += number
    if not number:
        problems.append(f"{what}: nothing was looked at")


# Labels of the totals, by level.
TOTALS = {
    "01-MN-CN": ("Trẻ em đầu năm học", "- Trẻ chuyển đến, mới đến trong năm", "- Trẻ chuyển đi", "- Trẻ nghỉ học, bỏ học", "Quy mô trẻ có đến cuối năm học"),
    "02-TH-CN": ("Học sinh đầu năm học", "- Học sinh chuyển đến", "- Học sinh chuyển đi", "- Học sinh bỏ học", "Học sinh có đến cuối năm học"),
    "05-GDTX-CN": ("Học viên đầu năm học", "- Học viên chuyển đến", "- Học viên chuyển đi", "- Học viên bỏ học", "Học viên có đến cuối năm học"),
}
TOTALS["03-THCS-CN"] = TOTALS["04-THPT-CN"] = TOTALS["02-TH-CN"]
db.sql("create table kinds (short text, label text, item text)")
for short, labels in TOTALS.items():
    for label, item in zip(labels, ("start", "in", "out", "dropped", "remaining")):
        db.sql("insert into kinds values (?, ?, ?)", params=[short, label, item])
# A total and, under its own words, the rows of its grades.
db.sql("""create table flow as
    select school_year, t.short, unit, "column_no", item, '' as grade, value from told t join kinds using (short, label) where term = 'closing'
    union all
    select school_year, t.short, unit, "column_no", item, regexp_extract(lower(t.label), 'lớp [0-9]+|nhà trẻ|mẫu giáo|xóa mù chữ|biết chữ|cấp thcs|cấp thpt'), value
    from told t join kinds k on k.short = t.short and ltrim(k.label, '- ') = t.heading
    where term = 'closing' and regexp_matches(lower(t.label), 'lớp [0-9]+|nhà trẻ|mẫu giáo|xóa mù chữ|biết chữ|cấp thcs|cấp thpt')""")
db.sql("""create table balance as pivot flow on item using sum(value) group by school_year, short, unit, "column_no", grade""")
complete = 'start is not null and "in" is not null and "out" is not null and dropped is not null and remaining is not null'
some("balance", f"select count(*) from balance where {complete}")
none("the year does not balance", f'select * from balance where {complete} and remaining <> start + "in" - "out" - dropped')

OPENING = {"01-MN-CN": ("01-MN-DN", "83"), "02-TH-CN": ("02-TH-DN", "37"), "03-THCS-CN": ("03-THCS-DN", "Tổng quy mô"),
           "04-THPT-CN": ("04-THPT-DN", "Tổng quy mô"), "05-GDTX-CN": ("05-GDTX-DN", "Tổng số học viên")}
for closing, (opening, row) in OPENING.items():
    pairs = f"""select b.school_year, b.unit, b.start, o.value from balance b left join told o
        on o.school_year = b.school_year and o.unit = b.unit and o.short = '{opening}' and o.term = 'opening' and o."column_no" = 1
        and (o.code = '{row}' or o.label = '{row}') and o.sheet in ('III', 'hoc-sinh')
        where b.short = '{closing}' and b."column_no" = 1 and b.grade = ''"""
    some(f"start of {closing}", f"select count(*) from ({pairs}) where value is not null")
    none(f"start of {closing} is not the opening's", f"select * from ({pairs}) where value is distinct from start")

none("reasons of dropout do not add up", """
    select school_year, short, unit, "column_no", sum(value) filter (heading like '%chia theo nguyên nhân') as reasons,
           sum(value) filter (label in ('- Học sinh bỏ học', '- Học viên bỏ học', '- Trẻ nghỉ học, bỏ học')) as dropped
    from told where term = 'closing' group by all having reasons is distinct from dropped and dropped is not null""")

RESULTS = """select school_year, short, unit, "column_no",
    sum(value) filter (label in ('Học sinh có đến cuối năm học', 'Học viên có đến cuối năm học')) as remaining,
    sum(value) filter (label in ('- Học sinh được lên lớp', '- Học viên được lên lớp')) as promoted,
    sum(value) filter (label in ('- Học sinh lưu ban', '- Học viên lưu ban')) as repeated,
    sum(value) filter (label like '%chưa xếp%') as pending
    from {table} group by all having remaining is not null"""
before, after = RESULTS.format(table="(from told where term = 'closing')"), RESULTS.format(table="told_after")
for what, query in (("year's end", before), ("after the re-tests", after)):
    some(f"results, {what}", f"select count(*) from ({query})")
    none(f"results, {what}, do not add up", f"select * from ({query}) where promoted + repeated + pending <> remaining")
none("undecided after the re-tests", f"select * from ({after}) where pending <> 0")
none("the states differ in their learners, or somebody fell back", f"""
    select * from ({before}) b full join ({after}) a using (school_year, short, unit, "column_no")
    where a.remaining is distinct from b.remaining or a.promoted < b.promoted or a.repeated < b.repeated""")
some("re-tests", f"select sum(pending) from ({before})")

# Grades of the second opening: who came up after the re-tests, who stays; the first grade has newcomers besides.
FOLLOWS = (("02-TH", "III", {n: str(39 + n) for n in range(1, 6)}), ("03-THCS", "III", {n: f"- Học sinh lớp {n}" for n in range(6, 10)}),
           ("04-THPT", "III", {n: f"- Học sinh lớp {n}" for n in range(10, 13)}))
for level, sheet, grades in FOLLOWS:
    def result(grade, heading):
        return f"""select unit, "column_no", value from told_after where school_year = 2024 and short = '{level}-CN'
            and label = '+ Lớp {grade}' and heading = '{heading}'"""
    for grade, row in grades.items():
        if grade == min(grades):
            continue
        following = f"""select o.unit, o."column_no", o.value, up.value + stay.value as expected
            from told o join ({result(grade - 1, 'Học sinh được lên lớp')}) up using (unit, "column_no")
            join ({result(grade, 'Học sinh lưu ban')}) stay using (unit, "column_no")
            where o.school_year = 2025 and o.term = 'opening' and o.short = '{level}-DN' and o.sheet = '{sheet}'
            and (o.code = '{row}' or (o.label = '{row}' and o.heading = 'Quy mô chia ra theo lớp'))"""
        some(f"grade {grade}", f"select count(*) from ({following})")
        none(f"grade {grade} does not follow", f"select * from ({following}) where value <> expected")

none("a return stands twice in draft", """
    select school_year, term, form, sheet, code, "column_no", unit, count(*) from cells group by all having count(*) > 1""")
some("later states", "select count(*) from after where result_state = 'after-retests'")

# The official workbooks of the province, which bear its name.
[(province,)] = db.sql(f"select distinct name from read_parquet('{archive}/draft/units/**/*.parquet') where unit = '09'").fetchall()
for year, term, state, table in ((2024, "closing", "", "cells"), (2025, "closing", "", "cells"), (2024, "closing", "-after-retests", "after")):
    for short in OPENING:
        path = f"{output}/{year}-{year + 1}-{term}{state}/bao-cao/{province}_{short}_Nháp.xlsx"
        book = openpyxl.load_workbook(path, data_only=True)
        sums = db.sql(f"""select r.sheet_name, r.sheet_row, c."column_no", sum(c.value)::bigint from {table} c
            join rows_ r using (school_year, term, form, sheet, code)
            where school_year = {year} and term = '{term}' and form = 'tt25-2024/{short}' group by all""").fetchall()
        counted += len(sums)
        if not sums:
            problems.append(f"{path}: the archive has nothing for it")
        for sheet, row, column, total in sums:
            said = book[sheet].cell(row=row, column=column + 4).value
            if said != total:
                problems.append(f"{path} {sheet} row {row} column {column}: {said}, the archive makes {total}")

# The table of two years compares like with like: the state of the re-tests with that of a year ago.
for state, table in (("", "cells"), ("-after-retests", "after")):
    path = f"{output}/2025-2026-closing{state}/giai-trinh_Nháp.xlsx"
    rows = [row for sheet in openpyxl.load_workbook(path) for row in sheet.iter_rows(values_only=True)]
    found = [row for row in rows if "(09)" in str(row[0]) and "Học sinh tiểu học lưu ban" in row]
    repeated = [db.sql(f"""select sum(c.value)::bigint from {table} c join rows_ r using (school_year, term, form, sheet, code)
        where school_year = {year} and term = 'closing' and form = 'tt25-2024/02-TH-CN' and c."column_no" = 1
        and r.label = '- Học sinh lưu ban'""").fetchall()[0][0] for year in (2024, 2025)]
    counted += len(found)
    if len(found) != 1 or list(found[0][3:5]) != repeated:
        problems.append(f"{path}: {found}, the archive makes {repeated}")

if problems:
    print("\n".join(problems[:40]))
    sys.exit(1)
print(f"{counted} numbers follow from each other")
