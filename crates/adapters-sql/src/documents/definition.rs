//! Documents of definitions, one `read` and one `write` per kind.

use super::members::{self, Members};
use crate::columns::{Failure, Unreadable};
use countersign_domain::client::ClientId;
use countersign_domain::resource_server::ResourceServer;
use countersign_domain::time::Timestamp;
use countersign_ports::{Definition, DefinitionKind};
use serde::Serialize;

const COLUMN: &str = "definitions.document";

/// Data of a definition in columns, outside the document.
pub(crate) struct Columns {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) version: u64,
}

/// Members of the document of a resource server.
#[derive(Serialize)]
struct ResourceServerDocument<'a> {
    name: &'a str,
    introspection_clients: Vec<&'a str>,
    personal_claims: bool,
}

pub(crate) const fn created_at(definition: &Definition) -> Timestamp {
    match definition {
        Definition::ResourceServer(server) => server.created_at,
    }
}

/// Writes the document of a definition.
pub(crate) fn write(definition: &Definition) -> Result<String, Failure> {
    match definition {
        Definition::ResourceServer(server) => {
            let clients = server.introspection_clients.iter();
            let document = ResourceServerDocument {
                name: &server.name,
                introspection_clients: clients.map(ClientId::as_str).collect(),
                personal_claims: server.personal_claims,
            };
            members::write(&document, &server.later)
        }
    }
}

/// Reads a definition from its document and columns.
pub(crate) fn read(
    kind: DefinitionKind,
    document: &str,
    columns: Columns,
) -> Result<Definition, Unreadable> {
    let mut members = Members::read(COLUMN, document)?;
    let members = &mut members;
    match kind {
        DefinitionKind::ResourceServer => Ok(Definition::ResourceServer(ResourceServer {
            audience: columns.id,
            name: members.require("name")?,
            introspection_clients: members
                .require_list("introspection_clients", |id| ClientId::parse(id).ok())?,
            personal_claims: members.require("personal_claims")?,
            created_at: columns.created_at,
            version: columns.version,
            later: members.take_later()?,
        })),
    }
}
