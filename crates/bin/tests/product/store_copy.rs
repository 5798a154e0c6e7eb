//! `countersign store copy`, from SQLite to PostgreSQL and back.

use crate::support::{Database, Installation, Mint, Server, within};
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::client::Client;
use countersign_domain::login::credential::Passkey;
use countersign_domain::login::session::Session;
use countersign_domain::secret::SecretDigest;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_domain::user::User;
use countersign_ports::{
    After, Audit as _, ClientRepository as _, ConsentRepository as _, DeviceRepository as _,
    Ephemera as _, Ephemeral, EphemeralKey, EphemeralKind, GrantRepository as _,
    IdentityRepository as _, PasskeyRepository as _, Race, RecoveryCodeRepository as _,
    SessionRepository as _, StoredEvent, Transfer as _, UserKey, UserRepository as _,
};
use countersign_store_contract::fixtures::{
    NOW, client, consent, device, ephemeral_key, event_record, grant, grant_id, identity, later,
    passkey, second_tenant, session, session_id, user, user_id,
};
use std::process::Stdio;
use std::time::Duration;
use tokio::task::JoinSet;

const TENANT: TenantId = TenantId::SINGLE;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_copy_to_postgres_and_back_keeps_everything() {
    let database = Database::new().await;
    let installation = Installation::new();
    installation.user();
    let web = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let server = installation.start();
    let mint = Mint::new(&installation, &web);
    let mut tokens = Vec::new();
    for _ in 0..30 {
        let answer = server.http.redeem(&web, &mint.code().1).await.ok();
        tokens.push(answer.text("refresh_token"));
    }
    let (used, unused) = (
        server.http.log_in(&web).await,
        server.http.log_in(&web).await,
    );
    server.http.redeem(&web, &used).await.ok();
    let begun = server.http.authorize(&web).await.ok();
    let keys = server.http.get("/oauth2/jwks.json").await.ok().json();
    server.stop();

    let url = database.url();
    let copy =
        |from: &str, to: &str| installation.run(&["store", "copy", "--from", from, "--to", to]);
    let file = installation.store_url();
    let there = copy(&file, &url);
    assert!(there.contains("grants: 31, sha256 "), "{there}");
    // Two completed steps, and the counters of the current window, if a password fell into it.
    let values = |count: u8| there.contains(&format!("expiring values: {count}, sha256 "));
    assert!(values(2) || values(4), "{there}");
    assert_eq!(copy(&file, &url), there, "a second copy changes nothing");
    let other = installation.store().with_file_name("other.db");
    let back = copy(&url, &format!("sqlite://{}", other.display()));
    assert_eq!(back, there);

    // Only the database file: no write-ahead log is left.
    let alone = installation.store().with_file_name("alone.db");
    std::fs::copy(&other, &alone).unwrap();
    let mut command = installation.command(&["serve"]);
    command.env(
        "COUNTERSIGN__STORE__URL",
        format!("sqlite://{}", alone.display()),
    );
    let server = Server::start(command);
    let http = &server.http;
    assert_eq!(http.get("/oauth2/jwks.json").await.ok().json(), keys);
    for token in &tokens {
        http.refresh(&web, token).await.ok();
    }
    http.client_credentials(&machine).await.ok();
    http.redeem(&web, &unused).await.ok();
    http.confirm(&begun).await.ok();
    assert_eq!(http.confirm(&begun).await.status, 400);
    assert_eq!(http.redeem(&web, &used).await.status, 400);
    server.stop();
}

/// Checks the records that [`fill`] inserts, in list order.
async fn assert_filled(store: &SqliteStore) {
    let (jane, joe) = (user_id(1), user_id(2));
    let sessions = store.list_sessions(TENANT, jane, After::start());
    let expected = facts(&[session(1), ended_session()]);
    assert_eq!(facts(&sessions.await.unwrap().items), expected);
    let sessions = store.list_sessions(TENANT, joe, After::start());
    assert!(sessions.await.unwrap().items.is_empty());
    let consents = store.list_consents(TENANT, jane, After::start());
    let expected = [consent(1, "one"), consent(1, "two")];
    assert_eq!(consents.await.unwrap().items, expected);
    let consents = store.list_consents(TENANT, joe, After::start());
    assert_eq!(consents.await.unwrap().items, [consent(2, "one")]);
    let passkeys = store.list_passkeys(TENANT, jane, After::start());
    let expected = [passkey(b"key"), used_passkey()];
    assert_eq!(passkeys.await.unwrap().items, expected);
    let codes = store.recovery_codes(TENANT, jane).await.unwrap();
    let codes: Vec<_> = codes.iter().map(SecretDigest::as_bytes).collect();
    assert_eq!(codes, [&[1; 32], &[3; 32]]);
    let devices = store.list_devices(TENANT, jane, After::start());
    assert_eq!(devices.await.unwrap().items, [device(1), device(2)]);
    let identities = store.list_identities(TENANT, jane, After::start());
    assert!(identities.await.unwrap().items == [identity(1)]);
    let value = store.get(TENANT, &live_key(), NOW).await.unwrap();
    assert_eq!(value, Some(value_of_later_version()));
    let events = store.list_events(TENANT, After::start()).await.unwrap();
    assert_eq!(
        events.items,
        [event_record(TENANT, 1), event_record(TENANT, 2)]
    );
    let found = store.find_user(TENANT, UserKey::Id(jane)).await.unwrap();
    assert_eq!(found.unwrap().version, edited_user().version);
    let other = second_tenant().id;
    let clients = store
        .list_clients(other, None, After::start())
        .await
        .unwrap();
    let versions: Vec<_> = clients.items.iter().map(|client| client.version).collect();
    assert_eq!(versions, [edited_client().version]);
}

/// User that an administrator has edited.
fn edited_user() -> User {
    User {
        version: 3,
        ..user(1, "jane@example.org")
    }
}

/// Client that an administrator has edited.
fn edited_client() -> Client {
    Client {
        version: 7,
        ..client("app")
    }
}

fn ended_session() -> Session {
    Session {
        ended_at: Some(later(5)),
        ip_address: Some("2001:db8::1".to_owned()),
        user_agent: Some("Fire\"fox\n".to_owned()),
        ..session(2)
    }
}

fn used_passkey() -> Passkey {
    Passkey {
        last_used_at: Some(later(5)),
        ..passkey(b"key\0")
    }
}

/// Key that has not expired.
fn live_key() -> EphemeralKey {
    EphemeralKey {
        expires_at: Timestamp::from_unix_seconds(10_000_000_000),
        ..ephemeral_key(EphemeralKind::DeniedToken, 1)
    }
}

/// Returns all data of sessions in a comparable form.
fn facts(sessions: &[Session]) -> Vec<(String, Option<[u8; 32]>)> {
    let secret = |session: &Session| session.secret.map(|digest| *digest.as_bytes());
    let sessions = sessions.iter();
    sessions
        .map(|session| (format!("{session:?}"), secret(session)))
        .collect()
}

fn value_of_later_version() -> Ephemeral {
    Ephemeral {
        value: vec![0, 255],
        version: 4,
        total: 5,
    }
}

async fn fill(store: &SqliteStore) {
    for user in [edited_user(), user(2, "joe@example.org")] {
        let inserted = store.insert_user_as_is(TENANT, &user).await.unwrap();
        assert_eq!(inserted, Race::Won);
    }
    for session in [session(1), ended_session()] {
        let inserted = store.insert_session(TENANT, &session).await.unwrap();
        assert_eq!(inserted, Race::Won);
    }
    for consent in [consent(1, "one"), consent(1, "two"), consent(2, "one")] {
        store.put_consent(TENANT, &consent).await.unwrap();
    }
    for passkey in [passkey(b"key"), used_passkey()] {
        let inserted = store.insert_passkey(TENANT, &passkey).await.unwrap();
        assert_eq!(inserted, Race::Won);
    }
    let codes = [1, 2, 3].map(|number| SecretDigest::from_bytes([number; 32]));
    let jane = user_id(1);
    let replaced = store.replace_recovery_codes(TENANT, jane, &codes).await;
    replaced.unwrap();
    let used = store.use_recovery_code(TENANT, jane, &codes[1]).await;
    assert_eq!(used.unwrap(), Race::Won);
    for device in [device(1), device(2)] {
        let inserted = store.insert_device(TENANT, &device).await.unwrap();
        assert_eq!(inserted, Race::Won);
    }
    let linked = store.insert_identity(TENANT, &identity(1)).await.unwrap();
    assert_eq!(linked, Race::Won);
    let expired = ephemeral_key(EphemeralKind::DeniedToken, 1);
    for key in [live_key(), expired] {
        let value = value_of_later_version();
        let inserted = store.insert_ephemeral(TENANT, &key, &value).await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    for number in [1, 2] {
        let inserted = store
            .insert_event(TENANT, &StoredEvent::from(&event_record(TENANT, number)))
            .await;
        assert_eq!(inserted.unwrap(), Race::Won);
    }
    let other = second_tenant().id;
    let inserted = store.insert_client_as_is(other, &edited_client()).await;
    assert_eq!(inserted.unwrap(), Race::Won);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_copy_to_postgres_and_back_keeps_user_records() {
    let database = Database::new().await;
    let installation = Installation::new();
    let copy =
        |from: &str, to: &str| installation.run(&["store", "copy", "--from", from, "--to", to]);
    let store = SqliteStore::open(&installation.store()).unwrap();
    store.migrate().await.unwrap();
    fill(&store).await;
    assert_filled(&store).await;

    let there = copy(&installation.store_url(), &database.url());
    let counts = [
        "clients: 1",
        "users: 2",
        "sessions: 2",
        "consents: 3",
        "passkeys: 2",
        "recovery codes: 2",
        "devices: 2",
        "identities: 1",
        "expiring values: 1",
        "events: 2",
    ];
    for count in counts {
        assert!(there.contains(&format!("{count}, sha256 ")), "{there}");
    }
    let other = installation.store().with_file_name("other.db");
    let back = copy(&database.url(), &format!("sqlite://{}", other.display()));
    assert_eq!(back, there);
    assert_filled(&SqliteStore::open(&other).unwrap()).await;

    // A session that ended after the copy is a difference.
    let ended = store.end_session(TENANT, session_id(1), NOW).await.unwrap();
    assert_eq!(ended, Race::Won);
    let (from, to) = (installation.store_url(), database.url());
    let again = ["store", "copy", "--from", &from, "--to", &to];
    let output = installation.command(&again).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{message}");
    let difference = "sessions: 2 in both, with different contents";
    assert!(message.contains(difference), "{message}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_copy_into_store_with_other_records_reports_differences() {
    let database = Database::new().await;
    let here = Installation::new();
    let there = Installation::on(&database, &[]);
    here.machine();
    there.machine();
    let (from, to) = (here.store_url(), database.url());
    let copy = ["store", "copy", "--from", &from, "--to", &to];
    let output = here.command(&copy).output().unwrap();
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{message}");
    assert!(
        message.contains("clients: 1 in the source, 2 in the target"),
        "{message}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn store_copy_warns_of_running_servers() {
    let database = Database::new().await;
    let here = Installation::new();
    here.machine();
    let (from, to) = (here.store_url(), database.url());
    let copy = |from: &str, to: &str| {
        let output = here
            .command(&["store", "copy", "--from", from, "--to", to])
            .output();
        String::from_utf8(output.unwrap().stderr).unwrap()
    };
    let quiet = copy(&from, &to);
    assert!(!quiet.contains("Warning"), "{quiet}");
    let server = here.start();
    for (from, to) in [(&from, &to), (&to, &from)] {
        let warned = copy(from, to);
        assert!(warned.contains("Warning: A server uses"), "{warned}");
        assert!(warned.contains("Stop all servers"), "{warned}");
    }
    server.stop();
    let quiet = copy(&from, &to);
    assert!(!quiet.contains("Warning"), "{quiet}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_store_copy_is_finished_by_rerun() {
    const GRANTS: u64 = 5000;
    // Grants are copied in the order of their ids, a thousand at a time.
    const HALF: i64 = 2000;
    let database = Database::new().await;
    let here = Installation::new();
    let (from, to) = (here.store_url(), database.url());
    let copy = ["store", "copy", "--from", &from, "--to", &to];
    let store = SqliteStore::open(&here.store()).unwrap();
    store.migrate().await.unwrap();
    // Creates the schema in the target.
    here.run(&copy);
    let establish = |number| {
        let store = store.clone();
        async move { store.establish(TENANT, &grant(number)).await.unwrap() }
    };
    let all: JoinSet<_> = (0..GRANTS).map(establish).collect();
    assert!(all.join_all().await.iter().all(|race| *race == Race::Won));
    drop(store);

    // The copy blocks at a row that another transaction has inserted.
    let other = database.client().await;
    let id = grant_id(HALF.unsigned_abs() + 500);
    other.batch_execute("BEGIN").await.unwrap();
    let insert = "INSERT INTO grants \
        (id, rotated_at, expires_at, generation, tenant, client_id, subject, \"authorization\") \
        VALUES (encode($1, 'hex')::uuid, 0, 0, 0, 1, 'app', 'jane', '')";
    let written = other.execute(insert, &[&id.as_bytes().as_slice()]).await;
    assert_eq!(written.unwrap(), 1);
    let mut first = here.command(&copy);
    let mut first = first.stderr(Stdio::null()).spawn().unwrap();
    within(Duration::from_secs(20), "halfway", async || {
        database.count_grants().await >= HALF
    })
    .await;
    first.kill().unwrap();
    first.wait().unwrap();
    assert!(database.count_grants().await.unsigned_abs() < GRANTS);
    other.batch_execute("ROLLBACK").await.unwrap();

    let second = here.command(&copy).output().unwrap();
    let progress = String::from_utf8(second.stderr).unwrap();
    assert!(second.status.success(), "{progress}");
    let copied = progress.lines().find_map(|line| {
        line.strip_prefix("grants: 5000 of 5000, ")?
            .strip_suffix(" copied")
    });
    let copied: i64 = copied.unwrap().parse().unwrap();
    assert!(
        (1..=i64::try_from(GRANTS).unwrap() - HALF).contains(&copied),
        "{copied}"
    );
    let told = String::from_utf8(second.stdout).unwrap();
    assert!(
        told.contains("grants: 5000, sha256 ") && told.contains("identical"),
        "{told}"
    );
}
