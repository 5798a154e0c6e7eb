//! Searches and slices in a file with many users. `COUNTERSIGN_SOAK=1` uses a million users, prints the latencies and
//! checks them; run it with `--release` and `--nocapture`.

use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::tenant::TenantId;
use countersign_store_contract::postgres::is_soak;
use countersign_store_contract::scale::{
    GOAL, insert_model, many_items, many_users, measure, numbered,
};
use diesel::connection::SimpleConnection as _;
use diesel::{Connection as _, SqliteConnection};

const TENANT: TenantId = TenantId::SINGLE;

/// Copies the rows of the model to users 1 to USERS, and more sessions, devices and grants to user 1.
const COPY: &str = "
BEGIN;
CREATE TEMP TABLE numbers AS
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < USERS)
    SELECT i, unhex(printf('%032x', i)) AS id, unhex(printf('%032x', i + 1000000000)) AS own FROM n;
INSERT INTO users SELECT n.id, tenant, printf('user%07d@example.com', i), email_verified, enabled, version, created_at,
    document FROM numbers AS n, users WHERE email = 'model@example.com';
INSERT INTO credentials SELECT n.id, tenant, password_hash, sealed_totp_secret, last_time_step
    FROM numbers AS n, (SELECT * FROM credentials LIMIT 1);
INSERT INTO sessions SELECT n.own, tenant, n.id, authenticated_at, methods, acr, created_at, last_active_at, expires_at,
    ended_at, ip_address, user_agent, secret_digest FROM numbers AS n, (SELECT * FROM sessions LIMIT 1);
INSERT INTO passkeys SELECT n.own, tenant, n.id, name, credential, created_at, last_used_at
    FROM numbers AS n, (SELECT * FROM passkeys LIMIT 1);
INSERT INTO devices SELECT n.own, tenant, n.id, name, created_at, expires_at
    FROM numbers AS n, (SELECT * FROM devices LIMIT 1);
INSERT INTO consents SELECT n.id, tenant, client_id, scope, given_at
    FROM numbers AS n, (SELECT * FROM consents LIMIT 1);
INSERT INTO grants SELECT n.own, tenant, generation, rotated_at, expires_at, revoked_at, client_id,
    printf('00000000-0000-0000-0000-%012x', i), session_id, authorization
    FROM numbers AS n, (SELECT * FROM grants LIMIT 1);
INSERT INTO sessions SELECT n.id, tenant, x'FIRST', authenticated_at, methods, acr, created_at, last_active_at,
    expires_at, ended_at, ip_address, user_agent, secret_digest
    FROM numbers AS n, (SELECT * FROM sessions LIMIT 1) WHERE i BETWEEN 2 AND ITEMS + 1;
INSERT INTO devices SELECT n.id, tenant, x'FIRST', name, created_at, expires_at
    FROM numbers AS n, (SELECT * FROM devices LIMIT 1) WHERE i BETWEEN 2 AND ITEMS + 1;
INSERT INTO grants SELECT n.id, tenant, generation, rotated_at, expires_at, revoked_at, client_id, 'SUBJECT', session_id,
    authorization FROM numbers AS n, (SELECT * FROM grants LIMIT 1) WHERE i BETWEEN 2 AND ITEMS + 1;
COMMIT;";

#[tokio::test]
async fn slices_among_many_users_are_fast() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store.db");
    let store = SqliteStore::open(&path).unwrap();
    store.migrate().await.unwrap();
    insert_model(&store, TENANT).await;
    let (users, first) = (many_users(), numbered(1).0.to_string());
    let sql = COPY
        .replace("USERS", &users.to_string())
        .replace("ITEMS", &many_items(users).to_string())
        .replace("FIRST", &first.replace('-', ""))
        .replace("SUBJECT", &first);
    let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    connection.batch_execute(&sql).unwrap();
    for latency in measure(&store, TENANT, users).await {
        eprintln!("{latency}");
        assert!(!is_soak() || latency.p99 <= GOAL, "{latency}");
    }
}
