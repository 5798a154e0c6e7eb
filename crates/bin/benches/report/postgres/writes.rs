//! Writes of each request on PostgreSQL: rows (`pg_stat_user_tables`) and WAL bytes (`pg_current_wal_lsn`).
//!
//! Requests run sequentially and concurrently.

use super::rigs::Rig;
use crate::browser;
use crate::clients::Client;
use crate::grants::GRANTS;
use crate::load::{Pace, Requests, send};
use crate::logins::{STEPS, logins};
use crate::process::{Serving, Site};
use crate::readings::{Readings, again};
use crate::report::Report;
use crate::rounds::CONNECTIONS;
use countersign_store_contract::postgres::Cluster;
use std::time::Duration;

/// Number of requests per measurement.
const MOST: u64 = 20_000;
/// Number of logins per measurement. Logins are slow because they hash a password.
const LOGINS: u64 = 192;
const LONGEST: Duration = Duration::from_secs(120);
/// Delay until the server has recorded the use of a secret, which it does after ten seconds and at most once an hour.
const SECRET_WRITTEN_DOWN: Duration = Duration::from_secs(12);
/// Delay until a closed connection has flushed its row statistics.
const COUNTS_HANDED_OVER: Duration = Duration::from_secs(2);

/// Server, and the database that counts its writes.
struct Counter<'a> {
    rig: &'a Rig,
    site: &'a Site,
}

/// WAL bytes per request.
struct Logged {
    alone: f64,
    at_once: f64,
}

impl Counter<'_> {
    fn rows(&self) -> f64 {
        std::thread::sleep(COUNTS_HANDED_OVER);
        self.rig
            .ask("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables")
    }

    fn log(&self) -> f64 {
        self.rig.ask("SELECT pg_current_wal_lsn() - '0/0'")
    }

    /// Sends requests, `per_thing` of which form one operation. Returns the number of operations and the WAL bytes per
    /// operation.
    fn send(
        &self,
        server: &Serving,
        requests: Vec<Box<dyn Requests>>,
        most: u64,
        per_thing: u64,
    ) -> (u64, f64) {
        let before = self.log();
        let outcome = send(&server.address, requests, Pace::Closed, LONGEST, most);
        assert_eq!(outcome.refused, 0, "every request is served");
        let things = outcome.answered / per_thing;
        (things, (self.log() - before) / things as f64)
    }

    /// Sends requests over one connection and then over all, and reports the writes per operation.
    fn count(
        &self,
        report: &mut Report,
        what: &str,
        (most, per_thing): (u64, u64),
        mut requests: impl FnMut(usize) -> Vec<Box<dyn Requests>>,
    ) {
        let before = self.rows();
        let server = self.site.serve();
        // Warm up: a new connection reads some data once.
        let (first, _) = self.send(&server, requests(CONNECTIONS), most, per_thing);
        let (alone, alone_logged) = self.send(&server, requests(1), most, per_thing);
        let (at_once, at_once_logged) = self.send(&server, requests(CONNECTIONS), most, per_thing);
        drop(server);
        let rows = (self.rows() - before) / (first + alone + at_once) as f64;
        report_writes(
            report,
            what,
            rows,
            &Logged {
                alone: alone_logged,
                at_once: at_once_logged,
            },
        );
    }
}

fn report_writes(report: &mut Report, what: &str, rows: f64, logged: &Logged) {
    report.figure(&format!("{what}, PostgreSQL"), rows, "rows written", "");
    let one = format!("{what}, PostgreSQL, one after the other");
    report.figure(&one, logged.alone, "bytes of WAL", "");
    let many = format!("{what}, PostgreSQL, {CONNECTIONS} at once");
    report.figure(&many, logged.at_once, "bytes of WAL", "");
}

pub(crate) fn writes(report: &mut Report) {
    // Only the server writes.
    let settings =
        "autovacuum = off\ncheckpoint_timeout = 1h\nmax_wal_size = 4GB\nshared_buffers = 256MB";
    let cluster = Cluster::start(settings, &[]);
    let site = Site::on_postgres("postgres", cluster.url());
    let client = Client::application(&site, "ES256");
    let rig = Rig::fill(&cluster, &client);
    let counter = Counter {
        rig: &rig,
        site: &site,
    };
    let server = site.serve();
    counter.send(&server, client.credentials(1), 1, 1);
    std::thread::sleep(SECRET_WRITTEN_DOWN);
    drop(server);

    counter.count(
        report,
        "login up to a code",
        (LOGINS * STEPS, STEPS),
        |connections| logins(&client, connections, LOGINS),
    );
    counter.count(report, "redemption", (MOST, 1), |connections| {
        client.codes(
            &site,
            "read write",
            connections,
            usize::try_from(MOST).unwrap(),
        )
    });
    let mut generation = 0;
    let mut refreshes = |connections| {
        generation += 1;
        client.refreshes(&site, connections, generation)
    };
    counter.count(report, "rotation", (MOST, 1), &mut refreshes);
    counter.count(report, "client_credentials", (MOST, 1), |connections| {
        client.credentials(connections)
    });

    by_browser(report, &client, &counter);

    // The first change of a page after a checkpoint writes the whole page to the WAL.
    rig.tell("CHECKPOINT");
    let server = site.serve();
    let (_, logged) = counter.send(&server, refreshes(CONNECTIONS), GRANTS / 100, 1);
    report.figure(
        "rotation, PostgreSQL, the first of its page after a checkpoint",
        logged,
        "bytes of WAL",
        "",
    );
}

/// Measures the writes of browser logins and of requests with their sessions and tokens.
fn by_browser(report: &mut Report, client: &Client, counter: &Counter<'_>) {
    let server = counter.site.serve();
    let readings = Readings::prepare(client, &server.address);
    std::thread::sleep(SECRET_WRITTEN_DOWN);
    drop(server);
    let steps = readings.login;
    counter.count(
        report,
        "login in a browser up to a code",
        (LOGINS * steps, steps),
        |connections| browser::logins(client, connections, LOGINS),
    );
    for (what, request) in [
        (
            "authorize with a session and remembered consent",
            &readings.authorize,
        ),
        ("introspection", &readings.introspection),
        ("userinfo", &readings.userinfo),
    ] {
        counter.count(report, what, (MOST, 1), |connections| {
            again(request, connections)
        });
    }
}
