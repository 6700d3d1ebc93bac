#!/usr/bin/env python3
"""Reads an archive the way anybody would, with three libraries, and adds it up again.

    archive_readers.py ARCHIVE --reports OUT/bao-cao [--inputs FOLDER]

ARCHIVE is read with a plain glob or folder name by DuckDB, pandas and polars:
- codes are text with their leading zeros, sums are the same everywhere;
- every cell joins one row, column, unit, form and return, and none is lost;
- each file is sorted as it declares, compressed with zstd, and says where it is from;
- with --inputs, the checksums it names are those of the files in that folder;
- the sums of every unit or group that has a report are the numbers of that report.
Exit 1 with a line per difference.
"""

import argparse
import hashlib
import pathlib
import re
import sys
from collections import defaultdict
from decimal import Decimal

import duckdb
import openpyxl
import pandas
import polars
import pyarrow.parquet

# A mã số, or a code of a form rebuilt by analogy.
ROW_CODE = re.compile(r"(DL)?\d+")
SHOWN = 40
VALUES = ("cells", "amounts")
TEXTS = ("form", "sheet", "code", "unit", "status", "circular", "form_version", "file", "cell")
METADATA = ("run", "version", "circular", "forms", "school_year", "term", "inputs_sha256", "format", "sorted_by")
BROKEN = {"unknown", "error_value", "uncalculated", "invalid"}

differences = []


def check(condition, message):
    if not condition:
        differences.append(message)


def glob(archive, table):
    return f"{archive}/draft/{table}/**/*.parquet"


def read_duckdb(archive, table):
    return duckdb.sql(f"from read_parquet('{glob(archive, table)}', hive_partitioning=1)")


def read_pandas(archive, table):
    return pandas.read_parquet(f"{archive}/draft/{table}")


def read_polars(archive, table):
    return polars.read_parquet(f"{archive}/draft/{table}/", hive_partitioning=True)


def decimal(value):
    return Decimal(0) if value is None or value != value else Decimal(str(value))


def sums_duckdb(frame):
    rows = frame.aggregate('form, sheet, code, "column_no", count(*) as n, count(value) as f, cast(sum(value) as varchar) as s')
    return {tuple(row[:4]): (row[4], row[5], decimal(row[6])) for row in rows.fetchall()}


def sums_pandas(frame):
    found = {}
    for key, group in frame.groupby(["form", "sheet", "code", "column_no"], observed=True):
        values = group["value"].dropna()
        # Sums of whole numbers with blanks come as floats; as integers they are exact.
        total = sum(Decimal(str(v)) if isinstance(v, Decimal) else Decimal(int(v)) for v in values)
        form, sheet, code, column = key
        found[(form, sheet, code, int(column))] = (len(group), len(values), Decimal(total))
    return found


def sums_polars(frame):
    total = polars.col("value").sum().cast(polars.String).alias("s")
    rows = frame.group_by("form", "sheet", "code", "column_no").agg(polars.len().alias("n"), polars.col("value").count().alias("f"), total)
    return {row[:4]: (row[4], row[5], decimal(row[6])) for row in rows.iter_rows()}


def check_readers(archive, table):
    """The three libraries see the same table; its codes are text."""
    duck, frame, lazy = read_duckdb(archive, table), read_pandas(archive, table), read_polars(archive, table)
    types = dict(zip(duck.columns, [str(kind) for kind in duck.types]))
    for name in TEXTS:
        check(types[name] == "VARCHAR", f"{table}: DuckDB takes {name} for {types[name]}")
        check(lazy.schema[name] == polars.String, f"{table}: polars takes {name} for {lazy.schema[name]}")
        texts = frame[name].dropna()
        check(all(isinstance(text, str) for text in texts.unique()), f"{table}: pandas takes {name} for {frame[name].dtype}")
    for name, frame_columns in (("DuckDB", duck.columns), ("pandas", frame.columns), ("polars", lazy.columns)):
        check({"school_year", "term"} <= set(frame_columns), f"{table}: {name} does not see school_year and term")
    units = [
        {row[0] for row in duck.select("unit").distinct().fetchall()},
        set(frame["unit"].unique()),
        set(lazy["unit"].unique().to_list()),
    ]
    check(units[0] == units[1] == units[2], f"{table}: units differ: {[len(u) for u in units]}")
    sums = sums_duckdb(duck), sums_pandas(frame), sums_polars(lazy)
    for name, other in (("pandas", sums[1]), ("polars", sums[2])):
        for key in sums[0].keys() | other.keys():
            check(sums[0].get(key) == other.get(key), f"{table} {key}: DuckDB {sums[0].get(key)}, {name} {other.get(key)}")
    return len(lazy), units[0]


def check_files(archive, inputs):
    """Order, compression and origin of every file."""
    for path in sorted(pathlib.Path(archive, "draft").glob("**/*.parquet")):
        file = pyarrow.parquet.ParquetFile(path)
        pairs = {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}
        for key in METADATA:
            check(f"tkgd.{key}" in pairs, f"{path.name}: tkgd.{key} is missing")
        for group in range(file.metadata.num_row_groups):
            meta = file.metadata.row_group(group)
            used = {meta.column(column).compression for column in range(meta.num_columns)}
            check(used == {"ZSTD"}, f"{path.name}: group {group} is compressed with {used}")
        names = [name for name in pairs.get("tkgd.sorted_by", "").split(",") if name]
        if path.stem in VALUES:
            check(names == ["form", "sheet", "code", "column_no", "unit"], f"{path.name}: declared order is {names}")
            declared = [file.schema.column(order.column_index).name for order in file.metadata.row_group(0).sorting_columns] if file.metadata.num_row_groups else names
            check(declared == names, f"{path.name}: the row groups declare {declared}, the metadata {names}")
        rows = list(zip(*(file.read(names)[name].to_pylist() for name in names)))
        # Bytes, as engines compare texts; numbers as they are.
        keys = [tuple(v.encode() if isinstance(v, str) else v for v in row) for row in rows]
        check(all(a <= b for a, b in zip(keys, keys[1:])), f"{path.name}: it is not sorted by {names}")
        if path.stem in VALUES:
            check(all(a < b for a, b in zip(keys, keys[1:])), f"{path.name}: a key stands twice")
        if inputs and path.stem == "inputs":
            listed = set(zip(*(file.read([name])[name].to_pylist() for name in ("sha256", "file"))))
            check(len(listed) > 0, f"{path.name}: it names no inputs")
            for digest, name in listed:
                known = pathlib.Path(inputs, name)
                found = hashlib.sha256(known.read_bytes()).hexdigest() if known.is_file() else "no file"
                check(found == digest, f"{path.name}: the checksum of {name} is {found}, not {digest}")


def check_joins(archive, table):
    keys = {
        "rows": ("form", "sheet", "code"),
        "columns": ("form", "sheet", '"column_no"'),
        "units": ("unit",),
        "forms": ("form",),
        "submissions": ("form", "unit"),
    }
    values = f"read_parquet('{glob(archive, table)}', hive_partitioning=1)"
    total = duckdb.sql(f"select count(*) from {values}").fetchall()[0][0]
    for other, names in keys.items():
        joined = f"read_parquet('{glob(archive, other)}', hive_partitioning=1)"
        using = ", ".join((*names, "school_year", "term"))
        count = duckdb.sql(f"select count(*) from {values} join {joined} using ({using})").fetchall()[0][0]
        check(count == total, f"{table}: {total} cells, {count} after joining {other} on {using}")


def subtrees(archive):
    """Every unit with all units below it, itself included."""
    parent = {row[0]: row[1] for row in read_duckdb(archive, "units").select("unit, reports_to").fetchall()}
    below = defaultdict(set)
    for unit in parent:
        above = unit
        while above:
            below[above].add(unit)
            above = parent[above]
    return below


def written(name):
    """A name as it stands in the name of a file."""
    return re.sub(r'[<>:"/\\|?*_]', "-", name)


def named(archive, below):
    """Units below every unit and of every group, under the names that these have in names of files."""
    units = read_duckdb(archive, "units").df()
    found = defaultdict(set)
    for key in ("commune", "former_district", "cluster", "area", "ownership"):
        for unit, value in zip(units["unit"], units[key]) if key in units.columns else ():
            if isinstance(value, str) and value:
                found[written(value)].add(unit)
    names = list(map(written, units["name"]))
    for unit, name in zip(units["unit"], names):
        # Units go before groups, and one that shares its name bears its code.
        found[name if names.count(name) == 1 else f"{name} ({unit})"] = below[unit]
    return found



def totals(units):
    """Sum and statuses by form, sheet name, code and column number over some units."""
    query = """
        select form, sheet_name, code, "column_no", cast(sum(value) as varchar), count(value), list(distinct status)
        from (select form, sheet, code, "column_no", unit, cast(value as decimal(38, 6)) as value, status from cells
              union all
              select form, sheet, code, "column_no", unit, cast(value as decimal(38, 6)), status from amounts) as v
        join rows using (form, sheet, code)
        where unit in (select unnest(?))
        group by all
    """
    found = {}
    for form, sheet, code, column, total, numbers, statuses in duckdb.execute(query, [sorted(units)]).fetchall():
        found[(form, sheet, code, column)] = (decimal(total) if numbers else None, set(statuses))
    return found


def table_of(sheet):
    """Rows by code and columns by number, found by the printed heading alone."""
    heading, code_column = None, None
    for row in sheet.iter_rows(max_row=12):
        for cell in row:
            if isinstance(cell.value, str) and cell.value.strip().lower() == "mã số":
                code_column = cell.column
        numbers = [cell for cell in row if code_column and cell.column > code_column and isinstance(cell.value, (int, float))]
        if numbers and [cell.value for cell in numbers] == list(range(1, len(numbers) + 1)):
            heading = numbers
            break
    if heading is None:
        return {}, {}
    columns = {int(cell.value): cell.column for cell in heading}
    rows = {}
    for number in range(heading[0].row + 1, sheet.max_row + 1):
        code = sheet.cell(number, code_column).value
        if code is None or not ROW_CODE.fullmatch(str(code).strip()):
            continue
        rows[str(code).strip()] = number
    return rows, columns


def parts_of(formula, sheet):
    """The sum a live formula stands for, out of the cached numbers of its parts."""
    return sum((decimal(sheet[name].value) for name in formula.lstrip("=").split("+")), Decimal(0))


def check_report(path, form, expected):
    """Every cell of one official workbook against the sums of the archive; how many were checked."""
    live, cached = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    checked = 0
    for name in {sheet for (f, sheet, _, _) in expected if f == form}:
        rows, columns = table_of(cached[name])
        wanted = {key[2:]: value for key, value in expected.items() if key[:2] == (form, name)}
        printed = {(code, column) for code in rows for column in columns}
        check(printed == set(wanted), f"{path.name} {name}: cells {sorted(printed ^ set(wanted))[:4]} are not in both")
        for (code, column), (total, statuses) in wanted.items():
            if (code, column) not in printed:
                continue
            cell, formula = cached[name].cell(rows[code], columns[column]), live[name].cell(rows[code], columns[column])
            place = f"{path.name} {name}!{cell.coordinate} ({code}/{column})"
            checked += 1
            if formula.data_type == "f":
                check(decimal(cell.value) == parts_of(formula.value, cached[name]), f"{place}: {cell.value} is not {formula.value}")
                # A formula may know better than a sum that lacks units whose cell was broken.
                known = total is not None and not statuses & BROKEN
                check(not known or decimal(cell.value) == total, f"{place}: {cell.value}, the archive adds up to {total}")
            elif total is not None:
                check(isinstance(cell.value, (int, float)) and decimal(cell.value) == total, f"{place}: {cell.value!r}, the archive adds up to {total}")
            elif statuses & BROKEN:
                check(cell.value == "?", f"{place}: {cell.value!r}, the archive knows only {statuses}")
            elif statuses == {"not_applicable"}:
                check(cell.value == "#", f"{place}: {cell.value!r}, the archive has it as not applicable")
            else:
                check(cell.value is None, f"{place}: {cell.value!r}, the archive has nothing")
    return checked


def check_reports(archive, folder):
    for table in (*VALUES, "rows"):
        duckdb.sql(f"create or replace view {table} as from read_parquet('{glob(archive, table)}', hive_partitioning=1)")
    forms = {form.split("/")[-1]: form for (form,) in read_duckdb(archive, "forms").select("form").fetchall()}
    filed = {tuple(row) for row in read_duckdb(archive, "submissions").select("form, unit").fetchall()}
    below = named(archive, subtrees(archive))
    cells = reports = 0
    for path in sorted(pathlib.Path(folder).glob("*.xlsx")):
        # Name, form, state of the figures.
        unit, short = path.stem.rsplit("_", 2)[:2]
        check(unit in below and short in forms, f"{path.name}: no unit, group or form of the archive")
        if unit not in below or short not in forms:
            continue
        form = forms[short]
        if not any((form, below_it) in filed for below_it in below[unit]):
            continue
        cells += check_report(path, form, totals(below[unit]))
        reports += 1
    check(reports > 0, f"{folder}: no report was checked")
    return reports, cells


def main():
    parser = argparse.ArgumentParser(description="Reads an archive with three libraries and adds it up again.")
    parser.add_argument("archive")
    parser.add_argument("--reports", required=True)
    parser.add_argument("--inputs")
    arguments = parser.parse_args()
    rows, units = 0, set()
    for table in VALUES:
        count, seen = check_readers(arguments.archive, table)
        check_joins(arguments.archive, table)
        rows, units = rows + count, units | seen
    check(rows > 0, "the archive is empty")
    known = {row[0] for row in read_duckdb(arguments.archive, "units").select("unit").fetchall()}
    check(units <= known, f"units that the register does not have: {sorted(units - known)[:5]}")
    check(any(unit.startswith("0") for unit in units), f"no unit code starts with 0: {sorted(units)[:5]}")
    check_files(arguments.archive, arguments.inputs)
    reports, cells = check_reports(arguments.archive, arguments.reports)
    for line in differences[:SHOWN]:
        print(line)
    if len(differences) > SHOWN:
        print(f"and {len(differences) - SHOWN} more")
    print(f"{rows} cells of {len(units)} units read; {cells} cells of {reports} reports compared; {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
