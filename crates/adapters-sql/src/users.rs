//! A user as a row.

use crate::columns::{Failure, Unreadable, from_optional_text, from_time, optional_text, time};
use crate::id::Id;
use crate::profile;
use crate::schema::users;
use countersign_domain::identifier::UserId;
use countersign_domain::user::{Email, User};
use diesel::prelude::*;

/// All of a user but the last time step, which only
/// [`use_time_step`](countersign_ports::UserRepository::use_time_step) changes.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = users, treat_none_as_default_value = false, treat_none_as_null = true)]
pub struct UserRow {
    /// The `sub`.
    pub id: Id,
    /// Unique.
    pub email: String,
    name: Option<String>,
    enabled: bool,
    password_hash: Option<String>,
    sealed_totp_secret: Option<Vec<u8>>,
    created_at: i64,
    email_verified: bool,
    profile: String,
}

impl TryFrom<&User> for UserRow {
    type Error = Failure;

    fn try_from(user: &User) -> Result<Self, Failure> {
        Ok(Self {
            id: Id(*user.id.as_bytes()),
            email: user.email.as_str().into(),
            name: optional_text(user.name.as_deref()),
            enabled: user.enabled,
            password_hash: optional_text(user.password_hash.as_deref()),
            sealed_totp_secret: user.sealed_totp_secret.clone(),
            created_at: time(user.created_at)?,
            email_verified: user.email_verified,
            profile: profile::write(&user.profile)?,
        })
    }
}

impl TryFrom<UserRow> for User {
    type Error = Unreadable;

    fn try_from(row: UserRow) -> Result<Self, Unreadable> {
        Ok(Self {
            id: UserId::from_bytes(row.id.0),
            email: Email::parse(&row.email).map_err(|_| Unreadable("users.email"))?,
            email_verified: row.email_verified,
            name: from_optional_text("users.name", row.name)?,
            profile: profile::read("users.profile", &row.profile)?,
            enabled: row.enabled,
            password_hash: from_optional_text("users.password_hash", row.password_hash)?,
            sealed_totp_secret: row.sealed_totp_secret,
            created_at: from_time("users.created_at", row.created_at)?,
        })
    }
}
