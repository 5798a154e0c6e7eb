//! Rows of signing keys.

use crate::columns::{
    Failure, Unreadable, from_algorithm, from_client_id, from_optional_time, from_text, from_time,
    optional_time, tenant, text, time,
};
use crate::schema::signing_keys;
use countersign_domain::tenant::TenantId;
use countersign_domain::token::signing_key::SigningKey;
use diesel::prelude::*;

/// Row of a signing key.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKeyRow {
    tenant: i32,
    id: String,
    algorithm: String,
    client_id: Option<String>,
    sealed_private_key: Vec<u8>,
    created_at: i64,
    signs_from: i64,
    retires_at: Option<i64>,
}

impl SigningKeyRow {
    /// Creates the row of a signing key.
    pub fn new(of: TenantId, key: &SigningKey) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            id: text(&key.id),
            algorithm: key.algorithm.as_str().into(),
            client_id: key.client.as_ref().map(ToString::to_string),
            sealed_private_key: key.sealed_private_key.clone(),
            created_at: time(key.created_at)?,
            signs_from: time(key.signs_from)?,
            retires_at: optional_time(key.retires_at)?,
        })
    }
}

impl TryFrom<SigningKeyRow> for SigningKey {
    type Error = Unreadable;

    fn try_from(row: SigningKeyRow) -> Result<Self, Unreadable> {
        let client = row.client_id.as_deref();
        Ok(Self {
            id: from_text("signing_keys.id", row.id)?,
            algorithm: from_algorithm("signing_keys.algorithm", &row.algorithm)?,
            client: client
                .map(|id| from_client_id("signing_keys.client_id", id))
                .transpose()?,
            sealed_private_key: row.sealed_private_key,
            created_at: from_time("signing_keys.created_at", row.created_at)?,
            signs_from: from_time("signing_keys.signs_from", row.signs_from)?,
            retires_at: from_optional_time("signing_keys.retires_at", row.retires_at)?,
        })
    }
}
