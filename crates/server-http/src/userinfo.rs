//! `GET` and `POST /oauth2/userinfo` (OpenID Connect Core section 5.3).

use crate::Services;
use crate::user_claims;
use crate::wire::RequestTenant;
use crate::wire::answer::{answered, signed};
use crate::wire::bearer::{bearer_token, refused};
use crate::wire::error::RequestError;
use axum::extract::{Request, State};
use axum::response::Response;
use countersign_application::{App, Failure, UserInfo};
use countersign_domain::tenant::Tenant;
use countersign_ports::SigningError;
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/userinfo";

/// Returns the claims about the resource owner of an access token.
pub(crate) async fn userinfo<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    match answer(&services, &tenant, request).await {
        Ok(response) => response,
        Err(request_error) => refused(&request_error, ENDPOINT),
    }
}

async fn answer<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    request: Request,
) -> Result<Response, RequestError> {
    let access_token = bearer_token(request).await?;
    let info = services
        .app
        .user_infos
        .describe(tenant, &access_token)
        .await?;
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
                .app
                .user_infos
                .sign(tenant, client, algorithm, &claims)
                .await?;
            signed("application/jwt", jwt)
        }
    };
    metrics::counter!("countersign_userinfo_total").increment(1);
    tracing::debug!(client_id = %client.id, "userinfo returned");
    Ok(response)
}

/// Claims of the response. `issuer` is set if the response is signed (OpenID Connect Core section 5.3.2).
struct Claims<'a> {
    info: &'a UserInfo,
    issuer: Option<&'a str>,
}

impl Serialize for Claims<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let UserInfo {
            release,
            user,
            custom,
            client,
        } = self.info;
        let mut map = serializer.serialize_map(None)?;
        if let Some(issuer) = self.issuer {
            map.serialize_entry("iss", issuer)?;
            map.serialize_entry("aud", client.id.as_str())?;
        }
        map.serialize_entry("sub", release.subject.as_str())?;
        if let Some(user) = user {
            user_claims::add(&mut map, user, release.claims)?;
        }
        user_claims::add_custom(&mut map, custom)?;
        map.end()
    }
}
