//! Rotations on PostgreSQL with `synchronous_commit`, compared with `pgbench`.
//!
//! `pgbench` runs the same statement on the same table in the same run. The adapter and the whole server over HTTP are
//! measured separately. PostgreSQL, the adapter and `pgbench` use both cores. The server runs on one core and its load
//! on the other.

use super::pgbench::{Pgbench, ROTATION};
use super::rigs::{Rig, adapter};
use crate::clients::Client;
use crate::load::{Pace, send};
use crate::machine::{core_seconds, pin_the_load, unpin};
use crate::process::Site;
use crate::report::{FullLoad, Report, Speed};
use crate::rounds::{ROUND, ROUNDS, median};
use countersign_store_contract::postgres::Cluster;

/// Number of clients, and the goals of the adapter and of the server.
const CLIENTS: [(usize, Option<f64>, Option<f64>); 3] = [
    (8, Some(0.9), Some(0.8)),
    (32, None, Some(1.8)),
    (128, Some(4.0), Some(2.2)),
];

pub(crate) fn rotation(report: &mut Report) {
    unpin();
    let settings = "max_wal_size = 4GB\nshared_buffers = 256MB";
    let cluster = Cluster::start(settings, &[]);
    let site = Site::on_postgres("postgres", cluster.url());
    let client = Client::application(&site, "ES256");
    Rig::fill(&cluster, &client);
    let pgbench = Pgbench::new(&cluster, &site.folder);
    let server = site.serve();
    let mut generation = 0;
    // A higher generation than before. Grants jump to the presented generation.
    let mut later = || {
        generation += 1_000_000;
        generation
    };
    for (clients, of_adapter, of_server) in CLIENTS {
        let mut rounds = Vec::new();
        let (mut seconds, mut answered) = (0.0, 0);
        for _ in 0..ROUNDS {
            unpin();
            let bare = pgbench.run(ROTATION, clients, ROUND);
            let alone = adapter(&cluster.url(), clients, later(), ROUND);
            pin_the_load();
            let requests = client.refreshes(&site, clients, later());
            let before = core_seconds(server.id());
            let outcome = send(&server.address, requests, Pace::Closed, ROUND, u64::MAX);
            assert_eq!(outcome.refused, 0, "every request is served");
            seconds += core_seconds(server.id()) - before;
            answered += outcome.answered;
            let whole = outcome.speed();
            rounds.push(Round { bare, alone, whole });
        }
        let compare = |who: &str, goal, ours: fn(&Round) -> Speed| FullLoad {
            what: format!("rotation, PostgreSQL, {clients} clients, {who} against pgbench"),
            ours: middle(&rounds, ours),
            bare: middle(&rounds, |round| round.bare),
            ratio: median(
                rounds
                    .iter()
                    .map(|round| ours(round).per_second / round.bare.per_second)
                    .collect(),
            ),
            goal,
        };
        report.compare_at_full_load(&compare("the adapter alone", of_adapter, |round| {
            round.alone
        }));
        report.compare_at_full_load(&compare("the server, ES256,", of_server, |round| {
            round.whole
        }));
        report.figure(
            &format!("the server's own time per rotation, PostgreSQL, {clients} clients"),
            seconds * 1_000_000.0 / answered as f64,
            "microseconds of its core",
            "",
        );
    }
    pin_the_load();
}

struct Round {
    bare: Speed,
    alone: Speed,
    whole: Speed,
}

/// Returns the medians of all rounds.
pub(super) fn middle<R>(rounds: &[R], of: impl Fn(&R) -> Speed) -> Speed {
    let figures =
        |figure: fn(Speed) -> f64| median(rounds.iter().map(|round| figure(of(round))).collect());
    Speed {
        per_second: figures(|speed| speed.per_second),
        p50: figures(|speed| speed.p50),
        p99: figures(|speed| speed.p99),
    }
}
