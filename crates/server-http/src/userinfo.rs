//! `GET` and `POST /oauth2/userinfo` (OpenID Connect Core section 5.3).

use crate::Services;
use crate::answer::{answered, signed};
use crate::bearer::{bearer_token, refused};
use crate::error::Unserved;
use crate::malformed::Malformed;
use crate::tenant::RequestTenant;
use axum::extract::{Request, State};
use axum::response::Response;
use countersign_application::{Failure, UserInfo};
use countersign_domain::tenant::Tenant;
use countersign_domain::user::profile::Address;
use countersign_domain::user::user_claims::ClaimValue;
use countersign_ports::{PasswordHasher, Signer, SigningError, Store};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/userinfo";

/// Tells the bearer of an access token who the resource owner is.
pub(crate) async fn userinfo<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    match answer(&services, &tenant, request).await {
        Ok(response) => response,
        Err(unserved) => refused(&unserved, ENDPOINT),
    }
}

/// The endpoint asked by another method.
pub(crate) async fn not_get_or_post() -> Response {
    refused(&Malformed::NotGetOrPost.into(), ENDPOINT)
}

async fn answer<S: Store, G: Signer, P: PasswordHasher>(
    services: &Services<S, G, P>,
    tenant: &Tenant,
    request: Request,
) -> Result<Response, Unserved> {
    let access_token = bearer_token(request).await?;
    let info = services.user_infos.describe(tenant, &access_token).await?;
    let client = &info.client;
    let response = match client.openid.userinfo_signing_algorithm {
        None => answered(&Claims {
            info: &info,
            issuer: None,
        }),
        Some(algorithm) => {
            let claims = Claims {
                info: &info,
                issuer: Some(&tenant.issuer),
            };
            let claims = serde_json::to_vec(&claims).map_err(SigningError::new);
            let claims = claims.map_err(Failure::from)?;
            let jwt = services
                .user_infos
                .sign(tenant, client, algorithm, &claims)
                .await?;
            signed("application/jwt", jwt)
        }
    };
    metrics::counter!("countersign_userinfo_total").increment(1);
    tracing::debug!(client_id = %client.id, "userinfo told");
    Ok(response)
}

/// The claims; `issuer` is there if they are to be signed (section 5.3.2).
struct Claims<'a> {
    info: &'a UserInfo,
    issuer: Option<&'a str>,
}

impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let UserInfo {
            release,
            user,
            client,
        } = self.info;
        let mut map = serializer.serialize_map(None)?;
        if let Some(issuer) = self.issuer {
            map.serialize_entry("iss", issuer)?;
            map.serialize_entry("aud", client.id.as_str())?;
        }
        map.serialize_entry("sub", release.subject.as_str())?;
        for (name, value) in user.iter().flat_map(|user| user.claims(release.claims)) {
            match value {
                ClaimValue::Text(text) => map.serialize_entry(name, text)?,
                ClaimValue::Flag(flag) => map.serialize_entry(name, &flag)?,
                ClaimValue::Time(time) => map.serialize_entry(name, &time.as_unix_seconds())?,
                ClaimValue::Address(address) => map.serialize_entry(name, &Members(address))?,
            }
        }
        map.end()
    }
}

struct Members<'a>(&'a Address);

impl Serialize for Members<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.members())
    }
}
