use crate::store::SqliteStore;
use countersign_adapters_sql::columns::Failure;
use countersign_domain::tenant::TenantId;
use countersign_ports::{
    After, Audit as _, Changes as _, ClientRepository as _, GrantRepository as _,
    Housekeeping as _, Race,
};
use countersign_store_contract::fixtures::{
    client, client_secret, event, grant, grant_id, later, rotation,
};
use diesel::connection::SimpleConnection as _;
use diesel::sql_types::BigInt;
use diesel::{QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::sync::mpsc;
use std::time::Duration;
use tempfile::TempDir;

const TENANT: TenantId = TenantId::SINGLE;

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

fn number(connection: &mut SqliteConnection, sql: &str) -> Result<i64, Failure> {
    let row: Number = sql_query(format!("SELECT ({sql}) AS number")).get_result(connection)?;
    Ok(row.number)
}

async fn store() -> (SqliteStore, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

/// Blocks the writer until the returned sender is dropped, so that all commands sent meanwhile form one group.
fn hold(store: &SqliteStore) -> mpsc::Sender<()> {
    let (go_on, wait) = mpsc::channel();
    let wait = std::sync::Mutex::new(wait);
    let store = store.clone();
    tokio::spawn(async move {
        let hold = move |_: &mut _| {
            let _ = wait.lock().unwrap().recv_timeout(Duration::from_secs(10));
            Ok(())
        };
        store.0.writer.write(hold).await
    });
    go_on
}

async fn changed_rows(store: &SqliteStore) -> i64 {
    let total = |connection: &mut _| number(connection, "total_changes()");
    store.0.writer.write(total).await.unwrap()
}

async fn rows(store: &SqliteStore) -> i64 {
    let count = |connection: &mut _| number(connection, "SELECT count(*) FROM grants");
    store.0.writer.write(count).await.unwrap()
}

/// Sends `commands` in order while the writer is blocked, and returns the results.
async fn in_one_group<T: Send + 'static>(
    store: &SqliteStore,
    commands: Vec<impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let go_on = hold(store);
    tokio::task::yield_now().await;
    let mut answers = Vec::new();
    for command in commands {
        answers.push(tokio::spawn(command));
        tokio::task::yield_now().await;
    }
    drop(go_on);
    let mut group = Vec::new();
    for answer in answers {
        group.push(answer.await.unwrap());
    }
    group
}

#[tokio::test]
async fn waiting_commands_share_one_commit() {
    let (store, folder) = store().await;
    let log = folder.path().join("store.db-wal");
    let before = std::fs::metadata(&log).unwrap().len();
    let commands = (0..64).map(|number| {
        let store = store.clone();
        async move { store.establish(TENANT, &grant(number)).await.unwrap() }
    });
    let answers = in_one_group(&store, commands.collect()).await;
    assert!(answers.iter().all(|race| *race == Race::Won));
    let grown = std::fs::metadata(&log).unwrap().len() - before;
    // Separate commits would each write at least one page of 4096 bytes.
    assert!(grown < 16 * 4096, "{grown}");
}

#[tokio::test]
async fn same_key_in_one_group_has_one_winner() {
    let (store, _folder) = store().await;
    let commands = (0..8).map(|_| {
        let store = store.clone();
        async move { store.establish(TENANT, &grant(1)).await.unwrap() }
    });
    let answers = in_one_group(&store, commands.collect()).await;
    assert_eq!(answers[0], Race::Won);
    assert!(answers[1..].iter().all(|race| *race == Race::Lost));
}

#[tokio::test]
async fn failed_command_does_not_affect_others_in_group() {
    let (store, _folder) = store().await;
    let before = store.latest_change().await.unwrap();
    let commands = (0..9).map(|number| {
        let store = store.clone();
        async move {
            if number == 4 {
                // Two secrets with the same name: the second one fails when the client is half written.
                let mut broken = client("broken");
                broken.secrets = vec![client_secret("twin"), client_secret("twin")];
                store.insert_client(TENANT, &broken, &event()).await
            } else {
                store.establish(TENANT, &grant(number)).await
            }
        }
    });
    let answers = in_one_group(&store, commands.collect()).await;
    for (number, answer) in (0..).zip(&answers) {
        assert_eq!(matches!(answer, Ok(Race::Won)), number != 4, "{answer:?}");
    }
    assert!(answers[4].is_err());
    for number in [0, 1, 2, 3, 5, 6, 7, 8] {
        let found = store.find_grant(TENANT, grant_id(number)).await.unwrap();
        assert!(found.is_some(), "{number}");
    }
    let clients = store
        .list_clients(TENANT, None, After::start())
        .await
        .unwrap();
    assert!(clients.items.is_empty());
    let events = store.list_events(TENANT, After::start()).await.unwrap();
    assert!(events.items.is_empty());
    assert_eq!(store.latest_change().await.unwrap(), before);
}

#[tokio::test]
async fn store_recovers_from_full_disk() {
    let (store, _folder) = store().await;
    let limit = |pages: &'static str| {
        let set = move |connection: &mut SqliteConnection| {
            Ok(connection.batch_execute(&format!("PRAGMA max_page_count = {pages}"))?)
        };
        store.0.writer.write(set)
    };
    limit("1").await.unwrap(); // SQLite raises the limit to the current number of pages.
    let mut stored = 0;
    let refused = loop {
        match store.establish(TENANT, &grant(stored)).await {
            Ok(race) => assert_eq!(race, Race::Won),
            Err(refused) => break refused,
        }
        stored += 1;
        assert!(stored < 10_000, "the disk never fills up");
    };
    assert!(refused.to_string().starts_with("store error: "));
    assert_eq!(
        store.find_grant(TENANT, grant_id(stored)).await.unwrap(),
        None
    );
    limit("1000000").await.unwrap();
    assert_eq!(
        store.establish(TENANT, &grant(stored)).await.unwrap(),
        Race::Won
    );
    assert_eq!(rows(&store).await, i64::try_from(stored).unwrap() + 1);
}

#[tokio::test]
async fn connection_that_lost_its_transaction_is_replaced() {
    let (store, _folder) = store().await;
    let roll_back = |connection: &mut SqliteConnection| {
        // SQLite does this by itself after some disk errors.
        Ok(connection.batch_execute("ROLLBACK")?)
    };
    assert!(store.0.writer.write(roll_back).await.is_err());
    assert_eq!(store.establish(TENANT, &grant(1)).await.unwrap(), Race::Won);
    assert!(
        store
            .find_grant(TENANT, grant_id(1))
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn redemption_inserts_one_row_and_refresh_updates_it() {
    let (store, _folder) = store().await;
    let start = changed_rows(&store).await;
    let _ = store.establish(TENANT, &grant(1)).await.unwrap();
    assert_eq!(
        (changed_rows(&store).await - start, rows(&store).await),
        (1, 1)
    );
    let _ = store
        .rotate(TENANT, &rotation(grant_id(1), 0))
        .await
        .unwrap();
    assert_eq!(
        (changed_rows(&store).await - start, rows(&store).await),
        (2, 1)
    );
    let _ = store.find_grant(TENANT, grant_id(1)).await.unwrap();
    let _ = store
        .rotate(TENANT, &rotation(grant_id(1), 0))
        .await
        .unwrap();
    let _ = store.establish(TENANT, &grant(1)).await.unwrap();
    assert_eq!(
        (changed_rows(&store).await - start, rows(&store).await),
        (2, 1)
    );
    let _ = store.revoke(TENANT, grant_id(1), later(1)).await.unwrap();
    assert_eq!(
        (changed_rows(&store).await - start, rows(&store).await),
        (3, 1)
    );
    assert_eq!(store.remove_expired(later(1), 10).await.unwrap().count, 0);
    assert_eq!(
        (changed_rows(&store).await - start, rows(&store).await),
        (3, 1)
    );
}

#[tokio::test]
async fn connections_use_wal_full_sync_and_busy_timeout() {
    let (store, _folder) = store().await;
    let settings = |connection: &mut SqliteConnection| {
        #[derive(QueryableByName)]
        struct Journal {
            #[diesel(sql_type = diesel::sql_types::Text)]
            journal_mode: String,
        }
        let journal: Journal = sql_query("PRAGMA journal_mode").get_result(connection)?;
        let synchronous = number(connection, "SELECT synchronous FROM pragma_synchronous")?;
        let patience = number(connection, "SELECT timeout FROM pragma_busy_timeout")?;
        Ok((journal.journal_mode, synchronous, patience))
    };
    let expected = ("wal".to_owned(), 2, 5000);
    assert_eq!(store.0.writer.write(settings).await.unwrap(), expected);
    assert_eq!(store.0.readers.list(settings).await.unwrap(), expected);
    for connection in store.0.readers.points() {
        assert_eq!(settings(&mut connection.lock().unwrap()).unwrap(), expected);
    }
}

#[tokio::test]
async fn value_of_another_version_is_an_error() {
    let damages = [
        "UPDATE clients SET document = replace(document, 'active', 'dormant')",
        "UPDATE clients SET document = json_set(document, '$.requires', json('[\"mtls\"]'))",
        "UPDATE grants SET generation = -1",
        // A map with the unknown critical tag 23.
        "UPDATE grants SET authorization = x'a11701'",
        "UPDATE grants SET authorization = x''",
    ];
    for damage in damages {
        let (store, _folder) = store().await;
        let _ = store.insert_client(TENANT, &client("app"), &event()).await;
        let _ = store.establish(TENANT, &grant(1)).await;
        let work = move |connection: &mut SqliteConnection| Ok(connection.batch_execute(damage)?);
        store.0.writer.write(work).await.unwrap();
        let is_of_grants = damage.contains("grants");
        let clients = store.list_clients(TENANT, None, After::start()).await;
        assert_eq!(clients.is_err(), !is_of_grants, "{damage}");
        let found = store.find_grant(TENANT, grant_id(1)).await;
        assert_eq!(found.is_err(), is_of_grants, "{damage}");
    }
}
