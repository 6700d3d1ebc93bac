#!/usr/bin/env python3
"""Computes every indicator and the summary tables again, with DuckDB over the archive's cells.

    figures.py ARCHIVE MEASURES-FOLDER INDICATORS-FOLDER TONG-HOP.xlsx [TERM]

Only cells, forms, columns, units and coverage of the archive are read, never what the program
computed; the definitions are read from the same TOML files. Compared are numerator, denominator and
value of every line of the archive's tables of indicators (each place, level and part), for ratios also the
units they are made of and the mark, and the columns of the summary workbook that name a measure or an indicator. Exit 1 with a line per difference.
"""

import pathlib
import re
import sys
import tomllib
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import duckdb
import openpyxl

archive, measures_folder, indicator_folder, summary = sys.argv[1:5]
NOW, TERM = 2025, sys.argv[5] if len(sys.argv) > 5 else "opening"
# Terms that figures are looked up in: the one at hand, the other one of the year, and both a year before.
PERIODS = [(year, term) for year in (NOW, NOW - 1) for term in ("opening", "closing")]
GROUPINGS = ("commune", "former_district", "cluster", "area", "ownership")
differences = []


def check(condition, message):
    if not condition:
        differences.append(message)


def table(name, year, term=TERM):
    path = f"{archive}/draft/{name}/school_year={year}/term={term}/{name}.parquet"
    if not pathlib.Path(path).exists():
        return []
    found = duckdb.sql(f"from read_parquet('{path}', hive_partitioning = false)")
    return [dict(zip(found.columns, row)) for row in found.fetchall()]


def text(value):
    return value if isinstance(value, str) else ""


units = {row["unit"]: row for row in table("units", NOW)}


def places_of(unit):
    """Every place a unit's return counts in: kind and code."""
    if unit not in units:
        return [("unit", code) for code, row in units.items() if not text(row["reports_to"])]
    found, above = [], unit
    while above:
        found.append(("unit", above))
        above = text(units[above]["reports_to"])
    return found + [(key, text(units[unit][key])) for key in GROUPINGS]


# value and status of every cell, by period, form, sheet, code, column; forms of another circular are those with the same layout
cells, forms, dims = {}, {}, defaultdict(list)
# The names forms go by in each period.
names = {}
for period in PERIODS:
    names[period] = {row["form"]: row["layout"].split("/")[1] for row in table("forms", *period)}
    forms.update({row["layout"].split("/")[1]: row for row in table("forms", *period) if row["layout"].startswith("tt24-2018/")})
    for row in table("cells", *period):
        key = (period, names[period][row["form"]], row["sheet"], row["code"], row["column_no"])
        cells.setdefault(key, []).append((row["unit"], row["value"], row["status"]))
    split_by = defaultdict(dict)
    for row in table("column_parts", *period):
        split_by[(row["form"], row["sheet"], row["column_no"])][row["dimension"]] = row["part"]
    for row in table("columns", *period):
        own = (row["column_no"], split_by[(row["form"], row["sheet"], row["column_no"])])
        known = dims[(names[period][row["form"]], row["sheet"])]
        if own not in known:
            known.append(own)

written = {}
for name in ("measures.toml", "measures_closing.toml"):
    for measure in tomllib.loads(pathlib.Path(measures_folder, name).read_text(encoding="utf-8"))["measures"]:
        own = written.setdefault(measure["id"], {**measure, "cells": []})
        own["cells"] = own["cells"] + measure.get("cells", [])
parts = defaultdict(list)  # measure -> (level, form, part, select)
for measure in written.values():
    base = written[measure["of"]] if "of" in measure else measure
    for part in base["cells"]:
        if part["form"] in forms:
            parts[measure["id"]].append((forms[part["form"]]["level"], part["form"], part, dict(measure.get("select", {}))))


def column(form, sheet, select):
    """The column that selects exactly this, over all ownerships where nothing else is said."""
    wanted = dict(select)
    if "ownership" not in wanted and any("ownership" in own for _, own in dims[(form, sheet)]):
        wanted["ownership"] = "all"
    return next((number for number, own in dims[(form, sheet)] if own == wanted), None)


PICK = re.compile(r"^(-?)([\w.-]+?)(?::(\w+))?(?:\[(.*?)\])?(?:@(.*))?$")
BROKEN = {"unknown", "error_value", "uncalculated", "invalid", "absent", "suppressed"}
# Returns expected and not received: period and form -> units.
missing = defaultdict(set)


class Side:
    """What a unit has on one side of a ratio."""

    def __init__(self):
        self.number, self.applies, self.unknown, self.there, self.is_received, self.pending = 0, False, False, False, False, 0


def selections(select):
    """Each choice of columns that `private|community` stands for."""
    for key, value in select.items():
        if "|" in value:
            return [own for part in value.split("|") for own in selections({**select, key: part})]
    return [select]


def returns(name, level, select):
    """Counts of returns of the register at every unit; nothing of them is matched."""
    if select:
        return None
    sides = defaultdict(Side)
    for row in coverage:
        if forms[names[(NOW, TERM)][row["form"]]]["level"] == level:
            own = sides[row["unit"]]
            own.number += row["own"][name.removeprefix("returns_")]
            own.applies = own.is_received = True
    return sides


def picked(pick, level, split):
    """What every unit has of a pick; None where no form has it."""
    sign, name, own_level, select, back = PICK.match(pick).groups()
    select = dict(pair.split("=") for pair in (select or "").split(",") if pair)
    for key, value in split.items():
        if select.setdefault(key, value) != value:
            return None
    period = (NOW, TERM)
    if back:
        term, _, years = back.partition("-")
        period = (NOW - int(years or 0), term or TERM)
        if period not in PERIODS:
            return None
    if name in ("population", "facilities"):
        return None
    if name.startswith("returns_"):
        return returns(name, level, select)
    sides, found = defaultdict(Side), False
    for part_level, form, part, own in parts[name]:
        if part_level != (own_level or level) or form not in names[period].values():
            continue
        addresses = [(row.split("/")[0], row.split("/")[1]) for row in part["rows"]]
        slots = []
        for one in selections(select):
            chosen, conflict = dict(own), False
            for key, value in one.items():
                conflict |= chosen.setdefault(key, value) != value
            columns = [column(form, sheet, chosen) for sheet, _ in addresses]
            if not conflict and None not in columns:
                slots += list(zip(addresses, columns))
        if not slots:
            continue
        found = True
        for (sheet, code), number in slots:
            for unit, value, status in cells.get((period, form, sheet, code, number), []):
                side = sides[unit]
                side.there = True
                side.applies |= status != "not_applicable"
                side.is_received |= status != "not_applicable" and status not in BROKEN
                side.unknown |= status in BROKEN
                side.number += (value or 0) * (-1 if sign else 1)
        for unit in missing[(period, form)]:
            sides[unit].there = sides[unit].applies = sides[unit].unknown = True
        # Results that are still to come: rows of the form, or everything before a later state of the results.
        for row in part.get("pending", []):
            sheet, code = row.split("/")
            number = column(form, sheet, {**own, **select})
            for unit, value, status in cells.get((period, form, sheet, code, number), []):
                sides[unit].pending += (value or 0) + (status in BROKEN)
        if "year-end" in part.get("open_in", []) and period[1] == "closing":
            for unit in {unit for address, number in slots for unit, _, _ in cells.get((period, form, *address, number), [])}:
                sides[unit].pending += 1
    return sides if found else None


def side(picks, level, split):
    """What every unit has of one side."""
    joined = defaultdict(Side)
    for pick in picks:
        own = picked(pick, level, split)
        if own is None:
            return None
        for unit, more in own.items():
            all_of = joined[unit]
            all_of.number += more.number
            all_of.applies |= more.applies
            all_of.unknown |= more.unknown
            all_of.there |= more.there
            all_of.is_received |= more.is_received
            all_of.pending += more.pending
    return joined


def total(picks, level, split):
    """A plain sum at every place: whatever is known, and of how many returns."""
    sides = side(picks, level, split)
    if sides is None:
        return None
    sums = defaultdict(lambda: [0, 0])
    for unit, own in sides.items():
        for place in places_of(unit) if own.applies and own.is_received else ():
            sums[place][0] += own.number
            sums[place][1] += 1
    return sums


def matched(numerator, denominator, also, level, split, is_open=False):
    """Both sides at every place, over the units that have both."""
    above, below = side(numerator, level, split), side(denominator, level, split)
    if above is None or below is None:
        return None
    known = [own for own in (side([pick], level, split) for pick in also) if own is not None]
    sums = defaultdict(lambda: [0, 0, 0, 0, 0, 0, 0])
    for unit in set(above) | set(below):
        n, d = above.get(unit, Side()), below.get(unit, Side())
        if not (n.applies or d.applies):
            continue
        # A cohort changes schools: one that has a single side is in.
        left_out = n.unknown or d.unknown or not (is_open or (n.there and d.there))
        left_out |= any(own[unit].unknown for own in known if unit in own)
        for place in places_of(unit):
            own = sums[place]
            own[5] += 1
            own[6] += n.pending + d.pending
            if not left_out:
                own[4] += 1
                own[0] += n.number
                own[1] += d.number
                own[2] += n.applies
                own[3] += d.applies
    return sums


# Own coverage of every unit: what the table says of it less what it says of those right below it.
coverage = table("coverage", NOW)
below = defaultdict(lambda: [0, 0])
for row in coverage:
    above = text(units[row["unit"]]["reports_to"])
    if above:
        below[(row["form"], above)][0] += row["received"]
        below[(row["form"], above)][1] += row["expected"]
for row in coverage:
    less = below[(row["form"], row["unit"])]
    row["own"] = {"received": row["received"] - less[0], "expected": row["expected"] - less[1]}


def own_missing(year, rows, reports_to, name_of):
    lower = defaultdict(lambda: [0, 0])
    for row in rows:
        lower[(row["form"], text(reports_to.get(row["unit"])))][0] += row["received"]
        lower[(row["form"], text(reports_to.get(row["unit"])))][1] += row["expected"]
    for row in rows:
        less = lower[(row["form"], row["unit"])]
        if row["expected"] - less[1] > row["received"] - less[0]:
            missing[(year, name_of.get(row["form"]))].add(row["unit"])


for period in PERIODS:
    own_missing(period, table("coverage", *period), {row["unit"]: row["reports_to"] for row in table("units", *period)}, names[period])

indicators = {}
for path in sorted(pathlib.Path(indicator_folder).glob("*.toml")):
    for own in tomllib.loads(path.read_text(encoding="utf-8"))["indicators"]:
        indicators[own["id"]] = own


def bases(own):
    base = (own.get("bases") or [{}])[0]
    return base.get("numerator") or own["numerator"], base.get("denominator") or own.get("denominator", [])


lines, seen, left_out = table("indicators", NOW) + table("unit_indicators", NOW), 0, 0
# A key is never null: what it has nothing to tell apart by says so.
for line in lines:
    for key, word in (("dimension", "all"), ("part", "all"), ("level", "all"), ("basis", "only"), ("place", "none")):
        check(line[key], f"{line['indicator']}: {key} is null")
        line[key] = "" if line[key] == word else line[key]
groups = defaultdict(list)
for line in lines:
    groups[(line["indicator"], line["level"], text(line["dimension"]), text(line["part"]))].append(line)
results = {}
for (name, level, dimension, part), own_lines in sorted(groups.items()):
    own = indicators[name]
    if "parity_of" in own:
        # A ratio of two rates of the population, which the samples have none of.
        for line in own_lines:
            check(line["status"] == "none", f"{name} {level}: parity without a population")
        continue
    numerator, denominator = bases(own)
    split = {dimension: part} if dimension else {}
    is_counted = any(pick.startswith("returns_") for pick in numerator + denominator)
    if denominator and not is_counted:
        others = [indicators[bound["at_most"]] for bound in own.get("bounds", []) if "at_most" in bound]
        also = [pick for other in others for pick in other["numerator"] + other["denominator"] if "population" not in pick]
        sums = matched(numerator, denominator, also, level, split, own.get("whole_only", False))
    else:
        above = total(numerator, level, split)
        below = total(denominator, level, split) if denominator else None
        sums = None if above is None or (denominator and below is None) else defaultdict(lambda: [0, 0, 0, 0, 0, 0, 0])
        for place in above if sums is not None else ():
            under = below.get(place, (0, 0)) if denominator else (1, 1)
            sums[place] = [above[place][0], under[0], above[place][1], under[1], None, None, 0]
    factor = 100 if own["measured"] == "percent" else 1
    for line in own_lines:
        place = (line["place_kind"], text(line["place"]))
        where = f"{name} {level} {dimension}={part} {place}"
        if sums is None:
            check(line["status"] == "none", f"{where}: has a value, none was expected")
            continue
        a, b, of_above, of_below, within, expected_units, pending = sums.get(place, (0, 0, 0, 0, 0, 0, 0))
        if denominator and not is_counted:
            check((line["units_in"], line["units_expected"]) == (within, expected_units), f"{where}: units {line['units_in']}/{line['units_expected']}, expected {within}/{expected_units}")
            left_out += expected_units - within
        else:
            check(line["units_in"] is None, f"{where}: units of a sum")
        if of_above and of_below and b:
            expected = Fraction(a * factor, b)
            results[(name, level, part, place)] = expected
            shown = (Decimal(expected.numerator) / Decimal(expected.denominator)).quantize(Decimal("0.000001"), ROUND_HALF_UP)
            check(line["value"] == shown, f"{where}: {line['value']}, expected {shown}")
            check(line["numerator"] == a, f"{where}: numerator {line['numerator']}, expected {a}")
            check(not denominator or line["denominator"] == b, f"{where}: denominator {line['denominator']}, expected {b}")
            if denominator and not is_counted:
                mark = "incomplete" if within != expected_units else "open" if pending else "complete"
                check(line["status"] == mark, f"{where}: {line['status']}, expected {mark}")
            seen += 1
        else:
            check(line["status"] == "none", f"{where}: {line['value']}, nothing was expected")

# The summary workbook: one sheet per level.
HEADS = {"pupils": "Học sinh|Trẻ em|Học viên", "classes": "Lớp|Nhóm, lớp", "teachers": "Giáo viên", "rooms": "Phòng học"}
RATIOS = {"gso-pupils-per-class": "trên lớp", "permanent-rooms": "Phòng học kiên cố", "coverage": "Báo cáo đã nhận"}
SHEETS = {"Mầm non": "MN", "Tiểu học": "TH", "THCS": "THCS", "THPT": "THPT", "GDTX": "GDTX"}
BLOCKS = {"Toàn bộ": "unit", "Huyện cũ": "former_district", "Xã/phường": "commune"}
workbook, compared = openpyxl.load_workbook(summary), 0
for name, level in SHEETS.items():
    if name not in workbook.sheetnames:
        continue
    sheet = workbook[name]
    check(not sheet.merged_cells.ranges, f"{name}: merged cells {sheet.merged_cells.ranges}")
    check(sheet.freeze_panes, f"{name}: nothing is frozen")
    check(sheet._charts, f"{name}: no chart")
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    at = next(index for index, row in enumerate(rows) if row[0] == "Phân theo")
    heads = [str(head or "") for head in rows[at]]
    for row in rows[at + 1 :]:
        if row[0] not in BLOCKS:
            continue
        place = (BLOCKS[row[0]], row[1] or "")
        for measure, heading in HEADS.items():
            index = next((i for i, head in enumerate(heads) if re.fullmatch(rf"({heading})( có đến cuối năm)? \(.*\)", head)), None)
            if index is None:
                continue
            for years, shift in ((0, 0), (1, 1)):
                if years and not (index + 1 < len(heads) and heads[index + 1].endswith("năm trước")):
                    continue
                own = total([measure + ("@-1" if years else "")], level, {})
                number, count = own.get(place, (0, 0))
                found = row[index + shift]
                check((0 if found in (None, "?") else found) == number, f"{name} {place} {heads[index + shift]}: {found}, expected {number} of {count}")
                compared += 1
        for indicator, heading in RATIOS.items():
            index = next((i for i, head in enumerate(heads) if re.search(rf"{heading} \(", head)), None)
            if index is None:
                continue
            # Preschool and continuing education have a ratio of their own.
            if indicator == "gso-pupils-per-class" and level in ("MN", "GDTX"):
                indicator = "learners-per-class"
            expected = results.get((indicator, level, "", place))
            if expected is not None:
                exact = Decimal(expected.numerator) / Decimal(expected.denominator)
                if heads[index].endswith("(%)"):
                    # One decimal; 100 and 0 are told of nothing else.
                    shown = exact.quantize(Decimal("0.1"), ROUND_HALF_UP)
                    if exact != shown and shown in (0, 100):
                        shown += Decimal("0.1") if exact > shown else Decimal("-0.1")
                else:
                    shown = exact.quantize(Decimal("0.01"), ROUND_HALF_UP)
                check(Decimal(str(row[index])) == shown, f"{name} {place} {heads[index]}: {row[index]}, expected {shown}")
                compared += 1

print(f"{left_out} times a unit was left out; {seen} indicator values and {compared} cells of the summary are the same")
check(seen > 1000 and (compared > 100 or TERM == "closing"), "hardly anything was compared")
for line in differences[:40]:
    print(line)
sys.exit(1 if differences else 0)
