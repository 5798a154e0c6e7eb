use std::cell::Cell;
use std::fmt;
use std::hash::{BuildHasher as _, RandomState};

/// Digits of Crockford's Base32 in lower case: no letter looks like a digit.
const DIGITS: [u8; 32] = *b"0123456789abcdefghjkmnpqrstvwxyz";

/// Number of characters, of 5 bits each.
const LENGTH: usize = 20;

/// Identifier of a request: 100 random bits in 20 characters.
///
/// It names a request in logs and responses. It gives no access, so it need not be secret or unpredictable.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct RequestId([u8; LENGTH]);

/// Generator of one thread. It needs neither a system call nor a lock: it hashes a counter with keys that the operating
/// system chose for this thread.
struct Generator {
    keys: RandomState,
    count: Cell<u64>,
}

thread_local! {
    static GENERATOR: Generator = Generator {
        keys: RandomState::new(),
        count: Cell::new(0),
    };
}

impl RequestId {
    /// Creates an identifier.
    #[must_use]
    pub fn generate() -> Self {
        let halves = GENERATOR.with(|generator| {
            let count = generator.count.get();
            generator.count.set(count.wrapping_add(1));
            [0_u8, 1].map(|half| generator.keys.hash_one((count, half)))
        });
        let mut text = [0; LENGTH];
        for (mut bits, characters) in halves.into_iter().zip(text.chunks_exact_mut(LENGTH / 2)) {
            for character in characters {
                let [low, ..] = bits.to_le_bytes();
                let digit = DIGITS.get(usize::from(low & 31));
                *character = digit.copied().unwrap_or(b'0');
                bits >>= 5;
            }
        }
        Self(text)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::thread;

    #[test]
    fn request_ids_of_all_threads_differ() {
        let generate = || -> Vec<String> {
            (0..10_000)
                .map(|_| RequestId::generate().to_string())
                .collect()
        };
        let threads: Vec<_> = (0..4).map(|_| thread::spawn(generate)).collect();
        let ids: BTreeSet<String> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        assert_eq!(ids.len(), 40_000);
    }

    #[test]
    fn request_id_has_twenty_unambiguous_characters() {
        let mut used = BTreeSet::new();
        for _ in 0..1000 {
            let id = RequestId::generate().to_string();
            assert_eq!(id.len(), 20);
            used.extend(id.bytes());
        }
        // Every digit occurs, and no other character.
        assert_eq!(used, BTreeSet::from(DIGITS));
    }
}
