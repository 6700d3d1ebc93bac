"""Questions to the archive's files as DuckDB answers them.

same_sql.py ARCHIVE ANSWERS: ANSWERS is a JSON list of {"sql": …, "rows": [[text, …], …]} as the program answered.
"""

import json
import pathlib
import sys

import duckdb

TABLES = ("cells", "amounts", "units", "forms", "rows", "submissions")


def text(value):
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def main():
    archive, answers = sys.argv[1:]
    con = duckdb.connect()
    for table in TABLES:
        glob = f"{archive}/draft/{table}/**/*.parquet"
        con.execute(f"create view {table} as from read_parquet('{glob}', hive_partitioning = true, union_by_name = true)")
    wrong = 0
    asked = json.loads(pathlib.Path(answers).read_text())
    for one in asked:
        theirs = sorted([text(value) for value in row] for row in con.execute(one["sql"]).fetchall())
        ours = sorted(one["rows"])
        if ours != theirs or not ours:
            wrong += 1
            only = [[row for row in a if row not in b][:3] for a, b in ((ours, theirs), (theirs, ours))]
            print(f"{one['sql']}\n  ours {len(ours)} rows, DuckDB {len(theirs)}; only ours {only[0]}; only DuckDB's {only[1]}")
    print(f"{len(asked)} questions, {wrong} differences")
    return 1 if wrong or len(asked) < 10 else 0


if __name__ == "__main__":
    sys.exit(main())
