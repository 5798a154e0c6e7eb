//! Settings: what keeps `serve` from starting, and what is unsafe.

use super::examined::Examined;
use super::finding::{Finding, State};
use crate::commands::config::{doubts, startup};

/// Repeats the findings of `config check` that no other check has.
pub(crate) fn check(of: &Examined) -> Vec<Finding> {
    let settings = &of.settings;
    let mut problems = settings.missing_for_serving();
    let addresses = startup::addresses(settings);
    problems.extend(addresses.problems);
    let outbound = settings.outbound.client().err();
    problems.extend(outbound.map(|failure| failure.message));
    let problems = problems.into_iter();
    let mut findings: Vec<Finding> = problems
        .map(|problem| Finding::new(State::Problem, &problem))
        .collect();
    // An address in use is normal: the server may run.
    let doubts = doubts::doubts(settings).into_iter();
    findings.extend(doubts.map(|doubt| Finding::new(State::Warning, &doubt)));
    if findings.is_empty() {
        findings.push(Finding::ok("The settings are valid."));
    }
    findings
}
