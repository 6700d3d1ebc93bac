"""Carries out a printed plan over Parquet of records and compares every cell of every school and of the units above.

    tabulated.py duckdb|spark|sail FORM=PREFIX ...

The plan stands in duckdb.sql or spark.sql, which Sail takes as well; PREFIX begins the names of the form's tables. Exit 1 at the first
cell that differs.
"""

import os
import pathlib
import shutil
import sys

import duckdb

LEVELS = {"commune", "district", "province", "nation"}


def statements(name):
    text = pathlib.Path(f"{name}.sql").read_text(encoding="utf-8")
    return [own for own in text.split(";\n") if own.strip()]


def by_duckdb():
    connection = duckdb.connect()
    for statement in statements("duckdb"):
        connection.execute(statement)

    def answer(table):
        result = connection.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in result.description]
        return [dict(zip(names, line)) for line in result.fetchall()]

    return answer


def by_session(session):
    for statement in statements("spark"):
        session.sql(statement)
    return lambda table: [row.asDict() for row in session.sql(f"SELECT * FROM {table}").collect()]


def by_spark():
    from pyspark.sql import SparkSession

    return by_session(SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.log.level", "ERROR")
                      .config("spark.sql.shuffle.partitions", "2").config("spark.sql.codegen.wholeStage", "false")
                      .config("spark.sql.codegen.factoryMode", "NO_CODEGEN").getOrCreate())


def by_sail():
    from pysail.spark import SparkConnectServer
    from pyspark.sql import SparkSession

    server = SparkConnectServer()
    server.start(background=True)
    port = server.listening_address[1]
    return by_session(SparkSession.builder.remote(f"sc://localhost:{port}").getOrCreate())


def answers(answer, wanted):
    found = {}
    for (form, entity), table in wanted.items():
        for line in answer(table):
            school = line.pop("school")
            found.update({(f"{form}/{entity}/{cell}", school): count for cell, count in line.items()})
        for line in answer(f"{table}_total"):
            level, unit = line.pop("level"), line.pop("unit") or ""
            assert level in LEVELS, level
            found.update({(f"{form}/{entity}/{cell}", f"{level}:{unit}"): count for cell, count in line.items()})
    return found


def main():
    engine, forms = sys.argv[1], dict(form.split("=") for form in sys.argv[2:])
    if engine == "spark" and not shutil.which("java"):
        return
    expected = {}
    for line in pathlib.Path("expected").read_text(encoding="utf-8").splitlines():
        cell, place, count = line.split(",")
        if cell.split("/")[0] in forms:
            expected[cell, place] = int(count)
    kinds = {tuple(cell.split("/")[:2]) for cell, _ in expected}
    wanted = {(form, entity): f"{forms[form]}_{entity}" for form, entity in sorted(kinds)}
    found = answers({"duckdb": by_duckdb, "spark": by_spark, "sail": by_sail}[engine](), wanted)
    for (cell, place), count in expected.items():
        # A school or unit without a record of the kind has no line.
        own = found.pop((cell, place), 0)
        assert own == count, f"{cell} of {place}: {count}, by {engine} {own}"
    assert not found, f"cells that nobody expected, by {engine}: {list(found)[:5]}"
    filled = sum(count > 0 for count in expected.values())
    assert len(expected) > 5_000 and filled > 500, (engine, len(expected), filled)
    print(f"{engine}: {len(expected)} cells of schools and units, {filled} with records", flush=True)
    # Engines leave threads behind that nobody waits for.
    os._exit(0)


main()
