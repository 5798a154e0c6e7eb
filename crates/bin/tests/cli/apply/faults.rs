//! A run that fails at any change is completed by the next run.

use super::ALL;
use super::proxy::{Fault, Proxy};
use crate::over_api::site::{Program, Site};
use crate::place::Run;
use std::fs;

const SET: [&str; 2] = ["--managed-by", "platform"];

fn apply(ci: &Program<'_>, proxy: Option<&Proxy>) -> Run {
    let arguments = [&["apply", "-f", "objects.yaml"][..], &SET].concat();
    ci.there_through(proxy.map(|proxy| proxy.url.as_str()), &arguments)
}

/// Deletes everything that the runs created, and leaves one other group.
fn clean(site: &Site, ci: &Program<'_>) {
    fs::write(
        site.place.path().join("none.yaml"),
        "{kind: group, name: last}",
    )
    .unwrap();
    let arguments = [&["apply", "-f", "none.yaml", "--prune"][..], &SET].concat();
    let cleaned = ci.there(&arguments);
    assert_eq!(cleaned.code, 0, "{cleaned:?}");
    ci.there(&["users", "delete", "jane@example.com"]);
}

/// Breaks each change of a run in turn.
fn next_run_completes(fault: Fault) {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    fs::write(site.place.path().join("objects.yaml"), ALL).unwrap();
    clean(&site, &ci);
    assert_eq!(apply(&ci, None).code, 0);
    let export = ["export", "--users"];
    let expected = ci.there(&export).stdout;
    let mut number = 0;
    loop {
        clean(&site, &ci);
        let proxy = Proxy::start(fault, number);
        let broken = apply(&ci, Some(&proxy));
        if !proxy.has_broken() {
            assert_eq!(broken.code, 0, "{broken:?}");
            break;
        }
        assert_eq!(broken.code, 1, "{number}: {broken:?}");
        let hint = "then run the command again";
        assert!(broken.stderr.contains(hint), "{number}: {broken:?}");
        let next = apply(&ci, None);
        assert_eq!(next.code, 0, "{number}: {next:?}");
        assert_eq!(ci.there(&export).stdout, expected, "{number}");
        number += 1;
    }
    // Five objects, a membership and three grants of roles.
    assert_eq!(number, 9);
}

#[test]
fn next_run_completes_run_whose_request_was_lost() {
    next_run_completes(Fault::RequestLost);
}

/// For the server, this is also a run that was killed.
#[test]
fn next_run_completes_run_whose_response_was_lost() {
    next_run_completes(Fault::ResponseLost);
}

#[test]
fn next_run_completes_run_after_failure_of_server() {
    next_run_completes(Fault::ServerFailed);
}

/// A long run can outlive its token.
#[test]
fn expired_token_is_replaced_during_run() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    fs::write(site.place.path().join("objects.yaml"), ALL).unwrap();
    let proxy = Proxy::start(Fault::TokenExpired, 3);
    let applied = apply(&ci, Some(&proxy));
    assert!(proxy.has_broken());
    assert_eq!(applied.code, 0, "{applied:?}");
}
