"""A year's figures by openpyxl.

year.py sums BOOKS RELEASES STATE          the department's official workbooks of the newest release, cell by cell, are the sums of the
                                           schools' books; their names and pages say the state
year.py shown BOOKS FOLDER ROW=ROW ...     blank workbooks show, on their sheet of the term before, what the schools' books say: row of
                                           the blank workbook = row of the book
year.py beside BOOKS BOOKS WORKBOOK ROW ROW  the comparison of both terms: primary schools' figures of a row at the opening and of one at the closing
BOOKS has a line per school: form, tab, workbook.
"""

import collections
import pathlib
import sys

import openpyxl


def books(path):
    """Workbooks by form."""
    found = collections.defaultdict(list)
    for line in pathlib.Path(path).read_text(encoding="utf-8").splitlines():
        form, file = line.split("\t")
        found[form].append(pathlib.Path(file))
    return found


def heading(sheet):
    """The row of headings that has the code column, and that column's number."""
    for row in sheet.iter_rows(max_row=12):
        for cell in row:
            if str(cell.value or "").strip().lower() == "mã số":
                return cell.row, cell.column
    return None


def number(value):
    """A number, or nothing for whatever else stands in a cell."""
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def sums(list_of_books, releases, state):
    """Every figure of the department against the schools' books."""
    newest = max((folder for folder in pathlib.Path(releases).iterdir() if folder.is_dir()), key=lambda folder: folder.name)
    compared, wrong = collections.Counter(), []
    for form, files in books(list_of_books).items():
        reports = [path for path in newest.rglob(f"*_{form}_*.xlsx") if path.name.startswith("Sở ")]
        if len(reports) != 1:
            sys.exit(f"{newest}: {len(reports)} workbooks {form} of the department")
        [path] = reports
        if state.split()[0] not in path.name.upper().replace("-", " "):
            wrong.append(f"{path.name} does not say {state}")
        report = openpyxl.load_workbook(path, data_only=True)
        schools = [openpyxl.load_workbook(file, data_only=True) for file in files]
        for sheet in report.worksheets:
            pages = "".join(part.text or "" for part in (sheet.oddHeader.left, sheet.oddHeader.center, sheet.oddHeader.right))
            if state not in pages:
                wrong.append(f"{form} {sheet.title}: its pages do not say {state}")
            place = heading(sheet)
            if place is None:
                continue
            for row in sheet.iter_rows(min_row=place[0] + 1):
                # The row that numbers the columns has a letter there.
                if not any(sign.isdigit() for sign in str(row[place[1] - 1].value or "")):
                    continue
                for cell in row[place[1] :]:
                    if not isinstance(cell.value, (int, float)):
                        continue
                    parts = sum(number(school[sheet.title].cell(cell.row, cell.column).value) for school in schools)
                    compared[form] += 1
                    # Money has six decimals at the most.
                    if abs(parts - cell.value) > 5e-7:
                        wrong.append(f"{form} {sheet.title}!{cell.coordinate}: {cell.value}, the schools {parts}")
    if wrong or min(compared.values()) < 250:
        sys.exit("\n".join([f"{dict(compared)} cells compared", *wrong[:20]]))
    print(f"{dict(compared)} cells are the sums of the schools")


def first(sheet, code, column):
    """The first number of the row that has a code in a column; nothing where the sheet has no such code."""
    for row in sheet.iter_rows():
        if str(row[column - 1].value or "").strip() == code:
            return next((cell.value for cell in row[column:] if isinstance(cell.value, (int, float))), None)
    return None


def of_book(book, code):
    """The first number of a row of a school's book, wherever the code stands."""
    for sheet in book.worksheets:
        place = heading(sheet)
        found = first(sheet, code, place[1]) if place else None
        if found is not None:
            return found
    return None


def shown(list_of_books, folder, pairs):
    """Figures on the sheet of the term before."""
    compared, wrong = 0, []
    for file in books(list_of_books)["02-TH-DN"]:
        unit = file.name.split("_")[0]
        [blank] = pathlib.Path(folder).glob(f"{unit}_*.xlsx")
        before = openpyxl.load_workbook(blank, data_only=True)["Kỳ trước"]
        book = openpyxl.load_workbook(file, data_only=True)
        for pair in pairs:
            theirs, ours = pair.split("=")
            # On the sheet of the term before, codes stand behind the names of sheets.
            said, told = of_book(book, ours), first(before, theirs, 2)
            compared += 1
            if told != said or said is None:
                wrong.append(f"{blank.name}: row {theirs} shows {told}, the school's book says {said}")
    if wrong or compared < 20:
        sys.exit("\n".join([f"{compared} figures compared", *wrong[:20]]))
    print(f"{compared} figures of the term before are those of the schools")


def beside(opening, closing, workbook, start, end):
    """Figures of both terms beside each other, school by school."""
    sheet = openpyxl.load_workbook(workbook, data_only=True)["Cuối năm, đầu năm"]
    told = {str(row[1]): row[3:6] for row in sheet.iter_rows(values_only=True) if row[0] == "Đơn vị"}
    of = lambda path, form, code: {
        file.name.split("_")[0]: of_book(openpyxl.load_workbook(file, data_only=True), code) for file in books(path)[form]
    }
    before, after = of(opening, "02-TH-DN", start), of(closing, "02-TH-CN", end)
    wrong = [f"{unit}: {told.get(unit)}, the books {after[unit]} and {before[unit]}" for unit in after if told.get(unit) != (after[unit], before[unit], after[unit] - before[unit])]
    if wrong or len(after) < 20:
        sys.exit("\n".join([f"{len(after)} schools compared", *wrong[:20]]))
    print(f"{len(after)} schools stand at the closing beside the opening as in their books")


if sys.argv[1] == "sums":
    sums(*sys.argv[2:5])
elif sys.argv[1] == "beside":
    beside(*sys.argv[2:7])
else:
    shown(sys.argv[2], sys.argv[3], sys.argv[4:])
