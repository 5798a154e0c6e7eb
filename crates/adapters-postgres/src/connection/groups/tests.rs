use crate::store::{PostgresStore, WRITERS};
use crate::test_store::{connected, migrated};
use countersign_domain::grant::Grant;
use countersign_domain::grant::rotation::Rotation;
use countersign_domain::identifier::Subject;
use countersign_domain::tenant::TenantId;
use countersign_ports::{Changes as _, GrantRepository as _, Race, StoreError};
use countersign_store_contract::fixtures::{changed_grant, grant, grant_id, later, rotation};
use countersign_store_contract::postgres::Schema;
use std::future::Future;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};
use tokio_postgres::Client;

/// The tenant of these tests.
const T: TenantId = TenantId::SINGLE;

async fn store() -> (PostgresStore, Schema) {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    (store, schema)
}

/// Sends `commands` while the table is locked, so that all but the first few form groups. Returns the results.
async fn together<T: Send + 'static, F: Future<Output = T> + Send + 'static>(
    schema: &Schema,
    commands: impl Iterator<Item = F>,
) -> Vec<T> {
    let client = schema.client().await;
    let lock = "BEGIN; LOCK TABLE grants IN ACCESS EXCLUSIVE MODE";
    client.batch_execute(lock).await.unwrap();
    let sent: Vec<JoinHandle<T>> = commands.map(tokio::spawn).collect();
    // On a single-threaded runtime: all commands are sent, and the maximum number of groups waits for the lock.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    client.batch_execute("COMMIT").await.unwrap();
    let mut answers = Vec::new();
    for command in sent {
        answers.push(command.await.unwrap());
    }
    answers
}

/// Returns the number of transactions that wrote the rows.
async fn transactions_of(client: &Client) -> i64 {
    let sql = "SELECT count(DISTINCT xmin::text) FROM grants";
    client.query_one(sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn waiting_requests_share_one_commit() {
    let (store, schema) = store().await;
    let commands = (0..64).map(|number| {
        let store = store.clone();
        async move { store.establish(T, &grant(number)).await.unwrap() }
    });
    let answers = together(&schema, commands).await;
    assert!(answers.iter().all(|race| *race == Race::Won));
    let transactions = transactions_of(&schema.client().await).await;
    assert!(transactions <= 8, "{transactions}");
}

/// Runs on a worker thread, where the task that is woken last runs first.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn ready_requests_share_one_commit_on_idle_store() {
    let (store, schema) = store().await;
    open_all_writers(&store, &schema).await;
    let client = schema.client().await;
    let before = transactions_of(&client).await;
    for round in 0..10 {
        let store = store.clone();
        let asking = tokio::spawn(async move {
            let mut all = JoinSet::new();
            for number in 0..8 {
                let (store, grant) = (store.clone(), grant(1_000_000 + round * 8 + number));
                all.spawn(async move { store.establish(T, &grant).await.unwrap() });
            }
            all.join_all().await
        });
        assert_eq!(asking.await.unwrap(), [Race::Won; 8]);
    }
    let transactions = transactions_of(&client).await - before;
    // One per round, except when the runtime polls its sockets in between.
    assert!(transactions <= 15, "{transactions}");
}

/// Makes the maximum number of groups wait, each on a connection.
async fn open_all_writers(store: &PostgresStore, schema: &Schema) {
    let (holder, observer) = (schema.client().await, schema.client().await);
    let lock = "BEGIN; LOCK TABLE grants IN ACCESS EXCLUSIVE MODE";
    holder.batch_execute(lock).await.unwrap();
    let mut all = JoinSet::new();
    let waiting =
        "SELECT count(*) FROM pg_locks WHERE relation = 'grants'::regclass AND NOT granted";
    let mut number = 0;
    while observer
        .query_one(waiting, &[])
        .await
        .unwrap()
        .get::<_, i64>(0)
        < i64::try_from(WRITERS).unwrap()
    {
        let (store, grant) = (store.clone(), grant(number));
        all.spawn(async move { store.establish(T, &grant).await.unwrap() });
        number += 1;
    }
    holder.batch_execute("COMMIT").await.unwrap();
    all.join_all().await;
}

#[tokio::test]
async fn grouped_rotations_of_one_grant_have_one_winner() {
    let (store, schema) = store().await;
    let _ = store.establish(T, &grant(1)).await.unwrap();
    let commands = (0..64).map(|_| {
        let store = store.clone();
        async move { store.rotate(T, &rotation(grant_id(1), 0)).await.unwrap() }
    });
    let answers = together(&schema, commands).await;
    let won = answers.iter().filter(|race| **race == Race::Won).count();
    assert_eq!(won, 1);
    let stored = store.find_grant(T, grant_id(1)).await.unwrap().unwrap();
    assert_eq!(stored.facts().generation, 1);
}

/// A group runs conflicting requests one after the other. A rotation must not lose against a rotation that was never
/// made.
#[tokio::test]
async fn rotation_queued_behind_inapplicable_one_is_made() {
    let (store, schema) = store().await;
    let stored = changed_grant(&grant(1), |facts| facts.generation = 5);
    let _ = store.establish(T, &stored).await.unwrap();
    let commands = [0, 4, 5, 3, 5].map(|presented| {
        let store = store.clone();
        async move {
            store
                .rotate(T, &rotation(grant_id(1), presented))
                .await
                .unwrap()
        }
    });
    let answers = together(&schema, commands.into_iter()).await;
    let won: Vec<usize> = (0..5).filter(|at| answers[*at] == Race::Won).collect();
    assert!(won == [2] || won == [4], "{answers:?}");
    let stored = store.find_grant(T, grant_id(1)).await.unwrap().unwrap();
    assert_eq!(stored.facts().generation, 6);
}

#[tokio::test]
async fn latest_generation_wins_among_grouped_rotations() {
    let (store, schema) = store().await;
    let _ = store.establish(T, &grant(1)).await.unwrap();
    // A later generation catches up, so the winners depend on the order. The last generation always wins.
    let commands = (0..8).map(|presented| {
        let store = store.clone();
        let rotation = Rotation {
            expires_at: later(1_000_000 + u64::from(presented)),
            ..rotation(grant_id(1), presented)
        };
        async move { store.rotate(T, &rotation).await.unwrap() }
    });
    let answers = together(&schema, commands).await;
    assert_eq!(answers[7], Race::Won);
    let stored = store.find_grant(T, grant_id(1)).await.unwrap().unwrap();
    assert_eq!(stored.facts().generation, 8);
    assert_eq!(stored.expires_at(), later(1_000_007));
}

#[tokio::test]
async fn grouped_establishes_of_one_grant_have_one_winner() {
    let (store, schema) = store().await;
    let commands = (0..64).map(|number| {
        let store = store.clone();
        let grant = changed_grant(&grant(1), |facts| facts.generation = number);
        async move { store.establish(T, &grant).await.unwrap() }
    });
    let answers = together(&schema, commands).await;
    let won: Vec<usize> = (0..64).filter(|at| answers[*at] == Race::Won).collect();
    assert_eq!(won.len(), 1);
    let stored = store.find_grant(T, grant_id(1)).await.unwrap().unwrap();
    assert_eq!(stored.facts().generation as usize, won[0]);
}

fn of_subject(number: u64, subject: &str) -> Grant {
    changed_grant(&grant(number), |facts| {
        facts.authorization.subject = Subject::new(subject);
    })
}

#[tokio::test]
async fn rejected_request_does_not_affect_others_in_group() {
    let (store, schema) = store().await;
    let client = schema.client().await;
    let check = "ALTER TABLE grants ADD CHECK (subject <> 'poison')";
    client.batch_execute(check).await.unwrap();
    let commands = (0..32).map(|number| {
        let store = store.clone();
        let subject = if number % 10 == 7 { "poison" } else { "jane" };
        let grant = of_subject(number, subject);
        async move { store.establish(T, &grant).await }
    });
    let answers: Vec<Result<Race, StoreError>> = together(&schema, commands).await;
    for (number, answer) in (0..).zip(&answers) {
        let is_stored = store
            .find_grant(T, grant_id(number))
            .await
            .unwrap()
            .is_some();
        let is_refused = number % 10 == 7;
        assert_eq!(answer.is_err(), is_refused, "{number}");
        assert_eq!(is_stored, !is_refused, "{number}");
    }
}

#[tokio::test]
async fn rejected_request_does_not_decide_others_of_same_row() {
    let (store, schema) = store().await;
    let client = schema.client().await;
    let check = "ALTER TABLE grants ADD CHECK (subject <> 'poison')";
    client.batch_execute(check).await.unwrap();
    let commands = ["poison", "poison", "jane", "poison"].map(|subject| {
        let store = store.clone();
        let grant = of_subject(1, subject);
        async move { store.establish(T, &grant).await.ok() }
    });
    let answers = together(&schema, commands.into_iter()).await;
    assert_eq!(answers[2], Some(Race::Won), "{answers:?}");
    assert!(store.find_grant(T, grant_id(1)).await.unwrap().is_some());
}

#[tokio::test]
async fn groups_of_two_nodes_do_not_deadlock() {
    let (store, schema) = store().await;
    for number in 0..64 {
        let _ = store.establish(T, &grant(number)).await.unwrap();
    }
    let other = connected(&schema).await;
    let mut waiting = Vec::new();
    for round in 0..20 {
        for number in 0..64_u64 {
            // The other node gets the requests in the opposite order.
            for (store, number) in [(&store, number), (&other, 63 - number)] {
                let store = store.clone();
                waiting.push(tokio::spawn(async move {
                    store
                        .rotate(T, &rotation(grant_id(number), round))
                        .await
                        .unwrap()
                }));
            }
        }
    }
    for rotated in waiting {
        let _ = rotated.await.unwrap();
    }
    let sql = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()";
    let client = schema.client().await;
    let deadlocks: i64 = client.query_one(sql, &[]).await.unwrap().get(0);
    assert_eq!(deadlocks, 0);
}

#[tokio::test]
async fn aborted_caller_does_not_affect_other_requests() {
    let (store, schema) = store().await;
    let client = schema.client().await;
    let lock = "BEGIN; LOCK TABLE grants IN ACCESS EXCLUSIVE MODE";
    client.batch_execute(lock).await.unwrap();
    for number in 0..32 {
        let grant = grant(number);
        let gone = store.establish(T, &grant);
        let _ = tokio::time::timeout(Duration::from_millis(2), gone).await;
        let gone = store.latest_change();
        drop(tokio::time::timeout(Duration::from_millis(1), gone).await);
    }
    client.batch_execute("COMMIT").await.unwrap();
    let commands = (100..132).map(|number| {
        let store = store.clone();
        tokio::spawn(async move {
            store.latest_change().await.unwrap();
            store.establish(T, &grant(number)).await.unwrap()
        })
    });
    for command in commands.collect::<Vec<_>>() {
        assert_eq!(command.await.unwrap(), Race::Won);
    }
}
