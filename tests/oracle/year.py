"""The province's official workbook of the newest release against sums of the schools' workbooks, cell by cell, with openpyxl:
year.py RETURNS RELEASES STATE
"""

import pathlib
import sys

import openpyxl

returns, releases, state = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3]
newest = max((folder for folder in releases.iterdir() if folder.is_dir()), key=lambda folder: folder.name)
reports = [path for path in newest.rglob("*_02-TH-DN_*.xlsx") if path.name.startswith("Sở ")]
if len(reports) != 1:
    sys.exit(f"{newest}: {len(reports)} reports of the province")
[path] = reports
report = openpyxl.load_workbook(path, data_only=True)
schools = [openpyxl.load_workbook(file, data_only=True) for file in sorted(returns.glob("*.xlsx"))]
if len(schools) != 12:
    sys.exit(f"{len(schools)} returns")

compared, wrong = 0, []
for sheet in report.worksheets:
    if state not in (sheet.oddHeader.center.text or "") + (sheet.oddHeader.left.text or "") + (sheet.oddHeader.right.text or ""):
        wrong.append(f"{sheet.title}: its pages do not say {state}")
    heading = next((row for row in sheet.iter_rows(max_row=12) if any(str(cell.value or "").strip().lower() == "mã số" for cell in row)), None)
    if heading is None:
        continue
    code = next(cell.column for cell in heading if str(cell.value or "").strip().lower() == "mã số")
    for row in sheet.iter_rows(min_row=heading[0].row + 1):
        if not str(row[code - 1].value or "").strip().isdigit():
            continue
        for cell in row[code:]:
            if not isinstance(cell.value, (int, float)):
                continue
            parts = [school[sheet.title].cell(cell.row, cell.column).value or 0 for school in schools]
            compared += 1
            if sum(parts) != cell.value:
                wrong.append(f"{sheet.title}!{cell.coordinate}: {cell.value}, the schools {sum(parts)}")
if state.split()[0] not in path.name.upper().replace("-", " "):
    wrong.append(f"{path.name} does not say {state}")
if wrong or compared < 1000:
    sys.exit("\n".join([f"{compared} cells compared", *wrong[:20]]))
print(f"{compared} cells are the sums of {len(schools)} schools")
