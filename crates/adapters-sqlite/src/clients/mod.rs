//! Clients, each with its secrets.

mod changes;
mod client_grants;

use crate::store::SqliteStore;
use changes::Rows;
use countersign_adapters_sql::clients::{ClientRow, ClientWithSecrets, SecretRow};
use countersign_adapters_sql::columns::{Failure, integer, tenant};
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::schema::{client_origins, client_secrets, clients};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientRepository, EventRecord, Race, SecretUse, Slice, StoreError};
use diesel::dsl::{exists, sql};
use diesel::prelude::*;
use diesel::sql_types::{Bool, Integer};
use std::collections::HashMap;

pub(crate) use changes::insert_as_is;

fn find(
    connection: &mut SqliteConnection,
    tenant: i32,
    id: &str,
) -> Result<Option<Client>, Failure> {
    let client = clients::table
        .find((tenant, id))
        .get_result(connection)
        .optional()?;
    let Some(client) = client else {
        return Ok(None);
    };
    let secrets = client_secrets::table
        .filter(client_secrets::tenant.eq(tenant))
        .filter(client_secrets::client_id.eq(id))
        .order(client_secrets::position)
        .load(connection)?;
    Ok(Some(ClientWithSecrets { client, secrets }.try_into()?))
}

fn list(
    connection: &mut SqliteConnection,
    tenant: i32,
    owner: Option<String>,
    after: &After<ClientId>,
) -> Result<Slice<Client>, Failure> {
    let all = clients::table
        .order(clients::id)
        .limit(fetch(after.limit))
        .into_boxed();
    let mut query = match owner {
        None => all.filter(clients::tenant.eq(tenant)),
        // The plus keeps SQLite from reading all clients of the tenant by their key.
        Some(owner) => all
            .filter(clients::owner.eq(owner))
            .filter(sql::<Bool>("+clients.tenant = ").bind::<Integer, _>(tenant)),
    };
    if let Some(last) = &after.key {
        query = query.filter(clients::id.gt(last.as_str()));
    }
    let rows: Vec<ClientRow> = query.load(connection)?;
    if rows.is_empty() {
        return Ok(Slice::default());
    }
    let ids = rows.iter().map(|client| &client.id);
    let secrets: Vec<SecretRow> = client_secrets::table
        .filter(client_secrets::tenant.eq(tenant))
        .filter(client_secrets::client_id.eq_any(ids))
        .order(client_secrets::position)
        .load(connection)?;
    let mut secrets_of: HashMap<String, Vec<SecretRow>> = HashMap::new();
    for secret in secrets {
        let its = secrets_of.entry(secret.client_id.clone()).or_default();
        its.push(secret);
    }
    let with_secrets = rows.into_iter().map(|client| {
        let secrets = secrets_of.remove(&client.id).unwrap_or_default();
        ClientWithSecrets { client, secrets }
    });
    Ok(slice(
        with_secrets.collect(),
        after.limit,
        Client::try_from,
    )?)
}

impl ClientRepository for SqliteStore {
    async fn find_client(&self, of: TenantId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        // The transaction gives both statements the same snapshot.
        self.0.readers.point(|connection| {
            connection.transaction(|connection| find(connection, tenant(of), id.as_str()))
        })
    }

    async fn list_clients(
        &self,
        of: TenantId,
        owner: Option<&Holder>,
        after: After<ClientId>,
    ) -> Result<Slice<Client>, StoreError> {
        let owner = owner.map(Holder::to_string);
        let read = move |connection: &mut SqliteConnection| {
            connection.transaction(|connection| list(connection, tenant(of), owner, &after))
        };
        self.0.readers.list(read).await
    }

    async fn has_client_origin(&self, of: TenantId, origin: &str) -> Result<bool, StoreError> {
        self.0.readers.point(|connection| {
            let its = client_origins::table
                .filter(client_origins::tenant.eq(tenant(of)))
                .filter(client_origins::origin.eq(origin));
            Ok(diesel::select(exists(its)).get_result(connection)?)
        })
    }

    async fn insert_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let rows = Rows::new(tenant, client, 1, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| rows.insert(connection);
        self.0.writer.write(work).await
    }

    async fn update_client(
        &self,
        tenant: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let version = client.version.saturating_add(1);
        let rows = Rows::new(tenant, client, version, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| rows.update(connection);
        self.0.writer.write(work).await
    }

    async fn delete_client(
        &self,
        tenant: TenantId,
        id: &ClientId,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let event = EventRows::new(tenant, event).map_err(StoreError::new)?;
        let version = integer(version).map_err(StoreError::new)?;
        let id = id.clone();
        let work =
            move |connection: &mut _| changes::delete(connection, tenant, (&id, version), &event);
        self.0.writer.write(work).await
    }

    async fn record_secret_uses(&self, of: TenantId, uses: &[SecretUse]) -> Result<(), StoreError> {
        let uses = uses.to_vec();
        let work = move |connection: &mut _| changes::record_uses(connection, tenant(of), &uses);
        self.0.writer.write(work).await
    }
}
