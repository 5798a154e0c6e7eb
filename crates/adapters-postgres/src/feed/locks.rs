//! Locks of events.

use crate::statement::statement;
use countersign_adapters_sql::columns::{Failure, tenant};
use countersign_adapters_sql::feed::proof::keys;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_domain::audit::event::EventId;
use countersign_domain::tenant::TenantId;
use diesel::sql_types::{Array, BigInt, Integer};

/// Identifiers of events of a tenant, as arrays.
#[derive(Clone)]
pub(super) struct Keys {
    pub(super) tenant: i32,
    pub(super) nodes: Vec<Id>,
    pub(super) numbers: Vec<i64>,
}

impl Keys {
    pub(super) fn new(of: TenantId, events: &[EventId]) -> Result<Self, Failure> {
        let (nodes, numbers) = keys(events)?.into_iter().unzip();
        Ok(Self {
            tenant: tenant(of),
            nodes,
            numbers,
        })
    }
}

/// Statement that locks events in ID order, as every statement does, and counts them.
macro_rules! lock {
    ($condition:literal) => {
        concat!(
            "SELECT count(*) FROM (SELECT FROM events WHERE tenant = ? AND ",
            $condition,
            " AND (node, number) IN (SELECT * FROM unnest(?::uuid[], ?::bigint[])) \
             ORDER BY node, number FOR UPDATE) AS locked"
        )
    };
}

/// Locks events that belong to no batch.
pub(super) struct LockUnsealed(pub(super) Keys);
statement!(
    LockUnsealed => BigInt,
    lock!("batch IS NULL"),
    self: [
        Integer = &self.0.tenant,
        Array<Uuid> = &self.0.nodes,
        Array<BigInt> = &self.0.numbers,
    ]
);

/// Locks events that are not erased.
pub(super) struct LockReadable(pub(super) Keys);
statement!(
    LockReadable => BigInt,
    lock!("content IS NOT NULL"),
    self: [
        Integer = &self.0.tenant,
        Array<Uuid> = &self.0.nodes,
        Array<BigInt> = &self.0.numbers,
    ]
);
