//! Signing keys. Every transaction that changes the keys of a tenant first updates the row of the tenant in `key_sets`,
//! which serializes these changes.

use crate::feed::{changes, events};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_integer, integer, race, tenant, text, time};
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::schema::signing_keys;
use countersign_adapters_sql::signing_keys::SigningKeyRow;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::token::signing_key::SigningKey;
use countersign_ports::{
    EventRecord, KeyChange, KeySetVersion, Race, SigningKeyRepository, StoreError,
};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Lists keys with one statement, which reads one snapshot. Each row has the version of the key set.
struct ListKeys(i32);
statement!(
    ListKeys => (BigInt, Nullable<signing_keys::SqlType>),
    "SELECT its.version, key.tenant, key.id, key.algorithm, key.client_id, key.sealed_private_key, \
     key.created_at, key.signs_from, key.retires_at FROM key_sets AS its \
     LEFT JOIN signing_keys AS key ON key.tenant = its.tenant WHERE its.tenant = ? \
     ORDER BY key.created_at, key.id",
    self: [Integer = &self.0]
);

struct Advance {
    tenant: i32,
    seen: i64,
}
statement!(
    Advance,
    "UPDATE key_sets SET version = version + 1 WHERE tenant = ? AND version = ?",
    self: [Integer = &self.tenant, BigInt = &self.seen]
);

struct Begin(i32);
statement!(
    Begin,
    "INSERT INTO key_sets (tenant, version) VALUES (?, 1) ON CONFLICT (tenant) DO NOTHING",
    self: [Integer = &self.0]
);

struct AdvanceAny(i32);
statement!(
    AdvanceAny => BigInt,
    "INSERT INTO key_sets (tenant, version) VALUES (?, 1) \
     ON CONFLICT (tenant) DO UPDATE SET version = key_sets.version + 1 RETURNING version",
    self: [Integer = &self.0]
);

/// Increments the version of a key set, if it is still `seen`. Other changes of the set wait until this transaction has
/// ended.
async fn advance(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    seen: KeySetVersion,
) -> Result<Race, Failure> {
    let tenant = tenant(of);
    let changed = if seen == KeySetVersion(0) {
        Begin(tenant).execute(connection).await?
    } else {
        let seen = integer(seen.0)?;
        Advance { tenant, seen }.execute(connection).await?
    };
    Ok(race(changed))
}

/// Increments the version of a key set unconditionally, and appends the change to the feed.
pub(crate) async fn advance_any(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    at: Timestamp,
) -> Result<(), Failure> {
    let version: i64 = AdvanceAny(tenant(of)).get_result(connection).await?;
    let version = KeySetVersion(from_integer("key_sets.version", version)?);
    changes::append(connection, ChangeRow::signing_keys(of, version)?, Some(at)).await
}

async fn change(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    KeyChange { seen, add, retire }: &KeyChange,
    event: Option<&EventRecord>,
) -> Result<Race, Failure> {
    if advance(connection, of, *seen).await? == Race::Lost {
        return Ok(Race::Lost);
    }
    for (id, at) in retire {
        diesel::update(signing_keys::table.find((tenant(of), text(id))))
            .set(signing_keys::retires_at.eq(time(*at)?))
            .execute(connection)
            .await?;
    }
    for key in add {
        diesel::insert_into(signing_keys::table)
            .values(SigningKeyRow::new(of, key)?)
            .execute(connection)
            .await?;
    }
    let version = KeySetVersion(seen.0.saturating_add(1));
    let at = event
        .map(|event| event.event.at)
        .or_else(|| add.iter().map(|key| key.created_at).max());
    changes::append(connection, ChangeRow::signing_keys(of, version)?, at).await?;
    Ok(Race::Won)
}

impl SigningKeyRepository for PostgresStore {
    async fn list_signing_keys(
        &self,
        of: TenantId,
    ) -> Result<(KeySetVersion, Vec<SigningKey>), StoreError> {
        let statement = ListKeys(tenant(of));
        self.run(async |connection| {
            let rows: Vec<(i64, Option<SigningKeyRow>)> = statement.load(connection).await?;
            let version = rows.iter().map(|(version, _)| *version).max();
            let version = from_integer("key_sets.version", version.unwrap_or(0))?;
            let keys = rows.into_iter().filter_map(|(_, key)| key);
            let keys = keys.map(SigningKey::try_from);
            Ok((KeySetVersion(version), keys.collect::<Result<_, _>>()?))
        })
        .await
    }

    async fn change_signing_keys(
        &self,
        of: TenantId,
        wanted: &KeyChange,
        event: Option<&EventRecord>,
    ) -> Result<Race, StoreError> {
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = change(connection, of, wanted, event).await?;
                events::record(connection, of, event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }
}
