//! Live nodes of this store.

use crate::statement::statement;
use crate::store::PostgresStore;
use countersign_adapters_sql::columns::{Failure, from_integer, time};
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::schema::nodes;
use countersign_domain::identifier::NodeId;
use countersign_domain::time::Timestamp;
use countersign_ports::{FormatGeneration, LiveGenerations, Nodes, StoreError};
use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::{AsyncConnection as _, AsyncPgConnection, RunQueryDsl};

/// Serializes heartbeats: of two nodes that start at the same time, one sees the other.
struct TakeTurn;
statement!(
    TakeTurn,
    "SELECT pg_advisory_xact_lock(1667593584, hashtext(current_schema()))",
    self: []
);

#[derive(Clone, Copy)]
struct Note {
    node: Id,
    generation: i64,
    now: i64,
}
statement!(
    Note,
    "INSERT INTO nodes (id, generation, seen_at) VALUES (?, ?, ?) \
     ON CONFLICT (id) DO UPDATE SET generation = excluded.generation, seen_at = excluded.seen_at",
    self: [
        Uuid = &self.node,
        BigInt = &self.generation,
        BigInt = &self.now,
    ]
);

fn generation(number: i64) -> Result<FormatGeneration, Failure> {
    Ok(from_integer("nodes.generation", number).map(FormatGeneration)?)
}

fn live(lowest: i64, highest: i64) -> Result<LiveGenerations, Failure> {
    Ok(LiveGenerations {
        lowest: generation(lowest)?,
        highest: generation(highest)?,
    })
}

impl Nodes for PostgresStore {
    async fn heartbeat(
        &self,
        node: NodeId,
        generation: FormatGeneration,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<LiveGenerations, StoreError> {
        let since = time(since).map_err(StoreError::new)?;
        let heartbeat = Note {
            node: node.into(),
            generation: generation.0.into(),
            now: time(now).map_err(StoreError::new)?,
        };
        self.run(async |connection| {
            let work = async |connection: &mut AsyncPgConnection| {
                TakeTurn.execute(connection).await?;
                heartbeat.execute(connection).await?;
                let others = nodes::table.filter(nodes::id.ne(heartbeat.node));
                diesel::delete(others.filter(nodes::seen_at.le(since)))
                    .execute(connection)
                    .await?;
                let (lowest, highest): (Option<i64>, Option<i64>) = nodes::table
                    .select((min(nodes::generation), max(nodes::generation)))
                    .get_result(connection)
                    .await?;
                let own = heartbeat.generation;
                live(lowest.unwrap_or(own), highest.unwrap_or(own))
            };
            connection.transaction(work).await
        })
        .await
    }

    async fn live_nodes(&self, since: Timestamp) -> Result<Vec<FormatGeneration>, StoreError> {
        let since = time(since).map_err(StoreError::new)?;
        self.run(async |connection| {
            let live: Vec<i64> = nodes::table
                .filter(nodes::seen_at.gt(since))
                .select(nodes::generation)
                .load(connection)
                .await?;
            live.into_iter().map(generation).collect()
        })
        .await
    }

    async fn leave(&self, node: NodeId) -> Result<(), StoreError> {
        self.run(async |connection| {
            let own = nodes::table.find(Id::from(node));
            diesel::delete(own).execute(connection).await?;
            Ok(())
        })
        .await
    }
}
