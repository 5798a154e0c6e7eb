//! Query plans. SQLite has no statistics for a new file and may pick an index that reads all rows of a tenant.

use crate::store::SqliteStore;
use countersign_adapters_sql::columns::Failure;
use countersign_domain::administration::holder::Holder;
use countersign_domain::identifier::Subject;
use countersign_domain::tenant::TenantId;
use countersign_domain::user::email_prefix::EmailPrefix;
use countersign_ports::{
    After, AuditProof as _, Changes as _, ClientRepository as _, ConsentRepository as _, Counter,
    Cursor, DeviceRepository as _, Ephemera as _, EphemeralKind, GrantRepository as _,
    IdentityRepository as _, PasskeyRepository as _, RecoveryCodeRepository as _, Removal,
    SealedBatch, SessionRepository as _, UserAdministration as _, UserDeletion, UserKey,
    UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, changed_grant, client_id, device_id, ephemeral_key, event_in, grant, grant_id, identity,
    identity_id, passkey, rotation, session, session_id, session_secret, user, user_id,
};
use diesel::connection::InstrumentationEvent;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

const TENANT: TenantId = TenantId::SINGLE;

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// Statements of all connections, without bound values.
type Statements = Arc<Mutex<BTreeSet<String>>>;

fn listen(connection: &mut SqliteConnection, statements: &Statements) {
    let statements = Arc::clone(statements);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let printed = query.to_string();
            let text = printed.split(" -- binds").next().unwrap_or_default();
            statements.lock().unwrap().insert(text.to_owned());
        }
    });
}

async fn listening_store(folder: &tempfile::TempDir) -> (SqliteStore, Statements) {
    let store = SqliteStore::open(&folder.path().join("store.db")).unwrap();
    store.migrate().await.unwrap();
    let statements = Statements::default();
    listen(&mut store.0.readers.lists().lock().unwrap(), &statements);
    for connection in store.0.readers.points() {
        listen(&mut connection.lock().unwrap(), &statements);
    }
    let of_lists = Arc::clone(&statements);
    let listen_to_lists = move |connection: &mut _| {
        listen(connection, &of_lists);
        Ok(())
    };
    store.0.readers.list(listen_to_lists).await.unwrap();
    let of_writer = Arc::clone(&statements);
    let listen_to_writer = move |connection: &mut _| {
        listen(connection, &of_writer);
        Ok(())
    };
    store.0.writer.write(listen_to_writer).await.unwrap();
    (store, statements)
}

/// Calls every method about a single grant, session, user, or value.
async fn run_verbs(store: &SqliteStore) {
    let (jane, app) = (user_id(1), client_id("app"));
    let email = user(1, "jane@example.com").email;
    let subject = Subject::from(jane);
    let _ = store.find_grant(TENANT, grant_id(1)).await.unwrap();
    let _ = store.find_grant_with_user(TENANT, grant_id(1)).await;
    for session in [None, Some(session_id(1))] {
        let redeemed = changed_grant(&grant(2), |facts| {
            facts.authorization.session = session;
            facts.authorization.subject = jane.into();
        });
        let _ = store.redeem(TENANT, &redeemed).await.unwrap();
    }
    let step = ephemeral_key(EphemeralKind::SignInStep, 2);
    let _ = store
        .find_user_and_take_step(TENANT, jane, &step, NOW)
        .await;
    let limit = 9;
    let counter = |key| Counter { key, limit };
    let counters = [1, 2].map(|number| counter(ephemeral_key(EphemeralKind::Attempts, number)));
    let _ = store
        .count_attempt(TENANT, &counters, Some(&email), NOW)
        .await;
    let _ = store.rotate(TENANT, &rotation(grant_id(1), 0)).await;
    let _ = store.revoke(TENANT, grant_id(1), NOW).await.unwrap();
    for client in [None, Some(&app)] {
        let _ = store.revoke_all(TENANT, &subject, client, NOW).await;
    }
    let after = After::key(grant_id(1));
    let _ = store.list_grants(TENANT, session_id(1), after).await;
    let _ = store.find_client(TENANT, &app).await.unwrap();
    let jane_owns = Holder::User(jane);
    for after in [After::start(), After::key(app.clone())] {
        let _ = store.list_clients(TENANT, Some(&jane_owns), after).await;
    }
    let _ = store.has_client_origin(TENANT, "https://app.example").await;
    for key in [UserKey::Id(jane), UserKey::Email(&email)] {
        let _ = store.find_user(TENANT, key).await.unwrap();
    }
    let _ = store.verify_email(TENANT, jane, &email).await.unwrap();
    let _ = store.replace_password_hash(TENANT, jane, None, None).await;
    let _ = store.use_time_step(TENANT, jane, 1).await.unwrap();
    let _ = store.find_session(TENANT, session_id(1)).await.unwrap();
    let renewal = session(1).resecured(session_secret().digest(), NOW);
    let _ = store.renew_session(TENANT, &renewal).await.unwrap();
    let _ = store.end_session(TENANT, session_id(1), NOW).await;
    let _ = store.end_sessions(TENANT, jane, None, NOW).await.unwrap();
    for after in [After::start(), After::key(session_id(1))] {
        let _ = store.list_sessions(TENANT, jane, after).await.unwrap();
    }
    let _ = store.find_consent(TENANT, jane, &app).await.unwrap();
    let after = After::key(app);
    let _ = store.list_consents(TENANT, jane, after).await.unwrap();
    let id = passkey(b"phone").id;
    let _ = store.find_passkey(TENANT, &id).await.unwrap();
    let _ = store.remove_passkey(TENANT, jane, &id).await.unwrap();
    for after in [After::start(), After::key(id)] {
        let _ = store.list_passkeys(TENANT, jane, after).await.unwrap();
    }
    let _ = store.count_recovery_codes(TENANT, jane).await.unwrap();
    let _ = store.find_device(TENANT, device_id(1)).await.unwrap();
    let _ = store.remove_devices(TENANT, jane).await.unwrap();
    for after in [After::start(), After::key(device_id(1))] {
        let _ = store.list_devices(TENANT, jane, after).await.unwrap();
    }
    let linked = identity(1);
    let _ = store.find_identity(TENANT, linked.id).await.unwrap();
    let _ = store.update_identity(TENANT, &linked).await.unwrap();
    let _ = store.remove_identity(TENANT, jane, linked.id).await;
    let _ = store.remove_identities(TENANT, jane).await.unwrap();
    for after in [After::start(), After::key(linked.id)] {
        let _ = store.list_identities(TENANT, jane, after).await.unwrap();
    }
    run_administration(store).await;
    run_proof(store).await;
    let key = ephemeral_key(EphemeralKind::Attempts, 1);
    let _ = store.get(TENANT, &key, NOW).await.unwrap();
    let _ = store.replace(TENANT, &key, 1, b"", NOW).await.unwrap();
    let _ = store.take(TENANT, &key, NOW).await.unwrap();
    let _ = store.changes_after(Cursor(1)).await.unwrap();
}

/// Calls every method that operators use to search users and to remove something.
async fn run_administration(store: &SqliteStore) {
    let (jane, app) = (user_id(1), client_id("app"));
    let stored = user(1, "jane@example.com");
    let _ = store.insert_user(TENANT, &stored, None).await.unwrap();
    for (prefix, last) in [
        ("ja", None),
        ("ja", Some(stored.email)),
        ("\u{10ffff}", None),
    ] {
        let prefix = EmailPrefix::parse(prefix).unwrap();
        let after = After {
            key: last,
            limit: 9,
        };
        let _ = store.search_users(TENANT, &prefix, after).await.unwrap();
    }
    for after in [After::start(), After::key(grant_id(1))] {
        let _ = store.list_user_grants(TENANT, jane, after).await.unwrap();
    }
    for removal in [
        Removal::Passkey(jane, b"phone".into()),
        Removal::RecoveryCodes(jane),
        Removal::Device(jane, device_id(1)),
        Removal::Identity(jane, identity_id(1)),
        Removal::Consent(jane, app),
        Removal::Session(session_id(1)),
        Removal::Sessions(jane),
        Removal::Grant(grant_id(1)),
        Removal::Grants(jane),
        Removal::Attempts(vec![ephemeral_key(EphemeralKind::Attempts, 1)]),
    ] {
        let _ = store.remove(TENANT, &removal, &event_in(TENANT)).await;
    }
    let deletion = UserDeletion {
        user: jane,
        version: 1,
        holders_version: 0,
        holders: None,
    };
    let event = event_in(TENANT);
    let deleted = store.delete_user(TENANT, &deletion, &event).await;
    assert!(deleted.unwrap().is_some());
}

/// Calls every method that reads or changes events of one node, one batch, or one identifier.
async fn run_proof(store: &SqliteStore) {
    let event = event_in(TENANT);
    let ids = [event.event.id];
    let node = Some(event.event.id.node);
    let _ = store.unsealed_events(TENANT, node, 9).await.unwrap();
    let _ = store.events_of_batch(TENANT, 1, 9).await.unwrap();
    let batch = SealedBatch {
        number: 1,
        content: Vec::new(),
        mac: Vec::new(),
    };
    let _ = store.append_batch(TENANT, &batch, &ids).await.unwrap();
    let _ = store.erase_events(TENANT, &ids, &event).await.unwrap();
    let _ = store.remove_batches(TENANT, 1, 1, &event).await.unwrap();
}

#[tokio::test]
async fn no_lookup_by_key_scans_whole_tenant() {
    let folder = tempfile::tempdir().unwrap();
    let (store, statements) = listening_store(&folder).await;
    run_verbs(&store).await;
    let statements = statements.lock().unwrap().clone();
    let of_tables = statements.into_iter().filter(|text| {
        let starts = ["SELECT", "UPDATE", "DELETE"];
        starts.iter().any(|start| text.starts_with(start))
    });
    let statements: Vec<String> = of_tables.collect();
    assert!(statements.len() >= 28, "{statements:#?}");
    let plan = move |connection: &mut SqliteConnection| -> Result<Vec<(String, String)>, Failure> {
        let mut plans = Vec::new();
        for text in statements {
            let explain = sql_query(format!("EXPLAIN QUERY PLAN {text}"));
            let steps: Vec<Step> = explain.load(connection)?;
            let details = steps.into_iter().map(|step| step.detail);
            plans.extend(details.map(|detail| (detail, text.clone())));
        }
        Ok(plans)
    };
    for (detail, text) in store.0.readers.list(plan).await.unwrap() {
        let of_everything = detail.starts_with("SCAN ") && detail != "SCAN CONSTANT ROW";
        let of_a_node = detail.contains("(node=?)");
        let of_a_tenant = detail.contains("(tenant=?)") || detail.contains("(tenant=? AND id>?)");
        assert!(
            !of_everything && !of_a_tenant && !of_a_node,
            "{detail}: {text}"
        );
    }
}
