//! Rows of expiring values.

use crate::columns::{Failure, Unreadable, from_integer, from_time, integer, tenant, time};
use crate::id::Id;
use crate::schema::ephemera;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Ephemeral, EphemeralKey, EphemeralKind};
use diesel::prelude::*;

/// Primary key of an expiring value: expiry, identifier, tenant, and kind.
pub type EphemeralKeyColumns = (i64, Id, i32, i16);

/// Converts a key to the primary key of an expiring value.
pub fn key(of: TenantId, key: &EphemeralKey) -> Result<EphemeralKeyColumns, Failure> {
    Ok((
        time(key.expires_at)?,
        Id(key.id),
        tenant(of),
        key.kind.number(),
    ))
}

/// Columns of an expiring value without its key.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = ephemera)]
pub struct EphemeralValueRow {
    version: i64,
    total: i64,
    value: Vec<u8>,
}

/// Row of an expiring value.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = ephemera)]
pub struct EphemeralRow {
    expires_at: i64,
    id: Id,
    tenant: i32,
    kind: i16,
    version: i64,
    total: i64,
    value: Vec<u8>,
}

impl EphemeralRow {
    /// Creates the row of an expiring value.
    pub fn new(of: TenantId, key: &EphemeralKey, value: &Ephemeral) -> Result<Self, Failure> {
        let (expires_at, id, tenant, kind) = self::key(of, key)?;
        Ok(Self {
            expires_at,
            id,
            tenant,
            kind,
            version: integer(value.version)?,
            total: integer(value.total)?,
            value: value.value.clone(),
        })
    }

    /// Returns the key and the value.
    pub fn into_entry(self) -> Result<(EphemeralKey, Ephemeral), Unreadable> {
        let mut kinds = EphemeralKind::ALL.iter().copied();
        let key = EphemeralKey {
            expires_at: from_time("ephemera.expires_at", self.expires_at)?,
            kind: kinds
                .find(|kind| kind.number() == self.kind)
                .ok_or(Unreadable("ephemera.kind"))?,
            id: self.id.0,
        };
        let value = EphemeralValueRow {
            version: self.version,
            total: self.total,
            value: self.value,
        };
        Ok((key, value.try_into()?))
    }
}

impl TryFrom<EphemeralValueRow> for Ephemeral {
    type Error = Unreadable;

    fn try_from(row: EphemeralValueRow) -> Result<Self, Unreadable> {
        Ok(Self {
            value: row.value,
            version: from_integer("ephemera.version", row.version)?,
            total: from_integer("ephemera.total", row.total)?,
        })
    }
}
