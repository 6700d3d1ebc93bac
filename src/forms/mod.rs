//! Everything official as data: circulars, forms, rules and the register's columns.
//!
//! [`Schemas::load`] reads all of it, or says everything that is wrong with it.

mod archive_tables;
mod cell_rules;
mod counts;
mod diff;
mod flows;
pub mod form;
mod form_file;
mod indicator;
mod layouts;
mod lint;
mod load;
mod look;
mod mapping;
mod measures;
mod measure_ref;
mod register_file;
mod regulation;
mod relations;
mod report_book;
mod resolve;
mod source;
mod sums;
mod toml_tree;

use std::sync::Arc;

use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::base::term::Period;
use crate::rulebook::RuleBook;

pub use crate::base::layout_status::LayoutStatus;
pub use archive_tables::{ArchiveColumn, ArchiveFile, ArchiveTable, ArchiveTables, ArchiveType, ForeignKey};
pub use cell_rules::{CellCheck, CellRule, Leaf, NamedExpression, NamedText};
pub use counts::{CountBlock, EngineRows};
pub use diff::{Certainty, FormChange, FormDiff, IndexPair, Member, RowPair, diff, diff_text, mapping_toml, propose};
pub use flows::{Flow, FlowItem, Grade, RowPlace, Stock};
pub use form::{Absent, Column, ColumnDim, Confidence, Form, Gone, Layout, Roles, Row, Sheet, SheetKind, SlotIndex, SlotVec};
pub use indicator::{BUILT_IN, Base, Indicator, IndicatorBound, Measured};
pub use layouts::LayoutBook;
pub use lint::lint;
pub use load::read_form;
pub use look::{Border, ColumnWidths, HeaderCell, HeaderContent, Paper, RowHeights, RowLook, SheetLook, TextCell, TextField};
pub use mapping::{FormMapping, Mapping, MappingFile, MappingLine, MappingStatus, SheetMapping, SlotMap, form_mapping};
pub use measure_ref::{MeasureRef, TermOffset};
pub use measures::{Measure, MeasureBook, MeasurePart, RowAddress};
pub use register_file::{CodeName, CountRule, CountingBasis, Level, NamedCodes, NamedPart, RegisterColumn, RegisterSchema, UnitKind};
pub use regulation::{FactBasis, MonthDay, Regulation, ResultState, Signature, Signer, TermRule};
pub use relations::{People, Relation, Relations};
pub use report_book::{Bands, ComparedWith, Order, ReportBook, ReportChart, ReportColumn, ReportSheet};
pub use source::{SchemaFiles, parse_toml, parse_toml_in, toml_quoted};
pub use sums::{Basis, Bounds, Sum, Sums, Unless};
pub use toml_tree::{TomlTree, TomlValue};

/// All schemas, loaded and resolved.
#[derive(Debug, Clone)]
pub struct Schemas {
    /// The files they came from.
    pub files: SchemaFiles,
    /// Circulars in the order of their ids.
    pub regulations: Vec<Regulation>,
    /// Forms in the order of their ids.
    pub forms: Vec<Arc<Form>>,
    /// Mappings between form versions, in the order of their files.
    pub mappings: Vec<Mapping>,
    /// The rule catalogue.
    pub rules: RuleBook,
    /// How people go on from term to term, bound to the forms' rows.
    pub flows: Vec<Flow>,
    /// Measures, and where they stand in the forms.
    pub measures: MeasureBook,
    /// Indicators, in the order of their files.
    pub indicators: Vec<Indicator>,
    /// Problems of files whose content can be left out; `lint` tells them.
    pub problems: Vec<Message>,
    /// Rules over cells, bound to the layouts they are about.
    pub cell_rules: Vec<CellRule>,
    /// The register's columns and code lists.
    pub register: RegisterSchema,
    /// Words for how far layouts can be trusted.
    pub layouts: LayoutBook,
    /// Description of the archive's tables.
    pub archive_tables: ArchiveTables,
}

impl Schemas {
    /// Loads the built-in schemas, overridden by those of a folder.
    ///
    /// # Errors
    /// Everything that cannot be loaded, of every file.
    pub fn load(folder: Option<&std::path::Path>) -> Result<Self> {
        Self::of(SchemaFiles::open(folder)?)
    }

    /// How figures of an old layout may be looked at in a new one.
    #[must_use]
    pub fn form_mapping(&self, old: &Layout, new: &Layout) -> FormMapping {
        mapping::form_mapping(&self.mappings, old, new)
    }

    /// The circular that governs a period.
    ///
    /// # Errors
    /// When none is in force on the day the figures are as at.
    pub fn governing(&self, period: Period) -> Result<&Regulation> {
        self.regulations.iter().find(|regulation| !regulation.separate && regulation.governs(period)).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.circular_in_force_for"),
            name: period.to_string(),
            hint: Some(message!("forms.check_force_force_schemas")),
        })
    }

    /// The circular that a pipeline names, or the one that governs its period.
    ///
    /// # Errors
    /// When there is none of that name, or none in force.
    pub fn regulation_for(&self, named: Option<&str>, period: Period) -> Result<&Regulation> {
        let Some(id) = named else { return self.governing(period) };
        let near = || closest(id, self.regulations.iter().map(|regulation| regulation.id.as_str())).map(Message::did_you_mean);
        self.regulation(id).ok_or_else(|| Error::Unknown { kind: message!("kinds.circular"), name: id.to_owned(), hint: near() })
    }

    /// The circular with this id.
    #[must_use]
    pub fn regulation(&self, id: &str) -> Option<&Regulation> {
        self.regulations.iter().find(|regulation| regulation.id == id)
    }

    /// Forms of a circular.
    pub fn forms_of<'a>(&'a self, circular: &'a str) -> impl Iterator<Item = &'a Arc<Form>> {
        self.forms.iter().filter(move |form| &*form.circular == circular)
    }

    /// Forms that a file may be of where this circular's are awaited: all but those of streams of their own, unless it is one.
    #[must_use]
    pub fn candidate_forms(&self, circular: &str) -> Vec<Arc<Form>> {
        let is_apart = |form: &Form| self.regulation(&form.circular).is_some_and(|own| own.separate);
        self.forms.iter().filter(|form| *form.circular == *circular || !is_apart(form)).cloned().collect()
    }

    /// A form by full id, or by short id within a circular.
    ///
    /// # Errors
    /// When there is none, with the nearest id as a hint.
    pub fn form(&self, id: &str) -> Result<&Arc<Form>> {
        let exact = self.forms.iter().find(|form| &*form.id == id);
        exact.or_else(|| self.forms.iter().find(|form| id.contains('/') && form.is_called(id))).ok_or_else(|| Error::Unknown {
            kind: message!("kinds.form"),
            name: id.to_owned(),
            hint: closest(id, self.forms.iter().map(|f| &*f.id)).map(Message::did_you_mean),
        })
    }
}
