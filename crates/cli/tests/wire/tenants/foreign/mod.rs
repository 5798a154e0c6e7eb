//! Every kind of artefact that a tenant issues, at every endpoint of every other tenant.
//!
//! An endpoint must answer the artefact of another tenant exactly as it answers a made-up one, and nothing that belongs to
//! the other tenant may change. Users, clients and secrets are the same in all tenants, so only the tenant differs.

mod account;
mod answer;
mod everywhere;
mod home;
mod issue;
mod names;
mod operations;
mod pages;
mod protocol;
mod routes;
mod row;
mod stored;

use super::server;
use crate::harness::Server;
use answer::shown;
use countersign_store_contract::MemoryStore;
use home::{Home, settle};
use issue::issue;
use row::Row;

/// Three tenants, and what each of them issued.
struct World {
    store: MemoryStore,
    homes: [Home; 3],
}

impl World {
    async fn new() -> Self {
        let (server, places) = server().await;
        for place in places {
            settle(&server, place).await;
        }
        let server = home::on((*server.store).clone()).await;
        let mut homes = Vec::new();
        for place in places {
            homes.push(issue(&server, place).await);
        }
        server.happened().await;
        let homes: Result<[Home; 3], _> = homes.try_into();
        Self {
            store: (*server.store).clone(),
            homes: homes.unwrap_or_else(|_| panic!("not three tenants")),
        }
    }

    /// Returns a server on which nothing has been used so far.
    async fn server(&self) -> Server {
        home::on(self.store.clone()).await
    }
}

/// Presents each artefact of the other tenants at an endpoint of one tenant, in place of its own. Returns what differs.
async fn present_at(server: &Server, there: &Home, others: &[&Home], row: &Row) -> Vec<String> {
    let mut found = Vec::new();
    for own in row.kinds() {
        for (number, kind) in (there.place.id.number()..).zip(there.kinds()) {
            // Of another kind than the endpoint expects, one pair of tenants is enough.
            let from = match number % 6 {
                _ if kind == own => others,
                0 => &others[..1],
                3 => &others[1..],
                _ => &[],
            };
            for home in from {
                let foreign = home.value(kind);
                let fake = home.fake(kind);
                let real = row.send(server, there, Some((own, foreign))).await;
                let other = row.send(server, there, Some((own, &fake))).await;
                let (real, other) = (shown(&real, foreign), shown(&other, &fake));
                if real != other {
                    let place = home.place.id;
                    found.push(format!("{kind} of {place} as {own}: {real}\nnot: {other}"));
                }
            }
        }
    }
    found
}

/// Sends the request with the tenant's own artefacts, which nothing so far may have used up. Returns what is wrong.
async fn succeed_at(server: &Server, home: &Home, row: &Row) -> Vec<String> {
    let mut refused = Vec::new();
    for own in row.kinds() {
        let fake = home.fake(own);
        let answer = row.send(server, home, Some((own, &fake))).await;
        refused.push((own, shown(&answer, &fake)));
    }
    let answer = row.send(server, home, None).await;
    let mut found = Vec::new();
    if answer.status != row.status {
        found.push(format!("not {}: {}", row.status, shown(&answer, "-")));
    }
    for (own, refused) in refused {
        if !row.is_silent && shown(&answer, home.value(own)) == refused {
            found.push(format!("the answer does not depend on {own}: {refused}"));
        }
    }
    found
}

/// Checks the answers, and that what happens in one tenant changes nothing in the others.
async fn check(rows: &[Row]) {
    let world = World::new().await;
    let mut problems = Vec::new();
    for row in rows {
        let (server, homes) = (world.server().await, &world.homes);
        for succeeds in [false, true] {
            for there in homes {
                let is_other = |home: &&Home| home.place.id != there.place.id;
                let others: Vec<&Home> = homes.iter().filter(is_other).collect();
                let contents = || others.iter().map(|home| home.contents(&server));
                let before: Vec<String> = contents().collect();
                let mut found = if succeeds {
                    succeed_at(&server, there, row).await
                } else {
                    present_at(&server, there, &others, row).await
                };
                server.happened().await;
                if contents().ne(before) {
                    found.push("another tenant changed".into());
                }
                let (request, place) = (row.request, there.place.id);
                let found = found.iter();
                problems.extend(found.map(|found| format!("{request} of {place}: {found}")));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}

#[tokio::test]
async fn protocol_endpoints_do_not_know_artefacts_of_other_tenants() {
    check(protocol::ROWS).await;
}

#[tokio::test]
async fn pages_do_not_know_artefacts_of_other_tenants() {
    check(pages::ROWS).await;
}

#[tokio::test]
async fn mailed_links_of_other_tenants_are_unknown() {
    check(pages::LINKS).await;
}

#[tokio::test]
async fn account_pages_do_not_know_artefacts_of_other_tenants() {
    check(account::ROWS).await;
}

#[tokio::test]
async fn admin_api_does_not_know_artefacts_of_other_tenants() {
    check(operations::ROWS).await;
}
