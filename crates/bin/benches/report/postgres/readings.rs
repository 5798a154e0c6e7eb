//! Userinfo and introspection on PostgreSQL, compared with `pgbench`, which runs the same lookups in the same run.
//!
//! Each token belongs to another grant. Repeated lookups of one grant would be answered together.

use super::pgbench::{GRANT, GRANT_WITH_USER, Pgbench};
use super::rigs::Rig;
use super::rotation::middle;
use crate::clients::Client;
use crate::load::{Outcome, Pace, Requests, send};
use crate::machine::{core_seconds, pin_the_load, unpin};
use crate::process::{Serving, Site};
use crate::report::{FullLoad, Report};
use crate::rounds::{ROUND, ROUNDS, median};
use countersign_store_contract::postgres::Cluster;
use std::sync::Arc;

/// Texts of requests, which connections share.
type Texts = Arc<[Arc<[u8]>]>;

/// Number of access tokens. They fit into the server's cache of verified tokens, except for those of its few sets that
/// get more tokens than they hold: the server verifies their signatures each time.
const TOKENS: usize = 10_000;
const CLIENTS: usize = 32;

/// Source that repeats a list of requests, from any place.
struct Cycle {
    requests: Texts,
    place: usize,
}

impl Requests for Cycle {
    fn next(&mut self, _: &[u8]) -> Option<Arc<[u8]>> {
        self.place = (self.place + 1) % self.requests.len();
        Some(self.requests[self.place].clone())
    }
}

/// Returns one source per connection. Each starts at another place.
fn spread(requests: &Texts) -> Vec<Box<dyn Requests>> {
    let source = |number| {
        let place = number * requests.len() / CLIENTS;
        let requests = requests.clone();
        Box::new(Cycle { requests, place }) as Box<dyn Requests>
    };
    (0..CLIENTS).map(source).collect()
}

pub(crate) fn readings(report: &mut Report) {
    unpin();
    let cluster = Cluster::start("shared_buffers = 256MB", &[]);
    let site = Site::on_postgres("postgres", cluster.url());
    let client = Client::application(&site, "ES256");
    Rig::fill(&cluster, &client);
    let pgbench = Pgbench::new(&cluster, &site.folder);
    let server = site.serve();
    pin_the_load();
    let tokens = client.access_tokens(&site, &server, "openid email", TOKENS);
    let userinfo = tokens.iter().map(|token| {
        let head = "GET /oauth2/userinfo HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer";
        format!("{head} {token}\r\n\r\n").into_bytes().into()
    });
    let introspection = tokens
        .iter()
        .map(|token| client.post_to("/oauth2/introspect", &format!("token={token}")));
    // The goals are 1.5 times the figures before reads shared statements.
    let kinds: [(&str, Texts, &str, f64); 2] = [
        ("userinfo", userinfo.collect(), GRANT_WITH_USER, 0.58),
        ("introspection", introspection.collect(), GRANT, 0.5),
    ];
    for (what, requests, statement, goal) in kinds {
        // Verifies the signature of each token once.
        load(&server, spread(&requests));
        let mut rounds = Vec::new();
        let (mut seconds, mut answered) = (0.0, 0);
        for _ in 0..ROUNDS {
            unpin();
            let bare = pgbench.run(statement, CLIENTS, ROUND);
            pin_the_load();
            let before = core_seconds(server.id());
            let outcome = load(&server, spread(&requests));
            seconds += core_seconds(server.id()) - before;
            answered += outcome.answered;
            rounds.push((bare, outcome.speed()));
        }
        let ratios = rounds
            .iter()
            .map(|(bare, ours)| ours.per_second / bare.per_second);
        report.compare_at_full_load(&FullLoad {
            what: format!(
                "{what}, ES256, PostgreSQL, {CLIENTS} clients, the server against pgbench"
            ),
            ratio: median(ratios.collect()),
            ours: middle(&rounds, |(_, ours)| *ours),
            bare: middle(&rounds, |(bare, _)| *bare),
            goal: Some(goal),
        });
        report.figure(
            &format!("the server's own time per {what}, PostgreSQL, {CLIENTS} clients"),
            seconds * 1_000_000.0 / answered as f64,
            "microseconds of its core",
            "",
        );
    }
}

fn load(server: &Serving, requests: Vec<Box<dyn Requests>>) -> Outcome {
    let outcome = send(
        &server.address,
        requests,
        Pace::ClosedSleeping,
        ROUND,
        u64::MAX,
    );
    assert_eq!(outcome.refused, 0, "every request is served");
    outcome
}
