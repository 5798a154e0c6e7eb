//! Bodies of `/users`.

use super::address::AddressBody;
use crate::api::problem::Problem;
use crate::api::resources::claims::held::{
    AttributesBody, RolesBody, attribute_values, attributes_body, attributes_schema, held_roles,
    roles_body, roles_schema,
};
use crate::api::shape::PLAIN_TEXT;
use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_domain::authorize::claims_request::StandardClaim as Claim;
use countersign_domain::claims::attribute_value::{AttributeName, AttributeValue};
use countersign_domain::claims::roles::HeldRoles;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Regular expression of an email address.
pub(super) const EMAIL: &str =
    r"^[^\s@\u0000-\u001f\u007f-\u009f]+@[^\s@\u0000-\u001f\u007f-\u009f]+$";
/// Regular expression of a web address.
const WEB: &str = r"^https?://[^\s\u0000-\u001f\u007f-\u009f]+$";
/// Regular expression of a date or a year.
const BIRTHDATE: &str = "^[0-9]{4}(-(02-(0[1-9]|1[0-9]|2[0-9])|(04|06|09|11)-(0[1-9]|[12][0-9]|30)|(01|03|05|07|08|10|12)-(0[1-9]|[12][0-9]|3[01])))?$";
/// Regular expression of a time zone.
const ZONE: &str = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z][A-Za-z0-9_+-]*)*$";
/// Regular expression of a language tag.
const LOCALE: &str = "^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$";
/// Regular expression of a phone number.
const PHONE: &str = r"^\+[ .()-]*([0-9][ .()-]*){7,15}(;ext=[0-9]+)?$";

/// Fields of a user that operators edit. Most are claims of OpenID Connect Core section 5.1.
#[derive(Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "UserFields")]
pub(in crate::api) struct Body {
    /// Email address for signing in. A new address is unverified, unless the request contains `email_verified`.
    #[schemars(length(max = 254), regex(pattern = EMAIL))]
    pub(in crate::api) email: String,
    /// Whether the user has proved control of the address. `true` needs the permission `users:reset-factors`.
    #[serde(default)]
    email_verified: bool,
    /// Full name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 200), regex(pattern = PLAIN_TEXT))]
    name: Option<String>,
    /// Given name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    given_name: Option<String>,
    /// Family name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    family_name: Option<String>,
    /// Middle name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    middle_name: Option<String>,
    /// Nickname.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    nickname: Option<String>,
    /// Name that the user wants to be called by in clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    preferred_username: Option<String>,
    /// URL of the profile page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = WEB))]
    profile: Option<String>,
    /// URL of the picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = WEB))]
    picture: Option<String>,
    /// URL of the website.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = WEB))]
    website: Option<String>,
    /// Gender.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PLAIN_TEXT))]
    gender: Option<String>,
    /// Date of birth: `YYYY-MM-DD`, `0000-MM-DD` without the year, or `YYYY`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = BIRTHDATE))]
    birthdate: Option<String>,
    /// Time zone, such as `Europe/Berlin`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = ZONE))]
    zoneinfo: Option<String>,
    /// Language tag, such as `de` or `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = LOCALE))]
    locale: Option<String>,
    /// Phone number with its country code, such as `+49 30 1234567`. A new number is unverified, unless the request
    /// contains `phone_number_verified`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), regex(pattern = PHONE))]
    phone_number: Option<String>,
    /// Whether the user has proved control of the phone number.
    #[serde(default)]
    phone_number_verified: bool,
    /// Postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<AddressBody>,
    /// Application roles, in addition to those of the groups, by the audience of the resource server.
    #[serde(default)]
    #[schemars(transform = roles_schema)]
    roles: RolesBody,
    /// Attributes by name. Those that operators may not read are absent.
    #[serde(default)]
    #[schemars(transform = attributes_schema)]
    attributes: AttributesBody,
}

impl Body {
    /// Returns the changes of the claims that a request gives.
    pub(in crate::api) fn claims(&self, is_given: impl Fn(&str) -> bool) -> Vec<ClaimChange> {
        let settable = ClaimChange::settable();
        let given = settable.iter().filter(|claim| is_given(claim.as_str()));
        given
            .map(|claim| ClaimChange {
                claim,
                value: self.value(claim),
            })
            .collect()
    }

    /// Returns the application roles.
    pub(in crate::api) fn roles(&self) -> Result<HeldRoles, Problem> {
        held_roles(&self.roles)
    }

    /// Returns the attributes.
    pub(in crate::api) fn attributes(
        &self,
    ) -> Result<BTreeMap<AttributeName, AttributeValue>, Problem> {
        attribute_values(&self.attributes)
    }

    fn value(&self, claim: Claim) -> GivenClaim {
        let text = match claim {
            Claim::EmailVerified => return GivenClaim::Flag(self.email_verified),
            Claim::PhoneNumberVerified => return GivenClaim::Flag(self.phone_number_verified),
            Claim::Address => return GivenClaim::Address(self.address.as_ref().map(Into::into)),
            Claim::Email | Claim::UpdatedAt => None,
            Claim::Name => self.name.as_ref(),
            Claim::GivenName => self.given_name.as_ref(),
            Claim::FamilyName => self.family_name.as_ref(),
            Claim::MiddleName => self.middle_name.as_ref(),
            Claim::Nickname => self.nickname.as_ref(),
            Claim::PreferredUsername => self.preferred_username.as_ref(),
            Claim::Profile => self.profile.as_ref(),
            Claim::Picture => self.picture.as_ref(),
            Claim::Website => self.website.as_ref(),
            Claim::Gender => self.gender.as_ref(),
            Claim::Birthdate => self.birthdate.as_ref(),
            Claim::Zoneinfo => self.zoneinfo.as_ref(),
            Claim::Locale => self.locale.as_ref(),
            Claim::PhoneNumber => self.phone_number.as_ref(),
        };
        GivenClaim::Text(text.cloned())
    }
}

/// User.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "User")]
pub(in crate::api) struct View {
    /// Identifier.
    id: String,
    #[serde(flatten)]
    fields: Body,
    /// Whether the user may sign in.
    enabled: bool,
    /// Groups.
    groups: Vec<String>,
    /// Whether the user has a password.
    has_password: bool,
    /// Whether the user has an authenticator app.
    has_totp: bool,
    /// Creation time, in seconds since the Unix epoch.
    created_at: u64,
    /// Time of the last change of the email address or a claim, in seconds since the Unix epoch; `null` for none.
    updated_at: Option<u64>,
    /// Generated password. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    /// Number of grants that the command revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) revoked_grants: Option<u64>,
}

impl From<&User> for Body {
    fn from(user: &User) -> Self {
        let profile = &user.profile;
        let text = |claim| profile.text(claim).map(str::to_owned);
        Self {
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.clone(),
            given_name: text(Claim::GivenName),
            family_name: text(Claim::FamilyName),
            middle_name: text(Claim::MiddleName),
            nickname: text(Claim::Nickname),
            preferred_username: text(Claim::PreferredUsername),
            profile: text(Claim::Profile),
            picture: text(Claim::Picture),
            website: text(Claim::Website),
            gender: text(Claim::Gender),
            birthdate: text(Claim::Birthdate),
            zoneinfo: text(Claim::Zoneinfo),
            locale: text(Claim::Locale),
            phone_number: text(Claim::PhoneNumber),
            phone_number_verified: profile.phone_number_verified,
            address: profile.address.as_ref().map(Into::into),
            roles: roles_body(&user.roles),
            attributes: attributes_body(&user.attributes),
        }
    }
}

impl From<&User> for View {
    fn from(user: &User) -> Self {
        let updated_at = user.profile.updated_at;
        Self {
            id: user.id.to_string(),
            fields: user.into(),
            enabled: user.enabled,
            groups: user.groups.iter().map(ToString::to_string).collect(),
            has_password: user.password_hash.is_some(),
            has_totp: user.sealed_totp_secret.is_some(),
            created_at: user.created_at.as_unix_seconds(),
            updated_at: updated_at.map(Timestamp::as_unix_seconds),
            password: None,
            revoked_grants: None,
        }
    }
}
