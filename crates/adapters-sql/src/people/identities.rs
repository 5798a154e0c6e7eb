//! Rows of identities.

use crate::columns::{
    Failure, Unreadable, from_optional_text, from_optional_time, from_text, from_time,
    optional_text, optional_time, tenant, text, time,
};
use crate::id::Id;
use crate::schema::identities;
use countersign_domain::federation::identity::Identity;
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;

/// Row of an identity.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = identities, treat_none_as_default_value = false)]
pub struct IdentityRow {
    tenant: i32,
    id: Id,
    user_id: Id,
    provider: String,
    issuer: String,
    subject: String,
    email: Option<String>,
    created_at: i64,
    last_used_at: Option<i64>,
}

/// Columns that an update of an identity replaces.
#[derive(AsChangeset)]
#[diesel(table_name = identities, treat_none_as_null = true)]
pub struct IdentityChange {
    email: Option<String>,
    last_used_at: Option<i64>,
}

impl IdentityRow {
    /// Creates the row of an identity.
    pub fn new(of: TenantId, identity: &Identity) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            id: identity.id.into(),
            user_id: identity.user.into(),
            provider: text(&identity.provider),
            issuer: text(&identity.issuer),
            subject: text(&identity.subject),
            email: optional_text(identity.email.as_deref()),
            created_at: time(identity.created_at)?,
            last_used_at: optional_time(identity.last_used_at)?,
        })
    }
}

impl TryFrom<&Identity> for IdentityChange {
    type Error = Failure;

    fn try_from(identity: &Identity) -> Result<Self, Failure> {
        Ok(Self {
            email: optional_text(identity.email.as_deref()),
            last_used_at: optional_time(identity.last_used_at)?,
        })
    }
}

impl TryFrom<IdentityRow> for Identity {
    type Error = Unreadable;

    fn try_from(row: IdentityRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: row.id.into(),
            user: row.user_id.into(),
            provider: from_text("identities.provider", row.provider)?,
            issuer: from_text("identities.issuer", row.issuer)?,
            subject: from_text("identities.subject", row.subject)?,
            email: from_optional_text("identities.email", row.email)?,
            created_at: from_time("identities.created_at", row.created_at)?,
            last_used_at: from_optional_time("identities.last_used_at", row.last_used_at)?,
        })
    }
}
