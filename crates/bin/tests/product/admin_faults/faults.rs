//! Triggers that note or fail the statements of a SQLite store.

use crate::support::Installation;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::collections::{BTreeMap, BTreeSet};

/// Rows of each table, as text.
pub(super) type Contents = BTreeMap<String, Vec<String>>;

/// Tables that also change without a command: liveness of the node, and the proof of the audit log.
const OTHERS: &str = "'nodes', 'event_batches', 'trace', '__diesel_schema_migrations'";
/// Expiring values that commands change: counters of attempts.
const ATTEMPTS: &str = "kind = 3";
/// Events of commands. Those of sign-ins and refusals are stored at any time.
const COMMANDS: &str = "operator <> target AND operator NOT LIKE 'address:%'";

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Own connection to the store of a running server.
pub(super) struct Faults {
    connection: SqliteConnection,
    tables: Vec<String>,
}

impl Faults {
    pub(super) fn of(installation: &Installation) -> Self {
        let path = installation.store();
        let mut own = Self {
            connection: SqliteConnection::establish(path.to_str().unwrap()).unwrap(),
            tables: Vec::new(),
        };
        own.execute("PRAGMA busy_timeout = 10000");
        own.execute("CREATE TABLE trace (line TEXT)");
        own.tables = own.lines(&format!(
            "SELECT name AS line FROM sqlite_schema WHERE type = 'table' AND name NOT IN ({OTHERS}) \
             AND name NOT LIKE 'sqlite_%'"
        ));
        own
    }

    fn execute(&mut self, statement: &str) {
        sql_query(statement).execute(&mut self.connection).unwrap();
    }

    fn lines(&mut self, query: &str) -> Vec<String> {
        let lines: Vec<Line> = sql_query(query).load(&mut self.connection).unwrap();
        lines.into_iter().map(|line| line.line).collect()
    }

    /// Returns the rows of all tables. The last use of a secret changes without a command.
    pub(super) fn contents(&mut self) -> Contents {
        let mut contents = Contents::new();
        for table in self.tables.clone() {
            let columns = self.lines(&format!(
                "SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}') WHERE name <> 'last_used_at'"
            ));
            let columns = columns.join(" || ',' || ");
            let some = match table.as_str() {
                "ephemera" => ATTEMPTS,
                "events" => COMMANDS,
                _ => "true",
            };
            let rows = self.lines(&format!(
                "SELECT {columns} AS line FROM {table} WHERE {some} ORDER BY 1"
            ));
            contents.insert(table, rows);
        }
        contents
    }

    /// Begins to note all statements that change rows.
    pub(super) fn trace(&mut self) {
        self.execute("DELETE FROM trace");
        for table in self.tables.clone() {
            for kind in ["INSERT", "UPDATE", "DELETE"] {
                self.execute(&format!(
                    "CREATE TRIGGER trace_{table}_{kind} AFTER {kind} ON {table} \
                     BEGIN INSERT INTO trace VALUES ('{kind} ON {table}'); END"
                ));
            }
        }
    }

    /// Ends the trace and returns the noted statements. Uses of secrets are recorded without a command.
    pub(super) fn traced(&mut self) -> BTreeSet<String> {
        self.repair();
        let noted = self.lines("SELECT DISTINCT line FROM trace");
        let mut noted: BTreeSet<_> = noted.into_iter().collect();
        noted.remove("UPDATE ON client_secrets");
        noted
    }

    /// Makes all statements of this kind on this table fail.
    pub(super) fn fail(&mut self, statement: &str) {
        self.execute(&format!(
            "CREATE TRIGGER fault BEFORE {statement} BEGIN SELECT RAISE(ABORT, 'fault'); END"
        ));
    }

    /// Removes all triggers.
    pub(super) fn repair(&mut self) {
        for name in self.lines("SELECT name AS line FROM sqlite_schema WHERE type = 'trigger'") {
            self.execute(&format!("DROP TRIGGER {name}"));
        }
    }
}
