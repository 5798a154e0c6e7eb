//! Definitions: rows, audit event, and change feed, in one transaction.

use crate::feed::changes::append;
use crate::feed::events::record;
use crate::people::memberships::has_members;
use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_tenant, integer, race, tenant};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::feed::events::EventRows;
use countersign_adapters_sql::schema::definitions;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Definition, DefinitionKey, DefinitionKind, DefinitionRepository, EventRecord, Race,
    Slice, StoreError,
};
use diesel::prelude::*;

/// Inserts a definition and appends the change to the feed. Returns `Lost` if its key exists.
pub(crate) fn insert_as_is(
    connection: &mut SqliteConnection,
    row: &DefinitionRow,
    at: Option<i64>,
) -> Result<Race, Failure> {
    let inserted = diesel::insert_into(definitions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection)?;
    if inserted > 0 {
        append(connection, ChangeRow::definition(row), at)?;
    }
    Ok(race(inserted))
}

/// Replaces a definition at the previous version and appends the change to the feed. Returns `Lost` if another version
/// is stored.
pub(crate) fn replace(
    connection: &mut SqliteConnection,
    row: &DefinitionRow,
    at: i64,
) -> Result<Race, Failure> {
    let of_version = definitions::table
        .find((row.tenant, row.kind, &row.id))
        .filter(definitions::version.eq(row.version - 1));
    let updated = diesel::update(of_version)
        .set(row.change())
        .execute(connection)?;
    if updated > 0 {
        append(connection, ChangeRow::definition(row), Some(at))?;
    }
    Ok(race(updated))
}

fn update(
    connection: &mut SqliteConnection,
    row: &DefinitionRow,
    event: &EventRows,
) -> Result<Race, Failure> {
    let race = replace(connection, row, event.at())?;
    if race == Race::Won {
        record(connection, event)?;
    }
    Ok(race)
}

fn delete(
    connection: &mut SqliteConnection,
    of: TenantId,
    (key, version): (&DefinitionKey, i64),
    event: &EventRows,
) -> Result<Race, Failure> {
    if has_members(connection, of, key)? {
        return Ok(Race::Lost);
    }
    let row = definitions::table
        .find((tenant(of), key.kind.number(), &key.id))
        .filter(definitions::version.eq(version));
    let deleted = diesel::delete(row).execute(connection)?;
    if deleted > 0 {
        append(
            connection,
            ChangeRow::deletion(tenant(of), key),
            Some(event.at()),
        )?;
        record(connection, event)?;
    }
    Ok(race(deleted))
}

impl DefinitionRepository for SqliteStore {
    async fn find_definition(
        &self,
        of: TenantId,
        key: &DefinitionKey,
    ) -> Result<Option<Definition>, StoreError> {
        self.0.readers.point(|connection| {
            let row: Option<DefinitionRow> = definitions::table
                .find((tenant(of), key.kind.number(), &key.id))
                .get_result(connection)
                .optional()?;
            Ok(row.map(Definition::try_from).transpose()?)
        })
    }

    async fn list_definitions(
        &self,
        of: TenantId,
        kind: DefinitionKind,
        after: After<String>,
    ) -> Result<Slice<Definition>, StoreError> {
        let read = move |connection: &mut SqliteConnection| {
            let mut query = definitions::table
                .filter(definitions::tenant.eq(tenant(of)))
                .filter(definitions::kind.eq(kind.number()))
                .order(definitions::id)
                .limit(fetch(after.limit))
                .into_boxed();
            if let Some(last) = &after.key {
                query = query.filter(definitions::id.gt(last));
            }
            let rows: Vec<DefinitionRow> = query.load(connection)?;
            Ok(slice(rows, after.limit, Definition::try_from)?)
        };
        self.0.readers.list(read).await
    }

    async fn tenants_with(&self, kind: DefinitionKind) -> Result<Vec<TenantId>, StoreError> {
        let read = move |connection: &mut SqliteConnection| {
            let tenants: Vec<i32> = definitions::table
                .filter(definitions::kind.eq(kind.number()))
                .select(definitions::tenant)
                .distinct()
                .order(definitions::tenant)
                .load(connection)?;
            let tenants = tenants.into_iter();
            let tenants = tenants.map(|number| from_tenant("definitions.tenant", number));
            Ok::<_, Failure>(tenants.collect::<Result<_, _>>()?)
        };
        self.0.readers.list(read).await
    }

    async fn insert_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let row = DefinitionRow::new(tenant, definition, 1).map_err(StoreError::new)?;
        let event = EventRows::new(tenant, event).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let race = insert_as_is(connection, &row, Some(event.at()))?;
            if race == Race::Won {
                record(connection, &event)?;
            }
            Ok(race)
        };
        self.0.writer.write(work).await
    }

    async fn update_definition(
        &self,
        tenant: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let version = definition.version().saturating_add(1);
        let row = DefinitionRow::new(tenant, definition, version).map_err(StoreError::new)?;
        let event = EventRows::new(tenant, event).map_err(StoreError::new)?;
        let work = move |connection: &mut _| update(connection, &row, &event);
        self.0.writer.write(work).await
    }

    async fn delete_definition(
        &self,
        tenant: TenantId,
        key: &DefinitionKey,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let event = EventRows::new(tenant, event).map_err(StoreError::new)?;
        let version = integer(version).map_err(StoreError::new)?;
        let key = key.clone();
        let work = move |connection: &mut _| delete(connection, tenant, (&key, version), &event);
        self.0.writer.write(work).await
    }
}
