#!/usr/bin/env python3
"""Compares an official workbook with one of ours, address by address.

    compare_workbook.py OFFICIAL OURS

Compared: sheets and their order, every text, number and formula with its kind
(text or number), merged ranges, widths and heights (ours may be larger, never
smaller). Exit 1 with a line per difference.

Allowed to differ, and nothing else:
- the heading fields of the first sheet (FIELDS): ours are filled in, never blank;
- text of ours under the table of the last sheet of figures (the signature block);
- lines of ours under the heading of the sheet `Errors`, each naming a cell that is there; without one the sheet is hidden;
- an empty text in the official file, which is a blank cell in ours;
- cached results: only `#VALUE!` stands in the official file;
- number formats, print set-up, fonts and lines.
"""

import argparse
import sys

import openpyxl

# What our reports say of themselves where their figures lack something.
GAPS = "SỐ LIỆU CHƯA ĐẦY ĐỦ: "
FIELDS = {
    "D2": "reporting unit",
    "D4": "receiving unit",
    "B2": "term",
    "B3": "as at",
}
LOG = "Errors"
SHOWN = 40


def content(cell):
    """Kind and value of a cell; None for a blank one or an empty text."""
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "f":
        return ("formula", value.replace(" ", ""))
    if isinstance(value, bool):
        return ("boolean", value)
    if isinstance(value, (int, float)):
        return ("number", float(value))
    return ("text", str(value))


def contents(sheet):
    cells = {}
    for row in sheet.iter_rows():
        for cell in row:
            found = content(cell)
            if found is not None:
                cells[(cell.row, cell.column)] = (cell.coordinate, found)
    return cells


def widths(sheet):
    """Width by column number, for the columns that declare one."""
    found = {}
    for dimension in sheet.column_dimensions.values():
        if dimension.customWidth or dimension.width:
            for column in range(dimension.min or 0, (dimension.max or 0) + 1):
                found[column] = dimension.width
    return found


def compare_log(name, official, ours, book, differences):
    heading = {at: cell for at, cell in official.items() if at[0] == 1}
    if heading != {at: cell for at, cell in ours.items() if at[0] == 1}:
        differences.append(f"{name}: the heading differs")
    if len(official) != len(heading):
        differences.append(f"{name}: the official log has lines")
    for row in sorted({row for row, _ in ours if row > 1}):
        line = [ours.get((row, column), (None, (None, None)))[1][1] for column in range(1, 5)]
        known = line[0] in book.sheetnames and line[0] != LOG
        if not known or not line[1] or not line[2] or not line[3]:
            differences.append(f"{name}: line {row} is not sheet, cell, error, detail: {line}")
            continue
        place = book[line[0]][line[1]]
        if place.value is None:
            # A cell without a number has no number to be wrong about.
            differences.append(f"{name}: line {row} names {line[0]}!{line[1]}, which is blank")


def compare_cells(name, official, ours, is_first, is_last, differences):
    last_row = max(row for row, _ in official)
    for at in sorted(official.keys() | ours.keys()):
        address = (official.get(at) or ours.get(at))[0]
        before = official.get(at, (None, None))[1]
        after = ours.get(at, (None, None))[1]
        if is_first and address in FIELDS:
            if before is None or after is None or after[0] != "text" or not after[1].strip():
                differences.append(f"{name}!{address} ({FIELDS[address]}): {before} -> {after}")
        elif before is None and is_last and at[0] > last_row and after[0] == "text":
            continue
        elif before is None and after[0] == "text" and after[1].startswith(GAPS):
            # What the figures of the sheet lack is said where the official workbook has nothing.
            continue
        elif before != after:
            differences.append(f"{name}!{address}: {before} -> {after}")
    return last_row


def compare_sizes(name, official, ours, last_row, differences):
    columns = max(cell.column for row in official.iter_rows() for cell in row if content(cell))
    after = widths(ours)
    for column, width in widths(official).items():
        if column <= columns and after.get(column, 0) + 0.01 < width:
            differences.append(f"{name}: column {column} is {after.get(column)} wide, officially {width}")
    for row, dimension in official.row_dimensions.items():
        if row <= last_row and dimension.height:
            height = ours.row_dimensions[row].height or ours.sheet_format.defaultRowHeight
            if height + 0.01 < dimension.height:
                differences.append(f"{name}: row {row} is {height} high, officially {dimension.height}")


def main():
    parser = argparse.ArgumentParser(description="Compares an official workbook with ours.")
    parser.add_argument("official")
    parser.add_argument("ours")
    arguments = parser.parse_args()
    official = openpyxl.load_workbook(arguments.official)
    ours = openpyxl.load_workbook(arguments.ours)
    differences = []
    compared = 0
    if official.sheetnames != ours.sheetnames:
        differences.append(f"sheets: {official.sheetnames} -> {ours.sheetnames}")
    figures = [name for name in official.sheetnames if name != LOG]
    for name in official.sheetnames:
        if name not in ours.sheetnames:
            continue
        before, after = official[name], ours[name]
        is_unprinted_log = name == LOG and after.sheet_state == "hidden" and after.max_row == 1
        if before.sheet_state != after.sheet_state and not is_unprinted_log:
            differences.append(f"{name}: {before.sheet_state} -> {after.sheet_state}")
        merged = {str(r) for r in before.merged_cells.ranges}, {str(r) for r in after.merged_cells.ranges}
        if merged[0] != merged[1]:
            differences.append(f"{name}: merged {sorted(merged[0] - merged[1])} -> {sorted(merged[1] - merged[0])}")
        cells = contents(before), contents(after)
        compared += len(cells[0])
        if name == LOG:
            compare_log(name, *cells, ours, differences)
        else:
            last_row = compare_cells(name, *cells, name == figures[0], name == figures[-1], differences)
            compare_sizes(name, before, after, last_row, differences)
    for line in differences[:SHOWN]:
        print(line)
    if len(differences) > SHOWN:
        print(f"and {len(differences) - SHOWN} more")
    print(f"{compared} official cells compared, {len(differences)} differences")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
