#!/usr/bin/env python3
"""Collects every figure of every output of some runs, and says where two of them differ in value or mark.

    every_figure.py WORKSPACE SCHEMAS ANSWERS

WORKSPACE holds what the runs wrote: `archive/draft`, `out/<term>`. ANSWERS holds what was asked afterwards: named queries
(`query/<term>/<name>.json`), ad-hoc reports (`report/<term>/<name>.xlsx`), explanations (`explain/<term>/*.json`).

A figure is (what, level, part, place, term). What it is is read from the layouts of the tables, the measures and the
indicators, never from the program. Two names are one where the definition is: `girls` are `pupils` of sex=female, a count
without a denominator is its measure, several levels are those that have the measure. A term a year ago is the same figure as
in that term's own outputs for a single unit; for groups and offices the units of today are meant, which is another figure.

Prints a line per difference, and how many figures of which output were compared. Exit 1 where two differ.
"""

import csv
import html
import json
import pathlib
import re
import sys
import tomllib
from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import openpyxl

WORKSPACE, SCHEMAS, ANSWERS = map(pathlib.Path, sys.argv[1:4])
BROKEN = {"unknown", "error_value", "uncalculated", "invalid", "absent", "suppressed"}
COMPLETE, INCOMPLETE, OPEN, NONE = "complete", "incomplete", "open", "none"
# A star says either: something is missing, or results are still to come.
MARKED = "marked"
# Official workbooks say once, above the table, that results are as at 31 May: no cell of theirs is marked for it.
OPEN_FIGURES = set()
# figure -> [(output, value, mark)]
figures = defaultdict(list)
unknown_columns = Counter()


def in_vietnamese(value):
    """A value of a schema file with the Vietnamese one of every pair of texts."""
    if isinstance(value, dict):
        return in_vietnamese(value["vi"]) if set(value) == {"vi", "en"} else {key: in_vietnamese(own) for key, own in value.items()}
    return [in_vietnamese(own) for own in value] if isinstance(value, list) else value


def read_toml(path):
    return in_vietnamese(tomllib.loads(path.read_text(encoding="utf-8")))


def toml(path):
    return read_toml(SCHEMAS / path)


# ---------------------------------------------------------------- definitions

MEASURES = {}
for name in ("measures.toml", "measures_closing.toml"):
    for measure in toml(f"tt24-2018/{name}")["measures"]:
        own = MEASURES.setdefault(measure["id"], {**measure, "cells": []})
        own["cells"] = own["cells"] + measure.get("cells", [])
        own["names"] = own.get("names", set()) | {measure["name_vi"]}
INDICATORS = {}
for path in sorted((SCHEMAS / "indicators").glob("*.toml")):
    for own in tomllib.loads(path.read_text(encoding="utf-8"))["indicators"]:
        INDICATORS[own["id"]] = own
REGISTER = toml("register.toml")
TEXTS = toml("figures.toml")
REPORT_TEXTS = toml("report.toml")
REGULATION = toml("tt25-2024/regulation.toml")
PICK = re.compile(r"^(-?)([\w.-]+?)(?::(\w+))?(?:\[(.*?)\])?(?:@(.*))?$")
LEVEL_OF = {"01-MN": "MN", "02-TH": "TH", "03-THCS": "THCS", "04-THPT": "THPT", "05-GDTX": "GDTX"}
TERM_OF = {"DN": "opening", "CN": "closing"}
BUILT_IN = {"coverage", "facilities", "returns_received", "returns_expected", "population"}


def level_of(form):
    return LEVEL_OF.get(form.rsplit("-", 1)[0], form.rsplit("-", 1)[0])


def resolve(name):
    """The measure a name stands for, and what is selected of it."""
    measure, select = MEASURES[name], dict(MEASURES[name].get("select", {}))
    if "of" in measure:
        base, more = resolve(measure["of"])
        return base, {**more, **select}
    return name, select


def levels_with(measure, term):
    base, _ = resolve(measure)
    return {level_of(part["form"]) for part in MEASURES[base]["cells"] if TERM_OF[part["form"].rsplit("-", 1)[1]] == term.split("-")[2]}


def shifted(back, term):
    """The term that `@opening-1` and the like mean."""
    first, _, rest = term.partition("-")
    kind = rest.split("-")[1]
    if not back:
        return term
    if back == "last_year":
        return f"{int(first) - 1}-{int(first)}-{kind}"
    named, _, years = back.partition("-")
    year = int(first) - int(years or 0)
    return f"{year}-{year + 1}-{named or kind}"


def figure(written, levels, part, place, term):
    """The canonical name of a figure, or None where it is none that other outputs have."""
    sign, name, level, select, back = PICK.match(written).groups()
    selected = dict(pair.split("=") for pair in (select or "").split(",") if pair)
    if part:
        selected[part.split("=")[0]] = part.split("=")[1]
    of_term = shifted(back, term)
    if level:
        levels = [level]
    if name in INDICATORS:
        own = INDICATORS[name]
        if own.get("levels"):
            levels = [one for one in levels if one in own["levels"]]
        # A count of one measure is that measure.
        if not own.get("denominator") and len(own.get("numerator", [])) == 1 and own["measured"] == "count" and not own.get("bases"):
            pick = PICK.match(own["numerator"][0]).groups()
            if pick[1] in MEASURES and not pick[0] and not pick[2] and not pick[4]:
                more = dict(pair.split("=") for pair in (pick[3] or "").split(",") if pair)
                return figure(pick[1] + "[" + ",".join(f"{k}={v}" for k, v in {**more, **selected}.items()) + "]", levels, "", place, of_term)
    elif name in MEASURES:
        base, more = resolve(name)
        name, selected = base, {**more, **selected}
        levels = [one for one in levels if one in levels_with(name, of_term)]
    elif name not in BUILT_IN:
        return None
    kind, code = place
    if of_term != term and not (kind == "unit" and (code == ROOT[term] or code in SINGLE[term])):
        # Last year's figure on the units of today.
        kind = f"{kind} of {term}"
    return (name, "+".join(sorted(levels)), ",".join(f"{k}={v}" for k, v in sorted(selected.items())), f"{kind}:{code}", of_term)


def note(key, output, value, mark):
    if key is None:
        return
    if value is not None:
        value = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    figures[key].append((output, value, mark))


# ---------------------------------------------------------------- the archive

def rows_of(relation):
    return [dict(zip(relation.columns, row)) for row in relation.fetchall()]


TERMS = {}
for folder in sorted(WORKSPACE.glob("archive/draft/units/school_year=*/term=*")):
    year = int(folder.parts[-2].split("=")[1])
    TERMS[f"{year}-{year + 1}-{folder.name.split('=')[1]}"] = (year, folder.name.split("=")[1])


def table(name, term):
    year, kind = TERMS[term]
    path = WORKSPACE / f"archive/draft/{name}/school_year={year}/term={kind}/{name}.parquet"
    return rows_of(duckdb.sql(f"from read_parquet('{path}', hive_partitioning = false)")) if path.exists() else []


def columns_of(term):
    """Form, sheet and number of every column, and what it selects."""
    parts = defaultdict(dict)
    for row in table("column_parts", term):
        parts[(row["form"], row["sheet"], row["column_no"])][row["dimension"]] = row["part"]
    keys = [(row["form"], row["sheet"], row["column_no"]) for row in table("columns", term)]
    return [(form.split("/")[1], sheet, number, parts[(form, sheet, number)]) for form, sheet, number in keys]


def code_of(place):
    """The code of a place in a key of the archive, which is never null."""
    return "" if place == "none" else text(place)


def text(value):
    return value if isinstance(value, str) else ""


GROUPINGS = [column["key"] for column in REGISTER["columns"] if column.get("grouping")] or ["commune", "former_district", "cluster", "area"]
UNITS, ROOT, SINGLE = {}, {}, {}
for term in TERMS:
    UNITS[term] = {row["unit"]: row for row in table("units", term)}
    ROOT[term] = next(code for code, row in UNITS[term].items() if not text(row["reports_to"]))
    offices = {text(row["reports_to"]) for row in UNITS[term].values()}
    SINGLE[term] = {code for code in UNITS[term] if code not in offices}


def places_of(unit, term):
    units = UNITS[term]
    if unit not in units:
        return [("unit", ROOT[term])]
    found, above = [], unit
    while above:
        found.append(("unit", above))
        above = text(units[above]["reports_to"])
    return found + [(key, text(units[unit].get(key))) for key in [*GROUPINGS, "ownership"] if key in units[unit]]


def from_cells(term):
    """Every measure at every place, added up anew from the cells."""
    forms = {row["form"]: row for row in table("forms", term)}
    cells = defaultdict(list)
    for row in table("cells", term):
        cells[(row["form"].split("/")[1], row["sheet"], row["code"], row["column_no"])].append((row["unit"], row["value"], row["status"]))
    dims = defaultdict(list)
    for form, sheet, number, own in columns_of(term):
        dims[(form, sheet)].append((number, own))
    # What is owed and has not come in.
    coverage = table("coverage", term)
    lower = defaultdict(lambda: [0, 0])
    for row in coverage:
        above = (row["form"], text(UNITS[term][row["unit"]]["reports_to"]))
        lower[above][0] += row["received"]
        lower[above][1] += row["expected"]
    owed = defaultdict(set)
    for row in coverage:
        less = lower[(row["form"], row["unit"])]
        if row["expected"] - less[1] > row["received"] - less[0]:
            owed[row["form"].split("/")[1]].add(row["unit"])
    short = {form.split("/")[1] for form in forms}
    for name, measure in MEASURES.items():
        base, select = resolve(name)
        for part in MEASURES[base]["cells"]:
            form = part["form"]
            if form not in short:
                continue
            splits = [{}] + [{"ownership": own["code"]} for own in REGISTER["ownership"]] + [{"sex": "female"}, {"ethnicity": "minority"}]
            for split in splits:
                wanted = {**select, **split}
                values, lacking, any_column = defaultdict(int), defaultdict(int), False
                seen = set()
                for address in part["rows"]:
                    sheet, code = address.split("/")
                    exact = dict(wanted)
                    if "ownership" not in exact and any("ownership" in own for _, own in dims[(form, sheet)]):
                        exact["ownership"] = "all"
                    number = next((number for number, own in dims[(form, sheet)] if own == exact), None)
                    if number is None:
                        continue
                    any_column = True
                    for unit, value, status in cells.get((form, sheet, code, number), []):
                        if status == "not_applicable":
                            continue
                        for place in places_of(unit, term):
                            values[place] += value or 0
                            if status in BROKEN and (unit, place) not in seen:
                                seen.add((unit, place))
                                lacking[place] += 1
                if not any_column:
                    continue
                for unit in owed[form]:
                    for place in places_of(unit, term):
                        lacking[place] += 1
                # Results that are still to come, and a figure that nobody can know before a later state of the results.
                pending = defaultdict(int)
                for address in part.get("pending", []):
                    sheet, code = address.split("/")
                    exact = {**wanted, **({"ownership": "all"} if "ownership" not in wanted and any("ownership" in own for _, own in dims[(form, sheet)]) else {})}
                    number = next((number for number, own in dims[(form, sheet)] if own == exact), None)
                    for unit, value, status in cells.get((form, sheet, code, number), []):
                        for place in places_of(unit, term):
                            pending[place] += (value or 0) + (status in BROKEN)
                is_open = "year-end" in part.get("open_in", [])
                for place, value in values.items():
                    parts = ",".join(f"{k}={v}" for k, v in split.items())
                    key = figure(name + (f"[{parts}]" if parts else ""), [level_of(form)], "", place, term)
                    mark = INCOMPLETE if lacking[place] else OPEN if is_open or pending[place] else COMPLETE
                    if mark == OPEN:
                        OPEN_FIGURES.add(key)
                    note(key, "cells", value, mark)


def from_indicators(term):
    for name in ("indicators", "unit_indicators"):
        for row in table(name, term):
            part = f"{row['dimension']}={row['part']}" if row["dimension"] != "all" else ""
            key = figure(row["indicator"], ["" if row["level"] == "all" else row["level"]], part, (row["place_kind"], code_of(row["place"])), term)
            note(key, f"archive/{name}", row["value"], row["status"])


def from_comparisons(term):
    for row in table("comparisons", term):
        book = BOOKS[row["book"]]
        sheet = next(sheet for sheet in book["sheets"] if sheet["name"] == row["book_sheet"])
        is_it = lambda own: row["figure"] in (own.get("id"), own.get("value")) and heading_of(own, term) == row["column_heading"]
        column = next((own for own in sheet["columns"] if is_it(own)), None)
        if column is None:
            unknown_columns[f"comparisons {row['book']} {row['book_sheet']} {row['figure']}"] += 1
            continue
        place = (text(row["place_kind"]) or "unit", text(row["place"]) or (ROOT[term] if not text(row["place_kind"]) else ""))
        levels = column.get("levels") or sheet.get("levels") or ALL_LEVELS
        if row["value"] is not None:
            note(figure(column["value"], levels, "", place, term), "archive/comparisons", row["value"], row["status"])
        other = against(column, column["value"])
        if other and other[0] and row["value_against"] is not None:
            beside = other[1] and ("unit", ROOT[term] if other[1][1] == "ROOT" else other[1][1])
            note(figure(other[0], levels, "", beside or place, term), "archive/comparisons (beside)", row["value_against"], row["status_against"])


# ---------------------------------------------------------------- tables of people

ALL_LEVELS = [level["code"] for level in REGISTER["levels"] if not level.get("branch")]
BOOKS = {}
for folder in ("summaries", "reports"):
    for path in (SCHEMAS / folder).glob("*.toml"):
        book = read_toml(path)
        BOOKS[book["file"]] = book
TABLE = TEXTS["table"]
BLOCKS = {TABLE["all"]: "all", TABLE["each"]: "unit", TABLE["band"]: "band", **{name: key for key, name in TABLE["blocks"].items()}}
for column in REGISTER["columns"]:
    BLOCKS.setdefault(column["name_vi"], column["key"])
for kind in REGISTER["kinds"]:
    BLOCKS.setdefault(kind["name_vi"], "unit")


def against(column, value):
    """What stands beside a column: a figure, and a place where it is another one's."""
    if column.get("last_year"):
        return f"{value}@last_year" if "@" not in value else None, None
    other = column.get("against")
    if not other:
        return None
    if "value" in other:
        return other["value"], None
    return value, ("unit", "ROOT") if other["place"] == "all" else ("unit", other["place"])


def heading_of(column, term):
    own = column.get("heading_closing") if term.endswith("closing") else None
    return own or column.get("heading")


def is_starred(cell):
    return "*" in (cell.number_format or "")


def number_and_mark(cell):
    """A number of a workbook's cell and its mark; nothing for a blank one."""
    if cell.value is None:
        return None, None
    if isinstance(cell.value, (int, float)):
        return Decimal(str(cell.value)), MARKED if is_starred(cell) else COMPLETE
    if cell.value in ("?", "-"):
        return None, NONE
    found = re.fullmatch(r"(-?[\d.,]+)(\*?)", str(cell.value))
    if not found:
        return None, None
    return Decimal(found[1].replace(".", "").replace(",", ".")), MARKED if found[2] else COMPLETE


def from_book(path, term, output):
    book = BOOKS[path.name]
    workbook = openpyxl.load_workbook(path)
    for sheet in book["sheets"]:
        if sheet["name"] not in workbook.sheetnames:
            continue
        rows = list(workbook[sheet["name"]].iter_rows())
        at = next(index for index, row in enumerate(rows) if row[0].value == TABLE["headings"][0])
        heads = [str(cell.value or "") for cell in rows[at]]
        for column in sheet["columns"]:
            if "value" not in column:
                continue
            value = column["value"]
            name = heading_of(column, term) or (INDICATORS.get(value) or MEASURES.get(value) or {}).get("name_vi", value)
            index = next((i for i, head in enumerate(heads) if head == name or head.startswith(f"{name} (")), None)
            if index is None:
                continue
            levels = column.get("levels") or sheet.get("levels") or ALL_LEVELS
            others = against(column, value)
            for row in rows[at + 1 :]:
                block = BLOCKS.get(row[0].value)
                if block is None or block == "band":
                    continue
                place = ("unit", ROOT[term]) if block == "all" else (block, str(row[1].value or ""))
                if sheet.get("filter"):
                    place = (f"{place[0]} where {json.dumps(sheet['filter'], sort_keys=True)}", place[1])
                number, mark = number_and_mark(row[index])
                if mark is not None:
                    note(figure(value, levels, "", place, term), output, number, mark)
                if others and others[0]:
                    beside = others[1] and ("unit", ROOT[term] if others[1][1] == "ROOT" else others[1][1])
                    number, mark = number_and_mark(row[index + 1])
                    if mark is not None:
                        note(figure(others[0], levels, "", beside or place, term), f"{output} (beside)", number, mark)
    if book.get("indicators"):
        from_indicator_sheet(workbook, term, output)


def from_indicator_sheet(workbook, term, output):
    sheet = workbook[TEXTS["book"]["indicators"]]
    rows = list(sheet.iter_rows())
    heads = TEXTS["book"]["indicators_headings"]
    at = next(index for index, row in enumerate(rows) if row[0].value == heads[0] and row[1].value == heads[1])
    column = {head: i for i, head in enumerate(str(cell.value or "") for cell in rows[at])}
    ids = {(own.get("name_vi"), own["system"], own.get("code", "") or ""): own["id"] for own in INDICATORS.values()}
    parts = {words: key for key, words in TEXTS["book"]["parts"].items()}
    codes = {}
    for row in UNITS[term].values():
        codes[row["name"]] = None if row["name"] in codes else row["unit"]
    for row in rows[at + 1 :]:
        get = lambda head: row[column[head]].value
        name = ids.get((get("Chỉ tiêu"), get("Hệ thống"), str(get("Mã") or "")))
        if name is None:
            name = next((own for (title, system, _), own in ids.items() if title == get("Chỉ tiêu") and system == get("Hệ thống")), None)
        if name is None:
            continue
        part = parts.get(str(get("Phần") or ""), "")
        block = BLOCKS.get(get("Phân theo"))
        place_name = get("Địa bàn, đơn vị")
        if block == "all":
            place = ("unit", ROOT[term])
        elif block in GROUPINGS or block == "ownership":
            grouped = {text(own[block]) for own in UNITS[term].values() if block in own}
            code = next((code for code in grouped if code and (UNITS[term].get(code, {}).get("name", code) == place_name)), None)
            if code is None:
                continue
            place = (block, code)
        elif codes.get(place_name):
            place = ("unit", codes[place_name])
        else:
            continue
        number, mark = number_and_mark(row[column["Giá trị"]])
        status = {TEXTS["book"]["complete"]: COMPLETE, TEXTS["book"]["incomplete"]: INCOMPLETE, TEXTS["book"]["open"]: OPEN}.get(get("Tình trạng"), NONE)
        if number is not None:
            note(figure(name, [get("Cấp học")], part, place, term), f"{output} indicators", number, status)


def from_yearly(path, term, output):
    names = {}
    for measure, own in MEASURES.items():
        base, select = resolve(measure)
        suffix = own.get("suffix_vi", "")
        for part in MEASURES[base]["cells"]:
            names[(part["form"], (part["name_vi"] + " " + suffix).strip())] = measure
    symbols = {row["symbol"]: row["form"].split("/")[1] for row in table("forms", term)}
    for row in openpyxl.load_workbook(path).worksheets[0].iter_rows(min_row=5):
        unit = re.search(r"\(([^()]*)\)$", str(row[0].value or ""))
        form = symbols.get(row[1].value)
        measure = names.get((form, row[2].value))
        if not unit or measure is None:
            unknown_columns[f"{output} {row[1].value} {row[2].value}"] += 1
            continue
        place = ("unit", unit[1])
        for cell, written in ((row[4], measure), (row[3], f"{measure}@last_year")):
            number, mark = number_and_mark(cell)
            if mark is not None:
                note(figure(written, [level_of(form)], "", place, term), output, number, mark)


OFFICIAL = []


def from_official(path, term, output):
    found = re.fullmatch(r"(.*)_(\d\d-\w+-\w\w)(_[^_]+)?\.xlsx", path.name)
    if not found:
        return
    owner, form = found.group(1), found.group(2)
    written = lambda name: re.sub(r'[<>:"/\\|?*_]', "-", name)
    units = [code for code, row in UNITS[term].items() if owner in (written(row["name"]), f"{written(row['name'])} ({code})", code)]
    groups = [(kind, value) for kind in GROUPINGS for value in {text(row.get(kind)) for row in UNITS[term].values()} if value and written(value) == owner]
    if len(units) == 1:
        place = ("unit", units[0])
    elif groups:
        place = groups[0]
    else:
        sys.exit(f"{path}: whose figures are these?")
    OFFICIAL.append(path.name)
    names = {row["sheet"]: row["sheet_name"] for row in table("rows", term) if row["form"].endswith(f"/{form}")}
    dims = defaultdict(list)
    for own_form, sheet, number, own in columns_of(term):
        if own_form == form:
            dims[sheet].append((number, own))
    workbook = openpyxl.load_workbook(path)
    cached = openpyxl.load_workbook(path, data_only=True)
    grids = {}
    for sheet, title in names.items():
        if title not in workbook.sheetnames:
            continue
        rows = list(workbook[title].iter_rows())
        heading = next((i for i, row in enumerate(rows) if any(str(cell.value or "").strip().lower() == "mã số" for cell in row)), None)
        if heading is None:
            continue
        code_column = next(i for i, cell in enumerate(rows[heading]) if str(cell.value or "").strip().lower() == "mã số")
        numbers = next(({int(str(cell.value)): i for i, cell in enumerate(row) if str(cell.value or "").isdigit() and i > code_column} for row in rows[heading + 1 : heading + 5] if any(str(cell.value) == "1" for cell in row)), {})
        codes = {str(row[code_column].value): i for i, row in enumerate(rows) if i > heading and row[code_column].value is not None}
        grids[sheet] = (rows, list(cached[title].iter_rows()), numbers, codes)
    for name in MEASURES:
        base, select = resolve(name)
        for part in MEASURES[base]["cells"]:
            if part["form"] != form:
                continue
            total, incomplete, complete = Decimal(0), False, True
            for address in part["rows"]:
                sheet, code = address.split("/")
                exact = dict(select)
                if any("ownership" in own for _, own in dims[sheet]):
                    exact["ownership"] = "all"
                number = next((number for number, own in dims[sheet] if own == exact), None)
                if sheet not in grids or number is None or code not in grids[sheet][3] or number not in grids[sheet][2]:
                    complete = False
                    continue
                rows, values, numbers, codes = grids[sheet]
                cell, value = rows[codes[code]][numbers[number]], values[codes[code]][numbers[number]].value
                incomplete |= is_starred(cell) or is_told_incomplete(rows)
                total += Decimal(str(value)) if isinstance(value, (int, float)) else 0
            key = figure(name, [level_of(form)], "", place, term)
            if complete:
                mark = INCOMPLETE if incomplete else OPEN if key in OPEN_FIGURES and is_told_open(workbook, form) else COMPLETE
                note(key, output, total, mark)


def is_told_incomplete(rows):
    """The sheet itself says in a visible cell that returns are missing."""
    start = REPORT_TEXTS["gaps"].split("{")[0]
    missing = REPORT_TEXTS["gaps_returns"].split("{")[0]
    texts = [str(cell.value) for row in rows for cell in row if isinstance(cell.value, str)]
    return any(text.startswith(start + missing) for text in texts)


def is_told_open(workbook, form):
    headings = [state["heading"] for rule in REGULATION["terms"] for state in rule.get("result_states", [])[:1]]
    return any(cell.value in headings for sheet in workbook for row in sheet.iter_rows(max_row=8) for cell in row)


def from_csv(path, term, output):
    raw = path.read_text(encoding="utf-8-sig")
    lines = raw.splitlines()
    delimiter = ";"
    if lines and lines[0].startswith("sep="):
        delimiter, raw = lines[0][4:], "\n".join(lines[1:])
    elif lines and lines[0].count(",") > lines[0].count(";"):
        delimiter = ","
    for row in csv.DictReader(raw.splitlines(), delimiter=delimiter):
        part = f"{row['dimension']}={row['part']}" if row["dimension"] != "all" else ""
        value = row["value"].replace(",", ".") if delimiter == ";" else row["value"]
        key = figure(row["indicator"], ["" if row["level"] == "all" else row["level"]], part, (row["place_kind"], row["place"]), term)
        note(key, output, Decimal(value) if value else None, row["status"])


def from_page(path, term, output):
    """The data tables of the page of indicators."""
    page = path.read_text(encoding="utf-8")
    levels = {level["name_vi"]: level["code"] for level in REGISTER["levels"]}
    captions = {}
    for own in INDICATORS.values():
        captions.setdefault(f"{own['name_vi']} ({own['unit_vi']})", []).append(own["id"])
    clean = lambda words: html.unescape(re.sub(r"<[^>]+>", "", words)).strip()
    names_of = {row["name"]: code for code, row in UNITS[term].items()}
    for found in re.findall(r"<table[^>]*>(.*?)</table>", page, re.S):
        caption = re.search(r"<caption>(.*?)</caption>", found, re.S)
        meant = captions.get(clean(caption[1])) if caption else None
        if not meant or len(meant) > 1:
            unknown_columns[f"{output}: {clean(caption[1]) if caption else '?'}"] += 1
            continue
        for row in re.findall(r"<tr([^>]*)>(.*?)</tr>", found, re.S):
            cells = [clean(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row[1], re.S)]
            code = names_of.get(cells[0]) if cells else None
            if code is None:
                continue
            place = ("unit", code) if code == ROOT[term] else ("commune", code)
            level = levels.get(cells[1], cells[1])
            value = re.fullmatch(r"(-?[\d.]+(?:,\d+)?)(\*?)", cells[2])
            if value:
                number = Decimal(value[1].replace(".", "").replace(",", "."))
                note(figure(meant[0], [level], "", place, term), output, number, MARKED if value[2] else COMPLETE)


# Columns of the named queries that are figures, and the columns that say where.
QUERIES = {
    "truong-lop-hoc-sinh-theo-xa": {"schools": "schools", "centres": "centres", "classes": "classes", "pupils": "pupils", "girls": "girls"},
    "hoc-sinh-tren-lop": {"pupils_per_class": "gso-pupils-per-class"},
    "phong-hoc": {"rooms": "rooms", "permanent": "rooms_permanent", "semi_permanent": "rooms_semi_permanent", "temporary": "rooms_temporary", "borrowed": "rooms_borrowed", "permanent_percent": "permanent-rooms"},
    "dan-toc-thieu-so": {"pupils": "pupils", "minority_pupils": "minority_pupils", "minority_percent": "minority-share"},
}


def from_queries(term):
    for name, columns in QUERIES.items():
        path = ANSWERS / f"query/{term}/{name}.json"
        if not path.exists():
            continue
        answer = json.loads(path.read_text(encoding="utf-8"))
        rows = answer["rows"] if isinstance(answer, dict) else answer
        for row in rows:
            for column, what in columns.items():
                if column not in row or row[column] is None or what not in {**MEASURES, **INDICATORS}:
                    continue
                lacks = column in row.get("incomplete", "").split() if what in MEASURES else row["status"] == INCOMPLETE
                place = ("commune", row["commune"] or "")
                if what == "gso-pupils-per-class" and row["level"] in ("MN", "GDTX"):
                    what = "learners-per-class"
                note(figure(what, [row["level"]], "", place, term), f"query {name}", row[column], INCOMPLETE if lacks else COMPLETE)


def from_explanations(term):
    for path in sorted((ANSWERS / f"explain/{term}").glob("*.json")):
        asked = json.loads(path.read_text(encoding="utf-8"))
        own = json.loads((path.parent / f"{path.stem}.asked").read_text(encoding="utf-8"))
        number, mark = asked["total"], asked["status"]
        note(figure(own["figure"], own["levels"], "", tuple(own["place"]), term), "explain", number, mark)


def from_summary_json(path, term, output):
    for count in json.loads(path.read_text(encoding="utf-8"))["unit_counts"]:
        key = (f"register:{count['count']}", count["level"] or "", "", f"unit:{ROOT[term]}", term)
        figures[key].append((output, Decimal(count["units"]), COMPLETE))


for term in TERMS:
    out = WORKSPACE / "out" / term
    from_cells(term)
    from_indicators(term)
    from_comparisons(term)
    from_queries(term)
    from_explanations(term)
    for name in BOOKS:
        if (out / name).exists():
            from_book(out / name, term, name)
        if (ANSWERS / f"report/{term}/{name}").exists():
            from_book(ANSWERS / f"report/{term}/{name}", term, f"report {name}")
    if (out / "giai-trinh_Nháp.xlsx").exists():
        from_yearly(out / "giai-trinh_Nháp.xlsx", term, "giai-trinh_Nháp.xlsx")
    for path in sorted((out / "bao-cao").glob("*.xlsx")):
        from_official(path, term, "bao-cao")
    from_csv(out / "chi-tieu.csv", term, "chi-tieu.csv")
    from_page(out / "chi-tieu_Nháp.html", term, "chi-tieu_Nháp.html")
    from_summary_json(out / "tom-tat.json", term, "tom-tat.json")

if not OFFICIAL:
    sys.exit("no official workbook was read")

# ---------------------------------------------------------------- compare

def settled(values):
    """Shares are shown with one decimal, and never as 0 or 100 unless they are: such a value is that of a finer one."""
    known = {value for value in values if value is not None}
    finer = {value for value in known if value * 10 != (value * 10).to_integral_value()}
    is_shown = lambda value: value not in finer and value not in (0, 100) and any(abs(value - own) < Decimal("0.1") for own in finer)
    return {value for value in values if value is None or not is_shown(value)}


compared, different = Counter(), []
shared = 0
for key, found in sorted(figures.items(), key=lambda item: tuple(map(str, item[0]))):
    outputs = {output for output, _, _ in found}
    if len(outputs) < 2:
        continue
    shared += 1
    compared.update(outputs)
    values = {value for _, value, mark in found if not (value is None and mark == NONE)}
    values = settled(values)
    marks = {mark for _, value, mark in found if mark is not None and value is not None}
    if MARKED in marks and marks & {INCOMPLETE, OPEN}:
        marks.discard(MARKED)
    if len(values) > 1 or len(marks) > 1:
        told = "; ".join(f"{output}: {value} {mark}" for output, value, mark in dict.fromkeys(found))
        different.append(f"{' · '.join(key)}: {told}")
print(f"{len(figures)} figures, {shared} of them in more than one output; {len(different)} differ")
for output, count in sorted(compared.items()):
    print(f"  {output}: {count}")
for what, count in unknown_columns.most_common(12):
    print(f"  not read: {what} ({count})")
for line in different[: int(sys.argv[4]) if len(sys.argv) > 4 else 40]:
    print(line)
if shared < 1000:
    print("hardly anything was compared")
    sys.exit(1)
sys.exit(1 if different else 0)
