//! Alternating rounds of the server and its baselines.

use crate::load::{Outcome, Pace, Requests, send};
use crate::machine::core_seconds;
use crate::process::Serving;
use crate::report::{Comparison, Report, Spread};
use std::time::Duration;

pub(crate) const CONNECTIONS: usize = 64;
pub(crate) const ROUNDS: usize = 5;
pub(crate) const ROUND: Duration = Duration::from_secs(2);
/// Rounds that measure CPU time are short and many: the median of many turns is robust to the noise of the machine.
const SHORT_ROUNDS: usize = 11;
const SHORT_ROUND: Duration = Duration::from_millis(500);
const HALF_LOAD: Duration = Duration::from_secs(3);
/// Delay after a round, in which the server becomes idle and the scheduler updates its counts.
const SETTLED: Duration = Duration::from_millis(10);

/// Cost of a request at full load.
#[derive(Clone, Copy)]
pub(crate) struct Cost {
    /// CPU time of the server per request.
    pub(crate) microseconds: f64,
    pub(crate) per_second: f64,
}

/// Sends requests as fast as the server responds, for one round.
pub(crate) fn cost(serving: &Serving, sources: Vec<Box<dyn Requests>>) -> Cost {
    let before = core_seconds(serving.id());
    let outcome = most(&serving.address, sources);
    std::thread::sleep(SETTLED);
    let seconds = core_seconds(serving.id()) - before;
    Cost {
        microseconds: seconds * 1_000_000.0 / outcome.answered as f64,
        per_second: outcome.per_second,
    }
}

fn most(address: &str, sources: Vec<Box<dyn Requests>>) -> Outcome {
    let outcome = send(address, sources, Pace::Closed, SHORT_ROUND, u64::MAX);
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

/// Program that does a part of the server's work. Returns the CPU time of one run in microseconds.
pub(crate) type Part<'a> = Box<dyn FnMut() -> f64 + 'a>;

/// Compares the CPU time of a request with that of the minimal programs that do its parts, in alternating rounds, so
/// that all see the same machine conditions.
pub(crate) fn compare(
    report: &mut Report,
    what: &str,
    goal: f64,
    mut server: impl FnMut() -> Cost,
    mut parts: Vec<Part<'_>>,
    half: impl FnOnce(f64) -> (f64, f64),
) {
    let (mut costs, mut bares, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for round in 0..=SHORT_ROUNDS {
        let cost = server();
        let bare: f64 = parts.iter_mut().map(|part| part()).sum();
        // The first round warms up caches and allocators.
        if round > 0 {
            costs.push(cost);
            bares.push(bare);
            ratios.push(bare / cost.microseconds);
        }
    }
    let per_second = median(costs.iter().map(|cost| cost.per_second).collect());
    let (p50, p99) = half(per_second);
    report.compare(&Comparison {
        what: what.to_owned(),
        per_second,
        microseconds: median(costs.iter().map(|cost| cost.microseconds).collect()),
        bare: median(bares),
        ratio: Spread::of(ratios),
        goal,
        p50,
        p99,
    });
}
