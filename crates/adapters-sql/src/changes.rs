//! Rows of the feed of changes. Each store has a key of its own before these columns, and the time after them.

use crate::columns::{Failure, Unreadable, from_integer, from_tenant, integer, tenant};
use countersign_domain::tenant::TenantId;
use countersign_ports::{Change, ChangeKind, KeySetVersion};
use diesel::prelude::*;
use std::time::Duration;

/// How long changes are kept.
pub const KEPT: Duration = Duration::from_secs(3600);

/// Columns of a change: `tenant`, `kind`, `id`, `version`.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct ChangeRow {
    /// Tenant.
    pub tenant: i32,
    /// Number of the kind.
    pub kind: i16,
    /// Identifier; empty for a set of signing keys.
    pub id: String,
    /// Version after the change; 0 once it is deleted.
    pub version: i64,
}

impl ChangeRow {
    /// Change of a client.
    #[must_use]
    pub fn client(tenant: i32, id: &str, version: i64) -> Self {
        Self {
            tenant,
            kind: ChangeKind::Client.number(),
            id: id.into(),
            version,
        }
    }

    /// Change of the set of signing keys of a tenant.
    pub fn signing_keys(of: TenantId, version: KeySetVersion) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            kind: ChangeKind::SigningKeys.number(),
            id: String::new(),
            version: integer(version.0)?,
        })
    }

    /// The change; `None` for a kind that a later version added: this one keeps no copy of it.
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
    fn change_of_a_later_kind_is_passed_over() {
        let mut row = ChangeRow::client(1, "app", 2);
        let change = row.clone().into_change().unwrap().unwrap();
        assert_eq!((change.kind, change.version), (ChangeKind::Client, 2));
        row.kind = i16::MAX;
        assert_eq!(row.into_change().unwrap(), None);
    }
}
