//! Live nodes of this store.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::{Failure, from_integer, time};
use countersign_adapters_sql::id::Id;
use countersign_adapters_sql::schema::nodes;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, LiveGenerations, Nodes, StoreError};
use diesel::dsl::{max, min};
use diesel::prelude::*;

fn heartbeat(
    connection: &mut SqliteConnection,
    node: Id,
    generation: i64,
    since: i64,
    now: i64,
) -> Result<LiveGenerations, Failure> {
    diesel::delete(nodes::table.filter(nodes::seen_at.le(since))).execute(connection)?;
    let own = (nodes::generation.eq(generation), nodes::seen_at.eq(now));
    diesel::insert_into(nodes::table)
        .values((nodes::id.eq(node), own))
        .on_conflict(nodes::id)
        .do_update()
        .set(own)
        .execute(connection)?;
    let (lowest, highest): (Option<i64>, Option<i64>) = nodes::table
        .select((min(nodes::generation), max(nodes::generation)))
        .get_result(connection)?;
    Ok(LiveGenerations {
        lowest: read(lowest.unwrap_or(generation))?,
        highest: read(highest.unwrap_or(generation))?,
    })
}

fn read(generation: i64) -> Result<FormatGeneration, Failure> {
    Ok(from_integer("nodes.generation", generation).map(FormatGeneration)?)
}

impl Nodes for SqliteStore {
    async fn heartbeat(
        &self,
        node: NodeId,
        generation: FormatGeneration,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<LiveGenerations, StoreError> {
        let since = time(since).map_err(StoreError::new)?;
        let now = time(now).map_err(StoreError::new)?;
        let work = move |connection: &mut _| {
            heartbeat(connection, node.into(), generation.0.into(), since, now)
        };
        self.0.writer.write(work).await
    }

    async fn live_nodes(&self, since: Timestamp) -> Result<Vec<FormatGeneration>, StoreError> {
        let since = time(since).map_err(StoreError::new)?;
        let work = move |connection: &mut SqliteConnection| {
            let live: Vec<i64> = nodes::table
                .filter(nodes::seen_at.gt(since))
                .select(nodes::generation)
                .load(connection)?;
            live.into_iter().map(read).collect()
        };
        self.0.readers.list(work).await
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        let work = move |connection: &mut SqliteConnection| {
            diesel::delete(nodes::table.find(Id::from(node))).execute(connection)?;
            Ok(())
        };
        self.0.writer.write(work).await
    }
}
