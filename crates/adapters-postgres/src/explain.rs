//! Query plans, for tests.

use crate::store::PostgresStore;
use diesel::pg::Pg;
use diesel::query_builder::QueryFragment;
use diesel::sql_types::Text;
use diesel::{QueryableByName, debug_query, sql_query};
use diesel_async::{RunQueryDsl as _, SimpleAsyncConnection as _};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    text: String,
}

/// Runs a statement with these values on a connection of the store. Returns its plan.
pub(crate) async fn plan_of(
    store: &PostgresStore,
    statement: &impl QueryFragment<Pg>,
    values: &str,
) -> String {
    let printed = debug_query::<Pg, _>(statement).to_string();
    let (sql, _) = printed.split_once(" -- binds:").unwrap();
    let sql = sql.to_owned();
    let lines = store.run(async |connection| {
        let prepare = format!("DEALLOCATE ALL; PREPARE it AS {sql}");
        connection.batch_execute(&prepare).await?;
        let arguments = if values.is_empty() {
            String::new()
        } else {
            format!("({values})")
        };
        let explain =
            format!("EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off) EXECUTE it {arguments}");
        let lines: Vec<Line> = sql_query(explain).load(connection).await?;
        Ok(lines)
    });
    let lines = lines.await.unwrap().into_iter().map(|line| line.text);
    lines.collect::<Vec<_>>().join("\n")
}
