//! JSON encoding of access tokens (RFC 9068 section 2.2).

use crate::tokens::custom_json::CustomJson;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::Subject;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::actor::Actor;
use countersign_domain::token::claims::AccessTokenClaims;
use countersign_domain::token::token_id::TokenId;
use countersign_ports::names::token_use;
use countersign_wire::{Object, claims};
use serde::de::{Error as _, IgnoredAny};
use serde::{Deserialize, Deserializer, Serialize};
use std::borrow::Cow;

/// Returns the claims of an access token, for its JSON.
pub(crate) fn json<'a>(claims: &AccessTokenClaims<'a>) -> impl Serialize + use<'a> {
    let claims = *claims;
    Object(move || claims::access_token(&claims, Some(token_use::ACCESS)))
}

/// Claims of an access token, as read from its JSON.
#[derive(Deserialize)]
pub(crate) struct AccessTokenJson<'a> {
    sub: Cow<'a, str>,
    aud: Audience<'a>,
    iss: Cow<'a, str>,
    #[serde(default)]
    scope: Cow<'a, str>,
    client_id: Cow<'a, str>,
    #[serde(default)]
    gty: Option<Cow<'a, str>>,
    #[serde(default)]
    act: Option<ActorJson<'a>>,
    #[serde(default)]
    may_act: Option<MayActJson<'a>>,
    #[serde(default)]
    cnf: Option<IgnoredAny>,
    token_use: Cow<'a, str>,
    iat: u64,
    exp: u64,
    #[serde(deserialize_with = "read_id")]
    jti: TokenId,
    #[serde(flatten)]
    custom: CustomJson,
}

/// Party that may act (RFC 8693 section 4.4).
#[derive(Deserialize)]
struct MayActJson<'a> {
    sub: Cow<'a, str>,
}

/// Actor (RFC 8693 section 4.1).
#[derive(Deserialize)]
struct ActorJson<'a> {
    sub: Cow<'a, str>,
    #[serde(default)]
    act: Option<Box<Self>>,
}

impl From<ActorJson<'_>> for Actor {
    fn from(json: ActorJson<'_>) -> Self {
        Self {
            subject: Subject::new(json.sub),
            previous: json.act.map(|json| Box::new((*json).into())),
        }
    }
}

/// Audience. A single audience is a string (RFC 7519 section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(Cow<'a, str>),
    Several(Cow<'a, [String]>),
}

fn read_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenId, D::Error> {
    let text = Cow::<'_, str>::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

impl AccessTokenJson<'_> {
    /// Returns `jti`.
    pub(crate) fn token_id(&self) -> TokenId {
        self.jti
    }

    /// Returns whether the token was issued to this client.
    pub(crate) fn is_of(&self, client: &ClientId) -> bool {
        client.as_str() == self.client_id
    }

    /// Converts the claims to an access token. Returns `None` for another kind of token, or for a value that this
    /// server never writes.
    pub(crate) fn into_token(self) -> Option<AccessToken> {
        if self.token_use != token_use::ACCESS {
            return None;
        }
        Some(AccessToken {
            issuer: self.iss.into_owned(),
            subject: Subject::new(self.sub),
            audience: match self.aud {
                Audience::One(one) => vec![one.into_owned()],
                Audience::Several(several) => several.into_owned(),
            },
            client: ClientId::parse(&self.client_id).ok()?,
            scope: match &*self.scope {
                "" => Scope::none(),
                scope => Scope::parse(scope).ok()?,
            },
            issued_at: Timestamp::from_unix_seconds(self.iat),
            expires_at: Timestamp::from_unix_seconds(self.exp),
            token_id: self.jti,
            gty: self.gty.map(Cow::into_owned),
            actor: self.act.map(Actor::from),
            may_act: match self.may_act {
                Some(party) => Some(ClientId::parse(&party.sub).ok()?),
                None => None,
            },
            is_bound: self.cnf.is_some(),
            custom: self.custom.into_claims(),
        })
    }
}
