//! A flood of refusals: bounds, and the explanations of others.

use super::activity::Moved;
use crate::admin::{events, root};
use crate::world::{SINGLE, tenant};
use countersign_application::admin::audit::AuditAdmin;
use countersign_application::admin::{Activity, AdminError, EventSource, Unexplained};
use countersign_application::{CurrentRequest, Refused};
use countersign_domain::audit::event::Action;
use countersign_domain::audit::filter::EventFilter;
use countersign_ports::After;
use countersign_ports::{Audit as _, Clock as _};
use countersign_store_contract::postgres::is_soak;
use countersign_store_contract::{MemoryStore, fixtures};
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

/// Minutes of the flood.
const MINUTES: u64 = 3;
/// Maximum number of events of refusals per minute.
const MOST: u64 = 2000;
/// Requests that an address of the flood sends in a row.
const ROW: u64 = 10;
/// People who make one mistake each per minute.
const OTHERS: u32 = 50;

/// Returns the number of requests: a million with `COUNTERSIGN_SOAK=1`.
fn flood() -> u64 {
    if is_soak() { 1_000_000 } else { 30_000 }
}

/// Server under a flood.
struct Node {
    clock: Arc<Moved>,
    activity: Activity,
    store: Arc<MemoryStore>,
    events: Arc<EventSource>,
}

impl Node {
    fn new() -> Self {
        let clock = Arc::new(Moved::default());
        let now = fixtures::NOW.as_unix_seconds();
        clock.0.store(now - now % 60, Ordering::Relaxed);
        Self {
            activity: Activity::new(clock.clone()),
            clock,
            store: Arc::default(),
            events: events(),
        }
    }

    /// Refuses a request, and returns its ID.
    async fn refuse(&self, address: IpAddr) -> String {
        let request = CurrentRequest::new(Some(address), self.clock.now());
        let id = request.id.to_string();
        let work = async {
            CurrentRequest::note_fact("grant_type", "client_credentials");
            CurrentRequest::note_refusal(&Refused {
                endpoint: "/oauth2/token",
                rule: "secret_wrong",
                error: "invalid_client",
                client: Some("app"),
                evidence: None,
            });
        };
        let after = |request: &mut CurrentRequest| self.activity.take(SINGLE, request);
        request.serve_then(work, after).await;
        id
    }

    /// Ends a second.
    async fn second(&self) {
        self.clock.0.fetch_add(1, Ordering::Relaxed);
        let lost = self.activity.store(&*self.store, &self.events).await;
        assert_eq!(lost.unwrap(), 0);
    }

    async fn explain(&self, id: &str) -> Result<String, AdminError> {
        let audit = AuditAdmin {
            store: self.store.clone(),
            events: self.events.clone(),
            clock: self.clock.clone(),
        };
        Ok(audit.explain(tenant(), root(), id).await?.rule)
    }

    /// Returns the numbers of stored and of counted refusals.
    async fn totals(&self) -> (u64, u64) {
        let (mut stored, mut counted, mut after) = (0, 0, After::start());
        loop {
            let filter = EventFilter::default();
            let found = self
                .store
                .find_events(SINGLE, &filter, after)
                .await
                .unwrap();
            for record in &found.events {
                if record.event.action == Action::REFUSALS_COUNTED {
                    let count = record.event.changes.first();
                    let count = count.and_then(|fact| fact.after.as_ref()).unwrap();
                    counted += count.parse::<u64>().unwrap();
                } else {
                    stored += 1;
                }
            }
            match found.next {
                Some(next) => after = After::key(next),
                None => return (stored, counted),
            }
        }
    }
}

fn address(network: u8, number: u64) -> IpAddr {
    let [.., high, low] = number.to_be_bytes();
    Ipv4Addr::new(10, network, high, low).into()
}

/// Floods a node from this many addresses. Each second, the flood comes first.
#[expect(clippy::disallowed_methods, reason = "the measure is elapsed time")]
async fn flood_from(addresses: u64) {
    let (node, total) = (Node::new(), flood());
    let (mut others, mut last) = (Vec::new(), String::new());
    let (mut sent, mut most_waiting) = (0, 0);
    let began = Instant::now();
    for second in 0..MINUTES * 60 {
        let until = total * (second + 1) / (MINUTES * 60);
        while sent < until {
            last = node.refuse(address(1, sent / ROW % addresses)).await;
            sent += 1;
        }
        if second % 60 < u64::from(OTHERS) {
            others.push(node.refuse(address(2, second % 60)).await);
        }
        most_waiting = most_waiting.max(node.activity.count());
        node.second().await;
    }
    let time = began.elapsed();
    for _ in 0..2 {
        node.second().await;
    }
    for id in &others {
        assert_eq!(node.explain(id).await.unwrap(), "secret_wrong");
    }
    let unexplained = node.explain(&last).await.unwrap_err();
    let AdminError::Unexplained(Unexplained::Counted(counts)) = unexplained else {
        panic!("{unexplained:?}");
    };
    let (stored, counted) = node.totals().await;
    assert_eq!(stored + counted, total + others.len() as u64);
    assert!(counts.values().sum::<u64>() <= counted);
    assert!(stored <= MOST * MINUTES, "{stored}");
    assert!(most_waiting as u64 <= MOST, "{most_waiting}");
    #[expect(clippy::print_stdout, reason = "a soak prints its result")]
    if is_soak() {
        println!("{addresses}: {stored} rows, at most {most_waiting} waiting, {time:?} in all");
    }
}

#[tokio::test]
async fn flood_from_one_address_hides_no_other_refusal() {
    flood_from(1).await;
}

#[tokio::test]
async fn flood_from_thousand_addresses_hides_no_other_refusal() {
    flood_from(1000).await;
}
