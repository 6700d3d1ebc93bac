//! `tkgd ledger`: what is decided about returns and findings, written down for good.

use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;

use super::{Context, Exit, print};
use crate::error::{Result, Words};
use crate::finding::ClosingKind;
use crate::pipeline::{LedgerAct, LedgerAnswer, act, answer, answers_from, history as entries_of, history_text, json_of, verified};

#[derive(Debug, clap::Args)]
#[command(
    after_help = "Ví dụ:\n  tkgd ledger return dau-nam-hoc.toml --unit 09001004 --form 01-MN-DN --by \"Chuyên viên KHTC\" --reason \"sai tổng số trẻ\"\n  tkgd ledger approve dau-nam-hoc.toml --unit 09001004 --by \"Trưởng phòng\"\n  tkgd ledger explain dau-nam-hoc.toml --unit 09001004 --form 01-MN-DN --rule submission-missing --by \"Hiệu trưởng\" --reason \"trường tạm ngừng hoạt động\"\n  tkgd ledger verify dau-nam-hoc.toml"
)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Trả biểu lại cho đơn vị sửa.
    Return(ActArgs),
    /// Duyệt biểu; --section nếu chỉ là ý kiến của một bộ phận chuyên môn.
    Approve(ActArgs),
    /// Từ chối biểu.
    Refuse(ActArgs),
    /// Khóa biểu.
    Lock(ActArgs),
    /// Gửi yêu cầu mở khóa.
    RequestUnlock(ActArgs),
    /// Mở khóa biểu.
    Unlock(ActArgs),
    /// Mở lại biểu đã duyệt hoặc đã khóa để sửa.
    Reopen(ActArgs),
    /// Giải trình một phát hiện cần giải trình.
    Explain(AnswerArgs),
    /// Chấp nhận một lỗi, có lý do.
    Accept(AnswerArgs),
    /// Ghi nhiều giải trình từ một bảng: mã đơn vị, biểu, quy tắc, trang, mã số, cột, giải trình.
    Import(ImportArgs),
    /// Xem lịch sử.
    History(HistoryArgs),
    /// Kiểm tra sổ có còn nguyên vẹn không; nêu dòng đầu tiên bị sửa hoặc mất.
    Verify(VerifyArgs),
}

#[derive(Debug, clap::Args)]
struct ActArgs {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Mã đơn vị; lặp lại được.
    #[arg(long = "unit", value_name = "MÃ", required = true)]
    units: Vec<String>,
    /// Biểu; mặc định mọi biểu đơn vị phải nộp.
    #[arg(long)]
    form: Option<String>,
    /// Bộ phận chuyên môn duyệt.
    #[arg(long, value_name = "BỘ PHẬN", default_value = "")]
    section: String,
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, clap::Args)]
struct AnswerArgs {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Mã đơn vị.
    #[arg(long, value_name = "MÃ")]
    unit: String,
    /// Biểu.
    #[arg(long)]
    form: String,
    /// Mã quy tắc, như trong phat-hien.txt.
    #[arg(long, value_name = "QUY TẮC")]
    rule: String,
    /// Chỉ trang này.
    #[arg(long, value_name = "TRANG", default_value = "")]
    sheet: String,
    /// Chỉ mã số này.
    #[arg(long, value_name = "MÃ SỐ", default_value = "")]
    code: String,
    /// Chỉ cột này.
    #[arg(long, value_name = "CỘT")]
    column: Option<u16>,
    #[command(flatten)]
    said: Said,
}

/// Who, why, on what ground, when.
#[derive(Debug, clap::Args)]
struct Said {
    /// Chức danh người thực hiện; không ghi tên riêng.
    #[arg(long, value_name = "CHỨC DANH", default_value = "")]
    by: String,
    /// Lý do, lời giải trình.
    #[arg(long, value_name = "LÝ DO", default_value = "")]
    reason: String,
    /// Văn bản làm căn cứ.
    #[arg(long, value_name = "VĂN BẢN", default_value = "")]
    document: String,
    /// Ngày thực hiện, ví dụ 2025-10-20; mặc định hôm nay. Giờ ghi sổ luôn là giờ của máy.
    #[arg(long, value_name = "NGÀY")]
    on: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct ImportArgs {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Bảng giải trình (csv, xlsx).
    file: PathBuf,
    /// Chức danh người giải trình, khi bảng không có cột ấy.
    #[arg(long, value_name = "CHỨC DANH", default_value = "")]
    by: String,
    /// Ngày giải trình; mặc định hôm nay.
    #[arg(long, value_name = "NGÀY")]
    on: Option<NaiveDate>,
}

#[derive(Debug, clap::Args)]
struct HistoryArgs {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
    /// Chỉ đơn vị này.
    #[arg(long, value_name = "MÃ")]
    unit: Option<String>,
    /// Chỉ biểu này.
    #[arg(long)]
    form: Option<String>,
}

#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Tệp quy trình (.toml).
    pipeline: PathBuf,
}

pub fn run(args: &Args, context: &Context) -> Result<Exit> {
    match &args.command {
        Command::Return(args) => action("return", args, context),
        Command::Approve(args) => action("approve", args, context),
        Command::Refuse(args) => action("refuse", args, context),
        Command::Lock(args) => action("lock", args, context),
        Command::RequestUnlock(args) => action("request-unlock", args, context),
        Command::Unlock(args) => action("unlock", args, context),
        Command::Reopen(args) => action("reopen", args, context),
        Command::Explain(args) => close(ClosingKind::Explained, args, context),
        Command::Accept(args) => close(ClosingKind::Accepted, args, context),
        Command::Import(args) => {
            let answers = answers_from(&args.file, &args.by, &context.isolation)?;
            write(&args.pipeline, &answers, args.on, context)
        }
        Command::History(args) => history(args, context),
        Command::Verify(args) => verify(args, context),
    }
}

fn action(id: &str, args: &ActArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let wish = LedgerAct {
        action: id.to_owned(),
        units: args.units.clone(),
        form: args.form.clone(),
        by: args.said.by.clone(),
        reason: args.said.reason.clone(),
        document: args.said.document.clone(),
        section: args.section.clone(),
        on: args.said.on,
    };
    Ok(written(act(&context.session()?, &pipeline, &wish)?, context))
}

fn close(kind: ClosingKind, args: &AnswerArgs, context: &Context) -> Result<Exit> {
    let answer = LedgerAnswer {
        kind,
        unit: args.unit.clone(),
        form: args.form.clone(),
        rule: args.rule.clone(),
        sheet: args.sheet.clone(),
        code: args.code.clone(),
        column: args.column,
        text: args.said.reason.clone(),
        by: args.said.by.clone(),
        document: args.said.document.clone(),
        place: Words::both("--rule", "--rule"),
        table: None,
    };
    write(&args.pipeline, &[answer], args.said.on, context)
}

fn write(pipeline: &std::path::Path, answers: &[LedgerAnswer], on: Option<NaiveDate>, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(pipeline)?;
    Ok(written(answer(&context.session()?, &pipeline, answers, on)?, context))
}

/// How many entries were written.
#[derive(serde::Serialize)]
struct Written {
    written: usize,
}

fn written(entries: usize, context: &Context) -> Exit {
    if context.json {
        print(&format!("{}\n", serde_json::to_string(&Written { written: entries }).unwrap_or_default()));
    } else {
        let (vi, en) = (format!("Đã ghi {entries} dòng vào sổ theo dõi\n"), format!("{entries} entries written\n"));
        print(context.lang.pick(&vi, &en));
    }
    Exit::Fine
}

fn history(args: &HistoryArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let wish = (args.unit.as_deref(), args.form.as_deref());
    if context.json {
        print(&json_of(&entries_of(&pipeline, args.unit.as_deref(), args.form.as_deref())?));
    } else {
        print(&history_text(&context.session()?, &pipeline, wish)?);
    }
    Ok(Exit::Fine)
}

fn verify(args: &VerifyArgs, context: &Context) -> Result<Exit> {
    let pipeline = context.pipeline(&args.pipeline)?;
    let (is_whole, text, value) = verified(&context.session()?, &pipeline)?;
    print(&if context.json { format!("{value:#}\n") } else { text });
    Ok(if is_whole { Exit::Fine } else { Exit::Findings })
}
