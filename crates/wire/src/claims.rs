//! Claims of access tokens and ID tokens, as pairs of name and value.

use crate::value::Value;
use countersign_domain::authorize::claims_request::ClaimSet;
use countersign_domain::login::authentication::AcrNames;
use countersign_domain::token::claims::{AccessTokenClaims, IdTokenClaims};
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::User;
use countersign_domain::user::user_claims::ClaimValue;

/// Returns the claims of an access token (RFC 9068 section 2.2). `token_use` is the value of that claim, for a server
/// that distinguishes its kinds of tokens by it.
pub fn access_token<'a>(
    claims: &AccessTokenClaims<'a>,
    token_use: Option<&'static str>,
) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
    let issuance = claims.issuance;
    let audience = match issuance.audience.as_slice() {
        // RFC 7519 section 4.1.3.
        [one] => Value::Text(one),
        several => Value::Texts(several),
    };
    let scope = issuance.scope.as_str();
    [
        Some(("sub", Value::Text(issuance.subject.as_str()))),
        Some(("aud", audience)),
        Some(("iss", Value::Text(claims.issuer))),
        (!scope.is_empty()).then_some(("scope", Value::Text(scope))),
        Some(("client_id", Value::Text(issuance.client.as_str()))),
        issuance.gty.map(|gty| ("gty", Value::Text(gty))),
        issuance
            .actor
            .as_ref()
            .map(|act| ("act", Value::Actor(act))),
        issuance
            .may_act
            .as_ref()
            .map(|client| ("may_act", Value::MayAct(client))),
        token_use.map(|name| ("token_use", Value::Text(name))),
        Some(("iat", Value::Number(issuance.issued_at.as_unix_seconds()))),
        Some(("exp", Value::Number(issuance.expires_at.as_unix_seconds()))),
        Some(("jti", Value::TokenId(claims.token_id))),
    ]
    .into_iter()
    .flatten()
    .chain(custom(&issuance.custom))
}

/// Parts of an ID token that the server chooses.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenNames<'a> {
    /// Values of `acr`.
    pub acr: AcrNames<'a>,
    /// `token_use`, for clients that are registered for it.
    pub token_use: &'static str,
    /// `at_hash`: the left half of the hash of the access token, in base64url. The signing algorithm determines the
    /// hash function (OpenID Connect Core section 3.1.3.6).
    pub at_hash: Option<&'a str>,
}

impl<'a> IdTokenNames<'a> {
    /// Returns the names with the `token_use` value `id`, and without `at_hash`, which is optional in the code flow.
    #[must_use]
    pub const fn new(acr: AcrNames<'a>) -> Self {
        Self {
            acr,
            token_use: "id",
            at_hash: None,
        }
    }
}

/// Returns the claims of an ID token (OpenID Connect Core section 2).
pub fn id_token<'a>(
    claims: &IdTokenClaims<'a>,
    names: IdTokenNames<'a>,
) -> impl Iterator<Item = (&'a str, Value<'a>)> + use<'a> {
    let IdTokenClaims {
        issuer,
        issuance,
        facts,
        access_token: _,
        user,
    } = *claims;
    let client = issuance.client.as_str();
    let authentication = facts.authentication;
    let amr = authentication.methods.amr();
    [
        Some(("iss", Value::Text(issuer))),
        Some(("sub", Value::Text(issuance.subject.as_str()))),
        Some(("aud", Value::Text(client))),
        Some(("azp", Value::Text(client))),
        Some(("iat", Value::Number(issuance.issued_at.as_unix_seconds()))),
        Some(("exp", Value::Number(facts.expires_at.as_unix_seconds()))),
        Some((
            "auth_time",
            Value::Number(authentication.time.as_unix_seconds()),
        )),
        names
            .acr
            .name_of(authentication.acr)
            .map(|acr| ("acr", Value::Text(acr))),
        (!amr.is_empty()).then_some(("amr", Value::Names(amr))),
        facts
            .session
            .map(|session| ("sid", Value::SessionId(session))),
        facts
            .nonce
            .as_deref()
            .map(|nonce| ("nonce", Value::Text(nonce))),
        names.at_hash.map(|hash| ("at_hash", Value::Text(hash))),
        facts
            .has_token_use
            .then_some(("token_use", Value::Text(names.token_use))),
    ]
    .into_iter()
    .flatten()
    .chain(
        user.into_iter()
            .flat_map(|(user, set)| user_claims(user, set)),
    )
    .chain(custom(&facts.custom))
}

/// Returns the standard claims of a user that are in a set, for an ID token or a userinfo response.
pub fn user_claims(user: &User, set: ClaimSet) -> impl Iterator<Item = (&str, Value<'_>)> {
    user.claims(set).map(|(name, value)| {
        let value = match value {
            ClaimValue::Text(text) => Value::Text(text),
            ClaimValue::Flag(flag) => Value::Flag(flag),
            ClaimValue::Time(time) => Value::Number(time.as_unix_seconds()),
            ClaimValue::Address(address) => Value::Address(address),
        };
        (name, value)
    })
}

fn custom(claims: &CustomClaims) -> impl Iterator<Item = (&str, Value<'_>)> {
    claims
        .iter()
        .map(|(name, value)| (name, Value::Custom(value)))
}

#[cfg(test)]
mod tests;
