//! `tkgd init`: a workspace to start from: a commented register, blank or made out of a list, and a pipeline.

use std::path::PathBuf;

use super::{Context, Exit, print};
use crate::base::disk::write_new;
use crate::base::error::{Error, Result};
use crate::base::message::{Lang, Message, message};
use crate::workbooks::read_table;
use crate::workspace::{
    ColumnText, ListWish, MadeRegister, NewWorkspace, RegisterFile, TakenColumn, TopUnit, register_of_list, workspace_files,
};

/// Code and name of the unit above all others, unless told otherwise.
const TOP: &str = "S01=Sở Giáo dục và Đào tạo";
/// Lines that are told one by one; the rest is counted.
const MOST_LINES: usize = 20;

#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// The workspace; made where it is not there.
    folder: PathBuf,
    /// School year, as in 2025-2026.
    #[arg(long, default_value = "2025-2026")]
    year: String,
    /// Write the register as CSV in place of a spreadsheet.
    #[arg(long)]
    csv: bool,
    /// Make the register from a table, a school per line (csv, xlsx, xls, ods, parquet).
    #[arg(long)]
    from: Option<PathBuf>,
    /// Sheet of the workbook of --from; otherwise the first.
    #[arg(long, requires = "from")]
    sheet: Option<String>,
    /// Line of headings of --from; otherwise the first with text.
    #[arg(long, requires = "from")]
    heading_row: Option<u32>,
    /// Column of the table for a column of the register, as in code="Mã số"; may be repeated. Columns of the same name need not be named.
    #[arg(long = "column", requires = "from")]
    columns: Vec<String>,
    /// Kind of unit of lines that tell none.
    #[arg(long, default_value = "school", requires = "from")]
    kind: String,
    /// Level of education of lines that tell none.
    #[arg(long, default_value = "", requires = "from")]
    levels: String,
    /// Forms of lines that tell none.
    #[arg(long, default_value = "", requires = "from")]
    forms: String,
    /// Code and name of the highest unit.
    #[arg(long, default_value = TOP, requires = "from")]
    top: String,
    /// A reporting stream of its own, where the circular in force does not apply.
    #[arg(long)]
    regulation: Option<String>,
}

pub fn run(args: &InitArgs, context: &Context) -> Result<Exit> {
    let schemas = context.schemas()?;
    let made = args.from.as_ref().map(|list| {
        let table = read_table(list, args.sheet.as_deref(), args.heading_row, &context.isolation)?;
        register_of_list(&table, &schemas.register, &wish(args)?)
    });
    let made = made.transpose()?;
    let register = if args.csv { RegisterFile::Csv } else { RegisterFile::Workbook };
    let units = made.as_ref().map(|made| made.rows.as_slice());
    let files = workspace_files(
        &schemas,
        NewWorkspace { year: &args.year, register, regulation: args.regulation.as_deref(), units, lang: context.lang },
    )?;
    let taken: Vec<String> =
        files.iter().map(|(name, _)| args.folder.join(name)).filter(|p| p.exists()).map(|p| p.display().to_string()).collect();
    if !taken.is_empty() {
        let taken = taken.join(", ");
        let error = Error::config(args.folder.display(), message!("screen.already", taken));
        return Err(error.with_hint(message!("screen.choose_empty_folder_tkgd")));
    }
    for (name, bytes) in files {
        let path = args.folder.join(&name);
        write_new(&path, &bytes)?;
        print(&format!("{}\n", path.display()));
    }
    if let Some(made) = made {
        print(&told(&made, context.lang, args.forms.is_empty()));
    }
    let register = register.name();
    let path = args.folder.join(&register);
    let path = path.display();
    let next = if args.from.is_some() {
        message!("screen.look_through_register", path, year = args.year)
    } else {
        message!("screen.fill_in_register", register)
    };
    print(&next.said(context.lang));
    Ok(Exit::Fine)
}

/// What was asked for, out of texts such as `code=School ID`.
fn wish(args: &InitArgs) -> Result<ListWish> {
    let pair = |option: &str, text: &str| {
        let parts = text.split_once('=').map(|(key, text)| ColumnText { key: key.trim().to_owned(), text: text.trim().to_owned() });
        parts.filter(|own| !own.key.is_empty() && !own.text.is_empty()).ok_or_else(|| {
            let reason = message!("screen.not_form_key_value", text);
            Error::config(option, reason)
        })
    };
    let columns = args.columns.iter().map(|text| pair("--column", text));
    let constants = [("kind", &args.kind), ("levels", &args.levels), ("forms", &args.forms)];
    let top = pair("--top", &args.top)?;
    Ok(ListWish {
        columns: columns.collect::<Result<_>>()?,
        constants: constants
            .into_iter()
            .filter(|(_, text)| !text.is_empty())
            .map(|(key, text)| ColumnText { key: key.to_owned(), text: text.clone() })
            .collect(),
        top: TopUnit { code: top.key, name: top.text },
    })
}

/// What the register was made from, and what was left out.
fn told(made: &MadeRegister, lang: Lang, has_no_forms: bool) -> String {
    let mut out = String::new();
    let mut line = |message: Message| {
        out.push_str(&message.said(lang));
        out.push('\n');
    };
    let units = made.rows.len();
    line(message!("screen.register_units_columns", units));
    for TakenColumn { column: own, heading } in &made.taken {
        line(Message::join(&["  ".into(), own.clone(), " <- ".into(), heading.into()], ""));
    }
    let listed = |lines: &[u32]| {
        let shown: Vec<String> = lines.iter().take(MOST_LINES).map(u32::to_string).collect();
        let more = lines.len().saturating_sub(MOST_LINES);
        if more > 0 { format!("{} (+{more})", shown.join(", ")) } else { shown.join(", ") }
    };
    if !made.left.is_empty() {
        let left = made.left.join(", ");
        line(message!("screen.columns_not_used", left));
    }
    if !made.above.is_empty() {
        let above = made.above.join(", ");
        line(message!("screen.units_added_above_them", above));
    }
    if !made.without_code.is_empty() {
        let lines = listed(&made.without_code);
        line(message!("screen.lines_without_code_left", lines));
    }
    if !made.repeated.is_empty() {
        let lines = listed(&made.repeated);
        line(message!("screen.lines_repeat_another_left", lines));
    }
    if has_no_forms {
        line(message!("screen.nobody_expected_file_form"));
    }
    out
}
