//! Plans of statements on grants.

mod writes;

use super::requests::{
    Establish, EstablishAll, FindAll, Key, Keys, Revoke, RevokeAll, Rotate, RotateAll, key,
};
use super::statements::{ListOfSession, ListOfSubject, RevokeOfSubject};
use crate::explain::plan_of;
use crate::store::PostgresStore;
use crate::test_store::{connected, migrated};
use countersign_adapters_sql::grants::GrantRow;
use countersign_adapters_sql::id::Id;
use countersign_domain::client::ClientId;
use countersign_domain::identifier::{Subject, UserId};
use countersign_domain::tenant::TenantId;
use countersign_ports::{GrantRepository as _, Housekeeping as _, Race};
use countersign_store_contract::fixtures::{NOW, changed_grant, grant, grant_id, later, rotation};
use countersign_store_contract::postgres::{Cluster, Schema};
use diesel::debug_query;
use diesel::pg::Pg;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_postgres::Client;

const T: TenantId = TenantId::SINGLE;

fn key_of(number: u64) -> Key {
    key(T, grant_id(number))
}

fn rotate() -> Rotate {
    Rotate {
        key: key_of(1),
        presented: 0,
        successor: 1,
        now: 0,
        expires_at: 1,
    }
}

fn revoke() -> Revoke {
    Revoke {
        key: key_of(1),
        at: 0,
    }
}

async fn plans_of_known_grants(store: &PostgresStore) -> [String; 3] {
    // The first values are the key of a grant. The others do not affect the plan.
    let key = format!("ARRAY['{}']::uuid[], ARRAY[1]", grant_id(1));
    [
        plan_of(store, &FindAll(Keys::new([key_of(1)].into_iter())), &key).await,
        plan_of(
            store,
            &RotateAll::new(&[&rotate()]),
            &format!("{key}, NULL, NULL, NULL, NULL"),
        )
        .await,
        plan_of(
            store,
            &RevokeAll::new(&[&revoke()]),
            &format!("{key}, NULL"),
        )
        .await,
    ]
}

#[tokio::test]
async fn statements_on_known_grants_use_primary_key() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    for number in 0..200 {
        let _ = store.establish(T, &grant(number)).await.unwrap();
    }
    // For a table this small, the database would prefer a sequential scan.
    let client = schema.client().await;
    client.batch_execute("ANALYZE grants").await.unwrap();
    for plan in plans_of_known_grants(&store).await {
        assert!(plan.contains("Nested Loop"), "{plan}");
        assert!(plan.contains("Index Scan using grants_pkey"), "{plan}");
        assert!(!plan.contains("Seq Scan"), "{plan}");
    }
    let row = GrantRow::new(T, &grant(1)).unwrap();
    let establish = EstablishAll::new(&[&Establish(row)]);
    let printed = debug_query::<Pg, _>(&establish).to_string();
    assert!(
        printed.contains("ON CONFLICT (id, tenant) DO NOTHING"),
        "{printed}"
    );
}

#[tokio::test]
async fn statements_on_sessions_and_subjects_use_their_indexes() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let list = ListOfSession {
        session: Id([1; 16]),
        tenant: 1,
        from: Id([0; 16]),
        most: 1,
    };
    let values = format!("'{id}', 1, '{id}', 1", id = grant_id(1));
    let plan = plan_of(&store, &list, &values).await;
    assert!(plan.contains("grants_session"), "{plan}");
    let list = ListOfSubject {
        subject: "jane".into(),
        tenant: 1,
        from: Id([0; 16]),
        most: 1,
    };
    let values = format!("'jane', 'jane', 1, '{id}', 1", id = grant_id(1));
    let plan = plan_of(&store, &list, &values).await;
    assert!(plan.contains("grants_subject"), "{plan}");
    let revoke = RevokeOfSubject {
        subject: "jane".into(),
        tenant: 1,
        client: None,
        at: 1,
    };
    let plan = plan_of(&store, &revoke, "1, 'jane', 'jane', 1, NULL").await;
    assert!(plan.contains("grants_subject"), "{plan}");
    assert!(plan.contains("grants_pkey"), "{plan}");
    assert!(!plan.contains("Seq Scan"), "{plan}");
}

#[tokio::test]
async fn grant_lookup_scans_only_its_partition() {
    let schema = Schema::new().await;
    let store = migrated(&schema).await;
    let parts = (0..4).map(|part| {
        format!(
            "CREATE TABLE part_{part} PARTITION OF grants \
             FOR VALUES WITH (MODULUS 4, REMAINDER {part}) WITH (fillfactor = 70);"
        )
    });
    let split = format!(
        "ALTER TABLE grants RENAME TO whole;
         CREATE TABLE grants (LIKE whole, PRIMARY KEY (id, tenant)) PARTITION BY HASH (id); {}",
        parts.collect::<String>()
    );
    schema.client().await.batch_execute(&split).await.unwrap();

    for number in 1..=32 {
        assert_eq!(store.establish(T, &grant(number)).await.unwrap(), Race::Won);
        assert_eq!(
            store.establish(T, &grant(number)).await.unwrap(),
            Race::Lost
        );
        let rotated = store
            .rotate(T, &rotation(grant_id(number), 0))
            .await
            .unwrap();
        assert_eq!(rotated, Race::Won);
        let found = store
            .find_grant(T, grant_id(number))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(found.facts().generation, 1);
    }
    for plan in plans_of_known_grants(&store).await {
        assert!(!plan.contains("Seq Scan"), "{plan}");
        let scans = plan
            .lines()
            .filter(|line| line.contains("Index Scan using part_"));
        let (unused, used): (Vec<&str>, Vec<&str>) =
            scans.partition(|line| line.contains("(never executed)"));
        assert_eq!((used.len(), unused.len()), (1, 3), "{plan}");
    }
    assert_eq!(store.revoke(T, grant_id(1), NOW).await.unwrap(), Race::Won);
    let removed = store.remove_expired(later(u64::MAX >> 2), 100).await;
    assert_eq!(removed.unwrap().count, 32);
}
