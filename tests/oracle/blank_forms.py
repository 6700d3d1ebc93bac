"""Three official-looking blanks that nobody drew tkgd for, and what their author meant by them.

Each is drawn cell by cell with openpyxl, as an office would draw it: libraries
with a header of three rows, sports facilities with one row of headings that
starts in column C, health rooms with two sheets of which one is money. `blanks`
gives file name, workbook and meaning; a meaning is plain data:

    {"symbol": …, "named": whether the unit is, "sheets": [{"name", "code_column", "columns": [letters],
      "rows": {code: row}, "amounts": bool, "skip": [[code, letter]],
      "column_sums": [[total, [parts]]], "column_parts": [[whole, [parts]]],
      "row_sums": [[total, [parts]]], "row_parts": [[whole, [parts]]]}]}
"""

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter

LINE = Side(style="thin")
BOX = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)


def put(sheet, address, value, *, bold=False, box=False, centre=False, italic=False, indent=0):
    cell = sheet[address]
    cell.value = value
    cell.font = Font(name="Times New Roman", size=12, bold=bold, italic=italic)
    cell.alignment = Alignment(horizontal="center" if centre else None, vertical="center", wrap_text=True, indent=indent)
    if box:
        cell.border = BOX


def head(sheet, where, text):
    """A heading over one cell or a merged range."""
    first = where.split(":")[0]
    put(sheet, first, text, bold=True, box=True, centre=True)
    if ":" in where:
        for row in sheet[where]:
            for cell in row:
                cell.border = BOX
        sheet.merge_cells(where)


def libraries():
    """Three header rows, a letter row, codes with leading zeros, totals of columns as formulas."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Thư viện"
    put(sheet, "A1", "Biểu số: 07-TVTH", bold=True)
    put(sheet, "A2", "Ban hành kèm theo Thông tư số 99/2027")
    put(sheet, "D1", "BÁO CÁO THƯ VIỆN TRƯỜNG TIỂU HỌC", bold=True, centre=True)
    sheet.merge_cells("D1:H1")
    put(sheet, "D2", "Kỳ đầu năm học", centre=True)
    put(sheet, "D3", "(Số liệu có đến ngày 30 tháng 9)", centre=True, italic=True)
    put(sheet, "I1", "Đơn vị báo cáo:")
    put(sheet, "I2", "……………………")
    put(sheet, "I3", "Đơn vị nhận báo cáo:")
    put(sheet, "I4", "……………………")
    head(sheet, "A6:A8", "STT")
    head(sheet, "B6:B8", "Chỉ tiêu")
    head(sheet, "C6:C8", "Đơn vị tính")
    head(sheet, "D6:D8", "Mã số")
    head(sheet, "E6:E8", "Tổng số")
    head(sheet, "F6:K6", "Chia theo dạng tài liệu")
    head(sheet, "F7:H7", "Tài liệu in")
    head(sheet, "I7:K7", "Tài liệu điện tử")
    for place, text in zip("FGHIJK", ["Cộng", "Tiếng Việt", "Tiếng nước ngoài", "Cộng", "Trực tuyến", "Ngoại tuyến"]):
        head(sheet, f"{place}8", text)
    for place, text in zip("ABCDEFGHIJK", ["A", "B", "C", "D", 1, 2, 3, 4, 5, 6, 7]):
        put(sheet, f"{place}9", text, box=True, centre=True, italic=True)
    lines = [
        ("I", "Vốn tài liệu", "", None),
        ("1", "Tổng số tài liệu", "bản", "01"),
        ("", "Chia theo loại:", "", None),
        ("", "- Sách giáo khoa", "bản", "02"),
        ("", "- Sách nghiệp vụ của giáo viên", "bản", "03"),
        ("", "- Sách thiếu nhi", "bản", "04"),
        ("", "- Báo, tạp chí", "bản", "05"),
        ("", "Trong đó:", "", None),
        ("", "- Tài liệu bổ sung trong năm", "bản", "06"),
        ("", "- Tài liệu được tặng", "bản", "07"),
        ("2", "Tài liệu thanh lý trong năm", "bản", "08"),
        ("II", "Phục vụ bạn đọc", "", None),
        ("3", "Lượt mượn", "lượt", "09"),
        ("3.1", "Lượt mượn của học sinh", "lượt", "10"),
        ("3.2", "Lượt mượn của giáo viên", "lượt", "11"),
        ("3.3", "Lượt mượn của người khác", "lượt", "12"),
    ]
    rows = {}
    for at, (tt, label, unit, code) in enumerate(lines, start=10):
        strong = code is None or bool(tt and "." not in tt)
        for place, value in zip("ABCD", [tt, label, unit, code]):
            put(sheet, f"{place}{at}", value or None, bold=strong, box=True, centre=place != "B")
        for place in "EFGHIJK":
            put(sheet, f"{place}{at}", None, box=True)
        if code:
            rows[code] = at
            sheet[f"E{at}"] = f"=F{at}+I{at}"
            sheet[f"F{at}"] = f"=G{at}+H{at}"
            sheet[f"I{at}"] = f"=SUM(J{at}:K{at})"
    put(sheet, "B28", "Người lập biểu", centre=True)
    put(sheet, "I28", "Thủ trưởng đơn vị", centre=True)
    for place, width in zip("ABCDEFGHIJK", [6, 40, 10, 8] + [11] * 7):
        sheet.column_dimensions[place].width = width
    meaning = {
        "name": "Thư viện",
        "code_column": "D",
        "columns": list("EFGHIJK"),
        "rows": rows,
        "column_sums": [["E", ["F", "I"]], ["F", ["G", "H"]], ["I", ["J", "K"]]],
        "row_sums": [["01", ["02", "03", "04", "05"]], ["09", ["10", "11", "12"]]],
        "row_parts": [["01", ["06", "07"]]],
    }
    return book, {"symbol": "07-TVTH", "sheets": [meaning]}


def sports():
    """One row of headings in row 4, from column C on; numeric codes; the title under the table's own corner."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "CSVC thể thao"
    put(sheet, "H1", "Mẫu số: 12/TDTT")
    put(sheet, "E2", "Biểu tổng hợp cơ sở vật chất thể dục thể thao trong trường học", bold=True)
    put(sheet, "E3", "Năm học: ..........   Kỳ báo cáo: đầu năm học")
    headings = ["Số TT", "Tên công trình, trang thiết bị", "Mã", "Đơn vị", "Hiện có", "Trong đó: đạt chuẩn", "Xây mới trong năm", "Kế hoạch năm tới"]
    for place, text in zip("CDEFGHIJ", headings):
        head(sheet, f"{place}4", text)
    lines = [
        ("A", "Công trình thể thao", "", None, 0),
        (1, "Nhà đa năng", "nhà", 110, 0),
        (2, "Sân tập", "sân", 120, 0),
        ("2.1", "Sân bóng đá", "sân", 121, 1),
        ("2.2", "Sân bóng chuyền", "sân", 122, 1),
        ("2.3", "Sân cầu lông", "sân", 123, 1),
        (3, "Bể bơi", "bể", 130, 0),
        ("", "Trong đó: bể bơi thông minh, lắp ghép", "bể", 131, 1),
        ("B", "Thiết bị", "", None, 0),
        (4, "Bộ thiết bị tối thiểu", "bộ", 210, 0),
        (5, "Bàn bóng bàn", "chiếc", 220, 0),
    ]
    rows = {}
    for at, (tt, label, unit, code, depth) in enumerate(lines, start=5):
        for place, value in zip("CDEF", [tt, label, code, unit]):
            put(sheet, f"{place}{at}", None if value == "" else value, bold=code is None, box=True, indent=depth if place == "D" else 0)
        for place in "GHIJ":
            put(sheet, f"{place}{at}", None, box=True)
        if code:
            rows[str(code)] = at
    put(sheet, "D18", "Ghi chú: không tính công trình đi thuê.")
    meaning = {
        "name": "CSVC thể thao",
        "code_column": "E",
        "columns": list("GHIJ"),
        "rows": rows,
        "column_parts": [["G", ["H"]]],
        "row_sums": [["120", ["121", "122", "123"]]],
        "row_parts": [["130", ["131"]]],
    }
    # It has no place for the name of the unit.
    return book, {"symbol": "12/TDTT", "named": False, "sheets": [meaning]}


def health():
    """Two header rows, codes such as YT-01 and B2.1, no column of units, a sheet of money."""
    book = openpyxl.Workbook()
    staff = book.active
    staff.title = "Y tế trường học"
    put(staff, "B1", "BÁO CÁO CÔNG TÁC Y TẾ TRƯỜNG HỌC", bold=True, centre=True)
    staff.merge_cells("B1:H1")
    put(staff, "B2", "Kỳ báo cáo: Đầu năm học")
    put(staff, "B3", "Tên đơn vị:")
    head(staff, "A5:A6", "Mã chỉ tiêu")
    head(staff, "B5:B6", "Nội dung")
    head(staff, "C5:C6", "Tổng số")
    head(staff, "D5:E5", "Chia ra")
    head(staff, "F5:G5", "Trong đó")
    for place, text in zip("DEFG", ["Thành thị", "Nông thôn", "Nữ", "Dân tộc thiểu số"]):
        head(staff, f"{place}6", text)
    lines = [
        ("YT-01", "Số phòng y tế (phòng)", True),
        ("YT-02", "Nhân viên y tế (người)", True),
        (None, "Chia ra:", False),
        ("YT-03", "- Bác sĩ (người)", False),
        ("YT-04", "- Y sĩ (người)", False),
        ("YT-05", "- Điều dưỡng (người)", False),
        ("YT-06", "- Trình độ khác (người)", False),
        (None, "Trong đó:", False),
        ("YT-07", "- Chuyên trách (người)", False),
        ("YT-08", "Học sinh được khám sức khỏe (học sinh)", True),
        (None, "Trong đó:", False),
        ("YT-09", "- Mắc tật khúc xạ (học sinh)", False),
        ("YT-10", "- Thừa cân, béo phì (học sinh)", False),
    ]
    rows = {}
    for at, (code, label, strong) in enumerate(lines, start=7):
        for place, value in zip("AB", [code, label]):
            put(staff, f"{place}{at}", value, bold=strong, italic=code is None, box=True)
        for place in "CDEFG":
            put(staff, f"{place}{at}", None, box=True)
        if code:
            rows[code] = at
    staff.column_dimensions["B"].width = 44
    counts = {
        "name": "Y tế trường học",
        "code_column": "A",
        "columns": list("CDEFG"),
        "rows": rows,
        "column_sums": [["C", ["D", "E"]]],
        "column_parts": [["C", ["F", "G"]]],
        "row_sums": [["YT-02", ["YT-03", "YT-04", "YT-05", "YT-06"]]],
        "row_parts": [["YT-02", ["YT-07"]], ["YT-08", ["YT-09", "YT-10"]]],
    }
    money = book.create_sheet("Kinh phí y tế")
    put(money, "B1", "KINH PHÍ Y TẾ TRƯỜNG HỌC", bold=True)
    put(money, "F2", "Đơn vị tính: triệu đồng", italic=True)
    head(money, "B4:B5", "TT")
    head(money, "C4:C5", "Nội dung chi")
    head(money, "D4:D5", "Mã số")
    head(money, "E4:F4", "Kinh phí")
    head(money, "E5", "Dự toán")
    head(money, "F5", "Thực hiện")
    spending = [
        ("1", "Tổng chi", "B1"),
        ("1.1", "Thuốc, vật tư", "B1.1"),
        ("1.2", "Trang thiết bị", "B1.2"),
        ("1.3", "Truyền thông, tập huấn", "B1.3"),
        ("2", "Thu từ bảo hiểm y tế để lại", "B2"),
        ("", "Trong đó: đã chi", "B2.1"),
    ]
    amounts = {}
    for at, (tt, label, code) in enumerate(spending, start=6):
        for place, value in zip("BCD", [tt, label, code]):
            put(money, f"{place}{at}", value or None, box=True, bold=tt in ("1", "2"))
        for place in "EF":
            put(money, f"{place}{at}", None, box=True)
            money[f"{place}{at}"].number_format = "#,##0.000"
        amounts[code] = at
    budget = {
        "name": "Kinh phí y tế",
        "code_column": "D",
        "columns": list("EF"),
        "rows": amounts,
        "amounts": True,
        "row_sums": [["B1", ["B1.1", "B1.2", "B1.3"]]],
        "row_parts": [["B2", ["B2.1"]]],
    }
    return book, {"symbol": "YT.01-ĐN", "sheets": [counts, budget]}


def blanks():
    """File name, workbook and meaning of each."""
    return [("thu-vien.xlsx", *libraries()), ("the-thao.xlsx", *sports()), ("y-te.xlsx", *health())]


def letter(number):
    return get_column_letter(number)
