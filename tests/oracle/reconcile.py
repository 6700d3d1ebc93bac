#!/usr/bin/env python3
"""Finds the differences of two archives with DuckDB and compares them with differences.parquet.

    reconcile.py FOLDER ARCHIVE_A ARCHIVE_B

FOLDER is what `tkgd reconcile --out` wrote over the returns of both archives:
- every cell of a return that both archives hold, and that differs, is named with both values and their difference,
  and nothing else is;
- a return that one archive lacks is named;
- what is said of a unit with everything below it is the difference of plain sums along `reports_to`;
- the parts of every difference add up to it.
Exit 1 with a line per difference.
"""

import sys

import duckdb

SHOWN = 40
BROKEN = "('unknown', 'error_value', 'uncalculated', 'invalid', 'absent')"
KEY = "form, sheet, code, column_no, unit"

folder, archive_a, archive_b = sys.argv[1:]
db = duckdb.connect()
for name, archive in (("a", archive_a), ("b", archive_b)):
    tables = [f"select {KEY}, value::decimal(38, 6) as value, status from read_parquet('{archive}/draft/{table}/**/*.parquet')"
              for table in ("cells", "amounts")]
    db.sql(f"create table {name} as " + " union all ".join(tables))
    db.sql(f"create table returns_{name} as select distinct form, unit from {name}")
db.sql(f"""create table up as
    with recursive tree as (
        select unit, unit as above from read_parquet('{archive_a}/draft/units/**/*.parquet')
        union all
        select tree.unit, units.reports_to from tree
        join read_parquet('{archive_a}/draft/units/**/*.parquet') units on units.unit = tree.above
        where units.reports_to is not null)
    select * from tree""")
db.sql(f"create table found as from read_parquet('{folder}/differences.parquet')")
db.sql(f"create table parts as from read_parquet('{folder}/parts.parquet')")
problems = []


def same(what, ours, theirs):
    """Rows of one query and of the other, both ways."""
    for side, query in (("only ours", f"({ours}) except all ({theirs})"), ("only DuckDB's", f"({theirs}) except all ({ours})")):
        problems.extend(f"{what}, {side}: {row}" for row in db.sql(query).fetchall())


def compared(a, b):
    """Differences of two tables of cells: broken on a side, or other numbers."""
    return f"""
        select {KEY}, a.value as value_a, b.value as value_b,
               case when not (a.broken or b.broken) then coalesce(a.value, 0) - coalesce(b.value, 0) end as difference
        from {a} a join {b} b using ({KEY})
        where a.broken or b.broken or coalesce(a.value, 0) <> coalesce(b.value, 0)"""


for name in ("a", "b"):
    db.sql(f"create view own_{name} as select *, status in {BROKEN} as broken from {name}")
    db.sql(f"""create view total_{name} as
        select form, sheet, code, "column_no", above as unit, sum(value) as value, bool_or(status in {BROKEN}) as broken
        from {name} join up using (unit)
        where above in (select above from up where above <> unit)
        group by all""")
ours = f"""select {KEY}, value_a::decimal(38, 6), value_b::decimal(38, 6), difference::decimal(38, 6) from found
           where sheet is not null and scope = """
same("returns of units", ours + "'own'", compared("own_a", "own_b"))
same("units with what is below", ours + "'total'", compared("total_a", "total_b"))
for here, there in (("a", "b"), ("b", "a")):
    same(
        f"returns missing in {there}",
        f"select form, unit from found where kind = 'unit_missing_in_{there}'",
        f"select form, unit from returns_{here} except select form, unit from returns_{there}",
    )
same(
    "parts",
    """select form, sheet, code, "column_no", unit, difference::decimal(38, 6) from found
       where scope = 'total' and sheet is not null and difference <> 0""",
    """select form, sheet, code, "column_no", unit, sum(amount)::decimal(38, 6) from parts
       join found using (form, sheet, code, "column_no", unit, scope) where found.difference is not null group by all""",
)
rows = db.sql("select count(*), count(*) filter (where scope = 'own'), count(*) filter (where scope = 'total') from found").fetchall()[0]
if not all(rows):
    problems.append(f"nothing was compared: {rows}")
for line in problems[:SHOWN]:
    print(line)
if problems:
    sys.exit(f"{len(problems)} differences")
print(f"{rows[0]} rows agree, {rows[1]} of returns, {rows[2]} of units above")
