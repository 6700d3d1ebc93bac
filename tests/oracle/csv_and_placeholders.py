"""Every CSV below a folder as pandas reads it, and no output with a placeholder: csv_and_placeholders.py FOLDER.

Numbers of CSV are digits with a decimal point: a column whose every text looks like a number under some convention must be
one under this one, and none groups thousands. No text of an output holds `{name}`.
"""

import pathlib
import re
import sys
import zipfile

import pandas
import pyarrow.parquet

folder = pathlib.Path(sys.argv[1])
LOOKS = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?\*?|-?\d+,\d+\*?|-?\d+(\.\d+)?\*")
PLACEHOLDER = re.compile(r"\{[a-z][a-z_-]*\}")
MARKS = ["-", "#", "?"]
# Codes, addresses and texts that may look like grouped numbers.
TEXTS = re.compile(r"mã|code|unit|cell|ô|file|sha|run|phiên bản|version|found|expected|message|detail|place|part", re.I)
wrong, tables, numbers, looked = [], 0, 0, 0
for path in sorted(folder.rglob("*.csv")):
    if "bieu" in path.parts or path.name.startswith(("danh-sach-don-vi", "units")):
        continue
    raw = path.read_bytes()
    if not raw.startswith(b"\xef\xbb\xbf"):
        wrong.append(f"{path}: no mark of UTF-8")
    plain = pandas.read_csv(path, dtype=str, keep_default_na=False)
    typed = pandas.read_csv(path, na_values=MARKS, low_memory=False)
    tables += 1
    for name in plain.columns:
        values = [value for value in plain[name] if value and value not in MARKS]
        if TEXTS.search(name) or not values:
            continue
        grouped = [value for value in values if LOOKS.fullmatch(value)]
        if grouped:
            wrong.append(f"{path} {name}: {grouped[0]}")
        if all(re.fullmatch(r"-?\d+(\.\d+)?", value) for value in values):
            numbers += 1
            if not pandas.api.types.is_numeric_dtype(typed[name]):
                wrong.append(f"{path} {name}: pandas takes it for {typed[name].dtype}")
for path in sorted(folder.rglob("*")):
    if not path.is_file() or "schemas" in path.parts or "bieu" in path.parts:
        continue
    texts = []
    if path.suffix in (".xlsx",):
        with zipfile.ZipFile(path) as book:
            texts = [book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml")]
    elif path.suffix == ".parquet":
        table = pyarrow.parquet.ParquetFile(path).read()
        if path.name == "phat-hien.parquet":
            # Findings as data: phrases stand in it by their ids.
            table = table.drop_columns(["finding"])
        texts = [text for name in table.column_names if pyarrow.types.is_string(table.schema.field(name).type) for text in set(table[name].to_pylist()) if text]
    elif path.suffix in (".html", ".csv", ".json", ".jsonl"):
        texts = [path.read_text(encoding="utf-8", errors="replace")]
        if path.suffix == ".html":
            # Styles and scripts have braces of their own.
            texts = [re.sub(r"(?s)<(style|script)\b.*?</\1>", "", text) for text in texts]
    looked += bool(texts)
    for text in texts:
        found = PLACEHOLDER.search(text)
        if found:
            wrong.append(f"{path}: {text[max(0, found.start() - 60):found.end() + 60]!r}")
for line in wrong[:30]:
    print(line)
print(f"{tables} tables with {numbers} columns of numbers, {looked} outputs; {len(wrong)} problems")
sys.exit(1 if wrong or tables < 4 or numbers < 10 or looked < 20 else 0)
