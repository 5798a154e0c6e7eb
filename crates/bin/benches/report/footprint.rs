//! Time to start, size of the binary, and resident memory.

use crate::clients::{Client, Same};
use crate::load::{Pace, Requests, send};
use crate::machine::resident_mebibytes;
use crate::process::{Serving, Site, binary};
use crate::report::Report;
use crate::rounds::{CONNECTIONS, median};
use countersign_store_contract::postgres::Cluster;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Connections of the memory benchmark: in total, and open at the same time.
const CAME_AND_WENT: usize = 10_000;
const AT_ONCE: usize = 250;
/// Delay after which a server is idle, or has noticed that connections are closed.
pub(crate) const SETTLED: Duration = Duration::from_secs(2);

pub(crate) fn size(report: &mut Report) {
    let size = std::fs::metadata(binary()).unwrap().len() as f64 / (1024.0 * 1024.0);
    report.figure("binary, stripped", size, "MiB", "");
}

/// Measures resident memory: idle, and after many tokens and connections.
pub(crate) fn memory(report: &mut Report) {
    let cluster = Cluster::start("", &[]);
    let idle = |store: &str, server: &Serving, report: &mut Report| {
        std::thread::sleep(SETTLED);
        let what = format!("resident memory, idle, {store}");
        report.figure(&what, resident_mebibytes(server.id()), "MiB", "16 or less");
    };
    let site = Site::on_postgres("memory-postgres", cluster.url());
    idle("PostgreSQL", &site.serve(), report);

    let site = Site::new("memory");
    let client = Client::machine(&site, "EdDSA");
    let server = site.serve();
    idle("SQLite", &server, report);
    let load = |connections, tokens| {
        let requests = client.credentials(connections);
        let longest = Duration::from_secs(600);
        let outcome = send(&server.address, requests, Pace::Closed, longest, tokens);
        assert_eq!((outcome.answered, outcome.refused), (tokens, 0));
    };
    load(CONNECTIONS, 50_000);
    let few = resident_mebibytes(server.id());
    report.figure("resident memory, after 50,000 tokens", few, "MiB", "");
    load(CONNECTIONS, 950_000);
    for _ in 0..CAME_AND_WENT / AT_ONCE {
        load(AT_ONCE, AT_ONCE as u64);
    }
    std::thread::sleep(SETTLED);
    let what = "resident memory, after 1,000,000 tokens and 10,000 connections";
    report.figure(what, resident_mebibytes(server.id()), "MiB", "24 or less");
}

/// Measures the time from process start to the first token, with an existing store and keys.
pub(crate) fn start_up(report: &mut Report) {
    let site = Site::new("start");
    let client = Client::machine(&site, "RS256");
    let request = client.post("grant_type=client_credentials");
    report.figure(
        "start to first token",
        start_to_token(&site, &request),
        "ms",
        "150 or less",
    );
}

/// Returns the time from process start to the response to this request, in milliseconds: the median of several starts.
pub(crate) fn start_to_token(site: &Site, request: &Arc<[u8]>) -> f64 {
    let times = (0..7).map(|_| {
        let began = Instant::now();
        let server = site.serve();
        let source: Vec<Box<dyn Requests>> = vec![Box::new(Same(request.clone()))];
        let outcome = send(
            &server.address,
            source,
            Pace::Closed,
            Duration::from_secs(5),
            1,
        );
        assert_eq!((outcome.answered, outcome.refused), (1, 0));
        began.elapsed().as_secs_f64() * 1000.0
    });
    median(times.collect())
}
