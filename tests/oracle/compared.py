"""The workbook of a comparison as openpyxl sees it, against its Parquet tables as DuckDB adds them up."""

import sys

import duckdb
import openpyxl

book = openpyxl.load_workbook(sys.argv[1])
cells, totals = sys.argv[2:]
assert book.sheetnames == ["Giới thiệu", "Số tổng", "Ô thay đổi", "Theo đơn vị", "Đơn vị"], book.sheetnames
for name in book.sheetnames[1:]:
    sheet = book[name]
    assert not sheet.merged_cells.ranges, name
    assert sheet.freeze_panes is not None and sheet.freeze_panes.endswith("2"), (name, sheet.freeze_panes)
    headings = [cell.value for cell in sheet[1]]
    assert all(headings) and len(set(headings)) == len(headings), headings
    (table,) = sheet.tables.values()
    assert table.ref.startswith("A1:") and table.autoFilter.ref == table.ref and table.column_names == headings, name


def differences(name):
    sheet = book[name]
    at = [cell.value for cell in sheet[1]].index("Chênh lệch")
    rules = {str(key.sqref): [rule.type for rule in rules] for key, rules in sheet.conditional_formatting._cf_rules.items()}
    letter = openpyxl.utils.get_column_letter(at + 1)
    wanted = f"{letter}2:{letter}{sheet.max_row}"
    assert rules.get(wanted) == ["cellIs", "cellIs"], rules
    assert ["dataBar"] in rules.values(), rules
    # Nothing where one of the two is not known.
    return [row[at] or 0 for row in sheet.iter_rows(min_row=2, values_only=True)]


con = duckdb.connect()
for name, file, where in [("Ô thay đổi", cells, "WHERE kind = 'changed'"), ("Số tổng", totals, "")]:
    count, plus, minus = con.execute(
        f"SELECT count(*), sum(greatest(difference, 0)), sum(least(difference, 0)) FROM '{file}' {where}"
    ).fetchone()
    shown = differences(name)
    assert len(shown) == count, (name, len(shown), count)
    assert sum(max(d, 0) for d in shown) == plus and sum(min(d, 0) for d in shown) == minus, name
print("sheets, looks and sums agree")
