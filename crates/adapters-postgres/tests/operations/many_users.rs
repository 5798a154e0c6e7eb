//! Searches and slices in a database with many users. `COUNTERSIGN_SOAK=1` uses a million users and checks the
//! latencies; run it with `--release`.

use crate::{T, connect};
use countersign_store_contract::postgres::{Cluster, Schema, is_soak};
use countersign_store_contract::scale::{
    GOAL, insert_model, many_items, many_users, measure, numbered,
};

/// Copies the rows of the model to users 1 to USERS, and more sessions, devices and grants to user 1.
const COPY: &str = "
CREATE TEMP TABLE numbers AS SELECT i, lpad(to_hex(i), 32, '0')::uuid AS id,
    lpad(to_hex(i + 1000000000), 32, '0')::uuid AS own FROM generate_series(1, USERS) AS n(i);
INSERT INTO users (id, tenant, email, email_verified, enabled, version, created_at, document)
    SELECT n.id, tenant, 'user' || lpad(i::text, 7, '0') || '@example.com', email_verified, enabled, version, created_at,
    document FROM numbers AS n, users WHERE email = 'model@example.com';
INSERT INTO credentials (user_id, tenant, password_hash) SELECT n.id, tenant, password_hash
    FROM numbers AS n, (SELECT * FROM credentials LIMIT 1) AS m;
INSERT INTO sessions (id, tenant, user_id, authenticated_at, methods, acr, created_at, last_active_at, expires_at)
    SELECT n.own, tenant, n.id, authenticated_at, methods, acr, created_at, last_active_at, expires_at
    FROM numbers AS n, (SELECT * FROM sessions LIMIT 1) AS m;
INSERT INTO passkeys (id, tenant, user_id, name, credential, created_at)
    SELECT decode(lpad(to_hex(i), 32, '0'), 'hex'), tenant, n.id, name, credential, created_at
    FROM numbers AS n, (SELECT * FROM passkeys LIMIT 1) AS m;
INSERT INTO devices (id, tenant, user_id, name, created_at, expires_at)
    SELECT n.own, tenant, n.id, name, created_at, expires_at FROM numbers AS n, (SELECT * FROM devices LIMIT 1) AS m;
INSERT INTO consents (user_id, tenant, client_id, scope, given_at)
    SELECT n.id, tenant, client_id, scope, given_at FROM numbers AS n, (SELECT * FROM consents LIMIT 1) AS m;
INSERT INTO grants (id, tenant, generation, rotated_at, expires_at, client_id, subject, \"authorization\")
    SELECT n.own, tenant, generation, rotated_at, expires_at, client_id, n.id::text, \"authorization\"
    FROM numbers AS n, (SELECT * FROM grants LIMIT 1) AS m;
INSERT INTO sessions (id, tenant, user_id, authenticated_at, methods, acr, created_at, last_active_at, expires_at)
    SELECT n.id, tenant, 'FIRST', authenticated_at, methods, acr, created_at, last_active_at, expires_at
    FROM numbers AS n, (SELECT * FROM sessions LIMIT 1) AS m WHERE i BETWEEN 2 AND ITEMS + 1;
INSERT INTO devices (id, tenant, user_id, name, created_at, expires_at)
    SELECT n.id, tenant, 'FIRST', name, created_at, expires_at
    FROM numbers AS n, (SELECT * FROM devices LIMIT 1) AS m WHERE i BETWEEN 2 AND ITEMS + 1;
INSERT INTO grants (id, tenant, generation, rotated_at, expires_at, client_id, subject, \"authorization\")
    SELECT n.id, tenant, generation, rotated_at, expires_at, client_id, 'FIRST', \"authorization\"
    FROM numbers AS n, (SELECT * FROM grants LIMIT 1) AS m WHERE i BETWEEN 2 AND ITEMS + 1;";

#[tokio::test]
async fn slices_among_many_users_are_fast() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let store = connect(&schema.url()).await;
    store.migrate().await.unwrap();
    insert_model(&store, T).await;
    let users = many_users();
    let sql = COPY
        .replace("USERS", &users.to_string())
        .replace("ITEMS", &many_items(users).to_string())
        .replace("FIRST", &numbered(1).0.to_string());
    let client = schema.client().await;
    client.batch_execute(&sql).await.unwrap();
    client.batch_execute("VACUUM ANALYZE").await.unwrap();
    for latency in measure(&store, T, users).await {
        eprintln!("{latency}");
        assert!(!is_soak() || latency.p99 <= GOAL, "{latency}");
    }
}
