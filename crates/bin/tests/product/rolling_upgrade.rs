//! Two versions on one store: the previous version, and this source built as a later version.
//!
//! The feature `test-later-version` enables this test. `scripts/test` builds the previous version and sets
//! `COUNTERSIGN_EARLIER_BIN` to its path.

use crate::support::{
    Answer, CHALLENGE, Database, EMAIL, Http, Installation, LoadedClient, Mint, PASSWORD,
    ROTATIONS, Registered, Rolling, Server, this_version, within,
};
use crate::support::{CALLBACK, exchange};
use axum::http::header::RETRY_AFTER;
use serde_json::json;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const NODES: usize = 2;
const CLIENTS: usize = 4;
/// Timeout until a node has noticed what the others understand. Heartbeats are ten seconds apart.
const PATIENCE: Duration = Duration::from_secs(40);

/// Returns the path of the previous version's binary.
fn earlier_version() -> PathBuf {
    let path = std::env::var_os("COUNTERSIGN_EARLIER_BIN");
    path.expect("COUNTERSIGN_EARLIER_BIN is the path of the previous version's binary")
        .into()
}

/// Client that can request the critical fact of the later version, with a scope token.
struct Probe {
    database: Database,
    client: Registered,
}

impl Probe {
    /// Signs the user in at a node, redeems the code there and returns the tokens.
    async fn tokens(&self, node: &Http) -> Answer {
        let body = json!({
            "email": EMAIL,
            "password": PASSWORD,
            "client_id": self.client.id,
            "redirect_uri": CALLBACK,
            "response_type": "code",
            "scope": "read later",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        });
        let begun = node.post_json("/v1/oauth2/authorize", &body).await.ok();
        let code = node.confirm(&begun).await.ok().text("code");
        let form = exchange(&code);
        node.token(&self.client, &form).await.ok()
    }

    /// Returns the number of stored grants with the critical fact (tag 23, value true).
    async fn marked(&self) -> i64 {
        let client = self.database.client().await;
        let ask =
            "SELECT count(*) FROM grants WHERE position('\\x17f5'::bytea IN \"authorization\") > 0";
        client.query_one(ask, &[]).await.unwrap().get(0)
    }

    /// Returns the stored document of a client.
    async fn document(&self, client: &Registered) -> String {
        let database = self.database.client().await;
        let ask = "SELECT document FROM clients WHERE id = $1";
        database.query_one(ask, &[&client.id]).await.unwrap().get(0)
    }

    /// Returns the generations of all grants in order. A refused request must not change them.
    async fn generations(&self) -> Vec<i64> {
        let client = self.database.client().await;
        let ask = "SELECT generation FROM grants WHERE client_id = $1 ORDER BY id";
        let rows = client.query(ask, &[&self.client.id]).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rolling_upgrade_and_rollback_fail_no_request() {
    let (earlier, later) = (earlier_version(), this_version());
    let database = Database::new().await;
    let mut nodes = Rolling::start(&database, &earlier, NODES).await;
    let installation = nodes.installation.clone();
    installation.user();
    let loaded = installation.web_client(&["--signing-alg=ES256"]);
    let probe = Probe {
        client: installation.registered(&[
            "clients",
            "create",
            "--name=Probe",
            "--grant-type=authorization_code,refresh_token",
            "--scope=read later",
            "--first-party",
            "--redirect-uri",
            CALLBACK,
        ]),
        database,
    };
    // These codes are from the later version. Each has a fact that the previous version preserves.
    let mint = Mint::new(&installation, &loaded);
    let stop = Arc::new(AtomicBool::new(false));
    let load = LoadedClient::start(CLIENTS, nodes.balancer.address, &loaded, &mint, &stop);

    nodes.replace(0, &later).await;
    // One of the two nodes does not understand the critical fact, so the other one does not write it.
    let tokens = probe.tokens(&nodes.server(0).http).await;
    let refresh_token = tokens.text("refresh_token");
    let refreshed = nodes.server(1).http.refresh(&probe.client, &refresh_token);
    refreshed.await.ok();
    assert_eq!(probe.marked().await, 0);

    nodes.replace(1, &later).await;
    within(PATIENCE, "marked", async || {
        probe.tokens(&nodes.server(0).http).await;
        probe.marked().await > 0
    })
    .await;
    let marked = probe
        .tokens(&nodes.server(1).http)
        .await
        .text("refresh_token");

    // The previous version preserves the new member when it edits a document of the later version.
    let noted = installation.machine();
    for command in ["disable", "enable"] {
        let mut edit = installation.command_of(&earlier, &["clients", command, &noted.id]);
        assert!(edit.status().unwrap().success());
    }
    assert!(probe.document(&noted).await.contains("later_note"));

    // Rollback: the previous version understands everything but the critical fact.
    nodes.replace(0, &earlier).await;
    let before = (probe.marked().await, probe.generations().await);
    let refused = nodes.server(0).http.refresh(&probe.client, &marked).await;
    assert_eq!(
        refused.status,
        503,
        "{:?}",
        String::from_utf8_lossy(&refused.body)
    );
    assert!(refused.header(RETRY_AFTER).is_some());
    assert_eq!((probe.marked().await, probe.generations().await), before);
    nodes
        .server(1)
        .http
        .refresh(&probe.client, &marked)
        .await
        .ok();
    // From now on, no node writes the critical fact.
    let unmarked = probe
        .tokens(&nodes.server(1).http)
        .await
        .text("refresh_token");
    nodes
        .server(0)
        .http
        .refresh(&probe.client, &unmarked)
        .await
        .ok();
    assert_eq!(probe.marked().await, before.0);

    nodes.replace(1, &earlier).await;
    stop.store(true, Ordering::Relaxed);
    let answered = load.join_all().await;
    println!("{answered:?} requests answered, none failed");
    assert!(answered.iter().all(|answered| *answered > ROTATIONS));
}

/// A single server is stopped for an upgrade, and for the rollback.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rollback_on_sqlite_keeps_tokens_and_changes() {
    let (earlier, later) = (earlier_version(), this_version());
    let installation = Installation::new();
    let run = |arguments: &[&str]| {
        let mut command = installation.command_of(&earlier, arguments);
        assert!(command.status().unwrap().success());
    };
    run(&["migrate"]);
    installation.user();
    let client = installation.web_client(&[]);
    let start = |version| Server::start(installation.command_of(version, &["serve"]));
    let tokens = async |server: &Server| {
        let code = server.http.log_in(&client).await;
        let tokens = server.http.redeem(&client, &code).await.ok();
        tokens.text("refresh_token")
    };
    let refreshed = async |server: &Server, token: &str| {
        let tokens = server.http.refresh(&client, token).await.ok();
        tokens.text("refresh_token")
    };

    let server = start(&earlier);
    let first = tokens(&server).await;
    server.stop();
    let server = start(&later);
    let first = refreshed(&server, &first).await;
    let second = tokens(&server).await;
    let added = installation.machine();
    server.stop();

    let server = start(&earlier);
    refreshed(&server, &first).await;
    refreshed(&server, &second).await;
    server.http.client_credentials(&added).await.ok();
    server.stop();
    run(&["clients", "disable", &added.id]);
    run(&["audit", "verify"]);
}
