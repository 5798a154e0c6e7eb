//! The audit log.

use crate::ephemera::keep_reply;
use crate::statement::statement;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, integer, tenant};
use countersign_adapters_sql::feed::events::{EXAMINE, EventRow, EventRows, Examined, found};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::events;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Audit, EventRecord, FoundEvents, Slice, StoreError, StoredEvent};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer};
use diesel::sqlite::Sqlite;

/// Inserts an event and the reply of its command, in the transaction of its change.
pub(crate) fn record(connection: &mut SqliteConnection, rows: &EventRows) -> Result<(), Failure> {
    diesel::insert_into(events::table)
        .values(&rows.event)
        .execute(connection)?;
    if let Some((key, value)) = &rows.reply {
        keep_reply(connection, *key, value)?;
    }
    Ok(())
}

/// Lists events, skipping those with erased content.
fn list(
    connection: &mut SqliteConnection,
    of: TenantId,
    after: After<EventId>,
) -> Result<Slice<EventRecord>, Failure> {
    let query = by_id(of, &after)?
        .filter(events::content.is_not_null())
        .filter(events::salt.is_not_null());
    let rows: Vec<EventRow> = query.load(connection)?;
    Ok(slice(rows, after.limit, EventRecord::try_from)?)
}

/// Lists events as they are stored.
pub(crate) fn list_stored(
    connection: &mut SqliteConnection,
    of: TenantId,
    after: After<EventId>,
) -> Result<Slice<StoredEvent>, Failure> {
    let rows: Vec<EventRow> = by_id(of, &after)?.load(connection)?;
    Ok(slice(rows, after.limit, StoredEvent::try_from)?)
}

/// Returns the query of the rows after an ID.
fn by_id(
    of: TenantId,
    after: &After<EventId>,
) -> Result<events::BoxedQuery<'static, Sqlite>, Failure> {
    let mut query = events::table
        .filter(events::tenant.eq(tenant(of)))
        .order((events::node, events::number))
        .limit(fetch(after.limit))
        .into_boxed();
    if let Some(EventId { node, number }) = after.key {
        let (node, number) = (Id::from(node), integer(number)?);
        let later_of_node = events::node.eq(node).and(events::number.gt(number));
        query = query
            .filter(events::node.ge(node))
            .filter(events::node.gt(node).or(later_of_node));
    }
    Ok(query)
}

struct Examine(Examined);
statement!(
    Examine => events::SqlType,
    EXAMINE,
    self: [
        Integer = &self.0.tenant,
        BigInt = &self.0.since,
        BigInt = &self.0.until,
        BigInt = &self.0.before.0,
        Uuid = &self.0.before.1,
        BigInt = &self.0.before.2,
        BigInt = &self.0.most,
    ]
);

impl Audit for SqliteStore {
    async fn append_activity(
        &self,
        of: TenantId,
        events: &[EventRecord],
    ) -> Result<(), StoreError> {
        let rows = EventRow::all(of, events)?;
        let work = move |connection: &mut SqliteConnection| {
            for row in &rows {
                diesel::insert_or_ignore_into(events::table)
                    .values(row)
                    .execute(connection)?;
            }
            Ok(())
        };
        self.0.writer.write(work).await
    }

    async fn find_events(
        &self,
        tenant: TenantId,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> Result<FoundEvents, StoreError> {
        let examine = Examine(Examined::new(tenant, filter, &after));
        let filter = filter.clone();
        let read = move |connection: &mut SqliteConnection| {
            let rows: Vec<EventRow> = (&examine).load(connection)?;
            Ok(found(rows, &filter, after.limit)?)
        };
        self.0.readers.list(read).await
    }

    async fn list_events(
        &self,
        tenant: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, StoreError> {
        let read = move |connection: &mut _| list(connection, tenant, after);
        self.0.readers.list(read).await
    }
}
