//! `POST /oauth2/revoke` (RFC 7009).

use crate::Services;
use crate::token_query;
use crate::wire::RequestTenant;
use crate::wire::answer::answered;
use crate::wire::error::RequestError;
use axum::extract::{Request, State};
use axum::response::Response;
use countersign_application::App;
use serde_json::json;
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/revoke";

/// Revokes a token of the calling client. The response is the same if the token is unknown or of another client.
pub(crate) async fn revoke<A: App>(
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
    match services.app.revocations.revoke(&tenant, &query).await {
        Ok(()) => {
            metrics::counter!("countersign_revocations_total").increment(1);
            answered(&json!({}))
        }
        Err(failure) => {
            query.evidence.note();
            refused(&failure.into(), query.evidence.client_id.as_deref())
        }
    }
}
