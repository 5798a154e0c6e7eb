//! Throughput on one core by the number of connections, of the server and of the bare handler that signs.

use crate::clients::Client;
use crate::process::{Serving, Site, bare_signer};
use crate::report::Report;
use crate::rounds::{ROUNDS, cost, median};

const NUMBERS: [usize; 5] = [4, 16, 64, 128, 256];

pub(crate) fn connections(report: &mut Report) {
    let site = Site::new("connections");
    let client = Client::machine(&site, "ES256");
    let servers = [site.serve(), bare_signer("ES256")];
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        // The server and the bare handler take turns for each number of connections.
        rounds.push(NUMBERS.map(|number| {
            let of = |server: &Serving| cost(server, client.credentials(number));
            servers.each_ref().map(of)
        }));
    }
    for (place, (who, goal)) in [("the server", "97 or better"), ("the bare handler", "")]
        .into_iter()
        .enumerate()
    {
        let mut speeds = Vec::new();
        for (column, number) in NUMBERS.iter().enumerate() {
            let costs = || rounds.iter().map(|round| round[column][place]);
            let speed = median(costs().map(|cost| cost.per_second).collect());
            let what = format!("client_credentials, ES256, {number} connections, {who}");
            report.figure(&what, speed, "/s", "");
            let time = median(costs().map(|cost| cost.microseconds).collect());
            report.figure(&what, time, "microseconds of its core", "");
            speeds.push(speed);
        }
        let best = speeds.iter().copied().fold(0.0, f64::max);
        report.figure(
            &format!("throughput at 256 connections over the best, {who}"),
            100.0 * speeds[NUMBERS.len() - 1] / best,
            "%",
            goal,
        );
    }
}
