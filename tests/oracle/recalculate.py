#!/usr/bin/env python3
"""Lets LibreOffice calculate and print our workbooks, and looks at the result.

    recalculate.py WORKBOOK... [--scratch FOLDER]

- All workbooks are converted by a fresh LibreOffice that recalculates on load;
  every formula's result must be the one we stored.
- That it does recalculate is proved with a copy in which one stored result is
  wrong: it must come back right.
- Printed as PDF, every page must carry the coverage line, none may show `###`,
  and no sheet may take more pages than its rows explain.
Exit 1 with a line per difference. Needs soffice and pdftotext.
"""

import argparse
import math
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata
import zipfile

import openpyxl

SHOWN = 40
COVERAGE = "Đã nhận"
PLANTED = 987654321
# Rows that surely fit on a page, headings and wrapped labels counted.
ROWS_OF_A_PAGE = 15
PROFILE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""

differences = []


def check(condition, message):
    if not condition:
        differences.append(message)


def convert(files, kind, folder, profile):
    """Converts all files in one start of the program, in a profile of its own."""
    folder.mkdir()
    command = ["soffice", f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore", "--convert-to", kind, "--outdir", folder]
    done = subprocess.run([*command, *files], capture_output=True, text=True, timeout=300, check=False)
    made = {file: folder / f"{file.stem}.{kind}" for file in files}
    missing = [file.name for file, result in made.items() if not result.is_file()]
    if missing:
        sys.exit(f"soffice made no {kind} of {missing}: {done.stdout[-500:]} {done.stderr[-500:]}")
    return made


def results(path):
    """Stored results of all formulas, by sheet and cell."""
    live, cached = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    found = {}
    for sheet in live:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    found[(sheet.title, cell.coordinate)] = (cell.value.replace(" ", ""), cached[sheet.title][cell.coordinate].value)
    return found


def plant(source, target):
    """A copy with one stored result wrong; its part and cell, or None without a formula."""
    planted = None
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            content = old.read(item)
            if planted is None and re.fullmatch(r"xl/worksheets/sheet\d+\.xml", item.filename):
                text = content.decode("utf-8")
                found = re.search(r'<c r="([A-Z]+\d+)"[^>]*><f>([^<]*)</f><v>([^<]*)</v>', text)
                if found:
                    text = text[: found.start(3)] + str(PLANTED) + text[found.end(3) :]
                    planted = (item.filename, found.group(1))
                    content = text.encode("utf-8")
            new.writestr(item, content)
    return planted


def compare(path, ours, theirs):
    check(ours.keys() == theirs.keys(), f"{path.name}: formulas {sorted(ours.keys() ^ theirs.keys())[:5]} are not in both")
    for place in ours.keys() & theirs.keys():
        (formula, stored), (_, calculated) = ours[place], theirs[place]
        numbers = isinstance(stored, (int, float)) and isinstance(calculated, (int, float))
        same = numbers and math.isclose(stored, calculated, rel_tol=1e-12, abs_tol=1e-9)
        check(same, f"{path.name} {place[0]}!{place[1]} {formula}: we stored {stored!r}, calculated is {calculated!r}")


def prove_recalculation(planted, converted):
    """Every planted result was wrong before and is right after."""
    for copy, (original, (part, cell)) in planted.items():
        wrong = {place: value for place, value in results(copy).items() if value[1] == PLANTED}
        check(len(wrong) == 1, f"{original.name}: {len(wrong)} wrong results were planted at {part} {cell}")
        after = results(converted[copy])
        for place in wrong:
            expected = results(original)[place][1]
            check(after.get(place, (None, None))[1] == expected, f"{original.name}: the wrong result at {place} was not calculated again: {after.get(place)}")


def check_pages(workbook, pdf):
    texts = subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, check=True).stdout.decode("utf-8")
    pages = [unicodedata.normalize("NFC", page) for page in texts.split("\f")]
    if pages and not pages[-1].strip():
        pages.pop()
    sheets = openpyxl.load_workbook(workbook).worksheets
    most = sum(1 + sheet.max_row // ROWS_OF_A_PAGE for sheet in sheets)
    check(len(sheets) <= len(pages) <= most, f"{workbook.name}: {len(pages)} pages for {len(sheets)} sheets, at most {most} expected")
    for number, page in enumerate(pages, 1):
        check(COVERAGE in page, f"{workbook.name}: page {number} does not say `{COVERAGE}`")
        check("###" not in page, f"{workbook.name}: page {number} shows ###")
        check(f"{number}/{len(pages)}" in page, f"{workbook.name}: page {number} is not numbered {number}/{len(pages)}")
    return len(pages)


def main():
    parser = argparse.ArgumentParser(description="Recalculates and prints workbooks with LibreOffice.")
    parser.add_argument("workbooks", nargs="+", type=pathlib.Path)
    parser.add_argument("--scratch", type=pathlib.Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.scratch) as name:
        scratch = pathlib.Path(name).resolve()
        profile = scratch / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(PROFILE, encoding="utf-8")
        stored = {path.resolve(): results(path) for path in arguments.workbooks}
        if len({path.stem for path in stored}) != len(arguments.workbooks):
            sys.exit("two workbooks have one name; results would overwrite each other")
        planted = {}
        (scratch / "planted").mkdir()
        for path, found in stored.items():
            copy = scratch / "planted" / f"planted-{path.name}"
            if found and not planted and (place := plant(path, copy)):
                planted[copy] = (path, place)
        check(planted, "no workbook has a stored result, so nothing proves that it recalculates")
        converted = convert([*stored, *planted], "xlsx", scratch / "xlsx", profile)
        for path, ours in stored.items():
            compare(path, ours, results(converted[path]))
        prove_recalculation(planted, converted)
        printed = convert(list(stored), "pdf", scratch / "pdf", profile)
        pages = sum(check_pages(path, pdf) for path, pdf in printed.items())
        shutil.rmtree(profile)
    for line in differences[:SHOWN]:
        print(line)
    if len(differences) > SHOWN:
        print(f"and {len(differences) - SHOWN} more")
    formulas = sum(len(found) for found in stored.values())
    print(f"{len(stored)} workbooks, {formulas} formulas calculated again, {pages} pages, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
