//! Bodies of `/users`.

use crate::api::shape::PLAIN_TEXT;
use countersign_domain::user::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Regular expression of an email address.
const EMAIL: &str = r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$";

/// Fields of a user that operators edit.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UserFields")]
pub(super) struct Body {
    /// Email address for signing in. A new address is unverified.
    #[schemars(length(max = 254), regex(pattern = EMAIL))]
    pub(super) email: String,
    /// Whether the user has proved control of the address. It has no effect at creation.
    #[serde(default)]
    pub(super) email_verified: bool,
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    pub(super) name: Option<String>,
}

/// User.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(super) struct View {
    /// Identifier.
    id: String,
    #[serde(flatten)]
    fields: Body,
    /// Whether the user may sign in.
    enabled: bool,
    /// Whether the user has a password.
    has_password: bool,
    /// Whether the user has an authenticator app.
    has_totp: bool,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Generated password. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    /// Number of grants that the command revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revoked_grants: Option<u64>,
}

impl From<&User> for Body {
    fn from(user: &User) -> Self {
        Self {
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.clone(),
        }
    }
}

impl From<&User> for View {
    fn from(user: &User) -> Self {
        Self {
            id: user.id.to_string(),
            fields: user.into(),
            enabled: user.enabled,
            has_password: user.password_hash.is_some(),
            has_totp: user.sealed_totp_secret.is_some(),
            created_at: user.created_at.as_unix_seconds(),
            password: None,
            revoked_grants: None,
        }
    }
}
