//! Records of a made-up country: schools, classes and pupils as Parquet, sorted by school, codes as texts.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, Date32Array, DictionaryArray, Int32Array, RecordBatch, StringArray};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

/// Pupils of a class, and classes of a school, on average.
const PER_CLASS: usize = 30;
const CLASSES: usize = 16;
/// Schools that are written at a time.
const TOGETHER: usize = 128;

/// The files of a country.
pub struct MadeRecords {
    pub school: PathBuf,
    pub class: PathBuf,
    pub pupil: PathBuf,
    pub pupils: usize,
    pub schools: usize,
}

/// Numbers that look drawn and are the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize * most) >> 31
    }

    /// One of these, those that stand often more often.
    fn of<'t>(&mut self, texts: &[&'t str]) -> &'t str {
        texts[self.below(texts.len())]
    }

    fn in_hundred(&mut self, many: usize) -> i32 {
        i32::from(self.below(100) < many)
    }
}

/// A column of texts that come again and again.
#[derive(Default)]
struct Texts {
    known: Vec<String>,
    keys: Vec<Option<i32>>,
}

impl Texts {
    fn push(&mut self, text: &str) {
        let known = self.known.iter().rposition(|known| known == text);
        let key = known.unwrap_or_else(|| {
            self.known.push(text.to_owned());
            self.known.len() - 1
        });
        self.keys.push((!text.is_empty()).then(|| i32::try_from(key).unwrap()));
    }

    fn array(self) -> ArrayRef {
        let values = Arc::new(StringArray::from(self.known));
        Arc::new(DictionaryArray::<Int32Type>::new(Int32Array::from(self.keys), values))
    }
}

const PUPIL_TEXTS: [&str; 8] = ["school", "class", "sex", "ethnicity", "grade", "status", "policy", "nutrition"];
const PUPIL_FLAGS: [&str; 6] = ["inclusive", "cost_support", "rice", "lunch", "boarding", "ethnic_boarding"];

/// A table while it is written.
struct Output {
    path: PathBuf,
    writer: Option<ArrowWriter<File>>,
}

impl Output {
    fn new(path: PathBuf) -> Self {
        Self { path, writer: None }
    }

    fn write(&mut self, columns: Vec<(&str, ArrayRef)>) {
        let batch = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, values)| (name, values, true))).unwrap();
        let writer = self.writer.get_or_insert_with(|| {
            let zstd = Compression::ZSTD(ZstdLevel::try_new(3).unwrap());
            let properties = WriterProperties::builder().set_compression(zstd).build();
            ArrowWriter::try_new(File::create(&self.path).unwrap(), batch.schema(), Some(properties)).unwrap()
        });
        writer.write(&batch).unwrap();
    }

    fn close(self) -> PathBuf {
        self.writer.unwrap().close().unwrap();
        self.path
    }
}

/// Makes a country of about so many pupils in so many schools.
pub fn make_records(folder: &Path, pupils: usize, schools: usize) -> MadeRecords {
    let output = |name: &str| Output::new(folder.join(name));
    let (mut school_table, mut class_table, mut pupil_table) = (output("school.parquet"), output("class.parquet"), output("pupil.parquet"));
    let mut dice = Dice(7);
    let usual = (pupils / schools / PER_CLASS).clamp(1, 2 * CLASSES);
    let mut made = 0;
    for from in (0..schools).step_by(TOGETHER) {
        let (mut own, mut classes, mut rows) = (Schools::default(), Classes::default(), Pupils::default());
        for number in from..schools.min(from + TOGETHER) {
            let code = format!("{:08}", 10_000_000 + number);
            let levels = own.push(&code, &mut dice);
            for class in 0..1 + dice.below(2 * usual) {
                let (class_code, grade) = (format!("{code}{class:02}"), grade_of(levels, class));
                classes.push(&code, &class_code, grade, &mut dice);
                let many = PER_CLASS - 8 + dice.below(16);
                (0..many).for_each(|_| rows.push(&code, &class_code, grade, &mut dice));
                made += many;
            }
        }
        school_table.write(own.columns());
        class_table.write(classes.columns());
        pupil_table.write(rows.columns());
    }
    MadeRecords { school: school_table.close(), class: class_table.close(), pupil: pupil_table.close(), pupils: made, schools }
}

fn grade_of(levels: &str, class: usize) -> &'static str {
    match levels {
        "01" => ["16", "17", "17"][class % 3],
        "06" => ["01", "02", "03", "04", "05"][class % 5],
        _ => ["06", "07", "08", "09"][class % 4],
    }
}

#[derive(Default)]
struct Schools([Texts; 5]);

impl Schools {
    fn push(&mut self, code: &str, dice: &mut Dice) -> &'static str {
        let levels = dice.of(&["01", "01", "06", "06", "06", "07", "07"]);
        let drawn = [
            code,
            levels,
            dice.of(&["01", "01", "01", "01", "09", "03", "02"]),
            dice.of(&["07", "07", "07", "01", "04", ""]),
            dice.of(&["01", "02", "03", "04"]),
        ];
        self.0.iter_mut().zip(drawn).for_each(|(column, text)| column.push(text));
        levels
    }

    fn columns(self) -> Vec<(&'static str, ArrayRef)> {
        ["school", "levels", "ownership", "school_type", "area"].into_iter().zip(self.0.map(Texts::array)).collect()
    }
}

#[derive(Default)]
struct Classes([Texts; 5]);

impl Classes {
    fn push(&mut self, school: &str, code: &str, grade: &str, dice: &mut Dice) {
        let drawn = [school, code, grade, dice.of(&["1", "2", "4", "4", "7", ""]), dice.of(&["01", "02", "03", "04", "05", "06"])];
        self.0.iter_mut().zip(drawn).for_each(|(column, text)| column.push(text));
    }

    fn columns(self) -> Vec<(&'static str, ArrayRef)> {
        ["school", "class", "grade", "session", "age_group"].into_iter().zip(self.0.map(Texts::array)).collect()
    }
}

#[derive(Default)]
struct Pupils {
    texts: [Texts; PUPIL_TEXTS.len()],
    flags: [Vec<i32>; PUPIL_FLAGS.len()],
    born: Vec<i32>,
}

impl Pupils {
    fn push(&mut self, school: &str, class: &str, grade: &str, dice: &mut Dice) {
        let ethnicity = if dice.below(100) < 82 {
            "01"
        } else {
            dice.of(&["02", "03", "05", "06", "07", "08", "09", "10", "11", "12", "40", "46", "55"])
        };
        let drawn = [
            school,
            class,
            dice.of(&["01", "02"]),
            ethnicity,
            grade,
            dice.of(&["01", "01", "01", "01", "01", "01", "01", "01", "02", "04", "06", ""]),
            dice.of(&["", "", "", "", "", "", "08", "09", "13", "05"]),
            dice.of(&["", "", "01", "02", "03"]),
        ];
        self.texts.iter_mut().zip(drawn).for_each(|(column, text)| column.push(text));
        for (column, many) in self.flags.iter_mut().zip([2, 10, 6, 20, 40, 4]) {
            column.push(dice.in_hundred(many));
        }
        let usual: i32 = grade.parse::<i32>().map(|grade| if grade < 16 { 5 + grade } else { (grade - 15) * 2 }).unwrap();
        let years = usual + i32::try_from(dice.below(20) / 18).unwrap();
        self.born.push((2025 - 1970 - years) * 365 + 14 + i32::try_from(dice.below(365)).unwrap());
    }

    fn columns(self) -> Vec<(&'static str, ArrayRef)> {
        let texts = PUPIL_TEXTS.into_iter().zip(self.texts.map(Texts::array));
        let flags = PUPIL_FLAGS.into_iter().zip(self.flags.map(|own| Arc::new(Int32Array::from(own)) as ArrayRef));
        texts.chain(flags).chain([("born", Arc::new(Date32Array::from(self.born)) as ArrayRef)]).collect()
    }
}
