//! Look-up of a grant with its user.

use super::columns::{GrantColumns, grant_columns};
use super::requests::Key;
use crate::connection::groups::{Request, rows_of};
use crate::statement::statement;
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::{Id, Uuid};
use countersign_adapters_sql::people::users::{UserColumns, UserRows};
use countersign_adapters_sql::user_columns;
use diesel::QueryResult;
use diesel::sql_types::{Array, Integer, Nullable};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};

pub(crate) struct FindWithUser(pub(super) Key);

impl Request for FindWithUser {
    type Key = Key;
    type Answer = Option<(GrantRow, Option<UserRows>)>;

    fn key(&self) -> Key {
        self.0
    }

    async fn ask(
        requests: &[&Self],
        connection: &mut AsyncPgConnection,
    ) -> QueryResult<Vec<Self::Answer>> {
        let statement = FindAllWithUsers::new(requests);
        let found: Vec<(GrantRow, Option<UserRows>)> = statement.load(connection).await?;
        let found = found.into_iter();
        let found = found.map(|(grant, user)| ((grant.id, grant.tenant), (grant, user)));
        let keys = requests.iter().map(|request| request.0);
        Ok(rows_of(keys, found.collect()))
    }

    fn answer_after(&self, _: &Self, answer: &Self::Answer) -> Option<Self::Answer> {
        Some(answer.clone())
    }
}

/// A subject that is no user ID joins no user.
pub(super) struct FindAllWithUsers {
    ids: Vec<Id>,
    tenants: Vec<i32>,
}
statement!(
    FindAllWithUsers => (GrantColumns, Nullable<UserColumns>),
    concat!(
        "SELECT its.*, ", user_columns!(), " FROM (SELECT ", grant_columns!(),
        " FROM unnest(?::uuid[], ?::integer[]) AS wanted (id, tenant) JOIN grants USING (id, tenant)) AS its \
         LEFT JOIN users ON users.tenant = its.tenant AND users.id = \
         CASE WHEN its.subject ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' THEN its.subject::uuid END \
         LEFT JOIN credentials ON credentials.user_id = users.id AND credentials.tenant = users.tenant"
    ),
    self: [Array<Uuid> = &self.ids, Array<Integer> = &self.tenants]
);

impl FindAllWithUsers {
    pub(super) fn new(requests: &[&FindWithUser]) -> Self {
        let (ids, tenants) = requests.iter().map(|request| request.0).unzip();
        Self { ids, tenants }
    }
}
