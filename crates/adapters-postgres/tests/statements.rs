//! Table scans and row locks of statements.
#![expect(
    clippy::unwrap_used,
    reason = "a test may panic if the store does not answer"
)]

mod stores;

use countersign_adapters_postgres::PostgresStore;
use countersign_domain::audit::filter::EventFilter;
use countersign_domain::client::Client;
use countersign_domain::grant::Grant;
use countersign_domain::identifier::{NodeId, Subject};
use countersign_domain::tenant::TenantId;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{
    After, Audit as _, Changes as _, ClientRepository as _, ConsentRepository as _, Counter,
    Cursor, DeviceRepository as _, Ephemera as _, EphemeralKind, FormatGeneration,
    GrantRepository as _, KeyChange, KeySetVersion, Nodes as _, PasskeyRepository as _, Race,
    RecoveryCodeRepository as _, Removal, SecretUse, SessionRepository as _,
    SigningKeyRepository as _, StoreError, UserAdministration as _, UserKey, UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, changed_grant, client, client_id, consent, device, device_id, ephemeral_key, event_in,
    grant, grant_id, later, passkey, rotation, secret, session, session_id, signing_key, user,
    user_id,
};
use countersign_store_contract::postgres::{Cluster, Schema};
use std::time::Duration;
use stores::{connected, migrated};
use tokio::time::{sleep, timeout};
use tokio_postgres::Client as Observer;

fn of_session(number: u64) -> Grant {
    changed_grant(&grant(number), |facts| {
        facts.authorization.session = Some(session_id(1));
    })
}

/// Inserts rows into every table with tenants.
async fn fill(store: &PostgresStore, of: TenantId) -> Result<(), StoreError> {
    let event = || event_in(of);
    let _ = store.insert_client(of, &client("app"), &event()).await?;
    let jane = user(1, "jane@example.com");
    let _ = store.insert_user(of, &jane, Some(&event())).await?;
    let _ = store.insert_session(of, &session(1)).await?;
    let _ = store.establish(of, &of_session(1)).await?;
    let _ = store.insert_passkey(of, &passkey(b"key")).await?;
    let _ = store.insert_device(of, &device(1)).await?;
    store.put_consent(of, &consent(1, "app")).await?;
    let codes = [secret().digest()];
    store.replace_recovery_codes(of, user_id(1), &codes).await?;
    let change = KeyChange {
        seen: KeySetVersion(0),
        add: vec![signing_key("k")],
        retire: Vec::new(),
    };
    let _ = store
        .change_signing_keys(of, &change, Some(&event()))
        .await?;
    for kind in EphemeralKind::ALL {
        let _ = store.insert(of, &ephemeral_key(*kind, 1), b"", NOW).await?;
    }
    Ok(())
}

/// Runs the statements of client and browser requests, and of commands about a single object.
async fn use_all(store: &PostgresStore, of: TenantId) -> Result<(), StoreError> {
    let (event, jane, app) = (event_in(of), user(1, "jane@example.com"), client_id("app"));
    store.find_client(of, &app).await?;
    store.list_clients(of, None, After::start()).await?;
    store.has_client_origin(of, "https://app.example").await?;
    let used = SecretUse {
        client: app.clone(),
        secret_name: "first".into(),
        at: NOW,
    };
    store.record_secret_uses(of, &[used]).await?;
    let changed = Client {
        version: 1,
        ..client("app")
    };
    let _ = store.update_client(of, &changed, &event).await?;
    store.find_user(of, UserKey::Id(jane.id)).await?;
    store.find_user(of, UserKey::Email(&jane.email)).await?;
    store.list_users(of, After::start()).await?;
    let _ = store.verify_email(of, jane.id, &jane.email).await?;
    let hash = jane.password_hash.as_deref();
    let _ = store
        .replace_password_hash(of, jane.id, hash, Some("new"))
        .await?;
    let _ = store
        .replace_totp_secret(of, jane.id, None, Some(b"new"), &[])
        .await?;
    let _ = store.use_time_step(of, jane.id, 1).await?;
    store.find_session(of, session_id(1)).await?;
    store.list_sessions(of, jane.id, After::start()).await?;
    store.end_sessions(of, jane.id, None, NOW).await?;
    store.find_consent(of, jane.id, &app).await?;
    store.list_consents(of, jane.id, After::start()).await?;
    store.find_passkey(of, b"key").await?;
    store.list_passkeys(of, jane.id, After::start()).await?;
    let _ = store.rename_passkey(of, jane.id, b"key", "Laptop").await?;
    let _ = store.update_passkey(of, &passkey(b"key")).await?;
    store.count_recovery_codes(of, jane.id).await?;
    let _ = store
        .use_recovery_code(of, jane.id, &secret().digest())
        .await?;
    store.find_device(of, device_id(1)).await?;
    store.list_devices(of, jane.id, After::start()).await?;
    store.remove_devices(of, jane.id).await?;
    store.find_grant(of, grant_id(1)).await?;
    store.find_grant_with_user(of, grant_id(1)).await?;
    for number in [2, 3] {
        let redeemed = changed_grant(&grant(number), |facts| {
            facts.authorization.session = (number == 2).then(|| session_id(1));
            facts.authorization.subject = jane.id.into();
        });
        let _ = store.redeem(of, &redeemed).await?;
    }
    let step = ephemeral_key(EphemeralKind::SignInStep, 2);
    let _ = store
        .find_user_and_take_step(of, jane.id, &step, NOW)
        .await?;
    let counters = [1, 2].map(|number| Counter {
        key: ephemeral_key(EphemeralKind::Attempts, number),
        limit: 9,
    });
    let _ = store
        .count_attempt(of, &counters, Some(&jane.email), NOW)
        .await?;
    let _ = store.rotate(of, &rotation(grant_id(1), 0)).await?;
    let _ = store.revoke(of, grant_id(1), later(10)).await?;
    let attempts = [1, 2].map(|number| ephemeral_key(EphemeralKind::Attempts, number));
    let key = &attempts[0];
    store.add(of, &attempts, 1, NOW).await?;
    store.count(of, EphemeralKind::Attempts, NOW).await?;
    store.get(of, key, NOW).await?;
    let _ = store.replace(of, key, 1, b"new", NOW).await?;
    store.take(of, key, NOW).await?;
    let prefix = EmailPrefix::parse("ja").unwrap();
    store.search_users(of, &prefix, After::start()).await?;
    let after = After::key(jane.email.clone());
    store.search_users(of, &prefix, after).await?;
    for removal in [
        Removal::Passkey(jane.id, b"key".into()),
        Removal::RecoveryCodes(jane.id),
        Removal::Device(jane.id, device_id(1)),
        Removal::Session(session_id(1)),
        Removal::Sessions(jane.id),
        Removal::Grant(grant_id(1)),
        Removal::Attempts(attempts.into()),
    ] {
        store.remove(of, &removal, &event_in(of)).await?;
    }
    store.list_signing_keys(of).await?;
    store.latest_change().await?;
    store.changes_after(Cursor(0)).await?;
    store.list_events(of, After::start()).await?;
    let all = EventFilter::default();
    store.find_events(of, &all, After::start()).await?;
    Ok(())
}

/// Returns the number of sequential scans of each table.
async fn seq_scans(observer: &Observer, schema: &Schema) -> Vec<(String, i64)> {
    let sql = "SELECT relname::text, seq_scan FROM pg_stat_user_tables WHERE schemaname = $1 ORDER BY relname";
    let rows = observer.query(sql, &[&schema.name()]).await.unwrap();
    rows.iter().map(|row| (row.get(0), row.get(1))).collect()
}

/// Waits until the connections of `store` are closed, so that the statistics are complete.
async fn closed(store: PostgresStore, observer: &Observer) {
    drop(store);
    let open = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'countersign'";
    let closed = async {
        while observer
            .query_one(open, &[])
            .await
            .unwrap()
            .get::<_, i64>(0)
            > 0
        {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), closed).await.unwrap();
}

#[tokio::test]
async fn no_request_scans_whole_table() {
    let cluster = Cluster::start("", &[]);
    let schema = Schema::on(&cluster).await;
    let observer = schema.client().await;
    closed(migrated(&schema, 2).await, &observer).await;
    let before = seq_scans(&observer, &schema).await;
    let store = connected(&schema, 2).await;
    for of in [1, 2] {
        let of = TenantId::from_number(of).unwrap();
        fill(&store, of).await.unwrap();
        use_all(&store, of).await.unwrap();
    }
    closed(store, &observer).await;
    assert_eq!(seq_scans(&observer, &schema).await, before);
}

#[tokio::test]
async fn tenant_never_waits_for_rows_of_another() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let [one, two] = [1, 2].map(|number| TenantId::from_number(number).unwrap());
    fill(&store, one).await.unwrap();
    let holder = schema.client().await;
    let tables = "SELECT format('SELECT FROM %I WHERE tenant = 1 FOR UPDATE;', table_name) \
        FROM information_schema.columns WHERE table_schema = current_schema() AND column_name = 'tenant'";
    let locks = holder.query(tables, &[]).await.unwrap();
    assert!(locks.len() > 10);
    let locks = locks.iter().map(|row| row.get::<_, String>(0));
    let hold = format!("BEGIN; {}", locks.collect::<String>());
    holder.batch_execute(&hold).await.unwrap();

    fill(&store, two).await.unwrap();
    use_all(&store, two).await.unwrap();
    let jane = Subject::new("jane");
    assert_eq!(store.revoke_all(two, &jane, None, NOW).await.unwrap(), 0);
    let app = client_id("app");
    let stored = store.find_client(two, &app).await.unwrap().unwrap();
    let event = event_in(two);
    let deleted = store.delete_client(two, &app, stored.version, &event).await;
    assert_eq!(deleted.unwrap(), Race::Won);
    let node = NodeId::from_bytes([1; 16]);
    let generation = FormatGeneration(1);
    store
        .heartbeat(node, generation, NOW, later(1))
        .await
        .unwrap();
    holder.batch_execute("COMMIT").await.unwrap();
}

#[tokio::test]
async fn secret_use_recorded_during_client_update_is_kept() {
    let schema = Schema::new().await;
    let store = migrated(&schema, 2).await;
    let of = TenantId::SINGLE;
    let _ = store.insert_client(of, &client("app"), &event_in(of)).await;
    let other = schema.client().await;
    let using = format!(
        "BEGIN; UPDATE client_secrets SET last_used_at = {}",
        later(5)
    );
    other.batch_execute(&using).await.unwrap();
    let changed = Client {
        version: 1,
        ..client("app")
    };
    let updater = store.clone();
    let updating =
        tokio::spawn(async move { updater.update_client(of, &changed, &event_in(of)).await });
    let waits = "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN \
        (SELECT pid FROM pg_stat_activity WHERE query LIKE 'WITH stored%')";
    let wait = async {
        while other.query_one(waits, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(10), wait).await.unwrap();
    other.batch_execute("COMMIT").await.unwrap();
    assert_eq!(updating.await.unwrap().unwrap(), Race::Won);
    let found = store.find_client(of, &client_id("app")).await.unwrap();
    let found = found.unwrap();
    assert_eq!(found.version, 2);
    assert_eq!(found.secrets[0].last_used_at, Some(later(5)));
}
