//! A draft as the TOML file a person goes on with, unsure things marked by comments.

use std::fmt::{Display, Write as _};

use super::draft::{Draft, DraftLook, DraftRow, DraftSheet, DraftSum, DraftTable, SumKind};
use crate::base::location::column_name;
use crate::base::message::{Lang, Message, message};
use crate::forms::{Border, ColumnWidths, LayoutStatus, RowHeights, RowLook, SheetKind, TextField};

/// The form file of a draft; comments are in the language asked for.
#[must_use]
pub fn to_toml(draft: &Draft, lang: Lang) -> String {
    let mut out = String::new();
    let heading = message!("drafts.draft_made_tkgd_schema");
    comment(&mut out, &heading, lang);
    for note in &draft.notes {
        comment(&mut out, note, lang);
    }
    let status = if draft.verified { LayoutStatus::Verified } else { LayoutStatus::Assumed };
    let fields = [
        ("id", draft.id.as_str()),
        ("symbol", &draft.symbol),
        ("version", &draft.version),
        ("title", &draft.title),
        ("level", &draft.level),
        ("term", draft.term.id()),
        ("layout_status", status.id()),
        ("layout_basis", &draft.basis),
    ];
    for (key, value) in fields {
        let _ = writeln!(out, "{key} = {}", quoted(value));
    }
    for sheet in &draft.sheets {
        write_sheet(&mut out, sheet, lang);
    }
    out
}

fn comment(out: &mut String, words: &Message, lang: Lang) {
    let _ = writeln!(out, "# {}", one_line(&words.said(lang)));
}

/// A comment ends with its line, and may hold no control characters.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

fn list<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    format!("[{}]", items.join(", "))
}

fn write_sheet(out: &mut String, sheet: &DraftSheet, lang: Lang) {
    let _ = writeln!(out, "\n[[sheets]]");
    for note in &sheet.notes {
        comment(out, note, lang);
    }
    let _ = writeln!(out, "id = {}\nname = {}", quoted(&sheet.id), quoted(&sheet.name));
    match &sheet.table {
        None => out.push_str("kind = \"errors\"\n"),
        Some(table) => write_roles(out, table, &sheet.look),
    }
    write_look(out, &sheet.look);
    let header = sheet.header.iter().map(|cell| {
        let content = match &cell.content {
            Ok(text) => format!("text = {}", quoted(text)),
            Err(number) => format!("number = {number}"),
        };
        format!("{{ at = \"{}\", {content}{} }}", cell.at, flag(cell.bold, "bold = true"))
    });
    lines(out, "header", header);
    if let Some(table) = &sheet.table {
        write_columns(out, table);
        lines(out, "rows", table.rows.iter().map(row));
    }
    let texts = sheet.texts.iter().map(|text| {
        let field = text.field.map_or_else(String::new, |field| format!(", field = \"{}\"", field_id(field)));
        let looks = format!("{}{}", flag(text.bold, "bold = true"), flag(text.centred, "align = \"center\""));
        format!("{{ at = \"{}\", text = {}{field}{looks} }}", text.at, quoted(&text.text))
    });
    lines(out, "texts", texts);
    if let Some(table) = &sheet.table {
        for (key, kind) in [
            ("column_sums", SumKind::Columns),
            ("column_bounds", SumKind::Bounds),
            ("row_sums", SumKind::Rows),
            ("row_subsets", SumKind::Subset),
        ] {
            write_sums(out, key, table, kind, lang);
        }
    }
}

fn flag(is_set: bool, text: &str) -> String {
    if is_set { format!(", {text}") } else { String::new() }
}

fn lines(out: &mut String, key: &str, items: impl Iterator<Item = String>) {
    let mut items = items.peekable();
    if items.peek().is_some() {
        let _ = writeln!(out, "{key} = [");
        for item in items {
            let _ = writeln!(out, "  {item},");
        }
        out.push_str("]\n");
    }
}

fn write_roles(out: &mut String, table: &DraftTable, look: &DraftLook) {
    let kind = if table.kind == SheetKind::Amounts { "amounts" } else { "counts" };
    let _ = writeln!(out, "kind = \"{kind}\"");
    if !table.unit_of_measure.is_empty() {
        let _ = writeln!(out, "unit_of_measure = {}", quoted(&table.unit_of_measure));
    }
    let roles = table.roles;
    // A role without a column shares one that is printed after it, so that nothing is lost.
    let first = roles.label.min(roles.code);
    let columns =
        [("tt", roles.tt.unwrap_or(first)), ("label", roles.label), ("unit", roles.unit.unwrap_or(roles.code)), ("code", roles.code)];
    for (role, column) in columns {
        let _ = writeln!(out, "{role}_column = \"{}\"", column_name(column));
    }
    let _ = writeln!(out, "header_rows = [{}, {}]", table.header_rows.first + 1, table.header_rows.last + 1);
    let border = if look.border == Border::Medium { "medium" } else { "thin" };
    let align = if look.centre_tt { "c" } else { "l" };
    let _ = writeln!(out, "font_size = {}\nborder = \"{border}\"\ntt_align = \"{align}\"", look.font_size);
}

fn write_look(out: &mut String, look: &DraftLook) {
    let widths = look.widths.iter().map(|&ColumnWidths { first, last, width }| {
        let columns = if first == last { column_name(first) } else { format!("{}:{}", column_name(first), column_name(last)) };
        format!("{{ columns = \"{columns}\", width = {width:?} }}")
    });
    let heights = look
        .heights
        .iter()
        .map(|&RowHeights { first, last, height }| format!("{{ rows = [{}, {}], height = {height:?} }}", first + 1, last + 1));
    let _ = writeln!(out, "widths = {}", list(widths));
    let _ = writeln!(out, "heights = {}", list(heights));
    if !look.merges.is_empty() {
        let _ = writeln!(out, "merges = {}", list(look.merges.iter().map(|range| format!("\"{range}\""))));
    }
    let (paper, orientation) = (if look.a3 { "A3" } else { "A4" }, if look.landscape { "landscape" } else { "portrait" });
    let _ = writeln!(out, "print = {{ paper = \"{paper}\", orientation = \"{orientation}\" }}");
}

fn write_columns(out: &mut String, table: &DraftTable) {
    let columns = table.columns.iter().map(|column| {
        let path = list(column.path.iter().map(|text| quoted(text)));
        let dims: Vec<String> = column.dims.iter().map(|(name, value)| format!("{name} = {}", quoted(value))).collect();
        let dims = if dims.is_empty() { String::new() } else { format!(", dims = {{ {} }}", dims.join(", ")) };
        format!("{{ number = {}, at = \"{}\", path = {path}{dims} }}", column.number, column_name(column.at))
    });
    lines(out, "columns", columns);
}

fn row(row: &DraftRow) -> String {
    let mut out = format!("{{ at = {}", row.at + 1);
    let mut text = |key: &str, value: &str| {
        if !value.is_empty() {
            let _ = write!(out, ", {key} = {}", quoted(value));
        }
    };
    text("code", row.code.as_deref().unwrap_or_default());
    text("tt", &row.tt);
    text("label", &row.label);
    text("unit", &row.unit);
    text("group", &row.group);
    let _ = write!(out, ", indent = {}", row.indent);
    let look = match row.look {
        RowLook::Plain => None,
        RowLook::Strong => Some("strong"),
        RowLook::Total => Some("total"),
        RowLook::Italic => Some("italic"),
    };
    if let Some(look) = look {
        let _ = write!(out, ", look = \"{look}\"");
    }
    out.push_str(&flag(row.code_is_text, "code_is_text = true"));
    out.push_str(&flag(row.tt_is_number, "tt_is_number = true"));
    if !row.not_applicable.is_empty() {
        let _ = write!(out, ", not_applicable = {}", list(&row.not_applicable));
    }
    out.push_str(" }");
    out
}

fn field_id(field: TextField) -> &'static str {
    match field {
        TextField::ReportingUnit => "reporting_unit",
        TextField::ReceivingUnit => "receiving_unit",
        TextField::Term => "term",
        TextField::AsAt => "as_at",
        TextField::ResultState => "result_state",
    }
}

fn write_sums(out: &mut String, key: &str, table: &DraftTable, kind: SumKind, lang: Lang) {
    let sums: Vec<&DraftSum> = table.sums.iter().filter(|sum| sum.kind == kind).collect();
    if sums.is_empty() {
        return;
    }
    let _ = writeln!(out, "{key} = [");
    for sum in sums {
        let _ = writeln!(
            out,
            "  {{ {}, basis = \"{}\"{} }}, # {}",
            members(table, sum),
            sum.basis.id(),
            group(sum),
            one_line(&said(sum, lang))
        );
    }
    out.push_str("]\n");
}

fn group(sum: &DraftSum) -> String {
    if sum.group.is_empty() { String::new() } else { format!(", group = {}", quoted(&sum.group)) }
}

fn members(table: &DraftTable, sum: &DraftSum) -> String {
    let column = |index: usize| table.columns[index].number.to_string();
    let code = |index: usize| quoted(table.rows[index].code.as_deref().unwrap_or_default());
    let parts = sum.parts.iter().flatten();
    match sum.kind {
        SumKind::Columns => format!("total = {}, parts = {}", column(sum.total), list(parts.map(|&part| column(part)))),
        SumKind::Rows => format!("total = {}, parts = {}", code(sum.total), list(parts.map(|&part| code(part)))),
        SumKind::Subset => format!("whole = {}, parts = {}", code(sum.total), list(parts.map(|&part| code(part)))),
        SumKind::Bounds => {
            let names = ["women", "minority", "minority_women"];
            let named = names.iter().zip(&sum.parts).filter_map(|(name, part)| Some(format!(", {name} = {}", column((*part)?))));
            format!("total = {}{}", column(sum.total), named.collect::<String>())
        }
    }
}

/// Confidence, what it rests on, and what the numbers say.
fn said(sum: &DraftSum, lang: Lang) -> String {
    let (sure, evidence) = (sum.confidence.words(), sum.evidence.words());
    format!("{}: {}; {}", sure.said(lang), sum.why.said(lang), evidence.said(lang))
}
