//! Changes of clients: rows, audit event, and change feed, in one transaction.

use crate::feed::changes::append;
use crate::feed::events::record;
use crate::signing_keys::count_change;
use countersign_adapters_sql::clients::{ClientRows, SecretRow};
use countersign_adapters_sql::columns::{self, Failure, race, text, time};
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::schema::{
    client_origins, client_secrets, clients, consents, grants, signing_keys,
};
use countersign_domain::client::{Client, ClientId};
use countersign_domain::tenant::TenantId;
use countersign_ports::{EventRecord, Race, SecretUse};
use diesel::prelude::*;

/// All rows for a change of a client.
pub(super) struct Rows {
    client: ClientRows,
    event: EventRows,
}

impl Rows {
    /// Creates the rows of a client at this version.
    pub(super) fn new(
        tenant: TenantId,
        client: &Client,
        version: u64,
        event: &EventRecord,
    ) -> Result<Self, Failure> {
        Ok(Self {
            client: ClientRows::new(tenant, client, version)?,
            event: EventRows::new(tenant, event)?,
        })
    }

    pub(super) fn insert(&self, connection: &mut SqliteConnection) -> Result<Race, Failure> {
        let race = insert_as_is(connection, &self.client, Some(self.event.at()))?;
        if race == Race::Won {
            record(connection, &self.event)?;
        }
        Ok(race)
    }

    pub(super) fn update(&self, connection: &mut SqliteConnection) -> Result<Race, Failure> {
        let row = &self.client.client;
        let of_version = clients::table
            .find((row.tenant, &row.id))
            .filter(clients::version.eq(row.version - 1));
        let updated = diesel::update(of_version)
            .set(self.client.change())
            .execute(connection)?;
        if updated == 0 {
            return Ok(Race::Lost);
        }
        let stored: Vec<SecretRow> = client_secrets::table
            .filter(client_secrets::tenant.eq(row.tenant))
            .filter(client_secrets::client_id.eq(&row.id))
            .load(connection)?;
        remove_parts(connection, row.tenant, &row.id)?;
        insert_parts(connection, &self.client, &stored)?;
        let change = ChangeRow::client(row.tenant, &row.id, row.version);
        append(connection, change, Some(self.event.at()))?;
        record(connection, &self.event)?;
        Ok(Race::Won)
    }
}

/// Inserts a client and appends the change to the feed. Returns `Lost` if the identifier is taken.
pub(crate) fn insert_as_is(
    connection: &mut SqliteConnection,
    rows: &ClientRows,
    at: Option<i64>,
) -> Result<Race, Failure> {
    let row = &rows.client;
    let inserted = diesel::insert_into(clients::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted > 0 {
        insert_parts(connection, rows, &[])?;
        let change = ChangeRow::client(row.tenant, &row.id, row.version);
        append(connection, change, at)?;
    }
    Ok(race(inserted))
}

/// Inserts secrets and origins. Secrets that are also in `stored` keep their last use.
fn insert_parts(
    connection: &mut SqliteConnection,
    rows: &ClientRows,
    stored: &[SecretRow],
) -> QueryResult<()> {
    for secret in &rows.secrets {
        diesel::insert_into(client_secrets::table)
            .values(secret.keeping_last_use(stored))
            .execute(connection)?;
    }
    for origin in &rows.origins {
        diesel::insert_into(client_origins::table)
            .values(origin)
            .execute(connection)?;
    }
    Ok(())
}

fn remove_parts(connection: &mut SqliteConnection, tenant: i32, id: &str) -> QueryResult<()> {
    let secrets = client_secrets::table
        .filter(client_secrets::tenant.eq(tenant))
        .filter(client_secrets::client_id.eq(id));
    diesel::delete(secrets).execute(connection)?;
    let origins = client_origins::table
        .filter(client_origins::tenant.eq(tenant))
        .filter(client_origins::client_id.eq(id));
    diesel::delete(origins).execute(connection)?;
    Ok(())
}

pub(super) fn delete(
    connection: &mut SqliteConnection,
    of: TenantId,
    (id, version): (&ClientId, i64),
    event: &EventRows,
) -> Result<Race, Failure> {
    let (tenant, id) = (columns::tenant(of), id.as_str());
    let of_version = clients::table
        .find((tenant, id))
        .filter(clients::version.eq(version));
    let deleted = diesel::delete(of_version).execute(connection)?;
    if deleted == 0 {
        return Ok(Race::Lost);
    }
    remove_parts(connection, tenant, id)?;
    let its_grants = grants::table
        .filter(grants::tenant.eq(tenant))
        .filter(grants::client_id.eq(id));
    diesel::delete(its_grants).execute(connection)?;
    let its_consents = consents::table
        .filter(consents::tenant.eq(tenant))
        .filter(consents::client_id.eq(id));
    diesel::delete(its_consents).execute(connection)?;
    let its_keys = signing_keys::table
        .filter(signing_keys::tenant.eq(tenant))
        .filter(signing_keys::client_id.eq(id));
    if diesel::delete(its_keys).execute(connection)? > 0 {
        count_change(connection, of, Some(event.at()))?;
    }
    let change = ChangeRow::client(tenant, id, 0);
    append(connection, change, Some(event.at()))?;
    record(connection, event)?;
    Ok(Race::Won)
}

pub(super) fn record_uses(
    connection: &mut SqliteConnection,
    tenant: i32,
    uses: &[SecretUse],
) -> Result<(), Failure> {
    for SecretUse {
        client,
        secret_name,
        at,
    } in uses
    {
        let at = time(*at)?;
        let last = client_secrets::last_used_at;
        let used_before = client_secrets::table
            .find((tenant, client.as_str(), text(secret_name)))
            .filter(last.is_null().or(last.lt(at)));
        diesel::update(used_before)
            .set(last.eq(at))
            .execute(connection)?;
    }
    Ok(())
}
