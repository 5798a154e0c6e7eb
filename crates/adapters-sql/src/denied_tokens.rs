//! A denied token as a row.

use crate::columns::{Failure, Unreadable, from_time, time};
use crate::schema::denied_tokens;
use countersign_ports::DeniedToken;
use diesel::prelude::*;

/// A denied token.
#[derive(Queryable, Insertable)]
#[diesel(table_name = denied_tokens)]
pub struct DeniedTokenRow {
    id: String,
    expires_at: i64,
}

impl TryFrom<&DeniedToken> for DeniedTokenRow {
    type Error = Failure;

    fn try_from(denied: &DeniedToken) -> Result<Self, Failure> {
        Ok(Self {
            id: denied.id.to_string(),
            expires_at: time(denied.expires_at)?,
        })
    }
}

impl TryFrom<DeniedTokenRow> for DeniedToken {
    type Error = Unreadable;

    fn try_from(row: DeniedTokenRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: row.id.parse().map_err(|_| Unreadable("denied_tokens.id"))?,
            expires_at: from_time("denied_tokens.expires_at", row.expires_at)?,
        })
    }
}
