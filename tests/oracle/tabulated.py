"""Carries out the plan of a tabulation over tables of records and compares every cell of every school.

    tabulated.py FORM=PREFIX ... [--spark FORM]

PREFIX begins the names of the form's statements. DuckDB carries out all of them, Spark (where Java is there) those of the form named.
Exit 1 at the first cell that differs.
"""

import argparse
import csv
import pathlib
import shutil

import duckdb

TABLES = ("school", "site", "class", "pupil", "staff")


def columns(table):
    with open(f"{table}.csv", newline="", encoding="utf-8") as lines:
        return [heading.split(" ") for heading in next(csv.reader(lines))]


def by_duckdb():
    connection = duckdb.connect()
    for table in TABLES:
        own = columns(table)
        with open(f"{table}.csv", newline="", encoding="utf-8") as lines:
            rows = [[value or None for value in line] for line in csv.reader(lines)][1:]
        connection.execute(f"CREATE TABLE {table} ({', '.join(f'{column} {kind}' for column, kind in own)})")
        connection.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' for _ in own)})", rows)

    def answer(sql):
        result = connection.execute(sql)
        names = [column[0] for column in result.description]
        return [dict(zip(names, line)) for line in result.fetchall()]

    return answer


def by_spark():
    from pyspark.sql import SparkSession

    session = (SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.log.level", "ERROR")
               .config("spark.sql.shuffle.partitions", "2").config("spark.sql.codegen.wholeStage", "false")
               .config("spark.sql.codegen.factoryMode", "NO_CODEGEN").getOrCreate())
    for table in TABLES:
        schema = ", ".join(f"{column} {kind}" for column, kind in columns(table)).replace("VARCHAR", "STRING")
        session.read.csv(f"{table}.csv", header=True, schema=schema).createOrReplaceTempView(table)
    return lambda sql: [row.asDict() for row in session.sql(sql).collect()]


def answers(answer, forms):
    found = {}
    for form, prefix in forms.items():
        for statement in sorted(pathlib.Path().glob(f"{prefix}_*.sql")):
            entity = statement.stem[len(prefix) + 1 :]
            for line in answer(statement.read_text(encoding="utf-8")):
                school = line.pop("school")
                found.update({(f"{form}/{entity}/{cell}", school): count for cell, count in line.items()})
    return found


def compare(engine, found, forms):
    cells = filled = 0
    for line in pathlib.Path("expected").read_text(encoding="utf-8").splitlines():
        cell, school, count = line.split(",")
        if cell.split("/")[0] not in forms:
            continue
        # A school without a record of the kind has no line.
        own = found.pop((cell, school), 0)
        assert own == int(count), f"{cell} of {school}: {count}, by {engine} {own}"
        cells += 1
        filled += own > 0
    assert not found, f"cells that nobody expected, by {engine}: {list(found)[:5]}"
    assert cells > 5_000 and filled > 500, (engine, cells, filled)
    print(f"{engine}: {cells} cells, {filled} with records")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("forms", nargs="+")
    parser.add_argument("--spark")
    arguments = parser.parse_args()
    forms = dict(form.split("=") for form in arguments.forms)
    compare("DuckDB", answers(by_duckdb(), forms), forms)
    if arguments.spark and shutil.which("java"):
        own = {arguments.spark: forms[arguments.spark]}
        compare("Spark", answers(by_spark(), own), own)


main()
