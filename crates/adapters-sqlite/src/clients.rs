//! Clients, each with its secrets.

use crate::schema::grants;
use crate::signing_keys::count_change;
use crate::store::SqliteStore;
use countersign_adapters_sql::clients::{ClientRow, ClientRows, SecretRow};
use countersign_adapters_sql::columns::{Failure, race, text, time};
use countersign_adapters_sql::schema::{client_secrets, clients, consents, signing_keys};
use countersign_domain::client::{Client, ClientId};
use countersign_ports::{ClientRepository, Race, SecretUse, StoreError};
use diesel::prelude::*;
use std::collections::HashMap;

fn find(connection: &mut SqliteConnection, id: &str) -> Result<Option<Client>, Failure> {
    let Some(client) = clients::table.find(id).get_result(connection).optional()? else {
        return Ok(None);
    };
    let secrets = client_secrets::table
        .filter(client_secrets::client_id.eq(id))
        .order(client_secrets::position)
        .load(connection)?;
    Ok(Some(Client::try_from(ClientRows { client, secrets })?))
}

fn list(connection: &mut SqliteConnection) -> Result<Vec<Client>, Failure> {
    let rows: Vec<ClientRow> = clients::table
        .order((clients::created_at, clients::id))
        .load(connection)?;
    let secrets: Vec<SecretRow> = client_secrets::table
        .order(client_secrets::position)
        .load(connection)?;
    let mut secrets_of: HashMap<String, Vec<SecretRow>> = HashMap::new();
    for secret in secrets {
        secrets_of
            .entry(secret.client_id.clone())
            .or_default()
            .push(secret);
    }
    let clients = rows.into_iter().map(|client| {
        let secrets = secrets_of.remove(&client.id).unwrap_or_default();
        Client::try_from(ClientRows { client, secrets })
    });
    Ok(clients.collect::<Result<_, _>>()?)
}

fn insert_secrets(connection: &mut SqliteConnection, secrets: &[SecretRow]) -> QueryResult<()> {
    for secret in secrets {
        diesel::insert_into(client_secrets::table)
            .values(secret)
            .execute(connection)?;
    }
    Ok(())
}

fn remove_secrets(connection: &mut SqliteConnection, id: &str) -> QueryResult<()> {
    diesel::delete(client_secrets::table.filter(client_secrets::client_id.eq(id)))
        .execute(connection)?;
    Ok(())
}

fn insert(connection: &mut SqliteConnection, rows: &ClientRows) -> Result<Race, Failure> {
    let inserted = diesel::insert_into(clients::table)
        .values(&rows.client)
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted > 0 {
        insert_secrets(connection, &rows.secrets)?;
        count_change(connection)?;
    }
    Ok(race(inserted))
}

fn update(connection: &mut SqliteConnection, rows: &ClientRows) -> Result<Race, Failure> {
    let updated = diesel::update(clients::table.find(&rows.client.id))
        .set(&rows.client)
        .execute(connection)?;
    if updated > 0 {
        remove_secrets(connection, &rows.client.id)?;
        insert_secrets(connection, &rows.secrets)?;
        count_change(connection)?;
    }
    Ok(race(updated))
}

fn delete(connection: &mut SqliteConnection, id: &str) -> Result<Race, Failure> {
    let deleted = diesel::delete(clients::table.find(id)).execute(connection)?;
    if deleted > 0 {
        remove_secrets(connection, id)?;
        diesel::delete(grants::table.filter(grants::client_id.eq(id))).execute(connection)?;
        diesel::delete(consents::table.filter(consents::client_id.eq(id))).execute(connection)?;
        diesel::delete(signing_keys::table.filter(signing_keys::client_id.eq(id)))
            .execute(connection)?;
        count_change(connection)?;
    }
    Ok(race(deleted))
}

fn record_uses(connection: &mut SqliteConnection, uses: &[SecretUse]) -> Result<(), Failure> {
    for SecretUse {
        client,
        secret_name,
        at,
    } in uses
    {
        let at = time(*at)?;
        let last = client_secrets::last_used_at;
        let used_before = client_secrets::table
            .find((client.as_str(), text(secret_name)))
            .filter(last.is_null().or(last.lt(at)));
        diesel::update(used_before)
            .set(last.eq(at))
            .execute(connection)?;
    }
    Ok(())
}

impl ClientRepository for SqliteStore {
    async fn find_client(&self, id: &ClientId) -> Result<Option<Client>, StoreError> {
        // One transaction is one state of the file.
        self.0
            .readers
            .point(|connection| connection.transaction(|connection| find(connection, id.as_str())))
    }

    async fn list_clients(&self) -> Result<Vec<Client>, StoreError> {
        self.0
            .readers
            .list(|connection| connection.transaction(list))
            .await
    }

    async fn insert_client(&self, client: &Client) -> Result<Race, StoreError> {
        let rows = ClientRows::try_from(client).map_err(StoreError::new)?;
        let work = move |connection: &mut _| insert(connection, &rows);
        self.0.writer.write(work).await
    }

    async fn update_client(&self, client: &Client) -> Result<Race, StoreError> {
        let rows = ClientRows::try_from(client).map_err(StoreError::new)?;
        let work = move |connection: &mut _| update(connection, &rows);
        self.0.writer.write(work).await
    }

    async fn delete_client(&self, id: &ClientId) -> Result<Race, StoreError> {
        let id = id.clone();
        let work = move |connection: &mut _| delete(connection, id.as_str());
        self.0.writer.write(work).await
    }

    async fn record_secret_uses(&self, uses: &[SecretUse]) -> Result<(), StoreError> {
        let uses = uses.to_vec();
        let work = move |connection: &mut _| record_uses(connection, &uses);
        self.0.writer.write(work).await
    }
}
