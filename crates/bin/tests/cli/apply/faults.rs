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

/// Deletes everything that the runs created.
fn clean(site: &Site, ci: &Program<'_>) {
    fs::write(site.place.path().join("none.yaml"), "# nothing\n").unwrap();
    let arguments = [&["apply", "-f", "none.yaml", "--prune"][..], &SET].concat();
    let cleaned = ci.there(&arguments);
    assert_eq!(cleaned.code, 0, "{cleaned:?}");
    ci.there(&["users", "delete", "jane@example.com"]);
}

#[test]
fn next_run_completes_run_that_failed_at_any_change() {
    let site = Site::new();
    let ci = site.program("admin", &["owner", "--without-second-factor"]);
    fs::write(site.place.path().join("objects.yaml"), ALL).unwrap();
    assert_eq!(apply(&ci, None).code, 0);
    let export = ["export", "--users"];
    let expected = ci.there(&export).stdout;
    for fault in [Fault::RequestLost, Fault::ResponseLost, Fault::ServerFailed] {
        let mut number = 0;
        loop {
            clean(&site, &ci);
            let proxy = Proxy::start(fault, number);
            let broken = apply(&ci, Some(&proxy));
            if !proxy.has_broken() {
                assert_eq!(broken.code, 0, "{broken:?}");
                break;
            }
            assert_eq!(broken.code, 1, "{fault:?} {number}: {broken:?}");
            assert!(
                broken.stderr.contains("Run the command again"),
                "{broken:?}"
            );
            let next = apply(&ci, None);
            assert_eq!(next.code, 0, "{fault:?} {number}: {next:?}");
            assert_eq!(ci.there(&export).stdout, expected, "{fault:?} {number}");
            number += 1;
        }
        // Five objects, a membership and three grants of roles.
        assert_eq!(number, 9, "{fault:?}");
    }
}
