//! `/clients`.

pub(in crate::api) mod body;
mod exchange;
mod fields;
pub(super) mod secrets;
mod self_registration;
mod workload;

use crate::api::call::Call;
use crate::api::operation::{Operation, Outcome};
use crate::api::problem::Problem;
use crate::api::reply::Reply;
use crate::api::slice::List;
use body::{ClientBody, client_id};
use countersign_application::App;
use countersign_application::admin::clients::{CreatedClient, NewClient};
use countersign_application::admin::random_client_id;
use countersign_domain::audit::operator::Permission::{ClientsOwn, ClientsRead, ClientsWrite};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::secret::Secret;
use schemars::JsonSchema;
use secrets::SecretView;
use self_registration::SelfRegistrationView;
use serde::Serialize;

/// Client.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Client")]
struct View {
    #[serde(flatten)]
    metadata: ClientBody,
    /// Operator who owns the client: `user:` or `client:`, and an ID.
    owner: Option<String>,
    /// Registration of a client that registered itself; absent for a client that an operator created.
    #[serde(skip_serializing_if = "Option::is_none")]
    self_registration: Option<SelfRegistrationView>,
    /// Secrets, without their values.
    secrets: Vec<SecretView>,
    /// Number of API keys for the API of Aero2.
    api_keys: usize,
    /// Registration time, in seconds since the Unix epoch.
    created_at: u64,
    /// Secret of a new client. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    /// For HS256, the key that a new client shares with its resource server. It is never shown again.
    #[serde(skip_serializing_if = "Option::is_none")]
    signing_secret: Option<String>,
}

impl From<&Client> for View {
    fn from(client: &Client) -> Self {
        Self {
            metadata: client.into(),
            owner: client.owner.as_ref().map(ToString::to_string),
            self_registration: client.dynamic.as_ref().map(Into::into),
            secrets: client.secrets.iter().map(SecretView::from).collect(),
            api_keys: client.api_keys.len(),
            created_at: client.created_at.as_unix_seconds(),
            client_secret: None,
            signing_secret: None,
        }
    }
}

pub(super) fn operations<A: App>() -> Vec<Operation<A>> {
    let one = "/clients/{client_id}";
    vec![
        Operation::list(("/clients", "listClients", "List clients"), &[ClientsRead])
            .or_own(ClientsOwn)
            .gives::<List<View>>()
            .by(list),
        Operation::create(
            ("/clients", "createClient", "Create a client"),
            &[ClientsWrite],
        )
        .or_own(ClientsOwn)
        .takes::<ClientBody>()
        .gives::<View>()
        .keeps(created)
        .by(create),
        Operation::get((one, "getClient", "Show a client"), &[ClientsRead])
            .or_own(ClientsOwn)
            .gives::<View>()
            .by(get),
        Operation::patch(
            (one, "updateClient", "Change a client"),
            &[ClientsRead, ClientsWrite],
        )
        .keeping(&[
            "client_id",
            "client_type",
            "subject_type",
            "sector",
            "client_secret",
        ])
        .or_own(ClientsOwn)
        .takes::<ClientBody>()
        .gives::<View>()
        .by(patch),
        Operation::delete((one, "deleteClient", "Delete a client"), &[ClientsWrite])
            .or_own(ClientsOwn)
            .conditional()
            .by(delete),
    ]
}

async fn list<A: App>(call: Call<A>) -> Outcome {
    let after = call.after(|text| ClientId::parse(text).ok())?;
    let clients = &call.commands().clients;
    let slice = clients.list(&call.tenant, &call.operator, after).await?;
    Reply::of(&List::of(
        &slice,
        |client| client.id.to_string(),
        View::from,
    ))
}

async fn get<A: App>(call: Call<A>) -> Outcome {
    let clients = &call.commands().clients;
    let found = clients.find(&call.tenant, &call.operator, call.path(0));
    let client = found.await?;
    Ok(Reply::of(&View::from(&client))?.at(client.version))
}

async fn create<A: App>(call: Call<A>) -> Outcome {
    let body: ClientBody = call.body()?;
    let clients = &call.commands().clients;
    let id = match &body.client_id {
        Some(id) => ClientId::parse(id),
        None => random_client_id(&*clients.entropy),
    };
    let id = id.map_err(|error| Problem::field("client_id", error))?;
    let now = clients.clock.now();
    let mut client = Client::new(id, &body.client_name, body.client_type()?, now);
    body.apply(&mut client)?;
    let new = NewClient {
        has_generated_id: body.client_id.is_none(),
        pairwise: body.pairwise()?,
        secret: body.client_secret.as_deref().map(Secret::new),
        ..client.into()
    };
    let tools = &call.commands().tools;
    let creation = clients.create(&call.tenant, &call.operator, new, Some(&*tools.make_key));
    let created = creation.await?;
    let key = created.signing_key.as_ref();
    let shared = key.and_then(|key| (tools.shared_secret)(call.tenant.id, key));
    shown(&created, shared.as_ref())
}

/// Renders a created client without its shared key, which is stored after the client.
fn created(created: &CreatedClient) -> Outcome {
    shown(created, None)
}

fn shown(created: &CreatedClient, shared: Option<&Secret>) -> Outcome {
    let mut view = View::from(&created.client);
    let text = |secret: &Secret| secret.expose_secret().to_owned();
    view.client_secret = created.secret.as_ref().map(text);
    view.signing_secret = shared.map(text);
    Ok(Reply::of(&view)?.at(created.client.version))
}

async fn patch<A: App>(call: Call<A>) -> Outcome {
    let clients = &call.commands().clients;
    let found = clients.find(&call.tenant, &call.operator, call.path(0));
    let mut client = found.await?;
    let expected = call.version(client.version)?;
    let present = ClientBody::from(&client);
    let body = call.patched(&present)?;
    for (field, is_same) in [
        ("client_id", body.client_id == present.client_id),
        ("client_type", body.client_type == present.client_type),
        ("subject_type", body.subject_type == present.subject_type),
        ("sector", body.sector == present.sector),
        ("client_secret", body.client_secret.is_none()),
    ] {
        if !is_same {
            return Err(Problem::field(field, "cannot change"));
        }
    }
    body.apply(&mut client)?;
    let id = client.id.clone();
    let edited = clients.edit(&call.tenant, &call.operator, &id, expected, |stored| {
        let secrets = std::mem::take(&mut stored.secrets);
        *stored = Client {
            secrets,
            ..client.clone()
        };
    });
    let client = call.changed(edited.await)?;
    Ok(Reply::of(&View::from(&client))?.at(client.version))
}

async fn delete<A: App>(call: Call<A>) -> Outcome {
    let id = client_id(&call)?;
    let clients = &call.commands().clients;
    let deleted = clients.delete(&call.tenant, &call.operator, &id, call.expected);
    deleted.await?;
    Ok(Reply::empty())
}
