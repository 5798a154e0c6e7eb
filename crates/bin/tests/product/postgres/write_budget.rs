//! Write budget of each request on PostgreSQL, from the database's own row statistics.

use crate::support::{
    Database, Http, Installation, Mint, Visitor, Writes, authorization_of, parameter, within,
};
use countersign_store_contract::postgres::Cluster;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tokio::task::spawn_blocking;

struct Rig {
    database: Database,
    installation: Installation,
    /// Number of events that the last work stored.
    events: AtomicI64,
    /// Separate cluster: an open transaction of another test would keep dead rows, and updates would not be HOT.
    _cluster: Cluster,
}

impl Rig {
    async fn new() -> Self {
        let cluster = spawn_blocking(|| Cluster::start("", &[])).await.unwrap();
        let database = Database::on(&cluster).await;
        Self {
            installation: Installation::on(&database, &[]),
            database,
            events: AtomicI64::new(0),
            _cluster: cluster,
        }
    }

    /// Returns all writes so far by table. Waits until connections have closed, because they then flush statistics.
    async fn so_far(&self) -> BTreeMap<String, Writes> {
        within(Duration::from_secs(10), "no connection", async || {
            self.database.connections_of_others().await == 0
        })
        .await;
        self.database.writes_of_all().await
    }

    /// Returns the writes by table while a server did some work.
    ///
    /// Ignores the last use of a secret, which a server writes once an hour, the row of the node, and events and their
    /// batches; see [`Rig::events`].
    async fn written(&self, work: impl AsyncFnOnce(&Http)) -> BTreeMap<String, Writes> {
        let before = self.so_far().await;
        let server = self.installation.start();
        work(&server.http).await;
        server.stop();
        let mut after = self.so_far().await;
        after.retain(|table, writes| before[table] != *writes);
        for (table, writes) in &mut after {
            *writes -= before[table];
        }
        let uses = after.remove("client_secrets").unwrap_or_default();
        assert!([Writes::default(), updated(1)].contains(&uses), "{uses:?}");
        let own = after.remove("nodes").unwrap_or_default();
        assert_eq!((own.inserted, own.deleted), (1, 1), "{own:?}");
        assert_eq!(own.updated, own.updated_hot, "{own:?}");
        let events = after.remove("events").unwrap_or_default();
        assert_eq!(events.inserted, events.updated, "each event is sealed once");
        let batches = after.remove("event_batches").unwrap_or_default();
        assert!(batches.inserted <= events.inserted, "{batches:?}");
        self.events.store(events.inserted, Ordering::Relaxed);
        after
    }

    /// Returns the number of events that the last work stored.
    fn events(&self) -> i64 {
        self.events.load(Ordering::Relaxed)
    }
}

fn inserted(count: i64) -> Writes {
    Writes {
        inserted: count,
        ..Writes::default()
    }
}

/// Heap-only updates, which touch no index.
fn updated(count: i64) -> Writes {
    Writes {
        updated: count,
        updated_hot: count,
        ..Writes::default()
    }
}

fn only(table: &str, writes: Writes) -> BTreeMap<String, Writes> {
    [(table.to_owned(), writes)].into()
}

/// One inserted row in each of these tables.
fn one_more(tables: &[&str]) -> BTreeMap<String, Writes> {
    let tables = tables.iter();
    tables
        .map(|table| ((*table).to_owned(), inserted(1)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_request_writes_only_budgeted_rows() {
    let rig = Rig::new().await;
    rig.installation.user();
    let web = rig.installation.web_client(&["--signing-alg=ES256"]);
    let machine = rig.installation.machine();
    let mint = Mint::new(&rig.installation, &web);
    // The first start generates the signing keys.
    rig.written(async |_| {}).await;
    assert_eq!(rig.written(async |_| {}).await, BTreeMap::new());

    let logins = rig.written(async |http| {
        for _ in 0..5 {
            http.log_in(&web).await;
        }
    });
    let logins = logins.await;
    assert_eq!(logins.len(), 1, "{logins:?}");
    let writes = &logins["ephemera"];
    // Each login adds its completed step, and counts an attempt of its account and its address, which it then takes
    // back. The first one adds these two counters; a window of ten minutes may end in between.
    assert_eq!(writes.inserted + writes.updated, 5 + 4 * 5, "{logins:?}");
    assert!([7, 9].contains(&writes.inserted), "{logins:?}");
    assert_eq!(rig.events(), 5, "one for each sign-in");

    let mut tokens = Vec::new();
    let redemptions = rig.written(async |http| {
        for _ in 0..20 {
            let answer = http.redeem(&web, &mint.code().1).await.ok();
            tokens.push(answer.text("refresh_token"));
        }
    });
    assert_eq!(redemptions.await, only("grants", inserted(20)));
    assert_eq!(rig.events(), 0);

    let rotations = rig.written(async |http| {
        for token in &mut tokens {
            for _ in 0..3 {
                *token = http.refresh(&web, token).await.ok().text("refresh_token");
            }
        }
    });
    assert_eq!(rotations.await, only("grants", updated(60)));
    assert_eq!(rig.events(), 0);

    let client_credentials = rig.written(async |http| {
        for _ in 0..100 {
            http.client_credentials(&machine).await.ok();
        }
    });
    assert_eq!(client_credentials.await, BTreeMap::new());
    assert_eq!(rig.events(), 0);
}

/// Removes the writes of one password: its account and its address count an attempt and take it back.
fn without_counters(mut writes: BTreeMap<String, Writes>) -> BTreeMap<String, Writes> {
    let counters = writes.remove("ephemera").unwrap_or_default();
    assert_eq!(counters.inserted + counters.updated, 4, "{counters:?}");
    writes
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_login_writes_budgeted_rows_and_reads_write_nothing() {
    let rig = Rig::new().await;
    rig.installation.user();
    let web = rig.installation.web_client(&["--signing-alg=ES256"]);
    let machine = rig.installation.machine();
    let address = authorization_of(&web);
    rig.written(async |_| {}).await;

    let consenting = rig.written(async |http| {
        let mut visitor = Visitor::of(http);
        let page = visitor.go(&address).await.page();
        let answer = visitor.log_in(&page).await.elsewhere();
        http.redeem(&web, &parameter(&answer, "code")).await.ok();
    });
    let tables = ["consents", "grants", "sessions"];
    assert_eq!(without_counters(consenting.await), one_more(&tables));
    assert_eq!(rig.events(), 2, "sign-in and consent");

    let mut left = None;
    let remembered = rig.written(async |http| {
        let mut visitor = Visitor::of(http);
        let page = visitor.go(&address).await.page();
        let answer = visitor.log_in_again(&page).await.elsewhere();
        let redeemed = http.redeem(&web, &parameter(&answer, "code")).await.ok();
        left = Some((visitor, redeemed.text("access_token")));
    });
    assert_eq!(without_counters(remembered.await), one_more(&tables[1..]));
    assert_eq!(rig.events(), 1, "sign-in");

    let (visitor, token) = left.unwrap();
    let reading = rig.written(async |http| {
        let mut visitor = visitor.moved_to(http);
        for _ in 0..50 {
            let answer = visitor.go(&address).await.elsewhere();
            assert!(!parameter(&answer, "code").is_empty());
            let about = http.introspect(&web, &token).await.ok();
            assert_eq!(about.json()["active"], true);
            http.userinfo(&token).await.ok();
        }
    });
    assert_eq!(reading.await, BTreeMap::new());
    assert_eq!(rig.events(), 0);

    let revocation = rig.written(async |http| {
        let token = http.client_credentials(&machine).await.ok();
        let token = token.text("access_token");
        for _ in 0..2 {
            http.revoke(&machine, &token).await.ok();
        }
        let about = http.introspect(&machine, &token).await.ok();
        assert_eq!(about.json()["active"], false);
    });
    assert_eq!(revocation.await, one_more(&["ephemera"]));
}
