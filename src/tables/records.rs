//! Lines of a text and the records in them, each with the line of the file it begins on.
//!
//! Written here and not left to a library, because every line told must be the file's own whatever its ends, and because a
//! quotation mark that never closes must cost its line and not the rest of the file.

use std::collections::VecDeque;
use std::io::{self, BufRead};

use super::RowProblem;

/// Bytes of a line of text, and of a record over several lines; what is longer is no line of a table.
pub const MAX_LINE: usize = 1 << 20;
/// Open quotation marks after which a file is given up.
const MOST_OPEN: usize = 20;

/// Why a text cannot be read any further.
#[derive(Debug)]
pub enum TextProblem {
    /// Problem told by the system.
    Io(io::Error),
    /// A line is longer than any table's.
    TooLong(u64),
    /// Not UTF-8, with the line and its bytes.
    Encoding(u64, Vec<u8>),
    /// Quotation marks on so many lines never close.
    Open(u64),
}

/// A line of a file, without its end.
#[derive(Debug, Clone)]
pub struct RecordLine {
    /// One-based line of the file.
    pub number: u64,
    /// Text on it.
    pub text: String,
}

/// The lines of a text, which may end in LF, CRLF or CR.
pub struct Lines<'a> {
    input: Box<dyn BufRead + 'a>,
    /// Lines given so far.
    count: u64,
    /// The last line ended in CR; an LF right after it belongs to that end.
    after_cr: bool,
    /// Lines that were taken and given back.
    back: VecDeque<RecordLine>,
}

impl<'a> Lines<'a> {
    pub fn new(input: Box<dyn BufRead + 'a>) -> Self {
        Self { input, count: 0, after_cr: false, back: VecDeque::new() }
    }

    /// The next line; `None` at the end.
    pub fn next(&mut self) -> Result<Option<RecordLine>, TextProblem> {
        if let Some(line) = self.back.pop_front() {
            return Ok(Some(line));
        }
        let (mut bytes, mut ended) = (Vec::new(), false);
        while !ended {
            let buffer = self.input.fill_buf().map_err(TextProblem::Io)?;
            if buffer.is_empty() {
                break;
            }
            if std::mem::take(&mut self.after_cr) && buffer[0] == b'\n' {
                self.input.consume(1);
                continue;
            }
            let end = memchr::memchr2(b'\n', b'\r', buffer);
            bytes.extend_from_slice(&buffer[..end.unwrap_or(buffer.len())]);
            self.after_cr = end.is_some_and(|at| buffer[at] == b'\r');
            ended = end.is_some();
            let taken = end.map_or(buffer.len(), |at| at + 1);
            self.input.consume(taken);
            if bytes.len() > MAX_LINE {
                return Err(TextProblem::TooLong(self.count + 1));
            }
        }
        if !ended && bytes.is_empty() {
            return Ok(None);
        }
        self.count += 1;
        if bytes.contains(&0) {
            return Err(TextProblem::Encoding(self.count, bytes));
        }
        let text = String::from_utf8(bytes).map_err(|bad| TextProblem::Encoding(self.count, bad.into_bytes()))?;
        Ok(Some(RecordLine { number: self.count, text }))
    }

    /// Gives lines back, to be taken again in this order.
    pub fn give_back(&mut self, lines: impl DoubleEndedIterator<Item = RecordLine>) {
        lines.rev().for_each(|line| self.back.push_front(line));
    }
}

/// A record: its fields, the line it begins on, and what is wrong with how it is written.
#[derive(Debug)]
pub struct Record {
    pub line: u64,
    pub fields: Vec<String>,
    pub problem: Option<RowProblem>,
}

/// The records of a text.
pub struct Records<'a> {
    lines: Lines<'a>,
    separator: u8,
    /// Quotation marks that never closed.
    open: usize,
}

impl<'a> Records<'a> {
    pub fn new(lines: Lines<'a>, separator: u8) -> Self {
        Self { lines, separator, open: 0 }
    }

    /// The next record that holds anything and is no comment.
    pub fn next(&mut self) -> Result<Option<Record>, TextProblem> {
        loop {
            let Some(line) = self.lines.next()? else { return Ok(None) };
            if is_comment(&line.text) {
                continue;
            }
            let record = self.record(line)?;
            if record.problem.is_some() || record.fields.iter().any(|field| !field.trim().is_empty()) {
                return Ok(Some(record));
            }
        }
    }

    fn record(&mut self, first: RecordLine) -> Result<Record, TextProblem> {
        let mut fields = Fields::new(self.separator);
        let line = first.number;
        fields.feed(&first.text);
        // Lines that the record goes on over, kept in case its quotation mark never closes.
        let mut more: Vec<RecordLine> = Vec::new();
        let mut size = first.text.len();
        while matches!(fields.state, State::Quoted) && size <= MAX_LINE {
            let Some(next) = self.lines.next()? else { break };
            size += next.text.len() + 1;
            fields.line_break();
            fields.feed(&next.text);
            more.push(next);
        }
        let problem = match fields.state {
            State::Quoted => Some(RowProblem::QuoteOpen),
            State::Broken => Some(RowProblem::QuoteMisplaced),
            _ => None,
        };
        if problem.is_none() {
            return Ok(Record { line, fields: fields.finish(), problem });
        }
        // The line itself is lost; those after it are lines of their own again.
        self.open += usize::from(!more.is_empty());
        if self.open > MOST_OPEN {
            return Err(TextProblem::Open(line));
        }
        self.lines.give_back(more.into_iter());
        let mut before = Fields::new(self.separator);
        before.feed(first.text.split('"').next().unwrap_or_default());
        Ok(Record { line, fields: before.finish(), problem })
    }
}

/// A line that is a remark: it begins with `#`, and says something. What spreadsheets show for an error (`#N/A`, `#REF!`) and
/// a number (`#1`) are values of a row.
pub fn is_comment(text: &str) -> bool {
    let Some(rest) = text.trim_start_matches('"').strip_prefix('#') else { return false };
    let word = rest.split([',', ';', '\t', '|', '"', ' ']).next().unwrap_or_default();
    let is_error = word.ends_with(['!', '?']) || ["N/A", "GETTING_DATA"].iter().any(|error| word.eq_ignore_ascii_case(error));
    let is_remark = rest.starts_with(' ') || !word.is_empty();
    is_remark && !is_error && !word.starts_with(|first: char| first.is_ascii_digit())
}

/// Where in a field the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At its beginning.
    Start,
    /// In one without quotation marks.
    Plain,
    /// Between quotation marks.
    Quoted,
    /// After the closing one.
    Closed,
    /// Something stands after the closing one.
    Broken,
}

/// Fields of a record as far as it was read.
struct Fields {
    separator: u8,
    done: Vec<String>,
    current: String,
    state: State,
}

impl Fields {
    const fn new(separator: u8) -> Self {
        Self { separator, done: Vec::new(), current: String::new(), state: State::Start }
    }

    fn line_break(&mut self) {
        self.current.push('\n');
    }

    fn end_field(&mut self) {
        self.done.push(std::mem::take(&mut self.current));
        self.state = State::Start;
    }

    fn feed(&mut self, line: &str) {
        let bytes = line.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            match self.state {
                State::Start if bytes[at] == b'"' => {
                    self.state = State::Quoted;
                    at += 1;
                }
                State::Start | State::Plain => {
                    let end = memchr::memchr(self.separator, &bytes[at..]).map_or(bytes.len(), |found| at + found);
                    self.current.push_str(&line[at..end]);
                    self.state = State::Plain;
                    at = end;
                    if at < bytes.len() {
                        self.end_field();
                        at += 1;
                    }
                }
                State::Quoted => {
                    let end = memchr::memchr(b'"', &bytes[at..]).map_or(bytes.len(), |found| at + found);
                    self.current.push_str(&line[at..end]);
                    at = end;
                    if bytes.get(at + 1) == Some(&b'"') {
                        self.current.push('"');
                        at += 2;
                    } else if at < bytes.len() {
                        self.state = State::Closed;
                        at += 1;
                    }
                }
                State::Closed if bytes[at] == self.separator => {
                    self.end_field();
                    at += 1;
                }
                State::Closed if bytes[at] == b' ' => at += 1,
                State::Closed | State::Broken => {
                    self.state = State::Broken;
                    return;
                }
            }
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.end_field();
        self.done
    }
}

/// How many separators stand on a line outside quotation marks.
pub fn count_outside_quotes(line: &str, separator: u8) -> usize {
    let mut is_inside = false;
    let mut count = 0;
    for byte in line.bytes() {
        is_inside ^= byte == b'"';
        count += usize::from(byte == separator && !is_inside);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(text: &str) -> Vec<(u64, String, bool)> {
        let mut records = Records::new(Lines::new(Box::new(text.as_bytes())), b',');
        let mut all = Vec::new();
        while let Some(record) = records.next().unwrap() {
            all.push((record.line, record.fields.join("|"), record.problem.is_some()));
        }
        all
    }

    fn good(line: u64, text: &str) -> (u64, String, bool) {
        (line, text.to_owned(), false)
    }

    #[test]
    fn lines_are_the_files_own_whatever_their_ends() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["a,b", "", "# x, y", "\"1", "2\",3", ",", "4,\"5\"\"6\" "].join(end);
            assert_eq!(records(&text), [good(1, "a|b"), good(4, "1\n2|3"), good(7, "4|5\"6")], "{end:?}");
        }
    }

    #[test]
    fn a_quotation_mark_that_does_not_close_costs_its_line() {
        let found = records("a,b\n1,\"x\n2,y\n3,z");
        assert_eq!(found, [good(1, "a|b"), (2, "1|".to_owned(), true), good(3, "2|y"), good(4, "3|z")]);
        // The next quotation mark of the file would close it.
        let found = records("a,b\n1,\"x\n2,\"y\"\n3,z");
        assert_eq!(found, [good(1, "a|b"), (2, "1|".to_owned(), true), good(3, "2|y"), good(4, "3|z")]);
        assert_eq!(records("5,in \"the\" middle"), [good(1, "5|in \"the\" middle")]);
    }
}
