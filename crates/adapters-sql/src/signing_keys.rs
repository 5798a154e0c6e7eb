//! A signing key as a row.

use crate::columns::{
    Failure, Unreadable, from_algorithm, from_client_id, from_optional_time, from_text, from_time,
    optional_time, text, time,
};
use crate::schema::signing_keys;
use countersign_domain::signing_key::SigningKey;
use diesel::prelude::*;

/// A signing key.
#[derive(Queryable, Insertable)]
#[diesel(table_name = signing_keys, treat_none_as_default_value = false)]
pub struct SigningKeyRow {
    id: String,
    algorithm: String,
    client_id: Option<String>,
    sealed_private_key: Vec<u8>,
    created_at: i64,
    signs_from: i64,
    retires_at: Option<i64>,
}

impl TryFrom<&SigningKey> for SigningKeyRow {
    type Error = Failure;

    fn try_from(key: &SigningKey) -> Result<Self, Failure> {
        Ok(Self {
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
