//! Benchmark scenarios.

use crate::clients::Client;
use crate::connections::connections;

use crate::footprint;
use crate::machine::pin_the_load;
use crate::node;
use crate::operation::{claims, files, refusals};
use crate::postgres;
use crate::process::{Site, bare_fill, bare_signer, bare_store};
use crate::readings::{self, again};
use crate::report::Report;
use crate::rounds::{CONNECTIONS, at_half, compare, cost};
use crate::tenants;
use std::cell::Cell;
use std::path::PathBuf;

/// Named benchmark.
#[derive(Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    take: fn(&mut Report),
}

pub(crate) const ALL: [Scenario; 17] = [
    Scenario {
        name: "start",
        take: footprint::start_up,
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
        name: "connections",
        take: connections,
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
        take: footprint::memory,
    },
    Scenario {
        name: "size",
        take: footprint::size,
    },
    Scenario {
        name: "postgres",
        take: on_postgres,
    },
    Scenario {
        name: "writes",
        take: postgres::writes::writes,
    },
    Scenario {
        name: "refusals",
        take: refusals::refusals,
    },
    Scenario {
        name: "apply",
        take: files::apply,
    },
    Scenario {
        name: "claims",
        take: claims::claims,
    },
    Scenario {
        name: "tenants",
        take: tenants::tenants,
    },
    Scenario {
        name: OPTIONAL,
        take: node::client_credentials,
    },
];

/// Scenario that runs only by name, because it installs packages.
const OPTIONAL: &str = "node-oidc-provider";

/// Returns the scenarios of a run without names.
pub(crate) fn default() -> Vec<Scenario> {
    let mut scenarios = ALL.to_vec();
    scenarios.retain(|scenario| scenario.name != OPTIONAL);
    scenarios
}

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
    postgres::readings::readings(report);
}

fn client_credentials(report: &mut Report, algorithm: &str) {
    let goal = match algorithm {
        "RS256" => 0.97,
        "ES256" => 0.95,
        _ => 0.92,
    };
    let site = Site::new(algorithm);
    let client = Client::machine(&site, algorithm);
    let (server, bare) = (site.serve(), bare_signer(algorithm));
    compare(
        report,
        &format!("client_credentials, {algorithm}, against a bare handler that signs"),
        goal,
        || cost(&server, client.credentials(CONNECTIONS)),
        vec![Box::new(|| {
            cost(&bare, client.credentials(CONNECTIONS)).microseconds
        })],
        |most| at_half(&server.address, client.credentials(CONNECTIONS), most),
    );
}

fn redemption(report: &mut Report) {
    let (site, other) = (Site::new("redemption"), Site::new("bare-redemption"));
    let client = Client::application(&site, "ES256");
    // The user that the baseline reads.
    Client::application(&other, "ES256");
    let (server, signer) = (site.serve(), bare_signer("ES256"));
    let codes = || client.codes(&site, "read write", CONNECTIONS, 20_000);
    let request = codes().first_mut().and_then(|source| source.next(&[]));
    let request = request.unwrap();
    compare(
        report,
        "redemption, ES256, SQLite, against a bare handler that signs, a grouped insert and a look-up of the user",
        0.9,
        || cost(&server, codes()),
        vec![
            Box::new(|| cost(&signer, again(&request, CONNECTIONS)).microseconds),
            Box::new(|| bare_store(&empty_grants(&other), "establish", CONNECTIONS)),
            Box::new(|| bare_store(&other.database(), "find", CONNECTIONS)),
        ],
        |most| at_half(&server.address, codes(), most),
    );
}

/// Returns the path of a database without grants, because the baseline inserts the same ones in each round.
fn empty_grants(site: &Site) -> PathBuf {
    let (path, copy) = (site.database(), site.folder.join("empty.db"));
    for suffix in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(site.folder.join(format!("empty.db{suffix}")));
    }
    std::fs::copy(path, &copy).unwrap();
    copy
}

fn rotation(report: &mut Report) {
    let (site, other) = (Site::new("rotation"), Site::new("bare-rotation"));
    let client = Client::application(&site, "ES256");
    bare_fill(&site.database(), &client.id);
    bare_fill(&other.database(), &client.id);
    let (server, signer) = (site.serve(), bare_signer("ES256"));
    // Each round uses the next generation. Grants that a round did not reach catch up in the next round.
    let generations = Cell::new(0);
    let refreshes = || {
        generations.set(generations.get() + 1);
        client.refreshes(&site, CONNECTIONS, generations.get() - 1)
    };
    let request = refreshes().first_mut().and_then(|source| source.next(&[]));
    let request = request.unwrap();
    compare(
        report,
        "rotation, ES256, SQLite, against a bare handler that signs and a grouped update",
        0.9,
        || cost(&server, refreshes()),
        vec![
            Box::new(|| cost(&signer, again(&request, CONNECTIONS)).microseconds),
            Box::new(|| bare_store(&other.database(), "rotate", CONNECTIONS)),
        ],
        |most| at_half(&server.address, refreshes(), most),
    );
}
