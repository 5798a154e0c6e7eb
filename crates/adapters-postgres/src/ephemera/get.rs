//! Look-up of a value.

use crate::connection::groups::{Request, rows_of};
use crate::statement::statement;
use countersign_adapters_sql::ephemera::{EphemeralKeyColumns, EphemeralValueRow};
use countersign_adapters_sql::id::{Id, Uuid};
use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Binary, Integer, SmallInt};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

pub(crate) struct Get(pub(super) EphemeralKeyColumns);

impl Request for Get {
    type Key = EphemeralKeyColumns;
    type Answer = Option<EphemeralValueRow>;

    fn key(&self) -> EphemeralKeyColumns {
        self.0
    }

    async fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<Self::Answer>> {
        let found = GetAll::new(requests).load(connection).await?;
        Ok(rows_of(requests.iter().map(|request| request.0), found))
    }

    fn answer_after(&self, _: &Self, answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }
}

#[derive(Default)]
struct GetAll {
    expires_ats: Vec<i64>,
    ids: Vec<Id>,
    tenants: Vec<i32>,
    kinds: Vec<i16>,
}
statement!(
    GetAll => ((BigInt, Uuid, Integer, SmallInt), (BigInt, BigInt, Binary)),
    "SELECT expires_at, id, tenant, kind, version, total, value \
     FROM unnest(?::bigint[], ?::uuid[], ?::integer[], ?::smallint[]) AS wanted (expires_at, id, tenant, kind) \
     JOIN ephemera USING (expires_at, id, tenant, kind)",
    self: [
        Array<BigInt> = &self.expires_ats,
        Array<Uuid> = &self.ids,
        Array<Integer> = &self.tenants,
        Array<SmallInt> = &self.kinds,
    ]
);

impl GetAll {
    fn new(requests: &[&Get]) -> Self {
        let mut all = Self::default();
        for Get((expires_at, id, tenant, kind)) in requests {
            all.expires_ats.push(*expires_at);
            all.ids.push(*id);
            all.tenants.push(*tenant);
            all.kinds.push(*kind);
        }
        all
    }
}
