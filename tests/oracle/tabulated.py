"""Carries out the plan of a tabulation over tables of records and compares every cell of every school.

Arguments: for each form, its id and the beginning of the names of its statements.
"""

import csv
import pathlib
import sys

import duckdb

TABLES = ("school", "site", "class", "pupil", "staff")


def tables(connection):
    for name in TABLES:
        with open(f"{name}.csv", newline="", encoding="utf-8") as lines:
            reader = csv.reader(lines)
            columns = [heading.split(" ") for heading in next(reader)]
            rows = [[value or None for value in line] for line in reader]
        connection.execute(f"CREATE TABLE {name} ({', '.join(f'{column} {kind}' for column, kind in columns)})")
        connection.executemany(f"INSERT INTO {name} VALUES ({', '.join('?' for _ in columns)})", rows)


def main():
    forms = dict(argument.split("=") for argument in sys.argv[1:])
    connection = duckdb.connect()
    tables(connection)
    answers = {}
    for form, prefix in forms.items():
        for statement in sorted(pathlib.Path().glob(f"{prefix}_*.sql")):
            entity = statement.stem[len(prefix) + 1 :]
            result = connection.execute(statement.read_text(encoding="utf-8"))
            names = [column[0] for column in result.description]
            for line in result.fetchall():
                values = dict(zip(names, line))
                school = values.pop("school")
                answers.update({(f"{form}/{entity}/{cell}", school): count for cell, count in values.items()})
    cells = filled = 0
    for line in pathlib.Path("expected").read_text(encoding="utf-8").splitlines():
        cell, school, count = line.split(",")
        # A school without a record of the kind has no line.
        found = answers.pop((cell, school), 0)
        assert found == int(count), f"{cell} of {school}: {count}, by DuckDB {found}"
        cells += 1
        filled += found > 0
    assert not answers, f"cells that nobody expected: {list(answers)[:5]}"
    assert cells > 20_000 and filled > 2_000, (cells, filled)


main()
