//! Mistakes that schools make in what they hand in, each one with what must be said of it, decided before it was tried.

use tkgd::ooxml::RawWorkbook;

use super::province::{OPENING, Province, School};
use super::sheets::{Book, Typed, number};

/// What a school that makes the mistake has before it.
pub struct Desk<'a> {
    /// The province.
    pub province: &'a Province,
    /// The school.
    pub school: &'a School,
    /// Another school that makes no mistake.
    pub other: &'a School,
    /// Its true figures.
    pub truth: RawWorkbook,
}

impl Desk<'_> {
    /// A workbook of its own with the official form, filled in.
    fn own(&self) -> Book {
        Book::open(&self.province.own_book(self.school, OPENING))
    }

    /// The workbook that was handed out to it, filled in.
    fn handed_out(&self) -> Book {
        Book::open(&self.province.filled(self.school, OPENING, "bieu-trong"))
    }

    /// The number that belongs into a cell of the pupils' sheet.
    fn pupils(&self, address: &str) -> f64 {
        number(&self.truth, "III", address)
    }

    /// Column of a sheet of pupils that holds its own kind: public schools have the fifth, private ones the ninth.
    fn column(&self) -> char {
        if self.pupils("I5") > 0.0 { 'I' } else { 'M' }
    }

    /// The cell of the pupils of a row in the column of its own kind.
    pub fn own_cell(&self, row: u32) -> String {
        format!("{}{row}", self.column())
    }

    /// Its own workbook with another text or number in its own cell of a row.
    fn typed(&self, row: u32, typed: &Typed<'_>) -> Vec<u8> {
        self.own().put("III", &self.own_cell(row), typed).save()
    }
}

/// A file that comes in: its name and its bytes.
pub struct Sent {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// How the school puts it right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mending {
    /// In the copy that came back to it, which it hands in under another name.
    InTheCopy,
    /// With a file of its own that takes the place of the wrong one.
    Anew,
    /// It explains the figure; somebody decides about it.
    Explained,
}

/// A mistake.
pub struct Mistake {
    /// What the school did.
    pub name: &'static str,
    /// The files that come of it; names stand for the school's usual one where they are empty.
    pub make: fn(&Desk<'_>) -> Vec<Sent>,
    /// The rule that must speak.
    pub rule: &'static str,
    /// The row of its sheet of pupils at which it must speak, in the column of the school's own kind; or a sheet and a cell.
    pub place: Place,
    /// How it is put right.
    pub mending: Mending,
}

/// Where a finding must stand.
#[derive(Debug, Clone, Copy)]
pub enum Place {
    /// In the file.
    File,
    /// In a sheet.
    Sheet(&'static str),
    /// In a cell.
    Cell(&'static str, &'static str),
    /// In a row of the pupils' sheet, in the column of the school's own kind.
    OwnCell(u32),
}

/// The usual file of the school.
fn usual(bytes: Vec<u8>) -> Vec<Sent> {
    vec![Sent { name: String::new(), bytes }]
}

/// The same text in front of another file's bytes.
fn as_bytes(name: &str, bytes: &[u8]) -> Vec<Sent> {
    vec![Sent { name: name.to_owned(), bytes: bytes.to_owned() }]
}

/// A number with two unequal neighbouring digits exchanged.
fn exchanged(number: f64) -> f64 {
    let digits: Vec<char> = format!("{number}").chars().collect();
    let at = (0..digits.len() - 1).rev().find(|&at| digits[at] != digits[at + 1]).unwrap();
    let mut digits = digits;
    digits.swap(at, at + 1);
    digits.into_iter().collect::<String>().parse().unwrap()
}

/// A row of a grade whose pupils have two unequal digits.
fn grade_row(desk: &Desk<'_>) -> u32 {
    let fits = |row: &u32| {
        let own = desk.pupils(&desk.own_cell(*row));
        own >= 10.0 && exchanged(own) != own
    };
    (10..=14).find(fits).unwrap()
}

/// An old workbook with a password, as far as it can be read.
fn locked_workbook() -> Vec<u8> {
    let mut xls = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    xls.resize(512, 0);
    xls.extend([0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
    xls.extend([0; 12]);
    xls.extend([0x86, 0x00, 0x00, 0x00, 0x2f, 0x00, 0x06, 0x00, 1, 0, 0, 0, 0, 0]);
    xls.resize(4096, 0);
    xls
}

/// Mistakes of primary schools, a school each.
pub const MISTAKES: &[Mistake] = &[
    Mistake {
        name: "a total that is not the sum of its parts",
        make: |desk| usual(desk.own().put("III", "E5", &Typed::Number(desk.pupils("E5") + 10.0)).save()),
        rule: "column-sum",
        place: Place::Cell("III", "E5"),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "two digits exchanged",
        make: |desk| {
            let row = grade_row(desk);
            usual(desk.typed(row, &Typed::Number(exchanged(desk.pupils(&desk.own_cell(row))))))
        },
        rule: "likely-error",
        place: Place::Sheet("III"),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "more girls than pupils",
        make: |desk| {
            let girls = if desk.column() == 'I' { "J11" } else { "N11" };
            usual(desk.own().put("III", girls, &Typed::Number(desk.pupils(&desk.own_cell(11)) + 3.0)).save())
        },
        rule: "group-exceeds-total",
        place: Place::Sheet("III"),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "a digit too many",
        make: |desk| usual(desk.typed(14, &Typed::Number(desk.pupils(&desk.own_cell(14)) * 10.0))),
        rule: "likely-error",
        place: Place::OwnCell(14),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "words in a cell for numbers",
        make: |desk| usual(desk.typed(12, &Typed::Text("ba mươi"))),
        rule: "not-a-number",
        place: Place::OwnCell(12),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "a question mark that is explained, and the explanation accepted",
        make: |desk| usual(desk.typed(32, &Typed::Text("?"))),
        rule: "unknown-value",
        place: Place::OwnCell(32),
        mending: Mending::Explained,
    },
    Mistake {
        name: "a question mark that is explained, and the explanation rejected",
        make: |desk| usual(desk.typed(32, &Typed::Text("?"))),
        rule: "unknown-value",
        place: Place::OwnCell(32),
        mending: Mending::Explained,
    },
    Mistake {
        name: "a number typed as text",
        make: |desk| usual(desk.typed(13, &Typed::Text(&desk.pupils(&desk.own_cell(13)).to_string()))),
        rule: "number-as-text",
        place: Place::OwnCell(13),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "a number pasted with signs that nobody sees",
        make: |desk| usual(desk.typed(10, &Typed::Text(&format!("\u{202d}{}\u{202c}", desk.pupils(&desk.own_cell(10)))))),
        rule: "number-as-text",
        place: Place::OwnCell(10),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "a formula that points at a row that is gone",
        make: |desk| usual(desk.typed(11, &Typed::Error("#REF!"))),
        rule: "error-value",
        place: Place::OwnCell(11),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "a formula that was never calculated",
        make: |desk| usual(desk.typed(12, &Typed::Uncalculated("20+4"))),
        rule: "uncalculated-formula",
        place: Place::OwnCell(12),
        mending: Mending::Anew,
    },
    Mistake {
        name: "a total of the handed out form typed over",
        make: |desk| usual(desk.handed_out().put("III", "E10", &Typed::Number(desk.pupils("E10"))).save()),
        rule: "template-total-overwritten",
        place: Place::Cell("III", "E10"),
        mending: Mending::Anew,
    },
    Mistake {
        name: "a row deleted",
        make: |desk| usual(desk.own().drop_row("III", 10).save()),
        rule: "row-missing",
        place: Place::Sheet("III"),
        mending: Mending::Anew,
    },
    Mistake {
        name: "a sheet deleted",
        make: |desk| usual(desk.own().drop_sheet("V").save()),
        rule: "sheet-missing",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a sheet of another year",
        make: |desk| usual(desk.own().rename_sheet("III", "III (2024-2025)").save()),
        rule: "claim-other-period",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "the blank form of another school, filled in",
        make: |desk| {
            let others = desk.province.workspace.join("bieu-trong").join(desk.other.file(OPENING));
            usual(Book::open(&std::fs::read(others).unwrap()).fill(&desk.truth).save())
        },
        rule: "claim-other-unit",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a negative number",
        make: |desk| usual(desk.typed(13, &Typed::Number(-desk.pupils(&desk.own_cell(13))))),
        rule: "negative-number",
        place: Place::OwnCell(13),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "half a pupil",
        make: |desk| usual(desk.typed(10, &Typed::Number(desk.pupils(&desk.own_cell(10)) + 0.5))),
        rule: "not-whole",
        place: Place::OwnCell(10),
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "the handed out form as it was, with nothing in it",
        make: |desk| {
            let blank = desk.province.workspace.join("bieu-trong").join(desk.school.file(OPENING));
            usual(std::fs::read(blank).unwrap())
        },
        rule: "nothing-reported",
        place: Place::File,
        mending: Mending::InTheCopy,
    },
    Mistake {
        name: "two files that differ",
        make: |desk| {
            let mut sent = usual(desk.own().save());
            let other = desk.typed(10, &Typed::Number(desk.pupils(&desk.own_cell(10)) + 1.0));
            sent.push(Sent { name: format!("{}_gửi lại.xlsx", desk.school.code), bytes: other });
            sent
        },
        rule: "duplicate-submission",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "one file twice",
        make: |desk| {
            let bytes = desk.own().save();
            let again = Sent { name: format!("{}_bản sao.xlsx", desk.school.code), bytes: bytes.clone() };
            vec![Sent { name: String::new(), bytes }, again]
        },
        rule: "same-content",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a workbook with a password",
        make: |desk| as_bytes(&format!("{}_có mật khẩu.xls", desk.school.code), &locked_workbook()),
        rule: "encrypted-file",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a scan in place of the workbook",
        make: |desk| as_bytes(&format!("{}_bản quét.pdf", desk.school.code), b"%PDF-1.7 quet"),
        rule: "file-not-read",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "half a file, cut off on its way",
        make: |desk| {
            let bytes = desk.own().save();
            usual(bytes[..bytes.len() / 2].to_owned())
        },
        rule: "unreadable-file",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a page of the old system that calls itself a workbook",
        make: |desk| as_bytes(&format!("{}_xuat.xls", desk.school.code), b"<html><table><tr><td>37</td></tr></table></html>"),
        rule: "unreadable-file",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "a code that the list does not have",
        make: |desk| {
            let nobody = desk.own().retype(&desk.school.name, "Trường Tiểu học Không Có Tên Này");
            vec![Sent { name: "99999999_02-TH-DN.xlsx".to_owned(), bytes: nobody.save() }]
        },
        rule: "unregistered-unit",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "neither a code nor a name that anybody has",
        make: |desk| {
            let nobody = desk.own().retype(&desk.school.name, "Trường Tiểu học Sông Xanh");
            vec![Sent { name: "bao cao chinh thuc.xlsx".to_owned(), bytes: nobody.save() }]
        },
        rule: "unknown-unit",
        place: Place::File,
        mending: Mending::Anew,
    },
];

/// Mistakes of kindergartens.
pub const OF_KINDERGARTENS: &[Mistake] = &[
    Mistake {
        name: "money in thousands",
        make: |desk| usual(desk.own().retype("triệu đồng", "nghìn đồng").save()),
        rule: "claim-other-measure",
        place: Place::File,
        mending: Mending::Anew,
    },
    Mistake {
        name: "the form of another level",
        make: |desk| {
            let book = Book::open(&desk.province.own_book(desk.other, OPENING)).retype(&desk.other.name, &desk.school.name);
            vec![Sent { name: format!("{}_báo cáo.xlsx", desk.school.code), bytes: book.save() }]
        },
        rule: "unexpected-form",
        place: Place::File,
        mending: Mending::Anew,
    },
];
