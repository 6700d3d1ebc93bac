#!/usr/bin/env python3
"""Writes an archive the way the version before did, out of one of today: other names, days and yes/no as texts, lists joined
by blanks, blanks in keys, dimensions as columns, no note of a format. For tests that archives of before are still read.

    as_before.py ARCHIVE NAMES      NAMES: lines of table, name of today, name of before
"""

import pathlib
import sys

import pyarrow
import pyarrow.parquet

WORDS = {"level": "all", "dimension": "all", "part": "all", "basis": "only", "place": "none"}
KEYED = {"indicators", "unit_indicators", "forms"}


def texts(table, name, column):
    values = column.to_pylist()
    if pyarrow.types.is_date32(column.type):
        return [value.isoformat() if value else None for value in values]
    if pyarrow.types.is_boolean(column.type):
        return ["yes" if value else "no" for value in values]
    if pyarrow.types.is_list(column.type):
        return [" ".join(value) or None for value in values]
    if table in KEYED and name in WORDS:
        return [None if value == WORDS[name] else value for value in values]
    return None


def main():
    archive, names = pathlib.Path(sys.argv[1]), {}
    for line in pathlib.Path(sys.argv[2]).read_text(encoding="utf-8").splitlines():
        table, today, before = line.split()
        names[(table, today)] = before
    for path in sorted(archive.glob("**/*.parquet")):
        table, file = path.stem, pyarrow.parquet.ParquetFile(path)
        if table == "column_parts":
            continue
        data = file.read()
        columns = {}
        for name in data.column_names:
            own = texts(table, name, data[name])
            column = data[name] if own is None else pyarrow.array(own, pyarrow.string())
            if table in ("cells", "amounts") and name == "column_no":
                column = column.cast(pyarrow.int16())
            columns[names.get((table, name), name)] = column
        if table == "columns":
            parts = pyarrow.parquet.ParquetFile(pathlib.Path(str(path).replace("columns", "column_parts"))).read().to_pylist()
            keys = list(zip(*(data[name].to_pylist() for name in ("form", "sheet", "column_no"))))
            for dimension in sorted({part["dimension"] for part in parts}):
                known = {(part["form"], part["sheet"], part["column_no"]): part["part"] for part in parts if part["dimension"] == dimension}
                columns[dimension] = pyarrow.array([known.get(key) for key in keys], pyarrow.string())
        if table == "forms":
            columns["term"] = pyarrow.array(["closing" if form.endswith("-CN") else "opening" for form in data["form"].to_pylist()], pyarrow.string())
        kept = {key.decode(): value.decode() for key, value in (file.metadata.metadata or {}).items()}
        pairs = {key: value for key, value in kept.items() if key not in ("tkgd.format", "tkgd.inputs_sha256", "pandas")}
        pairs["tkgd.inputs"] = "0 nothing"
        with pyarrow.parquet.ParquetWriter(path, pyarrow.schema([(n, c.type) for n, c in columns.items()]), compression="zstd", store_schema=False) as writer:
            writer.write_table(pyarrow.table(columns))
            writer.add_key_value_metadata(pairs)
    for path in sorted(archive.glob("**/column_parts.parquet")):
        path.unlink()


main()
