"""Runs the recipes of docs/recipes.md as they stand, in a folder that holds `archive`, and holds them against each other.

recipes.py RECIPES TOTALS: TOTALS is a JSON file with what `tkgd query` answers.
"""

import importlib.util
import json
import os
import pathlib
import re
import shutil
import sys
from decimal import Decimal

import duckdb
import pandas
import pyarrow.parquet


def blocks(text):
    return {name: (language, code) for language, name, code in re.findall(r"```(\w+) test=([\w-]+)\n(.*?)```", text, flags=re.S)}


def plain(rows):
    found = {}
    for year, term, form, total in rows:
        key = (int(year), str(term), str(form))
        if key in found:
            raise SystemExit(f"{key} stands twice")
        found[key] = 0 if total is None or total != total else int(total)
    return found


def python(code):
    names = {}
    exec(code, names)
    return names


def rows_of(name, language, code):
    if language == "sql":
        return duckdb.sql(code).fetchall()
    totals = python(code)["totals"]
    if name == "pandas":
        # Exact integers, not floats.
        assert str(totals["value"].dtype) == "Int64", totals["value"].dtype
        return totals.itertuples(index=False)
    if name == "polars":
        return totals.iter_rows()
    if name == "pyarrow":
        return zip(*(totals[column].to_pylist() for column in ("school_year", "term", "form", "value_sum")))
    return [tuple(row) for row in totals.collect()]


def main():
    recipes = blocks(pathlib.Path(sys.argv[1]).read_text())
    ours = json.loads(pathlib.Path(sys.argv[2]).read_text())["rows"]
    expected = plain((row["school_year"], row["term"], row["form"], row["total"]) for row in ours)
    wrong, run = [], []
    if len(expected) < 4 or sum(expected.values()) == 0:
        wrong.append(f"there are too few totals: {expected}")
    for name, (language, code) in recipes.items():
        is_there = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None
        if name == "spark" and not is_there and "TKGD_REQUIRE_ORACLES" not in os.environ:
            print("skipped: pyspark or Java is not there")
            continue
        if name == "pandas-amounts":
            money = python(code)["money"]
            exact = duckdb.sql("select cast(sum(value) as varchar) from read_parquet('archive/current/amounts/**/*.parquet')").fetchall()[0][0]
            if Decimal(str(money)) != Decimal(exact) or Decimal(exact) == 0:
                wrong.append(f"{name}: {money}, DuckDB {exact}")
        else:
            found = plain(rows_of(name, language, code))
            if found != expected:
                wrong.append(f"{name}: {found}, not {expected}")
        run.append(name)
    if not {"duckdb", "pandas", "polars", "pyarrow"} <= set(run):
        wrong.append(f"only {run} were run")
    for line in wrong:
        print(line)
    print(f"{', '.join(run)}: {len(expected)} totals, {len(wrong)} differences")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
