//! `POST /oauth2/device_authorization` (RFC 8628 section 3.1).

use crate::Services;
use crate::client_authentication::{OtherSchemes, client_evidence, tried_the_header};
use crate::wire::answer::answered;
use crate::wire::body::{self, Accepts};
use crate::wire::error::RequestError;
use crate::wire::parameters::given;
use crate::wire::{ClientAddress, RequestTenant, oauth_error};
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::response::Response;
use countersign_application::{App, CurrentRequest, DeviceAuthorized, DeviceRequested};
use countersign_domain::client::GrantType;
use countersign_domain::grant::device_code::Pace;
use countersign_wire::token_request::DeviceParameters;
use serde::Serialize;
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/device_authorization";

/// Path of the page where a user types the code.
pub const VERIFICATION: &str = "/device";

/// Parameter of [`VERIFICATION`] with the code (RFC 8628 section 3.3.1).
pub const USER_CODE: &str = "user_code";

/// Successful response (RFC 8628 section 3.2).
#[derive(Serialize)]
struct Authorized<'a> {
    device_code: &'a str,
    user_code: &'a str,
    verification_uri: &'a str,
    verification_uri_complete: &'a str,
    expires_in: u64,
    interval: u64,
}

/// Starts the authorization of a device.
pub(crate) async fn authorize<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let tried = tried_the_header(&head.headers, OtherSchemes::Refused);
    let refused = |error: &RequestError, client: Option<&str>| {
        oauth_error::failure(&error.answer(ENDPOINT, client, tried))
    };
    let asked = match read(&head, body).await {
        Ok(asked) => asked,
        Err(error) => return refused(&error, None),
    };
    match services.app.devices.authorize(&tenant, &asked).await {
        Ok(authorized) => {
            metrics::counter!("countersign_device_requests_total").increment(1);
            tracing::debug!(client_id = %authorized.client, "device authorization started");
            success(&tenant.issuer, &authorized)
        }
        Err(failure) => {
            note(&asked);
            refused(&failure.into(), asked.evidence.client_id.as_deref())
        }
    }
}

async fn read(head: &Parts, body: Body) -> Result<DeviceRequested, RequestError> {
    let mut parameters: DeviceParameters = body::read(&head.headers, body, Accepts::Form).await?;
    let client = parameters.take_client();
    Ok(DeviceRequested {
        evidence: client_evidence(&head.headers, OtherSchemes::Refused, client, ENDPOINT)?,
        scope: given(parameters.scope),
        resources: parameters.resource,
        address: ClientAddress::of(&head.extensions),
    })
}

/// Notes what a refused request contained, without its secrets.
fn note(asked: &DeviceRequested) {
    CurrentRequest::note_fact("grant_type", GrantType::DEVICE_CODE.as_str());
    asked.evidence.note();
    if let Some(scope) = &asked.scope {
        CurrentRequest::note_fact("scope", scope);
    }
    super::facts::note_resources(&asked.resources);
}

fn success(issuer: &str, authorized: &DeviceAuthorized) -> Response {
    let user_code = authorized.user_code.shown();
    let verification_uri = format!("{issuer}{VERIFICATION}");
    let complete = format!("{verification_uri}?{USER_CODE}={user_code}");
    answered(&Authorized {
        device_code: &authorized.device_code,
        user_code: &user_code,
        verification_uri: &verification_uri,
        verification_uri_complete: &complete,
        expires_in: authorized.expires_in.as_secs(),
        interval: Pace::INTERVAL.as_secs(),
    })
}
