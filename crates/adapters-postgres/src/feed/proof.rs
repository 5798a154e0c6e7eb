//! The proof of the audit log.

use super::events::record;
use super::locks::{Keys, LockReadable, LockUnsealed};
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, integer, race, tenant};
use countersign_adapters_sql::feed::proof::{BatchRow, stored};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::{event_batches, events};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, AuditProof, EventRecord, Race, SealedBatch, Slice, StoreError, StoredEvent,
};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer};
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

struct Assign {
    keys: Keys,
    batch: i64,
}
statement!(
    Assign,
    "UPDATE events SET batch = ? WHERE tenant = ? AND (node, number) IN (SELECT * FROM unnest(?::uuid[], ?::bigint[]))",
    self: [
        BigInt = &self.batch,
        Integer = &self.keys.tenant,
        Array<Uuid> = &self.keys.nodes,
        Array<BigInt> = &self.keys.numbers,
    ]
);

struct Erase(Keys);
statement!(
    Erase,
    "UPDATE events SET operator = NULL, target = NULL, salt = NULL, content = NULL \
     WHERE tenant = ? AND (node, number) IN (SELECT * FROM unnest(?::uuid[], ?::bigint[]))",
    self: [
        Integer = &self.0.tenant,
        Array<Uuid> = &self.0.nodes,
        Array<BigInt> = &self.0.numbers,
    ]
);

/// Adds a batch. Nothing is written before the race is won, because a lost race must change nothing.
async fn append(
    connection: &mut AsyncPgConnection,
    batch: &BatchRow,
    keys: Keys,
) -> Result<Race, Failure> {
    let count = i64::try_from(keys.nodes.len())?;
    let lock = LockUnsealed(keys.clone());
    if lock.get_result::<i64>(connection).await? != count {
        return Ok(Race::Lost);
    }
    let inserted = diesel::insert_into(event_batches::table)
        .values(batch)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    if inserted > 0 {
        let assign = Assign {
            keys,
            batch: batch.number(),
        };
        assign.execute(connection).await?;
    }
    Ok(race(inserted))
}

/// Erases events, all or none.
async fn erase(connection: &mut AsyncPgConnection, keys: Keys) -> Result<Race, Failure> {
    let count = i64::try_from(keys.nodes.len())?;
    let lock = LockReadable(keys.clone());
    if lock.get_result::<i64>(connection).await? != count {
        return Ok(Race::Lost);
    }
    Erase(keys).execute(connection).await?;
    Ok(Race::Won)
}

/// Removes batches and their events. Of concurrent calls, the second waits for the first batch and does not find it.
async fn remove(
    connection: &mut AsyncPgConnection,
    of: i32,
    (first, last): (i64, i64),
) -> Result<Race, Failure> {
    let start = event_batches::table.find((of, first));
    if diesel::delete(start).execute(connection).await? == 0 {
        return Ok(Race::Lost);
    }
    let batches = event_batches::table
        .filter(event_batches::tenant.eq(of))
        .filter(event_batches::number.between(first, last));
    diesel::delete(batches).execute(connection).await?;
    let old = events::table
        .filter(events::tenant.eq(of))
        .filter(events::batch.between(first, last));
    diesel::delete(old).execute(connection).await?;
    Ok(Race::Won)
}

impl AuditProof for PostgresStore {
    async fn unsealed_events(
        &self,
        of: TenantId,
        node: Option<NodeId>,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.run(async |connection| {
            let mut query = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.is_null())
                .order((events::node, events::number))
                .limit(most.into())
                .into_boxed();
            if let Some(node) = node {
                query = query.filter(events::node.eq(Id::from(node)));
            }
            Ok(stored(query.load(connection).await?)?)
        })
        .await
    }

    async fn stray_events(&self, of: TenantId, most: u32) -> Result<Vec<StoredEvent>, StoreError> {
        self.run(async |connection| {
            let own = event_batches::table
                .filter(event_batches::tenant.eq(events::tenant))
                .filter(event_batches::number.nullable().eq(events::batch));
            let rows = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.is_not_null())
                .filter(not(exists(own)))
                .limit(most.into())
                .load(connection)
                .await?;
            Ok(stored(rows)?)
        })
        .await
    }

    async fn events_of_batch(
        &self,
        of: TenantId,
        batch: u64,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        self.run(async |connection| {
            let rows = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.eq(integer(batch)?))
                .order((events::node, events::number))
                .limit(most.into())
                .load(connection)
                .await?;
            Ok(stored(rows)?)
        })
        .await
    }

    async fn latest_batch(&self, of: TenantId) -> Result<Option<SealedBatch>, StoreError> {
        self.run(async |connection| {
            let row: Option<BatchRow> = event_batches::table
                .filter(event_batches::tenant.eq(tenant(of)))
                .order(event_batches::number.desc())
                .limit(1)
                .get_result(connection)
                .await
                .optional()?;
            Ok(row.map(SealedBatch::try_from).transpose()?)
        })
        .await
    }

    async fn list_batches(
        &self,
        of: TenantId,
        after: After<u64>,
    ) -> Result<Slice<SealedBatch>, StoreError> {
        self.run(async |connection| {
            let rows: Vec<BatchRow> = event_batches::table
                .filter(event_batches::tenant.eq(tenant(of)))
                .filter(event_batches::number.gt(after.key.map_or(Ok(-1), integer)?))
                .order(event_batches::number)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, SealedBatch::try_from)?)
        })
        .await
    }

    async fn append_batch(
        &self,
        of: TenantId,
        batch: &SealedBatch,
        events: &[EventId],
    ) -> Result<Race, StoreError> {
        let row = BatchRow::new(of, batch).map_err(StoreError::new)?;
        let keys = Keys::new(of, events).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work =
                async |connection: &mut AsyncPgConnection| append(connection, &row, keys).await;
            connection.transaction(work).await
        })
        .await
    }

    async fn remove_batches(
        &self,
        of: TenantId,
        first: u64,
        last: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let range = integer(first).and_then(|first| Ok((first, integer(last)?)));
        let (first, last) = range.map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = remove(connection, tenant(of), (first, last)).await?;
                record(connection, of, Some(event), race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn erase_events(
        &self,
        of: TenantId,
        erased: &[EventId],
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let keys = Keys::new(of, erased).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = erase(connection, keys).await?;
                record(connection, of, Some(event), race).await
            };
            connection.transaction(work).await
        })
        .await
    }
}
