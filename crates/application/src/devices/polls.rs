//! How fast devices poll this node.
//!
//! The table has a fixed size, so no number of devices makes it grow. A device whose entry was replaced may poll early once.

use countersign_domain::grant::device_code::Pace;
use countersign_domain::refusal::Refusal;
use countersign_domain::tenant::TenantId;
use countersign_domain::time::Timestamp;
use std::sync::{Mutex, PoisonError};

/// Number of sets. A request belongs to one of them.
const SETS: usize = 512;

/// Number of requests in a set.
const WAYS: usize = 8;

/// Pace of the polls for one request of a device.
#[derive(Clone, Copy)]
struct Poll {
    tenant: TenantId,
    request: [u8; 16],
    pace: Pace,
}

type Set = [Option<Poll>; WAYS];

/// Pace of the polls for the last 4096 requests or so.
pub(super) struct Polls(Box<[Mutex<Set>]>);

impl Polls {
    pub(super) fn new() -> Self {
        Self((0..SETS).map(|_| Mutex::new([None; WAYS])).collect())
    }

    /// Notes a poll. Refuses one that comes too early.
    pub(super) fn note(
        &self,
        tenant: TenantId,
        request: [u8; 16],
        now: Timestamp,
    ) -> Result<(), Refusal> {
        // The identifier is a digest, so its bits are spread evenly.
        let [first, second, ..] = request;
        let at = usize::from(u16::from_be_bytes([first, second])) % SETS;
        let Some(set) = self.0.get(at) else {
            return Ok(());
        };
        let mut set = set.lock().unwrap_or_else(PoisonError::into_inner);
        let is_own = |poll: &Option<Poll>| {
            poll.is_some_and(|poll| poll.tenant == tenant && poll.request == request)
        };
        let own = set.iter().position(is_own);
        let before = own.and_then(|at| set.get(at).copied().flatten());
        let (pace, judged) = Pace::after(before.map(|poll| poll.pace), now);
        let slot = match own {
            Some(at) => set.get_mut(at),
            // An empty place, or else that of the request whose last poll is the oldest.
            None => set
                .iter_mut()
                .min_by_key(|poll| poll.map(|poll| poll.pace.last)),
        };
        if let Some(slot) = slot {
            *slot = Some(Poll {
                tenant,
                request,
                pace,
            });
        }
        judged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_store_contract::fixtures::NOW;
    use std::time::Duration;

    const FIRST: TenantId = TenantId::SINGLE;

    fn second(seconds: u64) -> Timestamp {
        NOW.plus(Duration::from_secs(seconds))
    }

    #[test]
    fn early_poll_is_refused_per_tenant_and_request() {
        let polls = Polls::new();
        let (a, b) = ([1; 16], [2; 16]);
        let other = TenantId::from_number(2).unwrap();
        for (tenant, request) in [(FIRST, a), (FIRST, b), (other, a)] {
            assert_eq!(polls.note(tenant, request, NOW), Ok(()));
        }
        let slow_down = Err(Refusal::SlowDown);
        assert_eq!(polls.note(FIRST, a, second(4)), slow_down);
        assert_eq!(polls.note(FIRST, b, second(5)), Ok(()));
        assert_eq!(polls.note(FIRST, a, second(13)), slow_down);
        assert_eq!(polls.note(FIRST, a, second(28)), Ok(()));
    }

    #[test]
    fn full_set_replaces_request_with_oldest_poll() {
        let polls = Polls::new();
        let mut request = [0; 16];
        for index in 0..=WAYS {
            request[15] = u8::try_from(index).unwrap();
            let at = second(index.try_into().unwrap());
            assert_eq!(polls.note(FIRST, request, at), Ok(()));
        }
        let kept = |polls: &Polls| {
            let sets = polls.0.iter();
            let entries = sets.flat_map(|set| *set.lock().unwrap());
            entries
                .flatten()
                .map(|poll| poll.request[15])
                .collect::<Vec<_>>()
        };
        assert_eq!(kept(&polls).len(), WAYS);
        assert!(!kept(&polls).contains(&0));
        assert_eq!(polls.0.len(), SETS);
    }
}
