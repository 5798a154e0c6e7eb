//! Clients, each with its secrets.

use crate::connections::take_time;
use crate::revision::{self, count_change};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::clients::{ClientRow, ClientRows, SecretRow};
use countersign_adapters_sql::columns::{Failure, Unreadable, race, text, time};
use countersign_adapters_sql::schema::{client_secrets, clients, consents, signing_keys};
use countersign_domain::client::{Client, ClientId};
use countersign_ports::{ClientRepository, Race, SecretUse, StoreError};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// No index leads to the grants of a client. They are locked in the order of their ids, as by everyone.
struct DeleteGrants(String);
statement!(
    DeleteGrants,
    "DELETE FROM grants USING (SELECT id FROM grants WHERE client_id = ? ORDER BY id FOR UPDATE) AS its \
     WHERE grants.id = its.id",
    self: [Text = &self.0]
);

/// One row a secret, though it was used several times; in an order, so that no two wait in a circle.
struct RecordUses {
    client_ids: Vec<String>,
    names: Vec<String>,
    ats: Vec<i64>,
}
statement!(
    RecordUses,
    "UPDATE client_secrets SET last_used_at = used.at FROM (SELECT client_id, name, max(at) AS at \
     FROM unnest(?::text[], ?::text[], ?::bigint[]) AS used (client_id, name, at) \
     GROUP BY client_id, name ORDER BY client_id, name) AS used \
     WHERE client_secrets.client_id = used.client_id AND client_secrets.name = used.name \
     AND (client_secrets.last_used_at IS NULL OR client_secrets.last_used_at < used.at)",
    self: [
        Array<Text> = &self.client_ids,
        Array<Text> = &self.names,
        Array<BigInt> = &self.ats,
    ]
);

/// Clients of rows that come client by client.
fn clients_of(rows: Vec<(ClientRow, Option<SecretRow>)>) -> Result<Vec<Client>, Unreadable> {
    let mut clients: Vec<ClientRows> = Vec::new();
    for (client, secret) in rows {
        match clients.last_mut() {
            Some(last) if last.client.id == client.id => last.secrets.extend(secret),
            _ => clients.push(ClientRows {
                client,
                secrets: secret.into_iter().collect(),
            }),
        }
    }
    clients.into_iter().map(Client::try_from).collect()
}

async fn insert_secrets(
    connection: &mut AsyncPgConnection,
    secrets: Vec<SecretRow>,
) -> QueryResult<()> {
    for secret in secrets {
        diesel::insert_into(client_secrets::table)
            .values(secret)
            .execute(connection)
            .await?;
    }
    Ok(())
}

async fn remove_secrets(connection: &mut AsyncPgConnection, id: &str) -> QueryResult<()> {
    diesel::delete(client_secrets::table.filter(client_secrets::client_id.eq(id)))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert(connection: &mut AsyncPgConnection, rows: ClientRows) -> Result<Race, Failure> {
    revision::lock(connection).await?;
    let inserted = diesel::insert_into(clients::table)
        .values(rows.client)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    if inserted > 0 {
        insert_secrets(connection, rows.secrets).await?;
        count_change(connection).await?;
    }
    Ok(race(inserted))
}

async fn update(connection: &mut AsyncPgConnection, rows: ClientRows) -> Result<Race, Failure> {
    revision::lock(connection).await?;
    let updated = diesel::update(clients::table.find(&rows.client.id))
        .set(&rows.client)
        .execute(connection)
        .await?;
    if updated > 0 {
        remove_secrets(connection, &rows.client.id).await?;
        insert_secrets(connection, rows.secrets).await?;
        count_change(connection).await?;
    }
    Ok(race(updated))
}

async fn delete(connection: &mut AsyncPgConnection, id: &str) -> Result<Race, Failure> {
    take_time(connection).await?;
    revision::lock(connection).await?;
    let deleted = diesel::delete(clients::table.find(id))
        .execute(connection)
        .await?;
    if deleted > 0 {
        remove_secrets(connection, id).await?;
        DeleteGrants(id.to_owned()).execute(connection).await?;
        diesel::delete(consents::table.filter(consents::client_id.eq(id)))
            .execute(connection)
            .await?;
        diesel::delete(signing_keys::table.filter(signing_keys::client_id.eq(id)))
            .execute(connection)
            .await?;
        count_change(connection).await?;
    }
    Ok(race(deleted))
}

impl ClientRepository for PostgresStore {
    async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        self.run(async |connection| {
            // One statement is one state of the database.
            let rows = clients::table
                .left_join(client_secrets::table.on(client_secrets::client_id.eq(clients::id)))
                .filter(clients::id.eq(id.as_str()))
                .order(client_secrets::position)
                .load(connection)
                .await?;
            Ok(clients_of(rows)?.pop())
        })
        .await
    }

    async fn list_clients(&self) -> Result<Vec<Client>, StoreError> {
        self.run(async |connection| {
            let rows = clients::table
                .left_join(client_secrets::table.on(client_secrets::client_id.eq(clients::id)))
                .order((clients::created_at, clients::id, client_secrets::position))
                .load(connection)
                .await?;
            Ok(clients_of(rows)?)
        })
        .await
    }

    async fn insert_client(&self, client: &Client) -> Result<Race, StoreError> {
        let rows = ClientRows::try_from(client).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut _| insert(connection, rows).await;
            connection.transaction(work).await
        })
        .await
    }

    async fn update_client(&self, client: &Client) -> Result<Race, StoreError> {
        let rows = ClientRows::try_from(client).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut _| update(connection, rows).await;
            connection.transaction(work).await
        })
        .await
    }

    async fn delete_client(&self, id: &ClientId) -> Result<Race, StoreError> {
        let outcome = self.0.connections.run_unhurried(async |connection| {
            let work = async |connection: &mut _| delete(connection, id.as_str()).await;
            connection.transaction(work).await
        });
        outcome.await.map_err(StoreError::new)
    }

    async fn record_secret_uses(&self, uses: &[SecretUse]) -> Result<(), StoreError> {
        let mut statement = RecordUses {
            client_ids: Vec::with_capacity(uses.len()),
            names: Vec::with_capacity(uses.len()),
            ats: Vec::with_capacity(uses.len()),
        };
        for SecretUse {
            client,
            secret_name,
            at,
        } in uses
        {
            statement.client_ids.push(client.as_str().into());
            statement.names.push(text(secret_name));
            statement.ats.push(time(*at).map_err(StoreError::new)?);
        }
        self.run(async |connection| {
            statement.execute(connection).await?;
            Ok(())
        })
        .await
    }
}
