//! Bounds for the events of refusals.
//!
//! A flood must fill neither the disk nor the memory, and must not hide the refusals of others. So most events are kept for
//! sources without an event in this minute. The more events a source has, the fewer the tenant may have for its next one.
//! A flood from a thousand sources, in any order, leaves events for the first refusals of others.

use countersign_domain::login::attempts::network;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::collections::{BTreeMap, HashMap};
use std::net::IpAddr;

/// Maximum number of events per source, rule and minute.
const MOST_OF_RULE: u32 = 20;
/// Maximum number of events per tenant and minute.
const MOST: u32 = 2000;
/// A source with `n` events gets another one only while the tenant has fewer than this number divided by `n`. One source
/// alone has at most 25.
const MOST_WITH_FURTHER: u32 = 600;
const MINUTE: u64 = 60;

/// Refusals of the current minute.
#[derive(Default)]
pub(super) struct Refusals {
    minute: u64,
    /// Numbers of events by tenant.
    stored: BTreeMap<TenantId, u32>,
    /// Numbers of events by source. A tenant has at most [`MOST`] entries, as below.
    of_sources: HashMap<(TenantId, Source), u32>,
    /// Numbers of events by source and rule.
    of_rules: HashMap<(TenantId, Source, &'static str), u32>,
    /// Numbers of refusals that are only counted.
    counted: BTreeMap<(TenantId, &'static str), u64>,
    /// Numbers of the minutes before, and when the last one ended.
    finished: BTreeMap<(TenantId, &'static str), u64>,
}

/// Source of refusals. It is the client only if the network is unknown: anyone can send the ID of a client, and so use up
/// its number of events.
#[derive(Clone, PartialEq, Eq, Hash)]
enum Source {
    Network([u8; 16]),
    Client(Option<String>),
}

/// Returns the network of an address. For IPv6, it has 48 bits: a stranger can have all networks of 64 bits in it.
fn site(address: IpAddr) -> [u8; 16] {
    let mut octets = network(address);
    if let (IpAddr::V6(_), Some(subnet)) = (address.to_canonical(), octets.get_mut(6..8)) {
        subnet.fill(0);
    }
    octets
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
            Some(address) => Source::Network(site(address)),
            None => Source::Client(client.map(ToOwned::to_owned)),
        };
        let (of_source, of_rule) = ((tenant, source.clone()), (tenant, source, rule));
        let stored = self.stored.get(&tenant).copied().unwrap_or_default();
        let own = self.of_sources.get(&of_source).copied().unwrap_or_default();
        let of_this_rule = self.of_rules.get(&of_rule).copied().unwrap_or_default();
        let most = MOST_WITH_FURTHER.checked_div(own).unwrap_or(MOST);
        if stored >= most || of_this_rule >= MOST_OF_RULE {
            *self.counted.entry((tenant, rule)).or_default() += 1;
            return false;
        }
        *self.stored.entry(tenant).or_default() += 1;
        *self.of_sources.entry(of_source).or_default() += 1;
        *self.of_rules.entry(of_rule).or_default() += 1;
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
            self.stored.clear();
            self.of_sources.clear();
            self.of_rules.clear();
            for (key, count) in std::mem::take(&mut self.counted) {
                *self.finished.entry(key).or_default() += count;
            }
        }
    }
}
