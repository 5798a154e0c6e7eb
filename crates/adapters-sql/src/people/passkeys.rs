//! Rows of passkeys.

use crate::columns::{
    Failure, Unreadable, from_optional_time, from_text, from_time, optional_time, tenant, text,
    time,
};
use crate::id::Id;
use crate::schema::passkeys;
use countersign_domain::login::credential::Passkey;
use countersign_domain::tenant::TenantId;
use diesel::prelude::*;

/// Row of a passkey.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = passkeys, treat_none_as_default_value = false)]
pub struct PasskeyRow {
    tenant: i32,
    id: Vec<u8>,
    user_id: Id,
    name: String,
    credential: Vec<u8>,
    created_at: i64,
    last_used_at: Option<i64>,
}

/// Columns that an update of a passkey replaces.
#[derive(AsChangeset)]
#[diesel(table_name = passkeys, treat_none_as_null = true)]
pub struct PasskeyChange {
    credential: Vec<u8>,
    last_used_at: Option<i64>,
}

impl PasskeyRow {
    /// Creates the row of a passkey.
    pub fn new(of: TenantId, passkey: &Passkey) -> Result<Self, Failure> {
        Ok(Self {
            tenant: tenant(of),
            id: passkey.id.clone(),
            user_id: passkey.user.into(),
            name: text(&passkey.name),
            credential: passkey.credential.clone(),
            created_at: time(passkey.created_at)?,
            last_used_at: optional_time(passkey.last_used_at)?,
        })
    }
}

impl TryFrom<&Passkey> for PasskeyChange {
    type Error = Failure;

    fn try_from(passkey: &Passkey) -> Result<Self, Failure> {
        Ok(Self {
            credential: passkey.credential.clone(),
            last_used_at: optional_time(passkey.last_used_at)?,
        })
    }
}

impl TryFrom<PasskeyRow> for Passkey {
    type Error = Unreadable;

    fn try_from(row: PasskeyRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: row.id,
            user: row.user_id.into(),
            name: from_text("passkeys.name", row.name)?,
            credential: row.credential,
            created_at: from_time("passkeys.created_at", row.created_at)?,
            last_used_at: from_optional_time("passkeys.last_used_at", row.last_used_at)?,
        })
    }
}
