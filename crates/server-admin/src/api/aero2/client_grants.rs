//! `/api/clients/{id}/grants`.

use super::pages::{MOST, PARAMETERS, Page, Pagination};
use crate::api::call::Call;
use crate::api::dialect::client_id;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{ClientsOwn, ClientsRead, ClientsWrite};
use countersign_domain::grant::Grant;
use countersign_server_http::wire::date::date;
use serde::Serialize;

/// Live grant to a client.
#[derive(Serialize)]
struct View {
    id: String,
    user_id: String,
    scopes: Vec<String>,
    /// Time of the sign-in.
    created_at: String,
    expires_at: String,
}

/// Page of grants.
#[derive(Serialize)]
struct List {
    grants: Vec<View>,
    pagination: Pagination,
}

/// Result of a revocation.
#[derive(Serialize)]
struct Revoked {
    message: &'static str,
    revoked_count: u64,
}

impl From<&Grant> for View {
    fn from(grant: &Grant) -> Self {
        let facts = grant.facts();
        let authorization = grant.authorization();
        let tokens = authorization.access.scope.tokens();
        Self {
            id: grant.id().to_string(),
            user_id: authorization.subject.as_str().to_owned(),
            scopes: tokens.map(str::to_owned).collect(),
            created_at: date(authorization.authentication.time),
            expires_at: date(facts.expires_at),
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let path = "/api/clients/{id}/grants";
    vec![
        Operation::get(
            (path, "aero2ListGrants", "List grants to a client"),
            &[ClientsRead],
        )
        .or_own(ClientsOwn)
        .queried_by(PARAMETERS)
        .by(list),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (path, "aero2RevokeGrants", "Revoke all grants to a client"),
            &[ClientsRead, ClientsWrite],
        )
        .or_own(ClientsOwn)
        .by(revoke),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (page, id) = (Page::read(&call)?, client_id(call.path(0))?);
    let clients = &call.commands().clients;
    let live = clients.live_grants(&call.tenant, &call.operator, &id, MOST);
    let (grants, pagination) = page.within(live.await?);
    Reply::of(&List {
        grants: grants.iter().map(View::from).collect(),
        pagination,
    })
}

async fn revoke<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    let revoked = clients.revoke_grants(&call.tenant, &call.operator, &id);
    Reply::of(&Revoked {
        message: "All grants revoked",
        revoked_count: revoked.await?,
    })
}
