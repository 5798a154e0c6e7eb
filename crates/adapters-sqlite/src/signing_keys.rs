//! Signing keys, and the version of the key set of each tenant.

use crate::feed::changes::append;
use crate::feed::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{self, Failure, from_integer, text, time};
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::schema::{key_sets, signing_keys};
use countersign_adapters_sql::signing_keys::SigningKeyRow;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    EventRecord, KeyChange, KeySetVersion, Race, SigningKeyRepository, StoreError,
};
use diesel::prelude::*;

/// Increments the version of the key set of a tenant and appends the change to the feed, in the transaction of that
/// change.
pub(crate) fn count_change(
    connection: &mut SqliteConnection,
    of: TenantId,
    at: Option<i64>,
) -> Result<(), Failure> {
    let first = (
        key_sets::tenant.eq(columns::tenant(of)),
        key_sets::version.eq(1),
    );
    let version: i64 = diesel::insert_into(key_sets::table)
        .values(first)
        .on_conflict(key_sets::tenant)
        .do_update()
        .set(key_sets::version.eq(key_sets::version + 1))
        .returning(key_sets::version)
        .get_result(connection)?;
    let version = KeySetVersion(from_integer("key_sets.version", version)?);
    append(connection, ChangeRow::signing_keys(of, version)?, at)
}

fn version(connection: &mut SqliteConnection, tenant: i32) -> Result<KeySetVersion, Failure> {
    let version: Option<i64> = key_sets::table
        .find(tenant)
        .select(key_sets::version)
        .get_result(connection)
        .optional()?;
    let version = from_integer("key_sets.version", version.unwrap_or_default())?;
    Ok(KeySetVersion(version))
}

fn list(
    connection: &mut SqliteConnection,
    tenant: i32,
) -> Result<(KeySetVersion, Vec<SigningKey>), Failure> {
    let rows: Vec<SigningKeyRow> = signing_keys::table
        .filter(signing_keys::tenant.eq(tenant))
        .order((signing_keys::created_at, signing_keys::id))
        .load(connection)?;
    let keys = rows.into_iter().map(SigningKey::try_from);
    let keys = keys.collect::<Result<_, _>>()?;
    Ok((version(connection, tenant)?, keys))
}

/// Change of the key set of a tenant.
struct KeyRows {
    of: TenantId,
    seen: KeySetVersion,
    add: Vec<SigningKeyRow>,
    retire: Vec<(String, i64)>,
    event: Option<EventRows>,
}

impl KeyRows {
    fn new(of: TenantId, change: &KeyChange, event: Option<&EventRecord>) -> Result<Self, Failure> {
        let KeyChange { seen, add, retire } = change;
        let add = add.iter().map(|key| SigningKeyRow::new(of, key));
        let retirement = |(id, at): &(String, Timestamp)| Ok((text(id), time(*at)?));
        Ok(Self {
            of,
            seen: *seen,
            add: add.collect::<Result<_, _>>()?,
            retire: retire
                .iter()
                .map(retirement)
                .collect::<Result<_, Failure>>()?,
            event: event.map(|event| EventRows::new(of, event)).transpose()?,
        })
    }

    fn store(&self, connection: &mut SqliteConnection) -> Result<Race, Failure> {
        let tenant = columns::tenant(self.of);
        if version(connection, tenant)? != self.seen {
            return Ok(Race::Lost);
        }
        for (id, at) in &self.retire {
            diesel::update(signing_keys::table.find((tenant, id)))
                .set(signing_keys::retires_at.eq(at))
                .execute(connection)?;
        }
        for key in &self.add {
            diesel::insert_into(signing_keys::table)
                .values(key)
                .execute(connection)?;
        }
        let at = self.event.as_ref().map(EventRows::at);
        count_change(connection, self.of, at)?;
        if let Some(event) = &self.event {
            record(connection, event)?;
        }
        Ok(Race::Won)
    }
}

impl SigningKeyRepository for SqliteStore {
    async fn list_signing_keys(
        &self,
        of: TenantId,
    ) -> Result<(KeySetVersion, Vec<SigningKey>), StoreError> {
        let read = move |connection: &mut SqliteConnection| {
            // The transaction gives both statements the same snapshot.
            connection.transaction(|connection| list(connection, columns::tenant(of)))
        };
        self.0.readers.list(read).await
    }

    async fn change_signing_keys(
        &self,
        tenant: TenantId,
        change: &KeyChange,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        let rows = KeyRows::new(tenant, change, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| rows.store(connection);
        self.0.writer.write(work).await
    }
}
