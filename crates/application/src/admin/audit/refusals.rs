//! Bounds for the events of refusals.

use countersign_domain::login::attempts::network;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// Maximum number of events per source, rule and minute.
const MOST_OF_SOURCE: u32 = 20;
/// Maximum number of events per minute.
const MOST: u32 = 500;
const MINUTE: u64 = 60;

/// Refusals of the current minute.
#[derive(Default)]
pub(super) struct Refusals {
    minute: u64,
    stored: u32,
    /// Numbers of events. There are at most [`MOST`] entries.
    by_source: HashMap<(TenantId, Source, &'static str), u32>,
    /// Numbers of refusals that are only counted.
    counted: BTreeMap<(TenantId, &'static str), u64>,
    /// Numbers of the minutes before, and when the last one ended.
    finished: BTreeMap<(TenantId, &'static str), u64>,
}

/// Source of refusals. It is the client only if the network is unknown: anyone can send the ID of a client, and so use up
/// its number of events.
#[derive(PartialEq, Eq, Hash)]
enum Source {
    Network([u8; 16]),
    Client(Option<String>),
}

impl Refusals {
    /// Returns whether the event of a refusal may be stored. Counts it otherwise. The source is an address, or else a
    /// client.
    pub(super) fn may_be_stored(
        &mut self,
        tenant: TenantId,
        (address, client): (Option<IpAddr>, Option<&str>),
        rule: &'static str,
        at: Timestamp,
    ) -> bool {
        self.begin(at);
        let source = match address {
            Some(address) => Source::Network(network(address)),
            None => Source::Client(client.map(ToOwned::to_owned)),
        };
        let key = (tenant, source, rule);
        let of_source = self.by_source.get(&key).copied().unwrap_or_default();
        if self.stored >= MOST || of_source >= MOST_OF_SOURCE {
            *self.counted.entry((tenant, rule)).or_default() += 1;
            return false;
        }
        self.stored += 1;
        self.by_source.insert(key, of_source + 1);
        true
    }

    /// Returns the numbers of the minutes that have ended, by tenant and rule.
    pub(super) fn finished(&mut self, now: Timestamp) -> BTreeMap<(TenantId, &'static str), u64> {
        self.begin(now);
        std::mem::take(&mut self.finished)
    }

    fn begin(&mut self, now: Timestamp) {
        let minute = now.as_unix_seconds() / MINUTE;
        if minute != self.minute {
            self.minute = minute;
            self.stored = 0;
            self.by_source.clear();
            for (key, count) in std::mem::take(&mut self.counted) {
                *self.finished.entry(key).or_default() += count;
            }
        }
    }
}
