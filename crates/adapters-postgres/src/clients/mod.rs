//! Clients, each with its secrets and the origins of its redirect URIs.

mod client_grants;
mod statements;
#[cfg(test)]
mod tests;

use crate::connection::pool::take_time;
use crate::feed::{changes, events};
use crate::signing_keys::advance_any;
use crate::store::PostgresStore;
use countersign_adapters_sql::clients::{ClientRow, ClientRows, ClientWithSecrets, SecretRow};
use countersign_adapters_sql::columns::{Failure, integer, race, tenant};
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::schema::{
    client_origins, client_secrets, clients, consents, signing_keys,
};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::administration::holder::Holder;
use countersign_domain::client::{Client, ClientId};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, ClientRepository, EventRecord, Race, SecretUse, Slice, StoreError};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};
use statements::{
    DeleteGrants, ListClients, ListOwnClients, PutSecrets, RecordUses, RemoveSecrets,
};

/// Groups rows by client. The rows of a client must be adjacent.
fn by_client(rows: Vec<(ClientRow, Option<SecretRow>)>) -> Vec<ClientWithSecrets> {
    let mut clients: Vec<ClientWithSecrets> = Vec::new();
    for (client, secret) in rows {
        match clients.last_mut() {
            Some(last) if last.client.id == client.id => last.secrets.extend(secret),
            _ => clients.push(ClientWithSecrets {
                client,
                secrets: secret.into_iter().collect(),
            }),
        }
    }
    clients
}

/// Replaces secrets and origins of a client whose row is locked.
async fn put_parts(connection: &mut AsyncPgConnection, rows: ClientRows) -> QueryResult<()> {
    let ClientRow { tenant, id, .. } = &rows.client;
    RemoveSecrets::except(&rows).execute(connection).await?;
    if !rows.secrets.is_empty() {
        PutSecrets::new(&rows).execute(connection).await?;
    }
    let own = client_origins::table
        .filter(client_origins::tenant.eq(tenant))
        .filter(client_origins::client_id.eq(id));
    diesel::delete(own).execute(connection).await?;
    for origin in rows.origins {
        diesel::insert_into(client_origins::table)
            .values(origin)
            .execute(connection)
            .await?;
    }
    Ok(())
}

/// Inserts a client. Must run in a transaction.
pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    rows: ClientRows,
) -> QueryResult<Race> {
    let inserted = diesel::insert_into(clients::table)
        .values(&rows.client)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    if inserted > 0 {
        put_parts(connection, rows).await?;
    }
    Ok(race(inserted))
}

async fn update(
    connection: &mut AsyncPgConnection,
    rows: ClientRows,
    read: i64,
) -> QueryResult<Race> {
    let unchanged = clients::table
        .find((rows.client.tenant, &rows.client.id))
        .filter(clients::version.eq(read));
    let updated = diesel::update(unchanged)
        .set(rows.change())
        .execute(connection)
        .await?;
    if updated > 0 {
        put_parts(connection, rows).await?;
    }
    Ok(race(updated))
}

async fn delete(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    (id, version): (&str, i64),
    event: &EventRecord,
) -> Result<Race, Failure> {
    take_time(connection).await?;
    let tenant = tenant(of);
    let of_version = clients::table
        .find((tenant, id))
        .filter(clients::version.eq(version));
    let deleted = diesel::delete(of_version).execute(connection).await?;
    if deleted == 0 {
        return Ok(Race::Lost);
    }
    RemoveSecrets::all(tenant, id).execute(connection).await?;
    let origins = client_origins::table
        .filter(client_origins::tenant.eq(tenant))
        .filter(client_origins::client_id.eq(id));
    diesel::delete(origins).execute(connection).await?;
    let grants = DeleteGrants {
        tenant,
        client: id.to_owned(),
    };
    grants.execute(connection).await?;
    let consents = consents::table
        .filter(consents::tenant.eq(tenant))
        .filter(consents::client_id.eq(id));
    diesel::delete(consents).execute(connection).await?;
    let keys = signing_keys::table
        .filter(signing_keys::tenant.eq(tenant))
        .filter(signing_keys::client_id.eq(id));
    if diesel::select(exists(keys)).get_result(connection).await? {
        advance_any(connection, of, event.event.at).await?;
        diesel::delete(keys).execute(connection).await?;
    }
    Ok(Race::Won)
}

/// Appends a change of a client to the feed and its event to the audit log, if the change was made.
async fn note(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    change: ChangeRow,
    event: &EventRecord,
    race: Race,
) -> Result<Race, Failure> {
    if race == Race::Won {
        changes::append(connection, change, Some(event.event.at)).await?;
    }
    events::record(connection, of, Some(event), race).await
}

impl ClientRepository for PostgresStore {
    async fn find_client(&self, of: TenantId, id: &ClientId) -> Result<Option<Client>, StoreError> {
        self.run(async |connection| {
            let its = client_secrets::tenant
                .eq(clients::tenant)
                .and(client_secrets::client_id.eq(clients::id));
            // One statement reads one snapshot.
            let rows = clients::table
                .left_join(client_secrets::table.on(its))
                .filter(clients::tenant.eq(tenant(of)))
                .filter(clients::id.eq(id.as_str()))
                .order(client_secrets::position)
                .load(connection)
                .await?;
            let client = by_client(rows).pop().map(Client::try_from);
            Ok(client.transpose()?)
        })
        .await
    }

    async fn list_clients(
        &self,
        of: TenantId,
        owner: Option<&Holder>,
        after: After<ClientId>,
    ) -> Result<Slice<Client>, StoreError> {
        let tenant = tenant(of);
        let last = after.key.map(|id| id.to_string()).unwrap_or_default();
        let most = fetch(after.limit);
        self.run(async |connection| {
            let rows = match owner.map(Holder::to_string) {
                None => {
                    let all = ListClients {
                        tenant,
                        after: last,
                        most,
                    };
                    all.load(connection).await?
                }
                Some(owner) => {
                    let own = ListOwnClients {
                        tenant,
                        owner,
                        after: last,
                        most,
                    };
                    own.load(connection).await?
                }
            };
            Ok(slice(by_client(rows), after.limit, Client::try_from)?)
        })
        .await
    }

    async fn has_client_origin(&self, of: TenantId, origin: &str) -> Result<bool, StoreError> {
        self.run(async |connection| {
            let its = client_origins::table
                .filter(client_origins::tenant.eq(tenant(of)))
                .filter(client_origins::origin.eq(origin));
            Ok(diesel::select(exists(its)).get_result(connection).await?)
        })
        .await
    }

    async fn insert_client(
        &self,
        of: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let rows = ClientRows::new(of, client, 1).map_err(StoreError::new)?;
        let change = ChangeRow::client(tenant(of), client.id.as_str(), rows.client.version);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = insert(connection, rows).await?;
                note(connection, of, change, event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn update_client(
        &self,
        of: TenantId,
        client: &Client,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let version = client.version.saturating_add(1);
        let rows = ClientRows::new(of, client, version).map_err(StoreError::new)?;
        let version = rows.client.version;
        let change = ChangeRow::client(tenant(of), client.id.as_str(), version);
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = update(connection, rows, version - 1).await?;
                note(connection, of, change, event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn delete_client(
        &self,
        of: TenantId,
        id: &ClientId,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let change = ChangeRow::client(tenant(of), id.as_str(), 0);
        let version = integer(version).map_err(StoreError::new)?;
        let work = async |connection: &mut AsyncPgConnection| {
            let race = delete(connection, of, (id.as_str(), version), event).await?;
            note(connection, of, change, event, race).await
        };
        let connections = &self.0.connections;
        let outcome = connections
            .run_unhurried(async |connection| connection.transaction(work).await)
            .await;
        outcome.map_err(StoreError::new)
    }

    async fn record_secret_uses(&self, of: TenantId, uses: &[SecretUse]) -> Result<(), StoreError> {
        let statement = RecordUses::new(of, uses).map_err(StoreError::new)?;
        self.run(async |connection| {
            statement.execute(connection).await?;
            Ok(())
        })
        .await
    }
}
