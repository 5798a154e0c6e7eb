//! Consent as a row.

use crate::columns::{Failure, Unreadable, from_client_id, from_scope, from_time, time};
use crate::id::Id;
use crate::schema::consents;
use countersign_domain::consent::Consent;
use countersign_domain::identifier::UserId;
use diesel::prelude::*;

/// What a user has agreed to for a client.
#[derive(Queryable, Insertable, AsChangeset)]
#[diesel(table_name = consents, primary_key(user_id, client_id))]
pub struct ConsentRow {
    user_id: Id,
    client_id: String,
    scope: String,
    given_at: i64,
}

impl TryFrom<&Consent> for ConsentRow {
    type Error = Failure;

    fn try_from(consent: &Consent) -> Result<Self, Failure> {
        Ok(Self {
            user_id: Id(*consent.user.as_bytes()),
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
            user: UserId::from_bytes(row.user_id.0),
            client: from_client_id("consents.client_id", &row.client_id)?,
            scope: from_scope("consents.scope", &row.scope)?,
            given_at: from_time("consents.given_at", row.given_at)?,
        })
    }
}
