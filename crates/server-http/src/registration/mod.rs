//! `POST /oauth2/register` (RFC 7591), and `/oauth2/register/{client_id}` for the management of a registration (RFC 7592).

mod metadata;
mod response;

use crate::Services;
use crate::wire::answer::answered_with;
use crate::wire::bearer::{in_header, refused, required_in_header};
use crate::wire::body;
use crate::wire::error::RequestError;
use crate::wire::malformed::Malformed;
use crate::wire::{ClientAddress, RequestTenant, oauth_error};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use countersign_application::{App, Failure, RegistrationError, refusals};
use countersign_domain::client::Client;
use countersign_domain::client::dynamic::metadata::InvalidMetadata;
use countersign_domain::refusal::{ErrorCode, Refusal};
use countersign_domain::secret::Secret;
use countersign_domain::tenant::Tenant;
use metadata::{Body, metadata, restated};
pub(crate) use response::ENDPOINT;
use response::information;
use std::sync::Arc;

pub(crate) const CLIENT: &str = "/oauth2/register/{client_id}";

/// Path with the client identifier. A malformed one names no client.
type ClientPath = Result<Path<String>, PathRejection>;

/// Reason why a request failed.
enum NotRegistered {
    Request(RequestError),
    Registration(RegistrationError),
}

impl From<Malformed> for NotRegistered {
    fn from(malformed: Malformed) -> Self {
        Self::Request(malformed.into())
    }
}

impl From<InvalidMetadata> for NotRegistered {
    fn from(reason: InvalidMetadata) -> Self {
        Self::Registration(reason.into())
    }
}

impl From<RegistrationError> for NotRegistered {
    fn from(error: RegistrationError) -> Self {
        Self::Registration(error)
    }
}

/// Registers a client (RFC 7591 section 3).
pub(crate) async fn register<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let registered = async {
        let (head, body) = request.into_parts();
        let token = in_header(&head.headers)?;
        let object: Body = body::object(&head.headers, body).await?;
        let metadata = metadata(&object)?;
        let address = ClientAddress::of(&head.extensions);
        let registrations = &services.app.registrations;
        let registered = registrations
            .register(&tenant, token.as_deref(), &metadata, address)
            .await?;
        metrics::counter!("countersign_client_registrations_total").increment(1);
        tracing::info!(client_id = %registered.client.id, "client registered itself");
        let shown = information(
            &tenant,
            &registered.client,
            registered.secret.as_ref(),
            &registered.access_token,
        );
        Ok(answered_with(StatusCode::CREATED, HeaderMap::new(), &shown))
    };
    registered
        .await
        .unwrap_or_else(|error| failed(error, ENDPOINT))
}

/// Returns the registration (RFC 7592 section 2.1).
pub(crate) async fn read<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    id: ClientPath,
    headers: HeaderMap,
) -> Response {
    let found = async {
        let token = presented(&headers)?;
        let registrations = &services.app.registrations;
        let client = registrations.read(&tenant, &named(id), &token).await?;
        Ok(shown(&tenant, &client, &token))
    };
    found.await.unwrap_or_else(|error| failed(error, CLIENT))
}

/// Replaces the metadata of the registration (RFC 7592 section 2.2).
pub(crate) async fn replace<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    id: ClientPath,
    request: Request,
) -> Response {
    let replaced = async {
        let (head, body) = request.into_parts();
        let token = presented(&head.headers)?;
        let object: Body = body::object(&head.headers, body).await?;
        let (restated, metadata) = (restated(&object)?, metadata(&object)?);
        let (id, registrations) = (named(id), &services.app.registrations);
        let address = ClientAddress::of(&head.extensions);
        let replaced = registrations.replace(&tenant, (&id, &token), &restated, &metadata, address);
        Ok(shown(&tenant, &replaced.await?, &token))
    };
    replaced.await.unwrap_or_else(|error| failed(error, CLIENT))
}

/// Deletes the registration (RFC 7592 section 2.3).
pub(crate) async fn delete<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    id: ClientPath,
    headers: HeaderMap,
) -> Response {
    let deleted = async {
        let token = presented(&headers)?;
        let registrations = &services.app.registrations;
        registrations.delete(&tenant, &named(id), &token).await?;
        Ok(StatusCode::NO_CONTENT.into_response())
    };
    deleted.await.unwrap_or_else(|error| failed(error, CLIENT))
}

fn named(id: ClientPath) -> String {
    id.map(|Path(id)| id).unwrap_or_default()
}

fn presented(headers: &HeaderMap) -> Result<Secret, Malformed> {
    Ok(Secret::new(required_in_header(headers)?))
}

fn shown(tenant: &Tenant, client: &Client, token: &Secret) -> Response {
    let shown = information(tenant, client, None, token);
    answered_with(StatusCode::OK, HeaderMap::new(), &shown)
}

/// Returns the error response: that of RFC 7591 section 3.2.2, or that of RFC 6750 section 3 for a token.
fn failed(error: NotRegistered, endpoint: &'static str) -> Response {
    let error = match error {
        NotRegistered::Request(error) => error,
        NotRegistered::Registration(RegistrationError::TokenMissing) => {
            Malformed::AccessTokenMissing.into()
        }
        NotRegistered::Registration(RegistrationError::Metadata(reason)) => {
            return invalid(&reason, endpoint);
        }
        NotRegistered::Registration(RegistrationError::Failure(failure)) => failure.into(),
    };
    let is_about_token = match &error {
        RequestError::Malformed(malformed) => malformed.code() == ErrorCode::InvalidToken,
        RequestError::Failure(Failure::Refused(refusal)) => {
            refusal.code() == ErrorCode::InvalidToken
        }
        RequestError::Failure(_) => false,
    };
    if is_about_token {
        refused(&error, endpoint)
    } else {
        oauth_error::failure(&error.answer(endpoint, None, false))
    }
}

/// Returns the error response for metadata, whose description says what is wrong.
fn invalid(reason: &InvalidMetadata, endpoint: &'static str) -> Response {
    let rule = match reason.code() {
        ErrorCode::InvalidRedirectUri => refusals::CLIENT_REDIRECT_URI_INVALID,
        _ => refusals::CLIENT_METADATA_INVALID,
    };
    let refusal = match rule {
        Refusal::Custom(rule, _) => rule.refusal_of(reason),
        other => other,
    };
    let mut answer = RequestError::from(refusal).answer(endpoint, None, false);
    answer.description = reason.to_string();
    oauth_error::failure(&answer)
}
