//! What the program says, word by word: findings, errors, help.

use tkgd::base::message::Lang;

use super::support::{root, tkgd};
use super::workspace::{Workspace, book, form, schemas, values};

/// Standard output, standard error and exit code of a call from the repository's folder.
fn say(arguments: &[&str]) -> String {
    let output = tkgd().args(arguments).current_dir(root()).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    format!("{out}{err}exit {}", output.status.code().unwrap())
}

/// A workspace of one school whose total of pupils is one too many.
fn wrong_total(name: &str) -> Workspace {
    let schemas = schemas();
    let form = form(&schemas, "02-TH-DN");
    let register = "code,name,kind,reports_to,forms\nS,Sở GDĐT,department,,\nT01,Trường A,school,S,02-TH-DN\n";
    let workspace = Workspace::new(name, register, "", "");
    let sheet = form.layout.sheet("I").unwrap();
    let mut values = values(&schemas, &form, 1);
    let slot = sheet.slot(sheet.find_code("8").unwrap(), 0);
    values.set(slot, tkgd::returns::Status::Reported, 5);
    workspace.add("T01_a.xlsx", &book(&schemas, &form, &values));
    workspace
}

#[test]
fn findings_say_what_where_and_what_to_do_in_two_languages() {
    let workspace = wrong_total("words");
    workspace.run();
    let text = std::fs::read_to_string(workspace.output().join("phat-hien.txt")).unwrap();
    insta::assert_snapshot!(text, @r#"
    lỗi[column-sum]: ghi 5; các phần cộng lại là 1 = F19 1 + G19 0
      tại bieu/T01_a.xlsx, trang "I", ô E19 (đơn vị T01, biểu tt25-2024/02-TH-DN, mã số 8, cột 1)
      gợi ý: kiểm tra các ô thành phần
    lỗi[part-exceeds-whole]: ghi 5, lớn hơn 1 (E10 1)
      tại bieu/T01_a.xlsx, trang "I", ô E19 (đơn vị T01, biểu tt25-2024/02-TH-DN, mã số 8, cột 1)
    cần giải trình[th-national-standard]: 5 trường mức 1 và 0 trường mức 2, trên 1 trường
      tại bieu/T01_a.xlsx, trang "I", ô E19 (đơn vị T01, biểu tt25-2024/02-TH-DN, mã số 8, cột 1)
    cảnh báo[indicator-implausible]: Tỷ lệ trường đạt chuẩn quốc gia (national-standard-schools, TH) [T01]: 500 %; thường trong khoảng 0 – 100
      về (đơn vị S)
      gợi ý: xem tử số, mẫu số và các đơn vị cấp dưới trong chi-tieu.csv; khoảng và nguồn ghi trong schemas/indicators
    cảnh báo[likely-error]: nếu sửa E19 5 → 1 thì mọi tổng của biểu đều khớp
      tại bieu/T01_a.xlsx, trang "I", ô E19 (đơn vị T01, biểu tt25-2024/02-TH-DN, mã số 8, cột 1)
      gợi ý: so lại với sổ gốc trước khi sửa
    chưa kiểm tra được[entry-grade-completers]: "khối đầu cấp không nối tiếp số hoàn thành cấp dưới năm trước": kho lưu trữ không có số liệu của kỳ liền trước
      về (biểu tt25-2024/02-TH-DN)
    chưa kiểm tra được[repeaters-kept-back]: "học sinh lưu ban khác số lưu ban cuối năm trước": kho lưu trữ không có số liệu của kỳ liền trước
      về (biểu tt25-2024/02-TH-DN)
    chưa kiểm tra được[th-pupils-last-year]: "số học sinh thay đổi nhiều so với năm trước": kho lưu trữ không có số liệu của cùng kỳ năm trước
      về (biểu tt25-2024/02-TH-DN)
    chưa kiểm tra được[th-class-size-unlike-others]: "sĩ số bình quân khác hẳn các trường khác": quá ít đơn vị để so sánh (1 < 12)
      về (biểu tt25-2024/02-TH-DN)
    chưa kiểm tra được[th-cohort-last-year]: "khối trên không nối tiếp khối dưới của năm trước": kho lưu trữ không có số liệu của cùng kỳ năm trước
      về (biểu tt25-2024/02-TH-DN)
    "#);
    let file = workspace.folder.join("bieu/T01_a.xlsx").display().to_string();
    let english = say(&["check", "--lang", "en", "--year", "2025", &file]).replace(&file, "FILE");
    insta::assert_snapshot!(english, @r#"
    error[column-sum]: it says 5; the parts make 1 = F19 1 + G19 0
      at FILE, sheet "I", cell E19 (form tt25-2024/02-TH-DN, code 8, column 1)
      hint: check the cells named
    error[part-exceeds-whole]: it says 5, more than 1 (E10 1)
      at FILE, sheet "I", cell E19 (form tt25-2024/02-TH-DN, code 8, column 1)
    query[th-national-standard]: 5 schools at level 1 and 0 at level 2, of 1
      at FILE, sheet "I", cell E19 (form tt25-2024/02-TH-DN, code 8, column 1)
    warning[likely-error]: E19 5 → 1 would make every sum of the form agree
      at FILE, sheet "I", cell E19 (form tt25-2024/02-TH-DN, code 8, column 1)
      hint: compare with the school's own records before changing it
    Form 02.ĐN-TH: its layout is borrowed and was not compared with a form of this circular
    1 files checked: 4 findings
    exit 1
    "#);
}

#[test]
fn errors_name_the_path_the_reason_and_a_hint() {
    insta::assert_snapshot!(say(&["run", "pipelines/khong-co.toml"]), @r"
    lỗi: không đọc được `pipelines/khong-co.toml`: không có tệp hay thư mục này
    exit 2
    ");
    insta::assert_snapshot!(say(&["--lang", "en", "schema", "show", "tt25-2024/01-MN-DM"]), @r"
    error: there is no form `tt25-2024/01-MN-DM`
    hint: did you mean `tt25-2024/01-MN-DN`?
    exit 2
    ");
    insta::assert_snapshot!(say(&["check", "--year", "1999", "samples/2025-2026/dau-nam-hoc/bieu"]), @r"
    lỗi: không có thông tư có hiệu lực cho `1999-2000 opening`
    gợi ý: xem `in_force_from` và `in_force_to` trong schemas/*/regulation.toml
    exit 2
    ");
}

#[test]
fn the_forms_are_listed_with_what_they_rest_on() {
    insta::assert_snapshot!(say(&["schema", "show"]), @r"
    qd4725-2022 (Quyết định 4725/QĐ-BGDĐT): 30/12/2022 – …
      qd4725-2022/CDS  CĐS (tên tạm)  Mức độ chuyển đổi số của cơ sở giáo dục  [reconstructed] two groups of points, each up to 100, and three levels: QĐ 4725 as summarised by legal portals
    tt24-2018 (Thông tư 24/2018/TT-BGDĐT): 14/11/2018 – 08/02/2025
      tt24-2018/01-MN-CN  01-MN-CN (tên tạm)  Báo cáo thống kê giáo dục mầm non  [reconstructed] rebuilt from third-party code that follows a preschool form of 2020, term not named there; no real workbook has been found
      tt24-2018/01-MN-DN  01-MN-ĐN  Báo cáo thống kê giáo dục mầm non  [verified] real workbook of school year 2020-2021, every cell compared
      tt24-2018/02-TH-CN  02-TH-CN (tên tạm)  Báo cáo thống kê giáo dục tiểu học  [reconstructed] rebuilt by analogy with an unofficial closing form of preschools and the sector database's dictionary; no real workbook has been found
      tt24-2018/02-TH-DN  02-TH-ĐN  Báo cáo thống kê giáo dục tiểu học  [verified] real workbook of school year 2020-2021, every cell compared
      tt24-2018/03-THCS-CN  03-THCS-CN (tên tạm)  Báo cáo thống kê giáo dục trung học cơ sở  [reconstructed] rebuilt by analogy with an unofficial closing form of preschools and the sector database's dictionary; no real workbook has been found
      tt24-2018/03-THCS-DN  03-THCS-ĐN  Báo cáo thống kê giáo dục trung học cơ sở  [reconstructed] rebuilt by analogy with 02-TH-ĐN and the sector database's code lists; no real workbook has been found
      tt24-2018/04-THPT-CN  04-THPT-CN (tên tạm)  Báo cáo thống kê giáo dục trung học phổ thông  [reconstructed] rebuilt by analogy with an unofficial closing form of preschools and the sector database's dictionary; no real workbook has been found
      tt24-2018/04-THPT-DN  04-THPT-ĐN  Báo cáo thống kê giáo dục trung học phổ thông  [reconstructed] rebuilt by analogy with 02-TH-ĐN and the sector database's code lists; no real workbook has been found
      tt24-2018/05-GDTX-CN  GDTX-CN (tên tạm)  Báo cáo thống kê giáo dục thường xuyên  [reconstructed] rebuilt by analogy with GDTX-ĐN and the closing forms of lower and upper secondary, themselves rebuilt; no real workbook has been found
      tt24-2018/05-GDTX-DN  GDTX-ĐN (tên tạm)  Báo cáo thống kê giáo dục thường xuyên  [reconstructed] rebuilt by analogy with 02-TH-ĐN and the sector database's code lists; no real workbook has been found
      tt24-2018/KT-DN  KT-ĐN (tên tạm)  Báo cáo thống kê giáo dục khuyết tật  [reconstructed] rebuilt by analogy with 02-TH-ĐN and the sector database's code lists; no real workbook has been found
    tt25-2024 (Thông tư 25/2024/TT-BGDĐT): 09/02/2025 – …
      tt25-2024/01-MN-CN  01.CN-MN (tên tạm)  Báo cáo thống kê giáo dục mầm non  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/01-MN-DN  01.ĐN-MN  Báo cáo thống kê giáo dục mầm non  [assumed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/02-TH-CN  02.CN-TH (tên tạm)  Báo cáo thống kê giáo dục tiểu học  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/02-TH-DN  02.ĐN-TH  Báo cáo thống kê giáo dục tiểu học  [assumed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/03-THCS-CN  03.CN-THCS (tên tạm)  Báo cáo thống kê giáo dục trung học cơ sở  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/03-THCS-DN  03.ĐN-THCS  Báo cáo thống kê giáo dục trung học cơ sở  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/04-THPT-CN  04.CN-THPT (tên tạm)  Báo cáo thống kê giáo dục trung học phổ thông  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/04-THPT-DN  04.ĐN-THPT  Báo cáo thống kê giáo dục trung học phổ thông  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/05-GDTX-CN  CN-GDTX (tên tạm)  Báo cáo thống kê giáo dục thường xuyên  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/05-GDTX-DN  ĐN-GDTX (tên tạm)  Báo cáo thống kê giáo dục thường xuyên  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
      tt25-2024/KT-DN  ĐN-KT (tên tạm)  Báo cáo thống kê giáo dục khuyết tật  [reconstructed] layout of the 2018 form; no blank of the 2024 circular has been seen
    exit 0
    ");
}

#[test]
fn every_command_has_examples() {
    for command in ["init", "run", "check", "report", "reconcile", "explain", "compare", "schema", "sample"] {
        let help = say(&[command, "--help"]);
        assert!(help.contains("Ví dụ:"), "{command}");
    }
}

#[test]
fn a_problem_in_the_register_names_every_line() {
    let workspace = wrong_total("words-register");
    let register = "code,name,kind,reports_to,forms\nS,Sở,department,,\nT01,A,schol,S,02-TH-DN\nT02,B,school,X,\nT02,C,school,S,\n";
    std::fs::write(workspace.folder.join("reg.csv"), register).unwrap();
    let output = workspace.run();
    let error = String::from_utf8_lossy(&output.stderr).replace(&workspace.folder.display().to_string(), "FOLDER");
    insta::assert_snapshot!(error, @r"
    lỗi: `FOLDER/reg.csv` chưa đúng: dòng 3: `schol` không phải là loại đơn vị; có thể ghi: trường, cơ sở, trung tâm, xã/phường, huyện, Sở
      dòng 5: đơn vị T02 có hiệu lực cùng lúc với dòng 4
    ");
}

/// The words of a line as a shell takes them: blanks separate, quotation marks hold together, `>` and `>>` end the command.
fn shell_words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut is_quoted) = (Vec::new(), String::new(), false);
    for letter in line.chars() {
        match letter {
            '"' => is_quoted = !is_quoted,
            ' ' if !is_quoted => words.push(std::mem::take(&mut word)),
            letter => word.push(letter),
        }
    }
    words.push(word);
    words.into_iter().filter(|word| !word.is_empty()).take_while(|word| ![">", ">>"].contains(&word.as_str())).collect()
}

#[test]
fn every_example_of_the_help_is_a_command_that_is_taken() {
    let mut waiting: Vec<clap::Command> = [Lang::Vi, Lang::En].map(tkgd::cli::command_in_words).into();
    let mut seen = 0;
    while let Some(command) = waiting.pop() {
        let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
        for line in help.lines().map(str::trim).filter(|line| line.starts_with("tkgd ")) {
            let arguments: Vec<std::ffi::OsString> = shell_words(line).into_iter().map(Into::into).collect();
            let read = tkgd::cli::Cli::read(&arguments);
            assert!(read.is_ok(), "{line}: {:?}", read.err());
            seen += 1;
        }
        waiting.extend(command.get_subcommands().cloned());
    }
    assert!(seen > 100, "{seen}");
}

/// Arguments that make no command are told in words of ours, in both languages, with what helps.
#[test]
fn arguments_that_make_no_command_are_told_in_words() {
    let said = |arguments: &[&str]| format!("{} {}", arguments.join(" "), say(arguments).trim());
    let all = [
        said(&["runn"]),
        said(&["--lang", "en", "runn"]),
        said(&["init"]),
        said(&["run", "x.toml", "--al"]),
        said(&["run", "x.toml", "y.toml"]),
        said(&["run", "x.toml", "--received-on", "2025"]),
        said(&["query", "--timeout", "0"]),
        said(&["query", "--rows", "x"]),
        said(&["query", "--name", "a", "--file", "b"]),
        said(&["query", "--out"]),
        said(&["--lang", "fr", "run", "x.toml"]),
        said(&["--lang=en", "compare", "a"]),
        said(&["reconcile", "a", "b", "--trust", "c", "--lang", "en"]),
    ];
    insta::assert_snapshot!(all.join("\n"), @r"
    runn lỗi: không có lệnh `runn`
    gợi ý: có phải là `run`?
    exit 2
    --lang en runn error: there is no command `runn`
    hint: did you mean `run`?
    exit 2
    init lỗi: còn thiếu: `<THƯ MỤC>`
    gợi ý: xem `tkgd init --help`
    exit 2
    run x.toml --al lỗi: không có tùy chọn `--al`
    gợi ý: có phải là `--all`?
    exit 2
    run x.toml y.toml lỗi: thừa `y.toml`
    gợi ý: xem `tkgd run --help`
    exit 2
    run x.toml --received-on 2025 lỗi: `2025` của `--received-on` không phải là ngày; ghi như 20/10/2025
    gợi ý: xem `tkgd run --help`
    exit 2
    query --timeout 0 lỗi: `--timeout` phải từ 1 đến 604800, không phải 0
    gợi ý: xem `tkgd query --help`
    exit 2
    query --rows x lỗi: `x` của `--rows` không phải là số nguyên
    gợi ý: xem `tkgd query --help`
    exit 2
    query --name a --file b lỗi: không dùng `--name` cùng với `--file <TỆP>`
    gợi ý: xem `tkgd query --help`
    exit 2
    query --out lỗi: `--out` cần một giá trị
    gợi ý: xem `tkgd query --help`
    exit 2
    --lang fr run x.toml lỗi: `fr` không dùng được cho `--lang`
    gợi ý: một trong: `vi`, `en`
    exit 2
    --lang=en compare a error: missing: `<B>`
    hint: see `tkgd compare --help`
    exit 2
    reconcile a b --trust c --lang en error: `c` is no value of `--trust`
    hint: one of: `a`, `b`
    exit 2
    ");
}
