//! Cost of refused requests, with their log lines, events and explanations, and of accepted requests among them.

use crate::clients::Client;
use crate::load::{Pace, Requests, send};
use crate::machine::core_seconds;
use crate::process::Site;
use crate::report::Report;
use crate::rounds::{CONNECTIONS, median};
use std::time::Duration;

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(500);

/// Measures CPU time per request: all accepted, all refused, and every second one refused. All come from one address.
pub(crate) fn refusals(report: &mut Report) {
    let site = Site::new("refusals");
    let client = Client::machine(&site, "EdDSA");
    let server = site.serve();
    let stranger = Client {
        secret: "wrong".repeat(8),
        ..client.clone()
    };
    let accepted = || client.credentials(CONNECTIONS);
    let refused = || stranger.credentials(CONNECTIONS);
    let both = || {
        let pairs = accepted().into_iter().zip(refused());
        let pairs = pairs.take(CONNECTIONS / 2);
        pairs.flat_map(|(one, other)| [one, other]).collect()
    };
    let cost = |sources: Vec<Box<dyn Requests>>| {
        let before = core_seconds(server.id());
        let outcome = send(&server.address, sources, Pace::Closed, ROUND, u64::MAX);
        (core_seconds(server.id()) - before) * 1_000_000.0 / outcome.answered as f64
    };
    let mut costs = [const { Vec::new() }; 3];
    for _ in 0..ROUNDS {
        costs[0].push(cost(accepted()));
        costs[1].push(cost(refused()));
        costs[2].push(cost(both()));
    }
    let names = ["accepted", "refused", "every second one refused"];
    for (name, costs) in names.into_iter().zip(costs) {
        let what = format!("client_credentials, EdDSA, {name}, CPU time per request");
        report.figure(&what, median(costs), "microseconds", "");
    }
}
