//! `GET /v1/users/{sub}/roles`: the roles of a user at a resource server.

use crate::Services;
use crate::wire::RequestTenant;
use crate::wire::answer::answered;
use crate::wire::bearer::{bearer_token, refused};
use crate::wire::error::RequestError;
use crate::wire::parameters::{parameters, required};
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use countersign_application::App;
use countersign_domain::claims::roles::ApplicationRoleName;
use countersign_domain::tenant::Tenant;
use countersign_wire::form;
use serde_json::json;
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/v1/users/{sub}/roles";

parameters! {
    /// Parameters of the query.
    RolesParameters { audience }
}

/// Returns the roles of a user at the resource server `audience`.
pub(crate) async fn roles<A: App>(
    State(services): State<Arc<Services<A>>>,
    RequestTenant(tenant): RequestTenant,
    subject: Result<Path<String>, PathRejection>,
    request: Request,
) -> Response {
    // A malformed path names no user.
    let subject = subject.map(|Path(subject)| subject).unwrap_or_default();
    match answer(&services, &tenant, &subject, request).await {
        Ok(response) => response,
        Err(request_error) => refused(&request_error, ENDPOINT),
    }
}

async fn answer<A: App>(
    services: &Services<A>,
    tenant: &Tenant,
    subject: &str,
    request: Request,
) -> Result<Response, RequestError> {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let access_token = bearer_token(request).await?;
    let parameters: RolesParameters = form::parse(query.as_bytes())?;
    let audience = required("audience", parameters.audience)?;
    let roles = services
        .app
        .user_roles
        .roles(tenant, &access_token, (subject, &audience));
    let roles = roles.await?;
    let names: Vec<_> = roles.iter().map(ApplicationRoleName::as_str).collect();
    Ok(answered(
        &json!({"sub": subject, "audience": audience, "roles": names}),
    ))
}
