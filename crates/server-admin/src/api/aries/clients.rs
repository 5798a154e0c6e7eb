//! `/v1/users/api/clients` and `/v1/users/api/client/status`.

use super::body::{ClientChange, NewClient, View};
use crate::api::call::Call;
use crate::api::dialect::{client_id, updated_at};
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_application::admin::clients as admin;
use countersign_application::admin::random_client_id;
use countersign_domain::audit::operator::Permission::ClientsOwn;
use countersign_domain::audit::operator::{Operator, Permissions};
use countersign_domain::client::{
    Client, ClientStatus, ClientType, GrantType, PkcePolicy, PkceRequirement,
};
use countersign_domain::evidence::Evidence;
use countersign_domain::secret::Secret;
use countersign_ports::After;
use countersign_server_http::wire::date::date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// All clients of the operator.
#[derive(Serialize, JsonSchema)]
struct All {
    clients: Vec<View>,
}

/// New status of a client.
#[derive(Deserialize, JsonSchema)]
struct StatusChange {
    client_id: String,
    /// `active`, `inactive` or `suspended`.
    status: String,
}

/// Changed status of a client.
#[derive(Serialize, JsonSchema)]
struct StatusChanged {
    client_id: String,
    message: String,
    updated_at: String,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/v1/users/api/clients", "/v1/users/api/clients/{client_id}");
    let status = "/v1/users/api/client/status";
    vec![
        Operation::get((all, "listOwnClients", "List own clients"), &[ClientsOwn]).by(list),
        Operation::post((all, "createOwnClient", "Create a client"), &[ClientsOwn])
            .takes::<NewClient>()
            .keeps(created)
            .by(create),
        Operation::new(
            Method::PUT,
            StatusCode::OK,
            (one, "updateOwnClient", "Change an own client"),
            &[ClientsOwn],
        )
        .takes::<ClientChange>()
        .by(update),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (one, "deleteOwnClient", "Delete an own client"),
            &[ClientsOwn],
        )
        .by(delete),
        Operation::new(
            Method::PATCH,
            StatusCode::OK,
            (
                status,
                "setOwnClientStatus",
                "Set the status of an own client",
            ),
            &[ClientsOwn],
        )
        .takes::<StatusChange>()
        .by(set_status),
    ]
}

/// Returns the operator without permissions for the clients of others.
fn owner<A: App>(call: &Call<A>) -> Operator {
    Operator {
        permissions: call
            .operator
            .permissions
            .within(Permissions::of(&[ClientsOwn])),
        ..call.operator.clone()
    }
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let (clients, owner) = (&call.commands().clients, owner(&call));
    let mut own = Vec::new();
    let mut after = After::start();
    loop {
        let slice = clients.list(&call.tenant, &owner, after).await?;
        own.extend(slice.items.iter().map(View::from));
        match slice.items.last() {
            Some(last) if slice.has_more => after = After::key(last.id.clone()),
            _ => return Reply::of(&All { clients: own }),
        }
    }
}

/// Creates a confidential client. As in Aries, a login with PKCE needs no client secret.
async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: NewClient = call.body()?;
    let clients = &call.commands().clients;
    let id = random_client_id(&*clients.entropy).map_err(|error| Problem::internal(&error))?;
    let now = clients.clock.now();
    let mut client = Client::new(id, &body.name, ClientType::Confidential, now);
    client.grant_types = vec![GrantType::AUTHORIZATION_CODE, GrantType::REFRESH_TOKEN];
    client.pkce = PkcePolicy {
        required: PkceRequirement::Never,
        replaces_secret: true,
        ..PkcePolicy::STRICT
    };
    body.parsed()?.apply(&mut client);
    let owner = owner(&call);
    let new = admin::NewClient {
        has_generated_id: true,
        ..client.into()
    };
    let creation = clients.create(&call.tenant, &owner, new, None);
    created(&creation.await?)
}

fn created(created: &admin::CreatedClient) -> Outcome {
    let mut view = View::from(&created.client);
    let secret = created.secret.as_ref().map(Secret::expose_secret);
    view.client_secret = secret.map(str::to_owned);
    Reply::of(&view)
}

async fn update<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let change = call.body::<ClientChange>()?.parsed()?;
    let clients = &call.commands().clients;
    let owner = owner(&call);
    let updated = clients.update(&call.tenant, &owner, &id, |client| change.apply(client));
    Reply::of(&View::from(&updated.await?))
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    clients
        .delete(&call.tenant, &owner(&call), &id, None)
        .await?;
    Ok(Reply::empty())
}

async fn set_status<A: App>(call: Call<A>) -> Outcome {
    let body: StatusChange = call.body()?;
    let unknown = || {
        let status = Evidence::of(&body.status);
        Problem::field("status", format!("the value {status:?} is unknown"))
    };
    let status = ClientStatus::parse(&body.status).ok_or_else(unknown)?;
    let id = client_id(&body.client_id)?;
    let clients = &call.commands().clients;
    let owner = owner(&call);
    let changed = clients.set_status(&call.tenant, &owner, &id, status);
    let client = changed.await?;
    Reply::of(&StatusChanged {
        client_id: body.client_id,
        message: format!("Client status: {}", client.status.as_str()),
        updated_at: date(updated_at(&client)),
    })
}
