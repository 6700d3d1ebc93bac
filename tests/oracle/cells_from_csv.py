#!/usr/bin/env python3
"""Checks what was read of an official workbook against its transcription.

    cells_from_csv.py ARCHIVE CELLS_CSV --form tt24-2018/01-MN-DN --unit 0901
                      --file bieu/0901_mn.xlsx [--list OUT/danh-sach/01-MN-DN.csv]

CELLS_CSV has one line per value cell: what stands there and of which kind. The
archive must hold exactly these cells with that value, status, file and place,
and the one-row-per-school list exactly the same numbers and marks.
Exit 1 with a line per difference.
"""

import argparse
import csv
import sys
from decimal import Decimal

import duckdb

SHOWN = 40
# Statuses that a kind of the transcription may have in the archive.
STATUSES = {
    ("number", None): {"reported", "computed"},
    ("formula", None): {"error_value"},
    ("empty_string", None): {"empty_text"},
    ("missing", None): {"missing"},
    ("symbol", "?"): {"unknown"},
    ("symbol", "#"): {"not_applicable"},
}


def expected_statuses(line):
    mark = line["value"] if line["value_kind"] == "symbol" else None
    return STATUSES[(line["value_kind"], mark)]


def archived(archive, form, unit):
    """Cells of one return, by sheet name, code and column number."""
    query = f"""
        with rows as (from read_parquet('{archive}/draft/rows/**/*.parquet', hive_partitioning=1)),
        values as (
            select form, sheet, code, "column_no", unit, cast(value as varchar) as value, status, file, cell
            from read_parquet('{archive}/draft/cells/**/*.parquet', hive_partitioning=1)
            union all
            select form, sheet, code, "column_no", unit, cast(value as varchar), status, file, cell
            from read_parquet('{archive}/draft/amounts/**/*.parquet', hive_partitioning=1)
        )
        select rows.sheet_name, values.code, values."column_no", values.value, values.status, values.file, values.cell,
               values.sheet
        from values join rows using (form, sheet, code)
        where values.form = ? and values.unit = ?
    """
    found = {}
    for name, code, column, *rest in duckdb.execute(query, [form, unit]).fetchall():
        key = (name, code, column)
        if key in found:
            sys.exit(f"{key} stands twice in the archive")
        found[key] = rest
    return found


def check_cells(lines, found, file, differences):
    for line in lines:
        key = (line["sheet"], line["code"], int(line["col_no"]))
        place = f"{line['sheet']}!{line['ref']} ({line['code']}/{line['col_no']})"
        if key not in found:
            differences.append(f"{place}: not in the archive")
            continue
        value, status, source, cell, _ = found.pop(key)
        if status not in expected_statuses(line):
            differences.append(f"{place}: {line['value_kind']} {line['value']!r} was read as {status}")
        expected = Decimal(line["value"]) if line["value_kind"] == "number" else None
        if (Decimal(value) if value is not None else None) != expected:
            differences.append(f"{place}: {expected} was read as {value}")
        if (source, cell) != (file, line["ref"]):
            differences.append(f"{place}: its place is said to be {source} {cell}")
    differences.extend(f"{key}: in the archive only" for key in found)


def check_list(lines, sheets, path, unit, differences):
    """The list leaves out columns that no return fills; what it has must be all there is."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["unit"] == unit]
    if len(rows) != 1:
        differences.append(f"{path}: unit {unit} has {len(rows)} rows")
        return
    listed = rows[0]
    seen = {"unit", "name", "layout_status"}
    for line in lines:
        heading = f"{sheets[line['sheet']]}/{line['code']}/{line['col_no']}"
        seen.add(heading)
        kind = line["value_kind"]
        expected = {"number": line["value"], "symbol": line["value"], "formula": "?"}.get(kind, "")
        text = listed.get(heading, "").replace(",", ".")
        same = Decimal(text) == Decimal(expected) if kind == "number" and text else text == expected
        if not same:
            differences.append(f"list {heading}: {expected!r} is written as {text!r}")
    differences.extend(f"list: column {heading} is not in the form" for heading in listed if heading not in seen)


def main():
    parser = argparse.ArgumentParser(description="Checks the archive against the transcription of a workbook.")
    parser.add_argument("archive")
    parser.add_argument("cells_csv")
    parser.add_argument("--form", required=True)
    parser.add_argument("--unit", required=True)
    parser.add_argument("--file", required=True)
    parser.add_argument("--list")
    arguments = parser.parse_args()
    with open(arguments.cells_csv, encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    found = archived(arguments.archive, arguments.form, arguments.unit)
    sheets = {name: rest[-1] for (name, _, _), rest in found.items()}
    differences = []
    check_cells(lines, found, arguments.file, differences)
    if arguments.list:
        check_list(lines, sheets, arguments.list, arguments.unit, differences)
    for line in differences[:SHOWN]:
        print(line)
    if len(differences) > SHOWN:
        print(f"and {len(differences) - SHOWN} more")
    print(f"{len(lines)} cells checked, {len(differences)} differences")
    return 1 if differences or not lines else 0


if __name__ == "__main__":
    sys.exit(main())
