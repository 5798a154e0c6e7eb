//! `POST /oauth2/revoke` (RFC 7009).

use crate::Services;
use crate::answer::answered;
use crate::error::Unserved;
use crate::tenant::RequestTenant;
use crate::token_query;
use axum::extract::{Request, State};
use axum::response::Response;
use countersign_ports::{PasswordHasher, Signer, Store};
use serde_json::json;
use std::sync::Arc;

pub(crate) const ENDPOINT: &str = "/oauth2/revoke";

/// Revokes a token of the client that asks. The answer is the same for a token that is unknown or another's.
pub(crate) async fn revoke<S: Store, G: Signer, P: PasswordHasher>(
    State(services): State<Arc<Services<S, G, P>>>,
    RequestTenant(tenant): RequestTenant,
    request: Request,
) -> Response {
    let (head, body) = request.into_parts();
    let refused = |unserved: &Unserved, client: Option<&str>| {
        token_query::refused(unserved, ENDPOINT, client, &head.headers)
    };
    let query = match token_query::read(&head.headers, body, ENDPOINT).await {
        Ok(query) => query,
        Err(unserved) => return refused(&unserved, None),
    };
    match services.revocations.revoke(&tenant, &query).await {
        Ok(()) => {
            metrics::counter!("countersign_revocations_total").increment(1);
            answered(&json!({}))
        }
        Err(failure) => refused(&failure.into(), query.evidence.client_id.as_deref()),
    }
}

/// The endpoint asked by another method than POST.
pub(crate) async fn not_post() -> Response {
    token_query::not_post(ENDPOINT)
}
