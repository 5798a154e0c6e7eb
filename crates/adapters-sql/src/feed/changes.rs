//! Rows of the change feed. Each store has its own key before these columns, and the time after them.

use crate::columns::{Failure, Unreadable, from_integer, from_tenant, integer, tenant};
use crate::definitions::DefinitionRow;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Change, ChangeKind, DefinitionKey, KeySetVersion};
use diesel::prelude::*;
use std::time::Duration;

/// Retention of changes.
pub const KEPT: Duration = Duration::from_secs(3600);

/// Columns of a change: `tenant`, `kind`, `id`, `version`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ChangeRow {
    /// Tenant.
    pub tenant: i32,
    /// Number of the kind.
    pub kind: i16,
    /// Identifier. Empty for a set of signing keys.
    pub id: String,
    /// Version after the change. 0 after a deletion.
    pub version: i64,
}

impl ChangeRow {
    /// Creates the row for a change of a client.
    #[must_use]
    pub fn client(tenant: i32, id: &str, version: i64) -> Self {
        Self {
            tenant,
            kind: ChangeKind::Client.number(),
            id: id.into(),
            version,
        }
    }

    /// Creates the row for a change of a definition.
    #[must_use]
    pub fn definition(row: &DefinitionRow) -> Self {
        Self {
            tenant: row.tenant,
            kind: row.kind,
            id: row.id.clone(),
            version: row.version,
        }
    }

    /// Creates the row for the deletion of a definition.
    #[must_use]
    pub fn deletion(tenant: i32, key: &DefinitionKey) -> Self {
        Self {
            tenant,
            kind: key.kind.number(),
            id: key.id.clone(),
            version: 0,
        }
    }

    /// Creates the row for a change of the signing keys of a tenant.
    pub fn signing_keys(of: TenantId, version: KeySetVersion) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            kind: ChangeKind::SigningKeys.number(),
            id: String::new(),
            version: integer(version.0)?,
        })
    }

    /// Returns the change, or `None` for a kind that a later version added and this version does not cache.
    pub fn into_change(self) -> Result<Option<Change>, Unreadable> {
        let Some(kind) = ChangeKind::from_number(self.kind) else {
            return Ok(None);
        };
        Ok(Some(Change {
            tenant: from_tenant("changes.tenant", self.tenant)?,
            kind,
            id: self.id,
            version: from_integer("changes.version", self.version)?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn change_of_later_kind_is_ignored() {
        let mut row = ChangeRow::client(1, "app", 2);
        let change = row.clone().into_change().unwrap().unwrap();
        assert_eq!((change.kind, change.version), (ChangeKind::Client, 2));
        row.kind = i16::MAX;
        assert_eq!(row.into_change().unwrap(), None);
    }
}
