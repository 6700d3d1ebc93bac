"""Answers of `tkgd query` against DuckDB, which is asked the same in words of its own over the archive's files.

queries.py ARCHIVE ANSWERS SCHEMAS: ANSWERS holds <named query>.json, asked with the values of the query's example, and
cells_by_place.parquet, amounts_by_place.parquet, cells_totals.parquet, written by the program.
"""

import json
import pathlib
import re
import sys
import tomllib
from decimal import ROUND_HALF_UP, Decimal

import duckdb

DIFFERENT = []
SHOWN = 20
LATEST = 2025


def check(condition, text):
    if not condition:
        DIFFERENT.append(text)


def load(archive):
    con = duckdb.connect()
    for table in ("cells", "amounts", "units", "forms", "rows", "columns", "column_parts", "submissions", "coverage", "findings", "indicators"):
        glob = f"{archive}/draft/{table}/**/*.parquet"
        con.execute(f"create view {table} as from read_parquet('{glob}', hive_partitioning = true, union_by_name = true)")
    # Where the figures stand, by what the rows are called: nothing of the program's own measures is used.
    con.execute("""
        create view below as with recursive up as (
            select school_year, term, unit, unit as ancestor from units
            union all
            select up.school_year, up.term, up.unit, u.reports_to from up
            join units u on u.school_year = up.school_year and u.term = up.term and u.unit = up.ancestor where u.reports_to is not null
        ) select * from up""")
    return con


def parameters(schemas, name):
    """Values of the example, then the defaults."""
    text = tomllib.loads(pathlib.Path(schemas, "queries", f"{name}.toml").read_text())
    given = dict(re.findall(r"--set (\w+)=(\S+)", text["example"]))
    values = {p["name"]: given.get(p["name"], p.get("default")) for p in text["parameters"]}
    if "year" in values:
        values["year"] = LATEST if values["year"] == "latest" else int(str(values["year"])[:4])
    return values


def measure(schemas, wanted):
    """Cells of a measure, out of the files of measures: (form short, sheet, code), and the columns that are all of it."""
    found = []
    for name in ("measures.toml", "measures_closing.toml"):
        for entry in tomllib.loads(pathlib.Path(schemas, "tt24-2018", name).read_text())["measures"]:
            if entry["id"] != wanted:
                continue
            select = dict(entry.get("select", {}))
            cells = entry.get("cells", [])
            if "of" in entry:
                for other in measure_parts(schemas, entry["of"]):
                    found.append((other[0], other[1], other[2], {**other[3], **select}))
            for part in cells:
                for row in part["rows"]:
                    sheet, code = row.split("/")
                    found.append((part["form"], sheet, code, {**select, **part.get("select", {})}))
    return found


measure_parts = measure


def columns_of(con, form, sheet):
    found = {}
    rows = con.execute("""select distinct column_no, dimension, part from columns left join column_parts using (school_year, term, form, sheet, column_no)
                          where form = ? and sheet = ?""", [form, sheet])
    for number, dimension, part in rows.fetchall():
        found.setdefault(number, {}).update({dimension: part} if dimension else {})
    return [(dims, number) for number, dims in found.items()]


def make_measures(con, schemas, wanted):
    """A table of the cells of some measures, for every form that the archive has."""
    con.execute('create or replace table where_measures (measure varchar, form varchar, sheet varchar, code varchar, "column_no" integer)')
    forms = [row[0] for row in con.execute("select distinct form from forms").fetchall()]
    for name in wanted:
        for short, sheet, code, select in measure(schemas, name):
            for form in (form for form in forms if form.split("/")[1] == short):
                known = columns_of(con, form, sheet)
                own = dict(select)
                if "ownership" not in own and any("ownership" in dims for dims, _ in known):
                    own["ownership"] = "all"
                exact = [column for dims, column in known if dims == own]
                if exact and con.execute("select 1 from rows where form = ? and sheet = ? and code = ?", [form, sheet, code]).fetchone():
                    con.execute("insert into where_measures values (?, ?, ?, ?, ?)", [name, form, sheet, code, exact[0]])


NOTHING = "('unknown', 'error_value', 'uncalculated', 'invalid', 'absent', 'suppressed', 'not_applicable')"
BY_COMMUNE = """
    select u.commune, f.level, {sums}
    from cells c join where_measures w using (form, sheet, code, "column_no") join forms f using (school_year, term, form)
    join units u using (school_year, term, unit) where school_year = {year} and term = '{term}' {more} group by all order by 1, 2
"""


def by_commune(con, schemas, values, wanted, more=""):
    make_measures(con, schemas, wanted)
    # Blank is 0 in a return that came in; what is unknown is nothing.
    sums = ", ".join(f"sum(coalesce(c.value, 0)) filter (where w.measure = '{name}' and c.status not in {NOTHING})" for name in wanted)
    return con.execute(BY_COMMUNE.format(sums=sums, more=more, **values)).fetchall()


def plain(row):
    """Numbers to two decimals, also those that JSON holds as texts so that nobody rounds them."""
    is_number = lambda v: isinstance(v, (int, float, Decimal)) or re.fullmatch(r"-?\d+\.\d+", str(v))
    return tuple(None if v is None else round(float(v), 2) if is_number(v) else str(v) for v in row)


def same(name, ours, theirs, ordered=False):
    ours, theirs = [plain(row) for row in ours], [plain(row) for row in theirs]
    if not ordered:
        ours, theirs = sorted(ours, key=str), sorted(theirs, key=str)
    check(ours, f"{name}: there is no row to compare") if name not in ("chua-nop", "don-vi-moi-va-thoi") else None
    check(len(ours) == len(theirs), f"{name}: {len(ours)} rows, DuckDB has {len(theirs)}")
    for mine, other in zip(ours, theirs):
        check(mine == other, f"{name}: {mine}, DuckDB has {other}")


def pick(rows, *names):
    return [tuple(row[name] for name in names) for row in rows]


def named(con, schemas, answers):
    def get(name):
        return json.loads(pathlib.Path(answers, f"{name}.json").read_text())["rows"], parameters(schemas, name)

    rows, values = get("truong-lop-hoc-sinh-theo-xa")
    same("truong-lop-hoc-sinh-theo-xa", pick(rows, "commune", "level", "schools", "classes", "pupils", "girls"),
         by_commune(con, schemas, values, ["schools", "classes", "pupils", "girls"]))
    rows, values = get("phong-hoc")
    wanted = ["rooms", "rooms_permanent", "rooms_semi_permanent", "rooms_temporary", "rooms_borrowed"]
    same("phong-hoc", pick(rows, "commune", "level", "rooms", "permanent", "semi_permanent", "temporary", "borrowed"), by_commune(con, schemas, values, wanted))
    for row in rows:
        check(not row["rooms"] or abs(row["permanent_percent"] - row["permanent"] * 100 / row["rooms"]) < 0.0051, f"phong-hoc: {row}")
    rows, values = get("hoc-sinh-tren-lop")
    level = f"and f.level = '{values['level']}'" if values["level"] else ""
    # Halves away from zero, as people round: decimals do it, floats do not.
    share = lambda p, k: (Decimal(p) / Decimal(k)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    theirs = [(c, l, p, k, share(p, k)) for c, l, p, k in by_commune(con, schemas, values, ["pupils", "classes"], level) if k]
    same("hoc-sinh-tren-lop", pick(rows, "commune", "level", "pupils_matched", "classes_matched", "pupils_per_class"), theirs)
    rows, values = get("dan-toc-thieu-so")
    same("dan-toc-thieu-so", pick(rows, "commune", "level", "pupils", "minority_pupils"), by_commune(con, schemas, values, ["pupils", "minority_pupils"]))
    rows, values = get("so-lieu-qua-cac-nam")
    theirs = con.execute('select school_year, term, sum(value), count(value) from cells join below using (school_year, term, unit) where ancestor = ? and form = ? '
                         'and sheet = ? and code = ? and "column_no" = ? group by all',
                         [values["unit"], values["form"], values["sheet"], values["code"], int(values["column"])]).fetchall()
    same("so-lieu-qua-cac-nam", pick(rows, "school_year", "term", "value", "units_with_number"), theirs)
    rows, values = get("bien-dong-lon")
    make_measures(con, schemas, [values["measure"]])
    theirs = con.execute("""
        with m as (select school_year, term, unit, level, sum(coalesce(value, 0)) v from cells join where_measures using (form, sheet, code, "column_no")
                   join forms using (school_year, term, form) group by all)
        select a.unit, a.level, b.v, a.v, a.v - b.v from m a join m b on a.unit = b.unit and a.level = b.level and a.term = b.term and a.school_year = b.school_year + 1
        where a.school_year = ? and a.term = ? and a.v is not null and b.v is not null order by abs(a.v - b.v) desc, a.unit, a.level limit ?""",
        [values["year"], values["term"], int(values["most"])]).fetchall()
    same("bien-dong-lon", pick(rows, "unit", "level", "value_before", "value", "difference"), theirs, ordered=True)
    rows, values = get("chi-tieu-qua-cac-nam")
    theirs = con.execute("select indicator, level, basis, school_year, term, value, numerator, denominator, status from indicators where dimension = 'all' and "
                         "place_kind = ? and place = ? and indicator = ?", [values["place_kind"], values["place"], values["indicator"]]).fetchall()
    same("chi-tieu-qua-cac-nam", pick(rows, "indicator", "level", "basis", "school_year", "term", "value", "numerator", "denominator", "status"), theirs)
    rows, values = get("do-phu")
    theirs = con.execute("select unit, form, received, expected, expected - received from coverage where school_year = ? and term = ? and unit in "
                         "(select reports_to from units where reports_to is not null)", [values["year"], values["term"]]).fetchall()
    same("do-phu", pick(rows, "unit", "form", "received", "expected", "missing"), theirs)
    rows, values = get("phat-hien-con-mo")
    theirs = con.execute("select severity, rule, count(*), count(distinct unit) from findings where closed is null and verdict = 'fail' and school_year = ? and term = ? "
                         "group by all", [values["year"], values["term"]]).fetchall()
    same("phat-hien-con-mo", pick(rows, "severity", "rule", "findings", "units"), theirs)
    rows, values = get("chua-nop")
    # Expected by the register and not among the returns that count.
    theirs = con.execute("""
        select u.unit, f.form from (select *, unnest(forms) short from units) u
        join forms f on f.school_year = u.school_year and f.term = u.term and f.form = f.circular || '/' || u.short
        anti join submissions s on s.school_year = u.school_year and s.term = u.term and s.unit = u.unit and s.form = f.form
        where u.school_year = ? and u.term = ?""", [values["year"], values["term"]]).fetchall()
    same("chua-nop", pick(rows, "unit", "form"), theirs)
    rows, values = get("don-vi-moi-va-thoi")
    side = "select unit from units where school_year = {} and term = '{}'"
    now, before = side.format(values["year"], values["term"]), side.format(values["year"] - 1, values["term"])
    theirs = con.execute(f"select 'new', unit from ({now} except {before}) union all select 'gone', unit from ({before} except {now})").fetchall()
    same("don-vi-moi-va-thoi", pick(rows, "change", "unit"), theirs)


def places(con, answers):
    """Totals by place and of everything, in the program's own Parquet, against ours."""
    count = 0
    for values in ("cells", "amounts"):
        ours = f"read_parquet('{answers}/{values}_by_place.parquet')"
        groups = " union all ".join(f"select school_year, term, '{g}' as place_kind, \"{g}\" as place, unit from units where \"{g}\" is not null"
                                    for g in ("commune", "former_district", "cluster", "area"))
        theirs = f"""
            select c.school_year, c.term, place_kind, place, form, sheet, code, "column_no", sum(value)::decimal(38, 6) as value, count(value) as n
            from {values} c join (
                select school_year, term, 'unit' as place_kind, ancestor as place, unit from below where (school_year, term, ancestor) in (select (school_year, term, reports_to) from units)
                union all {groups}) p using (school_year, term, unit) group by all"""
        own = f'select school_year, term, place_kind, place, form, sheet, code, "column_no", value::decimal(38, 6) as value, units_with_number as n from {ours}'
        different = con.execute(f"select count(*) from (({own} except {theirs}) union all ({theirs} except {own}))").fetchone()[0]
        rows = con.execute(f"select count(*) from {ours}").fetchone()[0]
        check(rows > 0 and different == 0, f"{values}_by_place: {rows} rows, {different} are not DuckDB's")
        count += rows
        kind = con.execute(f"select typeof(value) from {ours} limit 1").fetchone()[0]
        check(kind == ("BIGINT" if values == "cells" else "DECIMAL(38,6)"), f"{values}_by_place: value is {kind}")
        whole = f"read_parquet('{answers}/{values}_totals.parquet')"
        own = f"select sum(value)::decimal(38, 6), sum(units_with_number) from {whole}"
        check(con.execute(own).fetchone() == con.execute(f"select sum(value)::decimal(38, 6), count(value) from {values}").fetchone(), f"{values}_totals: another sum")
    return count


def main():
    archive, answers, schemas = sys.argv[1:]
    con = load(archive)
    named(con, schemas, answers)
    rows = places(con, answers)
    for line in DIFFERENT[:SHOWN]:
        print(line)
    print(f"{len(list(pathlib.Path(answers).glob('*.json')))} named queries and {rows} totals compared; {len(DIFFERENT)} differences")
    return 1 if DIFFERENT else 0


if __name__ == "__main__":
    sys.exit(main())
