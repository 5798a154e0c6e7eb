//! Ten thousand tenants with a million users on one PostgreSQL: start, memory, and tokens for all of them in turns.

mod fill;

use crate::clients::Client;
use crate::footprint::{SETTLED, start_to_token};
use crate::grants::scattered_below;
use crate::load::{Pace, Requests, send};
use crate::machine::{core_seconds, pin_the_load, resident_mebibytes, unpin};
use crate::process::{Serving, Site};
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, cost};
use countersign_store_contract::postgres::Cluster;
use fill::{Filler, TENANTS, path};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// Settings of PostgreSQL. The rows are inserted without waiting for the disk.
const SETTINGS: &str = "max_wal_size = 4GB\nshared_buffers = 256MB\nfsync = off";
const GOAL: f64 = 0.95;
/// Maximum time until each tenant has issued a token.
const LONGEST: Duration = Duration::from_secs(120);

/// One request of each tenant, in an order without relation to that of their rows and of their data in memory. All
/// connections take turns.
#[derive(Clone)]
struct Turns {
    requests: Arc<[Arc<[u8]>]>,
    next: Arc<AtomicUsize>,
}

impl Requests for Turns {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        Some(self.requests[number % self.requests.len()].clone())
    }
}

impl Turns {
    /// Returns the requests of some tenants.
    fn of(client: &Client, tenants: u32) -> Self {
        let request = |number| {
            let number = scattered_below(number, TENANTS.into());
            let path = format!("{}/oauth2/token", path(u32::try_from(number).unwrap()));
            client.post_to(&path, "grant_type=client_credentials")
        };
        Self {
            requests: (0..tenants.into()).map(request).collect(),
            next: Arc::default(),
        }
    }

    fn sources(&self) -> Vec<Box<dyn Requests>> {
        (0..CONNECTIONS)
            .map(|_| Box::new(self.clone()) as Box<dyn Requests>)
            .collect()
    }
}

pub(crate) fn tenants(report: &mut Report) {
    unpin();
    let cluster = Cluster::start(SETTINGS, &[]);
    let site = Site::on_postgres("tenants", cluster.url());
    let client = Client::machine(&site, "ES256");
    let filler = Filler::new(&site, &cluster);
    filler.tenants(&client);
    pin_the_load();
    let turns = Turns::of(&client, TENANTS);
    report.figure(
        "start to first token of a tenant, 10,000 tenants, PostgreSQL",
        start_to_token(&site, &turns.requests[0]),
        "ms",
        "1,000 or less",
    );
    let server = site.serve();
    std::thread::sleep(SETTLED);
    resident(report, "idle", &server, "64 or less");
    first_tokens(report, "ES256", &server, &turns);
    // The cost of a tenant's path, and that of memory that is not in the caches of the processor.
    for tenants in [1, 100, TENANTS] {
        tokens(report, "ES256", &server, &client, tenants);
    }
    drop(server);

    unpin();
    let client = client.sibling(&site, "RS256");
    filler.add_rsa_keys(&client);
    pin_the_load();
    let server = site.serve();
    first_tokens(report, "RS256", &server, &Turns::of(&client, TENANTS));
    tokens(report, "RS256", &server, &client, TENANTS);
}

fn resident(report: &mut Report, when: &str, server: &Serving, goal: &str) {
    let what = format!("resident memory, {when}, 10,000 tenants, PostgreSQL");
    report.figure(&what, resident_mebibytes(server.id()), "MiB", goal);
}

/// Measures the first token of each tenant, which reads its settings, keys and client.
fn first_tokens(report: &mut Report, algorithm: &str, server: &Serving, turns: &Turns) {
    let before = core_seconds(server.id());
    let first = send(
        &server.address,
        turns.sources(),
        Pace::ClosedSleeping,
        LONGEST,
        TENANTS.into(),
    );
    assert_eq!((first.answered, first.refused), (TENANTS.into(), 0));
    std::thread::sleep(SETTLED);
    let seconds = core_seconds(server.id()) - before;
    report.figure(
        &format!("first token of a tenant, {algorithm}, PostgreSQL"),
        seconds * 1_000_000.0 / f64::from(TENANTS),
        "microseconds",
        "",
    );
    let when = format!("after an {algorithm} token of each tenant");
    resident(report, &when, server, "");
}

/// Compares tokens of many tenants with tokens of the server's own tenant.
fn tokens(report: &mut Report, algorithm: &str, server: &Serving, client: &Client, tenants: u32) {
    let turns = Turns::of(client, tenants);
    compare(
        report,
        &format!(
            "client_credentials, {algorithm}, {tenants} of 10,000 tenants in turns, against the own tenant"
        ),
        GOAL,
        || cost(server, turns.sources()),
        vec![Box::new(|| {
            cost(server, client.credentials(CONNECTIONS)).microseconds
        })],
        |most| at_half(&server.address, turns.sources(), most),
    );
}
