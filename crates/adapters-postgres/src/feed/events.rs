//! The audit log.

use crate::ephemera::statements::Replace;
use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, integer, tenant};
use countersign_adapters_sql::feed::events::{EXAMINE, EventRow, Examined, found};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::events;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::audit::event::EventId;
use countersign_domain::audit::filter::{EventFilter, EventPosition};
use countersign_domain::tenant::TenantId;
use countersign_ports::{After, Audit, EventRecord, FoundEvents, Race, Slice, StoreError};
use diesel::sql_types::{BigInt, Bool, Integer};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

/// Inserts the event of a change and the reply of its command, if there is one and the change was made, in the
/// transaction of the change. Returns `race`.
pub(crate) async fn record(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    event: Option<&EventRecord>,
    race: Race,
) -> Result<Race, Failure> {
    if let (Some(event), Race::Won) = (event, race) {
        diesel::insert_into(events::table)
            .values(EventRow::new(of, event)?)
            .execute(connection)
            .await?;
        if let Some(reply) = &event.reply {
            Replace::by_reply(of, reply)?.execute(connection).await?;
        }
    }
    Ok(race)
}

/// Lists events by ID.
pub(crate) struct EventsAfter {
    tenant: i32,
    node: Id,
    number: i64,
    erased_too: bool,
    most: i64,
}

impl EventsAfter {
    /// Creates the statement. It skips events with erased content unless they are wanted too.
    pub(crate) fn new(
        of: TenantId,
        after: &After<EventId>,
        erased_too: bool,
    ) -> Result<Self, StoreError> {
        let (node, number) = match after.key {
            None => (Id([0; 16]), -1),
            Some(id) => (id.node.into(), integer(id.number).map_err(StoreError::new)?),
        };
        Ok(Self {
            tenant: tenant(of),
            node,
            number,
            erased_too,
            most: fetch(after.limit),
        })
    }
}
statement!(
    EventsAfter => events::SqlType,
    "SELECT node, number, tenant, at, action, operator, target, salt, digest, content, batch FROM events \
     WHERE tenant = ? AND (node, number) > (?, ?) \
     AND (? OR (content IS NOT NULL AND salt IS NOT NULL)) ORDER BY node, number LIMIT ?",
    self: [
        Integer = &self.tenant,
        Uuid = &self.node,
        BigInt = &self.number,
        Bool = &self.erased_too,
        BigInt = &self.most,
    ]
);

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

/// Maximum number of events of a statement, which has eleven parameters for each.
const AT_ONCE: usize = 1000;

impl Audit for PostgresStore {
    async fn append_activity(
        &self,
        of: TenantId,
        events: &[EventRecord],
    ) -> Result<(), StoreError> {
        let rows = EventRow::all(of, events)?;
        self.run(async |connection| {
            for some in rows.chunks(AT_ONCE) {
                diesel::insert_into(events::table)
                    .values(some)
                    .on_conflict_do_nothing()
                    .execute(connection)
                    .await?;
            }
            Ok(())
        })
        .await
    }

    async fn find_events(
        &self,
        of: TenantId,
        filter: &EventFilter,
        after: After<EventPosition>,
    ) -> Result<FoundEvents, StoreError> {
        let examine = Examine(Examined::new(of, filter, &after));
        self.run(async |connection| {
            let rows: Vec<EventRow> = examine.load(connection).await?;
            Ok(found(rows, filter, after.limit)?)
        })
        .await
    }

    async fn list_events(
        &self,
        of: TenantId,
        after: After<EventId>,
    ) -> Result<Slice<EventRecord>, StoreError> {
        let statement = EventsAfter::new(of, &after, false)?;
        self.run(async |connection| {
            let rows: Vec<EventRow> = statement.load(connection).await?;
            Ok(slice(rows, after.limit, EventRecord::try_from)?)
        })
        .await
    }
}
