//! The proof of the audit log.

use super::events::record;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, integer, race, tenant};
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::feed::proof::{BatchRow, keys, stored};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::{event_batches, events};
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::identifier::NodeId;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, AuditProof, EventRecord, Race, SealedBatch, Slice, StoreError, StoredEvent,
};
use diesel::dsl::{exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::Bool;

/// Adds a batch. Checks everything before the first write, because a lost race must change nothing.
fn append(
    connection: &mut SqliteConnection,
    of: i32,
    batch: &BatchRow,
    ids: &[(Id, i64)],
) -> Result<Race, Failure> {
    let unsealed = |(node, number): &(Id, i64)| {
        events::table
            .find((*node, *number, of))
            .filter(events::batch.is_null())
    };
    for id in ids {
        if !diesel::select(exists(unsealed(id))).get_result(connection)? {
            return Ok(Race::Lost);
        }
    }
    let inserted = diesel::insert_into(event_batches::table)
        .values(batch)
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted > 0 {
        for id in ids {
            diesel::update(unsealed(id))
                .set(events::batch.eq(batch.number()))
                .execute(connection)?;
        }
    }
    Ok(race(inserted))
}

fn remove(
    connection: &mut SqliteConnection,
    of: i32,
    (first, last): (i64, i64),
    event: &EventRows,
) -> Result<Race, Failure> {
    let start = event_batches::table.find((of, first));
    if !diesel::select(exists(start)).get_result(connection)? {
        return Ok(Race::Lost);
    }
    let batches = event_batches::table
        .filter(event_batches::tenant.eq(of))
        .filter(event_batches::number.between(first, last));
    diesel::delete(batches).execute(connection)?;
    let old = events::table
        .filter(events::tenant.eq(of))
        .filter(events::batch.between(first, last));
    diesel::delete(old).execute(connection)?;
    record(connection, event)?;
    Ok(Race::Won)
}

fn erase(
    connection: &mut SqliteConnection,
    of: i32,
    ids: &[(Id, i64)],
    event: &EventRows,
) -> Result<Race, Failure> {
    let readable = |(node, number): &(Id, i64)| {
        events::table
            .find((*node, *number, of))
            .filter(events::content.is_not_null())
    };
    for id in ids {
        if !diesel::select(exists(readable(id))).get_result(connection)? {
            return Ok(Race::Lost);
        }
    }
    for id in ids {
        diesel::update(readable(id))
            .set((
                events::operator.eq(None::<String>),
                events::target.eq(None::<String>),
                events::salt.eq(None::<Vec<u8>>),
                events::content.eq(None::<Vec<u8>>),
            ))
            .execute(connection)?;
    }
    record(connection, event)?;
    Ok(Race::Won)
}

impl AuditProof for SqliteStore {
    async fn unsealed_events(
        &self,
        of: TenantId,
        node: Option<NodeId>,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let read = move |connection: &mut SqliteConnection| {
            let mut query = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.is_null())
                .order((events::node, events::number))
                .limit(most.into())
                .into_boxed();
            if let Some(node) = node {
                // The plus keeps SQLite from reading all events of the node by their key.
                let node = sql::<Bool>("+events.node = ").bind::<Uuid, _>(Id::from(node));
                query = query.filter(node);
            }
            Ok(stored(query.load(connection)?)?)
        };
        self.0.readers.list(read).await
    }

    async fn stray_events(&self, of: TenantId, most: u32) -> Result<Vec<StoredEvent>, StoreError> {
        let read = move |connection: &mut SqliteConnection| {
            let own = event_batches::table
                .filter(event_batches::tenant.eq(events::tenant))
                .filter(event_batches::number.nullable().eq(events::batch));
            let rows = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.is_not_null())
                .filter(not(exists(own)))
                .limit(most.into())
                .load(connection)?;
            Ok(stored(rows)?)
        };
        self.0.readers.list(read).await
    }

    async fn events_of_batch(
        &self,
        of: TenantId,
        batch: u64,
        most: u32,
    ) -> Result<Vec<StoredEvent>, StoreError> {
        let batch = integer(batch).map_err(StoreError::new)?;
        let read = move |connection: &mut SqliteConnection| {
            let rows = events::table
                .filter(events::tenant.eq(tenant(of)))
                .filter(events::batch.eq(batch))
                .order((events::node, events::number))
                .limit(most.into())
                .load(connection)?;
            Ok(stored(rows)?)
        };
        self.0.readers.list(read).await
    }

    async fn latest_batch(&self, of: TenantId) -> Result<Option<SealedBatch>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<BatchRow> = event_batches::table
                .filter(event_batches::tenant.eq(tenant(of)))
                .order(event_batches::number.desc())
                .limit(1)
                .get_result(connection)
                .optional()?;
            Ok(row.map(SealedBatch::try_from).transpose()?)
        })
    }

    async fn list_batches(
        &self,
        of: TenantId,
        after: After<u64>,
    ) -> Result<Slice<SealedBatch>, StoreError> {
        let last = after.key.map_or(Ok(-1), integer).map_err(StoreError::new)?;
        let read = move |connection: &mut SqliteConnection| {
            let rows: Vec<BatchRow> = event_batches::table
                .filter(event_batches::tenant.eq(tenant(of)))
                .filter(event_batches::number.gt(last))
                .order(event_batches::number)
                .limit(fetch(after.limit))
                .load(connection)?;
            Ok(slice(rows, after.limit, SealedBatch::try_from)?)
        };
        self.0.readers.list(read).await
    }

    async fn append_batch(
        &self,
        of: TenantId,
        batch: &SealedBatch,
        events: &[EventId],
    ) -> Result<Race, StoreError> {
        let row = BatchRow::new(of, batch).map_err(StoreError::new)?;
        let ids = keys(events).map_err(StoreError::new)?;
        let work = move |connection: &mut _| append(connection, tenant(of), &row, &ids);
        self.0.writer.write(work).await
    }

    async fn remove_batches(
        &self,
        of: TenantId,
        first: u64,
        last: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let range = [first, last].map(integer);
        let [first, last] = range.map(|number| number.map_err(StoreError::new));
        let (first, last) = (first?, last?);
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| remove(connection, tenant(of), (first, last), &event);
        self.0.writer.write(work).await
    }

    async fn erase_events(
        &self,
        of: TenantId,
        erased: &[EventId],
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let ids = keys(erased).map_err(StoreError::new)?;
        let event = EventRows::new(of, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| erase(connection, tenant(of), &ids, &event);
        self.0.writer.write(work).await
    }
}
