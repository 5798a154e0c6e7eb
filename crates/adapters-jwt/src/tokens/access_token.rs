//! JSON encoding of access tokens (RFC 9068 section 2.2).

use crate::tokens::custom_json::CustomJson;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::Subject;
use countersign_domain::scope::Scope;
use countersign_domain::time::Timestamp;
use countersign_domain::token::access_token::AccessToken;
use countersign_domain::token::actor::Actor;
use countersign_domain::token::claims::{AccessTokenClaims, TokenId};
use countersign_ports::names::token_use;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;

/// Claims of an access token.
#[derive(Serialize, Deserialize)]
pub(crate) struct AccessTokenJson<'a> {
    sub: Cow<'a, str>,
    aud: Audience<'a>,
    iss: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "str::is_empty")]
    scope: Cow<'a, str>,
    client_id: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gty: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<ActorJson<'a>>,
    token_use: Cow<'a, str>,
    iat: u64,
    exp: u64,
    #[serde(serialize_with = "write_id", deserialize_with = "read_id")]
    jti: TokenId,
    #[serde(flatten)]
    custom: CustomJson<'a>,
}

/// Actor (RFC 8693 section 4.1).
#[derive(Serialize, Deserialize)]
struct ActorJson<'a> {
    sub: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    act: Option<Box<Self>>,
}

impl<'a> From<&'a Actor> for ActorJson<'a> {
    fn from(actor: &'a Actor) -> Self {
        let previous = actor.previous.as_deref();
        Self {
            sub: actor.subject.as_str().into(),
            act: previous.map(|actor| Box::new(actor.into())),
        }
    }
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
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(Cow<'a, str>),
    Several(Cow<'a, [String]>),
}

fn write_id<S: Serializer>(id: &TokenId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

fn read_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<TokenId, D::Error> {
    let text = Cow::<'_, str>::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

impl<'a> From<&AccessTokenClaims<'a>> for AccessTokenJson<'a> {
    fn from(claims: &AccessTokenClaims<'a>) -> Self {
        let issuance = claims.issuance;
        Self {
            sub: issuance.subject.as_str().into(),
            aud: match issuance.audience.as_slice() {
                [one] => Audience::One(one.into()),
                several => Audience::Several(several.into()),
            },
            iss: claims.issuer.into(),
            scope: issuance.scope.as_str().into(),
            client_id: issuance.client.as_str().into(),
            gty: issuance.gty.map(Cow::Borrowed),
            act: issuance.actor.as_ref().map(ActorJson::from),
            token_use: token_use::ACCESS.into(),
            iat: issuance.issued_at.as_unix_seconds(),
            exp: issuance.expires_at.as_unix_seconds(),
            jti: claims.token_id,
            custom: CustomJson::from(&issuance.custom),
        }
    }
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
            custom: self.custom.into_claims(),
        })
    }
}
