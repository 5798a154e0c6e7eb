//! Rows of definitions.

use crate::columns::{Failure, Unreadable, from_integer, from_time, integer, tenant, time};
use crate::documents::definition;
use crate::schema::definitions;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Definition, DefinitionKind};
use diesel::prelude::*;

/// Row of a definition.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = definitions)]
pub struct DefinitionRow {
    /// Tenant.
    pub tenant: i32,
    /// Number of the kind.
    pub kind: i16,
    /// Identifier within the kind.
    pub id: String,
    /// Version.
    pub version: i64,
    created_at: i64,
    document: String,
}

/// Columns that an update of a definition replaces.
#[derive(AsChangeset)]
#[diesel(table_name = definitions)]
pub struct DefinitionChange<'a> {
    version: i64,
    document: &'a str,
}

impl DefinitionRow {
    /// Creates the row of a definition at a given version.
    pub fn new(of: TenantId, definition: &Definition, version: u64) -> Result<Self, Failure> {
        let key = definition.key();
        Ok(Self {
            tenant: tenant(of),
            kind: key.kind.number(),
            id: key.id,
            version: integer(version)?,
            created_at: time(definition::created_at(definition))?,
            document: definition::write(definition)?,
        })
    }

    /// Returns the columns that an update replaces.
    #[must_use]
    pub fn change(&self) -> DefinitionChange<'_> {
        DefinitionChange {
            version: self.version,
            document: &self.document,
        }
    }
}

impl TryFrom<DefinitionRow> for Definition {
    type Error = Unreadable;

    fn try_from(row: DefinitionRow) -> Result<Self, Unreadable> {
        let kind = DefinitionKind::from_number(row.kind).ok_or(Unreadable("definitions.kind"))?;
        let columns = definition::Columns {
            id: row.id,
            created_at: from_time("definitions.created_at", row.created_at)?,
            version: from_integer("definitions.version", row.version)?,
        };
        definition::read(kind, &row.document, columns)
    }
}
