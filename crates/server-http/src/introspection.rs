//! `POST /oauth2/introspect` (RFC 7662), with signed responses (RFC 9701).

use crate::Services;
use crate::token_query;
use crate::user_claims;
use crate::wire::RequestTenant;
use crate::wire::answer::{answered, signed};
use crate::wire::error::RequestError;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use countersign_application::{ActiveToken, App, Failure, Introspection, Person, TokenQuery};
use countersign_domain::authorize::claims_request::StandardClaim;
use countersign_domain::tenant::Tenant;
use countersign_domain::token::custom_claims::CustomClaims;
use countersign_domain::user::user_claims::ClaimValue;
use countersign_ports::SigningError;
use countersign_wire::Value;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/introspect";

/// Media type of signed responses (RFC 9701 section 4).
const JWT: &str = "application/token-introspection+jwt";

/// Tells a client whether a token is active.
pub(crate) async fn introspect<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let refused = |request_error: &RequestError, client: Option<&str>| {
        token_query::refused(request_error, ENDPOINT, client, &head.headers)
    };
    let query = match token_query::read(&head.headers, body, ENDPOINT).await {
        Ok(query) => query,
        Err(request_error) => return refused(&request_error, None),
    };
    match answer(&services, &tenant, &head.headers, &query).await {
        Ok(response) => response,
        Err(failure) => {
            query.evidence.note();
            refused(&failure.into(), query.evidence.client_id.as_deref())
        }
    }
}

async fn answer<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    headers: &HeaderMap,
    query: &TokenQuery,
) -> Result<Response, Failure> {
    let introspection = services
        .app
        .introspections
        .introspect(tenant, query)
        .await?;
    let Introspection {
        active,
        client,
        now,
    } = &introspection;
    let is_active = if active.is_some() { "true" } else { "false" };
    metrics::counter!("countersign_introspections_total", "active" => is_active).increment(1);
    tracing::debug!(client_id = %client.id, is_active, "token introspected");
    let issuer = &tenant.issuer;
    let body = Body::of(active.as_ref(), issuer);
    if !wants_jwt(headers) {
        return Ok(answered(&body));
    }
    let claims = SignedBody {
        iss: issuer,
        aud: client.id.as_str(),
        iat: now.as_unix_seconds(),
        token_introspection: body,
    };
    let claims = serde_json::to_vec(&claims).map_err(SigningError::new)?;
    let jwt = services
        .app
        .introspections
        .sign(tenant, client, &claims)
        .await?;
    Ok(signed(JWT, jwt))
}

/// Returns whether the client asks for a signed response in `Accept`.
fn wants_jwt(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter();
    accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(JWT))
}

/// Response of RFC 7662 section 2.2. For an inactive token it has only `active`.
#[derive(Serialize)]
struct Body<'a> {
    active: bool,
    #[serde(flatten)]
    facts: Option<Facts<'a>>,
}

#[derive(Serialize)]
struct Facts<'a> {
    scope: &'a str,
    client_id: &'a str,
    /// Token type of an access token (RFC 6749 section 5.1). A refresh token has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<&'static str>,
    token_use: &'static str,
    exp: u64,
    iat: u64,
    sub: &'a str,
    aud: Audience<'a>,
    iss: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    /// Who acts for the subject (RFC 8693 section 4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Value<'a>>,
    #[serde(flatten)]
    person: Option<PersonalClaims<'a>>,
    #[serde(flatten)]
    custom: Option<PolicyClaims<'a>>,
}

/// Claims of a policy.
struct PolicyClaims<'a>(&'a CustomClaims);

impl Serialize for PolicyClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        user_claims::add_custom(&mut map, self.0)?;
        map.end()
    }
}

/// `username` (RFC 7662 section 2.2) and the claims of the user that the scope includes.
struct PersonalClaims<'a>(&'a Person);

impl PersonalClaims<'_> {
    /// Returns the name that the user goes by, among the claims that the scope includes.
    fn username(&self) -> Option<&str> {
        let Person { user, claims } = self.0;
        let known = |claim| match claims.contains(claim).then(|| user.claim(claim)).flatten() {
            Some(ClaimValue::Text(text)) => Some(text),
            _ => None,
        };
        known(StandardClaim::PreferredUsername).or_else(|| known(StandardClaim::Email))
    }
}

impl Serialize for PersonalClaims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(username) = self.username() {
            map.serialize_entry("username", username)?;
        }
        user_claims::add(&mut map, &self.0.user, self.0.claims)?;
        map.end()
    }
}

/// Audience of a token. A single value is a string (RFC 7519 section 4.1.3).
#[derive(Serialize)]
#[serde(untagged)]
enum Audience<'a> {
    One(&'a str),
    Several(&'a [String]),
}

/// Claims of a signed response (RFC 9701 section 5).
#[derive(Serialize)]
struct SignedBody<'a> {
    iss: &'a str,
    aud: &'a str,
    iat: u64,
    token_introspection: Body<'a>,
}

impl<'a> Body<'a> {
    fn of(active: Option<&'a ActiveToken>, issuer: &'a str) -> Self {
        let facts = active.map(|token| match token {
            ActiveToken::AccessToken {
                token,
                person,
                custom,
            } => Facts {
                scope: token.scope.as_str(),
                client_id: token.client.as_str(),
                token_type: Some("Bearer"),
                token_use: "access",
                exp: token.expires_at.as_unix_seconds(),
                iat: token.issued_at.as_unix_seconds(),
                sub: token.subject.as_str(),
                aud: match &*token.audience {
                    [one] => Audience::One(one),
                    several => Audience::Several(several),
                },
                iss: issuer,
                jti: Some(token.token_id.to_string()),
                act: token.actor.as_ref().map(Value::Actor),
                person: person.as_deref().map(PersonalClaims),
                custom: Some(PolicyClaims(custom)),
            },
            ActiveToken::RefreshToken {
                grant,
                scope,
                subject,
            } => Facts {
                scope: scope.as_str(),
                client_id: grant.authorization().client().as_str(),
                token_type: None,
                token_use: "refresh",
                exp: grant.expires_at().as_unix_seconds(),
                iat: grant.facts().rotated_at.as_unix_seconds(),
                sub: subject.as_str(),
                aud: Audience::One(issuer),
                iss: issuer,
                jti: None,
                act: None,
                person: None,
                custom: None,
            },
        });
        Self {
            active: facts.is_some(),
            facts,
        }
    }
}
