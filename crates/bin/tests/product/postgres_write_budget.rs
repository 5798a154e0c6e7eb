//! What each request writes on PostgreSQL, as the database itself counts it: every row of every table.

use crate::support::{Database, Http, Installation, Mint, Server, Writes, within};
use std::collections::BTreeMap;
use std::time::Duration;
use tokio::task::spawn_blocking;

struct Rig {
    database: Database,
    installation: Installation,
    /// How many servers were started so far.
    started: usize,
}

impl Rig {
    /// What was written while a server of its own did some work, by table.
    async fn written(&mut self, work: impl AsyncFnOnce(&Http)) -> BTreeMap<String, Writes> {
        let before = self.database.writes_of_all().await;
        let number = self.started;
        self.started += 1;
        let mut command = self.installation.command(&["serve"]);
        command.env("COUNTERSIGN__STORE__URL", self.database.url_of_node(number));
        let server = spawn_blocking(|| Server::start(command)).await.unwrap();
        work(&server.http).await;
        server.stop();
        // A connection hands its counts over before it is gone.
        within(Duration::from_secs(10), "gone", async || {
            self.database.connections_of(number).await == 0
        })
        .await;
        let mut after = self.database.writes_of_all().await;
        after.retain(|table, writes| before[table] != *writes);
        for (table, writes) in &mut after {
            *writes -= before[table];
        }
        after
    }
}

fn inserted(count: i64) -> Writes {
    Writes {
        inserted: count,
        ..Writes::default()
    }
}

/// Without touching an index.
fn updated(count: i64) -> Writes {
    Writes {
        updated: count,
        updated_hot: count,
        ..Writes::default()
    }
}

/// Once an hour a server writes down that a secret was used.
fn with_the_use_of_a_secret(rest: &[(&str, Writes)]) -> BTreeMap<String, Writes> {
    [("client_secrets", updated(1))]
        .iter()
        .chain(rest)
        .map(|(table, writes)| ((*table).to_owned(), *writes))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_writes_the_rows_of_its_budget_and_no_other() {
    let database = Database::new().await;
    let installation = Installation::on(&database, &[]);
    installation.user();
    let web = installation.web_client(&["--signing-alg=ES256"]);
    let machine = installation.machine();
    let mint = Mint::new(&installation, &web);
    let mut rig = Rig {
        database,
        installation,
        started: 0,
    };
    // The keys of an installation are made when it is first started.
    rig.written(async |_| {}).await;
    assert_eq!(rig.written(async |_| {}).await, BTreeMap::new());

    let logins = rig.written(async |http| {
        for _ in 0..5 {
            http.log_in(&web).await;
        }
    });
    let one_each = [("logins".to_owned(), inserted(5))];
    assert_eq!(logins.await, one_each.into());

    let mut tokens = Vec::new();
    let redemptions = rig.written(async |http| {
        for _ in 0..20 {
            let answer = http.redeem(&web, &mint.code().1).await.ok();
            tokens.push(answer.text("refresh_token"));
        }
    });
    let one_each = with_the_use_of_a_secret(&[("grants", inserted(20))]);
    assert_eq!(redemptions.await, one_each);

    let rotations = rig.written(async |http| {
        for token in &mut tokens {
            for _ in 0..3 {
                *token = http.refresh(&web, token).await.ok().text("refresh_token");
            }
        }
    });
    let one_each = with_the_use_of_a_secret(&[("grants", updated(60))]);
    assert_eq!(rotations.await, one_each);

    let client_credentials = rig.written(async |http| {
        for _ in 0..100 {
            http.client_credentials(&machine).await.ok();
        }
    });
    assert_eq!(client_credentials.await, with_the_use_of_a_secret(&[]));
}
