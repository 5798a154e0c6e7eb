//! `/api/clients/{id}/api-keys`: keys of machine clients for this API.

use super::done::done;
use crate::api::call::Call;
use crate::api::dialect::client_id;
use crate::api::operation::{Operation, Outcome};
use crate::api::reply::Reply;
use axum::http::{Method, StatusCode};
use countersign_application::App;
use countersign_domain::audit::operator::Permission::{ClientsOwn, ClientsWrite};
use countersign_domain::client::Client;
use countersign_domain::secret::Secret;
use serde::Serialize;

/// New keys of a client. The secret key is never shown again.
#[derive(Serialize)]
struct Keys {
    publishable_key: String,
    secret_key: String,
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let path = "/api/clients/{id}/api-keys";
    vec![
        Operation::post(
            (
                path,
                "aero2RotateApiKey",
                "Create or rotate the API key of a client",
            ),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .keeps(rotated)
        .by(rotate),
        Operation::new(
            Method::DELETE,
            StatusCode::OK,
            (
                path,
                "aero2RemoveApiKeys",
                "Remove the API keys of a client",
            ),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .by(remove),
    ]
}

async fn rotate<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    let rotation = clients.rotate_api_key(&call.tenant, &call.operator, &id);
    rotated(&rotation.await?)
}

fn rotated((client, key): &(Client, Secret)) -> Outcome {
    Reply::of(&Keys {
        publishable_key: client.publishable_key(),
        secret_key: key.expose_secret().to_owned(),
    })
}

async fn remove<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(call.path(0))?;
    let clients = &call.commands().clients;
    clients
        .remove_api_keys(&call.tenant, &call.operator, &id)
        .await?;
    done("API keys removed")
}
