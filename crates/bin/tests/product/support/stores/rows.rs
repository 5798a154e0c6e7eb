//! Direct SQL access to the SQLite store, with a read-only connection per query.

use super::{GrantRow, Grants};
use crate::support::Installation;
use countersign_domain::identifier::GrantId;
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::{BigInt, Binary, Text};
use diesel::{
    Connection as _, OptionalExtension as _, QueryableByName, RunQueryDsl as _, SqliteConnection,
    sql_query,
};
use std::collections::BTreeMap;
use std::path::PathBuf;

pub(crate) struct Rows(PathBuf);

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Rows {
    pub(crate) fn of(installation: &Installation) -> Self {
        Self(installation.store())
    }

    fn connection(&self) -> SqliteConnection {
        let mut connection = SqliteConnection::establish(self.0.to_str().unwrap()).unwrap();
        let settings = "PRAGMA busy_timeout = 5000; PRAGMA query_only = ON;";
        connection.batch_execute(settings).unwrap();
        connection
    }

    /// Returns the number of rows of each table.
    pub(crate) fn counts(&self) -> BTreeMap<String, i64> {
        let mut connection = self.connection();
        let tables = "SELECT name AS word FROM sqlite_schema WHERE type = 'table'";
        let tables: Vec<Word> = sql_query(tables).load(&mut connection).unwrap();
        tables
            .into_iter()
            .map(|Word { word: table }| {
                let count = format!("SELECT count(*) AS number FROM \"{table}\"");
                let count: Number = sql_query(count).get_result(&mut connection).unwrap();
                (table, count.number)
            })
            .collect()
    }

    /// Runs SQLite's integrity check. Returns `ok` or the problems.
    pub(crate) fn integrity(&self) -> String {
        let found: Vec<Word> =
            sql_query("SELECT integrity_check AS word FROM pragma_integrity_check")
                .load(&mut self.connection())
                .unwrap();
        let found: Vec<_> = found.into_iter().map(|Word { word }| word).collect();
        found.join("\n")
    }
}

impl Grants for Rows {
    async fn grant(&self, id: GrantId) -> Option<GrantRow> {
        sql_query("SELECT generation, revoked_at FROM grants WHERE id = ?")
            .bind::<Binary, _>(id.as_bytes().as_slice())
            .get_result(&mut self.connection())
            .optional()
            .unwrap()
    }
}
