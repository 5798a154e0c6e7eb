//! `/api/clients`.

use super::client_body::{ClientChange, NewClient, View};
use super::done::done;
use super::pages::{PARAMETERS, Page, Pagination};
use crate::api::call::Call;
use crate::api::dialect::client_id;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_application::admin::clients as admin;
use countersign_application::admin::random_client_id;
use countersign_domain::audit::operator::Permission::{ClientsOwn, ClientsRead, ClientsWrite};
use countersign_domain::client::{Client, ClientType, PkceRequirement};
use countersign_domain::secret::Secret;
use serde::Serialize;

/// Page of clients.
#[derive(Serialize)]
struct List {
    clients: Vec<View>,
    pagination: Pagination,
}

/// New secret of a client.
#[derive(Serialize)]
struct Rotated {
    id: String,
    client_id: String,
    client_secret: String,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let (all, one) = ("/api/clients", "/api/clients/{id}");
    let rotate_secret = "/api/clients/{id}/rotate-secret";
    let operations = vec![
        Operation::get((all, "aero2ListClients", "List clients"), &[ClientsRead])
            .queried_by(PARAMETERS)
            .by(list),
        Operation::create(
            (all, "aero2CreateClient", "Create a client"),
            &[ClientsWrite],
        )
        .takes::<NewClient>()
        .keeps(created)
        .by(create),
        Operation::get((one, "aero2GetClient", "Show a client"), &[ClientsRead]).by(get),
        Operation::new(
            Method::PUT,
            StatusCode::OK,
            (one, "aero2UpdateClient", "Change a client"),
            &[ClientsWrite],
        )
        .takes::<ClientChange>()
        .by(update),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (one, "aero2DeleteClient", "Delete a client"),
            &[ClientsWrite],
        )
        .by(delete),
        Operation::post(
            (
                rotate_secret,
                "aero2RotateClientSecret",
                "Replace the secrets of a client",
            ),
            &[ClientsWrite],
        )
        .keeps(rotated)
        .by(rotate),
    ];
    let operations = operations.into_iter();
    operations.map(|own| own.or_own(ClientsOwn)).collect()
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let page = Page::read(&call)?;
    let clients = &call.commands().clients;
    let read = |after| clients.list(&call.tenant, &call.operator, after);
    let (clients, pagination) = page.of(|client: &Client| client.id.clone(), read).await?;
    Reply::of(&List {
        clients: clients.iter().map(View::from).collect(),
        pagination,
    })
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let clients = &call.commands().clients;
    let found = clients.find(&call.tenant, &call.operator, call.path(0));
    Reply::of(&View::from(&found.await?))
}

/// Creates a confidential client. As in Aero2, each of its authorization requests must use PKCE.
async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: NewClient = call.body()?;
    let clients = &call.commands().clients;
    let id = random_client_id(&*clients.entropy).map_err(|error| Problem::internal(&error))?;
    let now = clients.clock.now();
    let mut client = Client::new(id, &body.name, ClientType::Confidential, now);
    client.pkce.required = PkceRequirement::Always;
    body.parsed()?.apply(&mut client);
    let new = admin::NewClient {
        has_generated_id: true,
        ..client.into()
    };
    let creation = clients.create(&call.tenant, &call.operator, new, None);
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
    let updated = clients.update(&call.tenant, &call.operator, &id, |client| {
        change.apply(client);
    });
    updated.await?;
    done("Client updated")
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    clients
        .delete(&call.tenant, &call.operator, &id, None)
        .await?;
    done("Client deleted")
}

async fn rotate<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    let rotation = clients.replace_secrets(&call.tenant, &call.operator, &id);
    rotated(&rotation.await?)
}

fn rotated((client, secret): &(Client, Secret)) -> Outcome {
    Reply::of(&Rotated {
        id: client.id.to_string(),
        client_id: client.id.to_string(),
        client_secret: secret.expose_secret().to_owned(),
    })
}
