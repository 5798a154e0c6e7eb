//! Output of a user.

use crate::arguments::OutputArgs;
use crate::command_error::CommandError;
use crate::date::date;
use crate::output::{self, Fields};
use countersign_adapters_jwt::UserClaims;
use countersign_adapters_system::TotpCodes;
use countersign_application::admin::users::ClaimChange;
use countersign_domain::administration::group_name::GroupName;
use countersign_domain::user::User;
use countersign_domain::user::user_claims::ClaimValue;
use serde::Serialize;

/// JSON form of a user. Times are seconds since the Unix epoch.
#[derive(Serialize)]
pub(super) struct UserRecord<'a> {
    id: String,
    email: &'a str,
    name: Option<&'a str>,
    enabled: bool,
    has_password: bool,
    has_totp: bool,
    created_at: u64,
    /// Names of the user's groups.
    groups: Vec<&'a str>,
    /// Claims in the format that `--claims` accepts.
    claims: UserClaims<'a>,
    #[serde(skip)]
    created: String,
    /// Password that the command generated, shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<&'a str>,
    /// Number of grants that the command revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revoked_grants: Option<u64>,
    /// Number of logout notifications that the command sends: one per session and client.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) logout_notifications: Option<u64>,
}

impl<'a> From<&'a User> for UserRecord<'a> {
    fn from(user: &'a User) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.as_str(),
            name: user.name.as_deref(),
            enabled: user.enabled,
            has_password: user.password_hash.is_some(),
            has_totp: user.sealed_totp_secret.is_some(),
            created_at: user.created_at.as_unix_seconds(),
            groups: user.groups.iter().map(GroupName::as_str).collect(),
            claims: UserClaims(user, ClaimChange::settable()),
            created: date(user.created_at),
            password: None,
            revoked_grants: None,
            logout_notifications: None,
        }
    }
}

/// Prints a user.
pub(super) fn print(user: &UserRecord<'_>, output: OutputArgs) -> Result<(), CommandError> {
    if let Some(format) = output.structured() {
        return output::print_as(format, user);
    }
    let mut fields = Fields::new()
        .add("id", user.id.as_str())
        .add("email", user.email)
        .add_some("name", user.name)
        .add("enabled", yes_or_no(user.enabled))
        .add("has password", yes_or_no(user.has_password))
        .add("has one-time codes", yes_or_no(user.has_totp))
        .add("created", user.created.as_str());
    if !user.groups.is_empty() {
        fields = fields.add("groups", user.groups.join(" "));
    }
    let UserClaims(facts, set) = user.claims;
    for (name, value) in facts.claims(set).filter(|(name, _)| *name != "name") {
        fields = fields.add(name, written(value));
    }
    fields
        .add_some(
            "revoked grants",
            user.revoked_grants.map(|count| count.to_string()),
        )
        .add_some(
            "logout notifications",
            user.logout_notifications.map(|count| count.to_string()),
        )
        .add_some("password", user.password)
        .print()?;
    if user.password.is_some() {
        output::print("\nSave the password now. It is not shown again.\n")?;
    }
    Ok(())
}

fn written(value: ClaimValue<'_>) -> String {
    match value {
        ClaimValue::Text(text) => text.to_owned(),
        ClaimValue::Flag(holds) => yes_or_no(holds).to_owned(),
        ClaimValue::Time(time) => date(time),
        ClaimValue::Address(address) => {
            let members: Vec<&str> = address.members().map(|(_, text)| text).collect();
            members.join(", ").replace('\n', ", ")
        }
    }
}

const fn yes_or_no(holds: bool) -> &'static str {
    if holds { "yes" } else { "no" }
}

/// Prints users, one per line.
pub(super) fn print_list(users: &[User], output: OutputArgs) -> Result<(), CommandError> {
    if let Some(format) = output.structured() {
        return output::print_as(
            format,
            &users.iter().map(UserRecord::from).collect::<Vec<_>>(),
        );
    }
    let rows = users.iter().map(|user| {
        let state = if user.enabled { "enabled" } else { "disabled" };
        vec![
            user.id.to_string(),
            state.to_owned(),
            user.email.to_string(),
            user.name.clone().unwrap_or_default(),
        ]
    });
    output::print_rows(&rows.collect::<Vec<_>>())
}

#[derive(Serialize)]
struct EnrollmentRecord<'a> {
    id: String,
    email: &'a str,
    secret: &'a str,
    otpauth_uri: &'a str,
}

/// Prints the secret for an authenticator app, in base32 and as a URI.
pub(super) fn print_enrollment(
    user: &User,
    secret: &[u8],
    uri: &str,
    output: OutputArgs,
) -> Result<(), CommandError> {
    let record = EnrollmentRecord {
        id: user.id.to_string(),
        email: user.email.as_str(),
        secret: &TotpCodes::base32(secret),
        otpauth_uri: uri,
    };
    if let Some(format) = output.structured() {
        return output::print_as(format, &record);
    }
    Fields::new()
        .add("id", record.id)
        .add("email", record.email)
        .add("secret", record.secret)
        .add("otpauth URI", record.otpauth_uri)
        .print()?;
    output::print("\nAdd the secret to the authenticator app now. It is not shown again.\n")
}
