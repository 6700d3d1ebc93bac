"""An annotated copy beside the workbook it was made of: same values, comments where they should be.

Usage: returned.py ORIGINAL COPY EXPECTED.json ERRORS_SHEET
EXPECTED holds [sheet, cell] pairs of commented cells.
"""

import json
import sys

import openpyxl


def plain(style):
    """A style that can be compared: the proxy around it cannot."""
    return style._StyleProxy__target


original, copy, expected, errors = sys.argv[1:5]
marked = {(sheet, cell) for sheet, cell in json.load(open(expected, encoding="utf-8"))}
for data_only in (False, True):
    a = openpyxl.load_workbook(original, data_only=data_only)
    b = openpyxl.load_workbook(copy, data_only=data_only)
    sheets = [name for name in b.sheetnames if name in a.sheetnames]
    assert sheets == a.sheetnames, (a.sheetnames, b.sheetnames)
    for sheet in a.worksheets:
        other = b[sheet.title]
        if sheet.title == errors:
            assert [c.value for c in sheet[1]][:4] == [c.value for c in other[1]][:4]
            continue
        assert sheet.merged_cells.ranges == other.merged_cells.ranges, sheet.title
        for row in range(1, max(sheet.max_row, other.max_row) + 1):
            for column in range(1, max(sheet.max_column, other.max_column) + 1):
                one, two = sheet.cell(row, column), other.cell(row, column)
                assert one.value == two.value, (sheet.title, one.coordinate, one.value, two.value)
                looks = [(c.number_format, *(plain(getattr(c, part)) for part in ("font", "border", "alignment", "protection"))) for c in (one, two)]
                assert looks[0] == looks[1], (sheet.title, one.coordinate)
                if (sheet.title, one.coordinate) not in marked:
                    assert plain(one.fill) == plain(two.fill), (sheet.title, one.coordinate)
book = openpyxl.load_workbook(copy)
found = {(s.title, c.coordinate) for s in book.worksheets for row in s.iter_rows() for c in row if c.comment and c.comment.author == "tkgd"}
assert found == marked, found ^ marked
sheet = book[errors]
for row in sheet.iter_rows(min_row=2):
    if row[1].value:
        assert (row[0].value, row[1].value) in marked, row[1].value
        name = row[0].value.replace("'", "''")
        assert row[1].hyperlink.location == f"'{name}'!{row[1].value}", row[1].hyperlink.location
    for cell in row:
        assert cell.data_type != "f", cell.coordinate
assert sheet.max_row > 1
print(len(found), "comments,", sheet.max_row - 1, "lines")
