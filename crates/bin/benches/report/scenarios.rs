//! Benchmark scenarios.

use crate::clients::{Client, Same};
use crate::load::{Pace, Requests, send};
use crate::machine::{pin_the_load, resident_mebibytes};
use crate::postgres;
use crate::process::{BINARY, Site, bare_fill, bare_signer, bare_store};
use crate::readings;
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, median, most};
use std::cell::Cell;
use std::time::{Duration, Instant};

/// Named benchmark.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    take: fn(&mut Report),
}

pub(crate) const ALL: [Scenario; 10] = [
    Scenario {
        name: "start",
        take: start_up,
    },
    Scenario {
        name: "client_credentials",
        take: signatures,
    },
    Scenario {
        name: "redemption",
        take: redemption,
    },
    Scenario {
        name: "rotation",
        take: rotation,
    },
    Scenario {
        name: "authorize",
        take: readings::authorize,
    },
    Scenario {
        name: "introspection",
        take: readings::introspection,
    },
    Scenario {
        name: "userinfo",
        take: readings::userinfo,
    },
    Scenario {
        name: "memory",
        take: memory,
    },
    Scenario {
        name: "size",
        take: size,
    },
    Scenario {
        name: "postgres",
        take: on_postgres,
    },
];

/// Returns the scenarios with these names, or `None` if one is unknown.
pub(crate) fn named(names: &[&str]) -> Option<Vec<Scenario>> {
    names
        .iter()
        .map(|name| ALL.into_iter().find(|scenario| scenario.name == *name))
        .collect()
}

pub(crate) fn run(scenarios: &[Scenario]) {
    pin_the_load();
    let mut report = Report::default();
    for scenario in scenarios {
        (scenario.take)(&mut report);
    }
    report.publish();
}

fn signatures(report: &mut Report) {
    for algorithm in ["RS256", "ES256", "EdDSA"] {
        client_credentials(report, algorithm);
    }
}

fn on_postgres(report: &mut Report) {
    postgres::rotation::rotation(report);
    postgres::writes::writes(report);
}

fn size(report: &mut Report) {
    let size = std::fs::metadata(BINARY).unwrap().len() as f64 / (1024.0 * 1024.0);
    report.figure("binary, stripped", size, "MiB", "");
}

fn client_credentials(report: &mut Report, algorithm: &str) {
    let site = Site::new(algorithm);
    let client = Client::machine(&site, algorithm);
    let (server, bare) = (site.serve(), bare_signer(algorithm));
    compare(
        report,
        &format!("client_credentials, {algorithm}, against a bare handler that signs"),
        0.85,
        || most(&server.address, client.credentials(CONNECTIONS)).per_second,
        || most(&bare.address, client.credentials(CONNECTIONS)).per_second,
        |most| at_half(&server.address, client.credentials(CONNECTIONS), most),
    );
}

fn redemption(report: &mut Report) {
    let site = Site::new("redemption");
    let client = Client::application(&site, "ES256");
    let server = site.serve();
    compare(
        report,
        "redemption, ES256, against a bare grouped loop on SQLite",
        0.5,
        || most(&server.address, client.codes(&site, CONNECTIONS, 60_000)).per_second,
        || {
            bare_store(
                &Site::new("bare-redemption").database(),
                "establish",
                CONNECTIONS,
            )
        },
        |most| {
            at_half(
                &server.address,
                client.codes(&site, CONNECTIONS, 60_000),
                most,
            )
        },
    );
}

fn rotation(report: &mut Report) {
    let (site, other) = (Site::new("rotation"), Site::new("bare-rotation"));
    let client = Client::application(&site, "ES256");
    bare_fill(&site.database(), &client.id);
    bare_fill(&other.database(), &client.id);
    let server = site.serve();
    // Each round uses the next generation. Grants that a round did not reach catch up in the next round.
    let generations = Cell::new(0);
    let refreshes = || {
        generations.set(generations.get() + 1);
        client.refreshes(&site, CONNECTIONS, generations.get() - 1)
    };
    compare(
        report,
        "rotation, ES256, against a bare grouped loop on SQLite",
        0.5,
        || most(&server.address, refreshes()).per_second,
        || bare_store(&other.database(), "rotate", CONNECTIONS),
        |most| at_half(&server.address, refreshes(), most),
    );
}

fn memory(report: &mut Report) {
    let site = Site::new("memory");
    let client = Client::machine(&site, "EdDSA");
    let server = site.serve();
    std::thread::sleep(Duration::from_secs(1));
    report.figure(
        "resident memory, idle",
        resident_mebibytes(server.id()),
        "MiB",
        "20 or less",
    );
    let tokens = |count| {
        let outcome = send(
            &server.address,
            client.credentials(CONNECTIONS),
            Pace::Closed,
            Duration::from_secs(600),
            count,
        );
        assert_eq!((outcome.answered, outcome.refused), (count, 0));
        resident_mebibytes(server.id())
    };
    let (few, many) = (tokens(50_000), tokens(1_000_000));
    report.figure("resident memory, after 50,000 tokens", few, "MiB", "");
    report.figure(
        "resident memory, after 1,050,000 tokens",
        many,
        "MiB",
        "no growth",
    );
}

/// Measures the time from process start to the first token, with an existing store and keys.
fn start_up(report: &mut Report) {
    let site = Site::new("start");
    let client = Client::machine(&site, "RS256");
    let times = (0..7).map(|_| {
        let began = Instant::now();
        let server = site.serve();
        let source: Vec<Box<dyn Requests>> =
            vec![Box::new(Same(client.post("grant_type=client_credentials")))];
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
    report.figure(
        "start to first token",
        median(times.collect()),
        "ms",
        "150 or less",
    );
}
