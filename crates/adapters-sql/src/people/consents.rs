//! Rows of consents.

use crate::columns::{Failure, Unreadable, from_client_id, from_scope, from_time, tenant, time};
use crate::id::Id;
use crate::schema::consents;
use countersign_domain::authorize::consent::Consent;
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;

/// Row of a consent.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = consents, primary_key(user_id, tenant, client_id))]
pub struct ConsentRow {
    user_id: Id,
    tenant: i32,
    client_id: String,
    scope: String,
    given_at: i64,
}

impl ConsentRow {
    /// Creates the row of a consent.
    pub fn new(of: TenantId, consent: &Consent) -> Result<Self, Failure> {
        Ok(Self {
            user_id: consent.user.into(),
            tenant: tenant(of),
            client_id: consent.client.as_str().into(),
            scope: consent.scope.as_str().into(),
            given_at: time(consent.given_at)?,
        })
    }
}

impl TryFrom<ConsentRow> for Consent {
    type Error = Unreadable;

    fn try_from(row: ConsentRow) -> Result<Self, Unreadable> {
        Ok(Self {
            user: row.user_id.into(),
            client: from_client_id("consents.client_id", &row.client_id)?,
            scope: from_scope("consents.scope", &row.scope)?,
            given_at: from_time("consents.given_at", row.given_at)?,
        })
    }
}
