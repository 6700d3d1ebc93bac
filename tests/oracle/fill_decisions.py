"""Fills in decisions as a person does: fill_decisions.py FILE SHEET DECISION|REASON ... , a row each, from the first."""

import sys

import openpyxl

file, sheet, *decisions = sys.argv[1:]
book = openpyxl.load_workbook(file)
rows = book[sheet]
for heading in rows.iter_rows(max_row=10):
    places = {str(cell.value): cell.column for cell in heading if cell.value}
    if "Quyết định" in places:
        break
first = heading[0].row + 1
for row, line in enumerate(decisions, first):
    decision, reason = line.split("|")
    rows.cell(row, places["Quyết định"]).value = decision
    rows.cell(row, places["Lý do quyết định"]).value = reason or None
book.save(file)
