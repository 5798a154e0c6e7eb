//! Bounds for the events of refusals.

use super::Happened;
use countersign_domain::login::attempts::network;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::collections::{BTreeMap, HashMap};

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
    /// Returns whether the event of a refusal may be stored. Counts it otherwise.
    pub(super) fn may_be_stored(&mut self, happened: &Happened) -> bool {
        self.begin(happened.at);
        let note = &happened.note;
        let Some(rule) = note.refusal else {
            return true;
        };
        let source = match happened.address {
            Some(address) => Source::Network(network(address)),
            None => Source::Client(note.client.clone()),
        };
        let key = (happened.tenant, source, rule);
        let of_source = self.by_source.get(&key).copied().unwrap_or_default();
        if self.stored >= MOST || of_source >= MOST_OF_SOURCE {
            *self.counted.entry((happened.tenant, rule)).or_default() += 1;
            return false;
        }
        self.stored += 1;
        self.by_source.insert(key, of_source + 1);
        true
    }

    /// Returns the counts of the minutes that have ended.
    pub(super) fn finished(&mut self, now: Timestamp) -> Vec<Happened> {
        self.begin(now);
        let finished = std::mem::take(&mut self.finished).into_iter();
        finished
            .map(|((tenant, rule), count)| Happened::counted(tenant, rule, count, now))
            .collect()
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
