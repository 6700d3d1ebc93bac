#!/usr/bin/env python3
"""Reads every table of an archive by a plain glob, the way anybody would, with five programs.

    naive_globs.py ARCHIVE [--terms 6] [--frictionless]

DuckDB, pandas, pyarrow, polars and Spark (where Java is there) read `current/<table>` with their defaults: no union by
name, no schema merged, no missing columns inserted. All see the same columns of the same kinds, the same rows, the same
sums of every number, the same texts, days and lists; no key holds a null, none stands twice, no column has a name that SQL
keeps for itself. With --frictionless the package of the first and the last release is validated, its tables and foreign keys with it.
Exit 1 with a line per difference.
"""

import argparse
import datetime
import decimal
import json
import math
import pathlib
import shutil
import sys

import duckdb
import pandas
import polars
import pyarrow.dataset
import pyarrow.parquet

SHOWN = 40
# Words that SQL:2016 reserves and people trip over, beside those that DuckDB and Spark tell of themselves.
RESERVED = {"all", "and", "as", "between", "by", "case", "check", "column", "date", "end", "from", "group", "in", "interval", "join", "left", "like", "not",
            "null", "on", "or", "order", "range", "row", "rows", "select", "set", "start", "system", "table", "then", "time", "to", "union", "unique",
            "user", "using", "when", "where", "with"}
TEXT, WHOLE, DECIMAL, DAY, FLAG, LIST = "text", "whole number", "decimal", "day", "yes or no", "list"
differences = []


def check(condition, message):
    if not condition:
        differences.append(message)


def plain(value):
    """A value as every program has it."""
    if value is None or value is pandas.NA or value is pandas.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    if isinstance(value, (list, tuple)) or type(value).__name__ in ("ndarray", "Series"):
        return tuple(plain(part) for part in value)
    if type(value).__module__ == "numpy":
        value = value.item()
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, decimal.Decimal):
        return value.normalize() + 0
    return value


def summary(columns, rows):
    """What is compared of a table: rows, and of every column how many values, and their sum or their hash."""
    found = {}
    for name, values in zip(columns, zip(*rows) if rows else ((),) * len(columns)):
        values = [plain(value) for value in values]
        there = [value for value in values if value is not None]
        numbers = all(isinstance(value, (int, decimal.Decimal)) and not isinstance(value, bool) for value in there)
        total = sum((decimal.Decimal(value) for value in there), decimal.Decimal(0)).normalize() + 0 if numbers else sum(hash(value) for value in there)
        found[name] = (len(values), len(there), total)
    return found


def by_duckdb(folder):
    frame = duckdb.sql(f"from read_parquet('{folder}/**/*.parquet', hive_partitioning = true)")
    kinds = {"VARCHAR": TEXT, "DATE": DAY, "BOOLEAN": FLAG, "VARCHAR[]": LIST, "INTEGER": WHOLE, "BIGINT": WHOLE}
    kind = {name: DECIMAL if str(own).startswith("DECIMAL") else kinds.get(str(own), str(own)) for name, own in zip(frame.columns, frame.types)}
    return kind, frame.columns, frame.fetchall()


def arrow_kind(own):
    if pyarrow.types.is_dictionary(own):
        own = own.value_type
    if pyarrow.types.is_decimal(own):
        return DECIMAL
    if pyarrow.types.is_list(own):
        return LIST if pyarrow.types.is_string(own.value_type) else str(own)
    known = {"string": TEXT, "large_string": TEXT, "date32[day]": DAY, "bool": FLAG, "int32": WHOLE, "int64": WHOLE}
    return known.get(str(own), str(own))


def by_pyarrow(folder):
    table = pyarrow.parquet.read_table(folder)
    same = pyarrow.dataset.dataset(folder, partitioning="hive").to_table()
    check(set(same.column_names) == set(table.column_names), f"{folder}: pyarrow's dataset sees {same.column_names}, read_table {table.column_names}")
    check(same.num_rows == table.num_rows, f"{folder}: pyarrow's dataset has {same.num_rows} rows, read_table {table.num_rows}")
    kind = {field.name: arrow_kind(field.type) for field in table.schema}
    return kind, table.column_names, list(zip(*(table[name].to_pylist() for name in table.column_names)))


def by_pandas(folder):
    # Whole numbers with blanks are exact in pandas only where it is told so.
    frame = pandas.read_parquet(folder, dtype_backend="pyarrow")
    loose = pandas.read_parquet(folder)
    check(list(loose.columns) == list(frame.columns) and len(loose) == len(frame), f"{folder}: pandas reads it in two ways")
    kind = {name: arrow_kind(own.pyarrow_dtype) if hasattr(own, "pyarrow_dtype") else str(own) for name, own in frame.dtypes.items()}
    kind |= {name: TEXT for name, own in frame.dtypes.items() if kind[name] in ("str", "category") and name == "term"}
    kind |= {name: WHOLE for name, own in frame.dtypes.items() if kind[name] in ("category", "int32[pyarrow]") and name == "school_year"}
    return kind, list(frame.columns), list(zip(*(frame[name].tolist() for name in frame.columns)))


def by_polars(folder):
    frame = polars.read_parquet(f"{folder}/**/*.parquet", hive_partitioning=True)

    def kind_of(own):
        if own == polars.List(polars.String):
            return LIST
        if isinstance(own, polars.Decimal):
            return DECIMAL
        known = {polars.String: TEXT, polars.Date: DAY, polars.Boolean: FLAG, polars.Int32: WHOLE, polars.Int64: WHOLE}
        return next((kind for dtype, kind in known.items() if own == dtype), str(own))

    return {name: kind_of(own) for name, own in frame.schema.items()}, frame.columns, frame.rows()


def by_spark(spark, folder):
    frame = spark.read.parquet(str(folder))

    def kind_of(own):
        if own.startswith("decimal"):
            return DECIMAL
        return {"string": TEXT, "int": WHOLE, "bigint": WHOLE, "date": DAY, "boolean": FLAG, "array<string>": LIST}.get(own, own)

    return {name: kind_of(own) for name, own in frame.dtypes}, frame.columns, [tuple(row) for row in frame.collect()]


def session():
    """Spark, where Java is there."""
    if not shutil.which("java"):
        return None
    from pyspark.sql import SparkSession

    return (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.session.timeZone", "UTC")
            .config("spark.log.level", "ERROR").config("spark.driver.memory", "2g").getOrCreate())


def reserved(spark):
    words = set(RESERVED)
    words |= {row[0] for row in duckdb.sql("select keyword_name from duckdb_keywords() where keyword_category = 'reserved'").fetchall()}
    if spark:
        words |= {row[0].lower() for row in spark.sql("select keyword from sql_keywords() where reserved").collect()}
    return words


def described(archive):
    """Keys of every table, as the newest description of a release has them."""
    tables = {}
    for path in sorted(archive.glob("releases/*/*/datapackage.json")):
        for resource in json.loads(path.read_text(encoding="utf-8"))["resources"]:
            if "schema" in resource:
                tables[pathlib.Path(resource["path"]).stem] = resource["schema"]
    return tables


def check_table(archive, table, readers, words, terms):
    folder = archive / "current" / table
    seen = {}
    for name, read in readers.items():
        try:
            kinds, columns, rows = read(folder)
        except Exception as problem:  # noqa: BLE001: whatever the program says against a naive glob is what is looked for
            check(False, f"{table}: {name} cannot read it: {str(problem).splitlines()[0]}")
            continue
        seen[name] = (kinds, columns, summary(columns, rows), rows)
    first, (kinds, columns, sums, rows) = next(iter(seen.items()))
    for name, (other, _, found, _) in seen.items():
        check(set(other) == set(kinds), f"{table}: {first} has {sorted(kinds)}, {name} {sorted(other)}")
        for column in kinds.keys() & other.keys():
            check(other[column] == kinds[column], f"{table}.{column}: {first} takes it for {kinds[column]}, {name} for {other[column]}")
            check(found[column] == sums[column], f"{table}.{column}: {first} {sums[column]}, {name} {found[column]}")
    check(set(kinds.values()) <= {TEXT, WHOLE, DECIMAL, DAY, FLAG, LIST}, f"{table}: {kinds}")
    for column in columns:
        check(column.lower() not in words, f"{table}.{column} is a word that SQL keeps for itself")
    at = [columns.index(column) for column in ("school_year", "term")]
    check(len({tuple(row[i] for i in at) for row in rows}) in ((terms,) if rows else (0,)) or table not in ("cells", "units", "forms", "columns"), f"{table}: not {terms} terms")
    return columns, rows


def check_key(table, columns, rows, schema):
    key = schema.get("primaryKey")
    if not key:
        return
    at = [columns.index(column) for column in (*key, "school_year", "term")]
    keys = [tuple(row[i] for i in at) for row in rows]
    check(all(part is not None for own in keys for part in own), f"{table}: a key {key} holds a null")
    check(len(set(keys)) == len(keys), f"{table}: a key {key} stands twice")


def check_meanings(schemas):
    """A name has one kind of value in all tables, and a foreign key names columns that are there."""
    kinds = {}
    for table, schema in schemas.items():
        for field in schema["fields"]:
            kinds.setdefault(field["name"], {}).setdefault(field["type"], []).append(table)
        for foreign in schema.get("foreignKeys", []):
            other = schemas.get(foreign["reference"]["resource"].replace("-", "_"))
            check(other is not None, f"{table}: no table {foreign['reference']['resource']}")
            known = {field["name"] for field in (other or {"fields": []})["fields"]}
            check(set(foreign["reference"]["fields"]) <= known, f"{table}: {foreign}")
    for name, own in kinds.items():
        # Counts and amounts are both figures.
        check(len(own) == 1 or name == "value" and set(own) == {"integer", "number"}, f"{name} is {own}")


def check_packages(archive):
    """The package of the first release and of the last one, every table and foreign key of it."""
    from frictionless import Package, system

    counted, paths = 0, sorted(archive.glob("releases/*/*/datapackage.json"))
    for path in {paths[0], paths[-1]} if paths else ():
        with system.use_context(trusted=True):
            report = Package(str(path)).validate()
        counted += 1
        for task in report.tasks:
            for error in task.errors[:3]:
                check(False, f"{path.parent.name} {task.name}: {error.title}: {error.message}")
        for error in report.errors:
            check(False, f"{path.parent.name}: {error.message}")
    check(counted > 0, "no release was validated")
    return counted


def main():
    parser = argparse.ArgumentParser(description="Reads every table of an archive by a plain glob with five programs.")
    parser.add_argument("archive", type=pathlib.Path)
    parser.add_argument("--terms", type=int, default=6)
    parser.add_argument("--frictionless", action="store_true")
    arguments = parser.parse_args()
    spark = session()
    readers = {"DuckDB": by_duckdb, "pandas": by_pandas, "pyarrow": by_pyarrow, "polars": by_polars}
    if spark:
        readers["Spark"] = lambda folder: by_spark(spark, folder)
    schemas, words, total = described(arguments.archive), reserved(spark), 0
    check_meanings(schemas)
    tables = sorted(path.name for path in (arguments.archive / "current").iterdir())
    check(len(tables) > 12, f"{tables}")
    for table in tables:
        columns, rows = check_table(arguments.archive, table, readers, words, arguments.terms)
        check_key(table, columns, rows, schemas.get(table, {}))
        total += len(rows)
    packages = check_packages(arguments.archive) if arguments.frictionless else 0
    for line in differences[:SHOWN]:
        print(line)
    if len(differences) > SHOWN:
        print(f"and {len(differences) - SHOWN} more")
    print(f"{len(tables)} tables, {total} rows, read by {', '.join(readers)}; {packages} packages validated; {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
