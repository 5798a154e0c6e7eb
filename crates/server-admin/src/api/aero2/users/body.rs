//! JSON forms of a user.

use countersign_application::admin::users::{ClaimChange, GivenClaim};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::user::User;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Change of the names of a user. An absent member stays unchanged.
#[derive(Deserialize, JsonSchema)]
pub(in crate::api::aero2) struct Names {
    /// Full name.
    pub(in crate::api::aero2) name: Option<String>,
    /// Given name.
    pub(in crate::api::aero2) given_name: Option<String>,
    /// Family name.
    pub(in crate::api::aero2) family_name: Option<String>,
}

/// Change of a user by an operator. An absent member stays unchanged.
#[derive(Deserialize, JsonSchema)]
pub(in crate::api::aero2) struct UserChange {
    /// Full name.
    name: Option<String>,
    /// Given name.
    given_name: Option<String>,
    /// Family name.
    family_name: Option<String>,
    /// Whether the user has proved control of the email address.
    email_verified: Option<bool>,
    /// `active` or `disabled`.
    pub(in crate::api::aero2) status: Option<String>,
}

impl Names {
    pub(in crate::api::aero2) fn claims(self) -> Vec<ClaimChange> {
        let texts = [
            (StandardClaim::Name, self.name),
            (StandardClaim::GivenName, self.given_name),
            (StandardClaim::FamilyName, self.family_name),
        ];
        let given = texts.into_iter().filter(|(_, text)| text.is_some());
        given
            .map(|(claim, text)| ClaimChange {
                claim,
                value: GivenClaim::Text(text),
            })
            .collect()
    }
}

impl UserChange {
    pub(in crate::api::aero2) fn claims(self) -> Vec<ClaimChange> {
        let names = Names {
            name: self.name,
            given_name: self.given_name,
            family_name: self.family_name,
        };
        let mut claims = names.claims();
        claims.extend(self.email_verified.map(|verified| ClaimChange {
            claim: StandardClaim::EmailVerified,
            value: GivenClaim::Flag(verified),
        }));
        claims
    }
}

/// User.
#[derive(Serialize)]
pub(in crate::api::aero2) struct View {
    id: String,
    email: String,
    email_verified: bool,
    name: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    picture: Option<String>,
    status: &'static str,
    created_at: String,
    updated_at: String,
}

/// Status of a user who may sign in.
pub(in crate::api::aero2) const ACTIVE: &str = "active";
/// Status of a user who may not sign in.
pub(in crate::api::aero2) const DISABLED: &str = "disabled";

impl From<&User> for View {
    fn from(user: &User) -> Self {
        let text = |claim| user.profile.text(claim).map(str::to_owned);
        Self {
            id: user.id.to_string(),
            email: user.email.as_str().to_owned(),
            email_verified: user.email_verified,
            name: user.name.clone(),
            given_name: text(StandardClaim::GivenName),
            family_name: text(StandardClaim::FamilyName),
            picture: text(StandardClaim::Picture),
            status: if user.enabled { ACTIVE } else { DISABLED },
            created_at: date(user.created_at),
            updated_at: date(user.profile.updated_at.unwrap_or(user.created_at)),
        }
    }
}
