//! Rows of users: one for the data that administrators edit, and one for credentials.

use crate::columns::{
    Failure, Unreadable, from_integer, from_optional_text, from_time, integer, optional_text,
    tenant, time,
};
use crate::documents::user;
use crate::id::{Id, Uuid};
use crate::schema::{credentials, users};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::{Email, User};
use diesel::prelude::*;
use diesel::sql_types::{Binary, Integer, Nullable, Text};

/// Row of a user: the data that administrators edit.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = users)]
pub struct UserRow {
    /// `sub`.
    pub id: Id,
    /// Tenant.
    pub tenant: i32,
    /// Email address.
    pub email: String,
    email_verified: bool,
    enabled: bool,
    version: i64,
    created_at: i64,
    document: String,
}

/// Columns that an update of a user replaces.
#[derive(Clone, AsChangeset)]
#[diesel(table_name = users)]
pub struct UserChange {
    /// Email address.
    pub email: String,
    email_verified: bool,
    enabled: bool,
    version: i64,
    document: String,
}

/// Row of credentials, without the last time step.
#[derive(Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = credentials, treat_none_as_default_value = false)]
pub struct CredentialsRow {
    user_id: Id,
    tenant: i32,
    password_hash: Option<String>,
    sealed_totp_secret: Option<Vec<u8>>,
}

/// Both rows of a user.
#[derive(Clone, Queryable, Selectable)]
pub struct UserRows {
    /// Data that administrators edit.
    #[diesel(embed)]
    pub user: UserRow,
    /// Credentials.
    #[diesel(embed)]
    pub credentials: CredentialsRow,
}

/// SQL types of the columns of [`UserRows`].
pub type UserColumns = (
    users::SqlType,
    (Uuid, Integer, Nullable<Text>, Nullable<Binary>),
);

/// All columns of [`UserRows`](crate::people::users::UserRows), in the order of its fields.
#[macro_export]
macro_rules! user_columns {
    () => {
        "users.id, users.tenant, users.email, users.email_verified, users.enabled, users.version, users.created_at, \
         users.document, credentials.user_id, credentials.tenant, credentials.password_hash, \
         credentials.sealed_totp_secret"
    };
}

impl UserRows {
    /// Creates the rows of a user at a given version.
    pub fn new(of: TenantId, user: &User, version: u64) -> Result<Self, Failure> {
        Ok(Self {
            user: UserRow {
                id: user.id.into(),
                tenant: tenant(of),
                email: user.email.as_str().into(),
                email_verified: user.email_verified,
                enabled: user.enabled,
                version: integer(version)?,
                created_at: time(user.created_at)?,
                document: user::write(user)?,
            },
            credentials: CredentialsRow {
                user_id: user.id.into(),
                tenant: tenant(of),
                password_hash: optional_text(user.password_hash.as_deref()),
                sealed_totp_secret: user.sealed_totp_secret.clone(),
            },
        })
    }
}

impl TryFrom<&User> for UserChange {
    type Error = Failure;

    /// Increments the version.
    fn try_from(user: &User) -> Result<Self, Failure> {
        Ok(Self {
            email: user.email.as_str().into(),
            email_verified: user.email_verified,
            enabled: user.enabled,
            version: integer(user.version.saturating_add(1))?,
            document: user::write(user)?,
        })
    }
}

impl TryFrom<UserRows> for User {
    type Error = Unreadable;

    fn try_from(UserRows { user, credentials }: UserRows) -> Result<Self, Unreadable> {
        let document = user::read("users.document", &user.document)?;
        Ok(Self {
            id: user.id.into(),
            email: Email::parse(&user.email).map_err(|_| Unreadable("users.email"))?,
            email_verified: user.email_verified,
            name: document.name,
            profile: document.profile,
            enabled: user.enabled,
            password_hash: from_optional_text(
                "credentials.password_hash",
                credentials.password_hash,
            )?,
            sealed_totp_secret: credentials.sealed_totp_secret,
            created_at: from_time("users.created_at", user.created_at)?,
            self_registered: document.self_registered,
            email_changed_at: document.email_changed_at,
            groups: document.groups,
            roles: document.roles,
            attributes: document.attributes,
            version: from_integer("users.version", user.version)?,
            later: document.later,
        })
    }
}
