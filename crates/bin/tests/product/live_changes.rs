//! A running server applies changes by commands within a second.

use crate::support::{
    CALLBACK, CHALLENGE, EMAIL, Http, ISSUER, Installation, PASSWORD, Registered, Visitor,
    assert_signed, kid, within,
};
use countersign_adapters_sqlite::SqliteStore;
use countersign_domain::identifier::UserId;
use countersign_domain::login::credential::Device;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use countersign_ports::{After, DeviceRepository as _};
use countersign_store_contract::fixtures::device;
use serde_json::Value;
use std::time::Duration;

const SOON: Duration = Duration::from_secs(1);

/// Waits until token requests of a client return this status.
async fn answers(http: &Http, client: &Registered, status: u16) {
    let what = format!("status {status}");
    within(SOON, &what, async || {
        http.client_credentials(client).await.status == status
    })
    .await;
}

#[tokio::test]
async fn running_server_applies_client_changes() {
    let installation = Installation::new();
    let server = installation.start();
    let machine = installation.machine();
    answers(&server.http, &machine, 200).await;
    installation.run(&["clients", "disable", &machine.id]);
    answers(&server.http, &machine, 401).await;
    installation.run(&["clients", "enable", &machine.id]);
    answers(&server.http, &machine, 200).await;
    installation.run(&["clients", "delete", &machine.id]);
    answers(&server.http, &machine, 401).await;
}

#[tokio::test]
async fn running_server_applies_secret_changes_and_expiry() {
    let installation = Installation::new();
    let server = installation.start();
    let machine = installation.machine();
    answers(&server.http, &machine, 200).await;

    let add = |more: &[&str]| {
        let added =
            installation.json(&[&["clients", "secrets", "add", &machine.id], more].concat());
        Registered {
            id: machine.id.clone(),
            secret: added["client_secret"].as_str().map(str::to_owned),
        }
    };
    let second = add(&["--name=second"]);
    answers(&server.http, &second, 200).await;
    answers(&server.http, &machine, 200).await;
    installation.run(&["clients", "secrets", "remove", &machine.id, "secret-1"]);
    answers(&server.http, &machine, 401).await;
    answers(&server.http, &second, 200).await;

    let brief = add(&["--expires-in=3"]);
    answers(&server.http, &brief, 200).await;
    within(Duration::from_secs(4), "expired", async || {
        server.http.client_credentials(&brief).await.status == 401
    })
    .await;
    answers(&server.http, &second, 200).await;
}

#[tokio::test]
async fn secrets_list_shows_last_use() {
    let installation = Installation::new();
    let machine = installation.machine();
    let server = installation.start();
    let last_uses = || -> Vec<Value> {
        let list = installation.json(&["clients", "secrets", "list", &machine.id]);
        let secrets = list.as_array().unwrap().iter();
        secrets
            .map(|secret| secret["last_used_at"].clone())
            .collect()
    };
    installation.run(&["clients", "secrets", "add", &machine.id]);
    assert_eq!(last_uses(), [Value::Null, Value::Null]);
    server.http.client_credentials(&machine).await.ok();
    // The server records uses every ten seconds.
    within(Duration::from_secs(12), "use recorded", async || {
        last_uses()[0].is_number()
    })
    .await;
    assert_eq!(last_uses()[1], Value::Null);
}

#[tokio::test]
async fn stopping_server_records_last_secret_use() {
    let installation = Installation::new();
    let machine = installation.machine();
    let server = installation.start();
    server.http.client_credentials(&machine).await.ok();
    server.stop();
    let list = installation.json(&["clients", "secrets", "list", &machine.id]);
    assert!(list[0]["last_used_at"].is_number(), "{list}");
}

#[tokio::test]
async fn disabled_user_cannot_start_or_finish_login() {
    let installation = Installation::new();
    let user = installation.user();
    let client = installation.web_client(&[]);
    let server = installation.start();
    let begun = server.http.authorize(&client).await.ok();
    installation.run(&["users", "disable", &user]);
    assert_ne!(server.http.confirm(&begun).await.status, 200);
    assert_eq!(server.http.authorize(&client).await.status, 401);
    installation.run(&["users", "enable", &user]);
    server.http.log_in(&client).await;
}

#[tokio::test]
async fn disabling_user_or_setting_password_revokes_grants() {
    let installation = Installation::new();
    let user = installation.user();
    let client = installation.web_client(&[]);
    let server = installation.start();
    let http = &server.http;
    let granted = async || {
        let code = http.log_in(&client).await;
        let tokens = http.redeem(&client, &code).await.ok();
        tokens.text("refresh_token")
    };
    let revoked = |command: &[&str]| installation.json(command)["revoked_grants"].clone();
    let refused = async |refresh_token: &str| {
        let answer = http.refresh(&client, refresh_token).await;
        assert_eq!(answer.refusal(), (400, "invalid_grant".to_owned()));
    };

    let tokens = [granted().await, granted().await];
    assert_eq!(revoked(&["users", "disable", &user]), 2);
    for token in &tokens {
        refused(token).await;
    }
    assert_eq!(revoked(&["users", "enable", &user]), Value::Null);
    for token in &tokens {
        refused(token).await;
    }

    let token = granted().await;
    let refreshed = http.refresh(&client, &token).await.ok();
    assert_eq!(revoked(&["users", "set-password", &user]), 1);
    refused(&refreshed.text("refresh_token")).await;
}

/// Requests a code with `prompt=none` (OpenID Connect Core section 3.1.2.1) and returns the redirect target.
async fn without_a_page(visitor: &mut Visitor, client: &Registered) -> String {
    let address = format!("{}&prompt=none", address_of_login(client));
    visitor.go(&address).await.elsewhere()
}

fn address_of_login(client: &Registered) -> String {
    format!(
        "{ISSUER}/oauth2/authorize?response_type=code&client_id={}&redirect_uri={CALLBACK}&scope=openid\
         &code_challenge={CHALLENGE}&code_challenge_method=S256",
        client.id
    )
}

#[tokio::test]
async fn disabling_user_or_setting_password_ends_sessions_and_removes_devices() {
    let installation = Installation::new();
    let user = installation.user();
    let client = installation.web_client(&["--first-party"]);
    let server = installation.start();
    let store = SqliteStore::open(&installation.store()).unwrap();
    let id: UserId = user.parse().unwrap();
    let device = Device {
        user: id,
        expires_at: Timestamp::from_unix_seconds(10_000_000_000),
        ..device(1)
    };
    let devices = async || {
        let listed = store.list_devices(TenantId::SINGLE, id, After::start());
        listed.await.unwrap().items
    };
    let commands: [&[&str]; 2] = [
        &["users", "disable", &user],
        &["users", "set-password", &user],
    ];
    for command in commands {
        let mut visitor = Visitor::of(&server.http);
        let page = visitor.go(&address_of_login(&client)).await.page();
        let fields = [("email", EMAIL), ("password", PASSWORD)];
        visitor.send(&page, &fields).await.elsewhere();
        let answer = without_a_page(&mut visitor, &client).await;
        assert!(answer.contains("code="), "{answer}");
        let _ = store
            .insert_device(TenantId::SINGLE, &device)
            .await
            .unwrap();
        assert_eq!(devices().await.len(), 1);

        installation.run(command);
        installation.run(&["users", "enable", &user]);
        assert_eq!(devices().await, []);
        let answer = without_a_page(&mut visitor, &client).await;
        assert!(answer.contains("error=login_required"), "{answer}");
    }
}

#[tokio::test]
async fn rotated_key_is_published_at_once_and_signs_after_announcement() {
    let installation = Installation::with(&[("KEYS__ANNOUNCEMENT", "3")]);
    let machine = installation.machine();
    let server = installation.start();
    let http = &server.http;
    let token = async || {
        let answer = http.client_credentials(&machine).await.ok();
        answer.text("access_token")
    };
    let key_set = async || http.get("/oauth2/jwks.json").await.ok();
    let published = |set: &Value, kid: &str| {
        let keys = set["keys"].as_array().unwrap();
        keys.iter().any(|key| key["kid"] == kid)
    };

    let before = token().await;
    let old = kid(&before);
    let made = installation.json(&["keys", "rotate", "--algorithm=ES256"]);
    let new = made[0]["kid"].as_str().unwrap();
    within(SOON, "announced", async || {
        let set = key_set().await.json();
        published(&set, new) && published(&set, &old)
    })
    .await;
    let meanwhile = token().await;
    assert_eq!(kid(&meanwhile), old);

    within(Duration::from_secs(4), "signing", async || {
        kid(&token().await) == new
    })
    .await;
    let set = key_set().await;
    for token in [before, meanwhile, token().await] {
        assert_signed(&token, &set);
    }
    let path = format!("/oauth2/jwks/{new}");
    assert_eq!(http.get(&path).await.ok().json()["kid"], new);
}
