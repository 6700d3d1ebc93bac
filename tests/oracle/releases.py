"""Releases as other programs see them.

usage: releases.py ARCHIVE

- the frictionless package takes every description for a data package of the standard;
- every file has the hash and the size that the description says, by hashlib;
- DuckDB finds the fields in every table that the description names, in its order and of its types;
- DuckDB, pandas and polars over a naive glob of `current` give the sums of the latest release of every term,
  found here by folder names alone; nothing is counted twice, with all of history beside it.
"""

import collections
import hashlib
import json
import pathlib
import re
import sys

import duckdb
import pandas
import polars
from frictionless import Package

archive = pathlib.Path(sys.argv[1])
problems = []
TYPES = {"integer": {"BIGINT", "SMALLINT", "INTEGER"}, "number": {"DECIMAL"}, "string": {"VARCHAR"}, "date": {"DATE"}, "boolean": {"BOOLEAN"}, "any": {"VARCHAR[]"}}


def check(holds, text):
    if not holds:
        problems.append(text)


def check_description(path):
    text = path.read_text(encoding="utf-8")
    package = Package.from_descriptor(str(path))
    for problem in Package.metadata_validate(package.to_descriptor()):
        problems.append(f"{path}: {problem}")
    described = json.loads(text)
    check(described["$schema"].endswith("/2.0/datapackage.json"), f"{path}: {described['$schema']}")
    tables = 0
    for resource in described["resources"]:
        file = path.parent / resource["path"]
        content = file.read_bytes()
        check(resource.get("hash", resource.get("tkgd:hash")) == "sha256:" + hashlib.sha256(content).hexdigest(), f"{file}: hash")
        check(resource.get("bytes", resource.get("tkgd:bytes")) == len(content), f"{file}: bytes")
        if "schema" not in resource:
            continue
        tables += 1
        fields = [(field["name"], field["type"]) for field in resource["schema"]["fields"]]
        found = duckdb.sql(f"describe from read_parquet('{file}')").fetchall()
        check([name for name, _ in fields] == [row[0] for row in found], f"{file}: {fields} {found}")
        for (name, kind), row in zip(fields, found):
            check(row[1].split("(")[0] in TYPES[kind], f"{file}: {name} is {row[1]}, described as {kind}")
        for field in resource["schema"]["fields"]:
            check(field.get("description"), f"{file}: {field['name']} is not described")
            if field.get("constraints", {}).get("required"):
                nulls = duckdb.sql(f"""select count(*) from read_parquet('{file}') where "{field['name']}" is null""").fetchall()[0][0]
                check(nulls == 0, f"{file}: {nulls} nulls in {field['name']}")
    check(tables > 10, f"{path}: {tables} tables")
    return described["tkgd"]


def latest(releases):
    newest = {}
    for folder, facts in releases.items():
        if facts["term"] not in newest or facts["number"] > newest[facts["term"]][1]["number"]:
            newest[facts["term"]] = (folder, facts)
    return newest


releases = {path.parent: check_description(path) for path in sorted(archive.glob("releases/*/*/datapackage.json"))}
check(len(releases) >= 4, f"{len(releases)} releases")
expected = collections.Counter()
rows = 0
for term, (folder, facts) in latest(releases).items():
    match = re.fullmatch(r"(\d{4})-\d{4}-(opening|closing)", term)
    if not match:
        continue  # a later state of results: not in `current`
    for form, total, count in duckdb.sql(f"select form, sum(value), count(*) from read_parquet('{folder}/data/cells.parquet') group by form").fetchall():
        expected[(int(match[1]), match[2], form)] = int(total)
        rows += count
check(len(expected) > 8, f"{expected}")

glob = f"{archive}/current/cells/**/*.parquet"
by_duckdb = {
    (year, term, form): int(total)
    for year, term, form, total in duckdb.sql(
        f"select school_year, term, form, sum(value) from read_parquet('{glob}', hive_partitioning = true) group by all"
    ).fetchall()
}
frame = pandas.read_parquet(archive / "current" / "cells")
by_pandas = {(int(year), str(term), str(form)): int(total) for (year, term, form), total in frame.groupby(["school_year", "term", "form"], observed=True)["value"].sum().items()}
lazy = polars.read_parquet(f"{archive}/current/cells/", hive_partitioning=True)
by_polars = {
    (row["school_year"], row["term"], row["form"]): int(row["value"])
    for row in lazy.group_by("school_year", "term", "form").agg(polars.col("value").sum()).iter_rows(named=True)
}
for name, found in (("DuckDB", by_duckdb), ("pandas", by_pandas), ("polars", by_polars)):
    check(found == dict(expected), f"{name}: {found} is not {dict(expected)}")
check(len(frame) == len(lazy) == rows, f"rows: {len(frame)}, {len(lazy)}, {rows}")

for problem in problems[:20]:
    print(problem)
print(f"{len(releases)} releases, {len(expected)} forms of terms, {rows} cells; {len(problems)} problems")
sys.exit(1 if problems else 0)
