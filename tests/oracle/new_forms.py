#!/usr/bin/env python3
"""From an official blank nobody has seen to the department's report, seen from outside tkgd.

    new_forms.py blanks FOLDER [--real OFFICIAL REFERENCE] [--only NAME]…   draw blanks, remember what they mean
    new_forms.py sums FOLDER FORMS                           drafted form files say what was meant
    new_forms.py fill FOLDER TEMPLATES RETURNS               fill templates in, remember the numbers
    new_forms.py compare FOLDER REPORTS                      the reports are the sums of the returns

FOLDER keeps blanks, `meaning.json` and `truth.json`. With `--real` the official
workbooks are blanks too: their numbers are cleared, and what adds up is read
from the list of identities beside them. Numbers are made so that everything
meant holds; formulas that a template has are left to LibreOffice. The compare
step knows nothing but places and sums. Exit 1 with a line per difference.
"""

import argparse
import csv
import json
import pathlib
import random
import re
import sys
import tempfile
import tomllib
import unicodedata

import openpyxl

import blank_forms
import recalculate

DEPARTMENT = "Sở Giáo dục và Đào tạo"
differences = []


def check(condition, message):
    if not condition:
        differences.append(message)


# ---------------------------------------------------------------- blanks


def real_meaning(path, reference):
    """What the reference files say of a real workbook, which is cleared of its numbers."""
    short = path.stem
    book = openpyxl.load_workbook(path)
    read = lambda kind: list(csv.DictReader(open(reference / f"{short}.{kind}.csv", encoding="utf-8")))
    rows, columns = read("rows"), read("columns")
    symbol = rows[0]["form"]
    identities = [i for i in csv.DictReader(open(reference / "identities.csv", encoding="utf-8")) if i["form"] == symbol]
    sheets = []
    for name in dict.fromkeys(row["sheet"] for row in rows):
        sheet = book[name]
        own = [column for column in columns if column["sheet"] == name]
        coded = {row["code"]: int(row["excel_row"]) for row in rows if row["sheet"] == name and row["code"]}
        places = [column["col"] for column in own]
        skip = []
        for code, at in coded.items():
            for place in places:
                cell = sheet[f"{place}{at}"]
                if cell.value == "#":
                    skip.append([code, place])
                elif cell.data_type != "f":
                    cell.value = None
        # In the real forms the codes stand right before the figures.
        code_at = openpyxl.utils.column_index_from_string(places[0]) - 1
        meaning = {"name": name, "code_column": blank_forms.letter(code_at), "columns": places, "rows": coded, "skip": skip}
        meaning["amounts"] = name == "Ngân sách"
        meaning.update(column_sums=[], column_parts=[], row_sums=[], row_parts=[])
        by_number = {column["col_no"]: column["col"] for column in own}
        by_path = {column["header_path"]: column["col"] for column in own}
        for identity in (i for i in identities if i["sheet"] == name):
            text = identity["identity"]
            sign = " >= " if " >= " in text else " = "
            if identity["axis"] == "row":
                whole, parts = text.split(sign)
                parts = re.findall(r"\d+", parts)
                meaning["row_parts" if sign == " >= " else "row_sums"].append([whole.strip(), parts])
            else:
                named = re.findall(r"\[([^\]]+)\]", text)
                known = by_number if named[0].isdigit() else by_path
                total, *parts = [known[one] for one in named]
                meaning["column_parts" if sign == " >= " else "column_sums"].append([total, parts])
        sheets.append(meaning)
    return book, {"symbol": symbol, "sheets": sheets}


def blanks(arguments):
    folder = pathlib.Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    made = blank_forms.blanks()
    if arguments.real:
        official, reference = map(pathlib.Path, arguments.real)
        made += [(path.name, *real_meaning(path, reference)) for path in sorted(official.glob("*.xlsx"))]
    made = [one for one in made if not arguments.only or one[0].removesuffix(".xlsx") in arguments.only]
    meanings = {}
    for file, book, meaning in made:
        book.save(folder / file)
        meanings[file.removesuffix(".xlsx")] = meaning
    (folder / "meaning.json").write_text(json.dumps(meanings, ensure_ascii=False, indent=1), encoding="utf-8")
    print(f"{len(meanings)} blanks")


def load(folder, name):
    return json.loads((pathlib.Path(folder) / name).read_text(encoding="utf-8"))


# ---------------------------------------------------------------- drafted sums


def sums(arguments):
    """Everything meant stands in the draft, and no sum that was not."""
    meant_sums = 0
    for stem, meaning in load(arguments.folder, "meaning.json").items():
        symbol = unicodedata.normalize("NFC", meaning["symbol"])
        files = [tomllib.loads(path.read_text(encoding="utf-8")) for path in pathlib.Path(arguments.forms).glob("*.toml")]
        form = next((form for form in files if form["symbol"] == symbol), None)
        if form is None:
            differences.append(f"{stem}: no form file has the symbol {symbol}")
            continue
        drafted = {sheet["name"]: sheet for sheet in form["sheets"]}
        for meant in meaning["sheets"]:
            sheet = drafted[meant["name"]]
            at = {column["number"]: column["at"] for column in sheet["columns"]}
            check([column["at"] for column in sheet["columns"]] == meant["columns"], f"{stem}/{meant['name']}: columns {list(at.values())}")
            rows = {row["code"]: row["at"] for row in sheet["rows"] if "code" in row}
            check(rows == meant["rows"], f"{stem}/{meant['name']}: rows {rows}")
            check(sheet["kind"] == ("amounts" if meant.get("amounts") else "counts"), f"{stem}/{meant['name']}: {sheet['kind']}")
            key = lambda total, parts: (total, tuple(sorted(parts)))
            found = {
                "column_sums": {key(at[s["total"]], [at[p] for p in s["parts"]]) for s in sheet.get("column_sums", [])},
                "row_sums": {key(s["total"], s["parts"]) for s in sheet.get("row_sums", [])},
                "row_parts": {(s["whole"], part) for s in sheet.get("row_subsets", []) for part in s["parts"]},
                "column_parts": {
                    (at[s["total"]], at[s[part]]) for s in sheet.get("column_bounds", []) for part in ("women", "minority") if part in s
                },
            }
            for kind in ("column_sums", "row_sums"):
                wanted = {key(total, parts) for total, parts in meant.get(kind, [])}
                meant_sums += len(wanted)
                check(found[kind] == wanted, f"{stem}/{meant['name']}: {kind} missed {wanted - found[kind]}, not meant {found[kind] - wanted}")
            wanted = {(whole, part) for whole, parts in meant.get("row_parts", []) for part in parts}
            meant_sums += len(wanted)
            check(found["row_parts"] == wanted, f"{stem}/{meant['name']}: parts missed {wanted - found['row_parts']}, not meant {found['row_parts'] - wanted}")
            # Of columns the draft knows women and minorities only; what it says has to be meant.
            wanted = {(whole, part) for whole, parts in meant.get("column_parts", []) for part in parts}
            check(found["column_parts"] <= wanted, f"{stem}/{meant['name']}: column parts {found['column_parts'] - wanted}")
    print(f"{meant_sums} sums and parts meant")


# ---------------------------------------------------------------- numbers


def split(total, count, dice):
    """Numbers that add up to a total."""
    cuts = sorted(dice.randint(0, total) for _ in range(count - 1))
    return [after - before for before, after in zip([0, *cuts], [*cuts, total])]


def row_weights(meant, dice):
    """A number per row such that everything meant about rows holds."""
    sums_, parts = meant.get("row_sums", []), meant.get("row_parts", [])
    inner = {part for _, members in sums_ + parts for part in members}
    values = {code: dice.randint(200, 900) for code in meant["rows"] if code not in inner}
    for _ in range(len(meant["rows"])):
        for total, members in sums_:
            free = [member for member in members if member not in values]
            if total in values and free:
                left = values[total] - sum(values[m] for m in members if m in values)
                values.update(zip(free, split(max(left, 0), len(free), dice)))
        for whole, members in parts:
            if whole in values:
                for member in members:
                    values.setdefault(member, dice.randint(0, values[whole]))
    assert len(values) == len(meant["rows"]), set(meant["rows"]) - set(values)
    for total, members in sums_:
        assert values[total] == sum(values[m] for m in members), (total, members)
    for whole, members in parts:
        assert all(values[m] <= values[whole] for m in members), (whole, members)
    return values


def column_weights(meant, dice):
    """A number per column such that everything meant about columns holds, with room between whole and parts."""
    sums_, parts = meant.get("column_sums", []), meant.get("column_parts", [])
    depth = {place: sum(place in members for _, members in parts) for place in meant["columns"]}
    totals = {total for total, _ in sums_}
    sizes = [(20, 60), (3, 6), (0, 1), (0, 1)]
    values = {place: dice.randint(*sizes[min(depth[place], 3)]) for place in meant["columns"] if place not in totals}
    for _ in totals:
        for total, members in sums_:
            if all(member in values for member in members):
                values[total] = sum(values[member] for member in members)
    for total, members in sums_:
        assert values[total] == sum(values[m] for m in members), (total, members)
    for whole, members in parts:
        assert all(values[m] <= values[whole] for m in members), (whole, members)
    return values


def numbers(meant, dice):
    """A number per cell. What is meant is kept by adding and by scaling, so a few layers keep it too."""
    layers = [(row_weights(meant, dice), column_weights(meant, dice)) for _ in range(3)]
    skip = {tuple(cell) for cell in meant.get("skip", [])}
    cells = {}
    for code in meant["rows"]:
        for place in meant["columns"]:
            if (code, place) not in skip:
                number = sum(rows[code] * columns[place] for rows, columns in layers)
                cells[f"{place}{meant['rows'][code]}"] = number / 1000 if meant.get("amounts") else number
    return cells


def text_of(value):
    """A code as people read it."""
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()


def fill_one(template, target, meaning, dice):
    book = openpyxl.load_workbook(template)
    truth = {}
    for meant in meaning["sheets"]:
        sheet = book[meant["name"]]
        for code, at in meant["rows"].items():
            printed = text_of(sheet[f"{meant['code_column']}{at}"].value)
            check(printed == code, f"{template.name}: {meant['name']}!{meant['code_column']}{at} is {printed!r}, not {code}")
        truth[meant["name"]] = numbers(meant, dice)
        for address, number in truth[meant["name"]].items():
            cell = sheet[address]
            if cell.data_type == "f":
                check(cell.protection.locked, f"{template.name}: {meant['name']}!{address} is a formula and open")
            else:
                check(not cell.protection.locked, f"{template.name}: {meant['name']}!{address} cannot be filled in")
                cell.value = number
    book.save(target)
    return truth


def fill(arguments):
    """Templates are named UNIT_FORM.xlsx; a template's form is the one whose sheets it has."""
    folder, returns = pathlib.Path(arguments.folder), pathlib.Path(arguments.returns)
    returns.mkdir(parents=True, exist_ok=True)
    meanings, truth = load(folder, "meaning.json"), {}
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        scratch = pathlib.Path(scratch).resolve()
        typed = []
        for index, template in enumerate(sorted(pathlib.Path(arguments.templates).glob("*.xlsx"))):
            names = openpyxl.load_workbook(template, read_only=True).sheetnames
            stem = next(stem for stem, meaning in meanings.items() if meaning["sheets"][0]["name"] in names)
            unit = template.stem.split("_")[0]
            target = scratch / template.name
            truth.setdefault(stem, {})[unit] = fill_one(template, target, meanings[stem], random.Random(f"{stem} {unit} {index}"))
            typed.append(target)
        profile = scratch / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(recalculate.PROFILE, encoding="utf-8")
        for file, saved in recalculate.convert(typed, "xlsx", scratch / "saved", profile).items():
            (returns / file.name).write_bytes(saved.read_bytes())
    check(set(truth) == set(meanings), f"no template of {set(meanings) - set(truth)}")
    (folder / "truth.json").write_text(json.dumps(truth, ensure_ascii=False), encoding="utf-8")
    print(f"{len(typed)} templates filled in")


# ---------------------------------------------------------------- reports


def compare(arguments):
    """Every figure of every report is the sum of what was typed, and every printed text is where it was."""
    folder = pathlib.Path(arguments.folder)
    meanings, truth = load(folder, "meaning.json"), load(folder, "truth.json")
    compared, seen = 0, set()
    for path in sorted(pathlib.Path(arguments.reports).glob("*.xlsx")):
        report = openpyxl.load_workbook(path, data_only=True)
        stem = next(stem for stem, meaning in meanings.items() if meaning["sheets"][0]["name"] in report.sheetnames)
        seen.add(stem)
        blank = openpyxl.load_workbook(folder / f"{stem}.xlsx")
        check([s for s in report.sheetnames if s != "Errors"] == [s for s in blank.sheetnames if s != "Errors"], f"{path.name}: {report.sheetnames}")
        first = report[meanings[stem]["sheets"][0]["name"]]
        is_named = any(DEPARTMENT in str(cell.value) for row in first.iter_rows() for cell in row)
        check(is_named == meanings[stem].get("named", True), f"{path.name}: the unit is {'' if is_named else 'not '}named")
        for meant in meanings[stem]["sheets"]:
            ours, sheet = report[meant["name"]], blank[meant["name"]]
            values = {f"{place}{at}" for place in meant["columns"] for at in meant["rows"].values()}
            for address in truth[stem][next(iter(truth[stem]))][meant["name"]]:
                expected = sum(unit[meant["name"]][address] for unit in truth[stem].values())
                found = ours[address].value
                is_right = isinstance(found, (int, float)) and abs(found - expected) < 1e-6
                check(is_right, f"{path.name}: {meant['name']}!{address} is {found!r}, not {expected}")
                compared += 1
            top = min(meant["rows"].values())
            above = [cell for row in sheet.iter_rows(max_row=top - 1) for cell in row if cell.value is not None]
            changed = [cell.coordinate for cell in above if text_of(ours[cell.coordinate].value) != text_of(cell.value)]
            # Over the table only what a report fills in: unit, receiver, term, day.
            check(len(changed) <= 4 and all(ours[at].value for at in changed), f"{path.name}: {meant['name']}: {changed} changed")
            compared += len(above)
            for row in sheet.iter_rows(min_row=top, max_row=max(meant["rows"].values())):
                for cell in row:
                    if cell.value is None or cell.coordinate in values:
                        continue
                    check(text_of(ours[cell.coordinate].value) == text_of(cell.value), f"{path.name}: {meant['name']}!{cell.coordinate} lost {cell.value!r}")
                    compared += 1
    check(seen == set(meanings), f"no report of {set(meanings) - seen}")
    print(f"{compared} cells compared")


def main():
    parser = argparse.ArgumentParser(description="From an official blank to the department's report.")
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("blanks")
    command.add_argument("folder")
    command.add_argument("--real", nargs=2)
    command.add_argument("--only", action="append")
    command.set_defaults(run=blanks)
    for name, run, others in [("sums", sums, ["forms"]), ("fill", fill, ["templates", "returns"]), ("compare", compare, ["reports"])]:
        command = commands.add_parser(name)
        command.add_argument("folder")
        for other in others:
            command.add_argument(other)
        command.set_defaults(run=run)
    arguments = parser.parse_args()
    arguments.run(arguments)
    for line in differences[:40]:
        print(line)
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
