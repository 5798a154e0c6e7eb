//! Random bytes and time-ordered IDs.

use crate::clock::since_epoch;
use aws_lc_rs::rand;
use countersign_ports::Entropy;
use std::process;
use std::sync::Mutex;
use uuid::{ContextV7, Timestamp, Uuid};

/// Random bytes from `aws-lc-rs`, seeded by the operating system.
///
/// IDs from one instance are in order, even within a millisecond and when the clock is set back.
#[derive(Debug, Default)]
pub struct SystemEntropy {
    order: Mutex<ContextV7>,
}

impl SystemEntropy {
    /// Creates a source of randomness.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            order: Mutex::new(ContextV7::new()),
        }
    }
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        if rand::fill(buffer).is_err() {
            // Without randomness, every new secret would be predictable.
            process::abort();
        }
    }

    fn time_ordered_id(&self) -> [u8; 16] {
        let now = since_epoch();
        let now = Timestamp::from_unix(&self.order, now.as_secs(), now.subsec_nanos());
        Uuid::new_v7(now).into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::thread;

    #[test]
    fn fill_returns_different_bytes_each_time() {
        let (mut one, mut other) = ([0; 32], [0; 32]);
        SystemEntropy::new().fill(&mut one);
        SystemEntropy::new().fill(&mut other);
        assert_ne!(one, other);
    }

    #[test]
    fn ids_are_ordered_version_7_uuids() {
        let entropy = SystemEntropy::new();
        let ids: Vec<_> = (0..10_000).map(|_| entropy.time_ordered_id()).collect();
        assert!(ids.is_sorted_by(|one, next| one < next));
        for id in ids {
            assert_eq!((id[6] >> 4, id[8] >> 6), (7, 0b10));
        }
    }

    #[test]
    fn threads_get_different_ids() {
        let entropy = SystemEntropy::new();
        let ids = Mutex::new(BTreeSet::new());
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..1_000 {
                        let id = entropy.time_ordered_id();
                        ids.lock().unwrap().insert(id);
                    }
                });
            }
        });
        assert_eq!(ids.lock().unwrap().len(), 4_000);
    }
}
