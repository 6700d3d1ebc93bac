"""Figures asked for in words, counted again with pandas out of the archive's Parquet: asked.py ARCHIVE ANSWERS.

ANSWERS holds a file of JSON for each question; its name says what was asked.
"""

import json
import pathlib
import sys

import pandas

archive, answers = map(pathlib.Path, sys.argv[1:])
BROKEN = ["unknown", "error_value", "uncalculated", "invalid", "absent"]


def table(name):
    parts = []
    for file in sorted((archive / "draft" / name).rglob("*.parquet")):
        own = pandas.read_parquet(file)
        for part in file.parts:
            if "=" in part:
                key, value = part.split("=")
                own[key] = int(value) if value.isdigit() else value
        parts.append(own)
    return pandas.concat(parts)


cells, units = table("cells"), table("units")
cells = cells[cells.term == "opening"]
units = units[units.term == "opening"]


def chosen(year, form, sheet, codes, column):
    own = cells[(cells.school_year == year) & cells.form.str.endswith("/" + form) & (cells.sheet == sheet)]
    return own[own.code.isin(codes) & (own.column_no == column)]


def answered(name):
    return json.loads((answers / f"{name}.json").read_text())["rows"]


def same(name, found, expected):
    if found != expected:
        sys.exit(f"{name}: found {found}, expected {expected}")
    print(f"{name}: {len(expected)} rows")


def above(unit, kind, year):
    """The unit of a kind to which one reports, itself included."""
    known = units[units.school_year == year].set_index("unit")
    while unit in known.index:
        if known.loc[unit, "kind"] == kind:
            return unit
        unit = known.loc[unit, "reports_to"]
    return ""


# Minority pupils of the first grade by commune.
own = chosen(2025, "02-TH-DN", "III", ["40"], 3)
by = own.groupby(own.unit.map(lambda unit: above(unit, "commune", 2025))).value.sum()
found = {row["Mã"]: row["Số lượng"] for row in answered("minority") if row["Số lượng"] is not None}
same("minority", found, {key: int(value) for key, value in by.items()})

# The same asked without marks.
same("plain", answered("plain"), answered("minority"))

# Girls of primary schools of the year before, everything.
found = [row["Số lượng"] for row in answered("girls")]
same("girls", found, [int(chosen(2024, "02-TH-DN", "III", ["37"], 2).value.sum())])

# Teachers of primary schools over the years.
found = {row["Năm học"]: row["Số lượng"] for row in answered("teachers")}
expected = {f"{year}-{year + 1}": int(chosen(year, "02-TH-DN", "IV", ["96"], 1).value.sum()) for year in (2024, 2025)}
same("teachers", found, expected)

# Primary schools with more than so many pupils.
own = chosen(2025, "02-TH-DN", "III", ["37"], 1).set_index("unit").value.dropna()
same("large", {row["Mã"]: row["Số lượng"] for row in answered("large")}, {unit: int(value) for unit, value in own.items() if value > 500})

# Primary schools whose pupils grew by more than half a per cent: both years known in full.
years = []
for year in (2024, 2025):
    own = chosen(year, "02-TH-DN", "III", ["37"], 1)
    own = own[~own.status.isin(BROKEN) & own.value.notna()]
    years.append(own.set_index("unit").value)
both = pandas.concat(years, axis=1, keys=["before", "now"]).dropna()
grown = both[both.now * 1000 > both.before * 1005]
same("grown", {row["Mã"]: row["Tăng giảm"] for row in answered("grown")}, {unit: int(row.now - row.before) for unit, row in grown.iterrows()})
if grown.empty:
    sys.exit("no school has grown: the question proves nothing")

# Rows add up to the whole, whatever a table is divided by.
for year in (2024, 2025):
    whole = [row["Số lượng"] for row in answered("whole") if row["Năm học"] == f"{year}-{year + 1}"]
    parts = [row["Số lượng"] or 0 for row in answered("districts") if row["Năm học"] == f"{year}-{year + 1}"]
    same(f"districts {year}", [sum(parts)], whole)

# A single year is the school year that begins in it.
found = [row["Số lượng"] for row in answered("single-year")]
same("single-year", found, [row["Số lượng"] for row in answered("whole") if row["Năm học"] == "2024-2025"])
