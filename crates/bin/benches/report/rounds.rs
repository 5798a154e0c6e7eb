//! Alternating rounds of the server and a baseline.

use crate::load::{Outcome, Pace, Requests, send};
use crate::report::{Comparison, Report};
use std::time::Duration;

pub(crate) const CONNECTIONS: usize = 64;
pub(crate) const ROUNDS: usize = 5;
pub(crate) const ROUND: Duration = Duration::from_secs(2);
const HALF_LOAD: Duration = Duration::from_secs(4);

pub(crate) fn most(address: &str, sources: Vec<Box<dyn Requests>>) -> Outcome {
    let outcome = send(address, sources, Pace::Closed, ROUND, u64::MAX);
    assert_eq!(outcome.refused, 0, "every request is served");
    outcome
}

pub(crate) fn at_half(address: &str, sources: Vec<Box<dyn Requests>>, most: f64) -> (f64, f64) {
    let outcome = send(
        address,
        sources,
        Pace::Open(most / 2.0),
        HALF_LOAD,
        u64::MAX,
    );
    assert_eq!(outcome.refused, 0, "every request is served");
    (outcome.milliseconds(0.5), outcome.milliseconds(0.99))
}

pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Compares the server with a baseline in alternating rounds, so that both see the same machine conditions.
pub(crate) fn compare(
    report: &mut Report,
    what: &str,
    goal: f64,
    mut server: impl FnMut() -> f64,
    mut bare: impl FnMut() -> f64,
    half: impl FnOnce(f64) -> (f64, f64),
) {
    let (mut servers, mut bares, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (server, bare) = (server(), bare());
        servers.push(server);
        bares.push(bare);
        ratios.push(server / bare);
    }
    let most = median(servers);
    let (p50, p99) = half(most);
    report.compare(&Comparison {
        what: what.to_owned(),
        server: most,
        bare: median(bares),
        ratio: median(ratios),
        goal,
        p50,
        p99,
    });
}
