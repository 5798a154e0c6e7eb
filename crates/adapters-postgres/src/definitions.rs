//! Definitions: rows, audit event, and change feed, in one transaction.

use crate::feed::{changes, events};
use crate::people::memberships::has_members;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_tenant, integer, race, tenant};
use countersign_adapters_sql::definitions::DefinitionRow;
use countersign_adapters_sql::feed::changes::ChangeRow;
use countersign_adapters_sql::schema::definitions;
use countersign_adapters_sql::slices::{fetch, slice};
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{
    After, Definition, DefinitionKey, DefinitionKind, DefinitionRepository, EventRecord, Race,
    Slice, StoreError,
};
use diesel::prelude::*;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Inserts a definition and appends the change to the feed. Returns `Lost` if its key exists.
pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    row: &DefinitionRow,
) -> QueryResult<Race> {
    let inserted = diesel::insert_into(definitions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(connection)
        .await?;
    Ok(race(inserted))
}

/// Replaces a definition at the previous version and appends the change to the feed. Returns `Lost` if another version
/// is stored.
pub(crate) async fn replace(
    connection: &mut AsyncPgConnection,
    row: &DefinitionRow,
    at: Timestamp,
) -> Result<Race, Failure> {
    let race = update(connection, row).await?;
    if race == Race::Won {
        changes::append(connection, ChangeRow::definition(row), Some(at)).await?;
    }
    Ok(race)
}

async fn update(connection: &mut AsyncPgConnection, row: &DefinitionRow) -> QueryResult<Race> {
    let of_version = definitions::table
        .find((row.tenant, row.kind, &row.id))
        .filter(definitions::version.eq(row.version - 1));
    let updated = diesel::update(of_version)
        .set(row.change())
        .execute(connection)
        .await?;
    Ok(race(updated))
}

async fn delete(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    key: &DefinitionKey,
    version: i64,
) -> QueryResult<Race> {
    let row = definitions::table
        .find((tenant(of), key.kind.number(), &key.id))
        .filter(definitions::version.eq(version));
    Ok(race(diesel::delete(row).execute(connection).await?))
}

/// Appends a change to the feed and its event to the audit log, if the change was made.
async fn note(
    connection: &mut AsyncPgConnection,
    of: TenantId,
    change: ChangeRow,
    event: &EventRecord,
    race: Race,
) -> Result<Race, Failure> {
    if race == Race::Won {
        changes::append(connection, change, Some(event.event.at)).await?;
    }
    events::record(connection, of, Some(event), race).await
}

impl DefinitionRepository for PostgresStore {
    async fn find_definition(
        &self,
        of: TenantId,
        key: &DefinitionKey,
    ) -> Result<Option<Definition>, StoreError> {
        self.run(async |connection| {
            let row: Option<DefinitionRow> = definitions::table
                .find((tenant(of), key.kind.number(), &key.id))
                .get_result(connection)
                .await
                .optional()?;
            Ok(row.map(Definition::try_from).transpose()?)
        })
        .await
    }

    async fn list_definitions(
        &self,
        of: TenantId,
        kind: DefinitionKind,
        after: After<String>,
    ) -> Result<Slice<Definition>, StoreError> {
        self.run(async |connection| {
            let rows: Vec<DefinitionRow> = definitions::table
                .filter(definitions::tenant.eq(tenant(of)))
                .filter(definitions::kind.eq(kind.number()))
                .filter(definitions::id.gt(after.key.unwrap_or_default()))
                .order(definitions::id)
                .limit(fetch(after.limit))
                .load(connection)
                .await?;
            Ok(slice(rows, after.limit, Definition::try_from)?)
        })
        .await
    }

    async fn tenants_with(&self, kind: DefinitionKind) -> Result<Vec<TenantId>, StoreError> {
        self.run(async |connection| {
            let tenants: Vec<i32> = definitions::table
                .filter(definitions::kind.eq(kind.number()))
                .select(definitions::tenant)
                .distinct()
                .order(definitions::tenant)
                .load(connection)
                .await?;
            let tenants = tenants.into_iter();
            let tenants = tenants.map(|number| from_tenant("definitions.tenant", number));
            Ok::<_, Failure>(tenants.collect::<Result<_, _>>()?)
        })
        .await
    }

    async fn insert_definition(
        &self,
        of: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let row = DefinitionRow::new(of, definition, 1).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = insert(connection, &row).await?;
                note(connection, of, ChangeRow::definition(&row), event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn update_definition(
        &self,
        of: TenantId,
        definition: &Definition,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let version = definition.version().saturating_add(1);
        let row = DefinitionRow::new(of, definition, version).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                let race = update(connection, &row).await?;
                note(connection, of, ChangeRow::definition(&row), event, race).await
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn delete_definition(
        &self,
        of: TenantId,
        key: &DefinitionKey,
        version: u64,
        event: &EventRecord,
    ) -> Result<Race, StoreError> {
        let version = integer(version).map_err(StoreError::new)?;
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                if has_members(connection, of, key).await? {
                    return Ok(Race::Lost);
                }
                let race = delete(connection, of, key, version).await?;
                note(
                    connection,
                    of,
                    ChangeRow::deletion(tenant(of), key),
                    event,
                    race,
                )
                .await
            };
            connection.transaction(work).await
        })
        .await
    }
}
