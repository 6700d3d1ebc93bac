//! Everything that can be asked: views, tables, columns, units of measure and ready questions.

use super::QueryRequest;
use crate::archive::ArchiveReader;
use crate::base::error::{Error, Result, closest};
use crate::base::message::{Message, message};
use crate::forms::Schemas;
use crate::jobs::session::Session;
use crate::jobs::show::json_of;
use crate::sql::{SqlSession, TableCatalogue, catalogue_record, catalogue_text, questions_text};

/// Everything that can be asked, as JSON.
///
/// # Errors
/// When the archive or one of its tables cannot be read.
pub fn query_catalogue_json(session: &Session, request: &QueryRequest) -> Result<String> {
    looked_up(&session.schemas, request, |asked| Ok(json_of(&catalogue_record(asked, session.lang)?)))
}

/// Everything that can be asked for a screen, or the columns of one view or table.
///
/// # Errors
/// When the archive or one of its tables cannot be read, or there is none of the name.
pub fn query_catalogue_text(session: &Session, request: &QueryRequest, table: Option<&str>) -> Result<String> {
    looked_up(&session.schemas, request, |asked| {
        let catalogue = asked.catalogue;
        if let Some(name) = table.filter(|name| !catalogue.names().any(|known| known == *name)) {
            let near = closest(name, catalogue.names()).map(Message::did_you_mean);
            return Err(Error::Unknown { kind: message!("kinds.table"), name: name.to_owned(), hint: near });
        }
        let named: Vec<String> = table.map(str::to_owned).into_iter().collect();
        let tables = catalogue_text(asked, &named, session.lang)?;
        // Ready questions first: most people need nothing else.
        Ok(if named.is_empty() { format!("{}\n{tables}", questions_text(catalogue, session.lang)) } else { tables })
    })
}

/// Opens the archive for a look at what is in it.
fn looked_up<T>(schemas: &Schemas, request: &QueryRequest, look: impl FnOnce(&SqlSession<'_>) -> Result<T>) -> Result<T> {
    let catalogue = TableCatalogue::load(schemas)?;
    let archive_reader = ArchiveReader::open(&request.archive, request.selection()?)?;
    look(&SqlSession::open(schemas, &catalogue, &archive_reader, &request.asked())?)
}
