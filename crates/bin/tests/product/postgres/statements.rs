//! Statement budget of each request on PostgreSQL, as the database counts them.

use crate::support::{Database, Http, Installation, Server};
use countersign_store_contract::postgres::{Cluster, StatementCounts};
use tokio::task::spawn_blocking;

const API: &str = "https://api.example";

/// Tables of requests. The server reads clients and keys from a cache, and refreshes it at any time.
const TABLES: [&str; 4] = ["grants", "users", "sessions", "ephemera"];

struct Rig {
    server: Server,
    counts: StatementCounts,
    _cluster: Cluster,
}

impl Rig {
    /// Returns the number of statements of `work`.
    async fn counted(&self, work: impl AsyncFnOnce(&Http)) -> i64 {
        let counts = self
            .counts
            .during(&TABLES, async || work(&self.server.http).await);
        let counts = counts.await;
        counts.values().sum()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_runs_budgeted_statements() {
    let start = || Cluster::start(StatementCounts::SETTINGS, &[]);
    let cluster = spawn_blocking(start).await.unwrap();
    let counts = StatementCounts::of(&cluster).await;
    let database = Database::on(&cluster).await;
    let installation = Installation::on(&database, &[]);
    installation.user();
    let audience = format!("--audience={API}");
    let web = installation.web_client(&["--signing-alg=ES256", &audience]);
    let machine = installation.machine();
    installation.run(&[
        "resource-servers",
        "create",
        API,
        "--introspection-client",
        &machine.id,
        "--personal-claims",
    ]);
    let rig = Rig {
        server: installation.start(),
        counts,
        _cluster: cluster,
    };
    // Fills the caches of clients and resource servers.
    let code = rig.server.http.log_in(&web).await;
    let tokens = rig.server.http.redeem(&web, &code).await.ok();
    let token = tokens.text("access_token");
    rig.server.http.introspect(&machine, &token).await.ok();

    let mut code = String::new();
    let login = rig.counted(async |http| code = http.log_in(&web).await);
    assert_eq!(
        login.await,
        3,
        "attempt and user; attempt given back; user and step"
    );
    let mut tokens = None;
    let redemption = rig.counted(async |http| tokens = Some(http.redeem(&web, &code).await.ok()));
    assert_eq!(redemption.await, 2, "grant; session and user");
    let (token, refresh_token) = tokens
        .map(|tokens| (tokens.text("access_token"), tokens.text("refresh_token")))
        .unwrap();
    let refresh = rig.counted(async |http| drop(http.refresh(&web, &refresh_token).await.ok()));
    assert_eq!(refresh.await, 1);
    let userinfo = rig.counted(async |http| drop(http.userinfo(&token).await.ok()));
    assert_eq!(userinfo.await, 1);
    for client in [&web, &machine] {
        let introspection = rig.counted(async |http| {
            let about = http.introspect(client, &token).await.ok();
            assert_eq!(about.json()["active"], true);
        });
        assert_eq!(introspection.await, 1);
    }
    let of_machine = rig.server.http.client_credentials(&machine).await.ok();
    let of_machine = of_machine.text("access_token");
    let introspection =
        rig.counted(async |http| drop(http.introspect(&machine, &of_machine).await.ok()));
    assert_eq!(introspection.await, 1);
    rig.server.stop();
}
